"""What a form says in one place and denies in another, and persons whom two rows propose.

In: the tidied forms, the rules, when files were received. Out: warnings; everything counts as it was entered. Which
criterion counts the rows of which sheet is said in the rules (``counts``). A unit's file names nobody of another unit:
what is found across units goes to the officer alone.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from pipeline.checking.cells import Cells
from pipeline.checking.tidying import Tidy
from pipeline.findings.finding import Code, Finding, Severity
from pipeline.forms.declared import COLLECTIVE_AWARDS, INDIVIDUAL_AWARDS, RESULTS, TABLE, Kind, Table, sheet_title
from pipeline.forms.frames import CHOICE
from pipeline.forms.values import says_none
from pipeline.i18n import number
from pipeline.rules.round_context import RoundContext
from pipeline.rules.rubric import Bloc, Exclusion
from pipeline.rules.year import Rules
from pipeline.text import same


def contradictions(tidy: Tidy, context: RoundContext, received: Mapping[str, dt.datetime]) -> list[Finding]:
    """All of them, in the order of tables. ``received``: file -> when it was received, where that is known."""
    rules = context.rules
    return [
        *_counts_without_rows(tidy, rules),
        *_titles_though_excluded(tidy, rules),
        *_persons_twice(tidy.cells(INDIVIDUAL_AWARDS), rules),
        *_persons_elsewhere(tidy.cells(INDIVIDUAL_AWARDS), rules, received),
    ]


# --- numbers claimed ----------------------------------------------------------------------------------


def _counts_without_rows(tidy: Tidy, rules: Rules) -> Iterator[Finding]:
    """Results that count the rows of a sheet, and are more than it lists."""
    counting = {
        (bloc.code, code): TABLE[each.counts]
        for bloc in rules.blocs
        for code, (_group, each) in bloc.rubric.criteria.items()
        if each.counts
    }
    listed = {table.code: _listed(tidy, table) for table in counting.values()}
    cells = tidy.cells(RESULTS)
    columns = (cells.frame[name] for name in ("bloc", "criterion", "file", "actual"))
    for position, (bloc, criterion, file, claimed) in enumerate(zip(*columns, strict=True)):
        table = counting.get((bloc, criterion))
        if table is None or (file, table.code) not in tidy.places.found:
            continue
        found = listed[table.code].get(file, 0)
        if claimed > found and (table.key or found < table.free_rows):  # a sheet that is full has no room for more
            facts = {"found": str(found), "list": sheet_title(table)}
            yield cells.finding(position, "actual", Code.COUNT_DIFFERS, number(claimed), **facts)


def _listed(tidy: Tidy, table: Table) -> dict[str, int]:
    """File -> how many rows of the table say something."""
    frame = tidy.frames[table.code]
    texts = [each.code for each in table.to_fill if each.kind is Kind.TEXT]
    numbers = [each.code for each in table.to_fill if each.kind.is_number]
    says = frame[numbers].gt(0).any(axis=1)
    for field in texts:
        says |= ~frame[field].map(says_none).astype(bool)
    return dict(Counter(frame.loc[says, "file"]))


# --- units that are not ranked ------------------------------------------------------------------------


def _titles_though_excluded(tidy: Tidy, rules: Rules) -> Iterator[Finding]:
    """Titles proposed for collectives by a unit that its own answer excludes from the ranking."""
    excluded = _excluded(tidy.frames[RESULTS.code], rules)
    titles = {each.name for each in rules.awards.awards if each.for_ == "collective" and each.kind == "title"}
    cells = tidy.cells(COLLECTIVE_AWARDS)
    for position, (file, award) in enumerate(zip(cells.frame["file"], cells.frame["award"], strict=True)):
        if file in excluded and award in titles:
            reason = excluded[file]
            facts = {"criterion": str(reason.criterion), "reason": reason.reason}
            yield cells.finding(position, "award", Code.TITLE_THOUGH_EXCLUDED, award, **facts)


def _excluded(results: pd.DataFrame, rules: Rules) -> dict[str, Exclusion]:
    """File -> why its unit is not ranked, by what it entered."""
    excluded: dict[str, Exclusion] = {}
    for bloc in rules.blocs:
        for exclusion in bloc.rubric.exclusions:
            rows = results[results["bloc"].eq(bloc.code) & results["criterion"].eq(exclusion.criterion or "")]
            for file in rows.loc[_excludes(exclusion, bloc, rows), "file"]:
                excluded.setdefault(file, exclusion)
    return excluded


def _excludes(exclusion: Exclusion, bloc: Bloc, rows: pd.DataFrame) -> pd.Series:
    excludes = rows[CHOICE].isin(bloc.rubric.excluding(exclusion))
    return excludes if exclusion.at_least is None else excludes | rows["actual"].ge(float(exclusion.at_least))


# --- persons ------------------------------------------------------------------------------------------


def _persons_twice(cells: Cells, rules: Rules) -> Iterator[Finding]:
    """Rows of one form that propose a person for the same award again, or for a second commendation.

    A title may stand beside another, for one is the condition of the other, and beside a commendation.
    """
    commendations = {each.name for each in rules.awards.awards if each.kind == "commendation"}
    earlier: dict[tuple[str, str], list[tuple[str, int]]] = {}
    columns = (cells.frame[name] for name in ("file", "name", "award", "row"))
    for position, (file, name, award, row) in enumerate(zip(*columns, strict=True)):
        if not name or not award:
            continue
        before = earlier.setdefault((file, same(name)), [])
        for other_award, other in before:
            if other_award == award or {other_award, award} <= commendations:
                yield cells.finding(position, "name", Code.PERSON_TWICE, other=str(other), award=other_award)
                break
        before.append((award, row))


def _persons_elsewhere(cells: Cells, rules: Rules, received: Mapping[str, dt.datetime]) -> Iterator[Finding]:
    """Persons whom another unit proposes too; a note where only the names are the same. Of each unit's files the one
    that came last speaks."""
    frame = cells.frame[cells.frame["file"].isin(_newest(cells.frame, received)) & cells.frame["name"].ne("")]
    names, positions = frame["name"].map(same), frame["position"].map(same)
    by_position = _other_units(frame["unit"], names + "\n" + positions.where(positions != ""))
    for position, others in _other_units(frame["unit"], names).items():
        alike = by_position.get(position, [])
        other = ", ".join(rules.units[unit][1].name for unit in alike or others)
        finding = cells.finding(position, "name", Code.PERSON_ELSEWHERE, other=other)
        yield finding if alike else replace(finding, severity=Severity.NOTE)


def _other_units(units: pd.Series, keys: pd.Series) -> dict[int, list[str]]:
    """Position of a row -> the other units that have a row of the same key, where there are any."""
    of_key = {key: list(dict.fromkeys(rows)) for key, rows in units.groupby(keys)}
    pairs = zip(units.index, units, keys, strict=True)
    return {
        position: [other for other in of_key[key] if other != unit]
        for position, unit, key in pairs
        if len(of_key.get(key, ())) > 1
    }


def _newest(frame: pd.DataFrame, received: Mapping[str, dt.datetime]) -> set[str]:
    """Of each unit the file that came last, where that is known; else all."""
    newest: dict[str, str] = {}
    for unit, file in dict.fromkeys(zip(frame["unit"], frame["file"], strict=True)):
        if file in received and (unit not in newest or received[newest[unit]] < received[file]):
            newest[unit] = file
    return {*newest.values(), *(file for file in frame["file"] if file not in received)}
