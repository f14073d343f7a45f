"""The first sheet of a marked workbook: every finding, what to do about it, and a link to its cell.

In: an open openpyxl workbook and the findings as :class:`~pipeline.feedback.marking.Item`. Out: the sheet, first and
shown on opening. Its cell A1 holds :data:`LIST_MARK`, so that the next round can replace it. Its last column is a live
formula that shows which cells have been changed. What a unit typed is written as text, whatever it looks like.
"""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.code_lists import Severity
from pipeline.feedback.marking import (
    COLOUR,
    LABEL,
    SHOWN_MESSAGE,
    Item,
    absolute,
    argb,
    line_count,
    look,
    shown,
    unchanged,
)
from pipeline.i18n import N_, _
from pipeline.sheets.styles import AMBER_INK, BLUE, BLUE_PALE, FONT, GREEN_INK, GREEN_PALE, INK, RED_INK, RULE_LINE

LIST_SHEET = N_("Corrections")
LIST_MARK = "thidua-can-sua"

COLUMNS = (
    (N_("No."), 5),
    (N_("Severity"), 12),
    (N_("Sheet"), 17),
    (N_("Cell"), 8),
    (N_("Criterion"), 9),
    (N_("What was entered"), 26),
    (N_("What is wrong, and what to do"), 62),
    (N_("State"), 15),
)

_SIDE = Side("thin", color=argb(RULE_LINE))
_TABLE = Border(_SIDE, _SIDE, _SIDE, _SIDE)
_PLAIN = Alignment(vertical="center", wrap_text=True)
_WRAPPED = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
_CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)


def add_list(book: Workbook, items: list[Item], about: tuple[str, ...]) -> None:
    """Add the list of the items as the first sheet. ``about``: lines above it."""
    sheet = book.create_sheet(_free_title(book), 0)
    _write(sheet.cell(1, 1), LIST_MARK)
    sheet.row_dimensions[1].hidden = True
    heading = _head(sheet, items, about)
    for column, (title, width) in enumerate(COLUMNS, 1):
        cell: Any = sheet.cell(heading, column)
        _write(cell, _(title), Font(FONT, 11, bold=True, color=argb(INK)), _CENTRED)
        cell.fill, cell.border = _fill(BLUE_PALE), _TABLE
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, item in enumerate(items, heading + 1):
        _line(sheet, row, item)
    _set_up(sheet, heading, heading + len(items))
    _show_first(book)


def remove_lists(book: Workbook) -> None:
    """Remove the lists of earlier rounds."""
    for sheet in list(book.worksheets):
        # sheet["A1"] would create the cell.
        corner = sheet._cells.get((1, 1))
        if corner is not None and corner.value == LIST_MARK:
            book.remove(sheet)


def _free_title(book: Workbook) -> str:
    title, taken = _(LIST_SHEET), {name.casefold() for name in book.sheetnames}
    return next(name for name in (title, *(f"{title} ({n})" for n in range(2, 99))) if name.casefold() not in taken)


def _head(sheet: Worksheet, items: list[Item], about: tuple[str, ...]) -> int:
    """Write title, whose form, how many findings, what to do. Returns the row of the table's headings."""
    lines = [(_("What to correct in this form"), Font(FONT, 16, bold=True, color=argb(BLUE)))]
    lines += [(shown(line, SHOWN_MESSAGE), Font(FONT, 12)) for line in about]
    lines += [(_count(items), Font(FONT, 12, bold=True, color=argb(RED_INK if _errors(items) else AMBER_INK)))]
    lines += [(line, Font(FONT, 12)) for line in _steps(items)]
    width = sum(column_width for _title, column_width in COLUMNS)
    for row, (text, font) in enumerate(lines, 2):
        _write(sheet.cell(row, 1), text, font, _PLAIN)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(COLUMNS))
        sheet.row_dimensions[row].height = (font.size + 5) * line_count(text, width * 11 / font.size)
    return len(lines) + 3


def _errors(items: list[Item]) -> int:
    return sum(item.severity is Severity.ERROR for item in items)


def _count(items: list[Item]) -> str:
    warnings = sum(item.severity is Severity.WARNING for item in items)
    errors = _("{n} errors to correct (red cells)").format(n=_errors(items))
    places = _("{n} places to check (yellow cells)").format(n=warnings)
    if _errors(items) and warnings:
        return _("{errors} and {places}.").format(errors=errors, places=places)
    return f"{places if warnings else errors}."


def _steps(items: list[Item]) -> tuple[str, ...]:
    steps = (
        _("1. Click the blue name of a cell in column “Cell” to go there. The note at the cell says what to do."),
        _("2. Correct it. The colour goes out and column “State” changes as soon as the cell has another value."),
    )
    if _errors(items):
        last = _("3. Save this file and send it back. This sheet may stay; a yellow cell that is right stays as it is.")
    else:
        last = _("3. If all is right as it is, nothing needs to be sent; otherwise save this file and send it back.")
    return (*steps, last)


def _line(sheet: Worksheet, row: int, item: Item) -> None:
    coordinate = item.cell.coordinate if item.cell else ""
    texts = (
        str(item.number),
        _(LABEL[item.severity]),
        item.sheet.title if item.sheet else "",
        coordinate,
        item.criterion,
        item.entered,
        item.message,
    )
    for column, text in enumerate(texts, 1):
        cell: Any = sheet.cell(row, column)
        _write(cell, text, Font(FONT, 11), _CENTRED if column in (1, 2, 4, 5) else _WRAPPED)
        cell.border = _TABLE
    fill, ink = COLOUR.get(item.severity, (None, INK))
    label = sheet.cell(row, 2)
    label.font = Font(FONT, 11, bold=True, color=argb(ink))
    if fill:
        label.fill = _fill(fill)
    if item.sheet:
        _link(sheet.cell(row, 4 if coordinate else 3), item.sheet, coordinate or "A1")
    _state(sheet, row, item)
    # A height is stated, for not every program fits a row to its wrapped text on opening.
    lines = max(line_count(text, 1.1 * width) for text, (_title, width) in zip(texts, COLUMNS, strict=False))
    sheet.row_dimensions[row].height = 15 * lines + 5


def _link(cell: Any, sheet: Worksheet, target: str) -> None:
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(sheet.title)}!{target}")
    cell.font = Font(FONT, 11, bold=True, underline="single", color="FF0563C1")


def _state(sheet: Worksheet, row: int, item: Item) -> None:
    """A live formula: whether the cell still holds what it came with."""
    state: Any = sheet.cell(row, len(COLUMNS))
    state.font, state.alignment, state.border = Font(FONT, 11), _CENTRED, _TABLE
    if item.cell is not None and item.severity in COLOUR:
        reference = f"{quote_sheetname(item.cell.parent.title)}!{absolute(item.cell)}"
        words = _("Not yet changed"), _("Changed")
        state.value = f'=IF({unchanged(item.cell, reference)},"{words[0]}","{words[1]}")'


def _write(cell: Any, text: str, font: Font | None = None, alignment: Alignment = _PLAIN) -> None:
    """Write a text that stays a text, also if it begins with = or somebody edits it later."""
    cell.value = text
    cell.data_type = "s"
    cell.font, cell.alignment = font or Font(FONT, 11), alignment
    cell.quotePrefix = text[:1] in tuple("=+-@'")


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=argb(colour))


def _set_up(sheet: Worksheet, heading: int, last: int) -> None:
    """A4, as wide as the page; a line turns green once its cell has changed."""
    changed = f'$H{heading + 1}="' + _("Changed") + '"'
    if last > heading:
        shade = look(GREEN_PALE, GREEN_INK)
        sheet.conditional_formatting.add(f"H{heading + 1}:H{last}", Rule("expression", dxf=shade, formula=[changed]))
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = argb(RED_INK)
    sheet.print_title_rows = f"{heading}:{heading}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.6, right=0.4, top=0.6, bottom=0.7)
    footer: Any = sheet.oddFooter
    footer.center.text = "&P/&N"


def _show_first(book: Workbook) -> None:
    """Open on the list. Two sheets selected together would be filled in together."""
    book.active = 0
    for place, sheet in enumerate(book.worksheets):
        sheet.sheet_view.tabSelected = place == 0
    for view in book.views:
        view.firstSheet = 0
    book.calculation.fullCalcOnLoad = True
