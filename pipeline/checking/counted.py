"""What the forms that count say, for scoring and for outputs: the tidied rows of these files alone.

In: the tidied forms of all files, and which of them count. Out: the frames of :mod:`pipeline.forms.frames`; each result
comes with the cells that it came from.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd
from pandera.typing import DataFrame

from pipeline.checking.tidying import Tidy
from pipeline.forms.declared import COLLECTIVE_AWARDS, INDIVIDUAL_AWARDS, MODELS, MOVEMENTS, RESULTS, Table
from pipeline.forms.frames import (
    NUMBERS,
    CollectiveAwards,
    IndividualAwards,
    Models,
    Movements,
    Results,
    cell,
)
from pipeline.rules.plan import Plan
from pipeline.tables import checked


@dataclass(frozen=True)
class Counted:
    """The entries of the files that count."""

    results: DataFrame[Results]
    models: DataFrame[Models]
    movements: DataFrame[Movements]
    collective_awards: DataFrame[CollectiveAwards]
    individual_awards: DataFrame[IndividualAwards]


def counted(tidy: Tidy, files: Collection[str], plan: Plan) -> Counted:
    """The entries of these files. ``plan``: names the movements. Raises SchemaError, which is our bug."""
    movements, names = _of(MOVEMENTS, tidy, files), {each.code: each.name for each in plan.movements}
    return Counted(
        _results(tidy, files),
        checked(_of(MODELS, tidy, files), Models),
        checked(movements.assign(name=movements["movement"].map(names).astype(object)), Movements),
        checked(_of(COLLECTIVE_AWARDS, tidy, files), CollectiveAwards),
        checked(_of(INDIVIDUAL_AWARDS, tidy, files), IndividualAwards),
    )


def _of(table: Table, tidy: Tidy, files: Collection[str]) -> pd.DataFrame:
    frame = tidy.frames[table.code]
    return frame[frame["file"].isin(files)]


def _results(tidy: Tidy, files: Collection[str]) -> DataFrame[Results]:
    """Unit after unit, in the order in which their files came, and in the order of the rubric."""
    frame = _of(RESULTS, tidy, files)
    stood = list(zip(frame["file"], frame["row"], strict=True))
    cells = {
        cell(field): pd.Series(
            [tidy.places.cell(RESULTS.code, file, row, field) for file, row in stood], frame.index, dtype=object
        )
        for field in NUMBERS
    }
    order = {unit: place for place, unit in enumerate(dict.fromkeys(frame["unit"]))}
    frame = frame.assign(**cells, order=frame["unit"].map(order))
    return checked(frame.sort_values(["order", "position"], kind="stable", ignore_index=True), Results)
