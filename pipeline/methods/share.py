"""The result as a share of its target, and what a target of zero gives; what methods that look at a target share.

No method of its own. Up: actual / target. Down, for what should fall (poverty, accidents): target / actual, so
that in both directions 100 % is the target reached and more is better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from pipeline.i18n import N_, _
from pipeline.methods.expression import ACTUAL, TARGET, Expr, Operand, call, rounded
from pipeline.methods.method import FINE, Case
from pipeline.methods.parameters import Words
from pipeline.rule_model import Fault

Direction = Annotated[
    Literal["up", "down"],
    Field(title=N_("Direction")),
    Words(up=N_("more is better"), down=N_("less is better")),
]
Measure = Annotated[
    Literal["percent", "percent_down", "actual"],
    Field(title=N_("Measured by")),
    Words(
        percent=N_("% of the target reached"),
        percent_down=N_("% of target / result"),
        actual=N_("the result itself"),
    ),
]
ZeroTarget = Annotated[
    Literal["full", "none", "by_actual"] | None,
    Field(title=N_("Where the target is 0")),
    Words(full=N_("full points"), none=N_("0 points"), by_actual=N_("by the result")),
]
"""What a target of 0 gives: the best points, none, or ``by_actual``: as for a target reached where the result is 0
(down) or above 0 (up), as for nothing done where it is not. A rubric must say which; None is no answer."""


@dataclass(frozen=True)
class Share:
    """A share in one direction."""

    down: bool
    zero_target: ZeroTarget

    @property
    def value(self) -> Expr:
        """The share itself, 1 where the target is just reached."""
        return TARGET / ACTUAL if self.down else ACTUAL / TARGET

    @property
    def percent(self) -> Expr:
        """In percent, fit to be compared with a threshold."""
        return rounded(self.value * 100, FINE)

    def shown(self, *thresholds: Decimal) -> Expr:
        """The percentage for a sentence: two decimals, or all where two would show a threshold not reached."""
        short = rounded(self.value * 100, 2)
        if not thresholds:
            return short
        return call("IF", call("OR", *(short.equals(each) for each in thresholds)), self.percent, short)

    def words(self, up: str, down: str) -> str:
        """The msgid that fits the direction."""
        return down if self.down else up

    def zero_cases(self, best: Operand, reached: Operand, missed: Operand) -> Iterator[Case]:
        """Cases for a target, or for direction down a result, that nothing can be divided by."""
        no_target, words = TARGET <= 0, N_("target {target}, result {actual}: {points} points by the zero-target rule")
        if self.zero_target == "by_actual":
            met = ACTUAL <= 0 if self.down else ACTUAL > 0
            yield Case(call("AND", no_target, met), reached, words)
            yield Case(no_target, missed, words)
        else:
            yield Case(no_target, best if self.zero_target == "full" else 0, words)
        if self.down:
            yield Case(ACTUAL <= 0, reached, N_("result {actual} against target {target}: {points} points"))

    def describe_zero(self) -> str:
        """What a target of 0 gives, in words; nothing where the target cannot be 0."""
        match self.zero_target:
            case "full":
                return _("target 0: full points")
            case "none":
                return _("target 0: 0 points")
            case "by_actual" if self.down:
                return _("target 0: full points if the result is 0 too")
            case "by_actual":
                return _("target 0: full points if the result is above 0")
        return ""

    def faults(self, fixed_target: Decimal | None) -> Iterator[Fault]:
        """A rule that does not say what a target of zero gives, where the target may be zero."""
        if self.zero_target is None and (fixed_target is None or fixed_target <= 0):
            yield Fault(
                (),
                _("the target may be 0, and the rule does not say what that gives"),
                _("add zero_target: full, none or by_actual"),
            )
