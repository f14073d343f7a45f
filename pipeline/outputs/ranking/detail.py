"""One bloc's points with all their arithmetic: a row for each unit, from what it entered to its class.

In: what a run found out about the bloc. Out: a :class:`~pipeline.sheets.grid.Grid` whose points, sums, rank and
class are live formulas, each with the value that scoring and ranking computed. A result that is changed in the
sheet changes everything that follows from it.

What a spreadsheet cannot know stays as it was: which forms counted, when they came, and points that people decided.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import groupby
from typing import Any

import pandas as pd

from pipeline.code_lists import GroupKind
from pipeline.i18n import _
from pipeline.outputs.ranking import formulas
from pipeline.outputs.ranking.criteria import Score, add_computed, add_criterion
from pipeline.outputs.ranking.facts import Facts, by_key
from pipeline.rules.links import leaves_out
from pipeline.sheets.grid import ByRow, Column, Grid, Value

TOP, DEPTH = 4, 3
"""Where the headings of the sheet begin (row, from 0), and how many rows they take."""

PRINT_SCALE = 62  # percent
_PAGE_PIXELS = int(271 * 96 / 25.4 / PRINT_SCALE * 100 * 0.94)  # of columns across A4, with room to spare

RESULT_LOOK = "heading_result"


def grid(of: Facts, scores: pd.DataFrame, sheet: str) -> Grid:
    """The whole table, for a sheet of that name; ``scores`` are the bloc's."""
    scored = {key: Score(*row) for key, row in by_key(scores, ["unit", "criterion"], list(Score._fields)).items()}
    table = Grid(sheet, TOP, DEPTH, len(of.units))
    table.add("number", Column((_("No."),), list(range(1, table.rows + 1)), "centered", 5))
    table.add("unit", Column((_("Unit"),), [of.names[unit.unit] for unit in of.units], "wrapped", 26))
    for group, criterion in of.bloc.rubric.criteria.values():
        add_criterion(table, of, scored, group, criterion)
    add_sums(table, of)
    _add_standing(table, of)
    _add_aids(table, of)
    add_computed(table, of, scored)
    _tell_continued(table)
    return table


# --- sums, rank, class ------------------------------------------------------------------------------


def add_sums(table: Grid, of: Facts) -> None:
    """Columns for each group, the standard points, bonus, penalty and the total, from the columns of points."""
    rubric, decimals = of.bloc.rubric, of.decimals

    def add(key: str, words: str, values: list[Value], live: ByRow, look: str = "points") -> None:
        headings = (_("Summary of points"), words)
        table.add(key, Column(headings, values, look, 9, live, heading_look=RESULT_LOOK))

    for group in rubric.groups:
        points = of.each(lambda unit, code=group.code: float(of.groups[unit.unit, code]))  # type: ignore[misc]
        words = _("Group {code}").format(code=group.code)
        look = "penalty" if group.kind is GroupKind.PENALTY else "points"
        add(f"group:{group.code}", words, points, formulas.group_sum(table, group, decimals), look)
    if leaves_out(rubric):
        codes = [group.code for group in rubric.groups_of(GroupKind.BASE)]
        most = of.each(lambda unit: sum(of.applicable[unit.unit, code] for code in codes))
        headings = (_("Summary of points"), _("Standard points that apply"))
        table.add("applicable", Column(headings, most, "points", 9, heading_look=RESULT_LOOK))
    if rubric.groups_of(GroupKind.BASE):
        live = formulas.kind_sum(table, rubric, GroupKind.BASE, decimals)
        add("base", _("Standard"), of.each(lambda unit: unit.base), live)
    if rubric.groups_of(GroupKind.BONUS):
        live = formulas.kind_sum(table, rubric, GroupKind.BONUS, decimals)
        add("bonus", _("Bonus"), of.each(lambda unit: unit.bonus), live)
    if rubric.groups_of(GroupKind.PENALTY):
        live = formulas.kind_sum(table, rubric, GroupKind.PENALTY, decimals)
        add("penalty", _("Penalty"), of.each(lambda unit: unit.penalty), live, "penalty")
    add("total", _("TOTAL"), of.each(lambda unit: unit.total), formulas.total(table, decimals), "total")


def _add_standing(table: Grid, of: Facts) -> None:
    rubric = of.bloc.rubric

    def add(key: str, words: str, values: list[Value], look: str, width: float, live: ByRow | None) -> None:
        headings = (_("Standing"), words)
        fixed = frozenset(n for n, sent in enumerate(of.sent) if not sent) if key == "status" else frozenset()
        table.add(key, Column(headings, values, look, width, live, fixed, RESULT_LOOK))

    ranks: list[Value] = [int(unit.rank) if has else "" for unit, has in zip(of.units, of.ranked, strict=True)]
    add("rank", _("Rank"), ranks, "rank", 8, formulas.rank(table, rubric.ties))
    classes: list[Value] = [unit.classification for unit in of.units]
    add("class", _("Class"), classes, "total_centered", 16, formulas.classification(table, rubric, of.decimals))
    answers = [each for each in rubric.exclusions if each.when == "criterion"]
    reasons: list[Value] = [unit.exclusion if answers or unit.exclusion else None for unit in of.units]
    live = formulas.status(table, rubric, answers) if answers else None
    add("status", _("Without a rank because"), reasons, "quiet", 26, live)
    add("received", _("Received"), [of.receipts[unit.unit] for unit in of.units], "moment", 17, None)


# --- hidden columns that the others need ------------------------------------------------------------


def _add_aids(table: Grid, of: Facts) -> None:
    rubric = of.bloc.rubric

    def add(key: str, words: str, values: list[Value], live: ByRow | None = None) -> None:
        headings = (_("Auxiliary columns"), words)
        table.add(key, Column(headings, values, "text", 12, live, hidden=True))

    add("ranked", _("Ranked"), [int(each) for each in of.ranked], formulas.ranked(table))
    add("place", _("Place in the table"), list(range(1, table.rows + 1)), formulas.place(table))
    add("order", _("Order of receipt"), order(of))
    for level in rubric.classification if leaves_out(rubric) else ():
        for group in rubric.groups_of(GroupKind.BASE) if level.each_group else ():
            words = _("Least for class “{name}” in group {code}").format(name=level.name, code=group.code)
            least = of.each(lambda unit, code=group.code, level=level: of.least(unit.unit, code, level))  # type: ignore[misc]
            add(formulas.least_of(level, group.code), words, least)
    for number, level in enumerate(rubric.classification[:-1]):
        if level.quota is not None:
            words = _("Fits class “{name}”").format(name=level.name)
            live = formulas.fit(table, rubric, number, of.decimals)
            add(f"fit:{number}", words, _fits(table, of, number), live)
    shared, separated = _("Shares the rank"), _("Equal totals, ranked by the tie-breaks")
    add("tie", _("Equal totals"), _ties(of, shared, separated), formulas.tie(table, shared, separated))
    for key, words in (("rank", _("Rank as issued")), ("total", _("Total as issued")), ("class", _("Class as issued"))):
        add(f"issued:{key}", words, [None if value == "" else value for value in table.columns[key].values])
    add("note", _("Note as issued"), [unit.note or None for unit in of.units])


def order(of: Facts) -> list[Value]:
    """1 for the earliest; a form without a time of receipt comes last."""
    moments = sorted({moment for unit in of.units if (moment := of.receipts[unit.unit]) is not None})
    places: dict[float | None, int] = {moment: place for place, moment in enumerate(moments, start=1)}
    return [places.get(of.receipts[unit.unit], len(moments) + 1) for unit in of.units]


def _fits(table: Grid, of: Facts, number: int) -> list[Value]:
    levels = of.bloc.rubric.classification
    better = {level.name for level in levels[:number]}
    asked = [
        (
            table.columns[key].values,
            table.columns[least].values if least in table.columns else [float(least)] * table.rows,
        )
        for key, least in formulas.conditions(of.bloc.rubric, levels[number], of.decimals)
    ]

    def fits(place: int) -> bool:
        return of.units[place].classification not in better and all(
            float(values[place] or 0) >= float(least[place] or 0) for values, least in asked
        )

    return [int(ranked and fits(place)) for place, ranked in enumerate(of.ranked)]


def _ties(of: Facts, shared: str, separated: str) -> list[Value]:
    there = [unit for unit, ranked in zip(of.units, of.ranked, strict=True) if ranked]
    ranks, totals = Counter(unit.rank for unit in there), Counter(unit.total for unit in there)

    def words(unit: Any) -> str:
        if ranks[unit.rank] > 1:
            return shared
        return separated if totals[unit.total] > 1 else ""

    return [words(unit) if ranked else "" for unit, ranked in zip(of.units, of.ranked, strict=True)]


# --- pages ------------------------------------------------------------------------------------------


def page_breaks(table: Grid) -> list[int]:
    """Before which columns a new page begins: so many criteria on each as fit, none torn apart.

    The first two columns stand on every page.
    """
    columns = [column for column in table.columns.values() if not column.hidden]
    pixels = [int(7 * column.width + 5) for column in columns]
    names, breaks = sum(pixels[:2]), []
    used = names
    numbered = list(enumerate(columns))[2:]
    for _path, block in groupby(numbered, key=lambda each: each[1].headings[:-1]):
        members = [number for number, _column in block]
        width = sum(pixels[number] for number in members)
        if used + width > _PAGE_PIXELS and used > names:
            breaks.append(members[0])
            used = names
        used += width
    return breaks


def _tell_continued(table: Grid) -> None:
    """Give a group that goes on over the page its heading there again, for a merged cell would be torn."""
    breaks = set(page_breaks(table))
    group, part = "", 1
    for number, (key, column) in enumerate(table.columns.items()):
        heading, *others = column.headings
        if heading != group:
            group, part = heading, 1
        elif number in breaks:
            part += 1
        if part > 1:
            continued = _("{heading} (continued, part {part})").format(heading=heading, part=part)
            table.columns[key] = dataclasses.replace(column, headings=(continued, *others))
