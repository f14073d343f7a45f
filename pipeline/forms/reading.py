"""A workbook's bytes become raw rows, located by what they carry and not by where they were printed.

In: the content of one file. Out: a :class:`RawForm`: the hidden sheet's facts and, for each table found, its
rows with row numbers and the column of each field; nothing is interpreted yet. A table is found by the hidden
row of field codes, and where that is lost, by its headings (:mod:`pipeline.forms.locating`); rows of a keyed table by
their codes. So inserted rows, moved columns and renamed sheets do no harm. What stands there twice, a column or a whole
table, is compared here, and never is the first simply taken (:mod:`pipeline.forms.repeated`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.forms.declared import (
    FORMAT,
    GUIDE_SHEET,
    META_KEYS,
    META_SHEET,
    TABLES,
    UNIT,
    Kind,
    Table,
    sheet_titles,
)
from pipeline.forms.locating import SEARCHED_ROWS, Find, Found, by_codes, by_titles, find_all, is_heading, is_whole
from pipeline.forms.raw_form import Named, RawForm, RawTable
from pipeline.forms.readers import Opener, first
from pipeline.forms.repeated import choose_table, repeated_columns
from pipeline.i18n import in_every_language
from pipeline.sheets.addresses import column_letter
from pipeline.text import same, text_of

__all__ = ["READ", "SEARCHED_ROWS", "RawForm", "RawTable", "read_form"]

READ: dict[str, tuple[str, ...]] = {
    table.code: tuple(
        each.code for each in table.fields if not (each.ours and each.kind is Kind.TEXT) or each.code == table.key
    )
    for table in TABLES
}
"""Table -> the fields that are read: all but printed texts, which we know anyway and which would fill the memory."""

LONGEST_NAME = 200
"""So many characters are kept of what names a unit."""


def read_form(content: bytes, opened: Opener = first) -> RawForm:
    """Find the tables of a form. Raises what the reader raises on a file that it cannot read."""
    book, guides = opened(content), in_every_language(GUIDE_SHEET)
    hidden = [name for name in book.sheet_names if name.startswith(META_SHEET)]
    form = _read_meta({name: book.rows(name) for name in hidden})
    sheets = {name: book.rows(name) for name in book.sheet_names if not (name.startswith("_") or name in guides)}
    taken: dict[str, list[RawTable]] = {}
    headings: list[Named] = []
    for name, each in _tables_on(sheets):
        rows, above = sheets[name], max(0, each.row - SEARCHED_ROWS)
        headings += _headings(name, rows[above : each.row], above)
        table = _taken(name, rows, each)
        taken.setdefault(each.table.code, []).append(table)
        form.named += _unit_items(table) if each.table is UNIT else ()
    for code, tables in taken.items():
        form.tables[code], copies = choose_table(code, tables)
        form.copies += copies
    for name in set(guides).intersection(book.sheet_names):
        headings += _headings(name, book.rows(name)[:GUIDE_HEAD])
    form.named += headings
    return form


GUIDE_HEAD = 8
"""The rows of the guide that may name the unit; then its sentences begin."""


def _tables_on(sheets: Mapping[str, list[list[Any]]]) -> list[tuple[str, Found]]:
    """Sheet and place of every table: those on sheets with our name first, then copies such as "Tự chấm (2)"; by
    headings only what no sheet has by codes, or what is there whole."""
    titles = {title for table in TABLES for title in sheet_titles(table)}
    ours_first = sorted(sheets, key=lambda name: name not in titles)
    found: list[tuple[str, Found]] = []
    searched: dict[Find, list[str]] = {by_codes: ours_first, by_titles: []}
    for find in (by_codes, by_titles):
        searched[by_titles] = [name for name in ours_first if name not in {each for each, _found in found}]
        for name in searched[find]:
            known = {each.table.code for _name, each in found}
            found += [
                (name, each)
                for each in find_all(sheets[name], find)
                if find is by_codes or each.table.code not in known or is_whole(each)
            ]
    return found


# --- what names the unit ------------------------------------------------------------------------------


def _read_meta(sheets: Mapping[str, list[list[Any]]]) -> RawForm:
    """The facts of the hidden sheet; a second one, or a key that stands there twice, is remembered as well."""
    form = RawForm({}, {})
    for name, sheet in sheets.items():
        pairs = [
            (text_of(row[0]), text_of(row[1])[:LONGEST_NAME], number)
            for number, row in enumerate(sheet, 1)
            if len(row) > 1
        ]
        facts = {key: value for key, value, _row in reversed(pairs)}
        if facts.get("format") != FORMAT:
            continue
        form.meta = form.meta or {key: facts.get(key, "") for key in META_KEYS}
        keys = [key for key, _value, _row in pairs if key in META_KEYS]
        form.repeated_facts += sorted({key for key in keys if keys.count(key) > 1})
        form.named += [Named(name, f"B{row}", value) for key, value, row in pairs if key == "unit" and value]
    return form


_LABELS = frozenset(
    same(text.partition("{unit}")[0]).rstrip(": ") for text in in_every_language("Unit: {unit} – {bloc}")
)


def _headings(name: str, rows: Sequence[Sequence[Any]], above: int = 0) -> Iterator[Named]:
    """The lines above a table that say whose it is: ``Đơn vị: Thôn 1 – Khối các thôn``."""
    for number, row in enumerate(rows, above + 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and ":" in cell and same(cell.partition(":")[0]) in _LABELS:
                beside = (text_of(each) for each in row[column + 1 :])
                text = text_of(cell.partition(":")[2]) or next(filter(None, beside), "")
                if text:
                    yield Named(name, f"{column_letter(column)}{number}", text[:LONGEST_NAME])


def _unit_items(table: RawTable) -> Iterator[Named]:
    """The code and the name of the unit, as they stand on the unit sheet."""
    if not {"item", "value"} <= table.columns.keys():
        return
    places = list(table.columns)
    item, value = places.index("item"), places.index("value")
    for number, values in table.rows:
        if text_of(values[item]) in ("unit_code", "unit_name") and (text := text_of(values[value])):
            yield Named(table.sheet, f"{column_letter(table.columns['value'])}{number}", text[:LONGEST_NAME])


# --- taking -------------------------------------------------------------------------------------------


def _taken(name: str, sheet: Sequence[list[Any]], found: Found) -> RawTable:
    """The rows below the headings that hold a code or an entry."""
    table = found.table
    telling = _telling(table, found)
    lines: list[tuple[int, list[Any]]] = []
    heading_row = found.row + 1
    for number, line in enumerate(sheet[found.row + 1 : found.end], found.row + 2):
        if not any(line[place] != "" for place in telling):
            continue
        if not lines and is_heading([line[place] for place in found.columns.values()], table):
            heading_row = number
        else:
            lines.append((number, line))
    read = [code for code in found.columns if code in READ[table.code]]
    repeated = repeated_columns(found, read, [line for _number, line in lines]) if found.others else []
    chosen = {each.field: each.column for each in repeated}
    columns = {code: column for code in read if (column := chosen.get(code, found.columns[code])) is not None}
    places = list(columns.values())
    rows = [(number, tuple([line[place] for place in places])) for number, line in lines]
    return RawTable(name, columns, heading_row, rows, repeated)


def _telling(table: Table, found: Found) -> list[int]:
    """The columns by which a row is one to be read: those that a unit fills, and that of the codes."""
    fields = [each.code for each in table.to_fill] + [table.key]
    return [
        place
        for code in fields
        if code in found.columns
        for place in (found.columns[code], *found.others.get(code, ()))
    ]
