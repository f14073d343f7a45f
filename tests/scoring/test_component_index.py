"""The provincial competitiveness index as one criterion of 100 points: ten inputs, weighed by ``mean_of``.

The figures are those of tests/scoring/test_competitiveness.py, where the same index is a group of ten criteria.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest

from pipeline.ranking.standings import rank
from pipeline.scoring.points import score
from tests.contest import contest, roster
from tests.frames import results_of
from tests.methods.worked import over, rule, scale
from tests.scoring.test_competitiveness import COMPONENTS, WEIGHTS, YEARS, printed

PARTS = [{"input": code, "weight": str(weight)} for code, weight in WEIGHTS.items()]
INPUTS = [{"code": code, "name": f"Chỉ số {code}", "high": 10} for code in COMPONENTS]
SCORE = {"method": "mean_of", "parts": PARTS}


def exact(year: int, decimals: int) -> list[float]:
    """Weight times component added up with decimals alone, and rounded half up."""
    step = Decimal(1).scaleb(-decimals)
    totals = [
        sum(WEIGHTS[code] * Decimal(line[code]) for code in COMPONENTS) for line in printed(year).to_dict("records")
    ]
    return [float(Decimal(total).quantize(step, ROUND_HALF_UP)) for total in totals]


@pytest.mark.parametrize("year", YEARS)
def test_the_points_are_the_totals_to_the_last_printed_decimal(year: int) -> None:
    entered = printed(year)[COMPONENTS].astype(float).to_numpy().tolist()
    points = [each for each, _words in over(rule(**SCORE), scale(100, decimals=5, inputs=INPUTS), *entered)]
    assert points == exact(year, 5)


@pytest.mark.parametrize("year", YEARS)
def test_a_rubric_of_this_one_criterion_gives_all_ranks(year: int) -> None:
    table = printed(year)
    criterion = {"code": "PCI", "name": "Chỉ số", "points": 100, "inputs": INPUTS, "score": SCORE}
    group = {"code": "I", "name": "Chỉ số", "kind": "base", "points": 100, "criteria": [criterion]}
    rules = contest(list(table.index), groups=[group], decimals=4)
    entered = table[COMPONENTS].rename_axis("criterion", axis=1).stack().astype(float).rename("actual").reset_index()
    results = results_of(entered.assign(bloc="khoi", criterion="PCI." + entered["criterion"]).to_dict("records"))
    where = roster(rules)
    scores, groups = score(rules, results, where)
    ranked: pd.DataFrame = rank(rules, scores, groups, where).set_index("unit").loc[table.index]
    assert list(ranked["total"]) == exact(year, 4)
    assert list(ranked["rank"]) == [int(text) for text in table["rank"]]
