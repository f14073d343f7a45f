"""The contents of the pages, in their order and wording; the templates only lay them out.

In: an outcome. Out: a :class:`Whole` for the office and the council, a :class:`Public` for everybody. What the public
must not see (findings, persons, files, reasons for an exclusion) is not left out by a template: ``Public`` has no
place for it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from pipeline.code_lists import Severity, State, Status
from pipeline.i18n import _, number
from pipeline.outcome import Outcome
from pipeline.outputs.page import charts
from pipeline.outputs.page.accounts import Account, accounts
from pipeline.outputs.page.ranking import Ranking, rankings
from pipeline.register.register import strays
from pipeline.register.roster import turnout
from pipeline.rules.rubric import Bloc
from pipeline.state import published_digest
from pipeline.tables import Findings, Register, Roster, by_bloc, plain_rows

WRITTEN_OUT = 5_000
"""Up to so many points (units × criteria), each stands with its criterion's name, target and result."""


@dataclass(frozen=True)
class Count:
    """How many units of a bloc, or of all, have sent, must correct, or have not sent."""

    name: str
    units: int
    sent: int
    late: int
    to_correct: int
    not_sent: int
    bar: Markup


@dataclass(frozen=True)
class Paper:
    """The head of either page. The template puts ``due`` and ``as_of`` into words."""

    commune: str
    issuer: str
    council: str
    plan: str
    year: int
    round: str
    scored: bool
    due: dt.datetime
    as_of: dt.datetime | None
    counts: list[Count]


@dataclass(frozen=True)
class Fault:
    """One finding; its message begins with its place."""

    severity: str
    label: str
    message: str


@dataclass(frozen=True)
class Faults:
    """The errors and warnings of one file. ``unit``: "" for a paper of the council."""

    unit: str
    file: str
    errors: int
    warnings: int
    rows: list[Fault]


@dataclass(frozen=True)
class Whole:
    """The page for the office and the council."""

    paper: Paper
    office: str
    rankings: list[Ranking]
    accounts: Callable[[str], list[Account]]
    rubrics: dict[str, Bloc]
    written_out: bool
    roster: list[tuple[str, list[dict[Any, Any]]]]
    faults: list[Faults]
    strays: list[tuple[str, str]]


@dataclass(frozen=True)
class Public:
    """The page for everybody. It has no place for findings, persons, files and reasons."""

    paper: Paper
    rankings: list[Ranking]
    code: str


def pages(outcome: Outcome, code: str = "") -> tuple[Whole, Public]:
    """The contents of the two pages of an outcome; ``code`` is that of the result."""
    blocs, written_out = outcome.rules.blocs, len(outcome.scores) <= WRITTEN_OUT
    paper, ranked = _paper(outcome), rankings(outcome, with_spans=written_out) if outcome.round.kind.ranked else []
    rows = by_bloc(outcome.roster, outcome.rules)
    whole = Whole(
        paper,
        outcome.rules.plan.contact.office,
        ranked,
        accounts(outcome, ranked, written_out=written_out) if ranked else lambda _code: [],
        {bloc.code: bloc for bloc in blocs},
        written_out,
        [(bloc.name, [_roster_line(row) for row in rows[bloc.code].to_dict("records")]) for bloc in blocs],
        _faults(outcome),
        _strays(outcome),
    )
    return whole, Public(paper, ranked, published_digest.shown(code))


def _paper(outcome: Outcome) -> Paper:
    plan, round_ = outcome.rules.plan, outcome.round
    as_of = outcome.as_of.astimezone(plan.zone) if outcome.as_of else None
    return Paper(
        plan.commune,
        plan.issuer,
        plan.council.name,
        plan.title,
        plan.year,
        round_.name,
        round_.kind.ranked,
        plan.due_moment(round_),
        as_of,
        _counts(outcome),
    )


# --- who has sent -------------------------------------------------------------------------------------


def _counts(outcome: Outcome) -> list[Count]:
    """Of each bloc, then of all."""
    parts = by_bloc(outcome.roster, outcome.rules)
    blocs = [_count(bloc.name, parts[bloc.code]) for bloc in outcome.rules.blocs]
    return [*blocs, _count(_("Total"), outcome.roster)]


def _count(name: str, part: pd.DataFrame) -> Count:
    counts = turnout(part)
    lengths = (("sent", counts.sent), ("to_correct", counts.to_correct), ("not_sent", counts.not_sent))
    words = _("{sent} of {units} have sent").format(sent=number(counts.sent), units=number(counts.units))
    return Count(name, *counts, charts.bar(lengths, max(counts.units, 1), 0, words))


def _roster_line(row: dict[Any, Any]) -> dict[Any, Any]:
    """A row of :class:`~pipeline.tables.Roster` with the ``label`` of its state, and ``received`` as a time or None."""
    received = dt.datetime.fromisoformat(row[Roster.received]) if row[Roster.received] else None
    return row | {"label": State.shown(row[Roster.state]), "received": received}


# --- what is to be corrected --------------------------------------------------------------------------


def _faults(outcome: Outcome) -> list[Faults]:
    """Errors and warnings, file by file: of the files that count or went back, then of the council's papers."""
    roster, register = outcome.roster, outcome.register
    names = {}
    for name, *files in plain_rows(roster, Roster.unit_name, Roster.returned_file, Roster.file):
        names.update({file: name for file in files if file})
    papers = register.loc[register[Register.status] == Status.COUNCIL_PAPER, Register.file].tolist()
    findings = outcome.findings[outcome.findings[Findings.severity] != Severity.NOTE]
    rows: dict[str, list[Fault]] = defaultdict(list)
    for file, severity, words in plain_rows(findings, Findings.file, Findings.severity, Findings.message):
        rows[file].append(Fault(severity, Severity.shown(severity), words))
    return [_faults_of(names.get(file, ""), file, rows[file]) for file in [*names, *papers] if file in rows]


def _faults_of(unit: str, file: str, rows: list[Fault]) -> Faults:
    errors = sum(row.severity == Severity.ERROR for row in rows)
    return Faults(unit, file, errors, len(rows) - errors, rows)


def _strays(outcome: Outcome) -> list[tuple[str, str]]:
    """Files that do not count, and why."""
    return list(plain_rows(strays(outcome.register, outcome.roster), Register.file, Register.reason))
