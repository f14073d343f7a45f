"""What mail programs wrap attachments in, written byte by byte: Outlook's .msg and winmail.dat, signed content."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping
from typing import Any

# --- .msg -----------------------------------------------------------------------------------------------

Tree = Mapping[str, "bytes | Tree"]
"""Name -> a stream's bytes, or what a storage holds."""

PROPERTIES = "__properties_version1.0"


def text(number: int, value: str) -> dict[str, bytes]:
    """A property of text."""
    return {f"__substg1.0_{number:04X}001F": value.encode("utf-16-le")}


def attached(name: str, content: bytes | Tree | None, content_id: str = "") -> dict[str, bytes | Tree]:
    """An attachment: a file, a letter, or with None a link to a file."""
    kind = "00000102" if isinstance(content, bytes) else "0000000D"
    data: dict[str, bytes | Tree] = {} if content is None else {f"__substg1.0_3701{kind[4:]}": content}
    return {PROPERTIES: bytes(8)} | text(0x3707, name) | (text(0x3712, content_id) if content_id else {}) | data


def letter(*attachments: Tree, delivered: dt.datetime | None = None, inner: bool = False, **texts: str) -> Tree:
    """A letter. ``texts``: sender, subject, headers, body or page."""
    numbers = {"sender": 0x5D01, "subject": 0x0037, "headers": 0x007D, "body": 0x1000, "page": 0x1013}
    properties = bytes(24 if inner else 32)
    if delivered:
        ticks = int((delivered - dt.datetime(1601, 1, 1, tzinfo=dt.UTC)).total_seconds() * 10_000_000)
        properties += struct.pack("<LLQ", 0x0E060040, 6, ticks)
    held: dict[str, bytes | Tree] = {PROPERTIES: properties}
    for key, value in texts.items():
        held |= text(numbers[key], value)
    return held | {f"__attach_version1.0_#{n:08X}": each for n, each in enumerate(attachments)}


_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF


def msg(tree: Tree) -> bytes:
    """The container of a letter: a chain of entries for every folder, small streams together in that of the root."""
    entries: list[list[Any]] = [["Root Entry", 5, _FREE, _FREE, b""]]
    _lay(tree, entries, 0)
    small, small_table, starts = b"", list[int](), dict[int, int]()
    for place, entry in enumerate(entries):
        if entry[4] and len(entry[4]) < 4096:
            starts[place] = len(small_table)
            small_table += _chain(len(small_table), -(-len(entry[4]) // 64))
            small += entry[4].ljust(-(-len(entry[4]) // 64) * 64, b"\0")
    entries[0][4] = small
    fat_of_small = struct.pack(f"<{len(small_table)}L", *small_table)
    fat_of_small = fat_of_small.ljust(-(-len(fat_of_small) // 512) * 512, b"\xff")
    large = [place for place, entry in enumerate(entries) if entry[4] and place not in starts]
    directory = -(-len(entries) * 128 // 512)
    sizes = [directory, len(fat_of_small) // 512, *(-(-len(entries[place][4]) // 512) for place in large)]
    tables = next(n for n in range(1, 110) if n * 128 >= n + sum(sizes))
    table = [0xFFFFFFFD] * tables
    begins = []
    for size in sizes:
        begins.append(len(table))
        table += _chain(len(table), size)
    starts |= dict(zip(large, begins[2:], strict=True))
    written = b"".join(_entry(*entry[:4], starts.get(n, _END), len(entry[4])) for n, entry in enumerate(entries))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9L", 0, tables, begins[0], 0, 4096, begins[1], sizes[1], _END, 0)
    head += struct.pack(f"<{tables}L", *range(tables)).ljust(436, b"\xff")
    chains = struct.pack(f"<{len(table)}L", *table).ljust(tables * 512, b"\xff")
    body = b"".join(entries[place][4].ljust(-(-len(entries[place][4]) // 512) * 512, b"\0") for place in large)
    return head + chains + written.ljust(directory * 512, b"\0") + fat_of_small + body


def _chain(start: int, size: int) -> list[int]:
    return [*range(start + 1, start + size), _END] if size else []


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    facts = struct.pack("<HBB3L", len(coded), kind, 1, _FREE, right, child)
    return coded.ljust(64, b"\0") + facts + bytes(36) + struct.pack("<3L", start, size, 0)


def _lay(tree: Tree, entries: list[list[Any]], parent: int) -> None:
    before = None
    for name, held in sorted(tree.items(), key=lambda each: (len(each[0]), each[0].upper())):
        place = len(entries)
        is_stream = isinstance(held, bytes)
        entries.append([name, 2 if is_stream else 1, _FREE, _FREE, held if is_stream else b""])
        entries[parent if before is None else before][3 if before is None else 2] = place
        before = place
        if not isinstance(held, bytes):
            _lay(held, entries, place)


# --- winmail.dat ----------------------------------------------------------------------------------------


def tnef(*attachments: tuple[str, bytes], long_names: bool = True) -> bytes:
    """A package of attachments; the long name stands among the properties, a short one as a title."""
    package = b"\x78\x9f\x3e\x22\1\0" + _attribute(1, 0x9006, b"\0\0\1\0") + _attribute(1, 0x8008, b"IPM.Note\0")
    for name, content in attachments:
        package += _attribute(2, 0x9002, bytes(14)) + _attribute(2, 0x8010, b"PHIEU~1.XLS\0")
        package += _attribute(2, 0x800F, content)
        if long_names:
            package += _attribute(2, 0x9005, _names(name))
    return package


def _attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BHHL", level, number, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def _names(name: str) -> bytes:
    """A number, a property with a name of its own, several values of one, and the long name."""
    wide = name.encode("utf-16-le") + b"\0\0"
    named = struct.pack("<HH", 0x001F, 0x8001) + bytes(16) + struct.pack("<LL", 1, 6) + b"a\0b\0\0\0\0\0"
    several = struct.pack("<HHL", 0x1003, 0x0FF0, 2) + struct.pack("<2L", 1, 2)
    text = struct.pack("<LL", 1, len(wide)) + wide + bytes(-len(wide) % 4)
    return (
        struct.pack("<L", 4)
        + struct.pack("<HHL", 0x0003, 0x0E20, 7)
        + (named + struct.pack("<LL", 1, 2) + b"x\0\0\0")
        + several
        + (struct.pack("<HH", 0x001F, 0x3707) + text)
    )


# --- signed ---------------------------------------------------------------------------------------------

SIGNED, ENVELOPED, DATA = (bytes.fromhex(f"06092a864886f70d01070{each}") for each in (2, 3, 1))


def _value(tag: int, content: bytes) -> bytes:
    length = len(content)
    size = -(-length.bit_length() // 8)
    return bytes([tag, length] if length < 128 else [tag, 0x80 + size, *length.to_bytes(size, "big")]) + content


def _open(tag: int, content: bytes) -> bytes:
    return bytes([tag, 0x80]) + content + b"\0\0"


def signed(content: bytes, in_pieces: bool = False, kind: bytes = SIGNED) -> bytes:
    """Signed content, without the signature; in pieces and without lengths, as programs write that cannot go back."""
    value = _open if in_pieces else _value
    octets = _value(4, content)
    if in_pieces:
        octets = _open(0x24, b"".join(_value(4, content[at : at + 1000]) for at in range(0, len(content), 1000)))
    inner = value(0x30, DATA + value(0xA0, octets))
    return value(
        0x30, kind + value(0xA0, value(0x30, _value(2, b"\1") + _value(0x31, b"") + inner + _value(0x31, b"")))
    )
