"""What is wrong in a bloc's rubric that the types of :mod:`pipeline.rules.rubric` cannot say.

In: a bloc, a rubric or a criterion. Out: :class:`~pipeline.methods.method.Fault` rows: where, what, and what would be
right. Sums that do not add up, codes used twice or naming nothing, parameters that make no sense together.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipeline.answers import answer_msgid
from pipeline.code_lists import GroupKind
from pipeline.i18n import _
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Scale
from pipeline.rule_model import Fault, one_of, repeated
from pipeline.rules.input_faults import clash_faults, input_faults
from pipeline.rules.link_faults import link_faults, not_for_faults, unknown
from pipeline.rules.links import scale_of
from pipeline.rules.rubric import Bloc, Criterion, CriterionGroup, Exclusion, Rubric


def bloc_faults(bloc: Bloc, decimals: int) -> Iterator[Fault]:
    """Everything wrong in a bloc that its types cannot say; paths start at the top of its file."""
    yield from repeated(bloc.units, ("units",))
    yield from not_for_faults(bloc)
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
            yield from _group_faults(rubric, group, criterion, decimals, place)
    yield from clash_faults(rubric)
    yield from link_faults(rubric)
    yield from repeated(rubric.exclusions, ("exclusions",))
    yield from _classification_faults(rubric)
    yield from _reference_faults(rubric)


def _sum_faults(rubric: Rubric) -> Iterator[Fault]:
    base = rubric.groups_of(GroupKind.BASE)
    stated = sum(group.points for group in base)
    total = sum(each.points for group in base for each in group.criteria)
    for g, group in enumerate(rubric.groups):
        added = sum(each.points for each in group.criteria)
        if group.kind is GroupKind.BASE and added != group.points:
            yield Fault(
                ("groups", g, "points"),
                _("the criteria of group {code} add up to {added} points, not {stated}").format(
                    code=group.code, added=added, stated=group.points
                ),
                _("write {added} here, or change the criteria").format(added=added)
                if total == rubric.total
                else _("write {added} here and total: {total}, or change the criteria").format(
                    added=added, total=total
                ),
            )
    # Where a group states another sum than its criteria have, its own fault says what to do, and that mends the total.
    if rubric.total not in (stated, total):
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
        *(
            (("groups", g, "points"), group.points)
            for g, group in enumerate(rubric.groups)
            if group.kind is not GroupKind.BASE
        ),
        *((("groups", g, "lowest"), group.lowest) for g, group in enumerate(rubric.groups)),
    ]
    for place, cap in caps:
        if cap is not None:
            yield from _decimals_faults(cap, decimals, place)
    for g, group in enumerate(rubric.groups):
        if group.lowest is not None and not any(each.lowest for each in group.criteria):
            yield Fault(
                ("groups", g, "lowest"),
                _("no criterion of group {code} can fall below 0").format(code=group.code),
                _("remove lowest, or write lowest in a criterion"),
            )


def _lowest_faults(
    lowest: Decimal | None, penalty: bool, decimals: int, place: tuple[str | int, ...]
) -> Iterator[Fault]:
    if lowest is not None and penalty:
        yield Fault(
            place,
            _("in a penalty group, “points” already says how much can be taken off"),
            _("remove lowest"),
        )
    elif lowest is not None:
        yield from _decimals_faults(lowest, decimals, place)


def _decimals_faults(points: Decimal, decimals: int, place: tuple[str | int, ...]) -> Iterator[Fault]:
    if points != round(points, decimals):
        yield Fault(
            place,
            _("{points} points have more than the plan's {decimals} decimals").format(points=points, decimals=decimals),
            _("write points that need no rounding"),
        )


def _group_faults(
    rubric: Rubric, group: CriterionGroup, criterion: Criterion, decimals: int, place: tuple[str | int, ...]
) -> Iterator[Fault]:
    yield from criterion_faults(criterion, scale_of(rubric, criterion, decimals), place)
    yield from _left_out_faults(rubric, group, criterion, place)
    if group.kind is not GroupKind.BASE and criterion.points > group.points:
        yield Fault(
            (*place, "points"),
            _("criterion {code} can give {points} points, its group at most {cap}").format(
                code=criterion.code, points=criterion.points, cap=group.points
            ),
            _("write {cap} or less").format(cap=group.points),
        )


def _left_out_faults(
    rubric: Rubric, group: CriterionGroup, criterion: Criterion, place: tuple[str | int, ...]
) -> Iterator[Fault]:
    """Points that leave a denominator in which they are not; a unit's “no data” that its own row does not accept."""
    if criterion.no_data == "left_out" and group.kind is not GroupKind.BASE:
        yield Fault(
            (*place, "no_data"),
            _("bonus and penalty points are in no denominator, so nothing can be left out of one"),
            _("write no_data: zero"),
        )
    elif criterion.no_data and criterion.of in rubric.criteria and not rubric.source(criterion).no_data:
        yield Fault(
            (*place, "no_data"),
            _("its result is entered in the row of {of}, which accepts no “no data”").format(of=criterion.of),
            _("write no_data at {of} too").format(of=criterion.of),
        )


def criterion_faults(criterion: Criterion, scale: Scale, place: tuple[str | int, ...]) -> Iterator[Fault]:
    """What is wrong with a criterion by itself; ``place`` is where it stands."""
    by_itself = list(criterion.method.faults(scale, criterion.target))
    for fault in by_itself:
        yield Fault((*place, "score", *fault.path), fault.what, fault.remedy)
    yield from input_faults(criterion, scale, place, {fault.path for fault in by_itself})
    yield from _decimals_faults(criterion.points, scale.decimals, (*place, "points"))
    yield from _lowest_faults(criterion.lowest, scale.penalty, scale.decimals, (*place, "lowest"))
    if criterion.high is not None and criterion.high <= criterion.low:
        yield Fault(
            (*place, "high"),
            _("high {high} is not above low {low}").format(high=criterion.high, low=criterion.low),
            _("write a value above {low}").format(low=criterion.low),
        )
    yield from _no_data_faults(criterion, scale, place)
    if criterion.target is not None and not criterion.method.needs_target:
        yield Fault((*place, "target"), _("this scoring method looks at no target"), _("remove target"))
    if criterion.from_council and criterion.method.takes is not Takes.POINTS:
        yield Fault(
            (*place, "source"),
            _("no unit enters anything from which this method could compute points"),
            _("use the method appraised, or remove source"),
        )
    if criterion.counts and not (criterion.from_unit and criterion.method.takes is Takes.NUMBER):
        yield Fault(
            (*place, "counts"),
            _("units enter no result as a number in criterion {code}").format(code=criterion.code),
            _("remove counts"),
        )
    if criterion.source == "days_late" and (
        criterion.method.takes is not Takes.NUMBER or criterion.method.needs_target
    ):
        yield Fault(
            (*place, "source"),
            _("days late are a number without a target, and this method needs something else"),
            _("use graded_deadline, bands with “of: actual”, or per_case"),
        )
    if criterion.method.counts_below_zero:
        yield from _below_zero_faults(criterion, place)


def _no_data_faults(criterion: Criterion, scale: Scale, place: tuple[str | int, ...]) -> Iterator[Fault]:
    """``no_data`` where no number is entered that could be missing, or for an input alone that is never a number."""
    takes = criterion.method.takes
    numbers = takes is Takes.NUMBER or any(not each.yes_no for each in scale.inputs)
    if criterion.no_data and (criterion.source != "unit" or not numbers):
        yield Fault(
            (*place, "no_data"),
            _("no unit enters a number here that could be missing"),
            _("remove no_data; a level of its own can say that there are no data"),
        )


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
        above = levels[place - 1]
        # Second prizes may ask for as many points as first prizes, of which there is one.
        if levels[place].from_ > above.from_ or (levels[place].from_ == above.from_ and not above.limited):
            yield Fault(
                ("classification", place, "from"),
                _("class “{name}” starts at {value}, not below the class above it").format(
                    name=levels[place].name, value=levels[place].from_
                ),
                _("list the classes from the best down, each with a lower from"),
            )
    last = levels[-1]
    if last.from_ > 0 or last.each_group or last.no_penalty or last.limited:
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
            yield unknown(("ties", place, "code"), tie.by, tie.code, known)
    for place, exclusion in enumerate(rubric.exclusions):
        if exclusion.when == "criterion":
            yield from _exclusion_faults(rubric, exclusion, ("exclusions", place))
    for place, level in enumerate(rubric.classification):
        for number, code in enumerate(level.no_penalty):
            place_of_code = ("classification", place, "no_penalty", number)
            penalties = [each.code for group in rubric.groups_of(GroupKind.PENALTY) for each in group.criteria]
            if code not in rubric.criteria:
                yield unknown(place_of_code, "criterion", code, penalties)
            elif code not in penalties:
                yield Fault(
                    place_of_code,
                    _("criterion {code} is in no penalty group, so it never takes points off").format(code=code),
                    one_of(penalties, _("remove no_penalty")),
                )


def _exclusion_faults(rubric: Rubric, exclusion: Exclusion, place: tuple[str | int, ...]) -> Iterator[Fault]:
    if exclusion.criterion is None:
        yield _names_nothing(place, "criterion", _can_exclude(rubric, exclusion))
        return
    if exclusion.criterion not in rubric.criteria:
        yield unknown((*place, "criterion"), "criterion", exclusion.criterion, _can_exclude(rubric, exclusion))
        return
    if rubric.criteria[exclusion.criterion][1].from_council:
        yield Fault(
            (*place, "criterion"),
            _("no unit answers criterion {code}").format(code=exclusion.criterion),
            _("name a criterion that units answer"),
        )
        return
    if rubric.criteria[exclusion.criterion][1].method.takes is Takes.INPUTS:
        yield Fault(
            (*place, "criterion"),
            _("criterion {code} has no result of its own, only inputs").format(code=exclusion.criterion),
            _("ask for it in a criterion of its own, for example by yes_no"),
        )
        return
    if exclusion.at_least is not None and rubric.criteria[exclusion.criterion][1].method.takes is not Takes.NUMBER:
        yield Fault(
            (*place, "at_least"),
            _("units enter no result as a number in criterion {code}").format(code=exclusion.criterion),
            _("name the answer by one_of, or another criterion"),
        )
    options = rubric.criteria[exclusion.criterion][1].method.options
    for number, name in enumerate(exclusion.one_of):
        if answer_msgid(name) not in map(answer_msgid, options):
            yield Fault(
                (*place, "one_of", number),
                _("“{name}” is no level of criterion {code}").format(name=name, code=exclusion.criterion),
                one_of(options, _("remove one_of, and write at_least: a number")),
            )
    if not exclusion.one_of and exclusion.at_least is None:
        yield Fault(place, _("the exclusion names no answer"), _("add one_of: [a level], or at_least: a number"))


def _can_exclude(rubric: Rubric, exclusion: Exclusion) -> set[str]:
    """The criteria whose answers can exclude a unit by what the exclusion names: levels, or a number."""
    answered = {
        code: each.method
        for code, (_group, each) in rubric.criteria.items()
        if not each.from_council and each.method.takes in (Takes.NUMBER, Takes.CHOICE)
    }
    wanted = {Takes.NUMBER} if exclusion.at_least is not None else {Takes.NUMBER, Takes.CHOICE}
    wanted = {Takes.CHOICE} if exclusion.one_of else wanted
    return {code for code, method in answered.items() if method.takes in wanted}


def _names_nothing(place: tuple[str | int, ...], key: str, known: set[str]) -> Fault:
    remedy = _("add {key} with one of: {expected}").format(key=key, expected=", ".join(sorted(known)))
    if not known:
        remedy = _("remove this entry, for there is nothing that it could name")
    return Fault(place, _("key “{key}” is missing").format(key=key), remedy)
