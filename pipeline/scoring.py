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

from pipeline.methods.method import Scored
from pipeline.methods.method import score as score_method
from pipeline.rubric import Bloc, Criterion, CriterionGroup
from pipeline.rules import Rules
from pipeline.tables import GroupPoints, Scores, by_bloc, checked, empty

Ticks = TypeVar("Ticks", pd.Series, pd.DataFrame)

COUNTING = ("computed", "appraised", "decided")
"""Whose points count: the last of these that exist for a row. People's come from :mod:`pipeline.council`."""

_AS_ENTERED = ["target", "actual", "choice", "claimed", "file", "sheet", "actual_cell"]
_TEXTS = ["choice", "file", "sheet", "actual_cell"]


def score(rules: Rules, results: pd.DataFrame, roster: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score all units that sent: ``(Scores, GroupPoints)``, from ``Results`` and ``Roster``.

    A criterion for which a form has no row counts as blank. Rows come bloc after bloc, unit after unit in the
    plan's order, whatever the order of ``results``. Raises ValueError where a unit has two rows for a criterion.
    """
    decimals = rules.plan.decimals
    entered, units = by_bloc(results, rules), by_bloc(roster, rules)
    parts = [_score_bloc(bloc, entered[bloc.code], units[bloc.code], decimals) for bloc in rules.blocs]
    scores = _joined(parts, Scores)
    return scores, add_up(rules, scores)


def add_up(rules: Rules, scores: pd.DataFrame) -> pd.DataFrame:
    """``GroupPoints`` from the points that count in ``Scores``."""
    parts = by_bloc(scores, rules)
    return _joined([_add_up(bloc, parts[bloc.code], rules.plan.decimals) for bloc in rules.blocs], GroupPoints)


def _joined(parts: list[pd.DataFrame], model: Any) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return checked(pd.concat(filled, ignore_index=True) if filled else empty(model), model)


# --- the points of each criterion -------------------------------------------------------------------


def _score_bloc(bloc: Bloc, results: pd.DataFrame, roster: pd.DataFrame, decimals: int) -> pd.DataFrame:
    sent = roster[roster["state"] == "sent"]
    criteria = list(bloc.rubric.criteria.values())
    entered = _by_criterion(results, [each.code for _group, each in criteria], sent)
    late = sent["days_late"].to_numpy(float)
    scored = [
        _score_criterion(group, criterion, {name: values[place] for name, values in entered.items()}, late, decimals)
        for place, (group, criterion) in enumerate(criteria)
    ]
    facts = {
        "group": [group.code for group, _each in criteria],
        "kind": [group.kind for group, _each in criteria],
        "criterion": [each.code for _group, each in criteria],
        "max_points": [float(each.points) for _group, each in criteria],
    }
    # Rows go unit by unit, so what is a row for each criterion is turned on its side.
    scores = pd.DataFrame(
        {
            "bloc": bloc.code,
            "unit": np.repeat(sent["unit"].to_numpy(object), len(criteria)),
            **{name: np.tile(np.array(values, dtype=object), len(sent)) for name, values in facts.items()},
            **{name: values.T.ravel() for name, values in entered.items()},
            "computed": np.array([each.points for each in scored]).T.ravel(),
            "explanation": np.array([each.words for each in scored], dtype=object).T.ravel(),
        }
    )
    scores["max_points"] = scores["max_points"].astype(float)
    scores[["appraised", "decided"]] = np.nan
    scores["points"] = points_that_count(scores)
    return scores


def _by_criterion(results: pd.DataFrame, codes: list[str], sent: pd.DataFrame) -> dict[str, np.ndarray]:
    """Each column of what was entered as an array, criteria by units; blank where a form has no row."""
    wanted = pd.MultiIndex.from_product([codes, sent["unit"]])
    rows = results.set_index(["criterion", "unit"])[_AS_ENTERED]
    if rows.index.has_duplicates:
        raise ValueError("duplicate rows of a unit for one criterion")
    rows = rows.reindex(wanted)
    rows[_TEXTS] = rows[_TEXTS].fillna("")
    types = {name: object if name in _TEXTS else float for name in _AS_ENTERED}
    return {name: rows[name].to_numpy(kind, copy=True).reshape(len(codes), len(sent)) for name, kind in types.items()}


def _score_criterion(
    group: CriterionGroup, criterion: Criterion, entered: dict[str, np.ndarray], late: np.ndarray, decimals: int
) -> Scored:
    """The points of all units; what the rules or the system enter is put in its place in ``entered``."""
    if criterion.target is not None:
        entered["target"][:] = float(criterion.target)
    if criterion.source == "days_late":
        entered["actual"][:] = late
    columns = {name: entered[name] for name in ("target", "actual", "claimed", "choice")}
    return score_method(criterion.method, group.scale(criterion, decimals), columns)


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
