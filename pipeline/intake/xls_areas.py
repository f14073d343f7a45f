"""How far the cells of an old workbook (.xls) reach, and whether it has a password.

In: the bytes of an OLE container, or its stream ``Workbook``, which is a row of records ([MS-XLS]). Out: an
:class:`~pipeline.intake.used_areas.Area` for each sheet.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator

from pipeline.findings.catalogue import Code
from pipeline.intake.container import Refused
from pipeline.intake.ole import stream
from pipeline.intake.used_areas import Area

_BEGIN, _ENDS, _SHEET_NAME, _PASSWORD, _MANY, _CALCULATION = 0x809, 0x0A, 0x85, 0x2F, 0xBD, 0x0D
_MEANS_NOTHING = b"\xff\x7f"
_WITH_VALUE = {0x06, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E, _MANY}
"""The records of cells that hold something: formula, texts, number, truth value, several numbers in a row."""
_OF_A_SHEET = frozenset((_BEGIN, _ENDS, *_WITH_VALUE))


def workbook_stream(content: bytes) -> bytes:
    """The stream of the workbook, wherever its sectors lie. Raises Refused where there is none."""
    try:
        return stream(content, "Workbook")
    except (struct.error, IndexError, ValueError) as error:
        raise Refused(Code.BROKEN_FILE) from error


def has_password(workbook: bytes) -> bool:
    """Whether the records before the first sheet name one."""
    for _at, kind, _record in records(workbook, (_PASSWORD, _ENDS)):
        return kind == _PASSWORD
    return False


def is_manual(workbook: bytes) -> bool:
    """Whether formulas are calculated only when somebody asks for it."""
    return any(record[:2] == b"\0\0" for _at, _kind, record in records(workbook, (_CALCULATION,)))


def areas_of_xls(workbook: bytes) -> list[Area]:
    """How far each sheet reaches, measured from where the workbook says that it begins. Raises Refused where it has a
    password, or where that cannot be followed."""
    try:
        return [_measured(workbook, title, start) for title, start in sheets(workbook)]
    except (struct.error, IndexError, ValueError) as error:
        raise Refused(Code.BROKEN_FILE) from error


def without_sheets(workbook: bytes, titles: Collection[str]) -> bytes:
    """The stream without the records by which a reader finds these sheets; records of no meaning take their place."""
    kept = bytearray(workbook)
    for at, kind, record in records(workbook, (_SHEET_NAME, _ENDS)):
        if kind == _SHEET_NAME and _name(record) in titles:
            kept[at : at + 2] = _MEANS_NOTHING
        if kind == _ENDS:
            break
    return bytes(kept)


# --- records ------------------------------------------------------------------------------------------


def sheets(workbook: bytes) -> Iterator[tuple[str, int]]:
    """Title and place of each sheet, from the records before the first. Raises Refused where there is a password."""
    for _at, kind, record in records(workbook, (_PASSWORD, _SHEET_NAME, _ENDS)):
        if kind == _PASSWORD:
            raise Refused(Code.ENCRYPTED)
        if kind == _SHEET_NAME:
            yield _name(record), struct.unpack_from("<L", record)[0]
        if kind == _ENDS:
            return


def _measured(workbook: bytes, title: str, start: int) -> Area:
    area, inner = Area(title, 0, 0), 0
    if struct.unpack_from("<H", workbook, start)[0] != _BEGIN:  # what a reader finds there is no sheet
        raise ValueError(start)
    for _at, kind, record in records(workbook, _OF_A_SHEET, start):
        inner += (kind == _BEGIN) - (kind == _ENDS)  # charts lie in a sheet with a beginning and an end of their own
        if kind == _ENDS and inner <= 0:
            break
        if kind in _WITH_VALUE:
            row, column = struct.unpack_from("<2H", record)
            last = struct.unpack("<H", record[-2:])[0] if kind == _MANY else column
            area = area.with_cell(row + 1, last + 1)
    else:  # some record reaches beyond the end, so that each reader finds other cells
        raise ValueError(title)
    return area


def records(workbook: bytes, wanted: Collection[int], at: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Position, kind and content of each record of these kinds, from that position on."""
    last, unpack = len(workbook) - 4, struct.Struct("<2H").unpack_from
    while at <= last:
        kind, length = unpack(workbook, at)
        if kind in wanted:
            yield at, kind, workbook[at + 4 : at + 4 + length]
        at += 4 + length


def _name(record: bytes) -> str:
    length, wide = record[6], record[7] & 1
    return record[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
