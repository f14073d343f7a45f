"""The consolidated workbook ``tong-hop.xlsx``: everything that the units sent, for the council and the level above.

In: an :class:`~pipeline.outcome.Outcome`. Out: a workbook with a cover, the register, who has not sent, one sheet for
each table of the form with the rows of all units, for each bloc a matrix of points
(:mod:`pipeline.outputs.consolidated.matrix`), and all findings.

Promises: every row says from which file and place it comes; text that a unit typed stays text; one row is held in
memory at a time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.code_lists import Decision, Severity, Source, State, Status
from pipeline.forms.declared import RESULTS, TABLES, UNIT, Field, Kind, Table, sheet_title
from pipeline.i18n import _
from pipeline.outcome import Outcome
from pipeline.outputs import changes
from pipeline.outputs.consolidated.cover import write_cover
from pipeline.outputs.consolidated.matrix import BlocPoints, write_matrix
from pipeline.outputs.naming import bloc_names, labels, numbered, unit_names
from pipeline.rules.plan import Plan
from pipeline.sheets.lists import Column, PlainList, numbers, texts, write_list
from pipeline.sheets.styles import Properties, new_workbook, sheet_name, styles
from pipeline.tables import Findings, Register, Roster, Scores, by_bloc


def write(outcome: Outcome, path: Path) -> None:
    """Write the workbook of an outcome to ``path``. Units stand in the plan's order, but in a matrix by rank.

    Raises OSError or XlsxWriter's FileCreateError, and UserFault for a list of more rows than a sheet holds.
    """
    plan = outcome.rules.plan
    title = _("Consolidated results: {round}").format(round=outcome.round.name)
    book = new_workbook(path, Properties(title, plan.issuer, outcome.as_of), streaming=True)
    look = styles(book, plan.decimals)
    taken: set[str] = set()
    written: list[tuple[str, int]] = []  # sheet, rows
    footer = f"{plan.commune} – {outcome.round.name}"

    def add(name: str) -> Any:
        return book.add_worksheet(sheet_name(name, taken))

    def add_list(name: str, plain: PlainList) -> None:
        sheet, subtitle = add(name), plain.subtitle or _("Rows: {count}").format(count=plain.rows)
        write_list(sheet, look, replace(plain, subtitle=subtitle), footer)
        written.append((sheet.name, plain.rows))

    cover = add(_("Cover"))
    for name, plain in _lists_of_entries(outcome):
        add_list(name, plain)
    for bloc_points in _points_by_bloc(outcome):
        sheet = add(bloc_points.bloc.name)
        write_matrix(sheet, look, bloc_points, footer)
        written.append((sheet.name, len(bloc_points.bloc.units)))
    for name, plain in _lists_of_judgement(outcome):
        add_list(name, plain)
    write_cover(cover, look, outcome, written, footer)
    book.close()


def _lists_of_entries(outcome: Outcome) -> Iterator[tuple[str, PlainList]]:
    """What came in: the files, who has not sent, and each table of the form, with the names of their sheets. Each list
    is made when asked for."""
    files = _("Register of all files in the inbox")
    yield _("Register"), PlainList(files, _register(outcome), frozen=2, unprinted=6)
    yield _("Not sent"), PlainList(_("Units of which no form counts yet"), _not_sent(outcome), frozen=3)
    for table in TABLES:
        if table is not UNIT:
            yield (
                sheet_title(table, outcome.round),
                PlainList(_(table.title), _table(outcome, table), frozen=3, unprinted=3),
            )


def _points_by_bloc(outcome: Outcome) -> list[BlocPoints]:
    """In the plan's order; of a round that is not ranked none."""
    frames = (outcome.standings, outcome.scores, outcome.groups)
    standings, scores, groups = (by_bloc(frame, outcome.rules) for frame in frames)
    blocs = outcome.rules.blocs if outcome.round.kind.ranked else ()
    return [BlocPoints(bloc, standings[bloc.code], scores[bloc.code], groups[bloc.code]) for bloc in blocs]


def _lists_of_judgement(outcome: Outcome) -> Iterator[tuple[str, PlainList]]:
    """What was made of it: the changes by people, where there are any, and the findings."""
    if len(outcome.changes):
        yield _(changes.SHEET), changes.plain_list(outcome)
    yield _("Findings"), PlainList(_("All findings"), _findings(outcome), frozen=3, unprinted=1)


def _register(outcome: Outcome) -> list[Column]:
    frame, plan = outcome.register, outcome.rules.plan
    return [
        numbered(frame),
        Column(_("File"), texts(frame[Register.file]), width=34),
        Column(_("Unit"), unit_names(outcome, frame), width=20),
        Column(_("Emulation bloc"), bloc_names(outcome, frame), width=20),
        Column(_("Status"), labels(frame[Register.status], Status), width=20),
        Column(_("Reason"), texts(frame[Register.reason]), width=44),
        Column(_("Received"), moments(frame[Register.received], plan), "moment", 17),
        Column(_("Received according to"), labels(frame[Register.received_from], Source), width=16),
        Column(_("Days late"), numbers(frame[Register.days_late]), "integer", 8),
        Column(_("Errors"), numbers(frame[Register.errors]), "integer", 8),
        Column(_("Warnings"), numbers(frame[Register.warnings]), "integer", 9),
        Column(_("May replace"), labels(frame[Register.decision], Decision), width=9),
        Column(_("First seen"), moments(frame[Register.first_seen], plan), "moment", 17),
        Column(_("Round"), texts(frame[Register.round]), width=11),
        Column(_("Form version"), texts(frame[Register.form_version]), "centered", 10),
        Column(_("Size (bytes)"), numbers(frame[Register.size]), "integer", 11),
        Column("SHA-256", texts(frame[Register.sha256]), "text", 62),
    ]


def _not_sent(outcome: Outcome) -> list[Column]:
    frame = outcome.roster[outcome.roster[Roster.state] != State.SENT]
    return [
        numbered(frame),
        Column(_("Emulation bloc"), texts(frame[Roster.bloc_name]), width=30),
        Column(_("Unit"), texts(frame[Roster.unit_name]), width=36),
        Column(_("Status"), labels(frame[Roster.state], State), width=20),
        Column(_("File returned for correction"), texts(frame[Roster.returned_file]), width=40),
    ]


def _findings(outcome: Outcome) -> list[Column]:
    frame = outcome.findings
    return [
        numbered(frame),
        Column(_("Severity"), labels(frame[Findings.severity], Severity), "centered", 11),
        Column(_("Unit"), unit_names(outcome, frame), width=22),
        Column(_("File"), texts(frame[Findings.file]), width=28),
        Column(_("Sheet"), texts(frame[Findings.sheet]), width=16),
        Column(_("Cell"), texts(frame[Findings.cell]), "centered", 8),
        Column(_("Criterion"), texts(frame[Findings.criterion]), "centered", 9),
        Column(_("Entered"), texts(frame[Findings.entered]), width=24),
        Column(_("What is wrong, and what to do"), texts(frame[Findings.message]), width=64),
        Column(_("Code of the finding"), texts(frame[Findings.code]), width=20),
    ]


_LOOK = {Kind.NUMBER: "number", Kind.WHOLE: "integer", Kind.RESULT: "number"}


def _table(outcome: Outcome, table: Table) -> list[Column]:
    """A table of the form, as it is declared; before it who sent it, behind it where it stood."""
    frame: pd.DataFrame = getattr(outcome, table.code)
    of_results = _columns_of_results(outcome) if table is RESULTS else {}
    declared = [field for field in table.asked_in(outcome.round) if field.code != "number"]
    return [
        numbered(frame),
        Column(_("Emulation bloc"), bloc_names(outcome, frame), width=16),
        Column(_("Unit"), unit_names(outcome, frame), width=16),
        *(
            Column(
                _(field.title),
                of_results[field.code] if field.code in of_results else _entered(frame, field),
                _look(field),
                field.width,
            )
            for field in declared
        ),
        *(_judged(outcome) if table is RESULTS and len(outcome.judgements) else ()),
        Column(_("File"), texts(frame["file"]), width=20),
        Column(_("Sheet"), texts(frame["sheet"]), width=24),
        Column(_("Row"), numbers(frame["row"]), "integer", 6),
    ]


def _judged(outcome: Outcome) -> list[Column]:
    """What people made of the points of each result."""
    keys = [Scores.unit, Scores.criterion]
    scored = outcome.results[keys].merge(outcome.scores[[*keys, Scores.appraised, Scores.decided]], how="left", on=keys)
    titles = {Scores.appraised: _("Appraised points"), Scores.decided: _("Decided points")}
    return [Column(title, numbers(scored[step]), "points", 10) for step, title in titles.items()]


def _look(field: Field) -> str:
    return "points" if field.code in ("max_points", "computed", "claimed") else _LOOK.get(field.kind, "wrapped")


def _entered(frame: pd.DataFrame, field: Field) -> list[Any]:
    return numbers(frame[field.code]) if field.kind in _LOOK else texts(frame[field.code])


def _columns_of_results(outcome: Outcome) -> dict[str, list[Any]]:
    """Field -> a value for each row of the results: what the rubric says and scoring computed, and the level chosen in
    the place of a number."""
    frame = outcome.results
    criteria = {
        (bloc.code, code): (
            (f"– {input_.name}", input_.unit, None)
            if input_
            else (criterion.name, criterion.unit, float(criterion.points))
        )
        for bloc in outcome.rules.blocs
        for code, (_group, criterion, input_) in bloc.rubric.rows.items()
    }
    rows = [criteria[key] for key in zip(frame["bloc"], frame["criterion"], strict=True)]
    keys = [Scores.unit, Scores.criterion]
    scored = frame[keys].merge(outcome.scores[[*keys, Scores.computed]], how="left", on=keys)
    entered = zip(texts(frame["choice"]), numbers(frame["actual"]), strict=True)
    return {
        "content": [name for name, _measure, _points in rows],
        "measure": [measure for _name, measure, _points in rows],
        "max_points": [points for _name, _measure, points in rows],
        "actual": [choice or actual for choice, actual in entered],
        "computed": numbers(scored[Scores.computed]),
    }


def moments(column: pd.Series, plan: Plan) -> list[float | None]:
    """ISO times as a workbook counts them: days since 30/12/1899, in the commune's time; None for blank."""
    return [_serial(text, plan) if text else None for text in texts(column)]


def _serial(text: str, plan: Plan) -> float:
    local = dt.datetime.fromisoformat(text).astimezone(plan.zone).replace(tzinfo=None)
    return (local - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
