"""A worksheet that XlsxWriter writes, changed in two ways: foreign text is never markup, and much is quick.

In: the cells. Out: the same bytes that XlsxWriter alone would write, but for text that looks like its own markup.
"""

from __future__ import annotations

import re
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import Worksheet

_PLAIN = re.compile(r"(?!\s)[^&<>_\x00-\x1f\x7f-\x9f\ufffe\uffff]*(?<!\s)").fullmatch
"""Text without anything that XML or Excel would have to be told about."""

_MOST_LETTERS = 32_000  # of Excel's 32767 to a cell; a letter may count twice


class Sheet(Worksheet):  # type: ignore[misc]
    """Used by every workbook of :func:`~pipeline.outputs.styles.new_workbook`."""

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> Any:
        """XlsxWriter copies text between <r> and </r> into the file as it is, taking it for its own rich text.
        In parts it is text."""
        if string[:3] == "<r>" and string[-4:] == "</r>":
            parts = ["<", "r", string[2 : _MOST_LETTERS // 2]]
            return self._write_rich_string(row, col, *parts, *([cell_format] if cell_format else []))
        return super()._write_string(row, col, string, cell_format)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Our formulas use nothing younger than Excel 2010; XlsxWriter would search each for thirty functions that
        are, and find their names in text constants too: two thirds of the time of a workbook of formulas."""
        return formula.removeprefix("=")

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """The two commonest cells of a streamed list, without the detours: half the time of a million cells."""
        if cell.format is None or not self.constant_memory:
            super()._write_cell(row, col, cell)
            return
        kind = type(cell).__name__
        place = f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{cell.format._get_xf_index()}"'
        if kind == "Number":
            self.fh.write(f"{place}><v>{cell.number:.16G}</v></c>")
        elif kind == "Blank":
            self.fh.write(f"{place}/>")
        elif kind == "String" and _PLAIN(cell.string):
            self.fh.write(f'{place} t="inlineStr"><is><t>{cell.string}</t></is></c>')
        else:
            super()._write_cell(row, col, cell)
