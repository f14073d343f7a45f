"""No regular expression of ours takes longer than by the length of a foreign text, whatever stands in that.

Every expression of the program meets texts made of what it looks for itself: its own first letters, again and again,
with and without what may follow them. Twice the text may take twice the time, with ample reserve, never four times.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Iterator
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import pipeline

LETTERS = 1_000
TOO_LONG = 0.01
"""Seconds. A linear one takes a hundredth of that."""

_SEARCHED = r"\.(search|findall|finditer|sub|split)\("


def expressions() -> dict[str, tuple[re.Pattern[Any], bool]]:
    """Every compiled expression that a module holds, by its pattern, and whether it is searched for, not only matched
    from the first letter on. One in a list is."""
    found: dict[str, tuple[re.Pattern[Any], bool]] = {}
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        if module.name != "pipeline.__main__":
            held_by = importlib.import_module(module.name)
            source = inspect.getsource(held_by)
            for name, value in vars(held_by).items():
                held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
                listed = [each for each in held if isinstance(each, re.Pattern)]
                if isinstance(value, re.Pattern):
                    known = found.get(str(value.pattern), (value, False))
                    found[str(value.pattern)] = value, known[1] or bool(re.search(rf"\b{name}{_SEARCHED}", source))
                found |= {str(each.pattern): (each, name not in MATCHED) for each in listed}
    return found


MATCHED = {"_NOTICES"}
"""The lists whose expressions are only matched from the first letter on."""

EXPRESSIONS = expressions()


def runs(parsed: Any) -> Iterator[str]:
    """The texts of fixed letters in an expression, and a letter of each set that it has."""
    text = ""
    for kind, value in parsed:
        if kind is kinds.LITERAL:
            text += chr(value)
            continue
        if text:
            yield text
        text = ""
        if kind is kinds.IN:
            yield next((chr(each) for of, each in value if of is kinds.LITERAL), "1")
        for inner in _inner(kind, value):
            yield from runs(inner)
    if text:
        yield text


def _inner(kind: Any, value: Any) -> list[Any]:
    """The expressions within a part of one."""
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind in (kinds.ASSERT, kinds.ASSERT_NOT):
        return [value[1]]
    return [value[3]] if kind is kinds.SUBPATTERN else list(value[1]) if kind is kinds.BRANCH else []


def attacks(pattern: re.Pattern[Any], letters: int) -> Iterator[str]:
    own = list(dict.fromkeys(runs(parser.parse(pattern.pattern, pattern.flags & re.VERBOSE))))[:8]
    fillers = dict.fromkeys([*own, "a", "1", " ", ".", '"', "<"])
    for filler in fillers:
        yield filler * (letters // len(filler)) + "\x01"
    for start in own[:4]:
        for filler in (" ", "a", "1", '"'):
            yield start + filler * letters + "\x01"
            yield (start + filler) * (letters // len(start + filler)) + "\x01"
            yield start + "1" + filler * letters + "1a1"


def seconds(pattern: re.Pattern[Any], text: Any, is_searched: bool) -> float:
    """The least of several, for the machine does other things too."""
    best = float("inf")
    for _time in range(3):
        begun = time.process_time()
        pattern.fullmatch(text)
        pattern.match(text)
        for _found in pattern.finditer(text) if is_searched else ():
            pass
        best = min(best, time.process_time() - begun)
        if best < TOO_LONG:
            break
    return best


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_it_takes_no_longer_than_by_the_length_of_the_text(name: str) -> None:
    pattern, is_searched = EXPRESSIONS[name]
    for text, longer in zip(attacks(pattern, LETTERS), attacks(pattern, 2 * LETTERS), strict=True):
        held = (text, longer) if isinstance(pattern.pattern, str) else (text.encode(), longer.encode())
        if (first := seconds(pattern, held[1], is_searched)) > TOO_LONG:
            assert first < 3 * seconds(pattern, held[0], is_searched), repr(text[:60])


def test_the_test_itself_finds_what_is_slow() -> None:
    slow = re.compile(r"<f[^>]*>x")
    assert any(seconds(slow, text, True) > TOO_LONG for text in attacks(slow, 8 * LETTERS))
