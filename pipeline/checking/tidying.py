"""Raw rows of all forms become one typed frame per table; what could not be read becomes findings.

In: the submissions. Out: :class:`~pipeline.checking.cells.Tidy`: frames with provenance (file, sheet, row) and, through
:meth:`Tidy.cell`, the cell of every value. A row of a keyed table that is unknown, stands twice or is missing is
told; only known rows go on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.checking.cells import PROVENANCE, Place, Tidy, choose, read_numbers, rows_at, texts
from pipeline.checking.criterion_facts import criteria_frame, inputs_earn
from pipeline.findings.finding import Code, Finding, Severity
from pipeline.forms.declared import MOVEMENTS, RESULTS, TABLES, UNIT, UNIT_ITEMS, Kind, Table, choice_lists, sheet_title
from pipeline.forms.reading import READ
from pipeline.forms.values import read_date, read_number
from pipeline.i18n import _, date, number
from pipeline.intake.recognition import Submission
from pipeline.methods.inputs import Input, Takes
from pipeline.rules.links import not_for
from pipeline.rules.plan import Round
from pipeline.rules.rubric import Criterion, CriterionGroup
from pipeline.rules.year import Rules
from pipeline.sheets.addresses import column_letter
from pipeline.text import text_of

__all__ = ["Tidy", "tidy"]


def tidy(submissions: Sequence[Submission], rules: Rules, of: Round) -> Tidy:
    """All tables of all submissions."""
    result = Tidy({}, [])
    _tell_copies(submissions, result)
    for table in TABLES:
        raw = _raw_frame(table, submissions, of, result)
        if table.key:
            raw = _known_rows(table, raw, _expected_rows(table, rules), result)
        if table is RESULTS:
            result.frames[table.code] = _results(raw, rules, result)
        elif table is UNIT:
            result.frames[table.code] = _unit_items(raw, result)
        else:
            result.frames[table.code] = _entries(table, raw, rules, result)
    return result


def _tell_copies(submissions: Sequence[Submission], result: Tidy) -> None:
    for form in submissions:
        for sheet, table in form.form.copies:
            facts = {"other": form.form.tables[table].sheet}
            result.findings.append(Finding(Code.REPEATED_SHEET, form.file, form.unit, sheet, facts=facts))


def _raw_frame(table: Table, submissions: Sequence[Submission], of: Round, result: Tidy) -> pd.DataFrame:
    """The rows of one table of all forms, values as read; tells missing sheets and columns."""
    columns: dict[str, list[Any]] = {name: [] for name in (*PROVENANCE, *READ[table.code])}
    for form in submissions:
        found = form.form.tables.get(table.code)
        if found is None:
            facts = {"sheet": sheet_title(table)}
            result.findings.append(Finding(Code.MISSING_SHEET, form.file, form.unit, facts=facts))
            continue
        letters = {key: column_letter(place) for key, place in found.columns.items()}
        result.places[form.file, table.code] = Place(form.unit, form.bloc, found.sheet, found.heading_row, letters)
        for each in table.asked_in(of):
            if each.code not in found.columns and (not each.ours or each.code == table.key):
                facts = {"column": _(each.title)}
                result.findings.append(Finding(Code.MISSING_COLUMN, form.file, form.unit, found.sheet, facts=facts))
        size = len(found.rows)
        for name, value in zip(PROVENANCE, (form.file, form.unit, form.bloc, found.sheet), strict=False):
            columns[name] += [value] * size
        columns["row"] += [row for row, _values in found.rows]
        by_field = dict(zip(found.columns, zip(*(values for _row, values in found.rows), strict=True), strict=False))
        for name in READ[table.code]:
            columns[name] += by_field.get(name, [None] * size)
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()}).astype(
        {"row": int}
    )


# --- rows that carry a code -----------------------------------------------------------------------------

Expected = Mapping[str, tuple[str, Severity | None]]
"""Code of a row -> its name, and how grave it is that it lacks; None: not at all."""


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


def _known_rows(table: Table, raw: pd.DataFrame, expected: Mapping[str, Expected], result: Tidy) -> pd.DataFrame:
    """Rows whose code exists and stands for the first time; others are told where they hold entries, and so are
    rows that a form lacks altogether. These are not added: there is no cell to point at."""
    raw[table.key] = texts(raw[table.key].tolist(), raw.index)
    is_known = np.array([code in expected[bloc] for bloc, code in zip(raw["bloc"], raw[table.key], strict=True)], bool)
    at: Any
    for at in raw[~is_known].itertuples():
        if any(getattr(at, each.code) not in ("", None) for each in table.fields if not each.ours):
            code = str(getattr(at, table.key))
            if table.key in result.places[at.file, table.code].letters:
                kind = Code.UNKNOWN_ROW if code else Code.ROW_WITHOUT_CODE
                result.tell(table, at, table.key, kind, code)
    known = raw[is_known]
    again = known.duplicated(["file", table.key])
    if again.any():
        first = known[~again].set_index(["file", table.key])["row"]
        for at in known[again].itertuples():
            code = str(getattr(at, table.key))
            result.tell(table, at, table.key, Code.REPEATED_ROW, code, other=str(first[(at.file, code)]))
    _tell_missing_rows(table, known, expected, result)
    return known[~again].reset_index(drop=True)


def _tell_missing_rows(table: Table, known: pd.DataFrame, expected: Mapping[str, Expected], result: Tidy) -> None:
    there: dict[str, set[str]] = {}
    for file, row in zip(known["file"], known[table.key], strict=True):
        there.setdefault(file, set()).add(row)
    for (file, code), place in result.places.items():
        if code == table.code and table.key in place.letters:
            lacking = expected[place.bloc].items() if len(there.get(file, ())) < len(expected[place.bloc]) else ()
            for row, (name, severity) in lacking:
                if severity and row not in there.get(file, ()):
                    criterion, facts = "" if table is UNIT else row, {"name": name}
                    result.findings.append(
                        Finding(Code.MISSING_ROW, file, place.unit, place.sheet, "", criterion, "", facts, severity)
                    )


# --- self-scoring ---------------------------------------------------------------------------------------


def _results(raw: pd.DataFrame, rules: Rules, result: Tidy) -> pd.DataFrame:
    frame = raw.merge(criteria_frame(rules), on=["bloc", "criterion"], how="left", suffixes=("_entered", ""))
    frame = frame.sort_values(["file", "position"], kind="stable", ignore_index=True)
    _close_rows(frame, rules, result)
    given = frame["fixed_target"].notna()
    _tell_changed(frame, "max_points_entered", "max_points", "max_points", result)
    _tell_changed(frame, "target", "fixed_target", "target", result)
    frame["choice"] = frame["actual"]
    read_numbers(frame, "target", frame["needs_target"] & ~given & frame["from_unit"], RESULTS, result)
    read_numbers(frame, "actual", frame["takes"].eq(Takes.NUMBER) & frame["from_unit"], RESULTS, result)
    read_numbers(frame, "claimed", frame["takes"].eq(Takes.POINTS) & frame["from_unit"], RESULTS, result)
    frame["target"] = frame["target"].where(~given, frame["fixed_target"])
    _shares_as_percent(frame, result)
    choose(frame, "choice", frame["options"].tolist(), "actual", RESULTS, result)
    frame["inputs_earn"] = inputs_earn(frame, rules)
    for name in ("evidence", "note"):
        frame[f"{name}_unread"] = frame[name].isna()
        frame[name] = texts(frame[name].tolist(), frame.index)
    return frame


def _close_rows(frame: pd.DataFrame, rules: Rules, result: Tidy) -> None:
    """Blank the rows that a unit does not fill (ours, the council's, what does not apply); tell what stands there."""
    nobodys, absent = set(), set()
    for bloc in rules.blocs:
        for row, (_group, criterion, _one) in bloc.rubric.rows.items():
            absent |= {(unit, row) for unit in not_for(bloc.rubric, criterion)}
            nobodys |= {(bloc.code, row)} if criterion.source != "unit" else set()
    keys = zip(frame["bloc"], frame["unit"], frame["criterion"], strict=True)
    closed = np.array([(unit, row) in absent or (bloc, row) in nobodys for bloc, unit, row in keys], dtype=bool)
    if not closed.any():
        return
    frame.loc[closed, ["required", "from_unit"]] = False
    frame["options"] = [() if shut else options for shut, options in zip(closed, frame["options"], strict=True)]
    for field in ("actual", "claimed"):
        filled = closed & (texts(frame[field].tolist(), frame.index) != "").to_numpy()
        for at, value in zip(rows_at(frame, np.flatnonzero(filled)), frame[field][filled], strict=True):
            result.tell(RESULTS, at, field, Code.CLOSED_ROW, text_of(value))
        frame[field] = frame[field].mask(closed, "")


def _tell_changed(frame: pd.DataFrame, entered: str, ours: str, field_code: str, result: Tidy) -> None:
    """Prefilled numbers that the unit changed; ours count."""
    changed = {
        place: value
        for place, (value, expected) in enumerate(zip(frame[entered].tolist(), frame[ours].tolist(), strict=True))
        if value != expected
        and expected == expected  # not NaN: the rubric has one
        and value not in ("", None)
        and read_number(value).value not in (None, expected)
    }
    for at, value in zip(rows_at(frame, changed), changed.values(), strict=True):
        expected = number(getattr(at, ours))
        result.tell(RESULTS, at, field_code, Code.OURS_CHANGED, text_of(value), expected=expected)


def _shares_as_percent(frame: pd.DataFrame, result: Tidy) -> None:
    """0.65 for 65 %: where the measure is a percentage, and only the hundredfold comes near the target."""
    percent = frame["measure"].str.contains("%", regex=False)
    near = frame["actual"].mul(100).between(frame["target"] / 5, frame["target"] * 5)
    shares = percent & frame["actual"].gt(0) & frame["actual"].le(1) & frame["target"].ge(5) & near
    hundredfold = frame["actual"].mul(100).round(10)
    for place, at in zip(np.flatnonzero(shares), rows_at(frame, np.flatnonzero(shares)), strict=True):
        read = number(hundredfold[place])
        result.tell(RESULTS, at, "actual", Code.PERCENT_AS_SHARE, number(at.actual), read=read)
    frame["actual"] = frame["actual"].where(~shares, hundredfold)


# --- the other tables -----------------------------------------------------------------------------------


def _entries(table: Table, raw: pd.DataFrame, rules: Rules, result: Tidy) -> pd.DataFrame:
    """Models, movements, nominations: texts as text, numbers as numbers, choices in our spelling.

    A row in which nothing is entered is left out.
    """
    frame = raw[PROVENANCE + ([table.key] if table.key else [])].copy()
    lists = choice_lists(rules, rules.blocs[0])
    begun = pd.Series(False, frame.index)
    for each in table.fields:
        if each.ours:
            continue
        begun |= raw[each.code].ne("") & raw[each.code].notna()
        frame[each.code] = raw[each.code]
        if each.kind in (Kind.NUMBER, Kind.WHOLE):
            frame["measure"] = each.measure
            read_numbers(frame, each.code, pd.Series(True, frame.index), table, result)
            continue
        frame[f"{each.code}_unread"] = raw[each.code].isna()
        if each.choices:
            choose(frame, each.code, [lists[each.choices]] * len(frame), each.code, table, result)
        else:
            frame[each.code] = texts(raw[each.code].tolist(), frame.index)
    return frame[begun].reset_index(drop=True)


def _unit_items(frame: pd.DataFrame, result: Tidy) -> pd.DataFrame:
    """The unit sheet: one row for each item; ``value`` is text, and ISO text for a day."""
    entered = frame["value"].tolist()
    days = frame["item"].isin([each.code for each in UNIT_ITEMS if each.kind is Kind.DATE])
    values, unread = texts(entered, frame.index).tolist(), [value is None for value in entered]
    wrong = []
    for place in np.flatnonzero(days).tolist():
        if values[place]:
            day = read_date(entered[place])
            values[place], unread[place] = day.isoformat() if day else "", day is None
            if day is None:
                wrong.append(place)
    frame["value"], frame["value_unread"] = pd.Series(values, frame.index, dtype=object), unread
    for place, at in zip(wrong, rows_at(frame, wrong), strict=True):
        example = date(dt.date(2023, 12, 5))
        result.tell(UNIT, at, "value", Code.NOT_A_DATE, text_of(entered[place]), example=example)
    return frame
