"""What can be wrong in a criterion's references to other rows and to units of its bloc.

In: a rubric or a bloc. Out: a :class:`~pipeline.rule_model.Fault` for every reference that leads nowhere, in a circle,
or to what does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from pipeline.code_lists import GroupKind
from pipeline.i18n import _
from pipeline.methods.inputs import Takes
from pipeline.rule_model import Fault, KeyPath, one_of
from pipeline.rules.links import criteria_asked, not_for, points_needed
from pipeline.rules.rubric import Bloc, Condition, Criterion, CriterionGroup, Rubric


def link_faults(rubric: Rubric) -> Iterator[Fault]:
    """Every reference from a criterion to another row that leads nowhere, in a circle, or to what does not fit."""
    for g, group in enumerate(rubric.groups):
        for c, criterion in enumerate(group.criteria):
            place = ("groups", g, "criteria", c)
            if criterion.of is not None:
                yield from _of_faults(rubric, criterion, criterion.of, place)
            if criterion.only_if and criterion.from_council:
                yield Fault(
                    (*place, "only_if"),
                    _("the council gives the points of {code}, whatever a condition says").format(code=criterion.code),
                    _("remove only_if, or source: council"),
                )
            elif criterion.only_if:
                yield from _condition_faults(rubric, group, criterion, criterion.only_if, (*place, "only_if"))


def _of_faults(rubric: Rubric, criterion: Criterion, code: str, place: KeyPath) -> Iterator[Fault]:
    """What is wrong where the criterion takes target and result from the row of the criterion ``code``."""
    if code not in rubric.criteria:
        yield unknown((*place, "of"), "criterion", code, _sources(rubric, criterion))
        return
    source, takes = rubric.criteria[code][1], criterion.method.takes
    if takes not in (Takes.NUMBER, Takes.INPUTS):
        yield Fault(
            (*place, "score", "method"),
            _("this method looks at no result that another criterion could have"),
            _("use a method that takes a number, or remove of"),
        )
    elif lacking := _lacking(source, criterion):
        yield Fault((*place, "of"), lacking, one_of(_sources(rubric, criterion), _("remove of")))
    elif criterion.method.needs_bloc and not not_for(rubric, criterion) <= not_for(rubric, source):
        yield Fault(
            (*place, "not_for"),
            _("{code} compares the results of {of}, also those of units to which only {of} applies").format(
                code=criterion.code, of=code
            ),
            _("write the same not_for at {of}, or give {code} results of its own").format(code=criterion.code, of=code),
        )
    yield from _doubled_faults(criterion, code, place)


def _lacking(source: Criterion, criterion: Criterion) -> str:
    """What ``source`` lacks of that which ``criterion`` would take from it; "" for nothing."""
    if source.of is not None:
        words = _("criterion {code} has no values of its own, it takes those of {other}")
        return words.format(code=source.code, other=source.of)
    if not _gives(source, criterion.method.takes):
        what = _("in criterion {code} units enter no result as a number")
        if criterion.method.takes is Takes.INPUTS:
            what = _("criterion {code} has no inputs")
        return what.format(code=source.code)
    if criterion.method.needs_target and not source.method.needs_target:
        return _("criterion {code} has no target").format(code=source.code)
    return ""


def _doubled_faults(criterion: Criterion, code: str, place: KeyPath) -> Iterator[Fault]:
    """Keys that say anew what the other row says."""
    if criterion.target is not None:
        yield Fault((*place, "target"), _("the target is that of {code}").format(code=code), _("remove target"))
    if criterion.inputs:
        yield Fault((*place, "inputs"), _("the result is that of {code}").format(code=code), _("remove inputs"))
    if criterion.source != "unit":
        yield Fault((*place, "source"), _("the result is that of {code}").format(code=code), _("remove source"))


def _sources(rubric: Rubric, criterion: Criterion) -> list[str]:
    """The criteria whose values this one can take."""
    needs_target = criterion.method.needs_target
    return [
        code
        for code, (_group, each) in rubric.criteria.items()
        if _gives(each, criterion.method.takes)
        and each.of is None
        and each.code != criterion.code
        and (each.method.needs_target or not needs_target)
    ]


def _gives(source: Criterion, takes: Takes) -> bool:
    """Whether units enter in its rows what a method takes."""
    if source.from_council:
        return False
    return bool(source.inputs) if takes is Takes.INPUTS else source.method.takes is Takes.NUMBER


def _condition_faults(
    rubric: Rubric, group: CriterionGroup, criterion: Criterion, condition: Condition, place: KeyPath
) -> Iterator[Fault]:
    if (condition.criterion is None) == (condition.group is None):
        yield Fault(
            place,
            _("a condition names one criterion or one group"),
            _("write for example only_if: {{{what}, reaches: full}}").format(what=_example(rubric, criterion)),
        )
        return
    base = [each.code for each in rubric.groups_of(GroupKind.BASE)]
    if condition.criterion is not None and condition.criterion not in rubric.criteria:
        yield unknown((*place, "criterion"), "criterion", condition.criterion, _can_be_asked(rubric, criterion))
    elif condition.group is not None and condition.group not in base:
        yield unknown((*place, "group"), "group", condition.group, base)
    else:
        yield from _reach_faults(rubric, condition, place)


def _can_be_asked(rubric: Rubric, criterion: Criterion) -> list[str]:
    """The criteria at whose points a condition of this one can look."""
    return [
        each.code
        for group, each in rubric.criteria.values()
        if group.kind is not GroupKind.PENALTY
        and each.only_if is None
        and not each.from_council
        and each.code != criterion.code
    ]


def _example(rubric: Rubric, criterion: Criterion) -> str:
    """What a condition of the criterion could name."""
    codes = _can_be_asked(rubric, criterion)
    return f"criterion: {codes[0]}" if codes else f"group: {rubric.groups[0].code}"


def _reach_faults(rubric: Rubric, condition: Condition, place: KeyPath) -> Iterator[Fault]:
    """What is wrong with a condition on a criterion or group that is there: that its points cannot be compared."""
    key = "criterion" if condition.criterion else "group"
    asked = criteria_asked(rubric, condition)
    most = points_needed(rubric, condition.model_copy(update={"reaches": None}))
    if condition.criterion and rubric.criteria[condition.criterion][0].kind is GroupKind.PENALTY:
        yield Fault(
            (*place, key),
            _("criterion {code} takes points off, and reaches none").format(code=condition.criterion),
            _("name a criterion that gives points"),
        )
    elif any(each.only_if for each in asked):
        yield Fault(
            (*place, key),
            _("the condition depends on a condition: {codes}").format(
                codes=", ".join(each.code for each in asked if each.only_if)
            ),
            _("name what has no condition itself"),
        )
    elif from_council := [each.code for each in asked if each.from_council]:
        yield Fault(
            (*place, key),
            _("the points of {code} are the council's, and a condition looks at computed ones").format(
                code=", ".join(from_council)
            ),
            _("name a criterion whose points are computed"),
        )
    elif condition.reaches is not None and condition.reaches > most:
        yield Fault(
            (*place, "reaches"),
            _("{points} points can never be reached, only {most}").format(points=condition.reaches, most=most),
            _("write {most} or less, or full").format(most=most),
        )


def not_for_faults(bloc: Bloc) -> Iterator[Fault]:
    """Units in a ``not_for`` that are not of the bloc, and units of the bloc to which no standard points apply.

    Paths start at the top of the bloc's file.
    """
    units = [unit.code for unit in bloc.units]
    standard_points = dict.fromkeys(units, Decimal(0))
    for g, group in enumerate(bloc.rubric.groups):
        for c, criterion in enumerate(group.criteria):
            for number, code in enumerate(criterion.not_for):
                if code not in units:
                    yield Fault(
                        ("rubric", "groups", g, "criteria", c, "not_for", number),
                        _("there is no unit {code} in this bloc").format(code=code),
                        one_of(units, _("remove it")),
                    )
            for unit in units if group.kind is GroupKind.BASE else ():
                standard_points[unit] += 0 if unit in not_for(bloc.rubric, criterion) else criterion.points
    for place, unit in enumerate(units):
        if not standard_points[unit]:
            yield Fault(
                ("units", place),
                _("no standard points apply to unit {code}").format(code=unit),
                _("take it out of not_for of some criterion"),
            )


def unknown(place: KeyPath, kind: str, code: str | None, known: Iterable[str]) -> Fault:
    """That the ``code`` names no criterion, or no group (``kind``); ``known`` are those that there are."""
    what = _("there is no criterion {code}") if kind == "criterion" else _("there is no group {code}")
    return Fault(place, what.format(code=code), one_of(sorted(known), _("remove it")))
