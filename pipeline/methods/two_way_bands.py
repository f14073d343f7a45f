"""``two_way_bands``: points by how much there was to do, and by how well it was done.

Sở Tài nguyên và Môi trường Tiền Giang 2022 judges the handling of files by their number (below 1000, 1000 to below
2000, 2000 and more) and by the percentage that was early or late.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.bands import Band, ladder_faults
from pipeline.methods.expression import Expr, Operand, call, rounded
from pipeline.methods.inputs import Takes
from pipeline.methods.method import FINE, Case, Method, Path, Scale, best_faults
from pipeline.rule_model import Fault, RuleModel


class VolumeClass(RuleModel):
    """``from`` <= volume < ``to`` has these ``bands``; the lowest class has no ``from``, the highest no ``to``."""

    from_: Decimal | None = Field(default=None, alias="from", title=N_("From"))
    to: Decimal | None = Field(default=None, title=N_("To below"))
    bands: tuple[Band, ...] = Field(min_length=1, max_length=8, title=N_("Band {n}"))


class TwoWayBands(Method):
    """``volume`` and ``measure`` name inputs; classes and bands rise, without gap or overlap.

    ``share: true`` measures ``measure`` as a percentage of the volume. ``at_zero`` is what a measure of exactly 0
    gives, where the lowest band is not meant for it (late files below 1 %, but not none); it means 0 of 50.
    ``no_volume`` is what a volume of 0 gives, 0 of 0; without it a share gives no points then.
    """

    about = N_(
        "By how much there was to do (volume) and how well it was done (measure): each class of the volume has "
        "its bands, as in the method bands."
    )

    method: Literal["two_way_bands"]
    volume: str = Field(title=N_("Input that gives the class"))
    measure: str = Field(title=N_("Input that is measured"))
    share: bool = Field(default=False, title=N_("Measured as % of the volume"))
    classes: tuple[VolumeClass, ...] = Field(min_length=2, title=N_("Volume class {n}"))
    at_zero: Decimal | None = Field(default=None, ge=0, title=N_("Points for exactly 0"))
    no_volume: Decimal | None = Field(default=None, ge=0, title=N_("Points where there was nothing to do"))

    @property
    def takes(self) -> Takes:
        return Takes.INPUTS

    @property
    def inputs(self) -> tuple[tuple[Path, str], ...]:
        return ((("volume",), self.volume), (("measure",), self.measure))

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        volume, measure = scale.input(self.volume), scale.input(self.measure)
        facts: dict[str, Operand] = {"volume_name": volume.name, "volume": volume.entry}
        facts |= {"name": measure.name, "value": self._shown(scale)}
        first = []
        if self.no_volume is not None:
            words = N_("{volume_name} {volume}: {points} points")
            first.append(Case(volume.entry <= 0, self.no_volume, words, facts))
        elif self.share:
            first.append(Case(volume.entry <= 0, 0, N_("{volume_name} {volume}: 0 points"), facts))
        if self.at_zero is not None:
            words = self._words(
                N_("{volume_name} {volume}; {name} {value}: {points} points"),
                N_("{volume_name} {volume}; {name} {value} %: {points} points"),
            )
            first.append(Case(self._measured(scale).equals(0), self.at_zero, words, facts))
        falling = ((each, band) for each in reversed(self.classes) for band in reversed(each.bands))
        return (*first, *(self._case(each, band, scale, facts) for each, band in falling))

    def _case(self, of: VolumeClass, band: Band, scale: Scale, facts: dict[str, Operand]) -> Case:
        """One field of the table; the cases of larger volumes and measures come before it."""
        volume = rounded(scale.input(self.volume).entry, FINE)
        conditions = [volume >= of.from_] if of.from_ is not None else []
        conditions += [self._measured(scale) >= band.from_] if band.from_ is not None else []
        when = None if not conditions else conditions[0] if len(conditions) == 1 else call("AND", *conditions)
        more = {"class": _between(of.from_, of.to), "band": _between(band.from_, band.to)}
        words = self._words(
            N_("{volume_name} {volume} ({class}); {name} {value} ({band}): {points} points"),
            N_("{volume_name} {volume} ({class}); {name} {value} % ({band}): {points} points"),
        )
        return Case(when, band.points, words, {**facts, **more})

    def _words(self, plain: str, percent: str) -> str:
        return percent if self.share else plain

    def _measured(self, scale: Scale) -> Expr:
        """The measure, fit to be compared with a threshold."""
        measure = scale.input(self.measure).entry
        return rounded(measure / scale.input(self.volume).entry * 100 if self.share else measure, FINE)

    def _shown(self, scale: Scale) -> Expr:
        """The measure for a sentence: two decimals of a percentage, or all where two would show another band."""
        exact = self._measured(scale)
        if not self.share:
            return exact
        short = rounded(exact, 2)
        thresholds = sorted({band.from_ for each in self.classes for band in each.bands if band.from_ is not None})
        return call("IF", call("OR", short.equals(0), *(short.equals(at) for at in thresholds)), exact, short)

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        yield from ladder_faults("classes", self.classes)
        for place, each in enumerate(self.classes):
            for fault in ladder_faults("bands", each.bands):
                yield Fault(("classes", place, *fault.path), fault.what, fault.remedy)
        yield from self._points_faults(scale)
        if self.volume.casefold() == self.measure.casefold():
            yield Fault(
                ("measure",),
                _("volume and measure are the same input"),
                _("name another input here"),
            )

    def _points_faults(self, scale: Scale) -> Iterator[Fault]:
        places: list[Path] = [
            ("classes", c, "bands", b, "points")
            for c, each in enumerate(self.classes)
            for b, _band in enumerate(each.bands)
        ]
        points = [band.points for each in self.classes for band in each.bands]
        for key, each in (("at_zero", self.at_zero), ("no_volume", self.no_volume)):
            if each is not None:
                places, points = [*places, (key,)], [*points, each]
        for fault in best_faults("classes", points, scale):
            place = fault.path[1] if len(fault.path) > 1 else None
            yield Fault(places[place] if isinstance(place, int) else fault.path, fault.what, fault.remedy)

    def describe(self, scale: Scale) -> str:
        volume, measure = scale.input(self.volume), scale.input(self.measure)
        by = N_("by {volume} and {measure} in % of it") if self.share else N_("by {volume} and {measure}")
        parts = [_(by).format(volume=volume.name, measure=measure.name)]
        for each in self.classes:
            bands = ", ".join(f"{_between(band.from_, band.to)} → {number(float(band.points))}" for band in each.bands)
            parts.append(f"{_between(each.from_, each.to)}: {bands}")
        if self.at_zero is not None:
            parts.append(_("exactly 0: {points}").format(points=number(float(self.at_zero))))
        if self.no_volume is not None or self.share:
            points = number(float(self.no_volume or 0))
            parts.append(_("{volume} 0: {points}").format(volume=volume.name, points=points))
        elif self.at_zero is not None:
            parts.append(_("also where {volume} is 0").format(volume=volume.name))
        return "; ".join(parts)


def _between(low: Decimal | None, high: Decimal | None) -> str:
    shown = {"low": number(None if low is None else float(low)), "high": number(None if high is None else float(high))}
    if low is None:
        words = N_("any") if high is None else N_("below {high}")
    else:
        words = N_("from {low} up") if high is None else N_("from {low} to below {high}")
    return _(words).format(**shown)
