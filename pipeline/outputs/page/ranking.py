"""The ranking of each bloc as the page shows it: a row for every unit, with a bar of its groups' points.

In: an outcome of a scored round. Out: a :class:`Ranking` for each bloc, in words and drawings.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from pipeline.code_lists import GroupKind
from pipeline.i18n import _, number
from pipeline.outcome import Outcome
from pipeline.outputs.page import charts
from pipeline.rules.rubric import Bloc
from pipeline.tables import Firmness, GroupPoints, Standings, by_bloc, plain_rows

HUES = 8
"""So many colours the style sheet has for groups; more begin again."""


@dataclass(frozen=True)
class Standing:
    """A row of a ranking; blank is "". ``low`` and ``high`` bound the rank, 0 where there is none."""

    unit: str
    name: str
    rank: str
    total: str
    level: str
    groups: list[str]
    bar: Markup
    low: int
    high: int
    span: Markup


@dataclass(frozen=True)
class Group:
    """A group of the rubric: its colour, and how many points it has."""

    look: str
    code: str
    name: str
    points: str


@dataclass(frozen=True)
class Ranking:
    """The ranking of one bloc."""

    code: str
    name: str
    total: str
    groups: list[Group]
    rows: list[Standing]


def rankings(outcome: Outcome, *, with_spans: bool) -> list[Ranking]:
    """One for each bloc of a scored round, in the plan's order. ``with_spans``: the range of ranks is drawn too."""
    frames = (outcome.standings, outcome.groups, outcome.firmness)
    standings, groups, firm = (by_bloc(frame, outcome.rules) for frame in frames)
    blocs, decimals = outcome.rules.blocs, outcome.rules.plan.decimals
    bloc_rows = [_BlocRows(bloc, standings[bloc.code], groups[bloc.code], firm[bloc.code]) for bloc in blocs]
    return [_ranking(rows, decimals, with_spans=with_spans) for rows in bloc_rows]


@dataclass(frozen=True)
class _BlocRows:
    """A bloc and its rows of the standings, of the groups' points and of the firmness."""

    bloc: Bloc
    standings: pd.DataFrame
    groups: pd.DataFrame
    firmness: pd.DataFrame

    def points(self) -> defaultdict[str, dict[str, float]]:
        """Unit -> group -> points; an empty dict for a unit that has not sent."""
        points: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for unit, group, value in plain_rows(self.groups, GroupPoints.unit, GroupPoints.group, GroupPoints.points):
            points[unit][group] = value
        return points

    def ranges(self) -> dict[str, tuple[int, int]]:
        """Ranked unit -> the best and the worst rank of its range."""
        rows = plain_rows(self.firmness, Firmness.unit, Firmness.low_rank, Firmness.high_rank)
        return {unit: (low, high) for unit, low, high in rows}


def _ranking(rows: _BlocRows, decimals: int, *, with_spans: bool) -> Ranking:
    bloc, points, ranges = rows.bloc, rows.points(), rows.ranges()
    looks, names = _looks(bloc), {unit.code: unit.name for unit in bloc.units}
    sums = (Standings.bonus, Standings.penalty, Standings.total)
    units = plain_rows(rows.standings, Standings.unit, Standings.rank, *sums, Standings.classification)
    standings = []
    for unit, rank, bonus, penalty, total, level in units:
        texts = [number(points[unit].get(group.code), decimals) for group in bloc.rubric.groups]
        low, high = ranges.get(unit, (0, 0))
        span = _span(rank, low, high, len(ranges)) if low and with_spans else Markup("")
        bar = Markup("")
        if points[unit]:
            words = "; ".join(f"{group.code} {text}" for group, text in zip(bloc.rubric.groups, texts, strict=True))
            parts = [*_base_parts(bloc, looks, points[unit]), ("bonus", bonus)]  # as the rubric's caps leave them
            bar = charts.bar(parts, _room(bloc), -penalty, words)
        shown = "" if pd.isna(rank) else str(rank)
        total_text = number(total, decimals)
        standings.append(Standing(unit, names[unit], shown, total_text, level, texts, bar, low, high, span))
    legend = [
        Group(looks[group.code], group.code, group.name, number(float(group.points))) for group in bloc.rubric.groups
    ]
    return Ranking(bloc.code, bloc.name, number(float(bloc.rubric.total)), legend, standings)


def _span(rank: int, low: int, high: int, worst: int) -> Markup:
    words = _("rank between {low} and {high}").format(low=low, high=high)
    return charts.span(rank, low, high, worst, words)


def _base_parts(bloc: Bloc, looks: dict[str, str], points: dict[str, float]) -> list[tuple[str, float]]:
    """Class of the colour and points of each base group; ``points``: of one unit, by group."""
    return [(looks[group.code], points[group.code]) for group in bloc.rubric.groups_of(GroupKind.BASE)]


def _looks(bloc: Bloc) -> dict[str, str]:
    """Group -> class of its colour."""
    base = [group.code for group in bloc.rubric.groups_of(GroupKind.BASE)]
    hues = {code: f"g{place % HUES + 1}" for place, code in enumerate(base)}
    others = {GroupKind.BONUS: "bonus", GroupKind.PENALTY: "off"}
    return {group.code: hues.get(group.code) or others[group.kind] for group in bloc.rubric.groups}


def _room(bloc: Bloc) -> float:
    """The most points that a unit can have."""
    bonus = sum(group.points for group in bloc.rubric.groups_of(GroupKind.BONUS))
    cap = bloc.rubric.bonus_cap
    return float(bloc.rubric.total + (bonus if cap is None else min(bonus, cap)))
