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

from pipeline.answers import NO_DATA, readings, says_no_data
from pipeline.errors import UserFault
from pipeline.forms.values import read_number
from pipeline.i18n import _
from pipeline.methods.inputs import Given, Input, Takes
from pipeline.methods.method import score
from pipeline.methods.no_data import NO_DATA as NO_DATA_COLUMN
from pipeline.rules.links import no_data, scale_of
from pipeline.rules.rubric import Bloc, Criterion, Rubric
from pipeline.rules.targets import common_target
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


@dataclass(frozen=True)
class TriedCriterion:
    """A criterion of a rubric, and to how many decimals its points are rounded."""

    rubric: Rubric
    criterion: Criterion
    decimals: int


def criterion_of(bloc: Bloc, code: str, decimals: int) -> TriedCriterion:
    """The bloc's criterion of that code. Raises UserFault."""
    if code not in bloc.rubric.criteria:
        raise UserFault(
            _("there is no criterion {code}").format(code=code),
            _("Use one of: {codes}").format(codes=", ".join(bloc.rubric.criteria)),
        )
    return TriedCriterion(bloc.rubric, bloc.rubric.criteria[code][1], decimals)


def try_out(
    tried: TriedCriterion, targets: Sequence[str], actuals: Sequence[str], inputs: Sequence[str] = ()
) -> list[Trial]:
    """Every target with every result and all values of ``inputs`` (``SL=12``), of which those not given are blank;
    where units choose a level and none is given, all levels.

    A condition on other criteria counts as met. Where points depend on all units of a bloc, the results are theirs.

    Raises UserFault for what is no number, level or input, and where a target or a result is needed and missing.
    """
    criterion = tried.criterion
    input_list = tried.rubric.source(criterion).inputs
    combinations = _combinations(criterion.code, input_list, inputs)
    results = _results(tried, actuals, inputs)
    common = common_target(criterion).value
    fixed = math.nan if common is None else float(common)
    numbers = [_read_number(text, criterion.unit) for text in targets] or [fixed]
    _refuse_incomplete(tried, numbers, results)
    entries = list(product(numbers, results, combinations))
    target = np.array([target for target, _result, _inputs in entries])
    actual = np.array([actual for _target, (actual, _choice), _inputs in entries])
    choice = np.array([choice for _target, (_actual, choice), _inputs in entries], dtype=object)
    claimed = actual if criterion.method.takes is Takes.POINTS else np.full(len(entries), math.nan)
    columns = {"target": target, "actual": actual, "claimed": claimed, "choice": choice}
    columns[NO_DATA_COLUMN.name] = choice == _(NO_DATA)
    for position, input_ in enumerate(input_list):
        values = [given[position].value for _target, _result, given in entries]
        columns[input_.column] = np.array(values, dtype=object if input_.yes_no else float)
    scale = replace(scale_of(tried.rubric, criterion, tried.decimals), gate=None)
    scored = score(criterion.method, scale, columns)
    return [
        Trial(target, *result, given, float(points), words)
        for (target, result, given), points, words in zip(entries, scored.points, scored.words, strict=True)
    ]


def _results(tried: TriedCriterion, actuals: Sequence[str], inputs: Sequence[str]) -> list[tuple[float, str]]:
    """Each result as (number, level or “no data”), of which one is blank; both are where units enter inputs. Raises
    UserFault."""
    criterion = tried.criterion
    takes, may_lack = criterion.method.takes, bool(no_data(tried.rubric, criterion))
    if takes is Takes.INPUTS:
        return [(math.nan, "")] if inputs else []
    if takes is Takes.CHOICE:
        levels = [_level(criterion, text) for text in actuals] or list(criterion.method.options)
        return [(math.nan, level) for level in levels]
    return [
        (math.nan, _(NO_DATA)) if may_lack and says_no_data(text) else (_read_number(text, criterion.unit), "")
        for text in actuals
    ]


def _refuse_incomplete(tried: TriedCriterion, targets: Sequence[float], results: Sequence[tuple[float, str]]) -> None:
    """Raises UserFault where no result was given, or a target is needed and missing."""
    criterion = tried.criterion
    if not results:
        code = next((each.code for each in tried.rubric.source(criterion).inputs), "")
        takes_inputs = criterion.method.takes is Takes.INPUTS
        example = f"--input {code}=1" if takes_inputs else "--actual 90 --actual 95,5"
        raise UserFault(_("no result to try"), _("Give one or several: {example}").format(example=example))
    if criterion.method.needs_target and any(map(math.isnan, targets)):
        raise UserFault(
            _("criterion {code} needs a target").format(code=criterion.code),
            _("Give one or several: {example}").format(example="--target 100"),
        )


def _combinations(criterion: str, inputs: Sequence[Input], texts: Sequence[str]) -> list[tuple[Given, ...]]:
    """Every combination of the values of the inputs; ``texts``: ``CODE=VALUE``. Raises UserFault."""
    values: dict[str, list[float | str]] = {each.code: [] for each in inputs}
    by_code = {each.code.casefold(): each for each in inputs}
    for text in texts:
        code, _sign, value = text.partition("=")
        input_ = by_code.get(code.strip().casefold())
        if input_ is None:
            raise UserFault(
                _("criterion {criterion} has no input {code}").format(criterion=criterion, code=code.strip()),
                _("Use one of: {codes}").format(codes=", ".join(each.code for each in inputs) or "–"),
            )
        parsed = _one_of(input_.options, value, input_.code) if input_.yes_no else _read_number(value, input_.unit)
        values[input_.code].append(parsed)
    alternatives = [
        [Given(each.code, value, "") for value in values[each.code] or ["" if each.yes_no else math.nan]]
        for each in inputs
    ]
    return list(product(*alternatives))


def _level(criterion: Criterion, text: str) -> str:
    return _one_of(criterion.method.options, text, criterion.code)


def _one_of(options: Sequence[str], text: str, code: str) -> str:
    option = readings(options).get(same(text))
    if option is None:
        raise UserFault(
            _("“{name}” is no level of criterion {code}").format(name=text, code=code),
            _("Use one of: {codes}").format(codes="; ".join(options)),
        )
    return option


def _read_number(text: str, measure: str) -> float:
    value = read_number(text, measure).value
    if value is None:
        raise UserFault(_("“{input}” is not a number").format(input=text), _("Write digits, for example 46,5"))
    return value
