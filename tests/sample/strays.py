"""What lies in an inbox besides forms: a photo, and the file that Excel keeps while a workbook is open."""

from __future__ import annotations

import struct
import zlib
from math import sin

OWNER = "Nguyễn Văn Mẫu"


def photo(width: int = 160, height: int = 120) -> bytes:
    """A small picture of a hill below the sky, as PNG."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y, width, height) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _pixel(x: int, y: int, width: int, height: int) -> bytes:
    hill = height * (0.62 + 0.12 * sin(5 * x / width))
    if y > hill:
        return bytes((60, 140 - int(60 * (y - hill) / height), 70))
    return bytes((120 + 90 * y // height, 180 + 40 * y // height, 240))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def lock_file() -> bytes:
    """165 bytes: the name of who has the workbook open, in one byte a letter and again in two."""
    plain = OWNER.encode("ascii", "replace")
    wide = OWNER.ljust(54).encode("utf-16-le")
    return bytes((len(plain),)) + plain.ljust(54) + struct.pack("<H", len(OWNER)) + wide
