"""Findings as a frame: rows of :class:`pipeline.tables.Findings`.

In: findings of all files, as the stages found them. Out: the frame, in which nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pandera.typing import DataFrame

from pipeline import tables
from pipeline.findings.finding import Code, Finding, Severity, cut, message
from pipeline.i18n import number
from pipeline.rules.limits import DEFAULT_LIMITS
from pipeline.tables import Findings

KEPT = 1_000
"""So many characters of what was entered stand in the frame: a cell may hold a book."""


def rows(findings: Iterable[Finding], most: int = DEFAULT_LIMITS.findings) -> DataFrame[Findings]:
    """Findings as a frame: one for a cell and code, the gravest, and on a cell where nothing is entered no other.

    ``most``: so many of one file are listed, the gravest, and how many more there are.
    """
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
        for f in _at_most(list(kept.values()), most)
    ]
    return tables.of_records(records, tables.Findings)


def _at_most(findings: Sequence[Finding], most: int) -> Iterator[Finding]:
    """The findings in their order; of a file that has more, the gravest, and where the last is left out, how many."""
    of_file: dict[str, list[int]] = {}
    for place, each in enumerate(findings):
        of_file.setdefault(each.file, []).append(place)
    left_out = [each for places in of_file.values() for each in _gravest_first(findings, places)[most:]]
    last = {findings[place].file: place for place in sorted(left_out)}
    unlisted = set(left_out)
    for place, each in enumerate(findings):
        if place not in unlisted:
            yield each
        elif last[each.file] == place:
            facts = {"n": number(len(of_file[each.file]) - most), "limit": number(most)}
            yield Finding(Code.MORE_FINDINGS, each.file, each.unit, facts=facts)


def _gravest_first(findings: Sequence[Finding], places: Sequence[int]) -> Sequence[int]:
    return sorted(places, key=lambda place: list(Severity).index(findings[place].weight()))


def _identity(finding: Finding) -> object:
    """Its cell and code; where it has no cell, also what it speaks of."""
    spoken_of = () if finding.cell else (finding.criterion, finding.entered, *sorted(finding.facts.items()))
    return (*finding.place, finding.code, spoken_of)
