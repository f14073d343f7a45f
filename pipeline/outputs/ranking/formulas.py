"""The arithmetic of sums, ranks and classes as formulas of a spreadsheet.

In: a bloc's rubric and the grid that holds its units, a row each. Out: for each column the function that gives its
formula in a row. They say what :mod:`pipeline.scoring.points`, :mod:`pipeline.ranking.standings` and
:mod:`pipeline.ranking.classes` compute, in functions that Excel 2010, LibreOffice and WPS share.

The grid's keys: ``entry:CODE`` and ``points:CODE`` of a criterion, ``group:CODE``, ``base``, ``bonus``, ``penalty``,
``total``, ``applicable`` (the standard points that apply to the unit, where that differs), ``rank``, ``class``,
``status`` (why there is no rank), ``ranked`` (1 or 0), ``order`` (of receipt), ``fit:N`` (what better classes left of
a unit that meets the conditions of the class at place N, 0 for another), ``seat:N`` (what it gets of its places),
``least:CLASS:GROUP`` (what a class asks of a group that not all of applies).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from pipeline.code_lists import GroupKind
from pipeline.i18n import _
from pipeline.methods.inputs import Takes
from pipeline.methods.method import without_data
from pipeline.outputs.ranking.criteria import entry_cells
from pipeline.ranking.classes import BETWEEN
from pipeline.rules.links import leaves_out, scale_of, unranking
from pipeline.rules.rubric import ClassLevel, Criterion, CriterionGroup, Exclusion, Rubric, TieBreak
from pipeline.rules.words import no_data_reason
from pipeline.scoring.points import ticks_reaching, ticks_within
from pipeline.sheets.grid import ByRow, Grid, once

_STRING = 250  # a text constant in a formula has at most 255 characters


# --- sums -------------------------------------------------------------------------------------------


def group_sum(table: Grid, group: CriterionGroup, decimals: int) -> ByRow:
    """The points of a group: of its criteria together, within the group's bounds."""
    low, high = group.bounds
    least, most = (_decimal(ticks, decimals) for ticks in (-ticks_within(-low, decimals), ticks_within(high, decimals)))
    limits = f"=MAX({least},MIN({most},{{}}))"
    keys = [f"points:{each.code}" for each in group.criteria]
    return once(lambda row: limits.format(_sum(table, keys, row, decimals)))


def kind_sum(table: Grid, rubric: Rubric, kind: GroupKind, decimals: int) -> ByRow:
    """The points of the groups of one kind together, within the rubric's cap on that kind."""
    decimals = rubric.decimals_at("group", decimals)
    keys = [f"group:{group.code}" for group in rubric.groups_of(kind)]
    cap = {GroupKind.BONUS: rubric.bonus_cap, GroupKind.PENALTY: rubric.penalty_cap}.get(kind)
    if kind is GroupKind.BASE and "applicable" in table.columns:
        return once(lambda row: "=" + _rescaled(table, _sum(table, keys, row, decimals), rubric, row, decimals))
    if cap is None:
        return once(lambda row: "=" + _sum(table, keys, row, decimals))
    most = _decimal(ticks_within(cap, decimals), decimals)
    limited = f"=MAX(-{most},{{}})" if kind is GroupKind.PENALTY else f"=MIN({most},{{}})"
    return once(lambda row: limited.format(_sum(table, keys, row, decimals)))


def _rescaled(table: Grid, added: str, rubric: Rubric, row: int, decimals: int) -> str:
    return f"ROUND({added}*{rubric.total.normalize():f}/{table.cell('applicable', row)},{decimals})"


def total(table: Grid, decimals: int) -> ByRow:
    """Standard points, bonus and penalty together."""
    keys = [kind for kind in GroupKind if kind in table.columns]
    return once(lambda row: "=" + _sum(table, keys, row, decimals))


def _sum(table: Grid, keys: Iterable[str], row: int, decimals: int) -> str:
    """Rounded, because floats that add up to the same points may differ in their last bit."""
    return f"ROUND(SUM({','.join(table.cell(key, row) for key in keys)}),{decimals})"


def _decimal(ticks: int, decimals: int) -> str:
    return f"{Decimal(ticks).scaleb(-decimals).normalize():f}"


# --- who is ranked, and where -----------------------------------------------------------------------


def status(table: Grid, rubric: Rubric, exclusions: Iterable[Exclusion]) -> ByRow:
    """The reasons of all ``exclusions`` that apply to the unit, joined by semicolons; "" where none does."""

    def struck(exclusion: Exclusion, row: int) -> str:
        _group, criterion = rubric.criteria[exclusion.criterion or ""]
        entry = table.cell(f"entry:{criterion.of or criterion.code}", row)
        answers = [f"{entry}={quoted(name)}" for name in rubric.excluding(exclusion)]
        if exclusion.at_least is not None and criterion.method.takes is Takes.NUMBER:
            applies = table.cell(f"points:{criterion.code}", row)  # blank where it does not: no number
            answers.append(f"AND(ISNUMBER({applies}),ISNUMBER({entry}),{entry}>={exclusion.at_least.normalize():f})")
        return f"OR({','.join(answers or ['FALSE'])})"

    def without(criterion: Criterion, row: int) -> str:
        cells, scale = entry_cells(table, rubric, criterion, row), scale_of(rubric, criterion, 0)
        return without_data(criterion.method, scale, cells, quoted("; " + no_data_reason(criterion)), '""')

    def live(row: int) -> str:
        reasons = [f'IF({struck(each, row)},{quoted("; " + each.reason)},"")' for each in exclusions]
        reasons += [without(each, row) for each in unranking(rubric)]
        return f"=MID({'&'.join(reasons)},3,9999)"

    return once(live)


def ranked(table: Grid) -> ByRow:
    """1 for a unit that takes part in the ranking, else 0."""
    return once(lambda row: f'=IF({table.cell("status", row)}="",1,0)')


def rank(table: Grid, ties: Iterable[TieBreak]) -> ByRow:
    """One more than the number of units that are better: by total, then by each tie-break in turn."""
    keys = [("total", ">"), *(_tie_key(tie) for tie in ties)]

    def better(row: int, place: int) -> str:
        key, sign = keys[place]
        if key not in table.columns:  # a tie-break on penalties, in a rubric without any
            return better(row, place + 1) if place + 1 < len(keys) else "0"
        column, cell = table.span(key), table.cell(key, row)
        if place + 1 == len(keys):
            return f"({column}{sign}{cell})"
        return f"(({column}{sign}{cell})+({column}={cell})*{better(row, place + 1)})"

    def live(row: int) -> str:
        all_ranked = table.span("ranked")
        return f'=IF({table.cell("ranked", row)}=1,1+SUMPRODUCT({all_ranked}*{better(row, 0)}),"")'

    return once(live)


def _tie_key(tie: TieBreak) -> tuple[str, str]:
    """The column that the tie-break looks at, and how the cell of a better unit compares to the unit's."""
    keys = {"criterion": f"points:{tie.code}", "group": f"group:{tie.code}", "penalty": "penalty", "received": "order"}
    return keys[tie.by], "<" if tie.by == "received" else ">"


def place(table: Grid) -> ByRow:
    """Where the unit stands when the table is sorted by rank, units without one at the end, equals in their order."""

    def live(row: int) -> str:
        unit_rank, is_ranked = table.cell("rank", row), table.cell("ranked", row)
        # The rows above begin with the heading, so that the first row has some too.
        equals_above = (
            f"COUNTIF({_pinned(table.cell('rank', table.first - 1))}:{table.cell('rank', row - 1)},{unit_rank})"
        )
        unranked = f"COUNTIF({_pinned(table.cell('ranked', table.first))}:{is_ranked},0)"
        return f"=IF({is_ranked}=1,{unit_rank}+{equals_above},SUM({table.span('ranked')})+{unranked})"

    return live


def _pinned(cell: str) -> str:
    letters = cell.rstrip("0123456789")
    return f"{letters}${cell[len(letters) :]}"


def tie(table: Grid, shared: str, separated: str) -> ByRow:
    """``shared`` where other units have the same rank, ``separated`` where they have the same total alone, else ""."""

    def several(key: str, row: int) -> str:
        return f"SUMPRODUCT({table.span('ranked')}*({table.span(key)}={table.cell(key, row)}))>1"

    def live(row: int) -> str:
        words = f'IF({several("rank", row)},{quoted(shared)},IF({several("total", row)},{quoted(separated)},""))'
        return f'=IF({table.cell("ranked", row)}=1,{words},"")'

    return once(live)


# --- class ------------------------------------------------------------------------------------------


def classification(table: Grid, rubric: Rubric, decimals: int) -> ByRow:
    """The name of the first class, from the best down, that admits the unit; the last one admits every unit.

    Where places are limited, the names of all classes of which it has a share (:func:`seat`).
    """
    *upper, last = rubric.classification

    def first(row: int) -> str:
        choice = quoted(last.name)
        for level in reversed(upper):
            choice = f"IF(AND({_meets(table, rubric, level, row, decimals)}),{quoted(level.name)},{choice})"
        return choice

    def shares(row: int) -> str:
        held = [(table.cell(seat_key(rubric, number), row), level) for number, level in enumerate(upper)]
        held.append((_unseated(table, rubric, len(upper), row), last))
        names = "&".join(f'IF({share}>{_NEARLY_NONE},{quoted(BETWEEN + level.name)},"")' for share, level in held)
        return f"MID({names},{len(BETWEEN) + 1},9999)"

    choice = shares if limited(rubric) else first
    return once(lambda row: f"=IF({table.cell('ranked', row)}=1,{choice(row)},{quoted(_('Not classified'))})")


_NEARLY_NONE = "0.000001"  # shares are thirds and the like, which floats hold nearly


def limited(rubric: Rubric) -> bool:
    """Whether a class has fewer places than there may be units that fit."""
    return any(level.limited for level in rubric.classification)


def seat_key(rubric: Rubric, number: int) -> str:
    """The column of what each unit has of the class at that place: where all that fit get it, that of who fits."""
    return f"seat:{number}" if rubric.classification[number].limited else f"fit:{number}"


def _unseated(table: Grid, rubric: Rubric, number: int, row: int) -> str:
    """What is left of the unit behind the classes before that one."""
    return "-".join(["1", *(table.cell(seat_key(rubric, each), row) for each in range(number))])


def fit(table: Grid, rubric: Rubric, number: int, decimals: int) -> ByRow:
    """For a unit that meets the conditions of the class at that place, what better classes left of it; else 0."""
    level = rubric.classification[number]

    def live(row: int) -> str:
        meets = f"AND({_meets(table, rubric, level, row, decimals)})"
        return f"=IF({table.cell('ranked', row)}=1,IF({meets},{_unseated(table, rubric, number, row)},0),0)"

    return once(live)


def seat(table: Grid, rubric: Rubric, number: int) -> ByRow:
    """What the unit gets of the places of that class: better ranks first, and those of one rank alike."""
    level, fits = rubric.classification[number], f"fit:{number}"
    most = [] if level.quota is None else [f"INT(ROUND({level.quota.normalize():f}*SUM({table.span('ranked')})/100,6))"]
    most += [] if level.places is None else [f"{level.places.normalize():f}"]
    places = most[0] if len(most) == 1 else f"MIN({','.join(most)})"

    def live(row: int) -> str:
        own, ranks, unit_rank = table.cell(fits, row), table.span("rank"), table.cell("rank", row)
        before = f"SUMPRODUCT({table.span(fits)}*({ranks}<{unit_rank}))"
        asked = f"SUMPRODUCT({table.span(fits)}*({ranks}={unit_rank}))"
        return f"=IF({own}>{_NEARLY_NONE},{own}*MAX(0,MIN(1,({places}-{before})/{asked})),0)"

    return once(live)


def conditions(rubric: Rubric, level: ClassLevel, decimals: int) -> list[tuple[str, str]]:
    """Columns, and the least that the class asks of each: a number, or the column that holds it for each unit."""
    decimals = rubric.decimals_at("criterion", decimals)
    share = Fraction(level.each_group or 0) / 100
    groups = rubric.groups_of(GroupKind.BASE) if level.each_group else ()
    least = [("total", ticks_reaching(level.from_, decimals))]
    least += [(f"group:{each.code}", ticks_reaching(Fraction(each.points) * share, decimals)) for each in groups]
    least += [(f"points:{code}", 0) for code in level.no_penalty]
    if leaves_out(rubric):
        by_unit = {f"group:{each.code}": least_of(level, each.code) for each in groups}
        return [(key, by_unit.get(key, _decimal(ticks, decimals))) for key, ticks in least]
    return [(key, _decimal(ticks, decimals)) for key, ticks in least]


def least_of(level: ClassLevel, group: str) -> str:
    """The column with the least that a class asks of a group, of what applies to each unit."""
    return f"least:{level.name}:{group}"


def _meets(table: Grid, rubric: Rubric, level: ClassLevel, row: int, decimals: int) -> str:
    asked = conditions(rubric, level, decimals)
    return ",".join(
        f"{table.cell(key, row)}>={table.cell(least, row) if least in table.columns else least}" for key, least in asked
    )


def quoted(text: str) -> str:
    """A text of any length and content as a constant of a formula."""
    parts = [text[start : start + _STRING] for start in range(0, len(text), _STRING)] or [""]
    return "&".join('"' + part.replace('"', '""') + '"' for part in parts)
