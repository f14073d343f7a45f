"""Our worksheet writes what XlsxWriter writes, but never takes text for markup."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipeline.sheets.sheet import Sheet
from pipeline.sheets.styles import new_workbook

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["=1+1", "a & b", " đầu", "<b>", "_x0041_", "a\r\nb", "\x00", "\uffff", "Thôn 1", "]]>"]
)
VALUES = st.none() | TEXTS | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**17), 10**17)
ROWS = st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=4)


def written(worksheet: type[Any], rows: list[list[Any]], streaming: bool, formatted: bool) -> dict[str, bytes]:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": streaming, "in_memory": not streaming})
    sheet = book.add_worksheet(None, worksheet)
    look = book.add_format({"border": 1}) if formatted else None
    for row, values in enumerate(rows):
        for place, value in enumerate(values):
            if value is None:
                sheet.write_blank(row, place, None, look)
            elif isinstance(value, str):
                sheet.write_string(row, place, value, look)
            else:
                sheet.write_number(row, place, value, look)
    sheet.write_url(len(rows), 0, "internal:'Sheet1'!A1", look, "Về đầu", "Bấm vào đây")
    sheet.write_formula(len(rows), 1, "=1+1", look, 2)
    sheet.merge_range(len(rows) + 1, 0, len(rows) + 1, 2, "", look)
    book.close()
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/")}


@given(ROWS, st.booleans(), st.booleans())
def test_the_file_is_what_xlsxwriter_alone_would_write(rows: list[list[Any]], streaming: bool, formatted: bool) -> None:
    plain = xlsxwriter.worksheet.Worksheet
    assert written(Sheet, rows, streaming, formatted) == written(plain, rows, streaming, formatted)


RICH = [
    "<r></r>",
    "<r><t>đậm</t></r>",
    "<r></is></c><c r='B9'><f>1+1</f></c><c><is></r>",
    "<r>" + "a" * 15_000 + "</r>",
]


@pytest.mark.parametrize("streaming", [True, False])
def test_text_in_the_form_of_markup_stays_text(tmp_path: Path, streaming: bool) -> None:
    book = new_workbook(tmp_path / "a.xlsx", streaming=streaming)
    sheet = book.add_worksheet("a")
    look = book.add_format({"border": 1})
    for row, text in enumerate(RICH):
        sheet.write_string(row, 0, text, look)
        sheet.write(row, 1, text)
        sheet.write_row(row, 2, [text], look)
        sheet.write_url(row, 3, "internal:'a'!A1", look, text)
        sheet.merge_range(row, 4, row, 5, text, look)
    for row, text in enumerate(RICH, start=len(RICH)):
        sheet.write_line(row, [text] * 6, [look] * 6, [look] * 6)
    book.close()
    read = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("a").to_python()
    assert read[: len(RICH)] == [[*[text] * 5, ""] for text in RICH]
    assert read[len(RICH) :] == [[text] * 6 for text in RICH]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("letter", ["a", "😀"])
def test_markup_that_is_too_long_is_cut_as_text(tmp_path: Path, letter: str) -> None:
    book = new_workbook(tmp_path / "a.xlsx")
    text = "<r>" + letter * 40_000 + "</r>"
    book.add_worksheet("a").write_string(0, 0, text)
    book.close()
    ((read,),) = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("a").to_python()
    assert len(read) > 15_000
    assert text.startswith(read)
