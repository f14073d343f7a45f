"""The provincial competitiveness index (PCI) of 2013, 2014 and 2015: 63 units, ten weighted components, 189 ranks.

The rubric counts in hundred-thousandths, the last decimal that is printed: a component of 0 to 10 is worth so many
times its weight, so a whole point is one unit of the fifth decimal and our sums carry nine decimals of the index.

The weights are those that VCCI published for 2016. That they held in the three years before follows from the tables
themselves: 63 equations have one solution in ten weights, and it is these to five decimals.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
import pandas as pd
import pytest

from pipeline.ranking.standings import rank
from pipeline.scoring.points import score
from tests.contest import contest, group, roster
from tests.frames import results_of
from tests.places import DATA

YEARS = [2013, 2014, 2015]
COMPONENTS = [f"c{number}" for number in range(1, 11)]
_WEIGHTS = ["0.5", "0.5", "2", "0.5", "1", "0.5", "0.5", "2", "2", "0.5"]
WEIGHTS = dict(zip(COMPONENTS, map(Decimal, _WEIGHTS), strict=True))
LAST = 100_000
"""So many units of the last printed decimal, the fifth, make 1."""

BESIDE = {
    # Printed minus ours, in units of the fifth decimal: every total that does not round to the one that is printed.
    #
    # 2013 prints components to six decimals. Each hides up to half a unit of the sixth, all ten together (the weights
    # add up to 10) half a unit of the fifth, and the total hides as much again: what is within 1 follows.
    2013: {
        "Quảng Ninh": -0.65,
        "Tây Ninh": 0.55,
        "Bắc Ninh": -0.5,
        "Hải Phòng": -0.65,
        "An Giang": 0.55,
        "Gia Lai": -0.65,
        "Tiền Giang": -0.6,
        "Hải Dương": -0.55,
        "Hà Giang": -0.55,
        "Bắc Kạn": -0.65,
    },
    # 2014 prints all decimals of single-precision components, so these eleven totals cannot follow from them: at most
    # 0.5 is hidden. Adding in single precision, whose steps are up to 0.77 wide, leads that far.
    2014: {
        "Đồng Tháp": -0.65,
        "Tp.HCM": 0.56,
        "Quảng Ngãi": -0.67,
        "Bình Thuận": 0.64,
        "Trà Vinh": -0.65,
        "Hà Tĩnh": -0.54,
        "An Giang": -0.51,
        "Thái Bình": 0.54,
        "Ninh Thuận": 0.51,
        "Gia Lai": 0.63,
        "Hưng Yên": 0.56,
    },
}
REACH = {2013: 1, 2014: Decimal("0.5") + Decimal("0.77") / 2}
"""How far a printed total can be from ours at most, in the same units."""


@cache
def printed(year: int) -> pd.DataFrame:
    table = pd.read_csv(DATA / f"pci_{year}.csv", comment="#", dtype=str)
    table["province"] = table["province"].str.normalize("NFC")  # 2013 was published decomposed
    return table.set_index(pd.Index([f"tinh-{number}" for number in range(len(table))], name="unit"))


@cache
def standings(year: int) -> pd.DataFrame:
    """Rank and total that we compute, by unit in the printed order."""
    table = printed(year)
    index = group("PCI", {code: float(10 * LAST * weight) for code, weight in WEIGHTS.items()})
    for criterion in index["criteria"]:
        criterion["score"] = {"method": "per_case", "each": str(LAST * WEIGHTS[criterion["code"]])}
    rules = contest(list(table.index), groups=[index], decimals=4)
    entered = table[COMPONENTS].rename_axis("criterion", axis=1).stack().astype(float).rename("actual").reset_index()
    results = results_of(entered.assign(bloc="khoi").to_dict("records"))
    where = roster(rules)
    ranked = rank(rules, *score(rules, results, where), where)
    return ranked.set_index("unit").loc[table.index]


def totals(year: int) -> list[Decimal]:
    """Our totals as the index counts them, to nine decimals."""
    return [Decimal(repr(total)) / LAST for total in standings(year)["total"]]


@pytest.mark.parametrize("year", YEARS)
def test_the_tables_have_these_weights_and_no_others(year: int) -> None:
    table = printed(year)
    solved, _left, rank_of, _values = np.linalg.lstsq(table[COMPONENTS].astype(float), table["total"].astype(float))
    assert rank_of == 10
    assert solved == pytest.approx([float(weight) for weight in WEIGHTS.values()], abs=5e-6)


@pytest.mark.parametrize("year", YEARS)
def test_all_ranks(year: int) -> None:
    assert list(standings(year)["rank"]) == [int(text) for text in printed(year)["rank"]]


@pytest.mark.parametrize("year", [2013, 2014])
def test_totals_to_the_last_printed_decimal(year: int) -> None:
    beside = {}
    for province, total, text in zip(printed(year)["province"], totals(year), printed(year)["total"], strict=True):
        missing = (Decimal(text) - total) * LAST
        assert abs(missing) <= REACH[year]
        if total.quantize(Decimal("0.00001"), ROUND_HALF_UP) != Decimal(text):
            beside[province] = float(missing.quantize(Decimal("0.01"), ROUND_HALF_UP))
    assert beside == BESIDE[year]


def test_totals_of_2015_are_ours_in_single_precision() -> None:
    """They have all decimals of single-precision numbers: each is one that is nearest to our total."""
    for total, text in zip(totals(2015), printed(2015)["total"], strict=True):
        step = Decimal(float(np.spacing(np.float32(text))))
        assert Decimal(text) == pytest.approx(Decimal(float(np.float32(text))), abs=Decimal("1e-13"))
        assert abs(Decimal(text) - total) <= step / 2 + Decimal("1e-8")  # ours has nine decimals
