"""The story of one run, from the inbox to the outbox.

The clock, the disk and the environment are met here and handed to the stages, which are functions of what they
are given. :func:`assess` finds everything out and writes nothing; :func:`publish` writes the outbox.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd

from pipeline import engines, tables
from pipeline.checking import tidying, validation
from pipeline.checking.counted import counted
from pipeline.checking.tidying import Tidy
from pipeline.council import entries as judging
from pipeline.council import judgements as council
from pipeline.errors import EnvironmentFault, UserFault
from pipeline.findings import finding as findings
from pipeline.findings.finding import Code, Finding, Severity
from pipeline.i18n import _
from pipeline.intake import recognition, standing
from pipeline.intake import register as registers
from pipeline.intake import take as intake
from pipeline.intake.receipts import Book, Receipt, hint, read_book, receipts, unlikely
from pipeline.intake.recognition import Submission
from pipeline.intake.take import Taken
from pipeline.outcome import Outcome
from pipeline.ranking import moves
from pipeline.ranking import standings as ranking
from pipeline.rules.limits import Limits
from pipeline.rules.plan import Round
from pipeline.rules.year import Rules
from pipeline.scoring import points as scoring
from pipeline.state import ledger, run_history
from pipeline.state import outbox as box

Progress = Callable[[int, int], None]
"""Called with how many files are read, and of how many."""


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


@dataclass
class Assessment:
    """An outcome, and what of the way there the outbox needs besides."""

    outcome: Outcome
    newly_seen: list[tuple[str, str]] = field(default_factory=list)
    to_mark: dict[str, Taken] = field(default_factory=dict)
    hint: str = ""


def assess(
    rules: Rules,
    of: Round,
    inbox: Path,
    ledger_file: Path,
    now: dt.datetime,
    jobs: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Assessment:
    """Read, check, score and rank everything in the inbox; writes nothing. Raises UserFault where there is no inbox."""
    taken = take_all(inbox, jobs, progress, rules.plan.limits)
    return assess_taken(rules, of, taken, ledger_file, now)


@_uncollected()
def assess_taken(rules: Rules, of: Round, taken: list[Taken], ledger_file: Path, now: dt.datetime) -> Assessment:
    """The same from files that are already read: the story of a run.

    ``now`` stands as the first-seen time of content that no run has seen before.
    """
    recognised = [recognition.recognise(each, rules, of) for each in taken]
    forms = [form for form, _found in recognised if form]
    papers, strange = council.recognise(taken, rules, of)
    told = [finding for _form, found in recognised for finding in found] + strange

    seen = ledger.first_seen(ledger_file, rules.plan.year, of.code)
    mailed = ledger.mailed(ledger_file, rules.plan.year, of.code)
    book = _read_receipt_book(taken, rules)
    units = {form.file: form.unit for form in forms}
    times = receipts(taken, units, book, mailed, seen, now)
    again = standing.duplicates(taken, times)
    forms = [form for form in forms if form.file not in again]
    papers = [paper for paper in papers if paper.file not in again]

    tidy = tidying.tidy(forms, rules, of)
    told = [finding for finding in told if finding.file not in again] + book.findings
    told += unlikely(book, times, units, of.opens)
    told += tidy.findings + validation.validate(tidy, rules, of)

    faulty = {finding.file for finding in told if finding.weight() is Severity.ERROR}
    settled = standing.settle(forms, faulty, times)
    told += [Finding(Code.SAME_MOMENT, file, _unit_of(forms, file)) for file in sorted(settled.tied)]
    _forget_rows(taken, told)
    register = registers.register(taken, forms, told, settled, again, times, rules, of)
    roster = registers.roster(register, settled, rules)
    outcome = _outcome(rules, of, register, roster, told, tidy, settled, papers, times)
    outcome.inputs.update({each.name: each.sha256 for each in taken if each.sha256})
    return Assessment(
        outcome,
        [(each.sha256, each.name) for each in taken if each.sha256 and each.sha256 not in seen],
        _to_mark(roster, taken, told),
        hint(any(each.receipt_rows for each in taken), sum(times[f.file].source == "first_seen" for f in forms)),
    )


@_uncollected()
def take_all(inbox: Path, jobs: int | None, progress: Progress, limits: Limits) -> list[Taken]:
    """Everything found below the inbox, in a fixed order. Raises UserFault where there is no inbox."""
    if not inbox.is_dir():
        raise UserFault(
            _("there is no inbox {folder}").format(folder=inbox),
            _("Create the folder and drop the returned forms into it, or name it: --inbox DIR"),
        )
    paths = intake.find(inbox)
    taken = []
    with closing(engines.map_files(partial(intake.take, inbox, limits=limits), paths, jobs, _bounds(limits))) as read:
        for path, each in zip(paths, read, strict=True):
            taken.append(intake.lost(inbox, path, each, limits) if isinstance(each, engines.Loss) else each)
            progress(len(taken), len(paths))
    intake.tell_alike(taken)
    return taken


def _bounds(limits: Limits) -> engines.Bounds:
    return engines.Bounds(limits.reading_seconds, limits.reading_memory_mb * 1_000_000)


def _read_receipt_book(taken: list[Taken], rules: Rules) -> Book:
    rows = next((each.receipt_rows for each in taken if each.receipt_rows), None)
    if rows is None:
        return Book()
    files = [each.name for each in taken if not each.is_receipt_book]
    return read_book(rows, files, rules.units, rules.plan.zone)


def _unit_of(forms: list[Submission], file: str) -> str:
    return next(form.unit for form in forms if form.file == file)


def _in_order(told: list[Finding], register: pd.DataFrame) -> list[Finding]:
    """Findings file by file; within a file the whole first, then as the stages found them."""
    position = {file: place for place, file in enumerate(register["file"])}
    return sorted(told, key=lambda finding: (position.get(finding.file, -1), finding.sheet != ""))


def _forget_rows(taken: list[Taken], told: list[Finding]) -> None:
    """Raw rows take a third of a large run's memory; from here on, only a file that may go back marked needs them."""
    marked = {finding.file for finding in told}
    for each in taken:
        if each.form and each.name not in marked:
            each.form.tables.clear()


def _to_mark(roster: pd.DataFrame, taken: list[Taken], told: list[Finding]) -> dict[str, Taken]:
    """Unit -> the file that goes back to it marked: the newest one with something to correct or to look at."""
    asked = {finding.file for finding in told if finding.weight() is not Severity.NOTE}
    files = {each.name: each for each in taken}
    return {
        unit: files[returned or file]
        for unit, returned, file in zip(roster["unit"], roster["returned_file"], roster["file"], strict=True)
        if returned or file in asked
    }


def _outcome(
    rules: Rules,
    of: Round,
    register: pd.DataFrame,
    roster: pd.DataFrame,
    told: list[Finding],
    tidy: Tidy,
    settled: standing.Standing,
    papers: list[judging.Paper],
    received: dict[str, Receipt],
) -> Outcome:
    entries = counted(tidy, {form.file for form in settled.counts.values()}, rules.plan)
    results, judgements = entries.results, tables.empty(tables.Judgements)
    if of.scored:
        scores, groups = scoring.score(rules, results, roster)
        if papers:
            known = judging.facts(rules, of, register, roster, results)
            judged = council.judge(papers, received, scores, known, rules)
            scores, groups = judged.scores, scoring.add_up(rules, judged.scores)
            judgements, told = judged.judgements, told + judged.findings
            register = council.registered(register, papers, judged, told)
        standings = ranking.rank(rules, scores, groups, roster)
        judgements = moves.with_moves(rules, scores, judgements, roster, standings)
    else:
        scores, groups, standings = map(tables.empty, (tables.Scores, tables.GroupPoints, tables.Standings))
    times = [dt.datetime.fromisoformat(each) for each in register.loc[register["unit"] != "", "received"] if each]
    return Outcome(
        rules,
        of,
        max(times, default=None),
        register,
        roster,
        findings.rows(_in_order(told, register)),
        results,
        entries.models,
        entries.movements,
        entries.collective_awards,
        entries.individual_awards,
        scores,
        groups,
        standings,
        judgements=judgements,
    )


@_uncollected()
def publish_public(outcome: Outcome, outbox: Path) -> None:
    """Write the set of outputs that anybody may see, all of it or nothing. Raises EnvironmentFault."""
    from pipeline.outputs import public

    with box.staging(outbox) as staged:
        public.write(outcome, staged)
        box.publish(staged, outbox)


@_uncollected()
def publish(assessment: Assessment, inbox: Path, outbox: Path, ledger_file: Path, now: dt.datetime) -> None:
    """Write the outbox as a whole: all of it, or nothing (promise 3). Raises EnvironmentFault."""
    from pipeline.outputs import data, page
    from pipeline.outputs.consolidated import workbook as consolidated
    from pipeline.outputs.council_papers import workbook as papers
    from pipeline.outputs.radio import bulletin
    from pipeline.outputs.ranking import workbook as ranking_workbook
    from pipeline.outputs.receipt_book import write_book
    from pipeline.state import manifest

    outcome = assessment.outcome
    year, code = outcome.rules.plan.year, outcome.round.code
    ledger.remember(ledger_file, year, code, assessment.newly_seen, now)
    with box.staging(outbox) as staged:
        consolidated.write(outcome, staged / "tong-hop.xlsx")
        if outcome.round.scored:
            ranking_workbook.write(outcome, staged / "xep-hang.xlsx")
            papers.write(outcome, staged)
        data.write(outcome, staged / "so-lieu")
        page.write(outcome, staged / "trang")
        bulletin.write(outcome, staged / "ban-tin.txt")
        told = outcome.register[outcome.register["bloc"] != ""]  # forms, and papers of the council
        write_book(staged / intake.RECEIPT_BOOK, told, created(outcome))
        _write_feedback(assessment, inbox, staged / "phan-hoi")
        manifest.write(outcome, staged)
        box.publish(staged, outbox)
    run_history.note(ledger_file, outcome, now)


def _write_feedback(assessment: Assessment, inbox: Path, folder: Path) -> None:
    """A marked copy for every unit that must correct or look at something."""
    from pipeline.feedback import feedback, left_out, resaving

    rules, of = assessment.outcome.rules, assessment.outcome.round
    by_file = dict(list(assessment.outcome.findings.groupby("file")))
    errands, left = [], []
    for code, taken in assessment.to_mark.items():
        content = taken.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != taken.sha256:
            raise EnvironmentFault(
                _("{file} changed while it was read").format(file=taken.name),
                _("Wait until it is copied, then run again."),
            )
        bloc, unit = rules.units[code]
        own = by_file[taken.name]
        outdated = (own["code"] == Code.OLD_VERSION).any()  # its own file would be the old form once more
        left.append(left_out.sentences(content))
        lines = (*feedback.about(rules, of, bloc, unit), *left[-1])
        errands.append(feedback.to_mark(b"" if outdated else content, own, lines))
    with closing(engines.map_files(resaving.marked, errands, None, _bounds(rules.plan.limits))) as answers:
        for (code, taken), answer, said in zip(assessment.to_mark.items(), answers, left, strict=True):
            own_file = None if isinstance(answer, engines.Loss) else answer
            feedback.write(folder, own_file, taken.form, by_file[taken.name], rules, of, *rules.units[code], said)


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


def created(outcome: Outcome) -> dt.datetime:
    """The time that our files bear as their creation: that of the newest receipt, never that of the run."""
    opening = dt.datetime.combine(outcome.round.opens, dt.time())
    return outcome.as_of.replace(tzinfo=None) if outcome.as_of else opening
