"""``formula``: the points as Excel would write them; how the text is read is told in tests/methods/test_grammar.py."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.inputs import Takes
from pipeline.methods.method import Method, Scale, formula, score
from tests.methods.worked import (
    BLANK,
    allowed,
    columns,
    faults,
    numbers,
    over,
    over_asked,
    points,
    rule,
    scale,
    scales,
    scored,
)

TEN = scale(10)
RATIO = "=MIN(10, actual/target*10)"


def by(text: str) -> Method:
    return rule(method="formula", formula=text)


def test_by_hand() -> None:
    def words(target: str, actual: str, earned: str) -> str:
        given = f"Công thức =MIN(10, kết quả/chỉ tiêu*10) với chỉ tiêu {target}; kết quả {actual}"
        return f"{given}, tối đa 10: {earned} điểm"

    table = [
        (100, 95, 9.5, words("100", "95", "9,5")),
        (3, 1, 3.33, words("3", "1", "3,33")),
        (100, 120, 10, words("100", "120", "10")),
        (100, 0, 0, words("100", "0", "0")),
        (-4, 2, 0, words("-4", "2", "0")),
        (0, 5, 0, "Công thức =MIN(10, kết quả/chỉ tiêu*10) với chỉ tiêu 0; kết quả 5 phải chia cho 0: 0 điểm"),
        # In Excel a blank cell would count as 0; here it is blank, as with every method.
        (100, BLANK, 0, "Chưa nhập: 0 điểm"),
        (BLANK, 5, 0, "Không có chỉ tiêu để so sánh: 0 điểm"),
    ]
    targets, actuals, *expected = zip(*table, strict=True)
    assert scored(by(RATIO), TEN, target=targets, actual=actuals) == list(zip(*expected, strict=True))


def test_without_a_target() -> None:
    method = by(" = if(Actual>=3; max_points; 7,5/ACTUAL) ")
    assert not method.needs_target
    given = "Công thức =if(kết quả>=3; điểm chuẩn; 7,5/kết quả) với kết quả"
    assert scored(method, TEN, actual=[3, 2, 0]) == [
        (10, f"{given} 3, tối đa 10: 10 điểm"),
        (3.75, f"{given} 2, tối đa 10: 3,75 điểm"),
        (0, f"{given} 0 phải chia cho 0: 0 điểm"),
    ]
    assert method.describe(TEN) == "theo công thức =if(kết quả>=3; điểm chuẩn; 7,5/kết quả)"


def test_a_branch_that_is_not_taken_divides_by_nothing() -> None:
    method = by("=IF(target=0, 10, actual/target*10)")
    assert points(method, TEN, target=[0, 4, 8], actual=[5, 2, 8]) == [10, 5, 10]


def test_over_inputs() -> None:
    method = by("=MIN(8; TH/kh*8) + IF(MH; 2; 0)")
    of = scale(10, inputs=[{"code": "KH"}, {"code": "TH"}, {"code": "MH", "name": "Có mô hình", "yes_no": True}])
    assert (method.takes, method.needs_target, faults(method, of)) == (Takes.INPUTS, False, [])
    # What a formula names is told in the order of the formula, under the code that stands in the form.
    given = "Công thức =MIN(8; TH/kh*8) + IF(MH; 2; 0) với"
    assert over(method, of, (10, 8, "Có"), (10, 12, "Không"), (0, 8, "Có"), (10, 8, None), (None, None, None)) == [
        (8.4, f"{given} TH = 8; KH = 10; MH = Có, tối đa 10: 8,4 điểm"),
        (8, f"{given} TH = 12; KH = 10; MH = Không, tối đa 10: 8 điểm"),
        (0, f"{given} TH = 8; KH = 0; MH = Có phải chia cho 0: 0 điểm"),
        (0, "Chưa nhập “Có mô hình”: 0 điểm"),
        (0, "Chưa nhập: 0 điểm"),
    ]
    cells = {"input.KH": "F8", "input.TH": "F9", "input.MH": "F10"}
    assert formula(method, of, cells) == (
        '=IF(AND(F8="",F9="",F10=""),0,IF(F8="",0,IF(F9="",0,IF(F10="",0,IF(F8=0,0,'
        'ROUND(MAX(0,MIN(10,ROUND(MIN(8,F9/F8*8)+IF(F10="Có",2,0),9))),2))))))'
    )


def test_over_the_result_and_inputs() -> None:
    method, of = by("=actual*SUM(A, B)"), scale(10, inputs=[{"code": "A"}, {"code": "B"}])
    assert method.takes is Takes.NUMBER
    entered = columns(actual=[2, BLANK, 2]) | {"input.A": np.array([1.0, 1, BLANK]), "input.B": np.array([2.5, 1, 1])}
    assert list(score(method, of, entered).points) == [7, 0, 0]


def test_dividing_by_zero_is_met_wherever_excel_would_show_an_error() -> None:
    # Excel works out every argument of MIN, AND and OR, and both sides of a comparison.
    for text in ("=MIN(10, 1/actual)", "=IF(OR(actual=0, 1/actual>0), 10, 5)", "=IF(1/actual>1, 10, 5)"):
        assert points(by(text), TEN, actual=[0, 0.5])[0] == 0
    # A divisor that is 0 only when worked out on paper: 100.1 - 100 - 0.1, in floats -8e-15.
    assert points(by("=1/(actual-target-0.1)"), TEN, target=[100], actual=[100.1]) == [0]


def test_it_is_exact_where_it_jumps() -> None:
    # 1000.1 - 1000 is 0.1; 19 of 20 is 95 %; 0.57 * 100 is 57; 5 - 179 * 0.025 is 0.525 and rounds up.
    assert points(by("=IF(actual-target<=0.1, 10, 0)"), TEN, target=[1000], actual=[1000.1]) == [10]
    assert points(by("=IF(actual/target>=95%, 10, 0)"), TEN, target=[20, 2000], actual=[19, 1899]) == [10, 0]
    assert points(by("=INT(actual*100)-50"), TEN, actual=[0.57]) == [7]
    assert points(by("=5-actual*0.025"), TEN, actual=[179]) == [0.53]
    # One đồng less than a target of a milliard is less.
    assert points(by("=IF(actual/target>=1, 10, 0)"), TEN, target=[1e9], actual=[1e9 - 1]) == [0]


def test_points_are_bounded_and_taken_off_for_a_penalty() -> None:
    assert points(by("=actual*3"), scale(10, penalty=True), actual=[-1, 1, 9]) == [0, -3, -10]


def test_the_text_is_the_live_formula() -> None:
    cells = {"target": "E7", "actual": "F7", "claimed": "H7"}
    assert formula(by(RATIO), TEN, cells) == (
        '=IF(F7="",0,IF(E7="",0,IF(E7=0,0,ROUND(MAX(0,MIN(10,ROUND(MIN(10,F7/E7*10),9))),2))))'
    )


def test_faults() -> None:
    assert faults(by(RATIO), TEN) == []
    assert faults(by("=MIN(10, actuel/target)"), TEN) == [(("formula",), "ký tự thứ 10, “actuel”: không có tên này")]
    assert faults(by("=SL*2"), scale(10, inputs=[{"code": "SO"}])) == [
        (("formula",), "ký tự thứ 2, “SL”: không có tên này")
    ]
    assert faults(by("=actual+"), TEN) == [
        (("formula",), "ký tự thứ 9: công thức dừng ở chỗ còn thiếu một giá trị"),
    ]
    assert faults(by("=target/10"), TEN) == [(("formula",), "công thức không xét đến kết quả thực hiện")]
    assert faults(by("=actual" + "".join(f"/(actual-{n})" for n in range(41))), TEN) == [
        (("formula",), "công thức quá phức tạp cho một ô")
    ]


def test_numbers_beyond_all_reason_do_no_harm() -> None:
    huge = [1e300, 1e-300, float("inf"), -1e300, 1e15]
    targets, actuals = zip(*((target, actual) for target in huge for actual in huge), strict=True)
    for text in (RATIO, "=actual*actual-target*target", "=actual*target/(actual*target)", "=INT(actual*target)"):
        assert all(allowed(each, TEN) for each in points(by(text), TEN, target=targets, actual=actuals))


@given(scales, st.lists(st.tuples(numbers(least=1), numbers()), min_size=1, max_size=20))
def test_the_formula_of_ratio_gives_the_points_of_ratio(of: Scale, rows: list[tuple[float, float]]) -> None:
    targets, actuals = zip(*rows, strict=True)
    written, ratio = by("=actual/target*max_points"), rule(method="ratio", zero_target="none")
    entered = {"target": targets, "actual": actuals}
    assert points(written, of, **entered) == points(ratio, of, **entered)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

TEXTS = [
    "=MIN(10, actual/target*10)",
    "=IF(actual/target>=100%, 10, IF(actual/target>=89.9%, 7.5, 0))",
    "=IF(AND(actual>0;actual<target);max_points*actual/target;IF(OR(actual=target;NOT(target>8));2,675;1,005))",
    "=10 - INT((target-actual)/0.1)*0.005",
    "=(actual>=80)*5 + (actual*3>=target-0.1)*2.675",
    "=IF(target-actual=0.1, 10, IF(target-actual<>0.2, 5, 1))",
    "=SUM(actual, -target, 10%)/(target-3)/(actual-2)",
    "=IF(target>0, 10/(actual/target-0.5), -5%*-actual)",
    "=ROUND(actual*0.35, 1)/2 + MAX(0, MIN(1, target, actual))",
    "=IF(INT(actual/target*10)>=9, 10, ABS(ROUND(actual/target, 2)))",
]

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    *(({"formula": text}, TEN) for text in TEXTS),
    ({"formula": "=5-ABS(actual-target)*0.025"}, scale(5, penalty=True)),
    ({"formula": "=max_points*actual/target"}, scale("4.5", decimals=0)),
    *over_asked({"formula": "=MIN(10, A/B*10) - IF(C, SUM(A, B, 10%)/100, 0)"}, 10),
    *over_asked({"formula": "=IF(C; 10/(A-B); B*0,35)"}, 10),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    ({"formula": "=MIN(10, actual/target*10)"}, scale(5), "formula =MIN(10, result/target*10)"),
]

EXAMPLE = """
- code: CT1
  name: Kết quả thực hiện chương trình
  points: 10
  inputs:
    - {code: KH, name: Việc theo kế hoạch, unit: việc, whole: true}
    - {code: TH, name: Việc đã làm, unit: việc, whole: true}
    - {code: MH, name: Có mô hình mới, yes_no: true}
  score: {method: formula, formula: "=MIN(8, TH/KH*8) + IF(MH, 2, 0)"}
"""
