"""How firm a ranking is: whether other weights, a group left out or a few more points would change it.

In: the points of groups (:mod:`pipeline.scoring.points`) and the standings (:mod:`pipeline.ranking.standings`). Out:
for each ranked unit the range of its ranks when weights vary, the points to its neighbours and a sentence that says so
(:class:`~pipeline.tables.Firmness`), and its rank without each group (:class:`~pipeline.tables.RankWithout`).

What is varied. The weight of each base group is multiplied by a factor drawn evenly from 0.8 to 1.2, for each group
by itself, and then all weights are scaled so that they add up to the rubric's total again. A unit's share of the
group's points stays, and so do bonus and penalty, behind their caps. A group left out is one of factor 0. Of a unit
to which some criteria do not apply, the weight of a group is that of its criteria that do.

Where it comes from. OECD/JRC, *Handbook on Constructing Composite Indicators* (2008, ISBN 978-92-64-04345-9), step 7,
uncertainty and sensitivity analysis: weights drawn at random, ranks reported by their 5th and 95th percentile, and
each component left out in turn; after Saisana, Saltelli and Tarantola (2005, doi:10.1111/j.1467-985X.2005.00350.x).
The R package COINr does the same in ``get_noisy_weights`` (a noise factor of 0.2), ``get_sensitivity`` (Q5, Q95) and
``remove_elements``.

Promises. Totals are compared exactly, as whole numbers and never rounded, so that rounding makes no ties and the
machine's arithmetic breaks none. Equal totals keep the order that the ranking gave them: with the rubric's own
weights every rank is the official one. The same bloc gets the same draws, whichever the machine or the run.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from math import gcd, lcm
from typing import Any

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline.code_lists import GroupKind
from pipeline.i18n import _, number
from pipeline.ranking.ties import listed
from pipeline.rules.rubric import Bloc
from pipeline.rules.year import Rules
from pipeline.scoring.points import ticks, ticks_within
from pipeline.tables import Firmness, GroupPoints, RankWithout, Standings, by_bloc, of_records

DRAWS = 10_000
SPREAD = 20
"""Percent by which a weight may become larger or smaller."""

LOW, HIGH = 5, 95
"""Percentiles between which a unit's ranks are reported."""

_ONE = 10**6  # a factor of 1
_CELLS = 500_000  # draws × units ranked at once: some 30 MB
_LARGEST = 2**62

Whole = np.ndarray[Any, np.dtype[np.int64]]


def firmness(rules: Rules, groups: DataFrame[GroupPoints], standings: DataFrame[Standings]) -> DataFrame[Firmness]:
    """``Firmness`` of every ranked unit, from ``GroupPoints`` and ``Standings``."""
    records = [record for each in ranked_blocs(rules, groups, standings) for record in _firmness(each)]
    return of_records(records, Firmness)


def ranks_without(
    rules: Rules, groups: DataFrame[GroupPoints], standings: DataFrame[Standings]
) -> DataFrame[RankWithout]:
    """``RankWithout`` of every ranked unit and group, from ``GroupPoints`` and ``Standings``.

    Bonus and penalty groups are left out too. The only base group is not: nothing would be left to rank by.
    """
    records = [record for each in ranked_blocs(rules, groups, standings) for record in _ranks_without(each)]
    return of_records(records, RankWithout)


# --- the ranked units of a bloc ---------------------------------------------------------------------


@dataclass(frozen=True)
class RankedBloc:
    """The ranked units of one bloc, best first. Totals and points are whole ticks."""

    bloc: Bloc
    decimals: int  # of the points: a tick is the last of them
    units: list[str]  # codes
    names: dict[str, str]  # code of a unit -> its name
    ranks: Whole
    totals: Whole
    points: pd.DataFrame  # units × groups
    applicable: pd.DataFrame  # units × groups: the points of criteria that apply to the unit
    bases: Whole  # points of the base groups, as they count
    rounding: Whole  # what rounding added to the totals
    shown: int  # decimals of totals

    @property
    def base(self) -> list[str]:
        """The codes of the groups whose weights vary."""
        return [group.code for group in self.bloc.rubric.groups_of(GroupKind.BASE)]


def ranked_blocs(rules: Rules, groups: DataFrame[GroupPoints], standings: DataFrame[Standings]) -> list[RankedBloc]:
    """One for every bloc in which a unit is ranked, in the plan's order."""
    parts, ranked = by_bloc(groups, rules), by_bloc(standings[standings[Standings.rank].notna()], rules)
    decimals = rules.plan.decimals
    return [
        _ranked_bloc(bloc, parts[bloc.code], ranked[bloc.code], decimals)
        for bloc in rules.blocs
        if len(ranked[bloc.code])
    ]


def _ranked_bloc(bloc: Bloc, groups: pd.DataFrame, standings: pd.DataFrame, decimals: int) -> RankedBloc:
    """``groups``: the bloc's rows of ``GroupPoints``; ``standings``: those of its ranked units."""
    shown, decimals = decimals, bloc.rubric.decimals_at("criterion", decimals)
    best_first = standings.sort_values(Standings.rank, kind="stable")
    units = best_first[Standings.unit].tolist()
    return RankedBloc(
        bloc,
        decimals,
        units,
        {unit.code: unit.name for unit in bloc.units},
        best_first[Standings.rank].to_numpy("int64"),
        ticks(best_first[Standings.total], decimals).to_numpy(),
        _by_unit(groups, GroupPoints.points, decimals).loc[units],
        _by_unit(groups, GroupPoints.applicable, decimals).loc[units],
        ticks(best_first[Standings.base], decimals).to_numpy(),
        _rounding(best_first, decimals),
        shown,
    )


def _rounding(standings: pd.DataFrame, decimals: int) -> Whole:
    """What rounding the total added to each unit's, in a rubric that rounds there."""
    parts = [ticks(standings[name], decimals) for name in (Standings.base, Standings.bonus, Standings.penalty)]
    rounding: Whole = (ticks(standings[Standings.total], decimals) - sum(parts)).to_numpy()
    return rounding


def _by_unit(groups: pd.DataFrame, values: str, decimals: int) -> pd.DataFrame:
    """The points in ``values`` as ticks, units × groups."""
    counted = groups.assign(ticks=ticks(groups[values], decimals))
    return counted.pivot(index=GroupPoints.unit, columns=GroupPoints.group, values="ticks")


# --- ranks under other weights ----------------------------------------------------------------------


def drawn_ranks(ranked: RankedBloc) -> np.ndarray[Any, Any]:
    """The rank of each unit (column) in each draw (row)."""
    extra, factors = _extra(ranked), _draw(ranked)
    at_once = max(1, _CELLS // len(ranked.units))
    return np.concatenate(
        [_ranks(ranked, factors[start : start + at_once], extra) for start in range(0, DRAWS, at_once)]
    )


def _draw(ranked: RankedBloc) -> Whole:
    """Factors of the base groups, draws × groups, in millionths."""
    seed = hashlib.sha256(f"firmness of {ranked.bloc.code}".encode()).digest()
    dice = np.random.Generator(np.random.PCG64(int.from_bytes(seed[:16], "big")))
    low, high = _ONE * (100 - SPREAD) // 100, _ONE * (100 + SPREAD) // 100
    return dice.integers(low, high, size=(DRAWS, len(ranked.base)), endpoint=True)


def _ranks(ranked: RankedBloc, factors: Whole, extra: Whole) -> np.ndarray[Any, Any]:
    """Competition ranks of the units (columns), under each row of factors.

    A total under other weights is ``whole / varied × Σ factor × points + extra``, where ``whole`` and ``varied`` are
    the sums of the weights before and after. All units of a row are compared by ``varied`` times that, which is a
    whole number, and by the official rank after it.
    """
    if (ranked.applicable[ranked.base].sum(axis=1) < _whole(ranked)).any():
        return _ranks_of_what_applies(ranked, factors, extra)
    factors, weights = factors.astype(_kind(ranked)), _weights(ranked)
    varied = (factors @ weights)[:, None]
    totals = weights.sum() * (factors @ ranked.points[ranked.base].to_numpy().T) + varied * extra
    return _competition_ranks(totals * (len(ranked.units) + 1) - ranked.ranks)


def _ranks_of_what_applies(ranked: RankedBloc, factors: Whole, extra: Whole) -> np.ndarray[Any, Any]:
    """The same where groups weigh differently from unit to unit, so that each has a sum of weights of its own.

    Everything is multiplied by all these sums, which makes numbers beyond the machine's integers. What rounding did
    to the points that count is added as it is.
    """
    factors, own = factors.astype(object), ranked.applicable[ranked.base].to_numpy(object)
    points, whole = ranked.points[ranked.base].to_numpy(object), _whole(ranked)
    distinct, which = np.unique(own.astype("int64"), axis=0, return_inverse=True)
    varied = factors @ distinct.astype(object).T
    varied[varied == 0] = 1  # none of the groups that are left applies
    product = varied.prod(axis=1)[:, None]
    out_of = own.sum(axis=1)
    multiple = lcm(*out_of.tolist())
    rest = multiple * ranked.bases.astype(object) - whole * points.sum(axis=1) * (multiple // out_of)
    shares = (factors @ points.T) * (product // varied[:, which.ravel()])
    totals = whole * multiple * shares + product * (rest + multiple * extra.astype(object))
    return _competition_ranks(totals * (len(ranked.units) + 1) - ranked.ranks)


def _whole(ranked: RankedBloc) -> int:
    """The rubric's standard points, in ticks."""
    return ticks_within(ranked.bloc.rubric.total, ranked.decimals)


def _kind(ranked: RankedBloc) -> str:
    """Machine integers where they have room for every key of :func:`_ranks`; else, far slower, Python's."""
    most = int(np.abs(_extra(ranked)).max()) + int(ranked.points[ranked.base].sum(axis=1).abs().max())
    largest = 2 * _ONE * int(_weights(ranked).sum()) * (most + 1) * (len(ranked.units) + 1)
    return "int64" if largest < _LARGEST else "object"


def _weights(ranked: RankedBloc) -> Whole:
    """The base groups' weights, by the smallest whole numbers."""
    weights = [ticks_within(group.points, ranked.decimals) for group in ranked.bloc.rubric.groups_of(GroupKind.BASE)]
    return np.array(weights, dtype="int64") // gcd(*weights)


def _competition_ranks(keys: Whole) -> np.ndarray[Any, Any]:
    """In each row, 1 + the number of keys that are larger."""
    order = np.argsort(-keys, axis=1)
    ordered = np.take_along_axis(keys, order, axis=1)
    first = np.zeros(keys.shape, dtype="int32")
    first[:, 1:] = np.where(ordered[:, 1:] != ordered[:, :-1], np.arange(1, keys.shape[1], dtype="int32"), 0)
    ranks = np.empty(keys.shape, dtype="int32")
    np.put_along_axis(ranks, order, np.maximum.accumulate(first, axis=1) + 1, axis=1)
    return ranks


def _extra(ranked: RankedBloc, left_out: str = "") -> Whole:
    """Bonus and penalty of each unit behind the rubric's caps, without one group, and what rounding did to totals."""
    rubric = ranked.bloc.rubric
    bonus = _added(ranked, GroupKind.BONUS, left_out, rubric.bonus_cap)
    return bonus + _added(ranked, GroupKind.PENALTY, left_out, rubric.penalty_cap) + ranked.rounding


def _added(ranked: RankedBloc, kind: GroupKind, left_out: str, cap: Decimal | None) -> Whole:
    """What the groups of that kind but one add up to for each unit, from minus ``cap`` to ``cap``."""
    codes = [group.code for group in ranked.bloc.rubric.groups_of(kind) if group.code != left_out]
    added: Whole = ranked.points[codes].to_numpy("int64").sum(axis=1)
    most = _LARGEST if cap is None else ticks_within(cap, ranked.decimals)
    return added.clip(-most, most)


def _ranks_without(ranked: RankedBloc) -> list[tuple[Any, ...]]:
    """Rows of ``RankWithout``, values in the order of its columns."""
    ranks = {}
    for group in ranked.bloc.rubric.groups:
        factors = np.array([[code != group.code for code in ranked.base]], dtype="int64")
        if factors.any():
            ranks[group.code] = _ranks(ranked, factors, _extra(ranked, group.code))[0].tolist()
    return [
        (ranked.bloc.code, unit, code, column[place])
        for place, unit in enumerate(ranked.units)
        for code, column in ranks.items()
    ]


# --- what comes of it for each unit -----------------------------------------------------------------


def _firmness(ranked: RankedBloc) -> list[tuple[Any, ...]]:
    """Rows of ``Firmness``, values in the order of its columns."""
    spans, gaps = zip(*quantiles(drawn_ranks(ranked)), strict=True), zip(*_gaps(ranked), strict=True)
    of_units = zip(ranked.units, ranked.ranks.tolist(), spans, gaps, strict=True)
    return [
        (ranked.bloc.code, unit, rank, *span, *gap, _sentence(ranked, place, span, gap))
        for place, (unit, rank, span, gap) in enumerate(of_units)
    ]


def quantiles(ranks: np.ndarray[Any, Any]) -> tuple[list[int], list[int]]:
    """The 5 % and the 95 % quantile of each column: the smallest rank that so many draws do not exceed.

    Always a rank that was drawn; at least 90 % of the draws lie from the one to the other.
    """
    at = [-(-len(ranks) * percent // 100) - 1 for percent in (LOW, HIGH)]
    low, high = np.partition(ranks, at, axis=0)[at]
    return low.tolist(), high.tolist()


def _gaps(ranked: RankedBloc) -> tuple[list[float], list[float]]:
    """Points to the units of the next better and of the next worse rank; NaN where there are none."""
    totals, ranks, tick = ranked.totals, ranked.ranks, float(10**ranked.decimals)
    above, below = np.searchsorted(ranks, ranks) - 1, np.searchsorted(ranks, ranks, side="right")
    up = np.where(above >= 0, (totals[above] - totals) / tick, np.nan)
    down = np.where(below < len(ranks), (totals - totals[below % len(ranks)]) / tick, np.nan)
    return up.tolist(), down.tolist()


# --- in words ---------------------------------------------------------------------------------------


def _sentence(ranked: RankedBloc, place: int, span: tuple[int, int], gaps: tuple[float, float]) -> str:
    """What a council member should know of the unit's rank, in one sentence."""
    unit = ranked.names[ranked.units[place]]
    if len(ranked.units) == 1:
        return _("{unit} is the only ranked unit of the bloc").format(unit=unit) + "."
    return f"{_weights_words(unit, int(ranked.ranks[place]), span)}; {_neighbour_words(ranked, place, gaps)}."


def _weights_words(unit: str, rank: int, span: tuple[int, int]) -> str:
    low, high = span
    if low < high:
        words = _(
            "{unit} is at rank {rank}, but at ranks {low} to {high} if the groups' standard points vary by {spread} %"
        )
    elif low == rank:
        words = _("{unit} is firm at rank {rank}, even if the groups' standard points vary by {spread} %")
    else:
        words = _("{unit} is at rank {rank}, but mostly at {low} if the groups' standard points vary by {spread} %")
    return words.format(unit=unit, rank=rank, low=low, high=high, spread=SPREAD)


def _neighbour_words(ranked: RankedBloc, place: int, gaps: tuple[float, float]) -> str:
    """The smallest change of points that would swap it with a neighbour."""
    others = np.arange(len(ranked.units)) != place
    sharing = others & (ranked.ranks == ranked.ranks[place])
    level = others & (ranked.totals == ranked.totals[place])
    if sharing.any():
        return _("same total and rank as {units}").format(units=_named(ranked, sharing))
    if level.any():
        return _("same total as {units}, told apart by the tie-breaks").format(units=_named(ranked, level))
    own, gap = ranked.ranks[place], np.nanmin(gaps)
    near = ranked.ranks[ranked.ranks < own].max() if gap == gaps[0] else ranked.ranks[ranked.ranks > own].min()
    return _("a change of more than {gap} points swaps it with {units}").format(
        gap=number(gap, ranked.shown), units=_named(ranked, ranked.ranks == near)
    )


def _named(ranked: RankedBloc, chosen: np.ndarray[Any, Any]) -> str:
    return listed([ranked.units[each] for each in np.flatnonzero(chosen)], ranked.names)
