"""What a file is by its first bytes, whatever its name says.

In: content. Out: the kind of workbook, or in words what else it is, and what to do about that.
"""

from __future__ import annotations

import io
import re
import zipfile

from pipeline.findings.catalogue import Code
from pipeline.i18n import N_, _
from pipeline.intake import ole
from pipeline.intake.arrival import Reason
from pipeline.intake.container import Refused, has_too_many_parts
from pipeline.intake.relations import Names, main_part
from pipeline.rules.limits import DEFAULT_LIMITS, Limits

WORKBOOKS = {"xlsx": {"xlsx", "xlsm"}, "xls": {"xls"}, "ods": {"ods"}}
_ARCHIVES = (N_("an archive (ZIP)"), N_("an archive (RAR)"), N_("an archive (7z)"))
_SIGNATURES = (
    (b"%PDF", N_("a PDF")),
    (b"\xff\xd8\xff", N_("a photo (JPEG)")),
    (b"\x89PNG", N_("a picture (PNG)")),
    (b"GIF8", N_("a picture (GIF)")),
    (b"Rar!", _ARCHIVES[1]),
    (b"7z\xbc\xaf", _ARCHIVES[2]),
    (b"{\\rtf", N_("an RTF document")),
    (b"SQLite format 3", N_("a database")),
)

# --- other spreadsheets, and how their programs make an .xlsx of them ------------------------------------

_BY_EXCEL = N_("Open it in Excel, choose File – Save As, type “Excel Workbook (*.xlsx)”")
_BY_LIBREOFFICE = N_("Open it in LibreOffice Calc, choose File – Save As, type “Excel 2007–365 (.xlsx)”")
_BY_NUMBERS = N_("Open it in Numbers, choose File – Export To – Excel, format .xlsx")
_BY_GOOGLE = N_("Open it in Google Sheets, choose File – Download – Microsoft Excel (.xlsx)")

_XLSB = N_("a binary Excel workbook (.xlsb)")
_XML_2003 = N_("an Excel workbook of the kind “XML Spreadsheet 2003”")
_EXCEL_95 = N_("an Excel 5.0/95 workbook (.xls)")
_EXCEL_4 = N_("a worksheet of Excel 2, 3 or 4 (.xls)")
_FODS = N_("a flat OpenDocument spreadsheet (.fods)")
_BARE_ODS = N_("an OpenDocument spreadsheet (.ods) that does not say so, for its part “mimetype” is missing")
_SYLK = N_("an old spreadsheet written as text (.slk, .dif)")
_SXC = N_("an OpenOffice.org 1 spreadsheet (.sxc)")
_NUMBERS = N_("an Apple Numbers spreadsheet (.numbers)")
_GSHEET = N_("a shortcut to Google Sheets (.gsheet), which does not hold the form itself")
_OTHER_SPREADSHEETS = {
    _XLSB: _BY_EXCEL,
    _XML_2003: _BY_EXCEL,
    _EXCEL_95: _BY_EXCEL,
    _SYLK: _BY_EXCEL,
    _EXCEL_4: _BY_LIBREOFFICE,
    _FODS: _BY_LIBREOFFICE,
    _BARE_ODS: _BY_LIBREOFFICE,
    _SXC: _BY_LIBREOFFICE,
    _NUMBERS: _BY_NUMBERS,
    _GSHEET: _BY_GOOGLE,
}

# --- letters ---------------------------------------------------------------------------------------------

EML, MBOX, MSG = N_("a letter (.eml)"), N_("a mailbox (.mbox)"), N_("an Outlook letter (.msg)")
TNEF = N_("a package of attachments of Outlook (winmail.dat)")
P7M = N_("a signed or encrypted letter (.p7m)")
LETTERS = (EML, MBOX, MSG, TNEF, P7M)
"""The kinds that ``thidua fetch`` opens."""

_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,60}):")
_OF_LETTERS = {
    b"from", b"to", b"subject", b"date", b"received", b"return-path", b"delivered-to", b"message-id", b"mime-version",
    b"x-mozilla-status", b"cc", b"reply-to", b"dkim-signature",
}  # fmt: skip
_BY_A_BROWSER = (b"Saved by ", b"Snapshot-Content-Location:")
_WEB_PAGE = N_("a web page (HTML)")
_MARKS = b"\xef\xbb\xbf\xff\xfe \t\r\n"


def kind_of(content: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    """``xlsx``, ``xls``, ``ods``, ``empty``, ``broken``, ``encrypted``, or in words (a msgid) what else it is."""
    if not content:
        return "empty"
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            return name
    if content.startswith(ole.SIGNATURE):
        return _kind_of_ole(content)
    if content.startswith(b"PK"):
        return _kind_of_zip(content, limits)
    return _kind_of_record(content) or _kind_of_text(content)


def _kind_of_record(content: bytes) -> str | None:
    """Files that begin with a record of a fixed kind."""
    if content.startswith(b"\x78\x9f\x3e\x22"):
        return TNEF
    if content[:1] == b"\x30" and b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" in content[:40]:
        return P7M
    if content[:4] in (b"\x09\0\x04\0", b"\x09\2\x06\0", b"\x09\4\x06\0"):
        return _EXCEL_4
    return _EXCEL_95 if content.startswith(b"\x09\x08\x08\0\0\5") else None


def _kind_of_text(content: bytes) -> str:
    head = content[:20_000].replace(b"\0", b"").lstrip(_MARKS)  # UTF-16 becomes legible
    start = head[:2000].lower()
    if kind := _kind_of_letter(head):
        return kind
    if start.startswith((b"<html", b"<!doctype html", b"<table")):
        return _WEB_PAGE
    if start.startswith(b"<"):
        return _kind_of_xml(head)
    if start.startswith((b"id;p", b"table\r\n0,1\r\n", b"table\n0,1\n")):
        return _SYLK
    if start.startswith(b"{") and (b"docs.google.com" in head or b'"doc_id"' in head):
        return _GSHEET
    if b"\0" not in content[:2000]:
        return N_("a text file (CSV?)")
    if len(set(content[:64])) == 1 and content[:1] == b"\0":
        return "broken"
    return N_("a file of unknown kind")


def _kind_of_letter(head: bytes) -> str | None:
    lines = head.splitlines()[:200]
    is_mailbox = bool(lines) and lines[0].startswith(b"From ")
    named: set[bytes] = set()
    for line in lines[is_mailbox:]:
        header = _HEADER.match(line)
        if not header and not line.startswith((b" ", b"\t")):
            break
        named |= {header[1].lower()} if header else set()
    if len(named & _OF_LETTERS) < 2:
        return None
    if any(each in head[:2000] for each in _BY_A_BROWSER):
        return _WEB_PAGE
    return MBOX if is_mailbox else EML


def _kind_of_xml(head: bytes) -> str:
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return _XML_2003
    if b"opendocument" in head and b".spreadsheet" in head:
        return _FODS
    return N_("an XML file") if head.startswith(b"<?xml") else N_("a text file (CSV?)")


def _kind_of_ole(content: bytes) -> str:
    """Old Office files, Outlook's letters and encrypted new files share a container; its directory tells which."""
    names = ole.names(content)

    def has(stream: str) -> bool:
        return stream.casefold() in names if names else stream.encode("utf-16-le") in content

    if has("EncryptedPackage") or has("EncryptionInfo"):
        return "encrypted"
    if has("Workbook"):
        return "xls"
    if has("__properties_version1.0") or has("__nameid_version1.0"):
        return MSG
    if has("Book"):
        return _EXCEL_95
    return N_("a Word document (.doc)") if has("WordDocument") else N_("an old Office file")


# --- packages --------------------------------------------------------------------------------------------

_READ_OF_A_PART = 1_000_000
"""Bytes of a part that are looked at to know the kind; more would be a bomb."""

_ROOT = re.compile(rb"<(?:\w{1,20}:)?(workbook|document|presentation)[\s>/]")


def _kind_of_zip(content: bytes, limits: Limits) -> str:
    if has_too_many_parts(content, limits):
        return "xlsx" if b"xl/workbook.xml" in content else _ARCHIVES[0]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _kind_of_package(package)
    except Refused:  # relations that are no XML
        return "broken"
    except Exception:  # zipfile raises many kinds on a damaged file
        return "broken"


def _kind_of_package(package: zipfile.ZipFile) -> str:
    entries = {each.filename: each for each in package.infolist()}
    names = Names(entries)

    def read(name: str) -> bytes:
        if entries[name].flag_bits & 1:
            return b"<encrypted/>"
        with package.open(name) as part:
            return part.read(_READ_OF_A_PART)

    def start_of(name: str) -> bytes:
        found = names.found(name)
        return read(found) if found else b""

    mimetype = start_of("mimetype")[:100]
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if mimetype.startswith(b"application/vnd.sun.xml.calc"):
        return _SXC
    main = main_part(names, read)
    if main:
        return _kind_of_main_part(main, start_of(main))
    if mimetype.startswith(b"application/vnd.oasis.opendocument.text"):
        return N_("a Word document (.docx)")
    if names.found("content.xml") and b"opendocument.spreadsheet" in start_of("META-INF/manifest.xml"):
        return _BARE_ODS
    return _NUMBERS if _is_of_numbers(names, entries) else _ARCHIVES[0]


def _kind_of_main_part(name: str, part: bytes) -> str:
    root = _ROOT.search(part[:20_000].replace(b"\0", b""))
    kind = root[1] if root else b""
    folder = name.replace("\\", "/").lstrip("/").casefold().split("/")[0]
    if name.casefold().endswith(".bin"):
        return _XLSB
    if kind == b"document" or (not kind and folder == "word"):
        return N_("a Word document (.docx)")
    return N_("a presentation (.pptx)") if kind == b"presentation" or (not kind and folder == "ppt") else "xlsx"


def _is_of_numbers(names: Names, entries: dict[str, zipfile.ZipInfo]) -> bool:
    """Numbers keeps archives of its own, in folders or in a further zip; in 2009 it kept XML."""
    is_new = bool(names.found("Index.zip")) or any(name.casefold().endswith(".iwa") for name in entries)
    return is_new or bool(names.found("index.xml") and names.found("buildVersionHistory.plist"))


# --- why a file of that kind is not read -----------------------------------------------------------------

_PLAIN = {"empty": Code.EMPTY_FILE, "broken": Code.BROKEN_FILE, "encrypted": Code.ENCRYPTED}


def refusal(kind: str, file: str) -> Reason:
    """Why a file of that kind is not read, and what to do. ``file``: its name below the inbox, as it is shown."""
    if kind in _PLAIN:
        return _PLAIN[kind], {}
    if kind in _OTHER_SPREADSHEETS:
        return Code.OTHER_SPREADSHEET, {"kind": _(kind), "steps": _(_OTHER_SPREADSHEETS[kind])}
    if kind in LETTERS:
        return Code.LETTER, {"kind": _(kind), "path": file}
    return Code.ARCHIVE if kind in _ARCHIVES else Code.NOT_A_WORKBOOK, {"kind": _(kind)}
