"""One bloc's points with all their arithmetic: a row for each unit, from what it entered to its class.

In: the bloc's results and scores. Out: a :class:`~pipeline.sheets.grid.Grid` whose points, sums, rank and
class are live formulas, each with the value that scoring and ranking computed. A result that is changed in the
sheet changes everything that follows from it.

What a spreadsheet cannot know stays as it was: which forms counted, when they came, and points that people decided.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

import pandas as pd

from pipeline.code_lists import GroupKind
from pipeline.i18n import _
from pipeline.outputs.ranking import formulas
from pipeline.outputs.ranking.bloc_results import BlocResults, by_key
from pipeline.outputs.ranking.criteria import Score, add_computed, add_criterion, counted_points
from pipeline.ranking.classes import places, seats
from pipeline.rules.links import applicable, leaves_out, may_leave_out, not_for, unranking
from pipeline.rules.rubric import ClassLevel, CriterionGroup
from pipeline.sheets.grid import ByRow, Column, Grid, Value
from pipeline.tables import Scores

TOP, DEPTH = 4, 3
"""Where the headings of the sheet begin (row, from 0), and how many rows they take."""

PRINT_SCALE = 62  # percent
_PAGE_PIXELS = int(271 * 96 / 25.4 / PRINT_SCALE * 100 * 0.94)  # of columns across A4, with room to spare

RESULT_LOOK = "heading_result"


def detail_grid(results: BlocResults, scores: pd.DataFrame, sheet: str) -> Grid:
    """The whole table, for the sheet of that name. ``scores``: the bloc's rows of :class:`~pipeline.tables.Scores`."""
    by_criterion = by_key(scores, [Scores.unit, Scores.criterion], list(Score._fields))
    scored = {key: Score(*row) for key, row in by_criterion.items()}
    table = Grid(sheet, TOP, DEPTH, len(results.units))
    table.add("number", Column((_("No."),), list(range(1, table.rows + 1)), "centered", 5))
    table.add("unit", Column((_("Unit"),), [results.names[unit.unit] for unit in results.units], "wrapped", 26))
    for group, criterion in results.bloc.rubric.criteria.values():
        add_criterion(table, results, scored, group, criterion)
    add_sums(table, results)
    _add_standing(table, results)
    _add_aids(table, results)
    add_computed(table, results, scored)
    _head_continued(table)
    return table


# --- sums, rank, class ------------------------------------------------------------------------------


def add_sums(table: Grid, results: BlocResults) -> None:
    """Columns for each group, the standard points, bonus, penalty and the total, from the columns of points."""
    rubric, decimals = results.bloc.rubric, results.decimals

    def add(key: str, words: str, values: list[Value], live: ByRow, look: str = "points") -> None:
        headings = (_("Summary of points"), words)
        table.add(key, Column(headings, values, look, 9, live, heading_look=RESULT_LOOK))

    for group in rubric.groups:
        points = results.each(lambda unit, code=group.code: float(results.groups[unit.unit, code]))  # type: ignore[misc]
        words = _("Group {code}").format(code=group.code)
        look = "penalty" if group.kind is GroupKind.PENALTY else "points"
        add(
            f"group:{group.code}",
            words,
            points,
            formulas.group_sum(table, group, rubric.decimals_at("group", decimals)),
            look,
        )
    if leaves_out(rubric):
        codes = [group.code for group in rubric.groups_of(GroupKind.BASE)]
        most = results.each(lambda unit: sum(results.applicable[unit.unit, code] for code in codes))
        headings = (_("Summary of points"), _("Standard points that apply"))
        counted = out_of(table, results, rubric.groups_of(GroupKind.BASE))
        table.add("applicable", Column(headings, most, "points", 9, counted, heading_look=RESULT_LOOK))
    for kind, words, look in (
        (GroupKind.BASE, _("Standard"), "points"),
        (GroupKind.BONUS, _("Bonus"), "points"),
        (GroupKind.PENALTY, _("Penalty"), "penalty"),
    ):
        if rubric.groups_of(kind):
            sums = results.each(lambda unit, kind=kind: getattr(unit, kind))  # type: ignore[misc]
            add(kind, words, sums, formulas.kind_sum(table, rubric, kind, decimals), look)
    add("total", _("TOTAL"), results.each(lambda unit: unit.total), formulas.total(table, decimals), "total")


def _add_standing(table: Grid, results: BlocResults) -> None:
    rubric = results.bloc.rubric

    def column(words: str, values: list[Value], look: str, width: float, live: ByRow | None = None) -> Column:
        return Column((_("Standing"), words), values, look, width, live, heading_look=RESULT_LOOK)

    table.add("rank", column(_("Rank"), results.ranks, "rank", 8, formulas.rank(table, rubric.ties)))
    classes: list[Value] = [unit.classification for unit in results.units]
    live = formulas.classification(table, rubric, results.decimals)
    table.add("class", column(_("Class"), classes, "total_centered", 16, live))
    exclusions = [exclusion for exclusion in rubric.exclusions if exclusion.when == "criterion"]
    without_rank = bool(exclusions or unranking(rubric))
    reasons: list[Value] = [unit.exclusion if without_rank or unit.exclusion else None for unit in results.units]
    why = formulas.status(table, rubric, exclusions) if without_rank else None
    status = column(_("Without a rank because"), reasons, "quiet", 26, why)
    not_sent = frozenset(n for n, sent in enumerate(results.sent) if not sent)
    table.add("status", dataclasses.replace(status, fixed=not_sent))
    receipts: list[Value] = [results.receipts[unit.unit] for unit in results.units]
    table.add("received", column(_("Received"), receipts, "moment", 17))


# --- hidden columns that the others need ------------------------------------------------------------


def _add_aids(table: Grid, results: BlocResults) -> None:
    rubric = results.bloc.rubric

    def add(key: str, words: str, values: list[Value], live: ByRow | None = None) -> None:
        headings = (_("Auxiliary columns"), words)
        table.add(key, Column(headings, values, "text", 12, live, hidden=True))

    add("ranked", _("Ranked"), [int(ranked) for ranked in results.ranked], formulas.ranked(table))
    add("place", _("Place in the table"), list(range(1, table.rows + 1)), formulas.place(table))
    add("order", _("Order of receipt"), order(results))
    for level in rubric.classification if leaves_out(rubric) else ():
        for group in rubric.groups_of(GroupKind.BASE) if level.each_group else ():
            words = _("Least for class “{name}” in group {code}").format(name=level.name, code=group.code)
            least = results.each(lambda unit, code=group.code, level=level: results.least(unit.unit, code, level))  # type: ignore[misc]
            counted = out_of(table, results, [group])
            add(formulas.least_of(level, group.code), words, least, counted and _share(counted, level, results))
    for number, level in enumerate(rubric.classification[:-1] if formulas.limited(rubric) else ()):
        words = _("Fits class “{name}”").format(name=level.name)
        fits = _fits(table, results, number)
        add(f"fit:{number}", words, _floats(fits), formulas.fit(table, rubric, number, results.decimals))
        if level.limited:
            words = _("Has a place of class “{name}”").format(name=level.name)
            given = _seats(results, fits, level)
            add(f"seat:{number}", words, _floats(given), formulas.seat(table, rubric, number))
    shared, separated = _("Shares the rank"), _("Equal totals, ranked by the tie-breaks")
    add("tie", _("Equal totals"), _ties(results, shared, separated), formulas.tie(table, shared, separated))
    for key, words in (("rank", _("Rank as issued")), ("total", _("Total as issued")), ("class", _("Class as issued"))):
        add(f"issued:{key}", words, [None if value == "" else value for value in table.columns[key].values])
    add("note", _("Note as issued"), [unit.note or None for unit in results.units])


def out_of(table: Grid, results: BlocResults, groups: Sequence[CriterionGroup]) -> ByRow | None:
    """The standard points of these groups that count for each unit, as a formula over what it entered; None where they
    cannot change, also in a table that does not show the entries."""
    rubric = results.bloc.rubric
    criteria = [each for group in groups for each in group.criteria if may_leave_out(rubric, each)]
    if not criteria or not any(key.startswith(("entry:", "input:")) for key in table.columns):
        return None

    def live(row: int) -> str:
        unit = results.units[row - table.first].unit
        most = applicable(rubric, groups, unit)
        left_out = [
            counted_points(table, results, each, row, "0") for each in criteria if unit not in not_for(rubric, each)
        ]
        least = Decimal(1).scaleb(-results.decimals)  # nothing may be left, and nobody divides by 0
        return f"=MAX({least:f},{'-'.join([f'{most.normalize():f}', *left_out])})"

    return live


def _share(counted: ByRow, level: ClassLevel, results: BlocResults) -> ByRow:
    """The least that a class asks of what counts."""
    percent = f"{(level.each_group or Decimal(0)).normalize():f}"
    return lambda row: f"=ROUNDUP(ROUND({counted(row)[1:]}*{percent}/100,9),{results.decimals})"


def order(results: BlocResults) -> list[Value]:
    """Each unit's place by time of receipt, 1 for the earliest; a form without a time comes last."""
    moments = sorted({moment for unit in results.units if (moment := results.receipts[unit.unit]) is not None})
    places: dict[float | None, int] = {moment: place for place, moment in enumerate(moments, start=1)}
    return [places.get(results.receipts[unit.unit], len(moments) + 1) for unit in results.units]


def _fits(table: Grid, results: BlocResults, number: int) -> list[Fraction]:
    """Of each unit that meets the conditions of the class at that place, what better classes left of it; else 0."""
    rubric = results.bloc.rubric
    better = [table.columns[formulas.seat_key(rubric, each)].values for each in range(number)]
    asked = [
        (
            table.columns[key].values,
            table.columns[least].values if least in table.columns else [float(least)] * table.rows,
        )
        for key, least in formulas.conditions(rubric, rubric.classification[number], results.decimals)
    ]

    def left(place: int) -> Fraction:
        return 1 - sum((_whole_share(values[place]) for values in better), Fraction(0))

    def fits(place: int) -> bool:
        return all(float(values[place] or 0) >= float(least[place] or 0) for values, least in asked)

    return [left(place) if ranked and fits(place) else Fraction(0) for place, ranked in enumerate(results.ranked)]


def _seats(results: BlocResults, fits: list[Fraction], level: ClassLevel) -> list[Fraction]:
    """What each unit gets of the places of the class."""
    ranked = [place for place, each in enumerate(results.ranked) if each]
    ranks = [int(results.units[place].rank) for place in ranked]
    given = seats([fits[place] for place in ranked], ranks, places(level, len(ranked)))
    by_place = dict(zip(ranked, given, strict=True))
    return [by_place.get(place, Fraction(0)) for place in range(len(fits))]


def _whole_share(value: Value) -> Fraction:
    """The fraction that a cell holds as a float: a part of as many units as share a rank."""
    return Fraction(float(value or 0)).limit_denominator(10**6)


def _floats(shares: list[Fraction]) -> list[Value]:
    return [int(each) if each.denominator == 1 else float(each) for each in shares]


def _ties(results: BlocResults, shared: str, separated: str) -> list[Value]:
    ranks = Counter(unit.rank for unit in results.ranked_units)
    totals = Counter(unit.total for unit in results.ranked_units)

    def words(unit: Any) -> str:
        if ranks[unit.rank] > 1:
            return shared
        return separated if totals[unit.total] > 1 else ""

    return [words(unit) if ranked else "" for unit, ranked in zip(results.units, results.ranked, strict=True)]


# --- pages ------------------------------------------------------------------------------------------


def page_breaks(table: Grid) -> list[int]:
    """Before which columns (counted from 0) a new page begins: on each as many whole criteria as fit.

    The first two columns stand on every page.
    """
    columns = [column for column in table.columns.values() if not column.hidden]
    pixels = [int(7 * column.width + 5) for column in columns]
    names, breaks = sum(pixels[:2]), []
    used = names
    numbered = list(enumerate(columns))[2:]
    for _path, block in groupby(numbered, key=lambda pair: pair[1].headings[:-1]):
        members = [number for number, _column in block]
        width = sum(pixels[number] for number in members)
        if used + width > _PAGE_PIXELS and used > names:
            breaks.append(members[0])
            used = names
        used += width
    return breaks


def _head_continued(table: Grid) -> None:
    """Repeat the heading of a group on each page that it goes on to, for a merged cell would be cut by the break."""
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
