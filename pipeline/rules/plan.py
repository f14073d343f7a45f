"""One year's emulation plan (kế hoạch thi đua) as ``rules/<year>/plan.yaml`` says it.

In: the file. Out: a :class:`Plan`: issuer, council, rounds, movements, awards to choose from, recipients.
The blocs and their rubrics lie in files of their own (:mod:`pipeline.rules.rubric`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from pipeline.i18n import _
from pipeline.rule_model import Fault, ItemCode, Name, RuleModel, repeated
from pipeline.rules.limits import DEFAULT_LIMITS, Limits
from pipeline.rules.mail import Address, Mail
from pipeline.rules.round_kinds import ROUND_KINDS, RoundKind


class Round(RuleModel):
    """A collection of forms (đợt). ``due`` is the last day that is in time, until ``due_time``.

    ``form_version`` is raised by whoever issues the forms anew after the rules have changed; a form of an
    older version is then returned.
    """

    code: ItemCode
    name: Name
    kind_code: Literal["dang-ky", "so-ket", "tong-ket", "chuyen-de"] = Field(alias="kind")
    opens: dt.date
    due: dt.date
    due_time: dt.time = dt.time(17, 0)
    form_version: int = Field(default=1, ge=1, le=1000)

    @property
    def kind(self) -> RoundKind:
        """What a round of this kind asks for, and what comes out of it."""
        return ROUND_KINDS[self.kind_code]


class Movement(RuleModel):
    """A campaign (phong trào) named in the plan."""

    code: ItemCode
    name: Name


class Recipient(RuleModel):
    """Who receives the round's outputs: a role as the plan's "Nơi nhận" has it, and how they receive it."""

    role: Name
    as_: Literal["report", "copy"] = Field(default="report", alias="as")
    email: Address | None = None


class Council(RuleModel):
    """The commune's council (Hội đồng Thi đua – Khen thưởng)."""

    name: Name
    members: int = Field(ge=1, le=1000)


class Contact(RuleModel):
    """Whom a unit asks: an office, not a private person."""

    office: Name
    phone: str = ""
    email: str = ""


DaysLate = Literal["started", "calendar"]


class Plan(RuleModel):
    """One year's plan. ``decimals`` is to how many decimals points are rounded (half up), before they are added or
    where a rubric says (``round_at``).

    ``days_late``: how they are counted: each 24 hours that have started since the due moment, or calendar days.
    ``suspicious_factor`` n: a result of more than n times its target, or of less than 1/n of it, gets a warning;
    a unit of measure mistaken by a factor of a thousand is the commonest mistake.
    ``models``: whether each unit must list a model or work; a contest may ask for none.
    ``publish``: the lists with names that the public outputs may hold (:mod:`pipeline.outputs.public`).
    """

    code: ItemCode
    year: int = Field(ge=2000, le=2100)
    title: Name
    commune: Name
    issuer: Name
    superior: Name
    council: Council
    contact: Contact
    language: Literal["vi", "en"] = "vi"
    decimals: int = Field(default=2, ge=0, le=4)
    days_late: DaysLate = "started"
    time_zone: str = "Asia/Ho_Chi_Minh"
    suspicious_factor: Decimal = Field(default=Decimal(20), gt=1)
    rounds: tuple[Round, ...] = Field(min_length=1)
    models: Literal["required", "none"] = "required"
    movements: tuple[Movement, ...]
    recipients: tuple[Recipient, ...]
    limits: Limits = DEFAULT_LIMITS
    mail: Mail | None = None
    publish: tuple[Literal["collective_awards", "individual_awards"], ...] = ()

    def round(self, code: str) -> Round | None:
        """The round of that code, or None."""
        return next((each for each in self.rounds if each.code == code), None)

    @property
    def zone(self) -> ZoneInfo:
        """The commune's time zone; all times that people see or write are in it."""
        return ZoneInfo(self.time_zone)

    def due_moment(self, of: Round) -> dt.datetime:
        """The last moment that is in time."""
        return dt.datetime.combine(of.due, of.due_time, self.zone)

    def round_at(self, now: dt.datetime) -> Round:
        """The round that is open at ``now``, else the one that opened last, else the first."""
        today = now.astimezone(self.zone).date()
        opened = [each for each in self.rounds if each.opens <= today]
        still_open = [each for each in opened if today <= each.due]
        return max(still_open or opened or self.rounds[:1], key=lambda each: each.opens)


def plan_faults(plan: Plan) -> Iterator[Fault]:
    """What types cannot say: codes used twice, days that cannot be, an unknown time zone."""
    for key, entries in (("rounds", plan.rounds), ("movements", plan.movements)):
        yield from repeated(entries, (key,))
    for place, each in enumerate(plan.rounds):
        yield from round_faults(each, ("rounds", place))
        yield from _year_faults(each, plan.year, ("rounds", place, "due"))
    try:
        plan.zone  # noqa: B018  (looked up for its error)
    except (KeyError, ValueError, OSError):
        yield Fault(
            ("time_zone",),
            _("no such time zone: {zone}").format(zone=plan.time_zone),
            _("write Asia/Ho_Chi_Minh"),
        )


def round_faults(each: Round, below: tuple[str | int, ...]) -> Iterator[Fault]:
    """A due day before the opening day."""
    if each.due < each.opens:
        yield Fault(
            (*below, "due"),
            _("round {code} is due on {due}, before it opens on {opens}").format(
                code=each.code, due=each.due, opens=each.opens
            ),
            _("make due {opens} or later, or mend opens").format(opens=each.opens),
        )


def _year_faults(each: Round, year: int, place: tuple[str | int, ...]) -> Iterator[Fault]:
    """A due day earlier than the December before the plan's year, or later than the year after: left over from the plan
    that was copied."""
    if not dt.date(year - 1, 12, 1) <= each.due <= dt.date(year + 1, 12, 31):
        yield Fault(
            place,
            _("round {code} is due on {due}, which does not belong to the plan of {year}").format(
                code=each.code, due=each.due, year=year
            ),
            _("mend the day, or the plan's year"),
        )
