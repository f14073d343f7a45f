"""The rows of the self-scoring table become typed, beside what the rules say of each.

In: raw rows (:class:`~pipeline.checking.frames.RawRows`) and the rules. Out: rows that can count
(:class:`~pipeline.checking.frames.TidyResults`), and findings: what could not be read, was read with a doubt, stands
where nothing is asked for, or in the place of a number of ours.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline.answers import NO_DATA, says_no_data
from pipeline.checking.cells import Cells, Column, Places, choose, plain, read_numbers, read_texts, shown, texts
from pipeline.checking.criterion_facts import criterion_facts, inputs_earn
from pipeline.checking.frames import CHOICE_ASKED, RawRows, TidyResults, asked, unread
from pipeline.findings.finding import Code, Finding, Severity
from pipeline.forms.declared import RESULTS, Kind, Rows, choice_lists
from pipeline.forms.frames import CHOICE, CHOICES, NUMBERS
from pipeline.forms.values import read_number, without_noise
from pipeline.i18n import _, number
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
    no_data = _without_data(joined)
    joined = joined.assign(**{name: joined[name] & ~no_data for name in ("required", "evidence_due")})
    cells = Cells(RESULTS, joined, places)
    wanted = {field: joined[asked(field)] & ~(no_data if field == "actual" else False) for field in NUMBERS}
    columns = {field: read_numbers(cells, field, _measures(joined, field), wanted[field]) for field in NUMBERS}
    fixed = joined["fixed_target"]
    target = columns["target"].values.where(fixed.isna(), fixed)
    actual = columns["actual"].values
    chosen, choices = choose(cells, "actual", joined["options"].tolist()), _choices(cells, rules)
    shares = _maybe_shares(cells, target, actual)
    findings = [
        *_entries_in(cells, closed),
        *_ours_changed(cells, "max_points_entered", "max_points", "max_points"),
        *_ours_changed(cells, "target", "fixed_target", "target"),
        *(finding for column in columns.values() for finding in column.findings),
        *shares.values(),
        *_no_data_findings(cells, no_data),
        *chosen.findings,
        *(finding for column in choices.values() for finding in column.findings),
    ]
    written = {each.code: read_texts(cells, each.code) for each in RESULTS.to_fill if each.kind is Kind.TEXT}
    findings += [finding for column in written.values() for finding in column.findings]
    columns |= written | choices
    columns["target"] = replace(columns["target"], values=target)
    columns["actual"] = replace(columns["actual"], unread=columns["actual"].unread | chosen.unread)
    tidied = joined.assign(
        **{field: column.values for field, column in columns.items()},
        **{unread(field): column.unread for field, column in columns.items()},
        **{CHOICE: chosen.values.mask(no_data, _(NO_DATA))},
        maybe_share=pd.Series([("actual", position) in shares for position in joined.index], joined.index, dtype=bool),
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


# --- no data ------------------------------------------------------------------------------------------


def _without_data(joined: pd.DataFrame) -> pd.Series:
    """Where a unit says that it has no data, and the rules say what that means."""
    said = np.zeros(len(joined), dtype=bool)
    for position in np.flatnonzero(joined["no_data"].ne("") & joined[asked("actual")]).tolist():
        said[position] = says_no_data(joined.at[position, "actual"])
    return pd.Series(said, joined.index)


def _no_data_findings(cells: Cells, no_data: pd.Series) -> list[Finding]:
    frame = cells.frame
    means = frame["no_data"].tolist()
    return [
        cells.finding(position, "actual", Code.NO_DATA, text_of(frame.at[position, "actual"]), means=_(means[position]))
        for position in np.flatnonzero(no_data).tolist()
    ]


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


def _measures(joined: pd.DataFrame, field: str) -> pd.Series:
    """The unit of measure that a field of each row is in: points are points, whatever the result is measured in."""
    is_points = RESULTS.field(field).rows is Rows.POINTS
    return pd.Series(_("points"), joined.index) if is_points else joined["measure"]


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


def _maybe_shares(cells: Cells, target: pd.Series, actual: pd.Series) -> dict[tuple[str, int], Finding]:
    """Percentages that may be shares, 0.65 for 65 %: they count as they were typed, and are asked about.

    A number up to 1, with no sign and no format that settles it, is doubtful where nothing stands beside it, or where
    only the hundredfold comes near that; where that is as small, both may be right. Keys: field, position of the row.
    """
    percent = cells.frame["measure"].str.contains("%", regex=False) & cells.frame[asked("actual")]
    shares: dict[tuple[str, int], Finding] = {}
    for field, value, beside in (("target", target, actual), ("actual", actual, target)):
        typed = cells.frame[field].map(lambda raw: isinstance(raw, (int, float, str)) and "%" not in str(raw))
        small, near = beside.le(1), beside.ge(5) & value.mul(100).between(beside / 5, beside * 5)
        doubtful = percent & cells.frame[asked(field)] & typed & value.gt(0) & value.le(1)
        for position in np.flatnonzero(doubtful & (beside.isna() | small | near)).tolist():
            hundredfold = without_noise(100 * value[position])
            facts = {"read": number(value[position]), "other": number(hundredfold), "example": plain(hundredfold)}
            entered = shown(cells.frame.at[position, field])
            finding = cells.finding(position, field, Code.MAYBE_SHARE, entered, **facts)
            shares[field, position] = replace(finding, severity=Severity.NOTE) if small[position] else finding
    return shares
