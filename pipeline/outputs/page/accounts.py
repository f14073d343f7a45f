"""How the total of each unit came about: every point with the result behind it, in words, and what people changed.

In: an outcome of a scored round and its rankings. Out: an :class:`Account` of each unit that sent.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from pipeline.council.words import judged_words
from pipeline.i18n import _, number
from pipeline.methods.inputs import Given
from pipeline.outcome import Outcome
from pipeline.outputs.page.ranking import Ranking, Standing
from pipeline.rules.rubric import Bloc, CriterionGroup
from pipeline.rules.words import cap_words
from pipeline.tables import Firmness, GroupPoints, Scores, Standings, by_bloc, plain_rows


class Point(NamedTuple):
    """One criterion of one unit. ``steps``: what people made of the computed points.

    Not written out, ``target``, ``result`` and ``points`` are blank: the words say them.
    """

    code: str
    target: str
    result: str
    points: str
    words: str
    steps: list[str]


@dataclass(frozen=True)
class GroupAccount:
    """A group of one unit: its points, and in words where a cap took some."""

    group: CriterionGroup
    points: str
    cap: str
    rows: list[Point]


@dataclass(frozen=True)
class Account:
    """How the total of one unit came about."""

    standing: Standing
    note: str
    firmness: str
    groups: list[GroupAccount]


def accounts(outcome: Outcome, ranked: list[Ranking], *, written_out: bool) -> Callable[[str], list[Account]]:
    """Returns a function: code of a bloc -> an account of each unit that sent, in the order of the ranking.

    ``ranked``: the rankings of all blocs, in the plan's order. ``written_out``: as in :class:`Point`.

    Each bloc's are made when they are asked for: those of 5,000 units at once would be most of a run's memory.
    """
    scores, groups = by_bloc(outcome.scores, outcome.rules), by_bloc(outcome.groups, outcome.rules)
    notes = dict(plain_rows(outcome.standings, Standings.unit, Standings.note))
    firm = dict(plain_rows(outcome.firmness, Firmness.unit, Firmness.sentence))
    steps: dict[tuple[str, str], list[str]] = defaultdict(list)
    rows: list[Any] = list(outcome.judgements.itertuples())
    for judgement in rows:
        steps[judgement.unit, judgement.criterion].append(judged_words(outcome.rules, judgement))
    blocs = {bloc.code: (bloc, ranking) for bloc, ranking in zip(outcome.rules.blocs, ranked, strict=True)}

    def accounts_of(code: str) -> list[Account]:
        bloc, ranking = blocs[code]
        points, sums = _points(scores[code], steps, written_out=written_out), _sums(groups[code])
        return [
            Account(row, notes[row.unit], firm.get(row.unit, ""), _groups(bloc, row.unit, points, sums))
            for row in ranking.rows
            if row.total
        ]

    return accounts_of


Points = dict[tuple[str, str], list[Point]]
Sums = dict[tuple[str, str], tuple[str, str]]


def _groups(bloc: Bloc, unit: str, points: Points, sums: Sums) -> list[GroupAccount]:
    return [GroupAccount(group, *sums[unit, group.code], points[unit, group.code]) for group in bloc.rubric.groups]


def _points(scores: pd.DataFrame, steps: dict[tuple[str, str], list[str]], *, written_out: bool) -> Points:
    """(unit, group) -> the points of its criteria."""
    key, values = (Scores.unit, Scores.group, Scores.criterion), (Scores.target, Scores.claimed, Scores.computed)
    names = (*key, Scores.explanation, *values, Scores.points, Scores.max_points)
    by_group: Points = defaultdict(list)
    entered = plain_rows(scores, Scores.choice, Scores.actual, Scores.claimed, Scores.inputs)
    results = [_result(*entry) for entry in entered]
    for row, result in zip(plain_rows(scores, *names), results, strict=True):
        unit, group, code, words, target, claimed, computed, points, most = row
        judged_by = []
        if (unit, code) in steps:
            claim = [_("claimed {points}").format(points=number(claimed))] if claimed == claimed else []
            judged_by = [*claim, _("computed {points}").format(points=number(computed)), *steps[unit, code]]
        shown = ("", "", "")
        if written_out:
            shown = number(target), result, number(points) if most else "–"
        by_group[unit, group].append(Point(code, *shown, words, judged_by))
    return by_group


def _result(choice: str, actual: float, claimed: float, inputs: tuple[Given, ...]) -> str:
    """What the unit entered: a level, a number or the points that it claims, and what belongs to each input."""
    return "; ".join(filter(None, [choice or number(actual) or number(claimed), *(each.shown for each in inputs)]))


def _sums(groups: pd.DataFrame) -> Sums:
    """(unit, group) -> its points, and in words where a cap took some."""
    rows = plain_rows(groups, GroupPoints.unit, GroupPoints.group, GroupPoints.added, GroupPoints.points)
    return {
        (unit, group): (number(points), cap_words(added) if not math.isclose(added, points) else "")
        for unit, group, added, points in rows
    }
