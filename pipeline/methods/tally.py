"""``tally``: cases of several kinds, each with its own points, taken off the standard points or added up.

The rubric of Sở Tài nguyên và Môi trường Tiền Giang 2022 is written so: each item starts with its points, each kind of
shortcoming takes off so much a case or once, up to a cap of its own, and all of them together up to the item's cap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import Expr, Operand, added, call, lift, rounded
from pipeline.methods.inputs import Takes
from pipeline.methods.method import FINE, Case, Method, Part, Path, Scale
from pipeline.methods.per_case import Start, starts_full_in_penalty
from pipeline.rule_model import Fault, RuleModel

if TYPE_CHECKING:
    from pipeline.methods.inputs import Input


class TallyRule(RuleModel):
    """``each`` case of ``input`` counts so many points, or any number of cases counts them ``once``.

    Below 0 they are taken off, above 0 added; ``at_most`` bounds what this rule does, in either direction.
    """

    input: str = Field(title=N_("Input"))
    each: Decimal | None = Field(default=None, title=N_("Points for each case or step"))
    once: Decimal | None = Field(default=None, title=N_("Points however many cases"))
    at_most: Decimal | None = Field(default=None, gt=0, title=N_("At most for this rule"))

    @property
    def points(self) -> Decimal:
        """The points of a case, below 0 where they are taken off."""
        return self.each or self.once or Decimal(0)

    def counted(self, of: Input) -> Expr:
        """How many points it moves, without their sign."""
        if self.each is None:
            return call("IF", of.happened, abs(self.points), 0)
        moved = of.count * abs(self.points)
        return moved if self.at_most is None else call("MIN", self.at_most, moved)


class Tally(Method):
    """``start: full`` begins with the standard points, ``none`` with nothing; in a penalty group, what is taken off
    here is taken off the total. ``off_at_most`` bounds all deductions together, ``added_at_most`` all additions."""

    about = N_(
        "Cases of several kinds, taken off the standard points or added up: points for each case (each) or for "
        "any number of them (once); points below 0 are taken off."
    )

    method: Literal["tally"]
    start: Start = "none"
    rules: tuple[TallyRule, ...] = Field(min_length=1, title=N_("Rule {n}"))
    off_at_most: Decimal | None = Field(default=None, gt=0, title=N_("All deductions at most"))
    added_at_most: Decimal | None = Field(default=None, gt=0, title=N_("All additions at most"))

    @property
    def takes(self) -> Takes:
        return Takes.INPUTS

    @property
    def inputs(self) -> tuple[tuple[Path, str], ...]:
        return tuple((("rules", place, "input"), rule.input) for place, rule in enumerate(self.rules))

    @property
    def needs_every_input(self) -> bool:
        return False

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        parts = (*(part for rule in self.rules for part in _clauses(rule, scale)), *self._caps(scale))
        if scale.penalty:
            words = N_("{parts}: {points} points")
        elif self.start == "full":
            words = N_("{max} standard points; {parts}: {points} points")
        else:
            words = N_("{parts}, at most {max}: {points} points")
        return (Case(None, rounded(self._total(scale), FINE), words, {}, parts),)

    def _total(self, scale: Scale) -> Expr:
        """What the points start with, and what is added and taken off within the caps."""
        sign = -1 if scale.penalty else 1
        rise, fall = self._moved(scale, sign), self._moved(scale, -sign)
        total = rise or lift(0)
        if self.start == "full":
            total = lift(scale.max_points) + rise if rise else lift(scale.max_points)
        return total - fall if fall else total

    def _moved(self, scale: Scale, sign: int) -> Expr | None:
        """What the rules of one sign move, within their cap; None where there are no such rules."""
        moved, most = self._sum(scale, sign), self._most(sign)
        return moved if moved is None or most is None else call("MIN", most, moved)

    def _sum(self, scale: Scale, sign: int) -> Expr | None:
        moved = [rule.counted(scale.input(rule.input)) for rule in self.rules if rule.points * sign > 0]
        return added(moved) if moved else None

    def _most(self, sign: int) -> Decimal | None:
        return self.added_at_most if sign > 0 else self.off_at_most

    def _caps(self, scale: Scale) -> Iterator[Part]:
        """Clauses for where a cap on all rules of one sign cuts, and for where there is nothing to count at all."""
        over = (
            (-1, N_("{moved} to take off in all, at most {most} counts")),
            (1, N_("{moved} to add in all, at most {most} counts")),
        )
        for sign, words in over:
            moved, most = self._sum(scale, sign), self._most(sign)
            if moved is not None and most is not None:
                yield Part(rounded(moved, FINE) > most, words, {"moved": moved, "most": most})
        some = [scale.input(rule.input).happened for rule in self.rules]
        yield Part(call("NOT", call("OR", *some)), N_("nothing to count"))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        for place, rule in enumerate(self.rules):
            yield from _rule_faults(rule, scale, ("rules", place))
        if self.start == "full" and scale.penalty:
            yield starts_full_in_penalty()
            return
        signs = {rule.points > 0 for rule in self.rules}
        falls = self.start == "full" or scale.penalty
        if signs == {falls} and not scale.lowest:
            yield Fault(
                ("rules",),
                _("the points could only stay as they start: nothing is taken off")
                if falls
                else _("the points could only stay as they start: nothing is added"),
                _("write points below 0 where they are taken off, for example each: -0.5")
                if falls
                else _("write start: full, or points above 0"),
            )

    def describe(self, scale: Scale) -> str:
        parts = [_("full points to start with")] if self.start == "full" else []
        parts += [_described(rule, scale) for rule in self.rules]
        caps = ((self.off_at_most, N_("at most {most} off in all")), (self.added_at_most, N_("at most {most} added")))
        parts += [_(words).format(most=number(float(most))) for most, words in caps if most is not None]
        return "; ".join(parts)


def _clauses(rule: TallyRule, scale: Scale) -> Sequence[Part]:
    """One rule in the explanation, where it moved points."""
    of = scale.input(rule.input)
    facts: dict[str, Operand] = {"name": of.name, "count": of.count, "points": rule.points}
    if rule.each is None:
        return (Part(of.happened, N_("{name}: {points}"), facts),)
    plain = Part(of.happened, N_("{name}: {count} × {points}"), facts)
    if rule.at_most is None:
        return (plain,)
    over = rounded(of.count * abs(rule.points), FINE) > rule.at_most
    facts = {**facts, "most": rule.at_most}
    return (
        Part(call("AND", of.happened, call("NOT", over)), plain.words, facts),
        Part(over, N_("{name}: {count} × {points}, at most {most}"), facts),
    )


def _described(rule: TallyRule, scale: Scale) -> str:
    words = N_("{name}: {points} once") if rule.each is None else N_("{name}: {points} each")
    described = _(words).format(name=scale.input(rule.input).name, points=number(float(rule.points)))
    if rule.at_most is None:
        return described
    return described + ", " + _("at most {most}").format(most=number(float(rule.at_most)))


def _rule_faults(rule: TallyRule, scale: Scale, place: Path) -> Iterator[Fault]:
    if (rule.each is None) == (rule.once is None):
        yield Fault(
            place,
            _("the rule says both each and once") if rule.each is not None else _("the rule gives no points"),
            _("write each: -0.5 for every case, or once: -0.5 however many there are"),
        )
    elif not rule.points:
        yield Fault(
            (*place, "once" if rule.each is None else "each"),
            _("0 points change nothing"),
            _("write points below 0 where they are taken off, for example each: -0.5"),
        )
    if rule.each is None and rule.at_most is not None:
        yield Fault((*place, "at_most"), _("what counts once needs no cap"), _("remove at_most"))
    below = [each for each in scale.inputs if each.code.casefold() == rule.input.casefold() and each.low < 0]
    if below:
        yield Fault(
            (*place, "input"),
            _("cases are counted from 0, and input {code} may be below").format(code=rule.input),
            _("write low: 0 or more under the input"),
        )
