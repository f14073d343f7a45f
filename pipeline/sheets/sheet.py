"""A worksheet of XlsxWriter in which foreign text is never markup, and no row is lost without a word.

In: the cells. Out: what XlsxWriter alone would write, but for text that looks like its own markup.

Here it is used by its public methods alone; what goes past them, for speed, stands in
:mod:`pipeline.sheets.fast_sheet`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

_MOST_LETTERS = 16_000  # of Excel's 32,767 to a cell; a letter may count twice


class Formula(NamedTuple):
    """A live cell and the value that we computed for it."""

    formula: str
    value: str | float


Cells = Sequence[str | float | Formula | None]


class Sheet(Worksheet):
    """XlsxWriter copies a text between ``<r>`` and ``</r>`` into the file as it is, taking it for its own rich text.

    Given to it in parts, it is text. Cells are named by row and column, counted from 0, never as ``A1``.
    """

    name: str  # type: ignore[assignment]  # the library sets it after it has made the sheet

    def __init__(self) -> None:
        super().__init__()
        self.add_write_handler(str, _write_rich)  # for write, write_row and merge_range

    def write_string(self, row: int, col: int, string: str, cell_format: Format | None = None) -> int:  # type: ignore[override]
        """Write a text, whatever it looks like."""
        if not is_rich(string):
            return super().write_string(row, col, string, cell_format)
        parts = ["<", "r", string[2:_MOST_LETTERS]]
        written: int = self.write_rich_string(row, col, *parts, *([cell_format] if cell_format else []))
        return written

    def write_url(  # type: ignore[override]
        self, row: int, col: int, url: str, cell_format: Format | None = None, string: str = "", tip: str | None = None
    ) -> int:
        """Write a link under a text, whatever that looks like."""
        if not is_rich(string):
            written: int = super().write_url(row, col, url, cell_format, string or None, tip)
            return written
        super().write_url(row, col, url, cell_format, None, tip)
        return self.write_string(row, col, string, cell_format)

    def write_cells(self, row: int, values: Cells, looks: Sequence[Format], text_looks: Sequence[Format]) -> None:
        """Values side by side from the first column on, "" and None as blanks; texts in looks of their own.

        Raises ValueError where XlsxWriter would leave cells out without a word: beyond Excel's last row or column, or
        above a row that is streamed already.
        """
        for place, value in enumerate(values):
            if value is None or value == "":
                status = self.write_blank(row, place, None, looks[place])
            elif isinstance(value, Formula):
                status = self.write_formula(row, place, value.formula, looks[place], value.value)
            elif isinstance(value, str):
                status = self.write_string(row, place, value, text_looks[place])
            else:
                status = self.write_number(row, place, value, looks[place])
            if status == -1:
                raise no_room(row, len(values))


def no_room(row: int, columns: int) -> ValueError:
    """What is wrong with a row that XlsxWriter does not take."""
    return ValueError(
        f"row {row + 1} of {columns} columns is beyond Excel's last, or above one that is streamed already"
    )


def is_rich(text: str) -> bool:
    """Whether XlsxWriter would take the text for its own markup."""
    return text[:3] == "<r>" and text[-4:] == "</r>"


def _write_rich(sheet: Sheet, row: int, col: int, text: str, cell_format: Format | None = None) -> int | None:
    return sheet.write_string(row, col, text, cell_format) if is_rich(text) else None  # None: XlsxWriter goes on
