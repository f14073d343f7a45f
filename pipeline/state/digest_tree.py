"""A hash tree after RFC 6962: one digest for many entries, and a short proof that an entry is among them.

In: entries as bytes. Out: the root; for one entry the hashes beside its way up to the root. Leaves and nodes are hashed
with different first bytes, so that no node can be passed off as an entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

Path = list[tuple[bool, bytes]]
"""From an entry up: the hash beside, and whether that stands on the right."""


def leaf(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two hashes."""
    return hashlib.sha256(b"\1" + left + right).digest()


def levels(entries: Iterable[bytes]) -> list[list[bytes]]:
    """The hashes of the entries, those of each two of them, and so on up to the root; a last one without a partner goes
    up as it is."""
    found = [[leaf(entry) for entry in entries]]
    while len(found[-1]) > 1:
        below = found[-1]
        pairs = [node(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
        found.append([*pairs, below[-1]] if len(below) % 2 else pairs)
    return found


def root(entries: Iterable[bytes]) -> bytes:
    """The root over the entries, in their order."""
    top = levels(entries)[-1]
    return top[0] if top else hashlib.sha256().digest()


def path(tree: Sequence[Sequence[bytes]], at: int) -> Path:
    """The hashes beside the way of the entry at that place up to the root of :func:`levels`."""
    found = []
    for level in tree[:-1]:
        beside = at ^ 1
        if beside < len(level):
            found.append((beside > at, level[beside]))
        at //= 2
    return found


def follow(entry: bytes, beside: Path) -> bytes:
    """The root to which an entry leads by these hashes."""
    found = leaf(entry)
    for is_right, other in beside:
        found = node(found, other) if is_right else node(other, found)
    return found
