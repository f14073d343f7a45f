"""``one_of``: the best that was achieved counts, and only that."""

from __future__ import annotations

from typing import Any

from pipeline.methods.inputs import Takes
from pipeline.methods.method import Method, Scale, formula
from tests.methods.worked import ASKED, BLANK, faults, over, over_asked, points, rule, scale

# Tiền Giang 2022, item a4, “01 trong 02”.
A42 = rule(
    method="one_of",
    options=[{"when": "HO>=99.0", "points": 1}, {"when": "AND(ho>=99; chung>=95)", "points": 2}],
)
OF_A42 = scale(2, inputs=[{"code": "HO", "high": 100}, {"code": "CHUNG", "high": 100}])


def test_by_hand() -> None:
    table = [
        ((98.99, 100), 0, "Không đạt mức nào được điểm, với HO = 98,99; CHUNG = 100: 0 điểm"),
        ((99, 94.9), 1, "Đạt HO>=99.0 với HO = 99; CHUNG = 94,9: 1 điểm"),
        ((99, 95), 2, "Đạt AND(ho>=99; chung>=95) với HO = 99; CHUNG = 95: 2 điểm"),
        ((99.5, None), 1, "Đạt HO>=99.0 với HO = 99,5; CHUNG chưa nhập: 1 điểm"),
        ((None, 100), 0, "Không đạt mức nào được điểm, với HO chưa nhập; CHUNG = 100: 0 điểm"),
        ((None, None), 0, "Chưa nhập: 0 điểm"),
    ]
    entered, *expected = zip(*table, strict=True)
    assert over(A42, OF_A42, *entered) == list(zip(*expected, strict=True))


def test_a_blank_meets_no_condition() -> None:
    # In Excel a blank cell is 0, and 0 <= 5 holds.
    method = rule(method="one_of", options=[{"when": "A<=5", "points": 2}, {"when": "NOT(B)", "points": 1}])
    of = scale(2, inputs=[{"code": "A"}, {"code": "B", "yes_no": True}])
    entered = [(5, None), (None, "Không"), (None, "Có"), (6, None), (0, "Có")]
    assert [each for each, _words in over(method, of, *entered)] == [2, 1, 0, 0, 2]


def test_over_target_and_result() -> None:
    method = rule(
        method="one_of",
        options=[{"when": "actual>=1.2*target", "points": 3}, {"when": "actual>=target", "points": "1.5"}],
    )
    assert (method.takes, method.needs_target) == (Takes.NUMBER, True)
    assert points(method, scale(3), target=[10, 10, 10, BLANK], actual=[12, 11.9, 9.9, 12]) == [3, 1.5, 0, 0]


def test_the_formula() -> None:
    assert formula(A42, OF_A42, {"input.HO": "F8", "input.CHUNG": "F9"}) == (
        '=IF(AND(F8="",F9=""),0,IF(AND(NOT(F8=""),NOT(F9=""),AND(F8>=99,F9>=95)),2,IF(AND(NOT(F8=""),F8>=99),1,0)))'
    )


def test_described() -> None:
    assert (
        A42.describe(OF_A42)
        == "lấy mức cao nhất đạt được – HO>=99.0: 1; AND(ho>=99; chung>=95): 2 (HO: Số HO; CHUNG: Số CHUNG)"
    )


def test_faults() -> None:
    def by(*options: dict[str, Any]) -> Method:
        return rule(method="one_of", options=list(options))

    best = {"when": "HO>=99", "points": 2}
    assert faults(A42, OF_A42) == []
    assert faults(by({**best, "points": 1}), OF_A42) == [
        (("options",), "mức cao nhất được 1 điểm, trong khi điểm chuẩn của tiêu chí là 2")
    ]
    assert faults(by(best, {"when": "HO>=", "points": 1}), OF_A42) == [
        (("options", 1, "when"), "ký tự thứ 5: công thức dừng ở chỗ còn thiếu một giá trị")
    ]
    assert faults(by(best, {"when": "HO+1", "points": 1}), OF_A42) == [
        (("options", 1, "when"), "ký tự thứ 1, “HO”: đây là một số, trong khi chỗ này phải là một điều kiện")
    ]
    assert faults(by(best, {"when": "100/HO>2", "points": 1}), OF_A42) == [
        (("options", 1, "when"), "điều kiện này có thể phải chia cho 0")
    ]
    assert faults(by(best, {"when": "1>0", "points": 1}), OF_A42) == [
        (("options", 1, "when"), "điều kiện không xét đến số liệu nào đơn vị nhập")
    ]


# --- for the tests of all methods (declared.py) -----------------------------------------------------

FORMULAS: list[tuple[dict[str, Any], Scale]] = over_asked(
    {
        "options": [
            {"when": "A<=5", "points": 1},
            {"when": "AND(a*3>=b-0.1, NOT(C))", "points": "2.5"},
            {"when": "OR(C, B=80)", "points": "1.005"},
        ],
    },
    "2.5",
)

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"options": [{"when": "A>=5", "points": 1}, {"when": "AND(A>=5, C)", "points": 5}]},
        scale(5, inputs=ASKED),
        "the best that holds – A>=5: 1; AND(A>=5, C): 5 (A: Số A; C: Số C)",
    ),
]

EXAMPLE = """
- code: DD1
  name: Cấp giấy chứng nhận quyền sử dụng đất
  points: 2
  inputs:
    - {code: HO, name: Tỷ lệ hộ gia đình, unit: "%", high: 100}
    - {code: CH, name: Tỷ lệ chung, unit: "%", high: 100}
  score:
    method: one_of
    options:
      - {when: "HO>=99", points: 1}
      - {when: "AND(HO>=99, CH>=95)", points: 2}
"""
