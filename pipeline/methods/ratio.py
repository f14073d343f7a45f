"""``ratio``: the result as a share of the target, times the standard points.

Up: actual / target; down (poverty, accidents): target / actual. This is the arithmetic of the Hưng Yên
guidance on cụm, khối thi đua (draft of 2021): thực hiện / kế hoạch × điểm chuẩn, and its inverse.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import Operand
from pipeline.methods.method import Case, Method, Scale
from pipeline.methods.share import Direction, Share, ZeroTarget
from pipeline.rule_model import Fault


class Ratio(Method):
    """``cap`` and ``floor`` (below it, no points) are percentages of the target; ``zero_target`` has no default."""

    about = N_("Result / target × standard points; for what should fall, target / result × standard points.")

    method: Literal["ratio"]
    direction: Direction = "up"
    cap: Decimal = Field(default=Decimal(100), gt=0, title=N_("Counted up to (%)"))
    floor: Decimal = Field(default=Decimal(0), ge=0, title=N_("No points below (%)"))
    zero_target: ZeroTarget = None

    @property
    def needs_target(self) -> bool:
        return True

    @property
    def _share(self) -> Share:
        return Share(self.direction == "down", self.zero_target)

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        share, most = self._share, scale.max_points * self.cap / 100
        facts: dict[str, Operand] = {"percent": share.shown(self.cap, self.floor), "cap": self.cap, "floor": self.floor}
        below_floor = share.words(
            N_("result {actual} against target {target} is {percent} %, below the floor of {floor} %: 0 points"),
            N_("target {target} against result {actual} is {percent} %, below the floor of {floor} %: 0 points"),
        )
        at_cap = share.words(
            N_("result {actual} against target {target} is {percent} %, counted as {cap} %: {points} points"),
            N_("target {target} against result {actual} is {percent} %, counted as {cap} %: {points} points"),
        )
        between = share.words(
            N_("result {actual} against target {target} is {percent} %, × {max} standard points = {points} points"),
            N_("target {target} against result {actual} is {percent} %, × {max} standard points = {points} points"),
        )
        return (
            *share.zero_cases(most, most, 0),
            *([Case(share.percent < self.floor, 0, below_floor, facts)] if self.floor else []),
            Case(share.percent > self.cap, most, at_cap, facts),
            Case(None, share.value * scale.max_points, between, facts),
        )

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        if self.floor > self.cap:
            yield Fault(
                ("floor",),
                _("floor {floor} is above cap {cap}").format(floor=self.floor, cap=self.cap),
                _("make floor at most {cap}").format(cap=min(self.cap, Decimal(100))),
            )
        if self.cap > 100:
            yield Fault(
                ("cap",),
                _("cap {cap} would give more than the standard points").format(cap=self.cap),
                _("write cap: 100 or less; reward what goes beyond the target in a bonus group"),
            )
        yield from self._share.faults(fixed_target)

    def describe(self, scale: Scale) -> str:
        up, down = N_("result / target × standard points"), N_("target / result × standard points")
        parts = [_(self._share.words(up, down))]
        if self.cap != 100:
            parts.append(_("counted up to {cap} %").format(cap=number(float(self.cap))))
        if self.floor:
            parts.append(_("below {floor} %: 0 points").format(floor=number(float(self.floor))))
        return "; ".join(filter(None, (*parts, self._share.describe_zero())))
