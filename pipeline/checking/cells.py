"""Cells: where each value of a frame lies in its file, and columns of cells read as what they are to be.

In: rows with raw values. Out: columns of typed values, and findings: what could not be read, or was read with a doubt.
Types are settled cell by cell, because one text in a column of numbers would make a vectorised check fail once for the
whole column and hide every other mistake in it. Nothing here changes what it is given.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from pipeline.answers import option_meant, readings, translated_answer
from pipeline.checking.frames import PLACE, high, low
from pipeline.findings.finding import Code, Finding, Severity
from pipeline.forms.cell_values import Merged, NoValue, Shown, number_typed
from pipeline.forms.declared import UNIT, UNIT_ITEMS, Table
from pipeline.forms.values import Read, read_number, without_noise
from pipeline.i18n import _, number
from pipeline.text import LARGEST, same, text_of

# --- where a value lies ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class TablePlace:
    """Where a file has a table: whose file it is, the sheet, the row of the headings, field code -> column letter."""

    unit: str
    bloc: str
    sheet: str
    heading_row: int
    letters: Mapping[str, str]


@dataclass(frozen=True)
class Places:
    """Where each file has each table: (file, table code) -> place. A table that a file lacks is not in it."""

    found: Mapping[tuple[str, str], TablePlace]

    def of(self, table: Table) -> dict[str, TablePlace]:
        """File -> where it has that table, in the order of the files."""
        return {file: place for (file, code), place in self.found.items() if code == table.code}

    def cell(self, table: str, file: str, row: int, field: str) -> str:
        """A1 address of a field's value; "" where the file lacks that column."""
        place = self.found.get((file, table))
        letter = place.letters.get(field, "") if place else ""
        return _address(letter, row) if letter else ""


@lru_cache(maxsize=10_000)
def _address(letter: str, row: int) -> str:
    """The same few addresses name the cells of all files: one text for each."""
    return f"{letter}{row}"


@dataclass(frozen=True)
class Cells:
    """The rows of one table, raw or tidied (:class:`~pipeline.checking.frames.Rows`), and where each value lies."""

    table: Table
    frame: pd.DataFrame
    places: Places

    def finding(self, position: int, field: str, code: Code, entered: str = "", **facts: str) -> Finding:
        """A finding at a field of the row at that position, counted from 0. ``facts`` fill its sentence.

        A name or a telephone number is not repeated: findings go further than the form that holds it.
        """
        columns = [*PLACE, self.table.key] if self.table.key else PLACE
        row: dict[str, Any] = {name: self.frame.at[position, name] for name in columns}
        key = row.get(self.table.key, "")
        declared = _ITEMS.get(key) if self.table is UNIT else self.table.field(field)
        if declared is None or declared.personal:  # a row that has lost its code may hold a name too
            entered = ""
        cell = self.places.cell(self.table.code, row["file"], row["row"], field)
        criterion = "" if self.table is UNIT else key
        return Finding(code, row["file"], row["unit"], row["sheet"], cell, criterion, entered, facts)


_ITEMS = {each.code: each for each in UNIT_ITEMS}


# --- columns --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A field of all rows, as it was read.

    ``unread``: True where something was filled in that could not be read, or where the file lacks the field.
    ``findings``: what could not be read, and what was read with a doubt.
    """

    values: pd.Series
    unread: pd.Series
    findings: Sequence[Finding] = ()


def read_texts(cells: Cells, field: str, required: Sequence[bool] | bool = False) -> Column:
    """Texts; a blank is "". ``required``: in which rows a cell without a value of its own is an error anyhow."""
    raw = cells.frame[field]
    values, unread, findings = raw.tolist(), raw.isna().to_numpy(copy=True), []
    needed = [required] * len(values) if isinstance(required, bool) else required
    for position in [place for place, value in enumerate(values) if isinstance(value, (NoValue, Merged))]:
        finding = _without_value(cells, position, field, values[position])
        if isinstance(values[position], Merged) and values[position].down:
            values[position] = text_of(values[position].value)
            findings += [replace(finding, code=Code.MERGED_TEXT)] if values[position] else []
            continue
        values[position], unread[position] = "", True
        findings.append(replace(finding, severity=Severity.ERROR) if needed[position] else finding)
    return Column(texts(pd.Series(values, raw.index, dtype=object)), pd.Series(unread, raw.index), findings)


def _without_value(cells: Cells, position: int, field: str, value: NoValue | Merged) -> Finding:
    """That a cell shows something and has no value of its own."""
    if isinstance(value, Merged):
        return cells.finding(position, field, Code.MERGED_CELL, text_of(value), into=value.into)
    return cells.finding(position, field, value.code, value.shown)


def texts(raw: pd.Series) -> pd.Series:
    """Raw values as text, a blank as ""."""
    values = raw.tolist()
    known = {value: text_of(value) for value in set(values) if isinstance(value, str)}
    return pd.Series([known[each] if each in known else text_of(each) for each in values], raw.index, dtype=object)


def read_numbers(cells: Cells, field: str, measures: pd.Series, wanted: pd.Series) -> Column:
    """Numbers, each where it is ``wanted`` and in the unit of measure that its row asks for; a blank is NaN."""
    raw, measure_of = cells.frame[field].tolist(), measures.tolist()
    values, unread = np.full(len(raw), np.nan), np.zeros(len(raw), dtype=bool)
    doubtful: dict[int, Read] = {}
    for position in np.flatnonzero(wanted).tolist():
        value = raw[position]
        if type(value) is float and abs(value) < LARGEST:
            values[position] = without_noise(value)
        elif value is None:
            unread[position] = True
        elif value != "":
            read = _within(read_number(value, measure_of[position]), _bounds(cells, position, field))
            if read.value is not None:
                values[position] = read.value
            if read.code and plain(read.value) != value:  # a number that is text by its cell's format alone is no news
                unread[position] = read.value is None
                doubtful[position] = read
    doubts = [_doubt(cells, position, field, read, measure_of[position]) for position, read in doubtful.items()]
    return Column(pd.Series(values, wanted.index), pd.Series(unread, wanted.index), doubts)


def _doubt(cells: Cells, position: int, field: str, read: Read, measure: str) -> Finding:
    """What is to be said of a number that could not be read, or that was read with a doubt."""
    value, code = cells.frame.at[position, field], read.code or Code.NUMBER_NOTED
    if isinstance(value, (NoValue, Merged)):
        return replace(_without_value(cells, position, field, value), severity=Severity.ERROR)
    return cells.finding(
        position,
        field,
        code,
        shown(value),
        **_reading(read, measure, _bounds(cells, position, field), number_typed(value)),
    )


def _reading(read: Read, measure: str, bounds: tuple[float, float], typed: float | None) -> dict[str, str]:
    """How a number was read, and how it is best typed. ``bounds``: what may be typed in the cell; ``typed``: the number
    that the cell shows as a day."""
    facts = {
        "measure": translated_answer(measure),
        "example": plain(_example((read.value, read.other, typed), bounds)),
        "read": plain(read.value),
        "other": plain(read.other),
    }
    if read.code is Code.NUMBER_NOTED and measure:
        facts["read"] += " " + facts["measure"]
    if read.code is Code.DATE_FOR_NUMBER:
        cause = _("the cell's format makes one of {typed}, the number that was entered")
        facts["cause"] = _("Excel makes one of 5/12") if typed is None else cause.format(typed=plain(typed))
    return facts


def shown(value: Any) -> str:
    """What a cell shows, as a person sees it there: decimals in the language's way."""
    if isinstance(value, Shown):
        return f"{number(value.number)} {value.words}".strip()
    return number(float(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else text_of(value)


def _within(read: Read, bounds: tuple[float, float]) -> Read:
    """Of two readings the one that the cell may hold, where the other is out of its bounds: 98.500 with at most 100."""
    if read.value is None or read.other is None:
        return read
    first, other = (bounds[0] <= each <= bounds[1] for each in (read.value, read.other))
    return Read(read.other, read.code, read.value) if other and not first else read


def _bounds(cells: Cells, position: int, field: str) -> tuple[float, float]:
    """The least and the most that may be typed in a cell, both part of it."""
    row: dict[Any, Any] = {
        name: cells.frame.at[position, name] for name in (low(field), high(field)) if name in cells.frame
    }
    least, most = float(row.get(low(field), 0.0)), float(row.get(high(field), math.inf))
    return -math.inf if math.isnan(least) else least, math.inf if math.isnan(most) else most


def _example(meant: Iterable[float | None], bounds: tuple[float, float]) -> float:
    """The first number of those that were meant, or of some plain ones, that may be typed."""
    least, most = bounds
    fitting = (each for each in (*meant, 12, 1) if each is not None and least <= each <= most)
    return next(fitting, most if math.isfinite(most) else least)


def plain(value: float | None) -> str:
    """A number as it is best entered: decimals in the language's way, nothing between thousands."""
    thousands = number(1000.0)[1]
    return number(value).replace(thousands, "")


def choose(cells: Cells, field: str, options: Sequence[tuple[str, ...]]) -> Column:
    """The options that were chosen, in our spelling; a blank is "".

    ``options``: what each row lets choose from, () where it asks for no choice.
    """
    raw = cells.frame[field]
    values, chosen, lost = raw.tolist(), [""] * len(raw), np.zeros(len(raw), dtype=bool)
    spellings = {listed: readings(listed) for listed in set(options)}
    for position, (value, listed) in enumerate(zip(values, options, strict=True)):
        if listed and value != "":
            chosen[position] = "" if value is None else option_meant(value, spellings[listed])
            lost[position] = not chosen[position]
    strange = [
        _not_in_list(cells, position, field, options[position])
        for position in np.flatnonzero(lost).tolist()
        if values[position] is not None
    ]
    legacy = [
        cells.finding(position, field, Code.LEGACY_CHOICE, text_of(values[position]), read=chosen[position])
        for position, listed in enumerate(options)
        if chosen[position] and same(values[position]) not in spellings[listed]
    ]
    return Column(pd.Series(chosen, raw.index, dtype=object), pd.Series(lost, raw.index), [*strange, *legacy])


def _not_in_list(cells: Cells, position: int, field: str, options: tuple[str, ...]) -> Finding:
    value = cells.frame.at[position, field]
    if isinstance(value, (NoValue, Merged)):
        return replace(_without_value(cells, position, field, value), severity=Severity.ERROR)
    return cells.finding(position, field, Code.NOT_IN_LIST, text_of(value), expected="; ".join(options))
