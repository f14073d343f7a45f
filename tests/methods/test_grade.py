"""``grade``: A, B, C, D and their shares of the standard points."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import allowed, faults, half_up, points, rule, scale, scales, scored

LEVELS = [
    {"name": "A", "percent": 100},
    {"name": "B", "percent": 80},
    {"name": "C", "percent": "50.5"},
    {"name": "D", "percent": 0},
]
GRADE = rule(method="grade", levels=LEVELS)


def test_by_hand() -> None:
    # 80 % of 2.5 is 2; 50.5 % of 2.5 is 1.2625, rounded 1.26.
    assert scored(GRADE, scale("2.5"), choice=["A", "B", "c", "D", "", "E"]) == [
        (2.5, "Loại “A”: 100 % của 2,5 điểm chuẩn = 2,5 điểm"),
        (2, "Loại “B”: 80 % của 2,5 điểm chuẩn = 2 điểm"),
        (1.26, "Loại “c”: 50,5 % của 2,5 điểm chuẩn = 1,26 điểm"),
        (0, "Loại “D”: 0 % của 2,5 điểm chuẩn = 0 điểm"),
        (0, "Chưa nhập: 0 điểm"),
        (0, "“E” không phải là mức nào trong thang điểm: 0 điểm"),
    ]
    # 50.5 % of 3 is 1.515 and rounds up.
    assert points(GRADE, scale(3), choice=["C"]) == [1.52]
    assert points(GRADE, scale(10, penalty=True), choice=["A", "B", "D"]) == [-10, -8, 0]


def test_options_and_words() -> None:
    assert GRADE.options == ("A", "B", "C", "D")
    assert GRADE.describe(scale(5)) == "theo loại, tính trên điểm chuẩn – A: 100 %; B: 80 %; C: 50,5 %; D: 0 %"


def test_faults() -> None:
    assert faults(GRADE, scale(5)) == []
    wrong = [{"name": "A", "percent": 90}, {"name": "a", "percent": 50}, {"name": "1/2", "percent": 0}]
    assert faults(rule(method="grade", levels=wrong), scale(5)) == [
        (("levels",), "loại cao nhất chỉ được 90 % điểm chuẩn"),
        (("levels", 1, "name"), "mức “a” được ghi hai lần"),
        (("levels", 2, "name"), "bảng tính sẽ hiểu mức “1/2” là số hoặc ngày tháng"),
    ]


@given(scales, st.integers(0, 1000), st.lists(st.sampled_from(["A", "b", "", "x"]), min_size=1))
def test_points_are_what_fractions_say(of: Scale, permille: int, answers: list[str]) -> None:
    levels = [{"name": "A", "percent": 100}, {"name": "B", "percent": permille / 10}]
    share = {"A": Fraction(1), "b": Fraction(permille, 1000)}
    expected = [half_up(share.get(answer, Fraction(0)) * Fraction(of.max_points), of.decimals) for answer in answers]
    found = points(rule(method="grade", levels=levels), of, choice=answers)
    assert found == [-each if of.penalty else each for each in expected]
    assert all(allowed(each, of) for each in found)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

GRADES = [{"name": "A", "percent": 100}, {"name": "B", "percent": "66.5"}, {"name": "D (yếu)", "percent": 0}]

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({"levels": GRADES}, scale("2.5")),
    ({"levels": GRADES}, scale("7.25", decimals=1, penalty=True)),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"levels": [{"name": "A", "percent": 100}, {"name": "B", "percent": 60}]},
        scale(5),
        "by grade, of the standard points – A: 100 %; B: 60 %",
    ),
]

EXAMPLE = """
- code: CC2
  name: Hoạt động của Tổ công nghệ số cộng đồng
  points: 3
  score:
    method: grade
    levels:
      - {name: A, percent: 100}
      - {name: B, percent: 80}
      - {name: C, percent: 50}
      - {name: D, percent: 0}
"""
