"""Our worksheet writes what XlsxWriter writes, only faster; and never takes text for markup."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipeline.sheets.sheet import Formula, Sheet
from pipeline.sheets.styles import new_workbook

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "=1+1",
        "a & b",
        " đầu",
        "cuối ",
        "<b>",
        "_x0041_",
        "_",
        "a\tb",
        "a\r\nb",
        "\x00",
        "\x85",
        "\uffff",
        "Thôn 1",
        "]]>",
    ]
)
VALUES = st.none() | TEXTS | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**17), 10**17)
ROWS = st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=4)


def written(worksheet: type[Any], rows: list[list[Any]], streaming: bool, formatted: bool) -> dict[str, bytes]:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": streaming, "in_memory": not streaming})
    book.worksheet_class = worksheet
    sheet, look = book.add_worksheet(), book.add_format({"border": 1}) if formatted else None
    for row, values in enumerate(rows):
        for place, value in enumerate(values):
            if value is None:
                sheet.write_blank(row, place, None, look)
            elif isinstance(value, str):
                sheet.write_string(row, place, value, look)
            else:
                sheet.write_number(row, place, value, look)
    sheet.write_formula(len(rows), 0, "=1+1", look, 2)
    book.close()
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/")}


@given(ROWS, st.booleans(), st.booleans())
def test_the_file_is_what_xlsxwriter_alone_would_write(rows: list[list[Any]], streaming: bool, formatted: bool) -> None:
    plain = xlsxwriter.worksheet.Worksheet
    assert written(Sheet, rows, streaming, formatted) == written(plain, rows, streaming, formatted)


FORMULAS = st.builds(
    Formula,
    st.sampled_from(["=1+1", '=IF(A1<>"",A1&"<b>",">")', "SUM(B1:B2)"]),
    TEXTS | st.floats(allow_nan=False, allow_infinity=False),
)
LINES = st.lists(st.lists(VALUES | FORMULAS, min_size=1, max_size=4), min_size=1, max_size=20)


def written_in_lines(rows: list[list[Any]], streaming: bool, method: str) -> dict[str, bytes]:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": streaming, "in_memory": not streaming})
    book.worksheet_class = Sheet
    sheet, numbers, texts = book.add_worksheet(), book.add_format({"border": 1}), book.add_format({"bold": True})
    for look in (numbers, texts):
        look._get_xf_index()  # looks are numbered as they are first used, which is a row earlier in a line
    for row, values in enumerate(rows):
        getattr(sheet, method)(row, values, [numbers] * 4, [texts] * 4)
    book.close()
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/")}


@given(LINES)
def test_a_line_is_the_cells_that_it_stands_for(rows: list[list[Any]]) -> None:
    assert written_in_lines(rows, True, "write_line") == written_in_lines(rows, True, "write_cells")


@given(LINES)
def test_a_line_that_is_not_streamed_is_too(rows: list[list[Any]]) -> None:
    lines, cells = (written_in_lines(rows, False, method) for method in ("write_line", "write_cells"))
    texts = "xl/sharedStrings.xml"  # states how often texts are used, which no program reads
    for part in (lines, cells):
        part[texts] = re.sub(rb' count="[0-9]+"', b"", part.get(texts, b""))
    assert lines == cells


def test_a_band_is_merged_as_xlsxwriter_merges(tmp_path: Path) -> None:
    parts = []
    for ours in (True, False):
        file = tmp_path / f"{ours}.xlsx"
        book = xlsxwriter.Workbook(file)
        book.worksheet_class = Sheet
        sheet, look = book.add_worksheet(), book.add_format({"border": 1})
        if ours:
            sheet.write_band(2, ["Nhóm I", None, None, 5], [look] * 4, 3)
        else:
            sheet.merge_range(2, 0, 2, 2, "Nhóm I", look)
            sheet.write_number(2, 3, 5, look)
        book.close()
        with zipfile.ZipFile(file) as archive:
            parts.append([archive.read(f"xl/{name}.xml") for name in ("worksheets/sheet1", "sharedStrings", "styles")])
    assert parts[0] == parts[1]


RICH = [
    "<r></r>",
    "<r><t>đậm</t></r>",
    "<r></is></c><c r='B9'><f>1+1</f></c><c><is></r>",
    "<r>" + "a" * 15_000 + "</r>",
]


@pytest.mark.parametrize("streaming", [True, False])
def test_text_in_the_form_of_markup_stays_text(tmp_path: Path, streaming: bool) -> None:
    book = new_workbook(tmp_path / "a.xlsx", None, streaming=streaming)
    sheet = book.add_worksheet("a")
    look = book.add_format({"border": 1})
    for row, text in enumerate(RICH):
        sheet.write_string(row, 0, text, look)
        sheet.write(row, 1, text)
    book.close()
    read = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("a").to_python()
    assert read == [[text, text] for text in RICH]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
