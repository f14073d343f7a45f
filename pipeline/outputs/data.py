"""The tables for other programs: ``so-lieu/*.csv``.

In: an :class:`~pipeline.tables.Outcome`. Out: one CSV file for each table, also for one without rows.

UTF-8 with a byte order mark, commas, ``"`` around what needs it, lines ended by CR LF (RFC 4180; Excel opens it as
it is). Column names, statuses, codes and severities are stable English words. Numbers are plain decimals with a
point and at most 15 significant digits, which is what a spreadsheet keeps: 0.3, never 0.30000000000000004. Blank is
nothing at all.

Foreign text stays text: one that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end, which a spreadsheet
would take for a formula, has an apostrophe set before it. Numbers are not texts: -5 stays -5.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import tables
from pipeline.tables import Outcome

_TABLES = {
    "register": tables.Register,
    "roster": tables.Roster,
    "findings": tables.Findings,
    "results": tables.Results,
    "models": tables.Models,
    "movements": tables.Movements,
    "collective_awards": tables.CollectiveAwards,
    "individual_awards": tables.IndividualAwards,
    "scores": tables.Scores,
    "changes": tables.Judgements,
    "groups": tables.GroupPoints,
    "standings": tables.Standings,
}

_FIRST = {
    "register": ("file", "sha256", "unit", "bloc", "status", "reason"),
    "findings": ("file", "unit", "sheet", "cell", "criterion", "code", "severity", "message"),
    "scores": (
        *("bloc", "unit", "criterion", "target", "actual", "claimed", "computed", "appraised", "decided", "points"),
        *("reason", "explanation"),
    ),
    "standings": ("bloc", "unit", "rank", "total", "bonus", "penalty", "classification", "note"),
}
"""What the columns of a file begin with; the table's other columns follow in its own order."""


def write(outcome: Outcome, folder: Path) -> None:
    """Write every table of the outcome into ``folder``, which is made, as ``<table>.csv``.

    Columns are those of :mod:`pipeline.tables`, in the order of ``_FIRST``; but ``scores.csv`` shows the level
    chosen under ``actual``, the cell that it was read from under ``cell``, and the reason of whoever judged last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in _TABLES.items():
        columns = _columns(getattr(outcome, name), model)
        if name == "scores":
            columns = _scores(columns) | {"reason": _texts(outcome.reasons())}
        first = _FIRST.get(name, ())
        order = [*first, *(each for each in columns if each not in first)]
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(order)
            writer.writerows(zip(*(columns[each] for each in order), strict=True))


def _columns(frame: pd.DataFrame, model: type[tables._Table]) -> dict[str, list[str]]:
    """Every column of the table as text. What is declared ``Any`` is text, all else a number."""
    declared = model.to_schema().columns
    return {
        name: _texts(frame[name]) if column.dtype is None else _numbers(frame[name])
        for name, column in declared.items()
    }


def _scores(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    chosen = [choice or actual for choice, actual in zip(columns["choice"], columns["actual"], strict=True)]
    others = {name: column for name, column in columns.items() if name not in ("choice", "actual_cell")}
    return others | {"actual": chosen, "cell": columns["actual_cell"]}


_RISKY = frozenset("=+-@\t\r\n")


def _texts(column: pd.Series) -> list[str]:
    return ["'" + text if text[:1] in _RISKY else text for text in column.tolist()]


def _numbers(column: pd.Series) -> list[str]:
    """Each different value is put into words once: points and targets repeat a thousandfold."""
    values, places = np.unique(column.to_numpy(float, na_value=np.nan), return_inverse=True)
    words = np.array([_plain(value) for value in values.tolist()], dtype=object)
    return words[places].tolist() if len(words) else []


def _plain(value: float) -> str:
    if value != value:  # NaN: blank
        return ""
    text = f"{value + 0.0:.15g}"  # + 0.0: no -0
    return format(Decimal(text), "f") if "e" in text else text
