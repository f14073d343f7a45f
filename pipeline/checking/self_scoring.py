"""The rows of the self-scoring table become typed, beside what the rules say of each.

In: raw rows (:class:`~pipeline.checking.frames.RawRows`) and the rules. Out: rows that can count
(:class:`~pipeline.checking.frames.TidyResults`), and findings: what could not be read, was read with a doubt, stands
where nothing is asked for, or in the place of a number of ours.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline.checking.cells import Cells, Column, Places, choose, read_numbers, read_texts, texts
from pipeline.checking.criterion_facts import criterion_facts, inputs_earn
from pipeline.checking.frames import CHOICE_ASKED, RawRows, TidyResults, asked, unread
from pipeline.findings.finding import Code, Finding
from pipeline.forms.declared import RESULTS, Kind, Rows, choice_lists
from pipeline.forms.frames import CHOICE, CHOICES, NUMBERS
from pipeline.forms.values import read_number
from pipeline.i18n import number
from pipeline.rules.links import not_for
from pipeline.rules.targets import Targets
from pipeline.rules.year import Rules
from pipeline.tables import as_declared
from pipeline.text import text_of


def tidy_results(
    raw: DataFrame[RawRows], places: Places, rules: Rules, targets: Targets
) -> tuple[DataFrame[TidyResults], list[Finding]]:
    """The rows of known codes, form after form and in the order of the rubric; and what is to be said of them."""
    joined = _with_targets(_beside_facts(raw, rules), rules, targets)
    closed = _is_closed(joined, rules)
    joined = _nothing_asked(joined, closed)
    cells = Cells(RESULTS, joined, places)
    columns = {field: read_numbers(cells, field, joined["measure"], joined[asked(field)]) for field in NUMBERS}
    fixed = joined["fixed_target"]
    target = columns["target"].values.where(fixed.isna(), fixed)
    actual, shares = _shares_as_percent(cells, columns["actual"].values, target)
    chosen, choices = choose(cells, "actual", joined["options"].tolist()), _choices(cells, rules)
    findings = [
        *_entries_in(cells, closed),
        *_ours_changed(cells, "max_points_entered", "max_points", "max_points"),
        *_ours_changed(cells, "target", "fixed_target", "target"),
        *(finding for column in columns.values() for finding in column.findings),
        *shares,
        *chosen.findings,
        *(finding for column in choices.values() for finding in column.findings),
    ]
    columns |= {each.code: read_texts(joined[each.code]) for each in RESULTS.to_fill if each.kind is Kind.TEXT}
    columns |= choices
    columns["target"] = Column(target, columns["target"].unread)
    columns["actual"] = Column(actual, columns["actual"].unread | chosen.unread)
    tidied = joined.assign(
        **{field: column.values for field, column in columns.items()},
        **{unread(field): column.unread for field, column in columns.items()},
        **{CHOICE: chosen.values},
    )
    return as_declared(tidied.assign(inputs_earn=inputs_earn(tidied, rules)), TidyResults), findings


def _with_targets(joined: pd.DataFrame, rules: Rules, targets: Targets) -> pd.DataFrame:
    """The same with the targets that units do not type, ``fixed_target``; where there is one, none is asked for."""
    units, fixed = joined["unit"].to_numpy(), np.full(len(joined), np.nan)
    positions = joined.groupby(["bloc", "criterion"], sort=False).indices
    for bloc in rules.blocs:
        for code, (_group, criterion) in bloc.rubric.criteria.items():
            own = positions.get((bloc.code, code), [])
            fixed[own] = targets.given(units[own].tolist(), criterion)
    return joined.assign(fixed_target=fixed, **{asked("target"): joined[asked("target")] & np.isnan(fixed)})


def _beside_facts(raw: DataFrame[RawRows], rules: Rules) -> pd.DataFrame:
    """The columns of ``raw`` and of :class:`~pipeline.checking.frames.CriterionFacts`; ``max_points`` is ours, and
    what stands in its place in the form is ``max_points_entered``."""
    renamed = raw.rename(columns={"max_points": "max_points_entered"})
    joined = renamed.merge(criterion_facts(rules), on=["bloc", "criterion"], how="left")
    return joined.sort_values(["file", "position"], kind="stable", ignore_index=True)


# --- rows that are not the unit's to fill ---------------------------------------------------------------


def _is_closed(joined: pd.DataFrame, rules: Rules) -> np.ndarray:
    """Whether a row is ours or the council's to fill, or does not apply to the unit."""
    nobodys, absent = set(), set()
    for bloc in rules.blocs:
        for row, (_group, criterion, _one) in bloc.rubric.rows.items():
            absent |= {(unit, row) for unit in not_for(bloc.rubric, criterion)}
            nobodys |= {(bloc.code, row)} if criterion.source != "unit" else set()
    keys = zip(joined["bloc"], joined["unit"], joined["criterion"], strict=True)
    return np.array([(unit, row) in absent or (bloc, row) in nobodys for bloc, unit, row in keys], dtype=bool)


def _nothing_asked(joined: pd.DataFrame, closed: np.ndarray) -> pd.DataFrame:
    """``joined``, where closed rows ask for nothing."""
    if not closed.any():
        return joined
    switches = [*map(asked, (*NUMBERS, *CHOICES)), CHOICE_ASKED, "required", "evidence_due"]
    options = [() if shut else each for shut, each in zip(closed, joined["options"], strict=True)]
    return joined.assign(
        **{name: joined[name] & ~closed for name in switches}, options=pd.Series(options, joined.index, dtype=object)
    )


def _entries_in(cells: Cells, closed: np.ndarray) -> list[Finding]:
    """What stands in closed rows and would count elsewhere; a target, evidence or a note does no harm."""
    findings = []
    counting = [each for each in RESULTS.to_fill if each.kind is not Kind.TEXT and each.rows is not Rows.TARGET]
    for field in [each.code for each in counting]:
        entered = texts(cells.frame[field][closed])
        findings += [
            cells.finding(position, field, Code.CLOSED_ROW, text)
            for position, text in zip(np.flatnonzero(closed).tolist(), entered, strict=True)
            if text
        ]
    return findings


# --- choices ------------------------------------------------------------------------------------------


def _choices(cells: Cells, rules: Rules) -> dict[str, Column]:
    """The fields that have a list of their own, which is the same in all blocs."""
    lists = choice_lists(rules, rules.blocs[0])
    return {
        field: choose(
            cells, field, [lists[RESULTS.field(field).choices] if due else () for due in cells.frame[asked(field)]]
        )
        for field in CHOICES
    }


# --- numbers ------------------------------------------------------------------------------------------


def _ours_changed(cells: Cells, entered: str, ours: str, field: str) -> list[Finding]:
    """Prefilled numbers that the unit changed; ours count. ``entered``, ``ours``: the columns with both."""
    pairs = zip(cells.frame[entered].tolist(), cells.frame[ours].tolist(), strict=True)
    return [
        cells.finding(position, field, Code.OURS_CHANGED, text_of(value), expected=number(expected))
        for position, (value, expected) in enumerate(pairs)
        if value != expected
        and expected == expected  # not NaN: the rubric has one
        and value not in ("", None)
        and read_number(value).value not in (None, expected)
    ]


def _shares_as_percent(cells: Cells, actual: pd.Series, target: pd.Series) -> tuple[pd.Series, list[Finding]]:
    """0.65 for 65 %: where the measure is a percentage, and only the hundredfold comes near the target.

    Results as they are meant, and where that is not what was typed.
    """
    percent = cells.frame["measure"].str.contains("%", regex=False)
    near = actual.mul(100).between(target / 5, target * 5)
    shares = percent & actual.gt(0) & actual.le(1) & target.ge(5) & near
    hundredfold = actual.mul(100).round(10)
    findings = [
        cells.finding(
            position, "actual", Code.PERCENT_AS_SHARE, number(actual[position]), read=number(hundredfold[position])
        )
        for position in np.flatnonzero(shares).tolist()
    ]
    return actual.where(~shares, hundredfold), findings
