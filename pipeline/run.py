"""The story of one run, from the inbox to the outbox: read this first.

The clock, the disk and the environment are met here and handed to the stages, which are functions of what they are
given. :func:`assess` finds everything out and writes nothing; :func:`publish` writes the outbox.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from pandera.typing import DataFrame

from pipeline import engines, tables
from pipeline.checking import tidying, validation
from pipeline.checking.counted import counted
from pipeline.checking.tidying import Tidy
from pipeline.code_lists import Severity
from pipeline.council import entries, judgements
from pipeline.council.entries import Paper
from pipeline.errors import UserFault
from pipeline.findings import frame
from pipeline.findings.finding import Finding
from pipeline.i18n import _
from pipeline.intake import take
from pipeline.intake.arrival import BY_HAND
from pipeline.intake.receipts import KnownTimes, Receipt, hint
from pipeline.intake.received import ReceivedFile
from pipeline.intake.reception import forget_rows, receive
from pipeline.intake.seal_findings import verdicts
from pipeline.outcome import Outcome
from pipeline.ranking import moves, standings
from pipeline.register.register import register
from pipeline.register.roster import roster
from pipeline.register.standing import standing_of
from pipeline.rules.limits import Limits
from pipeline.rules.round_context import RoundContext
from pipeline.scoring import points
from pipeline.state import handwork, layout, ledger, losses, permissions, run_history, seal_keys
from pipeline.state import outbox as outboxes
from pipeline.state.handwork import Kept
from pipeline.tables import Register, Roster, plain_rows

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

    ``newly_seen``: SHA-256, name and time of content that no run has seen; ``to_return``: unit -> the file of it that
    goes back marked; ``hint``: what to tell the officer about the receipt book; ``lost``: SHA-256 -> why that content
    could not be read; ``not_tried``: of how many files an earlier run knew that.
    """

    outcome: Outcome
    newly_seen: list[tuple[str, str, dt.datetime]] = field(default_factory=list)
    to_return: dict[str, ReceivedFile] = field(default_factory=dict)
    hint: str = ""
    lost: Mapping[str, engines.Loss] = field(default_factory=dict)
    not_tried: int = 0


def assess(
    context: RoundContext,
    inbox: Path,
    ledger_file: Path,
    now: dt.datetime,
    *,
    kept: Path | None = None,
    jobs: int | None = None,
    progress: Progress = _unheard,
    is_patient: bool = False,
) -> Assessment:
    """Read, check, score and rank everything in the inbox; writes nothing. Raises UserFault where there is no inbox.

    ``kept``: where the papers lie that people filled in in the outbox itself (:mod:`pipeline.state.handwork`);
    ``is_patient``: every file is tried, however long those of its sender take.
    """
    limits = context.plan.limits
    known = losses.known(ledger_file, limits)
    files = take_all(inbox, limits, kept=kept, jobs=jobs, progress=progress, is_patient=is_patient, known=known)
    seals = verdicts(files, seal_keys.known_key(ledger_file))
    assessment = assess_received(context, files, replace(known_times(context, ledger_file, now), seals=seals))
    lost = {
        file.sha256: file.loss for file in files if file.sha256 and file.loss and file.loss is not engines.Loss.LEFT
    }
    not_tried = sum(file.sha256 in known for file in files)
    return replace(assessment, lost={sha: loss for sha, loss in lost.items() if sha not in known}, not_tried=not_tried)


@_uncollected()
def take_all(
    inbox: Path,
    limits: Limits,
    *,
    kept: Path | None = None,
    jobs: int | None = None,
    progress: Progress = _unheard,
    is_patient: bool = False,
    known: Mapping[str, engines.Loss] | None = None,
) -> list[ReceivedFile]:
    """Everything found below the inbox, in a fixed order, and then the papers in the folder ``kept``, but forms, which
    belong into the inbox. Raises UserFault where there is no inbox.

    ``known``: SHA-256 -> why that content cannot be read; ``is_patient``: as in :func:`assess`.
    """
    if not inbox.is_dir():
        raise UserFault(
            _("there is no inbox {folder}").format(folder=inbox),
            _("Create the folder and drop the returned forms into it, or name it: --inbox DIR"),
        )
    paths, source = take.find(inbox), _Source(inbox, limits, known or {})
    patience = None if is_patient else engines.Patience(take.origin, limits.reading_seconds)
    files: list[ReceivedFile] = []
    for file in _taken(source, paths, jobs, patience):
        files.append(file)
        progress(len(files), len(paths))
    take.note_alike_names(files)
    by_hand = _taken(_Source(kept, limits, place=BY_HAND), handwork.inputs(kept), jobs) if kept else ()
    return [*files, *(file for file in by_hand if file.form is None)]


@dataclass(frozen=True)
class _Source:
    """A folder that is read. ``known``: SHA-256 -> why that content cannot be read; ``place``: what the names of its
    files begin with."""

    folder: Path
    limits: Limits
    known: Mapping[str, engines.Loss] = field(default_factory=dict)
    place: str = ""


def _taken(
    of: _Source, paths: Sequence[Path], jobs: int | None, patience: engines.Patience | None = None
) -> Iterator[ReceivedFile]:
    """Each file of the folder, as :func:`~pipeline.intake.take.take` reads it, in their order."""
    function = partial(take.take, of.folder, limits=of.limits, place=of.place, known=of.known)
    with closing(engines.map_files(function, paths, jobs, of.limits.of_a_worker, patience)) as read:
        for path, file in zip(paths, read, strict=True):
            yield take.lost(of.folder, path, file, of.limits, of.place) if isinstance(file, engines.Loss) else file


def known_times(context: RoundContext, ledger_file: Path, now: dt.datetime) -> KnownTimes:
    """What the ledger knows of when files came."""
    key = ledger.round_key(context)
    return KnownTimes(
        seen=ledger.first_seen(ledger_file, key),
        mailed=ledger.mailed(ledger_file, key),
        now=now,
        senders=ledger.senders(ledger_file, key),
        unproved=ledger.unproved(ledger_file, key),
    )


@_uncollected()
def assess_received(context: RoundContext, files: Sequence[ReceivedFile], known: KnownTimes) -> Assessment:
    """The same from files that are already read, stage by stage."""
    reception = receive(files, context, known)
    papers, about_papers = judgements.recognise(reception, context)
    tidy = tidying.tidy(reception.submissions, context)
    wrong_cells = validation.validate(tidy, context, reception.times)
    findings = [*reception.findings, *about_papers, *tidy.findings, *wrong_cells]
    standing, of_one_moment = standing_of(reception, findings, context)
    findings += of_one_moment
    standing.superseded |= reception.older_books
    forget_rows(reception, findings)
    registered = register(reception, standing, findings, context)
    outcome = _entered(context, registered, roster(registered, standing, context.rules), tidy)
    if context.round.kind.ranked:
        outcome, judged = _ranked(outcome, papers, reception.receipts)
        findings += judged.findings
        registered = judgements.registered(registered, papers, judged, findings)
    outcome = replace(
        outcome,
        register=registered,
        findings=frame.rows(_in_order(findings, registered), context.plan.limits.findings),
        inputs={file.name: file.sha256 for file in files if file.sha256},
    )
    return Assessment(
        outcome,
        [
            (file.sha256, file.name, reception.receipts[file.name].first_seen)
            for file in files
            if file.sha256 and file.sha256 not in known.seen
        ],
        _to_return(outcome.roster, files, findings),
        hint(reception.has_receipt_book, reception.without_time),
    )


def _entered(context: RoundContext, registered: DataFrame[Register], units: DataFrame[Roster], tidy: Tidy) -> Outcome:
    """What the forms that count say, before anything is scored."""
    counting = units.loc[units[Roster.file] != "", Roster.file]
    entered = counted(tidy, set(counting), context.plan)
    of_units = registered.loc[registered[Register.unit] != "", Register.received]
    times = [dt.datetime.fromisoformat(each) for each in of_units if each]
    return Outcome(
        context.rules,
        context.round,
        max(times, default=None),
        registered,
        units,
        tables.empty(tables.Findings),
        entered.results,
        entered.models,
        entered.movements,
        entered.collective_awards,
        entered.individual_awards,
        targets=context.targets,
    )


def _ranked(
    outcome: Outcome, papers: Sequence[Paper], receipts: Mapping[str, Receipt]
) -> tuple[Outcome, judgements.Judged]:
    """Points, what people made of them, ranks, and which changes moved a rank."""
    rules, units = outcome.rules, outcome.roster
    scores, groups = points.score(rules, outcome.results, units, outcome.targets)
    judged = judgements.unjudged(scores)
    if papers:
        now = entries.current_facts(outcome.context, outcome.register, units, outcome.results)
        judged = judgements.judge(papers, receipts, scores, now, rules)
        scores, groups = judged.scores, points.add_up(rules, judged.scores)
    ranks = standings.rank(rules, scores, groups, units)
    judged_rows = moves.with_moves(rules, scores, judged.judgements, units, ranks)
    return replace(outcome, scores=scores, groups=groups, standings=ranks, judgements=judged_rows), judged


def _in_order(findings: Sequence[Finding], registered: DataFrame[Register]) -> list[Finding]:
    """Findings file by file; within a file the whole first, then as the stages found them."""
    position = {file: place for place, file in enumerate(registered[Register.file])}
    return sorted(findings, key=lambda each: (position.get(each.file, -1), each.sheet != ""))


def _to_return(
    units: DataFrame[Roster], files: Sequence[ReceivedFile], findings: Sequence[Finding]
) -> dict[str, ReceivedFile]:
    """Unit -> the file that goes back to it marked: the newest one with something to correct or to look at."""
    asked = {each.file for each in findings if each.weight() is not Severity.NOTE and not each.code.entry.to_officer}
    by_name = {file.name: file for file in files}
    return {
        unit: by_name[returned or file]
        for unit, returned, file in plain_rows(units, Roster.unit, Roster.returned_file, Roster.file)
        if returned or file in asked
    }


# --- writing --------------------------------------------------------------------------------------------


@_uncollected()
def publish_public(outcome: Outcome, outbox: Path) -> tuple[list[Kept], str]:
    """Write the set of outputs that anybody may see, all of it or nothing. Raises EnvironmentFault.

    Returns what people changed in the old one in the meantime, which is kept, and the code of the result.
    """
    from pipeline.outputs import public

    with outboxes.staging(outbox) as staged:
        code = public.write(outcome, staged)
        return outboxes.publish(staged, outbox, access=permissions.PUBLIC), code


@_uncollected()
def publish(assessment: Assessment, outbox: Path, ledger_file: Path, now: dt.datetime) -> list[Kept]:
    """Write the outbox as a whole: all of it, or nothing (promise 3). Raises EnvironmentFault.

    Returns what people changed in the old one while the run was at work; it is kept, and the next run reads it.
    """
    from pipeline.feedback import feedback
    from pipeline.outputs import data, page, proofs, public, receipt_book
    from pipeline.outputs.consolidated import workbook as consolidated
    from pipeline.outputs.council_papers import workbook as papers
    from pipeline.outputs.radio import bulletin
    from pipeline.outputs.ranking import workbook as ranking_workbook
    from pipeline.state import manifest

    outcome = assessment.outcome
    digest = public.digest_of(outcome)
    ledger.remember(ledger_file, ledger.round_key(outcome.context), assessment.newly_seen)
    losses.remember(ledger_file, outcome.context.plan.limits, assessment.lost)
    key = seal_keys.key_for(ledger_file)
    with outboxes.staging(outbox) as staged:
        consolidated.write(outcome, staged / layout.CONSOLIDATED)
        if outcome.round.kind.ranked:
            ranking_workbook.write(outcome, staged / layout.RANKING)
            papers.write(outcome, staged, key)
        data.write(outcome, staged / layout.DATA)
        page.write(outcome, staged / layout.PAGE, digest.code)
        proofs.write(digest, staged / layout.PROOFS)
        bulletin.write(outcome, staged / layout.BULLETIN)
        receipt_book.write(outcome, staged)
        feedback.write_all(outcome, assessment.to_return, staged / layout.FEEDBACK, key)
        manifest.write(outcome, staged, digest)
        kept = outboxes.publish(staged, outbox)
    run_history.note(ledger_file, outcome, now)
    return kept


def check_outbox(outbox: Path, inbox: Path, rules: Path) -> None:
    """Refuse an outbox that cannot be replaced, before any work is done; writes nothing.

    Raises UserFault or EnvironmentFault.
    """
    outboxes.check_apart(outbox, (inbox, rules))
    outboxes.check_apart(handwork.kept_folder(outbox), (inbox, rules))
    outboxes.check_usable(outbox)
