"""``yes_no``: full points for the one answer, none for the other."""

from __future__ import annotations

from typing import ClassVar, Literal

from pipeline.expression import CHOICE
from pipeline.i18n import N_, _, number
from pipeline.methods.method import Case, Method, Scale, Takes

YES, NO = "Có", "Không"  # data of the form, as the level names of a rubric are; not translated


class YesNo(Method):
    """``points_for`` names the answer that earns (or, for a penalty, costs) the points."""

    method: Literal["yes_no"]
    points_for: Literal["yes", "no"] = "yes"
    takes: ClassVar[Takes] = Takes.CHOICE

    @property
    def options(self) -> tuple[str, ...]:
        return (YES, NO)

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        counted = YES if self.points_for == "yes" else NO
        words = N_("answer “{choice}”: {points} points")
        return (Case(CHOICE.equals(counted), scale.max_points, words), Case(None, 0, words))

    def describe(self, scale: Scale) -> str:
        counted = YES if self.points_for == "yes" else NO
        return _("“{answer}”: {points}, otherwise 0").format(answer=counted, points=number(float(scale.max_points)))
