"""``bands``: points by the band in which the result lies.

Measured on the percentage of the target (``of: percent``, or ``of: percent_down`` = target / actual for what
should fall), or on the result itself (``of: actual``). A band holds from ``from`` up to but not including ``to``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Literal, Protocol

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import ACTUAL, Operand, rounded
from pipeline.methods.method import FINE, Case, Method, Path, Scale, best_faults
from pipeline.methods.share import Measure, Share, ZeroTarget
from pipeline.rule_model import Fault, RuleModel


class Step(Protocol):
    """What the bands here and the classes of ``two_way_bands`` have in common."""

    @property
    def from_(self) -> Decimal | None: ...

    @property
    def to(self) -> Decimal | None: ...


class Band(RuleModel):
    """``from`` <= value < ``to`` gives ``points``; the lowest band has no ``from``, the highest no ``to``."""

    from_: Decimal | None = Field(default=None, alias="from", title=N_("From"))
    to: Decimal | None = Field(default=None, title=N_("To below"))
    points: Decimal = Field(title=N_("Points"))


class Bands(Method):
    """``bands`` in rising order, without gap or overlap; ``zero_target`` as in ``ratio``, for percentages."""

    about = N_(
        "Points by the band in which the percentage of the target, or the result itself, lies. A band goes from "
        "“from” to below “to”; the bands follow one another without gap or overlap."
    )

    method: Literal["bands"]
    of: Measure = "percent"
    bands: tuple[Band, ...] = Field(min_length=2, title=N_("Band {n}"))
    zero_target: ZeroTarget = None

    @property
    def needs_target(self) -> bool:
        return self.of != "actual"

    @property
    def _share(self) -> Share:
        return Share(self.of == "percent_down", self.zero_target)

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        highest_first = tuple(self._case(band) for band in reversed(self.bands))
        if self.of == "actual":
            return highest_first
        lowest, highest = self.bands[0].points, self.bands[-1].points
        return (*self._share.zero_cases(max(band.points for band in self.bands), highest, lowest), *highest_first)

    def _case(self, band: Band) -> Case:
        measure = rounded(ACTUAL, FINE) if self.of == "actual" else self._share.percent
        facts: dict[str, Operand] = {} if band.from_ is None else {"from": band.from_}
        if band.to is not None:
            facts["to"] = band.to
        if self.of != "actual":
            facts["percent"] = self._share.shown(*(each.from_ for each in self.bands if each.from_ is not None))
        return Case(None if band.from_ is None else measure >= band.from_, band.points, self._words(band), facts)

    def _words(self, band: Band) -> str:
        if self.of == "actual":
            return _band_words(
                band,
                N_("result {actual}, below {to}: {points} points"),
                N_("result {actual}, from {from} to below {to}: {points} points"),
                N_("result {actual}, from {from} up: {points} points"),
            )
        if self.of == "percent":
            return _band_words(
                band,
                N_("result {actual} against target {target} is {percent} %, below {to} %: {points} points"),
                N_(
                    "result {actual} against target {target} is {percent} %, "
                    "from {from} % to below {to} %: {points} points"
                ),
                N_("result {actual} against target {target} is {percent} %, from {from} % up: {points} points"),
            )
        return _band_words(
            band,
            N_("target {target} against result {actual} is {percent} %, below {to} %: {points} points"),
            N_(
                "target {target} against result {actual} is {percent} %, from {from} % to below {to} %: {points} points"
            ),
            N_("target {target} against result {actual} is {percent} %, from {from} % up: {points} points"),
        )

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        yield from ladder_faults("bands", self.bands)
        yield from best_faults("bands", [band.points for band in self.bands], scale)
        if self.needs_target:
            yield from self._share.faults(fixed_target)

    def describe(self, scale: Scale) -> str:
        of = {
            "actual": N_("by the result"),
            "percent": N_("by % of the target reached"),
            "percent_down": N_("by % of target / result"),
        }
        listed = "; ".join(_describe_band(band) for band in self.bands)
        zero = self._share.describe_zero() if self.needs_target else ""
        return "; ".join(filter(None, (f"{_(of[self.of])} – {listed}", zero)))


def _describe_band(band: Band) -> str:
    points = number(float(band.points))
    if band.from_ is None:
        below = "" if band.to is None else number(float(band.to))
        return _("below {to}: {points}").format(to=below, points=points)
    return _("from {from_}: {points}").format(from_=number(float(band.from_)), points=points)


def _band_words(band: Band, lowest: str, middle: str, highest: str) -> str:
    if band.from_ is None:
        return lowest
    return highest if band.to is None else middle


def ladder_faults(listed: str, steps: Sequence[Step]) -> Iterator[Fault]:
    """What is wrong with steps that should cover all values from low to high, each once; ``listed``: their key."""
    if steps[0].from_ is not None:
        yield Fault(
            (listed, 0, "from"),
            _("below {value} no band says what the points are").format(value=steps[0].from_),
            _("leave out from in the first band"),
        )
    if steps[-1].to is not None:
        yield Fault(
            (listed, len(steps) - 1, "to"),
            _("from {value} on no band says what the points are").format(value=steps[-1].to),
            _("leave out to in the last band"),
        )
    for place, step in enumerate(steps):
        if step.from_ is not None and step.to is not None and step.to <= step.from_:
            yield Fault(
                (listed, place, "to"),
                _("the band from {low} to {high} holds no value").format(low=step.from_, high=step.to),
                _("list the bands from low to high, each with to above from"),
            )
    for place, (lower, upper) in enumerate(pairwise(steps), start=1):
        yield from _join_faults((listed, place), lower, upper)


def _join_faults(place: Path, lower: Step, upper: Step) -> Iterator[Fault]:
    if lower.to is None or upper.from_ is None:
        yield Fault(
            place,
            _("two bands that follow one another have an open end between them"),
            _("write to in the lower band and the same value as from in the upper one"),
        )
    elif upper.from_ != lower.to:
        what = (
            _("gap between the bands: {low} to {high} is in none").format(low=lower.to, high=upper.from_)
            if upper.from_ > lower.to
            else _("the bands overlap: {low} to {high} is in two").format(low=upper.from_, high=lower.to)
        )
        remedy = _("write from: {to} here, where the band below ends").format(to=lower.to)
        yield Fault((*place, "from"), what, remedy)
