"""Mail servers that never end, send what no memory holds, or repeat the password: told, in time, without it."""

from __future__ import annotations

import base64
import datetime as dt
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeline import engines
from pipeline.errors import EnvironmentFault
from pipeline.mail import bounded, fetching, imap, mailboxes, sending
from pipeline.mail.login import Login
from pipeline.mail.received import ReceivedLetter
from pipeline.rules.mail import Mailbox
from pipeline.rules.round_context import RoundContext
from pipeline.state import ledger
from tests.filled import NOW, RULES
from tests.mail.test_fetching import KEY, OF, STAMPED, letter
from tests.mail.test_sending import outcomes, post, sent
from tests.mail.wicked import Answer, nothing, wicked
from tests.mail.wicked import imap as imap_server

LOGIN = Login("vanphong@xa.example", 'B1 "mat" \\khau')
ARRIVED = "05-Dec-2023 08:15:31 +0700"
RIGHT = letter(("a.xlsx", b"one"))


def received(answer: Answer, letters: dict[int, tuple[str, bytes]] | None = None) -> list[ReceivedLetter]:
    with wicked(imap_server(answer, letters or {1: (ARRIVED, RIGHT)})) as port:
        return list(mailboxes.from_server(Mailbox(host="127.0.0.1", port=port, security="none"), LOGIN, OF.opens))


def told(answer: Answer) -> str:
    with pytest.raises(EnvironmentFault) as raised:
        received(answer)
    assert raised.value.__cause__ is None  # which would carry the server's own words
    return f"{raised.value.message} {raised.value.remedy}"


def to(start: bytes, words: bytes | Callable[[bytes], bytes], times: int = 1, pause: float = 0) -> Answer:
    """Answers a command that starts so with the words, so many times, after so many seconds each."""

    def answer(connection: socket.socket, tag: bytes, command: bytes) -> bool:
        if not command.upper().startswith(start):
            return False
        for _time in range(times):
            connection.sendall(words.replace(b"TAG", tag) if isinstance(words, bytes) else words(command))
            time.sleep(pause)
        return True

    return answer


def test_an_honest_server_is_understood() -> None:
    (read,) = received(nothing)
    assert (read.received, read.is_proved, read.doubt) == (STAMPED, True, "")
    assert read.attachments == (("a.xlsx", b"one"),)


# --- what never ends, or has no measure -----------------------------------------------------------------


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "ANSWER", 0.5)
    monkeypatch.setattr(sending, "REPLY_SECONDS", 0.3)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("command", [b"LOGIN", b"UID SEARCH", b"UID FETCH"])
def test_a_server_that_drips_ends_at_the_deadline(command: bytes) -> None:
    began = time.monotonic()
    told(to(command, b"*", times=100, pause=0.05))
    assert time.monotonic() - began < 4


@pytest.mark.usefixtures("soon")
def test_a_server_that_drips_its_greeting_ends_at_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        for _time in range(100):
            connection.sendall(b"*")
            time.sleep(0.05)

    began = time.monotonic()
    with wicked(drip) as port, pytest.raises(EnvironmentFault):
        list(mailboxes.from_server(Mailbox(host="127.0.0.1", port=port, security="none"), LOGIN, OF.opens))
    assert time.monotonic() - began < 4


def test_a_session_ends_however_quick_its_answers_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "SESSION", 0.5)

    def slow(_connection: socket.socket, _tag: bytes, _command: bytes) -> bool:
        time.sleep(0.05)
        return False

    began = time.monotonic()
    with pytest.raises(EnvironmentFault):
        received(slow, dict.fromkeys(range(1, 500), (ARRIVED, RIGHT)))
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    "answer",
    [
        to(b"UID FETCH", b"* 1 FETCH (UID 1 BODY[] {3000000000}\r\n"),
        to(b"UID FETCH", b"* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\n"),
        to(b"UID SEARCH", b"* SEARCH 1\r\n" * 100, times=30),
        to(b"UID SEARCH", b"1 " * 5_000, times=30),
    ],
    ids=["literal", "literal of any size", "lines", "one line"],
)
def test_an_answer_without_measure_is_refused(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "_MOST", 20_000)
    monkeypatch.setattr(bounded, "LONGEST_LINE", 20_000)
    assert "MB" in told(answer)


def test_a_letter_is_not_fetched_where_it_says_that_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def answer(connection: socket.socket, tag: bytes, command: bytes) -> bool:
        asked.append(command)
        return False

    monkeypatch.setattr(mailboxes, "LARGEST_MB", 0.001)
    large = letter(("b.xlsx", b"x" * 2000))
    first, second = received(answer, {1: (ARRIVED, large), 2: (ARRIVED, letter(("a.xlsx", b"one")))})
    assert first.attachments == ()
    assert "0,001 MB" in first.left_out[0].why
    assert "thon1@thon.example" in first.left_out[0].letter
    assert second.attachments == (("a.xlsx", b"one"),)
    bodies = [command for command in asked if b"PEEK" in command and b"HEADER" not in command]
    assert [command.split()[2] for command in bodies] == [b"2"]


@pytest.mark.parametrize(
    "answer",
    [
        to(b"UID SEARCH", b"* SEARCH one two\r\nTAG OK\r\n"),
        to(b"UID SEARCH", b"* SEARCH 1:*\r\nTAG OK\r\n"),
        to(b"UID SEARCH", b"* SEARCH \xff\xfe\r\nTAG OK\r\n"),
        to(b"UID SEARCH", b"* SEARCH 99999999999999\r\nTAG OK\r\n"),
        to(b"UID FETCH", b"* 1 FETCH\r\nTAG OK\r\n"),
        to(b"UID FETCH", b"* 1 FETCH (\xff {5}\r\nabcde)\r\nTAG BAD no\r\n"),
        to(b"EXAMINE", b"TAG NO\r\n"),
        to(b"EXAMINE", b"garbage\r\n"),
        to(b"CAPABILITY", b"* CAPABILITY \xff\r\nTAG OK\r\n"),
        to(b"LOGIN", b"* BYE\r\n"),
        to(b"LOGIN", b""),
    ],
)
def test_nonsense_is_the_servers_fault(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "ANSWER", 0.5)
    try:
        received(answer)
    except EnvironmentFault as fault:
        assert "127.0.0.1" in str(fault.message)


# --- the password ---------------------------------------------------------------------------------------


def in_clear(login: Login) -> list[str]:
    encoded = [
        base64.b64encode(each.encode()).decode() for each in (login.password, f"\0{login.user}\0{login.password}")
    ]
    return [login.user, login.password, login.password.replace("\\", "\\\\").replace('"', '\\"'), *encoded]


ECHOES = [each.encode() for each in in_clear(LOGIN)]


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize(
    ("command", "reply"), [(b"LOGIN", b"TAG BAD "), (b"LOGIN", b"TAG NO "), (b"LOGIN", b"* BYE "), (b"UID", b"TAG NO ")]
)
def test_a_server_that_repeats_the_login_is_told_without_it(command: bytes, reply: bytes, echo: bytes) -> None:
    words = told(to(command, reply + echo + b" " + echo.lower() + b"\r\n"))
    assert not [each for each in in_clear(LOGIN) if each.lower() in words.lower()]


def test_a_server_that_repeats_the_login_as_letters_are_sent(tmp_path: Path) -> None:
    for echo in ECHOES:
        replies = {
            b"EHLO": b"250-x\r\n250 AUTH PLAIN\r\n",
            b"AUTH": b"235 in\r\n",
            b"RCPT": b"550 no " + echo + b"\r\n",
        }

        def talk(connection: socket.socket, replies: dict[bytes, bytes] = replies) -> None:
            connection.sendall(b"220 hello\r\n")
            for line in connection.makefile("rb"):
                connection.sendall(replies.get(line[:4].upper(), b"250 OK\r\n"))

        with wicked(talk) as port:
            (delivery,) = sent([post("a@x.example")], port, tmp_path, login=LOGIN)
        assert delivery.status == sending.REFUSED
        assert not [each for each in in_clear(LOGIN) if each in delivery.detail]
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        kept = "".join(detail for (detail,) in connection.execute("SELECT detail FROM messages"))
    assert kept.count("550 no ***") == len(ECHOES)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("words", [b"2", b"250-more\r\n"])
def test_an_smtp_server_that_never_ends_is_left(tmp_path: Path, words: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        for _line in connection.makefile("rb"):
            while True:
                connection.sendall(words)
                time.sleep(0.02)

    began = time.monotonic()
    with wicked(talk) as port:
        assert outcomes(sent([post("a@x.example")], port, tmp_path)) == {"a@x.example": sending.LATER}
    assert time.monotonic() - began < 8


@pytest.mark.parametrize(
    "replies",
    [
        {b"EHLO": b"250-x\r\n250 AUTH CRAM-MD5\r\n", b"AUTH": b"334 no base64 at all\r\n"},
        {b"EHLO": b"250-x\r\n250 AUTH PLAIN\r\n", b"AUTH": b"\xff\xfe\r\n"},
        {b"EHLO": b"what\r\n", b"HELO": b"250\r\n"},
        {b"EHLO": b"250-\xff\r\n250-SIZE x\r\n250 AUTH\r\n"},
        {b"MAIL": b"9" * 200_000 + b"\r\n"},
    ],
)
def test_nonsense_of_an_smtp_server_is_its_fault(tmp_path: Path, replies: dict[bytes, bytes]) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        for line in connection.makefile("rb"):
            connection.sendall(replies.get(line[:4].upper(), b"250 OK\r\n"))

    with wicked(talk) as port:
        try:
            statuses = outcomes(sent([post("a@x.example")], port, tmp_path, login=Login("abc", "def")))
        except EnvironmentFault as fault:
            assert "127.0.0.1" in str(fault.message)
        else:
            assert statuses == {"a@x.example": sending.LATER}


# --- letters --------------------------------------------------------------------------------------------


def test_the_servers_time_is_the_witness() -> None:
    """What stands on top of a letter is the sender's own, where the office's server writes no line of its own."""
    forged = letter(("a.xlsx", b"one"), received="from a by b; Fri, 01 Dec 2023 08:00:00 +0700")
    unstamped = letter(("b.xlsx", b"two"), received=None)
    first, second = received(nothing, {1: ("14-Dec-2023 09:00:00 +0700", forged), 2: (ARRIVED, unstamped)})
    assert first.received == dt.datetime(2023, 12, 14, 9, tzinfo=RULES.plan.zone)
    assert "01/12/2023" in first.doubt
    assert "14/12/2023" in first.doubt
    assert (second.received, second.doubt) == (STAMPED + dt.timedelta(seconds=1), "")


def stored(letters: list[ReceivedLetter], folder: Path) -> fetching.Fetched:
    return fetching.store(iter(letters), folder / "inbox", folder / "a.sqlite", RoundContext(RULES, OF), NOW)


def test_a_letter_that_brings_its_worker_down_is_told_once_and_costs_no_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []

    def lose_long_ones(_function: object, contents: list[bytes], *_others: object) -> object:
        opened.append(len(contents))
        for content in contents:
            yield engines.Loss.TIME if b"heavy" in content else mailboxes.letter_in(content)

    monkeypatch.setattr(engines, "map_files", lose_long_ones)
    letters = {7: (ARRIVED, letter(("heavy.xlsx", b"x"))), 8: (ARRIVED, RIGHT)}
    outcome = stored(received(nothing, letters), tmp_path)
    assert [file.file for file in outcome.stored] == ["20231205-081530_thon1-thon.example_a.xlsx"]
    assert [each.letter for each in outcome.left_out] == ["UID 7, 05/12/2023 01:15 UTC"]
    lost = ledger.lost_letters(tmp_path / "a.sqlite", KEY)
    assert list(lost.values()) == [outcome.left_out[0].why]
    with wicked(imap_server(nothing, letters)) as port:
        mailbox = Mailbox(host="127.0.0.1", port=port, security="none")
        again = stored(list(mailboxes.from_server(mailbox, LOGIN, OF.opens, lost)), tmp_path)
    assert opened == [2, 1]
    assert (again.known, [each.why for each in again.left_out]) == (1, list(lost.values()))


def test_a_saved_letter_that_was_lost_is_not_opened_again(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(RIGHT)
    sha256 = mailboxes._sha256(tmp_path / "a.eml")
    (read,) = mailboxes.from_saved(tmp_path, {sha256: "it took too long"})
    assert [(each.letter, each.why) for each in read.left_out] == [("a.eml", "it took too long")]


def test_one_sender_cannot_fill_the_inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_OF_A_SENDER", 2)
    many = ReceivedLetter("a@x.example", STAMPED, tuple((f"{n}.xlsx", b"%d" % n) for n in range(3)), "thư a")
    other = ReceivedLetter("b@x.example", STAMPED, (("b.xlsx", b"b"),), "thư b")
    outcome = stored([many, other], tmp_path)
    assert [each.sender for each in outcome.stored] == ["a@x.example", "a@x.example", "b@x.example"]
    assert [(each.letter, each.part) for each in outcome.left_out] == [("thư a", "2.xlsx")]


def test_the_bytes_of_a_fetch_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 5)
    many = ReceivedLetter("a@x.example", STAMPED, tuple((f"{n}.xlsx", b"%05d" % n) for n in range(3)), "thư a")
    outcome = stored([many], tmp_path)
    assert ([each.file[-6:] for each in outcome.stored], len(outcome.left_out)) == (["0.xlsx"], 2)


def test_what_was_not_taken_stays_in_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "thu").mkdir()
    (tmp_path / "thu" / "a.pdf").write_bytes(b"%PDF")
    for _time in range(2):
        stored(list(mailboxes.from_saved(tmp_path / "thu")), tmp_path)
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        assert connection.execute("SELECT letter, part, sha256 FROM not_taken").fetchall() == [("a.pdf", "", "")]


def test_what_a_saved_letter_says_of_its_time_is_unproved(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(RIGHT)
    outcome = stored(list(mailboxes.from_saved(tmp_path / "a.eml")), tmp_path)
    assert [each.is_proved for each in outcome.stored] == [False]
    assert ledger.unproved(tmp_path / "a.sqlite", KEY) == set(ledger.mailed(tmp_path / "a.sqlite", KEY))
