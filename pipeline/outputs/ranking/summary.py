"""The first sheet of ``xep-hang.xlsx``: all blocs side by side, and from what the workbook was made.

In: the outcome, and the grids that hold each bloc's points. Out: who sent (as counted by the run), and the spread of
points and classes, which follow the points by formula.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipeline import i18n
from pipeline.i18n import _
from pipeline.outcome import Outcome
from pipeline.outputs.ranking.facts import Facts
from pipeline.outputs.ranking.formulas import quoted
from pipeline.register.roster import turnout
from pipeline.sheets import addresses
from pipeline.sheets.charts import add_bars
from pipeline.sheets.grid import Column, Grid, Value, write_grid
from pipeline.sheets.styles import SERIES, Styles, across, national_heading, page_setup, signature

_TOP, _DEPTH = 6, 2


def as_of(outcome: Outcome) -> str:
    """The time of the newest receipt, in words; "–" where nothing was received."""
    return i18n.moment(outcome.as_of.astimezone(outcome.rules.plan.zone)) if outcome.as_of else "–"


def origin(outcome: Outcome, of: Facts) -> str:
    """From what a bloc's sheet was made, for its footer."""
    return _("{bloc} – {round} – data as of {moment} – rules {fingerprint}").format(
        bloc=of.bloc.name,
        round=outcome.round.name,
        moment=as_of(outcome),
        fingerprint=outcome.rules.fingerprint(of.bloc, outcome.round),
    )


def write(
    book: Any, sheet: Any, look: Styles, outcome: Outcome, blocs: list[Facts], details: list[Grid], links: list[str]
) -> None:
    """Write the sheet. ``links``: the name of each bloc's ranking sheet."""
    plan = outcome.rules.plan
    table = _grid(sheet.name, outcome, blocs, details)
    (left, right), last = table.halves(), table.visible() - 1
    write_grid(sheet, look, table)
    national_heading(sheet, look, plan.issuer, plan.council.name, left, right)
    across(sheet, 3, 0, last, _("SUMMARY OF EMULATION RESULTS OF ALL BLOCS"), look.title)
    across(sheet, 4, 0, last, f"{outcome.round.name} – {plan.title}", look.subtitle)
    for index, (of, link) in enumerate(zip(blocs, links, strict=True)):
        target = f"internal:{addresses.quoted(link)}!A1"
        sheet.write_url(table.first - 1 + index, 1, target, look.link, of.bloc.name)
    _write_sums(sheet, look, table)
    sheet.freeze_panes(table.first - 1, 2)
    sheet.autofilter(table.first - 2, 0, table.last - 1, last)
    page_setup(sheet, repeat_rows=(_TOP, table.first - 2), footer=f"{outcome.round.name} – {plan.code}")
    _write_origin(sheet, look, outcome, table.last + 2, left)
    _add_chart(book, sheet, table, table.last + 7)
    signature(sheet, look, table.last + 2, right, plan.commune, _("On behalf of the council"))


# --- the table --------------------------------------------------------------------------------------


def _grid(name: str, outcome: Outcome, blocs: list[Facts], details: list[Grid]) -> Grid:
    table = Grid(name, _TOP, _DEPTH, len(blocs))
    table.add("number", Column((_("No."),), list(range(1, len(blocs) + 1)), "centered", 6))
    table.add("bloc", Column((_("Emulation bloc"),), [of.bloc.name for of in blocs], "wrapped", 34))
    _add_turnout(table, outcome, blocs)
    _add_spread(table, blocs, details)
    _add_classes(table, blocs, details)
    prints: list[Value] = [outcome.rules.fingerprint(of.bloc, outcome.round) for of in blocs]
    table.add("fingerprint", Column((_("Fingerprint of the rules"),), prints, "code", 20))
    return table


def _add_turnout(table: Grid, outcome: Outcome, blocs: list[Facts]) -> None:
    rosters = [outcome.roster[outcome.roster["bloc"] == of.bloc.code] for of in blocs]
    found = [turnout(roster) for roster in rosters]
    for key, words, counts in (
        ("units", _("Number of units"), [each.units for each in found]),
        ("sent", _("Sent"), [each.sent for each in found]),
        ("late", _("Of these late"), [each.late for each in found]),
        ("to_correct", _("To correct"), [each.to_correct for each in found]),
        ("not_sent", _("Not sent"), [each.not_sent for each in found]),
    ):
        table.add(key, Column((_("Forms"), words), list(counts), "integer", 9))


def _add_spread(table: Grid, blocs: list[Facts], details: list[Grid]) -> None:
    """How many units are ranked, the points of the first, the last and the average, and who leads."""

    def add(key: str, words: str, values: list[Value], look: str, width: float, live: Callable[[Grid], str]) -> None:
        def by_row(row: int) -> str:
            return live(details[row - table.first])

        table.add(key, Column((_("Ranking"), words), values, look, width, by_row))

    def at(detail: Grid, key: str, place: str) -> str:
        count = f"SUM({_cells(detail, 'ranked')})"
        found = f"MATCH({place.format(count=count)},{_cells(detail, 'place')},0)"
        return f"INDEX({_cells(detail, key)},{found})"

    def where_ranked(detail: Grid, words: str) -> str:
        return f'=IF(SUM({_cells(detail, "ranked")})=0,"",{words})'

    def average(detail: Grid, decimals: int) -> str:
        ranked = _cells(detail, "ranked")
        return where_ranked(detail, f"ROUND(SUMPRODUCT({ranked},{_cells(detail, 'total')})/SUM({ranked}),{decimals})")

    def leader(detail: Grid) -> str:
        firsts = f"COUNTIF({_cells(detail, 'rank')},1)"
        more = f'IF({firsts}>1," (+"&{firsts}-1&")","")'
        return where_ranked(detail, f"{at(detail, 'unit', '1')}&{more}")

    totals = [[unit.total for unit, ranked in zip(of.units, of.ranked, strict=True) if ranked] for of in blocs]
    there: list[Value] = [len(each) for each in totals]
    missing: list[Value] = [len(of.units) - len(each) for of, each in zip(blocs, totals, strict=True)]
    add("ranked", _("Ranked"), there, "integer", 9, lambda detail: f"=SUM({_cells(detail, 'ranked')})")
    add(
        "unranked", _("Without a rank"), missing, "integer", 9, lambda detail: f"=COUNTIF({_cells(detail, 'ranked')},0)"
    )
    decimals = blocs[0].decimals if blocs else 0
    for key, words, values, live in (
        (
            "highest",
            _("Highest"),
            [max(each, default="") for each in totals],
            lambda d: where_ranked(d, at(d, "total", "1")),
        ),
        ("average", _("Average"), [_average(each, decimals) for each in totals], lambda d: average(d, decimals)),
        (
            "lowest",
            _("Lowest"),
            [min(each, default="") for each in totals],
            lambda d: where_ranked(d, at(d, "total", "{count}")),
        ),
    ):
        add(key, words, values, "points", 10, live)
    add("leader", _("First"), [_leader(of) for of in blocs], "wrapped", 28, leader)


def _cells(detail: Grid, key: str) -> str:
    return detail.outside(detail.span(key))


def _average(totals: list[float], decimals: int) -> Value:
    if not totals:
        return ""
    mean = sum((Decimal(repr(float(each))) for each in totals), Decimal(0)) / len(totals)
    return float(mean.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _leader(of: Facts) -> str:
    firsts = [
        of.names[unit.unit] for unit, ranked in zip(of.units, of.ranked, strict=True) if ranked and unit.rank == 1
    ]
    if not firsts:
        return ""
    return firsts[0] + (f" (+{len(firsts) - 1})" if len(firsts) > 1 else "")


def _add_classes(table: Grid, blocs: list[Facts], details: list[Grid]) -> None:
    """One column for every class that any bloc has."""
    names = list(dict.fromkeys(level.name for of in blocs for level in of.bloc.rubric.classification))
    for number, name in enumerate(names):
        known = [any(level.name == name for level in of.bloc.rubric.classification) for of in blocs]
        counts: list[Value] = [
            sum(unit.classification == name for unit in of.units) if has else None
            for of, has in zip(blocs, known, strict=True)
        ]

        def live(row: int, name: str = name) -> str:
            return f"=SUMPRODUCT(--({_cells(details[row - table.first], 'class')}={quoted(name)}))"

        table.add(f"class:{number}", Column((_("Number of units by class"), name), counts, "integer", 11, live))


def _write_sums(sheet: Any, look: Styles, table: Grid) -> None:
    """The row of totals below the table, under the columns that count units."""
    row = table.last
    across(sheet, row, 0, 1, _("All blocs"), look.total_text)
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


def _add_chart(book: Any, sheet: Any, table: Grid, row: int) -> None:
    """How many units of each bloc are in each class."""
    series = [
        {
            "name": column.headings[-1],
            "categories": [table.sheet, table.first - 1, 1, table.last - 1, 1],
            "values": [table.sheet, table.first - 1, table.place(key), table.last - 1, table.place(key)],
            "fill": {"color": SERIES[number % len(SERIES)]},
        }
        for number, (key, column) in enumerate(
            (key, each) for key, each in table.columns.items() if key.startswith("class:")
        )
    ]
    size = (760, 120 + 32 * table.rows)
    add_bars(book, sheet, row, _("Number of units by class"), series, size=size, lengths={"min": 0})
