"""What a scoring method is: parameters, and an ordered list of cases from which its three faces follow.

A case says when it holds, what points it gives and in what words. From the one list come

* the points of all units of a bloc at once (:func:`score`),
* the live Excel formula that a unit, an appraiser and the council see (:func:`formula`),
* the explanation in words (:func:`score` again).

A spreadsheet program that recalculates the formula gets the points that :func:`score` computed
(promise 6); ``tests/methods`` lets LibreOffice judge that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict

from pipeline.expression import (
    ACTUAL,
    CHOICE,
    CLAIMED,
    TARGET,
    Columns,
    Expr,
    Number,
    Operand,
    call,
    evaluate,
    is_blank,
    lift,
    rounded,
    to_excel,
)
from pipeline.i18n import N_, _, number

FINE = 6
"""Decimals of what lies between entry and points: a percentage that meets a threshold, a difference.

Floats, fractions and spreadsheets agree on a number rounded to these, and not on all its digits.
"""


class Takes(StrEnum):
    """What a unit enters for a criterion: a number, one of the listed levels, or its own points."""

    NUMBER = "number"
    CHOICE = "choice"
    POINTS = "points"


@dataclass(frozen=True)
class Scale:
    """What a method needs to know of its criterion: standard points, decimals, and whether points are taken off."""

    max_points: Decimal
    decimals: int = 2
    penalty: bool = False


@dataclass(frozen=True)
class Case:
    """``points`` where ``when`` holds (always, if None), and why.

    ``words`` is a msgid; its placeholders are ``facts``, the entries (``target``, ``actual``, ``choice``,
    ``claimed``), ``points`` and ``max``.
    """

    when: Expr | None
    points: Operand
    words: str
    facts: Mapping[str, Operand] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """Something wrong in a rule file: where below the checked object, what, and what would be right."""

    path: tuple[str | int, ...]
    what: str
    remedy: str


class Method(BaseModel):
    """Base of all methods: pydantic parameters plus :meth:`cases`. One subclass, one file.

    A subclass declares ``method: Literal["its_name"]`` and implements :meth:`cases`; it overrides the other
    members where the defaults do not fit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str
    takes: ClassVar[Takes] = Takes.NUMBER

    @property
    def needs_target(self) -> bool:
        """Whether the points depend on a target."""
        return False

    @property
    def counts_below_zero(self) -> bool:
        """Whether results below 0 are meant to be entered."""
        return False

    @property
    def options(self) -> tuple[str, ...]:
        """The levels that a unit may choose from, for a method that takes a choice."""
        return ()

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        """The cases: the first that holds wins, the last has no condition.

        Blank entries, rounding, the bounds 0 and the standard points, and the sign of a penalty are seen to for
        all methods alike, by :func:`score` and :func:`formula`.
        """
        raise NotImplementedError

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        """What is wrong with the parameters, beyond what their types forbid."""
        return iter(())

    def describe(self, scale: Scale) -> str:
        """The rule with its parameters in one sentence, for whoever reads the rubric."""
        raise NotImplementedError


def best_faults(listed: str, points: Sequence[Decimal], scale: Scale) -> Iterator[Fault]:
    """The points that a rule lists: the best are the criterion's standard points, and none need rounding."""
    best = max(points)
    if best != scale.max_points:
        yield Fault(
            (listed,),
            _("the best of these gives {best} points, the criterion has {max}").format(best=best, max=scale.max_points),
            _("give the best {max} points, or the criterion {best}").format(best=best, max=scale.max_points),
        )
    for place, each in enumerate(points):
        if rounded(each, scale.decimals) != lift(each):
            yield Fault(
                (listed, place, "points"),
                _("{points} points have more than the plan's {decimals} decimals").format(
                    points=each, decimals=scale.decimals
                ),
                _("write points that need no rounding"),
            )


@dataclass(frozen=True)
class Scored:
    """Points (floats, NaN never) and explanations of one criterion, one for each unit."""

    points: np.ndarray
    words: list[str]


_ENTRY = {Takes.NUMBER: ACTUAL, Takes.CHOICE: CHOICE, Takes.POINTS: CLAIMED}


def _all_cases(method: Method, scale: Scale) -> tuple[Case, ...]:
    """The method's cases behind those for a blank entry, with points as they count."""
    blanks = [Case(is_blank(_ENTRY[method.takes]), 0, N_("nothing entered: 0 points"))]
    if method.needs_target:
        blanks.append(Case(is_blank(TARGET), 0, N_("no target to measure against: 0 points")))
    cases = (*blanks, *method.cases(scale))
    return tuple(replace(case, points=_counted(lift(case.points), scale)) for case in cases)


def _counted(points: Expr, scale: Scale) -> Expr:
    """Within 0 and the standard points, rounded, and taken off for a penalty."""
    if isinstance(points, Number):
        fixed = rounded(min(max(points.value, Decimal(0)), scale.max_points), scale.decimals)
        return lift(-fixed.value) if scale.penalty and isinstance(fixed, Number) else fixed
    within = call("MAX", 0, call("MIN", scale.max_points, points))
    return -rounded(within, scale.decimals) if scale.penalty else rounded(within, scale.decimals)


def score(method: Method, scale: Scale, columns: Columns) -> Scored:
    """Points and explanation of every unit: within 0 and the standard points, or 0 and their negative for a penalty.

    ``columns``: ``target``, ``actual``, ``claimed`` (floats, NaN for blank) and ``choice`` (strings, "" for
    blank), all of one length. An infinite number counts as blank.
    """
    entries = {
        name: np.where(np.isfinite(column), column, np.nan) if column.dtype.kind == "f" else column
        for name, column in columns.items()
    }
    left = np.arange(len(columns["actual"]))
    points, words = np.zeros(len(left)), np.full(len(left), "", dtype=object)
    for case in _all_cases(method, scale):
        rows = left if case.when is None else left[evaluate(case.when, _at(left, entries)).astype(bool)]
        if len(rows):
            mine = _at(rows, entries)
            # Infinity less infinity, from entries beyond all reason, is no number; it earns nothing.
            points[rows] = np.nan_to_num(evaluate(lift(case.points), mine), nan=0.0)
            words[rows] = _explain(case, scale, {**mine, "points": points[rows]})
        left = np.setdiff1d(left, rows, assume_unique=True)
    return Scored(points, words.tolist())


def _at(rows: np.ndarray, columns: Columns) -> Columns:
    return {name: column[rows] for name, column in columns.items()}


def _explain(case: Case, scale: Scale, values: Columns) -> list[str]:
    """The case's words for each row of ``values``."""
    template = _(case.words)
    facts = {"max": scale.max_points, **case.facts}
    told = [name for name in {**values, **facts} if f"{{{name}}}" in template]
    shown = {name: _show(evaluate(lift(facts[name]), values) if name in facts else values[name]) for name in told}
    if not shown:
        return [template] * len(values["points"])
    return [template.format(**dict(zip(shown, row, strict=True))) for row in zip(*shown.values(), strict=True)]


def _show(column: np.ndarray) -> list[str]:
    if column.dtype.kind != "f":
        return list(column)
    distinct, place = np.unique(column, return_inverse=True)
    texts = [number(value) for value in distinct.tolist()]
    return [texts[each] for each in place.tolist()]


def formula(method: Method, scale: Scale, cells: Mapping[str, str], blank: Operand = 0) -> str:
    """The live Excel formula, with its leading ``=``.

    ``cells`` gives the cell of ``target``, ``actual`` and ``claimed``; a choice is read from the cell of
    ``actual``. ``blank`` is what a blank entry shows: 0, or "" on the unit's own form.
    """
    first, *others = _all_cases(method, scale)
    expr = lift(0)
    for case in reversed([replace(first, points=blank), *others]):
        expr = call("IF", case.when, case.points, expr) if case.when else lift(case.points)
    return "=" + to_excel(expr, {"choice": cells["actual"], **cells})
