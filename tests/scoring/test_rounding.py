"""Where points are rounded: at each criterion, at the sum of a group, or at the total alone (``round_at``)."""

from __future__ import annotations

import copy
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ranking.firmness import firmness
from pipeline.ranking.standings import rank
from pipeline.rules.rubric import Rubric
from pipeline.scoring.points import score
from tests import small
from tests.contest import contest, group, roster
from tests.frames import results_of
from tests.scoring.test_competitiveness import COMPONENTS, WEIGHTS, YEARS, printed

THIRDS = {"A": 1, "B": 1, "C": 1}


def ratios(criteria: dict[str, float], code: str = "I", **more: Any) -> dict[str, Any]:
    made = group(code, criteria, **more)
    for criterion in made["criteria"]:
        criterion["score"] = {"method": "ratio", "zero_target": "none"}
    return made


def ranked(entered: dict[str, dict[str, tuple[float, float]]], **rubric: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Groups and standings of units; unit -> criterion -> result and target."""
    rules = contest(list(entered), **rubric)
    results = results_of(
        {"bloc": "khoi", "unit": unit, "criterion": code, "actual": actual, "target": target}
        for unit, of_unit in entered.items()
        for code, (actual, target) in of_unit.items()
    )
    where = roster(rules)
    scores, groups = score(rules, results, where)
    standings = rank(rules, scores, groups, where)
    assert len(firmness(rules, groups, standings)) == len(entered)
    return groups, standings


@pytest.mark.parametrize(
    ("round_at", "of_group", "total"),
    [
        ("criterion", 0.99, 1.98),  # 0.33 + 0.33 + 0.33, twice
        ("group", 1.0, 2.0),  # three thirds are 1.00
        ("total", 0.999999, 2.0),  # 1.999998
    ],
)
def test_thirds(round_at: str, of_group: float, total: float) -> None:
    groups = [ratios(THIRDS), ratios({"D": 1, "E": 1, "F": 1}, "II")]
    of_groups, standings = ranked({"a": dict.fromkeys("ABCDEF", (1.0, 3.0))}, groups=groups, round_at=round_at)
    assert of_groups["points"].tolist() == [of_group, of_group]
    assert standings["total"].tolist() == [total]


@pytest.mark.parametrize(("round_at", "total"), [("criterion", 1.0), ("group", 0.99), ("total", 0.99)])
def test_halves_go_up_at_the_place_of_rounding_alone(round_at: str, total: float) -> None:
    # 0.495 each: 0.50 + 0.50, or 0.99
    entered = {"a": {"A": (99.0, 200.0), "B": (99.0, 200.0)}}
    _groups, standings = ranked(entered, groups=[ratios({"A": 1, "B": 1})], round_at=round_at)
    assert standings["total"].tolist() == [total]


def test_equal_totals_are_those_that_are_equal_when_rounded() -> None:
    """50.004 and 50.001 are both 50.00: the tie-break decides, also where weights vary."""
    groups = [ratios({"A": 100})]
    entered = {"a": {"A": (50001.0, 100000.0)}, "b": {"A": (50004.0, 100000.0)}}
    for round_at in ("criterion", "group", "total"):
        _groups, standings = ranked(entered, groups=groups, round_at=round_at)
        assert standings["rank"].tolist() == [1, 1]


def exact(values: list[list[Fraction]], round_at: str) -> Decimal:
    """By hand: points of groups of criteria, rounded half up where the rule says so, else to six decimals."""

    def rounded(value: Fraction, decimals: int) -> Fraction:
        step = Fraction(1, 10**decimals)
        return (value / step + Fraction(1, 2)).__floor__() * step

    fine = 2 if round_at == "criterion" else 6
    sums = [sum((rounded(value, fine) for value in each), Fraction(0)) for each in values]
    total = sum((rounded(each, 2) if round_at == "group" else each for each in sums), Fraction(0))
    return Decimal(rounded(total, 2).numerator) / rounded(total, 2).denominator


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=6, max_size=6))
@settings(max_examples=15, deadline=None)
def test_totals_are_those_of_exact_arithmetic(entries: list[tuple[int, int]]) -> None:
    groups = [ratios({"A": 7, "B": 11, "C": 3}), ratios({"D": 13, "E": 5, "F": 61}, "II")]
    most = [[7, 11, 3], [13, 5, 61]]
    shares = [min(Fraction(actual, target), Fraction(1)) for actual, target in entries]
    points = [
        [share * each for share, each in zip(part, row, strict=True)]
        for part, row in zip((shares[:3], shares[3:]), most, strict=True)
    ]
    entered = {"a": {code: (float(a), float(t)) for code, (a, t) in zip("ABCDEF", entries, strict=True)}}
    for round_at in ("criterion", "group", "total"):
        _groups, standings = ranked(entered, groups=groups, round_at=round_at)
        assert Decimal(repr(float(standings["total"][0]))) == exact(points, round_at)


@pytest.mark.parametrize("year", YEARS)
def test_the_published_index_is_rounded_at_the_total(year: int) -> None:
    """The index of competitiveness is published with two decimals of its total; components have all of theirs.

    Rounded component by component, many of the 63 totals would differ in the last decimal.
    """
    table = printed(year)
    published = [Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP) for text in table["total"]]
    different = {}
    for round_at in ("criterion", "total"):
        index = group("PCI", {code: float(10 * weight) for code, weight in WEIGHTS.items()})
        for criterion in index["criteria"]:
            criterion["score"] = {"method": "per_case", "each": str(WEIGHTS[criterion["code"]])}
        rules = contest(list(table.index), groups=[index], round_at=round_at)
        entered = table[COMPONENTS].rename_axis("criterion", axis=1).stack().astype(float).rename("actual")
        where = roster(rules)
        scores = score(rules, results_of(entered.reset_index().assign(bloc="khoi").to_dict("records")), where)
        found = rank(rules, *scores, where).set_index("unit").loc[table.index, "total"]
        totals = [Decimal(f"{total:.2f}") for total in found]
        different[round_at] = sum(a != b for a, b in zip(totals, published, strict=True))
    assert different["total"] == 0
    assert different["criterion"] > 10


def test_a_rubric_that_says_nothing_means_what_it_meant() -> None:
    """The key is not part of what forms were made from, unless it changes something."""
    said = copy.deepcopy(small.THON["rubric"]) | {"round_at": "criterion"}
    silent, spoken = (Rubric.model_validate(each) for each in (small.THON["rubric"], said))
    assert silent.model_dump_json() == spoken.model_dump_json()
    assert "round_at" in Rubric.model_validate(said | {"round_at": "total"}).model_dump()
