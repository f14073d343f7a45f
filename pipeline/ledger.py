"""What only time can tell, kept between runs: when the content of a file was first seen. SQLite, append-only.

Everything else in the outbox follows from the inbox and the rules.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from pipeline.errors import EnvironmentFault
from pipeline.i18n import _

NAME = "so-cai.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS receipts (
    year INTEGER NOT NULL, round TEXT NOT NULL, sha256 TEXT NOT NULL,
    file TEXT NOT NULL,        -- the path below the inbox under which it was first seen
    first_seen TEXT NOT NULL,  -- ISO, UTC
    PRIMARY KEY (year, round, sha256)
);
CREATE TRIGGER IF NOT EXISTS receipts_stay BEFORE UPDATE ON receipts
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS receipts_remain BEFORE DELETE ON receipts
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""


def place(outbox: Path, year: int, round_code: str) -> Path:
    """Where the ledger of an outbox lies: in ``outbox/`` above ``outbox/<year>/<round>``, else in the outbox itself."""
    if outbox.absolute().parts[-2:] == (str(year), round_code):
        return outbox.absolute().parents[1] / NAME
    return outbox / NAME


def first_seen(ledger: Path, year: int, round_code: str) -> dict[str, dt.datetime]:
    """SHA-256 -> when a run first saw that content. Empty where there is no ledger yet; writes nothing."""
    if not ledger.exists():
        return {}
    query = "SELECT sha256, first_seen FROM receipts WHERE year = ? AND round = ?"
    try:
        with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(query, (year, round_code)).fetchall()
    except sqlite3.Error as error:
        raise _unusable(ledger, error) from error
    return {sha256: dt.datetime.fromisoformat(when) for sha256, when in rows}


def remember(ledger: Path, year: int, round_code: str, seen: Iterable[tuple[str, str]], now: dt.datetime) -> None:
    """Add what is seen for the first time: ``seen`` holds (SHA-256, file). Raises EnvironmentFault."""
    when = now.astimezone(dt.UTC).isoformat(timespec="seconds")
    rows = [(year, round_code, sha256, file, when) for sha256, file in seen]
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(ledger, timeout=30)) as connection, connection:
            connection.executescript(_SCHEMA)
            connection.executemany("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?)", rows)
    except (sqlite3.Error, OSError) as error:
        raise _unusable(ledger, error) from error


def _unusable(ledger: Path, error: Exception) -> EnvironmentFault:
    return EnvironmentFault(
        _("the ledger {file} cannot be used: {detail}").format(file=ledger, detail=error),
        _("Check that the folder can be written and the disk is not full; a damaged ledger may be set aside."),
    )
