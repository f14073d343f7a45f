"""A workbook's bytes become raw rows, located by what they carry and not by where they were printed.

In: the content of one file. Out: a :class:`RawForm`: the hidden sheet's facts and, for each table found, its
rows with row numbers and the column of each field; nothing is interpreted yet. A table is found by the hidden
row of field codes, and where that is lost, by its headings; rows of a keyed table by their codes. So inserted
rows, moved columns and renamed sheets do no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline.forms.declared import (
    FORMAT,
    GUIDE_SHEET,
    META_KEYS,
    META_SHEET,
    TABLE,
    TABLES,
    Kind,
    Table,
    sheet_titles,
)
from pipeline.forms.readers import Opener, first
from pipeline.i18n import in_every_language
from pipeline.legacy_text import Encoding
from pipeline.text import same, text_of

SEARCHED_ROWS = 60
"""Headings are looked for in so many rows from the top; ours stand in row 6."""

READ: dict[str, tuple[str, ...]] = {
    table.code: tuple(
        each.code for each in table.fields if not (each.ours and each.kind is Kind.TEXT) or each.code == table.key
    )
    for table in TABLES
}
"""Table -> the fields that are read: all but printed texts, which we know anyway and which would fill the memory."""

Row = tuple[Any, ...]


@dataclass
class RawTable:
    """One table as found: its sheet, field code -> column number (from 0) of what is read, the row number of the
    headings (from 1), and ``(row number, values in the order of columns)`` of rows that hold a code or an entry."""

    sheet: str
    columns: dict[str, int]
    heading_row: int
    rows: list[tuple[int, Row]] = field(default_factory=list)


@dataclass(frozen=True)
class LegacyCells:
    """Cells of a sheet that were typed in an encoding of before Unicode; None: it seems so, and they stay as typed."""

    sheet: str
    encoding: Encoding | None
    cells: tuple[str, ...]


@dataclass
class RawForm:
    """What a workbook holds of a form. ``meta`` is empty where the hidden sheet is lost.

    ``copies``: the names of further sheets with a table that was found already, and that table's code. ``legacy``: the
    cells whose texts :mod:`pipeline.forms.legacy_cells` put into Unicode, or could not.
    """

    meta: dict[str, str]
    tables: dict[str, RawTable]
    copies: list[tuple[str, str]] = field(default_factory=list)
    legacy: list[LegacyCells] = field(default_factory=list)


def read_form(content: bytes, opened: Opener = first) -> RawForm:
    """Find the tables of a form. Raises what the reader raises on a file that it cannot read."""
    book, guides = opened(content), in_every_language(GUIDE_SHEET)
    sheets = {
        name: book.rows(name)
        for name in book.sheet_names
        if name == META_SHEET or not (name.startswith("_") or name in guides)  # "_": our lists of choices
    }
    form = RawForm(_read_meta(sheets.pop(META_SHEET, [])), {})
    titles = {title for table in TABLES for title in sheet_titles(table)}
    ours_first = sorted(sheets, key=lambda name: name not in titles)  # before a copy such as "Tự chấm (2)"
    for find in (_find_by_codes, _find_by_titles):
        for name in ours_first:
            if name in sheets and len(form.tables) < len(TABLES) and (found := find(sheets[name])):
                _take_table(form, name, sheets.pop(name), found)
    for name, sheet in sheets.items():
        if found := _find_by_codes(sheet):
            form.copies.append((name, found.table.code))
    return form


def _read_meta(sheet: list[list[Any]]) -> dict[str, str]:
    facts = {text_of(row[0]): text_of(row[1]) for row in sheet if len(row) > 1}
    return {key: facts.get(key, "") for key in META_KEYS} if facts.get("format") == FORMAT else {}


# --- finding ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    table: Table
    columns: dict[str, int]  # field code -> column, from left to right
    row: int  # index of the codes or headings


_CODES = {table.code: {each.code: each.code for each in table.fields} for table in TABLES}
_ANY_CODE = frozenset(code for codes in _CODES.values() for code in codes)


def _find_by_codes(sheet: Sequence[Sequence[Any]]) -> _Found | None:
    """The table whose field codes stand in one row: more than half of them; what is missing is told later."""
    for index, row in enumerate(sheet[:SEARCHED_ROWS]):
        if len(_ANY_CODE.intersection(row)) > 1 and (found := _best(index, _places(row), _CODES)):
            return found
    return None


def _find_by_titles(sheet: Sequence[Sequence[Any]]) -> _Found | None:
    """The same by the printed headings, where the hidden row of codes is lost."""
    titles = _titles()
    for index, row in enumerate(sheet[:SEARCHED_ROWS]):
        places = _places([same(cell) if isinstance(cell, str) else "" for cell in row])
        if len(places) > 1 and (found := _best(index, places, titles)):
            return found
    return None


@cache
def _titles() -> dict[str, dict[str, str]]:
    """Table code -> printed heading, in any language -> field code."""
    return {
        table.code: {same(title): each.code for each in table.fields for title in in_every_language(each.title)}
        for table in TABLES
    }


def _places(row: Sequence[Any]) -> dict[Any, int]:
    """Content -> the first column that has it."""
    return {cell: column for column, cell in reversed(list(enumerate(row))) if cell != ""}


def _best(index: int, places: Mapping[Any, int], names: Mapping[str, Mapping[str, str]]) -> _Found | None:
    """The table of which the most fields are there, then the one of which the fewest are not. A field that came
    later is not missed: a form of before, and of a round that asks for few fields, is still more than half there."""
    matches = {
        table: {code: places[name] for name, code in fields.items() if name in places}
        for table, fields in names.items()
    }
    size = {table: sum(not each.later for each in TABLE[table].fields) for table in names}
    best = max(matches, key=lambda table: (len(matches[table]), -size[table]))
    if 2 * len(matches[best]) <= size[best]:
        return None
    return _Found(TABLE[best], dict(sorted(matches[best].items(), key=lambda item: item[1])), index)


# --- taking -------------------------------------------------------------------------------------------


def _take_table(form: RawForm, name: str, sheet: list[list[Any]], found: _Found) -> None:
    """The rows below the headings that hold a code or an entry."""
    table = found.table
    if table.code in form.tables:
        form.copies.append((name, table.code))
        return
    columns = {code: place for code, place in found.columns.items() if code in READ[table.code]}
    places = list(columns.values())
    filled = [found.columns[each.code] for each in table.to_fill if each.code in found.columns]
    telling = [*filled, found.columns[table.key]] if table.key in found.columns else filled
    titles = _titles()[table.code]
    taken = form.tables[table.code] = RawTable(name, columns, found.row + 1)
    for number, line in enumerate(sheet[found.row + 1 :], found.row + 2):
        if not any(line[place] != "" for place in telling):
            continue
        values = tuple([line[place] for place in places])
        if not taken.rows and _is_heading(values, titles):
            taken.heading_row = number
        else:
            taken.rows.append((number, values))


def _is_heading(values: Row, titles: Collection[str]) -> bool:
    """The printed headings below the hidden codes, even if one of them was reworded."""
    texts = [same(value) for value in values if isinstance(value, str) and value]
    return len(texts) > 1 and 2 * sum(text in titles for text in texts) > len(texts)
