"""People's judgement comes back: which appraisal and council papers count, and what counts by them.

In: papers among the received files (:mod:`pipeline.forms.papers`) and what scoring computed. Out: :class:`Judged`: the
scores with appraised and decided points, what was taken over, and findings.

Promises: of each bloc and kind the paper received last counts, but one in which nothing is entered takes the place of
none (a spreadsheet program that only opened and saved it has decided nothing), nor does one that cannot be read, or
that was made from older data than the one before it. An entry is taken over only if :mod:`pipeline.council.entries`
finds it right; the points stay as they were where it does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pandera.typing import DataFrame

from pipeline import tables
from pipeline.code_lists import Judgement, Severity, Status
from pipeline.council.entries import CurrentFacts, Entry, Key, Paper, entries, has_entries, points
from pipeline.findings.finding import Code, Finding, message
from pipeline.forms.papers import SHA_OF, RawPaper
from pipeline.forms.values import read_number
from pipeline.i18n import _
from pipeline.intake.receipts import Receipt, order_of_receipt
from pipeline.intake.reception import Reception
from pipeline.intake.recognition import other_form
from pipeline.register.copy_names import later_by_name
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.scoring.points import points_that_count
from pipeline.tables import Judgements, Register, Scores, plain_rows
from pipeline.text import one_after_the_other, text_of


@dataclass(frozen=True)
class Judged:
    """``superseded``: papers that a newer one replaces, file -> in words, which; ``scores`` and ``judgements``:
    :class:`~pipeline.tables.Scores` with people's points, and :class:`~pipeline.tables.Judgements`."""

    superseded: dict[str, str]
    scores: DataFrame[Scores]
    judgements: DataFrame[Judgements]
    findings: list[Finding]


def recognise(reception: Reception, context: RoundContext) -> tuple[list[Paper], list[Finding]]:
    """The papers of this round among the files that may give orders, and a finding for each that is none of it."""
    papers, findings = [], []
    broken = {finding.file for finding in reception.findings if finding.code is Code.PAPER_SEAL_BROKEN}
    blocs = {bloc.code: bloc for bloc in context.rules.blocs}
    for file in reception.orders:
        if not isinstance(file.content, RawPaper) or file.name in broken:
            continue
        meta = file.content.meta
        if wrong := other_form(meta, context):
            findings.append(Finding(wrong[0], file.name, facts=wrong[1]))
        elif meta["bloc"] not in blocs:
            findings.append(Finding(Code.PAPER_UNKNOWN_BLOC, file.name, entered=meta["bloc"]))
        else:
            papers.append(Paper(file.name, file.content, blocs[meta["bloc"]], Judgement(meta["kind"])))
    return papers, findings


def unjudged(scores: DataFrame[Scores]) -> Judged:
    """Where nobody judged."""
    return Judged({}, scores, tables.empty(tables.Judgements), [])


def judge(
    papers: Sequence[Paper], receipts: Mapping[str, Receipt], scores: DataFrame[Scores], now: CurrentFacts, rules: Rules
) -> Judged:
    """Take over what the newest papers say; decisions after appraisals, for they are based on them.

    ``receipts``: file -> when it came; ``scores``: :class:`~pipeline.tables.Scores` as computed.
    """
    counting, superseded, findings = _newest(papers, receipts, now)
    rows: list[dict[str, Any]] = []
    for kind in Judgement:
        of_kind = [paper for paper in counting if paper.kind is kind]
        judged, about = _judged(of_kind, scores, now, rules)
        findings += about
        rows += judged.values()
        scores = _with(scores, kind, judged)
    return Judged(superseded, scores, _frame(rows), findings)


def _judged(
    papers: Sequence[Paper], scores: pd.DataFrame, now: CurrentFacts, rules: Rules
) -> tuple[dict[Key, dict[str, Any]], list[Finding]]:
    """Unit and criterion -> its row of ``Judgements``, in the order of the scores; and what stood in the way."""
    at: dict[Key, Any] = {(row.unit, row.criterion): row for row in scores.itertuples()}  # type: ignore[misc]
    judged: dict[Key, dict[str, Any]] = {}
    findings: list[Finding] = []
    for paper in papers:
        findings += _about_the_paper(paper, now)
        for entry in entries(paper, at):
            if isinstance(entry, Finding):
                findings.append(entry)
                continue
            after, about = points(entry, now, rules)
            findings += about
            if after is not None:
                judged[entry.key] = _judgement(entry, after)
    return {key: judged[key] for key in at if key in judged}, findings


# --- which paper counts -------------------------------------------------------------------------------


def _newest(
    papers: Sequence[Paper], receipts: Mapping[str, Receipt], now: CurrentFacts
) -> tuple[list[Paper], dict[str, str], list[Finding]]:
    """Of each bloc and kind the paper received last, of those in which something is entered, if there are any, and of
    these of those made from the newest data; file of each other one -> in words, why it does not count; and findings
    about papers made from older data, and about two that came at the same moment."""
    of_kind: dict[tuple[str, Judgement], list[Paper]] = {}
    for paper in papers:
        of_kind.setdefault((paper.bloc.code, paper.kind), []).append(paper)
    counting, findings = [], []
    superseded: dict[str, str] = {}
    for several in of_kind.values():
        several.sort(key=lambda paper: order_of_receipt(paper.file, receipts))
        filled = [paper for paper in several if has_entries(paper)]
        newest_data = max(_still_holds(paper, now) for paper in filled or several)
        current = [paper for paper in filled or several if _still_holds(paper, now) == newest_data]
        last = receipts[current[-1].file].received
        together = [paper for paper in current if receipts[paper.file].received == last]
        newest = _last_named(together)
        counting.append(newest)
        older = [paper for paper in filled if paper not in current and receipts[paper.file].received >= last]
        findings += [Finding(Code.PAPER_OLDER_BASIS, paper.file, facts={"other": newest.file}) for paper in older]
        words = {
            paper.file: _("made from older data than {other}, which counts")
            if paper in older
            else _("replaced by {other}, which was received at the same moment")
            if paper in together
            else _("replaced by {other}, which was received later")
            if paper in filled or not filled
            else _("nothing is entered in it, so it replaces no other paper; {other} counts")
            for paper in several
            if paper is not newest
        }
        superseded |= {file: why.format(other=newest.file) for file, why in words.items()}
        if len(together) > 1:
            findings.append(Finding(Code.PAPER_SAME_MOMENT, newest.file))
    return counting, superseded, findings


def _last_named(papers: Sequence[Paper]) -> Paper:
    """The last of those that are not named as older than another one."""
    newest = [paper for paper in papers if not any(later_by_name(other.file, paper.file) > 0 for other in papers)]
    return (newest or papers)[-1]


def _still_holds(paper: Paper, now: CurrentFacts) -> tuple[bool, int]:
    """How much of what a paper was made from is still so: the rules, and the forms of how many units. The greater of
    two is the one made from newer data."""
    made_from = sum(key.startswith(SHA_OF) for key in paper.raw.meta)
    return _has_current_rules(paper, now), made_from - len(_sent_again(paper, now))


def _has_current_rules(paper: Paper, now: CurrentFacts) -> bool:
    return bool(paper.raw.meta["fingerprint"] == now.fingerprints[paper.bloc.code])


def _sent_again(paper: Paper, now: CurrentFacts) -> list[str]:
    """The names of the units of which another form counts than when the paper was made."""
    meta = paper.raw.meta
    return [
        unit.name
        for unit in paper.bloc.units
        if now.shas.get(unit.code, "") != meta.get(SHA_OF + unit.code, "") and SHA_OF + unit.code in meta
    ]


def _about_the_paper(paper: Paper, now: CurrentFacts) -> Iterator[Finding]:
    """What has changed since the paper was made; what that means for an entry is told at the entry's cell."""
    changed = [] if _has_current_rules(paper, now) else [_("the rules were changed")]
    if resubmitted := _sent_again(paper, now):
        changed.append(_("units that have sent again: {units}").format(units=", ".join(resubmitted)))
    if changed:
        yield Finding(Code.PAPER_OLDER, paper.file, facts={"changed": "; ".join(changed)})
    if not paper.raw.tables:
        yield Finding(Code.PAPER_NO_ROWS, paper.file)


# --- what follows -------------------------------------------------------------------------------------


def _judgement(entry: Entry, after: float) -> dict[str, Any]:
    """A row of ``Judgements``. What it moved is found out in :mod:`pipeline.ranking.moves`, once all are known."""
    votes = read_number(entry.cells.get("votes", "")).value
    unit, criterion = entry.key
    return {
        Judgements.bloc: entry.paper.bloc.code,
        Judgements.unit: unit,
        Judgements.criterion: criterion,
        Judgements.kind: entry.paper.kind.value,
        Judgements.before: entry.prior,
        Judgements.after: after,
        Judgements.reason: text_of(entry.cells.get("reason", "")),
        Judgements.who: entry.paper.raw.who,
        Judgements.votes: math.nan if votes is None else votes,
        Judgements.rank_undone: pd.NA,
        Judgements.rank: pd.NA,
        Judgements.moved: 0,
        Judgements.effect: "",
        Judgements.file: entry.paper.file,
        Judgements.sheet: entry.table.sheet,
        Judgements.cell: entry.cell(entry.paper.kind.value),
    }


def _frame(rows: Sequence[Mapping[str, Any]]) -> DataFrame[Judgements]:
    if not rows:
        return tables.empty(tables.Judgements)
    frame = pd.DataFrame(rows).astype({Judgements.rank_undone: "Int64", Judgements.rank: "Int64"})
    return tables.checked(frame, tables.Judgements)


def _with(scores: DataFrame[Scores], kind: Judgement, judged: Mapping[Key, Mapping[str, Any]]) -> DataFrame[Scores]:
    """``Scores`` with these judged points."""
    if not judged:
        return scores
    keys = plain_rows(scores, Scores.unit, Scores.criterion)
    after = [judged[key][Judgements.after] if key in judged else math.nan for key in keys]
    scores = scores.assign(**{kind.value: after})
    return scores.assign(points=points_that_count(scores))


# --- in the register ----------------------------------------------------------------------------------


def registered(
    register: DataFrame[Register], papers: Sequence[Paper], judged: Judged, findings: Sequence[Finding]
) -> DataFrame[Register]:
    """``Register`` with what became of each paper of this round. ``findings``: all of the run."""
    if not papers:
        return register
    blocs = {paper.file: paper.bloc.code for paper in papers}
    rows = register.to_dict("records")
    for row in rows:
        file = row[Register.file]
        if file in judged.superseded:
            row.update(bloc=blocs[file], status=Status.SUPERSEDED.value, reason=judged.superseded[file])
        elif file in blocs:
            own = [each for each in findings if each.file == file]
            errors = sum(each.weight() is Severity.ERROR for each in own)
            warnings = sum(each.weight() is Severity.WARNING for each in own)
            row.update(bloc=blocs[file], errors=errors, warnings=warnings, reason=_reason(file, judged, own))
    return tables.checked(pd.DataFrame(rows), tables.Register)


def _reason(file: str, judged: Judged, findings: Sequence[Finding]) -> str:
    applied = int((judged.judgements[Judgements.file] == file).sum())
    sentences = [_("points taken over: {n}").format(n=applied)]
    to_look_at = [each for each in findings if each.weight() is not Severity.NOTE]
    sentences += [message(each) for each in to_look_at if not each.cell]
    if at_cells := sum(bool(each.cell) for each in to_look_at):
        sentences.append(_("entries to look at: {n}; see the findings").format(n=at_cells))
    return one_after_the_other(sentences)
