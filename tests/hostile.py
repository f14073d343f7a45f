"""Hostile files, made here and nowhere kept: what attackers send, and what accidents leave in an inbox.

``FILES`` is the whole list: the name in the inbox, how its content is made from a right form, and what must become
of it. ``ON_DISK`` holds what only the file system can do. Building all of them takes about two seconds.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import xlsxwriter

from pipeline.findings.finding import Code
from tests.packages import Part, archive, changed, ods, old_book, ole, pack, parts_of, start_of_table, with_part

Expected = tuple[str, list[Code]]
"""Status and codes."""

UNITS = 26
"""So many units the year of these tests has: each file that counts needs one of its own."""

# --- the container ----------------------------------------------------------------------------------------

RESULTS = r"xl/worksheets/sheet3\.xml"
"""The sheet that holds what a unit enters."""


def _lying(content: bytes) -> bytes:
    """Packs 40 MB into a sheet that claims to have one kilobyte."""
    return with_part(content, Part("xl/worksheets/sheet99.xml", b" " * 40_000_000, size=1000))


def _shared(content: bytes) -> bytes:
    """A hundred entries that all unpack the same megabyte."""
    first, start = Part("xl/media/image1.bin", b"\0" * 1_000_000), start_of_table(pack(parts_of(content)))
    more = [replace(first, name=f"xl/media/image{n}.bin", at=start) for n in range(2, 102)]
    return pack([*parts_of(content), first, *more])


def _quoting(content: bytes) -> bytes:
    """A part whose data is, byte for byte, the next part with its header."""
    inner, outer = Part("xl/b.bin", b"\0" * 1000), "xl/a.bin"
    data = pack([inner])[: start_of_table(pack([inner]))]
    start = start_of_table(pack(parts_of(content))) + 30 + len(outer)
    return with_part(content, Part(outer, data, method=zipfile.ZIP_STORED), replace(inner, at=start))


def _two_tables(content: bytes) -> bytes:
    """A second table of contents in the comment of the first, and no comment where it claims one itself: which of
    the two counts depends on the reader."""
    other = pack([Part("xl/workbook.xml", b"<workbook/>")], len(content))
    return content[:-2] + struct.pack("<H", len(other)) + other[:-2] + b"\1\0"


def _stored(name: str) -> Callable[[bytes], bytes]:
    return lambda content: with_part(content, Part(name, b"x"))


# --- XML --------------------------------------------------------------------------------------------------

_LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
LAUGHS = _LAUGHS + b"]>"
XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


def _declaring(pattern: str, doctype: bytes) -> Callable[[bytes], bytes]:
    """Puts a document type after the XML declaration of a part."""
    return lambda content: changed(content, pattern, lambda xml: re.sub(rb"\?>\s*", b"?>" + doctype, xml, count=1))


def _in_utf16(content: bytes) -> bytes:
    """The same where no search for ASCII finds it."""
    xml = '<?xml version="1.0" encoding="UTF-16"?>' + XXE.decode() + "<x>&e;</x>"
    return with_part(content, Part("customXml/item1.xml", xml.encode("utf-16")))


def _behind_a_mark(content: bytes) -> bytes:
    return with_part(content, Part("customXml/item1.xml", b"\xef\xbb\xbf\n" + XXE + b"<x/>"))


def _cells(xml: bytes, rows: bytes) -> bytes:
    return xml.replace(b"</sheetData>", rows + b"</sheetData>")


def _far(rows: bytes) -> Callable[[bytes], bytes]:
    """Adds rows behind the form's."""
    return lambda content: changed(content, RESULTS, lambda xml: _cells(xml, rows))


def _a_million_rows(content: bytes) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1000, 1_048_577, 1000))
    return _far(rows)(content)


ALL_COLUMNS = b'<row r="900">' + b"<c><v>1</v></c>" * 16_384 + b"</row>"


def _dimension(stated: bytes) -> Callable[[bytes], bytes]:
    return lambda content: changed(
        content, RESULTS, lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % stated, xml)
    )


def _merged(content: bytes) -> bytes:
    merges = b"".join(b'<mergeCell ref="M%d:N%d"/>' % (n, n) for n in range(200, 10_200))

    def change(xml: bytes) -> bytes:
        if b"</mergeCells>" in xml:
            return xml.replace(b"</mergeCells>", merges + b"</mergeCells>")
        return re.sub(rb"(</sheetData><sheetProtection[^>]*/>)", rb"\1<mergeCells>" + merges + b"</mergeCells>", xml)

    return changed(content, RESULTS, change)


def _looping(content: bytes) -> bytes:
    """Every number of the sheet becomes a formula that goes round in a circle, its value beside it."""
    numbers = re.compile(rb'(<c r="(\w+)"[^>]*)><v>')
    return changed(content, RESULTS, lambda xml: numbers.sub(rb"\1><f>\2+1</f><v>", xml))


def _long_texts(content: bytes) -> bytes:
    """Every text of a megabyte, which Excel would cut at 32,767 characters."""
    return changed(content, r"xl/sharedStrings\.xml", lambda xml: xml.replace("Kế hoạch số 01".encode(), b"x" * 10**6))


def _evidence(text: str) -> Callable[[bytes], bytes]:
    """Puts a text in the place of the one that stands as evidence."""
    return lambda content: changed(
        content, r"xl/sharedStrings\.xml", lambda xml: xml.replace("Kế hoạch số 01".encode(), text.encode())
    )


def _rows(count: int, text: str) -> Callable[[bytes], bytes]:
    """Adds rows of a code that nobody knows, with that text in every column that a unit fills."""
    cell = b't="inlineStr"><is><t>%s</t></is></c>'
    rows = b"".join(
        b'<row r="%d"><c r="A%d" ' % (row, row)
        + cell % b"ZZ1"
        + b"".join(b'<c r="%s%d" ' % (column, row) + cell % text.encode() for column in (b"E", b"F", b"G", b"I"))
        + b"</row>"
        for row in range(200, 200 + count)
    )
    return _far(rows)


def _titled(title: str) -> Callable[[bytes], bytes]:
    """A sheet of that name beside the form's."""
    entry = b'<sheet name="%s" sheetId="99" r:id="own"/></sheets>' % title.encode()
    return lambda content: changed(content, r"xl/workbook\.xml", lambda xml: xml.replace(b"</sheets>", entry))


def _relations(target: bytes, mode: bytes = b"") -> Callable[[bytes], bytes]:
    """Sends whoever follows the workbook's relations elsewhere."""
    return lambda content: changed(
        content,
        r"xl/_rels/workbook\.xml\.rels",
        lambda xml: re.sub(rb'Target="worksheets/sheet3\.xml"', b'Target="%s"%s' % (target, mode), xml),
    )


def _with_a_sheet_of_their_own(content: bytes) -> bytes:
    """A unit's own calculations, in a sheet that reaches as far as Excel does."""
    far = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    entry = b'<sheet name="A" sheetId="99" r:id="own"/></sheets>'
    listed = changed(
        content,
        r"xl/workbook\.xml",
        lambda xml: xml.replace(b"</sheets>", entry),
    )
    led_to = b'<Relationship Id="own" Type="x/worksheet" Target="worksheets/own.xml"/></Relationships>'
    related = changed(listed, r"xl/_rels/workbook\.xml\.rels", lambda xml: xml.replace(b"</Relationships>", led_to))
    return with_part(related, Part("xl/worksheets/own.xml", far))


def _receipt_book() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet("A").write_row(0, 0, ["Tên tệp", "Ngày nhận"])
    return target.getvalue()


REPEATED = (
    '<table:table-row table:number-rows-repeated="1000000">'
    '<table:table-cell VALUE table:number-columns-repeated="1000"/></table:table-row>'
)


# --- the list ---------------------------------------------------------------------------------------------

UNREADABLE, NOT_A_FORM, WAITING, IGNORED = "unreadable", "not_a_form", "waiting", "ignored"
COUNTS, WARNED, RETURNED = "accepted", "accepted_with_warnings", "returned"

MANY = [Code.TOO_MANY_ROWS, *[Code.UNKNOWN_ROW] * 499, Code.MORE_FINDINGS]
"""Of thousands of findings."""

FILES: dict[str, tuple[Callable[[bytes], bytes], Expected]] = {
    "dung.xlsx": (lambda content: content, (COUNTS, [])),
    # the container
    "bom-khai-gian.xlsx": (_lying, (UNREADABLE, [Code.FALSE_CONTENTS])),
    "bom-that.xlsx": (
        lambda c: with_part(c, Part("xl/a.xml", b" " * 9_000_000)),
        (UNREADABLE, [Code.PACKED_TOO_TIGHTLY]),
    ),
    "bom-lon.xlsx": (
        lambda c: with_part(c, *(Part(f"xl/{n}.bin", b"x", size=60_000_000) for n in range(4))),
        (UNREADABLE, [Code.UNPACKS_TOO_LARGE]),
    ),
    "khai-gian-tai-cho.xlsx": (
        lambda c: with_part(c, Part("xl/a.bin", b"x" * 100, local_size=7)),
        (UNREADABLE, [Code.FALSE_CONTENTS]),
    ),
    "ten-khac.xlsx": (
        lambda c: with_part(c, Part("xl/a.bin", b"x", local_name="xl/b.bin")),
        (UNREADABLE, [Code.FALSE_CONTENTS]),
    ),
    "hai-muc-luc.xlsx": (_two_tables, (UNREADABLE, [Code.FALSE_CONTENTS])),
    "chung-du-lieu.xlsx": (_shared, (UNREADABLE, [Code.FALSE_CONTENTS])),
    "chong-lan.xlsx": (_quoting, (UNREADABLE, [Code.OVERLAPPING_PARTS])),
    "100-nghin-phan.xlsx": (
        lambda c: with_part(c, *(Part(f"xl/{n}", method=0) for n in range(100_000))),
        (UNREADABLE, [Code.TOO_MANY_PARTS]),
    ),
    "trung-ten.xlsx": (_stored("xl/Workbook.xml"), (UNREADABLE, [Code.REPEATED_PART])),
    "tuyet-doi.xlsx": (_stored("/etc/cron.d/x"), (UNREADABLE, [Code.PART_OUTSIDE])),
    "ra-ngoai.xlsx": (_stored("xl/../../../x"), (UNREADABLE, [Code.PART_OUTSIDE])),
    "ra-ngoai-2.xlsx": (_stored("..\\..\\x"), (UNREADABLE, [Code.PART_OUTSIDE])),
    "o-dia.xlsx": (_stored("C:\\x"), (UNREADABLE, [Code.PART_OUTSIDE])),
    "khoa-zip.xlsx": (lambda c: with_part(c, Part("xl/a.xml", b"x", flags=0x801)), (UNREADABLE, [Code.ENCRYPTED])),
    "mat-khau.xlsx": (lambda _c: ole("EncryptionInfo", "EncryptedPackage"), (UNREADABLE, [Code.ENCRYPTED])),
    "long-nhau.xlsx": (lambda c: with_part(c, Part("xl/media/a.bin", c)), (UNREADABLE, [Code.NESTED_ARCHIVE])),
    # XML
    "cuoi-ty-lan.xlsx": (_declaring(r"xl/sharedStrings\.xml", LAUGHS), (UNREADABLE, [Code.DOCTYPE])),
    "xxe.xlsx": (_declaring(RESULTS, XXE), (UNREADABLE, [Code.DOCTYPE])),
    "so-tiep-nhan.xlsx": (_declaring(r"xl/styles\.xml", XXE), (UNREADABLE, [Code.DOCTYPE])),
    "xxe-o-rels.xlsx": (_declaring(r"_rels/\.rels", XXE), (UNREADABLE, [Code.DOCTYPE])),
    "xxe-utf16.xlsx": (_in_utf16, (UNREADABLE, [Code.DOCTYPE])),
    "xxe-bom.xlsx": (_behind_a_mark, (UNREADABLE, [Code.DOCTYPE])),
    "xxe.ods": (lambda _c: ods("", XXE.decode()), (UNREADABLE, [Code.DOCTYPE])),
    "trieu-dong.xlsx": (_a_million_rows, (UNREADABLE, [Code.HUGE_RANGE])),
    "16384-cot.xlsx": (_far(ALL_COLUMNS), (UNREADABLE, [Code.HUGE_RANGE])),
    "o-cuoi.xlsx": (_far(b"<row><c r='XFD1048576'><!-- --><v>1</v></c></row>"), (UNREADABLE, [Code.HUGE_RANGE])),
    "lap-lai.ods": (lambda _c: ods(REPEATED), (UNREADABLE, [Code.HUGE_RANGE])),
    "o-cuoi.xls": (lambda _c: old_book((0, 0), (65_535, 255)), (UNREADABLE, [Code.HUGE_RANGE])),
    "mat-khau.xls": (lambda _c: old_book((0, 0), password=True), (UNREADABLE, [Code.ENCRYPTED])),
    "kich-thuoc-lon.xlsx": (_dimension(b"A1:XFD1048576"), (COUNTS, [])),
    "kich-thuoc-nho.xlsx": (_dimension(b"A1"), (COUNTS, [])),
    "10-nghin-o-gop.xlsx": (_merged, (COUNTS, [])),
    "cong-thuc-vong.xlsx": (_looping, (COUNTS, [])),
    "chuoi-1-mb.xlsx": (_long_texts, (RETURNED, [Code.TOO_LONG])),
    "chong-dau.xlsx": (_evidence("e" + "\u0301\u0316" * 100_000), (RETURNED, [Code.PILED_MARKS])),
    "1100-dong.xlsx": (
        _rows(1_100, "x"),
        (RETURNED, MANY),
    ),
    "nhieu-chu.xlsx": (_rows(20, "x" * 40_000), (UNREADABLE, [Code.TOO_MUCH_CONTENT])),
    "ten-trang-dai.xlsx": (_titled("x" * 10_000), (UNREADABLE, [Code.STRANGE_SHEETS])),
    "ten-trang-chong-dau.xlsx": (_titled("e" + "\u0301\u0316" * 50), (UNREADABLE, [Code.STRANGE_SHEETS])),
    "quan-he-mat.xlsx": (_relations(b"worksheets/none.xml"), (RETURNED, [Code.SECOND_READER, Code.MISSING_SHEET])),
    "quan-he-ra-ngoai.xlsx": (
        _relations(b"../../../../../etc/passwd"),
        (RETURNED, [Code.SECOND_READER, Code.MISSING_SHEET]),
    ),
    "quan-he-mang.xlsx": (
        _relations(b"file:///etc/passwd", b' TargetMode="External"'),
        (RETURNED, [Code.SECOND_READER, Code.MISSING_SHEET]),
    ),
    "quan-he-vong.xlsx": (_relations(b"workbook.xml"), (RETURNED, [Code.MISSING_SHEET])),
    "dut-doan.xlsx": (lambda c: c[: len(c) // 2], (UNREADABLE, [Code.BROKEN_FILE])),
    # what is fine, and told
    "macro.xlsm": (lambda c: with_part(c, Part("xl/vbaProject.bin", b"x")), (WARNED, [Code.HAS_MACROS])),
    "lien-ket.xlsx": (
        lambda c: with_part(c, Part("xl/externalLinks/externalLink1.xml", b"<x/>")),
        (COUNTS, [Code.EXTERNAL_LINKS]),
    ),
    "nhung.xlsx": (
        lambda c: with_part(c, Part("xl/embeddings/Microsoft_Word_Document1.docx", archive(a=b"x"))),
        (COUNTS, [Code.EMBEDDED_OBJECTS]),
    ),
    "trang-rieng.xlsx": (_with_a_sheet_of_their_own, (COUNTS, [Code.SHEET_LEFT_OUT])),
    # no workbooks, or not yet
    "thu.eml": (lambda _c: b"From: a@b.example\r\nSubject: x\r\n\r\nx", (NOT_A_FORM, [Code.LETTER])),
    "thon.gsheet": (lambda _c: b'{"url": "https://docs.google.com/x"}', (NOT_A_FORM, [Code.OTHER_SPREADSHEET])),
    "Sổ tiếp nhận.xlsx": (lambda _c: _receipt_book(), (NOT_A_FORM, [Code.LIKE_RECEIPT_BOOK])),
    "rong.xlsx": (lambda _c: b"", (UNREADABLE, [Code.EMPTY_FILE])),
    "nen.xlsx": (lambda c: archive(**{"thon-1.xlsx": c}), (NOT_A_FORM, [Code.ARCHIVE])),
    "trang.xls": (lambda _c: b"<html><table></table></html>", (NOT_A_FORM, [Code.NOT_A_WORKBOOK])),
    "~$dung.xlsx": (lambda _c: b"x" * 165, (IGNORED, [Code.LOCK_FILE])),
    "phieu.xlsx.crdownload": (lambda c: c[:9000], (WAITING, [Code.PARTIAL_DOWNLOAD])),
    "phieu.xlsx.part": (lambda c: c[:9000], (WAITING, [Code.PARTIAL_DOWNLOAD])),
    "7A31B2C0.tmp": (lambda c: c, (WAITING, [Code.PARTIAL_DOWNLOAD])),
    # names
    "ghi\nde\x1b[2J.xlsx": (lambda _c: b"a,b", (NOT_A_FORM, [Code.NOT_A_WORKBOOK, Code.ODD_NAME])),
    "phieu\u202excod.exe": (lambda _c: b"MZ", (NOT_A_FORM, [Code.NOT_A_WORKBOOK, Code.ODD_NAME])),
    os.fsdecode(b"thon\xff.csv"): (lambda _c: b"a;b", (NOT_A_FORM, [Code.NOT_A_WORKBOOK, Code.ODD_NAME])),
    unicodedata.normalize("NFD", "thôn.csv"): (lambda _c: b"1", (NOT_A_FORM, [Code.NOT_A_WORKBOOK])),
    unicodedata.normalize("NFC", "thôn.csv"): (lambda _c: b"2", (NOT_A_FORM, [Code.NOT_A_WORKBOOK, Code.ALIKE_NAMES])),
    "Ghi chu.csv": (lambda _c: b"3", (NOT_A_FORM, [Code.NOT_A_WORKBOOK])),
    "ghi chu.csv": (lambda _c: b"4", (NOT_A_FORM, [Code.NOT_A_WORKBOOK, Code.ALIKE_NAMES])),
}
"""Name -> how it is made from the right form of some unit, and what must become of it."""

ON_DISK: dict[str, Expected] = {
    "ra-ngoai-link.xlsx": (IGNORED, [Code.LINK]),
    "link-gay.xlsx": (IGNORED, [Code.LINK]),
    "thu-muc-link": (IGNORED, [Code.LINK]),
    "ong.xlsx": (IGNORED, [Code.SPECIAL]),
    "o-cam.xlsx": (IGNORED, [Code.SPECIAL]),
    "thu-muc.xlsx": (IGNORED, [Code.FOLDER]),
    "thu-muc.xlsx/trong.txt": (NOT_A_FORM, [Code.NOT_A_WORKBOOK]),
    "sau/" * 200 + "day.txt": (NOT_A_FORM, [Code.NOT_A_WORKBOOK]),
}


def lay_on_disk(inbox: Path, outside: Path) -> None:
    """Put what ``ON_DISK`` lists into the inbox; links lead to ``outside``."""
    (inbox / "ra-ngoai-link.xlsx").symlink_to(outside / "x.xlsx")
    (inbox / "link-gay.xlsx").symlink_to(outside / "none.xlsx")
    (inbox / "thu-muc-link").symlink_to(outside)
    os.mkfifo(inbox / "ong.xlsx")
    os.mknod(inbox / "o-cam.xlsx", stat.S_IFSOCK | 0o600)
    for name, text in (("thu-muc.xlsx/trong.txt", "a"), ("sau/" * 200 + "day.txt", "b")):
        (inbox / name).parent.mkdir(parents=True)
        (inbox / name).write_text(text)
