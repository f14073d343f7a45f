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
    """The first column of a list."""
    return Column(_("No."), range(1, len(frame) + 1), "centered", 6)


def bloc_names(outcome: Outcome, frame: pd.DataFrame) -> list[str]:
    """By the column ``bloc``."""
    names = {bloc.code: bloc.name for bloc in outcome.rules.blocs}
    return [names.get(code, code) for code in texts(frame["bloc"])]


def unit_names(outcome: Outcome, frame: pd.DataFrame) -> list[str]:
    """By the column ``unit``."""
    names = {code: unit.name for code, (_bloc, unit) in outcome.rules.units.items()}
    return [names.get(code, code) for code in texts(frame["unit"])]


def criterion_names(outcome: Outcome, frame: pd.DataFrame) -> list[str]:
    """By the columns ``bloc`` and ``criterion``: code and name."""
    names = {
        (bloc.code, code): f"{code}. {criterion.name}"
        for bloc in outcome.rules.blocs
        for code, (_group, criterion) in bloc.rubric.criteria.items()
    }
    keys = zip(texts(frame["bloc"]), texts(frame["criterion"]), strict=True)
    return [names.get(key, key[1]) for key in keys]


def labels(column: pd.Series, known: type[CodeList]) -> list[str]:
    """Codes of a column as people see them."""
    shown = {code: known.shown(code) for code in column.unique()}
    return [shown[code] for code in texts(column)]
