"""``xep-hang.xlsx``: the ranking as the council sees it, with all its arithmetic alive.

In: the outcome of a scored round. Out: a workbook with a summary of all blocs; for each bloc its ranking, to be
signed; for each bloc the points behind it (:mod:`pipeline.outputs.ranking.detail`); all scores side by side and every
change that people made (:mod:`pipeline.outputs.ranking.side_by_side`, :mod:`pipeline.outputs.changes`); and how firm
the ranks are (:mod:`pipeline.outputs.ranking.firmness`).

Promise: a result that is changed in the points of a bloc changes its ranking, in rank, order, class and chart, and
the summary. The ranking then says that it is no longer what was issued. Every formula carries the value that we
computed, for programs that do not calculate.
"""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.code_lists import GroupKind
from pipeline.i18n import _
from pipeline.outcome import Outcome
from pipeline.outputs import changes
from pipeline.outputs.ranking import firmness, side_by_side
from pipeline.outputs.ranking.bloc_results import BlocResults, bloc_results
from pipeline.outputs.ranking.criteria import group_words
from pipeline.outputs.ranking.detail import PRINT_SCALE, detail_grid, page_breaks
from pipeline.outputs.ranking.open_sheet import OpenSheet
from pipeline.outputs.ranking.summary import BlocSheets, origin, write_summary
from pipeline.sheets.charts import Bars, add_bars
from pipeline.sheets.grid import Column, Grid, Value, write_grid
from pipeline.sheets.lists import write_list
from pipeline.sheets.styles import (
    BLUE_BAR,
    BLUE_PALE,
    RED_BAR,
    SERIES,
    Properties,
    Styles,
    across,
    national_heading,
    new_workbook,
    page_setup,
    sheet_name,
    show_whole,
    signature,
    styles,
)
from pipeline.tables import Scores, by_bloc, plain_rows

CHARTED = 30
"""How many units the chart shows at most, best first."""

_TOP, _DEPTH = 6, 2
_UNIT_WIDTH, _NOTE_WIDTH = 28, 46
_PIXELS = 7  # of a character of a column's width


def write(outcome: Outcome, path: Path) -> None:
    """Write the workbook of a scored round to ``path``. Raises OSError or XlsxWriter's FileCreateError."""
    plan = outcome.rules.plan
    title = _("Emulation ranking") + f" – {outcome.round.name} – {plan.title}"
    book = new_workbook(path, Properties(title, plan.issuer, outcome.as_of))
    look = styles(book, plan.decimals)
    blocs = bloc_results(outcome)
    taken: set[str] = set()
    summary = book.add_worksheet(sheet_name(_("Summary of blocs"), taken))
    rankings = [book.add_worksheet(sheet_name(results.bloc.name, taken)) for results in blocs]
    names = [sheet_name(_("Points – {bloc}").format(bloc=results.bloc.name), taken) for results in blocs]
    scores = by_bloc(outcome.scores, outcome.rules)
    details = [
        _write_detail(book.add_worksheet(name), look, outcome, results, scores[results.bloc.code])
        for name, results in zip(names, blocs, strict=True)
    ]
    _write_judged(book, look, outcome, taken)
    firm = book.add_worksheet(sheet_name(_(firmness.TITLE), taken))
    for sheet, results, detail in zip(rankings, blocs, details, strict=True):
        _write_ranking(OpenSheet(book, sheet, look), outcome, results, detail)
    firmness.write_firmness(OpenSheet(book, firm, look), outcome)
    sheets = zip(blocs, details, rankings, strict=True)
    bloc_sheets = [BlocSheets(results, detail, sheet.name) for results, detail, sheet in sheets]
    write_summary(OpenSheet(book, summary, look), outcome, bloc_sheets)
    book.close()


def _write_judged(book: Any, look: Styles, outcome: Outcome, taken: set[str]) -> None:
    """What people made of the points: all scores side by side, then each change."""
    side_by_side.write_side_by_side(book.add_worksheet(sheet_name(_(side_by_side.TITLE), taken)), look, outcome)
    if len(outcome.changes):
        sheet = book.add_worksheet(sheet_name(_(changes.SHEET), taken))
        write_list(sheet, look, changes.plain_list(outcome), outcome.round.name)


# --- the ranking of one bloc ------------------------------------------------------------------------


def _write_ranking(open_sheet: OpenSheet, outcome: Outcome, results: BlocResults, detail: Grid) -> None:
    sheet, look, plan = open_sheet.sheet, open_sheet.look, outcome.rules.plan
    table = _ranking_grid(results, detail, sheet.name)
    (left, right), last = table.halves(), table.visible() - 1
    write_grid(sheet, look, table)
    national_heading(sheet, look, plan.issuer, plan.council.name, (left, right))
    across(sheet, 3, (0, last), _("EMULATION RANKING"), look.title)
    across(sheet, 4, (0, last), f"{results.bloc.name} – {outcome.round.name} – {plan.title}", look.subtitle)
    sheet.merge_range(5, 0, 5, last, "", look.warning)
    sheet.write_formula(5, 0, _changed(detail), look.warning, "")
    _highlight(sheet, look, results, table)
    sheet.freeze_panes(table.first - 1, table.place("unit") + 1)
    sheet.autofilter(table.first - 2, 0, table.last - 1, last)
    page_setup(sheet, repeat_rows=(_TOP, table.first - 2), footer=origin(outcome, results))
    _add_chart(open_sheet, results, table, left)
    signature(sheet, look, table.last + 1, right, plan.commune)


def _ranking_grid(results: BlocResults, detail: Grid, name: str) -> Grid:
    """A row for each place; whichever unit holds it is looked up in the points."""
    table = Grid(name, _TOP, _DEPTH, detail.rows)
    places: list[Value] = list(range(1, table.rows + 1))

    def in_points(key: str, row: int) -> str:
        return f"INDEX({detail.outside(detail.span(key))},{table.cell('line', row)})"

    def add(key: str, headings: tuple[str, ...], look: str, width: float) -> None:
        # What is blank in the points is an empty text here, for a formula cannot give a blank.
        values: list[Value] = ["" if value is None else value for value in detail.columns[key].values]
        table.add(key, Column(headings, values, look, width, lambda row: _text_of(in_points(key, row))))

    table.add("number", Column((_("No."),), places, "centered", 6))
    add("rank", (_("Rank"),), "rank", 8)
    add("unit", (_("Unit"),), "wrapped", _UNIT_WIDTH)
    for group in results.bloc.rubric.groups_of(GroupKind.BASE):
        add(f"group:{group.code}", (_("Points by group"), group_words(group)), "points", 14)
    for key, words, look, width in (
        ("bonus", _("Bonus"), "points", 10),
        ("penalty", _("Penalty"), "penalty", 10),
        ("total", _("TOTAL POINTS"), "total", 15),
    ):
        if key in detail.columns:
            add(key, (words,), look, width)
    add("class", (_("Class"),), "total_centered", 16)
    notes: list[Value] = [value or "" for value in detail.columns["note"].values]

    def note(row: int) -> str:
        # The words of the notes name units and so hold for the standing as issued; after a change the short ones do.
        status = in_points("status", row)
        return f'=IF($A${_TOP}="",{in_points("note", row)}&"",IF({status}<>"",{status},{in_points("tie", row)}))'

    def line(row: int) -> str:
        return f"=MATCH({table.cell('number', row)},{detail.outside(detail.span('place'))},0)"

    table.add("note", Column((_("Note"),), notes, "wrapped", _NOTE_WIDTH, note))
    table.add("line", Column((_("Row in the points"),), places, "centered", 8, line, hidden=True))
    return table


def _text_of(cell: str) -> str:
    """A formula that gives what the cell holds, and an empty text for a blank."""
    return f'=IF({cell}="","",{cell})'


def _changed(detail: Grid) -> str:
    """A formula: a warning where rank, total or class of any unit differs from what was issued, else ""."""
    differing = (
        f"SUMPRODUCT(--({detail.outside(detail.span(key))}<>{detail.outside(detail.span('issued:' + key))}))"
        for key in ("rank", "total", "class")
    )
    words = _("Data were changed in this workbook: this is no longer the ranking as issued.")
    return f'=IF({"+".join(differing)}=0,"","{words}")'


def _highlight(sheet: Any, look: Styles, results: BlocResults, table: Grid) -> None:
    """Bars of points, the best class, and the units without a rank."""
    first, last = table.first - 1, table.last - 1

    def shade(column: int, to: int, criteria: str, style: Any) -> None:
        sheet.conditional_format(first, column, last, to, {"type": "formula", "criteria": criteria, "format": style})

    shade(0, table.visible() - 1, f'={table.cell("rank", table.first)}=""', look.quiet_shade)
    best = results.bloc.rubric.classification[0].name.replace('"', '""')
    place = table.place("class")
    shade(place, place, f'={table.cell("class", table.first)}="{best}"', look.good_shade)
    for group in results.bloc.rubric.groups_of(GroupKind.BASE):
        _bar(sheet, table, f"group:{group.code}", float(group.points), BLUE_PALE)
    _bar(sheet, table, "total", float(results.bloc.rubric.total), BLUE_BAR)


def _bar(sheet: Any, table: Grid, key: str, most: float, colour: str) -> None:
    rule = {
        "type": "data_bar",
        "data_bar_2010": True,
        "bar_solid": True,
        "bar_color": colour,
        "min_type": "num",
        "min_value": 0,
        "max_type": "num",
        "max_value": most,
    }
    place = table.place(key)
    sheet.conditional_format(table.first - 1, place, table.last - 1, place, rule)


def _add_chart(open_sheet: OpenSheet, results: BlocResults, table: Grid, columns: tuple[int, int]) -> None:
    """What the totals are made of, below the table in the left half."""
    shown = min(sum(results.ranked), CHARTED)
    if not shown:
        return
    groups = [
        (f"group:{group.code}", _("Group {code}").format(code=group.code))
        for group in results.bloc.rubric.groups_of(GroupKind.BASE)
    ]
    rows = (table.first - 1, table.first - 2 + shown)
    series = []
    for number, (key, words) in enumerate([*groups, ("bonus", _("Bonus")), ("penalty", _("Penalty"))]):
        if key in table.columns:
            colour = RED_BAR if key == "penalty" else "#C9A227" if key == "bonus" else SERIES[number % len(SERIES)]
            series.append(_series(table, key, words, rows, colour))
    least = (
        -math.ceil(_most_penalty(results) / 10) * 10
    )  # without it, a program may begin the axis just below the points
    widths = [column.width for column in table.columns.values()][columns[0] : columns[1] + 1]
    title = _("What the total points are made of")
    size = int(sum(widths) * _PIXELS) + 5 * len(widths), 130 + 26 * shown
    bars = Bars(title, series, size, names={"label_position": "low"}, lengths={"min": least})
    add_bars(open_sheet.book, open_sheet.sheet, table.last + 1, bars)


def _most_penalty(results: BlocResults) -> float:
    rubric = results.bloc.rubric
    most = sum((group.points for group in rubric.groups_of(GroupKind.PENALTY)), Decimal(0))
    return float(most if rubric.penalty_cap is None else min(most, rubric.penalty_cap))


def _series(table: Grid, key: str, words: str, rows: tuple[int, int], colour: str) -> dict[str, Any]:
    def cells(column: str) -> list[Any]:
        return [table.sheet, rows[0], table.place(column), rows[1], table.place(column)]

    return {
        "name": words,
        "categories": cells("unit"),
        "values": cells(key),
        "fill": {"color": colour},
    }


# --- the points of one bloc -------------------------------------------------------------------------


def _write_detail(sheet: Any, look: Styles, outcome: Outcome, results: BlocResults, scores: pd.DataFrame) -> Grid:
    table = detail_grid(results, scores, sheet.name)
    write_grid(sheet, look, table, charted=False)
    last = table.visible() - 1
    words = _("Points by criterion – {bloc}").format(bloc=results.bloc.name)
    # In the third column, for the first two are repeated on every page and would cut the title off.
    sheet.write_string(0, 2, words.upper(), look.section)
    sheet.write_string(1, 2, f"{outcome.round.name} – {outcome.rules.plan.title}", look.plain)
    advice = _("Points, sums, rank and class are formulas: change a yellow cell, and all of them follow.")
    if _shade_judged(sheet, look, results, table, scores):
        advice += " " + _("Shaded points were set by people; see the sheet “{sheet}”.").format(sheet=_(changes.SHEET))
    sheet.write_string(2, 2, advice, look.hint)
    _offer_levels(sheet, results, table)
    for key in table.columns:
        if key.startswith(("entry:", "target:")):
            place = table.place(key)
            show_whole(sheet, look, (table.first - 1, table.last - 1), place)
    sheet.freeze_panes(table.first - 1, 2)
    sheet.autofilter(table.first - 2, 0, table.last - 1, last)
    headings = (table.top, table.first - 2)
    page_setup(sheet, repeat_rows=headings, repeat_columns=(0, 1), footer=origin(outcome, results))
    sheet.print_area(0, 0, table.last - 1, last)
    sheet.set_print_scale(PRINT_SCALE)
    sheet.set_v_pagebreaks(page_breaks(table))
    return table


def _shade_judged(sheet: Any, look: Styles, results: BlocResults, table: Grid, scores: pd.DataFrame) -> bool:
    """Shade the points that people changed. Returns whether there are any."""
    rows = {unit.unit: row for row, unit in enumerate(results.units, start=table.first)}
    changed = scores[scores[Scores.points] != scores[Scores.computed]]
    cells = [
        table.cell(f"points:{criterion}", rows[unit]).replace("$", "")
        for unit, criterion in plain_rows(changed, Scores.unit, Scores.criterion)
    ]
    if cells:
        rule = {"type": "no_errors", "format": look.changed_shade, "multi_range": " ".join(cells)}
        sheet.conditional_format(cells[0], rule)
    return bool(cells)


def _offer_levels(sheet: Any, results: BlocResults, table: Grid) -> None:
    """A drop-down of the levels, where a list in the cell can hold them (255 characters, parted by commas)."""
    for code, (_group, criterion) in results.bloc.rubric.criteria.items():
        options = list(criterion.method.options)
        if options and len(",".join(options)) <= 255 and not any("," in option for option in options):
            place = table.place(f"entry:{code}")
            rule = {"validate": "list", "source": options, "error_type": "warning"}
            sheet.data_validation(table.first - 1, place, table.last - 1, place, rule)
