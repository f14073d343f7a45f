"""Arithmetic written once: computed over columns, printed as an Excel formula, shown in words.

In: an expression built from :data:`TARGET`, :data:`ACTUAL`, :data:`CLAIMED`, :data:`CHOICE` and numbers.
Out: its values (:func:`evaluate`), or its text in a spreadsheet (:func:`to_excel`).

Promise: the values are those of exact decimal arithmetic. Columns are computed in binary floats, fast, and
each ROUND marks the rows that lie so near a tie that a float could fall on the wrong side; just those rows
are computed again with fractions. A comparison is exact where both sides are inputs, numbers or ROUNDed,
which is why a scoring method rounds a percentage before it compares it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Union

import numpy as np

Columns = Mapping[str, np.ndarray]
"""Name -> values of one column: floats with NaN for blank; for ``choice`` strings with "" for blank."""


class Expr:
    """A node of an expression; ``+ - * / >= <= > <`` build new ones."""

    def __add__(self, other: Operand) -> Expr:
        return Apply("+", (self, lift(other)))

    def __sub__(self, other: Operand) -> Expr:
        return Apply("-", (self, lift(other)))

    def __mul__(self, other: Operand) -> Expr:
        return Apply("*", (self, lift(other)))

    def __truediv__(self, other: Operand) -> Expr:
        return Apply("/", (self, lift(other)))

    def __neg__(self) -> Expr:
        return Apply("-", (Number(Decimal(0)), self))

    def __ge__(self, other: Operand) -> Expr:
        return Apply(">=", (self, lift(other)))

    def __le__(self, other: Operand) -> Expr:
        return Apply("<=", (self, lift(other)))

    def __gt__(self, other: Operand) -> Expr:
        return Apply(">", (self, lift(other)))

    def __lt__(self, other: Operand) -> Expr:
        return Apply("<", (self, lift(other)))

    def equals(self, other: Operand) -> Expr:
        """Equality, which Python's ``==`` cannot be without breaking sets and tests."""
        return Apply("=", (self, lift(other)))


@dataclass(frozen=True)
class Number(Expr):
    value: Decimal


@dataclass(frozen=True)
class Text(Expr):
    value: str


@dataclass(frozen=True)
class Ref(Expr):
    """A column of the unit's row, by name."""

    name: str


@dataclass(frozen=True)
class Apply(Expr):
    """An operator or one of the spreadsheet functions below, applied to arguments."""

    op: str
    args: tuple[Expr, ...]


Operand = Union[Expr, Decimal, int, str]

TARGET = Ref("target")
ACTUAL = Ref("actual")
CLAIMED = Ref("claimed")
CHOICE = Ref("choice")


def lift(value: Operand) -> Expr:
    """A plain number or text as an expression."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, str):
        return Text(value)
    return Number(Decimal(value))


def call(function: str, *args: Operand) -> Expr:
    """``call("MIN", a, b)``: MIN MAX ROUND IF AND OR ABS."""
    return Apply(function, tuple(lift(a) for a in args))


def is_blank(ref: Ref) -> Expr:
    """True where the cell is empty."""
    return Apply("BLANK", (ref,))


def rounded(expr: Operand, decimals: int) -> Expr:
    """``expr`` rounded half away from zero, as Excel's ROUND; a constant is rounded here and now."""
    node = lift(expr)
    if isinstance(node, Number):
        return Number(_plain(_round_fraction(Fraction(node.value), decimals)))
    return Apply("ROUND", (node, lift(decimals)))


# --- values -----------------------------------------------------------------------------------------


def evaluate(expr: Expr, columns: Columns) -> np.ndarray:
    """The values of ``expr``, one for each row of ``columns``.

    Rows whose rounding a float could get wrong are computed with fractions, so that 2.675 rounds to 2.68.
    """
    size = len(next(iter(columns.values())))
    doubtful = np.zeros(size, dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.broadcast_to(_vector(expr, columns, doubtful), (size,)).copy()
    for row in np.flatnonzero(doubtful):
        values[row] = float(_exact(expr, {name: column[row] for name, column in columns.items()}))
    return values


def _vector(expr: Expr, columns: Columns, doubtful: np.ndarray) -> Any:
    match expr:
        case Number(value):
            return float(value)
        case Text(value):
            return value
        case Ref(name):
            return columns[name]
        case Apply("BLANK", (Ref(name),)):
            column = columns[name]
            return column == "" if column.dtype == object else np.isnan(column)
        case Apply("ROUND", (inner, Number(decimals))):
            return _round_column(_vector(inner, columns, doubtful), int(decimals), doubtful)
        case Apply(op, args):
            return _VECTOR[op](*(_vector(arg, columns, doubtful) for arg in args))
    raise TypeError(f"not an expression: {expr!r}")


def _fold(function: Any) -> Any:
    def folded(*args: Any) -> Any:
        result = args[0]
        for arg in args[1:]:
            result = function(result, arg)
        return result

    return folded


_VECTOR: dict[str, Any] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
    "=": np.equal,
    "MIN": _fold(np.minimum),
    "MAX": _fold(np.maximum),
    "IF": np.where,
    "AND": _fold(np.logical_and),
    "OR": _fold(np.logical_or),
    "ABS": np.abs,
}


def _round_column(values: Any, decimals: int, doubtful: np.ndarray) -> Any:
    scale = 10.0**decimals
    scaled = np.abs(values) * scale
    fraction = scaled - np.floor(scaled)
    # A float is good to about 1e-16 of its size; a few operations and a wide margin make it 1e-12.
    near = np.abs(fraction - 0.5) <= np.maximum(1e-6, scaled * 1e-12)
    np.logical_or(doubtful, near, out=doubtful)
    return np.copysign(np.floor(scaled + 0.5) / scale, values) + 0.0  # no minus zero


def exact(value: float) -> Fraction:
    """The decimal number that a person typed to get ``value``: 0.1 is one tenth."""
    return Fraction(repr(float(value)))


def _exact(expr: Expr, row: Mapping[str, Any]) -> Any:
    """One row with fractions; a branch that is not taken is not computed (it may divide by zero)."""
    match expr:
        case Number(value):
            return Fraction(value)
        case Text(value):
            return value
        case Ref(name):
            return row[name] if isinstance(row[name], str) else exact(row[name])
        case Apply("BLANK", (Ref(name),)):
            return row[name] == "" if isinstance(row[name], str) else bool(np.isnan(row[name]))
        case Apply("IF", (condition, then, otherwise)):
            return _exact(then if _exact(condition, row) else otherwise, row)
        case Apply("AND", args):
            return all(_exact(arg, row) for arg in args)
        case Apply("OR", args):
            return any(_exact(arg, row) for arg in args)
        case Apply("ROUND", (inner, Number(decimals))):
            return _round_fraction(_exact(inner, row), int(decimals))
        case Apply(op, args):
            return _EXACT[op](*(_exact(arg, row) for arg in args))
    raise TypeError(f"not an expression: {expr!r}")


_EXACT: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
    "MIN": min,
    "MAX": max,
    "ABS": abs,
}


def _round_fraction(value: Fraction, decimals: int) -> Fraction:
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def _plain(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


# --- the same thing in a spreadsheet ----------------------------------------------------------------

_BINDING = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "+": 2, "-": 2, "*": 3, "/": 3}


def to_excel(expr: Expr, cells: Mapping[str, str]) -> str:
    """``expr`` as the text of an Excel formula, without the leading ``=``.

    ``cells`` names the cell of each column, for example ``{"actual": "E7", "target": "D7"}``.
    """
    match expr:
        case Number(value):
            return f"{value.normalize():f}"
        case Text(value):
            return '"' + value.replace('"', '""') + '"'
        case Ref(name):
            return cells[name]
        case Apply("BLANK", (Ref(name),)):
            return f'{cells[name]}=""'
        case Apply(op, (left, right)) if op in _BINDING:
            bind = _BINDING[op]
            return f"{_operand(left, cells, bind)}{op}{_operand(right, cells, bind + 1)}"
        case Apply(op, args):
            return f"{op}({','.join(to_excel(arg, cells) for arg in args)})"
    raise TypeError(f"not an expression: {expr!r}")


def _operand(expr: Expr, cells: Mapping[str, str], needed: int) -> str:
    text = to_excel(expr, cells)
    loose = isinstance(expr, Apply) and _BINDING.get(expr.op, 9) < needed
    negative = isinstance(expr, Number) and expr.value < 0
    return f"({text})" if loose or negative else text
