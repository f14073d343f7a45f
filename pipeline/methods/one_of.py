"""``one_of``: of several things worth points, the best that was achieved counts, and only that.

Sở Tài nguyên và Môi trường Tiền Giang 2022 rewards “01 trong 02”: at least 99.0 % of the households give 1 point; at
least 99.0 % of them and 95.0 % in general give 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.i18n import N_, _, number
from pipeline.methods import written
from pipeline.methods.expression import Expr, call, is_blank
from pipeline.methods.grammar import FormulaWrong, divisors, read_condition
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Case, Method, Path, Scale, best_faults
from pipeline.rule_model import Fault, RuleModel


class Option(RuleModel):
    """``when`` is a condition as Excel writes it, over the entries, and ``points`` what it is worth."""

    when: written.Text = Field(title=N_("Condition"))
    points: Decimal = Field(gt=0, title=N_("Points"))


class OneOf(Method):
    """The option of the most points whose condition holds; a condition over something not entered does not."""

    about = N_(
        "The best that was achieved counts, and only that. Conditions are written as in Excel, over the same "
        "names as in formula."
    )

    method: Literal["one_of"]
    options_: tuple[Option, ...] = Field(min_length=1, alias="options", title=N_("Option {n}"))

    @property
    def _texts(self) -> list[str]:
        return [each.when for each in self.options_]

    @property
    def takes(self) -> Takes:
        return written.takes(self._texts)

    @property
    def needs_target(self) -> bool:
        return "target" in written.own_names(self._texts)

    @property
    def inputs(self) -> tuple[tuple[Path, str], ...]:
        texts = enumerate(self._texts)
        return tuple((("options", place, "when"), name) for place, text in texts for name in written.input_names(text))

    @property
    def needs_every_input(self) -> bool:
        return False

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        parts = written.entries(self._texts, scale)
        best_first = sorted(self.options_, key=lambda each: each.points, reverse=True)
        words = N_("{condition} with {parts}: {points} points")
        reached = (
            Case(_holds(each.when, scale), each.points, words, {"condition": written.shown(each.when)}, parts)
            for each in best_first
        )
        return (*reached, Case(None, 0, N_("nothing that gives points, with {parts}: 0 points"), {}, parts))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        for place, text in enumerate(self._texts):
            path = ("options", place, "when")
            try:
                condition = read_condition(text, written.meanings(scale))
            except FormulaWrong as wrong:
                yield written.wrong_text(path, wrong)
                continue
            if divisors(condition):
                yield Fault(
                    path, _("this condition may divide by 0"), _("multiply instead: actual>=0.95*target asks the same")
                )
            if not written.input_names(text) and "actual" not in written.own_names([text]):
                yield Fault(
                    path,
                    _("the condition does not look at what the unit enters"),
                    _("use actual or an input in it"),
                )
        yield from best_faults("options", [each.points for each in self.options_], scale)

    def describe(self, scale: Scale) -> str:
        listed = "; ".join(f"{written.shown(each.when)}: {number(float(each.points))}" for each in self.options_)
        return _("the best that holds – {options}").format(options=listed) + written.legend(self._texts, scale)


def _holds(text: str, scale: Scale) -> Expr:
    """Whether a condition holds, and nothing that it looks at is blank: a blank cell would count as 0."""
    condition = read_condition(text, written.meanings(scale))
    inputs = [scale.input(name).entry for name in dict.fromkeys(map(str.lower, written.input_names(text)))]
    return call("AND", *(call("NOT", is_blank(each)) for each in inputs), condition) if inputs else condition
