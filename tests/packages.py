"""Containers written byte by byte, without asking whether they make sense: zip packages, .ods, OLE and .xls."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Part:
    """An entry of a zip. What is None is stated as it is; else the entry lies."""

    name: str
    data: bytes = b""
    size: int | None = None
    flags: int = 0x800
    method: int = zipfile.ZIP_DEFLATED
    local_name: str | None = None
    local_size: int | None = None
    at: int | None = None


def pack(parts: list[Part], offset: int = 0) -> bytes:
    """A zip of these parts, written without asking whether that makes sense."""
    body, table = bytearray(), bytearray()
    for part in parts:
        packed = _deflated(part.data) if part.method == zipfile.ZIP_DEFLATED else part.data
        size = len(part.data) if part.size is None else part.size
        start = len(body) + offset if part.at is None else part.at
        name, local = part.name.encode(), (part.local_name or part.name).encode()
        facts = (part.flags, part.method, 0, 33, zlib.crc32(part.data), len(packed))
        local_size = size if part.local_size is None else part.local_size
        if part.at is None:
            body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, *facts, local_size, len(local), 0) + local + packed
        table += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, *facts, size, len(name), 0, 0, 0, 0, 0, start) + name
    return bytes(body) + bytes(table) + _end(len(parts), len(table), len(body) + offset)


def _end(parts: int, size: int, start: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, min(parts, 0xFFFF), min(parts, 0xFFFF), size, start, 0)


def _deflated(data: bytes) -> bytes:
    packing = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packing.compress(data) + packing.flush()


def parts_of(content: bytes) -> list[Part]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [Part(entry.filename, package.read(entry)) for entry in package.infolist()]


def with_part(content: bytes, *more: Part) -> bytes:
    """The workbook with further parts."""
    return pack([*parts_of(content), *more])


def changed(content: bytes, pattern: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with the data of every part of such a name changed; there must be one, and it must change."""
    parts = parts_of(content)
    after = [replace(each, data=change(each.data)) if re.fullmatch(pattern, each.name) else each for each in parts]
    assert after != parts, f"no {pattern}, or nothing in it changes"
    return pack(after)


def start_of_table(package: bytes) -> int:
    return int.from_bytes(package[-6:-2], "little")


# --- .ods and .xls ---------------------------------------------------------------------------------------

ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def ods(rows: str, doctype: str = "") -> bytes:
    """An .ods with these rows."""
    value = 'office:value-type="float" office:value="1"'
    body = f'<office:body><office:spreadsheet><table:table table:name="A">{rows.replace("VALUE", value)}'
    xml = f'<?xml version="1.0"?>{doctype}<office:document-content {ODS_NAMES}>{body}</table:table>'
    xml += "</office:spreadsheet></office:body></office:document-content>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return pack([Part("mimetype", kind, method=zipfile.ZIP_STORED), Part("content.xml", xml.encode())])


def ole(*streams: str) -> bytes:
    """The first bytes of an OLE container whose directory names these streams."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + b"".join(name.encode("utf-16-le") for name in streams)


def old_book(*cells: tuple[int, int], password: bool = False, room: int = 4096) -> bytes:
    """An .xls with the number 1 in these cells (row and column from 0). Below 4,096 bytes of ``room``, its stream lies
    in the container's small sectors."""
    sheet = _record(0x809, struct.pack("<8H", 0x600, 0x10, 0, 0, 0, 0, 0, 0))
    sheet += b"".join(_record(0x203, struct.pack("<3Hd", row, column, 0, 1.0)) for row, column in cells)
    head = _record(0x809, struct.pack("<8H", 0x600, 5, 0, 0, 0, 0, 0, 0)) + (
        _record(0x2F, b"\0" * 6) if password else b""
    )
    start = len(head) + 4 + 9 + 4  # behind the record that names the sheet, and the end of this part
    head += _record(0x85, struct.pack("<LHBB", start, 0, 1, 0) + b"A") + _record(0x0A)
    return _container((head + sheet + _record(0x0A)).ljust(room, b"\0"))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<2H", kind, len(content)) + content


_END_OF_CHAIN, _NO_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF


def container(name: str, stream: bytes) -> bytes:
    """An OLE container of one stream, of more than 4,096 bytes or filled up to them, in as many tables as it takes."""
    data = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(data) // 512
    tables = next(n for n in range(1, 110) if n * 128 >= n + 1 + sectors)
    table = [0xFFFFFFFD] * tables + [_END_OF_CHAIN, *range(tables + 2, tables + 1 + sectors), _END_OF_CHAIN]
    entries = _entry("Root Entry", 5, _END_OF_CHAIN, 0) + _entry(name, 2, tables + 1, len(data))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<6H", 0x3E, 3, 0xFFFE, 9, 6, 0) + b"\0" * 8
    head += struct.pack("<8L", tables, tables, 0, 4096, _END_OF_CHAIN, 0, _END_OF_CHAIN, 0)
    places = struct.pack(f"<{tables}L", *range(tables)).ljust(436, b"\xff")
    return (
        head
        + places
        + struct.pack(f"<{len(table)}L", *table).ljust(512 * tables, b"\xff")
        + entries.ljust(512, b"\0")
        + data
    )


def _container(stream: bytes) -> bytes:
    """An OLE container: tables in sectors 0 and 1, the directory in sector 2, the stream from sector 3 on."""
    small = len(stream) < 4096
    data = stream.ljust(-(-len(stream) // 512) * 512, b"\0")
    table = [0xFFFFFFFD, _END_OF_CHAIN, _END_OF_CHAIN, *range(4, 3 + len(data) // 512), _END_OF_CHAIN]
    small_table = [*range(1, len(data) // 64), _END_OF_CHAIN] if small else []
    entries = _entry("Root Entry", 5, 3 if small else _END_OF_CHAIN, len(data) if small else 0)
    entries += _entry("Workbook", 2, 0 if small else 3, len(stream))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<6H", 0x3E, 3, 0xFFFE, 9, 6, 0) + b"\0" * 8
    head += struct.pack("<8L", 1, 2, 0, 4096, 1 if small else _END_OF_CHAIN, 1, _END_OF_CHAIN, 0)
    return (
        head
        + _sector([0]).ljust(436, b"\xff")[:436]
        + _sector(table)
        + _sector(small_table)
        + entries.ljust(512, b"\0")
        + data
    )


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    child = 1 if kind == 5 else _NO_SECTOR
    text = name.encode("utf-16-le") + b"\0\0"
    facts = struct.pack("<HBB3L", len(text), kind, 1, _NO_SECTOR, _NO_SECTOR, child)
    return text.ljust(64, b"\0") + facts + b"\0" * 36 + struct.pack("<3L", start, size, 0)


def _sector(places: list[int]) -> bytes:
    return struct.pack(f"<{len(places)}L", *places).ljust(512, b"\xff")


def archive(**entries: bytes) -> bytes:
    """A plain zip."""
    return pack([Part(name, data) for name, data in entries.items()])
