"""``per_step``: so many points for each whole step above a threshold, up to the criterion's points.

Sở Tài nguyên và Môi trường Tiền Giang 2022 gives 0.1 points for each 1 % above 92 %, at most 0.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import ACTUAL, Expr, Operand, call, rounded
from pipeline.methods.method import FINE, Case, Method, Scale
from pipeline.methods.share import Measure, Share, ZeroTarget
from pipeline.rule_model import Fault


class PerStep(Method):
    """``each`` so many points for every ``step`` above ``above``, measured on the percentage of the target
    (``of: percent``, or ``percent_down`` = target / actual for what should fall) or on the result (``of: actual``).

    ``whole: false`` counts parts of a step too. The cap is ``at_most``, by default the criterion's points.
    """

    about = N_(
        "So many points for each step above a threshold, in % of the target or of the result itself, at most "
        "at_most (by default the criterion's points)."
    )

    method: Literal["per_step"]
    above: Decimal = Field(ge=0, title=N_("Counted above"))
    each: Decimal = Field(gt=0, title=N_("Points for each case or step"))
    step: Decimal = Field(default=Decimal(1), gt=0, title=N_("Length of a step"))
    of: Measure = "percent"
    whole: bool = Field(default=True, title=N_("Whole steps only"))
    at_most: Decimal | None = Field(default=None, gt=0, title=N_("At most for this rule"))
    zero_target: ZeroTarget = None

    @property
    def needs_target(self) -> bool:
        return self.of != "actual"

    @property
    def _share(self) -> Share:
        return Share(self.of == "percent_down", self.zero_target)

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        if self.of == "actual":
            words = (
                N_("result {actual}, nothing to count above {above}: 0 points"),
                N_("result {actual}: {steps} × {each} points for {step} above {above}, at most {max}: {points} points"),
            )
            return self._counted(ACTUAL, words, {"max": self._most(scale)})
        share = self._share
        none = share.words(
            N_("result {actual} against target {target} is {percent} %, nothing to count above {above} %: 0 points"),
            N_("target {target} against result {actual} is {percent} %, nothing to count above {above} %: 0 points"),
        )
        some = share.words(
            N_(
                "result {actual} against target {target} is {percent} %: {steps} × {each} points "
                "for {step} % above {above} %, at most {max}: {points} points"
            ),
            N_(
                "target {target} against result {actual} is {percent} %: {steps} × {each} points "
                "for {step} % above {above} %, at most {max}: {points} points"
            ),
        )
        facts: dict[str, Operand] = {"percent": percent_shown(share, self.above, self.step, self.whole)}
        counted = self._counted(share.value * 100, (none, some), {**facts, "max": self._most(scale)})
        most = self._most(scale)
        return (*share.zero_cases(most, most, 0), *counted)

    def _most(self, scale: Scale) -> Decimal:
        return scale.max_points if self.at_most is None else min(self.at_most, scale.max_points)

    def _counted(self, measure: Expr, words: tuple[str, str], facts: dict[str, Operand]) -> tuple[Case, ...]:
        steps = steps_above(measure, self.above, self.step, self.whole)
        none, some = words
        facts = {**facts, "steps": steps, "each": self.each, "step": self.step, "above": self.above}
        counted = steps * self.each if self.at_most is None else call("MIN", self.at_most, steps * self.each)
        return (Case(steps <= 0, 0, none, facts), Case(None, counted, some, facts))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        if self.needs_target:
            yield from self._share.faults(fixed_target)

    def describe(self, scale: Scale) -> str:
        of = {
            "percent": N_("each {step} % of the target above {above} % gives {each}, at most {max}"),
            "percent_down": N_("each {step} % of target / result above {above} % gives {each}, at most {max}"),
            "actual": N_("each {step} above {above} gives {each}, at most {max}"),
        }
        facts = {"step": self.step, "above": self.above, "each": self.each, "max": self._most(scale)}
        parts = [_(of[self.of]).format(**{name: number(float(value)) for name, value in facts.items()})]
        parts.append("" if self.whole else _("parts of a step count too"))
        parts.append(self._share.describe_zero() if self.needs_target else "")
        return "; ".join(filter(None, parts))


def steps_above(measure: Expr, above: Decimal, step: Decimal, whole: bool) -> Expr:
    """How many times ``step`` fits between ``above`` and ``measure``; negative below.

    Rounded before it is cut, so that 115 of 120 against 92 % falls on the same side in floats, fractions and
    spreadsheets.
    """
    distance = measure - above
    steps = rounded(distance if step == 1 else distance / step, FINE)
    return call("INT", steps) if whole else steps


def percent_shown(share: Share, above: Decimal, step: Decimal, whole: bool) -> Expr:
    """The percentage for a sentence: two decimals, or all where two would show a step that was not reached."""
    exact, short = share.value * 100, rounded(share.value * 100, 2)
    if not whole:
        return short
    same = steps_above(short, above, step, whole).equals(steps_above(exact, above, step, whole))
    return call("IF", same, short, share.percent)
