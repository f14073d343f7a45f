"""Findings: what is wrong, or doubtful, in what came in, and where.

In: a code of the catalogue (:mod:`pipeline.findings.catalogue`), a place, what was entered there, and the facts that
its words speak of. Out: sentences for people. Light, as the catalogue is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.code_lists import Severity
from pipeline.findings.catalogue import Code
from pipeline.i18n import _

__all__ = ["Code", "Finding", "Severity", "message", "where"]

SHOWN = 100
"""So many characters of what was entered stand in a message: a cell may hold a book."""


LONGEST_FACT = 1_000
"""The same of any other fact: lists of cells or of units, and what a file says of itself."""


@dataclass(frozen=True)
class Finding:
    """One finding, before it is put into words.

    ``facts`` fill the placeholders of the code's entry, beside ``sheet`` and ``entered``; ``severity`` is given where
    it is another than the entry's.
    """

    code: Code
    file: str
    unit: str = ""
    sheet: str = ""
    cell: str = ""
    criterion: str = ""
    entered: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    severity: Severity | None = None

    @property
    def place(self) -> tuple[str, str, str]:
        """File, sheet and cell."""
        return self.file, self.sheet, self.cell

    def weight(self) -> Severity:
        """Its severity; the catalogue's unless the finding has its own."""
        return self.severity or self.code.entry.severity


def message(finding: Finding) -> str:
    """Place, what is wrong, remedy: one line for a person. Raises KeyError where a fact is missing."""
    entry, entered = finding.code.entry, finding.entered
    facts = {name: cut(fact, LONGEST_FACT) for name, fact in finding.facts.items()}
    facts = {"sheet": finding.sheet, **facts, "entered": cut(entered, SHOWN)}
    what, remedy = _(entry.what).format(**facts), _(entry.remedy).format(**facts)
    place = where(finding.sheet, finding.cell, finding.criterion)
    sentence = f"{place}: {what}." if place else f"{what[:1].upper()}{what[1:]}."
    return f"{sentence} {remedy}"


def where(sheet: str, cell: str, criterion: str) -> str:
    """The place in words: ``Sheet “Tự chấm”, cell F12 (KT1)``."""
    if not sheet:
        return ""
    text = _("Sheet “{sheet}”").format(sheet=sheet)
    if cell:
        text += _(", cell {cell}").format(cell=cell)
    return f"{text} ({criterion})" if criterion else text


def within_sentence(sheet: str, cell: str) -> str:
    """The same amid a sentence: ``sheet “Tự chấm”, cell F12``."""
    place = where(sheet, cell, "")
    return place[:1].lower() + place[1:]


def cut(text: str, most: int) -> str:
    """The text, or its beginning with an ellipsis where it has more than ``most`` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
