"""The same ranking by each of the scores: as units claimed, as computed, as appraised, and as it counts.

In: the scores with all their points, the roster and the standings. Out: total and rank of every unit by each
(:class:`~pipeline.tables.SideBySide`).

Promise: each total and rank is what :mod:`pipeline.scoring.points` and :mod:`pipeline.ranking.standings` would give if
those points counted. Where a step gives a criterion no points, those of the step before stand: computed ones where a
unit claims none, and where nobody appraised.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline import tables
from pipeline.code_lists import GroupKind
from pipeline.ranking.standings import rank
from pipeline.rules.year import Rules
from pipeline.scoring.points import add_up
from pipeline.tables import Roster, Scores, SideBySide, Standings

STEPS = (Scores.claimed, Scores.computed, Scores.appraised)
"""The scores before the one that counts, in their order."""


def side_by_side(
    rules: Rules, scores: DataFrame[Scores], roster: DataFrame[Roster], standings: DataFrame[Standings]
) -> DataFrame[SideBySide]:
    """``SideBySide`` from ``Scores``, ``Roster`` and the ``Standings`` by the points that count.

    Blank: a unit without points, and the steps that nobody in the bloc took (no claims, no appraisal).
    """
    if standings.empty:
        return tables.empty(SideBySide)
    table = standings[[Standings.bloc, Standings.unit, Standings.total, Standings.rank]]
    known: dict[bytes, pd.DataFrame] = {_key(scores[Scores.points]): standings}
    for step in STEPS:
        points = _points(scores, step)
        if (key := _key(points)) not in known:
            as_if = scores.assign(points=points)
            known[key] = rank(rules, as_if, add_up(rules, as_if), roster)
        taken = standings[Standings.bloc].isin(scores.loc[scores[step].notna(), Scores.bloc])
        by_unit = known[key].set_index(Standings.unit)[[Standings.total, Standings.rank]]
        in_order = by_unit.loc[standings[Standings.unit]].set_index(standings.index)
        table = table.join(in_order.where(taken).add_prefix(f"{step}_"))
    return tables.checked(table, SideBySide)


def _points(scores: pd.DataFrame, step: str) -> pd.Series:
    """The points of each row as if that step counted; what a penalty group has is taken off, whichever sign the
    unit gave its claim."""
    claimed = scores[Scores.claimed].where(scores[Scores.kind] != GroupKind.PENALTY, -scores[Scores.claimed].abs())
    return (claimed if step == Scores.claimed else scores[step]).fillna(scores[Scores.computed])


def _key(points: pd.Series) -> bytes:
    """Equal for equal points: most often several steps give the same ones, which are then ranked once."""
    return (points.to_numpy(float) + 0.0).astype(np.float64).tobytes()
