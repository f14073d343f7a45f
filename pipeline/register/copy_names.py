"""Which of two files is the later one, as their names say: ``thon-5 (1)``, ``sửa lần 2``, ``Bản sao của``, ``- Copy``.

In: two names. Out: which of them says that it came after the other, or neither. Windows, macOS, Google Drive, browsers
and people mark copies and revisions each in their own way; what is left of a name without such marks must be the same
in both, for the numbers in ``Thon 1`` and ``Thon 2`` mean something else. Nothing is guessed: marks that contradict one
another, or that cannot be compared, say nothing.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.text import same

_LONGEST = 300
"""Characters of a name that are looked at; file systems allow 255."""


def later_by_name(one: str, other: str) -> int:
    """1 where ``one`` is named as the later file, -1 where ``other`` is, 0 where the names do not say. Both are paths
    below the inbox; what the folders are called (``bổ sung/``) says something too."""
    first, second = _marks(one), _marks(other)
    if first.base != second.base:
        return 0
    signs = {
        _sign(first.copies, second.copies),
        _sign(first.numbered, second.numbered),
        _sign(first.revision, second.revision),
        _sign(first.standing, second.standing),
        _says_more(first, second),
        _sign(first.day, second.day) if first.day and second.day else 0,
    } - {0}
    if len(signs) != 1 or _differ_in_kind(first, second):
        return 0
    return signs.pop()


def _sign(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


@dataclass(frozen=True)
class _Marks:
    """``base``: the name without its marks; ``copies``: how often it says copy; ``numbered``: the number that a program
    adds; ``revision``: the number that people give, 1 where they give none; ``standing``: -1 for a draft or an old one,
    1 for a correction or the last one; ``words``: what says so; ``day``: year, month, day and time of day."""

    base: str
    copies: int
    numbered: int
    revision: int
    standing: int
    words: frozenset[str]
    day: tuple[int, ...]


def _says_more(first: _Marks, second: _Marks) -> int:
    """1 where the first says all that the second says, and more: ``sửa, bản cuối`` beside ``sửa``."""
    both = bool(first.words and second.words) and first.standing == second.standing > 0
    return (first.words > second.words) - (first.words < second.words) if both else 0


def _differ_in_kind(first: _Marks, second: _Marks) -> bool:
    """Whether people marked both in words of which nobody knows the order: ``bản cuối`` and ``chính thức``."""
    alike = (first.standing, first.revision, first.day) == (second.standing, second.revision, second.day)
    nested = first.words <= second.words or first.words >= second.words
    return alike and not nested


# --- the marks of a name ------------------------------------------------------------------------------


@lru_cache(maxsize=1000)
def _marks(path: str) -> _Marks:
    name = path[-_LONGEST:]
    folder, _slash, file = name.rpartition("/")
    stem = file.rpartition(".")[0] or file
    of_folder, of_file = _Name(folder), _Name(stem)
    words = of_folder.words | of_file.words
    standings = {_STANDING[word] for word in words}
    return _Marks(
        base=of_file.base,
        copies=of_file.copies,
        numbered=of_file.numbered,
        revision=of_file.revision or of_folder.revision or 1,
        standing=standings.pop() if len(standings) == 1 else 0,
        words=frozenset(words),
        day=of_file.day or of_folder.day,
    )


def _spelled(phrase: str) -> str:
    """A pattern for a phrase with its diacritics or without any: of each word, ``sửa`` or ``sua`` and never ``sữa``."""
    return " ".join(f"(?:{word}|{_bare(word)})" for word in map(same, phrase.split()))


def _bare(text: str) -> str:
    """Without diacritics: only to tell words of ours from others, and the same name typed with and without them."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(character for character in parts if not unicodedata.combining(character))


def _any_of(phrases: tuple[str, ...]) -> str:
    return "|".join(_spelled(phrase) for phrase in sorted(phrases, key=len, reverse=True))


_COPY = ("bản sao của", "bản sao", "sao chép", "copy of", "copy", "kopie")
_REVISED = (
    *("sửa", "sửa lại", "đã sửa", "sửa đổi", "chỉnh sửa", "đã chỉnh sửa", "điều chỉnh", "cập nhật", "bổ sung"),
    *("gửi lại", "nộp lại", "làm lại", "thay thế", "bản mới", "mới", "mới nhất", "new", "newest", "latest"),
    *("update", "updated", "corrected", "revised", "edited", "resent"),
)
_LAST = (
    *("bản cuối", "bản cuối cùng", "lần cuối", "cuối cùng", "hoàn chỉnh", "bản hoàn chỉnh", "chính thức"),
    *("bản chính thức", "bản chuẩn", "final", "final version", "ok"),
)
_OLD = ("cũ", "bản cũ", "nháp", "bản nháp", "dự thảo", "ban đầu", "bản đầu", "gốc", "bản gốc", "old", "draft", "backup")
_STANDING = {_bare(same(phrase)): standing for standing, many in ((1, _REVISED + _LAST), (-1, _OLD)) for phrase in many}

_DAY = re.compile(
    r"(?<!\d)(?:(?P<y>20\d\d)[-._ ]?(?P<m>[01]\d)[-._ ]?(?P<d>[0-3]\d)"
    r"|(?P<d2>[0-3]?\d)[-._ ](?P<m2>[01]?\d)[-._ ](?P<y2>20\d\d)|(?P<d3>[0-3]\d)(?P<m3>[01]\d)(?P<y3>20\d\d))(?!\d)"
    r"(?:[-_ t]{1,3}(?P<h>[0-2]?\d)[-_:.hg]?(?P<i>[0-5]\d)(?:[-_:.]?(?P<s>[0-5]\d))?(?!\d))?"
)
_NUMBERED = re.compile(r"\((\d{1,3})\)\s*$|\((\d{1,3})\)(?= - )")
_SIGNS = re.compile(r"[-._,;+()\[\]{}]+")
_NUMBER = r"(?P<n>\d{1,2}|hai|ba|tư|bốn|năm)"
_TIMES = re.compile(rf"\b(?:{_spelled('lần thứ')}|{_spelled('lần')}|l(?=\d)) ?{_NUMBER}\b")
_VERSION = re.compile(rf"\b(?:{_any_of(('phiên bản', 'version', 'ver', 'v', 'rev'))}) ?(?P<n>\d{{1,2}})\b")
_AFTER_WORD = re.compile(rf"(?P<word>\b(?:{_any_of(('sửa', 'chỉnh sửa', 'bổ sung', 'gửi lại'))})) ?(?P<n>\d{{1,2}})\b")
_COPY_WORDS = re.compile(rf"\b(?:{_any_of(_COPY)})\b(?: (?P<n>\d{{1,2}})(?= |$))?")
_WORDS = re.compile(rf"\b(?:{_any_of(_REVISED + _LAST + _OLD)})\b")
_SPELLED_NUMBERS = {"hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5}


class _Name:
    """A name (of a file without its ending, or of folders) taken apart: each mark found is cut out of it."""

    def __init__(self, text: str) -> None:
        self._rest = same(text).replace("_", " ")
        self.day = self._take_day()
        self.numbered = self._take_number()
        self._rest = " ".join(_SIGNS.sub(" ", self._rest).split())
        numbers = self._take_all(_TIMES) + self._take_all(_VERSION) + self._take_all(_AFTER_WORD, r"\g<word>")
        self.revision = max(numbers, default=0)
        self.copies = sum(self._take_all(_COPY_WORDS))
        self.words = {_bare(each[0]) for each in _WORDS.finditer(self._rest)}
        self.base = _bare(_WORDS.sub(" ", self._rest)).replace(" ", "")

    def _take_day(self) -> tuple[int, ...]:
        """The last day in the name, with its time, that the calendar has."""
        for found in reversed(list(_DAY.finditer(self._rest))):
            part = {key: int(value) for key, value in found.groupdict().items() if value}
            year, month, day = (part.get(k) or part.get(f"{k}2") or part.get(f"{k}3") or 0 for k in "ymd")
            try:
                dt.date(year, month, day)
            except ValueError:
                continue
            self._rest = f"{self._rest[: found.start()]} {self._rest[found.end() :]}"
            return year, month, day, part.get("h", 0), part.get("i", 0), part.get("s", 0)
        return ()

    def _take_number(self) -> int:
        """The number in brackets that a browser, Windows or Google Drive adds."""
        found = list(_NUMBERED.finditer(self._rest.rstrip()))
        self._rest = _NUMBERED.sub(" ", self._rest.rstrip())
        return max((int(each[1] or each[2]) for each in found), default=0)

    def _take_all(self, marks: re.Pattern[str], stays: str = "") -> list[int]:
        """The number of each such mark, 1 where it has none. ``stays``: what of it is not cut out."""
        numbers = [each["n"] or "1" for each in marks.finditer(self._rest)]
        self._rest = " ".join(marks.sub(f" {stays} ", self._rest).split())
        return [_SPELLED_NUMBERS.get(each) or int(each) for each in numbers]
