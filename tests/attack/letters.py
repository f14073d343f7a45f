"""Letters that hold up the others, and a mail server that is not one's own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.attack.office import Office
from tests.attack.orders import letter
from tests.filled import form

PASSWORD = "mat-khau-mau"  # noqa: S105  (of the server below, which asks for none)


def arrives(office: Office, hostile: bytes, seconds: float = 45.0) -> None:
    """A right letter beside the hostile one is taken, in time."""
    folder = office.base / "thu-den"
    folder.mkdir()
    (folder / "0-xau.eml").write_bytes(hostile)
    (folder / "9-tot.eml").write_bytes(letter(form("thon-4"), "thon-4.xlsx", 8, "thon4@xa.example"))
    done = office.fetch(folder)
    assert done.seconds < seconds, f"{done.seconds:.0f} s"
    assert done.peak < 700, f"{done.peak:.0f} MB in the main process"
    assert list(office.inbox.glob("*thon4*")), "the right letter did not arrive: " + done.output[-200:]


def _head(line: bytes, body: bytes = b"x") -> bytes:
    return b"From: a@evil.example\r\nTo: b@xa.example\r\nMIME-Version: 1.0\r\n" + line + b"\r\n\r\n" + body


def semicolons(office: Office) -> None:
    """H4: a million semicolons in a Content-Type."""
    arrives(office, _head(b'Content-Type: application/octet-stream; name="' + b";" * 1_000_000))


def marks_in_sender(office: Office) -> None:
    """H4: a sender of a million combining marks."""
    arrives(office, b"From: " + "a\u0301".encode() * 500_000 + b" <x@evil.example>\r\n\r\nx")


def nested_parts(office: Office) -> None:
    """H4: four hundred multiparts in one another."""
    begin = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(400)
    )
    arrives(office, b"From: a@evil.example\r\nMIME-Version: 1.0\r\n" + begin + b"\r\nx")


def many_attachments(office: Office) -> None:
    """H4: 1,200 attachments in one letter."""
    parts = b"".join(
        b"--b\r\nContent-Type: application/octet-stream\r\n"
        b'Content-Disposition: attachment; filename="a.xlsx"\r\n\r\nPK%d\r\n' % number
        for number in range(1200)
    )
    arrives(office, _head(b"Content-Type: multipart/mixed; boundary=b", parts + b"--b--\r\n"))
    assert len(list(office.inbox.iterdir())) < 200, "all of them lie in the inbox"


@contextmanager
def _server(answers: dict[bytes, bytes]) -> Iterator[int]:
    """A server on loopback that answers each IMAP command by its verb."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.2)
    over = threading.Event()

    def talk(peer: socket.socket) -> None:
        with peer, peer.makefile("rwb") as stream:
            stream.write(b"* OK IMAP4rev1 ready\r\n")
            stream.flush()
            for line in stream:
                tag, _blank, rest = line.strip().partition(b" ")
                verb = rest.split(b" ")[0].upper()
                answer = answers.get(verb, b"%s OK done\r\n")
                stream.write(answer.replace(b"%s", tag).replace(b"%l", line.strip()))
                stream.flush()

    def serve() -> None:
        while not over.is_set():
            try:
                peer, _address = listening.accept()
            except TimeoutError:
                continue
            threading.Thread(target=lambda peer=peer: _quietly(talk, peer), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        listening.close()


def _quietly(talk: Callable[[socket.socket], None], peer: socket.socket) -> None:
    with suppress(OSError):
        talk(peer)


def _with_mailbox(office: Office, port: int) -> None:
    import json

    file = office.rules / "plan.yaml"
    plan = json.loads(file.read_text(encoding="utf-8"))
    imap = {"host": "127.0.0.1", "port": port, "security": "none"}
    plan["mail"] = {"sender": "office@xa.example", "imap": imap}
    file.write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")


def _fetched(office: Office, answers: dict[bytes, bytes]) -> tuple[int, str]:
    with _server(answers) as port:
        _with_mailbox(office, port)
        login = {"THIDUA_IMAP_USER": "officer", "THIDUA_IMAP_PASSWORD": PASSWORD}
        where = ("--rules", "rules/2023", "--round", "tong-ket", "--now", "2023-12-08T09:00")
        done = office.thidua("fetch", *where, **login)
    assert done.seconds < 45, f"{done.seconds:.0f} s"
    return done.code, done.output


def password_echoed(office: Office) -> None:
    """L5: a server repeats the line of the login in its refusal."""
    refusal = b'* BAD %l\r\n%s NO cannot log in: LOGIN "officer" "' + PASSWORD.encode() + b'"\r\n'
    code, output = _fetched(office, {b"LOGIN": refusal, b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n%s OK\r\n"})
    assert code in (2, 4), f"exit code {code}: {output}"
    assert PASSWORD not in output, "the password is on the screen"


def words_for_numbers(office: Office) -> None:
    """L5: a server whose numbers of letters are words."""
    search = b"* SEARCH one two\r\n%s OK\r\n"
    select = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n%s OK [READ-ONLY] done\r\n"
    answers = {b"UID": search, b"SEARCH": search, b"EXAMINE": select, b"SELECT": select}
    answers[b"CAPABILITY"] = b"* CAPABILITY IMAP4rev1\r\n%s OK\r\n"
    code, output = _fetched(office, answers)
    assert code in (0, 2, 4), f"exit code {code}: {output}"


ATTACKS = (semicolons, marks_in_sender, nested_parts, many_attachments, password_echoed, words_for_numbers)
