"""``per_case``: so many points for each case, added from nothing or taken off the standard points.

The commonest rule of real rubrics: 28 of the 102 rules of Sở Tài nguyên và Môi trường Tiền Giang 2022 deduct
per case, and 7 add a bonus per case.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.expression import ACTUAL, call, lift
from pipeline.i18n import N_
from pipeline.methods.method import Case, Method, Scale


class PerCase(Method):
    """``each`` case counts so many points, at most the criterion's standard points in all.

    ``start: full`` begins with the standard points and deducts; ``start: none`` begins with nothing and adds
    (in a penalty group, what is added is taken off the total).
    """

    method: Literal["per_case"]
    each: Decimal = Field(gt=0)
    start: Literal["full", "none"] = "none"

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        counted = ACTUAL * lift(self.each)
        if self.start == "full":
            points = call("MAX", 0, lift(scale.max_points) - counted)
            return (Case(None, points, N_("{actual} cases taken off {max} points = {points} points")),)
        points = call("MIN", scale.max_points, counted)
        return (Case(None, points, N_("{actual} cases, at most {max} points = {points} points")),)
