"""The marks of an .ods: percentages, amounts of money, errors, formulas without a result, merged cells (ODF 1.3, 19).

In: a checked workbook. Out: :data:`~pipeline.intake.marks.Marks`. Cells do not say where they lie: rows and
cells before them have to be counted, but only rows that hold anything to mark are taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from itertools import zip_longest
from xml.parsers import expat

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import NoValue
from pipeline.intake.checked import Checked
from pipeline.intake.marks import ERROR_VALUES, Cells, Marks, Range

Sheets = dict[str, tuple[Cells, list[Range]]]

_LITERALS = (b'="percentage"', b'="currency"', b'="error"', b">#", b">Err:")
_PATTERNS = (
    re.compile(rb'-spanned="(?!1")'),
    re.compile(rb'value-type="float"[^<>]*><text:p>(?![-+E\d.,/ ]*</text:p>)'),
)
_NO_RESULT = re.compile(rb"<table:table-cell(?![^<>]*value-type)[^<>]*:formula=")
"""What a row holds that has anything to mark; each begins with fixed letters, which makes it quick."""


_UNUSUAL = (b"\0", b"table:tracked-changes", b"table:is-sub-table", b"value-type='", b"-spanned='")
_ERROR = re.compile(r"Err:\d{3}|#\w[\w/]*[!?]?")
_WORDS = re.compile(r'[-+(]?\d[\d.,/ ]*(?:E[-+]?\d+)?\)?|"')
"""All of a number as it is shown but the words around it."""
_MOST_REPEATED = 10_000
"""No filled cell is repeated so often in what may be read (:mod:`pipeline.intake.used_areas`)."""


def marks_of(workbook: Checked) -> Marks:
    """The marks of each sheet. Raises ExpatError where the content is not well formed."""
    part = workbook.parts["content.xml"]
    is_calculated = bool(_CALCULATES.search(workbook.parts.get("meta.xml", b"")))
    sheets = (searched if _is_usual(part) else parsed)(part, is_calculated)
    return lambda name: sheets.get(name, ({}, []))


def _is_usual(part: bytes) -> bool:
    """Whether the content is written with the usual prefixes and double quotes, without comments."""
    has_comments = b"!" in part and b"<!" in part
    return b"<table:table " in part and not has_comments and not any(each in part for each in _UNUSUAL)


_CALCULATES = re.compile(rb"generator>(LibreOffice|OpenOffice|Collabora|NeoOffice)")
"""Programs that calculate on saving; they write a formula whose result is a text without letters like one without."""


class _Sheet:
    """Takes the cells of a sheet, one after the other, and keeps what marks them. Rows and columns count from 0."""

    def __init__(self, is_calculated: bool) -> None:
        self.cells: Cells = {}
        self.merges: list[Range] = []
        self._is_calculated = is_calculated

    def take(self, row: int, column: int, rows: int, facts: Mapping[str, str], text: str) -> int:
        """A cell with its attributes and text, in ``rows`` rows alike. Returns how many columns it stands in."""
        columns = _count(facts, "table:number-columns-repeated")
        down, across = _count(facts, "table:number-rows-spanned"), _count(facts, "table:number-columns-spanned")
        if down > 1 or across > 1:
            self.merges.append((row, column, row + down - 1, column + across - 1))
        mark = _mark(facts, text.strip())
        if mark and not (self._is_calculated and mark == NoValue(Code.NO_RESULT)):
            for line in range(row, row + min(rows, _MOST_REPEATED)):
                for place in range(column, column + min(columns, _MOST_REPEATED)):
                    self.cells[line, place] = mark
        return columns


def _mark(facts: Mapping[str, str], text: str) -> NoValue | str:
    """What marks the cell, "" for nothing."""
    kind, is_formula = facts.get("office:value-type", ""), "table:formula" in facts
    if facts.get("calcext:value-type") == "error" or text in ERROR_VALUES or (is_formula and _ERROR.fullmatch(text)):
        return NoValue(Code.ERROR_VALUE, text or "#")
    if is_formula and not kind:
        return NoValue(Code.NO_RESULT)
    if kind == "currency":
        return f"#,##0[${facts.get('office:currency', '')}]"
    if kind == "float" and (words := _WORDS.sub(" ", text).strip()):
        return f'0"{words}"'
    return "0%" if kind == "percentage" else ""


def _count(facts: Mapping[str, str], name: str) -> int:
    """A number of rows or columns, 1 where it is not stated."""
    text = facts.get(name, "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 1


# --- content written as nearly all programs write it ----------------------------------------------------

_CELL = re.compile(rb"""<table:(?:covered-)?table-cell((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""")
_FACT = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_TAG = re.compile("<[^<>]*>")


def searched(part: bytes, is_calculated: bool = False) -> Sheets:
    """Sheets whose rows are looked at one by one; only those with anything to mark are taken apart."""
    sheets: Sheets = {}
    literals = [each for each in _LITERALS if each in part]
    patterns = [each for each in (*_PATTERNS, *(() if is_calculated else (_NO_RESULT,))) if each.search(part)]
    for table in part.split(b"<table:table ")[1:]:
        sheet, row = _Sheet(is_calculated), 0
        sheets[_facts(table[: table.find(b">")]).get("table:name", "")] = sheet.cells, sheet.merges
        for line in table.split(b"<table:table-row")[1:]:
            rows = _count(_facts(line[: line.find(b">")]), "table:number-rows-repeated")
            if any(each in line for each in literals) or any(each.search(line) for each in patterns):
                column, cells = 0, list(_CELL.finditer(line))
                for cell, following in zip_longest(cells, cells[1:]):
                    text = line[cell.end() : following.start() if following else None].decode("utf-8", "replace")
                    column += sheet.take(row, column, rows, _facts(cell[1]), unescape(_TAG.sub("", text[:_LONGEST])))
            row += rows
    return sheets


_LONGEST = 500


def _facts(attributes: bytes) -> dict[str, str]:
    found = _FACT.findall(attributes.decode("utf-8", "replace"))
    return {name: unescape(double or single) for name, double, single in found}


# --- content written otherwise --------------------------------------------------------------------------


def parsed(part: bytes, is_calculated: bool = False) -> Sheets:
    """The marks of any content. Raises ExpatError where it is not well formed."""
    tables = _Tables(is_calculated)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = tables.start, tables.end
    parser.CharacterDataHandler = tables.text
    parser.Parse(part, True)
    return {name: (sheet.cells, sheet.merges) for name, sheet in tables.sheets.items()}


class _Tables:
    """Follows the elements of the content, whatever prefixes stand for its namespaces."""

    def __init__(self, is_calculated: bool) -> None:
        self.sheets: dict[str, _Sheet] = {}
        self._is_calculated = is_calculated
        self._sheet = _Sheet(is_calculated)
        self._depth = self._row = self._column = 0
        self._rows = 1
        self._facts: dict[str, str] = {}
        self._text = ""
        self._in_cell = False

    def start(self, tag: str, facts: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "table":
                self._depth += 1
                if self._depth == 1:
                    self._sheet, self._row = _Sheet(self._is_calculated), 0
                    self.sheets[_usual(facts).get("table:name", "")] = self._sheet
            case "table-row":
                self._column, self._rows = 0, _count(_usual(facts), "table:number-rows-repeated")
            case "table-cell" | "covered-table-cell":
                self._facts, self._text, self._in_cell = _usual(facts), "", True

    def text(self, text: str) -> None:
        if self._in_cell and len(self._text) < _LONGEST:
            self._text += text

    def end(self, tag: str) -> None:
        match tag.rpartition(":")[2]:
            case "table":
                self._depth -= 1
            case "table-row":
                self._row += self._rows
            case "table-cell" | "covered-table-cell":
                self._in_cell = False
                self._column += self._sheet.take(self._row, self._column, self._rows, self._facts, self._text)


_PREFIXES = {"value-type": "office:", "currency": "office:"}


def _usual(facts: dict[str, str]) -> dict[str, str]:
    """Attributes with the prefixes that programs give them."""
    usual = {}
    for key, value in facts.items():
        prefix, _colon, name = key.rpartition(":")
        extended = name == "value-type" and prefix.startswith("calc")
        usual[("calcext:" if extended else _PREFIXES.get(name, "table:")) + name] = value
    return usual
