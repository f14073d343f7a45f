"""``graded_deadline``: points by how many days late, or early, something was done.

The result is a number of days: 2 is two days late, 0 the last day in time, -3 three days early. Real rubrics grade
timeliness so: Hớn Quản 2012 gives a report 8/6/4/2/0 points, the Hưng Yên guidance takes off 5 points for 5 to less
than 10 days, 10 up to less than 15, and 20 from 15 days on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import ACTUAL, Operand, rounded
from pipeline.methods.method import FINE, Case, Method, Scale, best_faults
from pipeline.rule_model import Fault, RuleModel


class Step(RuleModel):
    """At most ``days_late`` days late (negative: at least so many days early) gives ``points``."""

    days_late: Decimal = Field(title=N_("Days late, up to"))
    points: Decimal = Field(title=N_("Points"))


class GradedDeadline(Method):
    """``steps`` from the earliest to the latest; ``later`` is what anything beyond the last one gives."""

    about = N_(
        "By the number of days late, which is the result; days early are below 0. Each step holds up to its "
        "number of days."
    )

    method: Literal["graded_deadline"]
    steps: tuple[Step, ...] = Field(min_length=1, title=N_("Step {n}"))
    later: Decimal = Field(default=Decimal(0), title=N_("Points when later still"))

    @property
    def counts_below_zero(self) -> bool:
        return self.steps[0].days_late < 0

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        last = self.steps[-1].days_late
        return (*self._step_cases(), *_by_sign(None, last, self.later))

    def _step_cases(self) -> Iterator[Case]:
        before: Decimal | None = None
        for step in self.steps:
            yield from _by_sign(step.days_late, before, step.points)
            before = step.days_late

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        points = [*(step.points for step in self.steps), self.later]
        for fault in best_faults("steps", points, scale):
            beyond = fault.path[1:2] == (len(self.steps),)
            yield replace(fault, path=("later",)) if beyond else fault
        for place, (earlier, later) in enumerate(pairwise(self.steps), start=1):
            if later.days_late <= earlier.days_late:
                yield Fault(
                    ("steps", place, "days_late"),
                    _("{later} days is not later than the {earlier} of the step before").format(
                        later=later.days_late, earlier=earlier.days_late
                    ),
                    _("list the steps from the earliest to the latest; days early are negative"),
                )
        for place, (before, after) in enumerate(pairwise(points), start=1):
            if before < after if not scale.penalty else before > after:
                path = ("steps", place, "points") if place < len(self.steps) else ("later",)
                yield Fault(path, _("who is later would be better off here"), _remedy(scale))

    def describe(self, scale: Scale) -> str:
        listed = [f"{_limit(step.days_late)}: {number(float(step.points))}" for step in self.steps]
        beyond = _("later: {points}").format(points=number(float(self.later)))
        return _("by days late – {steps}").format(steps="; ".join([*listed, beyond]))


def _remedy(scale: Scale) -> str:
    if scale.penalty:
        return _("in a penalty group, take off more the later it is")
    return _("give fewer points, or as many, the later it is")


def _limit(days: Decimal) -> str:
    if days < 0:
        return _("at least {days} days early").format(days=number(float(-days)))
    return _("at most {days} days late").format(days=number(float(days))) if days else _("in time")


def _by_sign(most: Decimal | None, before: Decimal | None, points: Decimal) -> Iterator[Case]:
    """The cases of one step, later than ``before`` and up to ``most``: early, in time and late have their own words."""
    late, facts = rounded(ACTUAL, FINE), _facts(most, before)
    early = N_("{early} days early: {points} points")
    if most is not None and most < 0:
        yield Case(late <= most, points, early, facts)
        return
    if before is None or before < 0:
        yield Case(late < 0, points, early, facts)
        yield Case(late.equals(0), points, N_("just in time: {points} points"), facts)
    if most is None:
        beyond = N_("{actual} days late, more than {before}: {points} points")
        words = beyond if before and before > 0 else N_("{actual} days late: {points} points")
        yield Case(None, points, words, facts)
    elif most > 0:
        yield Case(late <= most, points, N_("{actual} days late, at most {most}: {points} points"), facts)


def _facts(most: Decimal | None, before: Decimal | None) -> dict[str, Operand]:
    limits = {"most": most, "before": before}
    return {"early": -ACTUAL, **{name: limit for name, limit in limits.items() if limit is not None}}
