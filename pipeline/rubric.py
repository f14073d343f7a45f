"""A bloc (khối thi đua): its units and its rubric (thang bảng điểm), as ``rules/<year>/blocs/<code>.yaml`` says it.

In: the file. Out: a :class:`Bloc`. A rubric is groups of criteria; a group is ``base`` (the standard points),
``bonus`` or ``penalty``, which are kept apart from the standard points and capped on three levels: the
criterion's ``points``, the group's ``points``, and the rubric's ``bonus_cap`` and ``penalty_cap``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import Field

from pipeline.i18n import _
from pipeline.methods import AnyMethod
from pipeline.methods.method import Fault, Method, Scale, Takes
from pipeline.plan import Code, Name, RuleModel, repeated

Kind = Literal["base", "bonus", "penalty"]


class Unit(RuleModel):
    """Who fills a form (đơn vị). ``aliases`` are other spellings of the name that people use."""

    code: Code
    name: Name
    aliases: tuple[Name, ...] = ()


class Criterion(RuleModel):
    """One line of the rubric (tiêu chí). ``points`` is its standard (điểm chuẩn), or its cap in bonus and penalty.

    ``target`` fixes the target for all units; without it each unit enters its own. ``low`` and ``high`` bound
    what a result can be; ``whole`` forbids decimals. ``source: days_late`` means that the system enters the
    result: by how many days the form was late.
    """

    code: Code
    name: Name
    unit: str = ""
    points: Decimal = Field(gt=0)
    score: AnyMethod
    target: Decimal | None = None
    low: Decimal = Decimal(0)
    high: Decimal | None = None
    whole: bool = False
    evidence: bool = False
    required: bool | None = None
    guidance: str = ""
    source: Literal["unit", "days_late"] = "unit"

    @property
    def method(self) -> Method:
        """``score``, with its static type."""
        method: Method = self.score
        return method


class CriterionGroup(RuleModel):
    """Criteria that belong together (nhóm nội dung). ``points``: the sum of a base group, the cap of another."""

    code: Code
    name: Name
    kind: Kind = "base"
    points: Decimal = Field(gt=0)
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    def scale(self, criterion: Criterion, decimals: int) -> Scale:
        """What the criterion's method needs to know."""
        return Scale(criterion.points, decimals, penalty=self.kind == "penalty")

    def requires(self, criterion: Criterion) -> bool:
        """Whether a blank entry is an error: by default it is in a base group, where 0 is a value and blank is none."""
        if criterion.source != "unit":
            return False
        return self.kind == "base" if criterion.required is None else criterion.required


class TieBreak(RuleModel):
    """One step that separates units of equal total: more points in a criterion or group, fewer penalty points,
    or the earlier submission."""

    by: Literal["criterion", "group", "penalty", "received"]
    code: Code | None = None


class Exclusion(RuleModel):
    """Units that stay in the table without a rank: ``no_report``, or an answer to a criterion.

    ``criterion`` with ``one_of`` (levels) or ``at_least`` (a result).
    """

    code: Code
    reason: Name
    when: Literal["no_report", "criterion"]
    criterion: Code | None = None
    one_of: tuple[str, ...] = ()
    at_least: Decimal | None = None


class ClassLevel(RuleModel):
    """A class (xếp loại): at least ``from`` points and every further condition.

    ``each_group``: in every base group at least that percentage of its points (NĐ 122/2018: 50 %);
    ``no_penalty``: no points taken off under these criteria; ``quota``: at most that percentage of the ranked
    units of the bloc.
    """

    name: Name
    from_: Decimal = Field(alias="from")
    each_group: Decimal | None = Field(default=None, ge=0, le=100)
    no_penalty: tuple[Code, ...] = ()
    quota: Decimal | None = Field(default=None, gt=0, le=100)


class Rubric(RuleModel):
    """A bloc's thang bảng điểm. ``total`` is the sum of the base groups' points."""

    total: Decimal = Field(gt=0)
    bonus_cap: Decimal | None = Field(default=None, ge=0)
    penalty_cap: Decimal | None = Field(default=None, ge=0)
    groups: tuple[CriterionGroup, ...] = Field(min_length=1)
    classification: tuple[ClassLevel, ...] = Field(min_length=1)
    ties: tuple[TieBreak, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()

    @cached_property
    def criteria(self) -> dict[str, tuple[CriterionGroup, Criterion]]:
        """Criterion code -> its group and itself, in the rubric's order."""
        return {each.code: (group, each) for group in self.groups for each in group.criteria}

    def groups_of(self, kind: Kind) -> tuple[CriterionGroup, ...]:
        """The groups of one kind, in order."""
        return tuple(group for group in self.groups if group.kind == kind)


class Bloc(RuleModel):
    """Units compared with one another under one rubric."""

    code: Code
    name: Name
    units: tuple[Unit, ...] = Field(min_length=1)
    rubric: Rubric


def bloc_faults(bloc: Bloc, decimals: int) -> Iterator[Fault]:
    """Everything wrong in a bloc that its types cannot say; paths start at the top of its file."""
    yield from repeated(bloc.units, ("units",))
    yield from rubric_faults(bloc.rubric, decimals, ("rubric",))


def rubric_faults(rubric: Rubric, decimals: int, below: tuple[str | int, ...] = ()) -> Iterator[Fault]:
    """Everything wrong in a rubric that its types cannot say; paths start with ``below``."""
    for fault in _rubric_faults(rubric, decimals):
        yield Fault((*below, *fault.path), fault.what, fault.remedy)


def _rubric_faults(rubric: Rubric, decimals: int) -> Iterator[Fault]:
    """Sums that do not add up, codes used twice or naming nothing, parameters that make no sense together."""
    yield from _sum_faults(rubric)
    yield from _cap_faults(rubric, decimals)
    yield from repeated(rubric.groups, ("groups",))
    seen: set[str] = set()
    for g, group in enumerate(rubric.groups):
        for c, criterion in enumerate(group.criteria):
            place = ("groups", g, "criteria", c)
            if criterion.code.casefold() in seen:
                yield Fault(
                    (*place, "code"),
                    _("code {code} is used twice").format(code=criterion.code),
                    _("give each its own code"),
                )
            seen.add(criterion.code.casefold())
            yield from _group_faults(group, criterion, decimals, place)
    yield from repeated(rubric.exclusions, ("exclusions",))
    yield from _classification_faults(rubric)
    yield from _reference_faults(rubric)


def _sum_faults(rubric: Rubric) -> Iterator[Fault]:
    for g, group in enumerate(rubric.groups):
        added = sum(each.points for each in group.criteria)
        if group.kind == "base" and added != group.points:
            yield Fault(
                ("groups", g, "points"),
                _("the criteria of group {code} add up to {added} points, not {stated}").format(
                    code=group.code, added=added, stated=group.points
                ),
                _("write {added} here, or change the criteria").format(added=added),
            )
    total = sum(group.points for group in rubric.groups_of("base"))
    if total != rubric.total:
        yield Fault(
            ("total",),
            _("the base groups add up to {added} points, not {stated}").format(added=total, stated=rubric.total),
            _("write {added} here, or change the groups").format(added=total),
        )


def _cap_faults(rubric: Rubric, decimals: int) -> Iterator[Fault]:
    """A cap finer than the points that it cuts would leave a total that the plan's decimals cannot show."""
    caps: list[tuple[tuple[str | int, ...], Decimal | None]] = [
        (("bonus_cap",), rubric.bonus_cap),
        (("penalty_cap",), rubric.penalty_cap),
        *((("groups", g, "points"), group.points) for g, group in enumerate(rubric.groups) if group.kind != "base"),
    ]
    for place, cap in caps:
        if cap is not None:
            yield from _decimals_faults(cap, decimals, place)


def _decimals_faults(points: Decimal, decimals: int, place: tuple[str | int, ...]) -> Iterator[Fault]:
    if points != round(points, decimals):
        yield Fault(
            place,
            _("{points} points have more than the plan's {decimals} decimals").format(points=points, decimals=decimals),
            _("write points that need no rounding"),
        )


def _group_faults(
    group: CriterionGroup, criterion: Criterion, decimals: int, place: tuple[str | int, ...]
) -> Iterator[Fault]:
    yield from criterion_faults(criterion, group.scale(criterion, decimals), place)
    if group.kind != "base" and criterion.points > group.points:
        yield Fault(
            (*place, "points"),
            _("criterion {code} can give {points} points, its group at most {cap}").format(
                code=criterion.code, points=criterion.points, cap=group.points
            ),
            _("write {cap} or less").format(cap=group.points),
        )


def criterion_faults(criterion: Criterion, scale: Scale, place: tuple[str | int, ...]) -> Iterator[Fault]:
    """What is wrong with a criterion by itself; ``place`` is where it stands."""
    for fault in criterion.method.faults(scale, criterion.target):
        yield Fault((*place, "score", *fault.path), fault.what, fault.remedy)
    yield from _decimals_faults(criterion.points, scale.decimals, (*place, "points"))
    if criterion.high is not None and criterion.high <= criterion.low:
        yield Fault(
            (*place, "high"),
            _("high {high} is not above low {low}").format(high=criterion.high, low=criterion.low),
            _("write a value above {low}").format(low=criterion.low),
        )
    if criterion.target is not None and not criterion.method.needs_target:
        yield Fault((*place, "target"), _("this scoring method looks at no target"), _("remove target"))
    if criterion.source != "unit" and (criterion.method.takes is not Takes.NUMBER or criterion.method.needs_target):
        yield Fault(
            (*place, "source"),
            _("days late are a number without a target, and this method needs something else"),
            _("use graded_deadline, bands with “of: actual”, or per_case"),
        )
    if criterion.method.counts_below_zero:
        yield from _below_zero_faults(criterion, place)


def _below_zero_faults(criterion: Criterion, place: tuple[str | int, ...]) -> Iterator[Fault]:
    """Days early are typed with a minus, which ``low`` must allow and the system never enters."""
    if criterion.source != "unit":
        yield Fault(
            (*place, "source"),
            _("the system counts days late, and never days early"),
            _("start the steps with 0 days late"),
        )
    elif criterion.low >= 0:
        yield Fault(
            (*place, "low"),
            _("points are given for results below 0, which low: {low} forbids").format(low=criterion.low),
            _("write the lowest result that can be, for example low: -60"),
        )


def _classification_faults(rubric: Rubric) -> Iterator[Fault]:
    levels = rubric.classification
    for place in range(1, len(levels)):
        if levels[place].from_ >= levels[place - 1].from_:
            yield Fault(
                ("classification", place, "from"),
                _("class “{name}” starts at {value}, not below the class above it").format(
                    name=levels[place].name, value=levels[place].from_
                ),
                _("list the classes from the best down, each with a lower from"),
            )
    last = levels[-1]
    if last.from_ > 0 or last.each_group or last.no_penalty or last.quota:
        yield Fault(
            ("classification", len(levels) - 1),
            _("a unit may fit no class, for the last one has conditions"),
            _("end the list with a class that has “from: 0” and nothing else"),
        )


def _reference_faults(rubric: Rubric) -> Iterator[Fault]:
    groups = {group.code for group in rubric.groups}
    for place, tie in enumerate(rubric.ties):
        known = {"criterion": set(rubric.criteria), "group": groups}.get(tie.by)
        if known is not None and tie.code is None:
            yield _names_nothing(("ties", place), "code", known)
        elif known is not None and tie.code not in known:
            yield _unknown(("ties", place, "code"), tie.by, tie.code, known)
    for place, exclusion in enumerate(rubric.exclusions):
        if exclusion.when == "criterion":
            yield from _exclusion_faults(rubric, exclusion, ("exclusions", place))
    for place, level in enumerate(rubric.classification):
        for number, code in enumerate(level.no_penalty):
            if code not in rubric.criteria:
                place_of_code = ("classification", place, "no_penalty", number)
                yield _unknown(place_of_code, "criterion", code, set(rubric.criteria))
            elif rubric.criteria[code][0].kind != "penalty":
                penalties = [each.code for group in rubric.groups_of("penalty") for each in group.criteria]
                yield Fault(
                    ("classification", place, "no_penalty", number),
                    _("criterion {code} is in no penalty group, so it never takes points off").format(code=code),
                    _("use one of: {expected}").format(expected=", ".join(penalties)),
                )


def _exclusion_faults(rubric: Rubric, exclusion: Exclusion, place: tuple[str | int, ...]) -> Iterator[Fault]:
    if exclusion.criterion is None:
        yield _names_nothing(place, "criterion", set(rubric.criteria))
        return
    if exclusion.criterion not in rubric.criteria:
        yield _unknown((*place, "criterion"), "criterion", exclusion.criterion, set(rubric.criteria))
        return
    options = rubric.criteria[exclusion.criterion][1].method.options
    for number, name in enumerate(exclusion.one_of):
        if name not in options:
            yield Fault(
                (*place, "one_of", number),
                _("“{name}” is no level of criterion {code}").format(name=name, code=exclusion.criterion),
                _("use one of: {expected}").format(expected=", ".join(options)),
            )
    if not exclusion.one_of and exclusion.at_least is None:
        yield Fault(place, _("the exclusion names no answer"), _("add one_of: [a level], or at_least: a number"))


def _unknown(place: tuple[str | int, ...], kind: str, code: str | None, known: set[str]) -> Fault:
    what = _("there is no criterion {code}") if kind == "criterion" else _("there is no group {code}")
    return Fault(place, what.format(code=code), _("use one of: {expected}").format(expected=", ".join(sorted(known))))


def _names_nothing(place: tuple[str | int, ...], key: str, known: set[str]) -> Fault:
    remedy = _("add {key} with one of: {expected}").format(key=key, expected=", ".join(sorted(known)))
    return Fault(place, _("key “{key}” is missing").format(key=key), remedy)
