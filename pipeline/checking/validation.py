"""Schemas built from the rules check each table once for all units; every failure becomes a finding at its cell.

In: the typed frames of :mod:`pipeline.checking.tidying`. Out: findings. The schemas are pandera's, validated lazily:
one pass tells everything. Bounds differ from criterion to criterion, so a check compares a column with the column of
bounds that stands beside it in the frame.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from pipeline.checking.cells import Tidy, plain, rows_at
from pipeline.findings.finding import Code, Finding
from pipeline.forms.declared import (
    COLLECTIVE_AWARDS,
    INDIVIDUAL_AWARDS,
    MODELS,
    MOVEMENTS,
    RESULTS,
    UNIT,
    UNIT_ITEMS,
    Field,
    Kind,
    Table,
)
from pipeline.i18n import N_, _, date, number
from pipeline.methods.inputs import Takes
from pipeline.rules.plan import Round
from pipeline.rules.year import Rules

Passes = Callable[[pd.Series], pd.Series]
"""Says of every value of a column, blanks included, whether it is right."""

Checks = dict[str, dict[Code, Passes]]
"""Column -> code of the finding -> the check."""


def validate(tidy: Tidy, rules: Rules, of: Round) -> list[Finding]:
    """Everything that the schemas find wrong, in the order of tables."""
    found = [*_check_unit(tidy, rules), *_check_results(tidy, rules, of)]
    for table in (MODELS, MOVEMENTS, COLLECTIVE_AWARDS, INDIVIDUAL_AWARDS):
        found += [*_too_few(table, tidy), *_check_entries(table, tidy, of)]
    return found


def _failures(frame: pd.DataFrame, checks: Checks) -> Iterator[tuple[Any, str, Code]]:
    """(row, column, code) of every failed check, each once, in the order of rows."""
    if frame.empty:
        return
    columns = {
        column: pa.Column(None, [_check(code, passes) for code, passes in named.items()], nullable=True)
        for column, named in checks.items()
    }
    try:
        pa.DataFrameSchema(columns).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        if cases["index"].isna().any():  # a check of ours that could not run at all is our bug, not the unit's
            raise
        cases = cases.drop_duplicates(["column", "check", "index"]).sort_values("index", kind="stable")
        rows = rows_at(frame, cases["index"].astype(int).tolist())
        for at, column, code in zip(rows, cases["column"], cases["check"], strict=True):
            yield at, column, Code(code)


def _check(code: Code, passes: Passes) -> pa.Check:
    return pa.Check(passes, name=code.value, ignore_na=False)


def _filled(frame: pd.DataFrame, asked: pd.Series | bool, unread: str) -> Passes:
    """Not blank where it is asked for; what could not be read is not blank."""
    return lambda values: ~((values.isna() | values.eq("")) & asked & ~frame[unread])


def _fits(length: int | pd.Series) -> Passes:
    return lambda values: values.str.len().le(length)


def _is_whole(values: pd.Series) -> pd.Series:
    return values.isna() | values.eq(np.floor(values))


# --- self-scoring ---------------------------------------------------------------------------------------


def _check_results(tidy: Tidy, rules: Rules, of: Round) -> Iterator[Finding]:
    frame = tidy.frames[RESULTS.code]
    checks = _results_checks(frame, float(rules.plan.suspicious_factor), of)
    for at, column, code in _failures(frame, checks):
        value = getattr(at, column)
        entered = number(value) if isinstance(value, float) else value
        field = "actual" if column == "choice" else column
        yield tidy.finding(RESULTS, at, field, code, entered, **_results_facts(at, column, code))


def _results_checks(frame: pd.DataFrame, factor: float, of: Round) -> Checks:
    """The checks of the self-scoring table; they compare with the bounds in ``frame`` itself."""
    asked = {takes: frame["takes"].eq(takes) & frame["required"] & of.kind.asks_results for takes in Takes}
    asks_target = frame["needs_target"] & frame["from_unit"] & (frame["required"] | frame["actual"].notna())
    low, high, evidence_due = (
        frame["low"],
        frame["high"],
        frame["evidence_due"] & frame["from_unit"] & of.kind.asks_results,
    )
    gives_points = [
        bool(level) and level not in idle for level, idle in zip(frame["choice"], frame["idle"], strict=True)
    ]
    earned = (
        frame["actual"].gt(0) | frame["claimed"].gt(0) | pd.Series(gives_points, frame.index) | frame["inputs_earn"]
    )
    return {
        "target": {
            Code.BLANK_REQUIRED: _filled(frame, asks_target, "target_unread"),
            Code.TOO_LOW: lambda values: ~values.lt(low),
            Code.TOO_HIGH: lambda values: ~values.gt(high),
        },
        "actual": {
            Code.BLANK_REQUIRED: _filled(frame, asked[Takes.NUMBER], "actual_unread"),
            Code.TOO_LOW: lambda values: ~values.lt(low),
            Code.TOO_HIGH: lambda values: ~values.gt(high),
            Code.NOT_WHOLE: lambda values: ~frame["whole"] | _is_whole(values),
            Code.FAR_FROM_TARGET: _is_near_target(frame, factor),
        },
        "choice": {Code.BLANK_REQUIRED: _filled(frame, asked[Takes.CHOICE], "actual_unread")},
        "claimed": {
            Code.BLANK_REQUIRED: _filled(frame, asked[Takes.POINTS], "claimed_unread"),
            Code.TOO_LOW: lambda values: ~values.lt(frame["lowest"]),
            Code.OVER_POINTS: lambda values: ~values.gt(frame["max_points"]),
        },
        "evidence": {
            Code.TOO_LONG: _fits(RESULTS.field("evidence").max_length),
            Code.NO_EVIDENCE: _filled(frame, evidence_due & earned, "evidence_unread"),
        },
        "note": {Code.TOO_LONG: _fits(RESULTS.field("note").max_length)},
    }


def _is_near_target(frame: pd.DataFrame, factor: float) -> Passes:
    """Within ``factor`` times the target and one so-manieth of it; nothing is said of a 0, without a target, or
    of a result that is out of bounds anyway."""
    actual, target = frame["actual"], frame["target"]
    both = actual.gt(0) & target.gt(0) & frame["needs_target"] & ~actual.lt(frame["low"]) & ~actual.gt(frame["high"])
    times = (actual / target).where(both, 1.0)
    return lambda _values: times.between(1 / factor, factor)


_RESULT_IN_WORDS = {
    "choice": N_("one of the levels in the list"),
    "claimed": N_("the points that you claim; if there are none, enter 0"),
}
_NUMBER_IN_WORDS = N_("a number; if there is none, enter 0")


def _results_facts(at: Any, column: str, code: Code) -> dict[str, str]:
    """What fills the sentence of a finding."""
    match code:
        case Code.BLANK_REQUIRED:
            return {"expected": _(_RESULT_IN_WORDS.get(column, _NUMBER_IN_WORDS))}
        case Code.TOO_LOW:
            return {"expected": number(at.lowest if column == "claimed" else at.low)}
        case Code.TOO_HIGH:
            return {"expected": number(at.high)}
        case Code.OVER_POINTS:
            return {"expected": number(at.max_points)}
        case Code.NOT_WHOLE:
            return {"example": plain(round(at.actual))}
        case Code.FAR_FROM_TARGET:
            times = at.actual / at.target
            shown = number(times, 0 if times >= 1 else 4)
            return {"times": shown, "expected": number(at.target), "measure": at.measure or "–"}
        case Code.TOO_LONG:
            return {"found": str(len(getattr(at, column))), "expected": str(RESULTS.field(column).max_length)}
    return {}


# --- the unit sheet -------------------------------------------------------------------------------------


def _check_unit(tidy: Tidy, rules: Rules) -> Iterator[Finding]:
    frame = tidy.frames[UNIT.code]
    items = {each.code: each for each in UNIT_ITEMS}
    asked = frame["item"].map({code: each.required for code, each in items.items()}).astype(bool)
    longest = frame["item"].map({code: each.max_length for code, each in items.items()})
    is_day = frame["item"].map({code: each.kind is Kind.DATE for code, each in items.items()}).astype(bool)
    days = dt.date(rules.plan.year, 1, 1), dt.date(rules.plan.year + 1, 3, 31)
    first, last = (day.isoformat() for day in days)
    checks: dict[Code, Passes] = {
        Code.BLANK_REQUIRED: _filled(frame, asked, "value_unread"),
        Code.TOO_LONG: _fits(longest),
        Code.DATE_OUT_OF_YEAR: lambda values: ~is_day | values.eq("") | values.between(first, last),
    }
    for at, _column, code in _failures(frame, {"value": checks}):
        item, entered = items[at.item], at.value
        facts = {"expected": _(item.title), "found": str(len(entered))}
        if code is Code.TOO_LONG:
            facts["expected"] = str(item.max_length)
        if code is Code.DATE_OUT_OF_YEAR:
            facts["expected"], entered = " – ".join(map(date, days)), date(dt.date.fromisoformat(entered))
        yield tidy.finding(UNIT, at, "value", code, entered, **facts)


# --- models, movements, nominations ---------------------------------------------------------------------


def _check_entries(table: Table, tidy: Tidy, of: Round) -> Iterator[Finding]:
    frame = tidy.frames[table.code]
    asked = {each.code: each for each in table.asked_in(of) if not each.ours}
    for at, column, code in _failures(frame, {name: _entry_checks(each, frame) for name, each in asked.items()}):
        value, declared = getattr(at, column), asked[column]
        entered = number(value) if isinstance(value, float) else value
        facts = {
            Code.BLANK_REQUIRED: {"expected": _in_words(declared)},
            Code.TOO_LONG: {"expected": str(declared.max_length), "found": str(len(entered))},
            Code.TOO_LOW: {"expected": "0"},
            Code.NOT_WHOLE: {"example": "12"},
        }[code]
        yield tidy.finding(table, at, column, code, entered, **facts)


def _entry_checks(declared: Field, frame: pd.DataFrame) -> dict[Code, Passes]:
    checks: dict[Code, Passes] = {}
    if declared.kind in (Kind.NUMBER, Kind.WHOLE):
        checks[Code.TOO_LOW] = lambda values: ~values.lt(0)
    else:
        checks[Code.TOO_LONG] = _fits(declared.max_length)
    if declared.kind is Kind.WHOLE:
        checks[Code.NOT_WHOLE] = _is_whole
    if declared.required:
        checks[Code.BLANK_REQUIRED] = _filled(frame, True, f"{declared.code}_unread")
    return checks


def _in_words(declared: Field) -> str:
    choice = declared.kind is Kind.CHOICE
    return _(declared.title) + (" (" + _("choose from the list") + ")" if choice else "")


def _too_few(table: Table, tidy: Tidy) -> Iterator[Finding]:
    """A table that must have rows and has none."""
    if not table.at_least:
        return
    counts = tidy.frames[table.code].groupby("file").size()
    first = next(each.code for each in table.fields if not each.ours)
    for (file, code), place in tidy.places.items():
        if code == table.code and counts.get(file, 0) < table.at_least:
            cell = tidy.cell(code, file, place.heading_row + 1, first)
            facts = {"expected": str(table.at_least)}
            yield Finding(Code.TOO_FEW_ROWS, file, place.unit, place.sheet, cell, facts=facts)
