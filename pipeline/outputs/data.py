"""The tables for other programs: ``so-lieu/*.csv``.

In: an :class:`~pipeline.outcome.Outcome`. Out: one CSV file for each table, also for one without rows.

UTF-8 with a byte order mark, commas, ``"`` around what needs it, lines ended by CR LF (RFC 4180; Excel opens it as
it is). Column names, statuses, codes and severities are stable English words. Numbers are plain decimals with a
point and at most 15 significant digits, which is what a spreadsheet keeps: 0.3, never 0.30000000000000004. Blank is
nothing at all.

Foreign text stays text: where one begins with ``=``, ``+``, ``-``, ``@`` (or one of these in full width), a tab or a
line end, which a spreadsheet would take for a formula, an apostrophe is set before it. So it is behind a ``;``, a tab
or a line end within a text, for a spreadsheet set to one of these begins a cell there. Where the sign has apostrophes
before it already there is one more, so that :mod:`pipeline.state.published` reads what was there. Numbers are not
texts: -5 stays -5.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import tables
from pipeline.forms import frames
from pipeline.methods.inputs import Given
from pipeline.outcome import Outcome
from pipeline.tables import Findings, Register, Scores, Standings
from pipeline.text import guarded

_TABLES = {
    "register": tables.Register,
    "roster": tables.Roster,
    "findings": tables.Findings,
    "results": frames.Results,
    "models": frames.Models,
    "movements": frames.Movements,
    "collective_awards": frames.CollectiveAwards,
    "individual_awards": frames.IndividualAwards,
    "scores": tables.Scores,
    "changes": tables.Judgements,
    "groups": tables.GroupPoints,
    "standings": tables.Standings,
    "side_by_side": tables.SideBySide,
    "firmness": tables.Firmness,
    "ranks_without": tables.RankWithout,
}

_FIRST = {
    "register": (Register.file, Register.sha256, Register.unit, Register.bloc, Register.status, Register.reason),
    "findings": (
        *(Findings.file, Findings.unit, Findings.sheet, Findings.cell, Findings.criterion),
        *(Findings.code, Findings.severity, Findings.message),
    ),
    "scores": (
        *(Scores.bloc, Scores.unit, Scores.criterion, Scores.target, Scores.actual),
        *(Scores.claimed, Scores.computed, Scores.appraised, Scores.decided, Scores.points),
        *("reason", Scores.explanation),
    ),
    "standings": (
        *(Standings.bloc, Standings.unit, Standings.rank, Standings.total, Standings.bonus, Standings.penalty),
        *(Standings.classification, Standings.note),
    ),
}
"""What the columns of a file begin with; the table's other columns follow in its own order."""


def write(outcome: Outcome, folder: Path, only: Collection[str] = ()) -> None:
    """Write every table of the outcome, or ``only`` these, into ``folder``, which is made, as ``<table>.csv``.

    Columns are those of :mod:`pipeline.tables`, in the order of ``_FIRST``; but ``scores.csv`` shows the level
    chosen under ``actual``, the cell that it was read from under ``cell``, and the reason of whoever judged last.
    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in only or _TABLES:
        order, columns = _table(outcome, name)
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(order)
            writer.writerows(zip(*(columns[column] for column in order), strict=True))


def rows(outcome: Outcome, name: str) -> Iterator[Mapping[str, str]]:
    """The rows of that table as they stand in its file, by column."""
    order, columns = _table(outcome, name)
    for row in zip(*(columns[column] for column in order), strict=True):
        yield dict(zip(order, row, strict=True))


def _table(outcome: Outcome, name: str) -> tuple[list[str], dict[str, list[str]]]:
    """The names of a table's columns in their order, and the columns as texts."""
    frame = getattr(outcome, name)
    if name == "scores":
        frame = frame.assign(inputs=_inputs(frame[Scores.inputs]))
    columns = _columns(frame, _TABLES[name])
    if name == "scores":
        columns = _scores(columns) | {"reason": _texts(outcome.reasons())}
    first = _FIRST.get(name, ())
    return [*first, *(column for column in columns if column not in first)], columns


def _columns(frame: pd.DataFrame, model: type[tables.FrameModel]) -> dict[str, list[str]]:
    """Name of each column of the table -> its values as text."""
    texts = model.texts()
    return {name: _texts(frame[name]) if name in texts else _numbers(frame[name]) for name in model.to_schema().columns}


def _scores(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    chosen = [choice or actual for choice, actual in zip(columns[Scores.choice], columns[Scores.actual], strict=True)]
    others = {name: column for name, column in columns.items() if name not in (Scores.choice, Scores.actual_cell)}
    return others | {Scores.actual: chosen, "cell": columns[Scores.actual_cell]}


def _inputs(column: pd.Series) -> pd.Series:
    """Of each row what was entered for the inputs, and where: ``SL=12 (F9); CO=Có (F10)``, numbers as elsewhere."""
    return pd.Series(["; ".join(map(_input, inputs)) for inputs in column], column.index, dtype=object)


def _input(given: Given) -> str:
    value = given.value if isinstance(given.value, str) else _plain(given.value)
    return f"{given.code}={value}" + (f" ({given.cell})" if given.cell else "")


def _texts(column: pd.Series) -> list[str]:
    return [guarded(text) for text in column.tolist()]


def _numbers(column: pd.Series) -> list[str]:
    """Each different value is formatted once, for points and targets repeat many times."""
    values, places = np.unique(column.to_numpy(float, na_value=np.nan), return_inverse=True)
    words = np.array([_plain(value) for value in values.tolist()], dtype=object)
    return words[places].tolist() if len(words) else []


def _plain(value: float) -> str:
    if value != value:  # NaN: blank
        return ""
    text = f"{value + 0.0:.15g}"  # + 0.0: no -0
    return format(Decimal(text), "f") if "e" in text else text
