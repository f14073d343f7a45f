"""Follow folders and work again when their files have settled.

In: folders and what is to be done. Out: nothing; the work is done once at the start, and again after each change.

Promises: nothing is missed that changes while the work goes on, for what counts is the state seen before it. Folders
are looked at again and again instead of waiting for the system's word, which a network share does not give for what
another machine writes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from pipeline.state import walking

PAUSE = 2.0
"""Seconds between two looks; files have settled when two looks in a row see the same."""

PATIENCE = 120.0
"""Seconds after which work is done though files still change: one that somebody's program touches every second must not
hold up all others. What changes while it is read is told as that, and read by the next run."""

RETRY = 30.0
"""Seconds until unfinished work is tried again though nothing changed: an output may have been open in Excel."""

State = dict[str, tuple[int, int, int]]
"""Path -> size, time of change and identity of a file."""


def _nothing() -> State:
    return {}


def follow(
    folders: Sequence[Path],
    work: Callable[[], bool],
    wait: Callable[[float], object] = time.sleep,
    waiting: Callable[[], State] = _nothing,
    clock: Callable[[], float] = time.monotonic,
) -> NoReturn:
    """``work()`` now and after each change, without end; it says whether it could be finished.

    It waits until files have settled, but no longer than ``PATIENCE``.

    Sub-folders belong to a folder; one that is missing for a while counts as empty. ``waiting``: further files that ask
    for work; the work takes them away, which is no change. It ends by an exception alone: KeyboardInterrupt.
    """
    finished: tuple[State, State] | None = None
    before: tuple[State, State] | None = None
    latest: float | None = None
    while True:
        now = look(folders), waiting()
        if finished and now[0] == finished[0] and now[1].items() <= finished[1].items():
            latest = None
            wait(PAUSE)
            continue
        latest = clock() + PATIENCE if latest is None else latest
        if now != before and clock() < latest:
            before = now
            wait(PAUSE)
        elif work():
            finished, latest = now, None
        else:
            wait(RETRY)


def look(folders: Sequence[Path]) -> State:
    """The state of every file below the folders."""
    return {path: status for folder in folders for path, status in _files(folder)}


def _files(folder: Path) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """A file that goes away between being listed and being looked at is gone."""
    for entry in walking.entries(folder):
        with suppress(OSError):
            if not entry.is_dir(follow_symlinks=False):
                stat = os.lstat(entry.path)
                yield entry.path, (stat.st_size, stat.st_mtime_ns, stat.st_ino)
