"""A damaged ledger, set aside and rebuilt as far as the outbox remembers.

In: the ledger, and the outboxes that it serves. Out: a sound ledger, and sentences that say what happened, what came
back and what did not. The published register (``so-lieu/register.csv``, if it is as its manifest says) knows when each
file of the inbox was first seen, or came by mail; what earlier runs found stands nowhere else.

A kill at any instruction leaves either the damaged ledger in its place, to be mended by the next run, or the new one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.code_lists import Source
from pipeline.errors import EnvironmentFault
from pipeline.i18n import _, number
from pipeline.state import layout, published
from pipeline.state import ledger as book
from pipeline.state.layout import MANIFEST
from pipeline.state.outbox import FORMAT

REGISTER = f"{layout.DATA}/register.csv"


def mend(ledger: Path, outbox: Path, now: dt.datetime) -> list[str]:
    """Replace a damaged ledger; sentences for the officer, none where it is sound. Raises EnvironmentFault.

    An empty one beside outboxes without anything in them is that of a first run that died, and stays.
    """
    found = book.damage(ledger)
    outboxes = _outboxes(ledger, outbox) if found else []
    if not found or (not outboxes and found == _("it is empty")):
        return []
    try:
        aside = _set_aside(ledger, now)
        fresh = ledger.with_name(f"{ledger.stem}.moi{ledger.suffix}")
        seen, unread = _rebuild(fresh, outboxes)
        for end in ("-wal", "-shm", "-journal"):  # of the damaged one: SQLite would play them into the new one
            ledger.with_name(ledger.name + end).unlink(missing_ok=True)
        fresh.replace(ledger)
    except OSError as error:
        raise EnvironmentFault(
            _("the damaged ledger {file} could not be set aside: {detail}").format(file=ledger, detail=error.strerror),
            _("Check that the folder can be written and the disk is not full, then run again."),
        ) from error
    return [
        _("The ledger {file} was damaged ({detail}); it is set aside as {aside}.").format(
            file=ledger, detail=found, aside=aside.name
        ),
        _("Rebuilt from the published registers: when {n} files were first seen.").format(n=number(seen)),
        *(
            _("The register of {folder} is missing or was changed, so nothing was taken from it.").format(folder=each)
            for each in unread
        ),
        _("Not rebuilt: the history of runs, what was mailed, and files in no register, which count as seen now."),
    ]


def _outboxes(ledger: Path, outbox: Path) -> list[Path]:
    """The outboxes with something in them that a ledger serves: one, or all below the folder in which it lies."""
    places = f"*/*/{MANIFEST}" if book.is_shared(ledger, outbox) else MANIFEST
    return sorted(each.parent for each in ledger.parent.glob(places))


def _set_aside(ledger: Path, now: dt.datetime) -> Path:
    """A copy, so that the ledger's place is never empty; with the journal, which may hold what the file has not."""
    stamp, turn = f"{now:%Y%m%d-%H%M%S}", 1
    aside = ledger.with_name(f"{ledger.stem}.hong-{stamp}{ledger.suffix}")
    while aside.exists():
        turn += 1
        aside = ledger.with_name(f"{ledger.stem}.hong-{stamp}-{turn}{ledger.suffix}")
    shutil.copy2(ledger, aside)
    journal = ledger.with_name(f"{ledger.name}-wal")
    if journal.exists():
        shutil.copy2(journal, aside.with_name(f"{aside.name}-wal"))
    return aside


def _rebuild(fresh: Path, outboxes: list[Path]) -> tuple[int, list[Path]]:
    """A new ledger of one file, without a journal: how many files it knows, and outboxes that could not help."""
    for each in fresh.parent.glob(f"{fresh.name}*"):
        each.unlink()
    unread = []
    with book.writing(fresh):
        pass
    for outbox in outboxes:
        try:
            year, round_code, rows = _published(outbox)
            recall(fresh, year, round_code, rows)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # whatever somebody made of the files
            unread.append(outbox)
    with book.reading(fresh) as connection:
        known = connection.execute("SELECT count(*) FROM receipts").fetchone()[0]
    return known, unread


def _published(outbox: Path) -> tuple[int, str, list[dict[str, str]]]:
    """Year, round and rows of a register; a public set of outputs has none of its own to tell.

    Raises one of many errors where it is not as its manifest says.
    """
    manifest = json.loads((outbox / MANIFEST).read_text(encoding="utf-8"))
    if manifest.get("public"):
        return int(manifest["year"]), str(manifest["round"]), []
    content = (outbox / REGISTER).read_bytes()
    if manifest["format"] != FORMAT or manifest["outputs"][REGISTER] != hashlib.sha256(content).hexdigest():
        raise ValueError(outbox)
    return int(manifest["year"]), str(manifest["round"]), published.read_table((outbox / REGISTER).parent, "register")


def recall(ledger: Path, year: int, round_code: str, register: Iterable[Mapping[str, str]]) -> None:
    """Put into a ledger the times that a published register tells: when files were first seen, and came by mail."""
    rows = [row for row in register if row["sha256"] and row["first_seen"]]
    seen = [(row["sha256"], row["file"], _utc(row["first_seen"])) for row in rows]
    mailed = [
        (row["sha256"], row["file"], "", _utc(row["received"])) for row in rows if row["received_from"] == Source.MAIL
    ]
    with book.writing(ledger) as connection:
        for table, places, found in (("receipts", "?, ?, ?", seen), ("mailed", "?, ?, ?, ?", mailed)):
            connection.executemany(
                f"INSERT OR IGNORE INTO {table} VALUES ({year:d}, ?, {places})",  # noqa: S608 — names of our own
                [(round_code, *row) for row in found],
            )


def _utc(iso: str) -> str:
    return book.utc(dt.datetime.fromisoformat(iso))
