"""What each run found, kept in the ledger so far as it differs from the run before.

In: the outcome that was just published. Out: a run with the files and the results that are new or changed, or nothing
where all is as it was (same in, same out). And back again: the runs of a round, for :mod:`pipeline.screens.history`.

A run is noted after its outbox has taken the place of the old one: the ledger tells of nothing that was not
published. If the run dies in between, the next one finds the difference and notes it.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pipeline
from pipeline.errors import EnvironmentFault
from pipeline.i18n import _
from pipeline.outcome import Outcome
from pipeline.state import ledger as book
from pipeline.state import manifest

GONE = "gone"


@dataclass(frozen=True)
class File:
    """A file of the inbox; ``status`` as in the register, or :data:`GONE`."""

    file: str
    sha256: str
    unit: str
    status: str
    received: str


@dataclass(frozen=True)
class Result:
    """Where a unit stood. ``points`` and ``judged`` are JSON, as the ledger keeps them."""

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
    points: str = "{}"
    judged: str = "{}"


@dataclass(frozen=True)
class Run:
    """A run that found something new: what changed in it, by file and by unit."""

    number: int
    at: dt.datetime
    version: str
    count: int
    rules: Mapping[str, str]
    files: dict[str, File] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)


def note(ledger: Path, outcome: Outcome, now: dt.datetime) -> None:
    """Add the run of this outcome, if it found anything new. Raises EnvironmentFault."""
    year, code = outcome.rules.plan.year, outcome.round.code
    rules = json.dumps(manifest.rule_files(outcome.rules), sort_keys=True)
    try:
        with book.writing(ledger) as connection:
            files = _new(_files(outcome), _latest(connection, File, "files", "file", year, code), _no_file)
            results = _new(_results(outcome), _latest(connection, Result, "results", "unit", year, code), _no_result)
            last = connection.execute(
                "SELECT version, rules FROM runs WHERE year = ? AND round = ? ORDER BY run DESC LIMIT 1", (year, code)
            ).fetchone()
            if not files and not results and last == (pipeline.__version__, rules):
                return
            made = connection.execute(
                "INSERT INTO runs (year, round, at, version, files, rules) VALUES (?, ?, ?, ?, ?, ?)",
                (year, code, book.utc(now), pipeline.__version__, len(outcome.register), rules),
            ).lastrowid
            _add(connection, "files", made, files)
            _add(connection, "results", made, results)
    except EnvironmentFault as fault:
        raise EnvironmentFault(
            _("the outbox is new and whole, but its ledger is not: {message}").format(message=fault.message),
            fault.remedy,
        ) from fault


def runs(ledger: Path, year: int, round_code: str) -> list[Run]:
    """The runs of a round, oldest first. Empty where there is no ledger, or one from before runs were noted."""
    query = "SELECT run, at, version, files, rules FROM runs WHERE year = ? AND round = ? ORDER BY run"
    with book.reading(ledger) as connection:
        if book.version(connection) < 2:  # the version that brought these tables
            return []
        found = {
            number: Run(number, dt.datetime.fromisoformat(at), version, count, json.loads(rules))
            for number, at, version, count, rules in connection.execute(query, (year, round_code))
        }
        for number, file in _rows(connection, File, "files", year, round_code):
            found[number].files[file.file] = file
        for number, result in _rows(connection, Result, "results", year, round_code):
            found[number].results[result.unit] = result
    return list(found.values())


_Row = TypeVar("_Row", File, Result)


def _rows(
    connection: sqlite3.Connection, kind: type[_Row], table: str, year: int, round_code: str
) -> list[tuple[int, _Row]]:
    """(run, row) of every run of the round, oldest first."""
    columns = ", ".join(kind.__dataclass_fields__)
    query = (
        f"SELECT run, {columns} FROM {table} "  # noqa: S608 — names of our own declarations
        "WHERE run IN (SELECT run FROM runs WHERE year = ? AND round = ?) ORDER BY run, rowid"
    )
    return [(run, kind(*values)) for run, *values in connection.execute(query, (year, round_code))]


def _latest(
    connection: sqlite3.Connection, kind: type[_Row], table: str, key: str, year: int, round_code: str
) -> dict[str, _Row]:
    """How things stood after the last run: key -> the newest row."""
    return {getattr(row, key): row for _run, row in _rows(connection, kind, table, year, round_code)}


def _new(now: dict[str, _Row], before: dict[str, _Row], absent: Callable[[_Row], _Row]) -> list[_Row]:
    """What is new or different; of what was there and is not any more, its absence."""
    there = {key: absent(row) for key, row in before.items()} | now
    return [row for key, row in there.items() if row != before.get(key, absent(row))]


def _no_file(row: File) -> File:
    return File(row.file, "", "", GONE, "")


def _no_result(row: Result) -> Result:
    return Result(row.unit, row.bloc)


def _add(connection: sqlite3.Connection, table: str, run: int | None, rows: Sequence[File | Result]) -> None:
    if rows:
        columns = ", ".join(rows[0].__dataclass_fields__)
        places = ", ".join("?" for _column in rows[0].__dataclass_fields__)
        connection.executemany(
            f"INSERT INTO {table} (run, {columns}) VALUES (?, {places})",  # noqa: S608 — our own declarations
            [(run, *astuple(each)) for each in rows],
        )


# --- what there is to note ----------------------------------------------------------------------------


def _files(outcome: Outcome) -> dict[str, File]:
    register = outcome.register
    columns = (register[name].tolist() for name in ("file", "sha256", "unit", "status", "received"))
    return {row[0]: File(*row) for row in zip(*columns, strict=True)}


def _results(outcome: Outcome) -> dict[str, Result]:
    """Every unit of which a form counts: that form, the points, and what people judged."""
    register, rules, of = outcome.register, outcome.rules, outcome.round
    hashes = dict(zip(register["file"], register["sha256"], strict=True))
    fingerprints = {bloc.code: rules.fingerprint(bloc, of) for bloc in rules.blocs}
    standings = {at["unit"]: at for at in outcome.standings.to_dict("records")}
    points, judged = _by_unit(outcome)
    rows: list[Any] = list(outcome.roster.itertuples())
    return {
        at.unit: Result(
            at.unit,
            at.bloc,
            at.file,
            hashes.get(at.file, ""),
            at.received,
            fingerprints[at.bloc],
            **_standing(standings.get(at.unit)),
            points=json.dumps(points.get(at.unit, {})),
            judged=json.dumps(judged.get(at.unit, {})),
        )
        for at in rows
        if at.file
    }


def _standing(at: Mapping[Any, Any] | None) -> dict[str, Any]:
    if at is None:
        return {}
    total, rank = float(at["total"]), at["rank"]
    is_ranked = rank == rank and rank is not None
    return {
        "total": None if total != total else total,
        "rank": int(rank) if is_ranked else None,
        "classification": at["classification"] if is_ranked else "",  # else it would be ours, and of one language
        "exclusion": at["exclusion"],
    }


def _by_unit(outcome: Outcome) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, list[Any]]]]:
    """Unit -> criterion -> the points that count; unit -> criterion -> the last judgement of them."""
    points: dict[str, dict[str, float]] = {}
    scores, judgements = outcome.scores, outcome.judgements
    for unit, criterion, value in zip(scores["unit"], scores["criterion"], scores["points"].tolist(), strict=True):
        points.setdefault(unit, {})[criterion] = value
    judged: dict[str, dict[str, list[Any]]] = {}
    rows: list[Any] = list(judgements.itertuples())
    for at in rows:
        judged.setdefault(at.unit, {})[at.criterion] = [at.kind, float(at.after), at.file]
    return points, judged
