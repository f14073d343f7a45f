"""Is a text the one that had a SHA-256, though git, mail, an editor or macOS changed its bytes?"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from itertools import product

BOM = b"\xef\xbb\xbf"


def is_text_of(content: bytes, sha256: str) -> bool:
    """Whether the text had that SHA-256 before its line ends, mark or way of storing accents changed."""
    return any(hashlib.sha256(each).hexdigest() == sha256 for each in _variants(content))


def _variants(content: bytes) -> Iterator[bytes]:
    """The text with either line end, with and without a mark, its accents stored in each way."""
    yield content
    try:
        text = content.removeprefix(BOM).decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return
    stored = {text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)}
    for each, end, mark in product(sorted(stored), ("\n", "\r\n"), (b"", BOM)):
        yield mark + each.replace("\n", end).encode()
