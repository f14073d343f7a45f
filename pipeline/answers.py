"""Answers of ours that units choose from: yes or no, kinds of models, roles of persons. Levels are a rubric's own.

In: a list of options, a text. Out: the option that the text names. Promise: a form that was filled in one language is
read in every other; from there on an answer stands in the language of the run, like every other text of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from pipeline.i18n import N_, _, in_every_language
from pipeline.legacy_text import readings as legacy_readings
from pipeline.text import same

YES, NO = N_("Yes"), N_("No")
MODEL_KINDS = (N_("Model"), N_("Work"))
ROLES = (N_("Leader or manager"), N_("Direct worker"))

MEASURES = (N_("million VND"), N_("persons"))
"""No answers, but words that a form has beside them; it declares them in Vietnamese, as they are read."""

NO_DATA = N_("No data")
"""In place of a number: the unit has none. It is no 0, and no blank cell."""

_ALSO_NO_DATA = ("KCDL", "Không có số liệu")
"""Other ways to write it, in whatever language a form is."""

_OURS = (YES, NO, *MODEL_KINDS, *ROLES, *MEASURES, NO_DATA)


def no_data_words() -> tuple[str, ...]:
    """What a number cell may hold instead of a number, in the language in use first."""
    return tuple(dict.fromkeys((_(NO_DATA), *in_every_language(NO_DATA), *_ALSO_NO_DATA)))


@cache
def _no_data_spellings() -> frozenset[str]:
    return frozenset({*map(same, no_data_words()), "khong co du lieu", "khong co so lieu"})


def says_no_data(value: Any) -> bool:
    """Whether a cell says that the unit has no data: ``Không có dữ liệu``, ``KCDL``, ``(kcdl)``."""
    if not isinstance(value, str):
        return False
    return any(
        same(each).strip(" .!()-\"'") in _no_data_spellings() for each in (value, *legacy_readings(value).values())
    )


def yes_no() -> tuple[str, str]:
    """Yes and no in the language in use."""
    return _(YES), _(NO)


def readings(options: Iterable[str]) -> dict[str, str]:
    """Every way to write an option, in any language (as :func:`~pipeline.text.same` has it) -> the option.

    Where two options could be meant, the one that stands in these very words counts.
    """
    options = tuple(options)
    as_listed = {same(option): option for option in options}
    in_any_language = {same(word): option for option in options for word in in_every_language(answer_msgid(option))}
    return in_any_language | as_listed


def option_meant(typed: Any, listed: Mapping[str, str]) -> str:
    """The option that a cell names, "" where it names none; also where it was typed for a font of before Unicode.

    ``listed``: as :func:`readings` has it.
    """
    if (option := listed.get(same(typed))) or not isinstance(typed, str):
        return option or ""
    meant = {listed.get(same(each), "") for each in legacy_readings(typed).values()} - {""}
    return meant.pop() if len(meant) == 1 else ""


def translated_answer(text: str) -> str:
    """An answer of ours in the language in use; any other text as it is."""
    msgid = answer_msgid(text)
    return _(msgid) if msgid in _OURS else text


@lru_cache(maxsize=10_000)
def answer_msgid(text: str) -> str:
    """The msgid of an answer of ours, in whatever language it stands; any other text as it is."""
    return next((msgid for msgid in _OURS if same(text) in map(same, in_every_language(msgid))), text)
