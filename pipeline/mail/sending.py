"""Posts sent through an SMTP server.

In: posts, an account at a server, the ledger. Out: a :class:`Delivery` for each, as soon as the ledger has it.

Promises: each post is sent once, and stands in the ledger before it is: one whose sending was killed goes out again
under the same Message-ID, by which mail programs tell that they have it. What the server refuses for good has its
answer in the delivery. What it does not take just now, and what a broken connection left, is tried again after the
others, three times, with longer pauses. After a failure midway the ledger has what was sent, and the next time goes on
from there.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from pipeline.i18n import N_, _
from pipeline.mail import faults
from pipeline.mail.bounded import SILENCE, BoundedAnswers
from pipeline.mail.login import Login
from pipeline.mail.messages import message, message_id
from pipeline.mail.posts import Post
from pipeline.rules.mail import Server
from pipeline.rules.plan import Plan
from pipeline.state import ledger

REPLY_SECONDS, LARGEST_REPLY = 120.0, 100_000
"""What one answer of a server may take, and how many bytes it may have."""

WAITS = (2.0, 10.0, 30.0)
"""Seconds before each further round."""

GOES_ON = N_("What was sent is remembered; run the same command later, and it goes on from there.")

LONGEST_WORDS = 1_000
"""Characters of a server's answer that are kept."""

SENT, REFUSED, LATER = "sent", "refused", "later"
CLAIMED = "claimed"
"""In the ledger alone: about to be sent; what became of it is not known unless a later row says so."""


@dataclass(frozen=True)
class Delivery:
    """What became of a post: ``sent``, ``refused`` for good, or to be tried ``later``; with the server's answer."""

    post: Post
    status: str
    detail: str = ""


@dataclass(frozen=True)
class SmtpAccount:
    """Under which address, and through which server, the office sends; ``login`` is None where the server asks none."""

    sender: str
    server: Server
    login: Login | None


@dataclass(frozen=True)
class Sending:
    """What posts need to be sent besides themselves.

    ``clock`` gives the time of each message; ``again``: posts that were sent before go out as new messages; ``wait``
    pauses for so many seconds.
    """

    plan: Plan
    account: SmtpAccount
    ledger_file: Path
    clock: Callable[[], dt.datetime]
    again: bool = False
    wait: Callable[[float], object] = time.sleep


def already_sent(ledger_file: Path, posts: Iterable[Post]) -> set[str]:
    """The keys of the posts that were sent before."""
    with ledger.reading(ledger_file) as connection:
        if ledger.version(connection) < 4:
            return set()
        rows = connection.execute("SELECT DISTINCT key FROM messages WHERE status = ?", (SENT,)).fetchall()
    return {key for (key,) in rows} & {post.key for post in posts}


def begun(ledger_file: Path) -> dict[str, str]:
    """Key -> Message-ID of the posts that were about to be sent when something broke: they may have arrived."""
    query = """
        SELECT key, message_id FROM messages
        WHERE status = ? AND number IN (SELECT MAX(number) FROM messages GROUP BY key)"""
    with ledger.reading(ledger_file) as connection:
        return dict(connection.execute(query, (CLAIMED,)).fetchall() if ledger.version(connection) >= 4 else [])


def send(posts: Iterable[Post], sending: Sending) -> Generator[Delivery]:
    """Send each post to its address; its delivery comes as soon as it stands in the ledger.

    Raises EnvironmentFault where the server cannot be reached, trusted or logged in to.
    """
    later, names = [Delivery(post, LATER) for post in posts], begun(sending.ledger_file)
    for pause in (0.0, *WAITS):
        if pause and later:
            sending.wait(pause)
        to_try, is_last = [delivery.post for delivery in later], pause == WAITS[-1]
        later = yield from _try_all(to_try, sending, names, is_last)
    yield from later


def _try_all(
    posts: Sequence[Post], sending: Sending, names: dict[str, str], is_last: bool
) -> Generator[Delivery, None, list[Delivery]]:
    """Try each post once: yields what was sent or refused, returns what is left for later.

    Where no connection can be had any more, all the rest is left; raises EnvironmentFault if ``is_last``.
    """
    later: list[Delivery] = []
    with _Connection(sending.account) as connection:
        for position, post in enumerate(posts):
            try:
                delivery = _try(post, sending, names, connection)
            except _NoConnectionError as failure:
                if is_last:
                    raise faults.unusable(sending.account.server, str(failure), _(GOES_ON)) from failure
                return later + [Delivery(unsent, LATER) for unsent in posts[position:]]
            if delivery.status == LATER:
                later.append(delivery)
            else:
                yield delivery
    return later


def _try(post: Post, sending: Sending, names: dict[str, str], connection: _Connection) -> Delivery:
    """Hand a post over; what was sent or refused stands in the ledger afterwards. Raises as ``connection.deliver``.

    ``names``: key -> Message-ID of the posts that are claimed already.
    """
    now = sending.clock()
    if post.key not in names:
        names[post.key] = message_id(post, sending.plan.mail, now if sending.again else None)
        _remember(sending, Delivery(post, CLAIMED), names[post.key], now)
    delivery = connection.deliver(post, message(post, sending.plan, now, names[post.key]))
    if delivery.status != LATER:
        _remember(sending, delivery, names[post.key], now)
    return delivery


def _remember(sending: Sending, delivery: Delivery, name: str, now: dt.datetime) -> None:
    post = delivery.post
    addressed = (post.kind, post.recipient, post.address)
    row = (post.key, name, ledger.utc(now), *addressed, delivery.status, delivery.detail)
    with ledger.writing(sending.ledger_file) as connection:
        connection.execute("INSERT INTO messages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", row)


class _NoConnectionError(Exception):
    """No connection can be had just now."""


class _Client(smtplib.SMTP):
    """smtplib with bounds: an answer comes to an end."""

    def getreply(self) -> tuple[int, bytes]:
        if self.sock:
            if not (isinstance(self.file, BoundedAnswers) and self.file.socket is self.sock):
                self.file = BoundedAnswers(self.sock, REPLY_SECONDS)
            self.file.expect(LARGEST_REPLY, REPLY_SECONDS)
        return super().getreply()


class _ClientTls(_Client, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class _Connection:
    """A connection to the server, opened when it is needed and anew where it broke."""

    def __init__(self, account: SmtpAccount) -> None:
        self.account = account
        self.open: smtplib.SMTP | None = None

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._close()

    def deliver(self, post: Post, content: EmailMessage) -> Delivery:
        """Hand a message over. Raises _NoConnectionError or EnvironmentFault where there is no connection to do so."""
        smtp = self._connected()
        try:
            smtp.sendmail(self.account.sender, [post.address], content.as_bytes(policy=SMTP))
        except (smtplib.SMTPException, OSError) as error:
            code, words = self._answer(error)
            if code in (0, 421):  # the connection is broken, or the server is about to hang up
                self._close()
            return Delivery(post, REFUSED if code >= 500 else LATER, f"{code or ''} {words}".strip())
        return Delivery(post, SENT)

    def _connected(self) -> smtplib.SMTP:
        if self.open is None:
            try:
                self.open = self._new()
            except ssl.SSLCertVerificationError as error:
                raise faults.untrusted(self.account.server, error) from error
            except UnicodeEncodeError as error:  # SMTP's logins carry ASCII alone
                raise faults.login_refused(self.account.server) from error
            except (LookupError, TypeError, ValueError) as error:  # smtplib stumbles over what the server says
                raise _NoConnectionError(_("it answers what no mail server may")) from error
            except (smtplib.SMTPException, OSError) as error:
                code, words = self._answer(error)
                if isinstance(error, smtplib.SMTPAuthenticationError) and code >= 500:
                    raise faults.login_refused(self.account.server) from error
                raise _NoConnectionError(words) from error
        return self.open

    def _new(self) -> smtplib.SMTP:
        server, login = self.account.server, self.account.login
        trust = server.trust()
        if server.security == "tls":
            smtp: smtplib.SMTP = _ClientTls(server.host, server.port or 465, timeout=SILENCE, context=trust)
        else:
            smtp = _Client(server.host, server.port or 587, timeout=SILENCE)
        try:
            if server.security == "starttls":
                smtp.starttls(context=trust)
            if login:
                smtp.login(login.user, login.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _answer(self, error: Exception) -> tuple[int, str]:
        """The server's code and words, without the login."""
        code, words = _answer(error)
        return code, self.account.login.hidden_in(words) if self.account.login else words

    def _close(self) -> None:
        if self.open:
            with suppress(smtplib.SMTPException, OSError):
                self.open.quit()
            self.open = None


def _answer(error: Exception) -> tuple[int, str]:
    """The server's code, 0 where it gave none, and its words."""
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        code, words = 0, str(error)
    return code, (words.decode(errors="replace") if isinstance(words, bytes) else words)[:LONGEST_WORDS]
