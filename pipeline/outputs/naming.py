"""What codes of our frames are called, as columns of a list that people read.

In: an outcome and a frame. Out: names of blocs, units and criteria, and labels, one for each row of the frame.
A code that is none of the plan's stays as it is.
"""

from __future__ import annotations

import pandas as pd

from pipeline.code_lists import CodeList
from pipeline.i18n import _
from pipeline.outcome import Outcome
from pipeline.sheets.lists import Column, texts


def numbered(frame: pd.DataFrame) -> Column:
    """The first column of a list: 1, 2, 3 … for each row of the frame."""
    return Column(_("No."), range(1, len(frame) + 1), "centered", 6)


def bloc_names(outcome: Outcome, frame: pd.DataFrame) -> list[str]:
    """Of each row the name of its bloc, by the column ``bloc``."""
    names = {bloc.code: bloc.name for bloc in outcome.rules.blocs}
    return [names.get(code, code) for code in texts(frame["bloc"])]


def unit_names(outcome: Outcome, frame: pd.DataFrame) -> list[str]:
    """Of each row the name of its unit, by the column ``unit``."""
    names = {code: unit.name for code, (_bloc, unit) in outcome.rules.units.items()}
    return [names.get(code, code) for code in texts(frame["unit"])]


def criterion_names(outcome: Outcome, frame: pd.DataFrame) -> list[str]:
    """Of each row code and name of its criterion, by the columns ``bloc`` and ``criterion``."""
    names = {
        (bloc.code, code): f"{code}. {criterion.name}"
        for bloc in outcome.rules.blocs
        for code, (_group, criterion) in bloc.rubric.criteria.items()
    }
    keys = zip(texts(frame["bloc"]), texts(frame["criterion"]), strict=True)
    return [names.get(key, key[1]) for key in keys]


def labels(column: pd.Series, code_list: type[CodeList]) -> list[str]:
    """The label of each code of a column, from its code list."""
    shown = {code: code_list.shown(code) for code in column.unique()}
    return [shown[code] for code in texts(column)]
