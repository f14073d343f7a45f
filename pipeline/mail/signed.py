"""What a signed letter or document holds (S/MIME, CMS: .p7m). The signature is not looked at: it proves nothing here.

In: bytes. Out: the signed content; raises ValueError where there is none, Encrypted where only the addressee's key
opens it. The bytes are a tree of tagged values ([X.690]); one path leads to the content ([RFC 5652]), so no library is
needed, and those there are for Python are no longer kept or take a hundred times as long.
"""

from __future__ import annotations

from collections.abc import Iterator

_PKCS7 = bytes.fromhex("2a864886f70d0107")
_SIGNED, _ENCRYPTED = b"\x02", (b"\x03", b"\x04", b"\x06")
_SEQUENCE, _SET, _OCTETS, _OBJECT_NAME, _INNER = 0x30, 0x31, (0x04, 0x24), 0x06, 0xA0
_DEEPEST = 8
_AUTHENTICATED = bytes.fromhex("2a864886f70d0109100117")


class Encrypted(Exception):
    """Only the key of the addressee opens it."""


def signed_content(content: bytes) -> bytes:
    """The content that was signed. Raises ValueError, Encrypted."""
    try:
        kind, inner = _named(_only(content, _SEQUENCE))
        if kind == _AUTHENTICATED or kind in {_PKCS7 + each for each in _ENCRYPTED}:
            raise Encrypted
        if kind != _PKCS7 + _SIGNED:
            raise ValueError
        signed = _only(_only(inner, _INNER), _SEQUENCE)
        parts = [value for tag, value in _values(signed) if tag == _SEQUENCE]
        _kind, inner = _named(parts[0])
        return b"".join(_pieces(_only(inner, _INNER), 0))
    except IndexError as error:
        raise ValueError from error


def _named(sequence: bytes) -> tuple[bytes, bytes]:
    """The name that a sequence begins with, and the rest of it."""
    for tag, value, end in _read(sequence):
        if tag == _OBJECT_NAME:
            return value, sequence[end:]
        break
    raise ValueError


def _only(content: bytes, wanted: int) -> bytes:
    """The first value, which must be of that tag."""
    for tag, value in _values(content):
        if tag == wanted:
            return value
        break
    raise ValueError


def _values(content: bytes) -> Iterator[tuple[int, bytes]]:
    for tag, value, _end in _read(content):
        yield tag, value


def _read(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Tag and bytes of each value, and where it ends. One without a stated length ends at two zeros."""
    at = 0
    while at + 2 <= len(content) and content[at : at + 2] != b"\0\0":
        tag, length = content[at], content[at + 1]
        start = at + 2
        if length == 0x80:
            end = _end_of_open(content, start, 0)
            yield tag, content[start:end], end + 2
            at = end + 2
            continue
        if length > 0x80:
            size = length - 0x80
            length = int.from_bytes(content[start : start + size], "big")
            start += size
        at = start + length
        if at > len(content):
            raise ValueError
        yield tag, content[start:at], at


def _end_of_open(content: bytes, at: int, depth: int) -> int:
    """Where the two zeros stand that end a value without a stated length; such values lie in one another."""
    if depth > _DEEPEST:
        raise ValueError
    while content[at : at + 2] != b"\0\0":
        length, start = content[at + 1], at + 2
        if length == 0x80:
            at = _end_of_open(content, start, depth + 1) + 2
        elif length > 0x80:
            size = length - 0x80
            at = start + size + int.from_bytes(content[start : start + size], "big")
        else:
            at = start + length
        if at + 2 > len(content):
            raise ValueError
    return at


def _pieces(content: bytes, depth: int) -> Iterator[bytes]:
    """The bytes of an octet string, which may be written in pieces."""
    if depth > _DEEPEST:
        raise ValueError
    for tag, value in _values(content):
        if tag not in _OCTETS:
            raise ValueError
        if tag == _OCTETS[0]:
            yield value
        else:
            yield from _pieces(value, depth + 1)
