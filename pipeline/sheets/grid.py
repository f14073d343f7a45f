"""A table of live cells: columns by name, so that a formula says what it means and not where it stands.

In: columns, each with its values and perhaps the formula that computes them. Out: a written table in which every
formula carries the value that we computed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby

from pipeline.sheets.addresses import column_letter, quoted
from pipeline.sheets.fast_sheet import FastSheet
from pipeline.sheets.sheet import Formula
from pipeline.sheets.styles import Styles

Value = float | str | None

ByRow = Callable[[int], str]
"""The formula for a row, as Excel counts rows."""

_NO_ROW = 9_999_999  # beyond the last row that a sheet can have


def once(formula: ByRow) -> ByRow:
    """The same formula, put together once and then carried from row to row, as a spreadsheet copies it."""

    @cache
    def pieces() -> list[str]:
        return re.split(rf"(?<=[A-Z]){_NO_ROW}\b", formula(_NO_ROW))

    return lambda row: str(row).join(pieces())


@dataclass(frozen=True)
class Column:
    """``headings`` from the top down; neighbours with equal upper headings share a merged cell, and the last one
    reaches down to the values.

    ``values``: one for each row, None for a blank cell. ``formula`` gives the formula of a row as Excel counts it;
    it is written where there is a value, but not in the rows of ``fixed`` (counted from 0).
    """

    headings: tuple[str, ...]
    values: Sequence[Value]
    look: str = "points"
    width: float = 8
    formula: ByRow | None = None
    fixed: frozenset[int] = frozenset()
    heading_look: str = "heading"
    hidden: bool = False


@dataclass
class Grid:
    """The columns of one sheet, in order, under headings that take ``depth`` rows from row ``top`` (from 0) on."""

    sheet: str
    top: int
    depth: int
    rows: int
    columns: dict[str, Column] = field(default_factory=dict)
    _letters: dict[str, str] = field(default_factory=dict)

    def add(self, key: str, column: Column) -> None:
        """Put a column to the right of those that are there."""
        self._letters[key] = column_letter(len(self.columns))
        self.columns[key] = column

    @property
    def first(self) -> int:
        """The first row of values, as Excel counts."""
        return self.top + self.depth + 1

    @property
    def last(self) -> int:
        """The last row of values, as Excel counts."""
        return self.first + self.rows - 1

    def place(self, key: str) -> int:
        """The column's place, counted from 0."""
        return list(self.columns).index(key)

    def cell(self, key: str, row: int) -> str:
        """The column's cell in a row, as Excel counts."""
        return f"${self._letters[key]}{row}"

    def span(self, key: str) -> str:
        """All the column's values."""
        letter = self._letters[key]
        return f"${letter}${self.first}:${letter}${self.last}"

    def outside(self, reference: str) -> str:
        """A reference to this sheet as another sheet writes it."""
        return f"{quoted(self.sheet)}!{reference}"

    def halves(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The first and last column of the sheet's left and right half, by width."""
        widths = [column.width for column in self.columns.values() if not column.hidden]
        middle = min(range(1, len(widths)), key=lambda place: abs(sum(widths[:place]) - sum(widths[place:])))
        return (0, middle - 1), (middle, len(widths) - 1)

    def visible(self) -> int:
        """How many columns are shown; hidden ones stand to the right of them."""
        return sum(not column.hidden for column in self.columns.values())


def write_grid(sheet: FastSheet, look: Styles, grid: Grid, charted: bool = True) -> None:
    """Write headings and rows, and make columns and rows as large as they need.

    ``charted``: charts show some of its cells, so XlsxWriter must know each; without that, it is quicker.
    """
    _write_headings(sheet, look, grid)
    _set_heights(sheet, grid)
    for place, column in enumerate(grid.columns.values()):
        options = {"hidden": True, "level": 1} if column.hidden else {}
        sheet.set_column(place, place, column.width, None, options)
    looks = [getattr(look, column.look) for column in grid.columns.values()]
    write = sheet.write_cells if charted else sheet.write_line
    for index in range(grid.rows):
        row = grid.top + grid.depth + index
        write(row, [_cell(column, index, row + 1) for column in grid.columns.values()], looks, looks)


def _write_headings(sheet: FastSheet, look: Styles, grid: Grid) -> None:
    for row, first, last, text, style in _heading_blocks(grid):
        bottom = row if text.level < text.deepest else grid.top + grid.depth - 1
        if (row, first) == (bottom, last):
            sheet.write_string(row, first, text.words, getattr(look, style))
        else:
            sheet.merge_range(row, first, bottom, last, "", getattr(look, style))
            sheet.write_string(row, first, text.words, getattr(look, style))


@dataclass(frozen=True)
class _Heading:
    words: str
    level: int
    deepest: int


def _heading_blocks(grid: Grid) -> Iterator[tuple[int, int, int, _Heading, str]]:
    """Row, first and last column, heading and style of every heading, equal neighbours taken together."""
    for level in range(grid.depth):
        numbered = enumerate(grid.columns.values())
        for path, block in groupby(numbered, key=lambda each: each[1].headings[: level + 1]):
            members = list(block)
            if len(path) <= level:
                continue
            (first, column), (last, _column) = members[0], members[-1]
            heading = _Heading(path[level], level, len(column.headings) - 1)
            yield grid.top + level, first, last, heading, column.heading_look if level == 0 else "heading"


def _set_heights(sheet: FastSheet, grid: Grid) -> None:
    """Rows take what their texts wrap to; programs do not see to it for merged cells, nor for texts from formulas."""
    shown = [column for column in grid.columns.values() if not column.hidden]
    needed = [0.0] * grid.depth
    for level in range(grid.depth):
        for path, block in groupby(shown, key=lambda each: each.headings[: level + 1]):
            members = list(block)
            down = grid.depth - level if len(path) == len(members[0].headings) else 1
            if len(path) > level:
                width = sum(column.width for column in members)
                needed[level] = max(needed[level], (_LINE * _lines(path[level], width) + 5) / down)
    for level, height in enumerate(needed):
        sheet.set_row(grid.top + level, height)
    for index in range(grid.rows):
        texts = ((value, column.width + 1) for column in shown if isinstance(value := column.values[index], str))
        lines = max((_lines(text, width) for text, width in texts), default=1)
        sheet.set_row(grid.top + grid.depth + index, _LINE * lines + 7)


_LINE = 15  # points


def _lines(text: str, width: float) -> int:
    return max(1, math.ceil(len(text) / max(1, width - 2)))


def _cell(column: Column, index: int, row: int) -> Value | Formula:
    value = column.values[index]
    live = column.formula is not None and value is not None and index not in column.fixed
    return Formula(column.formula(row), value) if live else value  # type: ignore[misc, arg-type]
