"""One sheet of the form: title block, hidden field codes, headings, and cells that a unit may or may not fill.

In: what a form is made from (:class:`~pipeline.forms.writing.making.Making`) and the declaration of a table. Out: a
protected sheet, and how many cells are still missing on it, as a formula and as a number.

Promise: whatever a unit had entered is written as what it was, text as text; nothing of it becomes a formula or
a link. Rows that a unit fills are as high as they need to be and grow with what is typed.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.forms.declared import Kind, Table, sheet_title
from pipeline.forms.writing.making import MISSING, TEXT_SIZE, Making, Role, height, set_page
from pipeline.i18n import _
from pipeline.sheets import styles
from pipeline.sheets.addresses import column_letter, quoted
from pipeline.sheets.growing_sheet import GrowingSheet

CODES_ROW, HEADING_ROW, FIRST_ROW = 4, 5, 6
"""Rows (from 0) below the four lines of the title block."""

_LEAST_HEIGHT, _MOST_HEIGHT = 21.0, 400.0
"""Points; Excel's own limit is 409."""


class FormSheet:
    """A sheet with one table, being written. Rows and columns are counted from 0. ``hidden``: a field nobody reads;
    ``wider``: fields whose column must be at least so wide."""

    def __init__(
        self,
        making: Making,
        table: Table,
        *,
        landscape: bool = True,
        hidden: str = "",
        wider: Mapping[str, float] | None = None,
    ) -> None:
        self.making = making
        self.table = table
        self.title = sheet_title(table, making.round)
        self.heading = _(making.round.kind.table_titles.get(table.code, table.title))
        least = wider or {}
        self.fields = tuple(
            replace(each, width=max(each.width, least.get(each.code, 0))) for each in table.asked_in(making.round)
        )
        self.hidden = hidden
        self.column = {each.code: place for place, each in enumerate(self.fields)}
        self.sheet: Any = making.book.add_worksheet(self.title, GrowingSheet)
        self._values: dict[tuple[int, str], object] = {}
        self._first_entry: tuple[int, int] | None = None
        self._musts: dict[tuple[str, tuple[tuple[str, str], ...]], list[int]] = {}
        self._title_block()
        self._headings()
        self.sheet.freeze_panes(FIRST_ROW, 2)
        set_page(making, self.sheet, self.title, landscape=landscape, repeat_rows=(HEADING_ROW, HEADING_ROW))

    def _title_block(self) -> None:
        making, last = self.making, len(self.fields) - 1
        plan = making.rules.plan
        lines: tuple[tuple[str, dict[str, Any]], ...] = (
            (plan.issuer.upper(), {"bold": True, "font_size": 12}),
            (self.heading.upper(), {"bold": True, "font_size": 15, "align": "center"}),
            (f"{plan.title} – {making.round.name}", {"italic": True, "font_size": 12, "align": "center"}),
            (
                _("Unit: {unit} – {bloc}").format(unit=making.unit.name, bloc=making.bloc.name),
                {"bold": True, "font_size": 12, "align": "center"},
            ),
        )
        width = sum(each.width for each in self.fields if each.code != self.hidden)
        for row, (text, properties) in enumerate(lines):
            styles.across(self.sheet, row, (0, last), text, making.paper(text_wrap=True, **properties))
            below = 6 if row == len(lines) - 1 else 2
            self.sheet.set_row(row, height(text, width, properties["font_size"]) + below)

    def _headings(self) -> None:
        bold = {"bold": True, "align": "center", "text_wrap": True, "border": 1, "border_color": styles.RULE_LINE}
        heading = self.making.paper(font_size=12, font_color="#FFFFFF", bg_color=styles.BLUE, **bold)
        for place, each in enumerate(self.fields):
            self.sheet.write_string(CODES_ROW, place, each.code)
            self.sheet.write_string(HEADING_ROW, place, _(each.title), heading)
            self.sheet.set_column(place, place, each.width, None, {"hidden": each.code == self.hidden})
        self.sheet.set_row(CODES_ROW, None, None, {"hidden": True})
        tallest = max(height(_(each.title), each.width * 0.85, 12) for each in self.fields)
        self.sheet.set_row(HEADING_ROW, tallest + 6)

    # --- cells ---------------------------------------------------------------------------------------

    def has(self, code: str) -> bool:
        """Whether this round's form has that field."""
        return code in self.column

    def cell(self, row: int, code: str) -> str:
        """``G7``."""
        return str(xl_rowcol_to_cell(row, self.column[code]))

    def put(self, row: int, code: str, role: Role, value: object = None, kind: Kind | None = None) -> None:
        """Write a value into a cell, as what it is; nothing where this round's form has no such field."""
        if not self.has(code):
            return
        kind = kind or self.table.field(code).kind
        self._values[row, code] = value
        if role is Role.ENTRY and self._first_entry is None:
            self._first_entry = (row, self.column[code])
        self._write(row, self.column[code], value, self.making.look(role, kind), role)

    def _write(self, row: int, column: int, value: object, look: Any, role: Role) -> None:
        sheet = self.sheet
        match value:
            case bool():  # Excel counts no truth value as a number, LibreOffice does; as text it is none for both
                sheet.write_string(row, column, str(value).upper(), look)
            case int() | float() | Decimal() if is_number(value):
                sheet.write_number(row, column, float(value), look)
            case dt.date() if value.year >= 1900:
                sheet.write_datetime(row, column, value, self.making.look(role, Kind.DATE))
            case _ if is_blank(value):
                sheet.write_blank(row, column, None, look)
            case _:
                sheet.write_string(row, column, str(value), look)

    def formula(self, row: int, code: str, role: Role, formula: str, value: float | str) -> None:
        """Write a live formula with the value that it has now."""
        if self.has(code):
            self.sheet.write_formula(row, self.column[code], formula, self.making.look(role, Kind.NUMBER), value)

    def ask(self, first_row: int, last_row: int, code: str, rule: dict[str, Any]) -> None:
        """Restrict what may be entered in the rows of a column; see :mod:`pipeline.sheets.entry_rules`."""
        if self.has(code):
            self.sheet.data_validation(first_row, self.column[code], last_row, self.column[code], rule)

    def must(self, row: int, code: str, begun_by: Mapping[str, str] | None = None) -> None:
        """The cell has to be filled; with ``begun_by``, only where one of those fields of the row is not that value
        (``""`` or ``0``, as a formula has it)."""
        if self.has(code):
            begun = tuple((each, nothing) for each, nothing in (begun_by or {}).items() if self.has(each))
            self._musts.setdefault((code, begun), []).append(row)

    # --- what is missing -----------------------------------------------------------------------------

    def finish(self, *, insert_rows: bool = False) -> None:
        """Highlight what is missing, lock what is ours. No password: it guards against slips, not against people."""
        self._set_heights()
        shade = self.making.book.add_format({"bg_color": MISSING}) if self._musts else None
        for (code, begun_by), rows in self._musts.items():
            ranges = [self._range(code, *run) for run in _runs(rows)]
            first = rows[0]
            filled = ",".join(_is_not(f"${self.cell(first, each)}", nothing) for each, nothing in begun_by)
            missing = f'{self.cell(first, code)}=""'
            self.sheet.conditional_format(
                ranges[0],
                {
                    "type": "formula",
                    "criteria": f"=AND({missing},OR({filled}))" if filled else f"={missing}",
                    "format": shade,
                    "multi_range": " ".join(ranges),
                },
            )
        if self._first_entry:
            self.sheet.set_selection(*self._first_entry, *self._first_entry)
        self.sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letter(len(self.fields) - 1)}1000"})
        self.sheet.protect(
            "", {"format_columns": True, "format_rows": True, "insert_rows": insert_rows, "insert_hyperlinks": False}
        )

    def _set_heights(self) -> None:
        """Each row as high as its longest text needs, and free to grow."""
        needed: dict[int, float] = {}
        for (row, code), value in self._values.items():
            least = needed.get(row, _LEAST_HEIGHT)
            if isinstance(value, str) and code != self.hidden:
                least = max(least, height(value, self.fields[self.column[code]].width - 2, TEXT_SIZE) + 4)
            needed[row] = least
        for row, points in needed.items():
            self.sheet.set_row(row, min(points, _MOST_HEIGHT))
        self.sheet.growing.update(needed)

    def _range(self, code: str, first_row: int, last_row: int) -> str:
        first, last = self.cell(first_row, code), self.cell(last_row, code)
        return first if first_row == last_row else f"{first}:{last}"

    def missing_formula(self) -> str:
        """How many cells that must be filled are blank, seen from another sheet; "" where none must be."""
        there = quoted(self.title) + "!"
        terms = []
        for (code, begun_by), rows in self._musts.items():
            for run in _runs(rows):
                asked = there + self._range(code, *run)
                if not begun_by:
                    terms.append(f"COUNTBLANK({asked})")
                    continue
                filled = "+".join(
                    f"({_is_not(there + self._range(each, *run), nothing)})" for each, nothing in begun_by
                )
                terms.append(f'SUMPRODUCT(({asked}="")*(({filled})>0))')
        return "=" + "+".join(terms) if terms else ""

    def missing_count(self) -> int:
        """What :meth:`missing_formula` gives now."""
        return sum(
            1
            for (code, begun_by), rows in self._musts.items()
            for row in rows
            if is_blank(self._values.get((row, code)))
            and (not begun_by or any(self._begun(row, each, nothing) for each, nothing in begun_by))
        )

    def _begun(self, row: int, code: str, nothing: str) -> bool:
        value = self._values.get((row, code))
        return not is_blank(value) and (nothing != "0" or (is_number(value) and value != 0))


def _is_not(cells: str, nothing: str) -> str:
    """Whether cells hold something else than ``nothing``; a formula that shows no number has no points."""
    return f"ISNUMBER({cells})*({cells}<>0)" if nothing == "0" else f"{cells}<>{nothing}"


def is_blank(value: object) -> bool:
    """Whether a cell with this value is empty."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def is_number(value: object) -> bool:
    """Whether a cell with this value holds a number; an infinite one cannot be held."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) and math.isfinite(value)


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Consecutive rows as (first, last)."""
    runs = []
    for _offset, run in groupby(enumerate(sorted(rows)), key=lambda pair: pair[1] - pair[0]):
        places = [row for _place, row in run]
        runs.append((places[0], places[-1]))
    return runs
