"""``mean_of``: the weighted mean of components as a share of their scale."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import ASKED, faults, half_up, numbers, over, over_asked, rule, scale, typed

METHOD = rule(method="mean_of", parts=[{"input": "A", "weight": 2}, {"input": "B", "weight": 1}])
OF = scale(20, inputs=[{"code": "A", "high": 10}, {"code": "B", "high": 10}])


def test_by_hand() -> None:
    # (7.5 × 2 + 9) / 30 = 80 %; (5 × 2) / 30 = 33.33 %: what is blank counts as 0.
    words = "bình quân đạt {} % mức cao nhất, × 20 điểm chuẩn = {} điểm"
    assert over(METHOD, OF, (10, 10), (7.5, 9), (5, None), (None, None)) == [
        (20, "Số A 10 × 2; Số B 10 × 1; " + words.format("100", "20")),
        (16, "Số A 7,5 × 2; Số B 9 × 1; " + words.format("80", "16")),
        (6.67, "Số A 5 × 2; Số B chưa nhập; " + words.format("33,33", "6,67")),
        (0, "Chưa nhập: 0 điểm"),
    ]


def test_each_part_on_its_own_scale() -> None:
    of = scale(10, inputs=[{"code": "A", "high": 5}, {"code": "B", "high": 100}, {"code": "C", "yes_no": True}])
    parts = [{"input": "A", "weight": 1}, {"input": "B", "weight": 2}, {"input": "C", "weight": 1}]
    method = rule(method="mean_of", parts=parts)
    # (1 × 4/5 + 2 × 75/100 + 1) / 4 × 10 = 8.25
    assert over(method, of, (4, 75, "Có"))[0][0] == 8.25


def test_described() -> None:
    assert METHOD.describe(OF) == "bình quân có trọng số so với mức cao nhất của: Số A × 2; Số B × 1"


def test_faults() -> None:
    assert faults(METHOD, OF) == []
    assert faults(METHOD, scale(20, inputs=[{"code": "A", "high": 10}, {"code": "B"}])) == [
        (("parts", 1, "input"), "số liệu B chưa nói mức cao nhất có thể đạt")
    ]


@given(st.lists(st.tuples(numbers(most=10), numbers(most=10)), min_size=1, max_size=20))
def test_it_is_exact(rows: list[tuple[float, float]]) -> None:
    expected = [half_up(20 * (2 * typed(a) + typed(b)) / Fraction(30), 2) for a, b in rows]
    assert [points for points, _words in over(METHOD, OF, *rows)] == expected


# --- for the tests of all methods (declared.py) -----------------------------------------------------

WEIGHTS = [{"input": "A", "weight": "0.35"}, {"input": "B", "weight": "0.125"}, {"input": "C", "weight": 1}]

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    *over_asked({"parts": WEIGHTS}, "7.5"),
    *over_asked({"parts": [{"input": "A", "weight": 3}]}, "12.5"),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"parts": [{"input": "A", "weight": 2}, {"input": "B", "weight": "0.5"}]},
        scale(5, inputs=ASKED),
        "weighted mean, as a share of the highest, of Số A × 2; Số B × 0.5",
    ),
]

EXAMPLE = """
- code: CL1
  name: Chỉ số hài lòng của người dân
  points: 20
  inputs:
    - {code: TD, name: Thái độ phục vụ, unit: điểm, high: 10}
    - {code: TG, name: Thời gian giải quyết, unit: điểm, high: 10}
  score: {method: mean_of, parts: [{input: TD, weight: 2}, {input: TG, weight: 1}]}
"""
