"""What changed from run to run: units that stand otherwise, files that came, changed or went, rule files that differ.

In: the runs of a round (:func:`pipeline.state.run_history.runs`), oldest first. Out: facts, no words; the words are
those of :mod:`pipeline.screens.history`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.state.run_history import GONE, InboxFile, Result, Run


@dataclass(frozen=True)
class UnitChange:
    """How a unit stood before a run and after it; ``previous``: the run before, None for the first one."""

    run: Run
    previous: Run | None
    before: Result
    after: Result

    @property
    def has_new_total(self) -> bool:
        """Whether the total is another."""
        return self.before.total != self.after.total

    @property
    def has_moved(self) -> bool:
        """Whether total, rank or class are others, or the unit came in or dropped out."""
        return self.has_new_total or any(
            getattr(self.before, name) != getattr(self.after, name) for name in ("rank", "classification", "exclusion")
        )


@dataclass
class InboxChanges:
    """Names of files that a run found otherwise than the run before it.

    ``changed``: with other content; ``recounted``: (file before, file now) of which the status alone is another.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    recounted: list[tuple[InboxFile, InboxFile]] = field(default_factory=list)


def with_previous(runs: Sequence[Run]) -> Iterator[tuple[Run | None, Run]]:
    """Each run behind the one before it; None before the first."""
    return zip([None, *runs], runs, strict=False)


def unit_changes(runs: Sequence[Run]) -> dict[int, list[UnitChange]]:
    """Number of a run -> every unit of which that run noted something, in the order of the plan."""
    latest: dict[str, Result] = {}
    changes: dict[int, list[UnitChange]] = {}
    for previous, run in with_previous(runs):
        changes[run.number] = [
            UnitChange(run, previous, latest.get(unit, Result(unit, after.bloc)), after)
            for unit, after in run.results.items()
        ]
        latest |= run.results
    return changes


def inbox_changes(runs: Sequence[Run]) -> dict[int, InboxChanges]:
    """Number of a run -> what it found otherwise in the inbox than the run before."""
    latest: dict[str, InboxFile] = {}
    changes: dict[int, InboxChanges] = {}
    for run in runs:
        changes[run.number] = _inbox_changes(latest, run.files)
        latest |= run.files
    return changes


def _inbox_changes(before: Mapping[str, InboxFile], noted: Mapping[str, InboxFile]) -> InboxChanges:
    changes = InboxChanges()
    for name, file in noted.items():
        old = before.get(name)
        if file.status == GONE:
            changes.gone.append(name)
        elif old is None or old.status == GONE:
            changes.new.append(name)
        elif old.sha256 != file.sha256:
            changes.changed.append(name)
        elif old.status != file.status:
            changes.recounted.append((old, file))
    return changes


def changed_rule_files(run: Run, previous: Run | None) -> list[str]:
    """Names of rule files that are new, gone, or have other content than in the run before; none in the first run."""
    before = previous.rules if previous else run.rules
    return [name for name in {**before, **run.rules} if before.get(name) != run.rules.get(name)]
