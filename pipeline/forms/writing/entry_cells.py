"""The cells of the self-scoring sheet that a unit fills, in the row of a criterion or of one of its named inputs.

In: the field, the row, what the unit had entered there. Out: an open cell that accepts what the rubric lets it hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.forms.asked import bounds, kind_in
from pipeline.forms.declared import YES_NO_LIST, Field, Kind, Rows, level_list
from pipeline.forms.writing.form_sheet import FormSheet
from pipeline.forms.writing.making import Role
from pipeline.i18n import _
from pipeline.methods.inputs import Input, row_code
from pipeline.rules.rubric import Criterion
from pipeline.sheets.entry_rules import choice_rule, number_rule, text_rule

Entered = Mapping[str, object]
"""Field of a row -> what stands in it."""


def entry_cell(
    sheet: FormSheet, row: int, field: Field, entered: Entered, criterion: Criterion, one: Input | None = None
) -> None:
    """Write what was entered for the field, and what the cell accepts. ``one``: the input whose row it is."""
    kind = kind_in(field, criterion, one)
    sheet.put(row, field.code, Role.ENTRY, entered.get(field.code), kind)
    sheet.ask(row, row, field.code, _rule(field, kind, criterion, one))


def _rule(field: Field, kind: Kind, criterion: Criterion, one: Input | None) -> dict[str, Any]:
    if kind is Kind.TEXT:
        return text_rule(_(field.title), max_length=field.max_length)
    title = row_code(criterion.code, one.code) if one else f"{criterion.code} – {_(field.title)}"
    asked, is_result = one or criterion, field.rows is not Rows.POINTS
    hints = () if field.rows is Rows.TARGET else (asked.guidance,)
    if kind is Kind.CHOICE:
        return choice_rule(title, hints, defined_name=YES_NO_LIST if one else level_list(criterion.code))
    if is_result and asked.unit:
        hints = (_("Unit of measure: {unit}.").format(unit=asked.unit), *hints)
    low, high = bounds(field, criterion, one)
    return number_rule(title, hints, low=low, high=high, whole=kind is Kind.WHOLE or (is_result and asked.whole))
