"""The officer's receipt book (sổ tiếp nhận, ``so-tiep-nhan.xlsx``): which file came when.

A row names a file, or a unit where all its files came at that time. What the book does not tell is taken from
the moment a run first saw the content; times of files on the disk are never trusted, for a copy changes them.
In: the rows of its first sheet. Out: times of receipt, and findings for rows that help nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.code_lists import Source
from pipeline.findings.finding import Code, Finding
from pipeline.forms.values import read_date, read_time
from pipeline.i18n import N_, _, date
from pipeline.intake.receipt_headings import RECEIPT_BOOK, headings
from pipeline.intake.received import ReceivedFile
from pipeline.sheets.addresses import column_letter
from pipeline.text import natural_order, same, text_of

COLUMNS = {
    "file": N_("File"),
    "unit": N_("Unit code"),
    "day": N_("Day of receipt"),
    "time": N_("Time of receipt"),
    "note": N_("Note"),
}


@dataclass(frozen=True)
class Receipt:
    """When a file was received, and what says so."""

    received: dt.datetime
    first_seen: dt.datetime
    source: Source


@dataclass(frozen=True)
class KnownTimes:
    """What only time can tell. ``seen``: SHA-256 -> when a run first saw that content; ``mailed``: SHA-256 -> when it
    came by mail; ``now``: when content that no run has seen is first seen."""

    seen: Mapping[str, dt.datetime]
    mailed: Mapping[str, dt.datetime]
    now: dt.datetime


@dataclass
class Book:
    """Times of receipt by file and by unit, as the officer wrote them; ``cells``: where the day of each stands."""

    by_file: dict[str, dt.datetime] = field(default_factory=dict)
    by_unit: dict[str, dt.datetime] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    """What a row may name, as people may spell it, and where the columns are."""

    files: dict[str, str]
    units: dict[str, str]
    zone: ZoneInfo
    columns: dict[str, int]


def read_book(rows: Sequence[Sequence[Any]], files: Iterable[str], units: Iterable[str], zone: ZoneInfo) -> Book:
    """The book's rows as times in ``zone``. A day without a time counts as 17:00, the end of office hours."""
    book = Book()
    heading, columns = headings(rows)
    if heading is None:
        book.findings.append(Finding(Code.RECEIPT_NO_HEADINGS, RECEIPT_BOOK))
        return book
    known_files = {same(file.rpartition("/")[2]): file for file in files} | {same(file): file for file in files}
    known = _Known(known_files, {same(unit): unit for unit in units}, zone, columns)
    for number, row in enumerate(rows[heading + 1 :], start=heading + 2):
        cells = {key: row[place] if place < len(row) else "" for key, place in columns.items()}
        if any(cell != "" for cell in cells.values()):
            _take_row(book, cells, number, known)
    return book


def _take_row(book: Book, cells: dict[str, Any], number: int, known: _Known) -> None:
    def tell(code: Code, key: str, entered: str) -> None:
        cell = f"{column_letter(known.columns.get(key, 0))}{number}"
        book.findings.append(Finding(code, RECEIPT_BOOK, sheet=_(TITLE), cell=cell, entered=entered))

    named_file, named_unit = text_of(cells.get("file", "")), text_of(cells.get("unit", ""))
    if not named_file and not named_unit:
        return
    day, time = _moment(cells.get("day", ""), cells.get("time", ""))
    if day is None or time is None:
        key = "day" if day is None else "time"
        tell(Code.RECEIPT_NO_TIME, key, text_of(cells.get(key, "")))
        return
    names, key, named = (known.files, "file", named_file) if named_file else (known.units, "unit", named_unit)
    target = book.by_file if named_file else book.by_unit
    if same(named) not in names:
        tell(Code.RECEIPT_UNKNOWN, key, named)
        return
    if names[same(named)] in target:
        tell(Code.RECEIPT_TWICE, key, named)
    target[names[same(named)]] = dt.datetime.combine(day, time, known.zone)
    book.cells[names[same(named)]] = f"{column_letter(known.columns['day'])}{number}"


def _moment(day: Any, time: Any) -> tuple[dt.date | None, dt.time | None]:
    """Day and time of a row; a blank time is the time that stands with the day, or 17:00."""
    if time != "":
        return read_date(day), read_time(time)
    with_day = isinstance(day, dt.datetime) and day.time() != dt.time()
    return read_date(day), day.time() if with_day else dt.time(17, 0)


def receipts(
    files: Iterable[ReceivedFile], units: Mapping[str, str], book: Book, known: KnownTimes
) -> dict[str, Receipt]:
    """File -> when it was received: as the book says for the file, else for its unit; else by mail; else first seen.

    ``units``: file -> unit code.
    """
    times: dict[str, Receipt] = {}
    for file in files:
        if not file.sha256:
            continue
        first = known.seen.get(file.sha256, known.now)
        noted = book.by_file.get(file.name) or book.by_unit.get(units.get(file.name, ""))
        if noted:
            times[file.name] = Receipt(noted, first, Source.RECEIPT_BOOK)
        elif file.sha256 in known.mailed:
            times[file.name] = Receipt(known.mailed[file.sha256], first, Source.MAIL)
        else:
            times[file.name] = Receipt(first, first, Source.FIRST_SEEN)
    return times


_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def order_of_receipt(file: str, receipts: Mapping[str, Receipt]) -> tuple[dt.datetime, list[tuple[int, str]]]:
    """Sort key: files in the order in which they came, those of one moment by the natural order of their names."""
    return (receipts[file].received if file in receipts else _NEVER), natural_order(file)


def unlikely(book: Book, times: Mapping[str, Receipt], units: Mapping[str, str], opens: dt.date) -> list[Finding]:
    """Days in the book that cannot be right: before the round opened, or after a run had already seen the file.

    ``times``: file -> receipt. ``units``: file -> unit code. Days, not hours: a row without a time counts as 17:00.
    """
    findings = []
    for file, receipt in times.items():
        day, seen = receipt.received.date(), receipt.first_seen.astimezone(receipt.received.tzinfo).date()
        if receipt.source is Source.RECEIPT_BOOK and not opens <= day <= seen:
            cell = book.cells[file if file in book.by_file else units[file]]
            facts = {"file": file, "opened": date(opens), "seen": date(seen)}
            findings.append(Finding(Code.RECEIPT_UNLIKELY, RECEIPT_BOOK, "", _(TITLE), cell, "", date(day), facts))
    return findings


TITLE = N_("Receipt book")


def hint(book_seen: bool, unnamed: int) -> str:
    """What to tell the officer about the book. ``unnamed``: of how many forms nothing tells the time."""
    if not unnamed:
        return ""
    if not book_seen:
        return _(
            "There is no {book} in the inbox; the time of receipt is when a run first saw each file. "
            "If a form came earlier, write its time into the book that lies in the outbox and copy it to the inbox."
        ).format(book=RECEIPT_BOOK)
    return _("{book} does not name {n} forms; for them the time when a run first saw the file counts.").format(
        book=RECEIPT_BOOK, n=unnamed
    )
