"""What points possible results would give, before a rubric is issued.

In: a criterion of a bloc, and results as a person types them. Out: one :class:`Trial` for each, with the points and
the explanation that a unit would read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from pipeline.errors import UserFault
from pipeline.i18n import _, number
from pipeline.methods.method import Takes, score
from pipeline.rubric import Bloc, Criterion, CriterionGroup
from pipeline.values import read_number, same


@dataclass(frozen=True)
class Trial:
    """A possible entry, and what it would give. ``actual`` is the result or points claimed, ``choice`` a level."""

    target: float
    actual: float
    choice: str
    points: float
    words: str


def criterion_of(bloc: Bloc, code: str) -> tuple[CriterionGroup, Criterion]:
    """The criterion of that code, and its group. Raises UserFault."""
    if code not in bloc.rubric.criteria:
        raise UserFault(
            _("there is no criterion {code}").format(code=code),
            _("Use one of: {codes}").format(codes=", ".join(bloc.rubric.criteria)),
        )
    return bloc.rubric.criteria[code]


def try_out(
    group: CriterionGroup, criterion: Criterion, decimals: int, targets: Sequence[str], actuals: Sequence[str]
) -> list[Trial]:
    """Every target with every result; where units choose a level and none is given, all levels.

    Raises UserFault for what is no number or no level, and where a target or a result is needed and missing.
    """
    takes = criterion.method.takes
    if takes is Takes.CHOICE:
        levels = [_level(criterion, text) for text in actuals] or list(criterion.method.options)
        given = [(math.nan, level) for level in levels]
    else:
        given = [(_read(text, criterion.unit), "") for text in actuals]
    goals = [_read(text, criterion.unit) for text in targets] or [
        math.nan if criterion.target is None else float(criterion.target)
    ]
    if not given:
        raise UserFault(
            _("no result to try"), _("Give one or several: {example}").format(example="--actual 90 --actual 95,5")
        )
    if criterion.method.needs_target and any(map(math.isnan, goals)):
        raise UserFault(
            _("criterion {code} needs a target").format(code=criterion.code),
            _("Give one or several: {example}").format(example="--target 100"),
        )
    pairs = [(goal, actual, choice) for goal in goals for actual, choice in given]
    target, actual = (np.array([pair[place] for pair in pairs]) for place in (0, 1))
    choice = np.array([pair[2] for pair in pairs], dtype=object)
    claimed = actual if takes is Takes.POINTS else np.full(len(pairs), math.nan)
    columns = {"target": target, "actual": actual, "claimed": claimed, "choice": choice}
    scored = score(criterion.method, group.scale(criterion, decimals), columns)
    return [
        Trial(*pair, float(points), words)
        for pair, points, words in zip(pairs, scored.points, scored.words, strict=True)
    ]


def _level(criterion: Criterion, text: str) -> str:
    found = [level for level in criterion.method.options if same(level) == same(text)]
    if not found:
        raise UserFault(
            _("“{name}” is no level of criterion {code}").format(name=text, code=criterion.code),
            _("Use one of: {codes}").format(codes="; ".join(criterion.method.options)),
        )
    return found[0]


def _read(text: str, measure: str) -> float:
    value = read_number(text, measure).value
    if value is None:
        raise UserFault(_("“{input}” is not a number").format(input=text), _("Write digits, for example 46,5"))
    return value


def show(group: CriterionGroup, criterion: Criterion, decimals: int, trials: Sequence[Trial], console: Console) -> None:
    """Print the rule in words, and a line for each trial."""
    console.print(f"{criterion.code}. {criterion.name}")
    rule = criterion.method.describe(group.scale(criterion, decimals))
    console.print(_("{points} points; {rule}").format(points=number(float(criterion.points)), rule=rule))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    if criterion.method.needs_target:
        table.add_column(_("Target"), justify="right", no_wrap=True)
    chosen = criterion.method.takes is Takes.CHOICE
    table.add_column(_("Result"), justify="left" if chosen else "right")
    table.add_column(_("Points"), justify="right", no_wrap=True)
    table.add_column(_("How"), overflow="fold")
    for each in trials:
        entry = each.choice if chosen else number(each.actual)
        goal = [number(each.target)] if criterion.method.needs_target else []
        table.add_row(*goal, entry, number(each.points), each.words)
    console.print(table)
