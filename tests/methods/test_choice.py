"""``choice``: each level has its points."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import allowed, faults, points, rule, scale, scored

TEN = scale(10)
LEVELS = [
    {"name": "Xuất sắc", "points": 10},
    {"name": "Tốt", "points": "7.5"},
    {"name": "Hoàn thành", "points": 0},
]
CHOICE = rule(method="choice", levels=LEVELS)


def test_by_hand() -> None:
    assert scored(CHOICE, TEN, choice=["Xuất sắc", "Tốt", "Hoàn thành", "", "tốt", "Giỏi"]) == [
        (10, "Mức “Xuất sắc”: 10 điểm"),
        (7.5, "Mức “Tốt”: 7,5 điểm"),
        (0, "Mức “Hoàn thành”: 0 điểm"),
        (0, "Chưa nhập: 0 điểm"),
        (7.5, "Mức “tốt”: 7,5 điểm"),
        (0, "“Giỏi” không phải là mức nào trong thang điểm: 0 điểm"),
    ]


def test_as_a_penalty() -> None:
    assert scored(CHOICE, scale(10, penalty=True), choice=["Xuất sắc", "Tốt", "Hoàn thành"]) == [
        (-10, "Mức “Xuất sắc”: -10 điểm"),
        (-7.5, "Mức “Tốt”: -7,5 điểm"),
        (0, "Mức “Hoàn thành”: 0 điểm"),
    ]


def test_what_a_unit_typed_is_only_quoted() -> None:
    assert scored(CHOICE, TEN, choice=["{points} {0} %s"]) == [
        (0, "“{points} {0} %s” không phải là mức nào trong thang điểm: 0 điểm")
    ]


def test_options_are_the_names_without_blanks_around_them() -> None:
    assert CHOICE.options == ("Xuất sắc", "Tốt", "Hoàn thành")
    spaced = rule(method="choice", levels=[{"name": " A ", "points": 10}, {"name": "B", "points": 0}])
    assert spaced.options == ("A", "B")


def test_faults() -> None:
    assert faults(CHOICE, TEN) == []
    assert faults(CHOICE, scale(8)) == [
        (("levels",), "mức cao nhất được 10 điểm, trong khi điểm chuẩn của tiêu chí là 8")
    ]
    assert faults(CHOICE, scale(10, decimals=0)) == [
        (("levels", 1, "points"), "7.5 điểm có nhiều hơn 0 chữ số thập phân mà kế hoạch quy định")
    ]
    twice = [{"name": "Tốt", "points": 10}, {"name": "Khá", "points": 5}, {"name": "TỐT", "points": 1}]
    assert faults(rule(method="choice", levels=twice), TEN) == [(("levels", 2, "name"), "mức “TỐT” được ghi hai lần")]
    numbers = [{"name": "1/2", "points": 10}, {"name": "80 %", "points": 5}, {"name": "≥ 90 %", "points": 1}]
    assert faults(rule(method="choice", levels=numbers), TEN) == [
        (("levels", 0, "name"), "bảng tính sẽ hiểu mức “1/2” là số hoặc ngày tháng"),
        (("levels", 1, "name"), "bảng tính sẽ hiểu mức “80 %” là số hoặc ngày tháng"),
    ]


@given(
    st.lists(st.sampled_from([*CHOICE.options, "", "khác"]) | st.text(), min_size=1),
    st.booleans(),
)
def test_points_are_those_of_the_level(answers: list[str], penalty: bool) -> None:
    of = Scale(TEN.max_points, penalty=penalty)
    worth = {"xuất sắc": 10, "tốt": 7.5}
    found = points(CHOICE, of, choice=answers)
    assert found == [worth.get(answer.casefold(), 0) * (-1 if penalty else 1) for answer in answers]
    assert all(allowed(each, of) for each in found)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

HARD_TO_QUOTE = [
    {"name": "Xuất sắc", "points": 5},
    {"name": 'Mức "A" & <B>', "points": "3.35"},
    {"name": "Không * ?", "points": 0},
]

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({"levels": HARD_TO_QUOTE}, scale(5)),
    ({"levels": HARD_TO_QUOTE}, scale(5, penalty=True)),
    ({"levels": [*HARD_TO_QUOTE, {"name": "Yếu", "points": "-2.5"}]}, replace(scale(5), lowest=Decimal(-3))),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"levels": [{"name": "Xuất sắc", "points": 5}, {"name": "Khá", "points": "2.5"}]},
        scale(5),
        "by level – Xuất sắc: 5; Khá: 2.5",
    ),
]

EXAMPLE = """
- code: AN4
  name: Kết quả phân loại phong trào Toàn dân bảo vệ an ninh Tổ quốc
  points: 4
  score:
    method: choice
    levels:
      - {name: Xuất sắc, points: 4}
      - {name: Khá, points: 3}
      - {name: Trung bình, points: 1.5}
      - {name: Yếu, points: 0}
"""
