"""The texts of a form that were typed for fonts of before Unicode become Unicode, and it is noted which.

In: a form as it was read, and the fonts of its cells where they are known. Out: the same form, its texts as the unit
saw them, with a note for each sheet that has such cells. What seems to be such a text and cannot be converted stays,
and is noted too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.forms.declared import TABLE, Kind, Table
from pipeline.forms.raw_form import LegacyCells, RawForm, RawTable
from pipeline.legacy_text import Encoding, Legacy, in_doubt, vietnamese_of
from pipeline.sheets.addresses import column_letter

FontOf = Callable[[str, int, int], str]
"""Sheet, row (from 1) and column (from 0) -> the name of the cell's font, "" where it is not known."""


@dataclass(frozen=True, eq=False)
class _Cell:
    """A text with letters beyond ASCII: position of its row, place in it, column of the sheet. ``listed``: whether it
    may be one of a list, which settles it."""

    table: RawTable
    line: int
    place: int
    column: int
    text: str
    font: str
    listed: bool

    @property
    def address(self) -> str:
        return f"{column_letter(self.column)}{self.table.rows[self.line][0]}"

    def becomes(self, text: str) -> None:
        """The row gets that text in the cell's place."""
        number, values = self.table.rows[self.line]
        self.table.rows[self.line] = (number, (*values[: self.place], text, *values[self.place + 1 :]))


def unknown_font(_sheet: str, _row: int, _column: int) -> str:
    """The font of a cell in files that are not asked for theirs."""
    return ""


def in_unicode(form: RawForm, font_of: FontOf = unknown_font) -> RawForm:
    """The form, changed in place. What is sure of some of its cells is a witness for the others."""
    cells = [cell for code, table in form.tables.items() for cell in _foreign(TABLE[code], table, font_of)]
    found = _read(cells, None)
    if found:
        expected = Counter(each.encoding for each in found.values()).most_common(1)[0][0]
        found |= _read([cell for cell in cells if cell not in found], expected)
    else:
        expected = None
    notes: dict[tuple[str, Encoding | None], list[str]] = defaultdict(list)
    for cell in cells:
        if cell in found:
            cell.becomes(found[cell].text)
            notes[cell.table.sheet, found[cell].encoding].append(cell.address)
        elif not cell.listed and in_doubt(cell.text, cell.font, expected):
            notes[cell.table.sheet, None].append(cell.address)
    form.legacy = [LegacyCells(sheet, encoding, tuple(at)) for (sheet, encoding), at in notes.items()]
    return form


def _foreign(declared: Table, table: RawTable, font_of: FontOf) -> Iterator[_Cell]:
    columns = list(table.columns.values())
    listed = [declared.field(code).kind in (Kind.CHOICE, Kind.RESULT) for code in table.columns]
    for line, (number, values) in enumerate(table.rows):
        for place, value in enumerate(values):
            if isinstance(value, str) and not value.isascii():
                column = columns[place]
                font = font_of(table.sheet, number, column)
                yield _Cell(table, line, place, column, value, font, listed[place])


def _read(cells: Sequence[_Cell], expected: Encoding | None) -> dict[_Cell, Legacy]:
    read = ((cell, vietnamese_of(cell.text, cell.font, expected)) for cell in cells)
    return {cell: legacy for cell, legacy in read if legacy}
