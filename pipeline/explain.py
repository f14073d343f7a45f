"""How a total or a point came about, in words: from the rank down to file, sheet and cell (promise 4).

In: an outcome, a unit, perhaps a criterion. Out: text on a console.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import UserFault
from pipeline.i18n import _, number
from pipeline.screen import plain

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from pipeline.rules import Rules
    from pipeline.tables import Outcome


def explain(outcome: Outcome, unit: str, criterion: str | None, to: Console) -> None:
    """Print how the unit's total, or its points in one criterion, came about. Raises as :func:`refuse_unknown`."""
    refuse_unknown(outcome.rules, unit, criterion)
    bloc, known = outcome.rules.units[unit]
    scores = outcome.scores[outcome.scores["unit"] == unit]
    to.print(f"{known.name} – {bloc.name}", style="bold")
    if scores.empty:
        to.print(_("No form of this unit counts yet, so there are no points."))
        return
    if criterion is None:
        _total(outcome, unit, scores, to)
    else:
        _point(outcome, scores[scores["criterion"] == criterion].iloc[0], to)


def refuse_unknown(rules: Rules, unit: str, criterion: str | None) -> None:
    """Raises UserFault for a unit or a criterion that the plan does not have."""
    if unit not in rules.units:
        raise UserFault(
            _("no unit of the plan has the code “{unit}”").format(unit=unit),
            _("Use one of: {codes}").format(codes=", ".join(rules.units)),
        )
    bloc, _unit = rules.units[unit]
    if criterion is not None and criterion not in bloc.rubric.criteria:
        raise UserFault(
            _("the rubric of {bloc} has no criterion {code}").format(bloc=bloc.name, code=criterion),
            _("Use one of: {codes}").format(codes=", ".join(bloc.rubric.criteria)),
        )


def _total(outcome: Outcome, unit: str, scores: pd.DataFrame, to: Console) -> None:
    from rich.table import Table

    standing = outcome.standings[outcome.standings["unit"] == unit].iloc[0]
    rank = str(standing["rank"]) if standing["rank"] == standing["rank"] and standing["rank"] is not None else "–"
    to.print(
        _("Rank {rank}; total {total} = base {base} + bonus {bonus} − penalty {penalty}; class: {level}").format(
            rank=rank,
            total=number(standing["total"]),
            base=number(standing["base"]),
            bonus=number(standing["bonus"]),
            penalty=number(abs(standing["penalty"])),
            level=standing["classification"],
        )
    )
    if standing["note"]:
        to.print(plain(str(standing["note"])))
    to.print(_("File: {file}").format(file=plain(str(scores["file"].iat[0]))))
    groups = {at["group"]: at for at in outcome.groups[outcome.groups["unit"] == unit].to_dict("records")}
    bloc, _unit = outcome.rules.units[unit]
    table = Table()
    for title in (_("Code"), _("Points"), _("of"), _("How"), _("Cell")):
        table.add_column(title)
    for group in bloc.rubric.groups:
        points = groups[group.code]
        words = group.name
        if points["added"] != points["points"]:
            added = number(points["added"])
            words += ". " + _("The criteria add up to {added}; the group's cap applies").format(added=added)
        table.add_row(group.code, number(points["points"]), number(float(group.points)), words, "", style="bold")
        for at in scores[scores["group"] == group.code].to_dict("records"):
            facts = (at["criterion"], number(at["points"]), number(at["max_points"]))
            table.add_row(*facts, plain(at["explanation"]), at["actual_cell"])
    to.print(table)


def _point(outcome: Outcome, at: pd.Series, to: Console) -> None:
    bloc, _unit = outcome.rules.units[at["unit"]]
    group, criterion = bloc.rubric.criteria[at["criterion"]]
    to.print(f"{criterion.code} – {criterion.name} ({group.name})", style="bold")
    to.print(
        _("Points that count: {points} of {max}").format(points=number(at["points"]), max=number(at["max_points"]))
    )
    to.print(_("How: {words}").format(words=plain(str(at["explanation"]))))
    to.print(
        _("Rule: {rule}").format(rule=criterion.method.describe(group.scale(criterion, outcome.rules.plan.decimals)))
    )
    to.print(_("Rule file: {file}").format(file=outcome.rules.folder / "blocs" / f"{bloc.code}.yaml"))
    if at["actual_cell"]:
        to.print(
            _("From: file {file}, sheet “{sheet}”, cell {cell}").format(
                file=plain(str(at["file"])), sheet=plain(str(at["sheet"])), cell=at["actual_cell"]
            )
        )
    if criterion.source == "days_late":
        register = outcome.register.set_index("file").loc[at["file"]]
        to.print(
            _("The system entered {days} days late: received {received} ({source})").format(
                days=number(at["actual"]), received=register["received"], source=_source(str(register["received_from"]))
            )
        )
    found = outcome.findings[
        (outcome.findings["file"] == at["file"]) & (outcome.findings["criterion"] == at["criterion"])
    ]
    for message in found["message"]:
        to.print("• " + plain(str(message)))


def _source(code: str) -> str:
    return _("receipt book") if code == "receipt_book" else _("first seen by a run")
