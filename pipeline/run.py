"""The story of one run, from the inbox to the outbox: read this first.

The clock, the disk and the environment are met here and handed to the stages, which are functions of what they are
given. :func:`assess` finds everything out and writes nothing; :func:`publish` writes the outbox.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd

from pipeline import engines, tables
from pipeline.checking import tidying, validation
from pipeline.checking.tidying import Tidy
from pipeline.code_lists import Severity
from pipeline.council import entries, judgements
from pipeline.council.entries import Paper
from pipeline.errors import UserFault
from pipeline.findings.finding import Finding
from pipeline.findings.frame import rows
from pipeline.forms.declared import COLLECTIVE_AWARDS, INDIVIDUAL_AWARDS, MODELS, MOVEMENTS, RESULTS
from pipeline.i18n import _
from pipeline.intake import take
from pipeline.intake.receipts import KnownTimes, hint
from pipeline.intake.received import ReceivedFile
from pipeline.intake.reception import Reception, forget_rows, receive
from pipeline.outcome import Outcome
from pipeline.ranking import moves, standings
from pipeline.register.register import register
from pipeline.register.roster import roster
from pipeline.register.standing import Standing, standing_of
from pipeline.rules.limits import Limits
from pipeline.rules.round_context import RoundContext
from pipeline.scoring import points
from pipeline.state import layout, ledger, run_history
from pipeline.state import outbox as box

Progress = Callable[[int, int], None]
"""Called with how many files are read, and of how many."""


def _unheard(_done: int, _total: int) -> None:
    """Progress that nobody asked for."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nearly all that a run makes lives to its end, and not in circles: to look for them takes a sixth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# --- finding out ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Assessment:
    """An outcome, and what of the way there the outbox needs besides.

    ``newly_seen``: SHA-256 and name of content that no run has seen; ``to_return``: unit -> the file of it that goes
    back marked; ``hint``: what to tell the officer about the receipt book.
    """

    outcome: Outcome
    newly_seen: list[tuple[str, str]] = field(default_factory=list)
    to_return: dict[str, ReceivedFile] = field(default_factory=dict)
    hint: str = ""


def assess(
    context: RoundContext,
    inbox: Path,
    ledger_file: Path,
    now: dt.datetime,
    *,
    jobs: int | None = None,
    progress: Progress = _unheard,
) -> Assessment:
    """Read, check, score and rank everything in the inbox; writes nothing. Raises UserFault where there is no inbox."""
    files = take_all(inbox, context.plan.limits, jobs=jobs, progress=progress)
    return assess_received(context, files, known_times(context, ledger_file, now))


@_uncollected()
def take_all(
    inbox: Path, limits: Limits, *, jobs: int | None = None, progress: Progress = _unheard
) -> list[ReceivedFile]:
    """Everything found below the inbox, in a fixed order. Raises UserFault where there is no inbox."""
    if not inbox.is_dir():
        raise UserFault(
            _("there is no inbox {folder}").format(folder=inbox),
            _("Create the folder and drop the returned forms into it, or name it: --inbox DIR"),
        )
    paths = take.find(inbox)
    files: list[ReceivedFile] = []
    with closing(engines.map_files(partial(take.take, inbox, limits=limits), paths, jobs, limits.of_a_worker)) as read:
        for path, file in zip(paths, read, strict=True):
            files.append(take.lost(inbox, path, file, limits) if isinstance(file, engines.Loss) else file)
            progress(len(files), len(paths))
    take.note_alike_names(files)
    return files


def known_times(context: RoundContext, ledger_file: Path, now: dt.datetime) -> KnownTimes:
    """What the ledger knows of when files came."""
    key = ledger.round_key(context)
    return KnownTimes(seen=ledger.first_seen(ledger_file, key), mailed=ledger.mailed(ledger_file, key), now=now)


@_uncollected()
def assess_received(context: RoundContext, files: Sequence[ReceivedFile], known: KnownTimes) -> Assessment:
    """The same from files that are already read: whose they are, what is wrong in them, which count, what they say."""
    reception = receive(files, context, known)
    papers, about_papers = judgements.recognise(reception, context)
    tidy = tidying.tidy(reception.submissions, context.rules, context.round)
    wrong = validation.validate(tidy, context.rules, context.round)
    findings = [*reception.findings, *about_papers, *tidy.findings, *wrong]
    standing, of_one_moment = standing_of(reception, findings)
    findings += of_one_moment
    forget_rows(reception, findings)
    outcome = _outcome(context, reception, standing, tidy, papers, findings)
    return Assessment(
        outcome,
        [(file.sha256, file.name) for file in files if file.sha256 and file.sha256 not in known.seen],
        _to_return(outcome.roster, files, findings),
        hint(reception.has_receipt_book, reception.without_time),
    )


def _to_return(
    roster: pd.DataFrame, files: Sequence[ReceivedFile], findings: Sequence[Finding]
) -> dict[str, ReceivedFile]:
    """Unit -> the file that goes back to it marked: the newest one with something to correct or to look at."""
    asked = {each.file for each in findings if each.weight() is not Severity.NOTE}
    by_name = {file.name: file for file in files}
    return {
        unit: by_name[returned or file]
        for unit, returned, file in zip(roster["unit"], roster["returned_file"], roster["file"], strict=True)
        if returned or file in asked
    }


def _outcome(
    context: RoundContext,
    reception: Reception,
    standing: Standing,
    tidy: Tidy,
    papers: Sequence[Paper],
    findings: list[Finding],
) -> Outcome:
    rules = context.rules
    registered = register(reception, standing, findings, context)
    units = roster(registered, standing, rules)
    counted = {form.file for form in standing.counts.values()}
    frames = {code: frame[frame["file"].isin(counted)] for code, frame in tidy.frames.items() if code != RESULTS.code}
    results, judged_rows = _results(tidy, counted), tables.empty(tables.Judgements)
    if context.round.kind.ranked:
        scores, groups = points.score(rules, results, units, context.targets)
        if papers:
            now = entries.current_facts(context, registered, units, results)
            judged = judgements.judge(papers, reception.receipts, scores, now, rules)
            scores, groups = judged.scores, points.add_up(rules, judged.scores)
            judged_rows, findings = judged.judgements, findings + judged.findings
            registered = judgements.registered(registered, papers, judged, findings)
        ranks = standings.rank(rules, scores, groups, units)
        judged_rows = moves.with_moves(rules, scores, judged_rows, units, ranks)
    else:
        scores, groups, ranks = map(tables.empty, (tables.Scores, tables.GroupPoints, tables.Standings))
    names = {movement.code: movement.name for movement in rules.plan.movements}
    movements = frames[MOVEMENTS.code].assign(name=lambda frame: frame["movement"].map(names).astype(object))
    times = [dt.datetime.fromisoformat(each) for each in registered.loc[registered["unit"] != "", "received"] if each]
    return Outcome(
        rules,
        context.round,
        max(times, default=None),
        registered,
        units,
        rows(_in_order(findings, registered)),
        results,
        tables.checked(frames[MODELS.code], tables.Models),
        tables.checked(movements, tables.Movements),
        tables.checked(frames[COLLECTIVE_AWARDS.code], tables.CollectiveAwards),
        tables.checked(frames[INDIVIDUAL_AWARDS.code], tables.IndividualAwards),
        scores,
        groups,
        ranks,
        inputs={file.name: file.sha256 for file in reception.files if file.sha256},
        judgements=judged_rows,
    )


def _in_order(findings: Sequence[Finding], registered: pd.DataFrame) -> list[Finding]:
    """Findings file by file; within a file the whole first, then as the stages found them."""
    position = {file: place for place, file in enumerate(registered["file"])}
    return sorted(findings, key=lambda each: (position.get(each.file, -1), each.sheet != ""))


def _results(tidy: Tidy, counted: set[str]) -> pd.DataFrame:
    """The results of the files that count, each with the cells that it came from."""
    frame = tidy.frames[RESULTS.code]
    own = [name for name in tables.Results.to_schema().columns if name in frame]
    frame = frame.loc[frame["file"].isin(counted), [*own, "position"]]
    cells = {
        f"{name}_cell": [
            tidy.cell(RESULTS.code, file, row, name) for file, row in zip(frame["file"], frame["row"], strict=True)
        ]
        for name in ("target", "actual", "claimed")
    }
    frame = frame.assign(**{name: pd.Series(values, frame.index, object) for name, values in cells.items()})
    order = {unit: place for place, unit in enumerate(dict.fromkeys(frame["unit"]))}
    frame = frame.assign(_order=frame["unit"].map(order)).sort_values(["_order", "position"], kind="stable")
    return tables.checked(frame.reset_index(drop=True), tables.Results)


# --- writing --------------------------------------------------------------------------------------------


@_uncollected()
def publish_public(outcome: Outcome, outbox: Path) -> None:
    """Write the set of outputs that anybody may see, all of it or nothing. Raises EnvironmentFault."""
    from pipeline.outputs import public

    with box.staging(outbox) as staged:
        public.write(outcome, staged)
        box.publish(staged, outbox)


@_uncollected()
def publish(assessment: Assessment, outbox: Path, ledger_file: Path, now: dt.datetime) -> None:
    """Write the outbox as a whole: all of it, or nothing (promise 3). Raises EnvironmentFault."""
    from pipeline.feedback import feedback
    from pipeline.outputs import data, page, receipt_book
    from pipeline.outputs.consolidated import workbook as consolidated
    from pipeline.outputs.council_papers import workbook as papers
    from pipeline.outputs.radio import bulletin
    from pipeline.outputs.ranking import workbook as ranking_workbook
    from pipeline.state import manifest

    outcome = assessment.outcome
    ledger.remember(ledger_file, ledger.round_key(outcome.context), assessment.newly_seen, now)
    with box.staging(outbox) as staged:
        consolidated.write(outcome, staged / layout.CONSOLIDATED)
        if outcome.round.kind.ranked:
            ranking_workbook.write(outcome, staged / layout.RANKING)
            papers.write(outcome, staged)
        data.write(outcome, staged / layout.DATA)
        page.write(outcome, staged / layout.PAGE)
        bulletin.write(outcome, staged / layout.BULLETIN)
        receipt_book.write(outcome, staged)
        feedback.write_all(outcome, assessment.to_return, staged / layout.FEEDBACK)
        manifest.write(outcome, staged)
        box.publish(staged, outbox)
    run_history.note(ledger_file, outcome, now)


def check_outbox(outbox: Path, inbox: Path, rules: Path) -> None:
    """Refuse an outbox that cannot be replaced, before any work is done; writes nothing.

    Raises UserFault or EnvironmentFault.
    """
    target = outbox.resolve()
    for other in (inbox.resolve(), rules.resolve()):
        if target == other or target in other.parents or other in target.parents:
            raise UserFault(
                _("the outbox {outbox} and {other} lie in one another").format(outbox=outbox, other=other),
                _("Name a folder of its own with --outbox."),
            )
    box.check_usable(outbox)
