"""The entries of an appraisal or council paper, judged one by one: may these points be taken over?

In: a paper as it lies in the inbox, and what there is to judge by now (:class:`CurrentFacts`). Out: the points of an
entry, or the finding at its cell that says why they are not taken over.

Promises: an entry is right only if its unit and criterion are known, its points fit the rubric, it has its reason,
and it was made from what there is now. Whoever judged on something else is shown both, never overruled in silence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pandera.typing import DataFrame

from pipeline.checking.cells import plain
from pipeline.code_lists import GroupKind, Judgement
from pipeline.council.basis import Basis, basis
from pipeline.findings.finding import Code, Finding
from pipeline.forms.cell_values import Merged
from pipeline.forms.frames import Results
from pipeline.forms.papers import RawPaper
from pipeline.forms.reading import RawTable
from pipeline.forms.values import read_number
from pipeline.i18n import DEFAULT_LANGUAGE, _, current_language, number, using_language
from pipeline.rules.links import not_for
from pipeline.rules.round_context import RoundContext
from pipeline.rules.rubric import Bloc, Criterion, CriterionGroup, Rubric
from pipeline.rules.words import rule_words
from pipeline.rules.year import Rules
from pipeline.sheets.addresses import column_letter
from pipeline.tables import Register, Roster, plain_rows
from pipeline.text import text_of

Key = tuple[str, str]
"""Codes of a unit and of a criterion."""


@dataclass(frozen=True)
class Paper:
    """A paper of this round, as it lies in the inbox. ``file``: its path below the inbox."""

    file: str
    raw: RawPaper
    bloc: Bloc
    kind: Judgement


@dataclass(frozen=True)
class CurrentFacts:
    """What there is to judge by now: the evidence of each unit's criteria, the SHA-256 of each unit's form that
    counts, the rules' fingerprint of each bloc, and (bloc, criterion) -> language -> the criterion's rule in words."""

    evidence: Mapping[Key, str]
    shas: Mapping[str, str]
    fingerprints: Mapping[str, str]
    rules: Mapping[Key, Mapping[str, str]]


def current_facts(
    context: RoundContext, register: DataFrame[Register], roster: DataFrame[Roster], results: DataFrame[Results]
) -> CurrentFacts:
    """The facts as ``Register``, ``Roster`` and ``Results`` have them."""
    rules = context.rules
    hashes = dict(plain_rows(register, Register.file, Register.sha256))
    counting = roster[roster[Roster.file] != ""]
    evidence = zip(results["unit"], results["criterion"], strict=True)
    return CurrentFacts(
        dict(zip(evidence, results["evidence"], strict=True)),
        {unit: hashes[file] for unit, file in plain_rows(counting, Roster.unit, Roster.file)},
        {bloc.code: context.fingerprint(bloc) for bloc in rules.blocs},
        {
            (bloc.code, code): _in_words(bloc.rubric, criterion, rules.plan.decimals)
            for bloc in rules.blocs
            for code, (_group, criterion) in bloc.rubric.criteria.items()
        },
    )


def _in_words(rubric: Rubric, criterion: Criterion, decimals: int) -> dict[str, str]:
    """The rule in the language in use, and in the one by which papers of all languages are compared."""
    words = {}
    for language in {DEFAULT_LANGUAGE, current_language()}:
        with using_language(language):
            words[language] = rule_words(rubric, criterion, decimals)
    return words


def basis_now(score: Any, now: CurrentFacts, kind: Judgement) -> Basis:
    """What a row of the scores gives people to judge by."""
    evidence = now.evidence.get((score.unit, score.criterion), "")
    return basis(score, evidence, now.rules[score.bloc, score.criterion], kind)


# --- the entries of a paper ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A filled row: its unit and criterion, its row of the scores, and what is written in each column."""

    paper: Paper
    table: RawTable
    line: int
    key: Key
    score: Any
    cells: Mapping[str, Any]

    def cell(self, column: str) -> str:
        """The address of a column's cell in this row."""
        return f"{column_letter(self.table.columns.get(column, 0))}{self.line}"

    def finding(self, code: Code, column: str, **more: str) -> Finding:
        """A finding at a cell of the row."""
        unit, criterion = self.key
        typed = self.cells.get(column, "")
        entered = plain(typed) if isinstance(typed, float) else text_of(typed)
        return Finding(code, self.paper.file, unit, self.table.sheet, self.cell(column), criterion, entered, more)

    @property
    def prior(self) -> float:
        """The points that count before this judgement."""
        appraised = self.score.appraised if self.paper.kind is Judgement.DECISION else math.nan
        return float(self.score.computed if math.isnan(appraised) else appraised)


def entries(paper: Paper, scores: Mapping[Key, Any]) -> Iterator[Entry | Finding]:
    """The filled rows in their order; in the place of one whose unit or criterion is unknown a finding.

    ``scores``: unit and criterion -> the row of the scores. An unknown unit is told once for a sheet.
    """
    units = {unit for unit, _criterion in scores} & {unit.code for unit in paper.bloc.units}
    first_place: dict[Key, str] = {}
    for table in paper.raw.tables:
        strangers: set[str] = set()
        for entry in _filled_rows(paper, table, scores):
            unit, criterion = entry.key
            if unit not in units:
                if unit not in strangers:
                    yield entry.finding(Code.PAPER_UNKNOWN_UNIT, "unit")
                strangers.add(unit)
            elif criterion not in paper.bloc.rubric.criteria:
                yield entry.finding(Code.PAPER_UNKNOWN_CRITERION, "criterion")
            elif entry.key in first_place:
                yield entry.finding(Code.PAPER_REPEATED, paper.kind.value, other=first_place[entry.key])
            else:
                first_place[entry.key] = f"{table.sheet}, {entry.line}"
                yield entry


def has_entries(paper: Paper) -> bool:
    """Whether somebody entered something in it."""
    return any(_filled_rows(paper, table, {}) for table in paper.raw.tables)


def _filled_rows(paper: Paper, table: RawTable, scores: Mapping[Key, Any]) -> list[Entry]:
    rows = [(line, dict(zip(table.columns, values, strict=True))) for line, values in table.rows]
    keyed = [((text_of(cells["unit"]), text_of(cells["criterion"])), line, cells) for line, cells in rows]
    return [
        Entry(paper, table, line, key, scores.get(key), cells)
        for key, line, cells in keyed
        if any(text_of(cells.get(code, "")) for code in (paper.kind.value, "reason", "votes"))
    ]


# --- may its points be taken over? --------------------------------------------------------------------


def points(entry: Entry, now: CurrentFacts, rules: Rules) -> tuple[float | None, list[Finding]]:
    """The judged points, or None where they are not taken over; and the findings at the entry's cells."""
    entered, findings = _entered(entry)
    if entered is None:
        return None, findings
    obstacle = (
        _outside_the_rubric(entry, entered, rules.plan.decimals)
        or _on_another_basis(entry, now)
        or _without_reason(entry, entered)
        or _impossible_votes(entry, rules.plan.council.members)
    )
    return (None, [*findings, obstacle]) if obstacle else (entered, findings)


def _entered(entry: Entry) -> tuple[float | None, list[Finding]]:
    """The points as people type a number; findings where it cannot be read, or how it was read."""
    column = entry.paper.kind.value
    if text_of(entry.cells.get(column, "")) == "":
        return None, [entry.finding(Code.PAPER_NO_POINTS, column)]
    value = entry.cells[column]
    read = read_number(value)
    if not read.code:
        return read.value, []
    words = {"into": value.into} if isinstance(value, Merged) else {}
    words |= {"example": plain(1.5 if read.value is None else read.value), "measure": ""}
    words |= {"read": plain(read.value), "other": plain(read.other)}
    return read.value, [entry.finding(read.code, column, **words)]


def _outside_the_rubric(entry: Entry, entered: float, decimals: int) -> Finding | None:
    """Points that this paper cannot give in this criterion."""
    kind, rubric = entry.paper.kind, entry.paper.bloc.rubric
    group, criterion = rubric.criteria[entry.key[1]]
    if why := closed(kind, rubric, criterion, entry.score):
        return entry.finding(Code.PAPER_CLOSED, kind.value, why=why)
    low, high = map(float, bounds(group, criterion))
    if not low <= entered <= high:
        return entry.finding(Code.PAPER_BOUNDS, kind.value, low=plain(low), high=plain(high))
    if round(Decimal(repr(entered)), decimals) != Decimal(repr(entered)):
        return entry.finding(Code.PAPER_DECIMALS, kind.value, decimals=number(decimals))
    return None


def _on_another_basis(entry: Entry, now: CurrentFacts) -> Finding | None:
    """What people judged by is no longer what there is."""
    kind = entry.paper.kind
    current = basis_now(entry.score, now, kind)
    if text_of(entry.cells.get("fingerprint", "")) == current.fingerprint:
        return None
    issued = text_of(entry.cells.get("basis", "")) or "–"
    return entry.finding(Code.PAPER_CONFLICT, kind.value, issued=issued, now=current.words)


def _without_reason(entry: Entry, entered: float) -> Finding | None:
    """Points are changed only with a reason."""
    if entered == entry.prior or text_of(entry.cells.get("reason", "")):
        return None
    return entry.finding(Code.PAPER_NO_REASON, "reason", points=plain(entered), before=plain(entry.prior))


def _impossible_votes(entry: Entry, members: int) -> Finding | None:
    """More votes than the council has members, or no whole number of them."""
    if text_of(entry.cells.get("votes", "")) == "":
        return None
    votes = read_number(entry.cells["votes"]).value
    if votes is not None and votes.is_integer() and 0 <= votes <= members:
        return None
    return entry.finding(Code.PAPER_VOTES, "votes", members=number(members))


def closed(kind: Judgement, rubric: Rubric, criterion: Criterion, score: Any) -> str:
    """Why this paper gives the unit of that row of the scores no points in the criterion; "" where it may."""
    if score.unit in not_for(rubric, criterion):
        return _("the criterion does not apply to this unit")
    if not score.max_points:
        return _("the unit has no data here, so the criterion does not count for it")
    if criterion.from_council and kind is Judgement.APPRAISAL:
        return _("these points are the council's alone, and stand in its own paper")
    return ""


def bounds(group: CriterionGroup, criterion: Criterion) -> tuple[Decimal, Decimal]:
    """The least and the most points that people may give: what the criterion itself can give or take."""
    if group.kind is GroupKind.PENALTY:
        return -criterion.points, Decimal(0)
    return criterion.lowest or Decimal(0), criterion.points
