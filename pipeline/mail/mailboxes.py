"""Where letters come from: a mailbox on a server, or files in which they were saved. Both are only read.

In: the settings of a mailbox, or a file or folder. Out: :class:`~pipeline.mail.received.ReceivedLetter`, one for each
letter, also for one that could not be opened. Each is opened in a worker, for anybody can send a letter on which a
program hangs, and it must not hold up the others.
"""

from __future__ import annotations

import datetime as dt
import imaplib
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from imap_tools import AND, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessage
from imap_tools.errors import MailboxLoginError, UnexpectedCommandStatusError

from pipeline import engines
from pipeline.engines import Bounds, Loss
from pipeline.errors import UserFault
from pipeline.i18n import N_, _, number
from pipeline.intake import arrival
from pipeline.intake.file_types import LETTERS, kind_of
from pipeline.intake.take import find
from pipeline.mail import faults
from pipeline.mail.login import Login
from pipeline.mail.received import LeftOut, ReceivedLetter
from pipeline.mail.unpacking import letter_in, letters_in, shortened
from pipeline.rules.limits import DEFAULT_LIMITS
from pipeline.rules.mail import Mailbox

TIMEOUT = 60.0
"""Seconds that a server may keep silent."""

LARGEST_MB = 100
"""Of a letter, or of a file with many; servers take 25 to 50."""
_LIMITS = replace(DEFAULT_LIMITS, file_mb=LARGEST_MB)

BOUNDS = Bounds(seconds=60, memory=2_000_000_000)
"""What a worker may take for one letter, or one file of letters."""

_AT_ONCE, _MB_AT_ONCE = 50, 100
"""So many letters of a server, and megabytes of them, are held and opened together."""

_NO_LETTER = N_("it is no letter (.eml, .msg, .mbox, winmail.dat)")
_TOO_LARGE = N_("it has {found} MB, more than the {limit} MB that a letter can have; ask the sender for the form alone")
_LOSSES = {
    Loss.TIME: N_("opening it took longer than a letter can take; save its attachments by hand"),
    Loss.MEMORY: N_("opening it needed more memory than a letter can need; save its attachments by hand"),
    Loss.CRASH: N_("the program that opens letters failed on it; save its attachments by hand"),
}


# --- a server -------------------------------------------------------------------------------------------


class _Raw(MailMessage):
    """A letter as the server sends it, not yet looked at."""

    def __init__(self, fetch_data: list[Any]) -> None:
        self.content = self._get_message_data_parts(fetch_data)[0]


def from_server(mailbox: Mailbox, login: Login, since: dt.date) -> Iterator[ReceivedLetter]:
    """The letters of a mailbox since that day, read-only: none is marked as read. Raises EnvironmentFault."""
    try:
        with _opened(mailbox) as connection:
            # LOGIN, which every server knows, carries ASCII alone
            is_ascii = (login.user + login.password).isascii()
            log_in = connection.login if is_ascii else connection.login_utf8
            log_in(login.user, login.password, initial_folder=None)
            connection.folder.set(mailbox.folder, readonly=True)
            connection.email_message_class = _Raw
            for batch in _batches(connection, connection.uids(AND(date_gte=since))):
                yield from _unpacked(batch)
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


def _batches(connection: BaseMailBox, uids: Iterable[str]) -> Iterator[list[bytes | ReceivedLetter]]:
    """The letters a few at a time; one that is too large is not fetched at all."""
    batch: list[bytes | ReceivedLetter] = []
    held = 0
    for uid in uids:
        size = _size(connection, uid)
        if size > LARGEST_MB * 1_000_000:
            batch.append(_too_large(connection, uid, size))
            continue
        for letter in connection.fetch(AND(uid=uid), mark_seen=False, bulk=False):  # none, if it was deleted meanwhile
            content = letter.content if isinstance(letter, _Raw) else b""
            batch.append(content)
            held += len(content)
        if len(batch) >= _AT_ONCE or held > _MB_AT_ONCE * 1_000_000:
            yield batch
            batch, held = [], 0
    yield batch


def _size(connection: BaseMailBox, uid: str) -> int:
    """How many bytes the server says that the letter has; 0 where it does not say."""
    _status, answer = connection.client.uid("FETCH", uid, "(RFC822.SIZE)")
    sizes = [re.search(rb"RFC822\.SIZE (\d{1,15})", each) for each in answer if isinstance(each, bytes)]
    return max((int(size[1]) for size in sizes if size), default=0)


def _too_large(connection: BaseMailBox, uid: str, size: int) -> ReceivedLetter:
    heads = list(connection.fetch(AND(uid=uid), mark_seen=False, bulk=False, headers_only=True))
    content = heads[0].content[:50_000] if heads and isinstance(heads[0], _Raw) else b""
    return _refused(letter_in(content).title or f"UID {uid}", _why_too_large(size))


def _unpacked(batch: Sequence[bytes | ReceivedLetter]) -> Iterator[ReceivedLetter]:
    """The letters of a batch, in their order."""
    to_open = [each for each in batch if isinstance(each, bytes)]
    with closing(engines.map_files(letter_in, to_open, None, BOUNDS)) as answers:
        for each in batch:
            if isinstance(each, ReceivedLetter):
                yield each
            else:
                letter = next(answers)
                yield _refused(_head(each), _(_LOSSES[letter])) if isinstance(letter, Loss) else letter


def _head(content: bytes) -> str:
    """By what a person finds a letter that could not be opened."""
    wanted = (b"from:", b"subject:")
    lines = [line for line in content[:20_000].splitlines() if line[:8].lower().startswith(wanted)]
    return shortened(" ".join(line[:200].decode("utf-8", "replace") for line in lines[:2]))


def _refused(title: str, why: str) -> ReceivedLetter:
    return ReceivedLetter("", None, (), title, (LeftOut(title, "", why),))


def _why_too_large(size: int) -> str:
    return _(_TOO_LARGE).format(found=number(size / 1e6, 1), limit=number(LARGEST_MB))


# --- files ----------------------------------------------------------------------------------------------


def from_saved(place: Path) -> Iterator[ReceivedLetter]:
    """The letters of a file, or of all files below a folder, in the order of their names. Raises UserFault where there
    is neither."""
    if not place.exists():
        raise UserFault(
            _("there is no file or folder {folder}").format(folder=place),
            _("Save the letters there (.eml, .msg or .mbox), or name another file or folder."),
        )
    paths = find(place) if place.is_dir() else [place]
    root = place if place.is_dir() else place.parent
    with closing(engines.map_files(partial(_letters_of, root), paths, None, BOUNDS)) as answers:
        for path, letters in zip(paths, answers, strict=True):
            if isinstance(letters, Loss):
                yield _refused(_shown(root, path), _(_LOSSES[letters]))
            else:
                yield from letters


def _shown(root: Path, path: Path) -> str:
    return arrival.brief(path.relative_to(root).as_posix())


def _letters_of(root: Path, path: Path) -> list[ReceivedLetter]:
    """The letters in a file, or one that says why there are none."""
    name, reason = _shown(root, path), arrival.not_to_be_opened(path)
    if reason:
        return [_refused(name, _(reason[0].entry.what).format(**reason[1]))]
    size, content = arrival.read(path, _LIMITS)
    if not isinstance(content, bytes):
        why = _why_too_large(size) if size > LARGEST_MB * 1_000_000 else _(content[0].entry.what).format(**content[1])
        return [_refused(name, why)]
    if kind_of(content) not in LETTERS and path.suffix.lower() != ".eml":
        return [_refused(name, _(_NO_LETTER))]
    return list(letters_in(content, name))
