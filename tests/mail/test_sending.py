"""Out of the door: to a real SMTP server on loopback that refuses, hangs up, and cannot be trusted."""

from __future__ import annotations

import datetime as dt
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import EnvironmentFault
from pipeline.mail import sending as sending_module
from pipeline.mail.letters import LetterText
from pipeline.mail.login import Login
from pipeline.mail.posts import Post
from pipeline.mail.sending import (
    LATER,
    REFUSED,
    SENT,
    WAITS,
    Delivery,
    Sending,
    SmtpAccount,
    already_sent,
    begun,
    send,
)
from pipeline.rules.mail import Server as Settings
from pipeline.rules.plan import Plan
from tests import small
from tests.mail.outgoing import Server, clock, free_port, parsed, server

SENDER = "vanphong@xa.example"
PLAN = Plan.model_validate(small.PLAN | {"mail": {"sender": SENDER}})


def post(address: str, text: str = "Nội dung.") -> Post:
    return Post(
        "cap-tren", f"Nơi nhận {address}", address, "a", LetterText("Kết quả", text, f"<p>{text}</p>"), (), address
    )


def sent(
    posts: list[Post],
    port: int,
    tmp_path: Path,
    security: str = "none",
    login: Login | None = None,
    host: str = "127.0.0.1",
    waited: list[float] | None = None,
) -> list[Delivery]:
    settings = Settings(host=host, port=port, security=security)
    waits = [] if waited is None else waited
    account = SmtpAccount(SENDER, settings, login)
    return list(send(posts, Sending(PLAN, account, tmp_path / "a.sqlite", clock, wait=waits.append)))


def outcomes(deliveries: list[Delivery]) -> dict[str, str]:
    return {each.post.address: each.status for each in deliveries}


@pytest.fixture
def plain() -> Iterator[Server]:
    with server() as running:
        yield running


def test_each_gets_its_own_letter_once(plain: Server, tmp_path: Path) -> None:
    posts = [post("a@x.example"), post("b@x.example")]
    assert outcomes(sent(posts, plain.port, tmp_path)) == {"a@x.example": SENT, "b@x.example": SENT}
    got = [(address, parsed(content)) for address, content in plain.taken]
    assert [(address, message["To"], message["From"]) for address, message in got] == [
        ("a@x.example", '"Nơi nhận a@x.example" <a@x.example>', f"{PLAN.contact.office} <{SENDER}>"),
        ("b@x.example", '"Nơi nhận b@x.example" <b@x.example>', f"{PLAN.contact.office} <{SENDER}>"),
    ]
    assert already_sent(tmp_path / "a.sqlite", posts) == {"a@x.example", "b@x.example"}


def test_what_is_refused_for_good_is_told_and_the_others_go_out(plain: Server, tmp_path: Path) -> None:
    plain.answers["b@x.example"] = ["550 no such mailbox"]
    waited: list[float] = []
    posts = [post(f"{name}@x.example") for name in "abc"]
    deliveries = sent(posts, plain.port, tmp_path, waited=waited)
    assert [(each.post.address, each.status, each.detail) for each in deliveries] == [
        ("a@x.example", SENT, ""),
        ("b@x.example", REFUSED, "550 no such mailbox"),
        ("c@x.example", SENT, ""),
    ]
    assert waited == []
    assert already_sent(tmp_path / "a.sqlite", posts) == {"a@x.example", "c@x.example"}


def test_what_is_not_taken_just_now_is_tried_again_after_the_others(plain: Server, tmp_path: Path) -> None:
    plain.answers["a@x.example"] = ["451 greylisted", "451 greylisted", "250 OK"]
    waited: list[float] = []
    deliveries = sent([post("a@x.example"), post("b@x.example")], plain.port, tmp_path, waited=waited)
    assert outcomes(deliveries) == {"b@x.example": SENT, "a@x.example": SENT}
    assert plain.tries == ["a@x.example", "b@x.example", "a@x.example", "a@x.example"]
    assert waited == list(WAITS[:2])


def test_what_is_never_taken_is_told_in_the_end_and_not_remembered_as_sent(plain: Server, tmp_path: Path) -> None:
    plain.answers["a@x.example"] = ["452 full"]
    waited: list[float] = []
    deliveries = sent([post("a@x.example")], plain.port, tmp_path, waited=waited)
    assert [(each.status, each.detail) for each in deliveries] == [(LATER, "452 full")]
    assert waited == list(WAITS)
    assert already_sent(tmp_path / "a.sqlite", [post("a@x.example")]) == set()


def test_a_line_that_breaks_in_the_middle_of_a_letter_is_opened_anew(plain: Server, tmp_path: Path) -> None:
    plain.answers["a@x.example"] = ["drop", "250 OK"]
    deliveries = sent([post("a@x.example", "dài " * 5000), post("b@x.example")], plain.port, tmp_path)
    assert outcomes(deliveries) == {"b@x.example": SENT, "a@x.example": SENT}
    assert sorted(address for address, _message in plain.taken) == ["a@x.example", "b@x.example"]


def test_a_failure_midway_goes_on_where_it_stopped(plain: Server, tmp_path: Path) -> None:
    posts = [post(f"{number}@x.example") for number in range(5)]
    settings = Settings(host="127.0.0.1", port=plain.port, security="none")
    account = SmtpAccount(SENDER, settings, None)
    going = send(posts, Sending(PLAN, account, tmp_path / "a.sqlite", clock))
    assert [next(going).status, next(going).status] == [SENT, SENT]
    going.close()  # the power goes
    done = already_sent(tmp_path / "a.sqlite", posts)
    assert done == {"0@x.example", "1@x.example"}
    sent([each for each in posts if each.key not in done], plain.port, tmp_path)
    assert [address for address, _message in plain.taken] == [each.address for each in posts]


@pytest.mark.parametrize("again", [False, True])
def test_a_letter_whose_sending_was_killed_goes_out_again_as_the_same_letter(
    plain: Server, tmp_path: Path, again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has it, the ledger does not: the program died in between."""
    moments = iter(clock() + dt.timedelta(minutes=minute) for minute in range(9))
    settings = Settings(host="127.0.0.1", port=plain.port, security="none")
    sending = Sending(PLAN, SmtpAccount(SENDER, settings, None), tmp_path / "a.sqlite", lambda: next(moments), again)
    remember = sending_module._remember

    def die_when_sent(of: Sending, delivery: Delivery, *others: Any) -> None:
        if delivery.status == SENT:
            raise KeyboardInterrupt
        remember(of, delivery, *others)

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(sending_module, "_remember", die_when_sent)
        list(send([post("a@x.example")], sending))
    assert set(begun(tmp_path / "a.sqlite")) == {"a@x.example"}
    assert outcomes(list(send([post("a@x.example")], sending))) == {"a@x.example": SENT}
    assert begun(tmp_path / "a.sqlite") == {}
    first, second = (parsed(content)["Message-ID"] for _address, content in plain.taken)
    assert first == second
    list(send([post("a@x.example")], sending))
    third = parsed(plain.taken[2][1])["Message-ID"]
    assert (third != second) == again


def test_a_letter_that_is_tried_again_stays_the_same(plain: Server, tmp_path: Path) -> None:
    plain.answers["a@x.example"] = ["451 greylisted", "250 OK"]
    moments = iter(clock() + dt.timedelta(minutes=minute) for minute in range(9))
    settings = Settings(host="127.0.0.1", port=plain.port, security="none")
    account = SmtpAccount(SENDER, settings, None)
    waits = list[float]()
    list(
        send(
            [replace(post("a@x.example"), key="abc")],
            Sending(PLAN, account, tmp_path / "a.sqlite", lambda: next(moments), again=True, wait=waits.append),
        )
    )
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        rows = connection.execute("SELECT status, message_id FROM messages ORDER BY number").fetchall()
    assert [status for status, _name in rows] == ["claimed", SENT]
    assert {f"<{name}>" for _status, name in rows} == {parsed(plain.taken[0][1])["Message-ID"]}


def test_hundreds_of_recipients_of_whom_some_are_refused(plain: Server, tmp_path: Path) -> None:
    posts = [replace(post(f"{number}@x.example"), recipient=f"Thon {number}") for number in range(300)]
    refused = {each.address: ["550 no"] for each in posts[::100]}
    plain.answers.update(refused)
    memory = Path("/dev/shm")  # noqa: S108  (a ledger that waits for no disk hundreds of times, where there is one)
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        statuses = outcomes(sent(posts, plain.port, Path(folder)))
    assert {address for address, status in statuses.items() if status == REFUSED} == set(refused)
    assert sorted(address for address, _message in plain.taken) == sorted(set(statuses) - set(refused))
    assert len(plain.taken) == 297


@pytest.mark.parametrize("security", ["tls", "starttls"])
class TestEncrypted:
    """Certificates and logins."""

    def test_a_login_goes_over_an_encrypted_line_alone(
        self, security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with server(security, wants="bí mật".encode().hex()) as running:
            running.authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
            login = Login("vanphong", "bí mật".encode().hex())
            deliveries = sent([post("a@x.example")], running.port, tmp_path, security, login, "localhost")
            assert outcomes(deliveries) == {"a@x.example": SENT}
            assert set(running.logins) == {(login.user, login.password)}

    def test_a_certificate_of_nobody_we_know_is_refused_before_anything_is_said(
        self, security: str, tmp_path: Path
    ) -> None:
        with server(security, wants="x") as running:
            with pytest.raises(EnvironmentFault, match="chứng thư"):
                sent([post("a@x.example")], running.port, tmp_path, security, Login("a", "x"), "localhost")
            assert (running.logins, running.tries) == ([], [])

    def test_a_certificate_for_another_name_is_refused(
        self, security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with server(security, name="elsewhere.example") as running:
            running.authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
            with pytest.raises(EnvironmentFault, match="chứng thư"):
                sent([post("a@x.example")], running.port, tmp_path, security, host="localhost")
            assert running.tries == []

    def test_a_wrong_password_is_told_at_once_and_never_shown(
        self, security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with server(security, wants="right") as running:
            running.authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
            waited: list[float] = []
            with pytest.raises(EnvironmentFault, match="đăng nhập") as raised:
                login = Login("a", "hidden-word")
                sent([post("a@x.example")], running.port, tmp_path, security, login, "localhost", waited)
            assert waited == []
            assert "hidden-word" not in f"{raised.value!r} {raised.value.message} {raised.value.remedy}"


def test_a_server_that_offers_no_encryption_gets_nothing(plain: Server, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"127\.0\.0\.1"):
        sent([post("a@x.example")], plain.port, tmp_path, "starttls", Login("a", "b"))
    assert (plain.tries, plain.logins) == ([], [])


def test_a_server_that_is_not_there_is_told_after_some_tries(tmp_path: Path) -> None:
    waited: list[float] = []
    with pytest.raises(EnvironmentFault) as raised:
        sent([post("a@x.example")], free_port(), tmp_path, waited=waited)
    assert waited == list(WAITS)
    assert "chạy lại" in raised.value.remedy


def test_the_ledger_of_letters_is_append_only(plain: Server, tmp_path: Path) -> None:
    sent([post("a@x.example")], plain.port, tmp_path)
    for statement in ("DELETE FROM messages", "UPDATE messages SET status = 'refused'"):
        with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection, pytest.raises(sqlite3.DatabaseError):
            connection.execute(statement)
