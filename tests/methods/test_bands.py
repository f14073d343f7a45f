"""``bands``: points by the band in which the percentage, or the result itself, lies."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import BLANK, allowed, faults, numbers, points, rule, scale, scored, typed

FIVE = scale(5)
BANDS = [{"to": 80, "points": 1}, {"from": 80, "to": 100, "points": 3}, {"from": 100, "points": 5}]
DAYS = [{"to": 5, "points": 0}, {"from": 5, "to": 10, "points": 2}, {"from": 10, "points": 5}]


def test_percent_by_hand() -> None:
    table = [
        # target, actual, points, why
        (100, 79.9, 1, "Thực hiện 79,9 so với chỉ tiêu 100 đạt 79,9 %, dưới 80 %: 1 điểm"),
        (100, 80, 3, "Thực hiện 80 so với chỉ tiêu 100 đạt 80 %, từ 80 % đến dưới 100 %: 3 điểm"),
        (90, 89.9, 3, "Thực hiện 89,9 so với chỉ tiêu 90 đạt 99,89 %, từ 80 % đến dưới 100 %: 3 điểm"),
        (90, 90, 5, "Thực hiện 90 so với chỉ tiêu 90 đạt 100 %, từ 100 % trở lên: 5 điểm"),
        (90, 1000, 5, "Thực hiện 1.000 so với chỉ tiêu 90 đạt 1.111,11 %, từ 100 % trở lên: 5 điểm"),
        # 79.996 % would be told as 80 %, which it is not.
        (25000, 19999, 1, "Thực hiện 19.999 so với chỉ tiêu 25.000 đạt 79,996 %, dưới 80 %: 1 điểm"),
        (100, 0, 1, "Thực hiện 0 so với chỉ tiêu 100 đạt 0 %, dưới 80 %: 1 điểm"),
        (100, BLANK, 0, "Chưa nhập: 0 điểm"),
        (BLANK, 100, 0, "Không có chỉ tiêu để so sánh: 0 điểm"),
        (0, 3, 0, "Chỉ tiêu 0, thực hiện 3: 0 điểm theo quy định của thang điểm khi chỉ tiêu bằng 0"),
    ]
    targets, actuals, *expected = zip(*table, strict=True)
    bands = rule(method="bands", bands=BANDS, zero_target="none")
    assert scored(bands, FIVE, target=targets, actual=actuals) == list(zip(*expected, strict=True))


def test_percent_down_by_hand() -> None:
    less = "(càng ít càng tốt)"
    table = [
        (4, 4, 5, f"Thực hiện 4 so với chỉ tiêu 4 {less}: 4 / 4 = 100 %, từ 100 % trở lên: 5 điểm"),
        (4, 5, 3, f"Thực hiện 5 so với chỉ tiêu 4 {less}: 4 / 5 = 80 %, từ 80 % đến dưới 100 %: 3 điểm"),
        (4, 6, 1, f"Thực hiện 6 so với chỉ tiêu 4 {less}: 4 / 6 = 66,67 %, dưới 80 %: 1 điểm"),
        (4, 0, 5, "Thực hiện 0 so với chỉ tiêu 4: 5 điểm"),
        (0, 0, 5, "Chỉ tiêu 0, thực hiện 0: 5 điểm theo quy định của thang điểm khi chỉ tiêu bằng 0"),
        (0, 2, 1, "Chỉ tiêu 0, thực hiện 2: 1 điểm theo quy định của thang điểm khi chỉ tiêu bằng 0"),
        (4, BLANK, 0, "Chưa nhập: 0 điểm"),
        (BLANK, 4, 0, "Không có chỉ tiêu để so sánh: 0 điểm"),
    ]
    targets, actuals, *expected = zip(*table, strict=True)
    bands = rule(method="bands", of="percent_down", bands=BANDS, zero_target="by_actual")
    assert scored(bands, FIVE, target=targets, actual=actuals) == list(zip(*expected, strict=True))


def test_actual_as_a_penalty_by_hand() -> None:
    # Late by so many days; the target does not matter.
    table = [
        (0, 0, "Kết quả 0, dưới 5: 0 điểm"),
        (4.999, 0, "Kết quả 4,999, dưới 5: 0 điểm"),
        (5, -2, "Kết quả 5, từ 5 đến dưới 10: -2 điểm"),
        (9, -2, "Kết quả 9, từ 5 đến dưới 10: -2 điểm"),
        (10, -5, "Kết quả 10, từ 10 trở lên: -5 điểm"),
        (BLANK, 0, "Chưa nhập: 0 điểm"),
    ]
    actuals, *expected = zip(*table, strict=True)
    bands = rule(method="bands", of="actual", bands=DAYS)
    assert scored(bands, scale(5, penalty=True), actual=actuals) == list(zip(*expected, strict=True))


def test_a_sum_in_a_cell_reaches_the_edge_that_it_shows() -> None:
    shows_five = sum([0.1] * 50)
    assert shows_five < 5  # by 2e-15; a spreadsheet shows 5
    assert points(rule(method="bands", of="actual", bands=DAYS), FIVE, actual=[shows_five]) == [2]


@pytest.mark.parametrize(
    ("of", "policy", "result_0", "result_2"),
    [
        ("percent", "full", 5, 5),
        ("percent", "none", 0, 0),
        ("percent", "by_actual", 1, 5),
        ("percent_down", "full", 5, 5),
        ("percent_down", "none", 0, 0),
        ("percent_down", "by_actual", 5, 1),
    ],
)
def test_zero_target(of: str, policy: str, result_0: float, result_2: float) -> None:
    bands = rule(method="bands", of=of, bands=BANDS, zero_target=policy)
    assert points(bands, FIVE, target=[0, 0], actual=[0, 2]) == [result_0, result_2]


def test_zero_where_a_low_share_costs_points() -> None:
    # As a penalty the lowest share costs most; a target of 0 that is kept costs nothing.
    costs = [{"to": 50, "points": 5}, {"from": 50, "to": 100, "points": 2}, {"from": 100, "points": 0}]
    bands = rule(method="bands", of="percent_down", bands=costs, zero_target="by_actual")
    found = points(bands, scale(5, penalty=True), target=[0, 0, 4, 4, 4], actual=[0, 2, 0, 5, 9])
    assert found == [0, -5, 0, -2, -5]


def test_faults() -> None:
    def of_bands(*bands: dict[str, Any], points: str = "5", **keys: Any) -> list[tuple[tuple[str | int, ...], str]]:
        return faults(rule(method="bands", of="actual", bands=bands, **keys), scale(points))

    assert of_bands(*BANDS) == []
    assert of_bands({"from": 0, "to": 80, "points": 0}, {"from": 80, "to": 100, "points": 5}) == [
        (("bands", 0, "from"), "dưới 0 không có bậc nào quy định số điểm"),
        (("bands", 1, "to"), "từ 100 trở lên không có bậc nào quy định số điểm"),
    ]
    assert of_bands({"to": 80, "points": 0}, {"from": 81, "points": 5}) == [
        (("bands", 1, "from"), "hở giữa hai bậc: từ 80 đến 81 không thuộc bậc nào")
    ]
    assert of_bands({"to": 80, "points": 0}, {"from": 79, "points": 5}) == [
        (("bands", 1, "from"), "hai bậc chồng lên nhau: từ 79 đến 80 thuộc cả hai bậc")
    ]
    assert of_bands({"points": 0}, {"from": 80, "points": 5}) == [
        (("bands", 1), "hai bậc liền nhau có một đầu bỏ trống ở giữa")
    ]
    assert of_bands({"to": 80, "points": 0}, {"from": 80, "to": 80, "points": 2}, {"from": 80, "points": 5}) == [
        (("bands", 1, "to"), "bậc từ 80 đến 80 không chứa giá trị nào")
    ]
    assert of_bands(*BANDS, points="4") == [
        (("bands",), "mức cao nhất được 5 điểm, trong khi điểm chuẩn của tiêu chí là 4")
    ]
    assert of_bands({"to": 80, "points": "0.125"}, {"from": 80, "points": 5}) == [
        (("bands", 0, "points"), "0.125 điểm có nhiều hơn 2 chữ số thập phân mà kế hoạch quy định")
    ]


def test_a_percentage_needs_a_word_on_zero_targets() -> None:
    unsaid = [((), "chỉ tiêu có thể bằng 0 mà quy tắc chưa nói khi đó được bao nhiêu điểm")]
    assert faults(rule(method="bands", bands=BANDS), FIVE) == unsaid
    assert faults(rule(method="bands", bands=BANDS), FIVE, target="90") == []
    assert faults(rule(method="bands", bands=BANDS, zero_target="none"), FIVE) == []


# --- properties -------------------------------------------------------------------------------------

measures = st.sampled_from(["percent", "percent_down", "actual"])
policies = st.sampled_from(["full", "none", "by_actual"])
rows = st.lists(st.tuples(numbers(0, 200), numbers(0, 200)), min_size=1, max_size=20)


@given(measures, rows)
def test_the_band_is_the_one_that_fractions_say(of: str, drawn: list[tuple[float, float]]) -> None:
    above_zero = [(target or 1, actual or 1) for target, actual in drawn]

    def on_paper(target: Fraction, actual: Fraction) -> int:
        measure = {"percent": actual / target * 100, "percent_down": target / actual * 100, "actual": actual}[of]
        shown = round(measure, 6)  # no tie here can lie at an edge, so the way of rounding does not matter
        return 5 if shown >= 100 else 3 if shown >= 80 else 1

    targets, actuals = zip(*above_zero, strict=True)
    expected = [on_paper(typed(target), typed(actual)) for target, actual in above_zero]
    assert points(rule(method="bands", of=of, bands=BANDS), FIVE, target=targets, actual=actuals) == expected


@given(measures, policies, st.booleans(), rows)
def test_points_stay_within_the_standard(of: str, policy: str, penalty: bool, drawn: list[tuple[float, float]]) -> None:
    of_five = Scale(FIVE.max_points, penalty=penalty)
    targets, actuals = zip(*[*drawn, (5, BLANK), (BLANK, BLANK)], strict=True)
    found = points(
        rule(method="bands", of=of, bands=BANDS, zero_target=policy), of_five, target=targets, actual=actuals
    )
    assert all(allowed(each, of_five) for each in found)
    assert found[-2:] == [0, 0]


@given(measures, policies, numbers(0, 200), st.lists(numbers(0, 400), min_size=2, max_size=20))
def test_a_better_result_never_earns_less(of: str, policy: str, target: float, actuals: list[float]) -> None:
    worst_first = sorted(actuals, reverse=of == "percent_down")
    bands = rule(method="bands", of=of, bands=BANDS, zero_target=policy)
    found = points(bands, FIVE, target=[target] * len(actuals), actual=worst_first)
    assert found == sorted(found)


@given(st.sampled_from(["percent", "percent_down"]), policies, rows)
def test_twice_the_target_and_twice_the_result_is_the_same(
    of: str, policy: str, drawn: list[tuple[float, float]]
) -> None:
    bands = rule(method="bands", of=of, bands=BANDS, zero_target=policy)
    targets, actuals = zip(*drawn, strict=True)
    doubled = points(bands, FIVE, target=[2 * each for each in targets], actual=[2 * each for each in actuals])
    assert doubled == points(bands, FIVE, target=targets, actual=actuals)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

THREE_BANDS = [{"to": 80, "points": 0}, {"from": 80, "to": "99.5", "points": "2.25"}, {"from": "99.5", "points": 5}]
FALLING = [{"to": "33.333333", "points": 5}, {"from": "33.333333", "to": 100, "points": 2}, {"from": 100, "points": 0}]
FEW_DAYS = [{"to": 1, "points": 0}, {"from": 1, "to": "2.675", "points": 1}, {"from": "2.675", "points": 5}]

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({"bands": THREE_BANDS, "zero_target": "none"}, scale(5)),
    ({"bands": FALLING, "zero_target": "by_actual"}, scale(5, penalty=True)),
    ({"of": "percent_down", "bands": THREE_BANDS, "zero_target": "by_actual"}, scale(5)),
    ({"of": "percent_down", "bands": FALLING, "zero_target": "full"}, scale(5, penalty=True)),
    ({"of": "actual", "bands": THREE_BANDS}, scale(5)),
    ({"of": "actual", "bands": FEW_DAYS}, scale(5, penalty=True)),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"of": "percent_down", "zero_target": "none", "bands": [{"to": 1, "points": 0}, {"from": 1, "points": 5}]},
        scale(5),
        "by % of target / result – below 1: 0; from 1: 5; target 0: 0 points",
    ),
]

EXAMPLE = """
- code: VH1
  name: Tỷ lệ gia đình đạt danh hiệu Gia đình văn hóa
  unit: "% hộ"
  points: 5
  high: 100
  score:
    method: bands
    of: percent
    zero_target: none
    bands:
      - {to: 80, points: 0}
      - {from: 80, to: 95, points: 3}
      - {from: 95, points: 5}
"""
