"""Everything that lies in an inbox is registered with a reason of its own, quickly, and never stops the run."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from pipeline.findings.finding import Code
from pipeline.intake import take as intake
from tests.filled import drop, form


def codes(inbox: Path, name: str) -> list[Code]:
    """The reasons for one file; taking it must not need a second."""
    start = time.perf_counter()
    taken = intake.take(inbox, inbox / name)
    assert time.perf_counter() - start < 1
    return [code for code, _facts in taken.reasons]


def workbook(*cells: tuple[str, object]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("A")
        for place, value in cells:
            sheet.write(place, value)
    return target.getvalue()


def ole(*streams: str) -> bytes:
    """The first bytes of an OLE container whose directory names these streams."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + b"".join(name.encode("utf-16-le") for name in streams)


def package(entries: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return target.getvalue()


def with_entry(content: bytes, name: str, data: bytes) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, data)
    return target.getvalue()


REFUSED = {
    "rong.xlsx": (b"", Code.EMPTY_FILE),
    "do-dang.xlsx": (form("thon-1")[:9000], Code.BROKEN_FILE),
    "chi-co-dau.xlsx": (b"PK\x03\x04", Code.BROKEN_FILE),
    "khong.xlsx": (b"\0" * 5000, Code.BROKEN_FILE),
    "csv.xlsx": ("Mã,Kết quả\nKT1,95\n".encode(), Code.NOT_A_WORKBOOK),
    "trang-web.xls": (b"<html><table><tr><td>1</td></tr></table></html>", Code.NOT_A_WORKBOOK),
    "anh.jpg": (b"\xff\xd8\xff\xe0 JFIF", Code.NOT_A_WORKBOOK),
    "anh.xlsx": (b"\x89PNG\r\n\x1a\n", Code.NOT_A_WORKBOOK),
    "bao-cao.pdf": (b"%PDF-1.7", Code.NOT_A_WORKBOOK),
    "bao-cao.docx": (package({"word/document.xml": b"<w/>"}), Code.NOT_A_WORKBOOK),
    "nen.zip": (package({"thon-1.xlsx": b"x"}), Code.ARCHIVE),
    "bao-cao.doc": (ole("WordDocument"), Code.NOT_A_WORKBOOK),
    "mat-khau.xlsx": (ole("EncryptionInfo", "EncryptedPackage"), Code.ENCRYPTED),
    "xls-hong.xls": (ole("Workbook"), Code.BROKEN_FILE),
    "vung-lon.xlsx": (workbook(("A1", 1), ("XFD1048576", 1)), Code.HUGE_RANGE),
    "dong-xa.xlsx": (workbook(("A1", 1), ("B1048576", 1)), Code.HUGE_RANGE),
    "cot-xa.xlsx": (workbook(("A1", 1), ("ABC1", "x")), Code.HUGE_RANGE),
    "bom.xlsx": (with_entry(workbook(("A1", 1)), "xl/media/a.bin", b"\0" * 30_000_000), Code.PACKED_TOO_TIGHTLY),
    "to.xlsx": (b"PK" + b"\0" * 20_000_001, Code.TOO_LARGE),
    "~$thon-1.xlsx": (b"lock", Code.LOCK_FILE),
    ".DS_Store": (b"x", Code.SYSTEM_FILE),
    "Thumbs.db": (b"x", Code.SYSTEM_FILE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_stray_file_has_its_own_reason(tmp_path: Path, name: str) -> None:
    content, code = REFUSED[name]
    inbox = drop(tmp_path / "inbox", {name: content})
    assert codes(inbox, name) == [code]


def test_styled_blanks_far_away_do_no_harm(tmp_path: Path) -> None:
    """LibreOffice leaves a used range of A1:XFD1048576 behind; the cells in it are blank."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("A")
        sheet.write("A1", 1)
        sheet.write_blank("XFD1048576", None, book.add_format({"bold": True}))
    inbox = drop(tmp_path / "inbox", {"a.xlsx": target.getvalue()})
    taken = intake.take(inbox, inbox / "a.xlsx")
    assert taken.reasons == []
    assert taken.form is not None


def test_a_form_is_taken_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {"thon-1.xls": form("thon-1")})
    taken = intake.take(inbox, inbox / "thon-1.xls")
    assert [code for code, _facts in taken.reasons] == [Code.NAME_LIES]
    assert taken.form is not None
    assert taken.form.meta["unit"] == "thon-1"


def test_macros_are_told_and_the_values_read(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {"a.xlsm": with_entry(form("thon-1"), "xl/vbaProject.bin", b"macro")})
    taken = intake.take(inbox, inbox / "a.xlsm")
    assert [code for code, _facts in taken.reasons] == [Code.HAS_MACROS]
    assert taken.form is not None


def test_links_and_special_files_are_not_opened(tmp_path: Path) -> None:
    outside = tmp_path / "outside.xlsx"
    outside.write_bytes(form("thon-1"))
    inbox = drop(tmp_path / "inbox", {})
    (inbox / "link.xlsx").symlink_to(outside)
    (inbox / "folder-link").symlink_to(tmp_path)
    os.mkfifo(inbox / "pipe.xlsx")
    assert {path.name: codes(inbox, path.name) for path in intake.find(inbox)} == {
        "folder-link": [Code.LINK],
        "link.xlsx": [Code.LINK],
        "pipe.xlsx": [Code.SPECIAL],
    }


def test_folders_are_walked_and_told_where_they_look_like_a_form(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {"tháng 12/thon-1.xlsx": b"", "thon-2.xlsx/ghi-chu.txt": b"abc"})
    found = [path.relative_to(inbox).as_posix() for path in intake.find(inbox)]
    assert found == ["thon-2.xlsx", "thon-2.xlsx/ghi-chu.txt", "tháng 12/thon-1.xlsx"]
    assert codes(inbox, "thon-2.xlsx") == [Code.FOLDER]


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1")})

    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", refuse)  # root may read everything, so a mode would prove nothing
    taken = intake.take(inbox, inbox / "thon-1.xlsx")
    assert taken.reasons == [(Code.UNREADABLE, {"detail": "Permission denied"})]


def test_taking_changes_nothing_in_the_inbox(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {name: content for name, (content, _code) in REFUSED.items()})
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in inbox.iterdir()}
    for path in intake.find(inbox):
        intake.take(inbox, path)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in inbox.iterdir()} == before


def test_a_sheet_that_reaches_too_far_is_named_as_people_see_it(tmp_path: Path) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("Hướng dẫn")
        book.add_worksheet("Tự chấm & ghi chú").write("XFD1048576", 1)
    inbox = drop(tmp_path / "inbox", {"a.xlsx": target.getvalue()})
    (reason,) = intake.take(inbox, inbox / "a.xlsx").reasons
    assert reason == (Code.HUGE_RANGE, {"sheet": "Tự chấm & ghi chú", "found": "XFD1048576"})


def test_an_entry_is_of_its_sender_or_of_all_who_write_into_its_folder() -> None:
    mailed = [Path(f"inbox/20231208-093000_{sender}_a.xlsx") for sender in ("x-evil.example", "y-xa.example")]
    by_hand = [Path("inbox/a.xlsx"), Path("inbox/b.xlsx"), Path("inbox/thôn/a.xlsx")]
    of = [intake.origin(path) for path in [*mailed, *by_hand]]
    assert len(set(of)) == 4
    assert of[2] == of[3]
