"""The entries of an appraisal or council paper, judged one by one: may these points be taken over?

In: a paper as it lies in the inbox, and what there is to judge by now (:class:`Facts`). Out: the points of an entry,
or a finding at its cell.

Promises: an entry is right only if its unit and criterion are known, its points fit the rubric, it has its reason,
and it was made from what there is now. Whoever judged on something else is shown both, never overruled in silence.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from pipeline.checking.cells import plain
from pipeline.code_lists import GroupKind, Judgement
from pipeline.findings.finding import Code, Finding
from pipeline.forms.papers import Basis, RawPaper, basis
from pipeline.forms.reading import RawTable
from pipeline.forms.values import read_number
from pipeline.i18n import DEFAULT_LANGUAGE, _, current_language, number, speaking
from pipeline.rules.links import not_for
from pipeline.rules.plan import Round
from pipeline.rules.rubric import Bloc, Criterion, CriterionGroup, Rubric
from pipeline.rules.words import rule_words
from pipeline.rules.year import Rules
from pipeline.sheets.addresses import column_letter
from pipeline.text import text_of


@dataclass(frozen=True)
class Paper:
    """A paper of this round, as it lies in the inbox."""

    file: str
    raw: RawPaper
    bloc: Bloc
    kind: Judgement


@dataclass(frozen=True)
class Facts:
    """What papers were made from: the evidence of each unit's criteria, each unit's form, the rules' fingerprints,
    and the rule of each bloc's criteria in words: language -> words."""

    evidence: Mapping[tuple[str, str], str]
    shas: Mapping[str, str]
    fingerprints: Mapping[str, str]
    rules: Mapping[tuple[str, str], Mapping[str, str]]


def facts(rules: Rules, of: Round, register: pd.DataFrame, roster: pd.DataFrame, results: pd.DataFrame) -> Facts:
    """The facts as they are now."""
    hashes = dict(zip(register["file"], register["sha256"], strict=True))
    counting = roster[roster["file"] != ""]
    evidence = zip(results["unit"], results["criterion"], strict=True)
    return Facts(
        dict(zip(evidence, results["evidence"], strict=True)),
        {unit: hashes[file] for unit, file in zip(counting["unit"], counting["file"], strict=True)},
        {bloc.code: rules.fingerprint(bloc, of) for bloc in rules.blocs},
        {
            (bloc.code, code): _in_words(bloc.rubric, criterion, rules.plan.decimals)
            for bloc in rules.blocs
            for code, (_group, criterion) in bloc.rubric.criteria.items()
        },
    )


def _in_words(rubric: Rubric, criterion: Criterion, decimals: int) -> dict[str, str]:
    """The rule in the language in use, and in the one by which papers of all languages are compared."""
    told = {}
    for language in {DEFAULT_LANGUAGE, current_language()}:
        with speaking(language):
            told[language] = rule_words(rubric, criterion, decimals)
    return told


def basis_now(at: Any, known: Facts, kind: Judgement) -> Basis:
    """What a row of the scores gives people to judge by."""
    evidence = known.evidence.get((at.unit, at.criterion), "")
    return basis(at, evidence, known.rules[at.bloc, at.criterion], kind)


# --- entries ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
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
        typed = self.cells.get(column, "")
        entered = plain(typed) if isinstance(typed, float) else text_of(typed)
        return Finding(code, self.paper.file, unit, self.table.sheet, cell, criterion, entered, more)

    @property
    def prior(self) -> float:
        """The points that count before this judgement."""
        appraised = self.at.appraised if self.paper.kind is Judgement.DECISION else math.nan
        return float(self.at.computed if math.isnan(appraised) else appraised)


def entries(paper: Paper, rows: Mapping[tuple[str, str], Any], findings: list[Finding]) -> Iterable[Entry]:
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
            entry = Entry(paper, table, line, key, rows.get(key), cells)
            if key[0] not in units:
                if key[0] not in strangers:
                    findings.append(entry.finding(Code.PAPER_UNKNOWN_UNIT, "unit"))
                strangers.add(key[0])
            elif key[1] not in paper.bloc.rubric.criteria:
                findings.append(entry.finding(Code.PAPER_UNKNOWN_CRITERION, "criterion"))
            elif key in seen:
                findings.append(entry.finding(Code.PAPER_REPEATED, paper.kind.value, other=seen[key]))
            else:
                seen[key] = f"{table.sheet}, {line}"
                yield entry


def points(entry: Entry, known: Facts, rules: Rules, findings: list[Finding]) -> float | None:
    """The judged points, or None where they are not taken over; what stands in the way is told."""
    kind = entry.paper.kind
    group, criterion = entry.paper.bloc.rubric.criteria[entry.key[1]]
    points = _read(entry, kind.value, findings)
    if points is None:
        return None
    if why := closed(kind, entry.paper.bloc.rubric, criterion, entry.key[0]):
        findings.append(entry.finding(Code.PAPER_CLOSED, kind.value, why=why))
        return None
    low, high = bounds(group, criterion)
    if not float(low) <= points <= float(high):
        facts = {"low": plain(float(low)), "high": plain(float(high))}
        findings.append(entry.finding(Code.PAPER_BOUNDS, kind.value, **facts))
        return None
    if round(Decimal(repr(points)), rules.plan.decimals) != Decimal(repr(points)):
        decimals = number(rules.plan.decimals)
        findings.append(entry.finding(Code.PAPER_DECIMALS, kind.value, decimals=decimals))
        return None
    now = basis_now(entry.at, known, kind)
    if text_of(entry.cells.get("fingerprint", "")) != now.fingerprint:
        shown = {"issued": text_of(entry.cells.get("basis", "")) or "–", "now": now.words}
        findings.append(entry.finding(Code.PAPER_CONFLICT, kind.value, **shown))
        return None
    if points != entry.prior and not text_of(entry.cells.get("reason", "")):
        facts = {"points": plain(points), "before": plain(entry.prior)}
        findings.append(entry.finding(Code.PAPER_NO_REASON, "reason", **facts))
        return None
    return points if _votes_fit(entry, rules, findings) else None


def closed(kind: Judgement, rubric: Rubric, criterion: Criterion, unit: str) -> str:
    """Why this paper gives the unit no points in the criterion; "" where it may."""
    if unit in not_for(rubric, criterion):
        return _("the criterion does not apply to this unit")
    if criterion.from_council and kind is Judgement.APPRAISAL:
        return _("these points are the council's alone, and stand in its own paper")
    return ""


def bounds(group: CriterionGroup, criterion: Criterion) -> tuple[Decimal, Decimal]:
    """The least and the most points that people may give: what the criterion itself can give or take."""
    if group.kind is GroupKind.PENALTY:
        return -criterion.points, Decimal(0)
    return criterion.lowest or Decimal(0), criterion.points


def _read(entry: Entry, column: str, findings: list[Finding]) -> float | None:
    """A number as people type it; told where it cannot be read, or how it was read."""
    if text_of(entry.cells.get(column, "")) == "":
        if column == entry.paper.kind.value:
            findings.append(entry.finding(Code.PAPER_NO_POINTS, column))
        return None
    read = read_number(entry.cells[column])
    if read.code:
        told = {"example": plain(1.5 if read.value is None else read.value)}
        told |= {"read": plain(read.value), "other": plain(read.other), "measure": ""}
        findings.append(entry.finding(read.code, column, **told))
    return read.value


def _votes_fit(entry: Entry, rules: Rules, findings: list[Finding]) -> bool:
    votes, most = entry.cells.get("votes", ""), rules.plan.council.members
    if text_of(votes) == "":
        return True
    read = read_number(votes).value
    if read is not None and read.is_integer() and 0 <= read <= most:
        return True
    findings.append(entry.finding(Code.PAPER_VOTES, "votes", members=number(most)))
    return False
