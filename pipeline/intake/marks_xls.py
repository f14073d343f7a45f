"""The marks of an .xls: cells' formats, error values, merged ranges ([MS-XLS] 2.4).

In: a checked workbook, whose stream is a row of records. Out:
:data:`~pipeline.intake.marks.Marks`. A formula always has a result there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import NoValue
from pipeline.intake.checked import Checked
from pipeline.intake.marks import Cells, Marks, Range
from pipeline.intake.number_formats import BUILT_IN, LONGEST_CODE, shows_more
from pipeline.intake.xls_areas import records, sheets

_BEGIN, _ENDS, _FORMAT, _STYLE, _MERGED = 0x809, 0x0A, 0x41E, 0xE0, 0xE5
_NUMBER, _PACKED, _FORMULA, _ERROR, _MANY = 0x203, 0x27E, 0x06, 0x205, 0xBD
_IN_SHEETS = frozenset((_BEGIN, _ENDS, _MERGED, _FORMULA, _ERROR))
_PLAIN_NUMBERS = frozenset((_NUMBER, _PACKED, _MANY))
"""They matter only where a format of the workbook shows more than digits."""

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


@dataclass
class _Sheet:
    cells: Cells = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)


def marks_of(workbook: Checked) -> Marks:
    """The marks of each sheet. Raises struct.error where a record ends too early."""
    sheets = _sheets(workbook.parts["Workbook"])
    return lambda name: (sheets[name].cells, sheets[name].merges) if name in sheets else ({}, [])


def _sheets(stream: bytes) -> dict[str, _Sheet]:
    styles = _Styles()
    for _at, kind, record in records(stream, (_FORMAT, _STYLE, _ENDS)):
        if kind == _ENDS:
            break
        styles.take(kind, record)
    starts: dict[str, int] = {}
    for name, start in sheets(stream):
        starts.setdefault(name, start)
    return {name: _sheet(stream, start, styles) for name, start in starts.items()}


def _sheet(stream: bytes, start: int, styles: _Styles) -> _Sheet:
    sheet, depth = _Sheet(), 0
    wanted = _IN_SHEETS | _PLAIN_NUMBERS if styles.show_more else _IN_SHEETS
    for _at, kind, record in records(stream, wanted, start):
        if kind in (_BEGIN, _ENDS):  # a chart lies in its sheet, with a beginning and an end of its own
            depth += 1 if kind == _BEGIN else -1
            if not depth:
                break
        elif depth == 1 and kind == _MERGED:
            places = struct.iter_unpack("<4H", record[2 : 2 + 8 * struct.unpack_from("<H", record)[0]])
            sheet.merges += [(top, left, bottom, right) for top, bottom, left, right in places]
        elif depth == 1:
            for row, column, style, error in _cells(kind, record):
                if mark := error or styles.code(style):
                    sheet.cells[row, column] = mark
    return sheet


class _Styles:
    """The formats of cells, in the order in which cells count them."""

    def __init__(self) -> None:
        self._codes, self._used = dict(BUILT_IN), list[str]()

    @property
    def show_more(self) -> bool:
        """Whether any of them shows more of some number than its digits."""
        return any(self._used)

    def take(self, kind: int, record: bytes) -> None:
        if kind == _FORMAT:
            self._codes[struct.unpack_from("<H", record)[0]] = _text(record[2:])[:LONGEST_CODE]
        else:
            code = self._codes.get(struct.unpack_from("<H", record, 2)[0], "")
            self._used.append(code if shows_more(code) else "")

    def code(self, style: int) -> str:
        """The format code, "" where it shows a number's digits and no more."""
        return self._used[style] if style < len(self._used) else ""


def _cells(kind: int, record: bytes) -> Iterator[tuple[int, int, int, NoValue | None]]:
    """Row, column and style of each cell of a record, and whether it shows an error."""
    row, column, style = struct.unpack_from("<3H", record)
    if kind == _MANY:
        for place, (each, _number) in enumerate(struct.iter_unpack("<HL", record[4 : 4 + (len(record) - 6) // 6 * 6])):
            yield row, column + place, each, None
    elif kind == _ERROR and record[7]:
        yield row, column, style, _error(record[6])
    elif kind == _FORMULA and record[12:14] == b"\xff\xff" and record[6] == 2:
        yield row, column, style, _error(record[8])
    else:
        yield row, column, style, None


def _error(code: int) -> NoValue:
    return NoValue(Code.ERROR_VALUE, _ERRORS.get(code, "#"))


def _text(record: bytes) -> str:
    """A text that begins with its length in two bytes."""
    length, wide = struct.unpack_from("<H", record)[0], record[2] & 1
    return record[3 : 3 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")
