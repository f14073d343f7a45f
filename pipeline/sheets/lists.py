"""A long plain list on a sheet of its own: columns in, sheet out, in one pass and with one row in memory.

In: a streaming workbook (:func:`~pipeline.sheets.styles.new_workbook`), its styles, and columns of values.
Out: a sheet with title, headings that stay in view, a filter, and A4 pages. Text is written as text, whatever it
looks like.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from xlsxwriter.format import Format

from pipeline.errors import UserFault
from pipeline.i18n import _, number
from pipeline.sheets.fast_sheet import FastSheet
from pipeline.sheets.styles import Styles, page_setup, show_whole

Value = str | float | None
MOST_ROWS = 1_048_576
"""What a sheet of Excel holds."""
HEADINGS = 2
"""The row of the headings, counted from 0: above it stand the title and a line that says what the list holds."""


@dataclass(frozen=True)
class Column:
    """``values``: one for each row; "" and None are blank. ``look`` names a style of the cells."""

    title: str
    values: Sequence[Value]
    look: str = "wrapped"
    width: float = 14


def texts(column: pd.Series) -> list[str]:
    """A column of texts. A file name that is no Unicode is shown with its bytes spelt out: ``\\udcff``."""
    values: list[str] = column.tolist()
    try:
        "".join(values).encode()
    except UnicodeEncodeError:
        values = [value.encode(errors="backslashreplace").decode() for value in values]
    return values


def numbers(column: pd.Series) -> list[float | None]:
    """A column of numbers, None for blank."""
    return [None if value != value else value for value in column.to_numpy(float, na_value=np.nan).tolist()]


@dataclass(frozen=True)
class PlainList:
    """A list. ``subtitle``: a line on what it holds. ``frozen``: how many columns stay in view and are printed on every
    page; ``unprinted``: how many at the end, where a row comes from, are for the screen alone."""

    title: str
    columns: Sequence[Column]
    subtitle: str = ""
    frozen: int = 0
    unprinted: int = 0

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.columns[0].values)


def write_list(sheet: FastSheet, look: Styles, plain: PlainList, footer: str = "") -> None:
    """Write the list. ``footer``: of each printed page.

    Raises UserFault for more rows than a sheet holds, before anything is written.
    """
    columns, rows, frozen, last = plain.columns, plain.rows, plain.frozen, len(plain.columns) - 1
    _check_fits(plain.title, rows)
    sheet.write_string(0, 0, plain.title, look.section)
    sheet.write_string(1, 0, plain.subtitle, look.line)
    needed = max(math.ceil(1.1 * len(column.title) / (column.width - 1)) for column in columns)
    sheet.set_row(HEADINGS, max(2, min(needed, 3)) * LINE + 2)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(HEADINGS, place, column.title, look.heading)
    write_columns(sheet, look, HEADINGS + 1, columns)
    if not rows:
        sheet.write_string(HEADINGS + 1, 0, _("(none)"), look.line)
    sheet.freeze_panes(HEADINGS + 1, frozen)
    sheet.autofilter(HEADINGS, 0, HEADINGS + rows, last)
    sheet.print_area(0, 0, HEADINGS + max(rows, 1), last - plain.unprinted)
    repeat = (0, frozen - 1) if frozen else None
    page_setup(sheet, repeat_rows=(HEADINGS, HEADINGS), repeat_columns=repeat, footer=footer)


def _check_fits(title: str, rows: int) -> None:
    most = MOST_ROWS - HEADINGS - 1
    if rows > most:
        raise UserFault(
            _("the list “{title}” has {rows} rows; a sheet of Excel holds {most} below its headings").format(
                title=title, rows=number(rows), most=number(most)
            ),
            _("Divide the blocs of the plan among several plans."),
        )


def write_columns(sheet: FastSheet, look: Styles, first: int, columns: Sequence[Column]) -> None:
    """The values of the columns side by side from row ``first`` on; a row is as high as its longest text needs."""
    looks = [getattr(look, column.look) for column in columns]
    text_looks = [look.wrapped if column.look in _NUMBERS else own for column, own in zip(columns, looks, strict=True)]
    rows = zip(*(column.values for column in columns), strict=True)
    for row, lines in enumerate(_lines(columns), start=first):
        if lines > 1:
            sheet.set_row(row, LINE * lines)
    write_rows(sheet, first, rows, looks, text_looks)
    count = len(columns[0].values)
    for place, column in enumerate(columns):
        if count and column.look == "number":
            show_whole(sheet, look, (first, first + count - 1), place)


_NUMBERS = ("number", "points", "integer")
LINE, _MOST_LINES = 15, 27
"""Height of a line, in points; Excel allows a row 409 of them."""


def _lines(columns: Sequence[Column]) -> list[int]:
    """How many lines each row needs; programs other than Excel do not find out by themselves."""
    lines = np.ones(len(columns[0].values), dtype=int)
    for column in columns:
        if column.look == "wrapped" or column.look in _NUMBERS:
            lengths = np.array([len(value) if type(value) is str else 0 for value in column.values], dtype=int)
            # A tenth is lost where lines break between words, a letter to the cell's margins.
            lines = np.maximum(lines, np.ceil(1.1 * lengths / (column.width - 1)).astype(int))
    return [int(each) for each in np.minimum(lines, _MOST_LINES)]


def write_rows(
    sheet: FastSheet,
    first: int,
    rows: Iterable[Sequence[Value]],
    looks: Sequence[Format],
    text_looks: Sequence[Format] | None = None,
) -> None:
    """Write rows downwards from ``first``; each value as what it is, in the look of its column."""
    for row, values in enumerate(rows, start=first):
        sheet.write_line(row, values, looks, text_looks or looks)
