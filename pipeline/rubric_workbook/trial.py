"""What points possible results would give, before a rubric is issued.

In: a criterion of a bloc, and results as a person types them. Out: one :class:`Trial` for each, with the points and
the explanation that a unit would read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from rich.console import Console
from rich.table import Table

from pipeline.answers import readings
from pipeline.errors import UserFault
from pipeline.forms.values import read_number
from pipeline.i18n import _, number
from pipeline.methods.inputs import Given, Input, Takes, shown
from pipeline.methods.method import score
from pipeline.rules.links import scale_of
from pipeline.rules.rubric import Bloc, Criterion, Rubric
from pipeline.rules.words import rule_words
from pipeline.text import same


@dataclass(frozen=True)
class Trial:
    """A possible entry, and what it would give. ``actual`` is the result or points claimed, ``choice`` a level."""

    target: float
    actual: float
    choice: str
    inputs: tuple[Given, ...]
    points: float
    words: str


def criterion_of(bloc: Bloc, code: str) -> Criterion:
    """The criterion of that code. Raises UserFault."""
    if code not in bloc.rubric.criteria:
        raise UserFault(
            _("there is no criterion {code}").format(code=code),
            _("Use one of: {codes}").format(codes=", ".join(bloc.rubric.criteria)),
        )
    return bloc.rubric.criteria[code][1]


def try_out(
    rubric: Rubric,
    criterion: Criterion,
    decimals: int,
    targets: Sequence[str],
    actuals: Sequence[str],
    inputs: Sequence[str] = (),
) -> list[Trial]:
    """Every target with every result and all values of ``inputs`` (``SL=12``), of which those not given are blank;
    where units choose a level and none is given, all levels.

    A condition on other criteria counts as met. Where points depend on all units of a bloc, the results are theirs.

    Raises UserFault for what is no number, level or input, and where a target or a result is needed and missing.
    """
    takes = criterion.method.takes
    own_inputs = rubric.source(criterion).inputs
    asked = _inputs(criterion.code, own_inputs, inputs)
    if takes is Takes.INPUTS:
        given = [(math.nan, "")] if inputs else []
    elif takes is Takes.CHOICE:
        levels = [_level(criterion, text) for text in actuals] or list(criterion.method.options)
        given = [(math.nan, level) for level in levels]
    else:
        given = [(_read(text, criterion.unit), "") for text in actuals]
    goals = [_read(text, criterion.unit) for text in targets] or [
        math.nan if criterion.target is None else float(criterion.target)
    ]
    if not given:
        code = own_inputs[0].code if own_inputs else ""
        example = f"--input {code}=1" if takes is Takes.INPUTS else "--actual 90 --actual 95,5"
        raise UserFault(_("no result to try"), _("Give one or several: {example}").format(example=example))
    if criterion.method.needs_target and any(map(math.isnan, goals)):
        raise UserFault(
            _("criterion {code} needs a target").format(code=criterion.code),
            _("Give one or several: {example}").format(example="--target 100"),
        )
    pairs = [(goal, actual, choice, own) for goal in goals for actual, choice in given for own in asked]
    target, actual = (np.array([pair[place] for pair in pairs]) for place in (0, 1))
    choice = np.array([pair[2] for pair in pairs], dtype=object)
    claimed = actual if takes is Takes.POINTS else np.full(len(pairs), math.nan)
    columns = {"target": target, "actual": actual, "claimed": claimed, "choice": choice}
    for place, each in enumerate(own_inputs):
        values = [pair[3][place].value for pair in pairs]
        columns[each.column] = np.array(values, dtype=object if each.yes_no else float)
    scored = score(criterion.method, replace(scale_of(rubric, criterion, decimals), gate=None), columns)
    return [
        Trial(*pair, float(points), words)
        for pair, points, words in zip(pairs, scored.points, scored.words, strict=True)
    ]


def _inputs(criterion: str, inputs: Sequence[Input], texts: Sequence[str]) -> list[tuple[Given, ...]]:
    """Every combination of the values of the inputs."""
    values: dict[str, list[float | str]] = {each.code: [] for each in inputs}
    known = {each.code.casefold(): each for each in inputs}
    for text in texts:
        code, _sign, value = text.partition("=")
        each = known.get(code.strip().casefold())
        if each is None:
            raise UserFault(
                _("criterion {criterion} has no input {code}").format(criterion=criterion, code=code.strip()),
                _("Use one of: {codes}").format(codes=", ".join(one.code for one in inputs) or "–"),
            )
        read = _one_of(each.options, value, each.code) if each.yes_no else _read(value, each.unit)
        values[each.code].append(read)
    listed = [
        [Given(each.code, value, "") for value in values[each.code] or ["" if each.yes_no else math.nan]]
        for each in inputs
    ]
    return list(product(*listed))


def _level(criterion: Criterion, text: str) -> str:
    return _one_of(criterion.method.options, text, criterion.code)


def _one_of(options: Sequence[str], text: str, code: str) -> str:
    found = readings(options).get(same(text))
    if found is None:
        raise UserFault(
            _("“{name}” is no level of criterion {code}").format(name=text, code=code),
            _("Use one of: {codes}").format(codes="; ".join(options)),
        )
    return found


def _read(text: str, measure: str) -> float:
    value = read_number(text, measure).value
    if value is None:
        raise UserFault(_("“{input}” is not a number").format(input=text), _("Write digits, for example 46,5"))
    return value


def show(rubric: Rubric, criterion: Criterion, decimals: int, trials: Sequence[Trial], console: Console) -> None:
    """Print the rule in words, and a line for each trial."""
    console.print(f"{criterion.code}. {criterion.name}")
    rule = rule_words(rubric, criterion, decimals)
    console.print(_("{points} points; {rule}").format(points=number(float(criterion.points)), rule=rule))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    if criterion.method.needs_target:
        table.add_column(_("Target"), justify="right", no_wrap=True)
    chosen = criterion.method.takes is Takes.CHOICE
    table.add_column(_("Result"), justify="left" if chosen or any(each.inputs for each in trials) else "right")
    table.add_column(_("Points"), justify="right", no_wrap=True)
    table.add_column(_("How"), overflow="fold")
    for each in trials:
        own = each.choice if chosen else number(each.actual)
        entry = "; ".join(filter(None, (own, shown(each.inputs))))
        goal = [number(each.target)] if criterion.method.needs_target else []
        table.add_row(*goal, entry, number(each.points), each.words)
    console.print(table)
