"""What the rule of a criterion takes from other rows of its rubric, and to which units it does not apply.

In: a rubric. Out: the scale of a criterion with the condition on other criteria that its method must heed
(:func:`scale_of`), and which standard points apply to a unit. What is wrong in such references is found by
:mod:`pipeline.rules.link_faults`; their words are in :mod:`pipeline.rules.words`.

Promise: links are one step deep. A criterion takes values only from one that has its own entries, and its condition
looks only at criteria without a condition, so there are no circles and the order of the rubric does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import reduce

from pipeline.code_lists import GroupKind
from pipeline.i18n import N_, _
from pipeline.methods.expression import Expr, lift, rounded
from pipeline.methods.method import Gate, Scale, points_of
from pipeline.methods.no_data import NoData
from pipeline.rules.rubric import Condition, Criterion, CriterionGroup, Rubric


def scale_of(rubric: Rubric, criterion: Criterion, decimals: int) -> Scale:
    """What the criterion's method needs to know, of its own row and of others; a reference to a row that is not there
    is left out (:mod:`pipeline.rules.link_faults` reports it)."""
    group, _criterion = rubric.criteria[criterion.code]
    decimals = rubric.decimals_at("criterion", decimals)
    scale = group.scale(criterion, decimals)
    if criterion.of in rubric.criteria:
        source = rubric.criteria[criterion.of][1]
        scale = replace(scale, of_points=source.points, inputs=source.inputs, no_data=no_data(rubric, criterion))
    if criterion.only_if and criteria_asked(rubric, criterion.only_if):
        scale = replace(scale, gate=_gate(rubric, criterion.only_if, decimals))
    return scale


def not_for(rubric: Rubric, criterion: Criterion) -> frozenset[str]:
    """The codes of the units to which the criterion, or the one whose result it takes, does not apply."""
    source = rubric.criteria[criterion.of][1].not_for if criterion.of in rubric.criteria else ()
    return frozenset((*criterion.not_for, *source))


def no_data(rubric: Rubric, criterion: Criterion) -> NoData | None:
    """What no data means in the criterion, which else takes it from the one whose result it takes; None: no unit may
    enter it."""
    rule = criterion.no_data or rubric.source(criterion).no_data
    return NoData(rule) if rule else None


def may_leave_out(rubric: Rubric, criterion: Criterion) -> bool:
    """Whether the criterion's points leave the denominator of a unit without data."""
    return no_data(rubric, criterion) is NoData.LEFT_OUT


def unranking(rubric: Rubric) -> list[Criterion]:
    """The criteria in which a unit without data is not ranked."""
    criteria = [each for _group, each in rubric.criteria.values()]
    return [each for each in criteria if no_data(rubric, each) is NoData.NOT_RANKED]


def applicable(rubric: Rubric, groups: Iterable[CriterionGroup], unit: str) -> Decimal:
    """The standard points of these groups that apply to the unit."""
    criteria = (each for group in groups for each in group.criteria)
    return sum((each.points for each in criteria if unit not in not_for(rubric, each)), Decimal(0))


def leaves_out(rubric: Rubric) -> bool:
    """Whether some standard points do not apply to some unit."""
    return any(
        group.kind is GroupKind.BASE and (not_for(rubric, each) or may_leave_out(rubric, each))
        for group, each in rubric.criteria.values()
    )


def known_alone(rubric: Rubric, criterion: Criterion) -> bool:
    """Whether a unit's points follow from its own form: not where they, or its condition, compare it with others."""
    in_condition = criteria_asked(rubric, criterion.only_if) if criterion.only_if else []
    return not any(each.method.needs_bloc for each in (criterion, *in_condition))


def looked_at(rubric: Rubric) -> frozenset[str]:
    """The criteria at whose points a condition of the rubric looks."""
    conditions = (each.only_if for _group, each in rubric.criteria.values() if each.only_if)
    return frozenset(each.code for condition in conditions for each in criteria_asked(rubric, condition))


# --- conditions ---------------------------------------------------------------------------------------


def _gate(rubric: Rubric, condition: Condition, decimals: int) -> Gate:
    """The condition as a scoring method takes it: a comparison of points, and its words."""
    criteria, needed = criteria_asked(rubric, condition), points_needed(rubric, condition)
    points: list[Expr] = [points_of(each.code) for each in criteria]
    reached = points[0] if len(points) == 1 else rounded(reduce(lambda left, right: left + right, points), decimals)
    words = N_("only if {what} reaches {needed} points, and it has {reached}: 0 points")
    facts = (("what", what_is_asked(condition)), ("needed", lift(needed)), ("reached", reached))
    return Gate(reached >= needed, words, facts, tuple(each.code for each in criteria))


def criteria_asked(rubric: Rubric, condition: Condition) -> list[Criterion]:
    """The criteria whose points count for the condition; none where it names nothing."""
    if condition.criterion:
        return [rubric.criteria[condition.criterion][1]] if condition.criterion in rubric.criteria else []
    return [each for group in rubric.groups if group.code == condition.group for each in group.criteria]


def points_needed(rubric: Rubric, condition: Condition) -> Decimal:
    """How many points the condition asks for: those that it names, else the full ones."""
    if condition.reaches is not None:
        return condition.reaches
    return sum((each.points for each in criteria_asked(rubric, condition)), Decimal(0))


def what_is_asked(condition: Condition) -> str:
    """What must be reached, as people call it."""
    return condition.criterion or _("group {code}").format(code=condition.group)
