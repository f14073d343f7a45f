"""The first sheet of ``xep-hang.xlsx``: all blocs side by side, and from what the workbook was made.

In: the outcome, and of each bloc its results and the grid that holds its points. Out: who sent (as counted by the
run), and the spread of points and classes, which follow the points by formula.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from pipeline import i18n
from pipeline.i18n import _
from pipeline.outcome import Outcome
from pipeline.outputs.ranking.bloc_results import BlocResults
from pipeline.outputs.ranking.formulas import limited, quoted
from pipeline.outputs.ranking.open_sheet import OpenSheet
from pipeline.register.roster import turnout
from pipeline.rules.rubric import Bloc
from pipeline.sheets import addresses
from pipeline.sheets.charts import Bars, add_bars
from pipeline.sheets.grid import ByRow, Column, Grid, Value, write_grid
from pipeline.sheets.styles import SERIES, Styles, across, national_heading, page_setup, signature
from pipeline.tables import Roster

_TOP, _DEPTH = 6, 2


@dataclass(frozen=True)
class BlocSheets:
    """A bloc in the workbook: its results, the grid of its points (``detail``), the name of its ranking sheet."""

    results: BlocResults
    detail: Grid
    ranking: str

    def cells(self, key: str) -> str:
        """A column of the bloc's points, as another sheet writes it."""
        return self.detail.outside(self.detail.span(key))


def as_of(outcome: Outcome) -> str:
    """The time of the newest receipt, in words; "–" where nothing was received."""
    return i18n.moment(outcome.as_of.astimezone(outcome.rules.plan.zone)) if outcome.as_of else "–"


def origin(outcome: Outcome, results: BlocResults) -> str:
    """From what a bloc's sheet was made (bloc, round, newest receipt, fingerprint of the rules), for its footer."""
    return _("{bloc} – {round} – data as of {moment} – rules {fingerprint}").format(
        bloc=results.bloc.name,
        round=outcome.round.name,
        moment=as_of(outcome),
        fingerprint=outcome.rules.fingerprint(results.bloc, outcome.round),
    )


def write_summary(open_sheet: OpenSheet, outcome: Outcome, blocs: list[BlocSheets]) -> None:
    """Write the sheet of a scored round into an empty sheet; each bloc's name is a link to its ranking."""
    plan, sheet, look = outcome.rules.plan, open_sheet.sheet, open_sheet.look
    table = _grid(sheet.name, outcome, blocs)
    (left, right), last = table.halves(), table.visible() - 1
    write_grid(sheet, look, table)
    national_heading(sheet, look, plan.issuer, plan.council.name, (left, right))
    across(sheet, 3, (0, last), _("SUMMARY OF EMULATION RESULTS OF ALL BLOCS"), look.title)
    across(sheet, 4, (0, last), f"{outcome.round.name} – {plan.title}", look.subtitle)
    for row, bloc in enumerate(blocs, start=table.first - 1):
        target = f"internal:{addresses.quoted(bloc.ranking)}!A1"
        sheet.write_url(row, table.place("bloc"), target, look.link, bloc.results.bloc.name)
    _write_sums(sheet, look, table)
    sheet.freeze_panes(table.first - 1, 2)
    sheet.autofilter(table.first - 2, 0, table.last - 1, last)
    page_setup(sheet, repeat_rows=(_TOP, table.first - 2), footer=f"{outcome.round.name} – {plan.code}")
    _write_origin(sheet, look, outcome, table.last + 2, left)
    _add_chart(open_sheet, table)
    signature(sheet, look, table.last + 2, right, plan.commune)


# --- the table --------------------------------------------------------------------------------------


def _grid(name: str, outcome: Outcome, blocs: list[BlocSheets]) -> Grid:
    rules, members = outcome.rules, [bloc.results.bloc for bloc in blocs]
    table = Grid(name, _TOP, _DEPTH, len(blocs))
    table.add("number", Column((_("No."),), list(range(1, len(blocs) + 1)), "centered", 6))
    table.add("bloc", Column((_("Emulation bloc"),), [bloc.name for bloc in members], "wrapped", 34))
    _add_turnout(table, outcome, members)
    _add_spread(table, blocs)
    _add_classes(table, blocs)
    prints: list[Value] = [rules.fingerprint(bloc, outcome.round) for bloc in members]
    table.add("fingerprint", Column((_("Fingerprint of the rules"),), prints, "code", 20))
    return table


def _add_turnout(table: Grid, outcome: Outcome, blocs: list[Bloc]) -> None:
    """How many units have sent, by :class:`~pipeline.register.roster.Turnout`."""
    turnouts = [turnout(outcome.roster[outcome.roster[Roster.bloc] == bloc.code]) for bloc in blocs]
    for key, words in (
        ("units", _("Number of units")),
        ("sent", _("Sent")),
        ("late", _("Of these late")),
        ("to_correct", _("To correct")),
        ("not_sent", _("Not sent")),
    ):
        counts = [getattr(counted, key) for counted in turnouts]
        table.add(key, Column((_("Forms"), words), counts, "integer", 9))


@dataclass(frozen=True)
class _Measure:
    """A column about the ranking of each bloc: ``value`` as issued, ``formula`` over the bloc's points."""

    key: str
    words: str
    value: Callable[[BlocResults], Value]
    formula: Callable[[BlocSheets], str]
    look: str = "points"
    width: float = 10


def _add_spread(table: Grid, blocs: list[BlocSheets]) -> None:
    """How many units are ranked, the points of the first, the last and the average, and who leads."""
    for measure in (
        _Measure("ranked", _("Ranked"), lambda results: len(results.ranked_units), _count_ranked, "integer", 9),
        _Measure("unranked", _("Without a rank"), _unranked, _count_unranked, "integer", 9),
        _Measure("highest", _("Highest"), lambda results: max(_totals(results), default=""), _highest),
        _Measure("average", _("Average"), _average, _average_formula),
        _Measure("lowest", _("Lowest"), lambda results: min(_totals(results), default=""), _lowest),
        _Measure("leader", _("First"), _leader, _leader_formula, "wrapped", 28),
    ):
        values = [measure.value(bloc.results) for bloc in blocs]
        live = _of_each_bloc(table, blocs, measure.formula)
        headings = (_("Ranking"), measure.words)
        table.add(measure.key, Column(headings, values, measure.look, measure.width, live))


def _of_each_bloc(table: Grid, blocs: list[BlocSheets], formula: Callable[[BlocSheets], str]) -> ByRow:
    """The formula of a row is that of the bloc in it."""
    return lambda row: formula(blocs[row - table.first])


# --- the spread as issued ---------------------------------------------------------------------------


def _totals(results: BlocResults) -> list[float]:
    return [unit.total for unit in results.ranked_units]


def _unranked(results: BlocResults) -> Value:
    return len(results.units) - len(results.ranked_units)


def _average(results: BlocResults) -> Value:
    """The mean of the totals, half a last decimal rounded up; "" where no unit is ranked."""
    totals = _totals(results)
    if not totals:
        return ""
    mean = sum((Decimal(repr(float(total))) for total in totals), Decimal(0)) / len(totals)
    return float(mean.quantize(Decimal(1).scaleb(-results.decimals), ROUND_HALF_UP))


def _leader(results: BlocResults) -> str:
    """The first unit, and how many share its rank: ``Thôn 1 (+2)``; "" where no unit is ranked."""
    firsts = [results.names[unit.unit] for unit in results.ranked_units if unit.rank == 1]
    if not firsts:
        return ""
    return firsts[0] + (f" (+{len(firsts) - 1})" if len(firsts) > 1 else "")


# --- the spread by formula --------------------------------------------------------------------------


def _count_ranked(bloc: BlocSheets) -> str:
    return f"={_number_ranked(bloc)}"


def _count_unranked(bloc: BlocSheets) -> str:
    return f"=COUNTIF({bloc.cells('ranked')},0)"


def _highest(bloc: BlocSheets) -> str:
    return _if_ranked(bloc, _at_place(bloc, "total", "1"))


def _lowest(bloc: BlocSheets) -> str:
    return _if_ranked(bloc, _at_place(bloc, "total", _number_ranked(bloc)))


def _average_formula(bloc: BlocSheets) -> str:
    added = f"SUMPRODUCT({bloc.cells('ranked')},{bloc.cells('total')})"
    return _if_ranked(bloc, f"ROUND({added}/{_number_ranked(bloc)},{bloc.results.decimals})")


def _leader_formula(bloc: BlocSheets) -> str:
    firsts = f"COUNTIF({bloc.cells('rank')},1)"
    others = f'IF({firsts}>1," (+"&{firsts}-1&")","")'
    return _if_ranked(bloc, f"{_at_place(bloc, 'unit', '1')}&{others}")


def _number_ranked(bloc: BlocSheets) -> str:
    return f"SUM({bloc.cells('ranked')})"


def _at_place(bloc: BlocSheets, key: str, place: str) -> str:
    """The value in the column ``key`` of the unit at that place of the ranking, 1 for the first."""
    return f"INDEX({bloc.cells(key)},MATCH({place},{bloc.cells('place')},0))"


def _if_ranked(bloc: BlocSheets, words: str) -> str:
    """A formula that is blank where no unit is ranked."""
    return f'=IF({_number_ranked(bloc)}=0,"",{words})'


# --- classes, sums ----------------------------------------------------------------------------------


def _add_classes(table: Grid, blocs: list[BlocSheets]) -> None:
    """One column for every class that any bloc has."""
    names = list(dict.fromkeys(level.name for bloc in blocs for level in bloc.results.bloc.rubric.classification))
    for number, name in enumerate(names):
        live = _of_each_bloc(table, blocs, partial(_count_class, name=name))
        counts = [_in_class(bloc.results, name) for bloc in blocs]
        table.add(f"class:{number}", Column((_("Number of units by class"), name), counts, "integer", 11, live))
    if any(limited(bloc.results.bloc.rubric) for bloc in blocs):
        live = _of_each_bloc(table, blocs, _count_undecided)
        counts = [_undecided(bloc.results) for bloc in blocs]
        heading = (_("Number of units by class"), _("The council decides"))
        table.add("class:undecided", Column(heading, counts, "integer", 11, live))


def _in_class(results: BlocResults, name: str) -> Value:
    """How many units the class has; None where the bloc has no such class."""
    if not any(level.name == name for level in results.bloc.rubric.classification):
        return None
    return [unit.classification for unit in results.units].count(name)


def _undecided(results: BlocResults) -> Value:
    """How many units stand at the edge of a class that has fewer places than units of their rank."""
    names = [level.name for level in results.bloc.rubric.classification]
    return sum(unit.classification not in names for unit in results.ranked_units)


def _count_undecided(bloc: BlocSheets) -> str:
    names = dict.fromkeys(level.name for level in bloc.results.bloc.rubric.classification)
    in_one = "+".join(f"({bloc.cells('class')}={quoted(name)})" for name in names)
    return f"=SUMPRODUCT({bloc.cells('ranked')}*(1-({in_one})))"


def _count_class(bloc: BlocSheets, name: str) -> str:
    return f"=SUMPRODUCT(--({bloc.cells('class')}={quoted(name)}))"


def _write_sums(sheet: Any, look: Styles, table: Grid) -> None:
    """The row of totals below the table, under the columns that count units."""
    row = table.last
    across(sheet, row, (0, 1), _("All blocs"), look.total_text)
    for place, (key, column) in enumerate(table.columns.items()):
        if place < 2:
            continue
        if column.look == "integer":
            counted = sum(int(value) for value in column.values if value is not None)
            sheet.write_formula(row, place, f"=SUM({table.span(key)})", look.total_integer, counted)
        else:
            sheet.write_blank(row, place, None, look.total_text)
    sheet.set_row(row, 22)


def _write_origin(sheet: Any, look: Styles, outcome: Outcome, row: int, columns: tuple[int, int]) -> None:
    """Where the numbers come from, left of the signature."""
    lines = (
        _("Made from {count} files in the inbox, received until {moment}.").format(
            count=i18n.number(len(outcome.register)), moment=as_of(outcome)
        ),
        _("Points and ranks follow the rules whose fingerprint stands in the last column."),
        _("Turnout is as counted by the run; ranking, points and classes are formulas over the sheets of points."),
    )
    sheet.write_string(row, columns[0], _("Where the numbers come from"), look.section)
    for number, words in enumerate(lines, start=1):
        sheet.write_string(row + number, columns[0], f"– {words}", look.plain)


def _add_chart(open_sheet: OpenSheet, table: Grid) -> None:
    """How many units of each bloc are in each class; below the table and the lines on its origin."""
    classes = [(key, column) for key, column in table.columns.items() if key.startswith("class:")]
    series = [
        {
            "name": column.headings[-1],
            "categories": [table.sheet, table.first - 1, 1, table.last - 1, 1],
            "values": [table.sheet, table.first - 1, table.place(key), table.last - 1, table.place(key)],
            "fill": {"color": SERIES[number % len(SERIES)]},
        }
        for number, (key, column) in enumerate(classes)
    ]
    title, place, size = _("Number of units by class"), table.last + 7, (760, 120 + 32 * table.rows)
    add_bars(open_sheet.book, open_sheet.sheet, place, Bars(title, series, size, lengths={"min": 0}))
