"""What was received when, and how scores and ranks changed from run to run, and why: ``thidua history``.

In: the runs of a round as the ledger keeps them (:mod:`pipeline.state.run_history`). Out: tables on a console. A cause
is what changed between two runs that bears on the unit: its form, when that was received, the rules of its bloc, what
people judged, the program; and where none of its own did, the units of its bloc whose points changed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.code_lists import Judgement, Status
from pipeline.i18n import _, moment, number
from pipeline.state.manifest import file_name
from pipeline.state.run_history import GONE, File, Result, Run
from pipeline.text import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from pipeline.rules.year import Rules

SHOWN = 12
"""So many units of a run, or files of a cell, are named; of the others the number."""


@dataclass(frozen=True)
class Change:
    """How a unit stood before a run and after it."""

    run: Run
    last: Run | None  # the run before
    before: Result
    after: Result

    @property
    def new_points(self) -> bool:
        """Whether the total is another."""
        return self.before.total != self.after.total

    @property
    def moved(self) -> bool:
        """Whether total, rank or class are others, or the unit came in or dropped out."""
        before, after = self.before, self.after
        return self.new_points or any(
            getattr(before, name) != getattr(after, name) for name in ("rank", "classification", "exclusion")
        )


def changes(runs: Sequence[Run]) -> dict[int, list[Change]]:
    """Run -> every unit of which that run noted something, in the order of the plan."""
    standing: dict[str, Result] = {}
    found: dict[int, list[Change]] = {}
    for last, run in zip([None, *runs], runs, strict=False):
        found[run.number] = [
            Change(run, last, standing.get(unit, Result(unit, after.bloc)), after)
            for unit, after in run.results.items()
        ]
        standing |= run.results
    return found


# --- why ----------------------------------------------------------------------------------------------


def causes(change: Change, others: Sequence[Change], rules: Rules) -> list[str]:
    """Sentences that say why a unit stands otherwise than before; ``others``: all changes of the same run."""
    own = [*_form(change, rules), *_rules(change, rules), *_judged(change)]
    if not own and change.last and change.last.version != change.run.version:
        versions = {"before": change.last.version, "after": change.run.version}
        own.append(_("the program: version {after} in place of {before}").format(**versions))
    if not own and (files := _rule_files(change.run, change.last)):
        own.append(_("rule files changed: {files}").format(files=", ".join(files)))
    if not change.new_points and change.moved:
        moved = [_passed(each, rules) for each in others if each.new_points and _is_rival(each, change)]
        if moved:
            own.append(_("other units changed: {units}").format(units=_some(moved)))
    return own


def _is_rival(one: Change, other: Change) -> bool:
    return one.after.bloc == other.after.bloc and one.after.unit != other.after.unit


def _passed(change: Change, rules: Rules) -> str:
    return f"{_unit(change.after.unit, rules)} {_arrow(change.before.total, change.after.total)}"


def _form(change: Change, rules: Rules) -> Iterator[str]:
    """Which file replaced which, or that the same one counts as received at another time."""
    before, after = change.before, change.after
    names = {"before": plain(before.file), "after": plain(after.file)}
    if before.sha256 == after.sha256:
        if before.received != after.received:
            times = {"before": _time(before.received, rules), "after": _time(after.received, rules)}
            yield _("received {after}, no longer {before}").format(**times)
    elif not before.sha256:
        yield _("the first form that counts: {after}").format(**names)
    elif not after.sha256:
        yield _("no form counts any more; until then {before}").format(**names)
    elif before.file == after.file:
        yield _("other content in the file {after}").format(**names)
    else:
        yield _("the form {after} in place of {before}").format(**names)


def _rules(change: Change, rules: Rules) -> Iterator[str]:
    """Which rule files changed, but for those of other blocs."""
    before, after = change.before.rules, change.after.rules
    if before and after and before != after:
        changed = _rule_files(change.run, change.last)
        of_others = {file_name(rules, path) for bloc, path in rules.bloc_files.items() if bloc != change.after.bloc}
        files = [name for name in changed if name not in of_others]
        yield _("the bloc's rules changed: {files}").format(files=", ".join(files or changed))


def _rule_files(run: Run, last: Run | None) -> list[str]:
    """Rule files that are new, gone, or say something else than in the run before."""
    before = last.rules if last else run.rules
    return [name for name in {**before, **run.rules} if before.get(name) != run.rules.get(name)]


def _judged(change: Change) -> Iterator[str]:
    before, after = json.loads(change.before.judged), json.loads(change.after.judged)
    for criterion in {**before, **after}:
        kind, points, file = after.get(criterion, before.get(criterion))
        if before.get(criterion, [])[:2] == after.get(criterion, [])[:2]:
            continue
        if criterion not in after:
            words = _("{criterion}: no longer judged ({file})")
        elif kind == Judgement.APPRAISAL:
            words = _("{criterion}: appraised {points} ({file})")
        else:
            words = _("{criterion}: the council decided {points} ({file})")
        yield words.format(criterion=criterion, points=number(points), file=plain(file))


def changed_points(change: Change) -> list[str]:
    """Criterion by criterion what changed, of a unit that had points before and has them now."""
    before, after = json.loads(change.before.points), json.loads(change.after.points)
    if not before or not after:
        return []
    return [
        f"{criterion} {_arrow(before.get(criterion), after.get(criterion))}"
        for criterion in {**before, **after}
        if before.get(criterion) != after.get(criterion)
    ]


# --- the screen ---------------------------------------------------------------------------------------


def show(runs: Sequence[Run], rules: Rules, to: Console) -> None:
    """Every run that found something new: what came in, what the rules and people changed, which units moved."""
    if not runs:
        to.print(_("The ledger knows of no run of this round yet."))
        return
    found, standing = changes(runs), _Inbox()
    for place, (last, run) in enumerate(zip([None, *runs], runs, strict=False), start=1):
        title = _("Run {n}: {time}; files in the inbox: {count}")
        to.print(title.format(n=place, time=_when(run.at, rules), count=number(run.count)), style="bold")
        for line in [*standing.words(run), *_of_rules(run, last)]:
            to.print("• " + line)
        moved = [each for each in found[run.number] if each.moved]
        if last is None:
            to.print("• " + _("units with points: {n}").format(n=number(sum(each.new_points for each in moved))))
        elif moved:
            to.print(_changed(moved, found[run.number], rules))
            if len(moved) > SHOWN:
                to.print(_("… and {n} more units; see thidua history UNIT").format(n=number(len(moved) - SHOWN)))


def _changed(moved: list[Change], others: Sequence[Change], rules: Rules) -> Table:
    table = _table(_("Unit"), _("Total"), _("Rank"), _("Class"), _("Why"))
    for each in moved[:SHOWN]:
        table.add_row(_unit(each.after.unit, rules), *_standing(each), _lines(causes(each, others, rules)))
    return table


def _of_rules(run: Run, last: Run | None) -> Iterator[str]:
    if files := _rule_files(run, last):
        yield _("rule files changed: {files}").format(files=", ".join(files))
    if last and last.version != run.version:
        yield _("the program: version {after} in place of {before}").format(before=last.version, after=run.version)


class _Inbox:
    """The inbox as the runs saw it, one after the other."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}

    def words(self, run: Run) -> Iterator[str]:
        """What this run found otherwise than the one before."""
        before, self.files = self.files, self.files | run.files
        told: dict[str, list[str]] = {"new": [], "other": [], "gone": [], "status": []}
        for name, now in run.files.items():
            then = before.get(name)
            if now.status == GONE:
                told["gone"].append(plain(name))
            elif then is None or then.status == GONE:
                told["new"].append(plain(name))
            elif then.sha256 != now.sha256:
                told["other"].append(plain(name))
            elif then.status != now.status:
                told["status"].append(f"{plain(name)} ({_status(then.status)} → {_status(now.status)})")
        words = {
            "new": _("new files: {files}"),
            "other": _("files with other content: {files}"),
            "gone": _("files no longer in the inbox: {files}"),
            "status": _("files that count otherwise: {files}"),
        }
        return (words[key].format(files=_some(files)) for key, files in told.items() if files)


def show_unit(runs: Sequence[Run], unit: str, rules: Rules, to: Console) -> None:
    """The unit's files, then its totals and ranks, run after run. ``unit`` is one of the plan."""
    to.print(f"{_unit(unit, rules)} – {rules.units[unit][0].name}", style="bold")
    files, standings = _files_of(runs, unit, rules), _standings_of(runs, unit, rules)
    if not files.row_count and not standings.row_count:
        to.print(_("The ledger knows of nothing from this unit in this round yet."))
        return
    to.print(_("Files received:"))
    to.print(files)
    to.print(_("Points and rank, run after run:"))
    to.print(standings)


def _files_of(runs: Sequence[Run], unit: str, rules: Rules) -> Table:
    table = _table(_("Run"), _("File"), _("Received"), _("Status"))
    known: dict[str, File] = {}
    for run in runs:
        for name, file in run.files.items():
            if unit in (file.unit, known[name].unit if name in known else ""):
                table.add_row(_when(run.at, rules), plain(name), _time(file.received, rules), _status(file.status))
        known |= run.files
    return table


def _standings_of(runs: Sequence[Run], unit: str, rules: Rules) -> Table:
    table = _table(_("Run"), _("Total"), _("Rank"), _("Class"), _("Changed points"), _("Why"))
    for found in changes(runs).values():
        for each in found:
            if each.after.unit == unit and (each.moved or changed_points(each)):
                why = _lines(causes(each, found, rules))
                table.add_row(_when(each.run.at, rules), *_standing(each), _lines(changed_points(each)), why)
    return table


def _table(*titles: str) -> Table:
    from rich.table import Table

    table = Table(show_lines=True)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _standing(change: Change) -> tuple[str, str, str]:
    """Total, rank and class, each with what it was before where that differs."""
    before, after = change.before, change.after
    return (
        _arrow(before.total, after.total),
        _arrow(before.rank, after.rank),
        _step(_class(before), _class(after), plain),
    )


def _class(of: Result) -> str:
    return of.classification or ("" if of.total is None else _("Not classified"))


def _arrow(before: float | None, after: float | None) -> str:
    return _step(before, after, number)


def _step(before: Any, after: Any, words: Callable[[Any], str]) -> str:
    told = [words(each) or "–" for each in (before, after)]
    return told[1] if before == after or told[0] == "–" else " → ".join(told)


def _lines(sentences: Sequence[str]) -> str:
    return "\n".join(sentences)


def _some(names: Sequence[str]) -> str:
    more = [_("and {n} more").format(n=number(len(names) - SHOWN))] if len(names) > SHOWN else []
    return ", ".join([*names[:SHOWN], *more])


def _unit(code: str, rules: Rules) -> str:
    """Its name; the code of one that the plan no longer has."""
    return rules.units[code][1].name if code in rules.units else code


def _status(code: str) -> str:
    return _("no longer in the inbox") if code == GONE else Status.shown(code)


def _when(time: dt.datetime, rules: Rules) -> str:
    return moment(time.astimezone(rules.plan.zone))


def _time(iso: str, rules: Rules) -> str:
    return _when(dt.datetime.fromisoformat(iso), rules) if iso else ""
