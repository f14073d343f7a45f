"""What each run found, kept in the ledger so far as it differs from the run before.

In: the outcome that was just published. Out: a run with the files and the results that are new or changed, or nothing
where all is as it was (same in, same out). And back again: the runs of a round (:func:`runs`), with parsed values.

A run is noted after its outbox has taken the place of the old one: the ledger holds nothing that was not published.
If the run dies in between, the next one finds the difference and notes it.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pipeline
from pipeline.errors import EnvironmentFault
from pipeline.i18n import _
from pipeline.outcome import Outcome
from pipeline.state import ledger, manifest
from pipeline.state.ledger import RoundKey
from pipeline.tables import Register, Scores, Standings, plain_rows

GONE = "gone"


@dataclass(frozen=True)
class InboxFile:
    """A file of the inbox; ``status`` as in the register, or :data:`GONE`; ``received``: ISO, or ""."""

    file: str
    sha256: str
    unit: str
    status: str
    received: str


class Judged(NamedTuple):
    """The last judgement of a criterion; ``kind``: ``appraised`` or ``decided``; ``file``: the paper it stands in."""

    kind: str
    points: float
    file: str


@dataclass(frozen=True)
class Result:
    """Where a unit stood.

    ``file``, ``sha256`` and ``received`` are those of the form that counts, "" where none does; ``rules`` is the
    fingerprint of its bloc's rules; ``points`` and ``judged`` go by the code of the criterion.
    """

    unit: str
    bloc: str
    file: str = ""
    sha256: str = ""
    received: str = ""
    rules: str = ""
    total: float | None = None
    rank: int | None = None
    classification: str = ""
    exclusion: str = ""
    points: Mapping[str, float] = field(default_factory=dict)
    judged: Mapping[str, Judged] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A run that found something new: what changed in it, by file and by unit.

    ``count``: files in the inbox; ``rules``: rule file -> SHA-256.
    """

    number: int
    at: dt.datetime
    version: str
    count: int
    rules: Mapping[str, str]
    files: dict[str, InboxFile] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)


def note(ledger_file: Path, outcome: Outcome, now: dt.datetime) -> None:
    """Add the run of this outcome, if it found anything new. Raises EnvironmentFault."""
    key = ledger.round_key(outcome.context)
    rules = json.dumps(manifest.rule_files(outcome.rules), sort_keys=True)
    try:
        with ledger.writing(ledger_file) as connection:
            files = _new_rows(_file_rows(outcome), _latest(connection, _FILES, key), _FILES)
            results = _new_rows(_result_rows(outcome), _latest(connection, _RESULTS, key), _RESULTS)
            last = connection.execute(
                "SELECT version, rules FROM runs WHERE year = ? AND round = ? ORDER BY run DESC LIMIT 1", key
            ).fetchone()
            if not files and not results and last == (pipeline.__version__, rules):
                return
            run = connection.execute(
                "INSERT INTO runs (year, round, at, version, files, rules) VALUES (?, ?, ?, ?, ?, ?)",
                (*key, ledger.utc(now), pipeline.__version__, len(outcome.register), rules),
            ).lastrowid
            _add(connection, _FILES, run, files)
            _add(connection, _RESULTS, run, results)
    except EnvironmentFault as fault:
        raise EnvironmentFault(
            _("the outbox is new and whole, but its ledger is not: {message}").format(message=fault.message),
            fault.remedy,
        ) from fault


def runs(ledger_file: Path, key: RoundKey) -> list[Run]:
    """The runs of a round, oldest first. Empty where there is no ledger, or one from before runs were noted."""
    query = "SELECT run, at, version, files, rules FROM runs WHERE year = ? AND round = ? ORDER BY run"
    with ledger.reading(ledger_file) as connection:
        if ledger.version(connection) < 2:  # the version that brought these tables
            return []
        by_number = {
            number: Run(number, dt.datetime.fromisoformat(at), version, count, json.loads(rules))
            for number, at, version, count, rules in connection.execute(query, key)
        }
        for number, row in _rows(connection, _FILES, key):
            file = InboxFile(*row)
            by_number[number].files[file.file] = file
        for number, row in _rows(connection, _RESULTS, key):
            result = _parsed(row)
            by_number[number].results[result.unit] = result
    return list(by_number.values())


# --- rows of the ledger -------------------------------------------------------------------------------

_Row = tuple[Any, ...]
"""A row as the ledger keeps it; its first value is the key: a file's name, a unit's code."""


@dataclass(frozen=True)
class _Table:
    """A table of the ledger. ``absent``: the row that stands for one whose file or form is not there any more."""

    name: str
    columns: tuple[str, ...]
    absent: Callable[[_Row], _Row]


_FILES = _Table("files", tuple(InboxFile.__dataclass_fields__), lambda row: (row[0], "", "", GONE, ""))
_RESULTS = _Table("results", tuple(Result.__dataclass_fields__), lambda row: _stored(Result(row[0], row[1])))


def _stored(result: Result) -> _Row:
    """A result as a row: ``points`` and ``judged`` are JSON there."""
    *texts, points, judged = (getattr(result, column) for column in _RESULTS.columns)
    return (*texts, json.dumps(points), json.dumps(judged))


def _parsed(row: _Row) -> Result:
    values = dict(zip(_RESULTS.columns, row, strict=True))
    judged = {criterion: Judged(*judgement) for criterion, judgement in json.loads(values["judged"]).items()}
    return Result(**values | {"points": json.loads(values["points"]), "judged": judged})


def _rows(connection: sqlite3.Connection, table: _Table, key: RoundKey) -> Iterator[tuple[int, _Row]]:
    """(run, row) of every run of the round, oldest first."""
    query = (
        f"SELECT run, {', '.join(table.columns)} FROM {table.name} "  # noqa: S608 — names of our own declarations
        "WHERE run IN (SELECT run FROM runs WHERE year = ? AND round = ?) ORDER BY run, rowid"
    )
    return ((run, tuple(row)) for run, *row in connection.execute(query, key))


def _latest(connection: sqlite3.Connection, table: _Table, key: RoundKey) -> dict[str, _Row]:
    """How things stood after the last run: key -> the newest row."""
    return {row[0]: row for _run, row in _rows(connection, table, key)}


def _new_rows(now: dict[str, _Row], before: dict[str, _Row], table: _Table) -> list[_Row]:
    """What is new or different; for what was there and is not any more, the row of its absence."""
    rows = {key: table.absent(row) for key, row in before.items()} | now
    return [row for key, row in rows.items() if row != before.get(key, table.absent(row))]


def _add(connection: sqlite3.Connection, table: _Table, run: int | None, rows: Sequence[_Row]) -> None:
    places = ", ".join("?" for _column in table.columns)
    connection.executemany(
        f"INSERT INTO {table.name} (run, {', '.join(table.columns)}) "  # noqa: S608 — names of our own declarations
        f"VALUES (?, {places})",
        [(run, *row) for row in rows],
    )


# --- what there is to note ----------------------------------------------------------------------------


def _file_rows(outcome: Outcome) -> dict[str, _Row]:
    columns = (outcome.register[name].tolist() for name in _FILES.columns)
    return {row[0]: row for row in zip(*columns, strict=True)}


def _result_rows(outcome: Outcome) -> dict[str, _Row]:
    """Every unit of which a form counts: that form, the points, and what people judged."""
    hashes = dict(plain_rows(outcome.register, Register.file, Register.sha256))
    fingerprints = {bloc.code: outcome.context.fingerprint(bloc) for bloc in outcome.rules.blocs}
    standings = {row[Standings.unit]: row for row in outcome.standings.to_dict("records")}
    points, judged = _points(outcome), _judged(outcome)
    rows: list[Any] = list(outcome.roster.itertuples())
    results = (
        Result(
            row.unit,
            row.bloc,
            row.file,
            hashes.get(row.file, ""),
            row.received,
            fingerprints[row.bloc],
            **_standing(standings.get(row.unit)),
            points=points.get(row.unit, {}),
            judged=judged.get(row.unit, {}),
        )
        for row in rows
        if row.file
    )
    return {result.unit: _stored(result) for result in results}


def _standing(row: Mapping[Any, Any] | None) -> dict[str, Any]:
    """Total, rank, class and exclusion of a unit's row of the standings."""
    if row is None:
        return {}
    total, rank = float(row[Standings.total]), row[Standings.rank]
    is_ranked = rank == rank and rank is not None
    return {
        "total": None if total != total else total,
        "rank": int(rank) if is_ranked else None,
        # The class of a unit without a rank would be ours, and of one language.
        "classification": row[Standings.classification] if is_ranked else "",
        "exclusion": row[Standings.exclusion],
    }


def _points(outcome: Outcome) -> dict[str, dict[str, float]]:
    """Unit -> criterion -> the points that count."""
    points: dict[str, dict[str, float]] = {}
    scores = outcome.scores
    for unit, criterion, value in plain_rows(scores, Scores.unit, Scores.criterion, Scores.points):
        points.setdefault(unit, {})[criterion] = value
    return points


def _judged(outcome: Outcome) -> dict[str, dict[str, Judged]]:
    """Unit -> criterion -> the last judgement of it."""
    judged: dict[str, dict[str, Judged]] = {}
    rows: list[Any] = list(outcome.judgements.itertuples())
    for row in rows:
        judged.setdefault(row.unit, {})[row.criterion] = Judged(row.kind, float(row.after), row.file)
    return judged
