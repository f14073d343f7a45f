"""What a cell can hold besides a plain number, text or day: a number shown otherwise, and something that is no value.

In: from the reader of files (:mod:`pipeline.intake.shown`). Out: values among the raw values of a form
(:mod:`pipeline.forms.reading`), which nothing takes for a number or a text by mistake, and which show in a message
as they do in the cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.findings.catalogue import Code
from pipeline.text import text_of


@dataclass(frozen=True)
class Shown:
    """A number that its cell's format shows otherwise than by its digits: 0.97 as 97 %, 5 as 5 tỷ, 12000 as 12.

    ``stored``: what the file holds; ``number``: what the cell shows; ``words``: what it shows behind (or before) that.
    """

    stored: float
    number: float
    words: str = ""

    def __str__(self) -> str:
        return text_of(self.number) + (f" {self.words}" if self.words else "")


@dataclass(frozen=True)
class NoValue:
    """A cell that is not blank and holds nothing that counts. ``code``: why; ``shown``: what it shows, where known."""

    code: Code
    shown: str = ""

    def __str__(self) -> str:
        return self.shown or "?"


@dataclass(frozen=True)
class Merged:
    """A cell that is merged into another one, ``into`` (A1 address), which shows ``value``.

    ``down``: the merged cells lie in one column, so that a text may be meant for every row of it.
    """

    into: str
    value: Any
    down: bool

    def __str__(self) -> str:
        return text_of(self.value) or "?"


def holds_entry(value: Any) -> bool:
    """Whether a raw value is an entry of its own: no blank, no column that the file lacks, no part of a merge."""
    return value is not None and not isinstance(value, Merged) and bool(value != "")
