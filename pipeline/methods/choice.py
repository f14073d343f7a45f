"""``choice``: the unit names the level it reached, and each level has its points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import CHOICE
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Case, Method, Scale, best_faults
from pipeline.rule_model import Fault, RuleModel
from pipeline.text import same

_LIKE_A_NUMBER = re.compile(r"[\d\s.,:/%+-]+")


LevelName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    Field(title=N_("Name")),
]


class Level(RuleModel):
    """One level of a choice, as the unit reads it in the drop-down."""

    name: LevelName
    points: Decimal = Field(title=N_("Points"))


class Choice(Method):
    """``levels`` with their points; the best one gives the standard points."""

    about = N_("The unit chooses a level, and each level has its points; the best one gives the standard points.")

    method: Literal["choice"]
    levels: tuple[Level, ...] = Field(min_length=2, title=N_("Level {n}"))

    @property
    def takes(self) -> Takes:
        return Takes.CHOICE

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(level.name for level in self.levels)

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        words = N_("level “{choice}”: {points} points")
        chosen = [Case(CHOICE.equals(level.name), level.points, words) for level in self.levels]
        return (*chosen, Case(None, 0, N_("“{choice}” is not one of the levels: 0 points")))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        yield from best_faults("levels", [level.points for level in self.levels], scale)
        yield from name_faults(self.options)

    def describe(self, scale: Scale) -> str:
        listed = "; ".join(f"{level.name}: {number(float(level.points))}" for level in self.levels)
        return _("by level – {levels}").format(levels=listed)


def name_faults(names: Sequence[str]) -> Iterator[Fault]:
    """Names of ``levels`` that a spreadsheet could not tell apart, or would not take for texts."""
    # A spreadsheet compares texts without regard to case, and people take look-alikes for one another.
    compared = [same(name) for name in names]
    for place, name in enumerate(names):
        if compared[place] in compared[:place]:
            yield Fault(
                ("levels", place, "name"),
                _("level “{name}” is listed twice").format(name=name),
                _("give each level its own name"),
            )
        if _LIKE_A_NUMBER.fullmatch(name):
            yield Fault(
                ("levels", place, "name"),
                _("a spreadsheet would take the level “{name}” for a number or a date").format(name=name),
                _("put a word into the name of the level"),
            )
