"""The rows of a criterion's named inputs, below its own row of the self-scoring sheet.

In: the input and what a unit had entered. Out: its row, in which only the result is the unit's to fill; and the
entries as the scoring method takes them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from pipeline.forms.asked import asks
from pipeline.forms.declared import RESULTS, Kind
from pipeline.forms.writing.entry_cells import Entered, entry_cell
from pipeline.forms.writing.form_sheet import FormSheet, is_blank, is_number
from pipeline.forms.writing.making import Role
from pipeline.methods.inputs import Input, row_code
from pipeline.rules.rubric import Criterion, RubricRow


def input_row(sheet: FormSheet, row: int, rubric_row: RubricRow, entered: Entered, *, applies: bool) -> None:
    """Write the row of an input; closed where its criterion does not apply to the unit."""
    asked = rubric_row.asked
    printed = {"criterion": rubric_row.code, "content": f"– {asked.name}", "measure": asked.unit}
    for field in RESULTS.fields:
        if field.code in printed:
            kind = Kind.TEXT if field.code == "content" else Kind.CHOICE
            sheet.put(row, field.code, Role.GIVEN, printed[field.code], kind)
        elif applies and asks(field, rubric_row.criterion, rubric_row.one):
            entry_cell(sheet, row, field, rubric_row, entered)
            if field.required and rubric_row.required:
                sheet.must(row, field.code)
        else:
            sheet.put(row, field.code, Role.OFF, None, Kind.NUMBER)


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
