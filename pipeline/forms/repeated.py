"""What stands twice in a form: a column of one field, a whole table. What is ambiguous is told, never the first taken.

In: the columns of a field and their values, or the tables of one kind in a file. Out: which of them is read, if it is
clear, and what is to be said of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import NoValue, holds_entry
from pipeline.forms.declared import RESULTS, TABLE, UNIT, UNIT_ITEMS, Kind, Rows, Table
from pipeline.forms.locating import Found
from pipeline.forms.raw_form import Copy, RawTable, Relation, RepeatedColumn
from pipeline.sheets.addresses import column_letter
from pipeline.text import text_of

# --- columns ------------------------------------------------------------------------------------------


def repeated_columns(found: Found, fields: Sequence[str], lines: Sequence[Sequence[Any]]) -> list[RepeatedColumn]:
    """Those of the fields that stand in several columns. Columns that hold the same in every row are one; so is a
    filled one among blank ones. Of a column that is ours the first is read, for nothing in it counts."""
    return [
        RepeatedColumn(code, (found.columns[code], *found.others[code]), _column(found, code, lines))
        for code in fields
        if code in found.others
    ]


def _column(found: Found, code: str, lines: Sequence[Sequence[Any]]) -> int | None:
    columns = (found.columns[code], *found.others[code])
    values = {column: [text_of(line[column]) for line in lines] for column in columns}
    filled = [column for column in columns if any(values[column])]
    is_ours = found.table.field(code).ours and code != found.table.key
    if len(filled) < 2 or is_ours:
        return (filled or columns)[0]
    return filled[0] if all(values[column] == values[filled[0]] for column in filled) else None


# --- tables -------------------------------------------------------------------------------------------


def choose_table(code: str, tables: Sequence[RawTable]) -> tuple[RawTable, list[Copy]]:
    """The table that is read, and the others: the first that is filled, so that a blank one never stands for it."""
    filled = [each for each in tables if is_filled(code, each)] if len(tables) > 1 else []
    read = (filled or tables)[0]
    return read, [_copy(code, each, read, tables) for each in tables if each is not read]


def _copy(code: str, one: RawTable, read: RawTable, tables: Sequence[RawTable]) -> Copy:
    begins = (
        f"A{one.heading_row}" if one.columns == {} else f"{column_letter(min(one.columns.values()))}{one.heading_row}"
    )
    place = begins if [each.sheet for each in tables].count(one.sheet) > 1 else ""
    if not is_filled(code, one) and is_filled(code, read):
        is_original = one is tables[0]
        return Copy(one.sheet, code, Relation.BLANK_ORIGINAL if is_original else Relation.BLANK_COPY, place)
    here, there = dict(_entries(code, one)), dict(_entries(code, read))
    for key in [*there, *here]:
        if here.get(key, ("", ""))[0] != there.get(key, ("", ""))[0]:
            return Copy(one.sheet, code, Relation.OTHER, here.get(key, ("", place))[1], there.get(key, ("", ""))[1])
    return Copy(one.sheet, code, Relation.SAME, place)


def is_filled(code: str, raw: RawTable) -> bool:
    """Whether the table holds anything that only a unit enters; columns that differ do."""
    if any(each.column is None for each in raw.repeated):
        return True
    fields = told_by_units(TABLE[code], raw.columns)
    return any(text and field in fields for (_key, field, _nth), (text, _cell) in _entries(code, raw))


def is_not_calculated(code: str, raw: RawTable) -> bool:
    """Whether all that a unit entered in the table are formulas without a result."""
    places = [place for place, field in enumerate(raw.columns) if field in told_by_units(TABLE[code], raw.columns)]
    held = [values[place] for _row, values in raw.rows for place in places if holds_entry(values[place])]
    return bool(held) and all(isinstance(each, NoValue) and each.code is Code.NO_RESULT for each in held)


def told_by_units(table: Table, fields: Collection[str]) -> set[str]:
    """Those of the fields in which nothing of ours may stand. Of the self-scoring table these are all but texts, for
    notes are printed, and but targets where results are asked for: the form may have been issued with them."""
    if table is RESULTS:
        entered = [each for each in RESULTS.to_fill if each.kind is not Kind.TEXT and each.code in fields]
        asks_results = any(each.scored_only for each in entered)
        return {each.code for each in entered if not (asks_results and each.rows is Rows.TARGET)}
    return {each.code for each in table.to_fill}.intersection(fields)


Identity = tuple[str, str, int]


def _entries(code: str, raw: RawTable) -> Iterator[tuple[Identity, tuple[str, str]]]:
    """What a unit entered: (code of the row or its number among the filled ones, field, how manieth of that code) ->
    text and cell."""
    table = TABLE[code]
    wanted = {each.code for each in table.to_fill}
    ours = {each.code for each in UNIT_ITEMS if each.ours} if table is UNIT else set()
    seen: dict[str, int] = {}
    number = 0
    for row, values in raw.rows:
        by_field = dict(zip(raw.columns, values, strict=True))
        texts = {field: text for field in by_field if field in wanted and (text := text_of(by_field[field]))}
        key = text_of(by_field.get(table.key, "")) if table.key else ""
        if key in ours or not texts:
            continue
        number += 1
        name = key or str(number)
        seen[name] = seen.get(name, 0) + 1
        for field, text in texts.items():
            yield (name, field, seen[name]), (text, f"{column_letter(raw.columns[field])}{row}")
