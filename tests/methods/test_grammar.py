"""Formulas as officers write them: read as Excel reads them, or refused with the place and the remedy."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.expression import ACTUAL, TARGET, Expr, evaluate, lift, to_excel
from pipeline.methods.grammar import FormulaWrong, divisors, read_formula, steady
from pipeline.methods.method import formula
from tests.libreoffice import needs_libreoffice, recalculated
from tests.methods import worked
from tests.methods.worked import half_up, rule, scale, typed

NAMES: dict[str, Expr] = {"actual": ACTUAL, "target": TARGET, "max_points": lift(10)}
CELLS = {"actual": "F7", "target": "E7"}


def read(text: str) -> Expr:
    return read_formula(text, NAMES)


# --- the order of operations ------------------------------------------------------------------------

READ = [
    ("=MIN(10, actual/target*10)", "MIN(10,F7/E7*10)"),
    ("  =  actual + 1 ", "F7+1"),
    ("ACTUAL-Target-Max_Points", "F7-E7-10"),
    ("=actual-(target-1)", "F7-(E7-1)"),
    ("=actual+target*2", "F7+E7*2"),
    ("=(actual+target)*2", "(F7+E7)*2"),
    ("=actual/target/2", "F7/E7/2"),
    ("=actual/(target/2)", "F7/(E7/2)"),
    ("=-actual*2", "(0-F7)*2"),
    ("=2*-actual", "2*(0-F7)"),
    ("=--actual", "0-(0-F7)"),
    ("=+actual", "F7"),
    ("=actual*-2.50", "F7*(-2.5)"),
    ("=actual*5%", "F7*0.05"),
    ("=actual%", "F7/100"),
    ("=(actual+1)%%", "(F7+1)/100/100"),
    ("=.5*actual", "0.5*F7"),
    ("=sum(actual; 0,5; target)", "F7+0.5+E7"),
    ("=MIN(10;actual*,5)", "MIN(10,F7*0.5)"),
    ("=MIN(10,5)*actual", "MIN(10,5)*F7"),
    ("=Round(actual/target*10, 2)", "ROUND(ROUND(F7/E7*10,9),2)"),
    ("=ROUND(actual,1)+round(2.675,2)", "ROUND(F7,1)+2.68"),
    ("=int(actual)+INT(actual/5)", "INT(F7)+INT(ROUND(F7/5,9))"),
    ("=ABS(actual-target)", "ABS(F7-E7)"),
    # What was computed is rounded before it is compared; an entry, a number or a ROUND needs none.
    ("=IF(actual>=target,1,2)", "IF(F7>=E7,1,2)"),
    ("=IF(actual+1>target,1,2)", "IF(ROUND(F7+1,9)>E7,1,2)"),
    ("=IF(MIN(actual,target)=5,1,2)", "IF(MIN(F7,E7)=5,1,2)"),
    ("=IF(MIN(actual/2,target)<>5,1,2)", "IF(NOT(ROUND(MIN(F7/2,E7),9)=5),1,2)"),
    ("=IF(ROUND(actual/target,2)<=90%,1,2)", "IF(ROUND(ROUND(F7/E7,9),2)<=0.9,1,2)"),
    ("=IF(AND(actual<2, OR(target>3, NOT(actual=1))),1,2)", "IF(AND(F7<2,OR(E7>3,NOT(F7=1))),1,2)"),
    ("=IF(IF(actual>1, target>1, target>2), 1, 2)", "IF(IF(F7>1,E7>1,E7>2),1,2)"),
    # A truth in arithmetic is 1 or 0.
    ("=(actual>=95)*10-(target<5)", "(F7>=95)*10-(E7<5)"),
]


@pytest.mark.parametrize(("text", "printed"), READ)
def test_it_is_read_as_excel_reads_it(text: str, printed: str) -> None:
    assert to_excel(read(text), CELLS) == printed


# --- what is refused --------------------------------------------------------------------------------

REFUSED = [
    # text, place of the fault, what stands there, what is said of it
    ("=MIN(10, actuel/target)", 10, "actuel", "không có tên này"),
    ("=actual.real", 8, ".", "dấu này không dùng được trong công thức"),
    ("=__import__(actual)", 2, "__import__", "không có hàm này"),
    ("=VLOOKUP(actual, target, 2)", 2, "VLOOKUP", "không có hàm này"),
    ("=max", 2, "max", "hàm phải có các đối số đặt trong ngoặc"),
    ('=IF(actual="x", 1, 2)', 12, '"', "dấu này không dùng được trong công thức"),
    ("=actual^2", 8, "^", "dấu này không dùng được trong công thức"),
    ("=actual&target", 8, "&", "dấu này không dùng được trong công thức"),
    ("=actual;2", 8, ";", "công thức phải kết thúc ở đây"),
    ("=actual*0,5", 10, ",", "công thức phải kết thúc ở đây"),
    ("=MIN(10; actual*0.5)", 18, ".", "dấu này không dùng được trong công thức"),
    ("=MIN(10; actual, 2)", 16, ",", "dấu này không dùng được trong công thức"),
    ("=actual target", 9, "target", "công thức phải kết thúc ở đây"),
    ("=actual)", 8, ")", "công thức phải kết thúc ở đây"),
    ("=(actual", 2, "(", "dấu ngoặc này chưa được đóng"),
    ("=MIN(actual", 5, "(", "dấu ngoặc này chưa được đóng"),
    ("=", 2, "", "công thức dừng ở chỗ còn thiếu một giá trị"),
    ("=actual*", 9, "", "công thức dừng ở chỗ còn thiếu một giá trị"),
    ("=actual*/2", 9, "/", "ở đây phải là một giá trị"),
    ("=MIN()", 6, ")", "ở đây phải là một giá trị"),
    ("==actual", 2, "=", "ở đây phải là một giá trị"),
    ("=actual>5", 2, "actual", "đây là điều kiện đúng hay sai, trong khi chỗ này phải là một số"),
    ("=MAX(1, actual>5)", 9, "actual", "đây là điều kiện đúng hay sai, trong khi chỗ này phải là một số"),
    ("=IF(actual, 1, 2)", 5, "actual", "đây là một số, trong khi chỗ này phải là một điều kiện"),
    ("=IF(actual>1, 1, target>2)", 18, "target", "đây là điều kiện đúng hay sai, trong khi chỗ này phải là một số"),
    ("=IF(IF(actual>1, target>2, 1), 1, 2)", 28, "1", "đây là một số, trong khi chỗ này phải là một điều kiện"),
    ("=IF((actual>1)=(target>1), 1, 2)", 5, "(", "đây là điều kiện đúng hay sai, trong khi chỗ này phải là một số"),
    ("=IF(90<=actual<95, 1, 2)", 15, "<", "hai dấu so sánh liền nhau; Excel không hiểu như người viết nghĩ"),
    ("=IF(actual>5, 1)", 2, "IF", "hàm IF cần 3 đối số, ở đây có 2"),
    ("=ROUND(actual)", 2, "ROUND", "hàm ROUND cần 2 đối số, ở đây có 1"),
    ("=ROUND(actual, -1)", 16, "-", "hàm ROUND cần số chữ số thập phân là số nguyên từ 0 đến 8"),
    ("=ROUND(actual, 0.5)", 16, "0.5", "hàm ROUND cần số chữ số thập phân là số nguyên từ 0 đến 8"),
    ("=abs(actual, 2)", 2, "abs", "hàm ABS cần 1 đối số, ở đây có 2"),
    ("=actual/0", 9, "0", "ở đây chia cho 0"),
    ("=1234567890123456*actual", 2, "1234567890123456", "bảng tính chỉ giữ 15 chữ số của một số"),
    ("=" + 13 * "(" + "actual" + 13 * ")", 15, "actual", "quá nhiều lớp ngoặc lồng nhau"),
    ("=" + 400 * "-" + "actual", 15, "-", "quá nhiều lớp ngoặc lồng nhau"),
]


@pytest.mark.parametrize(("text", "place", "found", "what"), REFUSED)
def test_what_is_wrong_is_told_with_its_place(text: str, place: int, found: str, what: str) -> None:
    with pytest.raises(FormulaWrong) as wrong:
        read(text)
    assert (wrong.value.place, wrong.value.found, wrong.value.what) == (place, found, what)
    assert wrong.value.remedy


PIECES = [*"=+-*/%()<>,;. 159", "actual", "target", "MIN", "IF", "ROUND", "AND", "x"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expr = read(text)
    except FormulaWrong as wrong:
        assert 1 <= wrong.place <= len(text) + 1
        assert text[wrong.place - 1 :].startswith(wrong.found)
    else:
        assert isinstance(expr, Expr)


# --- dividing by zero -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("=actual*2/4", []),
        ("=actual/target", ["E7=0"]),
        ("=actual/target+5/target", ["E7=0"]),
        ("=actual/target/(actual-1)", ["E7=0", "ROUND(F7-1,9)=0"]),
        ("=1/(actual/target)", ["E7=0", "ROUND(F7/E7,9)=0"]),
        ("=IF(target>0, actual/target, 0)", ["IF(E7>0,E7=0,0)"]),
        ("=IF(1/target>0, 1, 2/actual)", ["E7=0", "IF(ROUND(1/E7,9)>0,0,F7=0)"]),
    ],
)
def test_where_a_formula_divides_by_zero(text: str, conditions: list[str]) -> None:
    assert [to_excel(each, CELLS) for each in divisors(read(text))] == conditions


def divides_by_zero(expr: Expr, columns: dict[str, np.ndarray]) -> np.ndarray:
    """The rows in which the first of the conditions that holds comes before any that could not be asked."""
    found = np.zeros(len(columns["actual"]), dtype=bool)
    for condition in divisors(expr):
        left = np.flatnonzero(~found)
        found[left] = evaluate(condition, {name: column[left] for name, column in columns.items()}).astype(bool)
    return found


# --- the values: fractions as the judge -------------------------------------------------------------

Worked = tuple[str, Fraction | None]
"""A text and its value for one row; None where it divides by zero."""


def grown(parts: st.SearchStrategy[Worked]) -> st.SearchStrategy[Worked]:
    two, three = st.tuples(parts, parts), st.tuples(parts, parts, parts)

    def both(pair: tuple[Worked, Worked], sign: str) -> Worked:
        (left, a), (right, b) = pair
        text = f"({left}) {sign}({right})"
        if a is None or b is None or (sign == "/" and half_up(b, 9) == 0):
            return text, None
        return text, {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else None}[sign]

    def either(parts: tuple[Worked, Worked, Worked], sign: str) -> Worked:
        (left, a), (right, b), (other, c) = parts
        text = f"if( {left}{sign} {right} ,{left}, {other})"
        if a is None or b is None:
            return text, None
        low, high = half_up(a, 9), half_up(b, 9)
        return text, a if {"<": low < high, ">=": low >= high, "=": low == high, "<>": low != high}[sign] else c

    def most(pair: tuple[Worked, Worked], name: str) -> Worked:
        (left, a), (right, b) = pair
        text = f"{name}({left},{right})"
        return text, None if a is None or b is None else {"Min": min, "MAX": max}[name](a, b)

    return st.one_of(
        st.builds(both, two, st.sampled_from("+-*/")),
        st.builds(either, three, st.sampled_from(["<", ">=", "=", "<>"])),
        st.builds(most, two, st.sampled_from(["Min", "MAX"])),
    )


@st.composite
def formulas(draw: st.DrawFn) -> tuple[str, Fraction | None, float, float]:
    ticks = st.integers(-2000, 2000).map(lambda each: each / 100)
    actual, target = draw(ticks), draw(ticks)
    constants = st.integers(0, 300).map(lambda each: (repr(each / 10), Fraction(each, 10)))
    names: list[Worked] = [("actual", typed(actual)), ("Target", typed(target))]
    text, value = draw(st.recursive(st.sampled_from(names) | constants, grown, max_leaves=6))
    return text, value, actual, target


@given(formulas())
def test_values_are_what_fractions_say(drawn: tuple[str, Fraction | None, float, float]) -> None:
    text, value, actual, target = drawn
    try:
        expr = read(text)
    except FormulaWrong as wrong:
        assert wrong.found in ("0.0", "(") and re.search(r"/\s*\(0\.0\)", text), wrong.what
        return
    columns = {"actual": np.array([actual]), "target": np.array([target])}
    assert divides_by_zero(expr, columns).tolist() == [value is None]
    if value is not None and abs(value) < 10**5:
        assert evaluate(steady(expr), columns)[0] == pytest.approx(half_up(value, 9), rel=1e-14)


# --- the values: LibreOffice as the judge -----------------------------------------------------------

JUDGED = [text for text, _printed in READ if ";" not in text] + [
    "=actual/target+5/target",
    "=actual/target/(actual-1)",
    "=1/(actual/target)",
    "=IF(target>0, actual/target, 0)",
    "=IF(1/target>0, 1, 2/actual)",
    "=IF(AND(target>0, 1/target<1), 1, 2)",
    "=MIN(10, 1/actual, 5)",
    "=-actual%*3-2*-3%",
    "=1-2-3*actual/2*5+-1",
    "=(1<actual)*2+(actual<>target)-1",
]
ROWS = [(float(actual), float(target)) for actual in (-3, -1, 0, 1, 2, 5, 7.25) for target in (-2, 0, 1, 3, 5, 8.5)]

EDGES = [
    # A text, a result, a target, and the points; a spreadsheet makes something else of the text as it stands.
    ("=IF(actual-target=0.1, 10, 0)", 1000.1, 1000, 10),
    ("=IF(actual-target<=0.1, 10, 0)", 1000.1, 1000, 10),
    ("=IF(actual*3-target>=0.3, 10, 0)", 100.1, 300, 10),
    ("=1/(actual-target-0.1)", 100.1, 100, 0),
]


def as_typed(text: str, row: int) -> str:
    """The text with cells in place of names, as an officer would type it into a sheet."""
    cells = {"actual": f"A{row}", "target": f"B{row}", "max_points": "10"}
    whole = re.sub("actual|target|max_points", lambda name: cells[name[0].lower()], text, flags=re.IGNORECASE)
    return "=" + whole.strip().removeprefix("=")


@needs_libreoffice[0]
@needs_libreoffice[1]
def test_libreoffice_reads_the_text_as_we_do(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "typed.xlsx") as book:
        for number, text in enumerate(JUDGED):
            sheet = book.add_worksheet(str(number))
            for place, row in enumerate(ROWS):
                sheet.write_row(place, 0, row)
                sheet.write_formula(place, 2, as_typed(text, place + 1))
        sheet = book.add_worksheet("edges")
        for place, (text, actual, target, _exact) in enumerate(EDGES):
            sheet.write_row(place, 0, [actual, target])
            sheet.write_formula(place, 2, as_typed(text, place + 1))
            cells = {"actual": f"A{place + 1}", "target": f"B{place + 1}", "claimed": "F1"}
            sheet.write_formula(place, 3, formula(rule(method="formula", formula=text), scale(10), cells))
    judged = recalculated(tmp_path / "typed.xlsx", tmp_path / "recalculated")

    actuals, targets = np.array(ROWS).T
    different = []
    for number, text in enumerate(JUDGED):
        expr = read(text)
        ours = evaluate(expr, {"actual": actuals, "target": targets})
        by_zero = divides_by_zero(expr, {"actual": actuals, "target": targets})
        for row, value, divides, cells in zip(ROWS, ours.tolist(), by_zero, judged[str(number)], strict=True):
            # The reader of workbooks gives an error, which in these can only be #DIV/0!, as an empty text.
            same = cells[2] == "" if divides else cells[2] == pytest.approx(value, abs=1e-8)
            if not same:
                different.append((text, row, "#DIV/0!" if divides else value, cells[2]))
    assert different == []

    points = [each[3] for each in EDGES]
    assert [row[3] for row in judged["edges"]] == points
    assert [row[2] == value for row, value in zip(judged["edges"], points, strict=True)] == [False] * len(EDGES)
    for text, actual, target, value in EDGES:
        assert worked.points(rule(method="formula", formula=text), scale(10), target=[target], actual=[actual]) == [
            value
        ]
