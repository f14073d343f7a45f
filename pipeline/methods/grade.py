"""``grade``: a letter (A, B, C, D) for what cannot be counted, worth a share of the standard points.

The Hưng Yên guidance on cụm, khối thi đua (draft of 2021): tốt, khá, trung bình, yếu; A is the full điểm chuẩn, and
each khối sets what B, C and D are. With shares, one scale serves criteria of different points.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.choice import LevelName, name_faults
from pipeline.methods.expression import CHOICE, lift
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Case, Method, Scale
from pipeline.rule_model import Fault, RuleModel


class Grade(RuleModel):
    """One grade, as the unit reads it in the drop-down, and its percentage of the standard points."""

    name: LevelName
    percent: Decimal = Field(ge=0, le=100, title=N_("% of the standard points"))


class Graded(Method):
    """``levels`` with their percentages; the best one is 100."""

    about = N_(
        "The unit chooses a grade (A, B, C, D), and each is worth a percentage of the standard points; the best "
        "one is 100 %."
    )

    method: Literal["grade"]
    levels: tuple[Grade, ...] = Field(min_length=2, title=N_("Level {n}"))

    @property
    def takes(self) -> Takes:
        return Takes.CHOICE

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(level.name for level in self.levels)

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        words = N_("grade “{choice}”: {percent} % of {max} standard points = {points} points")
        graded = [
            Case(
                CHOICE.equals(level.name),
                lift(scale.max_points * level.percent / 100),
                words,
                {"percent": level.percent},
            )
            for level in self.levels
        ]
        return (*graded, Case(None, 0, N_("“{choice}” is not one of the levels: 0 points")))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        best = max(level.percent for level in self.levels)
        if best != 100:
            yield Fault(
                ("levels",),
                _("the best grade gives {percent} % of the standard points").format(percent=best),
                _("give the best grade percent: 100"),
            )
        yield from name_faults(self.options)

    def describe(self, scale: Scale) -> str:
        listed = "; ".join(f"{level.name}: {number(float(level.percent))} %" for level in self.levels)
        return _("by grade, of the standard points – {levels}").format(levels=listed)
