"""What a cell can hold besides a plain number, text or day: a number shown otherwise, and something that is no value.

In: from the reader of files (:mod:`pipeline.intake.shown`). Out: values among the raw values of a form
(:mod:`pipeline.forms.reading`), which nothing takes for a number or a text by mistake, and which show in a message
as they do in the cell.
"""

from __future__ import annotations

import datetime as dt
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


Day = dt.date | dt.time | dt.timedelta
"""What readers make of a number whose format is that of a day, of a time, or of hours."""


@dataclass(frozen=True)
class NumberAsDay:
    """A number that its cell's format shows as a day before the year 2000, or as a time: 46.5 as 15/02/1900 12:00.

    ``number``: what the file holds, None where that cannot be known; ``day``: what the cell shows.
    """

    number: float | None
    day: Day

    def __str__(self) -> str:
        if isinstance(self.day, dt.timedelta):
            minutes = round(self.day / dt.timedelta(minutes=1))
            return f"{'-' * (minutes < 0)}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
        return text_of(self.day)


FIRST_PLAIN_DAY = dt.date(2000, 1, 1)
"""From here on a day is one that somebody typed; those before are how small numbers look."""


def number_behind(day: Day, *, of_excel: bool = True) -> float | None:
    """The number that is shown as that day; None where it is not known, or the day is later than any such number's.

    ``of_excel``: as Excel counts days, which has a 29 February 1900; its 59 and its 60 are both read as the 28th.
    """
    match day:
        case dt.timedelta():
            return _rounded(day / dt.timedelta(days=1))
        case dt.time():
            whole = dt.timedelta(hours=day.hour, minutes=day.minute, seconds=day.second, microseconds=day.microsecond)
            return _rounded(whole / dt.timedelta(days=1)) if whole else None  # numbers below 0 are shown as 0:00 too
    at = day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())
    if at.date() >= FIRST_PLAIN_DAY or (of_excel and at.date() == dt.date(1900, 2, 28)):
        return None
    day_0 = dt.datetime(1899, 12, 31 if of_excel and at < dt.datetime(1900, 3, 1) else 30)
    return _rounded((at.replace(tzinfo=None) - day_0) / dt.timedelta(days=1))


def number_typed(value: Any) -> float | None:
    """The number that was typed into a cell which shows a day; None where that is no such number, or it is unknown."""
    if isinstance(value, NumberAsDay):
        return value.number
    return number_behind(value) if isinstance(value, Day) else None


def _rounded(number: float) -> float:
    """Times are kept to the millisecond, a hundred-millionth of a day."""
    return round(number, 7)


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
