"""Points: what every unit's results are worth under its bloc's rubric.

In: the results that units entered and the roster (whose form counts, how late it was). Out: the points of each
criterion with their explanation (:class:`~pipeline.tables.Scores`), and the sums of each group
(:class:`~pipeline.tables.GroupPoints`).

Promise: sums are exact. Points are rounded criterion by criterion, so each is a whole number of ticks (a tick is
the last decimal of the plan, 0.01 for two decimals), and only whole numbers are added. In a rubric that rounds groups
or totals alone, ticks are of a millionth until then.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline.answers import NO_DATA
from pipeline.code_lists import GroupKind, State
from pipeline.forms.frames import Results, cell
from pipeline.i18n import _
from pipeline.methods.inputs import Given, Input, Takes, row_code
from pipeline.methods.method import Scored, points_of
from pipeline.methods.method import score as score_method
from pipeline.methods.no_data import NO_DATA as NO_DATA_REF
from pipeline.rules.links import may_leave_out, no_data, not_for, scale_of
from pipeline.rules.rubric import Bloc, Criterion, Rubric
from pipeline.rules.targets import RUBRIC_TARGETS, Targets
from pipeline.rules.year import Rules
from pipeline.tables import GroupPoints, Model, Roster, Scores, by_bloc, checked, empty

Ticks = TypeVar("Ticks", pd.Series, pd.DataFrame)

COUNTING = (Scores.computed, Scores.appraised, Scores.decided)
"""Whose points count: the last of these that exist for a row. People's come from :mod:`pipeline.council.judgements`."""

_PROVENANCE = (Scores.file, Scores.sheet, Scores.actual_cell)
_AS_ENTERED = [Scores.target, Scores.actual, Scores.choice, Scores.claimed, *_PROVENANCE]
_TEXTS = [Scores.choice, *_PROVENANCE]
_NO_DATA = NO_DATA_REF.name


def score(
    rules: Rules, results: DataFrame[Results], roster: DataFrame[Roster], targets: Targets = RUBRIC_TARGETS
) -> tuple[DataFrame[Scores], DataFrame[GroupPoints]]:
    """Score all units that sent: ``(Scores, GroupPoints)``, from ``Results`` and ``Roster``.

    A criterion or an input for which a form has no row counts as blank. Rows come bloc after bloc, unit after unit in
    the plan's order, whatever the order of ``results``. Raises ValueError where a unit has two rows for a criterion.
    """
    decimals = rules.plan.decimals
    entered, units = by_bloc(results, rules), by_bloc(roster, rules)
    parts = [_score_bloc(bloc, entered[bloc.code], units[bloc.code], targets, decimals) for bloc in rules.blocs]
    scores = _joined(parts, Scores)
    return scores, add_up(rules, scores)


def add_up(rules: Rules, scores: pd.DataFrame) -> DataFrame[GroupPoints]:
    """``GroupPoints`` from the points that count in ``Scores``."""
    parts = by_bloc(scores, rules)
    return _joined([_add_up(bloc, parts[bloc.code], rules.plan.decimals) for bloc in rules.blocs], GroupPoints)


def _joined(parts: list[pd.DataFrame], model: type[Model]) -> DataFrame[Model]:
    filled = [part for part in parts if len(part)]
    return checked(pd.concat(filled, ignore_index=True) if filled else empty(model), model)


# --- the points of each criterion -------------------------------------------------------------------


def _score_bloc(
    bloc: Bloc, results: pd.DataFrame, roster: pd.DataFrame, targets: Targets, decimals: int
) -> pd.DataFrame:
    sent = roster[roster[Roster.state] == State.SENT]
    criteria = list(bloc.rubric.criteria.values())
    results = _with_cells_that_count(results, bloc.rubric)
    entered = _by_criterion(results, [each.code for _group, each in criteria], sent)
    inputs = _inputs(results, [each for _group, each in criteria], sent)
    rows = {
        each.code: {name: values[place] for name, values in entered.items()} | inputs[each.code]
        for place, (_group, each) in enumerate(criteria)
    }
    applies = {each.code: ~sent[Roster.unit].isin(not_for(bloc.rubric, each)).to_numpy() for _group, each in criteria}
    for _group, each in criteria:
        given = targets.given(sent[Roster.unit].tolist(), each)
        rows[each.code][Scores.target][:] = np.where(np.isnan(given), rows[each.code][Scores.target], given)
    _fill_in(bloc.rubric, rows, sent[Roster.days_late].to_numpy(float), applies)
    _mark_no_data(bloc.rubric, rows)
    counts = _counting(bloc.rubric, rows, applies)
    scored = _score_criteria(bloc.rubric, rows, applies, counts, decimals)
    facts = {
        Scores.group: [group.code for group, _each in criteria],
        Scores.kind: [group.kind.value for group, _each in criteria],
        Scores.criterion: [each.code for _group, each in criteria],
    }
    most = [float(each.points) * counts[each.code] for _group, each in criteria]
    words = [scored[each.code].words for _group, each in criteria]
    # Rows go unit by unit, so what is a row for each criterion is turned on its side.
    scores = pd.DataFrame(
        {
            Scores.bloc: bloc.code,
            Scores.unit: np.repeat(sent[Roster.unit].to_numpy(object), len(criteria)),
            **{name: np.tile(np.array(values, dtype=object), len(sent)) for name, values in facts.items()},
            Scores.max_points: np.array(most).T.ravel(),
            **{name: values.T.ravel() for name, values in entered.items()},
            Scores.inputs: _given(bloc.rubric, rows, len(sent)).T.ravel(),
            Scores.computed: np.array([scored[each.code].points for _group, each in criteria]).T.ravel(),
            Scores.explanation: np.array(words, dtype=object).T.ravel(),
        }
    )
    scores[[Scores.appraised, Scores.decided]] = np.nan
    scores[Scores.points] = points_that_count(scores)
    return scores


def _with_cells_that_count(results: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """The same, where the points that are claimed count with their cell in the place of that of the result."""
    from_claims = [code for code, (_group, each) in rubric.criteria.items() if each.method.takes is Takes.POINTS]
    cells, claimed = results[Scores.actual_cell], results[cell(Scores.claimed)]
    return results.assign(**{Scores.actual_cell: cells.mask(results[Scores.criterion].isin(from_claims), claimed)})


def _by_criterion(results: pd.DataFrame, codes: list[str], sent: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each column of what was entered as an array, criteria by units; blank where a form has no row."""
    wanted = pd.MultiIndex.from_product([codes, sent[Roster.unit]])
    rows = results.set_index([Scores.criterion, Scores.unit])[_AS_ENTERED]
    if rows.index.has_duplicates:
        raise ValueError("duplicate rows of a unit for one criterion")
    rows = rows.reindex(wanted)
    rows[_TEXTS] = rows[_TEXTS].fillna("")
    types = {name: object if name in _TEXTS else float for name in _AS_ENTERED}
    return {name: rows[name].to_numpy(kind, copy=True).reshape(len(codes), len(sent)) for name, kind in types.items()}


def _inputs(results: pd.DataFrame, criteria: list[Criterion], sent: pd.DataFrame) -> dict[str, dict[str, np.ndarray]]:
    """Criterion -> the column of each of its inputs, whose entries stand in rows of their own."""
    rows = {row_code(each.code, one.code): (each.code, one) for each in criteria for one in each.inputs}
    entered = _by_criterion(results, list(rows), sent) if rows else {}
    found: dict[str, dict[str, np.ndarray]] = {each.code: {} for each in criteria}
    for place, (criterion, one) in enumerate(rows.values()):
        found[criterion][one.column] = entered[Scores.choice if one.yes_no else Scores.actual][place]
        found[criterion][one.cell_column] = entered[Scores.actual_cell][place]
        if not one.yes_no:
            found[criterion][one.no_data_column] = entered[Scores.choice][place] == _(NO_DATA)
    return found


def _given(rubric: Rubric, rows: Rows, units: int) -> np.ndarray:
    """What was entered for the inputs, criteria by units."""
    given = np.empty((len(rubric.criteria), units), dtype=object)
    given.fill(())
    for place, (_group, criterion) in enumerate(rubric.criteria.values()):
        own, inputs = rows[criterion.code], rubric.source(criterion).inputs
        values = [(one.code, _entries(own, one), own[one.cell_column]) for one in inputs]
        for unit in range(units if values else 0):
            given[place, unit] = tuple(Given(code, value[unit], cell[unit]) for code, value, cell in values)
    return given


def _entries(own: dict[str, np.ndarray], one: Input) -> list[float | str]:
    entered: list[float | str] = own[one.column].tolist()
    if one.yes_no or not own[one.no_data_column].any():
        return entered
    return [_(NO_DATA) if none else value for value, none in zip(entered, own[one.no_data_column], strict=True)]


Rows = dict[str, dict[str, np.ndarray]]
"""Criterion -> column -> the values of all units that sent."""


def _fill_in(rubric: Rubric, rows: Rows, late: np.ndarray, applies: dict[str, np.ndarray]) -> None:
    """Put in what the system or another row enters; blank what does not apply to a unit."""
    criteria = [criterion for _group, criterion in rubric.criteria.values()]
    for criterion in criteria:
        if criterion.source == "days_late":
            rows[criterion.code][Scores.actual][:] = late
        if criterion.method.takes is Takes.INPUTS:
            rows[criterion.code][Scores.actual_cell][:] = ""
    for criterion in criteria:
        if criterion.of is not None:
            source = rubric.source(criterion)
            for name in _AS_ENTERED:
                rows[criterion.code][name][:] = rows[source.code][name]
            columns = [name for one in source.inputs for name in (one.column, one.cell_column, one.no_data_column)]
            own = rows[source.code]
            rows[criterion.code] |= {name: own[name].copy() for name in columns if name in own}
        for name, values in rows[criterion.code].items():
            if name not in _PROVENANCE:
                values[~applies[criterion.code]] = _BLANK[values.dtype.kind]


_BLANK: dict[str, Any] = {"f": np.nan, "O": "", "b": False}


def _mark_no_data(rubric: Rubric, rows: Rows) -> None:
    """Say of each unit whether it has no data for a criterion whose rule says what that means."""
    for _group, criterion in rubric.criteria.values():
        if no_data(rubric, criterion):
            own = rows[criterion.code]
            none = [own[Scores.choice] == _(NO_DATA)] if criterion.method.takes is Takes.NUMBER else []
            none += [own[one.no_data_column] for one in rubric.source(criterion).inputs if not one.yes_no]
            own[_NO_DATA] = np.any(none, axis=0) if none else np.zeros(len(own[Scores.choice]), dtype=bool)


def _counting(rubric: Rubric, rows: Rows, applies: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """To which units each criterion applies, but for those whose missing data leave it out."""
    criteria = [each for _group, each in rubric.criteria.values() if may_leave_out(rubric, each)]
    left_out = {each.code: rows[each.code][_NO_DATA] for each in criteria}
    return {code: values & ~left_out[code] if code in left_out else values for code, values in applies.items()}


def _score_criteria(
    rubric: Rubric, rows: Rows, applies: dict[str, np.ndarray], counts: dict[str, np.ndarray], decimals: int
) -> dict[str, Scored]:
    """The points of all units; those with a condition last, for it looks at the points of others."""
    scored: dict[str, Scored] = {}
    points: dict[str, np.ndarray] = {}
    for _group, each in sorted(rubric.criteria.values(), key=lambda pair: pair[1].only_if is not None):
        columns = {name: values for name, values in rows[each.code].items() if name not in _PROVENANCE}
        found = score_method(each.method, scale_of(rubric, each, decimals), columns | points)
        if each.from_council:
            found = Scored(found.points, [_("given by the council alone")] * len(found.words))
        scored[each.code] = _where_it_applies(found, applies[each.code])
        # What does not count for a unit hinders nothing.
        points[points_of(each.code).name] = np.where(counts[each.code], found.points, float(each.points))
    return scored


def _where_it_applies(found: Scored, applies: np.ndarray) -> Scored:
    if applies.all():
        return found
    pairs = zip(found.words, applies, strict=True)
    words = [explanation if applying else _("does not apply to this unit") for explanation, applying in pairs]
    return Scored(np.where(applies, found.points, 0.0), words)


def points_that_count(scores: pd.DataFrame) -> pd.Series:
    """The last of the points that exist in each row: see :data:`COUNTING`."""
    return scores[[name for name in COUNTING if name in scores]].ffill(axis=1).iloc[:, -1]


# --- the points of each group -----------------------------------------------------------------------


def _add_up(bloc: Bloc, scores: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """The sum of the criteria, rounded where the rubric rounds groups, within the group's bounds."""
    of_group = bloc.rubric.decimals_at("group", decimals)
    decimals = bloc.rubric.decimals_at("criterion", decimals)
    sums = scores.assign(added=ticks(scores[Scores.points], decimals), most=ticks(scores[Scores.max_points], decimals))
    key = [GroupPoints.bloc, GroupPoints.unit, GroupPoints.group, GroupPoints.kind]
    groups = sums.groupby(key, sort=False)[[GroupPoints.added, "most"]].sum().reset_index()
    groups[GroupPoints.added] = rounded_ticks(groups[GroupPoints.added], decimals, of_group)
    codes = groups[GroupPoints.group]
    bounds = {group.code: group.bounds for group in bloc.rubric.groups}
    low = codes.map({code: -ticks_within(-least, decimals) for code, (least, _most) in bounds.items()})
    high = codes.map({code: ticks_within(most, decimals) for code, (_least, most) in bounds.items()})
    capped = groups[GroupPoints.added].clip(low, high)
    applicable = codes.map({group.code: float(group.points) for group in bloc.rubric.groups})
    applicable = from_ticks(groups["most"], decimals).where(groups[GroupPoints.kind] == GroupKind.BASE, applicable)
    return groups.assign(
        added=from_ticks(groups[GroupPoints.added], decimals),
        points=from_ticks(capped, decimals),
        applicable=applicable,
        percent=(from_ticks(capped * 100, decimals) / applicable).where(applicable > 0),
    )


# --- ticks ------------------------------------------------------------------------------------------


def ticks(points: pd.Series, decimals: int) -> pd.Series:
    """Rounded points as whole numbers: 4.75 is 475 with two decimals."""
    return points.mul(float(10**decimals)).round().astype("int64")


def from_ticks(whole: Ticks, decimals: int) -> Ticks:
    """The points again, each the float nearest to its decimal number."""
    return whole.div(float(10**decimals))


def rounded_ticks(whole: pd.Series, decimals: int, to: int) -> pd.Series:
    """Ticks of so many ``decimals``, rounded half up to the fewer decimals ``to``, as a spreadsheet's ROUND does."""
    step = 10 ** (decimals - to)
    size: pd.Series = (whole.abs() + step // 2) // step * step
    return size.where(whole >= 0, -size)


def ticks_within(cap: Decimal, decimals: int) -> int:
    """The most ticks that do not exceed ``cap``."""
    return floor(Fraction(cap) * Fraction(10) ** decimals)


def ticks_reaching(threshold: Decimal | Fraction, decimals: int) -> int:
    """The fewest ticks that are not below ``threshold``."""
    return ceil(Fraction(threshold) * Fraction(10) ** decimals)
