"""``per_case``: so many points for each case, added from nothing or taken off the standard points."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import BLANK, allowed, faults, half_up, numbers, points, rule, scale, scales, scored, typed

FIVE = scale(5)
ADDING = rule(method="per_case", each="1.5")
DEDUCTING = rule(method="per_case", each="1.5", start="full")


def test_adding_by_hand() -> None:
    assert scored(ADDING, FIVE, actual=[0, 1, 3, 4, 1000, BLANK, -2]) == [
        (0, "0 trường hợp × 1,5 điểm, tối đa 5 điểm: 0 điểm"),
        (1.5, "1 trường hợp × 1,5 điểm, tối đa 5 điểm: 1,5 điểm"),
        (4.5, "3 trường hợp × 1,5 điểm, tối đa 5 điểm: 4,5 điểm"),
        (5, "4 trường hợp × 1,5 điểm, tối đa 5 điểm: 5 điểm"),
        (5, "1.000 trường hợp × 1,5 điểm, tối đa 5 điểm: 5 điểm"),
        (0, "Chưa nhập: 0 điểm"),
        (0, "-2 trường hợp × 1,5 điểm, tối đa 5 điểm: 0 điểm"),
    ]


def test_deducting_by_hand() -> None:
    assert scored(DEDUCTING, FIVE, actual=[0, 1, 3, 4, BLANK, -2]) == [
        (5, "0 trường hợp × 1,5 điểm, trừ vào 5 điểm chuẩn: còn 5 điểm"),
        (3.5, "1 trường hợp × 1,5 điểm, trừ vào 5 điểm chuẩn: còn 3,5 điểm"),
        (0.5, "3 trường hợp × 1,5 điểm, trừ vào 5 điểm chuẩn: còn 0,5 điểm"),
        (0, "4 trường hợp × 1,5 điểm, trừ vào 5 điểm chuẩn: còn 0 điểm"),
        (0, "Chưa nhập: 0 điểm"),
        (5, "-2 trường hợp × 1,5 điểm, trừ vào 5 điểm chuẩn: còn 5 điểm"),
    ]


def test_as_a_penalty() -> None:
    assert scored(ADDING, scale(5, penalty=True), actual=[0, 1, 4]) == [
        (0, "0 trường hợp × 1,5 điểm, tối đa 5 điểm: 0 điểm"),
        (-1.5, "1 trường hợp × 1,5 điểm, tối đa 5 điểm: -1,5 điểm"),
        (-5, "4 trường hợp × 1,5 điểm, tối đa 5 điểm: -5 điểm"),
    ]
    assert points(DEDUCTING, scale(5, penalty=True), actual=[0, 1, 4]) == [-5, -3.5, 0]


def test_ties_round_up() -> None:
    # 3 * 0.125 = 0.375; 5 - 179 * 0.025 = 0.525, in floats 0.5249999999999995.
    assert points(rule(method="per_case", each="0.125"), FIVE, actual=[3]) == [0.38]
    assert points(rule(method="per_case", each="0.025", start="full"), FIVE, actual=[179, 199]) == [0.53, 0.03]


def test_faults() -> None:
    assert faults(ADDING, scale(5, penalty=True)) == []
    assert faults(DEDUCTING, FIVE) == []
    assert faults(DEDUCTING, scale(5, penalty=True)) == [
        (("start",), "trong nhóm điểm trừ, start: full sẽ trừ nhiều nhất khi không có trường hợp nào")
    ]


each_case = st.integers(1, 5000).map(lambda thousandths: Decimal(thousandths) / 1000)
starts = st.sampled_from(["full", "none"])


@given(each_case, starts, scales, st.lists(numbers(), min_size=1, max_size=20))
def test_points_are_what_fractions_say(each: Decimal, start: str, of: Scale, actuals: list[float]) -> None:
    def on_paper(actual: Fraction) -> float:
        counted, most = actual * Fraction(each), Fraction(of.max_points)
        earned = half_up(max(Fraction(0), most - counted) if start == "full" else min(most, counted), of.decimals)
        return -earned if of.penalty else earned

    method = rule(method="per_case", each=each, start=start)
    assert points(method, of, actual=actuals) == [on_paper(typed(actual)) for actual in actuals]


@given(each_case, starts, scales, st.lists(numbers(), min_size=2, max_size=20))
def test_points_stay_within_the_standard_and_more_cases_count_more(
    each: Decimal, start: str, of: Scale, actuals: list[float]
) -> None:
    found = points(rule(method="per_case", each=each, start=start), of, actual=[*sorted(actuals), BLANK])
    assert all(allowed(value, of) for value in found)
    assert found[-1] == 0
    assert found[:-1] == sorted(found[:-1], reverse=(start == "full") != of.penalty)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({"each": "0.125"}, scale(5)),
    ({"each": "1.005"}, scale(40, penalty=True)),
    ({"each": "0.5", "start": "full"}, scale(5)),
    ({"each": "0.025", "start": "full"}, scale(5)),
    ({"each": "0.035", "start": "full"}, scale(10, decimals=1, penalty=True)),
    ({"each": "1.005", "start": "full"}, replace(scale(1), lowest=Decimal("-2.5"))),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    ({"each": "0.5"}, scale(5, penalty=True), "each case takes off 0.5"),
]

EXAMPLE = """
- code: AN1
  name: Số vụ phạm pháp hình sự xảy ra trên địa bàn
  unit: vụ
  points: 5
  whole: true
  score: {method: per_case, each: 1, start: full}
"""
