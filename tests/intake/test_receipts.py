"""The officer's receipt book decides when a form came; where it is silent, the moment a run first saw it."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pandas as pd
from python_calamine import CalamineWorkbook

from pipeline.code_lists import Decision
from pipeline.findings.finding import Code, Finding
from pipeline.i18n import _
from pipeline.intake.receipts import COLUMNS, Book, KnownTimes, hint, read_book, receipts, unlikely
from pipeline.intake.received import ReceivedFile
from pipeline.intake.witnesses import unproved_times
from pipeline.outputs.receipt_book import write_book
from tests.filled import NOW, RULES

ZONE = RULES.plan.zone
HEAD = [_(title) for title in COLUMNS.values()]
FILES = ["thon-1.xlsx", "bổ sung/thon-2.xlsx"]
UNITS = ["thon-1", "thon-2", "thcs"]


def book(*rows: list[Any], head: list[str] | None = None) -> tuple[Book, list[Finding]]:
    return read_book([["Sổ tiếp nhận"], [], head or HEAD, *rows], FILES, UNITS, ZONE)


def at(day: int, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(2023, 12, day, hour, minute, tzinfo=ZONE)


def test_days_and_times_as_people_write_them() -> None:
    read, findings = book(
        ["thon-1.xlsx", "", dt.date(2023, 12, 5), dt.time(16, 5), ""],
        ["thon-2.xlsx", "", "06/12/2023", "8h30", ""],
        ["", "thcs", dt.datetime(2023, 12, 7, 9, 15), "", ""],
        ["", "thon-1", "ngày 8 tháng 12 năm 2023", "", "không ghi giờ"],
    )
    assert findings == []
    assert read.by_file == {"thon-1.xlsx": at(5, 16, 5), "bổ sung/thon-2.xlsx": at(6, 8, 30)}
    assert read.by_unit == {"thcs": at(7, 9, 15), "thon-1": at(8, 17, 0)}


def test_columns_are_found_by_their_headings() -> None:
    read, _findings = book(["16:05", "x", "05/12/2023", "thon-1.xlsx"], head=[HEAD[3], HEAD[4], HEAD[2], HEAD[0]])
    assert read.by_file == {"thon-1.xlsx": at(5, 16, 5)}


def test_an_officers_own_headings_are_understood() -> None:
    read, findings = book(
        ["1", "thôn-lạ", "thon-1.xlsx", dt.datetime(2023, 12, 5, 16, 5), "qua e-mail"],
        head=["STT", "Người nộp", "Tên tệp gửi đến", "Ngày, tháng nhận", "Ghi chú của văn phòng"],
    )
    assert findings == []
    assert read.by_file == {"thon-1.xlsx": at(5, 16, 5)}


def test_a_book_without_headings_is_told() -> None:
    _book, findings = read_book([["thon-1.xlsx", "05/12/2023"]], FILES, UNITS, ZONE)
    assert [finding.code for finding in findings] == [Code.RECEIPT_NO_HEADINGS]


def test_rows_that_help_nobody_are_told_at_their_cell() -> None:
    read, findings = book(
        ["thon-9.xlsx", "", "05/12/2023", "", ""],
        ["", "thon-9", "05/12/2023", "", ""],
        ["thon-1.xlsx", "", "31/02/2023", "", ""],
        ["thon-1.xlsx", "", "05/12/2023", "sáng", ""],
        ["thon-1.xlsx", "", "05/12/2023", "8:00", ""],
        ["thon-1.xlsx", "", "05/12/2023", "9:00", ""],
        ["", "", "", "", "dòng ghi chú"],
    )
    assert [(finding.cell, finding.code, finding.entered) for finding in findings] == [
        ("A4", Code.RECEIPT_UNKNOWN, "thon-9.xlsx"),
        ("B5", Code.RECEIPT_UNKNOWN, "thon-9"),
        ("C6", Code.RECEIPT_NO_TIME, "31/02/2023"),
        ("D7", Code.RECEIPT_NO_TIME, "sáng"),
        ("A9", Code.RECEIPT_TWICE, "thon-1.xlsx"),
    ]
    assert read.by_file == {"thon-1.xlsx": at(5, 9, 0)}


def test_a_row_for_the_file_beats_one_for_its_unit_beats_the_mail_servers_time_beats_first_seen() -> None:
    noted = Book(by_file={"a.xlsx": at(1, 8, 0)}, by_unit={"thon-1": at(2, 8, 0)})
    taken = [ReceivedFile(name, sha256=name) for name in ("a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx", "e.xlsx")]
    units = {"a.xlsx": "thon-1", "b.xlsx": "thon-1", "c.xlsx": "thon-2", "d.xlsx": "thon-2", "e.xlsx": "thon-2"}
    mailed = {"b.xlsx": at(1, 9, 0), "e.xlsx": at(2, 9, 0)}
    known = KnownTimes({"c.xlsx": at(3, 8, 0), "e.xlsx": at(3, 8, 0)}, mailed, NOW)
    times = receipts(taken, units, noted, known)
    assert {name: (each.received, each.source) for name, each in times.items()} == {
        "a.xlsx": (at(1, 8, 0), "receipt_book"),
        "b.xlsx": (at(2, 8, 0), "receipt_book"),
        "c.xlsx": (at(3, 8, 0), "first_seen"),
        "d.xlsx": (NOW, "first_seen"),
        "e.xlsx": (at(2, 9, 0), "mail"),
    }


def test_a_book_that_we_write_reads_back() -> None:
    register = pd.DataFrame(
        {
            "file": FILES,
            "unit": ["thon-1", "thon-2"],
            "received": [at(5, 16, 5).isoformat(), at(6, 8, 30).isoformat()],
            "decision": ["", "no"],
        }
    )
    target = io.BytesIO()
    write_book(target, register, dt.datetime(2023, 12, 6))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue())).get_sheet_by_index(0).to_python()
    book = read_book(rows, FILES, UNITS, ZONE)[0]
    assert book.by_file == {FILES[0]: at(5, 16, 5), FILES[1]: at(6, 8, 30)}
    assert book.decisions == {FILES[1]: Decision.NO}


def test_a_decision_may_stand_alone_and_is_yes_or_no_of_a_file() -> None:
    rows = [
        ["Tệp", "Mã đơn vị", "Ngày tiếp nhận", "Được thay phiếu nhận trước (có/không)"],
        [FILES[0], "", "", "có"],
        [FILES[1], "", "", "tùy"],
        ["", "thon-1", "05/12/2023", "Có"],
    ]
    book, findings = read_book(rows, FILES, UNITS, ZONE)
    assert book.decisions == {FILES[0]: Decision.YES}
    assert [(each.cell, each.code, each.entered) for each in findings] == [
        ("D3", Code.DECISION_UNCLEAR, "tùy"),
        ("D4", Code.DECISION_UNCLEAR, "Có"),
    ]


def test_the_same_content_that_comes_again_by_mail_was_received_when_it_was_first_seen() -> None:
    """A stranger, or the unit itself, mails the very bytes that lay in the inbox in time (M1 of the attack)."""
    taken = [ReceivedFile("a.xlsx", sha256="a"), ReceivedFile("b.xlsx", sha256="b")]
    known = KnownTimes({"a": at(8, 9, 0), "b": at(8, 9, 0)}, {"a": at(26, 9, 0), "b": at(7, 9, 0)}, NOW)
    times = receipts(taken, {}, Book(), known)
    assert (times["a.xlsx"].received, times["a.xlsx"].source) == (at(8, 9, 0), "first_seen")
    assert (times["b.xlsx"].received, times["b.xlsx"].source) == (at(7, 9, 0), "mail")  # fetched a day later


def test_the_hint_tells_what_is_missing() -> None:
    assert "so-tiep-nhan.xlsx" in hint(book_seen=False, unnamed=3)
    assert "3" in hint(book_seen=True, unnamed=3)
    assert hint(book_seen=True, unnamed=0) == ""
    assert hint(book_seen=False, unnamed=0) == ""  # as where all came by mail


def test_a_day_before_the_round_opened_or_after_the_file_was_seen_is_doubted_and_counts() -> None:
    names = ["early.xlsx", "first.xlsx", "last.xlsx", "late.xlsx", "of-a-unit.xlsx", "unnamed.xlsx"]
    rows = [
        ["early.xlsx", "", "14/11/2023", "", ""],
        ["first.xlsx", "", "15/11/2023", "", ""],
        ["last.xlsx", "", "05/12/2023", "", ""],  # 17:00, and a run saw the file in the morning
        ["late.xlsx", "", "06/12/2023", "0:05", ""],
        ["", "thon-1", "31/12/9999", "", ""],
    ]
    read, findings = read_book([HEAD, *rows], names, UNITS, ZONE)
    seen = {name: at(5, 8, 0).astimezone(dt.UTC) for name in names}
    of_unit = {"of-a-unit.xlsx": "thon-1"}
    times = receipts([ReceivedFile(name, sha256=name) for name in names], of_unit, read, KnownTimes(seen, {}, NOW))
    assert findings == []
    found = unlikely(read, times, of_unit, dt.date(2023, 11, 15))
    assert [(each.cell, each.code, each.entered) for each in found] == [
        ("C2", Code.RECEIPT_UNLIKELY, "14/11/2023"),
        ("C5", Code.RECEIPT_UNLIKELY, "06/12/2023"),
        ("C6", Code.RECEIPT_UNLIKELY, "31/12/9999"),
    ]
    assert [times[name].received.year for name in ("late.xlsx", "of-a-unit.xlsx")] == [2023, 9999]


def test_a_letter_that_was_handed_in_proves_no_time() -> None:
    """Due on 10/12 at 17:00; what a unit gains by another date on a letter is told, what it does not gain is not."""
    due = at(10, 17, 0)
    cases = {  # file -> received by its letter, first seen, whether told
        "in-time.xlsx": (at(1, 8, 0), at(26, 8, 0), True),
        "less-late.xlsx": (at(12, 8, 0), at(26, 8, 0), True),
        "late-anyway.xlsx": (at(26, 7, 0), at(26, 8, 0), False),
        "seen-in-time.xlsx": (at(1, 8, 0), at(10, 16, 0), False),
    }
    mailed = {name: said for name, (said, _seen, _told) in cases.items()}
    seen = {name: first for name, (_said, first, _told) in cases.items()}
    files = [ReceivedFile(name, sha256=name) for name in cases]
    units = dict.fromkeys(cases, "thon-1")
    for unproved in (list(cases), []):
        known = KnownTimes(seen, mailed, NOW, unproved=unproved)
        times = receipts(files, units, Book(), known)
        told = [each.file for each in unproved_times(times, units, due)]
        assert told == [name for name, (_said, _seen, is_told) in cases.items() if is_told and unproved]
    by_book = receipts(
        files, units, Book(by_unit={"thon-1": at(1, 8, 0)}), KnownTimes(seen, mailed, NOW, unproved=units)
    )
    assert not list(unproved_times(by_book, units, due))


def test_our_own_book_says_which_time_is_unproved() -> None:
    register = pd.DataFrame(
        {
            "file": FILES,
            "unit": ["thon-1", "thon-2"],
            "received": [at(5, 16, 5).isoformat()] * 2,
            "received_from": ["saved_letter", "mail"],
        }
    )
    target = io.BytesIO()
    write_book(target, register, dt.datetime(2023, 12, 6))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue())).get_sheet_by_index(0).to_python()
    assert [row[4] if len(row) > 4 else "" for row in rows[1:]] == ["Thư đã lưu, giờ chưa được chứng thực", ""]
