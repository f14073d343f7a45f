"""The columns of one criterion in a bloc's table of points: what units entered, and what that gives.

In: a bloc's results and scores. Out: columns whose points are live formulas. Where a criterion takes its
values from another row, looks at another's points or compares all units, the formula reads those cells.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from pipeline import i18n
from pipeline.code_lists import GroupKind
from pipeline.i18n import _
from pipeline.methods.bloc_wide import bloc_cells
from pipeline.methods.inputs import Given, Takes, row_code
from pipeline.methods.method import formula, points_of, without_data
from pipeline.outputs.ranking.bloc_results import BlocResults
from pipeline.rules.links import looked_at, may_leave_out, not_for, scale_of
from pipeline.rules.rubric import Criterion, CriterionGroup, Rubric
from pipeline.rules.targets import common_target
from pipeline.sheets.grid import ByRow, Column, Grid, Value, once

HEADING_LOOK = {
    GroupKind.BASE: "heading_group",
    GroupKind.BONUS: "heading_bonus",
    GroupKind.PENALTY: "heading_penalty",
}


class Score(NamedTuple):
    """What is shown of a unit's row of the scores for one criterion."""

    target: float
    actual: float
    choice: str
    claimed: float
    inputs: tuple[Given, ...]
    computed: float
    points: float
    max_points: float


Scored = dict[tuple[str, str], Score]
"""Unit and criterion -> what was scored."""


def add_criterion(
    table: Grid, results: BlocResults, scored: Scored, group: CriterionGroup, criterion: Criterion
) -> None:
    """Add the columns of a criterion of the ``group``: what each unit entered, then its points.

    A criterion that takes its values from another's row, or whose points the council gives, has points alone.
    """
    if criterion.of is None and not criterion.from_council:
        _add_entries(table, results, scored, group, criterion)
    _add_points(table, results, scored, group, criterion)


def _headings(group: CriterionGroup, criterion: Criterion, words: str) -> tuple[str, ...]:
    return (group_words(group), _criterion_words(criterion), words)


def _add_entries(
    table: Grid, results: BlocResults, scored: Scored, group: CriterionGroup, criterion: Criterion
) -> None:
    code, method, heading_look = criterion.code, criterion.method, HEADING_LOOK[group.kind]
    absent = not_for(results.bloc.rubric, criterion)

    def add(key: str, words: str, field: str, look: str, width: float) -> None:
        def value(unit: object) -> Value:
            if unit.unit in absent:  # type: ignore[attr-defined]
                return _("not applicable") if key == "entry" else None
            of_unit = scored[unit.unit, code]  # type: ignore[attr-defined]
            return _entered(of_unit.choice if field == "actual" and of_unit.choice else getattr(of_unit, field))

        wide = max(width, 14) if absent and key == "entry" else width
        headings = _headings(group, criterion, words)
        table.add(f"{key}:{code}", Column(headings, results.each(value), look, wide, heading_look=heading_look))

    if method.needs_target:
        add("target", _("Target"), "target", "entry" if common_target(criterion).is_typed else "number", 9.5)
    match method.takes:
        case Takes.POINTS:
            add("entry", _("Claimed"), "claimed", "entry", 9.5)
        case Takes.INPUTS:
            pass
        case Takes.CHOICE:
            add("entry", _("Result"), "choice", "entry_text", 16)
        case _:
            add("entry", _("Result"), "actual", "entry", 9.5)
    for place, input_ in enumerate(criterion.inputs):
        values = results.each(lambda unit, place=place: _entered(scored[unit.unit, code].inputs[place].value))  # type: ignore[misc]
        look, words = ("entry_text" if input_.yes_no else "entry"), f"{input_.code}. {input_.name}"
        column = Column(_headings(group, criterion, words), values, look, 12, heading_look=heading_look)
        table.add(f"input:{row_code(code, input_.code)}", column)


def _entered(value: float | str) -> Value:
    if isinstance(value, str):
        return value or None
    return None if math.isnan(value) else float(value)


# --- points -------------------------------------------------------------------------------------------


def _add_points(table: Grid, results: BlocResults, scored: Scored, group: CriterionGroup, criterion: Criterion) -> None:
    """A column of formulas; points that people decided stay as numbers."""
    code, absent = criterion.code, not_for(results.bloc.rubric, criterion)
    headings = _headings(group, criterion, _("Points"))
    scores = [scored.get((unit.unit, code)) for unit in results.units]
    decided = frozenset(n for n, score in enumerate(scores) if score is not None and score.points != score.computed)
    values = results.each(lambda unit: None if unit.unit in absent else float(scored[unit.unit, code].points))
    look = "penalty" if group.kind is GroupKind.PENALTY else "points"
    live = None if criterion.from_council else _live(table, results, criterion)
    width = 13 if criterion.of or criterion.from_council else 8  # alone below its heading
    table.add(f"points:{code}", Column(headings, values, look, width, live, decided, HEADING_LOOK[group.kind]))


def _live(table: Grid, results: BlocResults, criterion: Criterion) -> ByRow:
    """The method's formula on the cells of a row."""
    source, scale = criterion.of or criterion.code, scale_of(results.bloc.rubric, criterion, results.decimals)

    def live(row: int) -> str:
        cells = entry_cells(table, results.bloc.rubric, criterion, row)
        if f"entry:{source}" in table.columns:
            entry = cells["claimed"] = cells["actual"]
            cells |= bloc_cells(entry, table.span(f"entry:{source}")) if criterion.method.needs_bloc else {}
        if criterion.method.needs_target:
            cells["target"] = table.cell(f"target:{source}", row)
        for code in scale.gate.looks_at if scale.gate else ():
            cells[points_of(code).name] = table.cell(f"computed:{code}", row)
        return formula(criterion.method, scale, cells)

    return once(live)


def entry_cells(table: Grid, rubric: Rubric, criterion: Criterion, row: int) -> dict[str, str]:
    """The cells of a row in which the criterion's result and inputs stand."""
    source = rubric.source(criterion)
    cells = {one.column: table.cell(f"input:{row_code(source.code, one.code)}", row) for one in source.inputs}
    if f"entry:{source.code}" in table.columns:
        cells["actual"] = table.cell(f"entry:{source.code}", row)
    return cells


def counted_points(table: Grid, results: BlocResults, criterion: Criterion, row: int, otherwise: str) -> str:
    """A formula, without its ``=``: the standard points of a criterion that leave the denominator, for the unit has no
    data; else ``otherwise``."""
    rubric = results.bloc.rubric
    if not may_leave_out(rubric, criterion):
        return otherwise
    scale, cells = scale_of(rubric, criterion, results.decimals), entry_cells(table, rubric, criterion, row)
    return without_data(criterion.method, scale, cells, f"{criterion.points.normalize():f}", otherwise)


def add_computed(table: Grid, results: BlocResults, scored: Scored) -> None:
    """Hidden columns of the points at which conditions look: those by the rubric, whatever people decided."""
    rubric = results.bloc.rubric
    for code in rubric.criteria:
        if code in looked_at(rubric):
            criterion = rubric.criteria[code][1]
            absent = not_for(rubric, criterion)
            most = float(criterion.points)  # what does not count hinders nothing
            values = results.each(
                lambda unit, code=code, most=most: (  # type: ignore[misc]
                    float(scored[unit.unit, code].computed) if scored[unit.unit, code].max_points else most
                )
            )
            fixed = frozenset(n for n, unit in enumerate(results.units) if unit.unit in absent)
            live = None if criterion.from_council else _looked_at(table, results, criterion)
            headings = (_("Auxiliary columns"), _("{code} by the rubric").format(code=code))
            table.add(f"computed:{code}", Column(headings, values, "text", 12, live, fixed, hidden=True))


def _looked_at(table: Grid, results: BlocResults, criterion: Criterion) -> ByRow:
    """The points by the rubric; the full ones where the unit has no data and the criterion does not count."""
    live = _live(table, results, criterion)
    return once(lambda row: "=" + counted_points(table, results, criterion, row, live(row).removeprefix("=")))


# --- words --------------------------------------------------------------------------------------------


def group_words(group: CriterionGroup) -> str:
    """The group's heading, with what it can give or take."""
    words = {
        GroupKind.BASE: _("{code}. {name} ({points} points)"),
        GroupKind.BONUS: _("{code}. {name} (at most +{points} points)"),
        GroupKind.PENALTY: _("{code}. {name} (at most −{points} points)"),
    }
    return words[group.kind].format(code=group.code, name=group.name, points=i18n.number(float(group.points)))


def _criterion_words(criterion: Criterion) -> str:
    points = _("{points} points").format(points=i18n.number(float(criterion.points)))
    source = _("as {code}").format(code=criterion.of) if criterion.of else ""
    council = _("given by the council") if criterion.from_council else ""
    remarks = "; ".join(filter(None, (criterion.unit, points, source, council)))
    return f"{criterion.code}. {criterion.name} ({remarks})"
