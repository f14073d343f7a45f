"""What a reader may do to its process. Light, for every worker of a test imports it."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path


def _hang() -> None:
    while True:
        pass


_FALLS = {
    "hang": _hang,
    "fill": lambda: bytes(3_000_000_000),
    "abort": os.abort,  # what calamine does where it gets no memory
    "fault": lambda: ctypes.string_at(0),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: os._exit(0),
    "raise": lambda: {}["nothing"],
}


def trap(item: str) -> str:
    """Fall as ``item`` says; anything else comes back as it is. After a colon: where to leave the process id first."""
    fall, _colon, file = item.partition(":")
    if file:
        Path(file).write_text(str(os.getpid()))
    if fall in _FALLS:
        _FALLS[fall]()
    return item
