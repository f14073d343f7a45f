"""A mailbox on a server, to be read: letters by their numbers, their size and time asked before they are fetched.

In: the settings of a mailbox, a login. Out: :class:`Listed`, and the bytes of a letter. Whatever the server answers,
and however slowly, it ends: each answer within :data:`ANSWER`, all within :data:`SESSION` seconds, with an OSError, an
error of ``imaplib`` or ``imap_tools``, or :class:`NonsenseError`.
"""

from __future__ import annotations

import datetime as dt
import imaplib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from imap_tools import AND, BaseMailBox
from imap_tools.errors import ImapToolsError

from pipeline.i18n import _
from pipeline.mail.bounded import SILENCE, BoundedAnswers
from pipeline.mail.login import Login
from pipeline.rules.mail import Mailbox

SESSION = 1_800.0
"""Seconds for all letters: those of a whole round through a slow line."""
ANSWER, SLOWEST = 60.0, 20_000
"""Seconds for an answer, and bytes of a letter for which there is a further second."""

LARGEST_MB = 100
"""Of a letter, or of a file with many; servers take 25 to 50."""
_MOST = LARGEST_MB * 1_000_000 + 1_000_000


class NonsenseError(Exception):
    """The server answers what no server may."""


class LoginRefusedError(Exception):
    """The server does not take user or password. It carries no words: a server may repeat what it was told."""


@dataclass(frozen=True)
class Listed:
    """A letter in the mailbox: ``size`` in bytes, 0 where the server does not say; ``arrived``: when the server took it
    in, None where it does not say."""

    uid: str
    size: int
    arrived: dt.datetime | None


# --- the connection -------------------------------------------------------------------------------------


class _Client(imaplib.IMAP4):
    """imaplib with bounds. ``patience``: seconds for the next answer."""

    answers: BoundedAnswers | None = None
    patience = 0.0
    ends = 0.0

    def read(self, size: int) -> bytes:
        return self._bounded().read(size)

    def readline(self) -> bytes:
        return self._bounded().readline()

    def send(self, data: Any) -> None:
        self._bounded().expect(_MOST, self._seconds())
        super().send(data)

    def _seconds(self) -> float:
        self.ends = self.ends or time.monotonic() + SESSION
        return min(self.patience or ANSWER, self.ends - time.monotonic())

    def _bounded(self) -> BoundedAnswers:
        """Those of the socket as it is now: STARTTLS makes it another."""
        if self.answers is None or self.answers.socket is not self.sock:
            self.answers = BoundedAnswers(self.sock, self._seconds())
        return self.answers


class _ClientTls(_Client, imaplib.IMAP4_SSL):
    """The same, encrypted from the first byte."""


class Connection(BaseMailBox):
    """A mailbox, opened read-only: no letter is marked as read."""

    client: _Client

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        super().__init__()

    def _get_mailbox_client(self) -> _Client:
        mailbox = self.mailbox
        if mailbox.security == "tls":
            return _ClientTls(mailbox.host, mailbox.port or 993, ssl_context=mailbox.trust(), timeout=SILENCE)
        client = _Client(mailbox.host, mailbox.port or 143, timeout=SILENCE)
        if mailbox.security == "starttls":
            client.starttls(mailbox.trust())
        return client

    def listed(self, since: dt.date) -> list[str]:
        """The numbers (UID) of the letters since that day."""
        uids = self.uids(AND(date_gte=since))
        if not all(re.fullmatch(r"[0-9]{1,10}", uid) for uid in uids):
            raise NonsenseError(_("the numbers of its letters are no numbers"))
        return list(dict.fromkeys(uids))

    def about(self, uid: str) -> Listed:
        """What the server says of a letter."""
        _status, answer = self.client.uid("FETCH", uid, "(RFC822.SIZE INTERNALDATE)")
        said = b" ".join(each for each in answer if isinstance(each, bytes))[:1_000]
        size = re.search(rb"RFC822\.SIZE (\d{1,15})", said)
        arrived = re.search(rb'INTERNALDATE "([^"]{1,40})"', said)
        return Listed(uid, int(size[1]) if size else 0, _moment(arrived[1].decode("latin-1")) if arrived else None)

    def content(self, letter: Listed, headers_only: bool = False) -> bytes | None:
        """The bytes of a letter, None where it was deleted meanwhile."""
        part = "(BODY.PEEK[HEADER])" if headers_only else "(BODY.PEEK[])"
        self.client.patience = ANSWER + min(letter.size, _MOST) / SLOWEST
        _status, answer = self.client.uid("FETCH", letter.uid, part)
        self.client.patience = ANSWER
        return next((bytes(each[1]) for each in answer if isinstance(each, tuple)), None)


def _moment(text: str) -> dt.datetime | None:
    """``05-Dec-2023 08:15:30 +0700`` as a time."""
    with suppress(ValueError, IndexError, OverflowError):
        when = parsedate_to_datetime(text.strip().replace("-", " ", 2))
        if when.tzinfo and 1990 <= when.year < 2200:
            return when.astimezone(dt.UTC)
    return None


@contextmanager
def opened(mailbox: Mailbox, login: Login) -> Iterator[Connection]:
    """The mailbox's folder. Raises LoginRefusedError, and what this module says at its top."""
    connection = Connection(mailbox)
    try:
        _log_in(connection, login)
        connection.folder.set(mailbox.folder, readonly=True)
        yield connection
    except BaseException:  # a server that has failed us is not waited for
        with suppress(OSError):
            connection.client.shutdown()
        raise
    with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
        connection.logout()


def _log_in(connection: Connection, login: Login) -> None:
    """LOGIN, which every server knows, carries ASCII alone."""
    log_in = connection.login if (login.user + login.password).isascii() else connection.login_utf8
    try:
        log_in(login.user, login.password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise NonsenseError(_("it broke off the login")) from None
    except (imaplib.IMAP4.error, ImapToolsError):
        raise LoginRefusedError from None
