"""The marks of an .xlsx: style and type of each cell, formulas without a result, merged ranges (ECMA-376 part 1, 18.3).

In: a checked workbook. Out: :data:`~pipeline.intake.marks.Marks`. A sheet that is written as nearly all
programs write it is searched for the few cells that matter, ten times faster than it can be parsed; others are parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from xml.etree import ElementTree
from xml.parsers import expat

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import NoValue
from pipeline.forms.legacy_cells import FontOf
from pipeline.intake.checked import Checked
from pipeline.intake.marks import Cells, Marks, Range
from pipeline.intake.number_formats import BUILT_IN, LONGEST_CODE, shows_more
from pipeline.legacy_text import encoding_of_font

_STYLES = "xl/styles.xml"


def marks_of(workbook: Checked) -> Marks:
    """The marks of each sheet. Raises ParseError or ExpatError where a part is not well formed."""
    formats = formats_of(workbook.parts[_STYLES]) if _STYLES in workbook.parts else {}
    return lambda name: marked(workbook.parts[workbook.sheets[name]], formats) if name in workbook.sheets else ({}, [])


# --- styles ---------------------------------------------------------------------------------------------


def _elements(part: bytes) -> Iterator[ElementTree.Element]:
    return ElementTree.fromstring(part).iter()  # noqa: S314  # a part with a DOCTYPE was refused


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


@lru_cache(maxsize=100)
def formats_of(styles: bytes) -> Mapping[str, str]:
    """Index of a cell's style -> the code of its number format, where that shows more than a number's digits.

    The forms of a year have the same styles, so they are read once.
    """
    codes, used = dict(BUILT_IN), []
    for each in _elements(styles):
        if _local(each.tag) == "numFmt":
            codes[_number(each.get("numFmtId"))] = each.get("formatCode", "")[:LONGEST_CODE]
        elif _local(each.tag) == "cellXfs":
            used = [codes.get(_number(style.get("numFmtId")), "") for style in each if _local(style.tag) == "xf"]
    return {str(index): code for index, code in enumerate(used) if shows_more(code)}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


# --- fonts ----------------------------------------------------------------------------------------------


def fonts_of(workbook: Checked) -> FontOf:
    """The fonts of before Unicode, cell by cell; nearly no workbook has any, so the sheets are searched when asked."""
    styles = workbook.parts.get(_STYLES, b"")
    legacy = _legacy_styles(styles) if any(each in styles for each in (b".Vn", b"VNI", b"vni")) else {}

    @cache
    def of_sheet(name: str) -> dict[tuple[int, int], str]:
        found = _STYLED.findall(workbook.parts[workbook.sheets[name]])
        fonts = ((_place(letters, row), legacy.get(style.decode(), "")) for letters, row, style in found)
        return {place: font for place, font in fonts if font}

    return lambda sheet, row, column: of_sheet(sheet).get((row - 1, column), "") if legacy else ""


def _legacy_styles(styles: bytes) -> Mapping[str, str]:
    """Index of a cell's style -> its font, where that is of before Unicode."""
    fonts: list[str] = []
    used: list[str] = []
    for each in _elements(styles):
        if _local(each.tag) == "fonts":
            fonts = [next((one.get("val", "") for one in font if _local(one.tag) == "name"), "") for font in each]
        elif _local(each.tag) == "cellXfs":
            places = [_number(style.get("fontId")) for style in each if _local(style.tag) == "xf"]
            used = [fonts[place] if place < len(fonts) else "" for place in places]
    return {str(index): font for index, font in enumerate(used) if encoding_of_font(font)}


# --- the cells of a sheet -------------------------------------------------------------------------------


def marked(part: bytes, formats: Mapping[str, str]) -> tuple[Cells, list[Range]]:
    """The marks of a sheet. ``formats``: those of :func:`formats_of`."""
    return (searched if _is_usual(part) and "0" not in formats else parsed)(part, formats)


_UNUSUAL_CELL = re.compile(rb'<c(?! r="[A-Z]{1,3}[0-9]{1,7}")[\s/>]')
_SINGLE_QUOTED = re.compile(rb"<c r=\"[A-Z]{1,3}[0-9]{1,7}\"[^<>']*'")
_NAMESPACES = (b"/spreadsheetml/2006/main", b"/spreadsheetml/main")


def _is_usual(part: bytes) -> bool:
    """Whether each cell begins with ``<c r="``, all in one encoding, without prefixes, comments and single quotes."""
    if b"\0" in part or (b"!" in part and b"<!" in part) or b"<worksheet" not in part[:500]:
        return False
    if sum(map(part.count, _NAMESPACES)) != 1 or (b"'" in part and _SINGLE_QUOTED.search(part)):
        return False
    return not _UNUSUAL_CELL.search(part)


_ERROR = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"((?=[^<>]*\st="e")[^<>]*)>')
_VALUE = re.compile(rb"<v[^<>]*>([^<]*)</v>")
_NO_RESULT = re.compile(rb"<f[^<>]*+>(?:[^<]*+</f>)?\s*+(?:<v\s*+/>|<v[^<>]*+>\s*+</v>)?\s*+</c>")
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>\s*')
_MERGED = re.compile(rb'<mergeCell\s[^<>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')


_STYLED = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?=[^<>]*\ss="([0-9]{1,7})")')


def searched(part: bytes, formats: Mapping[str, str]) -> tuple[Cells, list[Range]]:
    """The marks of a sheet that is written as usual."""
    cells: Cells = {}
    if formats:
        for letters, row, style in _STYLED.findall(part):
            if code := formats.get(style.decode()):
                cells[_place(letters, row)] = code
    for each in _ERROR.finditer(part) if b't="e"' in part else ():
        following = part.find(b"<c ", each.end())
        value = _VALUE.search(part, each.end(), len(part) if following < 0 else following)
        shown = value[1].decode("utf-8", "replace").strip() if value else ""
        cells[_place(each[1], each[2])] = _error(shown, is_rich=b" vm=" in each[3])
    before = 0
    for each in _NO_RESULT.finditer(part):
        cell = _CELL.fullmatch(part, max(before, part.rfind(b"<c ", before, each.start())), each.start())
        before = each.end()
        if cell and b't="str"' not in cell[3]:  # such a cell has a result, a text without letters
            cells[_place(cell[1], cell[2])] = NoValue(Code.NO_RESULT)
    merges = [(*_place(left, top), *_place(right, bottom)) for left, top, right, bottom in _MERGED.findall(part)]
    return cells, merges


def _error(shown: str, *, is_rich: bool) -> NoValue:
    """An error value; with rich content beside it (``vm``) it stands for a picture in the cell, or the like."""
    return NoValue(Code.PICTURE_IN_CELL) if is_rich else NoValue(Code.ERROR_VALUE, shown[:_LONGEST_ERROR] or "#")


_LONGEST_ERROR = 30


@lru_cache(maxsize=100_000)
def _place(letters: bytes, row: bytes) -> tuple[int, int]:
    """Row and column, from 0."""
    column = 0
    for letter in letters:
        column = 26 * column + letter - 64
    return int(row) - 1, column - 1


_NUMBER = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*+>\s*+(?:<f[^<>]*/>|<f[^<>]*+>[^<]*+</f>)?\s*+<v>([-+0-9.Ee]{1,30})</v>'
)


def numbers_of(part: bytes) -> dict[tuple[int, int], float]:
    """The numbers that the cells of a sheet hold, whatever they show; none where it is not written as usual."""
    numbers = {}
    for letters, row, digits in _NUMBER.findall(part) if _is_usual(part) else ():
        with suppress(ValueError):
            numbers[_place(letters, row)] = float(digits)
    return numbers


# --- a sheet that is written otherwise ------------------------------------------------------------------


def parsed(part: bytes, formats: Mapping[str, str]) -> tuple[Cells, list[Range]]:
    """The marks of any sheet. Raises ExpatError where it is not well formed."""
    sheet = _Sheet(formats)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler = sheet.start, sheet.end
    parser.CharacterDataHandler = sheet.text
    parser.Parse(part, True)
    return sheet.cells, sheet.merges


_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")


class _Sheet:
    """Follows the elements of a sheet; a cell that does not say where it lies follows the one before."""

    def __init__(self, formats: Mapping[str, str]) -> None:
        self.cells: Cells = {}
        self.merges: list[Range] = []
        self._formats = formats
        self._row = self._column = -1
        self._facts: dict[str, str] = {}
        self._inside = self._value = ""
        self._has_formula = False

    def start(self, tag: str, facts: dict[str, str]) -> None:
        match _local(tag):
            case "row":
                self._row = _number(facts["r"]) - 1 if "r" in facts else self._row + 1
                self._column = -1
            case "c":
                self._facts, self._value, self._has_formula = facts, "", False
                reference = _REFERENCE.fullmatch(facts.get("r", "").upper())
                if reference:
                    self._row, self._column = _place(reference[1].encode(), reference[2].encode())
                else:
                    self._column += 1
            case "f":
                self._has_formula = True
            case "v":
                self._inside = "v"
            case "mergeCell":
                ends = [_REFERENCE.fullmatch(each) for each in facts.get("ref", "").upper().split(":")]
                if len(ends) == 2 and ends[0] and ends[1]:
                    first, last = (_place(each[1].encode(), each[2].encode()) for each in ends if each)
                    self.merges.append((*first, *last))

    def text(self, text: str) -> None:
        if self._inside and len(self._value) < _LONGEST_ERROR:
            self._value += text

    def end(self, tag: str) -> None:
        match _local(tag):
            case "v":
                self._inside = ""
            case "c":
                self._mark()

    def _mark(self) -> None:
        place, kind = (self._row, self._column), self._facts.get("t", "n")
        if self._has_formula and kind != "str" and not self._value.strip():
            self.cells[place] = NoValue(Code.NO_RESULT)
        elif kind == "e":
            self.cells[place] = _error(self._value.strip(), is_rich="vm" in self._facts)
        elif code := self._formats.get(self._facts.get("s", "0"), ""):
            self.cells[place] = code
