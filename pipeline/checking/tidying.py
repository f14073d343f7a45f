"""Raw rows of all forms become one typed frame for each table; what could not be read becomes findings.

In: the submissions. Out: :class:`Tidy`: the frames, the findings, and where each file has each table. The rows are
found and sorted out in :mod:`pipeline.checking.rows`; the self-scoring table is typed in
:mod:`pipeline.checking.self_scoring`, the other tables here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from pandera.typing import DataFrame

from pipeline.answers import says_no_data
from pipeline.checking.cells import Cells, Column, Places, choose, read_numbers, read_texts
from pipeline.checking.frames import RAW, TIDY, RawRows, TidyRows, unread
from pipeline.checking.rows import (
    known_rows,
    legacy_texts,
    missing_columns,
    places_of,
    raw_rows,
    repeated_columns,
    repeated_sheets,
)
from pipeline.checking.self_scoring import tidy_results
from pipeline.checking.side_rows import side_rows
from pipeline.findings.finding import Code, Finding
from pipeline.forms.cell_values import holds_entry
from pipeline.forms.declared import RESULTS, TABLES, UNIT, UNIT_ITEMS, Field, Kind, Table, choice_lists
from pipeline.forms.values import read_date, says_none
from pipeline.i18n import date
from pipeline.intake.recognition import Submission
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.tables import as_declared
from pipeline.text import text_of

__all__ = ["Tidy", "tidy"]


@dataclass(frozen=True)
class Tidy:
    """What the forms say. ``frames``: table code -> its rows (:data:`pipeline.checking.frames.TIDY`); ``findings``, in
    the order of tables; ``places``: where each file has each table."""

    frames: Mapping[str, pd.DataFrame]
    findings: list[Finding]
    places: Places

    def cells(self, table: Table) -> Cells:
        """The rows of a table, and where each value lies."""
        return Cells(table, self.frames[table.code], self.places)


def tidy(submissions: Sequence[Submission], context: RoundContext) -> Tidy:
    """All tables of all submissions."""
    places = places_of(submissions)
    findings, frames = [*repeated_sheets(submissions), *legacy_texts(submissions)], {}
    for table in TABLES:
        findings += missing_columns(table, submissions, context.round)
        findings += repeated_columns(table, submissions)
        raw = raw_rows(table, submissions)
        if table.key:
            raw, of_rows = known_rows(table, raw, places, context.rules)
            findings += of_rows
        frames[table.code], of_cells = _typed(table, raw, places, context)
        findings += of_cells
    return Tidy(frames, findings, places)


def _typed(
    table: Table, raw: DataFrame[RawRows], places: Places, context: RoundContext
) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows of a table as :data:`~pipeline.checking.frames.TIDY` has them, and what could not be read."""
    if table is RESULTS:
        return tidy_results(raw, places, context.rules, context.targets)
    cells = Cells(table, raw, places)
    return _unit_items(cells) if table is UNIT else _entries(cells, context.rules)


# --- models, movements, nominations ---------------------------------------------------------------------


def _entries(cells: Cells, rules: Rules) -> tuple[DataFrame[TidyRows], list[Finding]]:
    """Texts as text, numbers as numbers, choices in our spelling. A row in which nothing is entered is left out."""
    table = cells.table
    aside, findings = side_rows(cells)
    cells = Cells(table, as_declared(cells.frame[~aside].reset_index(drop=True), RAW[table.code]), cells.places)
    raw, lists = cells.frame, choice_lists(rules, rules.blocs[0])
    columns = {each.code: _column(cells, each, lists) for each in table.to_fill}
    begun = pd.DataFrame({field: raw[field].map(holds_entry) for field in columns}, raw.index).any(axis=1)
    frame = raw.assign(
        **{field: column.values for field, column in columns.items()},
        **{unread(field): column.unread for field, column in columns.items()},
    )
    findings += [finding for column in columns.values() for finding in column.findings]
    return as_declared(frame[begun].reset_index(drop=True), TIDY[table.code]), findings


def _column(cells: Cells, field: Field, lists: Mapping[str, tuple[str, ...]]) -> Column:
    """The field of all rows, as what it is declared to be."""
    raw = cells.frame[field.code]
    if field.kind.is_number:
        is_none = raw.map(lambda value: isinstance(value, str) and not field.required and _says_nothing(value))
        measures, wanted = pd.Series(field.measure, raw.index), ~is_none.astype(bool)
        return read_numbers(cells, field.code, measures, wanted)
    if field.choices:
        return choose(cells, field.code, [lists[field.choices]] * len(raw))
    return read_texts(cells, field.code, field.required)


def _says_nothing(text: str) -> bool:
    """Whether a text in place of a number that may be blank is as good as a blank."""
    return says_none(text) or says_no_data(text)


# --- the unit sheet -------------------------------------------------------------------------------------


def _unit_items(cells: Cells) -> tuple[DataFrame[TidyRows], list[Finding]]:
    """One row for each item; ``value`` is text, and ISO text for a day."""
    days = {each.code for each in UNIT_ITEMS if each.kind is Kind.DATE}
    example = date(dt.date(2023, 12, 5))
    required = {each.code for each in UNIT_ITEMS if each.required}
    read = read_texts(cells, "value", [item in required for item in cells.frame["item"]])
    values, lost, findings = read.values.tolist(), read.unread.tolist(), list(read.findings)
    for position, (item, raw) in enumerate(zip(cells.frame["item"], cells.frame["value"], strict=True)):
        if item in days and values[position]:
            day = read_date(raw)
            values[position], lost[position] = day.isoformat() if day else "", day is None
            if day is None:
                findings.append(cells.finding(position, "value", Code.NOT_A_DATE, text_of(raw), example=example))
    columns = {"value": pd.Series(values, dtype=object), unread("value"): pd.Series(lost, dtype=bool)}
    return as_declared(cells.frame.assign(**columns), TIDY[UNIT.code]), findings
