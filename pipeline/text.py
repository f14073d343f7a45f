"""Texts: when two are the same, and how foreign ones are shown and stored without harm.

In: what a cell, a file name or a letter holds. Out: text in composed Unicode; a form to compare by; a form that steers
no terminal; a form that is no formula in a CSV file. Nothing here raises.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

LARGEST = 1e15
"""Beyond this a float no longer tells neighbouring whole numbers apart."""


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def text_of(value: Any) -> str:
    """A cell's value as text, in composed Unicode with single spaces (names come decomposed from macOS)."""
    if isinstance(value, str):
        if not value.isascii():
            value = _INVISIBLE.sub("", unicodedata.normalize("NFC", value))
        return " ".join(value.split())
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < LARGEST else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return f"{value:%d/%m/%Y %H:%M}" if value.time() != dt.time() else f"{value:%d/%m/%Y}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def same(text: str) -> str:
    """What two texts are compared by: composed, single-spaced, without regard to case. Diacritics stay."""
    return text_of(text).casefold()


_STEERING = ("Cc", "Cf", "Zl", "Zp")
"""Characters that steer: control, direction of writing, ends of lines."""


def plain(text: str) -> str:
    """Foreign text in one line, without control and direction-changing characters, which could rewrite a terminal's
    screen."""
    return re.sub(r"\s+", " ", harmless(text).replace("\n", "�"))


def harmless(text: str) -> str:
    """The same for a text of ours with foreign words in it, whose lines stay."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in _STEERING else "�" for c in text)


def one_after_the_other(sentences: Sequence[str]) -> str:
    """Sentences with a full stop between them; all but the first get a capital letter."""
    capital = [each[:1].upper() + each[1:] if place else each for place, each in enumerate(sentences)]
    return ". ".join([*(each.rstrip(".") for each in capital[:-1]), *capital[-1:]])


def natural_order(name: str) -> list[tuple[int, str]]:
    """Sort key under which ``thon-1 (10)`` follows ``thon-1 (9)``."""
    return [(int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in re.split(r"(\d+)", name)]


# --- in CSV -------------------------------------------------------------------------------------------

_SIGN = "'*[=+\\-@\t\r\n＝＋－＠]"
_TO_GUARD = re.compile(rf"(\A|[;\t\r\n])(?={_SIGN})")
_GUARDED = re.compile(rf"(\A|[;\t\r\n])'(?={_SIGN})")
_SAFE = re.compile(rf"(?!{_SIGN})[^;\t\r\n]*(;(?!{_SIGN})[^;\t\r\n]*)*").fullmatch
"""Nearly every text; to know that is ten times quicker than to guard it."""


def guarded(text: str) -> str:
    """A text for a CSV file, with an apostrophe before each sign that a spreadsheet would take for a formula's."""
    return text if _SAFE(text) else _TO_GUARD.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """The text that :func:`guarded` was given."""
    return _GUARDED.sub(r"\1", text)
