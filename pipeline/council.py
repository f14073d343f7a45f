"""People's judgement comes back: appraisal papers and the council's, read, checked cell by cell, and applied.

In: papers found in the inbox (:mod:`pipeline.papers`) and what scoring computed. Out: :class:`Judged`: the scores
with appraised and decided points, what was taken over, and findings.

Promises: of each bloc and kind the paper received last counts. An entry is taken over only if it is right, has its
reason, and was made from what there is now; every other one is told at its cell and leaves the points as they were.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from pipeline import tables
from pipeline.cells import column_letter, plain
from pipeline.findings import Code, Finding, Severity, message
from pipeline.i18n import _, number
from pipeline.intake import Taken
from pipeline.papers import SHA_OF, Basis, Kind, RawPaper, basis
from pipeline.plan import Round
from pipeline.reading import RawTable
from pipeline.rubric import Bloc, Criterion, CriterionGroup
from pipeline.rules import Rules
from pipeline.scoring import points_that_count
from pipeline.submissions import Receipt, Status, natural, other_form
from pipeline.values import read_number, text_of


@dataclass(frozen=True)
class Paper:
    """A paper of this round, as it lies in the inbox."""

    file: str
    raw: RawPaper
    bloc: Bloc
    kind: Kind


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
            papers.append(Paper(each.name, each.paper, blocs[meta["bloc"]], Kind(meta["kind"])))
    return papers, told


def judge(
    papers: Sequence[Paper], times: Mapping[str, Receipt], scores: pd.DataFrame, known: Facts, rules: Rules
) -> Judged:
    """Take over what the newest papers say; decisions after appraisals, for they are based on them."""
    result = Judged([], {}, scores, tables.empty(tables.Judgements))
    _settle(papers, times, result)
    taken_over: list[tuple[Any, ...]] = []
    for kind in Kind:
        own: dict[tuple[str, str], tuple[Any, ...]] = {}
        rows: dict[Any, Any] = {(at.unit, at.criterion): at for at in result.scores.itertuples()}
        for paper in result.counts:
            if paper.kind is kind:
                _tell_older(paper, known, rules, result)
                for entry in _entries(paper, rows, result):
                    if (points := _points(entry, known, rules, result)) is not None:
                        own[entry.key] = _judgement(entry, points)
        taken_over += [own[key] for key in rows if key in own]
        result.scores = _with(result.scores, kind, own)
    if taken_over:
        frame = pd.DataFrame.from_records(taken_over, columns=list(result.judgements.columns))
        result.judgements = tables.checked(
            frame.astype({"rank_before": "Int64", "rank_after": "Int64"}), tables.Judgements
        )
    return result


@dataclass(frozen=True)
class Facts:
    """What papers were made from: the evidence of each unit's criteria, each unit's form, the rules' fingerprints."""

    evidence: Mapping[tuple[str, str], str]
    shas: Mapping[str, str]
    fingerprints: Mapping[str, str]


def facts(rules: Rules, of: Round, register: pd.DataFrame, roster: pd.DataFrame, results: pd.DataFrame) -> Facts:
    """The facts as they are now."""
    hashes = dict(zip(register["file"], register["sha256"], strict=True))
    counting = roster[roster["file"] != ""]
    evidence = zip(results["unit"], results["criterion"], strict=True)
    return Facts(
        dict(zip(evidence, results["evidence"], strict=True)),
        {unit: hashes[file] for unit, file in zip(counting["unit"], counting["file"], strict=True)},
        {bloc.code: rules.fingerprint(bloc, of) for bloc in rules.blocs},
    )


def basis_now(at: Any, known: Facts, rules: Rules, kind: Kind) -> Basis:
    """What a row of the scores gives people to judge by."""
    group, criterion = rules.bloc(at.bloc).rubric.criteria[at.criterion]
    rule = criterion.method.describe(group.scale(criterion, rules.plan.decimals))
    return basis(at, known.evidence.get((at.unit, at.criterion), ""), rule, kind)


# --- which paper counts -------------------------------------------------------------------------------


def _settle(papers: Sequence[Paper], times: Mapping[str, Receipt], result: Judged) -> None:
    of_kind: dict[tuple[str, Kind], list[Paper]] = {}
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


# --- entries ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Entry:
    """A filled row: whose and what, its row of the scores, and what is written in each column."""

    paper: Paper
    table: RawTable
    line: int
    key: tuple[str, str]
    at: Any
    cells: Mapping[str, Any]

    def finding(self, code: Code, column: str, **more: str) -> Finding:
        """A finding at a cell of the row."""
        cell = f"{column_letter(self.table.columns.get(column, 0))}{self.line}"
        unit, criterion = self.key
        entered = text_of(self.cells.get(column, ""))
        return Finding(code, self.paper.file, unit, self.table.sheet, cell, criterion, entered, more)

    @property
    def prior(self) -> float:
        """The points that count before this judgement."""
        appraised = self.at.appraised if self.paper.kind is Kind.DECISION else math.nan
        return float(self.at.computed if math.isnan(appraised) else appraised)


def _entries(paper: Paper, rows: Mapping[tuple[str, str], Any], result: Judged) -> Iterable[_Entry]:
    """The rows with an entry whose unit and criterion are known; the others are told, a unit once for a sheet."""
    units = {unit for unit, _criterion in rows} & {unit.code for unit in paper.bloc.units}
    seen: dict[tuple[str, str], str] = {}
    for table in paper.raw.tables:
        strangers: set[str] = set()
        for line, values in table.rows:
            cells = dict(zip(table.columns, values, strict=True))
            if all(text_of(cells.get(code, "")) == "" for code in (paper.kind.value, "reason", "votes")):
                continue
            key = (text_of(cells["unit"]), text_of(cells["criterion"]))
            entry = _Entry(paper, table, line, key, rows.get(key), cells)
            if key[0] not in units:
                if key[0] not in strangers:
                    result.findings.append(entry.finding(Code.PAPER_UNKNOWN_UNIT, "unit"))
                strangers.add(key[0])
            elif key[1] not in paper.bloc.rubric.criteria:
                result.findings.append(entry.finding(Code.PAPER_UNKNOWN_CRITERION, "criterion"))
            elif key in seen:
                result.findings.append(entry.finding(Code.PAPER_REPEATED, paper.kind.value, other=seen[key]))
            else:
                seen[key] = f"{table.sheet}, {line}"
                yield entry


def _points(entry: _Entry, known: Facts, rules: Rules, result: Judged) -> float | None:
    """The judged points, or None where they are not taken over; what stands in the way is told."""
    kind = entry.paper.kind
    group, criterion = entry.paper.bloc.rubric.criteria[entry.key[1]]
    points = _read(entry, kind.value, result)
    if points is None:
        return None
    low, high = bounds(group, criterion)
    if not float(low) <= points <= float(high):
        facts = {"low": plain(float(low)), "high": plain(float(high))}
        result.findings.append(entry.finding(Code.PAPER_BOUNDS, kind.value, **facts))
        return None
    if round(Decimal(repr(points)), rules.plan.decimals) != Decimal(repr(points)):
        decimals = number(rules.plan.decimals)
        result.findings.append(entry.finding(Code.PAPER_DECIMALS, kind.value, decimals=decimals))
        return None
    now = basis_now(entry.at, known, rules, kind)
    if text_of(entry.cells.get("fingerprint", "")) != now.fingerprint:
        shown = {"issued": text_of(entry.cells.get("basis", "")) or "–", "now": now.words}
        result.findings.append(entry.finding(Code.PAPER_CONFLICT, kind.value, **shown))
        return None
    if points != entry.prior and not text_of(entry.cells.get("reason", "")):
        facts = {"points": plain(points), "before": plain(entry.prior)}
        result.findings.append(entry.finding(Code.PAPER_NO_REASON, "reason", **facts))
        return None
    return points if _votes_fit(entry, rules, result) else None


def bounds(group: CriterionGroup, criterion: Criterion) -> tuple[Decimal, Decimal]:
    """The least and the most points that people may give: 0 to the criterion's points, below 0 in a penalty group."""
    return (-criterion.points, Decimal(0)) if group.kind == "penalty" else (Decimal(0), criterion.points)


def _read(entry: _Entry, column: str, result: Judged) -> float | None:
    """A number as people type it; told where it cannot be read, or how it was read."""
    if text_of(entry.cells.get(column, "")) == "":
        if column == entry.paper.kind.value:
            result.findings.append(entry.finding(Code.PAPER_NO_POINTS, column))
        return None
    read = read_number(entry.cells[column])
    if read.code:
        told = {"example": plain(1.5 if read.value is None else read.value)}
        told |= {"read": plain(read.value), "other": plain(read.other), "measure": ""}
        result.findings.append(entry.finding(read.code, column, **told))
    return read.value


def _votes_fit(entry: _Entry, rules: Rules, result: Judged) -> bool:
    votes, most = entry.cells.get("votes", ""), rules.plan.council.members
    if text_of(votes) == "":
        return True
    read = read_number(votes).value
    if read is not None and read.is_integer() and 0 <= read <= most:
        return True
    result.findings.append(entry.finding(Code.PAPER_VOTES, "votes", members=number(most)))
    return False


# --- what follows -------------------------------------------------------------------------------------


_AFTER = list(tables.Judgements.to_schema().columns).index("after")


def _judgement(entry: _Entry, points: float) -> tuple[Any, ...]:
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
        pd.NA,
        pd.NA,
        entry.paper.file,
        entry.table.sheet,
        f"{column_letter(entry.table.columns[entry.paper.kind.value])}{entry.line}",
    )


def _with(scores: pd.DataFrame, kind: Kind, judged: Mapping[tuple[str, str], tuple[Any, ...]]) -> pd.DataFrame:
    """``Scores`` with these judged points."""
    if not judged:
        return scores
    keys = zip(scores["unit"], scores["criterion"], strict=True)
    points = [judged[key][_AFTER] if key in judged else math.nan for key in keys]
    scores = scores.assign(**{kind.value: points})
    return scores.assign(points=points_that_count(scores))


def with_ranks(judgements: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """``Judgements`` with the rank of each unit in the ``Standings`` before and after all of them."""
    ranks = {
        name: judgements["unit"].map(standings.set_index("unit")["rank"]).astype("Int64")
        for name, standings in (("rank_before", before), ("rank_after", after))
    }
    return judgements.assign(**ranks)


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
    return ". ".join(word.rstrip(".") for word in words)
