"""Frames made from the few columns that a test is about; the others of their model are blank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from pipeline import tables
from pipeline.forms.frames import Results

Row = Mapping[str, Any]


def frame_of(model: type[tables.FrameModel], rows: Iterable[Row]) -> pd.DataFrame:
    """A checked frame of that model; what a row leaves out is NaN, 0 or ""."""
    blanks = {"float64": float("nan"), "int64": 0, "bool": False}
    columns = model.to_schema().columns
    values: list[Row] = list(rows)
    made = {
        name: pd.Series(
            [row.get(name, blanks.get(str(column.dtype), "")) for row in values],
            dtype=str(column.dtype) if column.dtype else object,
        )
        for name, column in columns.items()
    }
    unknown = {name for row in values for name in row} - set(columns)
    assert not unknown, f"{model.__name__} has no {unknown}"
    return tables.checked(pd.DataFrame(made), model)


def results_of(rows: Iterable[Row]) -> pd.DataFrame:
    """What units entered, as scoring takes it: ``bloc``, ``unit``, ``criterion``, and any of target, actual, choice,
    claimed, evidence, note and where these stood."""
    return frame_of(Results, rows)
