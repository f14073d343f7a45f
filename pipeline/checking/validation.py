"""Schemas built from the rules check each table once for all units; every failure becomes a finding at its cell.

In: the typed frames of :mod:`pipeline.checking.tidying`. Out: findings. The schemas are pandera's, validated lazily:
one pass tells everything. Bounds differ from criterion to criterion, so a check compares a column with the column of
bounds that stands beside it in the frame.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from pipeline.answers import NO_DATA
from pipeline.checking.cells import Cells, plain
from pipeline.checking.contradictions import contradictions
from pipeline.checking.frames import CHOICE_ASKED, asked, high, low, unread
from pipeline.checking.suspicious import suspicious
from pipeline.checking.tidying import Tidy
from pipeline.findings.finding import Code, Finding
from pipeline.forms.asked import is_asked
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
    Rows,
)
from pipeline.forms.frames import CHOICE, CHOICES
from pipeline.forms.values import says_none
from pipeline.i18n import N_, _, date, number
from pipeline.rules.plan import Round
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.text import same

Passes = Callable[[pd.Series], pd.Series]
"""Says of every value of a column, blanks included, whether it is right."""

Checks = dict[str, dict[Code, Passes]]
"""Column -> code of the finding -> the check."""


def validate(tidy: Tidy, context: RoundContext, received: Mapping[str, dt.datetime] | None = None) -> list[Finding]:
    """Everything that the schemas find wrong, in the order of tables; then what is hardly meant, and contradictions.

    ``received``: file -> when it was received, where that is known.
    """
    rules, of, times = context.rules, context.round, received or {}
    findings = [*_check_unit(tidy.cells(UNIT), rules), *_check_results(tidy.cells(RESULTS), rules, of)]
    for table in (MODELS, MOVEMENTS, COLLECTIVE_AWARDS, INDIVIDUAL_AWARDS):
        too_few = _too_few(tidy.cells(table)) if is_asked(table, rules) else ()
        findings += [*too_few, *_check_entries(tidy.cells(table), of)]
    doubtful = suspicious(tidy, context, times, [*tidy.findings, *findings])
    return [*_without_repetition(findings, doubtful), *doubtful, *contradictions(tidy, context, times)]


def _without_repetition(findings: Sequence[Finding], doubtful: Sequence[Finding]) -> list[Finding]:
    """The findings without those that say less of a cell than one of ``doubtful``: that a day is far from a target."""
    days = {each.place for each in doubtful}
    return [each for each in findings if each.code is not Code.FAR_FROM_TARGET or each.place not in days]


def _failures(frame: pd.DataFrame, checks: Checks) -> Iterator[tuple[int, str, Code]]:
    """(position of the row, column, code) of every failed check, each once, in the order of rows."""
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
        for position, column, code in zip(cases["index"], cases["column"], cases["check"], strict=True):
            yield int(position), column, Code(code)


def _check(code: Code, passes: Passes) -> pa.Check:
    return pa.Check(passes, name=code.value, ignore_na=False)


def _filled(frame: pd.DataFrame, due: pd.Series | bool, unread: str) -> Passes:
    """Not blank where it must not be; what could not be read (``unread``: the column that says so) is not blank."""
    return lambda values: ~((values.isna() | values.eq("")) & due & ~frame[unread])


def _fits(length: int | pd.Series) -> Passes:
    return lambda values: values.str.len().le(length)


def _is_whole(values: pd.Series) -> pd.Series:
    return values.isna() | values.eq(np.floor(values))


# --- self-scoring ---------------------------------------------------------------------------------------


def _check_results(cells: Cells, rules: Rules, of: Round) -> Iterator[Finding]:
    frame = cells.frame
    for position, column, code in _failures(frame, _results_checks(frame, float(rules.plan.suspicious_factor), of)):
        value = frame.at[position, column]
        entered = number(value) if isinstance(value, float) else str(value)
        field = "actual" if column == CHOICE else column
        yield cells.finding(position, field, code, entered, **_results_facts(frame, position, column, code))


def _results_checks(frame: pd.DataFrame, factor: float, of: Round) -> Checks:
    """The checks of each field of the self-scoring table; they compare with what the rules say, in ``frame`` itself."""
    checks: Checks = {}
    for field in RESULTS.to_fill:
        if field.kind.is_number:
            checks[field.code] = _number_checks(field, frame, of)
        elif field.choices:
            checks[field.code] = _blank_check(field, frame, of)
        else:
            checks[field.code] = {Code.TOO_LONG: _fits(field.max_length)}
        if field.kind is Kind.RESULT:
            due = frame[CHOICE_ASKED] & frame["required"] & of.kind.asks_results
            checks[CHOICE] = {Code.BLANK_REQUIRED: _filled(frame, due, unread(field.code))}
    checks["actual"] |= {
        Code.NOT_WHOLE: lambda values: ~frame["whole"] | _is_whole(values),
        Code.FAR_FROM_TARGET: _is_near_target(frame, factor),
    }
    evidence_due = frame["evidence_due"] & of.kind.asks_results & _earns(frame)
    checks["evidence"] |= {
        Code.NO_EVIDENCE: _filled(frame, evidence_due, unread("evidence")),
        Code.NO_DOCUMENT: lambda values: ~evidence_due | values.eq("") | ~values.map(_names_nothing).astype(bool),
    }
    return checks


def _names_nothing(text: str) -> bool:
    """Whether evidence names no document: ``x``, ``…``, ``có``."""
    return says_none(text) or same(text).strip(" .") in _ANSWERS


_ANSWERS = {"có", "đã có", "đủ", "đầy đủ", "có đủ", "rồi", "ok", "v", "đạt"}


def _number_checks(field: Field, frame: pd.DataFrame, of: Round) -> dict[Code, Passes]:
    """Filled where it must be, and within its bounds."""
    least, most, checks = frame[low(field.code)], frame[high(field.code)], _blank_check(field, frame, of)
    checks[Code.TOO_LOW] = lambda values: ~values.lt(least)
    checks[Code.OVER_POINTS if field.rows is Rows.POINTS else Code.TOO_HIGH] = lambda values: ~values.gt(most)
    if field.kind is Kind.WHOLE:
        checks[Code.NOT_WHOLE] = _is_whole
    return checks


def _blank_check(field: Field, frame: pd.DataFrame, of: Round) -> dict[Code, Passes]:
    """Filled where it must be; no check of a field that need not be."""
    if not field.required:
        return {}
    due = frame["required"] & (of.kind.asks_results or not field.scored_only)
    if field.rows is Rows.TARGET:  # what is not required has a target once it has a result
        due |= frame["actual"].notna()
    return {Code.BLANK_REQUIRED: _filled(frame, due & frame[asked(field.code)], unread(field.code))}


def _earns(frame: pd.DataFrame) -> pd.Series:
    """Whether the row earns points: by a number, by a level that gives some, or by inputs."""
    gives_points = [bool(level) and level not in idle for level, idle in zip(frame[CHOICE], frame["idle"], strict=True)]
    return frame["actual"].gt(0) | frame["claimed"].gt(0) | pd.Series(gives_points, frame.index) | frame["inputs_earn"]


def _is_near_target(frame: pd.DataFrame, factor: float) -> Passes:
    """Within ``factor`` times the target and one so-manieth of it; nothing is said of a 0, without a target, or
    of a result that is out of bounds or asked about anyway."""
    actual, target = frame["actual"], frame["target"]
    within = ~actual.lt(frame[low("actual")]) & ~actual.gt(frame[high("actual")])
    times = (actual / target).where(
        actual.gt(0) & target.gt(0) & frame["needs_target"] & within & ~frame["maybe_share"], 1.0
    )
    return lambda _values: times.between(1 / factor, factor)


_RESULT_IN_WORDS = {
    CHOICE: N_("one of the levels in the list"),
    "claimed": N_("the points that you claim (0 where you claim none)"),
}
_NUMBER_IN_WORDS = N_("a number (0 if nothing of the kind occurred; where you have no data, ask the office)")
_NUMBER_OR_NO_DATA = N_("a number (0 if nothing of the kind occurred), or “{no_data}” where you have none")


def _results_facts(frame: pd.DataFrame, position: int, column: str, code: Code) -> dict[str, str]:
    """What fills the sentence of a finding."""
    at: dict[Any, Any] = frame.loc[position].to_dict()
    match code:
        case Code.BLANK_REQUIRED:
            if column in CHOICES:
                return {"expected": _in_words(RESULTS.field(column))}
            if column == "actual" and at["no_data"]:
                return {"expected": _(_NUMBER_OR_NO_DATA).format(no_data=_(NO_DATA))}
            return {"expected": _(_RESULT_IN_WORDS.get(column, _NUMBER_IN_WORDS))}
        case Code.TOO_LOW:
            return {"expected": number(at[low(column)])}
        case Code.TOO_HIGH | Code.OVER_POINTS:
            return {"expected": number(at[high(column)])}
        case Code.NOT_WHOLE:
            return {"example": plain(round(at[column]))}
        case Code.FAR_FROM_TARGET:
            times = at["actual"] / at["target"]
            few, many = _("about {percent} % of"), _("{times} times")
            ratio = many.format(times=number(times, 0)) if times >= 1 else few.format(percent=number(100 * times, 1))
            return {"ratio": ratio, "expected": number(at["target"]), "measure": at["measure"] or "–"}
        case Code.TOO_LONG:
            return {"found": str(len(at[column])), "expected": str(RESULTS.field(column).max_length)}
    return {}


# --- the unit sheet -------------------------------------------------------------------------------------


def _check_unit(cells: Cells, rules: Rules) -> Iterator[Finding]:
    frame, items = cells.frame, {each.code: each for each in UNIT_ITEMS}
    required = frame["item"].map({code: each.required for code, each in items.items()}).astype(bool)
    longest = frame["item"].map({code: each.max_length for code, each in items.items()})
    is_day = frame["item"].map({code: each.kind is Kind.DATE for code, each in items.items()}).astype(bool)
    days = dt.date(rules.plan.year, 1, 1), dt.date(rules.plan.year + 1, 3, 31)
    first, last = (day.isoformat() for day in days)
    checks: dict[Code, Passes] = {
        Code.BLANK_REQUIRED: _filled(frame, required, unread("value")),
        Code.TOO_LONG: _fits(longest),
        Code.DATE_OUT_OF_YEAR: lambda values: ~is_day | values.eq("") | values.between(first, last),
    }
    for position, _column, code in _failures(frame, {"value": checks}):
        item, entered = items[str(frame.at[position, "item"])], str(frame.at[position, "value"])
        facts = {"expected": _(item.title), "found": str(len(entered))}
        if code is Code.TOO_LONG:
            facts["expected"] = str(item.max_length)
        if code is Code.DATE_OUT_OF_YEAR:
            facts["expected"], entered = " – ".join(map(date, days)), date(dt.date.fromisoformat(entered))
        yield cells.finding(position, "value", code, entered, **facts)


# --- models, movements, nominations ---------------------------------------------------------------------


def _check_entries(cells: Cells, of: Round) -> Iterator[Finding]:
    frame = cells.frame
    fields = {each.code: each for each in cells.table.asked_in(of) if not each.ours}
    for position, column, code in _failures(frame, {name: _entry_checks(each, frame) for name, each in fields.items()}):
        value, field = frame.at[position, column], fields[column]
        entered = number(value) if isinstance(value, float) else str(value)
        facts = {
            Code.BLANK_REQUIRED: {"expected": _in_words(field)},
            Code.TOO_LONG: {"expected": str(field.max_length), "found": str(len(entered))},
            Code.TOO_LOW: {"expected": "0"},
            Code.NOT_WHOLE: {"example": "12"},
        }[code]
        yield cells.finding(position, column, code, entered, **facts)


def _entry_checks(field: Field, frame: pd.DataFrame) -> dict[Code, Passes]:
    checks: dict[Code, Passes] = {}
    if field.kind.is_number:
        checks[Code.TOO_LOW] = lambda values: ~values.lt(0)
    else:
        checks[Code.TOO_LONG] = _fits(field.max_length)
    if field.kind is Kind.WHOLE:
        checks[Code.NOT_WHOLE] = _is_whole
    if field.required:
        checks[Code.BLANK_REQUIRED] = _filled(frame, True, unread(field.code))
    return checks


def _in_words(field: Field) -> str:
    choice = field.kind is Kind.CHOICE
    return _(field.title) + (" (" + _("choose from the list") + ")" if choice else "")


def _too_few(cells: Cells) -> Iterator[Finding]:
    """A table that must have rows and has none."""
    table = cells.table
    if not table.at_least:
        return
    counts = cells.frame.groupby("file").size()
    for file, place in cells.places.of(table).items():
        if counts.get(file, 0) < table.at_least:
            cell = cells.places.cell(table.code, file, place.heading_row + 1, table.to_fill[0].code)
            facts = {"expected": str(table.at_least)}
            yield Finding(Code.TOO_FEW_ROWS, file, place.unit, place.sheet, cell, facts=facts)
