"""The sheet ``Độ vững`` of ``xep-hang.xlsx``: how firm each rank is, for a council that votes on it.

In: the outcome of a scored round. Out: for each bloc a chart of the ranges, and a table of its ranked units: range of
ranks, points to the neighbours, a sentence, and the rank without each group. How they were found stands around them.

Promise: the numbers are those of :mod:`pipeline.ranking.firmness`, as issued. They do not follow changes of the
workbook, and the sheet says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline import tables
from pipeline.i18n import N_, _, number
from pipeline.outcome import Outcome
from pipeline.outputs.ranking.open_sheet import OpenSheet
from pipeline.ranking.firmness import DRAWS, HIGH, LOW, SPREAD
from pipeline.rules.rubric import Bloc
from pipeline.sheets.charts import Bars, add_bars
from pipeline.sheets.grid import Column, Grid, Value, write_grid
from pipeline.sheets.styles import BLUE, SERIES, Styles, across, national_heading, page_setup
from pipeline.tables import Firmness, RankWithout, Standings, by_bloc, plain_rows

TITLE = N_("Firmness")
"""What the sheet is called, to be translated."""

CHARTED = 30
"""How many units a chart shows at most, best first."""

_INTRODUCTION, _FIRST, _DEPTH = 5, 7, 2
_GROUP_WIDTH = 7
_PAGE_PIXELS = (11.69 - 1.0) * 96 * 0.94  # of A4 across, between the margins; programs differ in a column's width
_ROW_PIXELS = 20
_HALF_RANK = 0.4  # half the length of a bar that stands for one rank


@dataclass(frozen=True)
class BlocFirmness:
    """A bloc and its rows of the firmness and of the ranks without each group. ``totals``: unit code -> points."""

    bloc: Bloc
    firmness: pd.DataFrame
    ranks_without: pd.DataFrame
    totals: Mapping[str, float]


def write_firmness(open_sheet: OpenSheet, outcome: Outcome) -> None:
    """Write the sheet of a scored round into an empty sheet."""
    sheet, look = open_sheet.sheet, open_sheet.look
    blocs = _by_bloc(outcome)
    widths = _write_head(open_sheet, outcome, blocs)
    bars = len(widths) + 1  # from this column on, hidden, stand the lengths of the chart's bars
    row, pages = _FIRST, []
    for firm in blocs:
        pages.append(row)
        sheet.set_row(row, 22)
        sheet.write_string(row, 0, firm.bloc.name, look.section)
        under_chart = row + 1 + _chart_rows(len(firm.firmness))
        table = _grid(sheet.name, under_chart, firm)
        _add_chart(open_sheet, row + 1, table, bars, _("Range of ranks – {bloc}").format(bloc=firm.bloc.name))
        _write_bars(sheet, firm.firmness, table.first - 1, bars)
        _write_table(open_sheet, table, firm, len(widths) - 1)
        row = table.last + 2
    sheet.set_column(bars, bars + len(_BARS) - 1, None, None, {"hidden": True, "level": 1})
    _write_notes(sheet, look, row, len(widths) - 1)
    _set_page(sheet, outcome, widths, pages, row + len(_notes()))


def _by_bloc(outcome: Outcome) -> list[BlocFirmness]:
    """In the plan's order."""
    totals = dict(plain_rows(outcome.standings, Standings.unit, Standings.total))
    firmness, without = (by_bloc(frame, outcome.rules) for frame in (outcome.firmness, outcome.ranks_without))
    return [BlocFirmness(bloc, firmness[bloc.code], without[bloc.code], totals) for bloc in outcome.rules.blocs]


def _write_head(open_sheet: OpenSheet, outcome: Outcome, blocs: list[BlocFirmness]) -> list[float]:
    """Write the paper's head and what the ranges mean. Returns the widths of the sheet's columns."""
    sheet, look, plan = open_sheet.sheet, open_sheet.look, outcome.rules.plan
    fixed = _grid(sheet.name, 0, _nobody(blocs[0].bloc))
    widths = [column.width for column in fixed.columns.values()]
    widths += [_GROUP_WIDTH] * max(len(firm.bloc.rubric.groups) for firm in blocs)
    last, middle = len(widths) - 1, fixed.place("gap_up")
    sheet.set_column(len(fixed.columns), last, _GROUP_WIDTH)
    national_heading(sheet, look, plan.issuer, plan.council.name, ((0, middle), (middle + 1, last)))
    across(sheet, 3, (0, last), _("HOW FIRM THE RANKING IS"), look.title)
    across(sheet, 4, (0, last), f"{outcome.round.name} – {plan.title}", look.subtitle)
    words = _introduction()
    across(sheet, _INTRODUCTION, (0, last), words, look.value)
    sheet.set_row(_INTRODUCTION, 16 * math.ceil(1.1 * len(words) / sum(widths)))
    return widths


def _nobody(bloc: Bloc) -> BlocFirmness:
    """The bloc as if no unit of it were ranked."""
    return BlocFirmness(bloc, tables.empty(tables.Firmness), tables.empty(tables.RankWithout), {})


def _introduction() -> str:
    return _(
        "Range of ranks: the ranking was computed {draws} times over; each time the standard points of every group "
        "were raised or lowered at random by up to {spread} %, and their total kept. In at least {most} % of the "
        "cases the unit's rank lies in this range."
    ).format(draws=number(DRAWS), spread=SPREAD, most=HIGH - LOW)


def _notes() -> list[str]:
    return [
        _(
            "Rank without a group: as if the group did not count; the other groups of standard points are scaled up "
            "to the same total."
        ),
        _("Units of equal points keep the order that they have in the ranking."),
        _("This sheet shows the ranking as issued; it does not follow changes made in this workbook."),
        _(
            "Method: OECD and Joint Research Centre of the European Commission, Handbook on Constructing Composite "
            "Indicators (2008), uncertainty and sensitivity analysis."
        ),
    ]


def _write_notes(sheet: Any, look: Styles, row: int, last: int) -> None:
    for place, words in enumerate(_notes()):
        across(sheet, row + place, (0, last), f"– {words}", look.value)


def _set_page(sheet: Any, outcome: Outcome, widths: list[float], pages: list[int], end: int) -> None:
    """Each bloc but the first begins a page. Programs heed that only where the scale is fixed."""
    sheet.freeze_panes(0, 2)
    page_setup(sheet, repeat_rows=(3, 4), footer=f"{outcome.round.name} – {outcome.rules.plan.code}")
    sheet.set_print_scale(max(10, min(100, int(_PAGE_PIXELS / _pixels(widths) * 100))))
    sheet.set_h_pagebreaks(pages[1:])
    sheet.print_area(0, 0, end, len(widths) - 1)


def _pixels(widths: list[float]) -> float:
    return sum(7 * width + 5 for width in widths)


# --- the table of one bloc --------------------------------------------------------------------------


def _grid(name: str, top: int, firm: BlocFirmness) -> Grid:
    """The bloc's table, for the sheet of that name, its headings from the row ``top`` (counted from 0) on."""
    frame = firm.firmness
    table = Grid(name, top, _DEPTH, len(frame))
    units = frame[Firmness.unit].tolist()
    names = {unit.code: unit.name for unit in firm.bloc.units}

    def add(key: str, headings: tuple[str, ...], values: list[Value], look: str, width: float) -> None:
        table.add(key, Column(headings, values, look, width))

    add("rank", (_("Rank"),), frame[Firmness.rank].tolist(), "rank", 7)
    add("unit", (_("Unit"),), [names[unit] for unit in units], "wrapped", 28)
    add("total", (_("TOTAL POINTS"),), [firm.totals[unit] for unit in units], "total", 11)
    add("low", (_("Range of ranks"), _("Best")), frame[Firmness.low_rank].tolist(), "centered", 9)
    add("high", (_("Range of ranks"), _("Worst")), frame[Firmness.high_rank].tolist(), "centered", 9)
    up, down = _or_blank(frame[Firmness.gap_up]), _or_blank(frame[Firmness.gap_down])
    add("gap_up", (_("Points apart"), _("Behind the unit above")), up, "points", 12)
    add("gap_down", (_("Points apart"), _("Ahead of the unit below")), down, "points", 12)
    add("sentence", (_("What this means"),), frame[Firmness.sentence].tolist(), "wrapped", 62)
    for code, ranks in firm.ranks_without.groupby(RankWithout.group, sort=False)[RankWithout.rank]:
        add(f"without:{code}", (_("Rank without group"), str(code)), ranks.tolist(), "centered", _GROUP_WIDTH)
    return table


def _or_blank(gaps: pd.Series) -> list[Value]:
    return [None if math.isnan(gap) else gap for gap in gaps.tolist()]


def _write_table(open_sheet: OpenSheet, table: Grid, firm: BlocFirmness, last: int) -> None:
    """Write the table; under it, up to the column ``last``, in small print what its groups are."""
    sheet, look = open_sheet.sheet, open_sheet.look
    write_grid(sheet, look, table)
    if not table.rows:
        sheet.write_string(table.last, 0, _("(none)"), look.line)
        return
    _shade(sheet, look, table)
    left_out = set(firm.ranks_without[RankWithout.group])
    words = "; ".join(f"{group.code}: {group.name}" for group in firm.bloc.rubric.groups if group.code in left_out)
    if words:
        words = _("Groups") + f" – {words}."
        across(sheet, table.last, (0, last), words, look.note)
        sheet.set_row(table.last, 15 * math.ceil(len(words) / 190))


def _shade(sheet: Any, look: Styles, table: Grid) -> None:
    """Green where the rank is firm or would be better, red where it would be worse."""
    rank = table.cell("rank", table.first)

    def shade(first: str, last: str, criteria: str, style: Any) -> None:
        cells = (table.first - 1, table.place(first), table.last - 1, table.place(last))
        sheet.conditional_format(*cells, {"type": "formula", "criteria": criteria, "format": style})

    low, high = table.cell("low", table.first), table.cell("high", table.first)
    shade("low", "high", f"=AND({low}={rank},{high}={rank})", look.good_shade)
    for key in table.columns:
        if key.startswith("without:"):
            cell = table.cell(key, table.first)
            shade(key, key, f"={cell}<{rank}", look.good_shade)
            shade(key, key, f"={cell}>{rank}", look.bad_shade)


# --- the chart of one bloc --------------------------------------------------------------------------

_BARS = ("start", "better", "rank", "worse")
"""A unit's bar: nothing up to its best rank, then what is better than its rank, the rank itself, what is worse."""


def _write_bars(sheet: Any, firmness: pd.DataFrame, first: int, column: int) -> None:
    """Write the lengths of ``_BARS`` of each unit from the row ``first`` and the ``column`` on."""
    ranks = plain_rows(firmness, Firmness.rank, Firmness.low_rank, Firmness.high_rank)
    for row, (rank, low, high) in enumerate(ranks, first):
        best, worst = min(rank, low), max(rank, high)
        for place, length in enumerate((best - _HALF_RANK, rank - best, 2 * _HALF_RANK, worst - rank)):
            sheet.write_number(row, column + place, length)


def _add_chart(open_sheet: OpenSheet, row: int, table: Grid, bars: int, title: str) -> None:
    """The ranges of the units, best first. ``bars``: the first column of the lengths of the bars."""
    shown = min(table.rows, CHARTED)
    if not shown:
        return
    names = (" ", _("Might be better"), _("Rank as issued"), _("Might be worse"))
    fills = ({"none": True}, {"color": SERIES[4]}, {"color": BLUE}, {"color": SERIES[6]})
    rows = (table.first - 1, table.first - 2 + shown)
    series = [
        {
            "name": name,
            "categories": [table.sheet, rows[0], table.place("unit"), rows[1], table.place("unit")],
            "values": [table.sheet, rows[0], bars + place, rows[1], bars + place],
            "fill": fill,
            "border": {"none": True},
            "gap": 60,
        }
        for place, (name, fill) in enumerate(zip(names, fills, strict=True))
    ]
    fixed = [column.width for key, column in table.columns.items() if ":" not in key]
    size, axis = (int(_pixels(fixed)), _chart_height(shown)), {"label_position": "low", "interval_unit": 1}
    chart = Bars(title, series, size, names=axis, lengths=_ranks(table.rows))
    add_bars(open_sheet.book, open_sheet.sheet, row, chart)


def _chart_height(shown: int) -> int:
    return 150 + 25 * shown


def _chart_rows(units: int) -> int:
    """How many rows a chart takes, with a free one under it."""
    return math.ceil(_chart_height(min(units, CHARTED)) / _ROW_PIXELS) + 1 if units else 0


def _ranks(worst: int) -> dict[str, Any]:
    """The axis of ranks, from the first to the worst."""
    return {
        "name": _("Rank"),
        "num_format": f'[<1]"";[>{worst}]"";0',  # there is no rank 0, nor one after the last
        "min": 0,
        "max": worst + 1,
        "major_unit": math.ceil(worst / 20),
    }
