"""What a unit entered, as a form can hold it: in a fresh form, and in number cells of its own file that show days.

In: the raw values of a form (:mod:`pipeline.forms.cell_values` among them), and the rubric, which says where numbers
belong and in what measure. Out: values that are read again as they were read: 97 for a cell that shows 97 %. A cell
that holds no value of its own stays blank; there is a finding about it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

from pipeline.feedback.resaving import NumberCell
from pipeline.forms.asked import kind_in
from pipeline.forms.cell_values import Merged, NoValue, NumberAsDay, Shown, number_typed
from pipeline.forms.declared import RESULTS, TABLE, UNIT, Field, Kind, Rows, Table
from pipeline.forms.reading import RawForm, RawTable
from pipeline.forms.values import read_number
from pipeline.i18n import _
from pipeline.rules.rubric import Rubric
from pipeline.sheets.addresses import column_letter
from pipeline.text import text_of

LAST_DAY = 2_958_465
"""The number of 31 December 9999 in a workbook."""


def prefill(raw: RawForm, rubric: Rubric | None = None) -> dict[str, list[dict[str, Any]]]:
    """Table code -> rows of what the unit entered, in the order of its file."""
    return {
        code: [_entries(TABLE[code], raw_table, row, rubric) for _number, row in raw_table.rows]
        for code, raw_table in raw.tables.items()
    }


def _entries(table: Table, raw_table: RawTable, row: tuple[Any, ...], rubric: Rubric | None) -> dict[str, Any]:
    """Field -> what the unit entered in a row; fields that we fill are left out, but for the key of the row."""
    entered = {field.code: field for field in table.fields if not field.ours or field.code == table.key}
    key = _key(table, raw_table, row)
    values = {
        code: held(value, table, _measure(entered[code], key, rubric))
        for code, value in zip(raw_table.columns, row, strict=True)
        if code in entered
    }
    return {code: value for code, value in values.items() if value not in ("", None)}


def held(value: Any, table: Table, measure: str | None) -> Any:
    """The value as a form's cell can hold it; "" where there is none. ``measure``: the unit of measure of a number that
    belongs there; None where something else does."""
    match value:
        case NoValue():
            return ""
        case Merged():
            return text_of(value.value) if value.down and measure is None else ""
        case Shown():
            read = read_number(value, measure or "").value
            return text_of(value) if read is None or measure is None else read
        case dt.date() | dt.time() | dt.timedelta() | NumberAsDay() if measure is not None:
            number = number_typed(value)
            return text_of(value) if number is None else number
        case NumberAsDay():
            value = value.day
    return value if _can_stand(value, table) else text_of(value)


def _can_stand(value: Any, table: Table) -> bool:
    """Whether a form can hold the value as it is. In the column that holds the date of signing, a number that is no
    day (``5122023``) would be an error."""
    if isinstance(value, int | float):
        return math.isfinite(value) and (table is not UNIT or 0 < value <= LAST_DAY)
    return isinstance(value, str | dt.date)


def _key(table: Table, raw_table: RawTable, row: tuple[Any, ...]) -> str:
    return text_of(row[list(raw_table.columns).index(table.key)]) if table.key in raw_table.columns else ""


def _measure(field: Field, key: str, rubric: Rubric | None) -> str | None:
    """The unit of measure of the number that belongs into a field of the row of that key; None: no number does."""
    if field.rows is Rows.POINTS and field.kind.is_number:
        return _("points")
    if field not in RESULTS.fields:
        return field.measure if field.kind.is_number else None
    row = rubric.rows.get(key) if rubric else None
    kind = kind_in(field, row.criterion, row.one) if row else field.kind
    return (row.asked.unit if row else "") if kind in (Kind.NUMBER, Kind.WHOLE) else None


# --- cells of the unit's own file -----------------------------------------------------------------------


def number_cells(raw: RawForm, rubric: Rubric) -> Iterator[NumberCell]:
    """All cells of the unit's own into which numbers belong."""
    for code, raw_table in raw.tables.items():
        table = TABLE[code]
        fields = {field.code: field for field in table.to_fill}
        for number, row in raw_table.rows:
            key = _key(table, raw_table, row)
            for (field, column), value in zip(raw_table.columns.items(), row, strict=True):
                if field in fields and (measure := _measure(fields[field], key, rubric)) is not None:
                    is_day = isinstance(value, (NumberAsDay, dt.date, dt.time, dt.timedelta))
                    written = held(value, table, measure) if is_day else None
                    yield NumberCell(raw_table.sheet, f"{column_letter(column)}{number}", written)
