"""What a unit enters; and named inputs: numbers and answers that a criterion asks for one by one, each in its own row.

In: what a rule file says under ``inputs`` of a criterion. Out: :class:`Input`, which a scoring method reads by its
code. A form, a frame and a finding know the row by ``<criterion>.<input>``, for example ``KT1.SL``: an input is a row
as a criterion is one, with its result in the same column, and never has points of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import StringConstraints

from pipeline.answers import translated_answer, yes_no
from pipeline.i18n import number
from pipeline.methods.expression import Expr, Ref, call, is_blank
from pipeline.rule_model import Name, RuleModel

InputCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]{0,11}$")]
"""A letter, then letters and digits, so that a formula can name it and ``KT1.SL`` can be read in one way only."""


class Takes(StrEnum):
    """What a unit enters for a criterion: a number, one of the listed levels, its own points, or named inputs alone."""

    NUMBER = "number"
    CHOICE = "choice"
    POINTS = "points"
    INPUTS = "inputs"


class Input(RuleModel):
    """One number that the unit types, or, with ``yes_no``, one answer that it chooses.

    ``low``, ``high``, ``whole`` and ``required`` as for a criterion.
    """

    code: InputCode
    name: Name
    unit: str = ""
    low: Decimal = Decimal(0)
    high: Decimal | None = None
    whole: bool = False
    yes_no: bool = False
    required: bool | None = None
    guidance: str = ""

    @property
    def takes(self) -> Takes:
        """What the unit enters."""
        return Takes.CHOICE if self.yes_no else Takes.NUMBER

    @property
    def options(self) -> tuple[str, ...]:
        """What the unit may choose from."""
        return yes_no() if self.yes_no else ()

    @property
    def column(self) -> str:
        """The column of the entries, beside ``target`` and ``actual``."""
        return f"input.{self.code}"

    @property
    def cell_column(self) -> str:
        """The column of the cells that the entries came from."""
        return f"cell.{self.code}"

    @property
    def no_data_column(self) -> str:
        """The column that says whether the unit has no data."""
        return f"none.{self.code}"

    @property
    def entry(self) -> Ref:
        """The entry itself."""
        return Ref(self.column)

    @property
    def value(self) -> Expr:
        """The entry in a formula: a number, or whether the answer was yes."""
        return self.entry.equals(self.options[0]) if self.yes_no else self.entry

    @property
    def happened(self) -> Expr:
        """Whether there is any case."""
        return self.value if self.yes_no else self.entry > 0

    @property
    def count(self) -> Expr:
        """How many cases there are: 0 where nothing was entered, 1 for a yes."""
        if self.yes_no:
            return call("IF", self.value, 1, 0)
        return call("IF", is_blank(self.entry), 0, self.entry)


class Given(NamedTuple):
    """What a unit entered for one input, and the cell that it came from."""

    code: str
    value: float | str
    cell: str

    @property
    def shown(self) -> str:
        """``SL = 12``, and a dash for what was left blank."""
        value = translated_answer(self.value) if isinstance(self.value, str) else number(self.value)
        return f"{self.code} = {value or '–'}"


def shown(inputs: Iterable[Given]) -> str:
    """``SL = 12; TH = –``."""
    return "; ".join(each.shown for each in inputs)


def row_code(criterion: str, code: str) -> str:
    """How the row of an input is known: ``KT1.SL``."""
    return f"{criterion}.{code}"
