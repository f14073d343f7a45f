"""What the unit ranked just above had more of, criterion by criterion: ``thidua explain --why-not``.

In: an outcome and the code of a unit. Out: text on a console.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.code_lists import GroupKind
from pipeline.i18n import _, number
from pipeline.rules.words import cap_words, conversion_words
from pipeline.screens.explain import Row, how_words, refuse_unknown, rows_of, title, what_was_returned
from pipeline.tables import GroupPoints
from pipeline.text import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from pipeline.outcome import Outcome
    from pipeline.rules.rubric import CriterionGroup

NAME_WIDTH = 14
"""So many columns of the screen a unit's name may take above its points; it is wrapped."""


def show_why_not(outcome: Outcome, unit: str, to: Console) -> None:
    """Print what the unit ranked just above had more of, criterion by criterion. Raises as :func:`refuse_unknown`."""
    refuse_unknown(outcome.rules, unit, None)
    to.print(title(outcome.rules, unit), style="bold")
    bloc, _unit = outcome.rules.units[unit]
    standings = rows_of(outcome.standings, bloc=bloc.code)
    own = next((standing for standing in standings if standing.unit == unit), None)
    if own is None:
        to.print(_("No form of this unit counts yet, so there are no points."))
    elif own.exclusion:
        to.print(_("The unit has no rank: {reason}").format(reason=plain(own.exclusion)))
        for sentence in what_was_returned(outcome, unit):
            to.print(sentence)
    else:
        better = [row for row in standings if not row.exclusion and row.rank < own.rank]
        _show_gap(outcome, better, own, to)
        if better:
            _show_comparison(outcome, better[-1], own, to)


def _show_gap(outcome: Outcome, better: Sequence[Row], own: Row, to: Console) -> None:
    """Who stands just above, with whom, and how many points are missing; of several the last of the table counts."""
    if not better:
        to.print(_("No unit of the bloc is ranked above it."))
    else:
        above = better[-1]
        words = _("Rank {rank}; just above stands {above}, rank {above_rank}.")
        name = _name(outcome, above)
        to.print(words.format(rank=number(own.rank), above=name, above_rank=number(above.rank)))
        sharing = [_name(outcome, row) for row in better[:-1] if row.rank == above.rank]
        if sharing:
            to.print(_("The same rank as {above} has: {names}.").format(above=name, names=", ".join(sharing)))
        if above.total != own.total:
            totals = {"total": number(own.total), "above_total": number(above.total)}
            gap = number(above.total - own.total)
            to.print(_("{gap} points are missing: {total} against {above_total}.").format(gap=gap, **totals))
    if own.tie:
        to.print(plain(own.tie))


def _show_comparison(outcome: Outcome, above: Row, own: Row, to: Console) -> None:
    from rich.table import Table

    table = Table(expand=True)
    table.add_column(_("Code"))
    for standing in (above, own):
        table.add_column(_name(outcome, standing), justify="right", max_width=NAME_WIDTH)
    table.add_column(_("Difference"), justify="right")
    table.add_column(_("Why"), ratio=1)
    bloc, _unit = outcome.rules.units[own.unit]
    equal: list[str] = []
    for group in bloc.rubric.groups:
        equal += _add_group(table, outcome, group, (above.unit, own.unit))
        table.add_section()
    _add_totals(table, outcome, (above, own))
    to.print(table)
    if equal:
        to.print(_("As many points in: {codes}").format(codes=", ".join(equal)))


def _add_group(table: Table, outcome: Outcome, group: CriterionGroup, units: tuple[str, str]) -> list[str]:
    """Add the group's row, then one for each criterion in which the points differ; the codes of the others."""
    sums = [rows_of(outcome.groups, unit=unit, group=group.code)[0] for unit in units]
    capped = [f"{_name(outcome, row)}: {cap_words(row.added)}" for row in sums if row.added != row.points]
    _add_row(table, group.code, [row.points for row in sums], "\n".join([group.name, *capped]), style="bold")
    equal = []
    names = {criterion.code: criterion.name for criterion in group.criteria}
    for pair in zip(*(rows_of(outcome.scores, unit=unit, group=group.code) for unit in units), strict=True):
        code, points = pair[0].criterion, [score.points for score in pair]
        if points[0] == points[1]:
            equal.append(code)
        else:
            how = [f"{_name(outcome, score)}: {how_words(outcome, score)}" for score in pair]
            _add_row(table, code, points, "\n".join([names[code], *how]))
    return equal


def _add_totals(table: Table, outcome: Outcome, pair: tuple[Row, Row]) -> None:
    """Add a row for each kind of groups, with the rubric's cap where it applied, and one for the total."""
    of_pair = outcome.groups[outcome.groups[GroupPoints.unit].isin([standing.unit for standing in pair])]
    for kind in GroupKind:
        words, groups = [_(kind.label)], of_pair[of_pair[GroupPoints.kind] == kind]
        for standing in pair:
            points = groups.loc[groups[GroupPoints.unit] == standing.unit, GroupPoints.points]
            rubric = outcome.rules.units[standing.unit][0].rubric
            added = round(points.sum(), rubric.decimals_at("group", outcome.rules.plan.decimals))
            if added != getattr(standing, kind):
                cap = _cap_words(outcome, standing, kind, added)
                words.append(f"{_name(outcome, standing)}: {cap}")
        if len(groups):
            _add_row(table, "", [getattr(standing, kind) for standing in pair], "\n".join(words))
    _add_row(table, "", [standing.total for standing in pair], _("Total"), style="bold")


def _cap_words(outcome: Outcome, standing: Row, kind: GroupKind, added: float) -> str:
    """Why the groups of a kind add up to something else than what counts of them."""
    if kind is not GroupKind.BASE:
        return _("The groups add up to {added}; the rubric's cap applies").format(added=number(added))
    bloc, _unit = outcome.rules.units[standing.unit]
    rows = rows_of(outcome.groups, unit=standing.unit, kind=kind)
    return conversion_words(
        sum(row.applicable for row in rows), float(bloc.rubric.total), points=added, base=standing.base
    )


def _add_row(table: Table, code: str, points: Sequence[float], words: str, style: str = "") -> None:
    above, own = points
    sign = "+" if above > own else ""
    table.add_row(code, number(above), number(own), sign + number(above - own), words, style=style)


def _name(outcome: Outcome, row: Row) -> str:
    return outcome.rules.units[row.unit][1].name
