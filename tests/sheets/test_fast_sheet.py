"""A row that is put together at once is, byte for byte, what XlsxWriter alone would write cell by cell."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sheets.fast_sheet import FastSheet
from pipeline.sheets.sheet import Formula, Sheet

Write = Callable[[Any, int, list[Any], list[Any], list[Any]], None]


def library(sheet: Any, row: int, values: list[Any], looks: list[Any], text_looks: list[Any]) -> None:
    """The row as one writes it with XlsxWriter and nothing else."""
    for place, value in enumerate(values):
        match value:
            case None | "":
                sheet.write_blank(row, place, None, looks[place])
            case Formula(formula, shown):
                sheet.write_formula(row, place, formula, looks[place], shown)
            case str() if value.startswith("<r>"):  # it has no other way to write such a text
                sheet.write_rich_string(row, place, "<", "r", value[2:], text_looks[place])
            case str():
                sheet.write_string(row, place, value, text_looks[place])
            case _:
                sheet.write_number(row, place, value, looks[place])


def parts(worksheet: type[Any], write: Write, rows: list[list[Any]], streaming: bool) -> dict[str, bytes]:
    """The files in a workbook with these rows below one that makes either use the formats in the same order."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": streaming, "in_memory": not streaming})
    sheet = book.add_worksheet("Bảng", worksheet)
    number, text = book.add_format({"border": 1, "num_format": "0.00"}), book.add_format({"bold": True})
    for row, values in enumerate([[94.5, "đầu"], *rows]):
        if row % 3 == 1:
            sheet.set_row(row, 33.5)
        write(sheet, row, values, [number] * len(values), [text] * len(values))
    sheet.write_formula(len(rows) + 1, 0, "=SUM(A1:A2)", number, 2)
    book.close()
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/")}


KINDS = {
    "blank": None,
    "empty text": "",
    "text": "Thôn 1",
    "text to be escaped": "a & b < c > d \" ' ]]>",
    "text like a formula": "=1+1",
    "text like a link": "https://xa.vn",
    "text with spaces around": " đầu và cuối ",
    "text with a line's end": "dòng 1\ndòng 2\r\n\t3",
    "text like an escape": "_x0041_",
    "text with control characters": "\x00 \x07 \x1f \x7f \x85 \ufffe \uffff",
    "text like markup": "<b>đậm</b>",
    "text like the library's own markup": "<r><t>đậm</t></r>",
    "text that would end the cell": "<r></is></c><c r='B9'><f>1+1</f></c><c><is></r>",
    "text of Excel's most letters": "ă" * 32_767,
    "text that is too long": "a" * 40_000,
    "text that is too long in UTF-16": "😀" * 20_000,
    "whole number": 7,
    "negative": -3,
    "decimal": 0.1 + 0.2,
    "large": 1e15,
    "larger than digits": 123_456_789_012_345_678,
    "small": 1e-7,
    "formula": Formula("=A1*2", 189.0),
    "formula with a whole number": Formula("=A1*2", 189),
    "formula with a small number": Formula("A1/1E7", 9.45e-06),
    "formula with text": Formula('=IF(A1>1,"Đạt","")', "Đạt"),
    "formula with no text": Formula('=IF(A1>1,"","")', ""),
    "formula with text to be escaped": Formula("=B1", "a & b <c>"),
    "formula with spaces around its text": Formula("=B1", " a "),
    "formula with an error": Formula("=A1/0", "#DIV/0!"),
    "formula with text like a number": Formula('="#"&A1', "#1"),
    "formula to be escaped": Formula('=IF(AND(A1<>"",A1>0),A1&"<b>",">")', "94.5<b>"),
}


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_cell_is_written_as_the_library_writes_it(kind: str, streaming: bool) -> None:
    rows = [[KINDS[kind]], [KINDS[kind], 1.5, KINDS[kind]]]
    expected = parts(xlsxwriter.worksheet.Worksheet, library, rows, streaming)
    for write in (FastSheet.write_line, FastSheet.write_cells):
        assert without_counts(parts(FastSheet, write, rows, streaming)) == without_counts(expected)


def without_counts(files: dict[str, bytes]) -> dict[str, bytes]:
    """Shared texts state how often they are used, which no program reads."""
    texts = "xl/sharedStrings.xml"
    return files | {texts: re.sub(rb' count="[0-9]+"', b"", files.get(texts, b""))}


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [each for each in KINDS.values() if isinstance(each, str) and len(each) < 100]
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**17), 10**17)
FORMULAS = st.builds(Formula, st.sampled_from(["=1+1", '=IF(A1<>"",A1&"<b>",">")', "SUM(B1:B2)"]), TEXTS | NUMBERS)
ROWS = st.lists(st.lists(st.none() | TEXTS | NUMBERS | FORMULAS, min_size=1, max_size=4), min_size=1, max_size=20)


@given(ROWS, st.booleans())
def test_any_rows_are_written_as_the_library_writes_them(rows: list[list[Any]], streaming: bool) -> None:
    expected = parts(xlsxwriter.worksheet.Worksheet, library, rows, streaming)
    assert without_counts(parts(FastSheet, FastSheet.write_line, rows, streaming)) == without_counts(expected)


@pytest.mark.parametrize("streaming", [True, False])
def test_a_row_may_have_more_columns_than_letters(streaming: bool) -> None:
    rows: list[list[Any]] = [[float(place) for place in range(16_384)]]
    expected = parts(xlsxwriter.worksheet.Worksheet, library, rows, streaming)
    assert parts(FastSheet, FastSheet.write_line, rows, streaming) == expected
    assert b'<c r="XFD2"' in expected["xl/worksheets/sheet1.xml"]


def test_a_band_is_merged_as_xlsxwriter_merges() -> None:
    def merged(sheet: Any, row: int, values: list[Any], looks: list[Any], text_looks: list[Any]) -> None:
        if row < 2:
            library(sheet, row, values, looks, text_looks)
        else:
            sheet.merge_range(row, 0, row, 2, values[0], looks[0])
            sheet.write_number(row, 3, values[3], looks[3])

    def band(sheet: Any, row: int, values: list[Any], looks: list[Any], text_looks: list[Any]) -> None:
        if row < 2:
            sheet.write_line(row, values, looks, text_looks)
        else:
            sheet.write_band(row, values, looks, 3)

    rows = [["Điểm", 1.5], ["Nhóm I", None, None, 5]]
    for streaming in (True, False):
        expected = parts(xlsxwriter.worksheet.Worksheet, merged, rows, streaming)
        assert parts(FastSheet, band, rows, streaming) == expected
        assert b'<mergeCell ref="A3:C3"/>' in expected["xl/worksheets/sheet1.xml"]


def test_a_chart_shows_the_cells_that_are_written_one_by_one() -> None:
    """A chart stores the values that it shows; the library takes them from the cells, one by one."""

    def charted(worksheet: type[Any], write: Write) -> dict[str, bytes]:
        file = io.BytesIO()
        book = xlsxwriter.Workbook(file)
        sheet, look = book.add_worksheet("Bảng", worksheet), book.add_format({"border": 1})
        for row, values in enumerate([["Thôn 1", 94.5], ["Thôn & 2", Formula("=B1-1", 93.5)], ["", None]]):
            write(sheet, row, values, [look] * 2, [look] * 2)
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"categories": ["Bảng", 0, 0, 2, 0], "values": ["Bảng", 0, 1, 2, 1]})
        sheet.insert_chart(4, 0, chart)
        book.close()
        with zipfile.ZipFile(file) as archive:
            return {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/")}

    expected = charted(xlsxwriter.worksheet.Worksheet, library)
    assert charted(FastSheet, Sheet.write_cells) == expected
    assert b"<c:v>93.5</c:v>" in expected["xl/charts/chart1.xml"]


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("method", ["write_line", "write_cells"])
@pytest.mark.parametrize("row, columns", [(1_048_576, 1), (0, 16_385)])
def test_what_excel_cannot_hold_is_not_lost_without_a_word(
    method: str, row: int, columns: int, streaming: bool
) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": streaming})
    sheet, look = book.add_worksheet("Bảng", FastSheet), book.add_format()
    with pytest.raises(ValueError, match="beyond"):
        getattr(sheet, method)(row, [1.5] * columns, [look] * columns, [look] * columns)


@pytest.mark.parametrize("method", ["write_line", "write_cells"])
def test_a_row_above_one_that_is_streamed_already_is_not_lost_without_a_word(method: str) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
    sheet, look = book.add_worksheet("Bảng", FastSheet), book.add_format()
    sheet.write_line(5, [1.5], [look], [look])
    with pytest.raises(ValueError, match="row 5 "):
        getattr(sheet, method)(4, [1.5], [look], [look])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_number_is_no_cell(value: float) -> None:
    book = xlsxwriter.Workbook(io.BytesIO())
    sheet, look = book.add_worksheet("Bảng", FastSheet), book.add_format()
    with pytest.raises(TypeError, match="NAN/INF"):
        sheet.write_line(0, [value], [look], [look])
