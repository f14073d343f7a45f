"""``yes_no``: full points for the one answer, none for the other."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import allowed, faults, half_up, points, rule, scale, scales, scored

FIVE = scale(5)
YES = rule(method="yes_no")
NO = rule(method="yes_no", points_for="no")


def test_by_hand() -> None:
    assert scored(YES, FIVE, choice=["Có", "Không", "", "có", "chưa rõ"]) == [
        (5, "Trả lời “Có”: 5 điểm"),
        (0, "Trả lời “Không”: 0 điểm"),
        (0, "Chưa nhập: 0 điểm"),
        (5, "Trả lời “có”: 5 điểm"),
        (0, "Trả lời “chưa rõ”: 0 điểm"),
    ]
    assert points(NO, FIVE, choice=["Có", "Không", ""]) == [0, 5, 0]


def test_as_a_penalty() -> None:
    assert scored(YES, scale("2.5", penalty=True), choice=["Có", "Không", ""]) == [
        (-2.5, "Trả lời “Có”: -2,5 điểm"),
        (0, "Trả lời “Không”: 0 điểm"),
        (0, "Chưa nhập: 0 điểm"),
    ]


def test_options_and_faults() -> None:
    assert YES.options == NO.options == ("Có", "Không")
    assert faults(YES, FIVE) == []


@given(st.sampled_from(["yes", "no"]), scales, st.lists(st.sampled_from(["Có", "Không"]) | st.text(), min_size=1))
def test_only_the_one_answer_counts(points_for: str, of: Scale, answers: list[str]) -> None:
    counted = {"yes": "có", "no": "không"}[points_for]
    full = half_up(of.max_points, of.decimals) * (-1 if of.penalty else 1)
    found = points(rule(method="yes_no", points_for=points_for), of, choice=answers)
    assert found == [full if answer.casefold() == counted else 0 for answer in answers]
    assert all(allowed(each, of) for each in found)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({}, scale("2.5")),
    ({"points_for": "no"}, scale("2.5", penalty=True)),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [({"points_for": "no"}, FIVE, "“No”: 5, otherwise 0")]

EXAMPLE = """
- code: VH2
  name: Được công nhận hoặc giữ vững danh hiệu văn hóa
  points: 4
  evidence: true
  score: {method: yes_no}
"""
