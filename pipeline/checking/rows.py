"""The rows of all forms, table by table: what of a form's sheets, columns and rows is missing, strange or there twice.

In: the submissions. Out: where each file has each table; for each table the raw rows that can count
(:class:`~pipeline.checking.frames.RawRows`), and findings. Of a keyed table, whose rows carry a code, only rows go on
whose code the rules know, each once. Rows that a form lacks are not added: there is no cell to point at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline.checking.cells import Cells, Places, TablePlace, texts
from pipeline.checking.frames import PLACE, RAW, RawRows
from pipeline.findings.finding import Code, Finding, Severity, within_sentence
from pipeline.forms.cell_values import holds_entry
from pipeline.forms.declared import MOVEMENTS, RESULTS, UNIT, UNIT_ITEMS, Table, sheet_title
from pipeline.forms.raw_form import Copy, RawTable, Relation, RepeatedColumn
from pipeline.forms.reading import READ
from pipeline.forms.repeated import told_by_units
from pipeline.i18n import _
from pipeline.intake.recognition import Submission
from pipeline.methods.inputs import Input, Takes
from pipeline.rules.plan import Round
from pipeline.rules.rubric import Criterion, CriterionGroup
from pipeline.rules.year import Rules
from pipeline.sheets.addresses import column_letter
from pipeline.tables import as_declared
from pipeline.text import text_of

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


_OF_COPY = {
    Relation.SAME: Code.REPEATED_SHEET,
    Relation.BLANK_COPY: Code.REPEATED_SHEET,
    Relation.BLANK_ORIGINAL: Code.BLANK_ORIGINAL,
    Relation.OTHER: Code.OTHER_COPY,
}


def repeated_sheets(submissions: Sequence[Submission]) -> list[Finding]:
    """Tables that stand in the file twice, told where they are not read."""
    return [_of_copy(form, copy) for form in submissions for copy in form.form.copies]


def _of_copy(form: Submission, copy: Copy) -> Finding:
    code, sheet = _OF_COPY[copy.relation], form.form.tables[copy.table].sheet
    other = sheet if code is Code.REPEATED_SHEET else within_sentence(sheet, copy.other)
    return Finding(code, form.file, form.unit, copy.sheet, copy.cell, facts={"other": other})


def repeated_columns(table: Table, submissions: Sequence[Submission]) -> list[Finding]:
    """Fields that stand in several columns: at each column where these differ, else at those that are not read."""
    return [
        finding
        for form in submissions
        if (found := form.form.tables.get(table.code))
        for each in found.repeated
        for finding in _of_repeated(each, table, form, found)
    ]


def _of_repeated(each: RepeatedColumn, table: Table, form: Submission, found: RawTable) -> Iterator[Finding]:
    cells = {column: f"{column_letter(column)}{found.heading_row}" for column in each.columns}
    code = Code.REPEATED_COLUMN if each.column is None else Code.COPIED_COLUMN
    for column in [one for one in each.columns if one != each.column]:
        others = [one for one in each.columns if one != column] if each.column is None else [each.column]
        facts = {"column": _(table.field(each.field).title), "other": ", ".join(cells[one] for one in others)}
        yield Finding(code, form.file, form.unit, found.sheet, cells[column], facts=facts)


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
            findings.append(Finding(Code.MISSING_SHEET, form.file, form.unit, facts={"sheet": sheet_title(table, of)}))
            continue
        findings += [
            Finding(Code.MISSING_COLUMN, form.file, form.unit, found.sheet, facts={"column": _(each.title)})
            for each in columns
            if each.code not in found.columns and each.code not in {one.field for one in found.repeated}
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
    """The rows of a keyed table whose code the rules know, each once.

    Of rows with the same code those that say the same are one, and so is a filled one among blank ones; where they
    differ, what was entered is unread (None). Findings: other rows that hold entries, rows that stand there again, and
    rows that a form lacks altogether.
    """
    expected = _expected_rows(table, rules)
    raw = as_declared(raw.assign(**{table.key: texts(raw[table.key])}), RAW[table.code])
    is_known = np.array([code in expected[bloc] for bloc, code in zip(raw["bloc"], raw[table.key], strict=True)], bool)
    known = raw[is_known]
    once, of_repeated = _each_once(Cells(table, raw, places), known)
    findings = [
        *_unknown_rows(Cells(table, raw, places), np.flatnonzero(~is_known).tolist()),
        *of_repeated,
        *_missing_rows(table, known, places, expected),
    ]
    return as_declared(once.reset_index(drop=True), RAW[table.code]), findings


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


def _each_once(cells: Cells, known: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """One row for each file and code, and what is to be said of the others. ``known``: rows of ``cells``."""
    table = cells.table
    repeated = known[known.duplicated(["file", table.key], keep=False)]
    if repeated.empty:
        return known, []
    fields = [each.code for each in table.to_fill]
    own = told_by_units(table, fields)
    left_out: list[int] = []
    differing: list[int] = []
    findings = []
    for _key, rows in repeated.groupby(["file", table.key], sort=False):
        entered = {position: tuple(map(text_of, rows.loc[position, fields])) for position in rows.index}
        filled = [at for at in entered if any(text_of(rows.at[at, field]) for field in own)]
        filled = filled or [at for at, texts in entered.items() if any(texts)]
        read = (filled or list(entered))[0]
        differs = len({entered[position] for position in filled}) > 1
        code = Code.REPEATED_ROW if differs else Code.COPIED_ROW
        findings += [
            cells.finding(position, table.key, code, str(rows.at[position, table.key]), other=other)
            for position, other in _with_other_rows(rows["row"], None if differs else read)
        ]
        left_out += [position for position in entered if position != read]
        differing += [read] if differs else []
    once = known.drop(index=left_out)
    once.loc[differing, fields] = None
    return once, findings


def _with_other_rows(rows: pd.Series, read: int | None) -> list[tuple[int, str]]:
    """Positions to be told of, each with the numbers of the other rows; with that of the one that is ``read``, if one
    is."""
    if read is not None:
        return [(position, str(rows[read])) for position in rows.index if position != read]
    return [
        (position, ", ".join(str(number) for other, number in rows.items() if other != position))
        for position in rows.index
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
