"""The points of a form's criteria: live formulas on its cells, and what these show now.

In: the sheet for self-scoring and what the unit had entered. Out: for each criterion the formula and its value, also
where target, result or a condition stand in another criterion's row (:mod:`pipeline.rules.links`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pipeline.answers import says_no_data
from pipeline.forms.writing.entry_cells import Entered
from pipeline.forms.writing.form_sheet import FIRST_ROW, FormSheet, is_blank, is_number
from pipeline.forms.writing.input_rows import input_columns, input_values
from pipeline.i18n import current_language
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Method, Scale, formula, inputs_read, points_of, score, without_data
from pipeline.rules.links import known_alone, may_leave_out, no_data, not_for, scale_of
from pipeline.rules.rubric import Criterion, Rubric
from pipeline.rules.targets import Target


class RowPoints:
    """The points of all rows of one form. ``rows``: criterion -> its row, counted from 0."""

    def __init__(self, sheet: FormSheet, entered: Mapping[object, Entered]) -> None:
        self.sheet, self.entered = sheet, entered
        self.rubric, self.decimals = sheet.making.bloc.rubric, sheet.making.rules.plan.decimals
        self.rows = criterion_rows(self.rubric, FIRST_ROW)

    def applies(self, criterion: Criterion) -> bool:
        """Whether the criterion applies to the unit."""
        return self.sheet.making.unit.code not in not_for(self.rubric, criterion)

    def known(self, criterion: Criterion) -> bool:
        """Whether the form can show the criterion's points: not those that depend on all units of the bloc."""
        alone = known_alone(self.rubric, criterion)
        return alone and self.applies(criterion) and not criterion.from_council

    def source(self, criterion: Criterion) -> Criterion:
        """The criterion in whose row target and result stand."""
        return self.rubric.source(criterion)

    def target(self, criterion: Criterion) -> Target:
        """The unit's target in the criterion."""
        making = self.sheet.making
        return making.context.targets.of(making.unit.code, criterion)

    def value(self, criterion: Criterion, field: str) -> object:
        """What stands in a field of the row from which the criterion takes its values."""
        source = self.source(criterion)
        if field == "target" and (given := self.target(source).value) is not None:
            return given
        return self.entered.get(source.code, {}).get(field) if source.source == "unit" else None

    def now(self, criterion: Criterion) -> float | None:
        """What the formula gives for what was entered; None where it shows nothing."""
        if not self.known(criterion):
            return None
        values = {field: self.value(criterion, field) for field in ("target", "actual", "claimed")}
        values |= input_values(self.source(criterion), self.entered)
        if self.without_data(criterion):
            return 0.0
        scale = scale_of(self.rubric, criterion, self.decimals)
        reached = {code: self._reached(code) for code in (scale.gate.looks_at if scale.gate else ())}
        return _points(criterion, scale, values, reached)

    def without_data(self, criterion: Criterion) -> bool:
        """Whether the unit entered that it has no data, where the rules say what that means."""
        source = self.source(criterion)
        own = [self.value(criterion, "actual")] if criterion.method.takes is Takes.NUMBER else []
        inputs = {each.column for each in source.inputs if not each.yes_no}
        given = [value for column, value in input_values(source, self.entered).items() if column in inputs]
        return bool(no_data(self.rubric, criterion)) and any(map(says_no_data, (*own, *given)))

    def left_out(self, criterion: Criterion) -> bool:
        """Whether its points leave the denominator now."""
        return self.may_leave_out(criterion) and self.without_data(criterion)

    def may_leave_out(self, criterion: Criterion) -> bool:
        """Whether its points leave the denominator where the unit has no data."""
        return may_leave_out(self.rubric, criterion) and self.applies(criterion)

    def left_out_live(self, criterion: Criterion, otherwise: str) -> str:
        """A formula, without its ``=``, of the points that a criterion without data counts for; else ``otherwise``."""
        if not may_leave_out(self.rubric, criterion):
            return otherwise
        cells, scale = self._entry_cells(criterion), scale_of(self.rubric, criterion, self.decimals)
        return without_data(criterion.method, scale, cells, f"{criterion.points:f}", otherwise)

    def _entry_cells(self, criterion: Criterion) -> dict[str, str]:
        source = self.source(criterion)
        row = self.rows[source.code]
        inputs = {
            each.column: self.sheet.cell(row + place, "actual") for place, each in enumerate(source.inputs, start=1)
        }
        return {"actual": self.sheet.cell(row, "actual"), **inputs}

    def _reached(self, code: str) -> float:
        """The points at which a condition looks."""
        criterion = self.rubric.criteria[code][1]
        counts = self.applies(criterion) and not self.left_out(criterion)
        return (self.now(criterion) or 0.0) if counts else float(criterion.points)

    def live(self, criterion: Criterion) -> str:
        """The formula."""
        source = self.source(criterion)
        row = self.rows[source.code]
        target, actual, claimed = (self.sheet.cell(row, field) for field in ("target", "actual", "claimed"))
        inputs = tuple(self.sheet.cell(row + place, "actual") for place in range(1, len(source.inputs) + 1))
        scale = scale_of(self.rubric, criterion, self.decimals)
        reached = tuple(self._reached_cell(code) for code in (scale.gate.looks_at if scale.gate else ()))
        return live_points(criterion, scale, RowCells(target, actual, claimed, inputs, reached, _percentages(source)))

    def _reached_cell(self, code: str) -> str:
        criterion = self.rubric.criteria[code][1]
        # Points that are not there yet are a text, which a spreadsheet takes for more than any number.
        points = f"N({self.sheet.cell(self.rows[code], 'computed')})"
        return self.left_out_live(criterion, points) if self.applies(criterion) else f"{criterion.points:f}"


def criterion_rows(rubric: Rubric, first: int) -> dict[str, int]:
    """Criterion -> its row, where groups, criteria and inputs stand below one another from row ``first`` on."""
    rows, row = {}, first
    for group in rubric.groups:
        for criterion in group.criteria:
            row += 1
            rows[criterion.code] = row
            row += len(criterion.inputs)
        row += 1
    return rows


@dataclass(frozen=True)
class RowCells:
    """The cells on which a criterion's formula stands: those of the scale's inputs in their order, and the points at
    which its condition looks (``reached``), in its order. ``percentages``: columns where a unit may type ``97%``."""

    target: str
    actual: str
    claimed: str
    inputs: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    percentages: tuple[str, ...] = ()


def _percentages(criterion: Criterion) -> tuple[str, ...]:
    """The columns of the criterion's rows that are percentages."""
    own = ("target", "actual") if "%" in criterion.unit else ()
    return (*own, *(each.column for each in criterion.inputs if "%" in each.unit))


def live_points(criterion: Criterion, scale: Scale, row: RowCells) -> str:
    """The method's formula on these cells; the same for all of a bloc.

    A text where a number belongs shows no points, instead of an error that would spread into the total.
    """
    return _live(current_language(), criterion, scale, row)


@lru_cache(maxsize=10_000)
def _live(_language: str, criterion: Criterion, scale: Scale, row: RowCells) -> str:
    cells = {"target": row.target, "actual": row.actual, "claimed": row.claimed}
    cells |= {each.column: cell for each, cell in zip(scale.inputs, row.inputs, strict=True)}
    asked = scale.gate.looks_at if scale.gate else ()
    cells |= {points_of(code).name: cell for code, cell in zip(asked, row.reached, strict=True)}
    with_data = replace(scale, no_data=None)
    live = formula(criterion.method, with_data, cells, blank="", percentages=row.percentages).removeprefix("=")
    numbers = ",".join(cells[code] for code in _numbers(criterion.method, scale))
    live = f'IF(COUNT({numbers})<COUNTA({numbers}),"",{live})' if numbers else live
    return "=" + without_data(criterion.method, scale, cells, "0", live)


def entry_field(criterion: Criterion) -> str:
    """The field from which the points come."""
    return "claimed" if criterion.method.takes is Takes.POINTS else "actual"


def _numbers(method: Method, scale: Scale) -> tuple[str, ...]:
    """The cells from which the method's formula reads a number."""
    inputs = tuple(each.column for each in inputs_read(method, scale) if not each.yes_no)
    target = ("target",) if method.needs_target else ()
    match method.takes:
        case Takes.POINTS:
            return ("claimed", *inputs)
        case Takes.CHOICE:
            return inputs
        case Takes.INPUTS:
            return (*target, *inputs)
    return (*target, "actual", *inputs)


def _points(
    criterion: Criterion, scale: Scale, values: Mapping[str, object], reached: Mapping[str, float]
) -> float | None:
    """What the formula gives for these values; None where it shows nothing."""
    entry = values.get(entry_field(criterion))
    numbers = [values.get(code) for code in _numbers(criterion.method, scale)]
    if criterion.method.takes is Takes.INPUTS:
        nothing = all(is_blank(values.get(each.column)) for each in inputs_read(criterion.method, scale))
    else:
        nothing = is_blank(entry)
    if nothing or not all(is_blank(each) or is_number(each) for each in numbers):
        return None
    columns = {code: np.array([_number(values.get(code))]) for code in ("target", "actual", "claimed")}
    columns |= input_columns(scale.inputs, values)
    columns |= {points_of(code).name: np.array([points]) for code, points in reached.items()}
    columns["choice"] = np.array([entry if isinstance(entry, str) else "?"], dtype=object)
    return float(score(criterion.method, scale, columns).points[0])


def _number(value: object) -> float:
    return float(value) if is_number(value) else math.nan  # type: ignore[arg-type]
