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
from pipeline.tables import by_bloc, plain_rows

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


def rankings(outcome: Outcome, with_spans: bool) -> list[Ranking]:
    """One for each bloc, in the plan's order. ``with_spans``: the range of ranks is drawn too."""
    frames = (outcome.standings, outcome.groups, outcome.firmness)
    standings, groups, firm = (by_bloc(frame, outcome.rules) for frame in frames)
    return [
        _ranking(
            bloc,
            standings[bloc.code],
            groups[bloc.code],
            firm[bloc.code],
            outcome.rules.plan.decimals,
            with_spans,
        )
        for bloc in outcome.rules.blocs
    ]


def _ranking(
    bloc: Bloc,
    standings: pd.DataFrame,
    groups: pd.DataFrame,
    firm: pd.DataFrame,
    decimals: int,
    with_spans: bool,
) -> Ranking:
    looks = _looks(bloc)
    points: dict[str, dict[str, float]] = defaultdict(dict)
    for unit, code, value in plain_rows(groups, "unit", "group", "points"):
        points[unit][code] = value
    ranges = {unit: (low, high) for unit, low, high in plain_rows(firm, "unit", "low_rank", "high_rank")}
    names = {unit.code: unit.name for unit in bloc.units}
    columns = ("unit", "rank", "bonus", "penalty", "total", "classification")
    rows = []
    for unit, rank, bonus, penalty, total, level in plain_rows(standings, *columns):
        own, span = points[unit], Markup("")
        texts = [number(own.get(group.code), decimals) for group in bloc.rubric.groups]
        low, high = ranges.get(unit, (0, 0))
        if low and with_spans:
            words = _("rank between {low} and {high}").format(low=low, high=high)
            span = charts.span(rank, low, high, len(ranges), words)
        bar = _bar(bloc, looks, own, bonus, penalty, texts) if own else Markup("")
        shown = "" if pd.isna(rank) else str(rank)
        rows.append(Standing(unit, names[unit], shown, number(total, decimals), level, texts, bar, low, high, span))
    legend = [Group(looks[each.code], each.code, each.name, number(float(each.points))) for each in bloc.rubric.groups]
    return Ranking(bloc.code, bloc.name, number(float(bloc.rubric.total)), legend, rows)


def _bar(
    bloc: Bloc, looks: dict[str, str], own: dict[str, float], bonus: float, penalty: float, texts: list[str]
) -> Markup:
    """The base groups end to end, bonus and penalty as the rubric's caps leave them."""
    parts = [(looks[group.code], own[group.code]) for group in bloc.rubric.groups_of(GroupKind.BASE)]
    words = "; ".join(f"{group.code} {text}" for group, text in zip(bloc.rubric.groups, texts, strict=True))
    return charts.bar([*parts, ("bonus", bonus)], _room(bloc), -penalty, words)


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
