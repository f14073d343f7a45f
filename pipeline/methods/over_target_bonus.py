"""``over_target_bonus``: a bonus for each 1 % over the target, as a percentage of another criterion's points.

The Hưng Yên guidance on cụm, khối thi đua (draft of 2021): each 1 % over the plan adds 1 % of the criterion's điểm
chuẩn, at most 10 % of it. Beside ``of: KT1`` target, result and standard points are those of KT1, and the bonus row's
own points are the cap: for a criterion of 40 points, 10 % is ``points: 4``. Without ``of`` target and result are
entered in the bonus row itself, and ``of_points`` says of how many points the bonus is a percentage.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import Operand
from pipeline.methods.method import Case, Method, Scale
from pipeline.methods.per_step import percent_shown, steps_above
from pipeline.methods.share import Direction, Share, ZeroTarget
from pipeline.rule_model import Fault


class OverTargetBonus(Method):
    """Each 1 % over the target gives ``each`` % of the standard points of the criterion rewarded.

    ``whole: false`` counts parts of a percent too; ``direction: down`` is for what should fall.
    """

    about = N_(
        "In a bonus group: each 1 % over the target gives so many % of the standard points of the criterion that "
        "“of” beside score names. Without “of” the unit enters target and result once more, and of_points says of "
        "how many points."
    )

    method: Literal["over_target_bonus"]
    of_points: Decimal | None = Field(default=None, gt=0, title=N_("Per cent of these points"))
    each: Decimal = Field(default=Decimal(1), gt=0, title=N_("Points for each case or step"))
    direction: Direction = "up"
    whole: bool = Field(default=True, title=N_("Whole steps only"))
    zero_target: ZeroTarget = None

    @property
    def needs_target(self) -> bool:
        return True

    @property
    def _share(self) -> Share:
        return Share(self.direction == "down", self.zero_target)

    def _rewarded(self, scale: Scale) -> Decimal:
        """Of how many points the bonus is a percentage; where nothing says it, :meth:`faults` does."""
        return self.of_points or scale.of_points or scale.max_points

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        share, of_points = self._share, self._rewarded(scale)
        over = steps_above(share.value * 100, Decimal(100), Decimal(1), self.whole)
        facts: dict[str, Operand] = {
            "percent": percent_shown(share, Decimal(100), Decimal(1), self.whole),
            "over": over,
            "each": self.each,
            "of_points": of_points,
        }
        none = share.words(
            N_("result {actual} against target {target} is {percent} %, no bonus: 0 points"),
            N_("target {target} against result {actual} is {percent} %, no bonus: 0 points"),
        )
        some = share.words(
            N_(
                "result {actual} against target {target} is {percent} %: {over} % over × {each} % of {of_points} "
                "standard points, at most {max}: {points} points"
            ),
            N_(
                "target {target} against result {actual} is {percent} %: {over} % over × {each} % of {of_points} "
                "standard points, at most {max}: {points} points"
            ),
        )
        return (
            *share.zero_cases(scale.max_points, scale.max_points, 0),
            Case(over <= 0, 0, none, facts),
            Case(None, over * (self.each * of_points / 100), some, facts),
        )

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        if scale.penalty:
            yield Fault(
                ("method",),
                _("a bonus for going beyond the target takes points off in a penalty group"),
                _("put the criterion into a bonus group"),
            )
        yield from self._rewarded_faults(scale)
        yield from self._share.faults(fixed_target)

    def _rewarded_faults(self, scale: Scale) -> Iterator[Fault]:
        at, of_points = ("of_points",) if self.of_points else ("method",), self._rewarded(scale)
        if (self.of_points is None) == (scale.of_points is None):
            yield Fault(
                at,
                _("the bonus is a percentage of one criterion's points, and must say of which"),
                _("write of: and that criterion's code beside score, without of_points"),
            )
        if scale.max_points > of_points:
            yield Fault(
                at,
                _("the bonus can be {max} points, more than the {points} points of the criterion it rewards").format(
                    max=scale.max_points, points=of_points
                ),
                _("write the cap of the bonus as the criterion's points, for example 10 % of {points}").format(
                    points=of_points
                ),
            )

    def describe(self, scale: Scale) -> str:
        words = self._share.words(
            N_("each 1 % over the target gives {each} % of {points} points, at most {max}"),
            N_("each 1 % of target / result above 100 % gives {each} % of {points} points, at most {max}"),
        )
        facts = {"each": self.each, "points": self._rewarded(scale), "max": scale.max_points}
        parts = [_(words).format(**{name: number(float(value)) for name, value in facts.items()})]
        parts.append("" if self.whole else _("parts of a percent count too"))
        return "; ".join(filter(None, (*parts, self._share.describe_zero())))
