"""The sheet ``Đối chiếu điểm`` of ``xep-hang.xlsx``: each unit's total and rank by each of the scores.

In: the outcome of a scored round. Out: a table of all units, bloc after bloc, best first: what they claimed, what was
computed, what was appraised, what counts after the council; and how far people moved each.

Promise: the numbers are those of :mod:`pipeline.ranking.side_by_side`, as issued. They do not follow changes of the
workbook, and the sheet says so.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from pipeline.i18n import N_, _, number
from pipeline.outcome import Outcome
from pipeline.outputs import changes
from pipeline.outputs.naming import bloc_names, unit_names
from pipeline.sheets.grid import Column, Grid, Value, write_grid
from pipeline.sheets.styles import Styles, across, national_heading, page_setup
from pipeline.tables import Judgements, SideBySide, plain_rows

TITLE = N_("Scores side by side")
"""What the sheet is called, to be translated."""

_TOP, _DEPTH = 6, 2
_STEPS = (
    (SideBySide.claimed_total, SideBySide.claimed_rank, N_("Self-claimed")),
    (SideBySide.computed_total, SideBySide.computed_rank, N_("Computed by the rubric")),
    (SideBySide.appraised_total, SideBySide.appraised_rank, N_("After the appraisal")),
    (SideBySide.total, SideBySide.rank, N_("What counts, after the council")),
)


def write_side_by_side(sheet: Any, look: Styles, outcome: Outcome) -> None:
    """Write the sheet of a scored round into an empty sheet."""
    plan, table = outcome.rules.plan, _grid(sheet.name, outcome)
    last = table.visible() - 1
    write_grid(sheet, look, table, charted=False)
    _shade(sheet, look, table)
    national_heading(sheet, look, plan.issuer, plan.council.name, table.halves())
    across(sheet, 3, (0, last), _("SELF-CLAIMED, COMPUTED, APPRAISED AND DECIDED POINTS SIDE BY SIDE"), look.title)
    _write_wrapped(sheet, 4, last, f"{outcome.round.name} – {plan.title}", look.subtitle)
    across(sheet, 5, (0, last), _changes_words(outcome), look.value)
    for row, words in enumerate(_notes(), start=table.last + 1):
        _write_wrapped(sheet, row, last, f"– {words}", look.value)
    sheet.set_row(3, 24)
    sheet.freeze_panes(table.first - 1, 3)
    sheet.autofilter(table.first - 2, 0, table.last - 1, last)
    page_setup(sheet, repeat_rows=(_TOP, table.first - 2), footer=f"{outcome.round.name} – {plan.code}")


def _changes_words(outcome: Outcome) -> str:
    changed = outcome.changes
    if changed.empty:
        return _("Nobody changed a point.")
    words = _("Changes: {count}; of these {moved} moved a rank. Each is listed on the sheet “{sheet}”.")
    moved = int((changed[Judgements.moved] > 0).sum())
    return words.format(count=number(len(changed)), moved=number(moved), sheet=_(changes.SHEET))


def _grid(name: str, outcome: Outcome) -> Grid:
    frame = outcome.side_by_side
    table = Grid(name, _TOP, _DEPTH, len(frame))
    table.add("number", Column((_("No."),), list(range(1, table.rows + 1)), "centered", 6))
    table.add("bloc", Column((_("Emulation bloc"),), list(bloc_names(outcome, frame)), "wrapped", 20))
    table.add("unit", Column((_("Unit"),), list(unit_names(outcome, frame)), "wrapped", 28))
    for total, rank, words in _STEPS:
        counts = total == SideBySide.total
        heading = "heading_result" if counts else "heading"
        for key, what, look, width in (
            (total, _("Points"), "total" if counts else "points", 11.0),
            (rank, _("Rank"), "rank" if counts else "centered", 8.0),
        ):
            table.add(key, Column((_(words), what), _values(frame[key]), look, width, heading_look=heading))
    table.add("moved", Column((_("Moved by people"),), _moved(frame), "wrapped", 20))
    return table


def _values(column: pd.Series) -> list[Value]:
    return [None if pd.isna(value) else value for value in column.tolist()]


def _moved(frame: pd.DataFrame) -> list[Value]:
    """How far the rank that counts is from the computed one, in words; None where they agree or one is missing."""
    return [_move(computed, now) for computed, now in plain_rows(frame, SideBySide.computed_rank, SideBySide.rank)]


def _move(computed: Any, now: Any) -> Value:
    if pd.isna(computed) or pd.isna(now) or computed == now:
        return None
    words = _("{n} ranks up") if now < computed else _("{n} ranks down")
    return words.format(n=number(abs(int(now) - int(computed))))


def _shade(sheet: Any, look: Styles, table: Grid) -> None:
    """Green where people moved the unit up, red where down."""
    if not table.rows:
        return
    computed, now = (table.cell(key, table.first) for key in ("computed_rank", "rank"))
    for sign, style in (("<", look.good_shade), (">", look.bad_shade)):
        cells = (table.first - 1, table.place("rank"), table.last - 1, table.place("moved"))
        rule = {"type": "formula", "criteria": f"=AND(ISNUMBER({computed}),{now}{sign}{computed})", "format": style}
        sheet.conditional_format(*cells, rule)


def _notes() -> list[str]:
    return [
        _(
            "Self-claimed: the points that the unit claims; criteria that it reports results for, without claiming "
            "points, count as computed."
        ),
        _("Where nobody appraised or decided, the points of the step before stand; a step that nobody took is blank."),
        _("This sheet shows the ranking as issued; it does not follow changes made in this workbook."),
    ]


def _write_wrapped(sheet: Any, row: int, last: int, words: str, look: Any) -> None:
    across(sheet, row, (0, last), words, look)
    sheet.set_row(row, 17 * math.ceil(len(words) / _LINE))


_LINE = 115
"""So many letters fit across the sheet."""
