"""``formula``: the points as Excel would write them: ``=MIN(10, actual/target*10)``.

Over ``actual``, ``target``, ``max_points`` (the criterion's standard points) and the criterion's inputs, as
:mod:`pipeline.methods.grammar` reads them. A blank entry is no 0 here, as it would be in Excel, but 0 points, as with
every method; and where Excel would show #DIV/0!, the criterion gives 0 points and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pipeline.i18n import N_, _
from pipeline.methods import written
from pipeline.methods.expression import Apply, Expr, Operand
from pipeline.methods.grammar import FormulaWrong, divisors, read_formula, steady
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Case, Method, Path, Scale
from pipeline.rule_model import Fault

DEEPEST = 40
"""How deep functions may be nested in what a cell is given; Excel takes 64, and each output adds a few of its own."""


class Formula(Method):
    """``formula`` is the text; what it gives counts within 0 and the criterion's standard points."""

    about = N_(
        "A formula as in Excel, in quotes, over actual (the result), target, max_points (the standard points) and "
        "the codes of the criterion's inputs. A blank cell or a division by 0 gives 0 points."
    )

    method: Literal["formula"]
    formula: written.Text = Field(title=N_("Formula"))

    @property
    def takes(self) -> Takes:
        return written.takes([self.formula])

    @property
    def needs_target(self) -> bool:
        return "target" in written.own_names([self.formula])

    @property
    def inputs(self) -> tuple[tuple[Path, str], ...]:
        return tuple((("formula",), name) for name in written.input_names(self.formula))

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        whole = read_formula(self.formula, written.meanings(scale))
        facts: dict[str, Operand] = {"formula": "=" + written.shown(self.formula)}
        divided = N_("formula {formula} with {parts} divides by 0: 0 points")
        given = N_("formula {formula} with {parts}, at most {max}: {points} points")
        parts = written.entries([self.formula], scale)
        by_zero = (Case(each, 0, divided, facts, parts) for each in divisors(whole))
        return (*by_zero, Case(None, steady(whole), given, facts, parts))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        try:
            whole = read_formula(self.formula, written.meanings(scale))
        except FormulaWrong as wrong:
            yield written.wrong_text(("formula",), wrong)
            return
        if "actual" not in written.own_names([self.formula]) and not self.inputs:
            yield Fault(
                ("formula",),
                _("the formula does not look at the result"),
                _("use actual in it, the result that the unit enters"),
            )
        if len(divisors(whole)) + _depth(whole) > DEEPEST - len(self.inputs):
            yield Fault(("formula",), _("the formula is too much for one cell"), _("make two criteria of it"))

    def describe(self, scale: Scale) -> str:
        words = _("formula {formula}").format(formula="=" + written.shown(self.formula))
        return words + written.legend([self.formula], scale)


def _depth(expr: Expr) -> int:
    return 1 + max(map(_depth, expr.args), default=0) if isinstance(expr, Apply) else 0
