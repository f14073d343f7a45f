"""A workbook's bytes become sheets of plain values, by one of two readers.

In: the content of a file. Out: a :class:`Book`, whose sheets are rows of values from cell A1 on, a blank cell being
``""``. The first reader is quick and reads .xlsx, .xls and .ods; the second reads what is well formed and yet strange
to the first (a cell with the error ``#SPILL!``, a part in UTF-16), .xlsx alone and ten times slower.
"""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Callable
from typing import Any, Protocol

from pipeline.text import blanked, is_blank


class Book(Protocol):
    """An open workbook."""

    @property
    def sheet_names(self) -> list[str]:
        """The names on the tabs, in their order."""
        ...

    def rows(self, name: str) -> list[list[Any]]:
        """The values of a sheet, every row as long as the longest."""
        ...


Opener = Callable[[bytes], Book]


class _First:
    def __init__(self, content: bytes) -> None:
        from python_calamine import CalamineWorkbook

        self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        self.sheet_names: list[str] = self._book.sheet_names

    def rows(self, name: str) -> list[list[Any]]:
        return blanked(self._book.get_sheet_by_name(name).to_python(skip_empty_area=False))


class _Second:
    def __init__(self, content: bytes, rows: int, columns: int) -> None:
        from openpyxl import load_workbook

        with warnings.catch_warnings(action="ignore"):  # of what it would lose in saving
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        self._sheets = {sheet.title: sheet for sheet in book.worksheets}
        self._area = {"max_row": rows, "max_col": columns}
        self.sheet_names = list(self._sheets)

    def rows(self, name: str) -> list[list[Any]]:
        sheet: Any = self._sheets[name]
        sheet.reset_dimensions()  # what the file states of itself may be wrong, and cells would be lost
        read = sheet.iter_rows(**self._area, values_only=True)
        return [[_alike(value) for value in row] for row in read]


def _alike(value: Any) -> Any:
    """A value of openpyxl as calamine has it."""
    if is_blank(value):
        return ""
    return value.date() if isinstance(value, dt.datetime) and value.time() == dt.time() else value


def first(content: bytes) -> Book:
    """By calamine. Raises what it raises, which may be a panic that is no Exception."""
    return _First(content)


def second(content: bytes, rows: int, columns: int) -> Book:
    """By openpyxl, within so many rows and columns. Raises whatever it raises."""
    return _Second(content, rows, columns)
