"""Forms that come by mail: attachments of letters, put into the inbox.

In: letters (:mod:`pipeline.mail.mailboxes`), an inbox. Out: a file in the inbox for each attachment that is not there
yet, named by the time received and the sender; and in the ledger, when each content was received, which becomes the
submission's time.

Promises: nothing in the inbox is changed or replaced; no part of a letter decides where a file is written; every letter
and every part of it is accounted for: taken, or not and why. The time is the one that the receiving server stamped on
the letter (its topmost ``Received`` line), never the ``Date`` that the sender's machine put there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.i18n import N_, _
from pipeline.intake import arrival
from pipeline.intake.take import find
from pipeline.mail.received import LeftOut, ReceivedLetter
from pipeline.rules.round_context import RoundContext
from pipeline.state import ledger
from pipeline.state.ledger import MailedFile

LONGEST_NAME = 80
"""Characters of an attachment's own name that are kept; time and sender stand before them."""

MOST_FILES = 5_000
"""So many files are put into the inbox at once; a round has a few hundred forms."""

_BEFORE = N_("the letter came before the round's opening day")
_TOO_MANY = N_("{n} files were put into the inbox already; run the command again for the others")


@dataclass(frozen=True)
class StoredFile:
    """A file that was put into the inbox. ``stamped``: whether its time is the server's."""

    file: str
    sender: str
    received: dt.datetime
    stamped: bool


@dataclass
class Fetched:
    """What became of the letters: the files that are new in the inbox; what was not taken; how many letters there were,
    and of how many attachments the content had come before."""

    stored: list[StoredFile] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    letters: int = 0
    known: int = 0


def store(
    letters: Iterable[ReceivedLetter], inbox: Path, ledger_file: Path, context: RoundContext, now: dt.datetime
) -> Fetched:
    """Put every attachment into the inbox that was never put there, of letters since the round's opening day.

    One that the officer has saved there by hand gets its time alone. A letter without a server's stamp counts as
    received ``now``. Raises EnvironmentFault.
    """
    key = ledger.round_key(context)
    opening = dt.datetime.combine(context.round.opens, dt.time(), context.plan.zone)
    handled = set(ledger.mailed(ledger_file, key))
    in_inbox = _contents(inbox, context)
    fetched = Fetched()
    for letter in letters:
        fetched.letters += 1
        fetched.left_out += letter.left_out
        received = letter.received or now
        if received < opening:
            fetched.left_out += [LeftOut(letter.title, name, _(_BEFORE)) for name, _content in letter.attachments]
            continue
        prefix = f"{received.astimezone(now.tzinfo):%Y%m%d-%H%M%S}_{safe(letter.sender)}"
        for name, content in letter.attachments:
            sha256 = hashlib.sha256(content).hexdigest()
            if sha256 in handled:
                fetched.known += 1
                continue
            if len(fetched.stored) >= MOST_FILES:
                fetched.left_out.append(LeftOut(letter.title, name, _(_TOO_MANY).format(n=MOST_FILES)))
                continue
            handled.add(sha256)
            is_new = sha256 not in in_inbox
            file = _write(inbox, prefix, safe(name), content) if is_new else in_inbox[sha256]
            ledger.remember_mailed(ledger_file, key, MailedFile(sha256, file, letter.sender, received))
            if is_new:
                fetched.stored.append(StoredFile(file, letter.sender, received, letter.received is not None))
            else:
                fetched.known += 1
    return fetched


def _contents(inbox: Path, context: RoundContext) -> dict[str, str]:
    """SHA-256 of each file of the inbox -> its path below it; what a run would not read is not read here either."""
    found = {}
    for path in find(inbox):
        if arrival.not_to_be_opened(path) is None:
            _size, content = arrival.read(path, context.plan.limits)
            if isinstance(content, bytes):
                found[hashlib.sha256(content).hexdigest()] = path.relative_to(inbox).as_posix()
    return found


def _write(inbox: Path, prefix: str, name: str, content: bytes) -> str:
    """Write a new file whole or not at all, under a name that nothing has yet; returns that name."""
    inbox.mkdir(parents=True, exist_ok=True)
    stem, dot, suffix = name.rpartition(".")
    stem, ending = (stem, dot + suffix) if dot else (name, "")
    number, made = tempfile.mkstemp(".part", ".", inbox)  # a name that nobody can have laid a link under
    part = Path(made)
    with os.fdopen(number, "wb") as file:
        file.write(content)
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
_MOST_OF_A_NAME = 1_000
"""Characters that are looked at: sorting a million accents would take hours."""


def safe(name: str) -> str:
    """Foreign text as part of a file name: ASCII letters, digits, ``.-_``, no path, not hidden, not too long."""
    last = re.split(r"[/\\]", name[-_MOST_OF_A_NAME:])[-1]
    decomposed = unicodedata.normalize("NFD", last.translate(_ASCII))
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", decomposed.encode("ascii", "ignore").decode()).strip("-.")
    stem, dot, suffix = plain.rpartition(".")
    if dot and len(suffix) <= 5:
        return f"{stem[: LONGEST_NAME - len(suffix) - 1].rstrip('-.') or 'tep'}.{suffix}"
    return plain[:LONGEST_NAME].rstrip("-.") or "tep"
