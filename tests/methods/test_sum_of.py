"""``sum_of``: components times their weights, added up."""

from __future__ import annotations

from tests.methods.worked import faults, over, rule, scale

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
