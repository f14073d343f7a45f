"""What only time can tell, kept between runs: when a content was first seen, what each run found. SQLite, append-only.

Everything else in the outbox follows from the inbox and the rules. A kill at any instruction leaves the ledger with
all of a transaction or nothing of it. A ledger of an older version is brought up to date when it is next written; one
that is damaged is told here and mended by :mod:`pipeline.state.ledger_repair`.

It is written ahead (WAL), in SQLite's exclusive locking mode. That way WAL needs no memory shared between processes,
which no network drive can give, and a ledger on the office's shared folder is as safe as one on the own disk; readers
and writers take turns of some milliseconds.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import EnvironmentFault
from pipeline.i18n import N_, _
from pipeline.rules.round_context import RoundContext
from pipeline.state import permissions
from pipeline.state.layout import LEDGER

WAIT = 30.0
"""Seconds that a transaction waits for that of another process."""

VERSIONS: tuple[dict[str, str], ...] = (
    # 1: when a content was first seen; ledgers from before versions have it already
    {
        "receipts": """
            year INTEGER NOT NULL, round TEXT NOT NULL, sha256 TEXT NOT NULL,
            file TEXT NOT NULL,        -- the path below the inbox under which it was first seen
            first_seen TEXT NOT NULL,  -- ISO, UTC
            PRIMARY KEY (year, round, sha256)"""
    },
    # 2: what runs found, so far as it differed from the run before (pipeline/state/run_history.py)
    {
        "runs": """
            run INTEGER PRIMARY KEY, year INTEGER NOT NULL, round TEXT NOT NULL,
            at TEXT NOT NULL,       -- ISO, UTC
            version TEXT NOT NULL,  -- of the program
            files INTEGER NOT NULL, -- in the inbox
            rules TEXT NOT NULL     -- JSON: rule file -> SHA-256""",
        "files": """
            run INTEGER NOT NULL REFERENCES runs, file TEXT NOT NULL, sha256 TEXT NOT NULL, unit TEXT NOT NULL,
            status TEXT NOT NULL,   -- as in the register; "gone" where the file no longer lies in the inbox
            received TEXT NOT NULL, -- ISO
            PRIMARY KEY (run, file)""",
        "results": """
            run INTEGER NOT NULL REFERENCES runs, unit TEXT NOT NULL, bloc TEXT NOT NULL,
            file TEXT NOT NULL, sha256 TEXT NOT NULL, received TEXT NOT NULL, -- of the form that counts, or ""
            rules TEXT NOT NULL,    -- fingerprint of the bloc's rules
            total REAL, rank INTEGER, classification TEXT NOT NULL, exclusion TEXT NOT NULL,
            points TEXT NOT NULL,   -- JSON: criterion -> points that count
            judged TEXT NOT NULL,   -- JSON: criterion -> [appraised | decided, points, file]
            PRIMARY KEY (run, unit)""",
    },
    # 3: what came by mail, and when
    {
        "mailed": """
            year INTEGER NOT NULL, round TEXT NOT NULL, sha256 TEXT NOT NULL,
            file TEXT NOT NULL,      -- the path below the inbox where it was put, or found
            sender TEXT NOT NULL, received TEXT NOT NULL, -- ISO, UTC: the receiving server's time
            PRIMARY KEY (year, round, sha256)""",
    },
    # 4: what went out by mail (pipeline/mail/sending.py)
    {
        "messages": """
            number INTEGER PRIMARY KEY,
            key TEXT NOT NULL,        -- what tells this letter from every other
            message_id TEXT NOT NULL, at TEXT NOT NULL, -- ISO, UTC
            kind TEXT NOT NULL, recipient TEXT NOT NULL, address TEXT NOT NULL,
            status TEXT NOT NULL,     -- claimed (about to be sent) | sent | refused
            detail TEXT NOT NULL      -- what the server said where it refused""",
    },
    # 5: what came by mail and was not taken; whose time only the letter itself tells (pipeline/mail/fetching.py)
    {
        "not_taken": """
            year INTEGER NOT NULL, round TEXT NOT NULL,
            letter TEXT NOT NULL, part TEXT NOT NULL, why TEXT NOT NULL,
            sha256 TEXT NOT NULL,    -- of a letter that brought down whatever opened it, else ""
            at TEXT NOT NULL,        -- ISO, UTC
            PRIMARY KEY (year, round, letter, part, why, sha256)""",
        "unproved": """
            year INTEGER NOT NULL, round TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (year, round, sha256)""",
    },
)
"""The tables that each version adds, with their columns. A new table is a new version: one more entry here."""


class RoundKey(NamedTuple):
    """Which round of which year: by this the ledger keeps everything apart."""

    year: int
    round: str


def round_key(context: RoundContext) -> RoundKey:
    """The round of that context."""
    return RoundKey(context.plan.year, context.round.code)


class MailedFile(NamedTuple):
    """Content that came by mail: under which path below the inbox it lies, from whom, and when.

    ``is_proved``: whether our own server says when, not the letter alone.
    """

    sha256: str
    file: str
    sender: str
    received: dt.datetime
    is_proved: bool = True


def path_for(outbox: Path, key: RoundKey) -> Path:
    """Where the ledger of an outbox lies: in ``outbox/`` above ``outbox/<year>/<round>``, else in the outbox itself."""
    spelled = _spelled(outbox)
    return (spelled.parents[1] if spelled.parts[-2:] == (str(key.year), key.round) else spelled) / LEDGER


def is_shared(ledger_file: Path, outbox: Path) -> bool:
    """Whether the ledger lies above the outboxes of all rounds, not in an outbox of its own."""
    return list(_spelled(outbox).parents)[1:2] == [_spelled(ledger_file).parent]


def _spelled(path: Path) -> Path:
    """The same path however it is spelled; a link in it stays what it is, for it is the officer's name of the place."""
    return Path(os.path.abspath(path))  # noqa: PTH100  (Path.absolute keeps "..", and resolve follows links)


def first_seen(ledger_file: Path, key: RoundKey) -> dict[str, dt.datetime]:
    """SHA-256 -> when a run first saw that content. Empty where there is no ledger yet; changes nothing."""
    query = "SELECT sha256, first_seen FROM receipts WHERE year = ? AND round = ?"
    with reading(ledger_file) as connection:
        rows = connection.execute(query, key).fetchall() if version(connection) else []
    return {sha256: dt.datetime.fromisoformat(when) for sha256, when in rows}


def newest_time(ledger_file: Path) -> dt.datetime | None:
    """The newest time that the clock has shown to a run, in any round; None where there is no ledger yet."""
    with reading(ledger_file) as connection:
        known = version(connection)
        queries = ["SELECT max(first_seen) FROM receipts", "SELECT max(at) FROM runs"][:known]
        times = [connection.execute(query).fetchone()[0] for query in queries]
    return max((dt.datetime.fromisoformat(each) for each in times if each), default=None)


def remember(ledger_file: Path, key: RoundKey, seen: Iterable[tuple[str, str, dt.datetime]]) -> None:
    """Add what is seen for the first time: ``seen`` holds (SHA-256, file, when). Raises EnvironmentFault."""
    rows = [(*key, sha256, file, utc(when)) for sha256, file, when in seen]
    with writing(ledger_file) as connection:
        connection.executemany("INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?)", rows)


def mailed(ledger_file: Path, key: RoundKey) -> dict[str, dt.datetime]:
    """SHA-256 -> when that content came by mail, as the receiving server stamped it."""
    query = "SELECT sha256, received FROM mailed WHERE year = ? AND round = ?"
    with reading(ledger_file) as connection:
        rows = connection.execute(query, key).fetchall() if version(connection) >= 3 else []
    return {sha256: dt.datetime.fromisoformat(when) for sha256, when in rows}


def senders(ledger_file: Path, key: RoundKey) -> dict[str, str]:
    """SHA-256 -> the address from which that content came by mail."""
    query = "SELECT sha256, sender FROM mailed WHERE year = ? AND round = ?"
    with reading(ledger_file) as connection:
        return dict(connection.execute(query, key).fetchall() if version(connection) >= 3 else [])


def unproved(ledger_file: Path, key: RoundKey) -> frozenset[str]:
    """The SHA-256 of content whose time of receipt only the letter itself tells."""
    query = "SELECT sha256 FROM unproved WHERE year = ? AND round = ?"
    with reading(ledger_file) as connection:
        rows = connection.execute(query, key).fetchall() if version(connection) >= 5 else []
    return frozenset(sha256 for (sha256,) in rows)


def remember_mailed(ledger_file: Path, key: RoundKey, mailed_file: MailedFile) -> None:
    """Add what came by mail, once. Raises EnvironmentFault."""
    sha256, file, sender, received, is_proved = mailed_file
    with writing(ledger_file) as connection:
        row = (*key, sha256, file, sender, utc(received))
        connection.execute("INSERT OR IGNORE INTO mailed VALUES (?, ?, ?, ?, ?, ?)", row)
        if not is_proved:
            connection.execute("INSERT OR IGNORE INTO unproved VALUES (?, ?, ?)", (*key, sha256))


class NotTaken(NamedTuple):
    """What came by mail and was not taken: of which letter which part, and why, in words. ``sha256``: of a letter that
    brought down whatever opened it, else ""."""

    letter: str
    part: str
    why: str
    sha256: str


def lost_letters(ledger_file: Path, key: RoundKey) -> dict[str, str]:
    """SHA-256 -> in words why, of letters on which a worker was lost."""
    query = "SELECT sha256, why FROM not_taken WHERE year = ? AND round = ? AND sha256 <> ''"
    with reading(ledger_file) as connection:
        return dict(connection.execute(query, key).fetchall() if version(connection) >= 5 else [])


def remember_not_taken(ledger_file: Path, key: RoundKey, left: Iterable[NotTaken], now: dt.datetime) -> None:
    """Add what was not taken, once. Raises EnvironmentFault."""
    rows = [(*key, *each, utc(now)) for each in left]
    if rows:
        with writing(ledger_file) as connection:
            connection.executemany("INSERT OR IGNORE INTO not_taken VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def utc(moment: dt.datetime) -> str:
    """A time as the ledger keeps it."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def version(connection: sqlite3.Connection) -> int:
    """How many of :data:`VERSIONS` the ledger has; 0 where it has no tables at all."""
    stated = int(connection.execute("PRAGMA user_version").fetchone()[0])
    has_receipts = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'receipts'").fetchone()
    return max(stated, 1) if has_receipts else 0


@contextmanager
def reading(ledger_file: Path) -> Iterator[sqlite3.Connection]:
    """The ledger to read from; an empty one where there is none. Raises EnvironmentFault."""
    with _system_refusals_in_words(ledger_file), closing(_for_reading(ledger_file)) as connection:
        yield connection


@contextmanager
def writing(ledger_file: Path) -> Iterator[sqlite3.Connection]:
    """The ledger at our version, made where there is none: one transaction, kept as a whole or not at all.

    Raises EnvironmentFault.
    """
    with _system_refusals_in_words(ledger_file):
        ledger_file.parent.mkdir(parents=True, exist_ok=True)
        permissions.take_from_others(ledger_file)  # SQLite gives its journal the same mode
        with closing(sqlite3.connect(ledger_file, timeout=WAIT, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            _bring_up_to_date(connection, ledger_file)
            yield connection
            connection.execute("COMMIT")  # closing what is not committed takes it back


_HEAD = b"SQLite format 3\0"


def damage(ledger_file: Path) -> str:
    """What is wrong with the file itself, or "". Raises EnvironmentFault where that cannot be told."""
    if not ledger_file.exists():
        return ""
    with _system_refusals_in_words(ledger_file):
        with ledger_file.open("rb") as file:
            head = file.read(len(_HEAD))
        if head != _HEAD:  # SQLite would throw away the journal of such a file, and with it what could be saved
            return _("it is no ledger") if head else _("it is empty")
        try:
            with closing(_for_reading(ledger_file)) as connection:
                if connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
                    return "" if version(connection) else _("it is empty")
        except sqlite3.Error as error:
            if not _is_damage(error):
                raise
    return _("its content is damaged")


def _is_damage(error: Exception) -> bool:
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _code(error: Exception) -> int:
    """SQLite's primary code of what went wrong; 0 where it is none of its own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _for_reading(ledger_file: Path) -> sqlite3.Connection:
    """A connection that changes no row. It may write the file, for what a killed run left half done is to be undone."""
    if not ledger_file.exists():
        return sqlite3.connect(":memory:")
    where = ledger_file.absolute().as_uri()
    if not _writable(ledger_file):
        return sqlite3.connect(f"{where}?mode=ro&immutable=1", uri=True)
    connection = sqlite3.connect(f"{where}?mode=rw", uri=True, timeout=WAIT)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _writable(ledger_file: Path) -> bool:
    """Whether there may be a journal: SQLite needs the folder for it, also to read a ledger that is written ahead."""
    return os.access(ledger_file, os.W_OK) and os.access(ledger_file.parent, os.W_OK)


def _bring_up_to_date(connection: sqlite3.Connection, ledger_file: Path) -> None:
    present = version(connection)
    if present > len(VERSIONS):
        raise EnvironmentFault(
            _("the ledger {file} was written by a newer version of this program").format(file=ledger_file),
            _("Use the newer version, or name another folder with --outbox."),
        )
    for tables in VERSIONS[present:]:
        for name, columns in tables.items():
            connection.execute(f"CREATE TABLE {name} ({columns}\n)")
            for word, change in (("stay", "UPDATE"), ("remain", "DELETE")):
                connection.execute(
                    f"CREATE TRIGGER {name}_{word} BEFORE {change} ON {name} "
                    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
                )
    if present < len(VERSIONS):
        connection.execute(f"PRAGMA user_version = {len(VERSIONS)}")


@contextmanager
def _system_refusals_in_words(ledger_file: Path) -> Iterator[None]:
    """Turn what SQLite or the system raises into EnvironmentFault, in words."""
    try:
        if ledger_file.is_fifo() or ledger_file.is_socket() or ledger_file.is_char_device():  # it could make us wait
            raise sqlite3.NotSupportedError(_(_REFUSALS[sqlite3.SQLITE_NOTADB]))
        yield
    except (sqlite3.Error, OSError) as error:
        if _is_damage(error):
            remedy = _("The next “thidua run” sets a damaged ledger aside and rebuilds it from the outbox.")
        else:
            remedy = _("Check that the folder can be written and the disk is not full, then run again.")
        code = sqlite3.SQLITE_READONLY if ledger_file.exists() and not _writable(ledger_file) else _code(error)
        detail = _(_REFUSALS[code]) if code in _REFUSALS else error
        raise EnvironmentFault(
            _("the ledger {file} cannot be used: {detail}").format(file=ledger_file, detail=detail),
            remedy,
        ) from error


_REFUSALS = {
    sqlite3.SQLITE_FULL: N_("the disk is full"),
    sqlite3.SQLITE_BUSY: N_("another program is using it"),
    sqlite3.SQLITE_READONLY: N_("it cannot be written"),
    sqlite3.SQLITE_CANTOPEN: N_("it cannot be opened"),
    sqlite3.SQLITE_NOTADB: N_("it is no ledger"),
    sqlite3.SQLITE_CORRUPT: N_("its content is damaged"),
}
