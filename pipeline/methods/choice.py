"""``choice``: the unit names the level it reached, and each level has its points."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.expression import CHOICE
from pipeline.i18n import N_, _
from pipeline.methods.method import Case, Fault, Method, Scale, Takes


class Level(BaseModel):
    """One level of a choice, as the unit reads it in the drop-down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    points: Decimal = Field(ge=0)


class Choice(Method):
    """``levels`` with their points; the best one gives the standard points."""

    method: Literal["choice"]
    levels: tuple[Level, ...] = Field(min_length=2)
    takes: ClassVar[Takes] = Takes.CHOICE

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(level.name for level in self.levels)

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        chosen = [
            Case(CHOICE.equals(level.name), level.points, N_("level “{choice}”: {points} points"))
            for level in self.levels
        ]
        return (*chosen, Case(None, 0, N_("“{choice}” is not one of the levels: 0 points")))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        best = max(level.points for level in self.levels)
        if best != scale.max_points:
            yield Fault(
                ("levels",),
                _("the best level gives {best} points, the criterion has {max}").format(
                    best=best, max=scale.max_points
                ),
                _("give the best level {max} points, or the criterion {best}").format(best=best, max=scale.max_points),
            )
        # Excel compares texts without regard to case, so levels must differ by more than that.
        names = [level.name.casefold() for level in self.levels]
        for place, name in enumerate(names):
            if name in names[:place]:
                yield Fault(
                    ("levels", place, "name"),
                    _("level “{name}” is listed twice").format(name=self.levels[place].name),
                    _("give each level its own name"),
                )
