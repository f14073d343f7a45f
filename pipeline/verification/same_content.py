"""Is it the same content in other bytes? What mail, git, editors, macOS and programs that pack do to a file.

In: two files, or a rule file and the SHA-256 that it had. Out: in words what they differ in, where that is the bytes
alone; None where the content differs. A line end within a cell of a table is content; one between its rows is not.
"""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

from pipeline.i18n import N_, _
from pipeline.intake import container
from pipeline.rules.limits import DEFAULT_LIMITS
from pipeline.state.same_text import BOM, is_text_of
from pipeline.verification.opening import content_of

_TEXTS = (".csv", ".txt", ".html", ".json", ".yaml")
_PACKED_ANEW = N_("the same parts, packed anew")
_OTHER_TEXT = N_("the same text with other line ends, byte order mark or way of storing accents")


def had_hash(content: bytes, sha256: str) -> str | None:
    """What a text is, if it had that SHA-256 before its line ends, mark or way of storing accents changed."""
    return _(_OTHER_TEXT) if is_text_of(content, sha256) else None


def sameness(published: Path, ours: Path) -> str | None:
    """What two files of different bytes differ in, where their content is the same."""
    if ours.suffix in _TEXTS:
        return _(_OTHER_TEXT) if _texts_agree(published, ours) else None
    return _(_PACKED_ANEW) if _parts_agree(published, ours) else None


def _texts_agree(published: Path, ours: Path) -> bool:
    try:
        theirs, own = (unicodedata.normalize("NFC", _text(path)) for path in (published, ours))
        return _rows(theirs) == _rows(own) if ours.suffix == ".csv" else _lines(theirs) == _lines(own)
    except (UnicodeDecodeError, csv.Error):
        return False


def _text(path: Path) -> str:
    return content_of(path).removeprefix(BOM).decode()


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _parts_agree(published: Path, ours: Path) -> bool:
    """Whether both are zips of the same parts; the published one is unpacked only as far as our own is large."""
    try:
        with zipfile.ZipFile(ours) as package:
            own = {part.filename: part for part in package.infolist()}
            unpacked = sum(part.file_size for part in own.values())
            if published.stat().st_size > 2 * unpacked + 100_000:
                return False
            limits = replace(
                DEFAULT_LIMITS, unpacked_mb=unpacked // 1_000_000 + 1, ratio=2000
            )  # deflating reaches 1,030
            content = content_of(published)
            parts = container.parts(content, limits)
            theirs = {name: hashlib.sha256(part).digest() for name, part in parts if part or name[-1:] != "/"}
            return content.startswith(b"PK\3\4") and theirs == {
                name: hashlib.sha256(package.read(name)).digest() for name in own
            }
    except (zipfile.BadZipFile, container.Refused):
        return False
