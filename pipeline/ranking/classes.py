"""The class (xếp loại) of every ranked unit.

In: ranks, and the totals and points that they follow from (:mod:`pipeline.ranking.totals`). Out: for each ranked unit
its class, and remarks on what kept it out of a better one. A unit gets the first class, from the best down, whose
``from`` and further conditions it meets; the last class takes whoever is left.

Promise: a quota is never exceeded (that percentage of the bloc's ranked units, rounded down). Units that share
the rank at its edge fall into the next class together, and the remark leaves them to the council.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pandas as pd

from pipeline.code_lists import GroupKind
from pipeline.i18n import _, number
from pipeline.ranking.totals import BlocTotals
from pipeline.rules.rubric import ClassLevel
from pipeline.scoring.points import ticks_reaching
from pipeline.tables import Standings


def classify(bloc: BlocTotals, ranks: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Classes and remarks ("" for none) by unit, for the units in ``ranks`` (unit -> rank)."""
    levels, total = bloc.rubric.classification, bloc.totals[Standings.total]
    classes = pd.Series(levels[-1].name, index=ranks.index, dtype="str")
    remarks = pd.Series("", index=ranks.index, dtype="str")
    left = ranks
    for level in levels[:-1]:
        reached = left[total[left.index] >= ticks_reaching(level.from_, bloc.decimals)]
        unmet = _unmet(level, bloc).reindex(reached.index, fill_value="")
        crowded = _crowded_out(level, reached[unmet == ""], len(ranks)).reindex(reached.index, fill_value="")
        kept_out = unmet + crowded
        for unit in kept_out.index[kept_out != ""]:
            remarks[unit] = ". ".join(filter(None, [remarks[unit], kept_out[unit]]))
        admitted = kept_out.index[kept_out == ""]
        classes[admitted] = level.name
        left = left.drop(admitted)
    return classes, remarks


def _unmet(level: ClassLevel, bloc: BlocTotals) -> pd.Series:
    """By unit, the first condition of the class that it does not meet; units that meet all are absent."""
    unmet: dict[str, str] = {}
    for code in level.no_penalty:
        for unit in bloc.points.index[bloc.points[code] < 0]:
            words = _("Points for class “{name}”, but points taken off under criterion {code}")
            unmet.setdefault(unit, words.format(name=level.name, code=code))
    for group in bloc.rubric.groups_of(GroupKind.BASE) if level.each_group else ():
        needed = bloc.applicable[group.code].map(lambda most: ceil(most * Fraction(level.each_group or 0) / 100))
        for unit in bloc.group_points.index[bloc.group_points[group.code] < needed]:
            words = _("Points for class “{name}”, but below {percent} % in group {code}")
            percent = number(float(level.each_group or 0))
            unmet.setdefault(unit, words.format(name=level.name, percent=percent, code=group.code))
    return pd.Series(unmet, dtype="str")


def _crowded_out(level: ClassLevel, fitting: pd.Series, ranked: int) -> pd.Series:
    """By unit, that the quota has no place for it; ``fitting`` are the ranks of those who meet the conditions."""
    if level.quota is None:
        return pd.Series(dtype="str")
    places = floor(Fraction(level.quota) * ranked / 100)
    better = fitting.rank(method="min") - 1
    with_equals = fitting.rank(method="max")
    out = with_equals > places
    at_edge = out & (better < places)
    facts = {"name": level.name, "percent": number(float(level.quota)), "places": places, "ranked": ranked}
    full = _("Fit for class “{name}”, but beyond its quota of {percent} % ({places} of {ranked} units)")
    shared = _(
        "Fit for class “{name}”, but units share the rank at the edge of its quota of {percent} %"
        " ({places} of {ranked} units): the council decides"
    )
    words = at_edge.map({True: shared.format(**facts), False: full.format(**facts)})
    return words[out]
