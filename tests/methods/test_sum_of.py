"""``sum_of``: components times their weights, added up."""

from __future__ import annotations

from typing import Any

from pipeline.methods.method import Scale
from tests.methods.worked import ASKED, faults, over, over_asked, rule, scale

METHOD = rule(method="sum_of", parts=[{"input": "A", "weight": "0.3"}, {"input": "B", "weight": 2}])
OF = scale(5, inputs=[{"code": "A", "high": 10}, {"code": "B", "name": "Có quy chế", "yes_no": True}])


def test_by_hand() -> None:
    assert over(METHOD, OF, (10, "Có"), (8.5, "Không"), (None, "Có"), (0, None), (None, None)) == [
        (5, "Số A 10 × 0,3; Có quy chế Có × 2; cộng lại 5, tối đa 5: 5 điểm"),
        (2.55, "Số A 8,5 × 0,3; Có quy chế Không × 2; cộng lại 2,55, tối đa 5: 2,55 điểm"),
        (2, "Số A chưa nhập; Có quy chế Có × 2; cộng lại 2, tối đa 5: 2 điểm"),
        (0, "Số A 0 × 0,3; Có quy chế chưa nhập; cộng lại 0, tối đa 5: 0 điểm"),
        (0, "Chưa nhập: 0 điểm"),
    ]


def test_described() -> None:
    assert METHOD.describe(OF) == "tổng của: Số A × 0,3; Có quy chế × 2"


def test_faults() -> None:
    assert faults(METHOD, OF) == []
    assert faults(METHOD, scale(6, inputs=[{"code": "A", "high": 10}, {"code": "B", "yes_no": True}])) == [
        (("parts",), "mọi thành phần đạt mức cao nhất được 5 điểm, tiêu chí có 6 điểm")
    ]
    # Without a highest value there is no best sum to compare with.
    assert faults(METHOD, scale(6, inputs=[{"code": "A"}, {"code": "B", "yes_no": True}])) == []
    twice = rule(method="sum_of", parts=[{"input": "A", "weight": "0.3"}, {"input": "a", "weight": "0.2"}])
    assert faults(twice, scale(5, inputs=[{"code": "A", "high": 10}])) == [
        (("parts", 1, "input"), "số liệu a được tính trọng số hai lần")
    ]


# --- for the tests of all methods (declared.py) -----------------------------------------------------

WEIGHTS = [{"input": "A", "weight": "0.35"}, {"input": "B", "weight": "0.125"}, {"input": "C", "weight": 1}]

FORMULAS: list[tuple[dict[str, Any], Scale]] = over_asked({"parts": WEIGHTS}, 5)

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"parts": [{"input": "A", "weight": "0.3"}, {"input": "B", "weight": "0.5"}]},
        scale(5, inputs=ASKED),
        "sum of Số A × 0.3; Số B × 0.5",
    ),
]

EXAMPLE = """
- code: CL2
  name: Cải cách hành chính
  points: 5
  inputs:
    - {code: TT, name: Thủ tục hành chính, unit: điểm, high: 10}
    - {code: BM, name: Tổ chức bộ máy, unit: điểm, high: 10}
  score: {method: sum_of, parts: [{input: TT, weight: 0.3}, {input: BM, weight: 0.2}]}
"""
