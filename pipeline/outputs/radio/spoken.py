"""Vietnamese as it is read aloud: numbers, days, times, and words without signs and abbreviations.

In: a number, a day, or a written text. Out: lower-case words, or the text as it is read aloud. Always Vietnamese, as
its listeners are.

Usage follows the south and centre and the school: ``lẻ`` (not ``linh``) for an empty ten, ``nghìn``, ``tư`` after
``mươi``. The library num2words was weighed: it says "hai nghìn lẻ hai mươi ba" for 2023 and "phẩy năm mươi" for 0.5.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", "nghìn", "triệu")
_ORDINALS = {1: "nhất", 2: "nhì", 4: "tư"}


def number(value: float | Decimal) -> str:
    """``86.5`` → "tám mươi sáu phẩy năm"; below zero with "âm". Up to six decimals."""
    text = f"{abs(Decimal(str(value))):.6f}".rstrip("0").rstrip(".")
    whole, _point, decimals = text.partition(".")
    words = [_whole(int(whole))]
    if decimals:
        words.append("phẩy " + _decimals(decimals))
    return ("âm " if value < 0 and text != "0" else "") + " ".join(words)


def ordinal(place: int) -> str:
    """What follows "thứ" or "hạng": nhất, nhì, ba, tư, năm …"""
    return _ORDINALS.get(place) or number(place)


def day(when: dt.date) -> str:
    """As in "ngày mười hai tháng mười hai năm hai nghìn không trăm hai mươi ba"; "mùng" up to the tenth."""
    first = "mùng " if when.day <= 10 else ""
    return f"ngày {first}{number(when.day)} tháng {_counted(when.month)} năm {number(when.year)}"


def time(when: dt.time) -> str:
    """As in "mười bảy giờ", "bảy giờ ba mươi phút"."""
    minutes = f" {number(when.minute)} phút" if when.minute else ""
    return f"{number(when.hour)} giờ{minutes}"


def _counted(place: int) -> str:
    """What follows "tháng", "quý", "khóa": một, hai, ba, tư, năm …"""
    return "tư" if place == 4 else number(place)


# --- numbers ------------------------------------------------------------------------------------------


def _whole(value: int) -> str:
    """Groups of three from the left; behind a first group hundreds are always said: "một nghìn không trăm lẻ năm"."""
    if value >= 10**9:
        rest = value % 10**9
        return f"{_whole(value // 10**9)} tỷ" + (f" {_below_billion(rest, led=True)}" if rest else "")
    return _below_billion(value, led=False) or _DIGITS[0]


def _below_billion(value: int, *, led: bool) -> str:
    """``led``: other words stand before, so that hundreds are said even where there are none."""
    words: list[str] = []
    for place in (2, 1, 0):
        group = value // 1000**place % 1000
        if group:
            words.append(f"{_hundreds(group, led=led or bool(words))} {_SCALES[place]}".strip())
    return " ".join(words)


def _hundreds(value: int, *, led: bool) -> str:
    hundreds, rest = divmod(value, 100)
    words = [f"{_DIGITS[hundreds]} trăm"] if hundreds or led else []
    if 0 < rest < 10 and words:
        words.append(f"lẻ {_DIGITS[rest]}")
    elif rest:
        words.append(_tens(rest))
    return " ".join(words)


def _tens(value: int) -> str:
    tens, ones = divmod(value, 10)
    if tens == 0:
        return _DIGITS[ones]
    if tens == 1:
        return "mười" + (f" {'lăm' if ones == 5 else _DIGITS[ones]}" if ones else "")
    after = {0: "", 1: " mốt", 4: " tư", 5: " lăm"}
    return f"{_DIGITS[tens]} mươi{after.get(ones, f' {_DIGITS[ones]}')}"


def _decimals(digits: str) -> str:
    """Two as a number ("bốn mươi chín"), more or with a nought in front one by one ("không năm")."""
    if len(digits) <= 2 and digits[0] != "0":
        return _whole(int(digits))
    return " ".join(_DIGITS[int(digit)] for digit in digits)


# --- texts --------------------------------------------------------------------------------------------

ABBREVIATIONS = {
    "ANTT": "an ninh trật tự",
    "BCH": "Ban Chấp hành",
    "BHXH": "bảo hiểm xã hội",
    "BHYT": "bảo hiểm y tế",
    "CCB": "Cựu chiến binh",
    "CCHC": "cải cách hành chính",
    "CHQS": "Chỉ huy quân sự",
    "CLB": "câu lạc bộ",
    "ĐTN": "Đoàn Thanh niên",
    "HCM": "Hồ Chí Minh",
    "HĐND": "Hội đồng nhân dân",
    "HĐTĐKT": "Hội đồng Thi đua, Khen thưởng",
    "HTX": "hợp tác xã",
    "KDC": "khu dân cư",
    "KT-XH": "kinh tế, xã hội",
    "LHPN": "Liên hiệp Phụ nữ",
    "MN": "Mầm non",
    "MTTQ": "Mặt trận Tổ quốc",
    "NTM": "nông thôn mới",
    "QP-AN": "quốc phòng, an ninh",
    "TDP": "tổ dân phố",
    "TĐKT": "thi đua, khen thưởng",
    "TH": "Tiểu học",
    "THCS": "Trung học cơ sở",
    "THPT": "Trung học phổ thông",
    "TNCS": "Thanh niên Cộng sản",
    "TP": "thành phố",
    "UBMTTQ": "Ủy ban Mặt trận Tổ quốc",
    "UBND": "Ủy ban nhân dân",
    "VHXH": "văn hóa, xã hội",
    "VN": "Việt Nam",
    "VP": "Văn phòng",
}
"""What a commune's papers shorten; capitals only, and as whole words."""

_SHORT = re.compile(r"(?<!\w)(" + "|".join(sorted(ABBREVIATIONS, key=len, reverse=True)) + r")(?!\w)")
_ROMAN = re.compile(r"(?i:(?<!\w)(quý|khóa|khu|kỳ|giai đoạn) )([IVX]{1,5})(?!\w)")
_DATE = re.compile(r"(?:(?<!\w)ngày )?(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?")
_SIGNS = {"%": " phần trăm", "&": " và ", "+": " cộng ", "=": " bằng "}
_PAUSES = re.compile(r"(?<!\s)\s*+(?:[–—;:()\[\]/|…]\s*+)++|(?<!\s)\s++-\s++|(?<=\w)-(?=\w)")
_STRAY_COMMAS = re.compile(r"(?:\s*,)+\s*(?=[,.]|$)|^[\s,.]+")


def text(written: str) -> str:
    """``written`` as it is read aloud: abbreviations in full, numbers and days as words, signs as words or pauses.

    Nothing but letters, commas and full stops is left.
    """
    words = " ".join(unicodedata.normalize("NFC", written).split())
    words = _SHORT.sub(lambda match: ABBREVIATIONS[match[1]], words)
    words = _ROMAN.sub(lambda match: f"{match[1]} {_roman(match[2])}", words)
    words = _DATE.sub(_date_words, words)
    words = _NUMBER.sub(lambda match: number(Decimal(match[0].replace(".", "").replace(",", "."))), words)
    for sign, spoken_sign in _SIGNS.items():
        words = words.replace(sign, spoken_sign)
    words = _PAUSES.sub(", ", words)
    words = "".join(letter for letter in words if letter.isalpha() or letter in " ,.")
    return _STRAY_COMMAS.sub("", " ".join(words.split())).replace(" ,", ",")


def _date_words(match: re.Match[str]) -> str:
    """A match of ``_DATE`` in words; as it is written where the calendar has no such day."""
    try:
        return day(dt.date(int(match[3]), int(match[2]), int(match[1])))
    except ValueError:
        return match[0]


def _roman(numeral: str) -> str:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    signed = [-value if value < max(values[place:]) else value for place, value in enumerate(values)]
    return _counted(sum(signed))
