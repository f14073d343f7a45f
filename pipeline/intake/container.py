"""May the zip container of a workbook be opened: is it what its table of contents says, and of a sane size.

In: the bytes of a file that begins like a zip. Out: its parts, one after the other and each unpacked once, or the
:class:`Refused` with the reason. No parser has seen anything by then, and no more is ever unpacked than the limits
allow, whatever the file claims: readers that trust the claims (and they differ in which) are safe afterwards.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise

from pipeline.findings.catalogue import Code
from pipeline.i18n import number
from pipeline.intake.arrival import Reason, brief
from pipeline.rules.limits import Limits


class Refused(Exception):
    """The file is not to be opened; ``reason`` says why."""

    def __init__(self, code: Code, **facts: str) -> None:
        super().__init__(code, facts)
        self.reason: Reason = (code, facts)


_LOCAL, _END = b"PK\3\4", b"PK\5\6"
_LOCAL_HEADER, _END_RECORD = struct.Struct("<4s5H3L2H"), struct.Struct("<4s4H2LH")
_LOCATES, _LARGE = b"PK\6\7", b"PK\6\6"
_LOCATOR, _LARGE_END = struct.Struct("<4sLQL"), struct.Struct("<4sQ2H2L4Q")
_ENCRYPTED, _SIZES_FOLLOW = 0x1, 0x8
_MANY, _ELSEWHERE = 0xFFFF, 0xFFFFFFFF
"""Stands for a size in the local header that is given in 64 bits further on."""


def parts(content: bytes, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every part. Raises Refused, at the latest with the last part."""
    entries = _entries(content, limits)
    _check_sizes(entries, limits)
    _check_names(entries)
    spans = [_span(content, entry) for entry in entries]
    _check_overlaps(entries, spans)
    for entry, (_start, data, end) in zip(entries, spans, strict=True):
        yield entry.filename, _unpacked(entry, content[data:end])


def has_too_many_parts(content: bytes, limits: Limits) -> bool:
    """Known before the table of contents is read, which takes seconds where it is long."""
    return content.count(b"PK\1\2") > limits.parts


def _entries(content: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    if has_too_many_parts(content, limits):
        found, limit = number(content.count(b"PK\1\2")), number(limits.parts)
        raise Refused(Code.TOO_MANY_PARTS, found=found, limit=limit)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries, table = package.infolist(), package.start_dir
    except Exception as error:  # zipfile raises many kinds on a damaged file
        raise Refused(Code.BROKEN_FILE) from error
    _check_end(content, table, len(entries))
    return entries


def _check_end(content: bytes, table: int, entries: int) -> None:
    """The last record says where the table is and how long, and ends the file; else another reader would find another
    table."""
    at = content.rfind(_END)
    record = content[at : at + _END_RECORD.size]
    _mark, *disks, count, _size, offset, comment = _END_RECORD.unpack(record.ljust(_END_RECORD.size, b"\xff"))
    is_whole = len(record) == _END_RECORD.size and at + _END_RECORD.size + comment == len(content)
    is_stated = (
        offset in (table, _ELSEWHERE) and {count, disks[2]} <= {entries, _MANY} and not {*disks[:2]} - {0, _MANY}
    )
    if not (is_whole and is_stated):
        raise Refused(Code.FALSE_CONTENTS, part="–")
    locator = content[max(0, at - _LOCATOR.size) : at]
    place = at - _LOCATOR.size - _LARGE_END.size
    if locator.startswith(_LOCATES) and not _is_followed(content, locator, place, (table, entries)):
        raise Refused(Code.FALSE_CONTENTS, part="–")


def _is_followed(content: bytes, locator: bytes, place: int, found: tuple[int, int]) -> bool:
    """Whether the end record of 64 bits, which counts for some readers, lies where all look for it, and says the same
    as the other. ``found``: where the table lies, and how many entries it has."""
    if place < 0 or _LOCATOR.unpack(locator)[2] != place:
        return False
    mark, size, *_versions, here, count, table_size, table = _LARGE_END.unpack(content[place : place + _LARGE_END.size])
    is_one = (mark, size, table + table_size) == (_LARGE, _LARGE_END.size - 12, place)
    return is_one and (table, count) == found and here == count


def ends_like_a_package(content: bytes) -> bool:
    """Whether a reader that looks for a zip from the end would find one in a file that begins as something else."""
    at = content.rfind(_END, -_END_RECORD.size - 0xFFFF)
    record = content[at : at + _END_RECORD.size] if at >= 0 else b""
    if len(record) < _END_RECORD.size:
        return False
    return at + _END_RECORD.size + int(_END_RECORD.unpack(record)[-1]) == len(content)


def _check_sizes(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_mb * 1_000_000:
        found, limit = number(unpacked / 1e6, 1), number(limits.unpacked_mb)
        raise Refused(Code.UNPACKS_TOO_LARGE, found=found, limit=limit)
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if ratio > limits.ratio and entry.file_size > limits.ratio_from_mb * 1_000_000:
            facts = {"part": brief(entry.filename), "found": number(ratio, 0), "limit": number(limits.ratio)}
            raise Refused(Code.PACKED_TOO_TIGHTLY, **facts)


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    """Names by which a program that unpacks would write elsewhere, and names that stand for two parts."""
    seen: set[str] = set()
    names = [entry.orig_filename.replace("\\", "/") for entry in entries]
    if all(name.startswith("/") for name in names):
        names = [name[1:] for name in names]  # some programs write the slash that a package's own names have
    for entry, name in zip(entries, names, strict=True):
        if name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/"):
            raise Refused(Code.PART_OUTSIDE, part=brief(entry.orig_filename))
        if name.casefold() in seen:  # workbooks do not tell capitals apart
            raise Refused(Code.REPEATED_PART, part=brief(name))
        seen.add(name.casefold())
        if entry.flag_bits & _ENCRYPTED:
            raise Refused(Code.ENCRYPTED)


Span = tuple[int, int, int]
"""Where an entry begins, where its data begins, and where they end."""


def _span(content: bytes, entry: zipfile.ZipInfo) -> Span:
    start = entry.header_offset
    header = content[start : start + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or not header.startswith(_LOCAL):
        raise Refused(Code.FALSE_CONTENTS, part=brief(entry.filename))
    fields = _LOCAL_HEADER.unpack(header)
    (flags, method), (packed, size, name_length, extra_length) = fields[2:4], fields[7:]
    named = start + _LOCAL_HEADER.size
    data = named + name_length + extra_length
    name = content[named : named + name_length].decode("utf-8" if flags & 0x800 else "cp437", "replace")
    stated = _SIZES_FOLLOW & flags or all(
        here in (there, _ELSEWHERE) for here, there in ((packed, entry.compress_size), (size, entry.file_size))
    )
    same = stated and method == entry.compress_type and name == entry.orig_filename
    if not same or data + entry.compress_size > len(content):
        raise Refused(Code.FALSE_CONTENTS, part=brief(entry.filename))
    return start, data, data + entry.compress_size


def _check_overlaps(entries: list[zipfile.ZipInfo], spans: list[Span]) -> None:
    in_order = sorted(zip(spans, entries, strict=True), key=lambda each: each[0])
    for (before, first), (after, second) in pairwise(in_order):
        if after[0] < before[2]:
            raise Refused(Code.OVERLAPPING_PARTS, part=brief(second.filename), other=brief(first.filename))


def _unpacked(entry: zipfile.ZipInfo, data: bytes) -> bytes:
    """The part itself; one byte more than it claims to have is enough to know that it lies."""
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            part = unpacking.decompress(data, entry.file_size + 1)
            is_whole = unpacking.eof and not unpacking.unused_data
        except zlib.error as error:
            raise Refused(Code.BROKEN_FILE) from error
    else:
        part, is_whole = data, entry.compress_type == zipfile.ZIP_STORED
    if not is_whole or len(part) != entry.file_size:
        raise Refused(Code.FALSE_CONTENTS, part=brief(entry.filename))
    if zlib.crc32(part) != entry.CRC:
        raise Refused(Code.BROKEN_FILE)
    return part
