"""Writes the form (phiếu) that a unit fills: one workbook, from the rules and the declaration of the form.

In: a year's rules, a round, a unit; and, where a form is written anew for it, what the unit had entered. Out: an
.xlsx workbook with a guide, a sheet per table, a hidden sheet of lists for the drop-downs, and a very hidden sheet
that says what form it is.

Promises: the same in gives the same bytes; nothing that a unit had entered becomes a formula or a link; what the
workbook shows as points is what its formulas give; openpyxl and LibreOffice open and save it without loss.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter.utility import xl_range_abs

from pipeline.forms.asked import is_asked
from pipeline.forms.declared import (
    COLLECTIVE_AWARDS,
    FORMAT,
    INDIVIDUAL_AWARDS,
    LISTS_SHEET,
    META_KEYS,
    META_SHEET,
    MODELS,
    MOVEMENTS,
    UNIT,
    UNIT_ITEMS,
    Field,
    Kind,
    Table,
    choice_lists,
)
from pipeline.forms.writing.form_sheet import FIRST_ROW, FormSheet
from pipeline.forms.writing.guide import guide_sheet, open_guide
from pipeline.forms.writing.making import Making, Prefill, Role
from pipeline.forms.writing.results import results_sheet
from pipeline.i18n import _, current_language
from pipeline.rules.round_context import RoundContext
from pipeline.seals import SEAL
from pipeline.sheets.entry_rules import choice_rule, date_rule, number_rule, text_rule
from pipeline.sheets.styles import Properties, new_workbook

__all__ = ["Prefill", "write_form"]


def form_facts(context: RoundContext, unit: str) -> dict[str, str]:
    """What the hidden sheet of the unit's form says, but for the seal. Raises KeyError as :func:`write_form`."""
    rules, of = context.rules, context.round
    bloc, _unit = rules.units[unit]
    return {
        "format": FORMAT,
        "plan": rules.plan.code,
        "year": str(rules.plan.year),
        "round": of.code,
        "bloc": bloc.code,
        "unit": unit,
        "form_version": str(of.form_version),
        "fingerprint": rules.fingerprint(bloc, of),
        "language": current_language(),
    }


def write_form(
    target: Path | BinaryIO, context: RoundContext, unit: str, prefill: Prefill | None = None, seal: str = ""
) -> None:
    """Write the form of the unit of that code, with what it had entered. ``seal``: that of its :func:`form_facts`.

    Raises KeyError for a unit that the plan does not have, OSError (wrapped by XlsxWriter as FileCreateError) where
    ``target`` cannot be written.
    """
    plan, round_ = context.plan, context.round
    opened = dt.datetime.combine(round_.opens, dt.time(), dt.UTC)
    book = new_workbook(target, Properties(f"{plan.title} – {round_.name}", plan.issuer, opened))
    making = Making(book, context, *context.rules.units[unit], prefill or {})
    guide = open_guide(making)
    sheets = [
        _unit_sheet(making),
        results_sheet(making),
        _free_sheet(making, MODELS),
        _movements_sheet(making),
        _free_sheet(making, COLLECTIVE_AWARDS),
        _free_sheet(making, INDIVIDUAL_AWARDS),
    ]
    for sheet in sheets:
        if not is_asked(sheet.table, context.rules):  # there, for a form has all sheets, and out of sight
            sheet.sheet.hide()
    guide_sheet(making, guide, [sheet for sheet in sheets if is_asked(sheet.table, context.rules)])
    _lists_sheet(making)
    _meta_sheet(making, form_facts(context, unit) | {SEAL: seal})
    book.close()


# --- the sheets ---------------------------------------------------------------------------------------


def _unit_sheet(making: Making) -> FormSheet:
    """Who fills the form in and who signs it; one item a row, each with its own type."""
    sheet = FormSheet(making, UNIT, landscape=False, hidden="item")
    ours = {"unit_code": making.unit.code, "unit_name": making.unit.name, "bloc_name": making.bloc.name}
    entered = making.given_by_key(UNIT)
    for row, item in enumerate(UNIT_ITEMS, start=FIRST_ROW):
        sheet.put(row, "item", Role.GIVEN, item.code)
        sheet.put(row, "label", Role.GIVEN, _(item.title))
        if item.ours:
            sheet.put(row, "value", Role.GIVEN, ours[item.code])
            continue
        sheet.put(row, "value", Role.ENTRY, entered.get(item.code, {}).get("value"), item.kind)
        sheet.ask(row, row, "value", _rule(making, item))
        if item.required:
            sheet.must(row, "value")
    sheet.finish()
    return sheet


def _movements_sheet(making: Making) -> FormSheet:
    """One row for each movement of the plan."""
    sheet = FormSheet(making, MOVEMENTS)
    entered = making.given_by_key(MOVEMENTS)
    movements = making.rules.plan.movements
    for row, movement in enumerate(movements, start=FIRST_ROW):
        sheet.put(row, "movement", Role.GIVEN, movement.code, Kind.CHOICE)
        sheet.put(row, "name", Role.GIVEN, movement.name)
        for field in _to_fill(sheet):
            sheet.put(row, field.code, Role.ENTRY, entered.get(movement.code, {}).get(field.code))
    for field in _to_fill(sheet):
        sheet.ask(FIRST_ROW, FIRST_ROW + len(movements) - 1, field.code, _rule(making, field))
    sheet.finish()
    return sheet


def _free_sheet(making: Making, table: Table) -> FormSheet:
    """Numbered blank rows; more of them where the unit had entered more."""
    sheet = FormSheet(making, table)
    entered = making.given(table)
    fields = _to_fill(sheet)
    begun = [each.code for each in fields]
    count = max(table.free_rows, len(entered))
    for place in range(count):
        row = FIRST_ROW + place
        sheet.put(row, "number", Role.GIVEN, place + 1)
        for field in fields:
            value = entered[place].get(field.code) if place < len(entered) else None
            sheet.put(row, field.code, Role.ENTRY, value)
            if field.required:
                always = place < table.at_least and is_asked(table, making.rules)
                sheet.must(row, field.code, {} if always else dict.fromkeys(begun, '""'))
    for field in fields:
        sheet.ask(FIRST_ROW, FIRST_ROW + count - 1, field.code, _rule(making, field))
    sheet.finish(insert_rows=True)
    return sheet


def _to_fill(sheet: FormSheet) -> list[Field]:
    return [field for field in sheet.fields if not field.ours]


def _rule(making: Making, field: Field) -> dict[str, Any]:
    """What the field accepts, as its declaration says."""
    title, hints = _(field.title), (_(field.help),) if field.help else ()
    match field.kind:
        case Kind.NUMBER | Kind.WHOLE:
            return number_rule(title, hints, whole=field.kind is Kind.WHOLE)
        case Kind.CHOICE:
            return choice_rule(title, hints, defined_name=field.choices)
        case Kind.DATE:
            year = making.rules.plan.year
            return date_rule(title, hints, first=dt.date(year, 1, 1), last=dt.date(year + 1, 3, 31))
        case _:
            return text_rule(title, hints, max_length=field.max_length)


# --- what only the software reads ---------------------------------------------------------------------


def _lists_sheet(making: Making) -> None:
    """The lists of the drop-downs: one a column, below its name."""
    sheet = making.book.add_worksheet(LISTS_SHEET)
    for column, (name, options) in enumerate(choice_lists(making.rules, making.bloc).items()):
        for row, text in enumerate((name, *options)):
            sheet.write_string(row, column, text)
        places = xl_range_abs(1, column, max(1, len(options)), column)
        making.book.define_name(name, f"={LISTS_SHEET}!{places}")
    sheet.protect()
    sheet.hide()


def _meta_sheet(making: Making, facts: Mapping[str, str]) -> None:
    """What form this is: so a file is recognised whatever its name has become."""
    sheet = making.book.add_worksheet(META_SHEET)
    for row, key in enumerate(key for key in META_KEYS if facts[key]):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, facts[key])
    sheet.protect()
    sheet.very_hidden()
