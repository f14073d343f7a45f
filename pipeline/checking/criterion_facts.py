"""What the rules say of each row of the self-scoring table, criterion or input, for the checks to compare with.

In: the rules; for points, the tidied rows. Out: a frame to be joined with what units entered, and which rows earn
points by what stands in other rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline.checking.frames import CHOICE_ASKED, CriterionFacts, asked, high, low
from pipeline.forms.asked import asks, bounds, kind_in
from pipeline.forms.declared import RESULTS, Kind
from pipeline.methods.inputs import Input, Takes, row_code
from pipeline.methods.method import score
from pipeline.methods.no_data import NO_DATA, NoData
from pipeline.rules.rubric import Criterion, CriterionGroup
from pipeline.rules.year import Rules
from pipeline.tables import as_declared


def criterion_facts(rules: Rules) -> DataFrame[CriterionFacts]:
    """One row for each bloc and row of its forms, criterion or input."""
    facts = [
        {"bloc": bloc.code, "criterion": code, "position": position}
        | (_of_input(group, each, one) if one else _of_criterion(group, each))
        | _of_fields(each, one)
        for bloc in rules.blocs
        for position, (code, (group, each, one)) in enumerate(bloc.rubric.rows.items())
    ]
    return as_declared(pd.DataFrame.from_records(facts), CriterionFacts)


def _of_criterion(group: CriterionGroup, each: Criterion) -> dict[str, Any]:
    return {
        "measure": each.unit,
        "max_points": float(each.points),
        "needs_target": each.method.needs_target,
        "whole": each.whole,
        "required": group.requires(each),
        "evidence_due": each.evidence and each.from_unit,
        "options": each.method.options if each.method.takes is Takes.CHOICE else (),
        "no_data": _no_data(each) if each.method.takes is Takes.NUMBER else "",
        "idle": _idle_levels(group, each),
    }


def _of_input(group: CriterionGroup, criterion: Criterion, one: Input) -> dict[str, Any]:
    return {
        "measure": one.unit,
        "max_points": np.nan,
        "needs_target": False,
        "whole": one.whole,
        "required": group.requires_input(criterion, one),
        "evidence_due": False,
        "options": one.options,
        "no_data": "" if one.yes_no else _no_data(criterion),
        "idle": frozenset(),
    }


def _no_data(each: Criterion) -> str:
    return NoData(each.no_data).label if each.no_data else ""


def _of_fields(criterion: Criterion, one: Input | None) -> dict[str, Any]:
    """What the row asks for, and the bounds of each field that is a number."""
    facts: dict[str, Any] = {}
    for field in RESULTS.to_fill:
        is_asked, kind = asks(field, criterion, one), kind_in(field, criterion, one)
        if field.choices:
            facts[asked(field.code)] = is_asked
        if field.kind.is_number:
            least, most = bounds(field, criterion, one)
            facts[asked(field.code)] = is_asked and kind is not Kind.CHOICE
            facts[low(field.code)], facts[high(field.code)] = float(least), np.nan if most is None else float(most)
            if field.kind is Kind.RESULT:
                facts[CHOICE_ASKED] = is_asked and kind is Kind.CHOICE
    return facts


def _idle_levels(group: CriterionGroup, each: Criterion) -> frozenset[str]:
    """The levels that give no points, and so need no evidence."""
    levels = each.method.options if each.method.takes is Takes.CHOICE else ()
    if not levels:
        return frozenset()
    blank = np.full(len(levels), np.nan)
    columns = {"target": blank, "actual": blank, "claimed": blank, "choice": np.array(levels, dtype=object)}
    points = score(each.method, group.scale(each, 4), columns).points
    return frozenset(level for level, given in zip(levels, points, strict=True) if not given)


def inputs_earn(frame: pd.DataFrame, rules: Rules) -> pd.Series:
    """For each row whether it is of a criterion that needs evidence and looks at inputs alone, and these earn points.

    ``frame``: what forms say, as in :class:`~pipeline.checking.frames.TidyResults`; of it are read bloc, file,
    criterion, target, actual and choice.
    """
    earn = pd.Series(False, frame.index)
    for bloc in rules.blocs:
        for code, (group, each) in bloc.rubric.criteria.items():
            if each.evidence and each.method.takes is Takes.INPUTS:
                own = frame[frame["bloc"].eq(bloc.code) & frame["criterion"].eq(code)]
                blank = np.full(len(own), np.nan)
                columns = {"target": own["target"].to_numpy(float), "actual": blank, "claimed": blank}
                columns[NO_DATA.name] = np.zeros(len(own), dtype=bool)
                for one in each.inputs:
                    rows = frame[frame["bloc"].eq(bloc.code) & frame["criterion"].eq(row_code(code, one.code))]
                    entered = own["file"].map(rows.set_index("file")["choice" if one.yes_no else "actual"])
                    columns[one.column] = entered.fillna("").to_numpy(object) if one.yes_no else entered.to_numpy(float)
                    if not one.yes_no:
                        columns[NO_DATA.name] |= own["file"].isin(rows.loc[rows["choice"].ne(""), "file"]).to_numpy()
                earn.loc[own.index] = score(each.method, group.scale(each, 4), columns).points != 0
    return earn
