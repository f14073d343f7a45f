"""What a scoring method is: parameters, and an ordered list of cases.

A case says when it holds, what points it gives and in what words. Three things follow from this one list:

* the points of all units of a bloc at once (:func:`score`),
* the live Excel formula that a unit, an appraiser and the council see (:func:`formula`),
* the explanation in words (:func:`score` again).

A spreadsheet program that recalculates the formula gets the points that :func:`score` computed (promise 6);
LibreOffice does so in ``tests/methods/test_formulas.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
from pydantic import field_validator
from pydantic_core import PydanticCustomError

from pipeline.i18n import N_, _, number
from pipeline.methods.bloc_wide import bloc_columns
from pipeline.methods.expression import (
    ACTUAL,
    CHOICE,
    CLAIMED,
    TARGET,
    Columns,
    Expr,
    Number,
    Operand,
    Ref,
    call,
    evaluate,
    is_blank,
    lift,
    rounded,
    to_excel,
)
from pipeline.methods.inputs import Input, Takes
from pipeline.methods.no_data import NO_DATA, NoData, no_data_cell
from pipeline.rule_model import Fault, RuleModel

FINE = 6
"""Decimals of what lies between entry and points: a percentage that meets a threshold, a difference.

Floats, fractions and spreadsheets agree on a number rounded to these, and not on all its digits.
"""


Path = tuple[str | int, ...]
"""Where something stands below a rule: keys, and places (from 0) in lists."""


@dataclass(frozen=True)
class Gate:
    """A condition on other criteria: where ``holds`` is false there are no points, for the reason in ``words``.

    ``facts`` fill the placeholders of ``words``; ``looks_at`` are the criteria whose points ``holds`` compares.
    """

    holds: Expr
    words: str
    facts: tuple[tuple[str, Operand], ...]
    looks_at: tuple[str, ...]


def points_of(criterion: str) -> Ref:
    """The computed points of another criterion of the same unit, as a column."""
    return Ref(f"points.{criterion}")


@dataclass(frozen=True)
class Scale:
    """What a method needs to know of its criterion.

    ``max_points``: its standard points; ``decimals`` of points; ``penalty``: points are taken off; ``inputs``: those
    that it declares; ``lowest``: how far the points may fall. From other criteria: ``gate``, a condition on them, and
    ``of_points``, the standard points of the criterion whose target and result it takes. ``no_data``: what it means
    that a unit has no data; None: it must have some.
    """

    max_points: Decimal
    decimals: int = 2
    penalty: bool = False
    inputs: tuple[Input, ...] = ()
    lowest: Decimal = Decimal(0)
    gate: Gate | None = None
    of_points: Decimal | None = None
    no_data: NoData | None = None

    def input(self, code: str) -> Input:
        """The input of that code, in capitals or small letters. Raises KeyError."""
        return {each.code.casefold(): each for each in self.inputs}[code.casefold()]


@dataclass(frozen=True)
class Part:
    """A clause of an explanation, shown where ``when`` holds (always, if None); ``facts`` fill its placeholders."""

    when: Expr | None
    words: str
    facts: Mapping[str, Operand] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """``points`` where ``when`` holds (always, if None), and why.

    ``words`` is a msgid; its placeholders are ``facts``, the entries (``target``, ``actual``, ``choice``,
    ``claimed``), ``points`` and ``max``, and ``parts``: those clauses of ``parts`` that hold, one after the other.
    """

    when: Expr | None
    points: Operand
    words: str
    facts: Mapping[str, Operand] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()


MOST_PARTS = 50
"""Bands, levels or rules of one criterion; printed rubrics have ten."""


class Method(RuleModel):
    """Base of all methods: pydantic parameters plus :meth:`cases`. One subclass, one file.

    A subclass declares ``method: Literal["its_name"]``, says what it is ``about``, gives each parameter a ``title`` and
    implements :meth:`cases` and :meth:`describe`; it overrides the other members where the defaults do not fit.
    """

    @field_validator("*")
    @classmethod
    def _few_enough(cls, value: Any) -> Any:
        """Each part is a case in the formula of one cell."""
        if isinstance(value, tuple) and len(value) > MOST_PARTS:
            raise PydanticCustomError("too_long", "more than a formula can hold", {"max_length": MOST_PARTS})
        return value

    about: ClassVar[str] = ""
    """The rule in a sentence or two, without its parameters' values: a msgid, for whoever chooses a method."""

    method: str

    @property
    def takes(self) -> Takes:
        """What the unit enters in the criterion's own row."""
        return Takes.NUMBER

    @property
    def inputs(self) -> tuple[tuple[Path, str], ...]:
        """The inputs that it reads: where below the rule each is named, and its code."""
        return ()

    @property
    def needs_every_input(self) -> bool:
        """Whether one blank input leaves no points; else it counts as none of that."""
        return True

    @property
    def needs_target(self) -> bool:
        """Whether the points depend on a target."""
        return False

    @property
    def needs_bloc(self) -> bool:
        """Whether the points depend on the results of all units of the bloc."""
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

        :func:`score` and :func:`formula` add the same to the cases of every method: blank entries, rounding, the bounds
        of the points, and the sign of a penalty.
        """
        raise NotImplementedError

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        """What is wrong with the parameters, beyond what their types forbid."""
        return iter(())

    def describe(self, scale: Scale) -> str:
        """The rule with its parameters in one sentence, for whoever reads the rubric."""
        raise NotImplementedError


def best_faults(listed: str, points: Sequence[Decimal], scale: Scale) -> Iterator[Fault]:
    """The points that a rule lists: the best are the criterion's standard points, none are too low or need rounding."""
    best = max(points)
    if best != scale.max_points:
        yield Fault(
            (listed,),
            _("the best of these gives {best} points, the criterion has {max}").format(best=best, max=scale.max_points),
            _("give the best {max} points, or the criterion {best}").format(best=best, max=scale.max_points),
        )
    for place, each in enumerate(points):
        if each < scale.lowest and scale.penalty:
            yield Fault(
                (listed, place, "points"),
                _("{points} points: a penalty is written without a minus").format(points=each),
                _("write {points}").format(points=-each),
            )
        elif each < scale.lowest:
            yield Fault(
                (listed, place, "points"),
                _("{points} points are below the lowest of the criterion, {lowest}").format(
                    points=each, lowest=scale.lowest
                ),
                _("write {lowest} or more, or lowest: {points} in the criterion").format(
                    points=each, lowest=scale.lowest
                ),
            )
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
    entries = inputs_read(method, scale)
    blanks = [Case(_nothing_entered(method, entries), 0, N_("nothing entered: 0 points"))]
    if method.needs_every_input:
        words = N_("“{name}” is not entered: 0 points")
        blanks += [Case(is_blank(each.entry), 0, words, {"name": each.name}) for each in entries]
    if method.needs_target:
        blanks.append(Case(is_blank(TARGET), 0, N_("no target to measure against: 0 points")))
    if scale.gate:
        blanks.append(Case(call("NOT", scale.gate.holds), 0, scale.gate.words, dict(scale.gate.facts)))
    cases = (*blanks, *method.cases(scale))
    return tuple(replace(case, points=_counted(lift(case.points), scale)) for case in cases)


def _no_data_case(scale: Scale) -> tuple[Case, ...]:
    """Before all others, where the rubric says what no data means."""
    return (Case(NO_DATA, lift(0), scale.no_data.label),) if scale.no_data else ()


def inputs_read(method: Method, scale: Scale) -> list[Input]:
    """The inputs of the scale that the method names."""
    used = {code.casefold() for _path, code in method.inputs}
    return [each for each in scale.inputs if each.code.casefold() in used]


def _nothing_entered(method: Method, entries: Sequence[Input]) -> Expr:
    """Whether the unit entered nothing from which points could come."""
    if method.takes is not Takes.INPUTS:
        return is_blank(_ENTRY[method.takes])
    blank = [is_blank(each.entry) for each in entries]
    return call("AND", *blank) if len(blank) > 1 else blank[0]


def _counted(points: Expr, scale: Scale) -> Expr:
    """Between the lowest and the standard points, rounded, and taken off for a penalty."""
    if isinstance(points, Number):
        fixed = rounded(min(max(points.value, scale.lowest), scale.max_points), scale.decimals)
        return lift(-fixed.value) if scale.penalty and isinstance(fixed, Number) else fixed
    within = call("MAX", scale.lowest, call("MIN", scale.max_points, points))
    return -rounded(within, scale.decimals) if scale.penalty else rounded(within, scale.decimals)


def score(method: Method, scale: Scale, columns: Columns) -> Scored:
    """Points and explanation of every unit: within 0 and the standard points, or 0 and their negative for a penalty.

    ``columns``: ``target``, ``actual``, ``claimed`` (floats, NaN for blank), ``choice`` (strings, "" for blank) and
    the columns of the inputs and of the points that the scale's gate looks at, perhaps ``no_data`` (whether the unit
    has none), all of one length. An infinite number counts as blank.
    """
    entries = {
        name: np.where(np.isfinite(column), column, np.nan) if column.dtype.kind == "f" else column
        for name, column in columns.items()
    }
    if method.needs_bloc:
        entries |= bloc_columns(entries["actual"])
    entries.setdefault(NO_DATA.name, np.zeros(len(columns["actual"]), dtype=bool))
    remaining = np.arange(len(columns["actual"]))
    points, words = np.zeros(len(remaining)), np.full(len(remaining), "", dtype=object)
    for case in (*_no_data_case(scale), *_all_cases(method, scale)):
        rows = remaining if case.when is None else remaining[evaluate(case.when, _at(remaining, entries)).astype(bool)]
        if len(rows):
            entered = _at(rows, entries)
            # Infinity less infinity, from entries beyond all reason, is no number; it earns nothing.
            points[rows] = np.nan_to_num(evaluate(lift(case.points), entered), nan=0.0)
            words[rows] = _explain(case, scale, {**entered, "points": points[rows]})
        remaining = np.setdiff1d(remaining, rows, assume_unique=True)
    return Scored(points, words.tolist())


def _at(rows: np.ndarray, columns: Columns) -> Columns:
    return {name: column[rows] for name, column in columns.items()}


def _explain(case: Case, scale: Scale, values: Columns) -> list[str]:
    """The case's words for each row of ``values``."""
    template = _(case.words)
    facts = {"max": scale.max_points, **case.facts}
    if case.parts:
        values = {**values, "parts": _parts(case.parts, scale, values)}
    used = [name for name in {**values, **facts} if f"{{{name}}}" in template]
    shown = {name: _show(evaluate(lift(facts[name]), values) if name in facts else values[name]) for name in used}
    if not shown:
        return [template] * len(values["points"])
    return [template.format(**dict(zip(shown, row, strict=True))) for row in zip(*shown.values(), strict=True)]


def _parts(parts: Sequence[Part], scale: Scale, values: Columns) -> np.ndarray:
    """For each row the clauses that hold."""
    clauses: list[list[str]] = [[] for _row in values["points"]]
    for part in parts:
        holds = None if part.when is None else evaluate(part.when, values).astype(bool)
        rows = np.arange(len(clauses)) if holds is None else np.flatnonzero(holds)
        words = _explain(Case(None, 0, part.words, part.facts), scale, _at(rows, values)) if len(rows) else []
        for row, clause in zip(rows, words, strict=True):
            clauses[row].append(clause)
    return np.array(["; ".join(each) for each in clauses], dtype=object)


def _show(column: np.ndarray) -> list[str]:
    if column.dtype.kind != "f":
        return list(column)
    distinct, place = np.unique(column, return_inverse=True)
    texts = [number(value) for value in distinct.tolist()]
    return [texts[each] for each in place.tolist()]


def formula(
    method: Method,
    scale: Scale,
    cells: Mapping[str, str],
    blank: Operand = 0,
    percentages: Collection[str] = (),
) -> str:
    """The live Excel formula, with its leading ``=``.

    ``cells`` gives the cell of ``target``, ``actual``, ``claimed`` and each input's column; a choice is read from the
    cell of ``actual``. ``blank`` is what a blank entry shows: 0, or "" on the unit's own form. ``percentages``: those
    of them where a unit may type ``97%`` for 97 (:func:`~pipeline.methods.expression.to_excel`).
    """
    first, *others = _all_cases(method, scale)
    expr = lift(0)
    for case in reversed([replace(first, points=blank), *others]):
        expr = call("IF", case.when, case.points, expr) if case.when else lift(case.points)
    live = to_excel(expr, {"choice": cells.get("actual", ""), **cells}, percentages)
    return "=" + without_data(method, scale, cells, "0", live)


def without_data(method: Method, scale: Scale, cells: Mapping[str, str], then: str, otherwise: str) -> str:
    """A formula, without its ``=``, that gives ``then`` where the cells say that there are no data."""
    own = [cells["actual"]] if method.takes is Takes.NUMBER else []
    entries = [*own, *(cells[each.column] for each in scale.inputs if not each.yes_no)]
    return f"IF({no_data_cell(entries)},{then},{otherwise})" if scale.no_data and entries else otherwise
