"""What a scoring method is: parameters, and an ordered list of cases from which its three faces follow.

A case says when it holds, what points it gives and in what words. From the one list come

* the points of all units of a bloc at once (:func:`score`),
* the live Excel formula that a unit, an appraiser and the council see (:func:`formula`),
* the explanation in words (:func:`score` again).

A spreadsheet program that recalculates the formula gets the points that :func:`score` computed
(promise 6); ``tests/methods`` lets LibreOffice judge that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

from pipeline.expression import (
    ACTUAL,
    CHOICE,
    CLAIMED,
    TARGET,
    Columns,
    Expr,
    Operand,
    call,
    evaluate,
    is_blank,
    lift,
    rounded,
    to_excel,
)
from pipeline.i18n import N_, _, number

if TYPE_CHECKING:
    import numpy as np

PERCENT_DECIMALS = 6
"""A percentage is rounded to this before it meets a threshold, so that floats, fractions and spreadsheets agree."""


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
    """``points`` where ``when`` holds (always, if None); ``words`` is a msgid with named placeholders."""

    when: Expr | None
    points: Operand
    words: str


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
    def options(self) -> tuple[str, ...]:
        """The levels that a unit may choose from, for a method that takes a choice."""
        return ()

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        """The cases, first that holds wins, the last without condition. Points are >= 0, also for a penalty.

        A blank entry needs no case: it gives 0 points (see :func:`score`).
        """
        raise NotImplementedError

    def named(self, scale: Scale) -> Mapping[str, Expr]:
        """Intermediate values that the words mention, by placeholder name."""
        return {}

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        """What is wrong with the parameters, beyond what their types forbid."""
        return iter(())


@dataclass(frozen=True)
class Scored:
    """Points (floats, NaN never) and explanations of one criterion, one for each unit."""

    points: np.ndarray
    words: list[str]


_ENTRY = {Takes.NUMBER: ACTUAL, Takes.CHOICE: CHOICE, Takes.POINTS: CLAIMED}


def _all_cases(method: Method, scale: Scale) -> tuple[Case, ...]:
    """The method's cases behind those for a blank entry; points rounded, and negative for a penalty."""
    blanks = [Case(is_blank(_ENTRY[method.takes]), 0, N_("nothing entered: 0 points"))]
    if method.needs_target:
        blanks.append(Case(is_blank(TARGET), 0, N_("no target to measure against: 0 points")))
    return tuple(
        Case(case.when, _signed(rounded(case.points, scale.decimals), scale), case.words)
        for case in (*blanks, *method.cases(scale))
    )


def _signed(points: Expr, scale: Scale) -> Expr:
    if not scale.penalty or points == lift(0):
        return points
    return rounded(-points, scale.decimals)


def score(method: Method, scale: Scale, columns: Columns) -> Scored:
    """Points and explanation of every unit.

    ``columns``: ``target``, ``actual``, ``claimed`` (floats, NaN for blank) and ``choice`` (strings, "" for
    blank), all of one length.
    """
    import numpy as np

    cases = _all_cases(method, scale)
    holds = [
        evaluate(case.when, columns).astype(bool) if case.when is not None else np.ones(len(columns["actual"]), bool)
        for case in cases
    ]
    chosen = np.argmax(np.stack(holds), axis=0)
    points = np.select(holds, [evaluate(lift(case.points), columns) for case in cases])
    values = {name: evaluate(expr, columns) for name, expr in method.named(scale).items()}
    return Scored(points, _explain(cases, chosen, points, {**columns, **values}, scale))


def _explain(
    cases: tuple[Case, ...], chosen: np.ndarray, points: np.ndarray, values: Columns, scale: Scale
) -> list[str]:
    templates = [_(case.words) for case in cases]
    shown = {name: column for name, column in values.items() if any("{" + name + "}" in t for t in templates)}
    maximum = number(float(scale.max_points))
    words = []
    for row, case in enumerate(chosen):
        facts = {name: _show(column[row]) for name, column in shown.items()}
        words.append(templates[case].format(points=number(abs(points[row])), max=maximum, **facts))
    return words


def _show(value: object) -> str:
    return value if isinstance(value, str) else number(float(value))  # type: ignore[arg-type]


def formula(method: Method, scale: Scale, cells: Mapping[str, str], blank: Operand = 0) -> str:
    """The live Excel formula, with its leading ``=``.

    ``cells`` gives the cell of ``target``, ``actual`` and ``claimed``; a choice is read from the cell of
    ``actual``. ``blank`` is what a blank entry shows: 0, or "" on the unit's own form.
    """
    first, *others = _all_cases(method, scale)
    expr = lift(0)
    for case in reversed(others):
        expr = lift(case.points) if case.when is None else call("IF", case.when, case.points, expr)
    assert first.when is not None
    return "=" + to_excel(call("IF", first.when, blank, expr), {"choice": cells["actual"], **cells})
