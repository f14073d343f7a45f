"""A bloc's matrix of points: units down, criteria across, for the consolidated workbook.

In: a :class:`BlocPoints`. Out: a sheet with the points that count, below the
headings of the groups and the names and standard points of the criteria; behind each group its points, at the end the
totals, rank and class. Units stand by rank; one that sent nothing has blank points and a note.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.code_lists import GroupKind
from pipeline.i18n import _
from pipeline.rules.rubric import Bloc, CriterionGroup
from pipeline.sheets.lists import Column, numbers, texts, write_columns, write_rows
from pipeline.sheets.styles import Styles, across, page_setup
from pipeline.tables import GroupPoints, Scores, Standings

_GROUPS, _NAMES, _STANDARD, _CODES = 2, 3, 4, 5
"""Rows of the headings, counted from 0."""
_FIRST = 6
_FIXED = 2  # No. and unit
_PAPER = 9.6  # inches of A4, lying, between our margins, less what other programs take for wider digits
_LEGIBLE = 18.0  # inches that may be shrunk to them
_HEADING = {
    GroupKind.BASE: "heading_group",
    GroupKind.BONUS: "heading_bonus",
    GroupKind.PENALTY: "heading_penalty",
}


@dataclass(frozen=True)
class BlocPoints:
    """A bloc and its rows of the standings (in the order of the matrix), scores and group points of an outcome."""

    bloc: Bloc
    standings: pd.DataFrame
    scores: pd.DataFrame
    groups: pd.DataFrame


def write_matrix(sheet: Any, look: Styles, bloc_points: BlocPoints, footer: str = "") -> None:
    """Write the matrix into an empty sheet of a streaming workbook. ``footer``: of each printed page."""
    bloc, standings, groups = bloc_points.bloc, bloc_points.standings, bloc_points.groups
    units, scores = standings[Standings.unit], bloc_points.scores
    applies = scores[Scores.max_points] > 0
    scores = scores.assign(points=scores[Scores.points].where(applies))  # else blank
    points = scores.pivot(index=Scores.unit, columns=Scores.criterion, values=Scores.points).reindex(units)
    sums = groups.pivot(index=GroupPoints.unit, columns=GroupPoints.group, values=GroupPoints.points).reindex(units)
    criteria = [column for group in bloc.rubric.groups for column in _group_columns(group, points, sums)]
    names = {unit.code: unit.name for unit in bloc.units}
    columns = [
        Column(_("No."), range(1, len(standings) + 1), "centered", 5),
        Column(_("Unit"), [names[code] for code in texts(units)], "wrapped", 24),
        *criteria,
        *_totals(bloc, standings),
    ]
    sheet.write_string(0, 0, _("Points by criterion: {bloc}").format(bloc=bloc.name), look.section)
    sheet.write_string(1, 0, _("Points that count; behind each group what its criteria give together"), look.line)
    _write_headings(sheet, look, bloc, columns)
    write_columns(sheet, look, _FIRST, columns)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(_FIRST, _FIXED)
    sheet.autofilter(_CODES, 0, _CODES + len(standings), len(columns) - 1)
    page_setup(sheet, repeat_rows=(_GROUPS, _CODES), repeat_columns=(0, _FIXED - 1), footer=footer)
    _break_pages(sheet, bloc, [column.width for column in columns])


def _break_pages(sheet: Any, bloc: Bloc, widths: list[float]) -> None:
    """More criteria than are legible across one page go on several, broken between groups."""
    inches = [(7 * width + 5) / 96 for width in widths]  # a digit has 7 pixels of 96 to the inch, a cell 5 of margin
    fixed = sum(inches[:_FIXED])
    pages = math.ceil(sum(inches) / _LEGIBLE)
    if pages == 1:
        return
    fair = (sum(inches) - fixed) / pages
    breaks, widest, begin, end = [], 0.0, _FIXED, _FIXED
    for group in bloc.rubric.groups:
        end += len(group.criteria) + 1
        if sum(inches[begin:end]) >= fair * 0.9:
            widest = max(widest, sum(inches[begin:end]))
            breaks.append(end)
            begin = end
    widest = max(widest, sum(inches[begin:]))
    sheet.set_v_pagebreaks(breaks)
    sheet.set_print_scale(math.floor(min(100, 100 * _PAPER / (fixed + widest))))


def _group_columns(group: CriterionGroup, points: pd.DataFrame, sums: pd.DataFrame) -> list[Column]:
    """One column for each criterion, then the group's; blank where no unit sent anything."""

    def values(wide: pd.DataFrame, code: str) -> list[float | None]:
        return numbers(wide[code]) if code in wide else [None] * len(wide)

    look = "penalty" if group.kind is GroupKind.PENALTY else "points"
    return [
        *(Column(criterion.name, values(points, criterion.code), look, 6.5) for criterion in group.criteria),
        Column(_("Points of group {code}").format(code=group.code), values(sums, group.code), "total", 7),
    ]


def _totals(bloc: Bloc, standings: pd.DataFrame) -> list[Column]:
    further = {GroupKind.BONUS: _("Bonus points"), GroupKind.PENALTY: _("Penalty points")}
    return [
        Column(_("Points of all base groups"), numbers(standings[Standings.base]), "points", 8),
        *(
            Column(title, numbers(standings[kind]), "penalty" if kind is GroupKind.PENALTY else "points", 7.5)
            for kind, title in further.items()
            if bloc.rubric.groups_of(kind)
        ),
        Column(_("Total"), numbers(standings[Standings.total]), "total", 8.5),
        Column(_("Rank"), numbers(standings[Standings.rank]), "rank", 6),
        Column(_("Class"), texts(standings[Standings.classification]), "wrapped", 13),
        Column(_("Note"), texts(standings[Standings.note]), "wrapped", 34),
    ]


def _write_headings(sheet: Any, look: Styles, bloc: Bloc, columns: list[Column]) -> None:
    """Four rows, written downwards: groups, names, standard points, codes."""
    last = len(columns) - 1
    after = _FIXED + sum(len(group.criteria) + 1 for group in bloc.rubric.groups)
    sheet.set_row(_GROUPS, 48)
    for place in range(_FIXED):
        sheet.write_blank(_GROUPS, place, None, look.heading)
    place = _FIXED
    for group in bloc.rubric.groups:
        across(sheet, _GROUPS, (place, place + len(group.criteria)), group.name, getattr(look, _HEADING[group.kind]))
        place += len(group.criteria) + 1
    across(sheet, _GROUPS, (after, last), _("Total and rank"), look.heading_result)

    sheet.set_row(_NAMES, 190)
    for place, column in enumerate(columns):
        narrow = _FIXED <= place < last - 1
        sheet.write_string(_NAMES, place, column.title, look.heading_upright if narrow else look.heading)
    marks = [mark for group in bloc.rubric.groups for mark in _marks(group)]
    write_rows(
        sheet,
        _STANDARD,
        [
            ["", _("Standard points"), *(standard for _code, standard in marks), *[""] * (last + 1 - after)],
            ["", _("Code"), *(code for code, _standard in marks), *[""] * (last + 1 - after)],
        ],
        [look.heading] * (last + 1),
    )


def _marks(group: CriterionGroup) -> list[tuple[str, float]]:
    """Code and standard points (or cap; below zero where points are taken off) of each column of the group."""
    sign = -1 if group.kind is GroupKind.PENALTY else 1
    return [
        *((criterion.code, sign * float(criterion.points)) for criterion in group.criteria),
        (group.code, sign * float(group.points)),
    ]
