"""Frames of cells: where every value of a frame lies in its file, and columns typed cell by cell.

In: a frame of raw values with provenance. Out: the same frame with typed columns; what could not be read, or was
read with a doubt, becomes a finding. Types are settled cell by cell, because one text in a column of numbers
would make a vectorised check fail once for the whole column and hide every other mistake in it.

A value is "" where the cell is blank and None where the file lacks that column altogether.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from pipeline.answers import readings, translated_answer
from pipeline.findings.finding import Code, Finding
from pipeline.forms.declared import UNIT, UNIT_ITEMS, Table
from pipeline.forms.values import Read, read_number
from pipeline.i18n import number
from pipeline.text import LARGEST, same, text_of

PROVENANCE = ["file", "unit", "bloc", "sheet", "row"]


@dataclass(frozen=True)
class Place:
    """Where a file has a table: whose file it is, sheet, row of the headings, field code -> column letter."""

    unit: str
    bloc: str
    sheet: str
    heading_row: int
    letters: dict[str, str]


@dataclass
class Tidy:
    """Typed frames by table code, findings so far, and where each field lies in each file.

    A frame has the columns of :data:`PROVENANCE` and one for each field a unit fills; ``<field>_unread`` is True
    where a value was there but could not be read, or its column is lost: no check calls such a cell blank.
    """

    frames: dict[str, pd.DataFrame]
    findings: list[Finding]
    places: dict[tuple[str, str], Place] = field(default_factory=dict)

    def cell(self, table: str, file: str, row: int, field_code: str) -> str:
        """A1 address of a field's value; "" where the file lacks that column."""
        place = self.places.get((file, table))
        letter = place.letters.get(field_code, "") if place else ""
        return _address(letter, row) if letter else ""

    def finding(self, table: Table, at: Any, field_code: str, code: Code, entered: str = "", **facts: str) -> Finding:
        """A finding at a field of the row ``at`` (a named tuple of the table's frame).

        A name or a telephone number is not repeated: findings go further than the form that holds it.
        """
        declared = {each.code: each for each in UNIT_ITEMS}.get(at.item) if table is UNIT else table.field(field_code)
        if declared is None or declared.personal:  # a row that has lost its code may hold a name too
            entered = ""
        criterion = str(getattr(at, table.key)) if table.key and table is not UNIT else ""
        cell = self.cell(table.code, at.file, at.row, field_code)
        return Finding(code, at.file, at.unit, at.sheet, cell, criterion, entered, facts)

    def tell(self, table: Table, at: Any, field_code: str, code: Code, entered: str = "", **facts: str) -> None:
        """Add such a finding."""
        self.findings.append(self.finding(table, at, field_code, code, entered, **facts))


@lru_cache(maxsize=10_000)
def _address(letter: str, row: int) -> str:
    """The same few addresses name the cells of all files: one text for each."""
    return f"{letter}{row}"


def texts(values: Sequence[Any], index: pd.Index) -> pd.Series:
    """A column of raw values as text, "" for blank."""
    known = {value: text_of(value) for value in set(values) if isinstance(value, str)}
    return pd.Series([known[each] if each in known else text_of(each) for each in values], index, dtype=object)


def read_numbers(frame: pd.DataFrame, name: str, wanted: pd.Series, table: Table, tidy: Tidy) -> None:
    """Make column ``name`` floats where ``wanted``; tell how odd values were read, and what could not be.

    Uses column ``measure``. Adds ``<name>_entered``, the column as it was, and ``<name>_unread``.
    """
    entered, measures = frame[name].tolist(), frame["measure"].tolist()
    values, unread = np.full(len(frame), np.nan), np.zeros(len(frame), dtype=bool)
    doubtful: dict[int, Read] = {}
    for place in np.flatnonzero(wanted).tolist():
        value = entered[place]
        if type(value) is float and abs(value) < LARGEST:
            values[place] = value
        elif value is None:
            unread[place] = True
        elif value != "":
            read = read_number(value, measures[place])
            if read.value is not None:
                values[place] = read.value
            if read.code and plain(read.value) != value:  # a number that is text by its cell's format alone is no news
                unread[place] = read.value is None
                doubtful[place] = read
    frame[f"{name}_entered"] = frame[name]
    frame[name] = values
    frame[f"{name}_unread"] = unread
    for at, read in zip(rows_at(frame, doubtful), doubtful.values(), strict=True):
        facts = {"measure": translated_answer(at.measure), "example": plain(12 if read.value is None else read.value)}
        facts |= {"read": plain(read.value), "other": plain(read.other)}
        if read.code:
            tidy.tell(table, at, name, read.code, text_of(getattr(at, f"{name}_entered")), **facts)


def plain(value: float | None) -> str:
    """A number as it is best entered: decimals in the language's way, nothing between thousands."""
    thousands = number(1000.0)[1]
    return number(value).replace(thousands, "")


def rows_at(frame: pd.DataFrame, places: Collection[int]) -> Iterable[Any]:
    """The rows at these positions, as named tuples."""
    return frame.iloc[list(places)].itertuples() if len(places) else ()


def choose(
    frame: pd.DataFrame, name: str, options: Sequence[tuple[str, ...]], field_code: str, table: Table, tidy: Tidy
) -> None:
    """Make column ``name`` the options that were chosen, in our spelling; tell, and mark as unread, what is none.

    ``options``: what each row lets choose from, () where it asks for no choice. The cell is that of ``field_code``.
    """
    entered, chosen, strange = frame[name].tolist(), [""] * len(frame), []
    spellings = {listed: readings(listed) for listed in set(options)}
    for place, (value, listed) in enumerate(zip(entered, options, strict=True)):
        if listed and value not in ("", None):
            chosen[place] = spellings[listed].get(same(value), "")
            if not chosen[place]:
                strange.append(place)
    for place, at in zip(strange, rows_at(frame, strange), strict=True):
        expected = "; ".join(options[place])
        tidy.tell(table, at, field_code, Code.NOT_IN_LIST, text_of(entered[place]), expected=expected)
    frame[name] = pd.Series(chosen, frame.index, dtype=object)
    lost = np.array(
        [bool(listed) and value is None for value, listed in zip(entered, options, strict=True)], dtype=bool
    )
    lost[strange] = True
    frame[f"{field_code}_unread"] |= lost
