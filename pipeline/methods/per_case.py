"""``per_case``: so many points for each case, added from nothing or taken off the standard points.

The commonest rule of real rubrics: 28 of the 102 rules of Sở Tài nguyên và Môi trường Tiền Giang 2022 deduct
per case, and 7 add a bonus per case.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import ACTUAL, lift, rounded
from pipeline.methods.method import FINE, Case, Method, Scale
from pipeline.methods.parameters import Words
from pipeline.rule_model import Fault

Start = Annotated[
    Literal["full", "none"],
    Field(title=N_("Starts from")),
    Words(full=N_("the standard points, taking off"), none=N_("0 points, adding")),
]


class PerCase(Method):
    """``each`` case counts so many points, at most the criterion's standard points in all.

    ``start: full`` begins with the standard points and deducts; ``start: none`` begins with nothing and adds
    (in a penalty group, what is added is taken off the total).
    """

    about = N_(
        "Each case counts so many points, added up or taken off the standard points, at most the criterion's "
        "points in all."
    )

    method: Literal["per_case"]
    each: Decimal = Field(gt=0, title=N_("Points for each case or step"))
    start: Start = "none"

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        counted, facts = ACTUAL * self.each, {"each": self.each}
        if self.start == "full":
            # 5 - 179 * 0.025 is 0.5249999999999995 in floats, and not every spreadsheet sees the tie in that.
            words = N_("{actual} cases × {each} points, taken off {max} standard points: {points} points")
            return (Case(None, rounded(lift(scale.max_points) - counted, FINE), words, facts),)
        words = N_("{actual} cases × {each} points, at most {max} points: {points} points")
        return (Case(None, counted, words, facts),)

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        if self.start == "full" and scale.penalty:
            yield starts_full_in_penalty()

    def describe(self, scale: Scale) -> str:
        if scale.penalty:
            words = _("each case takes off {each}")
        elif self.start == "full":
            words = _("full points, each case takes off {each}")
        else:
            words = _("each case gives {each}")
        return words.format(each=number(float(self.each)))


def starts_full_in_penalty() -> Fault:
    """``start: full`` would take the most off where there is nothing to take points off for."""
    return Fault(
        ("start",),
        _("in a penalty group, start: full takes the most off where there are no cases"),
        _("write start: none; each case is then taken off"),
    )
