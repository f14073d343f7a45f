"""What the rule of a criterion owes to other rows of its rubric, and to which units it does not apply.

In: a rubric. Out: the scale of a criterion with the condition on other criteria that its method must heed
(:func:`scale_of`), its rule in words (:func:`rule_words`), and what is wrong in such references (:func:`link_faults`).

Promise: links are one step deep. A criterion takes values only from one that has its own entries, and its condition
looks only at criteria without a condition, so there are no circles and the order of the rubric does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import reduce

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import Expr, lift, rounded
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Gate, Scale, points_of
from pipeline.rule_model import Fault
from pipeline.rules.rubric import Bloc, Condition, Criterion, CriterionGroup, Rubric

Place = tuple[str | int, ...]


def scale_of(rubric: Rubric, criterion: Criterion, decimals: int) -> Scale:
    """What the criterion's method needs to know, of its own row and of others; what leads nowhere is left out."""
    group, _criterion = rubric.criteria[criterion.code]
    scale = group.scale(criterion, decimals)
    if criterion.of in rubric.criteria:
        source = rubric.criteria[criterion.of][1]
        scale = replace(scale, of_points=source.points, inputs=source.inputs)
    if criterion.only_if and _asked(rubric, criterion.only_if):
        scale = replace(scale, gate=_gate(rubric, criterion.only_if, decimals))
    return scale


def not_for(rubric: Rubric, criterion: Criterion) -> frozenset[str]:
    """The units to which the criterion does not apply: by itself, or because that whose result it takes does not."""
    source = rubric.criteria[criterion.of][1].not_for if criterion.of in rubric.criteria else ()
    return frozenset((*criterion.not_for, *source))


def applicable(rubric: Rubric, groups: Iterable[CriterionGroup], unit: str) -> Decimal:
    """The standard points of these groups that apply to the unit."""
    criteria = (each for group in groups for each in group.criteria)
    return sum((each.points for each in criteria if unit not in not_for(rubric, each)), Decimal(0))


def leaves_out(rubric: Rubric) -> bool:
    """Whether some standard points do not apply to some unit."""
    return any(group.kind == "base" and not_for(rubric, each) for group, each in rubric.criteria.values())


def known_alone(rubric: Rubric, criterion: Criterion) -> bool:
    """Whether a unit's points follow from its own form: not where they, or its condition, compare it with others."""
    asked = _asked(rubric, criterion.only_if) if criterion.only_if else []
    return not any(each.method.needs_bloc for each in (criterion, *asked))


def looked_at(rubric: Rubric) -> frozenset[str]:
    """The criteria at whose points a condition of the rubric looks."""
    asked = (each.only_if for _group, each in rubric.criteria.values() if each.only_if)
    return frozenset(each.code for condition in asked for each in _asked(rubric, condition))


def rule_words(rubric: Rubric, criterion: Criterion, decimals: int) -> str:
    """The whole rule of a criterion in words, for whoever reads the rubric."""
    if criterion.source == "council":
        words = [_("given by the council alone")]
    else:
        words = [criterion.method.describe(scale_of(rubric, criterion, decimals))]
    if criterion.of:
        taken = _("target and result are those of {code}")
        if criterion.method.takes is Takes.INPUTS:
            taken = _("the inputs are those of {code}")
        words.append(taken.format(code=criterion.of))
    if criterion.only_if:
        words.append(condition_words(rubric, criterion.only_if))
    if criterion.lowest is not None:
        words.append(_("down to {points} points").format(points=number(float(criterion.lowest))))
    if criterion.not_for:
        words.append(_("does not apply to: {units}").format(units=", ".join(criterion.not_for)))
    return "; ".join(words)


# --- conditions ---------------------------------------------------------------------------------------


def condition_words(rubric: Rubric, condition: Condition) -> str:
    """What must be reached."""
    needed = number(float(_needed(rubric, condition)))
    return _("only if {what} reaches {points} points").format(what=_what(condition), points=needed)


def _gate(rubric: Rubric, condition: Condition, decimals: int) -> Gate:
    asked, needed = _asked(rubric, condition), _needed(rubric, condition)
    points: list[Expr] = [points_of(each.code) for each in asked]
    reached = points[0] if len(points) == 1 else rounded(reduce(lambda left, right: left + right, points), decimals)
    words = N_("only if {what} reaches {needed} points, and it has {reached}: 0 points")
    facts = (("what", _what(condition)), ("needed", lift(needed)), ("reached", reached))
    return Gate(reached >= needed, words, facts, tuple(each.code for each in asked))


def _asked(rubric: Rubric, condition: Condition) -> list[Criterion]:
    """The criteria whose points count for the condition; none where it names nothing."""
    if condition.criterion:
        return [rubric.criteria[condition.criterion][1]] if condition.criterion in rubric.criteria else []
    return [each for group in rubric.groups if group.code == condition.group for each in group.criteria]


def _needed(rubric: Rubric, condition: Condition) -> Decimal:
    if condition.reaches is not None:
        return condition.reaches
    return sum((each.points for each in _asked(rubric, condition)), Decimal(0))


def _what(condition: Condition) -> str:
    """What must be reached, as people call it."""
    return condition.criterion or _("group {code}").format(code=condition.group)


# --- what can be wrong --------------------------------------------------------------------------------


def link_faults(rubric: Rubric) -> Iterator[Fault]:
    """Every reference from a criterion to another row that leads nowhere, in a circle, or to what does not fit."""
    for g, group in enumerate(rubric.groups):
        for c, criterion in enumerate(group.criteria):
            place = ("groups", g, "criteria", c)
            if criterion.of is not None:
                yield from _of_faults(rubric, criterion, criterion.of, place)
            if criterion.only_if and criterion.source == "council":
                yield Fault(
                    (*place, "only_if"),
                    _("the council gives the points of {code}, whatever a condition says").format(code=criterion.code),
                    _("remove only_if, or source: council"),
                )
            elif criterion.only_if:
                yield from _condition_faults(rubric, group, criterion, criterion.only_if, (*place, "only_if"))


def _of_faults(rubric: Rubric, criterion: Criterion, code: str, place: Place) -> Iterator[Fault]:
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
        known = _("use one of: {expected}").format(expected=", ".join(_sources(rubric, criterion)))
        yield Fault((*place, "of"), lacking, known)
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


def _doubled_faults(criterion: Criterion, code: str, place: Place) -> Iterator[Fault]:
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
    if source.source == "council":
        return False
    return bool(source.inputs) if takes is Takes.INPUTS else source.method.takes is Takes.NUMBER


def _condition_faults(
    rubric: Rubric, group: CriterionGroup, criterion: Criterion, condition: Condition, place: Place
) -> Iterator[Fault]:
    if (condition.criterion is None) == (condition.group is None):
        yield Fault(
            place,
            _("a condition names one criterion or one group"),
            _("write for example only_if: {{criterion: {code}, reaches: full}}").format(code=group.criteria[0].code),
        )
        return
    base = [each.code for each in rubric.groups_of("base")]
    if condition.criterion is not None and condition.criterion not in rubric.criteria:
        yield unknown((*place, "criterion"), "criterion", condition.criterion, rubric.criteria)
    elif condition.group is not None and condition.group not in base:
        yield unknown((*place, "group"), "group", condition.group, base)
    else:
        yield from _reach_faults(rubric, condition, place)


def _reach_faults(rubric: Rubric, condition: Condition, place: Place) -> Iterator[Fault]:
    key = "criterion" if condition.criterion else "group"
    asked, most = _asked(rubric, condition), _needed(rubric, condition.model_copy(update={"reaches": None}))
    if condition.criterion and rubric.criteria[condition.criterion][0].kind == "penalty":
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
    elif given := [each.code for each in asked if each.source == "council"]:
        yield Fault(
            (*place, key),
            _("the points of {code} are the council's, and a condition looks at computed ones").format(
                code=", ".join(given)
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
    """Units that are none of the bloc, and units to which no standard points apply; paths start at the bloc."""
    units = [unit.code for unit in bloc.units]
    left = dict.fromkeys(units, Decimal(0))
    for g, group in enumerate(bloc.rubric.groups):
        for c, criterion in enumerate(group.criteria):
            for number_of, code in enumerate(criterion.not_for):
                if code not in units:
                    yield Fault(
                        ("rubric", "groups", g, "criteria", c, "not_for", number_of),
                        _("there is no unit {code} in this bloc").format(code=code),
                        _("use one of: {expected}").format(expected=", ".join(units)),
                    )
            for unit in units if group.kind == "base" else ():
                left[unit] += 0 if unit in not_for(bloc.rubric, criterion) else criterion.points
    for place, unit in enumerate(units):
        if not left[unit]:
            yield Fault(
                ("units", place),
                _("no standard points apply to unit {code}").format(code=unit),
                _("take it out of not_for of some criterion"),
            )


def unknown(place: Place, kind: str, code: str | None, known: Iterable[str]) -> Fault:
    """A code that names no criterion, or no group."""
    what = _("there is no criterion {code}") if kind == "criterion" else _("there is no group {code}")
    return Fault(place, what.format(code=code), _("use one of: {expected}").format(expected=", ".join(sorted(known))))
