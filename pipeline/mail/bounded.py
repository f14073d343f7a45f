"""What a mail server answers, as much and as long of it as an honest one needs.

In: a connected socket. Out: lines and bytes of the answers. A server that sends a byte a minute, or lines without end,
is left in time; ``imaplib`` and ``smtplib`` themselves only notice one that is silent.
"""

from __future__ import annotations

import socket
import time

from pipeline.i18n import N_, _, number

SILENCE = 60.0
"""Seconds that a server may keep silent; after the last line of a letter some look for viruses first."""
LONGEST_LINE = 1_000_000
"""Bytes: the numbers of 100,000 letters."""

_TOO_SLOW = N_("an answer did not come to an end within {n} seconds")
_TOO_MUCH = N_("it sent more than {n} MB in one answer")


class BoundedAnswers:
    """The answers on a connection; the first one may take so many seconds."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self.socket = connected
        self.received = bytearray()
        self.expect(LONGEST_LINE, seconds)

    def expect(self, most: int, seconds: float) -> None:
        """The next answer may have so many bytes, and take so many seconds."""
        self.most = self.left = most
        self.seconds, self.until = seconds, time.monotonic() + seconds

    def readline(self, _most: int = -1) -> bytes:
        """The next line, or what there is of it at the end. Raises OSError."""
        looked_at = 0
        while (end := self.received.find(b"\n", looked_at)) < 0:
            looked_at = len(self.received)
            if looked_at > LONGEST_LINE:
                raise _too_much(LONGEST_LINE)
            if not self._receive():
                return self._taken(looked_at)
        return self._taken(end + 1)

    def read(self, size: int) -> bytes:
        """So many bytes, or what there is of them at the end. Raises OSError."""
        if size > self.left + len(self.received):
            raise _too_much(self.most)
        while len(self.received) < size and self._receive():
            pass
        return self._taken(size)

    def close(self) -> None:
        """The socket is closed by whoever opened it."""

    def _receive(self) -> bool:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError(_(_TOO_SLOW).format(n=number(max(self.seconds, 0), 0)))
        self.socket.settimeout(min(SILENCE, left))
        piece = self.socket.recv(65_536)
        self.left -= len(piece)
        if self.left < 0:
            raise _too_much(self.most)
        self.received += piece
        return bool(piece)

    def _taken(self, size: int) -> bytes:
        piece = bytes(self.received[:size])
        del self.received[:size]
        return piece


def _too_much(most: int) -> OSError:
    return OSError(_(_TOO_MUCH).format(n=number(most / 1e6, 0)))
