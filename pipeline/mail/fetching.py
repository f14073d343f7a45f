"""Forms that come by mail: attachments of a mailbox, or of a folder of ``.eml`` files, put into the inbox.

In: letters, an inbox. Out: a file in the inbox for each attachment that is not there yet, named by the time received
and the sender; and in the ledger, when each content was received, which becomes the submission's time.

Promises: the mailbox is only read; nothing in the inbox is changed or replaced; no part of a letter decides where a
file is written. The time is the one that the receiving server stamped on the letter (its topmost ``Received`` line),
never the ``Date`` that the sender's machine put there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import imaplib
import os
import re
import socket
import ssl
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessage
from imap_tools.errors import MailboxLoginError, UnexpectedCommandStatusError

from pipeline.errors import UserFault
from pipeline.i18n import _
from pipeline.mail import faults
from pipeline.mail.login import Login
from pipeline.rules.mail import Mailbox
from pipeline.rules.round_context import RoundContext
from pipeline.state import ledger
from pipeline.state.ledger import MailedFile

TIMEOUT = 60.0
"""Seconds that a server may keep silent."""

PLAUSIBLE_YEARS = range(1990, 2200)
"""Years in which a server may have stamped a letter."""

LONGEST_NAME = 80
"""Characters of an attachment's own name that are kept; time and sender stand before them."""


@dataclass(frozen=True)
class ReceivedLetter:
    """What matters of a message. ``received`` is None where no server stamped it."""

    sender: str
    received: dt.datetime | None
    attachments: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class StoredFile:
    """A file that was put into the inbox. ``stamped``: whether its time is the server's."""

    file: str
    sender: str
    received: dt.datetime
    stamped: bool


# --- where letters come from --------------------------------------------------------------------------


def from_server(mailbox: Mailbox, login: Login, since: dt.date) -> Iterator[ReceivedLetter]:
    """The letters of a mailbox since that day, read-only: none is marked as read. Raises EnvironmentFault."""
    try:
        with _opened(mailbox) as connection:
            # LOGIN, which every server knows, carries ASCII alone
            is_ascii = (login.user + login.password).isascii()
            log_in = connection.login if is_ascii else connection.login_utf8
            log_in(login.user, login.password, initial_folder=None)
            connection.folder.set(mailbox.folder, readonly=True)
            for uid in connection.uids(AND(date_gte=since)):
                fetched = connection.fetch(AND(uid=uid), mark_seen=False, bulk=False)
                yield from _parsed(partial(next, fetched))
    except MailboxLoginError as error:
        raise faults.login_refused(mailbox) from error
    except ssl.SSLCertVerificationError as error:
        raise faults.untrusted(mailbox, error) from error
    except (OSError, imaplib.IMAP4.error, UnexpectedCommandStatusError) as error:
        remedy = _("Check the network and the settings “imap” in plan.yaml, then run again.")
        raise faults.unusable(mailbox, _error_words(error), remedy) from error


def _opened(mailbox: Mailbox) -> BaseMailBox:
    match mailbox.security:
        case "tls":
            return MailBox(mailbox.host, mailbox.port or 993, timeout=TIMEOUT, ssl_context=mailbox.trust())
        case "starttls":
            return MailBoxStartTls(mailbox.host, mailbox.port or 143, timeout=TIMEOUT, ssl_context=mailbox.trust())
        case _:
            return MailBoxUnencrypted(mailbox.host, mailbox.port or 143, timeout=TIMEOUT)


def _error_words(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return _("no server of that name is found")
    return str(error)


def from_folder(folder: Path) -> Iterator[ReceivedLetter]:
    """The letters of a folder of ``.eml`` files, in the order of their names. Raises UserFault where there is none."""
    if not folder.is_dir():
        raise UserFault(
            _("there is no folder {folder}").format(folder=folder),
            _("Save the letters there as .eml files, or name another folder."),
        )
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() == ".eml" and path.is_file():
            yield from _parsed(partial(MailMessage.from_bytes, path.read_bytes()))


def _parsed(parse: Callable[[], MailMessage]) -> Iterator[ReceivedLetter]:
    """The letter, or none where letters lie in it deeper than can be read."""
    try:
        letter = read(parse())
    except (RecursionError, StopIteration):  # or it was deleted meanwhile
        return
    yield letter


def read(message: MailMessage) -> ReceivedLetter:
    """A message as a letter. Pictures that belong to its text are left out; a forwarded letter's attachments count.

    What is written against every standard is blank: anybody can send such a letter, and it must not hold up the others.
    """
    sender = _decoded(lambda: message.from_)
    return ReceivedLetter(sender.strip(), received=_time_stamped(message), attachments=tuple(_attachments(message)))


def _decoded(part: Callable[[], str]) -> str:
    """A part of a letter as text, "" where it cannot be decoded."""
    try:
        return part()
    except (MessageError, ValueError, LookupError):
        return ""


def _attachments(message: MailMessage) -> Iterator[tuple[str, bytes]]:
    page = _decoded(lambda: message.html)
    for attachment in message.attachments:  # also those of letters in the letter
        content_id = _decoded(partial(getattr, attachment, "content_id"))
        is_of_the_text = content_id and f"cid:{content_id}" in page
        if attachment.content_type != "message/rfc822" and attachment.payload and not is_of_the_text:
            yield _decoded(partial(getattr, attachment, "filename")), attachment.payload


def _time_stamped(message: MailMessage) -> dt.datetime | None:
    """When our own server took the letter in: each server writes its line above those of the servers before it."""
    lines: tuple[str, ...] = dict(message.headers).get("received", ())
    try:
        when = parsedate_to_datetime(lines[0].rpartition(";")[2].strip())
        stamp = when.astimezone(dt.UTC) if when.tzinfo else when.replace(tzinfo=dt.UTC)
    except (IndexError, ValueError, OverflowError):
        return None
    return stamp if stamp.year in PLAUSIBLE_YEARS else None


# --- into the inbox -----------------------------------------------------------------------------------


def store(
    letters: Iterable[ReceivedLetter], inbox: Path, ledger_file: Path, context: RoundContext, now: dt.datetime
) -> list[StoredFile]:
    """Put every attachment into the inbox that was never put there, of letters since the round's opening day.

    One that the officer has saved there by hand gets its time alone. A letter without a server's stamp counts as
    received ``now``. Raises EnvironmentFault.
    """
    key = ledger.round_key(context)
    opening = dt.datetime.combine(context.round.opens, dt.time(), context.plan.zone)
    handled = set(ledger.mailed(ledger_file, key))
    in_inbox = {_sha256(path.read_bytes()): path.relative_to(inbox).as_posix() for path in _files(inbox)}
    stored = []
    for letter in letters:
        received = letter.received or now
        prefix = f"{received.astimezone(now.tzinfo):%Y%m%d-%H%M%S}_{safe(letter.sender)}"
        for name, content in letter.attachments if received >= opening else ():
            sha256 = _sha256(content)
            if sha256 in handled:
                continue
            handled.add(sha256)
            is_new = sha256 not in in_inbox
            file = _write(inbox, prefix, safe(name), content) if is_new else in_inbox[sha256]
            ledger.remember_mailed(ledger_file, key, MailedFile(sha256, file, letter.sender, received))
            if is_new:
                stored.append(StoredFile(file, letter.sender, received, letter.received is not None))
    return stored


def _files(inbox: Path) -> list[Path]:
    return [path for path in inbox.rglob("*") if path.is_file() and not path.is_symlink()]


def _write(inbox: Path, prefix: str, name: str, content: bytes) -> str:
    """Write a new file whole or not at all, under a name that nothing has yet; returns that name."""
    inbox.mkdir(parents=True, exist_ok=True)
    stem, dot, suffix = name.rpartition(".")
    stem, ending = (stem, dot + suffix) if dot else (name, "")
    part = inbox / f".{prefix}.part"
    part.write_bytes(content)
    number = 1
    while True:
        target = inbox / f"{prefix}_{stem}{'' if number == 1 else f'_{number}'}{ending}"
        try:
            os.link(part, target)
        except FileExistsError:
            number += 1
        except OSError:  # a file system without links, such as a USB stick's
            if target.exists():
                number += 1
                continue
            part.replace(target)
            return target.name
        else:
            part.unlink()
            return target.name


_ASCII = str.maketrans({"đ": "d", "Đ": "D", "@": "-"})


def safe(name: str) -> str:
    """Foreign text as part of a file name: ASCII letters, digits, ``.-_``, no path, not hidden, not too long."""
    decomposed = unicodedata.normalize("NFD", re.split(r"[/\\]", name)[-1].translate(_ASCII))
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", decomposed.encode("ascii", "ignore").decode()).strip("-.")
    stem, dot, suffix = plain.rpartition(".")
    if dot and len(suffix) <= 5:
        return f"{stem[: LONGEST_NAME - len(suffix) - 1].rstrip('-.') or 'tep'}.{suffix}"
    return plain[:LONGEST_NAME].rstrip("-.") or "tep"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
