"""``ratio``: the share of the target times the standard points."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import BLANK, allowed, faults, half_up, numbers, points, rule, scale, scales, scored, typed

FIVE = scale(5)


def test_up_by_hand() -> None:
    table = [
        # target, actual, points, why
        (100, 95, 4.75, "Thực hiện 95 so với chỉ tiêu 100 đạt 95 %, × 5 điểm chuẩn = 4,75 điểm"),
        (100, 100, 5, "Thực hiện 100 so với chỉ tiêu 100 đạt 100 %, × 5 điểm chuẩn = 5 điểm"),
        (100, 120, 5, "Thực hiện 120 so với chỉ tiêu 100 đạt 120 %, tính tối đa 100 %: 5 điểm"),
        (1200, 0, 0, "Thực hiện 0 so với chỉ tiêu 1.200 đạt 0 %, × 5 điểm chuẩn = 0 điểm"),
        (3, 1, 1.67, "Thực hiện 1 so với chỉ tiêu 3 đạt 33,33 %, × 5 điểm chuẩn = 1,67 điểm"),
        (100, 53.5, 2.68, "Thực hiện 53,5 so với chỉ tiêu 100 đạt 53,5 %, × 5 điểm chuẩn = 2,68 điểm"),
        (75, 1809.5, 5, "Thực hiện 1.809,5 so với chỉ tiêu 75 đạt 2.412,67 %, tính tối đa 100 %: 5 điểm"),
        (25000, 24999, 5, "Thực hiện 24.999 so với chỉ tiêu 25.000 đạt 99,996 %, × 5 điểm chuẩn = 5 điểm"),
        (100, BLANK, 0, "Chưa nhập: 0 điểm"),
        (BLANK, 95, 0, "Không có chỉ tiêu để so sánh: 0 điểm"),
        (100, -5, 0, "Thực hiện -5 so với chỉ tiêu 100 đạt -5 %, × 5 điểm chuẩn = 0 điểm"),
    ]
    targets, actuals, *expected = zip(*table, strict=True)
    ratio = rule(method="ratio", zero_target="none")
    assert scored(ratio, FIVE, target=targets, actual=actuals) == list(zip(*expected, strict=True))


def test_down_by_hand() -> None:
    table = [
        (3, 4, 3.75, "Thực hiện 4 so với chỉ tiêu 3 (càng ít càng tốt): 3 / 4 = 75 %, × 5 điểm chuẩn = 3,75 điểm"),
        (3, 3, 5, "Thực hiện 3 so với chỉ tiêu 3 (càng ít càng tốt): 3 / 3 = 100 %, × 5 điểm chuẩn = 5 điểm"),
        (3, 2, 5, "Thực hiện 2 so với chỉ tiêu 3 (càng ít càng tốt): 3 / 2 = 150 %, tính tối đa 100 %: 5 điểm"),
        (3, 0, 5, "Thực hiện 0 so với chỉ tiêu 3: 5 điểm"),
        (0, 0, 5, "Chỉ tiêu 0, thực hiện 0: 5 điểm theo quy định của thang điểm khi chỉ tiêu bằng 0"),
        (0, 1, 0, "Chỉ tiêu 0, thực hiện 1: 0 điểm theo quy định của thang điểm khi chỉ tiêu bằng 0"),
        (3, BLANK, 0, "Chưa nhập: 0 điểm"),
        (BLANK, 0, 0, "Không có chỉ tiêu để so sánh: 0 điểm"),
    ]
    targets, actuals, *expected = zip(*table, strict=True)
    ratio = rule(method="ratio", direction="down", zero_target="by_actual")
    assert scored(ratio, FIVE, target=targets, actual=actuals) == list(zip(*expected, strict=True))


def test_cap_and_floor_by_hand() -> None:
    table = [
        (100, 49.9, 0, "Thực hiện 49,9 so với chỉ tiêu 100 đạt 49,9 %, dưới mức tối thiểu 50 %: 0 điểm"),
        (100, 50, 2.5, "Thực hiện 50 so với chỉ tiêu 100 đạt 50 %, × 5 điểm chuẩn = 2,5 điểm"),
        (100, 90, 4.5, "Thực hiện 90 so với chỉ tiêu 100 đạt 90 %, × 5 điểm chuẩn = 4,5 điểm"),
        (100, 95, 4.5, "Thực hiện 95 so với chỉ tiêu 100 đạt 95 %, tính tối đa 90 %: 4,5 điểm"),
        # 12,499 of 25,000 is not half of it, and is not told as if it were.
        (25000, 12499, 0, "Thực hiện 12.499 so với chỉ tiêu 25.000 đạt 49,996 %, dưới mức tối thiểu 50 %: 0 điểm"),
    ]
    targets, actuals, *expected = zip(*table, strict=True)
    ratio = rule(method="ratio", cap=90, floor=50, zero_target="none")
    assert scored(ratio, FIVE, target=targets, actual=actuals) == list(zip(*expected, strict=True))
    down = rule(method="ratio", direction="down", floor=50, zero_target="none")
    assert scored(down, FIVE, target=[3], actual=[8]) == [
        (0, "Thực hiện 8 so với chỉ tiêu 3 (càng ít càng tốt): 3 / 8 = 37,5 %, dưới mức tối thiểu 50 %: 0 điểm")
    ]


@pytest.mark.parametrize(
    ("direction", "policy", "result_0", "result_2"),
    [
        ("up", "full", 5, 5),
        ("up", "none", 0, 0),
        ("up", "by_actual", 0, 5),
        ("down", "full", 5, 5),
        ("down", "none", 0, 0),
        ("down", "by_actual", 5, 0),
    ],
)
def test_zero_target(direction: str, policy: str, result_0: float, result_2: float) -> None:
    ratio = rule(method="ratio", direction=direction, zero_target=policy)
    assert points(ratio, FIVE, target=[0, 0], actual=[0, 2]) == [result_0, result_2]


def test_zero_target_gives_no_more_than_the_cap() -> None:
    ratio = rule(method="ratio", cap=80, zero_target="full")
    assert points(ratio, FIVE, target=[0], actual=[2]) == [4]


def test_as_a_penalty() -> None:
    ratio = rule(method="ratio", zero_target="none")
    assert scored(ratio, scale(5, penalty=True), target=[100, 100], actual=[53.5, 0]) == [
        (-2.68, "Thực hiện 53,5 so với chỉ tiêu 100 đạt 53,5 %, × 5 điểm chuẩn = -2,68 điểm"),
        (0, "Thực hiện 0 so với chỉ tiêu 100 đạt 0 %, × 5 điểm chuẩn = 0 điểm"),
    ]


def test_numbers_beyond_all_reason_do_no_harm() -> None:
    huge = [1e300, 1e-300, float("inf"), -1e300, 1e15]
    for direction in ("up", "down"):
        ratio = rule(method="ratio", direction=direction, floor=50, zero_target="by_actual")
        pairs = [(target, actual) for target in huge for actual in huge]
        targets, actuals = zip(*pairs, strict=True)
        assert all(allowed(each, FIVE) for each in points(ratio, FIVE, target=targets, actual=actuals))


def test_faults() -> None:
    assert faults(rule(method="ratio", zero_target="none"), FIVE) == []
    assert faults(rule(method="ratio"), FIVE, target="90") == []
    unsaid = [((), "chỉ tiêu có thể bằng 0 mà quy tắc chưa nói khi đó được bao nhiêu điểm")]
    assert faults(rule(method="ratio"), FIVE) == unsaid
    assert faults(rule(method="ratio"), FIVE, target="0") == unsaid
    assert faults(rule(method="ratio", cap=120, floor=130, zero_target="none"), FIVE) == [
        (("floor",), "floor 130 lớn hơn cap 120"),
        (("cap",), "cap 120 sẽ cho nhiều hơn điểm chuẩn"),
    ]


# --- properties -------------------------------------------------------------------------------------

rules = st.fixed_dictionaries(
    {
        "method": st.just("ratio"),
        "direction": st.sampled_from(["up", "down"]),
        "cap": st.sampled_from([50, 90, 100]),
        "floor": st.sampled_from([0, 30, 50]),
        "zero_target": st.sampled_from(["full", "none", "by_actual"]),
    }
)
targets_and_actuals = st.lists(st.tuples(numbers(), numbers()), min_size=1, max_size=20)


@given(rules, scales, targets_and_actuals)
def test_points_are_what_fractions_say(keys: dict[str, Any], of: Scale, rows: list[tuple[float, float]]) -> None:
    def on_paper(target: Fraction, actual: Fraction) -> float:
        up, most = keys["direction"] == "up", Fraction(of.max_points) * keys["cap"] / 100
        if target == 0:
            met = {"full": True, "none": False, "by_actual": actual > 0 if up else actual == 0}[keys["zero_target"]]
            share = Fraction(keys["cap"], 100) if met else Fraction(0)
        elif actual == 0:
            share = Fraction(0) if up else Fraction(keys["cap"], 100)
        else:
            share = actual / target if up else target / actual
        if round(share * 100, 6) < keys["floor"]:
            share = Fraction(0)
        earned = half_up(min(most, share * Fraction(of.max_points)), of.decimals)
        return -earned if of.penalty else earned

    targets, actuals = zip(*rows, strict=True)
    expected = [on_paper(typed(target), typed(actual)) for target, actual in rows]
    assert points(rule(**keys), of, target=targets, actual=actuals) == expected


@given(rules, scales, targets_and_actuals)
def test_points_stay_within_the_standard(keys: dict[str, Any], of: Scale, rows: list[tuple[float, float]]) -> None:
    targets, actuals = zip(*[*rows, (BLANK, 5), (5, BLANK), (BLANK, BLANK)], strict=True)
    found = points(rule(**keys), of, target=targets, actual=actuals)
    assert all(allowed(each, of) for each in found)
    assert found[-3:] == [0, 0, 0]


@given(rules, numbers(), st.lists(numbers(), min_size=2, max_size=20))
def test_a_better_result_never_earns_less(keys: dict[str, Any], target: float, actuals: list[float]) -> None:
    worst_first = sorted(actuals, reverse=keys["direction"] == "down")
    found = points(rule(**keys), FIVE, target=[target] * len(actuals), actual=worst_first)
    assert found == sorted(found)


@given(rules, scales, targets_and_actuals)
def test_twice_the_target_and_twice_the_result_is_the_same(
    keys: dict[str, Any], of: Scale, rows: list[tuple[float, float]]
) -> None:
    targets, actuals = zip(*rows, strict=True)
    doubled = {"target": [2 * each for each in targets], "actual": [2 * each for each in actuals]}
    assert points(rule(**keys), of, **doubled) == points(rule(**keys), of, target=targets, actual=actuals)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({"zero_target": "none"}, FIVE),
    ({"zero_target": "full", "floor": 50}, scale("2.5")),
    ({"zero_target": "by_actual", "cap": "89.9"}, scale("7.3", decimals=1)),
    ({"zero_target": "none", "floor": "33.333333", "cap": 90}, scale(40, decimals=3)),
    ({"zero_target": "none"}, scale("4.5", decimals=0)),
    ({"zero_target": "none"}, scale("0.75", penalty=True)),
    ({"direction": "down", "zero_target": "by_actual"}, scale("12.5")),
    ({"direction": "down", "zero_target": "none", "floor": 50, "cap": 95}, scale(3)),
    ({"direction": "down", "zero_target": "full"}, scale("2.5", decimals=1, penalty=True)),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"cap": 90, "zero_target": "by_actual"},
        FIVE,
        "result / target × standard points; counted up to 90 %; target 0: full points if the result is above 0",
    ),
    ({"zero_target": "full"}, FIVE, "result / target × standard points; target 0: full points"),
]

EXAMPLE = """
- code: KT1
  name: Thu nhập bình quân đầu người trong năm
  unit: triệu đồng/người
  points: 5
  score: {method: ratio, floor: 50, zero_target: none}
"""
