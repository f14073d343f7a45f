"""A worksheet that XlsxWriter writes, changed in two ways: foreign text is never markup, and much is quick.

In: the cells. Out: the same bytes that XlsxWriter alone would write, but for text that looks like its own markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_PLAIN = re.compile(r"(?!\s)[^&<>_\x00-\x1f\x7f-\x9f\ufffe\uffff]*(?<!\s)").fullmatch
"""Text without anything that XML or Excel would have to be told about."""

_MOST_LETTERS = 32_000  # of Excel's 32767 to a cell; a letter may count twice
_COLUMNS = tuple(xl_col_to_name(place) for place in range(1000))


class Formula(NamedTuple):
    """A live cell and the value that we computed for it."""

    formula: str
    value: str | float


class _Line:
    """The cells of a row as they stand in the file, in the place of its first cell."""

    def __init__(self, cells: str) -> None:
        self.cells = cells


Cells = Sequence[str | float | Formula | None]


class Sheet(Worksheet):  # type: ignore[misc]
    """Used by every workbook of :func:`~pipeline.sheets.styles.new_workbook`."""

    def write_line(self, row: int, values: Cells, looks: Sequence[Any], text_looks: Sequence[Any]) -> None:
        """What :meth:`write_cells` writes, with the row put together at once: a fifth of the time, and of the memory.

        A run writes a million cells here. XlsxWriter takes each through five functions; it must where a text needs
        to be escaped, or where a chart shows the cell.
        """
        cells, number = [], row + 1
        text_of = _inline if self.constant_memory else self._shared
        for letters, value, look, text_look in zip(_COLUMNS, values, looks, text_looks, strict=False):
            own = look
            if value is None or value == "":
                content = "/>"
            elif type(value) is str:
                own, content = text_look, text_of(value)
            elif type(value) is Formula:
                content = _live(*value)
            else:
                content = f"><v>{value:.16G}</v></c>"
            if not content:
                self.write_cells(row, values, looks, text_looks)
                return
            cells.append(f'<c r="{letters}{number}" s="{own.xf_index or own._get_xf_index()}"{content}')
        self._check_dimensions(row, 0)
        self._check_dimensions(row, len(cells) - 1)
        if self.constant_memory and row > self.previous_row:
            self._write_single_row(row)
        self.table[row][len(cells) - 1] = _Line("")  # so that XlsxWriter knows how far the row reaches
        self.table[row][0] = _Line("".join(cells))

    def write_band(self, row: int, values: Cells, looks: Sequence[Any], merged: int) -> None:
        """A line of which the first ``merged`` cells are one, as :meth:`write_line` writes lines."""
        self.write_line(row, values, looks, looks)
        self.merge.append([row, 0, row, merged - 1])

    def _shared(self, text: str) -> str:
        """A text behind its cell's place and look, by its number among the workbook's texts; "" as :func:`_inline`."""
        if len(text) > _MOST_LETTERS or _is_rich(text):
            return ""
        return f' t="s"><v>{self.str_table._get_shared_string_index(text)}</v></c>'

    def write_cells(self, row: int, values: Cells, looks: Sequence[Any], text_looks: Sequence[Any]) -> None:
        """Values side by side from the first column on, "" and None as blanks; texts in looks of their own."""
        for place, value in enumerate(values):
            if value is None or value == "":
                self.write_blank(row, place, None, looks[place])
            elif isinstance(value, Formula):
                self.write_formula(row, place, value.formula, looks[place], value.value)
            elif isinstance(value, str):
                self.write_string(row, place, value, text_looks[place])
            else:
                self.write_number(row, place, value, looks[place])

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if type(cell) is _Line:
            self.fh.write(cell.cells)
        else:
            super()._write_cell(row, col, cell)

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
        """XlsxWriter copies text between <r> and </r> into the file as it is, taking it for its own rich text.
        In parts it is text."""
        if _is_rich(string):
            parts = ["<", "r", string[2 : _MOST_LETTERS // 2]]
            return self._write_rich_string(row, col, *parts, *([cell_format] if cell_format else []))
        return super()._write_string(row, col, string, cell_format)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Our formulas use nothing younger than Excel 2010; XlsxWriter would search each for thirty functions that
        are, and find their names in text constants too: two thirds of the time of a workbook of formulas."""
        return formula.removeprefix("=")


def _is_rich(text: str) -> bool:
    return text[:3] == "<r>" and text[-4:] == "</r>"


@lru_cache(maxsize=20_000)
def _inline(text: str) -> str:
    """A text behind its cell's place and look; "" for one that XlsxWriter must look at."""
    return f' t="inlineStr"><is><t>{text}</t></is></c>' if _PLAIN(text) and len(text) <= _MOST_LETTERS else ""


def _live(formula: str, value: str | float) -> str:
    """The same for a formula and its value."""
    if isinstance(value, str) and not _PLAIN(value):
        return ""
    kind = ' t="str"' if isinstance(value, str) and value else ""
    escaped = formula.removeprefix("=").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{kind}><f>{escaped}</f><v>{value}</v></c>"
