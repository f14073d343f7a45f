"""What a workbook's cells show beside their values: error values, formulas without a result, number formats, merges.

The readers (:mod:`pipeline.forms.readers`) give values alone: an error, or a formula that nothing has calculated, looks
like a blank to them, and 97 % like 0.97. So the file itself is asked again, and such cells get values of their own
(:mod:`pipeline.forms.cell_values`).

A number that is shown as a day, for a cell that was once taken for a date makes one of every number, is kept as such.

In: a checked workbook (:mod:`pipeline.intake.checked`) and a reader. Out: a reader whose sheets have these values.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from itertools import chain
from typing import Any

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import FIRST_PLAIN_DAY, Merged, NoValue, NumberAsDay, number_behind
from pipeline.forms.readers import Book, Opener
from pipeline.intake import marks_ods, marks_xls, marks_xlsx
from pipeline.intake.checked import Checked
from pipeline.intake.long_texts import fitting
from pipeline.intake.marks import ERROR_VALUES, Marks, Range
from pipeline.intake.number_formats import shown_by
from pipeline.sheets.addresses import column_letter

_MARKS = {"xlsx": marks_xlsx.marks_of, "xls": marks_xls.marks_of, "ods": marks_ods.marks_of}


def as_shown(opened: Opener, file_type: str, workbook: Checked) -> Opener:
    """The reader of that workbook, whose cells say what they show. ``file_type``: ``xlsx``, ``xls`` or ``ods``."""
    marks = cache(lambda: _MARKS[file_type](workbook))  # one file may be opened several times
    return lambda content: _Shown(opened(content), marks(), _Days(workbook, file_type))


class _Shown:
    def __init__(self, book: Book, marks: Marks, days: _Days) -> None:
        self._book, self._marks, self._days = book, marks, days
        self.sheet_names = book.sheet_names

    def rows(self, name: str) -> list[list[Any]]:
        rows = self._book.rows(name)
        cells, merges = self._marks(name)
        for (row, column), mark in cells.items():
            _put(rows, row, column, mark)
        distinct = set(chain.from_iterable(rows))
        if not _DAYS.isdisjoint(map(type, distinct)) or self._days.are_hours_texts:
            self._days.mark(rows, name)
        if changed := {value: text for value in distinct if type(value) is str and (text := _text(value)) != value}:
            rows = [[changed.get(value, value) if type(value) is str else value for value in line] for line in rows]
        for merge in merges:
            _spread(rows, merge)
        return rows


def _put(rows: list[list[Any]], row: int, column: int, mark: NoValue | str) -> None:
    """Give a cell its value: ``mark`` itself, or, where it is a number format, what this shows of the number."""
    if isinstance(mark, NoValue):
        width = max(column + 1, len(rows[0]) if rows else 0)
        if row >= len(rows) or width > len(rows[0]):  # readers end with the last cell that has a value
            rows += [[] for _row in range(row + 1 - len(rows))]
            for line in rows:
                line += [""] * (width - len(line))
        rows[row][column] = mark
    elif row < len(rows) and column < len(rows[row]) and type(value := rows[row][column]) in (int, float):
        rows[row][column] = shown_by(mark, value) or value


_SIGNS = frozenset("#=")
_PICTURE = re.compile(r"=(_xlfn\.)?DISPIMG\(")


def _text(value: str) -> NoValue | str:
    """A text as it may be used; one that stands for an error or for a picture (WPS), as such."""
    if value[:1] in _SIGNS:
        if value in ERROR_VALUES:
            return NoValue(Code.ERROR_VALUE, value)
        if _PICTURE.match(value):
            return NoValue(Code.PICTURE_IN_CELL)
    return fitting(value)


def _spread(rows: list[list[Any]], merge: Range) -> None:
    """Let every cell of a merge but the first say that it belongs to that one."""
    top, left, bottom, right = merge
    if top >= len(rows) or left >= len(rows[top]):
        return
    part = Merged(f"{column_letter(left)}{top + 1}", rows[top][left], left == right)
    first, width = rows[top][left], min(right + 1, len(rows[top])) - left
    for line in rows[top : bottom + 1]:
        line[left : left + width] = [part] * width
    rows[top][left] = first


# --- numbers shown as days --------------------------------------------------------------------------------

_DAYS = frozenset((dt.date, dt.datetime, dt.time, dt.timedelta))
_HOURS = re.compile(r"(-?)PT([0-9]{1,7})H([0-9]{1,2})M([0-9]{1,2})(?:[.,][0-9]{1,9})?S")
"""How an .ods keeps a number in a cell that shows hours, where these are more than a day's."""


class _Days:
    """Puts in the place of days before the year 2000 the numbers that are shown as such."""

    def __init__(self, workbook: Checked, file_type: str) -> None:
        self._workbook, self._file_type = workbook, file_type

    @property
    def are_hours_texts(self) -> bool:
        """Whether the reader gives hours as texts."""
        return self._file_type == "ods"

    def mark(self, rows: list[list[Any]], name: str) -> None:
        """Mark them in the rows of the sheet of that name."""
        numbers: Callable[[int, int], float | None] | None = None
        for row, line in enumerate(rows):
            if not _DAYS.isdisjoint(map(type, line)):
                for column, value in enumerate(line):
                    if type(value) in _DAYS and not (isinstance(value, dt.date) and _is_plain(value)):
                        numbers = numbers or self._numbers(name)
                        line[column] = self._number(value, numbers(row, column))
            elif self._file_type == "ods":
                line[:] = [_of_hours(value) for value in line]

    def _numbers(self, name: str) -> Callable[[int, int], float | None]:
        if self._file_type != "xlsx":
            return lambda _row, _column: None
        numbers = marks_xlsx.numbers_of(self._workbook.parts[self._workbook.sheets[name]])
        return lambda row, column: numbers.get((row, column))

    def _number(self, day: Any, kept: float | None) -> NumberAsDay:
        return NumberAsDay(number_behind(day, of_excel=self._file_type != "ods") if kept is None else kept, day)


def _is_plain(day: dt.date) -> bool:
    return (day.date() if isinstance(day, dt.datetime) else day) >= FIRST_PLAIN_DAY


def _of_hours(value: Any) -> Any:
    found = _HOURS.fullmatch(value) if isinstance(value, str) and "PT" in value[:3] else None
    if not found:
        return value
    hours = dt.timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4]))
    hours = -hours if found[1] else hours
    return NumberAsDay(number_behind(hours), hours)
