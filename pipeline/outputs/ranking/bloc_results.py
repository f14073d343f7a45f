"""A bloc's part of an outcome, as the sheets of points and the papers need it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from pipeline.outcome import Outcome
from pipeline.rules.rubric import Bloc, ClassLevel
from pipeline.scoring.points import ticks_reaching
from pipeline.sheets.grid import Value
from pipeline.tables import GroupPoints, by_bloc


@dataclass(frozen=True)
class BlocResults:
    """What was scored and ranked in one bloc.

    ``decimals``: of points, as the plan says. ``units``: the bloc's rows of :class:`~pipeline.tables.Standings`, in
    their order. ``names``: unit code -> name. ``groups``: (unit, group) -> points. ``applicable``: (unit, group) -> the
    group's points that apply to the unit. ``receipts``: unit -> when its form came, as a spreadsheet counts days.
    """

    bloc: Bloc
    decimals: int
    units: list[Any]
    names: dict[str, str]
    groups: dict[tuple[str, str], float]
    applicable: dict[tuple[str, str], float]
    receipts: dict[str, float | None]

    @property
    def sent(self) -> list[bool]:
        """Whether each unit has points."""
        return [not math.isnan(unit.total) for unit in self.units]

    @property
    def ranked(self) -> list[bool]:
        """Whether each unit has a rank."""
        return [unit.rank is not pd.NA for unit in self.units]

    @property
    def ranked_units(self) -> list[Any]:
        """The units that have a rank."""
        return [unit for unit, ranked in zip(self.units, self.ranked, strict=True) if ranked]

    @property
    def ranks(self) -> list[Value]:
        """Each unit's rank; "" where it has none."""
        return [int(unit.rank) if ranked else "" for unit, ranked in zip(self.units, self.ranked, strict=True)]

    def least(self, unit: str, group: str, level: ClassLevel) -> float:
        """The fewest points that the class asks of a unit in a group of standard points."""
        share = Fraction(level.each_group or 0) / 100 * Fraction(str(self.applicable[unit, group]))
        decimals = self.bloc.rubric.decimals_at("criterion", self.decimals)
        return float(Fraction(ticks_reaching(share, decimals), 10**decimals))

    def each(self, value: Callable[[Any], Value]) -> list[Value]:
        """``value`` of the row of each unit that has points, None for the others."""
        return [value(unit) if has else None for unit, has in zip(self.units, self.sent, strict=True)]


def bloc_results(outcome: Outcome) -> list[BlocResults]:
    """Of every bloc that has units in the standings, in the plan's order."""
    rules = outcome.rules
    names = {code: unit.name for code, (_bloc, unit) in rules.units.items()}
    by_group = by_key(
        outcome.groups, [GroupPoints.unit, GroupPoints.group], [GroupPoints.points, GroupPoints.applicable]
    )
    groups, applicable = ({key: values[place] for key, values in by_group.items()} for place in (0, 1))
    standings: dict[str, list[Any]] = {
        code: list(rows.itertuples()) for code, rows in by_bloc(outcome.standings, rules).items()
    }
    receipts = {row.unit: _days(row.received, outcome) for rows in standings.values() for row in rows}
    return [
        BlocResults(bloc, rules.plan.decimals, units, names, groups, applicable, receipts)
        for bloc in rules.blocs
        if (units := standings[bloc.code])
    ]


def by_key(frame: pd.DataFrame, key: list[str], columns: list[str]) -> dict[Any, tuple[Any, ...]]:
    """For each row, its values in the columns ``key`` -> its values in ``columns``."""
    keys, values = (zip(*(frame[name].tolist() for name in names), strict=True) for names in (key, columns))
    return dict(zip(keys, values, strict=True))


def _days(received: str, outcome: Outcome) -> float | None:
    """An ISO time as days since 30/12/1899 in the commune's time; None for a blank."""
    if not received:
        return None
    local = dt.datetime.fromisoformat(received).astimezone(outcome.rules.plan.zone).replace(tzinfo=None)
    return (local - dt.datetime(1899, 12, 30)).total_seconds() / 86400
