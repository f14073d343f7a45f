"""Arithmetic written once: computed over columns, printed as an Excel formula, shown in words.

In: an expression built from :data:`TARGET`, :data:`ACTUAL`, :data:`CLAIMED`, :data:`CHOICE` and numbers.
Out: its values (:func:`evaluate`), or its text in a spreadsheet (:func:`to_excel`).

Promise: the values are those of exact decimal arithmetic on the numbers as typed (15 significant digits, as
spreadsheets hold them). Columns are computed in binary floats, fast, and each ROUND marks the rows that lie so
near a tie that a float could fall on the wrong side; just those rows are computed again with fractions.
A comparison is exact where both sides are inputs, numbers or ROUNDed, and so is INT, which is why a scoring method
rounds a percentage before it compares it or counts whole steps of it. Texts compare without regard to case, as in a
spreadsheet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial, reduce
from math import copysign, floor, inf, isfinite, nan
from typing import Any

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
    """A decimal number."""

    value: Decimal


@dataclass(frozen=True)
class Text(Expr):
    """A text, such as the name of a level."""

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


Operand = Expr | Decimal | int | str

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
    """``call("MIN", a, b)``: MIN MAX ROUND INT IF AND OR NOT ABS."""
    return Apply(function, tuple(lift(a) for a in args))


def added(terms: Iterable[Expr]) -> Expr:
    """The sum of terms, of which there is one at least."""
    return reduce(lambda left, right: left + right, terms)


def is_blank(ref: Ref) -> Expr:
    """True where the cell is empty."""
    return Apply("BLANK", (ref,))


def rounded(expr: Operand, decimals: int) -> Expr:
    """``expr`` rounded half away from zero, as Excel's ROUND; a constant is rounded at once."""
    node = lift(expr)
    if isinstance(node, Number):
        return Number(_plain(_round_fraction(Fraction(node.value), decimals)))
    return Apply("ROUND", (node, lift(decimals)))


# --- values -----------------------------------------------------------------------------------------


def evaluate(expr: Expr, columns: Columns) -> np.ndarray:
    """The values of ``expr``, one for each row of ``columns``; NaN where a blank enters the arithmetic.

    Rows whose rounding a float could get wrong are computed with fractions, so that 2.675 rounds to 2.68.
    """
    size = len(next(iter(columns.values())))
    doubtful = np.zeros(size, dtype=bool)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(_vector(expr, columns, doubtful), (size,)).copy()
    if doubtful.any():
        _settle(expr, columns, np.flatnonzero(doubtful & np.isfinite(values)), values)
    return values


def _settle(expr: Expr, columns: Columns, rows: np.ndarray, values: np.ndarray) -> None:
    """Put the exact value into the doubtful ``rows``.

    Most of them are true ties, and true ties come from few different inputs (97 % of 2.5 points), so equal inputs
    are computed once.
    """
    inputs = {name: columns[name][rows].tolist() for name in sorted(_names(expr))}
    known: dict[tuple[Any, ...], float] = {}
    for place, row in enumerate(rows):
        key = tuple(column[place] for column in inputs.values())
        if key not in known:
            known[key] = float(evaluate_exactly(expr, dict(zip(inputs, key, strict=True))))
        values[row] = known[key]


def _names(expr: Expr) -> set[str]:
    if isinstance(expr, Ref):
        return {expr.name}
    return set().union(*map(_names, expr.args)) if isinstance(expr, Apply) else set()


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
            return np.isnan(column) if column.dtype.kind in "fiu" else column == ""
        case Apply("ROUND", (inner, Number(decimals))):
            return _round_column(_vector(inner, columns, doubtful), int(decimals), doubtful)
        case Apply(op, args):
            return _VECTOR[op](*(_vector(arg, columns, doubtful) for arg in args))
    raise TypeError(f"not an expression: {expr!r}")


def _fold(function: Any) -> Any:
    return lambda *args: reduce(function, args)


_VECTOR: dict[str, Any] = {
    "+": partial(np.add, dtype=float),  # true counts as 1
    "-": partial(np.subtract, dtype=float),
    "*": partial(np.multiply, dtype=float),
    "/": np.divide,
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
    "=": lambda a, b: np.equal(_caseless(a), _caseless(b)),
    "MIN": _fold(np.minimum),
    "MAX": _fold(np.maximum),
    "IF": np.where,
    "AND": _fold(np.logical_and),
    "OR": _fold(np.logical_or),
    "NOT": np.logical_not,
    "ABS": np.abs,
    "INT": np.floor,
}


def _caseless(value: Any) -> Any:
    if isinstance(value, str):
        return value.casefold()
    is_text = isinstance(value, np.ndarray) and value.dtype.kind in "OUT"
    return np.array([text.casefold() for text in value], dtype=object) if is_text else value


def _round_column(values: Any, decimals: int, doubtful: np.ndarray) -> Any:
    scale = 10.0**decimals
    scaled = np.abs(values) * scale
    fraction = scaled - np.floor(scaled)
    # Typing keeps 15 digits, so a factor is good to 5e-15 of its size; a few of them and a margin make it 1e-13.
    # A difference can lose digits: 1e-6 covers operands up to a billion steps of the last decimal.
    near = np.abs(fraction - 0.5) <= np.maximum(1e-6, scaled * 1e-13)
    np.logical_or(doubtful, near, out=doubtful)
    return np.copysign(np.floor(scaled + 0.5) / scale, values) + 0.0  # no minus zero


def exact(value: float) -> Fraction | float:
    """The decimal number that a person typed to get ``value``: 0.1 is one tenth. NaN and infinity stay floats."""
    return Fraction(f"{value:.15g}") if isfinite(value) else float(value)


def evaluate_exactly(expr: Expr, row: Mapping[str, Any]) -> Any:
    """One row with fractions; a branch that is not taken is not computed (it may divide by zero)."""
    match expr:
        case Number(value):
            return Fraction(value)
        case Text(value):
            return value
        case Ref(name):
            return row[name] if isinstance(row[name], str) else exact(row[name])
        case Apply("BLANK", (Ref(name),)):
            return row[name] in ("", None) or row[name] != row[name]
        case Apply("IF", (condition, then, otherwise)):
            return evaluate_exactly(then if evaluate_exactly(condition, row) else otherwise, row)
        case Apply("AND", args):
            return all(evaluate_exactly(arg, row) for arg in args)
        case Apply("OR", args):
            return any(evaluate_exactly(arg, row) for arg in args)
        case Apply("ROUND", (inner, Number(decimals))):
            return _round_fraction(evaluate_exactly(inner, row), int(decimals))
        case Apply(op, args):
            return _EXACT[op](*(evaluate_exactly(arg, row) for arg in args))
    raise TypeError(f"not an expression: {expr!r}")


_EXACT: dict[str, Any] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else copysign(inf, a) if a else nan,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: _caseless(a) == _caseless(b),
    "MIN": min,
    "MAX": max,
    "NOT": lambda a: not a,
    "ABS": abs,
    "INT": lambda a: floor(a) if isfinite(a) else a,
}


def _round_fraction(value: Fraction, decimals: int) -> Fraction:
    if not isfinite(value):
        return value
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def _plain(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


# --- the same thing in a spreadsheet ----------------------------------------------------------------

_BINDING = {"BLANK": 1, "=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "+": 2, "-": 2, "*": 3, "/": 3}


def to_excel(expr: Expr, cells: Mapping[str, str], percentages: Collection[str] = ()) -> str:
    """``expr`` as the text of an Excel formula, without the leading ``=``.

    ``cells`` names the cell of each column, for example ``{"actual": "E7", "target": "D7"}``. ``percentages``: columns
    that hold percentages as plain numbers, 97 for 97 %, in whose cells a person may type ``97%``, which is kept as 0.97
    with a percent format.
    """
    match expr:
        case Number(value):
            return f"{value.normalize():f}"
        case Text(value):
            return '"' + value.replace('"', '""') + '"'
        case Ref(name):
            return _as_shown(cells[name]) if name in percentages else cells[name]
        case Apply("BLANK", (Ref(name),)):
            return f'{cells[name]}=""'
        case Apply(op, (left, right)) if op in _BINDING:
            bind = _BINDING[op]
            first, second = _operand(left, cells, percentages, bind), _operand(right, cells, percentages, bind + 1)
            return f"{first}{op}{second}"
        case Apply(op, args):
            return f"{op}({','.join(to_excel(arg, cells, percentages) for arg in args)})"
    raise TypeError(f"not an expression: {expr!r}")


def _as_shown(cell: str) -> str:
    """The number of a cell, a hundredfold where its format shows a percentage; not all programs know formats."""
    return f'({cell}*100^IFERROR(LEFT(CELL("format",{cell}))="P",0))'


def _operand(expr: Expr, cells: Mapping[str, str], percentages: Collection[str], needed: int) -> str:
    text = to_excel(expr, cells, percentages)
    loose = isinstance(expr, Apply) and _BINDING.get(expr.op, 9) < needed
    negative = isinstance(expr, Number) and expr.value < 0
    return f"({text})" if loose or negative else text
