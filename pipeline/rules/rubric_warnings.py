"""What a rubric may mean, and seldom does: a share written for a percentage, a class without a place.

In: a bloc whose rubric has no fault. Out: :class:`~pipeline.rule_model.Fault` rows to warn of, with paths from the top
of its file.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import ceil

from pipeline.i18n import _, number
from pipeline.methods.bands import Bands
from pipeline.methods.ratio import Ratio
from pipeline.rule_model import Fault, KeyPath
from pipeline.rules.rubric import Bloc, ClassLevel, Criterion


def bloc_warnings(bloc: Bloc) -> Iterator[Fault]:
    """Everything to warn of in a bloc."""
    for place, level in enumerate(bloc.rubric.classification):
        yield from _class_warnings(level, len(bloc.units), ("rubric", "classification", place))
    for g, group in enumerate(bloc.rubric.groups):
        for c, criterion in enumerate(group.criteria):
            yield from _criterion_warnings(criterion, ("rubric", "groups", g, "criteria", c))


def _class_warnings(level: ClassLevel, units: int, place: KeyPath) -> Iterator[Fault]:
    yield from _share_warning(level.each_group, (*place, "each_group"))
    if level.quota is None:
        return
    if level.quota < 1:
        yield from _share_warning(level.quota, (*place, "quota"))
    elif level.quota * units < 100:
        yield Fault(
            (*place, "quota"),
            _("no unit can get class “{name}”: {percent} % of {units} units is less than one").format(
                name=level.name, percent=_shown(level.quota), units=number(units)
            ),
            _("write quota: {least} or more, or places: 1 in its place").format(least=ceil(Decimal(100) / units)),
        )


def _criterion_warnings(criterion: Criterion, place: KeyPath) -> Iterator[Fault]:
    method = criterion.method
    if isinstance(method, Ratio):
        yield from _share_warning(method.cap, (*place, "score", "cap"))
        yield from _share_warning(method.floor, (*place, "score", "floor"))
    if isinstance(method, Bands) and method.of != "actual" and (method.bands[-1].from_ or 0) <= 1:
        yield Fault(
            (*place, "score", "bands"),
            _("the bands are of percentages, and the highest starts at {percent} %").format(
                percent=_shown(method.bands[-1].from_ or Decimal(0))
            ),
            _("write 100 for the whole target, 80 for 80 %"),
        )
    if "%" in criterion.unit and criterion.target is not None:
        yield from _share_warning(criterion.target, (*place, "target"))


def _share_warning(percent: Decimal | None, place: KeyPath) -> Iterator[Fault]:
    """A percentage below 1 was probably written as a share: 0.4 for 40."""
    if percent and 0 < percent < 1:
        yield Fault(
            place,
            _("“{key}” is a percentage, and this is {percent} %").format(key=place[-1], percent=_shown(percent)),
            _("write {percent} for {percent} %").format(percent=f"{(percent * 100).normalize():f}"),
        )


def _shown(value: Decimal) -> str:
    return number(float(value))
