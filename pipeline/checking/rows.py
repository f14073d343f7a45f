"""The rows of all forms, table by table: what of a form's sheets, columns and rows is missing, strange or there twice.

In: the submissions. Out: where each file has each table; for each table the raw rows that can count
(:class:`~pipeline.checking.frames.RawRows`), and findings. Of a keyed table, whose rows carry a code, only rows go on
whose code the rules know, each once. Rows that a form lacks are not added: there is no cell to point at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline.checking.cells import Cells, Places, TablePlace, texts
from pipeline.checking.frames import PLACE, RAW, RawRows
from pipeline.findings.finding import Code, Finding, Severity
from pipeline.forms.cell_values import holds_entry
from pipeline.forms.declared import MOVEMENTS, RESULTS, UNIT, UNIT_ITEMS, Table, sheet_title
from pipeline.forms.reading import READ, RawTable
from pipeline.i18n import _
from pipeline.intake.recognition import Submission
from pipeline.methods.inputs import Input, Takes
from pipeline.rules.plan import Round
from pipeline.rules.rubric import Criterion, CriterionGroup
from pipeline.rules.year import Rules
from pipeline.sheets.addresses import column_letter
from pipeline.tables import as_declared

LISTED = 10
"""So many cells are named in one sentence."""

# --- sheets and columns ---------------------------------------------------------------------------------


def places_of(submissions: Sequence[Submission]) -> Places:
    """Where each file has each table."""
    return Places(
        {(form.file, code): _place(form, found) for form in submissions for code, found in form.form.tables.items()}
    )


def _place(form: Submission, found: RawTable) -> TablePlace:
    letters = {field: column_letter(column) for field, column in found.columns.items()}
    return TablePlace(form.unit, form.bloc, found.sheet, found.heading_row, letters)


def repeated_sheets(submissions: Sequence[Submission]) -> list[Finding]:
    """Sheets with a table that stands on another sheet too, which is the one that is read."""
    return [
        Finding(Code.REPEATED_SHEET, form.file, form.unit, sheet, facts={"other": form.form.tables[table].sheet})
        for form in submissions
        for sheet, table in form.form.copies
    ]


def legacy_texts(submissions: Sequence[Submission]) -> list[Finding]:
    """Texts that were not in Unicode: one finding for each sheet, whatever it has of them."""
    return [
        Finding(
            Code.LEGACY_TEXT if each.encoding else Code.LEGACY_DOUBTFUL,
            form.file,
            form.unit,
            each.sheet,
            each.cells[0],
            facts={"encoding": each.encoding or "", "n": str(len(each.cells)), "cells": _listed(each.cells)},
        )
        for form in submissions
        for each in form.form.legacy
    ]


def _listed(cells: Sequence[str]) -> str:
    return ", ".join(cells[:LISTED]) + (", …" if len(cells) > LISTED else "")


def missing_columns(table: Table, submissions: Sequence[Submission], of: Round) -> list[Finding]:
    """The forms that lack the table's sheet, or a column that this round's form has."""
    columns = [each for each in table.asked_in(of) if each.code == table.key or not (each.ours or each.may_lack)]
    findings = []
    for form in submissions:
        found = form.form.tables.get(table.code)
        if found is None:
            findings.append(Finding(Code.MISSING_SHEET, form.file, form.unit, facts={"sheet": sheet_title(table)}))
            continue
        findings += [
            Finding(Code.MISSING_COLUMN, form.file, form.unit, found.sheet, facts={"column": _(each.title)})
            for each in columns
            if each.code not in found.columns
        ]
    return findings


def raw_rows(table: Table, submissions: Sequence[Submission]) -> DataFrame[RawRows]:
    """The rows of one table of all forms, form after form, values as they were read."""
    columns: dict[str, list[Any]] = {name: [] for name in (*PLACE, *READ[table.code])}
    for form in submissions:
        found = form.form.tables.get(table.code)
        if found is None:
            continue
        size = len(found.rows)
        for name, value in zip(PLACE, (form.file, form.unit, form.bloc, found.sheet), strict=False):
            columns[name] += [value] * size
        columns["row"] += [row for row, _values in found.rows]
        by_field = dict(zip(found.columns, zip(*(values for _row, values in found.rows), strict=True), strict=False))
        for name in READ[table.code]:
            columns[name] += by_field.get(name, [None] * size)
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    return as_declared(frame.astype({"row": int}), RAW[table.code])


# --- rows that carry a code -----------------------------------------------------------------------------

Expected = Mapping[str, tuple[str, Severity | None]]
"""Code of a row -> its name, and how grave it is that it lacks; None: not at all."""


def known_rows(
    table: Table, raw: DataFrame[RawRows], places: Places, rules: Rules
) -> tuple[DataFrame[RawRows], list[Finding]]:
    """The rows of a keyed table whose code the rules know, each where it stands for the first time.

    Findings: other rows that hold entries, rows that stand there again, and rows that a form lacks altogether.
    """
    expected = _expected_rows(table, rules)
    raw = as_declared(raw.assign(**{table.key: texts(raw[table.key])}), RAW[table.code])
    is_known = np.array([code in expected[bloc] for bloc, code in zip(raw["bloc"], raw[table.key], strict=True)], bool)
    known = raw[is_known]
    again = known.duplicated(["file", table.key])
    findings = [
        *_unknown_rows(Cells(table, raw, places), np.flatnonzero(~is_known).tolist()),
        *_repeated_rows(Cells(table, raw, places), known[~again], known.index[again].tolist()),
        *_missing_rows(table, known, places, expected),
    ]
    return as_declared(known[~again].reset_index(drop=True), RAW[table.code]), findings


def _expected_rows(table: Table, rules: Rules) -> dict[str, Expected]:
    """Bloc -> the rows that its forms have in this table."""
    if table is RESULTS:
        return {
            bloc.code: {
                code: (f"{code} – {one.name if one else each.name}", _gravity(group, each, one))
                for code, (group, each, one) in bloc.rubric.rows.items()
            }
            for bloc in rules.blocs
        }
    expected: Expected = {each.code: (_(each.title), Severity.ERROR if each.required else None) for each in UNIT_ITEMS}
    if table is MOVEMENTS:
        expected = {each.code: (f"{each.code} – {each.name}", Severity.WARNING) for each in rules.plan.movements}
    return {bloc.code: expected for bloc in rules.blocs}


def _gravity(group: CriterionGroup, criterion: Criterion, one: Input | None) -> Severity | None:
    """How grave it is that a form lacks the row."""
    if one is None and (not criterion.from_unit or criterion.method.takes is Takes.INPUTS):
        return None
    required = group.requires(criterion) if one is None else group.requires_input(criterion, one)
    return Severity.ERROR if required else Severity.WARNING


def _unknown_rows(cells: Cells, positions: Sequence[int]) -> list[Finding]:
    """Those of these rows, whose code is unknown or lost, that hold entries."""
    table, frame, findings = cells.table, cells.frame, []
    for position in positions:
        has_codes = table.key in cells.places.found[str(frame.at[position, "file"]), table.code].letters
        if has_codes and any(holds_entry(frame.at[position, each.code]) for each in table.to_fill):
            code = str(frame.at[position, table.key])
            kind = Code.UNKNOWN_ROW if code else Code.ROW_WITHOUT_CODE
            findings.append(cells.finding(position, table.key, kind, code))
    return findings


def _repeated_rows(cells: Cells, first: pd.DataFrame, positions: Sequence[int]) -> list[Finding]:
    """The rows at these positions, whose code stands in a row of ``first`` already."""
    if not positions:
        return []
    key = cells.table.key
    row_of = dict(zip(zip(first["file"], first[key], strict=True), first["row"], strict=True))
    codes = [(position, *cells.frame.loc[position, ["file", key]]) for position in positions]
    return [
        cells.finding(position, key, Code.REPEATED_ROW, code, other=str(row_of[file, code]))
        for position, file, code in codes
    ]


def _missing_rows(table: Table, known: pd.DataFrame, places: Places, expected: Mapping[str, Expected]) -> list[Finding]:
    """The rows that forms lack altogether; nothing of forms that have lost the codes."""
    there: dict[str, set[str]] = {}
    for file, code in zip(known["file"], known[table.key], strict=True):
        there.setdefault(file, set()).add(code)
    findings = []
    for file, place in places.of(table).items():
        present, wanted = there.get(file, set()), expected[place.bloc]
        if table.key not in place.letters or len(present) == len(wanted):
            continue
        for code, (name, severity) in wanted.items():
            if severity and code not in present:
                criterion = "" if table is UNIT else code
                findings.append(
                    Finding(
                        Code.MISSING_ROW, file, place.unit, place.sheet, "", criterion, "", {"name": name}, severity
                    )
                )
    return findings
