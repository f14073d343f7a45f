"""``over_target_bonus``: each 1 % over the target gives so many percent of a criterion's points."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import BLANK, allowed, faults, half_up, numbers, points, rule, scale, scored, typed

FOUR = scale(4)
# Hưng Yên: 1 % of the criterion's 40 points for each 1 % over, at most 10 % of them.
HUNG_YEN = rule(method="over_target_bonus", of_points=40, zero_target="none")


def test_by_hand() -> None:
    def over(percent: str) -> str:
        return f"{percent}, mỗi 1 % thưởng 1 % của 40 điểm chuẩn, tối đa 4"

    table = [
        (400, 380, 0, "Thực hiện 380 so với chỉ tiêu 400 đạt 95 %, chưa được thưởng: 0 điểm"),
        (400, 400, 0, "Thực hiện 400 so với chỉ tiêu 400 đạt 100 %, chưa được thưởng: 0 điểm"),
        (400, 402, 0, "Thực hiện 402 so với chỉ tiêu 400 đạt 100,5 %, chưa được thưởng: 0 điểm"),
        (400, 404, 0.4, f"Thực hiện 404 so với chỉ tiêu 400 đạt 101 %: vượt {over('1 %')}: 0,4 điểm"),
        (400, 430, 2.8, f"Thực hiện 430 so với chỉ tiêu 400 đạt 107,5 %: vượt {over('7 %')}: 2,8 điểm"),
        (400, 440, 4, f"Thực hiện 440 so với chỉ tiêu 400 đạt 110 %: vượt {over('10 %')}: 4 điểm"),
        (400, 800, 4, f"Thực hiện 800 so với chỉ tiêu 400 đạt 200 %: vượt {over('100 %')}: 4 điểm"),
        (0, 5, 0, "Chỉ tiêu 0, thực hiện 5: 0 điểm theo quy định của thang điểm khi chỉ tiêu bằng 0"),
        (400, BLANK, 0, "Chưa nhập: 0 điểm"),
        (BLANK, 5, 0, "Không có chỉ tiêu để so sánh: 0 điểm"),
    ]
    targets, actuals, *expected = zip(*table, strict=True)
    assert scored(HUNG_YEN, FOUR, target=targets, actual=actuals) == list(zip(*expected, strict=True))


def test_what_should_fall() -> None:
    down = rule(method="over_target_bonus", of_points=20, direction="down", zero_target="by_actual")
    # 21 / 20 = 105 %: 5 % of 20 points; 21 / 15 = 140 %: the cap; no case at all: the cap.
    assert points(down, scale(2), target=[21, 21, 21, 21, 0], actual=[21, 20, 15, 0, 0]) == [0, 1, 2, 2, 2]


def test_parts_of_a_percent() -> None:
    parts = rule(method="over_target_bonus", of_points=40, whole=False, zero_target="none")
    assert points(parts, FOUR, target=[400, 400], actual=[402, 430]) == [0.2, 3]
    assert parts.describe(FOUR) == (
        "vượt chỉ tiêu mỗi 1 % thưởng 1 % của 40 điểm chuẩn, tối đa 4; tính cả phần lẻ của 1 %; chỉ tiêu 0: 0 điểm"
    )


def test_faults() -> None:
    assert faults(HUNG_YEN, FOUR) == []
    assert faults(rule(method="over_target_bonus", of_points=40), FOUR, target="100") == []
    assert faults(rule(method="over_target_bonus", of_points=3), scale(4, penalty=True)) == [
        (("method",), "thưởng vượt chỉ tiêu mà đặt trong nhóm điểm trừ thì thành bị trừ điểm"),
        (("of_points",), "điểm thưởng tối đa 4 lớn hơn 3 điểm chuẩn của tiêu chí được thưởng"),
        ((), "chỉ tiêu có thể bằng 0 mà quy tắc chưa nói khi đó được bao nhiêu điểm"),
    ]


rules = st.fixed_dictionaries(
    {
        "method": st.just("over_target_bonus"),
        "of_points": st.sampled_from(["40", "12.5", "7"]),
        "each": st.sampled_from(["1", "0.5", "2.5"]),
        "direction": st.sampled_from(["up", "down"]),
        "whole": st.booleans(),
        "zero_target": st.just("none"),
    }
)


@given(rules, st.lists(st.tuples(numbers(least=1), numbers(least=1)), min_size=1, max_size=20))
def test_points_are_what_fractions_say(keys: dict[str, Any], rows: list[tuple[float, float]]) -> None:
    def on_paper(target: Fraction, actual: Fraction) -> float:
        share = actual / target if keys["direction"] == "up" else target / actual
        over = Fraction(repr(half_up((share - 1) * 100, 6)))
        counted = floor(over) if keys["whole"] else over
        earned = counted * Fraction(keys["each"]) / 100 * Fraction(keys["of_points"])
        return half_up(min(Fraction(4), max(Fraction(0), earned)), 2)

    targets, actuals = zip(*rows, strict=True)
    found = points(rule(**keys), FOUR, target=targets, actual=actuals)
    assert found == [on_paper(typed(target), typed(actual)) for target, actual in rows]
    assert all(allowed(value, FOUR) for value in found)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({"of_points": 40, "zero_target": "none"}, FOUR),
    ({"of_points": "12.5", "each": "0.8", "zero_target": "by_actual"}, scale("1.25")),
    ({"of_points": 7, "direction": "down", "whole": False, "zero_target": "full"}, scale("0.7")),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"of_points": 40, "direction": "down", "zero_target": "none"},
        scale(5),
        "each 1 % of target / result above 100 % gives 1 % of 40 points, at most 5; target 0: 0 points",
    ),
]

EXAMPLE = """
- code: T1
  name: Vượt chỉ tiêu thu nhập bình quân đầu người
  points: 0.5
  of: KT1
  score: {method: over_target_bonus, zero_target: none}
"""
