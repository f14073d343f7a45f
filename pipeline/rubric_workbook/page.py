"""A sheet of the rubric's workbook: the head of a paper, hidden codes, headings, and cells that may be changed.

In: the rules, a bloc, the columns of a sheet. Out: the sheet, locked but for its yellow cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

from pipeline.answers import NO, YES
from pipeline.forms.writing.making import height
from pipeline.i18n import _
from pipeline.rubric_workbook.entries import Entry, Kind, entries, fingerprint, label, option_words
from pipeline.rules.rubric import Bloc
from pipeline.rules.year import Rules
from pipeline.sheets import styles
from pipeline.sheets.entry_rules import text_rule
from pipeline.sheets.growing_sheet import GrowingSheet
from pipeline.sheets.styles import across, national_heading, page_setup

KEY = "address"  # the hidden column with the address of each row; it stands first
HEADING_ROW = 7
LEAST_HEIGHT = 18.0


@dataclass(frozen=True)
class PageColumn:
    """A column of a sheet: its code in the hidden row, its heading and width."""

    code: str
    title: str
    width: float


class RubricWorkbook:
    """The workbook being written, its formats, and the entries that it shows."""

    def __init__(self, book: xlsxwriter.Workbook, rules: Rules, bloc: Bloc) -> None:
        self.book, self.rules, self.bloc = book, rules, bloc
        self.look = styles.styles(book, rules.plan.decimals)
        self.entries = entries(bloc)
        font: dict[str, Any] = {
            "font_name": styles.FONT,
            "font_size": 11,
            "locked": False,
            "bg_color": styles.YELLOW_PALE,
        }
        cell = {**font, "border": 1, "border_color": styles.RULE_LINE, "valign": "vcenter", "text_wrap": True}
        plain: dict[Kind, dict[str, Any]] = {
            Kind.NUMBER: {"align": "right"},
            Kind.TEXT: {"num_format": "@", "align": "left", "indent": 1},
            Kind.TRUTH: {"align": "center"},
            Kind.CHOICE: {"align": "left", "indent": 1},
        }
        self.open = {kind: book.add_format(cell | shape) for kind, shape in plain.items()}
        self.open_bold = {kind: book.add_format(cell | shape | {"bold": True}) for kind, shape in plain.items()}

    def sheet(self, title: str, heading: str, columns: Sequence[PageColumn], *, landscape: bool) -> Any:
        """A sheet with national heading, title, hidden codes and headings."""
        sheet = self.book.add_worksheet(title, GrowingSheet)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width, None, {"hidden": column.code == KEY})
            sheet.write_string(HEADING_ROW - 1, position, column.code)
            if column.code != KEY:
                sheet.write_string(HEADING_ROW, position, _(column.title), self.look.heading)
        sheet.set_row(HEADING_ROW - 1, None, None, {"hidden": True})
        sheet.set_row(HEADING_ROW, 36)
        plan, last = self.rules.plan, len(columns) - 1
        middle = next(n for n in range(1, last) if 2 * _width(columns[1 : n + 1]) >= 0.8 * _width(columns[1:]))
        national_heading(sheet, self.look, plan.issuer, plan.council.name, ((1, middle), (middle + 1, last)))
        sheet.set_row(3, 26)
        across(sheet, 3, (1, last), heading, self.look.title)
        subtitle = f"{self.bloc.name} – {plan.title}"
        across(sheet, 4, (1, last), subtitle, self.look.subtitle)
        sheet.set_row(4, height(subtitle, _width(columns[1:]) * 0.9, 12) + 4)
        across(sheet, 5, (1, last), _("Change yellow cells only, then: thidua rubric import FILE"), self.look.hint)
        sheet.freeze_panes(HEADING_ROW + 1, 2)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        page_setup(
            sheet,
            landscape=landscape,
            repeat_rows=(HEADING_ROW, HEADING_ROW),
            footer=f"{self.bloc.code} – {fingerprint(self.bloc)}",
        )
        return sheet


@dataclass(frozen=True)
class PageRow:
    """A row of a sheet being written; ``number`` counts from 0."""

    workbook: RubricWorkbook
    sheet: Any
    number: int

    def text(self, column: int, text: str, look: Format | None) -> None:
        """Write a cell that is locked."""
        self.sheet.write_string(self.number, column, text, look)

    def put(self, column: int, entry: Entry, *, bold: bool = False) -> None:
        """Write a cell that may be changed, with what it accepts."""
        sheet, row = self.sheet, self.number
        look = (self.workbook.open_bold if bold else self.workbook.open)[entry.kind]
        match entry.value:
            case None | "":
                sheet.write_blank(row, column, None, look)
            case bool():
                sheet.write_string(row, column, _(YES) if entry.value else _(NO), look)
            case Decimal():
                sheet.write_number(row, column, float(entry.value), look)
            case text:
                words = next((w for w, option in option_words(entry).items() if option == text), text)
                sheet.write_string(row, column, words, look)
        if entry.kind in (Kind.TRUTH, Kind.CHOICE):
            listed = [_(YES), _(NO)] if entry.kind is Kind.TRUTH else list(option_words(entry))
            sheet.data_validation(row, column, row, column, {"validate": "list", "source": listed})
        elif entry.kind is Kind.TEXT and entry.needed:
            sheet.data_validation(row, column, row, column, text_rule(label(entry), max_length=500))

    def set_height(self, points: float) -> None:
        """So high, and free to grow with what is typed."""
        self.sheet.set_row(self.number, min(points, 400.0))
        self.sheet.growing.add(self.number)


def _width(columns: Sequence[PageColumn]) -> float:
    return sum(column.width for column in columns)
