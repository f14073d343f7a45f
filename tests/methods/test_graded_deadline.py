"""``graded_deadline``: points by days late or early."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import BLANK, allowed, faults, points, rule, scale, scored

TEN, TWENTY_OFF = scale(10), scale(20, penalty=True)
REPORT = rule(
    method="graded_deadline",
    steps=[{"days_late": -5, "points": 10}, {"days_late": 0, "points": 8}, {"days_late": 3, "points": 5}],
    later=1,
)
# Hưng Yên: 5 to less than 10 days takes off 5 points, less than 15 days 10, from 15 days on 20.
LATE = rule(
    method="graded_deadline",
    steps=[{"days_late": 4, "points": 0}, {"days_late": 9, "points": 5}, {"days_late": 14, "points": 10}],
    later=20,
)


def test_by_hand() -> None:
    table = [
        (-30, 10, "Sớm 30 ngày: 10 điểm"),
        (-5, 10, "Sớm 5 ngày: 10 điểm"),
        (-4, 8, "Sớm 4 ngày: 8 điểm"),
        (0, 8, "Đúng hạn: 8 điểm"),
        (1, 5, "Chậm 1 ngày, không quá 3 ngày: 5 điểm"),
        (3, 5, "Chậm 3 ngày, không quá 3 ngày: 5 điểm"),
        (3.5, 1, "Chậm 3,5 ngày, quá 3 ngày: 1 điểm"),
        (400, 1, "Chậm 400 ngày, quá 3 ngày: 1 điểm"),
        (BLANK, 0, "Chưa nhập: 0 điểm"),
    ]
    days, *expected = zip(*table, strict=True)
    assert scored(REPORT, TEN, actual=days) == list(zip(*expected, strict=True))


def test_as_a_penalty() -> None:
    days = [-2, 0, 4, 5, 9, 10, 14, 15, 100]
    assert points(LATE, TWENTY_OFF, actual=days) == [0, 0, 0, -5, -5, -10, -10, -20, -20]


def test_a_single_step() -> None:
    in_time = rule(method="graded_deadline", steps=[{"days_late": 0, "points": 10}])
    assert scored(in_time, TEN, actual=[-1, 0, 1]) == [
        (10, "Sớm 1 ngày: 10 điểm"),
        (10, "Đúng hạn: 10 điểm"),
        (0, "Chậm 1 ngày: 0 điểm"),
    ]
    early = rule(method="graded_deadline", steps=[{"days_late": -3, "points": 10}], later=4)
    assert scored(early, TEN, actual=[-3, -2, 0, 7]) == [
        (10, "Sớm 3 ngày: 10 điểm"),
        (4, "Sớm 2 ngày: 4 điểm"),
        (4, "Đúng hạn: 4 điểm"),
        (4, "Chậm 7 ngày: 4 điểm"),
    ]


def test_in_words() -> None:
    expected = "theo số ngày chậm – sớm ít nhất 5 ngày: 10; đúng hạn: 8; chậm không quá 3 ngày: 5; chậm hơn: 1"
    assert REPORT.describe(TEN) == expected


def test_faults() -> None:
    assert faults(REPORT, TEN) == faults(LATE, TWENTY_OFF) == []
    assert faults(LATE, scale(20)) == [
        (("steps", 1, "points"), "ở đây, nộp chậm hơn lại có lợi hơn"),
        (("steps", 2, "points"), "ở đây, nộp chậm hơn lại có lợi hơn"),
        (("later",), "ở đây, nộp chậm hơn lại có lợi hơn"),
    ]
    unordered = [{"days_late": 3, "points": 10}, {"days_late": 3, "points": "5.125"}]
    assert faults(rule(method="graded_deadline", steps=unordered, later="0.005"), scale(8)) == [
        (("steps",), "mức cao nhất được 10 điểm, trong khi điểm chuẩn của tiêu chí là 8"),
        (("steps", 1, "points"), "5.125 điểm có nhiều hơn 2 chữ số thập phân mà kế hoạch quy định"),
        (("later",), "0.005 điểm có nhiều hơn 2 chữ số thập phân mà kế hoạch quy định"),
        (("steps", 1, "days_late"), "3 ngày không chậm hơn 3 ngày của bậc trước"),
    ]


def test_days_early_are_results_below_zero() -> None:
    assert REPORT.counts_below_zero
    assert not LATE.counts_below_zero


days = st.integers(-40, 40)


@given(st.lists(days, min_size=1, max_size=5, unique=True).map(sorted), st.booleans(), st.lists(days, min_size=2))
def test_each_day_finds_its_step_and_later_is_never_better(limits: list[int], penalty: bool, late: list[int]) -> None:
    worth = list(range(len(limits) + 1))  # the later, the more; turned round where points are earned
    if not penalty:
        worth.reverse()
    steps = [{"days_late": limit, "points": each} for limit, each in zip(limits, worth, strict=False)]
    method, of = rule(method="graded_deadline", steps=steps, later=worth[-1]), scale(len(limits), penalty=penalty)
    assert faults(method, of) == []
    found = points(method, of, actual=sorted(late))
    sign = -1 if penalty else 1
    assert found == [sign * worth[sum(day > limit for limit in limits)] for day in sorted(late)]
    assert all(later <= earlier for earlier, later in pairwise(found))
    assert all(allowed(each, of) for each in found)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

EARLY_TOO = [{"days_late": -5, "points": 10}, {"days_late": -2, "points": "8.5"}, {"days_late": 3, "points": 5}]
LATE_ALONE = [{"days_late": 4, "points": 0}, {"days_late": 9, "points": 5}, {"days_late": 14, "points": 10}]

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({"steps": EARLY_TOO, "later": "0.5"}, TEN),
    ({"steps": LATE_ALONE, "later": 20}, TWENTY_OFF),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"steps": [{"days_late": -2, "points": 0}, {"days_late": 0, "points": 1}], "later": 5},
        scale(5, penalty=True),
        "by days late – at least 2 days early: 0; in time: 1; later: 5",
    ),
]

EXAMPLE = """
- code: TD2
  name: Gửi báo cáo tổng kết (số ngày chậm; gửi sớm thì ghi số âm)
  unit: ngày
  points: 5
  low: -60
  score:
    method: graded_deadline
    steps:
      - {days_late: -5, points: 5}
      - {days_late: 0, points: 4}
      - {days_late: 3, points: 2}
    later: 0
"""
