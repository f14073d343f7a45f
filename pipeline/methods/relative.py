"""``relative``: points by how a unit's result compares with those of the other units of its bloc.

Compared are the units that sent, to which the criterion applies and that entered a result; a unit without a rank is
among them. Whoever fills a form cannot know the points yet. Min–max, ranks and the distance to a reference are
normalisations of OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), step 5.

Defined where a division would not be: units with equal results get equal points, and the same rank; if all results
are equal, or there is one alone, each is the best and gets the standard points; where the most is best and no result
is above 0, nobody gets points; where the least is best, a result of 0 gets the standard points.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.bloc_wide import ABOVE, BELOW, COUNT, LEAST, MOST
from pipeline.methods.expression import ACTUAL, Expr, lift, rounded
from pipeline.methods.method import FINE, Case, Method, Scale, best_faults
from pipeline.methods.parameters import Words
from pipeline.methods.share import Direction
from pipeline.rule_model import Fault


class Relative(Method):
    """``by: best``: the share of the bloc's best result; ``range``: where between the worst and the best;

    ``rank``: ``points`` for the ranks from the first on (0 for those beyond), or ``each`` point less for each rank,
    or else evenly from the standard points for the first down to 0 for the last. ``direction: down``: less is better.
    """

    about = N_(
        "By comparison with the other units of the bloc: with the best result, between worst and best, or by "
        "rank; “points” lists those of each rank, “each” is what a rank is worth less than the one before. A unit "
        "knows its points when the whole bloc has sent."
    )

    method: Literal["relative"]
    by: Annotated[
        Literal["best", "range", "rank"],
        Words(best=N_("the bloc's best"), range=N_("the way from worst to best"), rank=N_("the rank in the bloc")),
    ] = Field(default="best", title=N_("Compared by"))
    direction: Direction = "up"
    points: tuple[Annotated[Decimal, Field(title=N_("Points"))], ...] = Field(default=(), title=N_("Rank {n}"))
    each: Decimal | None = Field(default=None, gt=0, title=N_("Points for each case or step"))

    @property
    def needs_bloc(self) -> bool:
        return True

    @property
    def _down(self) -> bool:
        return self.direction == "down"

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        match self.by:
            case "best":
                return self._by_best(scale)
            case "range":
                return self._by_range(scale)
        return self._by_rank(scale)

    def _by_best(self, scale: Scale) -> tuple[Case, ...]:
        most = scale.max_points
        if self._down:
            words = N_("the bloc's least, {best}, against result {actual} × {max} points: {points} points")
            return (
                Case(ACTUAL <= 0, most, N_("result {actual}, and less is better: {points} points")),
                Case(LEAST <= 0, 0, N_("result {actual}, and the bloc's least is {best}: 0 points"), {"best": LEAST}),
                Case(None, LEAST * most / ACTUAL, words, {"best": LEAST}),
            )
        words = N_("result {actual} against the bloc's best, {best} × {max} points: {points} points")
        return (
            Case(MOST <= 0, 0, N_("no unit of the bloc has a result above 0: 0 points")),
            Case(ACTUAL <= 0, 0, N_("result {actual}, and the bloc's best is {best}: 0 points"), {"best": MOST}),
            Case(None, ACTUAL * most / MOST, words, {"best": MOST}),
        )

    def _by_range(self, scale: Scale) -> tuple[Case, ...]:
        width = rounded(MOST - LEAST, FINE)
        way = rounded(MOST - ACTUAL if self._down else ACTUAL - LEAST, FINE)
        words = N_("result {actual}, the bloc from {least} to {most}; {way} of {width} × {max} points: {points} points")
        facts = {"least": LEAST, "most": MOST, "way": way, "width": width}
        return (
            Case(width <= 0, scale.max_points, N_("all results of the bloc are {actual}: {points} points")),
            Case(None, way * scale.max_points / width, words, facts),
        )

    def _by_rank(self, scale: Scale) -> tuple[Case, ...]:
        rank: Expr = (BELOW if self._down else ABOVE) + 1
        words = N_("result {actual} has rank {rank} of {count}: {points} points")
        facts = {"rank": rank, "count": COUNT}
        if self.points:
            listed = [Case(rank <= place, points, words, facts) for place, points in enumerate(self.points, start=1)]
            return (*listed, Case(None, 0, words, facts))
        if self.each is not None:
            return (Case(None, lift(scale.max_points) - (rank - 1) * self.each, words, facts),)
        evenly = (COUNT - rank) * scale.max_points / (COUNT - 1)
        return (Case(COUNT <= 1, scale.max_points, words, facts), Case(None, evenly, words, facts))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        if self.by != "rank" and (self.points or self.each is not None):
            key = "points" if self.points else "each"
            yield Fault((key,), _("“{key}” is for ranks").format(key=key), _("write by: rank, or remove it"))
        elif self.points and self.each is not None:
            yield Fault(("each",), _("the points of each rank are listed already"), _("keep points or each"))
        if self.points:
            for fault in best_faults("points", self.points, scale):
                yield Fault(fault.path[:2], fault.what, fault.remedy)
            for place, (better, worse) in enumerate(pairwise(self.points), start=1):
                if worse > better:
                    yield Fault(
                        ("points", place),
                        _("rank {rank} gives more points than the rank before it").format(rank=place + 1),
                        _("list the points from the first rank on, none larger than the one before"),
                    )

    def describe(self, scale: Scale) -> str:
        less = _("less is better") if self._down else ""
        return "; ".join(filter(None, (self._describe(), less, _("known when all units of the bloc have sent"))))

    def _describe(self) -> str:
        if self.by == "best":
            return (
                _("least of the bloc / result × standard points")
                if self._down
                else _("result / best of the bloc × standard points")
            )
        if self.by == "range":
            return _("by the place between the worst and the best of the bloc")
        if self.points:
            listed = "; ".join(number(float(points)) for points in self.points)
            return _("by rank in the bloc: {points}").format(points=listed)
        if self.each is not None:
            return _("by rank in the bloc: {each} less for each rank").format(each=number(float(self.each)))
        return _("by rank in the bloc, evenly down to 0 for the last")
