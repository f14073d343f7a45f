"""The officer's receipt book (sổ tiếp nhận, ``so-tiep-nhan.xlsx``): which file came when.

A row names a file, or a unit where all its files came at that time. What the book does not tell is taken from
the moment a run first saw the content; times of files on the disk are never trusted, for a copy changes them.
In: the rows of its first sheet. Out: times of receipt, and findings for rows that help nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.answers import NO, YES, readings
from pipeline.code_lists import Decision, Source
from pipeline.findings.finding import Code, Finding
from pipeline.forms.values import read_date, read_time
from pipeline.i18n import N_, _, date
from pipeline.intake.arrival import OFFICERS_FOLDER
from pipeline.intake.receipt_headings import RECEIPT_BOOK, headings
from pipeline.intake.received import ReceivedFile
from pipeline.seals import Verdict
from pipeline.sheets.addresses import column_letter
from pipeline.text import natural_order, same, text_of

COLUMNS = {
    "file": N_("File"),
    "unit": N_("Unit code"),
    "day": N_("Day of receipt"),
    "time": N_("Time of receipt"),
    "note": N_("Note"),
    "decision": N_("May replace an earlier form (yes/no)"),
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
    came by mail; ``now``: when content that no run has seen is first seen; ``senders``: SHA-256 -> who mailed it;
    ``seals``: file -> what the seal of the form or paper in it proves; ``unproved``: of what only the letter itself
    says when it came."""

    seen: Mapping[str, dt.datetime]
    mailed: Mapping[str, dt.datetime]
    now: dt.datetime
    senders: Mapping[str, str] = field(default_factory=dict)
    seals: Mapping[str, Verdict] = field(default_factory=dict)
    unproved: Collection[str] = ()


@dataclass
class Book:
    """Times of receipt by file and by unit, as the officer wrote them; ``cells``: of which book, and in which cell, the
    day of each stands; ``decisions``: file -> whether it may take the place of the form that counts."""

    by_file: dict[str, dt.datetime] = field(default_factory=dict)
    by_unit: dict[str, dt.datetime] = field(default_factory=dict)
    cells: dict[str, tuple[str, str]] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)

    def overruled_by(self, newer: Book, units: Mapping[str, str]) -> Book:
        """Both as one; what the newer one says of a file, or of its unit, is what counts. ``units``: file -> unit."""
        still = {file: time for file, time in self.by_file.items() if units.get(file) not in newer.by_unit}
        by_unit, cells = self.by_unit | newer.by_unit, self.cells | newer.cells
        return Book(still | newer.by_file, by_unit, cells, self.decisions | newer.decisions)


@dataclass(frozen=True)
class _Row:
    """A row of the book. ``number``: as Excel counts; ``cells``: column -> what stands there."""

    book: str
    number: int
    columns: Mapping[str, int]
    cells: Mapping[str, Any]

    def text(self, column: str) -> str:
        """What stands in the column, "" where the book has none."""
        return text_of(self.cells.get(column, ""))

    def place(self, column: str) -> str:
        """The address of its cell; of the first one of the row where the book has no such column."""
        return f"{column_letter(self.columns.get(column, 0))}{self.number}"

    @property
    def has_decision_only(self) -> bool:
        """Whether the row says nothing of a time."""
        return bool(self.text("decision")) and not self.text("day") and not self.text("time")

    def finding(self, code: Code, column: str) -> Finding:
        """A finding at its cell."""
        entered = self.text(column)
        return Finding(code, self.book, sheet=_(TITLE), cell=self.place(column), entered=entered)


def read_book(
    rows: Sequence[Sequence[Any]],
    files: Iterable[str],
    units: Iterable[str],
    zone: ZoneInfo,
    name: str = RECEIPT_BOOK,
) -> tuple[Book, list[Finding]]:
    """The book's rows as times in ``zone``, and findings about rows that help nobody. ``name``: the book's file."""
    heading, columns = headings(rows)
    if heading is None:
        return Book(), [Finding(Code.RECEIPT_NO_HEADINGS, name)]
    known_files = {same(file.rpartition("/")[2]): file for file in files} | {same(file): file for file in files}
    known_units = {same(unit): unit for unit in units}
    book, findings = Book(), list[Finding]()
    for row in _rows(rows, heading, columns, name):
        time, wrong = _moment(row, zone)
        by_file = bool(row.text("file"))
        column, known, times = ("file", known_files, book.by_file) if by_file else ("unit", known_units, book.by_unit)
        named = known.get(same(row.text(column)))
        findings += _decide(row, named, by_file, book)
        if time is None and row.has_decision_only:
            continue
        if time is None:
            findings.append(row.finding(Code.RECEIPT_NO_TIME, wrong))
        elif named is None:
            findings.append(row.finding(Code.RECEIPT_UNKNOWN, column))
        else:
            if named in times:
                findings.append(row.finding(Code.RECEIPT_TWICE, column))
            times[named], book.cells[named] = time, (name, row.place("day"))
    return book, findings


def _decide(row: _Row, named: str | None, by_file: bool, book: Book) -> Iterator[Finding]:
    """Take over what the row decides of a file. ``named``: the file or unit that the row names, if there is one."""
    written = row.text("decision")
    if not written or not named:
        return
    decision = _DECISIONS.get(readings((YES, NO)).get(same(written), ""))
    if decision is None or not by_file:
        yield row.finding(Code.DECISION_UNCLEAR, "decision")
    else:
        book.decisions[named] = decision


_DECISIONS = {YES: Decision.YES, NO: Decision.NO}


def _rows(rows: Sequence[Sequence[Any]], heading: int, columns: Mapping[str, int], book: str) -> Iterator[_Row]:
    """The rows below the headings that name a file or a unit."""
    for number, cells in enumerate(rows[heading + 1 :], start=heading + 2):
        row = _Row(book, number, columns, {key: cells[place] for key, place in columns.items() if place < len(cells)})
        if row.text("file") or row.text("unit"):
            yield row


def _moment(row: _Row, zone: ZoneInfo) -> tuple[dt.datetime | None, str]:
    """When the row says that something came, or the column from which that cannot be read.

    A day without a time counts as 17:00, the end of office hours, where no time stands with the day.
    """
    written_day, written_time = row.cells.get("day", ""), row.cells.get("time", "")
    day = read_date(written_day)
    if day is None:
        return None, "day"
    if written_time == "":
        with_day = isinstance(written_day, dt.datetime) and written_day.time() != dt.time()
        return dt.datetime.combine(day, written_day.time() if with_day else OFFICE_CLOSES, zone), ""
    time = read_time(written_time)
    return (dt.datetime.combine(day, time, zone), "") if time else (None, "time")


OFFICE_CLOSES = dt.time(17, 0)


def receipts(
    files: Iterable[ReceivedFile], units: Mapping[str, str], book: Book, known: KnownTimes
) -> dict[str, Receipt]:
    """File -> when it was received: as the book says for the file, else for its unit; else the earlier one of when it
    came by mail and when a run first saw it, so that nobody makes a receipt later by sending the same once more.

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
        elif known.mailed.get(file.sha256, _LAST) <= first:
            source = Source.SAVED_LETTER if file.sha256 in known.unproved else Source.MAIL
            times[file.name] = Receipt(known.mailed[file.sha256], first, source)
        else:
            times[file.name] = Receipt(first, first, Source.FIRST_SEEN)
    return times


_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
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
            name, cell = book.cells[file if file in book.by_file else units[file]]
            facts = {"file": file, "opened": date(opens), "seen": date(seen)}
            findings.append(Finding(Code.RECEIPT_UNLIKELY, name, "", _(TITLE), cell, "", date(day), facts))
    return findings


TITLE = N_("Receipt book")


def hint(book_seen: bool, unnamed: int) -> str:
    """What to tell the officer about the book. ``unnamed``: of how many forms nothing tells the time."""
    if not unnamed:
        return ""
    if not book_seen:
        return _(
            "There is no {book} in the folder {folder}/ of the inbox; the time of receipt is when a run first saw each "
            "file. If a form came earlier, write its time into the book that lies in the outbox and copy it there."
        ).format(book=RECEIPT_BOOK, folder=OFFICERS_FOLDER)
    return _("{book} does not name {n} forms; for them the time when a run first saw the file counts.").format(
        book=RECEIPT_BOOK, n=unnamed
    )
