"""Components with weights: what ``sum_of`` and ``mean_of`` have in common; no method of its own."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods.expression import Operand, is_blank
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Part, Path, Scale
from pipeline.rule_model import Fault, RuleModel


class Component(RuleModel):
    """An input and how much it weighs."""

    input: str = Field(title=N_("Input"))
    weight: Decimal = Field(gt=0, title=N_("Weight"))


class Weighted(RuleModel):
    """``parts`` with their weights; a component that was not entered counts as 0."""

    parts: tuple[Component, ...] = Field(min_length=1, title=N_("Part {n}"))

    @property
    def takes(self) -> Takes:
        return Takes.INPUTS

    @property
    def inputs(self) -> tuple[tuple[Path, str], ...]:
        return tuple((("parts", place, "input"), part.input) for place, part in enumerate(self.parts))

    @property
    def needs_every_input(self) -> bool:
        return False

    def highest(self, scale: Scale) -> list[Decimal | None]:
        """The highest value of each component, None where there is none."""
        inputs = [scale.input(part.input) for part in self.parts]
        return [Decimal(1) if each.yes_no else each.high for each in inputs]

    def clauses(self, scale: Scale) -> tuple[Part, ...]:
        """Clauses such as ``Chi phí gia nhập 7,5 × 0,05`` for each component."""
        return tuple(part for each in self.parts for part in _clauses_of(each, scale))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        seen: set[str] = set()
        for place, part in enumerate(self.parts):
            if part.input.casefold() in seen:
                yield Fault(
                    ("parts", place, "input"),
                    _("input {code} is weighed twice").format(code=part.input),
                    _("remove one of the two"),
                )
            seen.add(part.input.casefold())

    def describe_parts(self, scale: Scale) -> str:
        """Each component with its weight."""
        return "; ".join(f"{scale.input(each.input).name} × {number(float(each.weight))}" for each in self.parts)


def _clauses_of(part: Component, scale: Scale) -> Iterator[Part]:
    of = scale.input(part.input)
    facts: dict[str, Operand] = {"name": of.name, "value": of.entry, "weight": part.weight}
    yield Part(is_blank(of.entry), N_("{name} not entered"), facts)
    yield Part(is_blank(of.entry).equals(0), N_("{name} {value} × {weight}"), facts)
