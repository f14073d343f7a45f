"""A workbook is found as Excel finds it, and its reader gets what was checked, and nothing else."""

from __future__ import annotations

import io
import re
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msoffcrypto.format.ooxml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipeline.findings.finding import Code
from pipeline.intake import take as intake
from pipeline.intake.received import ReceivedFile
from pipeline.intake.safety import look_through
from pipeline.intake.xls_areas import workbook_stream
from pipeline.rules.limits import DEFAULT_LIMITS
from tests.filled import drop, form
from tests.packages import Part, changed, container, ods, old_book, pack, parts_of, with_part

FORM = form("thon-1")


def taken(folder: Path, content: bytes, name: str = "a.xlsx") -> ReceivedFile:
    inbox = drop(folder, {name: content})
    return intake.take(inbox, inbox / name)


def codes(file: ReceivedFile) -> list[Code]:
    return [code for code, _facts in file.reasons]


# --- the names of parts ---------------------------------------------------------------------------------

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as they are": lambda name: name,
    "backslashes": lambda name: name.replace("/", "\\"),
    "capitals": str.upper,
    "small letters": str.lower,
    "a slash in front": lambda name: "/" + name,
}
TARGETS: dict[str, Callable[[str], str]] = {
    "relative": lambda target: target,
    "absolute": lambda target: target if target.startswith("/") else f"/xl/{target}",
    "round about": lambda target: target if target.startswith("/") else f"../xl/./{target}",
    "backslashes": lambda target: target.replace("/", "\\"),
    "capitals": str.upper,
    "percent signs": lambda target: target.replace("sheet", "%73heet"),
}


def with_targets(content: bytes, spelled: Callable[[str], str]) -> bytes:
    def change(xml: bytes) -> bytes:
        return re.sub(rb'Target="([^"]*)"', lambda m: b'Target="%s"' % spelled(m[1].decode()).encode(), xml)

    parts = parts_of(content)
    rels = r"xl/_rels/workbook\.xml\.rels"
    return pack([replace(each, data=change(each.data)) if re.fullmatch(rels, each.name) else each for each in parts])


def renamed(content: bytes, main: str) -> bytes:
    """The workbook with its main part under another name, in another folder."""
    folder, _slash, base = main.rpartition("/")
    new = {"xl/workbook.xml": main, "xl/_rels/workbook.xml.rels": f"{folder}/_rels/{base}.rels".lstrip("/")}
    parts = [replace(each, name=new.get(each.name, each.name)) for each in parts_of(content)]
    new_root = [
        replace(each, data=each.data.replace(b"xl/workbook.xml", main.encode())) if each.name == "_rels/.rels" else each
        for each in parts
    ]
    return pack(new_root)


@settings(deadline=None, max_examples=80)
@given(
    st.sampled_from(sorted(SPELLINGS)),
    st.sampled_from(sorted(TARGETS)),
    st.sampled_from(["xl/workbook.xml", "xl/workbook22.xml", "so/sach.xml", "goc.xml"]),
)
def test_a_form_is_read_whatever_its_parts_are_called(
    tmp_path_factory: pytest.TempPathFactory, spelling: str, target: str, main: str
) -> None:
    spelled = TARGETS["absolute"] if main.split("/")[0] != "xl" else TARGETS[target]
    content = renamed(with_targets(FORM, spelled), main)
    content = pack([replace(each, name=SPELLINGS[spelling](each.name)) for each in parts_of(content)])
    file = taken(tmp_path_factory.mktemp("a"), content)
    assert file.reasons == []
    assert file.form == taken(tmp_path_factory.mktemp("b"), FORM).form


def test_the_reader_gets_what_the_relations_lead_to_and_nothing_else(tmp_path: Path) -> None:
    """A second list of sheets where readers look that follow no relations: another form, which Excel would not show."""
    decoy = next(each.data for each in parts_of(form("thon-2")) if each.name == "xl/workbook.xml")
    content = with_part(renamed(FORM, "xl/that.xml"), Part("xl/workbook.xml", decoy))
    file = taken(tmp_path, content)
    assert file.form
    assert file.form.meta["unit"] == "thon-1"
    looked = look_through(content, "xlsx", DEFAULT_LIMITS)
    assert "Tự chấm" in looked.workbook.sheets
    assert set(looked.workbook.sheets.values()) <= set(looked.workbook.parts)
    assert {each.name for each in parts_of(looked.workbook.content)} == set(looked.workbook.parts)


def test_days_that_begin_in_1904_stay_so(tmp_path: Path) -> None:
    stated = b'<workbookPr date1904="1"'
    after_four_years = changed(FORM, r"xl/workbook\.xml", lambda xml: xml.replace(b"<workbookPr", stated))
    before, after = (
        next(cell for _row, cells in file.form.tables["unit"].rows for cell in cells if hasattr(cell, "year"))
        for file in (taken(tmp_path / "a", FORM), taken(tmp_path / "b", after_four_years))
        if file.form
    )
    assert (after - before).days == 1462


# --- sheets that are not ours ---------------------------------------------------------------------------

CACHE = b'<externalLink><externalBook><sheetDataSet><sheetData><row r="45647"><cell r="A45647"><v>1</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>'  # noqa: E501


def test_what_a_link_remembers_of_another_workbook_is_no_sheet(tmp_path: Path) -> None:
    links = [Part(f"xl/externalLinks/externalLink{n}.xml", CACHE) for n in range(25)]
    file = taken(tmp_path, with_part(FORM, *links))
    assert codes(file) == [Code.EXTERNAL_LINKS]
    assert file.form


def with_own_sheet(content: bytes, title: str, rows: bytes) -> bytes:
    entry = f'<sheet name="{title}" sheetId="99" r:id="own"/></sheets>'.encode()
    relation = b'<Relationship Id="own" Type="x/worksheet" Target="worksheets/own.xml"/></Relationships>'
    listed = changed(content, r"xl/workbook\.xml", lambda xml: xml.replace(b"</sheets>", entry))
    led_to = changed(listed, r"xl/_rels/workbook\.xml\.rels", lambda xml: xml.replace(b"</Relationships>", relation))
    return with_part(
        led_to, Part("xl/worksheets/own.xml", b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>")
    )


@pytest.mark.parametrize("cell", ["XFD9", "A1048576", "GS1", "A20001"])
def test_a_sheet_of_their_own_that_reaches_far_does_not_cost_the_form(tmp_path: Path, cell: str) -> None:
    row = re.sub("[A-Z]", "", cell)
    content = with_own_sheet(FORM, "Tính nháp", f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>'.encode())
    file = taken(tmp_path, content)
    assert file.reasons == [(Code.SHEET_LEFT_OUT, {"sheet": "Tính nháp", "found": cell})]
    assert file.form == taken(tmp_path / "b", FORM).form


def test_a_far_sheet_in_a_workbook_that_is_no_form_is_a_reason_to_refuse(tmp_path: Path) -> None:
    without = changed(FORM, r"xl/workbook\.xml", lambda xml: re.sub(rb'<sheet name="T[^>]*>', b"", xml))
    content = with_own_sheet(without, "A", b'<row r="9"><c r="XFD9"><v>1</v></c></row>')
    file = taken(tmp_path, content)
    assert (codes(file), file.content) == ([Code.HUGE_RANGE], None)


def ods_of(*sheets: tuple[str, str]) -> bytes:
    """An .ods of sheets, each with a title and its rows."""
    first = ods("<table:table-row/>")
    tables = "".join(f'<table:table table:name="{title}">{rows}</table:table>' for title, rows in sheets)
    value = 'office:value-type="float" office:value="1"'
    return changed(
        first,
        r"content\.xml",
        lambda xml: re.sub(rb"<table:table .*</table:table>", tables.replace("VALUE", value).encode(), xml),
    )


CELL = "<table:table-row><table:table-cell VALUE/></table:table-row>"
FAR = '<table:table-row table:number-rows-repeated="30000"><table:table-cell VALUE/></table:table-row>'


@settings(deadline=None, max_examples=30)
@given(st.lists(st.booleans(), min_size=1, max_size=5))
def test_of_an_ods_the_reader_gets_every_sheet_but_the_far_ones(far: list[bool]) -> None:
    content = ods_of(*((f"Bảng {n}", FAR if each else CELL) for n, each in enumerate(far)))
    looked = look_through(content, "ods", DEFAULT_LIMITS)
    assert list(looked.left_out) == [f"Bảng {n}" for n, each in enumerate(far) if each]
    if not all(far):
        book = CalamineWorkbook.from_filelike(io.BytesIO(looked.workbook.content))
        assert (
            book.sheet_names == list(looked.workbook.sheets) == [f"Bảng {n}" for n, each in enumerate(far) if not each]
        )


def test_two_far_sheets_of_one_name_are_both_kept_from_the_reader() -> None:
    looked = look_through(ods_of(("A", FAR), ("A", FAR), ("B", CELL)), "ods", DEFAULT_LIMITS)
    assert CalamineWorkbook.from_filelike(io.BytesIO(looked.workbook.content)).sheet_names == ["B"]


def test_of_an_xls_the_reader_does_not_get_a_far_sheet(tmp_path: Path) -> None:
    looked = look_through(old_book((0, 0), (30_000, 0)), "xls", DEFAULT_LIMITS)
    assert (looked.left_out, dict(looked.workbook.sheets)) == ({"A": "A30001"}, {})
    assert codes(taken(tmp_path, old_book((0, 0), (30_000, 0)), "a.xls")) == [Code.HUGE_RANGE]


# --- .ods with macros -----------------------------------------------------------------------------------

DOCTYPE = '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">'


def ods_with(name: str, doctype: str) -> bytes:
    row = "<table:table-row><table:table-cell VALUE/></table:table-row>"
    return with_part(ods(row), Part(name, f'<?xml version="1.0"?>{doctype}<script:module xmlns:script="x"/>'.encode()))


def test_an_ods_with_macros_is_told_like_an_xlsm(tmp_path: Path) -> None:
    assert codes(taken(tmp_path, ods_with("Basic/Standard/Module1.xml", DOCTYPE), "a.ods")) == [Code.HAS_MACROS]


@pytest.mark.parametrize(
    ("name", "doctype"),
    [
        ("Basic/Standard/Module1.xml", DOCTYPE.replace(">", ' [<!ENTITY e "x">]>')),
        ("Basic/Standard/Module1.xml", DOCTYPE + DOCTYPE),
        ("Basic/Standard/Module1.xml", '<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
        ("Pictures/Module1.xml", DOCTYPE),
    ],
)
def test_any_other_document_type_is_still_refused(tmp_path: Path, name: str, doctype: str) -> None:
    assert codes(taken(tmp_path, ods_with(name, doctype), "a.ods")) == [Code.DOCTYPE]


# --- .xls -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Workbook", "WORKBOOK", "workbook"])
def test_an_xls_is_read_whatever_the_capitals_of_its_stream(tmp_path: Path, name: str) -> None:
    stream = workbook_stream(old_book((0, 0), (3, 2)))
    for room in (len(stream), 6_000_000):
        file = taken(tmp_path / str(room), container(name, stream.ljust(room, b"\0")), "a.xls")
        assert (file.file_type, file.reasons) == ("xls", [])


def test_a_workbook_behind_an_old_one_is_not_what_is_read(tmp_path: Path) -> None:
    """Its directory names no workbook, the bytes behind it do, and a zip hangs on: two readers, two answers."""
    content = container("Workbook", struct.pack("<2H", 0x809, 0)) + FORM
    file = taken(tmp_path, content, "a.xls")
    assert file.form is None or not file.form.tables


# --- the standing password ------------------------------------------------------------------------------


def encrypted(content: bytes, password: str) -> bytes:
    target = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(content)).encrypt(password, target)
    return target.getvalue()


def test_what_excel_opens_without_asking_is_opened(tmp_path: Path) -> None:
    file = taken(tmp_path / "a", encrypted(FORM, "VelvetSweatshop"))
    assert file.reasons == []
    assert file.form == taken(tmp_path / "b", FORM).form


def test_any_other_password_stays_one(tmp_path: Path) -> None:
    assert codes(taken(tmp_path, encrypted(FORM, "mật khẩu"))) == [Code.ENCRYPTED]


def test_an_encryption_that_would_take_hours_is_not_followed(tmp_path: Path) -> None:
    dear = encrypted(FORM, "VelvetSweatshop").replace(b'spinCount="100000"', b'spinCount="999999999"')
    assert b"999999999" in dear
    start = time.process_time()
    assert codes(taken(tmp_path, dear)) == [Code.ENCRYPTED]
    assert time.process_time() - start < 1


def test_an_encryption_that_declares_a_document_type_is_not_followed(tmp_path: Path) -> None:
    bomb = encrypted(FORM, "VelvetSweatshop").replace(b'<?xml version="1.0"', b"<!DOCTYPE x [   ")
    assert codes(taken(tmp_path, bomb)) == [Code.ENCRYPTED]
