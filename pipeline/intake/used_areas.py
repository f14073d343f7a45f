"""How far the cells of a workbook reach, and whether a reader would fill the memory with the blanks in between.

In: the XML parts of an .xlsx or .ods, one after the other, or areas known already. Out: nothing, or
:class:`~pipeline.intake.container.Refused`. Cells are looked at, for a stated dimension may lie. Only filled ones
count: styled blanks do no harm, and LibreOffice leaves many.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from xml.parsers import expat

from pipeline.findings.catalogue import Code
from pipeline.intake.arrival import brief
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
    """From A1 to the last filled row and column of a sheet. ``sheet``: its title, or the part that holds it."""

    sheet: str
    rows: int
    columns: int

    def with_cell(self, row: int, column: int) -> Area:
        """The area once that cell is filled too; rows and columns count from 1."""
        inside = row <= self.rows and column <= self.columns
        return self if inside else Area(self.sheet, max(row, self.rows), max(column, self.columns))


class Reach:
    """Gathers how far each sheet reaches; :meth:`judge` says whether that is too far."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._areas: list[Area] = []
        self._sheets = 0
        self._naming = {"xl/workbook.xml": "", "xl/_rels/workbook.xml.rels": ""}

    def look(self, name: str, part: bytes, plain: bytes) -> None:
        """See one XML part; ``plain``: it without NUL bytes. Raises Refused where it is no XML after all."""
        if name in self._naming:
            self._naming[name] = plain.decode("utf-8", "replace")
        if b"sheetData" in plain:
            self._sheets += 1
            if self._sheets > _FEW_SHEETS or part is not plain or _is_doubtful(part):
                self._areas += _measured(_XlsxCells(self._limits, name), part)
        elif b"table-row" in plain:
            self._areas += _measured(_OdsCells(self._limits), part)

    def add(self, areas: list[Area]) -> None:
        """Count in areas that are known already."""
        self._areas += areas

    def judge(self) -> None:
        """Raises Refused where a sheet reaches too far, or all of them together hold too many cells."""
        rows, columns = self._limits.rows, self._limits.columns
        far = [area for area in self._areas if area.rows > rows or area.columns > columns]
        if not far and sum(area.rows * area.columns for area in self._areas) > self._limits.cells:
            far = [max(self._areas, key=lambda area: area.rows * area.columns)]
        if far:
            corner = f"{_letters(far[0].columns)}{far[0].rows}"
            raise Refused(Code.HUGE_RANGE, sheet=brief(self._title(far[0].sheet)), found=corner)

    def _title(self, part: str) -> str:
        """The name on the tab of the sheet that is kept in ``part``; itself, where that cannot be told."""
        workbook, relations = self._naming.values()
        for relation in re.findall(r"<Relationship [^>]*>", relations):
            facts = dict(re.findall(r'(\w+)="([^"]*)"', relation))
            if facts.get("Target", "").endswith("/" + part.rpartition("/")[2]):
                for sheet in re.findall(r"<sheet [^>]*>", workbook):
                    if f'"{facts.get("Id")}"' in sheet and (titled := re.search(r'\bname="([^"]*)"', sheet)):
                        return html.unescape(titled[1])
        return part


def _is_doubtful(sheet: bytes) -> bool:
    return bool(_ELSEWHERE.search(sheet) or _PREFIXED.search(sheet))


def _measured(cells: _Cells, part: bytes) -> list[Area]:
    parser = expat.ParserCreate()
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

    def start(self, tag: str, facts: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, tag: str) -> None:
        """Most need no notice of it."""

    def fill(self, row: int, column: int) -> None:
        self.areas[-1] = self.areas[-1].with_cell(row, column)
        if row > self.limits.rows or column > self.limits.columns:
            raise _FarEnough


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


class _OdsCells(_Cells):
    """Rows and cells that are alike are written once, with how often they are repeated."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.depth = self.width = self.repeated = 0

    def start(self, tag: str, facts: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "table":
                self.depth += 1
                if self.depth == 1:
                    self.areas.append(Area(facts.get("table:name", ""), 0, 0))
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
            case "table-row":
                self.row += self.repeated
                if self.width:
                    self.fill(self.row, self.width)


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
