"""What was received when, and how scores and ranks changed from run to run, and why: ``thidua history``.

In: the runs of a round as the ledger keeps them (:mod:`pipeline.state.run_history`). Out: tables on a console.

A cause is what changed between two runs that bears on the unit: its form, when that was received, the rules of its
bloc, what people judged, the program; and where none of these did, the units of its bloc whose points changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.code_lists import Judgement, Status
from pipeline.i18n import _, moment, number
from pipeline.state.manifest import file_name
from pipeline.state.run_changes import (
    InboxChanges,
    UnitChange,
    changed_rule_files,
    inbox_changes,
    unit_changes,
    with_previous,
)
from pipeline.state.run_history import GONE, InboxFile, Result, Run
from pipeline.text import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from pipeline.rules.year import Rules

SHOWN = 12
"""So many units of a run, or files of a cell, are named; of the others the number."""


# --- why ----------------------------------------------------------------------------------------------


def causes(change: UnitChange, all_changes: Sequence[UnitChange], rules: Rules) -> list[str]:
    """Sentences that say why a unit stands otherwise than before; ``all_changes``: those of the same run."""
    sentences = [*_form_causes(change, rules), *_rule_causes(change, rules), *_judgement_causes(change, rules)]
    if not sentences:
        sentences += _version_sentence(change.run, change.previous)
    if not sentences:
        sentences += _rule_files_sentence(change.run, change.previous)
    if not change.has_new_total and change.has_moved:
        rivals = [_rival(other, rules) for other in all_changes if other.has_new_total and _are_rivals(other, change)]
        if rivals:
            sentences.append(_("other units changed: {units}").format(units=_some(rivals)))
    return sentences


def _are_rivals(one: UnitChange, other: UnitChange) -> bool:
    return one.after.bloc == other.after.bloc and one.after.unit != other.after.unit


def _rival(change: UnitChange, rules: Rules) -> str:
    return f"{_unit_name(change.after.unit, rules)} {_arrow(change.before.total, change.after.total)}"


def _form_causes(change: UnitChange, rules: Rules) -> Iterator[str]:
    """Which file replaced which, or that the same one counts as received at another time."""
    before, after = change.before, change.after
    names = {"before": plain(before.file), "after": plain(after.file)}
    if before.sha256 == after.sha256:
        if before.received != after.received:
            times = {"before": _iso_moment(before.received, rules), "after": _iso_moment(after.received, rules)}
            yield _("received {after}, no longer {before}").format(**times)
    elif not before.sha256:
        yield _("the first form that counts: {after}").format(**names)
    elif not after.sha256:
        yield _("no form counts any more; until then {before}").format(**names)
    elif before.file == after.file:
        yield _("other content in the file {after}").format(**names)
    else:
        yield _("the form {after} in place of {before}").format(**names)


def _rule_causes(change: UnitChange, rules: Rules) -> Iterator[str]:
    """Which rule files changed, but for those of other blocs."""
    before, after = change.before.rules, change.after.rules
    if before and after and before != after:
        changed = changed_rule_files(change.run, change.previous)
        of_others = {file_name(rules, path) for bloc, path in rules.bloc_files.items() if bloc != change.after.bloc}
        files = [name for name in changed if name not in of_others]
        yield _("the bloc's rules changed: {files}").format(files=", ".join(files or changed))


def _judgement_causes(change: UnitChange, rules: Rules) -> Iterator[str]:
    """What people judged otherwise, criterion by criterion; in which file it stands does not matter."""
    before, after = change.before.judged, change.after.judged
    for criterion in {**before, **after}:
        old, new = before.get(criterion), after.get(criterion)
        if (old and old[:2]) == (new and new[:2]):
            continue
        judged = new or before[criterion]
        if new is None:
            words = _("{criterion}: no longer judged ({file})")
        elif judged.kind == Judgement.APPRAISAL:
            words = _("{criterion}: appraised {points} ({file})")
        else:
            words = _("{criterion}: the council decided {points} ({file})")
        name = _criterion_name(criterion, change, rules)
        yield words.format(criterion=name, points=number(judged.points), file=plain(judged.file))


def _rule_files_sentence(run: Run, previous: Run | None) -> Iterator[str]:
    if files := changed_rule_files(run, previous):
        yield _("rule files changed: {files}").format(files=", ".join(files))


def _version_sentence(run: Run, previous: Run | None) -> Iterator[str]:
    if previous and previous.version != run.version:
        versions = {"before": previous.version, "after": run.version}
        yield _("the program: version {after} in place of {before}").format(**versions)


def changed_points(change: UnitChange, rules: Rules) -> list[str]:
    """Criterion by criterion what changed, of a unit that had points before and has them now."""
    before, after = change.before.points, change.after.points
    if not before or not after:
        return []
    return [
        f"{_criterion_name(criterion, change, rules)}: {_arrow(before.get(criterion), after.get(criterion))}"
        for criterion in {**before, **after}
        if before.get(criterion) != after.get(criterion)
    ]


# --- all units ----------------------------------------------------------------------------------------


def show(runs: Sequence[Run], rules: Rules, to: Console) -> None:
    """Every run that found something new: what came in, what the rules and people changed, which units moved."""
    if not runs:
        to.print(_("The ledger knows of no run of this round yet."))
        return
    of_units, of_inbox = unit_changes(runs), inbox_changes(runs)
    for position, (previous, run) in enumerate(with_previous(runs), start=1):
        title = _("Run {n}: {time}; files in the inbox: {count}")
        to.print(title.format(n=position, time=_moment(run.at, rules), count=number(run.count)), style="bold")
        for sentence in (
            *_inbox_sentences(of_inbox[run.number]),
            *_rule_files_sentence(run, previous),
            *_version_sentence(run, previous),
        ):
            to.print("• " + sentence)
        if previous is None:
            scored = sum(change.has_new_total for change in of_units[run.number])
            to.print("• " + _("units with points: {n}").format(n=number(scored)))
        else:
            _show_moved(of_units[run.number], rules, to)


def _show_moved(changes: Sequence[UnitChange], rules: Rules, to: Console) -> None:
    """A table of the units that moved in a run, if any did."""
    moved = [change for change in changes if change.has_moved]
    if not moved:
        return
    table = _table(_("Unit"), _("Total"), _("Rank"), _("Class"), _("Why"))
    for change in moved[:SHOWN]:
        why = "\n".join(causes(change, changes, rules))
        table.add_row(_unit_name(change.after.unit, rules), *_standing(change), why)
    to.print(table)
    if len(moved) > SHOWN:
        to.print(_("… and {n} more units; see thidua history UNIT").format(n=number(len(moved) - SHOWN)))


def _inbox_sentences(changes: InboxChanges) -> Iterator[str]:
    """What a run found otherwise in the inbox than the one before."""
    recounted = [
        f"{plain(now.file)} ({_status(before.status)} → {_status(now.status)})" for before, now in changes.recounted
    ]
    sentences = (
        (_("new files: {files}"), [*map(plain, changes.new)]),
        (_("files with other content: {files}"), [*map(plain, changes.changed)]),
        (_("files no longer in the inbox: {files}"), [*map(plain, changes.gone)]),
        (_("files that count otherwise: {files}"), recounted),
    )
    return (words.format(files=_some(files)) for words, files in sentences if files)


# --- one unit -----------------------------------------------------------------------------------------


def show_unit(runs: Sequence[Run], unit: str, rules: Rules, to: Console) -> None:
    """The unit's files, then its totals and ranks, run after run. ``unit``: the code of one of the plan."""
    to.print(f"{_unit_name(unit, rules)} – {rules.units[unit][0].name}", style="bold")
    files, standings = _files_table(runs, unit, rules), _standings_table(runs, unit, rules)
    if not files.row_count and not standings.row_count:
        to.print(_("The ledger knows of nothing from this unit in this round yet."))
        return
    to.print(_("Files received:"))
    to.print(files)
    to.print(_("Points and rank, run after run:"))
    to.print(standings)


def _files_table(runs: Sequence[Run], unit: str, rules: Rules) -> Table:
    table = _table(_("Run"), _("File"), _("Received"), _("Status"))
    latest: dict[str, InboxFile] = {}
    for run in runs:
        for name, file in run.files.items():
            if unit in (file.unit, latest[name].unit if name in latest else ""):
                received = _iso_moment(file.received, rules)
                table.add_row(_moment(run.at, rules), plain(name), received, _status(file.status))
        latest |= run.files
    return table


def _standings_table(runs: Sequence[Run], unit: str, rules: Rules) -> Table:
    table = _table(_("Run"), _("Total"), _("Rank"), _("Class"), _("Changed points"), _("Why"))
    for changes in unit_changes(runs).values():
        for change in changes:
            points = changed_points(change, rules)
            if change.after.unit == unit and (change.has_moved or points):
                why = "\n".join(causes(change, changes, rules))
                table.add_row(_moment(change.run.at, rules), *_standing(change), "\n".join(points), why)
    return table


# --- words --------------------------------------------------------------------------------------------


def _table(*titles: str) -> Table:
    from rich.table import Table

    table = Table(show_lines=True)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _standing(change: UnitChange) -> tuple[str, str, str]:
    """Total, rank and class, each with what it was before where that differs."""
    before, after = change.before, change.after
    return (
        _arrow(before.total, after.total),
        _arrow(before.rank, after.rank),
        _before_and_after(_class(before), _class(after), plain),
    )


def _class(result: Result) -> str:
    return result.classification or ("" if result.total is None else _("Not classified"))


def _arrow(before: float | None, after: float | None) -> str:
    return _before_and_after(before, after, number)


def _before_and_after(before: Any, after: Any, words: Callable[[Any], str]) -> str:
    """``before → after``; only the latter where they are the same or there was nothing before."""
    old, new = (words(value) or "–" for value in (before, after))
    return new if before == after or old == "–" else f"{old} → {new}"


def _some(names: Sequence[str]) -> str:
    more = [_("and {n} more").format(n=number(len(names) - SHOWN))] if len(names) > SHOWN else []
    return ", ".join([*names[:SHOWN], *more])


def _unit_name(code: str, rules: Rules) -> str:
    """Its name; the code of one that the plan no longer has."""
    return rules.units[code][1].name if code in rules.units else code


def _criterion_name(code: str, change: UnitChange, rules: Rules) -> str:
    """``KT1 – Thu ngân sách``; the code of one that the bloc's rubric no longer has."""
    criteria = {bloc.code: bloc.rubric.criteria for bloc in rules.blocs}.get(change.after.bloc, {})
    return f"{code} – {criteria[code][1].name}" if code in criteria else code


def _status(code: str) -> str:
    return _("no longer in the inbox") if code == GONE else Status.shown(code)


def _moment(time: dt.datetime, rules: Rules) -> str:
    """In the commune's time zone."""
    return moment(time.astimezone(rules.plan.zone))


def _iso_moment(iso: str, rules: Rules) -> str:
    return _moment(dt.datetime.fromisoformat(iso), rules) if iso else ""
