"""One ``map`` over files: in worker processes, any of which may be lost, or in this process; callers see no difference.

In: a function, the items, and the bounds of one item. Out: in the order of the items, each result or the
:class:`Loss` of it. Promises: an item that hangs its worker, fills it or brings it down costs that item alone, nothing
larger than its bound comes back, and no worker outlives this process for longer than one item may take. While items
hang, others have workers beside them; and items of one origin take no more time than :class:`Patience` has.

Workers are fresh processes, on every system alike: they hold nothing of this one's memory, so that a limit means the
same everywhere, and start in 0.1 s, for what reads a file needs neither pandas nor the rules.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import connection
from multiprocessing.reduction import ForkingPickler
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


LONG = 1.0
"""Seconds after which an item is taken to hang, so that another worker is started beside it."""


class Loss(StrEnum):
    """Why an item has no result: it took too long, it needed too much memory, or its worker came to an end; or it was
    left, for others of its origin had taken too long."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"
    LEFT = "left"


@dataclass(frozen=True)
class Bounds:
    """What one item may take: ``seconds``, and ``memory``, in bytes beyond what a worker starts with (where the system
    can bound that); ``answer``: the bytes of its result."""

    seconds: float
    memory: int
    answer: int = 50_000_000


MOST_LOST, MOST_LOST_IN_ALL = 3, 10
"""As long as so many items that hang may the lost ones of one origin take, and those of all."""


class Patience:
    """How long is waited for items that are lost in the end. ``origin``: whom an item is of.

    Once the lost items of an origin have taken as long as three that hang, the others of it are left. So one sender, or
    one folder, cannot hold up the rest for longer.
    """

    def __init__(self, origin: Callable[[Any], Hashable], seconds: float) -> None:
        self._origin, self._seconds = origin, seconds
        self._spent: dict[Hashable, float] = {}

    def lose(self, item: Any, took: float) -> None:
        """An item was lost after so many seconds."""
        origin = self._origin(item)
        self._spent[origin] = self._spent.get(origin, 0.0) + took

    def is_over(self, item: Any) -> bool:
        """Whether nothing more is tried of the item's origin, or of any."""
        spent, in_all = self._spent.get(self._origin(item), 0.0), sum(self._spent.values())
        return spent >= MOST_LOST * self._seconds or in_all >= MOST_LOST_IN_ALL * self._seconds


def fitting(items: int) -> int:
    """How many workers are worth starting on this machine for so many items."""
    return min(os.cpu_count() or 1, MOST_WORKERS, 1 + items // WORTH_A_WORKER)


def map_files(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    jobs: int | None,
    bounds: Bounds,
    patience: Patience | None = None,
) -> Generator[Result | Loss, None, None]:
    """``function`` of every item, in their order. ``jobs``: how many workers; None decides by the machine.

    An exception of ``function`` is a loss like any other. Raises EnvironmentFault where no worker can be started.
    """
    wanted = fitting(len(items)) if jobs is None else jobs
    if wanted == IN_PROCESS or not items:
        yield from map(function, items)
        return
    crew = _Crew(function, items, bounds, patience)
    crew.most = wanted if jobs else min(MOST_WORKERS, max(2, os.cpu_count() or 1))
    try:
        for _place in range(min(wanted, len(items))):
            crew.add_worker()
        yield from crew.results()
    finally:
        for worker in crew.workers:
            worker.end()


class _Crew:
    """The workers on the items of one map."""

    def __init__(
        self, function: Callable[[Any], Any], items: Sequence[Any], bounds: Bounds, patience: Patience | None
    ) -> None:
        self.function, self.items, self.bounds, self.patience = function, items, bounds, patience
        self.workers: list[_Worker] = []
        self.most = 1
        self.waiting, self.done = deque(range(len(items))), dict[int, Any]()

    def add_worker(self) -> None:
        self.workers.append(_Worker(self.function, self.bounds))

    def results(self) -> Iterator[Any]:
        """The results in the order of the items."""
        for place in range(len(self.items)):
            while place not in self.done:
                self._give()
                for worker in self._ready():
                    self._take(worker)
            yield self.done.pop(place)

    def _give(self) -> None:
        while self.waiting and self.patience and self.patience.is_over(self.items[self.waiting[0]]):
            self.done[self.waiting.popleft()] = Loss.LEFT
        if self.waiting and len(self.workers) < self.most and all(each.seconds() > LONG for each in self.workers):
            self.add_worker()
        for worker in self.workers:
            if worker.place == _IDLE and self.waiting:
                place = self.waiting.popleft()
                worker.give(place, self.items[place])

    def _ready(self) -> list[_Worker]:
        """The workers that have answered, or should have by now; waits until there is one, or another is wanted."""
        busy = [worker for worker in self.workers if worker.place != _IDLE]
        if not busy:
            return []
        left = min(worker.deadline for worker in busy) - time.monotonic()
        if self.waiting and len(self.workers) < self.most:
            left = min(left, LONG)
        answered = connection.wait([worker.pipe for worker in busy], max(0.0, left))
        return [worker for worker in busy if worker.pipe in answered or worker.deadline <= time.monotonic()]

    def _take(self, worker: _Worker) -> None:
        took = worker.seconds()
        place, answer = worker.answer()
        self.done[place] = answer
        if self.patience and isinstance(answer, Loss):
            self.patience.lose(self.items[place], took)


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

    def seconds(self) -> float:
        """For how long it has been working on its item."""
        return time.monotonic() - self.deadline + self.bounds.seconds if self.place != _IDLE else 0.0

    def answer(self) -> tuple[int, Any]:
        """The place of its item, and the result or the loss of it."""
        place, self.place = self.place, _IDLE
        if not self.pipe.poll():
            self.end()
            return place, Loss.TIME
        try:
            return place, pickle.loads(self.pipe.recv_bytes(self.bounds.answer))  # noqa: S301  # of our own process
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
                answer = ForkingPickler.dumps(function(item))
            except MemoryError:
                os._exit(_NO_MEMORY)
            if len(answer) > bounds.answer:
                os._exit(_NO_MEMORY)
            pipe.send_bytes(answer)
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
