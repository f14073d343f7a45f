"""The parts that all our workbooks share."""

from __future__ import annotations

import datetime as dt
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.sheets.styles import (
    NO_TIME,
    Properties,
    national_heading,
    new_workbook,
    page_setup,
    sheet_name,
    show_whole,
    signature,
    styles,
)
from tests.outcomes import HOSTILE

MOMENT = dt.datetime(2023, 12, 13, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def one_sheet(path: Path, streaming: bool = False) -> Path:
    book = new_workbook(path, Properties("Bảng mẫu", "UBND xã Mẫu", MOMENT), streaming=streaming)
    look = styles(book)
    sheet = book.add_worksheet("Bảng")
    for row, text in enumerate(HOSTILE):
        sheet.write(row, 0, text, look.text)
    sheet.write(len(HOSTILE), 0, 94.5, look.points)
    page_setup(sheet, repeat_rows=(0, 1), footer="Khối A & B")
    book.close()
    return path


@pytest.mark.parametrize("streaming", [False, True])
def test_what_a_unit_typed_stays_text(tmp_path: Path, streaming: bool) -> None:
    sheet = openpyxl.load_workbook(one_sheet(tmp_path / "a.xlsx", streaming))["Bảng"]
    cells = [row[0] for row in sheet.iter_rows(max_row=len(HOSTILE))]
    assert [cell.value for cell in cells] == list(HOSTILE)
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert {cell.hyperlink for cell in cells} == {None}


@pytest.mark.parametrize("streaming", [False, True])
def test_the_same_content_gives_the_same_bytes_anywhere_anytime(
    tmp_path: Path, streaming: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = one_sheet(tmp_path / "a.xlsx", streaming).read_bytes()
    monkeypatch.setenv("TZ", "America/New_York")
    if hasattr(time, "tzset"):
        time.tzset()
    later = time.time() + 100_000
    monkeypatch.setattr(time, "time", lambda: later)
    try:
        assert one_sheet(tmp_path / "b.xlsx", streaming).read_bytes() == first
    finally:
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()


def test_the_workbook_says_when_its_data_came_not_when_it_was_written(tmp_path: Path) -> None:
    properties = openpyxl.load_workbook(one_sheet(tmp_path / "a.xlsx")).properties
    assert (properties.title, properties.creator) == ("Bảng mẫu", "UBND xã Mẫu")
    assert properties.created == properties.modified == dt.datetime(2023, 12, 13, 3, 30)  # UTC


def test_nothing_received_is_no_reason_to_look_at_the_clock(tmp_path: Path) -> None:
    book = new_workbook(tmp_path / "a.xlsx")
    book.add_worksheet("Bảng")
    book.close()
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").properties.created == NO_TIME.replace(tzinfo=None)


def test_a_page_is_a4_across_with_headings_and_page_numbers(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(one_sheet(tmp_path / "a.xlsx"))["Bảng"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$2"
    text = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "Khối A &amp;&amp; B" in text and "Trang &amp;P/&amp;N" in text


@pytest.mark.parametrize(
    ("value", "decimals", "expected"), [(94.5, 2, "#,##0.00"), (94.5, 0, "#,##0"), (94.5, 1, "#,##0.0")]
)
def test_points_show_the_decimals_of_the_plan(tmp_path: Path, value: float, decimals: int, expected: str) -> None:
    book = new_workbook(tmp_path / "a.xlsx")
    look = styles(book, decimals)
    book.add_worksheet("Bảng").write_number(0, 0, value, look.points)
    book.close()
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["Bảng"]["A1"].number_format == expected


def test_a_whole_number_is_shown_without_a_trailing_comma(tmp_path: Path) -> None:
    book = new_workbook(tmp_path / "a.xlsx")
    look = styles(book)
    sheet = book.add_worksheet("Bảng")
    show_whole(sheet, look, (3, 9), 1)
    book.close()
    (formats,) = openpyxl.load_workbook(tmp_path / "a.xlsx")["Bảng"].conditional_formatting
    assert str(formats.sqref) == "B4:B10"
    assert [rule.formula for rule in formats.rules] == [["AND(ISNUMBER(B4),B4=INT(B4))"]]


def test_the_head_and_the_foot_of_a_paper(tmp_path: Path) -> None:
    book = new_workbook(tmp_path / "a.xlsx")
    look = styles(book)
    sheet = book.add_worksheet("Bảng")
    assert national_heading(sheet, look, "UBND xã Mẫu", "Hội đồng xã Mẫu", ((0, 1), (2, 3))) == 2
    assert signature(sheet, look, 5, (2, 3), "Xã Mẫu") == 13
    book.close()
    read: Any = openpyxl.load_workbook(tmp_path / "a.xlsx")["Bảng"]
    assert [[cell.value for cell in row if cell.value] for row in read.iter_rows()] == [
        ["UBND XÃ MẪU", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["HỘI ĐỒNG XÃ MẪU", "Độc lập - Tự do - Hạnh phúc"],
        [],
        [],
        [],
        ["Xã Mẫu, ngày …… tháng …… năm ………"],
        ["TM. HỘI ĐỒNG"],
        ["CHỦ TỊCH"],
        ["(Ký, ghi rõ họ tên, đóng dấu)"],
    ]


def test_sheet_names_are_short_legal_and_different() -> None:
    taken: set[str] = set()
    long = "Khối các cơ quan chuyên môn thuộc Ủy ban nhân dân xã"
    wanted = ["Khối thôn", "khối THÔN", "A/B: [c]?*\\", "'x'", "", long, long]
    assert [sheet_name(each, taken) for each in wanted] == [
        "Khối thôn",
        "khối THÔN (2)",
        "A-B- -c----",
        "x",
        "-",
        "Khối các cơ quan chuyên môn",
        "Khối các cơ quan chuyên môn (2)",
    ]
