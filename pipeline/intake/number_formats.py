"""What a number format makes of a number: 0.97 is shown as 97 % by ``0%``, 5 as 5 tỷ by ``0" tỷ"``.

In: a format code as workbooks keep it (ECMA-376 part 1, 18.8.31), and a number. Out: what the cell shows, where that
is more than the number's digits. Days and times are not dealt with here: the readers give them as such.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import NoValue, Shown
from pipeline.text import text_of

BUILT_IN = {
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    **dict.fromkeys((5, 6, 7, 8, 42, 44), "#,##0[$₫]"),  # the currency of the machine's language
    48: "##0.0E+0",
}
"""Formats that a workbook names by number alone (ibid.); those left out show a number's digits, or a day."""

LONGEST_CODE = 255
"""Excel's own limit."""

_LITERAL = re.compile(r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]?', re.S)
"""What is printed as it stands, a blank as wide as a sign, a filling; in brackets a colour, condition or currency."""

_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")


def shown_by(code: str, value: float) -> Shown | NoValue | None:
    """What a cell of that format shows; None: the number's digits, its decimals perhaps rounded, and no more."""
    sections = _sections(code)
    if not sections:
        return None
    place = _chosen(sections, value)
    if place is None or (section := sections[place]).plain:
        return None
    if not section.has_digits:
        if value == 0:  # many a table shows none as a dash, or not at all
            return None
        return NoValue(Code.NUMBER_HIDDEN, text_of(value))
    drops_sign = value < 0 and not section.has_minus and (place > 0 or bool(section.condition))
    number = float(f"{(abs(value) if drops_sign else value) * section.factor:.15g}")
    is_value = number == float(f"{value:.15g}")
    return None if is_value and not section.words else Shown(value, number, section.words)


def shows_more(code: str) -> bool:
    """Whether the format shows anything of some number but its digits; of 0 it may show nothing."""
    sections = _sections(code)
    for place, each in enumerate(sections[:3]):
        is_for_zero = each.condition == "=0" or (place == 2 and not any(other.condition for other in sections))
        if not each.plain and (each.words or each.factor != 1 or not (each.has_digits or is_for_zero)):
            return True
    return len(sections) > 1 and not (sections[1].plain or sections[1].has_minus or sections[0].condition == "=0")


class _Section:
    """One of up to four parts of a format: for positive and negative numbers, for zero, for texts."""

    def __init__(self, code: str) -> None:
        bare = _LITERAL.sub("", code).replace("General", "0")
        words, elapsed, self.condition = [], False, ""
        for token in _LITERAL.finditer(code):
            elapsed |= bool(token["bracket"]) and not token["bracket"].lower().strip("hms")
            if token["bracket"] and _CONDITION.match(token["bracket"]):
                self.condition = token["bracket"]
            elif token["bracket"] and token["bracket"].startswith("$"):
                words.append(token["bracket"][1:].partition("-")[0])
            elif token["quoted"] or token["escaped"]:
                words.append(token["quoted"] or token["escaped"])
        words += re.findall("[%$€£¥₫]", bare)
        self.words = " ".join(" ".join(words).strip(" -()+/:.,").split())
        self.has_minus = bool(re.search(r"[-(]", bare + "".join(words)))
        self.has_digits = bool(re.search(r"[0#?]", bare))
        thousandths = sum(len(commas) for commas in re.findall(r"[0#?](,+)(?![0#?,])", bare))
        self.factor = 100.0 ** bare.count("%") / 1000.0**thousandths
        self.plain = elapsed or bool(re.search("[ymdhs@]", bare, re.I))  # a day, a time, a text


@lru_cache(maxsize=10_000)
def _sections(code: str) -> tuple[_Section, ...]:
    parts, start = [], 0
    for token in re.finditer(_LITERAL.pattern + "|(?P<end>;)", code, re.S):
        if token["end"]:
            parts.append(code[start : token.start()])
            start = token.end()
    return tuple(map(_Section, [*parts, code[start:]][:4])) if code else ()


def _chosen(sections: tuple[_Section, ...], value: float) -> int | None:
    """Which section shows the number: the first whose condition holds, or by sign; None: a row of # is shown."""
    conditions = [_CONDITION.match(each.condition) for each in sections]
    if any(conditions):
        for place, condition in enumerate(conditions[:3]):
            if condition is None or _holds(condition[1], value, float(condition[2])):
                return place
        return None
    if value < 0 and len(sections) > 1:
        return 1
    return 2 if value == 0 and len(sections) > 2 else 0


def _holds(sign: str, value: float, bound: float) -> bool:
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[sign]
