"""Findings as a frame: rows of :class:`pipeline.tables.Findings`.

In: findings of all files, as the stages found them. Out: the frame, in which nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from pandera.typing import DataFrame

from pipeline import tables
from pipeline.findings.finding import Code, Finding, Severity, cut, message
from pipeline.tables import Findings

KEPT = 1_000
"""So many characters of what was entered stand in the frame: a cell may hold a book."""


def rows(findings: Iterable[Finding]) -> DataFrame[Findings]:
    """Findings as a frame: one for a cell and code, the gravest, and on a cell where nothing is entered no other."""
    found = list(findings)
    blank = {each.place for each in found if each.code is Code.BLANK_REQUIRED}
    kept: dict[object, Finding] = {}
    for each in found:
        if each.code is Code.BLANK_REQUIRED or not each.cell or each.place not in blank:
            known = kept.setdefault(_identity(each), each)
            if known.weight() is Severity.NOTE and each.weight() is not Severity.NOTE:
                kept[_identity(each)] = each
    records = [
        (
            *(f.file, f.unit, f.sheet, f.cell, f.criterion, f.code.value, f.weight().value),
            *(cut(f.entered, KEPT), message(f)),
        )
        for f in kept.values()
    ]
    return tables.of_records(records, tables.Findings)


def _identity(finding: Finding) -> object:
    """Its cell and code; where it has no cell, also what it speaks of."""
    spoken_of = () if finding.cell else (finding.criterion, finding.entered, *sorted(finding.facts.items()))
    return (*finding.place, finding.code, spoken_of)
