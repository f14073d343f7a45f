"""``bands``: points by the band in which the result lies.

Measured on the percentage of the target (``of: percent``, or ``of: percent_down`` = target / actual for what
should fall), or on the result itself (``of: actual``). A band holds from ``from`` up to but not including ``to``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.expression import ACTUAL, TARGET, Expr, call, rounded
from pipeline.i18n import N_, _
from pipeline.methods.method import PERCENT_DECIMALS, Case, Fault, Method, Scale


class Band(BaseModel):
    """``from`` <= value < ``to`` gives ``points``; the lowest band has no ``from``, the highest no ``to``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_: Decimal | None = Field(default=None, alias="from")
    to: Decimal | None = None
    points: Decimal = Field(ge=0)


class Bands(Method):
    """``bands`` in rising order, without gap or overlap; ``zero_target`` as in ``ratio``, for percentages."""

    method: Literal["bands"]
    of: Literal["percent", "percent_down", "actual"] = "percent"
    bands: tuple[Band, ...] = Field(min_length=2)
    zero_target: Literal["full", "none", "by_actual"] | None = None

    @property
    def needs_target(self) -> bool:
        return self.of != "actual"

    @property
    def _measure(self) -> Expr:
        match self.of:
            case "percent":
                return rounded(ACTUAL / TARGET * 100, PERCENT_DECIMALS)
            case "percent_down":
                return rounded(TARGET / ACTUAL * 100, PERCENT_DECIMALS)
            case _:
                return ACTUAL

    def named(self, scale: Scale) -> Mapping[str, Expr]:
        return {"percent": rounded(self._measure, 2)} if self.needs_target else {}

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        words = (
            N_("result {actual} against target {target} is {percent} %: {points} points by its band")
            if self.needs_target
            else N_("result {actual}: {points} points by its band")
        )
        highest_first = [
            Case(None if band.from_ is None else self._measure >= band.from_, band.points, words)
            for band in reversed(self.bands)
        ]
        return (*self._zero_cases(), *highest_first)

    def _zero_cases(self) -> Iterator[Case]:
        if not self.needs_target:
            return
        no_target, best = TARGET.equals(0), max(band.points for band in self.bands)
        words = N_("target 0, result {actual}: {points} points, as the rubric says for a zero target")
        down = self.of == "percent_down"
        if self.zero_target == "full":
            yield Case(no_target, best, words)
        elif self.zero_target == "by_actual":
            met = ACTUAL.equals(0) if down else ACTUAL > 0
            yield Case(call("AND", no_target, met), best, words)
        yield Case(no_target, 0, words)
        if down:
            yield Case(ACTUAL.equals(0), best, N_("result 0 against target {target}: {points} points"))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        if self.bands[0].from_ is not None:
            yield Fault(
                ("bands", 0, "from"),
                _("below {value} no band says what the points are").format(value=self.bands[0].from_),
                _("leave out from in the first band"),
            )
        if self.bands[-1].to is not None:
            yield Fault(
                ("bands", len(self.bands) - 1, "to"),
                _("from {value} on no band says what the points are").format(value=self.bands[-1].to),
                _("leave out to in the last band"),
            )
        for place, (lower, upper) in enumerate(pairwise(self.bands), start=1):
            yield from self._join_faults(place, lower, upper)
        best = max(band.points for band in self.bands)
        if best != scale.max_points:
            yield Fault(
                ("bands",),
                _("the best band gives {best} points, the criterion has {max}").format(best=best, max=scale.max_points),
                _("give the best band {max} points, or the criterion {best}").format(best=best, max=scale.max_points),
            )
        if self.needs_target and self.zero_target is None and not fixed_target:
            yield Fault(
                (),
                _("the target may be 0, and the rule does not say what that gives"),
                _("add zero_target: full, none or by_actual"),
            )

    def _join_faults(self, place: int, lower: Band, upper: Band) -> Iterator[Fault]:
        if lower.to is None or upper.from_ is None:
            yield Fault(
                ("bands", place),
                _("two bands that follow one another have an open end between them"),
                _("write to in the lower band and the same value as from in the upper one"),
            )
        elif upper.from_ != lower.to or (lower.from_ is not None and lower.from_ >= lower.to):
            gap = upper.from_ > lower.to
            yield Fault(
                ("bands", place, "from"),
                (
                    _("gap between the bands: {low} to {high} is in none")
                    if gap
                    else _("the bands overlap: {high} to {low} is in two")
                ).format(low=lower.to, high=upper.from_),
                _("write from: {to} here, where the band below ends").format(to=lower.to),
            )
