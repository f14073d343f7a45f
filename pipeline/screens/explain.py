"""How a total or a point came about, in words: from the rank down to file, sheet and cell (promise 4).

In: an outcome, the code of a unit, perhaps that of a criterion. Out: text on a console.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.code_lists import Severity, Source
from pipeline.council.words import judged_words
from pipeline.errors import UserFault
from pipeline.i18n import _, moment, number
from pipeline.rules.words import cap_words, rule_words
from pipeline.state import layout, manifest, published
from pipeline.tables import Judgements
from pipeline.text import plain

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from pipeline.outcome import Outcome
    from pipeline.rules.rubric import Criterion
    from pipeline.rules.year import Rules

Row = Any
"""A row of a frame, its columns as attributes."""


def explain(outcome: Outcome, unit: str, criterion: str | None, to: Console) -> None:
    """Print how the unit's total, or its points in one criterion, came about. Raises as :func:`refuse_unknown`."""
    refuse_unknown(outcome.rules, unit, criterion)
    to.print(title(outcome.rules, unit), style="bold")
    scores = rows_of(outcome.scores, unit=unit)
    if not scores:
        to.print(_("No form of this unit counts yet, so there are no points."))
    for sentence in what_was_returned(outcome, unit, criterion):
        to.print(sentence)
    if not scores:
        return
    if criterion is None:
        _show_total(outcome, scores, to)
    else:
        _show_point(outcome, next(score for score in scores if score.criterion == criterion), to)


def what_was_published(outcome: Outcome, outbox: Path, unit: str) -> Iterator[str]:
    """Where the outbox was made from other inputs or rules than now, what it says of the unit beside what is now.

    An outbox that is missing, or of another round, was not published and says nothing.
    """
    try:
        stated = manifest.read(outbox)
        rows = published.read_table(outbox / layout.DATA, "standings")
    except (UserFault, OSError, ValueError, TypeError, AttributeError, csv.Error):  # whatever somebody made of it
        return
    now = manifest.facts(outcome)
    if any(stated.get(key) != now[key] for key in ("plan", "year", "round")):
        return
    was = next((row for row in rows if row.get("unit") == unit), {})
    standing = next(iter(rows_of(outcome.standings, unit=unit)), None)
    old, new = _stood(was.get("total"), was.get("rank")), _stands(standing)
    changed = [*_changed_sources(outcome, stated)]
    if changed:
        yield _("What is published was made from other files than now: {changed}.").format(changed=", ".join(changed))
    if old != new:
        yield _("What is published differs: {published} are published, now {now}.").format(published=old, now=new)
    elif changed:
        yield _("For this unit total and rank are those that are published: {now}.").format(now=new)


def _changed_sources(outcome: Outcome, stated: Mapping[str, Any]) -> Iterator[str]:
    """The kinds of files that are not those of the published run, in words."""
    if not stated.get("public") and _composed(stated["inputs"]) != _composed(outcome.inputs):
        yield _("the inbox or the papers")
    if not manifest.are_rules_of(stated["rules"], outcome.rules):
        yield _("the rule files")
    if stated.get("as_of") != manifest.facts(outcome)["as_of"]:
        yield _("times of receipt")


def _composed(inputs: Mapping[str, str]) -> dict[str, str]:
    """By their names in the one way of storing accents."""
    return {unicodedata.normalize("NFC", name): sha256 for name, sha256 in inputs.items()}


def _stood(total: str | None, rank: str | None) -> str:
    """A published total and rank as they are now put into words."""
    try:
        return _total_and_rank(float(total or "nan"), rank or "")
    except ValueError:  # somebody typed something else
        return plain(f"{total} ({rank})")


def _stands(standing: Row | None) -> str:
    if standing is None:
        return _total_and_rank(math.nan, "")
    has_rank = not standing.exclusion and standing.rank is not None and standing.rank == standing.rank
    return _total_and_rank(float(standing.total), str(standing.rank) if has_rank else "")


def _total_and_rank(total: float, rank: str) -> str:
    if math.isnan(total):
        return _("no points")
    return _("total {total}, rank {rank}").format(total=number(total), rank=rank or "–")


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


def title(rules: Rules, unit: str) -> str:
    """The unit's name and that of its bloc."""
    bloc, known_unit = rules.units[unit]
    return f"{known_unit.name} – {bloc.name}"


def rows_of(frame: pd.DataFrame, **values: str) -> list[Row]:
    """The rows of a frame that have these values: ``rows_of(scores, unit="thon-1")``."""
    for column, value in values.items():
        frame = frame[frame[column] == value]
    rows: list[Row] = list(frame.itertuples(index=False))
    return rows


# --- what was returned -------------------------------------------------------------------------------


def what_was_returned(outcome: Outcome, unit: str, criterion: str | None = None) -> Iterator[str]:
    """The newest file that the unit must correct, and why: all errors, or those of one criterion."""
    (place,) = rows_of(outcome.roster, unit=unit)
    for entry in rows_of(outcome.register, file=place.returned_file) if place.returned_file else ():
        words = _("Sent back for correction: {file}, received {received}: {reason}")
        received = moment(dt.datetime.fromisoformat(entry.received)) if entry.received else "–"
        yield words.format(file=plain(entry.file), received=received, reason=plain(entry.reason))
        errors = rows_of(outcome.findings, file=entry.file, severity=Severity.ERROR)
        rows = _rows_of_criterion(outcome, unit, criterion) if criterion else set()
        for finding in errors:
            if not criterion or finding.criterion in rows:
                yield "• " + plain(str(finding.message))


def _rows_of_criterion(outcome: Outcome, unit: str, criterion: str) -> set[str]:
    """The codes of the form's rows that belong to the criterion."""
    bloc, _unit = outcome.rules.units[unit]
    return {code for code, (_group, each, _one) in bloc.rubric.rows.items() if each.code == criterion}


# --- a total ------------------------------------------------------------------------------------------


def _show_total(outcome: Outcome, scores: list[Row], to: Console) -> None:
    unit = scores[0].unit
    (standing,) = rows_of(outcome.standings, unit=unit)
    to.print(_total_words(standing))
    if steps := _total_steps(outcome, standing):
        to.print(" → ".join(steps))
    if standing.note:
        to.print(plain(str(standing.note)))
    to.print(_("File: {file}").format(file=plain(str(scores[0].file))))
    to.print(_criteria_table(outcome, scores))


def _total_words(standing: Row) -> str:
    return _("Rank {rank}; total {total} = base {base} + bonus {bonus} − penalty {penalty}; class: {level}").format(
        rank="–" if standing.exclusion else str(standing.rank),
        total=number(standing.total),
        base=number(standing.base),
        bonus=number(standing.bonus),
        penalty=number(abs(standing.penalty)),
        level=standing.classification,
    )


def _total_steps(outcome: Outcome, standing: Row) -> list[str]:
    """The unit's total and rank by each of the scores, where people changed points in its bloc."""
    bloc, _unit = outcome.rules.units[standing.unit]
    if (outcome.changes[Judgements.bloc] != bloc.code).all():
        return []
    (totals,) = rows_of(outcome.side_by_side, unit=standing.unit)
    steps = (
        (_("claimed {total} (rank {rank})"), totals.claimed_total, totals.claimed_rank),
        (_("computed {total} (rank {rank})"), totals.computed_total, totals.computed_rank),
        (_("after the appraisal {total} (rank {rank})"), totals.appraised_total, totals.appraised_rank),
        (_("what counts {total} (rank {rank})"), totals.total, totals.rank),
    )
    return [
        words.format(total=number(total), rank="–" if standing.exclusion else rank)
        for words, total, rank in steps
        if total == total  # not blank
    ]


def _criteria_table(outcome: Outcome, scores: list[Row]) -> Table:
    """Group by group what its criteria gave, how, and from which cells."""
    from rich.table import Table

    unit = scores[0].unit
    bloc, _unit = outcome.rules.units[unit]
    points_of_groups = {row.group: row for row in rows_of(outcome.groups, unit=unit)}
    table = Table()
    for heading in (_("Code"), _("Points"), _("of"), _("How"), _("Cell")):
        table.add_column(heading)
    for group in bloc.rubric.groups:
        points = points_of_groups[group.code]
        words = group.name
        if points.added != points.points:
            words += ". " + cap_words(points.added)
        table.add_row(group.code, number(points.points), number(points.applicable), words, "", style="bold")
        for score in scores:
            if score.group == group.code:
                numbers = (number(score.points), number(score.max_points))
                table.add_row(score.criterion, *numbers, how_words(outcome, score), _cells(score))
    return table


def _cells(score: Row) -> str:
    """Where the points came from: the cells of the inputs, else that of the result."""
    return ", ".join(filter(None, (each.cell for each in score.inputs))) or str(score.actual_cell)


def how_words(outcome: Outcome, score: Row) -> str:
    """How the points of a row of the scores came about: computed, then judged."""
    return " → ".join([plain(score.explanation), *_judged_steps(outcome, score)])


def _judged_steps(outcome: Outcome, score: Row, with_place: bool = False) -> list[str]:
    """What people made of the points, one step after the other, with who and why; where that stands, and what rank
    it moved."""
    judgements = rows_of(outcome.judgements, unit=score.unit, criterion=score.criterion)
    return [judged_words(outcome.rules, judgement, with_place) for judgement in judgements]


# --- a point ------------------------------------------------------------------------------------------


def _show_point(outcome: Outcome, score: Row, to: Console) -> None:
    bloc, _unit = outcome.rules.units[score.unit]
    group, criterion = bloc.rubric.criteria[score.criterion]
    to.print(f"{criterion.code} – {criterion.name} ({group.name})", style="bold")
    for sentence in (
        *_point_sentences(outcome, score),
        *_rule_sentences(outcome, score),
        *_origin_sentences(outcome, score),
    ):
        to.print(sentence)
    for message in _findings(outcome, score):
        to.print("• " + plain(str(message)))


def _point_sentences(outcome: Outcome, score: Row) -> Iterator[str]:
    """The points that count, and how they came about."""
    yield _("Points that count: {points} of {max}").format(points=number(score.points), max=number(score.max_points))
    yield _("How: {words}").format(words=plain(str(score.explanation)))
    if steps := _judged_steps(outcome, score, with_place=True):
        yield " → ".join([_("computed {points}").format(points=number(score.computed)), *steps])


def _rule_sentences(outcome: Outcome, score: Row) -> Iterator[str]:
    bloc, _unit = outcome.rules.units[score.unit]
    _group, criterion = bloc.rubric.criteria[score.criterion]
    yield _("Rule: {rule}").format(rule=rule_words(bloc.rubric, criterion, outcome.rules.plan.decimals))
    yield _("Rule file: {file}").format(file=outcome.rules.bloc_files[bloc.code])


def _origin_sentences(outcome: Outcome, score: Row) -> Iterator[str]:
    """From which cells the values came, or how the system counted them."""
    bloc, _unit = outcome.rules.units[score.unit]
    _group, criterion = bloc.rubric.criteria[score.criterion]
    place = {"file": plain(str(score.file)), "sheet": plain(str(score.sheet))}
    source = bloc.rubric.source(criterion)
    yield from _target_sentences(outcome, score, criterion, place)
    names = {each.code: each.name for each in source.inputs}
    for given in score.inputs:
        words = _("{name} – {input}: file {file}, sheet “{sheet}”, cell {cell}")
        yield words.format(name=names[given.code], input=plain(given.shown), cell=given.cell or "–", **place)
    if score.actual_cell:
        yield _("From: file {file}, sheet “{sheet}”, cell {cell}").format(cell=score.actual_cell, **place)
    if criterion.source == "days_late":
        (entry,) = rows_of(outcome.register, file=score.file)
        yield _("The system entered {days} days late: received {received} ({source})").format(
            days=number(score.actual),
            received=moment(dt.datetime.fromisoformat(entry.received)),
            source=_source_words(str(entry.received_from)),
        )


def _target_sentences(outcome: Outcome, score: Row, criterion: Criterion, place: dict[str, str]) -> Iterator[str]:
    """The target, and the cell in which the unit typed it, or that it is the same for all."""
    bloc, _unit = outcome.rules.units[score.unit]
    source = bloc.rubric.source(criterion)
    if not criterion.method.needs_target or math.isnan(score.target):
        return
    if not outcome.targets.of(score.unit, source).is_typed:
        yield _("Target: {target}, set by the rules").format(target=number(score.target))
        return
    for row in rows_of(outcome.results, unit=score.unit, criterion=source.code):
        words = _("Target: {target}, file {file}, sheet “{sheet}”, cell {cell}")
        yield words.format(target=number(score.target), cell=row.target_cell or "–", **place)


def _source_words(code: str) -> str:
    """What says when a file came, as words within a sentence."""
    words = Source.shown(code)
    return words[:1].lower() + words[1:]


def _findings(outcome: Outcome, score: Row) -> list[str]:
    """The messages about the rows of this criterion in the form."""
    codes = _rows_of_criterion(outcome, score.unit, score.criterion)
    findings = rows_of(outcome.findings, file=score.file)
    return [finding.message for finding in findings if finding.criterion in codes]
