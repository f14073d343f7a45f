"""Servers on loopback that answer as no honest one does: word by word as a test says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[socket.socket, bytes, bytes], bool]
"""Answers a line with its tag; False leaves it to the honest server."""


@contextmanager
def wicked(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that talks so on each connection; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _address = listening.accept()
                    with connection, suppress(OSError):
                        talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def imap(answer: Answer, letters: dict[int, tuple[str, bytes]]) -> Callable[[socket.socket], None]:
    """An IMAP server with these letters, by number: when each arrived, and its bytes. ``answer`` comes first."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"* OK ready\r\n")
        for line in connection.makefile("rb"):
            tag, _blank, command = line.strip().partition(b" ")
            if not answer(connection, tag, command):
                connection.sendall(_honest(command, letters) + tag + b" OK done\r\n")
            if command.startswith(b"LOGOUT"):
                return

    return talk


def _honest(command: bytes, letters: dict[int, tuple[str, bytes]]) -> bytes:
    words = command.split()
    if words[0] == b"CAPABILITY":
        return b"* CAPABILITY IMAP4rev1\r\n"
    if words[0] == b"LOGOUT":
        return b"* BYE\r\n"
    if words[:2] == [b"UID", b"SEARCH"]:
        return b"* SEARCH " + " ".join(map(str, letters)).encode() + b"\r\n"
    if words[:2] == [b"UID", b"FETCH"] or words[:2] == [b"UID", b"fetch"]:
        arrived, content = letters[int(words[2])]
        if b"INTERNALDATE" in command:
            about = f'* 1 FETCH (UID {int(words[2])} RFC822.SIZE {len(content)} INTERNALDATE "{arrived}")\r\n'
            return about.encode()
        return b"* 1 FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (int(words[2]), len(content), content)
    return b""


def nothing(_connection: socket.socket, _tag: bytes, _command: bytes) -> bool:
    """Answers nothing by itself."""
    return False
