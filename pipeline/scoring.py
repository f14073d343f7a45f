"""Points: what every unit's results are worth under its bloc's rubric.

In: the results that units entered and the roster (whose form counts, how late it was). Out: the points of each
criterion with their explanation (:class:`~pipeline.tables.Scores`), and the sums of each group
(:class:`~pipeline.tables.GroupPoints`).

Promise: sums are exact. Points are rounded criterion by criterion, so each is a whole number of ticks (a tick is
the last decimal of the plan, 0.01 for two decimals), and only whole numbers are added.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from pipeline.methods.method import score as score_method
from pipeline.rubric import Bloc, Criterion, CriterionGroup
from pipeline.rules import Rules
from pipeline.tables import GroupPoints, Scores, checked, empty

Ticks = TypeVar("Ticks", pd.Series, pd.DataFrame)

COUNTING = ("computed", "appraised", "decided")
"""Whose points count: the last of these that exist for a row. People's judgement comes with the council."""

_AS_ENTERED = ["target", "actual", "choice", "claimed", "file", "sheet", "actual_cell"]
_TEXTS = ["choice", "file", "sheet", "actual_cell"]


def score(rules: Rules, results: pd.DataFrame, roster: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score all units that sent: ``(Scores, GroupPoints)``, from ``Results`` and ``Roster``.

    A criterion for which a form has no row counts as blank. Rows come bloc after bloc, unit after unit in the
    plan's order, whatever the order of ``results``. Raises ValueError where a unit has two rows for a criterion.
    """
    decimals = rules.plan.decimals
    scores = [_score_bloc(bloc, results, roster, decimals) for bloc in rules.blocs]
    groups = [_add_up(bloc, table, decimals) for bloc, table in zip(rules.blocs, scores, strict=True)]
    return _joined(scores, Scores), _joined(groups, GroupPoints)


def _joined(parts: list[pd.DataFrame], model: Any) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return checked(pd.concat(filled, ignore_index=True) if filled else empty(model), model)


# --- the points of each criterion -------------------------------------------------------------------


def _score_bloc(bloc: Bloc, results: pd.DataFrame, roster: pd.DataFrame, decimals: int) -> pd.DataFrame:
    sent = roster[(roster["bloc"] == bloc.code) & (roster["state"] == "sent")].set_index("unit")
    entered = dict(iter(results[results["bloc"] == bloc.code].set_index("unit").groupby("criterion")[_AS_ENTERED]))
    nothing = results[:0].set_index("unit")[_AS_ENTERED]
    parts = [
        _score_criterion(group, criterion, entered.get(criterion.code, nothing), sent, decimals)
        for group, criterion in bloc.rubric.criteria.values()
    ]
    scores = pd.concat(parts, ignore_index=True)
    unit_by_unit = np.arange(len(scores)).reshape(len(parts), len(sent)).T.ravel()
    scores = scores.iloc[unit_by_unit].reset_index(drop=True)
    scores.insert(0, "bloc", bloc.code)
    scores["points"] = points_that_count(scores)
    return scores


def _score_criterion(
    group: CriterionGroup, criterion: Criterion, entered: pd.DataFrame, sent: pd.DataFrame, decimals: int
) -> pd.DataFrame:
    rows = entered.reindex(sent.index)
    rows[_TEXTS] = rows[_TEXTS].fillna("")
    if criterion.target is not None:
        rows["target"] = float(criterion.target)
    if criterion.source == "days_late":
        rows["actual"] = sent["days_late"].astype(float)
    columns = {name: rows[name].to_numpy(float) for name in ("target", "actual", "claimed")}
    columns["choice"] = rows["choice"].to_numpy(object)
    scored = score_method(criterion.method, group.scale(criterion, decimals), columns)
    return rows.reset_index().assign(
        group=group.code,
        kind=group.kind,
        criterion=criterion.code,
        max_points=float(criterion.points),
        computed=scored.points,
        explanation=scored.words,
    )


def points_that_count(scores: pd.DataFrame) -> pd.Series:
    """The last of the points that exist in each row: see :data:`COUNTING`."""
    return scores[[name for name in COUNTING if name in scores]].ffill(axis=1).iloc[:, -1]


# --- the points of each group -----------------------------------------------------------------------


def _add_up(bloc: Bloc, scores: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """A base group is the sum of its criteria; bonus and penalty are cut at the group's cap."""
    sums = scores.assign(added=ticks(scores["points"], decimals))
    groups = sums.groupby(["bloc", "unit", "group", "kind"], sort=False)["added"].sum().reset_index()
    cap = groups["group"].map({group.code: ticks_within(group.points, decimals) for group in bloc.rubric.groups})
    capped = groups["added"].where(groups["kind"] == "base", groups["added"].clip(-cap, cap))
    whole = groups["group"].map({group.code: float(group.points) for group in bloc.rubric.groups})
    return groups.assign(
        added=from_ticks(groups["added"], decimals),
        points=from_ticks(capped, decimals),
        percent=from_ticks(capped * 100, decimals) / whole,
    )


# --- ticks ------------------------------------------------------------------------------------------


def ticks(points: pd.Series, decimals: int) -> pd.Series:
    """Rounded points as whole numbers: 4.75 is 475 with two decimals."""
    return points.mul(float(10**decimals)).round().astype("int64")


def from_ticks(whole: Ticks, decimals: int) -> Ticks:
    """The points again, each the float nearest to its decimal number."""
    return whole.div(float(10**decimals))


def ticks_within(cap: Decimal, decimals: int) -> int:
    """The most ticks that do not exceed ``cap``."""
    return floor(Fraction(cap) * Fraction(10) ** decimals)


def ticks_reaching(threshold: Decimal | Fraction, decimals: int) -> int:
    """The fewest ticks that are not below ``threshold``."""
    return ceil(Fraction(threshold) * Fraction(10) ** decimals)
