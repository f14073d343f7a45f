"""One run at a time: a lock on an outbox and its ledger, and both of them sound when the run begins.

In: where outbox and ledger lie. Out: a ``with`` block (:func:`exclusive_access`) in which no other run of any computer
works on them. Whoever comes second sees for whom it waits, and gives up after a while; readers need no lock.

The lock is the operating system's, which lets go of it when its holder dies, however it dies. Where a network drive
has no such locks, a file with process and computer stands for it, and one of a dead process is taken over. Beside
the outbox lie, meanwhile: ``.<name>.khoa`` (the lock; ``.giu`` on such a drive) and ``.<name>.dang-chay`` (who has it).
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import EnvironmentFault
from pipeline.i18n import _, moment, number
from pipeline.state.handwork import sentences
from pipeline.state.ledger import is_shared
from pipeline.state.ledger_repair import repair
from pipeline.state.outbox import recover, write_fault

if TYPE_CHECKING:
    from filelock import BaseFileLock

WAIT = 120.0
"""Seconds: a run of a thousand forms takes half a minute on a slow computer."""

Show = Callable[[str], None]
"""Shows the officer a sentence."""


@contextmanager
def exclusive_access(
    outbox: Path, ledger_file: Path, now: dt.datetime, show: Show, wait: float = WAIT
) -> Iterator[None]:
    """Wait for the lock, put right what a dead run or a bad disk left behind, and keep the lock to the end.

    ``show`` gets sentences for the officer: whom the run waits for, what became of a damaged ledger.
    Raises EnvironmentFault where another run holds the lock for ``wait`` seconds, or nothing can be written.
    """
    with _locked(_lock_file(outbox, ledger_file), show, wait):
        for sentence in (*sentences(recover(outbox)), *repair(ledger_file, outbox, now)):
            show(sentence)
        yield


@contextmanager
def exclusive_folder(folder: Path, show: Show, wait: float = WAIT) -> Iterator[None]:
    """The same for a folder of forms or rubrics, which has no ledger. Raises EnvironmentFault."""
    folder = folder.resolve()
    with _locked(folder.with_name(f".{folder.name}.khoa"), show, wait):
        yield


def _lock_file(outbox: Path, ledger_file: Path) -> Path:
    """The lock of a ledger: beside it where rounds share it, else beside its outbox, which is replaced as a whole."""
    locked = ledger_file.resolve() if is_shared(ledger_file, outbox) else ledger_file.resolve().parent
    return locked.with_name(f".{locked.name}.khoa")


@contextmanager
def _locked(file: Path, show: Show, wait: float) -> Iterator[None]:
    note = file.with_suffix(".dang-chay")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = _any_lock(file, note, show, wait)
    except OSError as error:
        raise write_fault(error, file.parent) from error
    try:
        with suppress(OSError):
            note.unlink(missing_ok=True)  # of a dead run; or somebody's link to another file
            with note.open("x", encoding="utf-8") as written:
                written.write(json.dumps(_this_process()))
        yield
    finally:
        for leftover in (note, file):  # while we hold it: who waits on a file that is gone makes a new one
            with suppress(OSError):  # Windows deletes no open file; the next run finds it free
                leftover.unlink(missing_ok=True)
        lock.release()


_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


def _any_lock(file: Path, note: Path, show: Show, wait: float) -> BaseFileLock:
    """The lock, held: the system's, or a file's where the drive has none.

    Raises OSError; EnvironmentFault where another run keeps it.
    """
    from filelock import FileLock, SoftFileLock  # 50 ms, of which commands that only read are spared

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a drive without locks gets a file instead is no news for an officer
        try:
            return _acquire(FileLock(file), note, show, wait)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        return _acquire(SoftFileLock(file.with_suffix(".giu")), note, show, wait)


def _acquire(lock: BaseFileLock, note: Path, show: Show, wait: float) -> BaseFileLock:
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        show(_("Waiting for another run: {holder}").format(holder=_holder(note)))
        try:
            lock.acquire(timeout=wait)
        except Timeout as still:
            raise _busy_fault(note, wait) from still
    return lock


def _this_process() -> dict[str, str | int]:
    since = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    return {"host": socket.gethostname(), "process": os.getpid(), "since": since}


def _holder(note: Path) -> str:
    """Who holds the lock, in words."""
    try:
        holder = json.loads(note.read_text(encoding="utf-8"))
        return _("computer {host}, process {process}, since {since}").format(
            host=holder["host"], process=holder["process"], since=moment(dt.datetime.fromisoformat(holder["since"]))
        )
    except (OSError, ValueError, KeyError, TypeError):  # it began, or ended, this very moment
        return _("it has just begun")


def _busy_fault(note: Path, wait: float) -> EnvironmentFault:
    return EnvironmentFault(
        _("another run is still at work on the same outbox ({holder}); it was waited for {n} seconds").format(
            holder=_holder(note), n=number(wait)
        ),
        _("Wait until it has ended, then run again; if it hangs, end that process on that computer first."),
    )
