"""``relative``: points by comparison with the bloc; by hand, and as LibreOffice recalculates them."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.bloc_wide import bloc_cells
from pipeline.methods.method import Scale, formula, score
from pipeline.sheets.grid import once
from tests.libreoffice import needs_libreoffice, recalculated
from tests.methods.worked import BLANK, allowed, columns, faults, numbers, points, rule, scale, scored

BY_HAND = {
    "share of the best": ({}, 10, [30, 50, 0, 12.5], [6, 10, 0, 2.5]),
    "share of the best, rounded half up": ({}, 1, [200, 1, 3], [1, 0.01, 0.02]),  # 0.005 and 0.015
    "of the least": ({"direction": "down"}, 10, [2, 4, 5], [10, 5, 4]),
    "of the least, which is 0": ({"direction": "down"}, 10, [0, 0, 4], [10, 10, 0]),
    "nobody has any": ({}, 10, [0, 0, 0], [0, 0, 0]),
    "nobody has any, and less is better": ({"direction": "down"}, 10, [0, 0], [10, 10]),
    "one unit alone has the best": ({}, 10, [3], [10]),
    "blanks take no part": ({}, 10, [BLANK, 4, 2], [0, 10, 5]),
    "all blank": ({}, 10, [BLANK, BLANK], [0, 0]),
    "between worst and best": ({"by": "range"}, 16, [2, 6, 4, 3.46], [0, 16, 8, 5.84]),
    "between worst and best, down": ({"by": "range", "direction": "down"}, 16, [2, 6, 4, 3.46], [16, 0, 8, 10.16]),
    "below 0 too": ({"by": "range"}, 10, [-5, 0, 5], [0, 5, 10]),
    "all equal": ({"by": "range"}, 10, [7, 7, BLANK, 7], [10, 10, 0, 10]),
    "one unit alone": ({"by": "range"}, 10, [7], [10]),
    # Ranks 2, 2, 4, 1: who ties has the same rank and the next one is left out.
    "points of ranks": ({"by": "rank", "points": [8, 5, 3, 2]}, 8, [70, 70, 60, 95], [5, 5, 2, 8]),
    "beyond the ranks listed": ({"by": "rank", "points": [8, 5]}, 8, [3, 2, 1], [8, 5, 0]),
    "less for each rank": ({"by": "rank", "each": 1.5}, 8, [9, 8, 7, 6, 5, 4, 3], [8, 6.5, 5, 3.5, 2, 0.5, 0]),
    "less for each rank, down": ({"by": "rank", "each": 3, "direction": "down"}, 8, [9, 1, BLANK], [5, 8, 0]),
    "evenly": ({"by": "rank"}, 10, [4, 3, 2, 1], [10, 6.67, 3.33, 0]),
    "evenly, with a tie": ({"by": "rank"}, 10, [4, 4, 2], [10, 10, 0]),
    "a sum that shows 5 is as good as 5": ({"by": "rank"}, 10, [5, sum([0.1] * 50), 4], [10, 10, 0]),  # in floats, less
    "evenly, alone": ({"by": "rank"}, 10, [4], [10]),
}


@pytest.mark.parametrize(("keys", "most", "actual", "expected"), BY_HAND.values(), ids=BY_HAND.keys())
def test_by_hand(keys: dict[str, Any], most: float, actual: list[float], expected: list[float]) -> None:
    assert points(rule(method="relative", **keys), scale(most), actual=actual) == expected


def test_in_words() -> None:
    sentences = [words for _points, words in scored(rule(method="relative"), scale(10), actual=[30, 50, BLANK])]
    assert sentences == [
        "Kết quả 30 so với kết quả cao nhất của khối 50, × 10 điểm: 6 điểm",
        "Kết quả 50 so với kết quả cao nhất của khối 50, × 10 điểm: 10 điểm",
        "Chưa nhập: 0 điểm",
    ]
    ranked = rule(method="relative", by="rank", points=[8, 5])
    assert [words for _points, words in scored(ranked, scale(8), actual=[1, 7, 7])] == [
        "Kết quả 1 xếp thứ 3 trong 3 đơn vị: 0 điểm",
        "Kết quả 7 xếp thứ 1 trong 3 đơn vị: 8 điểm",
        "Kết quả 7 xếp thứ 1 trong 3 đơn vị: 8 điểm",
    ]
    assert ranked.describe(scale(8)) == "theo thứ hạng trong khối: 8; 5; biết được khi các đơn vị của khối đã gửi đủ"


@pytest.mark.parametrize(
    ("keys", "at"),
    [
        ({"points": [10, 5]}, ("points",)),  # not by rank
        ({"by": "range", "each": 1}, ("each",)),
        ({"by": "rank", "points": [10, 5], "each": 1}, ("each",)),
        ({"by": "rank", "points": [9, 5]}, ("points",)),  # the best are not the standard points
        ({"by": "rank", "points": [10, 4, 5]}, ("points", 2)),
        ({"by": "rank", "points": [10, "4.125"]}, ("points", 1)),
        ({"by": "rank", "points": [10, -1]}, ("points", 1)),
    ],
)
def test_parameters_that_make_no_sense(keys: dict[str, Any], at: tuple[str | int, ...]) -> None:
    assert [path for path, _what in faults(rule(method="relative", **keys), scale(10))] == [at]


KEYS = [
    {},
    {"direction": "down"},
    {"by": "range"},
    {"by": "range", "direction": "down"},
    {"by": "rank"},
    {"by": "rank", "direction": "down"},
    {"by": "rank", "each": "0.75"},
    {"by": "rank", "points": [7.5, 5, 5, 2.25], "direction": "down"},
]


@given(st.sampled_from(KEYS), st.lists(numbers(0, 50), min_size=1, max_size=8))
def test_better_results_never_get_less__and_the_best_gets_most(keys: dict[str, Any], actual: list[float]) -> None:
    of = scale(7.5)
    found = points(rule(method="relative", **keys), of, actual=actual)
    assert all(allowed(each, of) for each in found)
    falling = keys.get("direction") == "down"
    in_order = [point for _result, point in sorted(zip(actual, found, strict=True), reverse=falling)]
    assert in_order == sorted(in_order)
    assert in_order[-1] == 7.5 or max(actual) == 0


@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_libreoffice_gets_the_same_points(tmp_path: Path) -> None:
    """One sheet a bloc: results in column A, some blank or a text for what does not apply, and a formula a rule."""
    dice = random.Random(7)  # noqa: S311  # dice for tests
    of, rules = scale(7.5), [rule(method="relative", **keys) for keys in KEYS]
    blocs = [[dice.choice([0, 1, 2.5, 3, 3.1, 40, 1e9, 12.345]) for _unit in range(size)] for size in (1, 2, 3, 9)]
    blocs += [[7.0] * 4, [0.0] * 3, [dice.randrange(10**6) / 1000 for _unit in range(40)], [-4, 0, 5, BLANK, "k.a.d."]]
    with xlsxwriter.Workbook(tmp_path / "relative.xlsx") as book:
        for results in blocs:
            sheet = book.add_worksheet()
            for row, result in enumerate(results):
                if not _is_blank(result):
                    sheet.write(row, 0, result)
                for place, each in enumerate(rules, start=1):
                    if result != "k.a.d.":
                        span = f"$A$1:$A${len(results)}"
                        live = once(
                            lambda at, each=each, span=span: formula(  # type: ignore[misc]
                                each, of, {"actual": f"$A{at}", **bloc_cells(f"$A{at}", span)}
                            )
                        )
                        sheet.write_formula(row, place, live(row + 1))
    book_found = recalculated(tmp_path / "relative.xlsx", tmp_path / "lo")
    for results, found in zip(blocs, book_found.values(), strict=True):
        numbers_of = [BLANK if isinstance(each, str) else float(each) for each in results]
        ours = [score(each, of, columns(actual=numbers_of)).points.tolist() for each in rules]
        for row, result in enumerate(results):
            if result != "k.a.d.":
                assert found[row][1:] == [column[row] for column in ours], (results, row)


def _is_blank(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

FORMULAS = [(keys, scale(7.5)) for keys in KEYS]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"direction": "down"},
        scale(5),
        "least of the bloc / result × standard points; less is better; known when all units of the bloc have sent",
    ),
    (
        {"by": "rank", "points": [5, "2.5"]},
        scale(5),
        "by rank in the bloc: 5; 2.5; known when all units of the bloc have sent",
    ),
]

EXAMPLE = """
- code: KT4
  name: Huy động Nhân dân đóng góp xây dựng nông thôn mới
  unit: triệu đồng
  points: 8
  score: {method: relative, by: rank, points: [8, 5, 3, 2]}
"""
