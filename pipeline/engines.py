"""One ``map`` over files: in worker processes, any of which may be lost, or in this process; callers see no difference.

In: a function, the items, and the bounds of one item. Out: in the order of the items, each result or the
:class:`Loss` of it. Promises: an item that hangs its worker, fills it or brings it down costs that item alone, and no
worker outlives this process for longer than one item may take.

Workers are fresh processes, on every system alike: they hold nothing of this one's memory, so that a limit means the
same everywhere, and start in 0.1 s, for what reads a file needs neither pandas nor the rules.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import connection
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import EnvironmentFault
from pipeline.i18n import _, current_language, use_language

Item = TypeVar("Item")
Result = TypeVar("Result")

IN_PROCESS = 0
"""As many workers: for tests and timings, where nothing is lost but the whole process."""

WORTH_A_WORKER = 50
"""So many files keep a further worker busy for longer than it takes to start (measured: 0.1 s against 3 ms a file)."""
MOST_WORKERS = 8


class Loss(StrEnum):
    """Why an item has no result: it took too long, it needed too much memory, or its worker came to an end."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


@dataclass(frozen=True)
class Bounds:
    """What one item may take: ``seconds``, and ``memory``, in bytes beyond what a worker starts with (where the system
    can bound that)."""

    seconds: float
    memory: int


def fitting(items: int) -> int:
    """How many workers are worth starting on this machine for so many items."""
    return min(os.cpu_count() or 1, MOST_WORKERS, 1 + items // WORTH_A_WORKER)


def map_files(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int | None, bounds: Bounds
) -> Generator[Result | Loss, None, None]:
    """``function`` of every item, in their order. ``jobs``: how many workers; None decides by the machine.

    An exception of ``function`` is a loss like any other. Raises EnvironmentFault where no worker can be started.
    """
    wanted = fitting(len(items)) if jobs is None else jobs
    if wanted == IN_PROCESS or not items:
        yield from map(function, items)
        return
    workers = [_Worker(function, bounds) for _place in range(min(wanted, len(items)))]
    try:
        yield from _in_order(workers, items)
    finally:
        for worker in workers:
            worker.end()


def _in_order(workers: list[_Worker], items: Sequence[Any]) -> Iterator[Any]:
    waiting, done = deque(enumerate(items)), dict[int, Any]()
    for place in range(len(items)):
        while place not in done:
            for worker in workers:
                if worker.place == _IDLE and waiting:
                    worker.give(*waiting.popleft())
            for worker in _ready(workers):
                done.update([worker.answer()])
        yield done.pop(place)


def _ready(workers: list[_Worker]) -> list[_Worker]:
    """The workers that have answered, or should have by now; waits until there is one."""
    busy = [worker for worker in workers if worker.place != _IDLE]
    left = min(worker.deadline for worker in busy) - time.monotonic()
    answered = connection.wait([worker.pipe for worker in busy], max(0.0, left))
    return [worker for worker in busy if worker.pipe in answered or worker.deadline <= time.monotonic()]


_IDLE = -1


class _Worker:
    """A process that works on one item at a time. One that was lost is replaced when there is more to do."""

    def __init__(self, function: Callable[[Any], Any], bounds: Bounds) -> None:
        self.function, self.bounds = function, bounds
        self.place = _IDLE
        self.deadline = 0.0
        self._start()

    def _start(self) -> None:
        system = multiprocessing.get_context("spawn")
        self.pipe, theirs = system.Pipe()
        task = (theirs, self.function, self.bounds, current_language(), tempfile.tempdir)
        self.process, self.is_ready = system.Process(target=_work, args=task, daemon=True), False
        with _interrupts_held(), _settings_held_back():
            self.process.start()
        theirs.close()  # then the pipe ends when the worker does

    def give(self, place: int, item: Any) -> None:
        """Have it work on an item; waits until a worker that was just started can."""
        if self.process.exitcode is not None:
            self._start()
        try:
            if not self.is_ready:
                self.is_ready = self.pipe.recv()
            self.pipe.send(item)
        except (EOFError, OSError) as error:
            self.end()
            raise EnvironmentFault(
                _("the process that reads files could not be started, or was ended from outside"),
                _("Close other programs and run again; if limits are set in plan.yaml, raise reading_memory_mb."),
            ) from error
        self.place, self.deadline = place, time.monotonic() + self.bounds.seconds

    def answer(self) -> tuple[int, Any]:
        """The place of its item, and the result or the loss of it."""
        place, self.place = self.place, _IDLE
        if not self.pipe.poll():
            self.end()
            return place, Loss.TIME
        try:
            return place, self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return place, _LOSSES.get(self.process.exitcode or 0, Loss.CRASH)

    def end(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C reaches every process of the terminal; a worker starts deaf to it, for this process will end it."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _settings_held_back() -> Iterator[None]:
    """What reads a stranger's file has no business with the login of the mail server (``THIDUA_SMTP_PASSWORD``)."""
    held = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("THIDUA_")}
    try:
        yield
    finally:
        os.environ.update(held)


# --- in the worker ------------------------------------------------------------------------------------

_NO_MEMORY = 70
"""The exit code of a worker that Python told of a lack of memory."""
_LOSSES = {_NO_MEMORY: Loss.MEMORY}
if sys.platform != "win32":
    # calamine ends the process where it gets no memory; a worker whose own alarm rings has no one left to end it.
    _LOSSES |= {-signal.SIGABRT: Loss.MEMORY, -signal.SIGALRM: Loss.TIME}


def _work(pipe: Any, function: Callable[[Any], Any], bounds: Bounds, language: str, temporary: str | None) -> None:
    """One item after another, until this worker is ended or whoever started it is gone.

    ``temporary``: the folder for temporary files, as whoever started it has set it.
    """
    _keep_within(bounds)
    use_language(language)
    tempfile.tempdir = temporary
    pipe.send(True)
    with suppress(EOFError, BrokenPipeError):
        while True:
            item = pipe.recv()
            _alarm(bounds.seconds + 1)
            try:
                pipe.send(function(item))
            except MemoryError:
                os._exit(_NO_MEMORY)
            _alarm(0)


def _keep_within(bounds: Bounds) -> None:
    """Set the limits, and be silent: what a library prints as it falls is not for the officer's screen."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if sys.platform != "win32":
        import resource

        most = bounds.memory + _own_size()
        with suppress(ValueError, OSError):  # macOS refuses it; the limit of time holds there too
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _own_size() -> int:
    """Bytes of this process's address space; libraries take more of it the more processors there are."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except OSError:  # no Linux
        return 0
    return int(pages) * mmap.PAGESIZE


def _alarm(seconds: float) -> None:
    """Be ended by the system then, in case this process's starter no longer can. Windows has no such thing."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)
