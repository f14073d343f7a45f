"""What the checks need to know of each row of the self-scoring table, criterion or input, from the rules.

In: the rules; for points, the tidied rows. Out: a frame to be joined with what units entered, and which rows earn
points by what stands in other rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.methods.inputs import Input, Takes, row_code
from pipeline.methods.method import score
from pipeline.rules.rubric import Criterion, CriterionGroup
from pipeline.rules.year import Rules


def criteria_frame(rules: Rules) -> pd.DataFrame:
    """One row for each bloc and row of its forms, criterion or input, with what the checks need to know of it.

    Columns: bloc, criterion, position, max_points, lowest, takes, needs_target, fixed_target, low, high (NaN: none),
    whole, required, evidence_due, from_unit, measure, options (the levels to choose from), idle (those without points).
    """
    return pd.DataFrame.from_records(
        [
            _row_facts(bloc.code, position, group, each, one)
            for bloc in rules.blocs
            for position, (group, each, one) in enumerate(bloc.rubric.rows.values())
        ]
    )


def _row_facts(
    bloc: str, position: int, group: CriterionGroup, criterion: Criterion, one: Input | None
) -> dict[str, Any]:
    facts = _criterion_facts(bloc, position, group, criterion)
    if one is None:
        return facts
    return facts | {
        "criterion": row_code(criterion.code, one.code),
        "max_points": np.nan,
        "takes": str(one.takes),
        "needs_target": False,
        "fixed_target": np.nan,
        "low": float(one.low),
        "high": np.nan if one.high is None else float(one.high),
        "whole": one.whole,
        "required": group.requires_input(criterion, one),
        "evidence_due": False,
        "from_unit": True,
        "measure": one.unit,
        "options": one.options,
        "idle": frozenset(),
    }


def _criterion_facts(bloc: str, position: int, group: CriterionGroup, each: Criterion) -> dict[str, Any]:
    return {
        "bloc": bloc,
        "criterion": each.code,
        "position": position,
        "max_points": float(each.points),
        "lowest": float(each.lowest or 0),
        "takes": str(each.method.takes),
        "needs_target": each.method.needs_target,
        "fixed_target": np.nan if each.target is None else float(each.target),
        "low": float(each.low),
        "high": np.nan if each.high is None else float(each.high),
        "whole": each.whole,
        "required": group.requires(each),
        "evidence_due": each.evidence,
        "from_unit": each.from_unit,
        "measure": each.unit,
        "options": each.method.options if each.method.takes is Takes.CHOICE else (),
        "idle": _idle_levels(group, each),
    }


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
    """For the rows of criteria that need evidence and look at inputs alone: whether these earn points."""
    earn = pd.Series(False, frame.index)
    for bloc in rules.blocs:
        for code, (group, each) in bloc.rubric.criteria.items():
            if each.evidence and each.method.takes is Takes.INPUTS:
                own = frame[frame["bloc"].eq(bloc.code) & frame["criterion"].eq(code)]
                blank = np.full(len(own), np.nan)
                columns = {"target": own["target"].to_numpy(float), "actual": blank, "claimed": blank}
                for one in each.inputs:
                    rows = frame[frame["bloc"].eq(bloc.code) & frame["criterion"].eq(row_code(code, one.code))]
                    entered = own["file"].map(rows.set_index("file")["choice" if one.yes_no else "actual"])
                    columns[one.column] = entered.fillna("").to_numpy(object) if one.yes_no else entered.to_numpy(float)
                earn.loc[own.index] = score(each.method, group.scale(each, 4), columns).points != 0
    return earn
