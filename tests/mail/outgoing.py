"""An outbox of the small year to send, and an SMTP server on loopback that does what a test asks of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import email
import email.policy
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules, load_rules
from pipeline.run import assess, publish
from tests.filled import NOW, drop, form
from tests.small import write_year

INBOX = {
    "thon-1.xlsx": form("thon-1"),
    "thon-2.xlsx": form("thon-2", {"KT1": {"target": 100, "actual": "nhiều"}}),
    "thcs.xlsx": form("thcs"),
}
"""Thôn 1 and the school have sent, Thôn 2 must correct, Thôn 3 to 5 and the other school have not sent."""


def published(base: Path, mail: dict[str, Any] | None = None, emails: dict[str, str] | None = None) -> Rules:
    """Rules, ``inbox`` and ``outbox`` below ``base``; ``emails``: addresses by role of recipient or code of unit."""
    folder, emails = write_year(base / "rules"), emails or {}
    plan = json.loads((folder / "plan.yaml").read_text(encoding="utf-8"))
    plan["recipients"] = [
        {"role": "Phòng Nội vụ huyện", "as": "report"},
        {"role": "Thường trực Đảng ủy", "as": "copy"},
    ]
    for each in plan["recipients"]:
        each["email"] = emails.get(each["role"])
    plan |= {"mail": mail} if mail else {}
    (folder / "plan.yaml").write_text(json.dumps(_blankless(plan), ensure_ascii=False), encoding="utf-8")
    for path in (folder / "blocs").iterdir():
        bloc = json.loads(path.read_text(encoding="utf-8"))
        for unit in bloc["units"]:
            unit |= {"email": emails[unit["code"]]} if unit["code"] in emails else {}
        path.write_text(json.dumps(bloc, ensure_ascii=False), encoding="utf-8")
    rules = load_rules(folder)
    of = rules.plan.round("tong-ket")
    assert of
    inbox, outbox, book = drop(base / "inbox", INBOX), base / "outbox", base / "outbox" / "so-cai.sqlite"
    publish(assess(RoundContext(rules, of), inbox, book, NOW, jobs=1), outbox, book, NOW)
    return rules


def _blankless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _blankless(each) for key, each in value.items() if each is not None}
    return [_blankless(each) for each in value] if isinstance(value, list) else value


def parsed(content: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    return email.message_from_bytes(content, policy=email.policy.default)


# --- a server -----------------------------------------------------------------------------------------


@dataclass
class Server:
    """What the server got. ``answers``: address -> what it says to each next try, the last one for good."""

    port: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    authority: trustme.CA = field(default_factory=trustme.CA)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.tries.append(address)
        answers = self.answers.get(address, [])
        answer = answers.pop(0) if len(answers) > 1 else answers[0] if answers else "250 OK"
        if answer == "drop":
            return "250 OK drop"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        assert isinstance(envelope.content, bytes)
        self.taken.append((address, envelope.content))
        return "250 OK"


class _Dropping(SMTP):
    """Hangs up in the middle of DATA where the server's answer to the recipient was ``drop``."""

    async def smtp_DATA(self, arg: str) -> None:
        handler = self.event_handler
        assert isinstance(handler, Server)
        if self.envelope is not None and not self.envelope.rcpt_tos and handler.tries:
            await self.push("354 go on")
            await self._reader.readline()
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


@contextmanager
def server(security: str = "none", wants: str = "", name: str = "localhost") -> Iterator[Server]:
    """A running server whose certificate is for ``name``; ``wants``: the password of a login."""
    handler = Server()

    def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        handler.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password.decode() == wants, handled=False)

    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    handler.authority.issue_cert(name).configure_cert(trust)
    options: dict[str, Any] = {"authenticator": authenticate, "auth_required": True} if wants else {}
    if security == "starttls":
        options |= {"tls_context": trust, "require_starttls": True}
    elif wants:
        options |= {"auth_require_tls": False}

    loop = asyncio.new_event_loop()

    def serve() -> SMTP:
        return _Dropping(handler, hostname="mail.example", loop=loop, **options)

    listening = loop.run_until_complete(
        loop.create_server(serve, "127.0.0.1", 0, ssl=trust if security == "tls" else None)
    )
    handler.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield handler
    finally:
        asyncio.run_coroutine_threadsafe(_hang_up(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _hang_up(listening: asyncio.Server) -> None:
    """End every conversation, so that nothing of it is left for the garbage collector."""
    listening.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


def free_port() -> int:
    """A port of the loopback that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def clock() -> dt.datetime:
    """The time of all tests."""
    return NOW


Wait = Callable[[float], object]
