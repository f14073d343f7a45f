"""``yes_no``: full points for the one answer, none for the other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.answers import NO, YES, yes_no
from pipeline.i18n import N_, _, number
from pipeline.methods.expression import CHOICE
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Case, Method, Scale
from pipeline.methods.parameters import Words


class YesNo(Method):
    """``points_for`` names the answer that earns (or, for a penalty, costs) the points."""

    about = N_("Full points for the one answer, 0 for the other.")

    method: Literal["yes_no"]
    points_for: Annotated[Literal["yes", "no"], Words(yes=YES, no=NO)] = Field(
        default="yes", title=N_("Answer that counts")
    )

    @property
    def takes(self) -> Takes:
        return Takes.CHOICE

    @property
    def options(self) -> tuple[str, ...]:
        return yes_no()

    @property
    def _counted(self) -> str:
        return self.options[0 if self.points_for == "yes" else 1]

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        words = N_("answer “{choice}”: {points} points")
        return (Case(CHOICE.equals(self._counted), scale.max_points, words), Case(None, 0, words))

    def describe(self, scale: Scale) -> str:
        return _("“{answer}”: {points}, otherwise 0").format(
            answer=self._counted, points=number(float(scale.max_points))
        )
