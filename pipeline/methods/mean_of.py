"""``mean_of``: the weighted mean of components, as a share of their scale, times the standard points.

The provincial competitiveness index (PCI) is one: ten components from 1 to 10, weighed 5 to 20 %, together at most
100 points. As a criterion it has ten inputs with ``high: 10`` and 100 standard points.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pipeline.i18n import N_, _
from pipeline.methods.expression import Expr, added, rounded
from pipeline.methods.grammar import steady
from pipeline.methods.method import Case, Method, Scale
from pipeline.methods.weighted import Weighted
from pipeline.rule_model import Fault


class MeanOf(Weighted, Method):
    """Each part counts as its share of the highest value that its input can have; weights need not add up to 100."""

    about = N_(
        "The weighted mean of the parts, each as a share of the highest value that its input can have (high), "
        "times the standard points."
    )

    method: Literal["mean_of"]

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        points = steady(self._times(scale.max_points, scale))
        words = N_("{parts}; on average {percent} % of the highest, × {max} standard points = {points} points")
        facts = {"percent": rounded(self._times(Decimal(100), scale), 2)}
        return (Case(None, points, words, facts, self.clauses(scale)),)

    def _times(self, points: Decimal, scale: Scale) -> Expr:
        """``points`` times the mean; one division where all parts have one scale."""
        highest = [Decimal(high or 1) for high in self.highest(scale)]
        values = [scale.input(part.input).count * part.weight for part in self.parts]
        weights = sum((part.weight for part in self.parts), Decimal(0))
        if len(set(highest)) == 1:
            return added(values) * points / (weights * highest[0])
        return added([value / high for value, high in zip(values, highest, strict=True)]) * points / weights

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        yield from super().faults(scale, fixed_target)
        inputs = {each.code.casefold(): each for each in scale.inputs}
        for place, part in enumerate(self.parts):
            of = inputs.get(part.input.casefold())
            if of and not of.yes_no and (of.high is None or of.high <= 0):
                yield Fault(
                    ("parts", place, "input"),
                    _("input {code} does not say how high it can be").format(code=part.input),
                    _("write high under the input, for example high: 10"),
                )

    def describe(self, scale: Scale) -> str:
        return _("weighted mean, as a share of the highest, of {parts}").format(parts=self.describe_parts(scale))
