"""What Outlook wraps attachments in: a letter of its own (.msg), and the package winmail.dat (TNEF).

In: bytes. Out: the attachments, each with the name it had; raises ValueError where the bytes cannot be followed. No
library unpacks winmail.dat that is still kept, and none reads .msg without many others; both formats are rows of
properties ([MS-OXMSG], [MS-OXTNEF]), of which four are wanted here. For .msg, olefile opens the container.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

_LONG_NAME, _SHORT_NAME, _DATA, _CONTENT_ID = 0x3707, 0x3704, 0x3701, 0x3712
_TEXT, _WIDE_TEXT, _BINARY, _OBJECT = 0x001E, 0x001F, 0x0102, 0x000D


@dataclass
class Wrapped:
    """An attachment as Outlook keeps it. ``content``: None where only a link to it is kept; ``inner``: the letter that
    it is, where it is one."""

    name: str = ""
    content: bytes | None = None
    content_id: str = ""
    inner: OutlookLetter | None = None


@dataclass
class OutlookLetter:
    """``headers``: those it came with through the mail, "" where it did not; ``received``: when it was delivered."""

    sender: str = ""
    subject: str = ""
    headers: str = ""
    received: dt.datetime | None = None
    text: str = ""
    page: str = ""
    attachments: list[Wrapped] = field(default_factory=list)


# --- .msg -----------------------------------------------------------------------------------------------

_PROPERTIES = "__properties_version1.0"
_DEEPEST = 30
"""So many letters in letters are opened."""


def msg(content: bytes) -> OutlookLetter:
    """The letter in a .msg. Raises ValueError."""
    from olefile import OleFileIO

    try:
        with OleFileIO(io.BytesIO(content)) as container:
            streams = {"/".join(path): container.openstream(path).read() for path in container.listdir()}
    except MemoryError:
        raise
    except Exception as error:  # olefile raises many kinds on a damaged file
        raise ValueError from error
    if _PROPERTIES not in streams:
        raise ValueError
    return _letter(streams, "", 0)


def _letter(streams: dict[str, bytes], folder: str, depth: int) -> OutlookLetter:
    def text(number: int) -> str:
        wide, narrow = (streams.get(f"{folder}__substg1.0_{number:04X}{kind:04X}", b"") for kind in (_WIDE_TEXT, _TEXT))
        return wide.decode("utf-16-le", "replace") or narrow.decode("utf-8", "replace")

    page = streams.get(f"{folder}__substg1.0_1013{_BINARY:04X}", b"")
    attached = sorted({path[len(folder) :].split("/")[0] for path in streams if path.startswith(f"{folder}__attach_")})
    return OutlookLetter(
        sender=text(0x5D01) or text(0x0C1F),
        subject=text(0x0037),
        headers=text(0x007D),
        received=_delivered(streams.get(folder + _PROPERTIES, b""), 24 if folder else 32),
        text=text(0x1000),
        page=text(0x1013) or page.decode("utf-8", "replace"),
        attachments=[_attached(streams, f"{folder}{each}/", depth) for each in attached],
    )


def _attached(streams: dict[str, bytes], folder: str, depth: int) -> Wrapped:
    def held(number: int, kind: int) -> bytes:
        return streams.get(f"{folder}__substg1.0_{number:04X}{kind:04X}", b"")

    def text(number: int) -> str:
        return held(number, _WIDE_TEXT).decode("utf-16-le", "replace") or held(number, _TEXT).decode("utf-8", "replace")

    inner = f"{folder}__substg1.0_{_DATA:04X}{_OBJECT:04X}/"
    if inner + _PROPERTIES in streams and depth < _DEEPEST:
        return Wrapped(text(_LONG_NAME), inner=_letter(streams, inner, depth + 1))
    data = streams.get(f"{folder}__substg1.0_{_DATA:04X}{_BINARY:04X}")
    return Wrapped(text(_LONG_NAME) or text(_SHORT_NAME), data, text(_CONTENT_ID).strip("<>"))


def _delivered(properties: bytes, start: int) -> dt.datetime | None:
    """The time of delivery among the properties of a fixed size."""
    for at in range(start, len(properties) - 15, 16):
        tag, _flags, ticks = struct.unpack_from("<LLQ", properties, at)
        if tag == 0x0E060040 and ticks:
            with suppress(OverflowError):
                return dt.datetime(1601, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=ticks // 10)
    return None


# --- winmail.dat ----------------------------------------------------------------------------------------

_SIGNATURE = b"\x78\x9f\x3e\x22"
_BEGINS, _TITLE, _ATTACHED_DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_OF_AN_INNER_PACKAGE = 16
"""Bytes before a package in a package: what kind of object it is."""


def tnef(content: bytes) -> list[Wrapped]:
    """The attachments in a winmail.dat. Raises ValueError."""
    found: list[Wrapped] = []
    try:
        for kind, data in _attributes(content):
            if kind == _BEGINS:
                found.append(Wrapped())
            elif found and kind == _TITLE:
                found[-1].name = found[-1].name or _text(data)
            elif found and kind == _ATTACHED_DATA:
                found[-1].content = data
            elif found and kind == _ATTACHMENT:
                _take_properties(found[-1], data)
    except (struct.error, IndexError) as error:
        raise ValueError from error
    if not found:
        raise ValueError
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each."""
    if not content.startswith(_SIGNATURE):
        raise ValueError
    at = 6
    while at + 9 <= len(content):
        level, kind, _type, length = struct.unpack_from("<BHHL", content, at)
        if level not in (1, 2) or at + 9 + length > len(content):
            raise ValueError
        yield kind, content[at + 9 : at + 9 + length]
        at += 9 + length + 2  # a sum of its bytes stands behind


def _take_properties(attachment: Wrapped, data: bytes) -> None:
    for number, kind, value in _properties(data):
        match number:
            case 0x3707 if kind in (_TEXT, _WIDE_TEXT):
                attachment.name = _text(value, kind)
            case 0x3712 if kind in (_TEXT, _WIDE_TEXT):
                attachment.content_id = _text(value, kind).strip("<>")
            case 0x3701 if kind == _BINARY:
                attachment.content = value
            case 0x3701 if kind == _OBJECT:
                attachment.content = value[_OF_AN_INNER_PACKAGE:]


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Number, kind and first value of each."""
    at = 4
    for _each in range(struct.unpack_from("<L", data)[0]):
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:
            at += 16
            by_name, length = struct.unpack_from("<LL", data, at)
            at += 8 + (_padded(length) if by_name else 0)
        is_many, kind = bool(kind & 0x1000), kind & 0x0FFF
        size = _FIXED.get(kind)
        count = 1
        if is_many or size is None:
            (count,) = struct.unpack_from("<L", data, at)
            at += 4
        first = b""
        for place in range(min(count, len(data))):
            length = size
            if length is None:
                (length,) = struct.unpack_from("<L", data, at)
                at += 4
            first = data[at : at + length] if place == 0 else first
            at += _padded(length)
            if at > len(data) + 4:
                raise ValueError
        yield number, kind, first


def _padded(length: int) -> int:
    return length + -length % 4


def _text(value: bytes, kind: int = _TEXT) -> str:
    if kind == _WIDE_TEXT:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    try:
        return value.decode("utf-8").rstrip("\0")
    except ValueError:
        return value.decode("cp1258", "replace").rstrip("\0")
