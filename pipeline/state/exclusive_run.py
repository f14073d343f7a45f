"""A run's turn: alone with its outbox and its ledger, and both of them sound.

In: where outbox and ledger lie. Out: a stretch of time (:func:`taken`) in which no other run of any computer works
on them. Whoever comes second waits, is told for whom, and gives up after a while; readers need no turn.

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
from pipeline.state import ledger as book
from pipeline.state import outbox as box
from pipeline.state import rescue

if TYPE_CHECKING:
    from filelock import BaseFileLock

WAIT = 120.0
"""Seconds: a run of a thousand forms takes half a minute on a slow computer."""

Tell = Callable[[str], None]


@contextmanager
def taken(outbox: Path, ledger: Path, now: dt.datetime, tell: Tell, wait: float = WAIT) -> Iterator[None]:
    """Wait for the turn, put right what a dead run or a bad disk left behind, and keep the turn to the end.

    ``tell`` is handed sentences for the officer: whom the run waits for, what became of a damaged ledger.
    Raises EnvironmentFault where another run holds on for ``wait`` seconds, or nothing can be written.
    """
    with _alone(_place(outbox, ledger), tell, wait):
        box.recover(outbox)
        for sentence in rescue.mend(ledger, outbox, now):
            tell(sentence)
        yield


def _place(outbox: Path, ledger: Path) -> Path:
    """The lock of a ledger: beside it where rounds share it, else beside its outbox, which is replaced as a whole."""
    kept = ledger.resolve() if book.is_shared(ledger, outbox) else ledger.resolve().parent
    return kept.with_name(f".{kept.name}.khoa")


@contextmanager
def _alone(file: Path, tell: Tell, wait: float) -> Iterator[None]:
    note = file.with_suffix(".dang-chay")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = _acquired(file, note, tell, wait)
    except OSError as error:
        raise box.fault(error, file.parent) from error
    try:
        with suppress(OSError):
            note.write_text(json.dumps(_ourselves()), encoding="utf-8")
        yield
    finally:
        for each in (note, file):  # while we hold it: who waits on a file that is gone makes a new one
            with suppress(OSError):  # Windows deletes no open file; the next run finds it free
                each.unlink(missing_ok=True)
        lock.release()


_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


def _acquired(file: Path, note: Path, tell: Tell, wait: float) -> BaseFileLock:
    """The lock, held. Raises OSError, EnvironmentFault where somebody else keeps it."""
    from filelock import FileLock, SoftFileLock  # 50 ms, of which commands that only read are spared

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a drive without locks gets a file instead is no news for an officer
        try:
            return _waited_for(FileLock(file), note, tell, wait)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        return _waited_for(SoftFileLock(file.with_suffix(".giu")), note, tell, wait)


def _waited_for(lock: BaseFileLock, note: Path, tell: Tell, wait: float) -> BaseFileLock:
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(_("Waiting for another run: {holder}").format(holder=_holder(note)))
        try:
            lock.acquire(timeout=wait)
        except Timeout as still:
            raise _busy(note, wait) from still
    return lock


def _ourselves() -> dict[str, str | int]:
    since = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    return {"host": socket.gethostname(), "process": os.getpid(), "since": since}


def _holder(note: Path) -> str:
    """Who holds the lock, in words."""
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        return _("computer {host}, process {process}, since {since}").format(
            host=said["host"], process=said["process"], since=moment(dt.datetime.fromisoformat(said["since"]))
        )
    except (OSError, ValueError, KeyError, TypeError):  # it began, or ended, this very moment
        return _("it has just begun")


def _busy(note: Path, wait: float) -> EnvironmentFault:
    return EnvironmentFault(
        _("another run is still at work on the same outbox ({holder}); it was waited for {n} seconds").format(
            holder=_holder(note), n=number(wait)
        ),
        _("Wait until it has ended, then run again; if it hangs, end that process on that computer first."),
    )
