"""``sum_of``: components times their weights, added up to the points.

For sub-criteria that are given points of their own, each of which counts as its weight says.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pipeline.i18n import N_, _
from pipeline.methods.expression import added
from pipeline.methods.grammar import steady
from pipeline.methods.method import Case, Method, Scale
from pipeline.methods.weighted import Weighted
from pipeline.rule_model import Fault


class SumOf(Weighted, Method):
    """The points are weight × value of every part, added; all at their highest are the standard points."""

    about = N_("The inputs times their weights, added up; all at their highest give the standard points.")

    method: Literal["sum_of"]

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        total = steady(added([scale.input(part.input).count * part.weight for part in self.parts]))
        words = N_("{parts}; added up {sum}, at most {max}: {points} points")
        return (Case(None, total, words, {"sum": total}, self.clauses(scale)),)

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        yield from super().faults(scale, fixed_target)
        known = {each.code.casefold() for each in scale.inputs}
        if not all(part.input.casefold() in known for part in self.parts):
            return
        highest = self.highest(scale)
        best = sum((high * part.weight for high, part in zip(highest, self.parts, strict=True) if high), Decimal(0))
        if None not in highest and best != scale.max_points:
            yield Fault(
                ("parts",),
                _("all parts at their highest give {best} points, the criterion has {max}").format(
                    best=f"{best.normalize():f}", max=scale.max_points
                ),
                _("change the weights, or use mean_of, which fits them to the points"),
            )

    def describe(self, scale: Scale) -> str:
        return _("sum of {parts}").format(parts=self.describe_parts(scale))
