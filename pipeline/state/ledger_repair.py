"""A damaged ledger, set aside and rebuilt as far as the published outboxes allow.

In: the ledger, and the outboxes that it serves. Out: a sound ledger, and sentences that say what happened, what came
back and what did not. The published register (``so-lieu/register.csv``, if it is as its manifest says) has when each
file of the inbox was first seen, or came by mail; what earlier runs found stands nowhere else.

A kill at any instruction leaves either the damaged ledger in its place, for the next run to repair, or the new one.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.code_lists import Source
from pipeline.errors import EnvironmentFault
from pipeline.i18n import _, number
from pipeline.state import ledger, permissions
from pipeline.state.layout import MANIFEST
from pipeline.state.ledger import RoundKey
from pipeline.state.published import read_register


def repair(ledger_file: Path, outbox: Path, now: dt.datetime) -> list[str]:
    """Replace a damaged ledger; sentences for the officer, none where it is sound. Raises EnvironmentFault.

    An empty one beside outboxes without anything in them is that of a first run that died, and stays.
    """
    damage = ledger.damage(ledger_file)
    outboxes = _outboxes(ledger_file, outbox) if damage else []
    if not damage or (not outboxes and damage == _("it is empty")):
        return []
    try:
        aside = _set_aside(ledger_file, now)
        fresh = ledger_file.with_name(f"{ledger_file.stem}.moi{ledger_file.suffix}")
        restored, unread = _rebuild(fresh, outboxes)
        for end in ("-wal", "-shm", "-journal"):  # of the damaged one: SQLite would play them into the new one
            ledger_file.with_name(ledger_file.name + end).unlink(missing_ok=True)
        fresh.replace(ledger_file)
    except OSError as error:
        raise EnvironmentFault(
            _("the damaged ledger {file} could not be set aside: {detail}").format(
                file=ledger_file, detail=error.strerror
            ),
            _("Check that the folder can be written and the disk is not full, then run again."),
        ) from error
    return [
        _("The ledger {file} was damaged ({detail}); it is set aside as {aside}.").format(
            file=ledger_file, detail=damage, aside=aside.name
        ),
        _("Rebuilt from the published registers: when {n} files were first seen.").format(n=number(restored)),
        *(
            _("The register of {folder} is missing or was changed, so nothing was taken from it.").format(folder=folder)
            for folder in unread
        ),
        _("Not rebuilt: the history of runs, what was mailed, and files in no register, which count as seen now."),
    ]


def _outboxes(ledger_file: Path, outbox: Path) -> list[Path]:
    """The outboxes with something in them that a ledger serves: one, or all below the folder in which it lies."""
    pattern = f"*/*/{MANIFEST}" if ledger.is_shared(ledger_file, outbox) else MANIFEST
    return sorted(manifest.parent for manifest in ledger_file.parent.glob(pattern))


def _set_aside(ledger_file: Path, now: dt.datetime) -> Path:
    """A copy, so that the ledger's place is never empty; with the journal, which may hold what the file has not."""
    stamp, attempt = f"{now:%Y%m%d-%H%M%S}", 1
    aside = ledger_file.with_name(f"{ledger_file.stem}.hong-{stamp}{ledger_file.suffix}")
    while aside.exists():
        attempt += 1
        aside = ledger_file.with_name(f"{ledger_file.stem}.hong-{stamp}-{attempt}{ledger_file.suffix}")
    permissions.take_from_others(aside)
    shutil.copyfile(ledger_file, aside)
    journal = ledger_file.with_name(f"{ledger_file.name}-wal")
    if journal.exists():
        aside_journal = aside.with_name(f"{aside.name}-wal")
        permissions.take_from_others(aside_journal)
        shutil.copyfile(journal, aside_journal)
    return aside


def _rebuild(fresh: Path, outboxes: list[Path]) -> tuple[int, list[Path]]:
    """Write a new ledger of one file, without a journal.

    Returns how many files it has times of, and the outboxes that could not be read.
    """
    for leftover in fresh.parent.glob(f"{fresh.name}*"):
        leftover.unlink()
    unread = []
    with ledger.writing(fresh):
        pass
    for outbox in outboxes:
        try:
            restore_times(fresh, *read_register(outbox))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # whatever somebody made of the files
            unread.append(outbox)
    with ledger.reading(fresh) as connection:
        restored = connection.execute("SELECT count(*) FROM receipts").fetchone()[0]
    return restored, unread


def restore_times(
    ledger_file: Path, key: RoundKey, register: Iterable[Mapping[str, str]], senders: Mapping[str, str] | None = None
) -> None:
    """Put into a ledger the times that a published register has: when files were first seen, and came by mail.

    ``register``: its rows as texts (:func:`pipeline.state.published.read_table`); ``senders``: file -> who
    mailed it, where that is known. Raises EnvironmentFault.
    """
    senders = senders or {}
    rows = [row for row in register if row["sha256"] and row["first_seen"]]
    seen = [(*key, row["sha256"], row["file"], _utc(row["first_seen"])) for row in rows]
    mailed = [
        (*key, row["sha256"], row["file"], senders.get(row["file"], ""), _utc(row["received"]))
        for row in rows
        if row["received_from"] in (Source.MAIL, Source.SAVED_LETTER) or row["file"] in senders
    ]
    unproved = [(*key, row["sha256"]) for row in rows if row["received_from"] == Source.SAVED_LETTER]
    with ledger.writing(ledger_file) as connection:
        connection.executemany("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?)", seen)
        connection.executemany("INSERT OR IGNORE INTO mailed VALUES (?, ?, ?, ?, ?, ?)", mailed)
        connection.executemany("INSERT OR IGNORE INTO unproved VALUES (?, ?, ?)", unproved)


def _utc(iso: str) -> str:
    return ledger.utc(dt.datetime.fromisoformat(iso))
