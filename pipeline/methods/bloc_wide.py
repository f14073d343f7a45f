"""What a unit's result is measured by, where it is measured by the bloc: the best, the worst, how many are better.

In: the results of all units of a bloc that sent and to which the criterion applies; blanks take no part. Out: the
same five numbers as columns (:func:`bloc_columns`) and as formulas over a column of a sheet (:func:`bloc_cells`).
"""

from __future__ import annotations

import numpy as np

from pipeline.methods.expression import Columns, Ref

MOST, LEAST = Ref("bloc.most"), Ref("bloc.least")
"""The largest and the smallest result."""
COUNT = Ref("bloc.count")
"""How many units have a result."""
ABOVE, BELOW = Ref("bloc.above"), Ref("bloc.below")
"""How many of them have a larger result than the unit, and how many a smaller one."""


def bloc_columns(actual: np.ndarray) -> Columns:
    """The columns for results of a bloc, NaN where there is none."""
    # As typed, to 15 digits: a sum of fifty 0.1 is 5, as a spreadsheet compares it, and not the least bit behind 5.
    results = np.array([float(f"{each:.15g}") for each in actual.tolist()], dtype=float)
    entered = np.sort(results[~np.isnan(results)])
    if not len(entered):
        return {each.name: np.full(len(actual), np.nan) for each in (MOST, LEAST, COUNT, ABOVE, BELOW)}
    return {
        MOST.name: np.full(len(actual), entered[-1]),
        LEAST.name: np.full(len(actual), entered[0]),
        COUNT.name: np.full(len(actual), float(len(entered))),
        ABOVE.name: len(entered) - np.searchsorted(entered, results, side="right").astype(float),
        BELOW.name: np.searchsorted(entered, results, side="left").astype(float),
    }


def bloc_cells(entry: str, span: str) -> dict[str, str]:
    """The same as formulas: ``entry`` is the unit's cell, ``span`` all units' cells; texts and blanks take no part."""
    return {
        MOST.name: f"MAX({span})",
        LEAST.name: f"MIN({span})",
        COUNT.name: f"COUNT({span})",
        ABOVE.name: f"SUMPRODUCT(ISNUMBER({span})*({span}>{entry}))",
        BELOW.name: f"SUMPRODUCT(ISNUMBER({span})*({span}<{entry}))",
    }
