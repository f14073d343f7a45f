"""The class (xếp loại) of every ranked unit.

In: ranks, and the totals and points that they follow from (:mod:`pipeline.ranking.totals`). Out: for each ranked unit
its class, and remarks on what kept it out of a better one. A unit gets the first class, from the best down, whose
``from`` and further conditions it meets; the last class takes whoever is left.

Promise: a quota or a number of places is never exceeded, and never parts units of one rank. Those that share the rank
at its edge share what is left of it, and the rest of them goes on to the next class: three units for two places take
one place of the next class, whichever of them the council puts there. Until it does, their class names both.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from math import ceil, floor

import pandas as pd

from pipeline.code_lists import GroupKind
from pipeline.i18n import _, number
from pipeline.ranking.totals import BlocTotals
from pipeline.rules.rubric import ClassLevel
from pipeline.scoring.points import ticks_reaching
from pipeline.tables import Standings

BETWEEN = " / "
"""What stands between the classes of a unit for which the council decides among them."""


def classify(bloc: BlocTotals, ranks: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Classes and remarks ("" for none) by unit, for the units in ``ranks`` (unit -> rank)."""
    *upper, last = bloc.rubric.classification
    total = bloc.totals[Standings.total]
    unseated = dict.fromkeys(ranks.index, Fraction(1))
    names: dict[str, list[str]] = {unit: [] for unit in ranks.index}
    remarks: dict[str, list[str]] = {unit: [] for unit in ranks.index}
    for level in upper:
        least = ticks_reaching(level.from_, bloc.decimals)
        unmet = _unmet(level, bloc)
        reached = [unit for unit in ranks.index if unseated[unit] and total[unit] >= least]
        for unit in reached:
            remarks[unit] += filter(None, [unmet.get(unit)])
        fitting = [unit for unit in reached if unit not in unmet]
        given = seats([unseated[unit] for unit in fitting], ranks[fitting].tolist(), places(level, len(ranks)))
        for unit, seat in zip(fitting, given, strict=True):
            names[unit] += [level.name] if seat else []
            remarks[unit] += [_crowded_out(level, len(ranks), bool(seat))] if seat < unseated[unit] else []
            unseated[unit] -= seat
    for unit, left in unseated.items():
        names[unit] += [last.name] if left else []
    classes = {unit: BETWEEN.join(each) for unit, each in names.items()}
    sentences = {unit: ". ".join(each) for unit, each in remarks.items()}
    return pd.Series(classes, ranks.index, dtype="str"), pd.Series(sentences, ranks.index, dtype="str")


def places(level: ClassLevel, ranked: int) -> int | None:
    """How many of the ranked units can get the class; None where all can."""
    most = [] if level.quota is None else [floor(Fraction(level.quota) * ranked / 100)]
    most += [] if level.places is None else [int(level.places)]
    return min(most, default=None)


def seats(wanted: Sequence[Fraction], ranks: Sequence[int], places: int | None) -> list[Fraction]:
    """What each unit gets of the places, better ranks first; units of one rank share what is left alike."""
    given, left = list(wanted), Fraction(sum(wanted) if places is None else places)
    for _rank, same in groupby(sorted(range(len(ranks)), key=ranks.__getitem__), key=ranks.__getitem__):
        sharing = list(same)
        asked = sum((wanted[each] for each in sharing), Fraction(0))
        part = min(Fraction(1), left / asked) if asked else Fraction(0)
        for each in sharing:
            given[each] = wanted[each] * part
        left -= asked * part
    return given


def _unmet(level: ClassLevel, bloc: BlocTotals) -> dict[str, str]:
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
    return unmet


def _crowded_out(level: ClassLevel, ranked: int, at_edge: bool) -> str:
    """That the class has no place for a unit that fits, or too few places for those of its rank (``at_edge``)."""
    of_the_quota = level.places is None or (level.quota is not None and places(level, ranked) != level.places)
    if of_the_quota:
        full = _("Fit for class “{name}”, but beyond its quota of {percent} % ({places} of {ranked} units)")
        shared = _(
            "Fit for class “{name}”, but units share the rank at the edge of its quota of {percent} %"
            " ({places} of {ranked} units): the council decides"
        )
    else:
        full = _("Fit for class “{name}”, but it has {places} places")
        shared = _(
            "Fit for class “{name}”, but units share the rank at the edge of its {places} places: the council decides"
        )
    percent = number(float(level.quota or 0))
    words = shared if at_edge else full
    return words.format(name=level.name, percent=percent, places=places(level, ranked), ranked=ranked)
