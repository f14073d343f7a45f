"""Texts: when two are the same, and how foreign ones are shown and stored without harm.

In: what a cell, a file name or a letter holds. Out: text in composed Unicode; whether it is blank; a form to compare
by; a form that steers no terminal; a form that is no formula in a CSV file. Nothing here raises.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from itertools import chain
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


_STEERING = ("Cc", "Cf", "Zl", "Zp")
"""Characters that steer: control, direction of writing, ends of lines."""

_UNSEEN = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
"""What shows nothing, although Unicode calls it a letter or a mark: fillers and the blank of Braille."""


def _shows_nothing(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _STEERING or category == "Zs" or character in _UNSEEN or "\ufe00" <= character <= "\ufe0f"


def is_blank(value: Any) -> bool:
    """Whether a cell shows nothing: it is empty, or holds spaces, control characters and the like alone."""
    if not isinstance(value, str):
        return value is None
    return not value or value.isspace() or all(map(_shows_nothing, value))


def blanked(rows: list[list[Any]]) -> list[list[Any]]:
    """The values of a sheet, row by row, each cell that shows nothing as ""."""
    distinct = set(chain.from_iterable(rows))
    blank = {each for each in distinct if type(each) is str and each and each[0] not in _PLAIN and is_blank(each)}
    return [["" if value in blank else value for value in row] for row in rows] if blank else rows


_PLAIN = frozenset(map(chr, range(0x21, 0x7F)))
"""Characters with which nearly every text begins, and none that shows nothing."""


# --- comparing ----------------------------------------------------------------------------------------


def same(text: str) -> str:
    """What two texts are compared by, and never shown: composed, single-spaced, without case, look-alikes made one.

    ``Ð`` is ``Đ``, ``hòa`` is ``hoà``, ``１２，５`` is ``12,5``; digits are ASCII. Diacritics stay: Châu Lĩnh and Châu
    Linh are two hamlets, and ``4²`` is not 42.
    """
    text = text_of(text)
    if text.isascii():
        return text.casefold()
    text = unicodedata.normalize("NFC", text.translate(_LOOK_ALIKES).casefold())
    return " ".join(_TONE_ON_THE_FIRST.sub(_tone_on_the_second, text).split())


_ALIKE = {
    **dict.fromkeys("\u00d0\u00f0\u0189\u0256", "đ"),  # Icelandic and African letters that look like Đ
    **dict.fromkeys("\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2796\ufe58", "-"),
    **dict.fromkeys("\u00b4\u02b9\u02bb\u02bc\u02c8\u2018\u2019\u201a\u201b\u2032\uff40`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u02ba", '"'),
    **dict.fromkeys("\u2044\u2215", "/"),
}


def _taken_for(character: str) -> str:
    """What a character looks like: ASCII for digits of every script and for full-width and small forms."""
    if character in _ALIKE:
        return _ALIKE[character]
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character) == "Zs":
        return " "
    if _shows_nothing(character):
        return character if character.isspace() else ""
    if "\uff01" <= character <= "\uff5e" or "\ufe50" <= character <= "\ufe6b":
        return unicodedata.normalize("NFKC", character)
    return character


class _LookAlikes(dict[int, str]):
    """Code of a character -> what it is taken for. What is not in it is not kept: there is much that anybody types."""

    def __missing__(self, code: int) -> str:
        return _taken_for(chr(code))


_WRITTEN_HERE = (*range(0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00))
_LOOK_ALIKES = _LookAlikes({code: _taken_for(chr(code)) for code in _WRITTEN_HERE})

_TONES_OF = {
    "o": ("òóỏõọ", {"a": "àáảãạ", "e": "èéẻẽẹ"}),
    "u": ("ùúủũụ", {"y": "ỳýỷỹỵ"}),
}
_ON_THE_SECOND = {
    first + vowel: plain + second[tone]
    for plain, (firsts, vowels) in _TONES_OF.items()
    for vowel, second in vowels.items()
    for tone, first in enumerate(firsts)
}
_TONE_ON_THE_FIRST = re.compile("[òóỏõọ][ae]|[ùúủũụ]y")
"""The tone of oa, oe and uy stands on the first vowel in older spelling, on the second in newer: hòa, hoà."""


def _tone_on_the_second(vowels: re.Match[str]) -> str:
    return _ON_THE_SECOND[vowels[0]]


# --- showing ------------------------------------------------------------------------------------------


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
