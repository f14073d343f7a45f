"""Where the tables of a form lie on a sheet: by their hidden row of field codes, or by their printed headings.

In: the rows of one sheet. Out: a :class:`Found` for every table on it, from the top; one that was pasted below or
beside another is found as well. A field whose code or heading stands in several columns has them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from pipeline.forms.declared import TABLE, TABLES, Table
from pipeline.i18n import in_every_language
from pipeline.text import same

SEARCHED_ROWS = 60
"""The first headings are looked for in so many rows from the top; ours stand in row 6."""

MOST = 20
"""So many tables of a sheet are looked at, and so many columns of a field: a sheet can be made to hold thousands."""

Sheet = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Found:
    """A table on a sheet; rows and columns are counted from 0.

    ``columns``: field code -> its first column, from left to right; ``others``: field code -> further columns with the
    same code or heading; ``row``: that of the codes, or of the headings where there are none; ``coded``: whether it is
    that of the codes; ``end``: the row before which the table ends.
    """

    table: Table
    columns: Mapping[str, int]
    row: int
    coded: bool
    others: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    end: int | None = None


Find = Callable[[Sequence[Any], int], Found | None]
"""The table whose codes or headings stand in this row of that number; None where there is none."""


def find_all(sheet: Sheet, find: Find) -> list[Found]:
    """All tables on the sheet, the first of which begins in its first rows."""
    for index, row in enumerate(sheet[:SEARCHED_ROWS]):
        if first := find(row, index):
            return _apart([first, *_below(sheet, first)], sheet)
    return []


def _below(sheet: Sheet, first: Found) -> list[Found]:
    """Tables whose codes or headings stand further down; the first headings below codes belong to these."""
    found = [first]
    awaits_headings = first.coded
    for index, row in enumerate(sheet):
        if index <= first.row or len(_ANY_MARK.intersection(row)) < 2:
            continue
        if index == first.row + 1 and first.coded and len(_ANY_CODE.intersection(row)) < 2:
            awaits_headings = False  # as we print them, and nearly every form has them: no need to look closer
            continue
        again = by_codes(row, index) or by_titles(row, index)
        if again and not again.coded and not is_whole(again):
            continue
        if again and not again.coded and awaits_headings and again.table is found[-1].table:
            awaits_headings = False
        elif again:
            found.append(again)
            awaits_headings = again.coded
        if len(found) == MOST:
            break
    return found[1:]


def _apart(found: Sequence[Found], sheet: Sheet) -> list[Found]:
    """The same, each with its end and the columns that only have its heading; those that stand side by side apart."""
    ended = [*(replace(one, end=after.row) for one, after in pairwise(found)), found[-1]]
    return [part for each in ended for part in _side_by_side(_with_headings(each, sheet))]


def _with_headings(found: Found, sheet: Sheet) -> Found:
    """The same with columns that have no code but the heading of a field that has its column: inserted ones."""
    if not found.coded or found.row + 1 >= len(sheet):
        return found
    known = {*found.columns.values(), *(column for more in found.others.values() for column in more)}
    others = dict(found.others)
    for column, cell in enumerate(sheet[found.row + 1]):
        if column not in known and isinstance(cell, str) and cell:
            named = _titles()[found.table.code].get(_same(cell), "")
            if named in found.columns:
                others[named] = (*others.get(named, ()), column)
    return replace(found, others=others) if others != found.others else found


def _side_by_side(found: Found) -> list[Found]:
    """A table of which most fields stand there again is two tables, not one with many columns twice."""
    if len(found.others) < 3 or 2 * len(found.others) <= len(found.columns):
        return [found]
    left = replace(found, others={})
    again = {code: columns[0] for code, columns in found.others.items()}
    more = {code: columns[1:] for code, columns in found.others.items() if columns[1:]}
    return [left, *_side_by_side(replace(found, columns=_from_left(again), others=more))]


# --- one row ------------------------------------------------------------------------------------------

_CODES = {table.code: {each.code: each.code for each in table.fields} for table in TABLES}
_ANY_CODE = frozenset(code for codes in _CODES.values() for code in codes)
_ANY_TITLE = frozenset(title for table in TABLES for each in table.fields for title in in_every_language(each.title))
_ANY_MARK = _ANY_CODE | _ANY_TITLE


def by_codes(row: Sequence[Any], index: int) -> Found | None:
    """The table of whose field codes more than half stand in this row; what is missing is told later."""
    return _best(index, _places(row), _CODES) if len(_ANY_CODE.intersection(row)) > 1 else None


def by_titles(row: Sequence[Any], index: int) -> Found | None:
    """The same by the printed headings, where the hidden row of codes is lost."""
    places = _places([_same(cell) if isinstance(cell, str) else "" for cell in row])
    return _best(index, places, _titles()) if len(places) > 1 else None


def is_whole(found: Found) -> bool:
    """Whether so many fields are there that it cannot be another list with a few headings like ours."""
    return len(found.columns) >= min(4, len(found.table.fields))


@cache
def _titles() -> dict[str, dict[str, str]]:
    """Table code -> printed heading, in any language -> field code."""
    return {
        table.code: {same(title): each.code for each in table.fields for title in in_every_language(each.title)}
        for table in TABLES
    }


@lru_cache(maxsize=10_000)
def _same(text: str) -> str:
    """The same few headings stand in all files. A long text is none, and not worth keeping."""
    return same(text) if len(text) < 200 else ""


def is_heading(values: Sequence[Any], table: Table) -> bool:
    """Whether these are printed headings of the table, even if one of them was reworded."""
    texts = [_same(value) for value in values if isinstance(value, str) and value]
    titles = _titles()[table.code]
    return len(texts) > 1 and 2 * sum(text in titles for text in texts) > len(texts)


def _places(row: Sequence[Any]) -> dict[Any, tuple[int, ...]]:
    """Content -> the columns that have it."""
    places: dict[Any, tuple[int, ...]] = {}
    for column, cell in enumerate(row):
        if cell != "" and len(known := places.get(cell, ())) < MOST:
            places[cell] = (*known, column)
    return places


def _best(index: int, places: Mapping[Any, tuple[int, ...]], names: Mapping[str, Mapping[str, str]]) -> Found | None:
    """The table of which the most fields are there, then the one of which the fewest are not. A field that came
    later is not missed: a form of before, and of a round that asks for few fields, is still more than half there."""
    matches = {
        table: {code: places[name] for name, code in fields.items() if name in places}
        for table, fields in names.items()
    }
    best = max(matches, key=lambda table: (len(matches[table]), -_SIZE[table]))
    if 2 * len(matches[best]) <= _SIZE[best]:
        return None
    first = {code: columns[0] for code, columns in matches[best].items()}
    others = {code: columns[1:] for code, columns in matches[best].items() if columns[1:]}
    return Found(TABLE[best], _from_left(first), index, names is _CODES, others)


_SIZE = {table.code: sum(not each.later for each in table.fields) for table in TABLES}


def _from_left(columns: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(columns.items(), key=lambda item: item[1]))
