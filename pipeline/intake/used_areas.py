"""How far the cells of a workbook reach, and whether a reader would fill the memory with the blanks in between.

In: the sheets of an .xlsx, the content of an .ods. Out: the area of each sheet, and which of them are too large. Cells
are looked at, for a stated dimension may lie. Only filled ones count: styled blanks do no harm, and LibreOffice leaves
many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.parsers import expat

from pipeline.findings.catalogue import Code
from pipeline.intake.container import Refused
from pipeline.rules.limits import Limits

_ELSEWHERE = re.compile(rb'<c(?! r="[A-Z]\d{1,4}")[\s/>]')
_PREFIXED = re.compile(rb":c[\s/>]")
"""A cell that may lie beyond column Z or row 9,999, does not say where it lies, or is written as nobody does. Two
expressions that begin with a fixed text are many times quicker than one that does not."""

_FEW_SHEETS = 20
"""Up to so many sheets, one without a doubtful cell (26 columns of 9,999 rows at most) is not measured."""


@dataclass(frozen=True)
class Area:
    """From A1 to the last filled row and column of a sheet. ``sheet``: the name on its tab."""

    sheet: str
    rows: int
    columns: int

    def with_cell(self, row: int, column: int) -> Area:
        """The area once that cell is filled too; rows and columns count from 1."""
        inside = row <= self.rows and column <= self.columns
        return self if inside else Area(self.sheet, max(row, self.rows), max(column, self.columns))


def areas_of_xlsx(sheets: Mapping[str, bytes], limits: Limits) -> list[Area]:
    """How far the sheets reach that are worth measuring; ``sheets``: title -> part. Raises Refused."""
    many = len(sheets) > _FEW_SHEETS
    return [
        area
        for title, part in sheets.items()
        if many or b"\0" in part or _is_doubtful(part)
        for area in _measured(_XlsxCells(limits, title), part)
    ]


def areas_of_ods(content: bytes, limits: Limits) -> list[tuple[Area, slice]]:
    """How far each sheet reaches, and where it stands in the content. Raises Refused."""
    cells = _OdsCells(limits)
    _measured(cells, content)
    return list(zip(cells.areas[1:], cells.places, strict=True))


def too_far(areas: Sequence[Area], limits: Limits) -> dict[str, str]:
    """The sheets that reach too far, and how far each does: by themselves, or, the largest first, until the others hold
    no more cells together than a workbook may."""
    far = [area for area in areas if area.rows > limits.rows or area.columns > limits.columns]
    others = sorted((area for area in areas if area not in far), key=lambda area: area.rows * area.columns)
    while sum(area.rows * area.columns for area in others) > limits.cells:
        far.append(others.pop())
    return {area.sheet: f"{_letters(area.columns)}{area.rows}" for area in far}


def _is_doubtful(sheet: bytes) -> bool:
    return bool(_ELSEWHERE.search(sheet) or _PREFIXED.search(sheet))


def _measured(cells: _Cells, part: bytes) -> list[Area]:
    parser = cells.parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
    try:
        parser.Parse(part, True)
    except _FarEnough:
        pass
    except (expat.ExpatError, LookupError, ValueError) as error:  # not well formed, or in no known encoding
        raise Refused(Code.BROKEN_FILE) from error
    return cells.areas


class _FarEnough(Exception):
    """A cell lies too far; nothing more need be known."""


class _Cells:
    """Follows the elements of one part, and knows how far filled cells reach. Rows and columns count from 1."""

    def __init__(self, limits: Limits, sheet: str = "") -> None:
        self.areas = [Area(sheet, 0, 0)]
        self.limits = limits
        self.row = self.column = 0
        self.parser: expat.XMLParserType | None = None

    def start(self, tag: str, facts: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, tag: str) -> None:
        """Most need no notice of it."""

    def fill(self, row: int, column: int) -> None:
        self.areas[-1] = self.areas[-1].with_cell(row, column)


class _XlsxCells(_Cells):
    """A cell says where it is, or else follows the one before."""

    def start(self, tag: str, facts: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "row":
                self.row, self.column = _number(facts.get("r", str(self.row + 1))), 0
            case "c" if place := _PLACE.fullmatch(facts.get("r", "")):
                self.row, self.column = _number(place[2]), _column(place[1])
            case "c":
                self.column += 1
            case "v" | "f" | "is":
                self.fill(self.row, self.column)
                if self.row > self.limits.rows or self.column > self.limits.columns:
                    raise _FarEnough


class _OdsCells(_Cells):
    """Rows and cells that are alike are written once, with how often they are repeated."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.depth = self.width = self.repeated = 0
        self.places: list[slice] = []
        """From the first byte of each sheet to the first byte of its end."""

    def start(self, tag: str, facts: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "table":
                self.depth += 1
                if self.depth == 1:
                    self.areas.append(Area(facts.get("table:name", ""), 0, 0))
                    self.places.append(slice(self._at(), self._at()))
                    self.row = 0
            case "table-row":
                self.column = self.width = 0
                self.repeated = _number(facts.get("table:number-rows-repeated", "1"))
            case "table-cell" | "covered-table-cell":
                self.column += _number(facts.get("table:number-columns-repeated", "1"))
                if any(key.endswith((":value-type", ":formula")) for key in facts):
                    self.width = self.column
            case "p":
                self.width = self.column

    def end(self, tag: str) -> None:
        match tag.rpartition(":")[2]:
            case "table":
                self.depth -= 1
                if self.depth == 0:
                    self.places[-1] = slice(self.places[-1].start, self._at())
            case "table-row":
                self.row += self.repeated
                if self.width:
                    self.fill(self.row, self.width)

    def _at(self) -> int:
        return self.parser.CurrentByteIndex if self.parser else 0


_PLACE = re.compile(r"([A-Za-z]+)(\d+)")
_BEYOND = 10**9


def _number(text: str) -> int:
    """A count as a file states it; far too many where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else _BEYOND


def _column(letters: str) -> int:
    if len(letters) > 6:
        return _BEYOND
    total = 0
    for letter in letters.upper():
        total = 26 * total + ord(letter) - 64
    return total


def _letters(column: int) -> str:
    text = ""
    while column:
        column, last = divmod(column - 1, 26)
        text = chr(65 + last) + text
    return text
