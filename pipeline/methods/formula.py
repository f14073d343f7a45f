"""``formula``: the points as Excel would write them: ``=MIN(10, actual/target*10)``.

Over ``actual``, ``target`` and ``max_points`` (the criterion's standard points), as :mod:`pipeline.grammar` reads
them. A blank entry is no 0 here, as it would be in Excel, but 0 points, as with every method; and where Excel would
show #DIV/0!, the criterion gives 0 points and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pipeline.expression import ACTUAL, TARGET, Apply, Expr, Operand, lift
from pipeline.grammar import FormulaWrong, divisors, read_formula, steady
from pipeline.i18n import N_, _
from pipeline.methods.method import Case, Fault, Method, Scale

DEEPEST = 40
"""How deep functions may be nested in what a cell is given; Excel takes 64, and each output adds a few of its own."""

_NAMES = {"actual": N_("result"), "target": N_("target"), "max_points": N_("standard points")}
_NAME = re.compile("|".join(_NAMES), re.IGNORECASE)


class Formula(Method):
    """``formula`` is the text; what it gives counts within 0 and the criterion's standard points."""

    method: Literal["formula"]
    formula: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(min_length=1, max_length=500)

    @property
    def needs_target(self) -> bool:
        return "target" in self._names

    @property
    def _names(self) -> set[str]:
        return {name.lower() for name in _NAME.findall(self.formula)}

    @property
    def _shown(self) -> str:
        """The text with its names in the reader's language."""
        return "=" + _NAME.sub(lambda name: _(_NAMES[name[0].lower()]), self.formula.removeprefix("=").lstrip())

    def _read(self, scale: Scale) -> Expr:
        names = {"actual": ACTUAL, "target": TARGET, "max_points": lift(scale.max_points)}
        return read_formula(self.formula, names)

    def cases(self, scale: Scale) -> tuple[Case, ...]:
        whole = self._read(scale)
        facts: dict[str, Operand] = {"formula": self._shown}
        if self.needs_target:
            divided = N_("formula {formula} with target {target} and result {actual} divides by 0: 0 points")
            given = N_("formula {formula} with target {target} and result {actual}, at most {max}: {points} points")
        else:
            divided = N_("formula {formula} with result {actual} divides by 0: 0 points")
            given = N_("formula {formula} with result {actual}, at most {max}: {points} points")
        by_zero = (Case(each, 0, divided, facts) for each in divisors(whole))
        return (*by_zero, Case(None, steady(whole), given, facts))

    def faults(self, scale: Scale, fixed_target: Decimal | None) -> Iterator[Fault]:
        try:
            whole = self._read(scale)
        except FormulaWrong as wrong:
            where = _("character {place}, “{found}”: {what}") if wrong.found else _("character {place}: {what}")
            what = where.format(place=wrong.place, found=wrong.found, what=wrong.what)
            yield Fault(("formula",), what, wrong.remedy)
            return
        if "actual" not in self._names:
            yield Fault(
                ("formula",),
                _("the formula does not look at the result"),
                _("use actual in it, the result that the unit enters"),
            )
        if len(divisors(whole)) + _depth(whole) > DEEPEST:
            yield Fault(("formula",), _("the formula is too much for one cell"), _("make two criteria of it"))

    def describe(self, scale: Scale) -> str:
        return _("formula {formula}").format(formula=self._shown)


def _depth(expr: Expr) -> int:
    return 1 + max(map(_depth, expr.args), default=0) if isinstance(expr, Apply) else 0
