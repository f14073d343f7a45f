"""A file that is not read is named as what it is, whatever its name says, with the remedy in words of its program."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.findings.finding import Code, message
from pipeline.intake import take as intake
from pipeline.intake.recognition import recognise
from pipeline.intake.unit_names import UnitNames
from pipeline.rules.round_context import RoundContext
from tests.filled import RULES, drop, form
from tests.packages import archive, container

MANIFEST = b'<m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
BARE_ODS = archive(**{"content.xml": b"<x/>", "META-INF/manifest.xml": MANIFEST})
LETTER = "From: thon1@xa.example\r\nTo: van-phong@xa.example\r\nSubject: Phiếu\r\n\r\nKính gửi".encode()
FODS = (
    b'<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
)
XML_2003 = b'<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
XML = b'<?xml version="1.0"?>\n'

SPREADSHEETS: dict[str, tuple[bytes, str, str]] = {
    "xlsb": (archive(**{"xl/workbook.bin": b"\x83\1\0"}), ".xlsb", "Excel Workbook (*.xlsx)"),
    "numbers": (archive(**{"Index/Document.iwa": b"x", "preview.jpg": b"x"}), "Numbers", "Xuất sang (Export To)"),
    "numbers, packed once more": (archive(**{"Index.zip": b"x"}), "Numbers", "Xuất sang (Export To)"),
    "numbers of 2009": (archive(**{"index.xml": b"x", "buildVersionHistory.plist": b"x"}), "Numbers", "Export To"),
    "gsheet": (b'{"url": "https://docs.google.com/open?id=1", "doc_id": "1"}', ".gsheet", "Tải xuống (Download)"),
    "xml 2003": (XML + XML_2003, "XML Spreadsheet 2003", "Excel Workbook (*.xlsx)"),
    "xml 2003 in UTF-16": ((XML + XML_2003).decode().encode("utf-16"), "XML Spreadsheet 2003", "Lưu thành (Save As)"),
    "fods": (XML + FODS, ".fods", "LibreOffice"),
    "ods without mimetype": (
        BARE_ODS,
        ".ods",
        "LibreOffice",
    ),
    "sxc": (archive(mimetype=b"application/vnd.sun.xml.calc"), ".sxc", "LibreOffice"),
    "sylk": (b"ID;PWXL;N;E\r\nC;X1;Y1;K1\r\nE\r\n", ".slk", "Excel Workbook (*.xlsx)"),
    "dif": (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', ".dif", "Excel Workbook (*.xlsx)"),
    "excel 95": (container("Book", b"x"), "Excel 5.0/95", "Excel Workbook (*.xlsx)"),
    "excel 95 without a container": (struct.pack("<4H", 0x809, 8, 0x500, 5), "Excel 5.0/95", "Save As"),
    "excel 4": (struct.pack("<5H", 0x409, 6, 0, 0x10, 0), "Excel 2, 3 hoặc 4", "LibreOffice"),
    "excel 3": (struct.pack("<5H", 0x209, 6, 0, 0x10, 0), "Excel 2, 3 hoặc 4", "LibreOffice"),
    "excel 2": (struct.pack("<4H", 0x009, 4, 0, 0x10), "Excel 2, 3 hoặc 4", "LibreOffice"),
}
LETTERS: dict[str, tuple[bytes, str]] = {
    "eml": (LETTER, "thư điện tử (.eml)"),
    "eml behind a mark": (b"\xef\xbb\xbf" + LETTER, "thư điện tử (.eml)"),
    "mbox": (b"From thon1@xa.example Tue Dec  5 08:15:30 2023\n" + LETTER, "hộp thư điện tử"),
    "msg": (container("__properties_version1.0", b"x"), "thư điện tử Outlook (.msg)"),
    "winmail.dat": (b"\x78\x9f\x3e\x22\1\0", "winmail.dat"),
    "p7m": (bytes.fromhex("3080 0609 2a864886f70d010702 a080"), ".p7m"),
}
YEAR_END = RULES.plan.round("tong-ket")
assert YEAR_END
CONTEXT = RoundContext(RULES, YEAR_END)
NAMES = st.sampled_from(["phieu.xlsx", "a.xls", "Thôn 1.ods", "thu.eml", "b.numbers", "khong-duoi", "c.zip", "d.txt"])


def told(folder: Path, name: str, content: bytes) -> tuple[list[Code], str]:
    """The codes of a file of that name, and the words for the first."""
    inbox = drop(folder, {name: content})
    taken = intake.take(inbox, inbox / name)
    assert taken.content is None
    findings = recognise(taken, CONTEXT, UnitNames(CONTEXT.rules)).findings
    return [each for each, _facts in taken.reasons], message(findings[0])


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(SPREADSHEETS)), NAMES)
def test_other_spreadsheets_are_named_with_their_remedy_whatever_their_name(
    tmp_path_factory: pytest.TempPathFactory, what: str, name: str
) -> None:
    content, kind, remedy = SPREADSHEETS[what]
    codes, words = told(tmp_path_factory.mktemp("a"), name, content)
    assert codes == [Code.OTHER_SPREADSHEET]
    assert kind in words
    assert remedy in words
    assert ".xlsx" in words


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(sorted(LETTERS)), NAMES)
def test_letters_are_named_with_the_command_that_opens_them(
    tmp_path_factory: pytest.TempPathFactory, what: str, name: str
) -> None:
    content, kind = LETTERS[what]
    codes, words = told(tmp_path_factory.mktemp("a"), name, content)
    assert codes == [Code.LETTER]
    assert kind in words
    assert f'thidua fetch --round tong-ket --from "{name}"' in words


def test_a_page_that_a_browser_saved_is_no_letter(tmp_path: Path) -> None:
    page = b"From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\n<html></html>"
    assert told(tmp_path, "a.mht", page)[0] == [Code.NOT_A_WORKBOOK]


def test_a_list_with_colons_is_no_letter(tmp_path: Path) -> None:
    assert told(tmp_path, "a.csv", b"Date: 1\nTotal: 2\n")[0] == [Code.NOT_A_WORKBOOK]


# --- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [".thon-1.xlsx", ".phieu", "..xlsx"])
def test_a_name_that_begins_with_a_dot_hides_nothing(tmp_path: Path, name: str) -> None:
    inbox = drop(tmp_path, {name: form("thon-1")})
    taken = intake.take(inbox, inbox / name)
    assert taken.form is not None


@pytest.mark.parametrize("name", [".DS_Store", "._thon-1.xlsx", ".directory", ".gitkeep", "desktop.ini", ".nfs0001"])
def test_what_systems_keep_for_themselves_is_known_by_name(tmp_path: Path, name: str) -> None:
    inbox = drop(tmp_path, {name: b"\0\5\x16\7"})
    assert [code for code, _facts in intake.take(inbox, inbox / name).reasons] == [Code.SYSTEM_FILE]


def book(*rows: list[str]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet("A")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


BOOK = book(["Tên tệp", "Ngày nhận", "Giờ nhận"], ["thon-1.xlsx", "05/12/2023", "08:00"])


@pytest.mark.parametrize(
    "name",
    [
        "Sổ tiếp nhận.xlsx",
        "so-tiep-nhan (1).xlsx",
        "SO TIEP NHAN 2.xlsx",
        "so_tiep_nha.xlsx",
        "12/so-tiep-nhan.xlsx",
    ],
)
def test_a_receipt_book_under_a_near_name_is_told_and_counts_once_renamed(tmp_path: Path, name: str) -> None:
    codes, words = told(tmp_path / "a", name, BOOK)
    assert codes == [Code.LIKE_RECEIPT_BOOK]
    assert "so-tiep-nhan.xlsx" in words
    inbox = drop(tmp_path / "b", {"so-tiep-nhan.xlsx": BOOK})
    assert intake.take(inbox, inbox / "so-tiep-nhan.xlsx").reasons == []


@pytest.mark.parametrize(
    ("name", "content"), [("so-tiep-nhan (1).xlsx", book(["Họ tên", "Chức vụ"])), ("danh-sach.xlsx", BOOK)]
)
def test_what_would_not_count_as_a_receipt_book_is_not_told_so(tmp_path: Path, name: str, content: bytes) -> None:
    inbox = drop(tmp_path, {name: content})
    assert intake.take(inbox, inbox / name).reasons == []  # no form either, as the recognition will tell
