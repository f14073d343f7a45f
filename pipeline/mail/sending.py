"""Posts out of the door: through an SMTP server, or as drafts in files.

In: posts. Out: each is sent once, and the ledger says so. What the server refuses for good is told for each recipient.
What it does not take just now, and what a broken connection left, is tried again after the others, three times, ever
later. A failure midway leaves in the ledger what was sent, and the next time goes on from there.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from pipeline.i18n import N_, _
from pipeline.mail import faults
from pipeline.mail.login import Login
from pipeline.mail.messages import message, message_id
from pipeline.mail.posts import Post
from pipeline.rules.mail import Server
from pipeline.rules.plan import Plan
from pipeline.state import ledger

TIMEOUT = 60.0
"""Seconds that a server may keep silent; after the last line of a letter some look for viruses first."""

WAITS = (2.0, 10.0, 30.0)
"""Seconds before each further round."""

GOES_ON = N_("What was sent is remembered; run the same command later, and it goes on from there.")

SENT, REFUSED, LATER = "sent", "refused", "later"


@dataclass(frozen=True)
class Told:
    """How a post fared: ``sent``, ``refused`` for good, or to be tried ``later``, with what the server said."""

    post: Post
    status: str
    detail: str = ""


def already_sent(book: Path, posts: Iterable[Post]) -> set[str]:
    """The keys of the posts that were sent before."""
    with ledger.reading(book) as connection:
        if ledger.version(connection) < 4:
            return set()
        rows = connection.execute("SELECT DISTINCT key FROM messages WHERE status = ?", (SENT,)).fetchall()
    return {key for (key,) in rows} & {post.key for post in posts}


def send(
    posts: Iterable[Post],
    plan: Plan,
    sender: str,
    server: Server,
    login: Login | None,
    book: Path,
    clock: Callable[[], dt.datetime],
    again: bool = False,
    wait: Callable[[float], object] = time.sleep,
) -> Generator[Told]:
    """Send each post to its address, and tell how it fared as soon as that stands in the ledger.

    Raises EnvironmentFault where the server cannot be reached, trusted or logged in to.
    """
    pending = [Told(post, LATER) for post in posts]
    for pause in (0.0, *WAITS):
        if pause and pending:
            wait(pause)
        left = []
        with _Line(server, login) as line:
            for place, each in enumerate(pending):
                now = clock()
                try:
                    told = line.deliver(each.post, message(each.post, plan, now, again), sender)
                except _NoLineError as failure:
                    if pause == WAITS[-1]:
                        raise faults.unusable(server, str(failure), _(GOES_ON)) from failure
                    left += pending[place:]
                    break
                if told.status == LATER:
                    left.append(told)
                else:
                    _remember(book, told, message_id(each.post, plan.mail, now if again else None), now)
                    yield told
        pending = left
    yield from pending


def _remember(book: Path, told: Told, name: str, now: dt.datetime) -> None:
    post = told.post
    row = (post.key, name, ledger.utc(now), post.kind, post.recipient, post.address, told.status, told.detail)
    with ledger.writing(book) as connection:
        connection.execute("INSERT INTO messages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def write_drafts(posts: Iterable[Post], plan: Plan, folder: Path, now: dt.datetime) -> list[Path]:
    """Every post as a complete ``.eml`` file, in the place of earlier drafts of its kind. Raises OSError."""
    folder.mkdir(exist_ok=True)
    made = {f"{post.kind}_{post.stem}.eml": message(post, plan, now).as_bytes(policy=SMTP) for post in posts}
    kinds = {name.partition("_")[0] for name in made}
    for old in folder.glob("*.eml"):
        if old.name.partition("_")[0] in kinds:
            old.unlink()
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in made]


class _NoLineError(Exception):
    """No connection can be had just now."""


class _Line:
    """A connection to the server, opened when it is needed and anew where it broke."""

    def __init__(self, server: Server, login: Login | None) -> None:
        self.server, self.login = server, login
        self.open: smtplib.SMTP | None = None

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._close()

    def deliver(self, post: Post, made: EmailMessage, sender: str) -> Told:
        """Hand a message over. Raises _NoLineError or EnvironmentFault where there is no connection to do so."""
        line = self._connected()
        try:
            line.sendmail(sender, [post.address], made.as_bytes(policy=SMTP))
        except (smtplib.SMTPException, OSError) as error:
            code, said = _answer(error)
            if code in (0, 421):  # the line is broken, or the server is about to hang up
                self._close()
            return Told(post, REFUSED if code >= 500 else LATER, f"{code or ''} {said}".strip())
        return Told(post, SENT)

    def _connected(self) -> smtplib.SMTP:
        if self.open is None:
            try:
                self.open = self._new()
            except ssl.SSLCertVerificationError as error:
                raise faults.untrusted(self.server, error) from error
            except UnicodeEncodeError as error:  # SMTP's logins carry ASCII alone
                raise faults.login_refused(self.server) from error
            except (smtplib.SMTPException, OSError) as error:
                code, said = _answer(error)
                if isinstance(error, smtplib.SMTPAuthenticationError) and code >= 500:
                    raise faults.login_refused(self.server) from error
                raise _NoLineError(said) from error
        return self.open

    def _new(self) -> smtplib.SMTP:
        server, trust = self.server, self.server.trust()
        if server.security == "tls":
            line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port or 465, timeout=TIMEOUT, context=trust)
        else:
            line = smtplib.SMTP(server.host, server.port or 587, timeout=TIMEOUT)
        try:
            if server.security == "starttls":
                line.starttls(context=trust)
            if self.login:
                line.login(self.login.user, self.login.password)
        except BaseException:
            line.close()
            raise
        return line

    def _close(self) -> None:
        if self.open:
            with suppress(smtplib.SMTPException, OSError):
                self.open.quit()
            self.open = None


def _answer(error: Exception) -> tuple[int, str]:
    """The server's code, 0 where it gave none, and its words."""
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        return 0, str(error)
    return code, said.decode(errors="replace") if isinstance(said, bytes) else said
