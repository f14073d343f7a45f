"""What a cell of the form accepts, as a spreadsheet's data validation with its two messages.

In: the kind of value and its bounds. Out: the options for XlsxWriter's ``data_validation``. Drop-downs refer to
defined names, never straight to a sheet: openpyxl would lose those when feedback is marked in the unit's file.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from pipeline.i18n import _, date, number

TITLE_LENGTH, MESSAGE_LENGTH = 32, 255
"""Excel's limits, in UTF-16 units."""


def number_rule(
    title: str, hints: tuple[str, ...] = (), *, low: Decimal | None = None, high: Decimal | None = None, whole: bool
) -> dict[str, Any]:
    """A number within bounds that are part of it; 0 is the lowest unless said otherwise."""
    least, most = _plain(low or Decimal(0)), None if high is None else _plain(high)
    if most is None:
        words = _("Enter a whole number, {low} or more.") if whole else _("Enter a number, {low} or more.")
        bounds: dict[str, Any] = {"criteria": ">=", "value": least}
    else:
        words = _("Enter a whole number from {low} to {high}.") if whole else _("Enter a number from {low} to {high}.")
        bounds = {"criteria": "between", "minimum": least, "maximum": most}
    asked = words.format(low=number(least), high=number(most))
    only = _("Only the number: no unit of measure, no % sign.")
    return _rule({"validate": "integer" if whole else "decimal", **bounds}, title, (asked, only, *hints))


def or_words(rule: dict[str, Any], cell: str, words: tuple[str, ...]) -> dict[str, Any]:
    """The number rule of a cell, which accepts these words too; the first of them is named in its messages."""
    least = f"{cell}>={rule['value' if 'value' in rule else 'minimum']}"
    most = f",{cell}<={rule['maximum']}" if "maximum" in rule else ""
    whole = f",INT({cell})={cell}" if rule["validate"] == "integer" else ""
    # Excel takes the longest branch of an IF as far as 255 characters, and computes only the one that holds.
    accepted = ",".join(f'{cell}="{each}"' for each in words)
    check = {"validate": "custom", "value": f"=IF(ISNUMBER({cell}),AND({least}{most}{whole}),OR({accepted}))"}
    hint = _("If you have no data, enter “{words}”.").format(words=words[0])
    title, message, error = (rule[key] for key in ("input_title", "input_message", "error_message"))
    asked, way_out = error.rsplit("\n", 1)
    room = MESSAGE_LENGTH - len(hint) - 1
    return check | {
        "input_title": title,
        "input_message": shortened(message, room) + "\n" + hint,
        "error_title": rule["error_title"],
        "error_message": shortened(asked, room - len(way_out) - 1) + " " + hint + "\n" + way_out,
    }


def _plain(bound: Decimal) -> int | float:
    return int(bound) if bound == int(bound) else float(bound)


def text_rule(title: str, hints: tuple[str, ...] = (), *, max_length: int) -> dict[str, Any]:
    """A text of limited length."""
    asked = _("At most {count} characters.").format(count=number(max_length))
    return _rule({"validate": "length", "criteria": "<=", "value": max_length}, title, (*hints, asked))


def choice_rule(title: str, hints: tuple[str, ...] = (), *, defined_name: str) -> dict[str, Any]:
    """One entry of a list that has a defined name."""
    return _rule({"validate": "list", "source": f"={defined_name}"}, title, (_("Choose one from the list."), *hints))


def date_rule(title: str, hints: tuple[str, ...] = (), *, first: dt.date, last: dt.date) -> dict[str, Any]:
    """A day within bounds."""
    asked = _("Enter a date from {first} to {last}.").format(first=date(first), last=date(last))
    bounds = {"criteria": "between", "minimum": first, "maximum": last}
    return _rule({"validate": "date", **bounds}, title, (asked, *hints))


def _rule(check: dict[str, Any], title: str, lines: tuple[str, ...]) -> dict[str, Any]:
    """The check with what is shown on entering the cell, and what on a wrong value: the same, and the way out."""
    way_out = _("Press Retry to correct it, or Cancel to take it back.")
    said = " ".join(line for line in lines if line)
    return check | {
        "input_title": shortened(title, TITLE_LENGTH),
        "input_message": shortened("\n".join(line for line in lines if line), MESSAGE_LENGTH),
        "error_title": shortened(_("This value does not fit"), TITLE_LENGTH),
        "error_message": shortened(said, MESSAGE_LENGTH - len(way_out) - 1) + "\n" + way_out,
    }


def shortened(text: str, most: int) -> str:
    """``text``, cut with an ellipsis where it is longer than ``most`` UTF-16 units, as Excel counts."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    return units[: 2 * (most - 1)].decode("utf-16-le", "ignore").rstrip() + "…"
