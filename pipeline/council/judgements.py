"""People's judgement comes back: which appraisal and council papers count, and what counts by them.

In: papers found in the inbox (:mod:`pipeline.forms.papers`) and what scoring computed. Out: :class:`Judged`: the scores
with appraised and decided points, what was taken over, and findings.

Promises: of each bloc and kind the paper received last counts. An entry is taken over only if
:mod:`pipeline.council.entries` finds it right; the points stay as they were where it does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline import tables
from pipeline.code_lists import Judgement, Status
from pipeline.council import entries as judging
from pipeline.council.entries import Entry, Facts, Paper
from pipeline.findings.finding import Code, Finding, Severity, message, one_after_the_other
from pipeline.forms.papers import SHA_OF
from pipeline.forms.values import read_number
from pipeline.i18n import _
from pipeline.intake.receipts import Receipt
from pipeline.intake.recognition import other_form
from pipeline.intake.standing import natural
from pipeline.intake.take import Taken
from pipeline.rules.plan import Round
from pipeline.rules.year import Rules
from pipeline.scoring.points import points_that_count
from pipeline.sheets.addresses import column_letter
from pipeline.text import text_of


@dataclass
class Judged:
    """The papers that count, those that they replace (file -> the newer one), and what came of them."""

    counts: list[Paper]
    superseded: dict[str, str]
    scores: pd.DataFrame
    judgements: pd.DataFrame
    findings: list[Finding] = field(default_factory=list)


def recognise(taken: Sequence[Taken], rules: Rules, of: Round) -> tuple[list[Paper], list[Finding]]:
    """The papers of this round among the taken files, and a finding for each paper that is none of it."""
    papers, told = [], []
    blocs = {bloc.code: bloc for bloc in rules.blocs}
    for each in taken:
        if each.paper is None:
            continue
        meta = each.paper.meta
        if wrong := other_form(meta, rules, of):
            told.append(Finding(wrong[0], each.name, facts=wrong[1]))
        elif meta["bloc"] not in blocs:
            told.append(Finding(Code.PAPER_UNKNOWN_BLOC, each.name, entered=meta["bloc"]))
        else:
            papers.append(Paper(each.name, each.paper, blocs[meta["bloc"]], Judgement(meta["kind"])))
    return papers, told


def judge(
    papers: Sequence[Paper], times: Mapping[str, Receipt], scores: pd.DataFrame, known: Facts, rules: Rules
) -> Judged:
    """Take over what the newest papers say; decisions after appraisals, for they are based on them."""
    result = Judged([], {}, scores, tables.empty(tables.Judgements))
    _settle(papers, times, result)
    taken_over: list[tuple[Any, ...]] = []
    for kind in Judgement:
        own: dict[tuple[str, str], tuple[Any, ...]] = {}
        rows: dict[Any, Any] = {(at.unit, at.criterion): at for at in result.scores.itertuples()}
        for paper in result.counts:
            if paper.kind is kind:
                _tell_older(paper, known, rules, result)
                for entry in judging.entries(paper, rows, result.findings):
                    if (points := judging.points(entry, known, rules, result.findings)) is not None:
                        own[entry.key] = _judgement(entry, points)
        taken_over += [own[key] for key in rows if key in own]
        result.scores = _with(result.scores, kind, own)
    if taken_over:
        frame = pd.DataFrame.from_records(taken_over, columns=list(result.judgements.columns))
        result.judgements = tables.checked(frame.astype({"rank_undone": "Int64", "rank": "Int64"}), tables.Judgements)
    return result


# --- which paper counts -------------------------------------------------------------------------------


def _settle(papers: Sequence[Paper], times: Mapping[str, Receipt], result: Judged) -> None:
    of_kind: dict[tuple[str, Judgement], list[Paper]] = {}
    for each in papers:
        of_kind.setdefault((each.bloc.code, each.kind), []).append(each)
    for several in of_kind.values():
        several.sort(key=lambda each: (times[each.file].received, natural(each.file)))
        newest = several[-1]
        result.counts.append(newest)
        result.superseded |= {each.file: newest.file for each in several[:-1]}
        if len(several) > 1 and times[several[-2].file].received == times[newest.file].received:
            result.findings.append(Finding(Code.PAPER_SAME_MOMENT, newest.file))


def _tell_older(paper: Paper, known: Facts, rules: Rules, result: Judged) -> None:
    """Say once for the paper what has changed since it was made; entries that it touches are told at their cells."""
    meta, reasons = paper.raw.meta, []
    if meta["fingerprint"] != known.fingerprints[paper.bloc.code]:
        reasons.append(_("the rules were changed"))
    again = [
        unit.name
        for unit in paper.bloc.units
        if known.shas.get(unit.code, "") != meta.get(SHA_OF + unit.code, "") and SHA_OF + unit.code in meta
    ]
    if again:
        reasons.append(_("units that have sent again: {units}").format(units=", ".join(again)))
    if reasons:
        result.findings.append(Finding(Code.PAPER_OLDER, paper.file, facts={"changed": "; ".join(reasons)}))
    if not paper.raw.tables:
        result.findings.append(Finding(Code.PAPER_NO_ROWS, paper.file))


# --- what follows -------------------------------------------------------------------------------------


_AFTER = list(tables.Judgements.to_schema().columns).index("after")


def _judgement(entry: Entry, points: float) -> tuple[Any, ...]:
    votes = read_number(entry.cells.get("votes", "")).value
    return (
        entry.paper.bloc.code,
        *entry.key,
        entry.paper.kind.value,
        entry.prior,
        points,
        text_of(entry.cells.get("reason", "")),
        entry.paper.raw.who,
        math.nan if votes is None else votes,
        pd.NA,  # what it moved is found out in :mod:`pipeline.ranking.moves`, once all are known
        pd.NA,
        0,
        "",
        entry.paper.file,
        entry.table.sheet,
        f"{column_letter(entry.table.columns[entry.paper.kind.value])}{entry.line}",
    )


def _with(scores: pd.DataFrame, kind: Judgement, judged: Mapping[tuple[str, str], tuple[Any, ...]]) -> pd.DataFrame:
    """``Scores`` with these judged points."""
    if not judged:
        return scores
    keys = zip(scores["unit"], scores["criterion"], strict=True)
    points = [judged[key][_AFTER] if key in judged else math.nan for key in keys]
    scores = scores.assign(**{kind.value: points})
    return scores.assign(points=points_that_count(scores))


def registered(
    register: pd.DataFrame, papers: Sequence[Paper], judged: Judged, told: Sequence[Finding]
) -> pd.DataFrame:
    """The register, with what became of each paper of this round."""
    rows = register.to_dict("records")
    blocs = {paper.file: paper.bloc.code for paper in papers}
    for row in rows:
        file = row["file"]
        if file in judged.superseded:
            words = _("replaced by {other}, which was received later").format(other=judged.superseded[file])
            row.update(bloc=blocs[file], status=Status.SUPERSEDED.value, reason=words)
        elif file in blocs:
            own = [each for each in told if each.file == file]
            errors = sum(each.weight() is Severity.ERROR for each in own)
            warnings = sum(each.weight() is Severity.WARNING for each in own)
            row.update(bloc=blocs[file], errors=errors, warnings=warnings, reason=_reason(file, judged, own))
    return tables.checked(pd.DataFrame(rows), tables.Register)


def _reason(file: str, judged: Judged, own: Sequence[Finding]) -> str:
    applied = int((judged.judgements["file"] == file).sum())
    words = [_("points taken over: {n}").format(n=applied)]
    words += [message(each) for each in own if not each.cell and each.weight() is not Severity.NOTE]
    if at_cells := sum(bool(each.cell) and each.weight() is not Severity.NOTE for each in own):
        words.append(_("entries to look at: {n}; see the findings").format(n=at_cells))
    return one_after_the_other(words)
