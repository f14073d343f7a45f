"""``appraised``: the claim counts, up to the standard points, until people judge it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import BLANK, allowed, faults, half_up, numbers, points, rule, scale, scales, scored, typed

FIVE = scale(5)
APPRAISED = rule(method="appraised")


def test_by_hand() -> None:
    assert scored(APPRAISED, FIVE, claimed=[4, 5, 7, 0, 2.675, BLANK, -1]) == [
        (4, "Tự chấm 4 điểm, tối đa 5 điểm, chờ thẩm định: 4 điểm"),
        (5, "Tự chấm 5 điểm, tối đa 5 điểm, chờ thẩm định: 5 điểm"),
        (5, "Tự chấm 7 điểm, tối đa 5 điểm, chờ thẩm định: 5 điểm"),
        (0, "Tự chấm 0 điểm, tối đa 5 điểm, chờ thẩm định: 0 điểm"),
        (2.68, "Tự chấm 2,675 điểm, tối đa 5 điểm, chờ thẩm định: 2,68 điểm"),
        (0, "Chưa nhập: 0 điểm"),
        (0, "Tự chấm -1 điểm, tối đa 5 điểm, chờ thẩm định: 0 điểm"),
    ]


def test_points_taken_off_may_be_typed_with_a_minus() -> None:
    assert scored(APPRAISED, scale(5, penalty=True), claimed=[2, -2, 9, 0]) == [
        (-2, "Tự chấm 2 điểm, tối đa 5 điểm, chờ thẩm định: -2 điểm"),
        (-2, "Tự chấm -2 điểm, tối đa 5 điểm, chờ thẩm định: -2 điểm"),
        (-5, "Tự chấm 9 điểm, tối đa 5 điểm, chờ thẩm định: -5 điểm"),
        (0, "Tự chấm 0 điểm, tối đa 5 điểm, chờ thẩm định: 0 điểm"),
    ]


def test_the_result_does_not_matter() -> None:
    assert points(APPRAISED, FIVE, claimed=[3, BLANK], actual=[BLANK, 4]) == [3, 0]


def test_there_is_nothing_to_get_wrong_in_the_parameters() -> None:
    assert faults(APPRAISED, FIVE) == []


@given(scales, st.lists(numbers(0, 200), min_size=1, max_size=20))
def test_points_are_the_claim_up_to_the_standard(of: Scale, claims: list[float]) -> None:
    found = points(APPRAISED, of, claimed=claims)
    sign = -1 if of.penalty else 1
    assert found == [sign * half_up(min(typed(claim), typed(float(of.max_points))), of.decimals) for claim in claims]
    assert all(allowed(each, of) for each in found)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({}, scale(10)),
    ({}, scale("2.675", penalty=True)),
    ({}, replace(scale(5), lowest=Decimal(-2))),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [({}, scale(5), "self-claimed, then appraised")]

EXAMPLE = """
- code: CC3
  name: Thực hiện dân chủ ở cơ sở; công khai các khoản thu, chi
  points: 3
  evidence: true
  score: {method: appraised}
"""
