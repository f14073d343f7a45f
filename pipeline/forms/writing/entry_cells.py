"""The cells of the self-scoring sheet that a unit fills, in the row of a criterion or of one of its named inputs.

In: the field, the row, what the unit had entered there. Out: an open cell that accepts what the rubric lets it hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.answers import no_data_words
from pipeline.forms.asked import bounds, kind_in
from pipeline.forms.declared import YES_NO_LIST, Field, Kind, Rows, level_list
from pipeline.forms.writing.form_sheet import FormSheet
from pipeline.forms.writing.making import Role
from pipeline.i18n import _
from pipeline.rules.rubric import RubricRow
from pipeline.sheets.entry_rules import choice_rule, number_rule, or_words, text_rule

Entered = Mapping[str, object]
"""Field of a row -> what stands in it."""


def entry_cell(sheet: FormSheet, row: int, field: Field, rubric_row: RubricRow, entered: Entered) -> None:
    """Write what was entered for the field into the row (counted from 0) of the sheet, and what the cell accepts."""
    kind = kind_in(field, rubric_row.criterion, rubric_row.one)
    sheet.put(row, field.code, Role.ENTRY, entered.get(field.code), kind)
    if sheet.has(field.code):
        sheet.ask(row, row, field.code, _rule(field, kind, rubric_row, sheet.cell(row, field.code)))


def _rule(field: Field, kind: Kind, rubric_row: RubricRow, cell: str) -> dict[str, Any]:
    if kind is Kind.TEXT:
        return text_rule(_(field.title), max_length=field.max_length)
    criterion, one = rubric_row.criterion, rubric_row.one
    title = rubric_row.code if one else f"{criterion.code} – {_(field.title)}"
    asked, is_result = rubric_row.asked, field.rows is not Rows.POINTS
    hints = () if field.rows is Rows.TARGET else (asked.guidance,)
    if kind is Kind.CHOICE:
        of_result = YES_NO_LIST if one else level_list(criterion.code)
        return choice_rule(title, hints, defined_name=field.choices or of_result)
    if is_result and asked.unit:
        hints = (_("Unit of measure: {unit}.").format(unit=asked.unit), *hints)
    low, high = bounds(field, criterion, one)
    rule = number_rule(title, hints, low=low, high=high, whole=kind is Kind.WHOLE or (is_result and asked.whole))
    return or_words(rule, cell, no_data_words()) if field.kind is Kind.RESULT and criterion.no_data else rule
