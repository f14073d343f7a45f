"""``ratio``: the result as a share of the target, times the standard points.

Up: actual / target; down (poverty, accidents): target / actual. This is the arithmetic of the Hưng Yên
guidance on cụm, khối thi đua (draft of 2021): thực hiện / kế hoạch × điểm chuẩn, and its inverse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.expression import ACTUAL, TARGET, Expr, call, rounded
from pipeline.i18n import N_, _
from pipeline.methods.method import PERCENT_DECIMALS, Case, Fault, Method, Scale


class Ratio(Method):
    """Parameters, all percentages of the target: ``cap`` and ``floor`` (below it, no points).

    ``zero_target`` says what a target of 0 gives: ``full`` points, ``none``, or ``by_actual`` (full where the
    result is 0 for direction down, above 0 for direction up). It has no default because the rubric must say.
    """

    method: Literal["ratio"]
    direction: Literal["up", "down"] = "up"
    cap: Decimal = Field(default=Decimal(100), gt=0)
    floor: Decimal = Field(default=Decimal(0), ge=0)
    zero_target: Literal["full", "none", "by_actual"] | None = None

    @property
    def needs_target(self) -> bool:
        return True

    @property
    def _share(self) -> Expr:
        return ACTUAL / TARGET if self.direction == "up" else TARGET / ACTUAL

    def named(self, scale: Scale) -> Mapping[str, Expr]:
        return {"percent": rounded(self._share * 100, 2)}

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        percent = rounded(self._share * 100, PERCENT_DECIMALS)
        most = scale.max_points * self.cap / 100
        cases = [*self._zero_cases(most)]
        if self.floor:
            cases.append(
                Case(
                    percent < self.floor,
                    0,
                    N_("result {actual} against target {target} is {percent} %, below the floor: 0 points"),
                )
            )
        cases.append(
            Case(
                percent >= self.cap,
                most,
                N_("result {actual} against target {target} is {percent} %, the cap is reached: {points} points"),
            )
        )
        cases.append(
            Case(
                None,
                call("MIN", most, self._share * scale.max_points),
                N_("result {actual} against target {target} is {percent} % of {max} points = {points} points"),
            )
        )
        return tuple(cases)

    def _zero_cases(self, most: Decimal) -> Iterator[Case]:
        no_target, no_result = TARGET.equals(0), ACTUAL.equals(0)
        full = N_("target 0, result {actual}: {points} points, as the rubric says for a zero target")
        match self.zero_target:
            case "full":
                yield Case(no_target, most, full)
            case "by_actual":
                met = no_result if self.direction == "down" else ACTUAL > 0
                yield Case(call("AND", no_target, met), most, full)
                yield Case(no_target, 0, full)
            case _:
                yield Case(no_target, 0, full)
        if self.direction == "down":
            yield Case(no_result, most, N_("result 0 against target {target}: {points} points"))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        if self.floor > self.cap:
            yield Fault(
                ("floor",),
                _("floor {floor} is above cap {cap}").format(floor=self.floor, cap=self.cap),
                _("make floor at most {cap}").format(cap=self.cap),
            )
        if self.cap > 100:
            yield Fault(
                ("cap",),
                _("cap {cap} would give more than the standard points").format(cap=self.cap),
                _("write cap: 100 or less; reward what goes beyond the target in a bonus group"),
            )
        if self.zero_target is None and not fixed_target:
            yield Fault(
                (),
                _("the target may be 0, and the rule does not say what that gives"),
                _("add zero_target: full, none or by_actual"),
            )
