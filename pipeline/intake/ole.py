"""The container of old Office files, of Outlook's letters and of encrypted workbooks: a file system in a file.

In: the bytes of an OLE container. Out: the names of what it holds, and the bytes of one stream. The layout is that of
[MS-CFB]: sectors chained by tables. Names tell no capitals apart, as in Office.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")


def names(content: bytes) -> set[str]:
    """The names in the directory, in small letters; none where it cannot be followed."""
    try:
        return {name for name, _start, _held in _Container(content).entries()}
    except (struct.error, IndexError, ValueError):
        return set()


def stream(content: bytes, name: str) -> bytes:
    """The first stream of that name. Raises ValueError, IndexError or struct.error where it cannot be found."""
    container = _Container(content)
    for found, start, held in container.entries():
        if found == name.casefold():
            return container.held(start, held)
    raise ValueError(name)


class _Container:
    def __init__(self, content: bytes) -> None:
        self.size, self.small = 1 << content[30], 1 << content[32]
        directory, self.least, self.small_table = struct.unpack_from("<L4x2L", content, 48)
        self.body = content[self.size :]
        self.table = _table(_joined(self.body, self.size, _places_of_table(content, self.body, self.size)))
        self.directory = _chained(self.body, self.size, self.table, directory)
        self.root = struct.unpack_from("<L", self.directory, 116)[0]

    def entries(self) -> Iterator[tuple[str, int, int]]:
        """Name, first sector and size of each."""
        for at in range(0, len(self.directory) - 127, 128):
            length = struct.unpack_from("<H", self.directory, at + 64)[0]
            name = self.directory[at : at + min(64, max(0, length - 2))].decode("utf-16-le")
            start, held = struct.unpack_from("<2L", self.directory, at + 116)
            yield name.casefold(), start, held

    def held(self, start: int, held: int) -> bytes:
        """The bytes of a stream; a small one lies in the small sectors within the stream of the root."""
        if held >= self.least:
            return _chained(self.body, self.size, self.table, start)[:held]
        inner = _table(_chained(self.body, self.size, self.table, self.small_table))
        return _chained(_chained(self.body, self.size, self.table, self.root), self.small, inner, start)[:held]


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
