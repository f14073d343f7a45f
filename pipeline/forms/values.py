"""Values as people type them: ``7.100``, ``95,5 %``, ``17/19``, ``1,2 tỷ đồng``, ``05/12/2023``.

In: what one cell holds. Out: a :class:`Read`: the value, and how sure the reading is. An unambiguous value is read
and noted; an ambiguous one is read the Vietnamese way (dot for thousands, comma for decimals) and told; what
cannot be read has no value. Nothing here raises, whatever a cell holds.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Any

from pipeline.answers import says_no_data
from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import Merged, NoValue, NumberAsDay, Shown
from pipeline.text import LARGEST, is_blank, same


@dataclass(frozen=True)
class Read:
    """A value and the finding that its reading calls for, if any. ``other`` is the second possible reading."""

    value: float | None
    code: Code | None = None
    other: float | None = None


# --- texts ----------------------------------------------------------------------------------------------


# --- numbers --------------------------------------------------------------------------------------------

_NONE = {"không", "không có", "không phát sinh"}
_NOTHING = _NONE | {"x", "k", "ko", "k có", "ko có", "không có gì", "chưa", "chưa có", "0", "n/a"}


def says_none(text: str) -> bool:
    """Whether a text only says that there is nothing: ``Không``, ``x``, or signs alone, ``-``, ``…``, ``/``."""
    words = same(text).strip(" .!")
    return words in _NOTHING or not any(letter.isalnum() for letter in words)


_NUMBER = re.compile(r"([+-]?)\s*(\d[\d.,\s]*)(.*)")
_SHARE = re.compile(r"(\d[\d.,]*+)\s*+/\s*+(\d[\d.,]*+)\s*+(\D*+)")
_UNIT_OF_MEASURE = re.compile(r"(?:[^\W\d_]|[%/.() ]|(?<=m)[23]){0,60}")
_SQUARED = re.compile("(?<=m)[²³]")


def read_number(value: Any, measure: str = "") -> Read:
    """A number, however it was typed. A blank cell reads as no value and no finding.

    ``measure`` is the unit of measure in which it belongs: it settles ``%``, ``tỷ`` and shares.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Read(without_noise(value)) if abs(value) < LARGEST else Read(None, Code.NOT_A_NUMBER)
    if not isinstance(value, str):
        return _read_other(value, measure)
    text = same(value).rstrip(".,; ")
    if is_blank(value):
        return Read(None)
    if any(sign.isnumeric() and not sign.isdecimal() for sign in _SQUARED.sub("", text)):  # 4² and 1½ are no 4 and no 1
        return Read(None, Code.NOT_A_NUMBER)
    if text.isdecimal() and len(text) <= 15:
        return Read(float(text))
    if text in _NONE:
        return Read(0.0, Code.NONE_AS_ZERO)
    if share := _SHARE.fullmatch(text):
        return _read_share(share[1], share[2], measure)
    if matched := _NUMBER.fullmatch(text):
        read = _read_quantity(matched, measure)
        if read.code is not Code.NOT_A_NUMBER:
            return read
    return Read(None, _no_number(text))


def _no_number(text: str) -> Code:
    """What a text is that is no number."""
    if says_no_data(text):
        return Code.NO_DATA_NOT_ALLOWED
    return Code.DATE_FOR_NUMBER if read_date(text) else Code.NOT_A_NUMBER


def without_noise(value: float) -> float:
    """The number of 15 digits that a spreadsheet shows and compares: 1.9999999999999998 is 2."""
    return float(f"{value:.15g}")


def _read_other(value: Any, measure: str) -> Read:
    """A cell that holds neither a plain number nor a text."""
    match value:
        case None:
            return Read(None)
        case Shown():
            return _read_shown(value, measure)
        case NoValue():
            return Read(None, value.code)
        case Merged():
            return Read(None, Code.MERGED_CELL)
        case NumberAsDay() | dt.date() | dt.time() | dt.timedelta():
            return Read(None, Code.DATE_FOR_NUMBER)
    return Read(None, Code.NOT_A_NUMBER)


def _read_shown(shown: Shown, measure: str) -> Read:
    """A number whose format shows more than its digits: what stands in the cell, read as if it had been typed."""
    stored, number = without_noise(shown.stored), without_noise(shown.number)
    if abs(stored) >= LARGEST or abs(number) >= LARGEST:
        return Read(None, Code.NOT_A_NUMBER)
    words = _words(shown.words)
    factor, doubt = _factor(words, _words(measure))
    if factor is None:
        return Read(None, doubt)
    value = _exactly(factor, number)
    if "%" in words:
        return Read(value, doubt or Code.PERCENT_SHOWN)
    if value == stored:
        return Read(stored, doubt)
    # A sign of money is often a matter of looks; a word such as tỷ was meant.
    counts = value if not _SCALES.keys().isdisjoint(words) else stored
    return Read(counts, Code.SHOWN_OTHERWISE, stored if counts == value else value)


def _read_quantity(matched: re.Match[str], measure: str) -> Read:
    """Sign, digits, and behind them a percent sign or a unit of measure."""
    sign, digits, tail = matched.groups()
    if not _UNIT_OF_MEASURE.fullmatch(tail) or _is_part_of_number(digits, tail, measure):
        return Read(None, Code.NOT_A_NUMBER)
    read = _read_digits(digits)
    factor, doubt = _factor(_words(tail), _words(measure))
    if read.value is None or factor is None:
        return Read(None, doubt or read.code)
    factor = -factor if sign == "-" else factor
    value = _exactly(factor, read.value)
    if abs(value) >= LARGEST:
        return Read(None, Code.NOT_A_NUMBER)
    in_dong = _is_money(_words(tail)) and _scale(_words(tail)) == 1  # of which there are no thousandths
    if read.other is not None and not in_dong:
        return Read(value, Code.NUMBER_AMBIGUOUS, _exactly(factor, read.other))
    return Read(value, doubt or Code.NUMBER_NOTED)


_LIKE_A_DIGIT = re.compile(r"[oilsqzb]+")


def _is_part_of_number(digits: str, tail: str, measure: str) -> bool:
    """Whether the letters that follow the digits at once are no unit of measure: that in ``1O``."""
    if not tail or digits[-1:].isspace():
        return False
    first = (_WORD.match(tail) or tail)[0]
    return bool(_LIKE_A_DIGIT.fullmatch(first)) and first not in _words(measure)


def _exactly(factor: float, value: float) -> float:
    """Their product without the noise of binary fractions: 1.2 * 1000 is 1200."""
    return float(f"{factor * value:.15g}")


_THOUSANDS_OR_DECIMALS = re.compile(r"(\d{1,3})([.,])(\d{3})")
_GROUPED = re.compile(r"\d{1,3}(\.\d{3}){2,}|\d{1,3}(,\d{3}){2,}|\d{1,3}( \d{3})+|\d+")
_WITH_COMMA = re.compile(r"(\d{1,3}(\.\d{3})+|\d{1,3}( \d{3})+|\d+),\d+")
_WITH_DOT = re.compile(r"(\d{1,3}(,\d{3})+|\d{1,3}( \d{3})+|\d+)\.\d+")


def _read_digits(digits: str) -> Read:
    """Digits with dots, commas and spaces, not negative."""
    digits = digits.strip(" .,")
    if both := _THOUSANDS_OR_DECIMALS.fullmatch(digits):
        whole, decimal = float(both[1] + both[3]), float(f"{both[1]}.{both[3]}")
        if both[1].startswith("0"):
            return Read(decimal, Code.NUMBER_NOTED)
        readings = (whole, decimal) if both[2] == "." else (decimal, whole)
        return Read(readings[0], Code.NUMBER_AMBIGUOUS, readings[1])
    if _GROUPED.fullmatch(digits):
        return Read(float(re.sub("[., ]", "", digits)), Code.NUMBER_NOTED)
    if _WITH_COMMA.fullmatch(digits):
        return Read(float(re.sub("[. ]", "", digits).replace(",", ".")), Code.NUMBER_NOTED)
    if _WITH_DOT.fullmatch(digits):
        return Read(float(re.sub("[, ]", "", digits)), Code.NUMBER_NOTED)
    return Read(None, Code.NOT_A_NUMBER)


def _read_share(part_digits: str, whole_digits: str, measure: str) -> Read:
    """``17/19`` or ``93/93 thửa``: a percentage where the measure is one, otherwise the part itself."""
    part, whole = _read_digits(part_digits), _read_digits(whole_digits)
    if part.value is None or not whole.value or part.value >= LARGEST:
        return Read(None, Code.NOT_A_NUMBER)
    share = part.value / whole.value
    if "%" in measure:
        return Read(round(100 * share, 6), Code.NUMBER_NOTED)
    return Read(part.value, Code.SHARE_FOR_NUMBER, round(share, 6))


# --- units of measure -----------------------------------------------------------------------------------

_SCALES = {
    **dict.fromkeys(("nghìn", "ngàn", "ngđ"), 1e3),
    **dict.fromkeys(("triệu", "tr", "trđ"), 1e6),
    **dict.fromkeys(("tỷ", "tỉ"), 1e9),
}
_MONEY = {"đồng", "đ", "vnđ", "vnd", "ngđ", "trđ"}
_WORD = re.compile(r"%|[^\W\d_]+[23²³]?")


def _words(text: str) -> list[str]:
    return _WORD.findall(same(text).replace("phần trăm", "%").replace("₫", "đ"))


def _scale(words: list[str]) -> float:
    return next((_SCALES[word] for word in words if word in _SCALES), 1.0)


def _is_money(words: list[str]) -> bool:
    return not _MONEY.isdisjoint(words)


def _factor(said: list[str], meant: list[str]) -> tuple[float | None, Code | None]:
    """What a number is multiplied by for the words behind it, and the doubt that they raise.

    ``said``: the words behind the number; ``meant``: those of the measure in which it belongs.
    """
    if not said or not meant:
        return _scale(said), None
    if _is_money(said) and not _is_money(meant):
        return None, Code.WRONG_MEASURE
    if "%" in said or "%" in meant:
        if "%" in said and "%" in meant:
            return 1.0, None
        return (None, Code.WRONG_MEASURE) if "%" in said else (1.0, Code.OTHER_MEASURE)
    if _SCALES.keys().isdisjoint(said) and set(said).isdisjoint(meant) and not _is_money(said):
        return 1.0, Code.OTHER_MEASURE
    return _scale(said) / _scale(meant), None


# --- days and times -------------------------------------------------------------------------------------

_EXCEL_DAY_0 = dt.date(1899, 12, 30)
_EXCEL_YEARS = (36526, 73051)  # 2000 to 2099
_CLOCK = r"(?:\s+\d{1,2}[:h]\d{2}(?::\d{2})?)?"
_DAY_FIRST = re.compile(
    r"(?:ngày\s+)?(\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(\d{1,2})(?:\s*[/.-]\s*|\s+năm\s+)(\d{4}|\d{2})" + _CLOCK
)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t\d.*)?" + _CLOCK)


def read_date(value: Any) -> dt.date | None:
    """A day: an Excel date, ``05/12/2023``, ``ngày 5 tháng 12 năm 2023``, or Excel's serial number. Else None."""
    if isinstance(value, NumberAsDay):
        value = value.day if isinstance(value.day, dt.date) else ""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, (int, float)):
        if isinstance(value, bool) or not _EXCEL_YEARS[0] <= value < _EXCEL_YEARS[1]:
            return None
        return _EXCEL_DAY_0 + dt.timedelta(days=int(value))
    text = same(value).rstrip(".")
    if matched := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in matched.groups())
    elif matched := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in matched.groups())
        year += 2000 if year < 100 else 0
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def read_time(value: Any) -> dt.time | None:
    """A time of day: an Excel time, ``16:05``, ``16h05``, ``8 giờ 30``. Else None."""
    if isinstance(value, NumberAsDay):
        value = value.day
    if isinstance(value, dt.datetime):
        return value.time()
    if isinstance(value, dt.time):
        return value
    if isinstance(value, dt.timedelta):
        value = value / dt.timedelta(days=1)
    if isinstance(value, (int, float)):
        if isinstance(value, bool) or not 0 <= value < 1:
            return None
        minutes = math.floor(value * 24 * 60 + 0.5) % (24 * 60)
        return dt.time(minutes // 60, minutes % 60)
    matched = re.fullmatch(r"(\d{1,2})\s*(?::|h|g|giờ)\s*(\d{2})?(?::\d{2})?(?:\s*phút)?", same(value))
    if not matched or int(matched[1]) > 23 or int(matched[2] or 0) > 59:
        return None
    return dt.time(int(matched[1]), int(matched[2] or 0))
