"""Cells that show more than their value, in .xlsx, .xls and .ods, by either reader."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache, partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import Merged, NoValue, Shown
from pipeline.forms.raw_form import RawForm
from pipeline.forms.readers import Opener, first, second
from pipeline.intake import marks_ods, marks_xlsx
from pipeline.intake.recognition import recognise
from pipeline.intake.safety import look_through
from pipeline.intake.shown import as_shown
from pipeline.intake.take import take
from pipeline.intake.unit_names import UnitNames
from pipeline.legacy_text import Encoding
from pipeline.rules.limits import DEFAULT_LIMITS
from pipeline.rules.round_context import RoundContext
from tests.filled import drop, form
from tests.libreoffice import convert, needs_libreoffice
from tests.returned import RULES, YEAR_END, saved
from tests.returned import opened as opened_form

SHEET = "Tự chấm"
BY_OPENPYXL: Opener = partial(second, rows=100, columns=20)

CELLS: dict[str, tuple[Any, str, Any]] = {
    # cell  typed         format         read as
    "B2": (0.97, "0%", Shown(0.97, 97, "%")),
    "B3": (0.977, "0.0%", Shown(0.977, 97.7, "%")),
    "B4": (97, "General", 97.0),
    "B5": (12000, "#,##0", 12000.0),
    "B6": (5, '0" tỷ"', Shown(5, 5, "tỷ")),
    "B7": ("97%", "@", "97%"),
    "B8": ("#N/A", "General", NoValue(Code.ERROR_VALUE, "#N/A")),
    "B9": ("=1/0", "General", NoValue(Code.ERROR_VALUE, "#DIV/0!")),
    "B10": ("=NA()", "0%", NoValue(Code.ERROR_VALUE, "#N/A")),
    "B11": ("=1+1", "General", 2.0),
    "B12": ("=0.5+0.25", "0%", Shown(0.75, 75, "%")),
    "B13": ('=""', "General", ""),
    "C2": ("dòng chung", "General", "dòng chung"),
    "C3": (None, "General", Merged("C2", "dòng chung", down=True)),
    "D5": (7, "General", 7.0),
    "E4": ("cột cuối", "General", "cột cuối"),
    "E5": (None, "General", Merged("D5", 7.0, down=False)),
}
MERGES = ("C2:C3", "D5:E5")


@cache
def typed() -> bytes:
    """The cells as openpyxl writes them: formulas have no results."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    for place, (value, number_format, _read) in CELLS.items():
        sheet[place].value, sheet[place].number_format = value, number_format
    for merge in MERGES:
        sheet.merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sheet(content: bytes, kind: str, opened: Opener = first) -> list[list[Any]]:
    workbook = look_through(content, kind, DEFAULT_LIMITS).workbook
    return as_shown(opened, kind, workbook)(workbook.content).rows(SHEET)


def cells(content: bytes, kind: str, opened: Opener = first) -> dict[str, Any]:
    rows = sheet(content, kind, opened)
    at = {place: (int(place[1:]) - 1, ord(place[0]) - 65) for place in CELLS}
    return {place: rows[row][column] if row < len(rows) else "" for place, (row, column) in at.items()}


@pytest.mark.parametrize("opened", [first, BY_OPENPYXL])
def test_formulas_that_nothing_has_calculated_are_no_blanks(opened: Opener) -> None:
    expected = {
        place: NoValue(Code.NO_RESULT) if str(value).startswith("=") else read
        for place, (value, _format, read) in CELLS.items()
    }
    assert cells(typed(), "xlsx", opened) == expected


@pytest.mark.libreoffice
@pytest.mark.skipif(*needs_libreoffice[1].args, **needs_libreoffice[1].kwargs)
def test_the_same_cells_in_every_kind_of_file(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(typed())
    expected = {place: read for place, (_value, _format, read) in CELLS.items()}
    for kind in ("xlsx", "xls", "ods"):
        (saved,) = convert(tmp_path / "a.xlsx", kind, tmp_path / kind)
        assert cells(saved.read_bytes(), kind) == expected, kind


# --- pictures in cells ---------------------------------------------------------------------------------


def test_pictures_in_cells_are_no_text() -> None:
    book = openpyxl.Workbook()
    active = book.active
    assert active is not None
    active.title = SHEET
    active["A1"].value = '=_xlfn.DISPIMG("ID_1",1)'
    target = io.BytesIO()
    book.save(target)
    wps = changed(target.getvalue(), {"<v />": '<v>=DISPIMG("ID_1",1)</v>', '<c r="A1">': '<c r="A1" t="str">'})
    excel = changed(target.getvalue(), {r'<c r="A1">.*?</c>': '<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>'})
    for content in (wps, excel):
        assert sheet(content, "xlsx")[0][0] == NoValue(Code.PICTURE_IN_CELL)


# --- sheets written in another way ---------------------------------------------------------------------


def changed(content: bytes, replaced: dict[str, str], part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The package with a part changed: expressions and what takes their place, each at least once."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                for expression, instead in replaced.items():
                    rewritten, count = re.subn(expression, instead, text.decode())
                    assert count, expression
                    text = rewritten.encode()
            new.writestr(name, text)
    return target.getvalue()


OTHERWISE = {
    "single quotes": {r'<c r="([A-Z]+[0-9]+)" s="(\d+)"': r"<c r='\1' s='\2'"},
    "style first": {r'<c r="([A-Z]+[0-9]+)" s="(\d+)"': r'<c s="\2" r="\1"'},
    "a prefix": {
        "<(/?)([a-zA-Z])": r"<\1x:\2",
        'xmlns="http': 'xmlns:x="http',
    },
    "a comment": {"<sheetData>": "<sheetData><!-- c -->"},
    "line ends between": {r"<(/?)(c|v|f)([ />])": r"\n<\1\2\3"},
    "value marked to keep blanks": {"<v>": '<v xml:space="preserve">'},
}


@pytest.mark.parametrize("how", OTHERWISE)
def test_a_sheet_written_otherwise_says_the_same(how: str) -> None:
    part = zipfile.ZipFile(io.BytesIO(typed())).read("xl/worksheets/sheet1.xml")
    other = zipfile.ZipFile(io.BytesIO(changed(typed(), OTHERWISE[how]))).read("xl/worksheets/sheet1.xml")
    formats = marks_xlsx.formats_of(zipfile.ZipFile(io.BytesIO(typed())).read("xl/styles.xml"))
    assert part != other
    assert marks_xlsx.marked(other, formats) == marks_xlsx.marked(part, formats)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", ' t="e"', ' t="str"', ' t="n"', ' t="b"', ' t="e" vm="1"']),
            st.sampled_from(["", ' s="0"', ' s="1"', ' s="2"', ' s="12"']),
            st.sampled_from(["", "<f>A1&gt;2</f>", "<f/>", '<f t="shared" si="0"/>', "<f>A1>2</f>"]),
            st.sampled_from(["", "<v/>", "<v></v>", "<v> </v>", "<v>1</v>", "<v>#REF!</v>"]),
        ),
        max_size=8,
    )
)
def test_searching_and_parsing_a_sheet_find_the_same(written: list[tuple[str, str, str, str]]) -> None:
    inside = "".join(f'<c r="{"ABCDEFGH"[n]}1"{t}{s}>{f}{v}</c>' for n, (t, s, f, v) in enumerate(written))
    part = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        f'{inside}</row></sheetData><mergeCells count="1"><mergeCell ref="A1:B3"/></mergeCells></worksheet>'
    ).encode()
    formats = {"1": "0%", "12": '0" tỷ"'}
    assert marks_xlsx.searched(part, formats) == marks_xlsx.parsed(part, formats)


# --- .ods ----------------------------------------------------------------------------------------------

CONTENT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body>
<office:spreadsheet><table:table table:name="Tự chấm">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""

ODS_CELLS = [
    '<table:table-cell office:value-type="percentage" office:value="0.97"><text:p>97%</text:p></table:table-cell>',
    '<table:table-cell office:value-type="currency" office:currency="VND" office:value="5"/>',
    '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="3"/>',
    '<table:table-cell table:formula="of:=[.A1]&gt;1"/>',
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error">'
    "<text:p>#DIV/0!</text:p></table:table-cell>",
    '<table:table-cell table:formula="of:=X()" office:value-type="float" office:value="0"><text:p>Err:508</text:p>'
    "</table:table-cell>",
    '<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="1"/><table:covered-table-cell/>',
    '<table:table-cell office:value-type="string"><text:p>Err:1 &amp; #2</text:p></table:table-cell>',
    "<table:table-cell/>",
]


@given(
    st.lists(
        st.tuples(st.sampled_from(["", ' table:number-rows-repeated="2"']), st.lists(st.sampled_from(ODS_CELLS))),
        max_size=5,
    )
)
def test_searching_and_parsing_content_find_the_same(rows: list[tuple[str, list[str]]]) -> None:
    lines = "".join(f"<table:table-row{repeated}>{''.join(inside)}</table:table-row>" for repeated, inside in rows)
    part = CONTENT.replace("{rows}", lines).encode()
    assert marks_ods.searched(part) == marks_ods.parsed(part)


def test_the_marks_of_content_stand_where_its_cells_do() -> None:
    row = "".join(ODS_CELLS)
    part = CONTENT.replace("{rows}", f"<table:table-row>{row}</table:table-row>").encode()
    marks, merges = marks_ods.searched(part)[SHEET]
    assert marks == {
        (0, 0): "0%",
        (0, 1): "#,##0[$VND]",
        (0, 4): NoValue(Code.NO_RESULT),
        (0, 5): NoValue(Code.ERROR_VALUE, "#DIV/0!"),
        (0, 6): NoValue(Code.ERROR_VALUE, "Err:508"),
    }
    assert merges == [(0, 7, 0, 8)]


# --- whole forms ---------------------------------------------------------------------------------------


def test_a_form_of_formulas_that_nothing_has_calculated_is_no_blank_form(tmp_path: Path) -> None:
    book = opened_form(form("thon-1"))
    results = book["Tự chấm"]
    for row in results.iter_rows(min_row=7):
        for place in (row[5], row[7]):
            if place.value is not None:
                place.value = f"=1*{place.row}"
    file = take(drop(tmp_path, {"a.xlsx": saved(book)}), tmp_path / "a.xlsx")
    recognised = recognise(file, RoundContext(RULES, YEAR_END), UnitNames(RULES))
    assert recognised.submission is None
    assert [each.code.value for each in recognised.findings] == ["not-calculated"]


def test_manual_calculation_is_told_in_every_kind_of_file() -> None:
    book = openpyxl.Workbook()
    book.calculation.calcMode = "manual"
    xlsx = saved(book)
    assert (Code.MANUAL_CALCULATION, {}) in look_through(xlsx, "xlsx", DEFAULT_LIMITS).notices
    assert look_through(saved(openpyxl.Workbook()), "xlsx", DEFAULT_LIMITS).notices == []
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w") as package:
        package.writestr("content.xml", CONTENT.replace("{rows}", ""))
        package.writestr("settings.xml", '<x><i n="AutoCalculate" t="boolean">false</i></x>')
    assert (Code.MANUAL_CALCULATION, {}) in look_through(ods.getvalue(), "ods", DEFAULT_LIMITS).notices


# --- fonts ---------------------------------------------------------------------------------------------


def test_the_font_of_a_cell_says_how_its_text_was_typed(tmp_path: Path) -> None:
    book = opened_form(form("thon-1"))
    for place, text, font in (("I15", "Hå s¬", ".VnTime"), ("I13", "Biªn b¶n", "Times New Roman")):
        book["Tự chấm"][place].value = text
        book["Tự chấm"][place].font = Font(name=font)
    content = take(drop(tmp_path, {"a.xlsx": saved(book)}), tmp_path / "a.xlsx").content
    assert isinstance(content, RawForm)
    texts = {values[0]: values[-2] for _row, values in content.tables["results"].rows}
    assert texts["TD1"] == "Hồ sơ"
    assert content.legacy[0].encoding is Encoding.TCVN3
