"""``tally``: cases of several kinds, taken off or added, with caps on each rule and on all of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Method, Scale, formula
from tests.methods.worked import ASKED, allowed, faults, half_up, over, over_asked, rule, scale

# Tiền Giang 2022, item a4: 3.5 points; −1 once, −0.5 once, −0.5 for each case; at most 2 off in all.
A4 = rule(
    method="tally",
    start="full",
    rules=[{"input": "MOI", "once": -1}, {"input": "DT", "once": "-0.5"}, {"input": "PA", "each": "-0.5"}],
    off_at_most=2,
)
OF_A4 = scale(
    "3.5",
    inputs=[
        {"code": "MOI", "name": "Mời đăng ký dưới 100 %", "yes_no": True},
        {"code": "DT", "name": "Cấp giấy dưới 98,5 % diện tích", "yes_no": True},
        {"code": "PA", "name": "Tổ chức phản ánh"},
    ],
)


def test_by_hand() -> None:
    table = [
        (("Không", "Không", 0), 3.5, "Điểm chuẩn 3,5; không có trường hợp nào: 3,5 điểm"),
        (("Có", "Không", 0), 2.5, "Điểm chuẩn 3,5; Mời đăng ký dưới 100 %: -1: 2,5 điểm"),
        (
            ("Không", "Có", 1),
            2.5,
            "Điểm chuẩn 3,5; Cấp giấy dưới 98,5 % diện tích: -0,5; Tổ chức phản ánh: 1 × -0,5: 2,5 điểm",
        ),
        # 1 + 0.5 + 3 × 0.5 = 3, of which 2 are taken off.
        (
            ("Có", "Có", 3),
            1.5,
            "Điểm chuẩn 3,5; Mời đăng ký dưới 100 %: -1; Cấp giấy dưới 98,5 % diện tích: -0,5; "
            "Tổ chức phản ánh: 3 × -0,5; tổng trừ 3, chỉ trừ tối đa 2: 1,5 điểm",
        ),
        # 0 is a value, blank is none: what is blank counts nothing, and where all is blank there are no points.
        ((None, None, 2), 2.5, "Điểm chuẩn 3,5; Tổ chức phản ánh: 2 × -0,5: 2,5 điểm"),
        ((None, None, None), 0, "Chưa nhập: 0 điểm"),
    ]
    entered, *expected = zip(*table, strict=True)
    assert over(A4, OF_A4, *entered) == list(zip(*expected, strict=True))


def test_a_cap_on_a_rule_and_caps_on_all_of_them() -> None:
    # b2 of the same rubric: a well reported +0.5, one that lacks its licence −0.5 (at most 1), a late report −0.2.
    method = rule(
        method="tally",
        start="full",
        rules=[
            {"input": "A", "each": "0.5"},
            {"input": "B", "each": "-0.5", "at_most": 1},
            {"input": "C", "each": "-0.2"},
        ],
        off_at_most="1.5",
        added_at_most=1,
    )
    of = scale(5, inputs=[{"code": "A"}, {"code": "B"}, {"code": "C"}])
    assert over(method, of, (0, 5, 0), (0, 5, 9), (1, 1, 0), (4, 5, 9)) == [
        (4, "Điểm chuẩn 5; Số B: 5 × -0,5, tối đa 1: 4 điểm"),
        (3.5, "Điểm chuẩn 5; Số B: 5 × -0,5, tối đa 1; Số C: 9 × -0,2; tổng trừ 2,8, chỉ trừ tối đa 1,5: 3,5 điểm"),
        (5, "Điểm chuẩn 5; Số A: 1 × 0,5; Số B: 1 × -0,5: 5 điểm"),  # 5 + 0.5 − 0.5
        (
            4.5,  # 5 + 1 − 1.5
            "Điểm chuẩn 5; Số A: 4 × 0,5; Số B: 5 × -0,5, tối đa 1; Số C: 9 × -0,2; "
            "tổng trừ 2,8, chỉ trừ tối đa 1,5; tổng cộng thêm 2, chỉ cộng tối đa 1: 4,5 điểm",
        ),
    ]


def test_from_nothing_in_a_bonus_group_and_in_a_penalty_group() -> None:
    adds = rule(method="tally", rules=[{"input": "A", "each": "0.2", "at_most": "0.5"}, {"input": "B", "once": 1}])
    inputs = [{"code": "A"}, {"code": "B"}]
    assert over(adds, scale(2, inputs=inputs), (0, 0), (2, 0), (7, 3)) == [
        (0, "không có trường hợp nào; tối đa 2: 0 điểm"),
        (0.4, "Số A: 2 × 0,2; tối đa 2: 0,4 điểm"),
        (1.5, "Số A: 7 × 0,2, tối đa 0,5; Số B: 1; tối đa 2: 1,5 điểm"),
    ]
    takes_off = rule(method="tally", rules=[{"input": "A", "each": -1}, {"input": "B", "once": "0.5"}])
    penalty = scale(3, penalty=True, inputs=inputs)
    # −2, −5 but at most 3; −1 less half a point that was made good.
    assert [points for points, _words in over(takes_off, penalty, (2, 0), (5, 0), (1, 1), (0, 1))] == [-2, -3, -0.5, 0]


def test_points_that_many_cases_add_up_to_are_exact() -> None:
    method = rule(method="tally", start="full", rules=[{"input": "A", "each": "-0.025"}])
    # 5 − 179 × 0.025 = 0.525, which rounds up; in floats it is 0.5249999999999995.
    assert over(method, scale(5, inputs=[{"code": "A"}]), (179,))[0][0] == 0.53


def test_the_formula() -> None:
    cells = {"input.MOI": "F8", "input.DT": "F9", "input.PA": "F10"}
    assert formula(A4, OF_A4, cells, blank="") == (
        '=IF(AND(F8="",F9="",F10=""),"",ROUND(MAX(0,MIN(3.5,ROUND('
        '3.5-MIN(2,IF(F8="Có",1,0)+IF(F9="Có",0.5,0)+IF(F10="",0,F10)*0.5),6))),2))'
    )


def test_described() -> None:
    assert A4.describe(OF_A4) == (
        "đủ điểm khi bắt đầu; Mời đăng ký dưới 100 %: -1 một lần; Cấp giấy dưới 98,5 % diện tích: -0,5 một lần; "
        "Tổ chức phản ánh: -0,5 mỗi trường hợp; tổng trừ tối đa 2"
    )


def test_faults() -> None:
    def by(*rules: dict[str, Any], start: str = "full") -> Method:
        return rule(method="tally", start=start, rules=list(rules))

    of = scale(5, inputs=[{"code": "A"}, {"code": "D", "low": -5}])
    off = {"input": "A", "each": -1}
    assert faults(A4, OF_A4) == []
    assert faults(by(off, {"input": "A"}), of) == [(("rules", 1), "quy tắc không nói trừ hay cộng bao nhiêu điểm")]
    assert faults(by({**off, "once": -1}), of) == [(("rules", 0), "quy tắc có cả each lẫn once")]
    assert faults(by(off, {"input": "A", "once": 0}), of) == [(("rules", 1, "once"), "0 điểm thì không thay đổi gì")]
    assert faults(by({"input": "A", "once": -1, "at_most": 1}), of) == [
        (("rules", 0, "at_most"), "quy tắc chỉ tính một lần thì không cần mức tối đa")
    ]
    assert faults(by({"input": "d", "each": -1}), of) == [
        (("rules", 0, "input"), "số trường hợp đếm từ 0, mà số liệu d có thể nhỏ hơn")
    ]
    assert faults(by({"input": "A", "each": 1}), of) == [
        (("rules",), "điểm chỉ có thể giữ nguyên như lúc đầu: không có quy tắc nào trừ điểm")
    ]
    assert faults(by(off, start="none"), of) == [
        (("rules",), "điểm chỉ có thể giữ nguyên như lúc đầu: không có quy tắc nào cộng điểm")
    ]
    penalty = scale(5, penalty=True, inputs=[{"code": "A"}])
    assert faults(by(off, start="none"), penalty) == []
    assert faults(by({"input": "A", "each": 1}, start="none"), penalty) == [
        (("rules",), "điểm chỉ có thể giữ nguyên như lúc đầu: không có quy tắc nào trừ điểm")
    ]
    assert [path for path, _what in faults(by(off), penalty)] == [("start",)]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=20), st.booleans())
def test_caps_hold_at_each_level(rows: list[tuple[int, int]], penalty: bool) -> None:
    method = rule(
        method="tally",
        start="none" if penalty else "full",
        rules=[{"input": "A", "each": "-0.3", "at_most": 2}, {"input": "B", "each": "-0.25"}],
        off_at_most=4,
    )
    of = scale(6, penalty=penalty, inputs=[{"code": "A"}, {"code": "B"}])
    for (a, b), (points, _words) in zip(rows, over(method, of, *rows), strict=True):
        off = min(Fraction(4), min(Fraction(2), a * Fraction("0.3")) + b * Fraction("0.25"))
        assert points == half_up(-off if penalty else 6 - off, 2)
        assert allowed(points, of)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

CASES = [{"input": "A", "each": "-0.135", "at_most": "1.005"}, {"input": "C", "once": "-0.5"}]

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({"start": "full", "rules": [*CASES, {"input": "B", "each": "0.025"}]}, scale(5, inputs=ASKED)),
    ({"start": "full", "rules": CASES, "off_at_most": "1.2"}, scale("2.675", inputs=ASKED)),
    *over_asked({"rules": [{"input": "B", "each": "0.335"}, *CASES], "added_at_most": 3}, 40),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {
            "start": "full",
            "rules": [{"input": "A", "each": "-0.5", "at_most": "1.5"}, {"input": "C", "once": -1}],
            "off_at_most": 2,
        },
        scale(5, inputs=ASKED),
        "full points to start with; Số A: -0.5 each, at most 1.5; Số C: -1 once; at most 2 off in all",
    ),
    (
        {"rules": [{"input": "B", "each": "0.25"}], "added_at_most": 3},
        scale(5, inputs=ASKED),
        "Số B: 0.25 each; at most 3 added",
    ),
]

EXAMPLE = """
- code: QC1
  name: Tổ chức thực hiện quy chế
  points: 5
  inputs:
    - {code: SL, name: Số vụ việc chậm, unit: vụ, whole: true}
    - {code: KN, name: Có khiếu nại đúng, yes_no: true}
  score:
    method: tally
    start: full
    rules:
      - {input: SL, each: -0.5, at_most: 1.5}
      - {input: KN, once: -1}
    off_at_most: 2
"""
