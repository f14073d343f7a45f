"""A worksheet that puts a row together at once, past XlsxWriter's public methods.

In: the cells of a row. Out: the same cells as from :meth:`~pipeline.sheets.sheet.Sheet.write_cells`, byte for byte;
only formats are numbered, and texts counted, as rows are written and not as the workbook is closed.

Why: a run of 1,000 forms writes two million cells, each of which XlsxWriter takes through five functions. Such a run
takes 16 s of the processor; without :meth:`FastSheet.write_line` 25 s, and without our ``_prepare_formula`` 34 s.
tests/sheets/test_fast_sheet.py compares the bytes, so it fails when the library changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from math import isfinite
from typing import Any

from xlsxwriter.format import Format

from pipeline.sheets.addresses import column_letter
from pipeline.sheets.sheet import Cells, Formula, Sheet, is_rich, no_room

_PLAIN = re.compile(r"(?!\s)[^&<>_\x00-\x1f\x7f-\x9f\ufffe\uffff]*(?<!\s)").fullmatch
"""Text without anything that XML or Excel would have to be told about."""

_MOST_LETTERS = 16_383  # XlsxWriter cuts a text at 32,767, and a letter may count twice


class _Line:
    """The cells of a row as they stand in the file, in the place of its first cell."""

    def __init__(self, cells: str) -> None:
        self.cells = cells


class FastSheet(Sheet):
    """Used by every workbook of :func:`~pipeline.sheets.styles.new_workbook`."""

    fh: Any
    str_table: Any

    def write_line(self, row: int, values: Cells, looks: Sequence[Format], text_looks: Sequence[Format]) -> None:
        """What :meth:`write_cells` writes, in a fifth of the time. Not for cells that a chart shows: XlsxWriter must
        know each of these.

        Raises ValueError as that does.
        """
        if self._check_dimensions(row, 0) or self._check_dimensions(row, len(values) - 1):
            raise no_room(row, len(values))
        cells, number = [], row + 1
        text_of = _inline if self.constant_memory else self._shared
        for letters, value, look, text_look in zip(_letters(len(values)), values, looks, text_looks, strict=True):
            own = look
            if value is None or value == "":
                content = "/>"
            elif isinstance(value, str):
                own, content = text_look, text_of(value)
            elif isinstance(value, Formula):
                content = _live(*value)
            else:
                content = f"><v>{value:.16G}</v></c>" if isfinite(value) else ""
            if not content:  # one that XlsxWriter must look at
                self.write_cells(row, values, looks, text_looks)
                return
            style = own.xf_index or own._get_xf_index()  # type: ignore[no-untyped-call]
            cells.append(f'<c r="{letters}{number}" s="{style}"{content}')
        self._put(row, len(cells) - 1, "".join(cells))

    def write_band(self, row: int, values: Cells, looks: Sequence[Format], merged: int) -> None:
        """A line of which the first ``merged`` cells are one, as :meth:`write_line` writes lines."""
        self.write_line(row, values, looks, looks)
        self.merge.append([row, 0, row, merged - 1])

    def _put(self, row: int, last: int, cells: str) -> None:
        """Leave the cells where XlsxWriter keeps them until it writes the row; it must know how far they reach."""
        if self.constant_memory and row > self.previous_row:
            self._write_single_row(row)
        self.table[row][last] = _Line("")
        self.table[row][0] = _Line(cells)

    def _shared(self, text: str) -> str:
        """A text behind its cell's place and look, by its number among the workbook's texts; "" as :func:`_inline`."""
        if len(text) > _MOST_LETTERS or is_rich(text):
            return ""
        return f' t="s"><v>{self.str_table._get_shared_string_index(text)}</v></c>'

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if type(cell) is _Line:
            self.fh.write(cell.cells)
        else:
            super()._write_cell(row, col, cell)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Our formulas use nothing younger than Excel 2010; XlsxWriter would search each for thirty functions that
        are, and find their names in text constants too: two thirds of the time of a workbook of formulas."""
        return formula.removeprefix("=")


@cache
def _letters(count: int) -> tuple[str, ...]:
    return tuple(column_letter(place) for place in range(count))


@lru_cache(maxsize=20_000)
def _inline(text: str) -> str:
    """A text behind its cell's place and look; "" for one that XlsxWriter must look at."""
    return f' t="inlineStr"><is><t>{text}</t></is></c>' if _PLAIN(text) and len(text) <= _MOST_LETTERS else ""


def _live(formula: str, value: str | float) -> str:
    """The same for a formula and its value. One that begins with # may be an error of Excel."""
    if isinstance(value, bool) or (isinstance(value, str) and (value[:1] == "#" or not _PLAIN(value))):
        return ""
    kind = ' t="str"' if isinstance(value, str) and value else ""
    escaped = formula.removeprefix("=").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{kind}><f>{escaped}</f><v>{value}</v></c>"
