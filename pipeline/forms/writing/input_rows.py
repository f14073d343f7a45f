"""The rows of a criterion's named inputs, below its own row of the self-scoring sheet.

In: the input and what a unit had entered. Out: its row, in which only the result is the unit's to fill; and the
entries as the scoring method takes them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from pipeline.forms.declared import YES_NO_LIST, Kind
from pipeline.forms.writing.form_sheet import FormSheet, is_blank, is_number
from pipeline.forms.writing.making import Role
from pipeline.i18n import _
from pipeline.methods.inputs import Input, row_code
from pipeline.rules.rubric import Criterion, CriterionGroup
from pipeline.sheets.entry_rules import choice_rule, number_rule

Entered = Mapping[str, object]
"""Field of the row -> what stands in it."""


def input_row(
    sheet: FormSheet,
    row: int,
    group: CriterionGroup,
    criterion: Criterion,
    each: Input,
    entered: Entered,
    *,
    applies: bool,
) -> None:
    """Write the row of one input; closed where the criterion does not apply to the unit."""
    code = row_code(criterion.code, each.code)
    sheet.put(row, "criterion", Role.GIVEN, code, Kind.CHOICE)
    sheet.put(row, "content", Role.GIVEN, f"– {each.name}")
    sheet.put(row, "measure", Role.GIVEN, each.unit, Kind.CHOICE)
    for closed in ("max_points", "target", "computed", "claimed", "evidence", "note"):
        sheet.put(row, closed, Role.OFF, None, Kind.NUMBER)
    if not applies:
        sheet.put(row, "actual", Role.OFF, None, Kind.NUMBER)
        return
    sheet.put(row, "actual", Role.ENTRY, entered.get("actual"), Kind.CHOICE if each.yes_no else Kind.NUMBER)
    hints: tuple[str, ...] = (each.guidance,)
    if each.yes_no:
        rule = choice_rule(code, hints, defined_name=YES_NO_LIST)
    else:
        if each.unit:
            hints = (_("Unit of measure: {unit}.").format(unit=each.unit), *hints)
        rule = number_rule(code, hints, low=each.low, high=each.high, whole=each.whole)
    sheet.ask(row, row, "actual", rule)
    if group.requires_input(criterion, each):
        sheet.must(row, "actual")


def input_values(criterion: Criterion, entered: Mapping[object, Entered]) -> dict[str, object]:
    """What stands in the rows of the inputs, by their columns."""
    return {
        each.column: entered.get(row_code(criterion.code, each.code), {}).get("actual") for each in criterion.inputs
    }


def input_columns(inputs: Iterable[Input], values: Mapping[str, object]) -> dict[str, np.ndarray]:
    """One unit's inputs as the scoring method takes them."""
    columns = {}
    for each in inputs:
        value = values.get(each.column)
        if each.yes_no:
            columns[each.column] = np.array(["" if is_blank(value) else str(value)], dtype=object)
        else:
            columns[each.column] = np.array([float(value) if is_number(value) else math.nan])  # type: ignore[arg-type]
    return columns
