"""No parser sees what may harm it, and nothing that a spreadsheet program writes is refused."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.findings.catalogue import Code
from pipeline.intake.container import Refused
from pipeline.intake.safety import look_through
from pipeline.intake.xls_areas import areas_of_xls, workbook_stream
from pipeline.rules.limits import Limits
from pipeline.rules.yaml_file import RuleFilesWrong
from pipeline.rules.year import load_rules
from tests import small
from tests.filled import form
from tests.hostile import REPEATED, RESULTS
from tests.packages import Part, changed, ods, old_book, pack, parts_of, start_of_table, with_part

FORM = form("thon-1")


def verdict(content: bytes, limits: Limits = Limits(), kind: str = "xlsx") -> Code | None:  # noqa: B008 (frozen)
    """Why it may not be opened, or why a sheet is kept from its reader."""
    try:
        looked = look_through(content, kind, limits)
    except Refused as refused:
        return refused.reason[0]
    return Code.HUGE_RANGE if looked.left_out else None


# --- what is harmless -----------------------------------------------------------------------------------

FORMATS = b'<xf numFmtId="0" fontId="0" applyAlignment="1"><alignment vertical="center"/></xf>' * 60_000
BLANK_ROWS = '<table:table-row><table:table-cell table:number-columns-repeated="26"/></table:table-row>' * 20_000
FAR_BLANKS = b"".join(b'<row r="%d"><c r="XFD%d" s="1"/></row>' % (n, n) for n in range(1000, 40_000, 100))
HARMLESS: dict[str, Callable[[], bytes]] = {
    "a form": lambda: FORM,
    "as many cell formats as Excel allows, 290:1": lambda: with_part(FORM, Part("xl/styles2.xml", FORMATS)),
    "a blank screenshot, 1,000:1": lambda: with_part(FORM, Part("xl/media/a.bmp", b"\xff" * 1920 * 1080 * 3)),
    "a packed picture": lambda: with_part(FORM, Part("xl/media/a.emz", b"\x1f\x8b\x08" + b"x" * 99)),
    "data of a query, in UTF-16": lambda: with_part(FORM, Part("customXml/a.xml", "<a>1</a>".encode("utf-16"))),
    "formatted blanks as far as Excel goes": lambda: changed(
        FORM, RESULTS, lambda xml: xml.replace(b"</sheetData>", FAR_BLANKS + b"</sheetData>")
    ),
    "twenty thousand blank rows in .ods, 250:1": lambda: ods(BLANK_ROWS),
    "blanks in .ods as far as it goes": lambda: ods(
        '<table:table-row table:number-rows-repeated="1048576">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    ),
    "a file put together while it was sent": lambda: _streamed(FORM),
}


def _streamed(content: bytes) -> bytes:
    """A zip whose sizes follow the data, as programs write that cannot go back."""

    class OneWay(io.RawIOBase):
        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.written += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    target = OneWay()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in parts_of(content):
            with packed.open(part.name, "w", force_zip64=True) as entry:
                entry.write(part.data)
    return bytes(target.written)


@pytest.mark.parametrize("what", HARMLESS)
def test_what_programs_write_is_not_refused(what: str) -> None:
    content = HARMLESS[what]()
    assert verdict(content, kind="ods" if content[30:38] == b"mimetype" else "xlsx") is None


# --- how far cells reach --------------------------------------------------------------------------------

REACHING = {
    "far to the right": b'<row r="900"><c r="GS900"><v>1</v></c></row>',
    "far down": b'<row r="20001"><c r="A20001"><v>1</v></c></row>',
    "in other quotes": b"<row r='9'><c\n r = 'XFD9' ><v>1</v></c></row>",
    "in small letters": b'<row r="9"><c r="xfd9"><v>1</v></c></row>',
    "said by the row alone": b'<row r="1048576"><c><v>1</v></c></row>',
    "said by nothing": b"<row>" + b"<c><v>1</v></c>" * 201 + b"</row>",
    "another attribute first": b"<row>" + b'<c s="1"><v>1</v></c>' * 201 + b"</row>",
    "under a prefix": b'<x:row xmlns:x="x" r="9"><x:c r="XFD9"><x:v>1</x:v></x:c></x:row>',
    "where numbers overflow": b'<row r="9"><c r="ZZZZZZZZ99999999999"><v>1</v></c></row>',
    "behind a comment": b'<row r="9"><c r="XFD9"><!-- --><is><t>1</t></is></c></row>',
}


def in_a_sheet(rows: bytes) -> bytes:
    head = b'<?xml version="1.0"?><worksheet><dimension ref="A1"/><sheetData>'
    return workbook_of(head + rows + b"</sheetData></worksheet>")


def workbook_of(*sheets: bytes) -> bytes:
    """A workbook with these sheets, named 1, 2, …, and nothing else."""
    return pack(list(parts_of_workbook(*sheets)))


def parts_of_workbook(*sheets: bytes) -> Iterator[Part]:
    numbers = range(1, len(sheets) + 1)
    names = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    yield Part("xl/workbook.xml", f'<workbook xmlns:r="x"><sheets>{names}</sheets></workbook>'.encode())
    leading = "".join(f'<Relationship Id="r{n}" Type="a/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
    yield Part("xl/_rels/workbook.xml.rels", f"<Relationships>{leading}</Relationships>".encode())
    yield from (Part(f"xl/worksheets/sheet{n}.xml", sheet) for n, sheet in enumerate(sheets, 1))


@pytest.mark.parametrize("how", REACHING)
def test_a_cell_too_far_is_seen_however_it_is_written(how: str) -> None:
    assert verdict(in_a_sheet(REACHING[how])) is Code.HUGE_RANGE


def test_a_cell_at_the_bounds_is_not_too_far() -> None:
    assert verdict(in_a_sheet(b'<row r="20000"><c r="GR20000"><v>1</v></c></row>')) is None


def test_a_sheet_in_utf_16_is_measured_too() -> None:
    xml = '<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData>{}</sheetData></worksheet>'
    part = xml.format(REACHING["far down"].decode()).encode("utf-16")
    assert verdict(workbook_of(part)) is Code.HUGE_RANGE


def test_an_ods_whose_content_is_not_where_it_belongs_is_not_opened() -> None:
    parts = parts_of(ods(REPEATED))
    renamed = pack([replace(each, name=f"{n}.xml") for n, each in enumerate(parts)])
    assert (verdict(renamed), verdict(renamed, kind="ods")) == (Code.BROKEN_FILE, Code.BROKEN_FILE)


def test_many_sheets_that_each_are_not_too_large_are_so_together() -> None:
    sheet = parts_of(in_a_sheet(b'<row r="9999"><c r="Z9999"><v>1</v></c></row>'))[-1].data
    assert verdict(workbook_of(*[sheet] * 40)) is Code.HUGE_RANGE
    assert verdict(workbook_of(*[sheet] * 20)) is None


quickly = settings(max_examples=60, deadline=None)


@quickly
@given(st.integers(1, 30_000), st.integers(1, 300))
def test_the_last_filled_cell_alone_decides(row: int, column: int) -> None:
    cell = xl_rowcol_to_cell(row - 1, column - 1).encode()
    rows = (
        b'<row r="%d"><c r="%s"><v>1</v></c></row>' % (row, cell) + b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert (verdict(in_a_sheet(rows)) is None) == (row <= 20_000 and column <= 200)


@quickly
@given(st.integers(1, 30_000), st.integers(1, 300), st.integers(1, 30_000), st.integers(1, 300))
def test_repeats_of_ods_are_counted(row: int, column: int, rows: int, columns: int) -> None:
    content = ods(
        f'<table:table-row table:number-rows-repeated="{row}"><table:table-cell/></table:table-row>'
        f'<table:table-row table:number-rows-repeated="{rows}">'
        f'<table:table-cell table:number-columns-repeated="{column}"/>'
        f'<table:table-cell VALUE table:number-columns-repeated="{columns}"/></table:table-row>'
    )
    assert (verdict(content, kind="ods") is None) == (row + rows <= 20_000 and column + columns <= 200)


@pytest.mark.parametrize("room", [1024, 4096, 60_000])
def test_old_workbooks_are_measured_as_their_reader_does(room: int) -> None:
    content = old_book((0, 0), (40, 7), (9, 12), room=room)
    ((height, width),) = ((area.rows, area.columns) for area in areas_of_xls(workbook_stream(content)))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("A")
    assert sheet.end == (height - 1, width - 1) == (40, 12)
    assert verdict(content, kind="xls") is None
    assert verdict(old_book((0, 0), (20_000, 0), room=room), kind="xls") is Code.HUGE_RANGE


@quickly
@given(st.data())
def test_a_broken_old_workbook_is_measured_or_refused(data: st.DataObject) -> None:
    content = bytearray(old_book((0, 0), (40, 7)))
    for _change in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(8, 1600))] = data.draw(st.integers(0, 255))
    assert verdict(bytes(content), kind="xls") in (None, Code.HUGE_RANGE, Code.ENCRYPTED, Code.BROKEN_FILE)


# --- the limits in plan.yaml ----------------------------------------------------------------------------

LIMITED: dict[str, tuple[Callable[[], bytes], Limits, Code]] = {
    "parts": (
        lambda: with_part(FORM, *(Part(f"a{n}") for n in range(50))),
        Limits(parts=50),
        Code.TOO_MANY_PARTS,
    ),
    "unpacked_mb": (
        lambda: with_part(FORM, Part("a", b"x" * 6_000_000)),
        Limits(unpacked_mb=5),
        Code.UNPACKS_TOO_LARGE,
    ),
    "ratio": (
        lambda: with_part(FORM, Part("a", b"x" * 1_500_000)),
        Limits(ratio_from_mb=1),
        Code.PACKED_TOO_TIGHTLY,
    ),
    "rows": (
        lambda: in_a_sheet(b'<row r="15000"><c r="A15000"><v>1</v></c></row>'),
        Limits(rows=14_000),
        Code.HUGE_RANGE,
    ),
    "columns": (lambda: in_a_sheet(b'<row r="1"><c r="AB1"><v>1</v></c></row>'), Limits(columns=26), Code.HUGE_RANGE),
    "cells": (
        lambda: in_a_sheet(b'<row r="10000"><c r="GR10000"><v>1</v></c></row>'),
        Limits(cells=1_999_999),
        Code.HUGE_RANGE,
    ),
}


@pytest.mark.parametrize("key", LIMITED)
def test_each_limit_can_be_set(key: str) -> None:
    make, limits, code = LIMITED[key]
    assert (verdict(make()), verdict(make(), limits)) == (None, code)


@pytest.mark.parametrize(("key", "value"), [("file_mb", 0), ("ratio", 5000), ("rows", 10), ("reading_seconds", -1)])
def test_a_limit_without_sense_is_told_with_its_line(key: str, value: int, tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = small.write_year(tmp_path)
    plan = folder / "plan.yaml"
    plan.write_text(
        plan.read_text(encoding="utf-8")[:-1].rstrip("}\n ") + f',\n"limits": {{"{key}": {value}}}\n}}\n',
        encoding="utf-8",
    )
    with pytest.raises(RuleFilesWrong) as wrong:
        load_rules(folder)
    assert f"“{key}” ghi {value} là quá" in str(wrong.value)


# --- the end record of 64 bits --------------------------------------------------------------------------


def with_large_end(content: bytes, moved: int = 0, between: bytes = b"") -> bytes:
    """The package with the end record that only large ones need; some readers go by it alone."""
    body, end = content[:-22], content[-22:]
    table = start_of_table(content)
    count, size = struct.unpack("<HL", end[10:16])
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, table)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(body) + moved, 1)
    return body + record + between + locator + end


def test_an_end_record_of_64_bits_must_lie_where_every_reader_looks() -> None:
    assert verdict(with_large_end(FORM)) is None
    assert verdict(with_large_end(FORM, moved=-100)) is Code.FALSE_CONTENTS
    assert verdict(with_large_end(FORM, between=b"x" * 40)) in (Code.FALSE_CONTENTS, Code.BROKEN_FILE)


def test_both_end_records_say_the_same() -> None:
    """Some readers go by the number of parts, which others never look at."""
    for at in (8, 10):  # entries on this disk, entries in all
        few = bytearray(FORM)
        few[len(FORM) - 22 + at] -= 1
        assert verdict(bytes(few)) is Code.FALSE_CONTENTS
    large = with_large_end(FORM)
    for at in (24, 32):
        few = bytearray(large)
        few[len(FORM) - 22 + at] -= 1
        assert verdict(bytes(few)) is Code.FALSE_CONTENTS


# --- an old workbook that another reader finds something else in ------------------------------------------


def test_an_old_workbook_with_a_package_behind_it_is_refused() -> None:
    old = old_book((0, 0))
    assert verdict(old, kind="xls") is None
    assert verdict(old + FORM, kind="xls") is Code.FALSE_CONTENTS
    assert verdict(old + FORM[:-22] + FORM[-22:-2] + b"\3\0xyz", kind="xls") is Code.FALSE_CONTENTS
    assert verdict(old + FORM + b"x" * 200, kind="xls") is None  # an object that lies in it, such as a sheet of Word's


def test_an_old_workbook_whose_records_cannot_be_followed_is_refused() -> None:
    old = old_book((0, 0), (40, 7))
    begins, ends = old.rindex(struct.pack("<2H", 0x809, 16)), old.rindex(struct.pack("<2H", 0x0A, 0))
    for at in (begins, ends):
        wrong = bytearray(old)
        wrong[at : at + 2] = struct.pack("<H", 0x1234)
        assert verdict(bytes(wrong), kind="xls") is Code.BROKEN_FILE
