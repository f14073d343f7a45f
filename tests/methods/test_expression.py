"""Arithmetic written once: exact values over columns, and the text of a spreadsheet formula."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods import expression
from pipeline.methods.expression import (
    ACTUAL,
    CHOICE,
    CLAIMED,
    TARGET,
    Expr,
    call,
    evaluate,
    is_blank,
    lift,
    rounded,
    to_excel,
)
from tests.methods.worked import half_up

NAN, INF = math.nan, math.inf
CELLS = {"target": "D7", "actual": "E7", "claimed": "F7", "choice": "E7"}


def over(expr: Expr, **columns: list[float] | list[str]) -> list[float]:
    """The values of ``expr`` over columns given as lists."""
    arrays = {
        name: np.array(values, dtype=object if isinstance(values[0], str) else float)
        for name, values in columns.items()
    }
    values: list[float] = evaluate(expr, arrays).tolist()
    return values


# --- rounding ---------------------------------------------------------------------------------------

TIES = [
    # typed, decimals, as the council's calculator rounds it
    (0.125, 2, 0.13),
    (2.675, 2, 2.68),
    (1.005, 2, 1.01),
    (-0.125, 2, -0.13),
    (-2.675, 2, -2.68),
    (2.5, 0, 3.0),
    (-2.5, 0, -3.0),
    (0.5, 0, 1.0),
    (4.35, 1, 4.4),
    (1.0000005, 6, 1.000001),
    (0.004999999, 2, 0.0),
    (0.005, 2, 0.01),
    (-0.004, 2, 0.0),
    (123456789.125, 2, 123456789.13),
    (999999999999.995, 2, 1000000000000.0),
    (1e-9, 2, 0.0),
    (0.0, 2, 0.0),
]


@pytest.mark.parametrize(("typed", "decimals", "result"), TIES)
def test_rounds_half_away_from_zero(typed: float, decimals: int, result: float) -> None:
    assert over(rounded(ACTUAL, decimals), actual=[typed]) == [result]


def test_a_tie_that_only_arises_in_the_computation_is_seen() -> None:
    # 535 / 1000 * 5 = 2.675; 0.615 * 5 = 3.075; 1 / 3 * 1.5 = 0.5; 20.1 * 0.35 = 7.035; floats fall short of some.
    points = rounded(ACTUAL / TARGET * CLAIMED, 2)
    assert over(points, actual=[535, 615], target=[1000, 1000], claimed=[5, 5]) == [2.68, 3.08]
    assert over(rounded(ACTUAL / 3 * Decimal("1.5"), 0), actual=[1, 5]) == [1, 3]
    assert over(rounded(ACTUAL * Decimal("0.35"), 2), actual=[20.1, 20.7]) == [7.04, 7.25]
    assert over(rounded(lift(10) - ACTUAL * Decimal("0.105"), 2), actual=[95, 1]) == [0.03, 9.9]


def test_zero_has_no_minus() -> None:
    values = over(rounded(ACTUAL, 2), actual=[-0.001, -0.0, 0.0]) + over(-rounded(ACTUAL, 2), actual=[0.0])
    assert [math.copysign(1, value) for value in values] == [1, 1, 1, 1]


def test_a_constant_is_rounded_once_and_for_all() -> None:
    assert rounded(Decimal("2.675"), 2) == lift(Decimal("2.68"))
    assert rounded(Decimal("-0.125"), 2) == lift(Decimal("-0.13"))


def test_a_number_is_the_decimal_that_a_spreadsheet_shows() -> None:
    # 0.1 + 0.2 in a cell is shown, compared and rounded as 0.3, though the float is 0.30000000000000004.
    assert expression.exact(0.1 + 0.2) == Fraction(3, 10)
    assert over(rounded(ACTUAL * 5, 0), actual=[0.1 + 0.2, 0.7 - 0.4]) == [2, 2]


# --- the other operations ---------------------------------------------------------------------------


def test_operations_by_hand() -> None:
    columns = {"actual": [6.0], "target": [4.0]}
    worked = {
        ACTUAL + TARGET: 10,
        ACTUAL - TARGET: 2,
        TARGET - ACTUAL: -2,
        -ACTUAL: -6,
        ACTUAL * TARGET: 24,
        ACTUAL / TARGET: 1.5,
        call("ABS", TARGET - ACTUAL): 2,
        call("MIN", 5, ACTUAL, TARGET): 4,
        call("MAX", 5, ACTUAL, TARGET): 6,
        ACTUAL > 6: False,
        ACTUAL >= 6: True,
        ACTUAL < 6: False,
        ACTUAL <= 6: True,
        ACTUAL.equals(6): True,
        call("AND", ACTUAL > 5, TARGET > 5): False,
        call("OR", ACTUAL > 5, TARGET > 5): True,
        call("IF", ACTUAL > TARGET, 1, 2): 1,
        (ACTUAL > 5) + (TARGET > 3): 2,
    }
    assert {expr: over(expr, **columns) for expr in worked} == {expr: [value] for expr, value in worked.items()}


def test_if_takes_nothing_from_the_branch_that_does_not_hold() -> None:
    safe = call("IF", TARGET.equals(0), 7, rounded(ACTUAL / TARGET, 2))
    assert over(safe, actual=[1, 1, 2.675], target=[0, 8, 1]) == [7, 0.13, 2.68]
    # The same in a row that has to be computed exactly, where a division by zero would be an error.
    doubted = call("IF", TARGET.equals(0), rounded(ACTUAL, 2), ACTUAL / TARGET)
    assert over(doubted, actual=[1.005, 1], target=[0, 8]) == [1.01, 0.125]


def test_texts_are_equal_whatever_their_case() -> None:
    # As in Excel, where ="Tốt"="tốt" is TRUE; but a mark of difference is a difference.
    assert over(CHOICE.equals("Tốt"), choice=["Tốt", "tốt", "TỐT", "Tôt", "Tốt ", ""]) == [1, 1, 1, 0, 0, 0]
    # Also in a row that is computed exactly.
    paid = rounded(ACTUAL, 2) * CHOICE.equals("Tốt")
    assert over(paid, actual=[1.005, 1.005], choice=["tốt", "x"]) == [1.01, 0]


def test_blank_is_nan_or_an_empty_text() -> None:
    assert over(is_blank(ACTUAL), actual=[0, NAN, 3]) == [0, 1, 0]
    assert over(is_blank(CHOICE), choice=["", "x"]) == [1, 0]
    shown = call("IF", is_blank(TARGET), rounded(ACTUAL, 2), call("IF", is_blank(CHOICE), 1, 2))
    assert over(shown, actual=[1.005, 1, 1], target=[NAN, 1, 1], choice=["", "", "x"]) == [1.01, 1, 2]


def test_a_blank_or_an_infinity_in_the_arithmetic_gives_no_error() -> None:
    columns = {"actual": [NAN, INF, 1e300, -1e300, 1.005], "target": [1, 1, 1e-300, 0, NAN]}
    quotient = over(rounded(ACTUAL / TARGET, 2), **columns)
    assert np.array_equal(quotient, [NAN, INF, INF, -INF, NAN], equal_nan=True)
    capped = over(rounded(call("MAX", 0, call("MIN", 5, ACTUAL * 100)), 2), **columns)
    assert np.array_equal(capped, [NAN, 5, 5, 0, 5], equal_nan=True)
    # 1.005 is a tie, so its row is computed exactly: a blank, a division by zero or an infinity beside it is met there.
    doubtful = {"actual": [1.005, 1.005, 1.005], "target": [NAN, 0, INF]}
    assert over(call("IF", ACTUAL / TARGET > 1, 7, rounded(ACTUAL, 2)), **doubtful) == [1.01, 7, 1.01]


def test_no_rows() -> None:
    assert evaluate(rounded(ACTUAL, 2), {"actual": np.array([])}).tolist() == []


# --- the promise: exact decimal arithmetic ----------------------------------------------------------


def decimals(most: float, places: int = 4) -> st.SearchStrategy[float]:
    """Numbers as people type them."""
    limit = round(most * 10**places)
    return st.integers(-limit, limit).map(lambda ticks: ticks / 10**places)


Pair = tuple[Expr, Fraction]
"""An expression in ``actual``, ``target`` and ``claimed``, and its exact value."""


def leaves(row: dict[str, float]) -> st.SearchStrategy[Pair]:
    columns: list[Pair] = [(expression.Ref(name), Fraction(repr(value))) for name, value in row.items()]
    constants = decimals(100, 3).map(lambda value: (lift(Decimal(repr(value))), Fraction(repr(value))))
    return st.sampled_from(columns) | constants


def grown(pairs: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    two = st.tuples(pairs, pairs)
    return st.one_of(
        two.map(lambda ab: (ab[0][0] + ab[1][0], ab[0][1] + ab[1][1])),
        two.map(lambda ab: (ab[0][0] - ab[1][0], ab[0][1] - ab[1][1])),
        two.map(lambda ab: (ab[0][0] * ab[1][0], ab[0][1] * ab[1][1])),
        two.filter(lambda ab: abs(ab[1][1]) >= 1).map(lambda ab: (ab[0][0] / ab[1][0], ab[0][1] / ab[1][1])),
        two.map(lambda ab: (call("MIN", ab[0][0], ab[1][0]), min(ab[0][1], ab[1][1]))),
        two.map(lambda ab: (call("MAX", ab[0][0], ab[1][0]), max(ab[0][1], ab[1][1]))),
        pairs.map(lambda a: (call("ABS", a[0]), abs(a[1]))),
    )


@st.composite
def pairs_and_rows(draw: st.DrawFn) -> tuple[Expr, Fraction, dict[str, float]]:
    row = {name: draw(decimals(1000)) for name in ("actual", "target", "claimed")}
    expr, value = draw(st.recursive(leaves(row), grown, max_leaves=4).filter(lambda pair: abs(pair[1]) < 10**6))
    return expr, value, row


@given(pairs_and_rows(), st.integers(0, 3))
def test_rounded_values_are_exact(drawn: tuple[Expr, Fraction, dict[str, float]], places: int) -> None:
    expr, value, row = drawn
    columns = {name: [entry] for name, entry in row.items()}
    assert over(rounded(expr, places), **columns) == [half_up(value, places)]


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 4000), st.integers(0, 2))
def test_shares_of_points_are_exact(actual: int, target: int, quarters: int, places: int) -> None:
    points = Decimal(quarters) / 40
    expected = half_up(Fraction(actual, target) * Fraction(points), places)
    assert over(rounded(ACTUAL / TARGET * points, places), actual=[actual], target=[target]) == [expected]


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.sampled_from([80, 90, 95, 100]))
def test_a_rounded_percentage_meets_its_threshold_exactly(target: int, actual: int, threshold: int) -> None:
    reached = rounded(ACTUAL / TARGET * 100, 6) >= threshold
    expected = half_up(Fraction(actual * 100, target), 6) >= threshold
    assert over(reached, actual=[actual], target=[target]) == [expected]


# --- and fast ---------------------------------------------------------------------------------------

WHOLE = np.arange(5000) % 131 + 1.0
OF_A_HUNDRED = np.full(5000, 100.0)
TYPICAL = {
    # what units enter, and the standard points
    "whole results of whole targets": (WHOLE, np.arange(5000) % 977 + 40.0, "5"),
    "half points: 97 % of 2.5 is a tie": (WHOLE, OF_A_HUNDRED, "2.5"),
    "percentages with two decimals": (np.round(np.arange(5000) * 0.0197 + 1, 2), OF_A_HUNDRED, "4.5"),
    "budgets in đồng": (np.arange(5000) * 361_981.0 + 75_000_000, np.full(5000, 1_809_500_000.0), "10"),
}


@pytest.mark.parametrize("data", TYPICAL)
def test_few_rows_are_computed_exactly(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    actual, target, points = TYPICAL[data]
    rows: list[dict[str, float]] = []
    original = expression.evaluate_exactly

    def counted(expr: Expr, row: dict[str, float]) -> object:
        if expr == whole:
            rows.append(row)
        return original(expr, row)

    monkeypatch.setattr(expression, "evaluate_exactly", counted)
    for whole in (rounded(ACTUAL / TARGET * Decimal(points), 2), rounded(ACTUAL / TARGET * 100, 6)):
        rows.clear()
        values = evaluate(whole, {"actual": actual, "target": target, "claimed": np.full(5000, NAN)})
        assert len(rows) < 0.2 * len(values)


def test_a_float_just_off_a_tie_is_computed_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1.005 * 100 < 100.5  # the float alone would round to 1.00
    monkeypatch.setattr(expression, "evaluate_exactly", lambda expr, row: Fraction(42))
    assert over(rounded(ACTUAL, 2), actual=[1.005, 1.004, 1.006]) == [42, 1.0, 1.01]


# --- the same thing in a spreadsheet ----------------------------------------------------------------

A, B, C = ACTUAL, TARGET, CLAIMED
PRINTED = [
    (A - (B - C), "E7-(D7-F7)"),
    (A - B - C, "E7-D7-F7"),
    (A - (B + C), "E7-(D7+F7)"),
    (A + (B - C), "E7+(D7-F7)"),
    (A / (B * C), "E7/(D7*F7)"),
    (A / B * C, "E7/D7*F7"),
    (A * (B / C), "E7*(D7/F7)"),
    ((A + B) * C, "(E7+D7)*F7"),
    (A + B * C, "E7+D7*F7"),
    (-A, "0-E7"),
    (A - (-B), "E7-(0-D7)"),
    (-A * B, "(0-E7)*D7"),
    (A - Decimal(-2), "E7-(-2)"),
    (lift(-2) * A, "(-2)*E7"),
    (call("MAX", -2, A), "MAX(-2,E7)"),
    (A * (B > C), "E7*(D7>F7)"),
    ((A > B) + (B >= C), "(E7>D7)+(D7>=F7)"),
    (A + B > C - 1, "E7+D7>F7-1"),
    ((A > B).equals(B > C), "E7>D7=(D7>F7)"),
    (is_blank(A) * 2, '(E7="")*2'),
    (is_blank(A).equals(is_blank(B)), 'E7=""=(D7="")'),
    (call("IF", is_blank(A), 0, A / B), 'IF(E7="",0,E7/D7)'),
    (call("AND", A > B, B <= 3), "AND(E7>D7,D7<=3)"),
    (rounded(A * Decimal("0.10"), 2), "ROUND(E7*0.1,2)"),
    (A * Decimal("1E+3"), "E7*1000"),
    (A * Decimal("0.0000001"), "E7*0.0000001"),
    (CHOICE.equals('mức "Tốt"'), 'E7="mức ""Tốt"""'),
]


@pytest.mark.parametrize(("expr", "formula"), PRINTED, ids=[formula for _, formula in PRINTED])
def test_a_formula_keeps_the_order_of_operations(expr: Expr, formula: str) -> None:
    assert to_excel(expr, CELLS) == formula
