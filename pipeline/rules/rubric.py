"""A bloc (khối thi đua): its units and its rubric (thang bảng điểm), as ``rules/<year>/blocs/<code>.yaml`` says it.

In: the file. Out: a :class:`Bloc`. A rubric is groups of criteria; a group is ``base`` (the standard points),
``bonus`` or ``penalty``, which are kept apart from the standard points. Points are bounded on three levels: those of a
criterion by its ``points`` and ``lowest``, those of a group by its own, all together by ``bonus_cap`` and
``penalty_cap``.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer

from pipeline.answers import answer_msgid
from pipeline.code_lists import GroupKind
from pipeline.i18n import N_
from pipeline.methods.inputs import Input, row_code
from pipeline.methods.method import FINE, Method, Scale
from pipeline.methods.no_data import NoData
from pipeline.methods.parameters import Words
from pipeline.methods.registry import AnyMethod
from pipeline.rule_model import ItemCode, Name, RuleModel
from pipeline.rules.mail import Address

MOST_POINTS = 10_000_000
"""With four decimals, and thousands of criteria, still added up to the last digit by every spreadsheet."""


class Unit(RuleModel):
    """Who fills a form (đơn vị). ``aliases`` are other spellings of its name; replies go to ``email``."""

    code: ItemCode
    name: Name
    aliases: tuple[Name, ...] = ()
    email: Address | None = None


LATER_KEYS = frozenset({"inputs", "lowest", "of", "only_if", "not_for", "no_data"}) | {"places", "round_at"}
"""Keys that came after the first forms. Left blank, each means what it meant before the key was there."""


class Growing(RuleModel):
    """A part of the rubric that got keys later."""

    @model_serializer(mode="wrap")
    def _without_later_keys(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Later keys are left out where they are blank, or forms made before them would seem to be of other rules."""
        values: dict[str, Any] = whole(self)
        usual = {"round_at": "criterion"}
        blank = {key for key, value in values.items() if key in LATER_KEYS and (not value or value == usual.get(key))}
        return {key: value for key, value in values.items() if key not in blank}


class Condition(RuleModel):
    """What must be reached: by a criterion, or by all criteria of a base group together.

    It looks at the points that we compute from targets and results, never at those that people give. ``reaches`` is
    so many points, or ``full`` (None): the standard points. A criterion that does not apply to a unit hinders nothing.
    """

    criterion: ItemCode | None = None
    group: ItemCode | None = None
    reaches: Annotated[Decimal | None, BeforeValidator(lambda points: None if points == "full" else points)] = None


class Criterion(Growing):
    """One line of the rubric (tiêu chí). ``points`` is its standard (điểm chuẩn), or its cap in bonus and penalty.

    ``target`` fixes the target for all units; without it each unit enters its own. ``low`` and ``high`` bound
    what a result can be; ``whole`` forbids decimals. ``source: days_late`` means that the system enters the
    result: by how many days the form was late; ``source: council`` that no unit claims these points, which only the
    council gives.

    What looks beyond the criterion's own row: ``of`` takes target and result from another criterion's row;
    ``only_if`` gives points only where another criterion or group reaches enough; ``lowest`` lets the points fall
    below 0 (−2 for a warning in an item of 1 point); ``not_for`` names the units to which it does not apply.
    ``counts``: the result is the number of rows that the unit fills on that sheet of its form; only a check asks.
    ``no_data``: what becomes of a unit that enters “no data” in place of a number; None: it may not.
    """

    code: ItemCode
    name: Name
    unit: str = ""
    points: Decimal = Field(gt=0, le=MOST_POINTS)
    score: AnyMethod
    target: Decimal | None = None
    low: Decimal = Decimal(0)
    high: Decimal | None = None
    whole: bool = False
    evidence: bool = False
    required: bool | None = None
    guidance: str = ""
    source: Literal["unit", "days_late", "council"] = "unit"
    inputs: tuple[Input, ...] = Field(default=(), max_length=50)

    lowest: Decimal | None = Field(default=None, lt=0, ge=-MOST_POINTS)
    of: ItemCode | None = None
    only_if: Condition | None = None
    not_for: tuple[ItemCode, ...] = ()
    no_data: Annotated[
        Literal["zero", "left_out", "not_ranked"] | None,
        Words(
            zero=N_("0 points"),
            left_out=N_("left out of the denominator"),
            not_ranked=N_("the unit is not ranked"),
        ),
    ] = None

    counts: Literal["models", "movements"] | None = Field(default=None, exclude=True)  # no form depends on it

    @property
    def from_unit(self) -> bool:
        """Whether units enter anything in its row."""
        return self.source == "unit" and self.of is None

    @property
    def from_council(self) -> bool:
        """Whether the council alone gives its points."""
        return self.source == "council"

    @property
    def method(self) -> Method:
        """``score``, with its static type."""
        method: Method = self.score
        return method


class CriterionGroup(Growing):
    """Criteria that belong together (nhóm nội dung). ``points``: the sum of a base group, the cap of another.

    ``lowest`` bounds what its criteria take together, where some of them may fall below 0.
    """

    code: ItemCode
    name: Name
    kind: GroupKind = GroupKind.BASE
    points: Decimal = Field(gt=0, le=MOST_POINTS)
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    lowest: Decimal | None = Field(default=None, le=0, ge=-MOST_POINTS)

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """The least and the most that its criteria can give together."""
        if self.kind is GroupKind.PENALTY:
            return -self.points, Decimal(0)
        least = sum((each.lowest or Decimal(0) for each in self.criteria), Decimal(0))
        return (least if self.lowest is None else max(least, self.lowest)), self.points

    @property
    def cuts(self) -> tuple[Decimal | None, Decimal | None]:
        """Those of the bounds beyond which its criteria can add up to."""
        low, high = self.bounds
        cut_below = self.kind is GroupKind.PENALTY or self.lowest is not None
        return (low if cut_below else None), (high if self.kind is GroupKind.BONUS else None)

    def scale(self, criterion: Criterion, decimals: int) -> Scale:
        """What the criterion's method needs to know."""
        return Scale(
            criterion.points,
            decimals,
            penalty=self.kind is GroupKind.PENALTY,
            inputs=criterion.inputs,
            lowest=criterion.lowest or Decimal(0),
            no_data=NoData(criterion.no_data) if criterion.no_data else None,
        )

    def requires(self, criterion: Criterion) -> bool:
        """Whether a blank entry is an error: by default it is in a base group, where 0 is a value and blank is none."""
        if not criterion.from_unit:
            return False
        return self.kind is GroupKind.BASE if criterion.required is None else criterion.required

    def requires_input(self, criterion: Criterion, each: Input) -> bool:
        """The same of one of its inputs, which may say otherwise."""
        if each.required is None or not criterion.from_unit:
            return self.requires(criterion)
        return each.required


class RubricRow(NamedTuple):
    """A row of the form: that of a criterion, or of ``one`` of its inputs."""

    group: CriterionGroup
    criterion: Criterion
    one: Input | None = None

    @property
    def code(self) -> str:
        """How the row is known: ``KT1``, or ``KT1.SL``."""
        return row_code(self.criterion.code, self.one.code) if self.one else self.criterion.code

    @property
    def asked(self) -> Criterion | Input:
        """What says name, unit of measure and bounds of the row's result."""
        return self.one or self.criterion

    @property
    def options(self) -> tuple[str, ...]:
        """What its result is chosen from; () where that is a number."""
        return self.one.options if self.one else self.criterion.method.options

    @property
    def required(self) -> bool:
        """Whether a blank entry is an error."""
        return self.group.requires_input(self.criterion, self.one) if self.one else self.group.requires(self.criterion)


class TieBreak(RuleModel):
    """One step that separates units of equal total: more points in a criterion or group, fewer penalty points,
    or the earlier submission."""

    by: Literal["criterion", "group", "penalty", "received"]
    code: ItemCode | None = None


class Exclusion(RuleModel):
    """Units that stay in the table without a rank: ``no_report``, or an answer to a criterion.

    ``criterion`` with ``one_of`` (levels) or ``at_least`` (a result).
    """

    code: ItemCode
    reason: Name
    when: Literal["no_report", "criterion"]
    criterion: ItemCode | None = None
    one_of: tuple[str, ...] = ()
    at_least: Decimal | None = None


class ClassLevel(Growing):
    """A class (xếp loại): at least ``from`` points and every further condition.

    ``each_group``: in every base group at least that percentage of its points (NĐ 122/2018: 50 %);
    ``no_penalty``: no points taken off under these criteria; ``quota``: at most that percentage of the ranked
    units of the bloc; ``places``: at most so many units, as of a prize.
    """

    name: Name
    from_: Decimal = Field(alias="from")
    each_group: Decimal | None = Field(default=None, ge=0, le=100)
    no_penalty: tuple[ItemCode, ...] = ()
    quota: Decimal | None = Field(default=None, gt=0, le=100)
    places: Decimal | None = Field(default=None, ge=1, decimal_places=0)

    @property
    def limited(self) -> bool:
        """Whether not all units that fit may get it."""
        return self.quota is not None or self.places is not None


RoundAt = Literal["criterion", "group", "total"]


class Rubric(Growing):
    """A bloc's thang bảng điểm. ``total`` is the sum of the base groups' points.

    ``round_at``: where points are rounded to the plan's decimals: each criterion before it is added, or as published
    indexes do only the sum of a group, or only the total (:meth:`decimals_at`).
    """

    total: Decimal = Field(gt=0, le=MOST_POINTS)
    bonus_cap: Decimal | None = Field(default=None, ge=0, le=MOST_POINTS)
    penalty_cap: Decimal | None = Field(default=None, ge=0, le=MOST_POINTS)
    groups: tuple[CriterionGroup, ...] = Field(min_length=1)
    classification: tuple[ClassLevel, ...] = Field(min_length=1)
    ties: tuple[TieBreak, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    round_at: RoundAt = "criterion"

    def decimals_at(self, part: RoundAt, decimals: int) -> int:
        """To how many decimals the points of a criterion, the sum of a group, or the total are rounded.

        ``decimals``: the plan's. What comes before the place of rounding has the decimals of ``FINE``, to which floats
        and spreadsheets agree.
        """
        parts = get_args(RoundAt)
        return decimals if parts.index(part) >= parts.index(self.round_at) else FINE

    @property
    def cuts(self) -> dict[GroupKind, tuple[Decimal | None, Decimal | None]]:
        """Kind -> the least and the most that its groups can give together, where there is such a bound."""
        least = None if self.penalty_cap is None else -self.penalty_cap
        return {
            GroupKind.BASE: (None, None),
            GroupKind.BONUS: (None, self.bonus_cap),
            GroupKind.PENALTY: (least, None),
        }

    @cached_property
    def criteria(self) -> dict[str, tuple[CriterionGroup, Criterion]]:
        """Criterion code -> its group and itself, in the rubric's order."""
        return {each.code: (group, each) for group in self.groups for each in group.criteria}

    def excluding(self, exclusion: Exclusion) -> tuple[str, ...]:
        """The answers of ``one_of`` as units give them: yes and no in the language of the run."""
        criterion = self.criteria.get(exclusion.criterion or "")
        options = {answer_msgid(option): option for option in criterion[1].method.options} if criterion else {}
        return tuple(options.get(answer_msgid(answer), answer) for answer in exclusion.one_of)

    def source(self, criterion: Criterion) -> Criterion:
        """The criterion in whose rows its values stand: itself, or that from which it takes them."""
        return self.criteria[criterion.of][1] if criterion.of in self.criteria else criterion

    @cached_property
    def rows(self) -> dict[str, RubricRow]:
        """Code -> each row of the form, in their order."""
        rows = (RubricRow(group, each, one) for group, each in self.criteria.values() for one in (None, *each.inputs))
        return {row.code: row for row in rows}

    def groups_of(self, kind: GroupKind) -> tuple[CriterionGroup, ...]:
        """The groups of one kind, in order."""
        return tuple(group for group in self.groups if group.kind == kind)


class Bloc(RuleModel):
    """Units compared with one another under one rubric."""

    code: ItemCode
    name: Name
    units: tuple[Unit, ...] = Field(min_length=1)
    rubric: Rubric
