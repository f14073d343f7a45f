"""What lies in the inbox: what is this file, may we open it, and what form does it hold.

In: the inbox folder, which is only read. Out: one :class:`Taken` for everything found below it, with its hash,
and the raw form or the findings that say why there is none. Taking a file is independent of all others
(:mod:`pipeline.engines` may spread it), and a file's hash and content come from one read.
"""

from __future__ import annotations

import hashlib
import html
import io
import re
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.findings import Code
from pipeline.i18n import N_, _, number
from pipeline.papers import RawPaper, read_paper
from pipeline.reading import RawForm, read_form

RECEIPT_BOOK = "so-tiep-nhan.xlsx"

MAX_BYTES = 20_000_000
"""The largest real return seen is 0.8 MB; pictures pasted into a form make it a few more."""
MAX_UNPACKED = 200_000_000
"""Real templates unpack to 22 MB at most."""
MAX_RATIO = 100
"""Real entries are packed 33:1 at most."""
MAX_ROW, MAX_COLUMN = 20_000, 200
"""A form ends near row 60 and column 10; a used range beyond this is left behind by a program, not by a person."""

Reason = tuple[Code, dict[str, str]]


@dataclass
class Taken:
    """One entry of the inbox. ``name``: its path below the inbox, with ``/``. ``kind``: what its content is."""

    name: str
    size: int = 0
    sha256: str = ""
    kind: str = ""
    reasons: list[Reason] = field(default_factory=list)
    form: RawForm | None = None
    paper: RawPaper | None = None
    is_receipt_book: bool = False
    receipt_rows: list[list[Any]] = field(default_factory=list)


def find(inbox: Path) -> list[Path]:
    """Everything below the inbox that is to be registered, in a fixed order; links are not followed.

    Plain folders are walked, not registered; one whose name looks like a workbook's is both.
    """
    found: list[Path] = []
    for path in sorted(inbox.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if path.suffix.lower() in {".xlsx", ".xls", ".ods", ".xlsm"}:
                found.append(path)
            found.extend(find(path))
        else:
            found.append(path)
    return found


def take(inbox: Path, path: Path) -> Taken:
    """Read one entry of the inbox, whatever it is. Never raises for what a file is or holds."""
    taken = Taken(path.relative_to(inbox).as_posix())
    if reason := _not_to_be_opened(path):
        taken.reasons.append(reason)
        return taken
    try:
        taken.size = path.stat().st_size
        if taken.size > MAX_BYTES:
            limits = {"found": number(taken.size / 1e6, 1), "limit": number(MAX_BYTES / 1e6)}
            taken.reasons.append((Code.TOO_LARGE, limits))
            return taken
        content = path.read_bytes()
    except OSError as error:
        taken.reasons.append((Code.UNREADABLE, {"detail": error.strerror or type(error).__name__}))
        return taken
    taken.size, taken.sha256 = len(content), hashlib.sha256(content).hexdigest()
    taken.is_receipt_book = taken.name.casefold() == RECEIPT_BOOK
    _take_content(taken, content, path.suffix.lower())
    return taken


def _not_to_be_opened(path: Path) -> Reason | None:
    """Why an entry is registered by its name alone, if it is."""
    if path.is_symlink():
        return Code.LINK, {}
    if path.is_dir():
        return Code.FOLDER, {}
    if path.name.startswith(("~$", ".~lock.")):
        return Code.LOCK_FILE, {}
    if path.name.startswith(".") or path.name.lower() in {"thumbs.db", "desktop.ini"}:
        return Code.SYSTEM_FILE, {}
    try:
        ordinary = stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        return Code.UNREADABLE, {"detail": error.strerror or type(error).__name__}
    return None if ordinary else (Code.SPECIAL, {})


def _take_content(taken: Taken, content: bytes, suffix: str) -> None:
    taken.kind = kind_of(content)
    if taken.kind not in _WORKBOOKS:
        taken.reasons.append(_refusal(taken.kind, suffix))
        return
    if taken.kind == "xlsx" and (reason := _unsafe_package(content)):
        taken.reasons.append(reason)
        return
    if suffix.removeprefix(".") not in _WORKBOOKS[taken.kind]:
        taken.reasons.append((Code.NAME_LIES, {"suffix": suffix or "–", "kind": "." + taken.kind}))
    if taken.kind == "xlsx" and b"xl/vbaProject.bin" in content:
        taken.reasons.append((Code.HAS_MACROS, {}))
    try:
        if taken.is_receipt_book:
            taken.receipt_rows = _first_sheet(content)
        elif paper := read_paper(content, taken.kind):
            taken.paper = paper
        else:
            taken.form = read_form(content)
    except BaseException as error:  # calamine raises its own kinds, and its panics are no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        code = Code.ENCRYPTED if type(error).__name__ == "PasswordError" else Code.BROKEN_FILE
        taken.reasons.append((code, {}))


def _first_sheet(content: bytes) -> list[list[Any]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)


# --- what a file is, by its first bytes -------------------------------------------------------------

_WORKBOOKS = {"xlsx": {"xlsx", "xlsm"}, "xls": {"xls"}, "ods": {"ods"}}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SIGNATURES = (
    (b"%PDF", N_("a PDF")),
    (b"\xff\xd8\xff", N_("a photo (JPEG)")),
    (b"\x89PNG", N_("a picture (PNG)")),
    (b"GIF8", N_("a picture (GIF)")),
    (b"Rar!", N_("an archive (RAR)")),
    (b"7z\xbc\xaf", N_("an archive (7z)")),
    (b"{\\rtf", N_("an RTF document")),
    (b"SQLite format 3", N_("a database")),
)


def kind_of(content: bytes) -> str:
    """``xlsx``, ``xls``, ``ods``, ``empty``, ``broken``, ``encrypted``, or in words (a msgid) what else it is."""
    if not content:
        return "empty"
    for signature, name in _SIGNATURES:
        if content.startswith(signature):
            return name
    if content.startswith(_OLE):
        return _kind_of_ole(content)
    if content.startswith(b"PK"):
        return _kind_of_zip(content)
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


def _kind_of_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = set(package.namelist())
            opened = package.read("mimetype") if "mimetype" in entries else b""
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
    return N_("an archive (ZIP)")


_PLAIN = {"empty": Code.EMPTY_FILE, "broken": Code.BROKEN_FILE, "encrypted": Code.ENCRYPTED}


def _refusal(kind: str, suffix: str) -> Reason:
    if kind in _PLAIN:
        return _PLAIN[kind], {}
    return Code.NOT_A_WORKBOOK, {"kind": _(kind)}


# --- may we open it -----------------------------------------------------------------------------------

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$")
_FAR_CELL = re.compile(rb' r="([A-Z]{3}\d+|[H-Z][A-Z]\d+|[A-Z]{1,3}\d{5,})"[^>]*(?<!/)>\s*<[vif]')
"""A cell with a value beyond column GZ or row 9,999; styled blanks do no harm, and LibreOffice leaves many."""
_CELL = re.compile(r"([A-Z]+)(\d+)")


def _unsafe_package(content: bytes) -> Reason | None:
    """Bombs, and sheets whose cells reach so far that a reader would fill the memory with blanks."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            packed_too_well = any(entry.file_size > MAX_RATIO * max(entry.compress_size, 1000) for entry in entries)
            if unpacked > MAX_UNPACKED or packed_too_well:
                return Code.TOO_LARGE, {"found": number(unpacked / 1e6, 1), "limit": number(MAX_UNPACKED / 1e6)}
            for entry in entries:
                if _SHEET.search(entry.filename) and (reach := _reach(package.read(entry))):
                    return Code.HUGE_RANGE, {"sheet": _title(package, entry.filename), "found": reach}
    except Exception:  # zipfile and zlib raise many kinds on a damaged file
        return Code.BROKEN_FILE, {}
    return None


def _title(package: zipfile.ZipFile, part: str) -> str:
    """The name on the tab of the sheet that is kept in ``part``; the part's own, where that cannot be told."""
    name = part.rpartition("/")[2]
    for relation in re.findall(r"<Relationship [^>]*>", package.read("xl/_rels/workbook.xml.rels").decode()):
        facts = dict(re.findall(r'(\w+)="([^"]*)"', relation))
        if facts.get("Target", "").endswith(f"/{name}"):
            for sheet in re.findall(r"<sheet [^>]*>", package.read("xl/workbook.xml").decode()):
                if f'"{facts.get("Id")}"' in sheet and (titled := re.search(r'\bname="([^"]*)"', sheet)):
                    return html.unescape(titled[1])
    return name


def _reach(xml: bytes) -> str | None:
    """The first filled cell beyond the bounds, or None. Cells are looked at, for a stated dimension may lie."""
    for far in _FAR_CELL.finditer(xml):
        matched = _CELL.fullmatch(far[1].decode())
        if matched and (_column_number(matched[1]) > MAX_COLUMN or int(matched[2]) > MAX_ROW):
            return matched[0]
    return None


def _column_number(letters: str) -> int:
    total = 0
    for letter in letters:
        total = 26 * total + ord(letter) - 64
    return total
