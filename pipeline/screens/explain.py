"""How a total or a point came about, in words: from the rank down to file, sheet and cell (promise 4).

In: an outcome, a unit, perhaps a criterion. Out: text on a console; or what the unit ranked just above had more of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.code_lists import GroupKind, Source
from pipeline.council.words import judged_words
from pipeline.errors import UserFault
from pipeline.i18n import _, moment, number
from pipeline.rules.words import cap_words, rule_words
from pipeline.text import plain

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from pipeline.outcome import Outcome
    from pipeline.rules.rubric import CriterionGroup
    from pipeline.rules.year import Rules

Row = Mapping[Any, Any]
"""A row of a frame: column -> value."""

NAME_WIDTH = 14
"""So many columns of the screen a unit's name may take above its points; it is wrapped."""


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
    rank = "–" if standing["exclusion"] else str(standing["rank"])
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
    if steps := _steps(outcome, unit):
        to.print(" → ".join(steps))
    groups = {at["group"]: at for at in outcome.groups[outcome.groups["unit"] == unit].to_dict("records")}
    if standing["note"]:
        to.print(plain(str(standing["note"])))
    to.print(_("File: {file}").format(file=plain(str(scores["file"].iat[0]))))
    bloc, _unit = outcome.rules.units[unit]
    table = Table()
    for title in (_("Code"), _("Points"), _("of"), _("How"), _("Cell")):
        table.add_column(title)
    for group in bloc.rubric.groups:
        points = groups[group.code]
        words = group.name
        if points["added"] != points["points"]:
            words += ". " + cap_words(points["added"])
        table.add_row(group.code, number(points["points"]), number(points["applicable"]), words, "", style="bold")
        for at in scores[scores["group"] == group.code].to_dict("records"):
            facts = (at["criterion"], number(at["points"]), number(at["max_points"]))
            table.add_row(*facts, _how(outcome, at), _cells(at))
    to.print(table)


def _steps(outcome: Outcome, unit: str) -> list[str]:
    """The unit's total and rank by each of the scores, where people changed points in its bloc."""
    bloc, _unit = outcome.rules.units[unit]
    if (outcome.changes["bloc"] != bloc.code).all():
        return []
    at = next(row for row in outcome.side_by_side.to_dict("records") if row["unit"] == unit)
    steps = {
        "claimed_": _("claimed {total} (rank {rank})"),
        "computed_": _("computed {total} (rank {rank})"),
        "appraised_": _("after the appraisal {total} (rank {rank})"),
        "": _("what counts {total} (rank {rank})"),
    }
    outside = (outcome.standings.loc[outcome.standings["unit"] == unit, "exclusion"] != "").any()
    return [
        words.format(total=number(at[f"{step}total"]), rank="–" if outside else at[f"{step}rank"])
        for step, words in steps.items()
        if at[f"{step}total"] == at[f"{step}total"]
    ]


def _point(outcome: Outcome, at: pd.Series, to: Console) -> None:
    bloc, _unit = outcome.rules.units[at["unit"]]
    group, criterion = bloc.rubric.criteria[at["criterion"]]
    to.print(f"{criterion.code} – {criterion.name} ({group.name})", style="bold")
    to.print(
        _("Points that count: {points} of {max}").format(points=number(at["points"]), max=number(at["max_points"]))
    )
    to.print(_("How: {words}").format(words=plain(str(at["explanation"]))))
    steps = _judged(outcome, str(at["unit"]), str(at["criterion"]), with_place=True)
    if steps:
        to.print(" → ".join([_("computed {points}").format(points=number(at["computed"])), *steps]))
    to.print(_("Rule: {rule}").format(rule=rule_words(bloc.rubric, criterion, outcome.rules.plan.decimals)))
    to.print(_("Rule file: {file}").format(file=outcome.rules.bloc_files[bloc.code]))
    for each in at["inputs"]:
        words = _("{input}: file {file}, sheet “{sheet}”, cell {cell}")
        place = {"file": plain(str(at["file"])), "sheet": plain(str(at["sheet"])), "cell": each.cell or "–"}
        to.print(words.format(input=plain(each.shown), **place))
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
                days=number(at["actual"]),
                received=moment(dt.datetime.fromisoformat(register["received"])),
                source=_within(Source.shown(str(register["received_from"]))),
            )
        )
    rows = [code for code, (_group, of, _input) in bloc.rubric.rows.items() if of is criterion]
    found = outcome.findings[(outcome.findings["file"] == at["file"]) & outcome.findings["criterion"].isin(rows)]
    for message in found["message"]:
        to.print("• " + plain(str(message)))


def _cells(at: Row) -> str:
    """Where the points came from: the cells of the inputs, else that of the result."""
    return ", ".join(filter(None, (each.cell for each in at["inputs"]))) or str(at["actual_cell"])


def _how(outcome: Outcome, at: Row) -> str:
    return " → ".join([plain(at["explanation"]), *_judged(outcome, at["unit"], at["criterion"])])


def _judged(outcome: Outcome, unit: str, criterion: str, with_place: bool = False) -> list[str]:
    """What people made of the points, one step after the other, with who and why; where that stands, and what rank
    it moved."""
    own = outcome.judgements
    rows = own[(own["unit"] == unit) & (own["criterion"] == criterion)].to_dict("records")
    return [judged_words(outcome.rules, at, with_place) for at in rows]


def _within(words: str) -> str:
    """Words within a sentence."""
    return words[:1].lower() + words[1:]


# --- why not higher ------------------------------------------------------------------------------------


def why_not(outcome: Outcome, unit: str, to: Console) -> None:
    """Print what the unit ranked just above had more of, criterion by criterion. Raises as :func:`refuse_unknown`."""
    refuse_unknown(outcome.rules, unit, None)
    bloc, known = outcome.rules.units[unit]
    to.print(f"{known.name} – {bloc.name}", style="bold")
    bloc_rows = outcome.standings[outcome.standings["bloc"] == bloc.code].to_dict("records")
    own = next((row for row in bloc_rows if row["unit"] == unit), None)
    if own is None:
        to.print(_("No form of this unit counts yet, so there are no points."))
    elif own["exclusion"]:
        to.print(_("The unit has no rank: {reason}").format(reason=plain(own["exclusion"])))
    else:
        better = [row for row in bloc_rows if not row["exclusion"] and row["rank"] < own["rank"]]
        _gap(outcome, better, own, to)
        if better:
            _compare(outcome, better[-1], own, to)


def _gap(outcome: Outcome, better: Sequence[Row], own: Row, to: Console) -> None:
    """Who stands just above, with whom, and how many points are missing; of several the last of the table counts."""
    if not better:
        to.print(_("No unit of the bloc is ranked above it."))
    else:
        above = better[-1]
        words = _("Rank {rank}; just above stands {above}, rank {above_rank}.")
        name = _name(outcome, above)
        to.print(words.format(rank=number(own["rank"]), above=name, above_rank=number(above["rank"])))
        sharing = [_name(outcome, row) for row in better[:-1] if row["rank"] == above["rank"]]
        if sharing:
            to.print(_("The same rank as {above} has: {names}.").format(above=name, names=", ".join(sharing)))
        if above["total"] != own["total"]:
            facts = {"total": number(own["total"]), "above_total": number(above["total"])}
            gap = number(above["total"] - own["total"])
            to.print(_("{gap} points are missing: {total} against {above_total}.").format(gap=gap, **facts))
    if own["tie"]:
        to.print(plain(own["tie"]))


def _compare(outcome: Outcome, above: Row, own: Row, to: Console) -> None:
    from rich.table import Table

    table = Table(expand=True)
    table.add_column(_("Code"))
    for row in (above, own):
        table.add_column(_name(outcome, row), justify="right", max_width=NAME_WIDTH)
    table.add_column(_("Difference"), justify="right")
    table.add_column(_("Why"), ratio=1)
    bloc, _unit = outcome.rules.units[own["unit"]]
    equal: list[str] = []
    for group in bloc.rubric.groups:
        _compare_group(outcome, group, (above["unit"], own["unit"]), table, equal)
        table.add_section()
    _compare_totals(outcome, (above, own), table)
    to.print(table)
    if equal:
        to.print(_("As many points in: {codes}").format(codes=", ".join(equal)))


def _compare_group(
    outcome: Outcome, group: CriterionGroup, pair: tuple[str, str], table: Table, equal: list[str]
) -> None:
    """The group's row, then one for each criterion in which the points differ; the others go to ``equal``."""
    sums, scores = (
        [frame[(frame["unit"] == unit) & (frame["group"] == group.code)].to_dict("records") for unit in pair]
        for frame in (outcome.groups, outcome.scores)
    )
    both = [rows[0] for rows in sums]
    capped = [f"{_name(outcome, at)}: {cap_words(at['added'])}" for at in both if at["added"] != at["points"]]
    _add(table, group.code, [at["points"] for at in both], "\n".join([group.name, *capped]), style="bold")
    for above, own in zip(*scores, strict=True):
        if above["points"] == own["points"]:
            equal.append(own["criterion"])
        else:
            how = [f"{_name(outcome, at)}: {_how(outcome, at)}" for at in (above, own)]
            name = outcome.rules.units[pair[1]][0].rubric.criteria[own["criterion"]][1].name
            _add(table, own["criterion"], [above["points"], own["points"]], "\n".join([name, *how]))


def _compare_totals(outcome: Outcome, pair: tuple[Row, Row], table: Table) -> None:
    of_pair = outcome.groups[outcome.groups["unit"].isin([row["unit"] for row in pair])]
    for kind in GroupKind:
        words, groups = [_(kind.label)], of_pair[of_pair["kind"] == kind]
        for row in pair:
            added = round(groups.loc[groups["unit"] == row["unit"], "points"].sum(), outcome.rules.plan.decimals)
            if added != row[kind]:
                cap = _("The groups add up to {added}; the rubric's cap applies").format(added=number(added))
                words.append(f"{_name(outcome, row)}: {cap}")
        if len(groups):
            _add(table, "", [row[kind] for row in pair], "\n".join(words))
    _add(table, "", [row["total"] for row in pair], _("Total"), style="bold")


def _add(table: Table, code: str, points: Sequence[float], words: str, style: str = "") -> None:
    above, own = points
    sign = "+" if above > own else ""
    table.add_row(code, number(above), number(own), sign + number(above - own), words, style=style)


def _name(outcome: Outcome, row: Row) -> str:
    return outcome.rules.units[row["unit"]][1].name
