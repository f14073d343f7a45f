"""The marks at the cells of a unit's workbook: a colour and a comment for every error and warning.

In: an open openpyxl workbook and the findings of that file. Out: the same workbook, marked; marks of an earlier
round are taken away first.

The colour is a conditional format that holds while the cell still has the value it came with: it disappears when the
unit changes the cell, and the cell's own format, lock and drop-down are never touched. Our rules are known by
``N("thidua")`` in their formula (it counts as 0), our comments by their first line; both survive saving by other
programs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.code_lists import Severity
from pipeline.findings.finding import where
from pipeline.i18n import N_, _, in_every_language
from pipeline.sheets.styles import AMBER_INK, RED_INK

RULE_MARK = 'N("thidua")=0'
COMMENT_AUTHOR = N_("Emulation")
COMMENT_MARK = re.compile(r"([^\n\[]+) \[[\d, ]+\]")
THEIRS_BELOW = "\n———\n"  # in a cell that bears a comment already, ours stands above the unit's

SHOWN_ENTRY, SHOWN_MESSAGE = 200, 900  # characters; longer texts are cut, the unit has them in its own cell

LABEL = {Severity.ERROR: N_("Error"), Severity.WARNING: N_("To check"), Severity.NOTE: N_("For information")}
COLOUR = {Severity.ERROR: ("#FFC7CE", RED_INK), Severity.WARNING: ("#FFEB9C", AMBER_INK)}
"""Fill and ink of what is marked at its cell, stronger than any fill of the form; a note is listed only."""


@dataclass(frozen=True)
class Item:
    """One finding at its place. ``sheet`` and ``cell`` are None where the workbook has no such place."""

    number: int
    severity: Severity
    sheet: Worksheet | None
    cell: Cell | None
    criterion: str
    entered: str
    message: str


def items_of(book: Workbook, findings: Sequence[Mapping[Any, Any]]) -> list[Item]:
    """The findings (rows of :class:`pipeline.tables.Findings`) at their places, errors first, numbered from 1."""
    rows = sorted(findings, key=lambda row: list(Severity).index(Severity(row["severity"])))
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    return [_item(number, row, sheets.get(row["sheet"])) for number, row in enumerate(rows, 1)]


def _item(number: int, row: Mapping[Any, Any], sheet: Worksheet | None) -> Item:
    message = without_place(row["message"], row["sheet"], row["cell"], row["criterion"])
    return Item(
        number,
        Severity(row["severity"]),
        sheet,
        _find(sheet, row["cell"]),
        shown(row["criterion"], SHOWN_ENTRY),
        shown(str(row["entered"]), SHOWN_ENTRY),
        shown(message[:1].upper() + message[1:], SHOWN_MESSAGE),
    )


def without_place(message: str, sheet: str, cell: str, criterion: str) -> str:
    """A finding's message without its place, which the list and the comment show anyway."""
    return message.removeprefix(where(sheet, cell, criterion) + ": ")


def _find(sheet: Worksheet | None, reference: str) -> Cell | None:
    """The cell of that name; of a merged range the first, which alone can hold a value."""
    if sheet is None or not re.fullmatch(r"[A-Z]{1,3}[1-9]\d{0,6}", reference):
        return None
    row, column = coordinate_to_tuple(reference)
    is_new = (row, column) not in sheet._cells
    cell: Any = sheet.cell(row, column)
    if is_new:
        cell._style = copy(_style_without_cell(sheet, row, column))
    if isinstance(cell, MergedCell):
        merged = next(cells for cells in sheet.merged_cells.ranges if reference in cells)
        cell = sheet.cell(merged.min_row, merged.min_col)
    return cell  # type: ignore[no-any-return]


def _style_without_cell(sheet: Worksheet, row: int, column: int) -> Any:
    """What a cell that the file leaves out takes from its row, or else its column: its lock above all."""
    line: Any = sheet.row_dimensions.get(row)
    if line is not None and line.has_style:
        return line._style
    groups: Any = sheet.column_dimensions.values()
    return next((group._style for group in groups if group.min and group.min <= column <= group.max), StyleArray())


_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def shown(text: str, limit: int) -> str:
    """``text`` cut to ``limit`` characters, without what XML cannot hold; ``_x0041_`` stays as it is, no code for A."""
    text = _UNWRITABLE.sub("\ufffd", text)
    text = text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


def mark_cells(book: Workbook, items: Sequence[Item]) -> None:
    """Colour and comment the cells of all errors and warnings, in place of the marks of an earlier round."""
    for sheet in book.worksheets:
        items_at: dict[str, list[Item]] = {}
        for item in items:
            if item.cell is not None and item.sheet is sheet and item.severity in COLOUR:
                items_at.setdefault(item.cell.coordinate, []).append(item)
        _colour(sheet, items_at)
        _comment(sheet, items_at)


# --- colour -----------------------------------------------------------------------------------------


def _colour(sheet: Worksheet, items_at: Mapping[str, Sequence[Item]]) -> None:
    """Replace our conditional formats. Ours are applied first, the others keep their order.

    ``items_at``: name of a cell -> its errors and warnings.
    """
    formats = sheet.conditional_formatting
    kept = [(str(cells.sqref), rule) for cells in formats for rule in cells.rules if not _ours(rule)]
    kept.sort(key=lambda pair: pair[1].priority)
    sheet.conditional_formatting = ConditionalFormattingList()
    for reference, items in items_at.items():
        condition = f"AND({RULE_MARK},{unchanged(sheet[reference], absolute(sheet[reference]))})"
        shade = look(*COLOUR[items[0].severity])
        _add_rule(sheet, reference, Rule("expression", dxf=shade, formula=[condition]))
    for cells, rule in kept:
        _add_rule(sheet, cells, rule)


def _add_rule(sheet: Worksheet, cells: str, rule: Rule) -> None:
    rule.priority = 0  # then the list numbers it: first added, first applied
    sheet.conditional_formatting.add(cells, rule)


def _ours(rule: Rule) -> bool:
    return any(RULE_MARK in str(formula).replace(" ", "") for formula in rule.formula)


def look(fill: str, ink: str) -> DifferentialStyle:
    """The look of a conditional format: bold in the colour ``ink`` on ``fill``, both ``#RRGGBB``."""
    return DifferentialStyle(font=Font(color=argb(ink), bold=True), fill=PatternFill("solid", bgColor=argb(fill)))


def argb(colour: str) -> str:
    """``#RRGGBB`` as openpyxl has it."""
    return "FF" + colour.removeprefix("#")


def absolute(cell: Cell) -> str:
    """``$F$7``."""
    return f"${cell.column_letter}${cell.row}"


def unchanged(cell: Cell, reference: str) -> str:
    """An Excel condition: ``reference`` still holds what ``cell`` holds now. A text is compared as a quoted text."""
    value: Any = cell.value
    if value is None:
        return f'{reference}=""'
    if cell.data_type == "f":
        return "TRUE"
    if cell.data_type == "e":
        return f"ISERROR({reference})"
    if isinstance(value, bool | int | float):  # a blank cell equals 0 and FALSE
        kind = "ISLOGICAL" if isinstance(value, bool) else "ISNUMBER"
        return f"AND({kind}({reference}),{reference}={str(value).upper()})"
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return f"ABS({reference}-{_serial(cell)})<0.00001"
    return _same_text(reference, str(value))


def _serial(cell: Any) -> float:
    return float(to_excel(cell.value, cell.parent.parent.epoch))  # type: ignore[no-untyped-call]


def _same_text(reference: str, text: str) -> str:
    if "_x" in text:  # may be the code of another character
        return "TRUE"
    if len(text) <= 200 and text.isprintable():  # a quoted text holds at most 255
        quoted = text.replace('"', '""')
        return f'EXACT({reference},"{quoted}")'
    return f"LEN({reference})={len(text.encode('utf-16-le')) // 2}"


# --- comment ----------------------------------------------------------------------------------------


def _comment(sheet: Worksheet, items_at: Mapping[str, Sequence[Item]]) -> None:
    """Replace our comments by those of ``items_at``; the unit's own stay."""
    # Walking by rows would create every cell of a range that claims to be A1:XFD1048576.
    for cell in list(sheet._cells.values()):
        if isinstance(cell, Cell) and (cell.comment is not None or cell.coordinate in items_at):
            theirs, author = _theirs(cell)
            ours = _comment_text(items_at.get(cell.coordinate, ()))
            text = THEIRS_BELOW.join(filter(None, (ours, theirs)))
            cell.comment = Comment(text, author, *comment_size(text)) if text else None


def _theirs(cell: Cell) -> tuple[str, str]:
    """The unit's own comment and its author."""
    if cell.comment is None:
        return "", _(COMMENT_AUTHOR)
    return without_ours(cell.comment.text), cell.comment.author or _(COMMENT_AUTHOR)


def without_ours(text: str) -> str:
    """Of a comment's text what is the unit's own."""
    marked = COMMENT_MARK.match(text)
    return text.partition(THEIRS_BELOW)[2] if marked and marked[1] in in_every_language(COMMENT_AUTHOR) else text


def _comment_text(items: Sequence[Item]) -> str:
    if not items:
        return ""
    numbers = ", ".join(str(item.number) for item in items)
    lines = [f"{_(LABEL[item.severity])}: {item.message}" for item in items]
    return "\n".join((f"{_(COMMENT_AUTHOR)} [{numbers}]", *lines))


def comment_size(text: str) -> tuple[int, int]:
    """Height and width that show the whole text: some 38 characters to a line."""
    return 18 * line_count(text, 38) + 18, 280


def line_count(text: str, width: float) -> int:
    """How many lines ``text`` takes where a line holds ``width`` characters."""
    return sum(max(1, ceil(len(line) / width)) for line in text.split("\n"))
