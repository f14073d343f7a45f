"""How the officer's receipt book is told from other workbooks: by its name, by its headings.

Light, for each process that reads files starts with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from pipeline.intake.arrival import BY_HAND, OFFICERS_FOLDER
from pipeline.text import same, text_of

RECEIPT_BOOK = "so-tiep-nhan.xlsx"

_HEADINGS = {
    "decision": ("được thay", "may replace"),
    "file": ("tệp", "tập tin", "file"),
    "unit": ("đơn vị", "unit"),
    "time": ("giờ", "time"),
    "day": ("ngày", "day", "date"),
    "note": ("ghi chú", "note"),
}
"""A column is known by a word of its heading, the first that fits: officers keep books of their own."""


def is_receipt_book(name: str) -> bool:
    """Whether a file of that path below the inbox, or of one that was kept, is the receipt book, or would be one if it
    lay in the officer's folder."""
    if name.startswith(BY_HAND):
        name = name.removeprefix(BY_HAND).partition("/")[2]
    return name.casefold().removeprefix(f"{OFFICERS_FOLDER}/") == RECEIPT_BOOK


def is_near(name: str) -> bool:
    """Whether somebody who names a file so means the receipt book: ``Sổ tiếp nhận (1).xlsx``."""
    letters, wanted = _letters(name.rpartition("/")[2][:100].rpartition(".")[0]), _letters(RECEIPT_BOOK[:-5])
    return wanted in letters or SequenceMatcher(None, wanted, letters).ratio() > 0.85


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(each for each in plain if each.isascii() and each.isalpha())


def headings(rows: Sequence[Sequence[Any]]) -> tuple[int | None, dict[str, int]]:
    """The row of headings and the column of each; the first row that has a day and something to name."""
    for number, row in enumerate(rows):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            heading = same(text_of(cell)) if isinstance(cell, str) else ""
            key = next((key for key, words in _HEADINGS.items() if any(word in heading for word in words)), None)
            if heading and key:
                columns.setdefault(key, place)
        if "day" in columns and ("file" in columns or "unit" in columns):
            return number, columns
    return None, {}
