"""Settings as plain data in which every value knows the file and line where it stands.

In: what ruamel read. Out: the same as :class:`Keys` and :class:`Entries`, which are a dict and a list to everybody
else. Rule files that build on one another mix values of several files, and a problem is reported at the file and line
of its value.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

Origin = tuple[Path, int]
"""A file, and a line of it counted from 1."""


class Keys(dict[Any, Any]):
    """A mapping; ``origin``: key -> where it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.origin: dict[Any, Origin] = {}

    def put(self, key: Any, value: Any, origin: Origin) -> None:
        """Set a key, which stands there."""
        self[key] = value
        self.origin[key] = origin

    def without(self, *names: str) -> Keys:
        """A copy that lacks these keys; the values are the same."""
        kept = Keys()
        for key, value in self.items():
            if key not in names:
                kept.put(key, value, self.origin[key])
        return kept


class Entries(list[Any]):
    """A list; ``origin``: where each entry stands, in the same order."""

    def __init__(self) -> None:
        super().__init__()
        self.origin: list[Origin] = []

    def place(self, index: int, entry: Any, origin: Origin) -> None:
        """Insert an entry, which stands there."""
        self.insert(index, entry)
        self.origin.insert(index, origin)

    def take(self, index: int) -> tuple[Any, Origin]:
        """Remove the entry at ``index`` and return it with where it stands."""
        return self.pop(index), self.origin.pop(index)


def traced(data: Any, path: Path) -> Any:
    """What ruamel read from the file at ``path``, as :class:`Keys` and :class:`Entries`; what an alias repeats is there
    several times."""
    if isinstance(data, dict):
        keys = Keys()
        for key, value in data.items():
            mark = data.lc.data.get(key, (data.lc.line,))  # type: ignore[attr-defined]
            keys.put(key, traced(value, path), (path, mark[0] + 1))
        return keys
    if isinstance(data, list):
        entries = Entries()
        for index, value in enumerate(data):
            entries.place(index, traced(value, path), (path, data.lc.item(index)[0] + 1))  # type: ignore[attr-defined]
        return entries
    return data
