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

STEPS = ("claimed", "computed", "appraised")
"""The scores before the one that counts, in their order."""


def side_by_side(
    rules: Rules, scores: DataFrame[Scores], roster: DataFrame[Roster], standings: DataFrame[Standings]
) -> DataFrame[SideBySide]:
    """``SideBySide`` from ``Scores``, ``Roster`` and the ``Standings`` by the points that count.

    Blank: a unit without points, and the steps that nobody in the bloc took (no claims, no appraisal).
    """
    if standings.empty:
        return tables.empty(SideBySide)
    found, known = standings[["bloc", "unit", "total", "rank"]], {_key(scores["points"]): standings}
    for step in STEPS:
        points = _points(scores, step)
        if (key := _key(points)) not in known:
            as_if = scores.assign(points=points)
            known[key] = rank(rules, as_if, add_up(rules, as_if), roster)
        taken = standings["bloc"].isin(scores.loc[scores[step].notna(), "bloc"])
        by_unit = known[key].set_index("unit")[["total", "rank"]].loc[standings["unit"]].set_index(standings.index)
        found = found.join(by_unit.where(taken).add_prefix(f"{step}_"))
    return tables.checked(found, SideBySide)


def _points(scores: pd.DataFrame, step: str) -> pd.Series:
    claimed = scores["claimed"].where(scores["kind"] != GroupKind.PENALTY, -scores["claimed"].abs())
    return (claimed if step == "claimed" else scores[step]).fillna(scores["computed"])


def _key(points: pd.Series) -> bytes:
    """Most often several steps give the same points: they are ranked once."""
    return (points.to_numpy(float) + 0.0).astype(np.float64).tobytes()
