"""Where letters come from: a mailbox on a server, or files in which they were saved. Both are only read.

In: the settings of a mailbox, or a file or folder. Out: :class:`~pipeline.mail.received.ReceivedLetter`, one for each
letter, also for one that could not be opened. Each is opened in a worker, for anybody can send a letter on which a
program hangs, and it must not hold up the others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import imaplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from imap_tools.errors import ImapToolsError

from pipeline import engines
from pipeline.engines import Bounds, Loss
from pipeline.errors import UserFault
from pipeline.i18n import N_, _, date, number
from pipeline.intake import arrival
from pipeline.intake.file_types import LETTERS, kind_of
from pipeline.intake.take import find
from pipeline.mail import faults, imap
from pipeline.mail.imap import LARGEST_MB, Listed, NonsenseError
from pipeline.mail.login import Login
from pipeline.mail.received import LeftOut, ReceivedLetter
from pipeline.mail.unpacking import letter_in, letters_in, shortened
from pipeline.rules.limits import DEFAULT_LIMITS
from pipeline.rules.mail import Mailbox

_LIMITS = replace(DEFAULT_LIMITS, file_mb=LARGEST_MB)

BOUNDS = Bounds(seconds=20, memory=2_000_000_000)
"""What a worker may take for one letter, or one file of letters; 25 MB of attachments take half a second."""
HURRIED, MOST_LOST = Bounds(seconds=3, memory=2_000_000_000), 3
"""What it may take once so many letters of a server were lost: somebody sends them on purpose."""

_AT_ONCE, _MB_AT_ONCE = 50, 100
"""So many letters of a server, and megabytes of them, are held and opened together."""

LONGEST_HEAD = 50_000
"""Bytes of the headers of a letter that is too large; only who sent it is to be told."""

_NO_LETTER = N_("it is no letter (.eml, .msg, .mbox, winmail.dat)")
_TOO_LARGE = N_("it has {found} MB, more than the {limit} MB that a letter can have; ask the sender for the form alone")
_LOSSES = {
    Loss.TIME: N_("opening it took longer than a letter can take; save its attachments by hand"),
    Loss.MEMORY: N_("opening it needed more memory than a letter can need; save its attachments by hand"),
    Loss.CRASH: N_("the program that opens letters failed on it; save its attachments by hand"),
}


_DOUBTFUL = N_("the letter says that it came on {said}, the mail server on {arrived}; the server's time counts")
_AGREEING = dt.timedelta(days=1)

NOTHING_LOST: Mapping[str, str] = {}


# --- a server -------------------------------------------------------------------------------------------

_Batch = list[tuple[Listed, bytes]]


def from_server(
    mailbox: Mailbox, login: Login, since: dt.date, lost: Mapping[str, str] = NOTHING_LOST
) -> Iterator[ReceivedLetter]:
    """The letters of a mailbox since that day, read-only: none is marked as read. Raises EnvironmentFault.

    ``lost``: SHA-256 -> in words, why a letter could not be opened before; it is not tried again.
    """
    losses = 0
    for batch in _batches(mailbox, login, since):
        for letter in _unpacked(batch, lost, BOUNDS if losses < MOST_LOST else HURRIED):
            losses += bool(letter.lost)
            yield letter


_OF_THE_SERVER = (OSError, imaplib.IMAP4.error, ImapToolsError, NonsenseError, LookupError, TypeError, ValueError)
"""What talking to a server ends with; the last three where the libraries stumble over what it says."""


def _batches(mailbox: Mailbox, login: Login, since: dt.date) -> Iterator[_Batch]:
    """The letters as the server sends them, a few at a time. Raises EnvironmentFault, in which no word of the login
    stands whatever the server said."""
    try:
        with imap.opened(mailbox, login) as connection:
            yield from _in_batches(connection, since)
    except imap.LoginRefusedError:
        raise faults.login_refused(mailbox) from None
    except ssl.SSLCertVerificationError as error:
        raise faults.untrusted(mailbox, error) from error
    except _OF_THE_SERVER as error:
        remedy = _("Check the network and the settings “imap” in plan.yaml, then run again.")
        raise faults.unusable(mailbox, login.hidden_in(_error_words(error)), remedy) from None


def _error_words(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return _("no server of that name is found")
    if isinstance(error, LookupError | TypeError | ValueError):
        return _("it answers what no mail server may")
    return shortened(str(error))


def _in_batches(connection: imap.Connection, since: dt.date) -> Iterator[_Batch]:
    """One that is too large is not fetched but for its head."""
    batch: _Batch = []
    held = 0
    for uid in connection.listed(since):
        listed = connection.about(uid)
        content = connection.content(listed, headers_only=_is_too_large(listed))
        if content is None:
            continue
        batch.append((listed, content[:LONGEST_HEAD] if _is_too_large(listed) else content))
        held += len(content)
        if len(batch) >= _AT_ONCE or held > _MB_AT_ONCE * 1_000_000:
            yield batch
            batch, held = [], 0
    yield batch


def _is_too_large(listed: Listed) -> bool:
    return listed.size > LARGEST_MB * 1_000_000


def _unpacked(batch: _Batch, lost: Mapping[str, str], bounds: Bounds) -> Iterator[ReceivedLetter]:
    """The letters of a batch, in their order."""
    hashes = [hashlib.sha256(content).hexdigest() for _listed, content in batch]
    to_open = [content for (_listed, content), sha256 in zip(batch, hashes, strict=True) if sha256 not in lost]
    with closing(engines.map_files(letter_in, to_open, None, bounds)) as answers:
        for (listed, _content), sha256 in zip(batch, hashes, strict=True):
            letter = _refused("", lost[sha256]) if sha256 in lost else next(answers)
            if isinstance(letter, Loss):
                letter = _lost("", sha256, letter)
            if _is_too_large(listed):
                letter = _refused(letter.title, _why_too_large(listed.size))
            yield _placed(letter, listed)


def _placed(letter: ReceivedLetter, listed: Listed) -> ReceivedLetter:
    """The letter with the server's own time, and a name to find it by where it has none itself."""
    when = f", {listed.arrived:%d/%m/%Y %H:%M} UTC" if listed.arrived else ""
    title = letter.title or f"UID {listed.uid}{when}"
    left_out = tuple(replace(each, letter=each.letter or title) for each in letter.left_out)
    return replace(letter, title=title, left_out=left_out, **_time(letter.received, listed.arrived))


def _time(said: dt.datetime | None, arrived: dt.datetime | None) -> dict[str, Any]:
    """When the letter came: the server is the witness, the letter only tells the second as long as both agree."""
    if arrived is None:
        return {"is_proved": False}
    if said is None or abs(said - arrived) <= _AGREEING:
        return {"received": said or arrived, "is_proved": True}
    words = _(_DOUBTFUL).format(said=date(said.date()), arrived=date(arrived.date()))
    return {"received": arrived, "is_proved": True, "doubt": words}


def _lost(title: str, sha256: str, loss: Loss) -> ReceivedLetter:
    return replace(_refused(title, _(_LOSSES[loss])), lost=sha256)


def _refused(title: str, why: str) -> ReceivedLetter:
    """A letter that was not taken, and why."""
    return ReceivedLetter("", None, (), title, (LeftOut(title, "", why),))


def _why_too_large(size: int) -> str:
    return _(_TOO_LARGE).format(found=number(size / 1e6, 1), limit=number(LARGEST_MB))


# --- files ----------------------------------------------------------------------------------------------


def from_saved(place: Path, lost: Mapping[str, str] = NOTHING_LOST) -> Iterator[ReceivedLetter]:
    """The letters of a file, or of all files below a folder, in the order of their names. ``lost``: as
    :func:`from_server` has it. Raises UserFault where there is neither."""
    if not place.exists():
        raise UserFault(
            _("there is no file or folder {folder}").format(folder=place),
            _("Save the letters there (.eml, .msg or .mbox), or name another file or folder."),
        )
    paths = find(place) if place.is_dir() else [place]
    root = place if place.is_dir() else place.parent
    known = {path: sha256 for path in paths if lost and (sha256 := _sha256(path)) in lost}
    to_open = [path for path in paths if path not in known]
    with closing(engines.map_files(partial(_letters_of, root), to_open, None, BOUNDS)) as answers:
        for path in paths:
            letters = [_refused(_shown(root, path), lost[known[path]])] if path in known else next(answers)
            if isinstance(letters, Loss):
                letters = [_lost(_shown(root, path), _sha256(path), letters)]
            yield from letters


def _sha256(path: Path) -> str:
    """Of a file's content, "" where it is not to be read."""
    content = b"" if arrival.not_to_be_opened(path) else arrival.read(path, _LIMITS)[1]
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else ""


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
