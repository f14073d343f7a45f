"""Forms that come by mail: attachments of letters, put into the inbox.

In: letters (:mod:`pipeline.mail.mailboxes`), an inbox. Out: a file in the inbox for each attachment that is not there
yet, named by the time received and the sender; and in the ledger, when each content was received, which becomes the
submission's time.

Promises: nothing in the inbox is changed or replaced; no part of a letter decides where a file is written; every letter
and every part of it is accounted for: taken, or not and why, on the screen and in the ledger. The time is the one that
the receiving server stamped on the letter (its topmost ``Received`` line), never the ``Date`` that the sender's machine
put there; where the server itself does not confirm it, for the letter came as a file, it is unproved, and said to be.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.i18n import N_, _, number
from pipeline.intake import arrival
from pipeline.intake.take import find
from pipeline.mail.received import LeftOut, ReceivedLetter
from pipeline.new_files import take_name, write_new
from pipeline.rules.round_context import RoundContext
from pipeline.state import ledger
from pipeline.state.ledger import MailedFile

LONGEST_NAME = 80
"""Characters of an attachment's own name that are kept; time and sender stand before them."""

MOST_FILES = 5_000
"""So many files are put into the inbox at once; a round has a few hundred forms."""
MOST_OF_A_SENDER = 500
"""Of them from one address; an office that passes on what it gets sends one for each unit."""
MOST_BYTES = 2_000_000_000
MOST_REMEMBERED = 5_000
"""So many parts that were not taken are noted in the ledger at once."""

_BEFORE = N_("the letter came before the round's opening day")
_TOO_MANY = N_("{n} files were put into the inbox already; run the command again for the others")
_TOO_MANY_OF_ONE = N_("{n} files of this sender were put into the inbox already; look at them, then run again")
_TOO_MUCH = N_("{n} MB were put into the inbox already; run the command again for the others")


@dataclass(frozen=True)
class StoredFile:
    """A file that was put into the inbox. ``stamped``: whether its time is not just that of the fetching;
    ``is_proved``: whether our own server says so; ``doubt``: in words, where server and letter do not agree."""

    file: str
    sender: str
    received: dt.datetime
    stamped: bool
    is_proved: bool
    doubt: str


@dataclass
class Fetched:
    """What became of the letters: the files that are new in the inbox; what was not taken; how many letters there were,
    and of how many attachments the content had come before."""

    stored: list[StoredFile] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    letters: int = 0
    known: int = 0
    bytes: int = 0
    by_sender: Counter[str] = field(default_factory=Counter)

    def full(self, sender: str) -> str:
        """In words, why no further file is put into the inbox; "" as long as one is."""
        if len(self.stored) >= MOST_FILES:
            return _(_TOO_MANY).format(n=number(MOST_FILES))
        if self.by_sender[sender] >= MOST_OF_A_SENDER:
            return _(_TOO_MANY_OF_ONE).format(n=number(MOST_OF_A_SENDER))
        return _(_TOO_MUCH).format(n=number(MOST_BYTES / 1e6, 0)) if self.bytes >= MOST_BYTES else ""


@dataclass
class _Round:
    """Where the files of a round go, and what is known of them."""

    inbox: Path
    ledger_file: Path
    key: ledger.RoundKey
    now: dt.datetime
    opening: dt.datetime
    handled: set[str]
    in_inbox: dict[str, str]


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
    to = _Round(inbox, ledger_file, key, now, opening, handled, _contents(inbox, context))
    fetched, left = Fetched(), list[ledger.NotTaken]()
    try:
        for letter in letters:
            before = len(fetched.left_out)
            _store_letter(letter, to, fetched)
            told = [each for each in fetched.left_out[before:] if not each.is_text]
            left += [ledger.NotTaken(each.letter, each.part, each.why, letter.lost) for each in told]
    finally:  # also where the server fails midway, or the next time would lose as much time on the same letters
        ledger.remember_not_taken(ledger_file, key, left[:MOST_REMEMBERED], now)
    return fetched


def _store_letter(letter: ReceivedLetter, to: _Round, fetched: Fetched) -> None:
    fetched.letters += 1
    fetched.left_out += letter.left_out
    received = letter.received or to.now
    if received < to.opening:
        fetched.left_out += [LeftOut(letter.title, name, _(_BEFORE)) for name, _content in letter.attachments]
        return
    for name, content in letter.attachments:
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 in to.handled:
            fetched.known += 1
        elif full := fetched.full(letter.sender):
            fetched.left_out.append(LeftOut(letter.title, name, full))
        else:
            to.handled.add(sha256)
            _store_file(letter, name, content, sha256, to, fetched)


def _store_file(letter: ReceivedLetter, name: str, content: bytes, sha256: str, to: _Round, fetched: Fetched) -> None:
    """Put it into the inbox unless it lies there, and its time into the ledger."""
    received = letter.received or to.now
    is_new = sha256 not in to.in_inbox
    prefix = f"{received.astimezone(to.now.tzinfo):%Y%m%d-%H%M%S}_{safe(letter.sender)}"
    file = _write(to.inbox, prefix, safe(name), content) if is_new else to.in_inbox[sha256]
    is_proved = letter.is_proved or letter.received is None  # what counts as received now needs no witness
    mailed = MailedFile(sha256, file, letter.sender, received, is_proved)
    ledger.remember_mailed(to.ledger_file, to.key, mailed)
    if is_new:
        stamped = letter.received is not None
        fetched.stored.append(StoredFile(file, letter.sender, received, stamped, is_proved, letter.doubt))
        fetched.by_sender[letter.sender] += 1
        fetched.bytes += len(content)
    else:
        fetched.known += 1


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
    part, number = write_new(inbox, ".", ".part", content), 1
    while True:
        target = inbox / f"{prefix}_{stem}{'' if number == 1 else f'_{number}'}{ending}"
        if take_name(part, target):
            return target.name
        number += 1


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
