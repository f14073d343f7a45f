"""A formula as officers write it in Excel, read into an expression: ``=MIN(10, actual/target*10)``.

In: the text and what each name stands for. Out: an :class:`~pipeline.methods.expression.Expr`, or :class:`FormulaWrong`
with the place in the text, what is wrong there and what would be right. Nothing is ever run as Python.

What may be written: the names, numbers, ``%``, parentheses, ``+ - * /``, ``= <> < > <= >=`` and the functions MIN MAX
SUM ABS ROUND INT IF AND OR NOT, in capitals or small letters, with Excel's order of operations. Arguments are parted
by ``,`` and decimals by ``.``, or, as Vietnamese settings have it, arguments by ``;`` and decimals by ``,``.

Promise: spreadsheets and exact arithmetic agree on the values. What is compared, and what INT or ROUND cuts, is first
rounded to nine decimals (:func:`steady`), because programs differ in whether 1000.1 - 1000 is 0.1. What Excel reads
in a way that people do not expect is refused: a chain of comparisons, a comparison where a number belongs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NoReturn, TypeVar

from pipeline.i18n import _
from pipeline.methods.expression import Apply, Expr, Number, added, call, rounded

_T = TypeVar("_T")

STEADY = 9
"""Decimals to which a computed number is rounded before it is compared or cut."""

DEEPEST = 12
"""How many parentheses, functions and signs may stand inside one another; Excel's own limit is 64."""


class FormulaWrong(Exception):
    """A text that is no formula: ``place`` counts characters from 1 as they stand in the rule file."""

    def __init__(self, place: int, found: str, what: str, remedy: str) -> None:
        self.place, self.found, self.what, self.remedy = place, found, what, remedy
        super().__init__(what)


def read_formula(text: str, names: Mapping[str, Expr]) -> Expr:
    """The points that ``text`` says, as an expression over ``names`` (in small letters). Raises FormulaWrong."""
    return _Reader(text, names).points()


def read_condition(text: str, names: Mapping[str, Expr]) -> Expr:
    """The condition that ``text`` says, such as ``actual>=99``. Raises FormulaWrong."""
    return _Reader(text, names).condition()


def names_in(text: str) -> list[str]:
    """The names in a text, as they are written, functions left out; none of a text that is no formula."""
    try:
        tokens = _tokens(text)
    except FormulaWrong:
        return []
    named = [at.text for at, after in pairwise(tokens) if at.kind == "name" and after.text != "("]
    return list(dict.fromkeys(named))


def reserved() -> frozenset[str]:
    """Words that have a meaning in a formula, in small letters."""
    return frozenset(each.lower() for each in (*_FUNCTIONS, "target", "actual", "max_points"))


def steady(expr: Expr) -> Expr:
    """``expr`` fit to be compared or cut: rounded to nine decimals where it has been computed."""
    return rounded(expr, STEADY) if _computes(expr) else expr


def divisors(expr: Expr) -> list[Expr]:
    """Where ``expr`` divides by zero: conditions to be asked in this order, each only where those before it are false.

    So asked, none of them divides by zero itself. A branch of IF that is not taken divides by nothing.
    """
    match expr:
        case Apply("IF", (condition, then, otherwise)):
            taken = [call("IF", condition, each, 0) for each in divisors(then)]
            left = [call("IF", condition, 0, each) for each in divisors(otherwise)]
            return list(dict.fromkeys([*divisors(condition), *taken, *left]))
        case Apply(op, args):
            inner = [each for arg in args for each in divisors(arg)]
            by_zero = [steady(args[1]).equals(0)] if op == "/" and not isinstance(args[1], Number) else []
            return list(dict.fromkeys([*inner, *by_zero]))
    return []


def _computes(expr: Expr) -> bool:
    """Whether ``expr`` is computed in floats, whose last digits may differ from the decimal result."""
    match expr:
        case Apply("ROUND" | "INT", _args):
            return False
        case Apply("+" | "-" | "*" | "/", _args):
            return True
        case Apply(_op, args):
            return any(map(_computes, args))
    return False


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int


_SIGNS = r"(?P<name>[^\W\d]\w*)|(?P<compare><=|>=|<>|[=<>])|(?P<sign>[-+*/%()])"
_POINT = re.compile(rf"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|{_SIGNS}|(?P<comma>,)|(?P<end>$)|(?P<other>.))", re.S)
_COMMA = re.compile(rf"\s*(?:(?P<number>\d+(?:,\d+)?|,\d+)|{_SIGNS}|(?P<comma>;)|(?P<end>$)|(?P<other>.))", re.S)


def _tokens(text: str) -> list[_Token]:
    start = re.match(r"\s*=?", text).end()  # type: ignore[union-attr]
    vietnamese = ";" in text
    found = []
    for match in (_COMMA if vietnamese else _POINT).finditer(text, start):
        kind = match.lastgroup or "end"
        token = _Token(kind, match.group(kind), match.start(kind) + 1)
        if kind == "other":
            _wrong(token, _("this sign does not belong in a formula"), _other_remedy(token.text, vietnamese))
        found.append(token)
        if kind == "end":
            break
    return found


def _other_remedy(sign: str, vietnamese: bool) -> str:
    if vietnamese and sign in ".,":
        return _("write all of it as MIN(10, actual*0.5) or all of it as MIN(10; actual*0,5)")
    return _("use names, numbers, functions and + - * / % ( ) = <> < > <= >=")


def _wrong(at: _Token, what: str, remedy: str) -> NoReturn:
    raise FormulaWrong(at.place, at.text, what, remedy)


class _Reader:
    """Reads from left to right; each method below reads one thing, the loosest binding first.

    A truth (a comparison, AND, OR, NOT) and a number are kept apart; only ``+ - * /`` take a truth, as 1 or 0.
    """

    def __init__(self, text: str, names: Mapping[str, Expr]) -> None:
        self.tokens, self.at, self.depth = _tokens(text), 0, 0
        self.names = names

    @property
    def here(self) -> _Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> bool:
        """Whether one of ``texts`` stands here; steps over it."""
        found = self.here.text.upper() in texts and self.here.kind != "end"
        self.at += found
        return found

    def points(self) -> Expr:
        start = self.here
        return _number(self._whole(), start)

    def condition(self) -> Expr:
        start = self.here
        return _truth(self._whole(), start)

    def _whole(self) -> Expr:
        whole = self.comparison()
        if self.here.kind != "end":
            _wrong(self.here, _("the formula should end here"), self._ending_remedy())
        return whole

    def _ending_remedy(self) -> str:
        if self.here.kind == "comma":
            return _("write decimals with a point: 0.5; a comma parts the arguments of a function")
        return _("put + - * / or a comparison between two values, and remove parentheses that nothing opened")

    def comparison(self) -> Expr:
        start, left = self.here, self.sum()
        if self.here.kind != "compare":
            return left
        sign = self._step()
        right_start, right = self.here, self.sum()
        if self.here.kind == "compare":
            _wrong(
                self.here,
                _("two comparisons follow one another, which Excel does not read as one might think"),
                _("write AND(90<=actual, actual<95)"),
            )
        sides = (steady(_number(left, start)), steady(_number(right, right_start)))
        return call("NOT", Apply("=", sides)) if sign.text == "<>" else Apply(sign.text, sides)

    def sum(self) -> Expr:
        value = self.product()
        while self.here.text in ("+", "-"):
            sign = self._step().text
            value = Apply(sign, (value, self.product()))
        return value

    def product(self) -> Expr:
        value = self.signed()
        while self.here.text in ("*", "/"):
            sign = self._step().text
            start, factor = self.here, self.signed()
            if sign == "/" and isinstance(factor, Number) and not factor.value:
                _wrong(start, _("this divides by 0"), _("divide by something else"))
            value = Apply(sign, (value, factor))
        return value

    def signed(self) -> Expr:
        if self.take("-"):
            value = self._deeper(self.signed)
            return Number(-value.value) if isinstance(value, Number) else -value
        if self.take("+"):
            return self._deeper(self.signed)
        return self.percentage()

    def percentage(self) -> Expr:
        value = self.value()
        while self.take("%"):
            value = Number(value.value / 100) if isinstance(value, Number) else value / 100
        return value

    def value(self) -> Expr:
        token = self._step()
        if token.kind == "number":
            return _literal(token)
        if token.text == "(":
            inside = self._deeper(self.comparison)
            self._close(token)
            return inside
        if token.kind == "name":
            return self._named(token)
        if token.kind == "end":
            _wrong(token, _("the formula stops where a value is due"), _("write a name or a number at its end"))
        _wrong(token, _("a value is due here"), _("write a name, a number, a function or “(”"))

    def _named(self, token: _Token) -> Expr:
        function = _FUNCTIONS.get(token.text.upper())
        if function and self.here.text == "(":
            opening = self._step()
            arguments = self._deeper(self._arguments)
            self._close(opening)
            return function(token, arguments)
        if token.text.lower() in self.names:
            return self.names[token.text.lower()]
        if function:
            _wrong(
                token,
                _("a function needs its arguments in parentheses"),
                _("write {name}(…)").format(name=token.text.upper()),
            )
        known = _("use one of: {expected}").format(expected=", ".join([*self.names, *_FUNCTIONS]))
        what = _("there is no such function") if self.here.text == "(" else _("there is no such name")
        _wrong(token, what, known)

    def _arguments(self) -> list[tuple[_Token, Expr]]:
        found = [(self.here, self.comparison())]
        while self.here.kind == "comma":
            self._step()
            found.append((self.here, self.comparison()))
        return found

    def _close(self, opening: _Token) -> None:
        if not self.take(")"):
            _wrong(opening, _("this parenthesis is not closed"), _("add “)”, or put the whole formula in quotes"))

    def _step(self) -> _Token:
        token = self.here
        self.at += token.kind != "end"
        return token

    def _deeper(self, read: Callable[[], _T]) -> _T:
        self.depth += 1
        if self.depth > DEEPEST:
            _wrong(self.here, _("too many parentheses inside one another"), _("make two criteria of it"))
        value = read()
        self.depth -= 1
        return value


Arguments = list[tuple[_Token, Expr]]


def _literal(token: _Token) -> Expr:
    if len(token.text) > 15:
        _wrong(token, _("a spreadsheet keeps 15 digits of a number"), _("write fewer digits"))
    return Number(Decimal(token.text.replace(",", ".")))


def _is_truth(expr: Expr) -> bool:
    match expr:
        case Apply("IF", (_condition, then, _otherwise)):
            return _is_truth(then)
        case Apply(op, _args):
            return op in ("=", "<", ">", "<=", ">=", "AND", "OR", "NOT")
    return False


def _number(expr: Expr, at: _Token) -> Expr:
    if _is_truth(expr):
        _wrong(at, _("this is true or false, and a number is due"), _("write IF(condition, points, other points)"))
    return expr


def _truth(expr: Expr, at: _Token) -> Expr:
    if not _is_truth(expr):
        _wrong(at, _("this is a number, and a condition is due"), _("write a comparison, for example actual>=95"))
    return expr


def _count(function: _Token, arguments: Arguments, expected: int) -> None:
    if len(arguments) != expected:
        what = _("{function} needs {expected} arguments, and has {count}")
        facts = {"function": function.text.upper(), "expected": expected, "count": len(arguments)}
        _wrong(function, what.format(**facts), _SHAPES[function.text.upper()])


_SHAPES = {
    "IF": "IF(actual>=target, 10, 5)",
    "ROUND": "ROUND(actual/target*10, 2)",
    "NOT": "NOT(actual>target)",
    "ABS": "ABS(actual-target)",
    "INT": "INT(actual/5)",
}


def _many(function: _Token, arguments: Arguments) -> Expr:
    return call(function.text.upper(), *(_number(each, at) for at, each in arguments))


def _sum(function: _Token, arguments: Arguments) -> Expr:
    return added(_number(each, at) for at, each in arguments)


def _abs(function: _Token, arguments: Arguments) -> Expr:
    _count(function, arguments, 1)
    return _many(function, arguments)


def _int(function: _Token, arguments: Arguments) -> Expr:
    _count(function, arguments, 1)
    return call("INT", steady(_number(arguments[0][1], arguments[0][0])))


def _round(function: _Token, arguments: Arguments) -> Expr:
    _count(function, arguments, 2)
    (at, value), (place, decimals) = arguments
    if not isinstance(decimals, Number) or decimals.value not in range(STEADY):
        _wrong(place, _("ROUND needs a whole number of decimals, from 0 to 8"), _SHAPES["ROUND"])
    return rounded(steady(_number(value, at)), int(decimals.value))


def _if(function: _Token, arguments: Arguments) -> Expr:
    _count(function, arguments, 3)
    (at, condition), (_then_at, then), (otherwise_at, otherwise) = arguments
    alike = _truth if _is_truth(then) else _number
    return call("IF", _truth(condition, at), then, alike(otherwise, otherwise_at))


def _conditions(function: _Token, arguments: Arguments) -> Expr:
    return call(function.text.upper(), *(_truth(each, at) for at, each in arguments))


def _not(function: _Token, arguments: Arguments) -> Expr:
    _count(function, arguments, 1)
    return _conditions(function, arguments)


_FUNCTIONS: dict[str, Callable[[_Token, Arguments], Expr]] = {
    "MIN": _many,
    "MAX": _many,
    "SUM": _sum,
    "ABS": _abs,
    "ROUND": _round,
    "INT": _int,
    "IF": _if,
    "AND": _conditions,
    "OR": _conditions,
    "NOT": _not,
}
