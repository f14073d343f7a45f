"""Findings: what is wrong, or doubtful, in what came in, and where.

A finding says where, what was entered, and what to do, in that order; the words are in
:mod:`pipeline.findings.catalogue`. Findings are rows of :class:`pipeline.tables.Findings`; :func:`rows` makes them from
:class:`Finding`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from pipeline import tables
from pipeline.findings.catalogue import CATALOGUE, Code, Entry, Severity, where
from pipeline.i18n import _

__all__ = ["CATALOGUE", "Code", "Entry", "Finding", "Severity", "message", "rows", "where"]

SHOWN, KEPT = 100, 1_000
"""So many characters of what was entered stand in a message, and in the frame of findings: a cell may hold a book."""


@dataclass(frozen=True)
class Finding:
    """One finding, before it is put into words. ``facts`` fill the catalogue entry's placeholders."""

    code: Code
    file: str
    unit: str = ""
    sheet: str = ""
    cell: str = ""
    criterion: str = ""
    entered: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    severity: Severity | None = None

    def weight(self) -> Severity:
        """Its severity; the catalogue's unless the finding has its own."""
        return self.severity or CATALOGUE[self.code].severity


def message(finding: Finding) -> str:
    """Place, what is wrong, remedy: one line for a person."""
    entry, entered = CATALOGUE[finding.code], finding.entered
    facts = {"sheet": finding.sheet, **finding.facts, "entered": _cut(entered, SHOWN)}
    what, remedy = _(entry.what).format(**facts), _(entry.remedy).format(**facts)
    place = where(finding.sheet, finding.cell, finding.criterion)
    sentence = f"{place}: {what}." if place else f"{what[:1].upper()}{what[1:]}."
    return f"{sentence} {remedy}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def rows(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a frame: one for a cell and code, and on a cell where nothing is entered no other."""
    found = list(findings)
    blank = {_cell(each) for each in found if each.code is Code.BLANK_REQUIRED}
    kept: dict[object, Finding] = {}
    for each in found:
        if each.code is Code.BLANK_REQUIRED or not each.cell or _cell(each) not in blank:
            kept.setdefault(_identity(each), each)
    records = [
        (
            *(f.file, f.unit, f.sheet, f.cell, f.criterion, f.code.value, f.weight().value),
            *(_cut(f.entered, KEPT), message(f)),
        )
        for f in kept.values()
    ]
    return tables.of_records(records, tables.Findings)


def _cell(finding: Finding) -> tuple[str, str, str]:
    return finding.file, finding.sheet, finding.cell


def _identity(finding: Finding) -> object:
    """Its cell and code; where it has no cell, also what it speaks of."""
    spoken_of = () if finding.cell else (finding.criterion, finding.entered, *sorted(finding.facts.items()))
    return (*_cell(finding), finding.code, spoken_of)
