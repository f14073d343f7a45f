"""How far the cells of an old workbook (.xls) reach, and whether it has a password.

In: the bytes of an OLE container. Out: an :class:`~pipeline.intake.used_areas.Area` for each sheet; nothing where the
container cannot be followed, for then its reader cannot either. The layout is that of [MS-CFB] and [MS-XLS]: a file
system of sectors chained by tables, in which the stream ``Workbook`` is a row of records.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator

from pipeline.findings.catalogue import Code
from pipeline.intake.container import Refused
from pipeline.intake.used_areas import Area

_STREAMS = ("Workbook", "Book")
_BEGIN, _SHEET_NAME, _PASSWORD, _MANY = 0x809, 0x85, 0x2F, 0xBD
_WITH_VALUE = {0x06, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E, _MANY}
"""The records of cells that hold something: formula, texts, number, truth value, several numbers in a row."""
_WANTED = frozenset((_BEGIN, _SHEET_NAME, _PASSWORD, *_WITH_VALUE))


def areas(content: bytes) -> list[Area]:
    """How far each sheet reaches. Raises Refused where it has a password."""
    try:
        return _measured(workbook_stream(content))
    except (struct.error, IndexError, ValueError):
        return []


# --- records ------------------------------------------------------------------------------------------


def _measured(stream: bytes) -> list[Area]:
    names: dict[int, str] = {}
    found: list[Area] = []
    for at, kind, record in records(stream, _WANTED):
        if kind == _PASSWORD:
            raise Refused(Code.ENCRYPTED)
        if kind == _SHEET_NAME:
            names[struct.unpack_from("<L", record)[0]] = _name(record)
        elif kind == _BEGIN:
            found.append(Area(names.get(at, "–"), 0, 0))
        elif kind in _WITH_VALUE and found:
            row, column = struct.unpack_from("<2H", record)
            last = struct.unpack("<H", record[-2:])[0] if kind == _MANY else column
            found[-1] = found[-1].with_cell(row + 1, last + 1)
    return found


def records(stream: bytes, wanted: Collection[int]) -> Iterator[tuple[int, int, bytes]]:
    """Position, kind and content of each record of these kinds."""
    at, last, unpack = 0, len(stream) - 4, struct.Struct("<2H").unpack_from
    while at <= last:
        kind, length = unpack(stream, at)
        if kind in wanted:
            yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _name(record: bytes) -> str:
    length, wide = record[6], record[7] & 1
    return record[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


# --- the container ------------------------------------------------------------------------------------


def workbook_stream(content: bytes) -> bytes:
    """The stream of the workbook."""
    return stream(content, _STREAMS)


def stream(content: bytes, names: Collection[str]) -> bytes:
    """The first stream of one of these names, wherever its sectors lie; nothing where there is none.

    Raises struct.error, IndexError or ValueError where the container cannot be followed.
    """
    size, small = 1 << content[30], 1 << content[32]
    directory, least, small_table = struct.unpack_from("<L4xL", content, 48) + struct.unpack_from("<L", content, 60)
    body = content[size:]
    table = _table(_joined(body, size, _places_of_table(content, body, size)))
    entries = _chained(body, size, table, directory)
    root = struct.unpack_from("<2L", entries, 116)
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(0, length - 2)].decode("utf-16-le")
        start, held = struct.unpack_from("<2L", entries, at + 116)
        if name in names and held >= least:
            return _chained(body, size, table, start)[:held]
        if name in names:
            inner = _table(_chained(body, size, table, small_table))
            return _chained(_chained(body, size, table, root[0]), small, inner, start)[:held]
    return b""


def _places_of_table(content: bytes, body: bytes, size: int) -> list[int]:
    """The sectors that the table itself takes: the first 109 stand in the header, the others in a chain."""
    places, sectors = list(struct.unpack_from("<109L", content, 76)), len(body) // size
    following = struct.unpack_from("<L", content, 68)[0]
    while following < sectors and len(places) < sectors:
        *more, following = _table(_joined(body, size, [following]))
        places += more
    return places[:sectors]


def _table(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}L", data[: len(data) // 4 * 4]))


def _joined(body: bytes, size: int, places: list[int]) -> bytes:
    return b"".join(body[place * size : (place + 1) * size] for place in places)


def _chained(body: bytes, size: int, table: list[int], start: int) -> bytes:
    """What a chain of sectors holds; one that goes round in a circle ends where the table does."""
    places: list[int] = []
    while start < len(table) and len(places) < len(table):
        places.append(start)
        start = table[start]
    return _joined(body, size, places)
