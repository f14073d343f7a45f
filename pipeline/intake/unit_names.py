"""Which unit a text in a form means: its code, its name, an alias, or one of these as a clerk writes it.

In: the rules, and what stands in a place that names a unit: ``Thôn 2 – Khối các thôn``, ``UBND xã Đại Lãnh - thôn 02``.
Out: the code of the unit. Capitals, blanks, kinds of dashes and leading zeros make no difference; diacritics do, but
for a text that has none at all.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.rules.rubric import Unit
from pipeline.rules.year import Rules
from pipeline.text import same

_DASHES = re.compile("[‐-―−]")
_PARTS = re.compile(r"\s-\s|[,;()/:|]")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_WORD = re.compile(r"\w+")


class UnitNames:
    """The names of all units of a year."""

    def __init__(self, rules: Rules) -> None:
        plan = rules.plan
        commune = (plan.commune, plan.issuer, plan.superior)
        self._around = {_key(each) for each in (*commune, *(bloc.name for bloc in rules.blocs))}
        self._words_around = {word for each in commune for word in _words(each)}
        self._units: dict[str, set[str]] = {}
        self._words: dict[str, list[list[str]]] = {}
        for code, (_bloc, unit) in rules.units.items():
            self._words[code] = [_words(each) for each in _spellings(unit)]
            for spelling in (code, *_spellings(unit)):
                self._units.setdefault(_key(spelling), set()).add(code)
        self._all_words = [(code, name) for code, names in self._words.items() for name in names]
        self.meant = lru_cache(maxsize=10_000)(self._meant)
        self.other = lru_cache(maxsize=10_000)(self._other)

    def _meant(self, text: str) -> frozenset[str]:
        """The codes of the units that the text names and nothing else, but for bloc and commune beside it: none, one,
        or several where they share an alias."""
        if units := self._units.get(_key(text)):
            return frozenset(units)
        parts = [part for each in _PARTS.split(_plain(text)) if (part := _key(each)) and part not in self._around]
        return frozenset(self._units.get("".join(parts), ()))

    def _other(self, text: str, own: str) -> str:
        """The code of another unit that the text names instead of ``own``; "" where it names none.

        A name stands for its unit also within a longer text, if no longer own name stands there and nothing of the own
        name beside it: ``Ban nhân dân Thôn 2`` in a form of Thôn 1, but not ``Trường TH Đại Lãnh (Thôn 1)`` in that of
        the school.
        """
        units = self.meant(text)
        if own in units or self.is_unaccented(text, own):
            return ""
        if units:
            return min(units)
        words = _words(text)
        held = [(len(name), code == own, code, name) for code, name in self._all_words if _holds(words, name)]
        if not held or max(held)[1]:
            return ""
        _size, _own, code, name = max(held)
        beside = set(words) - set(name) - self._words_around
        return "" if any(beside.intersection(each) for each in self._words.get(own, ())) else code

    def is_unaccented(self, text: str, own: str) -> bool:
        """Whether the text is the name of that unit typed without any diacritics."""
        bare = [_without_marks(word) for word in _words(text)]
        return bare == _words(text) and any(
            bare == [_without_marks(word) for word in each] for each in self._words.get(own, ())
        )

    def fits(self, text: str, own: str) -> bool:
        """Whether the text holds a whole name of that unit, or its code."""
        words = _words(text)
        return (
            own in self.meant(text)
            or self.is_unaccented(text, own)
            or any(_holds(words, each) for each in self._words[own])
        )


def _spellings(unit: Unit) -> tuple[str, ...]:
    return unit.name, *unit.aliases


def _plain(text: str) -> str:
    """Lower case, one kind of dash, no leading zeros."""
    return _LEADING_ZEROS.sub("", _DASHES.sub("-", same(text)))


def _key(text: str) -> str:
    """The letters and digits alone: ``Thôn2`` and ``THÔN 2.`` are ``Thôn 2``."""
    return "".join(_WORD.findall(_plain(text)))


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(text))


def _holds(words: list[str], name: list[str]) -> bool:
    """Whether the words of the name stand side by side among the words."""
    size = len(name)
    return bool(name) and any(words[at : at + size] == name for at in range(len(words) - size + 1))


def _without_marks(text: str) -> str:
    marks = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(each for each in marks if not unicodedata.combining(each))
