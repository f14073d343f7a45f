"""``appraised``: the unit claims points, and people judge them; until then the claim counts, up to the standard."""

from __future__ import annotations

from typing import Literal

from pipeline.i18n import N_, _
from pipeline.methods.expression import CLAIMED, call
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Case, Method, Scale


class Appraised(Method):
    """No parameters: what earns the points stands in the criterion's name and guidance."""

    about = N_("The unit claims points, and people judge them.")

    method: Literal["appraised"]

    @property
    def takes(self) -> Takes:
        return Takes.POINTS

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        # Points taken off are typed with a minus or without one, and mean the same.
        points = call("ABS", CLAIMED) if scale.penalty else CLAIMED
        return (Case(None, points, N_("claimed {claimed} points, at most {max}, to be appraised: {points} points")),)

    def describe(self, scale: Scale) -> str:
        return _("self-claimed, then appraised")
