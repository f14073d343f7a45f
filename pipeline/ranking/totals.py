"""The totals of a bloc's units, and everything else that ranks and classes follow from.

In: the points of criteria and groups (:mod:`pipeline.scoring.points`) and the times of receipt. Out:
:class:`BlocTotals`.

Promise: all points are whole ticks, so sums are exact and equal totals are equal to the tick.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.code_lists import GroupKind
from pipeline.ranking.ties import comparison_keys
from pipeline.rules.rubric import Bloc, Rubric
from pipeline.scoring.points import rounded_ticks, ticks, ticks_within
from pipeline.tables import GroupPoints, Scores, Standings

_BASE, _BONUS, _PENALTY = Standings.base, Standings.bonus, Standings.penalty


@dataclass(frozen=True)
class BlocTotals:
    """What the units of a bloc that sent are ranked and classified by. One row for each unit, all points in ticks.

    ``points``: one column for each criterion.
    ``group_points``: one column for each group, what its cap leaves.
    ``applicable``: one column for each group, its points that apply to the unit.
    ``totals``: ``base``, ``bonus`` and ``penalty`` behind the rubric's caps, and their sum ``total``.
    ``keys``: the total, then one column for each tie-break; more is better, the first that differs decides.
    """

    rubric: Rubric
    decimals: int
    points: pd.DataFrame
    group_points: pd.DataFrame
    applicable: pd.DataFrame
    totals: pd.DataFrame
    keys: pd.DataFrame


def bloc_totals(
    bloc: Bloc, scores: pd.DataFrame, groups: pd.DataFrame, received: pd.Series, decimals: int
) -> BlocTotals:
    """``BlocTotals`` from the bloc's rows of ``Scores`` and ``GroupPoints``; ``decimals``: the plan's.

    ``received``: unit -> ISO time of receipt, or "".
    """
    rubric, codes = bloc.rubric, [group.code for group in bloc.rubric.groups]
    to, decimals = decimals, rubric.decimals_at("criterion", decimals)
    points = _by_unit(scores, Scores.criterion, Scores.points, decimals).reindex(
        columns=list(rubric.criteria), fill_value=0
    )
    group_points, applicable = (
        _by_unit(groups, GroupPoints.group, values, decimals).reindex(columns=codes, fill_value=0)
        for values in (GroupPoints.points, GroupPoints.applicable)
    )
    totals = _totals(rubric, group_points, applicable, decimals, to)
    keys = comparison_keys(rubric, totals, points, group_points, received)
    return BlocTotals(rubric, decimals, points, group_points, applicable, totals, keys)


def _by_unit(frame: pd.DataFrame, column: str, values: str, decimals: int) -> pd.DataFrame:
    """The points in ``values`` as ticks: a row for each unit, a column for each code in ``column``."""
    counted = frame.assign(ticks=ticks(frame[values], decimals))
    return counted.pivot(index=Scores.unit, columns=column, values="ticks")


def _totals(
    rubric: Rubric, group_points: pd.DataFrame, applicable: pd.DataFrame, decimals: int, to: int
) -> pd.DataFrame:
    """``totals`` of :class:`BlocTotals`, all in ticks of ``decimals``; ``to``: the decimals that the total has."""
    codes = {kind.value: [group.code for group in rubric.groups_of(kind)] for kind in GroupKind}
    totals = pd.DataFrame({kind: group_points[of].sum(axis=1) for kind, of in codes.items()}, group_points.index)
    whole = ticks_within(rubric.total, decimals)
    base = rescaled(totals[_BASE], whole, applicable[codes[GroupKind.BASE]].sum(axis=1))
    totals[_BASE] = rounded_ticks(base, decimals, rubric.decimals_at("group", to))
    if rubric.bonus_cap is not None:
        totals[_BONUS] = totals[_BONUS].clip(upper=ticks_within(rubric.bonus_cap, decimals))
    if rubric.penalty_cap is not None:
        totals[_PENALTY] = totals[_PENALTY].clip(lower=-ticks_within(rubric.penalty_cap, decimals))
    return totals.assign(total=rounded_ticks(totals.sum(axis=1), decimals, to))


def rescaled(base: pd.Series, whole: int, applicable: pd.Series) -> pd.Series:
    """Base points out of what applies to each unit, as if out of the whole: 68.32 of 84 are 81.33 of 100.

    All in ticks, rounded half up. What does not apply leaves the denominator, as in the index of administrative
    reform (PAR Index).
    """
    out_of = applicable.where(applicable > 0, 1)
    doubled = 2 * base.abs().astype(object) * whole  # Python's integers: ticks times ticks can need more than 64 bits
    size = ((doubled + out_of) // (2 * out_of)).astype("int64")
    return size.where(base >= 0, -size)
