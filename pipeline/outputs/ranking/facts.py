"""What a run found out about each bloc, as the sheets of points and the papers need it."""

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
from pipeline.tables import by_bloc


@dataclass(frozen=True)
class Facts:
    """What a run found out about one bloc. ``units``: its rows of the standings, in their order."""

    bloc: Bloc
    decimals: int
    units: list[Any]
    names: dict[str, str]
    groups: dict[tuple[str, str], float]  # unit and group
    applicable: dict[tuple[str, str], float]  # unit and group: its points that apply to the unit
    receipts: dict[str, float | None]  # moments as spreadsheets count days

    @property
    def sent(self) -> list[bool]:
        """Whether each unit has points."""
        return [not math.isnan(unit.total) for unit in self.units]

    @property
    def ranked(self) -> list[bool]:
        """Whether each unit has a rank."""
        return [unit.rank is not pd.NA for unit in self.units]

    def least(self, unit: str, group: str, level: ClassLevel) -> float:
        """The least that a class asks of a unit in a group."""
        share = Fraction(level.each_group or 0) / 100 * Fraction(str(self.applicable[unit, group]))
        return float(Fraction(ticks_reaching(share, self.decimals), 10**self.decimals))

    def each(self, value: Callable[[Any], Value]) -> list[Value]:
        """A value for each unit that has points, None for the others."""
        return [value(unit) if has else None for unit, has in zip(self.units, self.sent, strict=True)]


def facts(outcome: Outcome) -> list[Facts]:
    """The facts of every bloc, in the plan's order."""
    rules = outcome.rules
    names = {code: unit.name for code, (_bloc, unit) in rules.units.items()}
    by_group = by_key(outcome.groups, ["unit", "group"], ["points", "applicable"])
    groups, applicable = ({key: values[place] for key, values in by_group.items()} for place in (0, 1))
    standings: dict[str, list[Any]] = {
        code: list(own.itertuples()) for code, own in by_bloc(outcome.standings, rules).items()
    }
    receipts = {row.unit: _days(row.received, outcome) for own in standings.values() for row in own}
    return [
        Facts(bloc, rules.plan.decimals, units, names, groups, applicable, receipts)
        for bloc in rules.blocs
        if (units := standings[bloc.code])
    ]


def by_key(frame: pd.DataFrame, key: list[str], columns: list[str]) -> dict[Any, tuple[Any, ...]]:
    """Values of ``key`` -> values of ``columns``."""
    keys, values = (zip(*(frame[name].tolist() for name in names), strict=True) for names in (key, columns))
    return dict(zip(keys, values, strict=True))


def _days(received: str, outcome: Outcome) -> float | None:
    if not received:
        return None
    local = dt.datetime.fromisoformat(received).astimezone(outcome.rules.plan.zone).replace(tzinfo=None)
    return (local - dt.datetime(1899, 12, 30)).total_seconds() / 86400
