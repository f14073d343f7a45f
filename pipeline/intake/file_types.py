"""What a file is by its first bytes, whatever its name says.

In: content. Out: the kind of workbook, or in words what else it is.
"""

from __future__ import annotations

import io
import zipfile

from pipeline.findings.catalogue import Code
from pipeline.i18n import N_, _
from pipeline.intake.arrival import Reason
from pipeline.intake.container import has_too_many_parts
from pipeline.rules.limits import DEFAULT_LIMITS, Limits

WORKBOOKS = {"xlsx": {"xlsx", "xlsm"}, "xls": {"xls"}, "ods": {"ods"}}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
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


def kind_of(content: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    """``xlsx``, ``xls``, ``ods``, ``empty``, ``broken``, ``encrypted``, or in words (a msgid) what else it is."""
    if not content:
        return "empty"
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            return name
    if content.startswith(_OLE):
        return _kind_of_ole(content)
    if content.startswith(b"PK"):
        return _kind_of_zip(content, limits)
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table")):
        return N_("a web page (HTML)")
    if start.startswith(b"<?xml"):
        return N_("an XML file")
    if b"\0" not in content[:2000]:
        return N_("a text file (CSV?)")
    if len(set(content[:64])) == 1 and content[:1] == b"\0":
        return "broken"
    return N_("a file of unknown kind")


def _kind_of_ole(content: bytes) -> str:
    """Old Office files and encrypted new ones share a container; its directory names what is inside, in UTF-16."""

    def names(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if names("EncryptedPackage") or names("EncryptionInfo"):
        return "encrypted"
    if names("Workbook") or names("Book"):
        return "xls"
    return N_("a Word document (.doc)") if names("WordDocument") else N_("an old Office file")


def _kind_of_zip(content: bytes, limits: Limits) -> str:
    if has_too_many_parts(content, limits):
        return "xlsx" if b"xl/workbook.xml" in content else _ARCHIVES[0]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = set(package.namelist())
            opened = b""
            if "mimetype" in entries and not package.getinfo("mimetype").flag_bits & 1:
                with package.open("mimetype") as part:
                    opened = part.read(100)  # more would be a bomb
    except Exception:  # zipfile raises many kinds on a damaged file
        return "broken"
    if "xl/workbook.xml" in entries:
        return "xlsx"
    if opened.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if "xl/workbook.bin" in entries:
        return N_("a binary workbook (.xlsb)")
    if "word/document.xml" in entries or opened.startswith(b"application/vnd.oasis.opendocument.text"):
        return N_("a Word document (.docx)")
    if "ppt/presentation.xml" in entries:
        return N_("a presentation (.pptx)")
    return _ARCHIVES[0]


_PLAIN = {"empty": Code.EMPTY_FILE, "broken": Code.BROKEN_FILE, "encrypted": Code.ENCRYPTED}


def refusal(kind: str) -> Reason:
    """Why a file of that kind is not read."""
    if kind in _PLAIN:
        return _PLAIN[kind], {}
    return Code.ARCHIVE if kind in _ARCHIVES else Code.NOT_A_WORKBOOK, {"kind": _(kind)}
