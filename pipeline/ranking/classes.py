"""The class (xếp loại) of every ranked unit.

In: ranks, and totals and points as ticks of :mod:`pipeline.scoring.points`. Out: for each ranked unit its class, and
remarks on what kept it out of a better one. A unit gets the first class, from the best down, whose ``from`` and further
conditions it meets; the last class takes whoever is left.

Promise: a quota is never exceeded (that percentage of the bloc's ranked units, rounded down). Units that share
the rank at its edge fall into the next class together, and the remark leaves them to the council.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pandas as pd

from pipeline.code_lists import GroupKind
from pipeline.i18n import _, number
from pipeline.rules.rubric import ClassLevel, Rubric
from pipeline.scoring.points import ticks_reaching


def classify(
    rubric: Rubric,
    ranks: pd.Series,
    total: pd.Series,
    points: pd.DataFrame,
    sums: pd.DataFrame,
    applicable: pd.DataFrame,
    decimals: int,
) -> tuple[pd.Series, pd.Series]:
    """Classes and remarks ("" for none) by unit, for the units in ``ranks``.

    ``points``: units × criteria; ``sums`` and ``applicable`` (the points of a group that apply to a unit): units ×
    groups.
    """
    classes = pd.Series(rubric.classification[-1].name, index=ranks.index, dtype="str")
    remarks = pd.Series("", index=ranks.index, dtype="str")
    left = ranks
    for level in rubric.classification[:-1]:
        reached = left[total[left.index] >= ticks_reaching(level.from_, decimals)]
        unmet = _unmet(level, rubric, points, sums, applicable).reindex(reached.index, fill_value="")
        crowded = _crowded_out(level, reached[unmet == ""], len(ranks)).reindex(reached.index, fill_value="")
        kept_out = unmet + crowded
        for unit in kept_out.index[kept_out != ""]:
            remarks[unit] = ". ".join(filter(None, [remarks[unit], kept_out[unit]]))
        admitted = kept_out.index[kept_out == ""]
        classes[admitted] = level.name
        left = left.drop(admitted)
    return classes, remarks


def _unmet(
    level: ClassLevel, rubric: Rubric, points: pd.DataFrame, sums: pd.DataFrame, applicable: pd.DataFrame
) -> pd.Series:
    """By unit, the first condition of the class that it does not meet; units that meet all are absent."""
    unmet: dict[str, str] = {}
    for code in level.no_penalty:
        for unit in points.index[points[code] < 0]:
            words = _("Points for class “{name}”, but points taken off under criterion {code}")
            unmet.setdefault(unit, words.format(name=level.name, code=code))
    for group in rubric.groups_of(GroupKind.BASE) if level.each_group else ():
        needed = applicable[group.code].map(lambda most: ceil(most * Fraction(level.each_group or 0) / 100))
        for unit in sums.index[sums[group.code] < needed]:
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
