"""When a workbook was last saved, as it says itself: one witness of which of two files is the later one.

In: the bytes of a workbook that was looked through (:mod:`pipeline.intake.safety`). Out: that time, or None where it
does not say. A clock may be wrong, so nothing rests on it alone against what else is known.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile

from pipeline.intake.ole import stream

_PART = {"xlsx": "docProps/core.xml", "ods": "meta.xml"}
_TIME = {
    "xlsx": re.compile(rb"<(?:\w{1,20}:)?modified(?: [^<>]{0,200})?>([^<]{10,40})<"),
    "ods": re.compile(rb"<dc:date>([^<]{10,40})<"),
}
_LARGEST = 100_000
"""Bytes of the properties that are looked at; they have some hundreds."""


def last_saved(content: bytes, file_type: str) -> dt.datetime | None:
    """The time of the last saving; without a zone where the file names none. Whatever the file holds, raises nothing
    but MemoryError. ``file_type``: ``xlsx``, ``xls`` or ``ods``."""
    try:
        return _of_old_workbook(content) if file_type == "xls" else _of_package(content, file_type)
    except (KeyError, ValueError, IndexError, OverflowError, struct.error, OSError, RuntimeError, zipfile.BadZipFile):
        return None


def _of_package(content: bytes, file_type: str) -> dt.datetime | None:
    with zipfile.ZipFile(io.BytesIO(content)) as package, package.open(_PART[file_type]) as part:
        found = _TIME[file_type].search(part.read(_LARGEST))
    return dt.datetime.fromisoformat(found[1].decode("ascii").strip()) if found else None


# --- .xls: the property set of [MS-OLEPS] -----------------------------------------------------------------

_PROPERTIES = "\x05SummaryInformation"
_SAVED, _FILE_TIME = 13, 64
_FIRST_YEAR = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


def _of_old_workbook(content: bytes) -> dt.datetime | None:
    properties = stream(content, _PROPERTIES)
    section = struct.unpack_from("<L", properties, 44)[0]
    for place in range(min(struct.unpack_from("<L", properties, section + 4)[0], 100)):
        kind, at = struct.unpack_from("<2L", properties, section + 8 + 8 * place)
        if kind == _SAVED and struct.unpack_from("<L", properties, section + at)[0] == _FILE_TIME:
            ticks = struct.unpack_from("<Q", properties, section + at + 4)[0]
            return _FIRST_YEAR + dt.timedelta(microseconds=ticks // 10) if ticks else None
    return None
