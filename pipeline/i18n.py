"""User-facing text: English msgids in the code, Vietnamese (the default) from the gettext catalogue.

The English catalogue holds no more than the texts that read otherwise in English than their msgid.
A ``.po`` file is read directly (polib, 8 ms), so there is no compiled copy to go stale.
Numbers and dates follow the language too: ``4,75`` and ``31/12/2023`` in Vietnamese.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
LOCALE_DIR = Path(__file__).parent / "locale"

_language = DEFAULT_LANGUAGE


def use_language(language: str) -> None:
    """Choose the language of all later text: ``vi`` or ``en``."""
    global _language
    _language = language


def current_language() -> str:
    """The language in use; a worker process is started with it."""
    return _language


@contextmanager
def using_language(language: str) -> Iterator[None]:
    """Another language within the block: for what must be the same in whatever language a run has."""
    before = _language
    use_language(language)
    try:
        yield
    finally:
        use_language(before)


@functools.cache
def _catalogue(language: str) -> dict[str, str]:
    import polib

    path = LOCALE_DIR / language / "LC_MESSAGES" / "thidua.po"
    if not path.exists():
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.msgstr}


def _(msgid: str) -> str:
    """Translate ``msgid``; the msgid itself where the catalogue has nothing."""
    return _catalogue(_language).get(msgid, msgid)


@functools.cache
def in_every_language(msgid: str) -> tuple[str, ...]:
    """``msgid`` in each of our languages: to read back what was written in any of them."""
    return tuple(_catalogue(language).get(msgid, msgid) for language in LANGUAGES)


def N_(msgid: str) -> str:
    """Mark a constant for translation; it is translated with :func:`_` where it is shown."""
    return msgid


def number(value: float | int | None, decimals: int | None = None) -> str:
    """``value`` as people write it: ``1.234,5`` in Vietnamese, ``1,234.5`` in English.

    ``decimals`` fixes the number of decimals; without it up to six significant decimals are shown and
    trailing zeros dropped. Blank (``None``, NaN) is an empty string.
    """
    if value is None or math.isnan(value):
        return ""
    return _number(value + 0, decimals, _language)  # + 0: no -0


@functools.lru_cache(maxsize=10_000)
def _number(value: float, decimals: int | None, language: str) -> str:
    """A run writes the same few thousand numbers a hundred times each."""
    text = f"{value:,.{6 if decimals is None else decimals}f}"
    if decimals is None:
        text = text.rstrip("0").rstrip(".")
    return text.translate(_SWAP) if language == "vi" else text


_SWAP = str.maketrans(",.", ".,")


def date(day: dt.date) -> str:
    """A day as people write it: ``31/12/2023`` in Vietnamese, ISO otherwise."""
    return f"{day:%d/%m/%Y}" if _language == "vi" else day.isoformat()


def moment(when: dt.datetime) -> str:
    """A day with its time: ``16:05 31/12/2023`` in Vietnamese, ``2023-12-31 16:05`` otherwise."""
    return f"{when:%H:%M} {date(when.date())}" if _language == "vi" else f"{date(when.date())} {when:%H:%M}"


def day_format() -> str:
    """A day in a cell of a workbook. Numbers need no such thing: the reader's own program puts dots and commas."""
    return "dd/mm/yyyy" if _language == "vi" else "yyyy-mm-dd"


def moment_format() -> str:
    """A day with its time in a cell."""
    return f"hh:mm {day_format()}" if _language == "vi" else f"{day_format()} hh:mm"
