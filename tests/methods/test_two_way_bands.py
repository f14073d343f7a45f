"""``two_way_bands``: points by how much there was to do and how well it was done."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pipeline.methods.method import Method, Scale, formula
from tests.methods.worked import ASKED, faults, over, over_asked, rule, scale


def ladder(edges: list[float | None], values: list[Any], key: str) -> list[dict[str, Any]]:
    """Steps between the edges, each with its value under ``key``."""
    return [{"from": low, "to": high, key: value} for (low, high), value in zip(pairwise(edges), values, strict=True)]


EARLY: list[float | None] = [None, 1, 5, 7, 10, None]
FILES: list[float | None] = [None, 1000, 2000, None]
# Tiền Giang 2022, item 3.3.2: the bonus for files settled early.
BONUS = [["0", "0.5", "1", "1.5", "2"], ["0", "1", "1.5", "2", "2.5"], ["0", "1.2", "1.7", "2.2", "2.7"]]


def table(points: list[list[str]], edges: list[float | None]) -> list[dict[str, Any]]:
    return ladder(FILES, [ladder(edges, row, "points") for row in points], "bands")


def by(classes: list[dict[str, Any]], **keys: Any) -> Method:
    return rule(method="two_way_bands", volume="HS", measure="SO", classes=classes, **keys)


SHARE = by(table(BONUS, EARLY), share=True)
INPUTS = [{"code": "HS", "name": "Số hồ sơ"}, {"code": "SO", "name": "Số trước hạn"}]
OF = scale("2.7", inputs=INPUTS)


def test_the_table_of_tien_giang() -> None:
    """Each field once, at its lower edge: 10, 50, 70, 100 of 1000 early are 1, 5, 7 and 10 %."""
    for row, files in zip(BONUS, (500, 1000, 2000), strict=True):
        entered = [(files, files * percent / 100) for percent in (0.9, 1, 5, 7, 10)]
        assert [str(each) for each, _words in over(SHARE, OF, *entered)] == [str(float(points)) for points in row]


def test_by_hand() -> None:
    rows = [
        ((999, 49), 0.5, "Số hồ sơ 999 (dưới 1.000); Số trước hạn 4,9 % (từ 1 đến dưới 5): 0,5 điểm"),
        # At two decimals it would show as 5 %, which was not reached.
        (
            (2000, 99.9999),
            1.2,
            "Số hồ sơ 2.000 (từ 2.000 trở lên); Số trước hạn 4,999995 % (từ 1 đến dưới 5): 1,2 điểm",
        ),
        ((1500, 15), 1, "Số hồ sơ 1.500 (từ 1.000 đến dưới 2.000); Số trước hạn 1 % (từ 1 đến dưới 5): 1 điểm"),
        ((1500, 0), 0, "Số hồ sơ 1.500 (từ 1.000 đến dưới 2.000); Số trước hạn 0 % (dưới 1): 0 điểm"),
        ((0, 0), 0, "Số hồ sơ 0: 0 điểm"),
        ((None, 5), 0, "Chưa nhập “Số hồ sơ”: 0 điểm"),
        ((500, None), 0, "Chưa nhập “Số trước hạn”: 0 điểm"),
        ((None, None), 0, "Chưa nhập: 0 điểm"),
    ]
    entered, *expected = zip(*rows, strict=True)
    assert over(SHARE, OF, *entered) == list(zip(*expected, strict=True))


def test_a_percentage_that_is_typed_and_what_none_gives() -> None:
    """3.3.3 takes points off for late files, below 1 % too, but nothing where no file was late."""
    late = table(
        [["1", "1.5", "2", "2.5"], ["0.5", "1", "1.5", "2"], ["0.2", "0.7", "1.2", "1.7"]], [None, 1, 7, 10, None]
    )
    method, of = by(late, at_zero=0), scale("2.5", penalty=True, inputs=INPUTS)
    assert over(method, of, (999, 0), (999, 0.1), (1000, 7), (3000, 10)) == [
        (0, "Số hồ sơ 999; Số trước hạn 0: 0 điểm"),
        (-1, "Số hồ sơ 999 (dưới 1.000); Số trước hạn 0,1 (dưới 1): -1 điểm"),
        (-1.5, "Số hồ sơ 1.000 (từ 1.000 đến dưới 2.000); Số trước hạn 7 (từ 7 đến dưới 10): -1,5 điểm"),
        (-1.7, "Số hồ sơ 3.000 (từ 2.000 trở lên); Số trước hạn 10 (từ 10 trở lên): -1,7 điểm"),
    ]


def test_nothing_of_fifty_and_nothing_of_nothing_each_give_what_the_rule_says() -> None:
    late = [
        {"to": 10, "bands": [{"to": 5, "points": 2}, {"from": 5, "points": 1}]},
        {"from": 10, "bands": [{"points": 1}]},
    ]
    of = scale(3, inputs=INPUTS)
    said = by(late, share=True, at_zero=3, no_volume="0.5")
    assert over(said, of, (0, 0), (50, 0), (5, 0)) == [
        (0.5, "Số hồ sơ 0: 0,5 điểm"),
        (3, "Số hồ sơ 50; Số trước hạn 0 %: 3 điểm"),
        (3, "Số hồ sơ 5; Số trước hạn 0 %: 3 điểm"),
    ]
    assert [points for points, _words in over(by(late, share=True, at_zero=3), of, (0, 0), (50, 0))] == [0, 3]
    assert [points for points, _words in over(by(late, at_zero=3), of, (0, 0), (50, 0))] == [3, 3]
    assert [points for points, _words in over(by(late, at_zero=3, no_volume=0), of, (0, 0), (50, 0))] == [0, 3]
    assert said.describe(of).endswith("đúng bằng 0: 3; Số hồ sơ bằng 0: 0,5")
    assert by(late, share=True, at_zero=3).describe(of).endswith("đúng bằng 0: 3; Số hồ sơ bằng 0: 0")
    assert by(late, at_zero=3).describe(of).endswith("đúng bằng 0: 3; kể cả khi Số hồ sơ bằng 0")
    assert faults(by(late, at_zero=3, no_volume=4), of) == [
        (("classes",), "mức cao nhất được 4 điểm, trong khi điểm chuẩn của tiêu chí là 3")
    ]


def test_the_formula() -> None:
    small = by(
        [
            {"to": 1000, "bands": [{"to": 5, "points": 1}, {"from": 5, "points": 2}]},
            {"from": 1000, "bands": [{"points": 3}]},
        ]
    )
    assert formula(small, scale(3, inputs=INPUTS), {"input.HS": "F8", "input.SO": "F9"}) == (
        '=IF(AND(F8="",F9=""),0,IF(F8="",0,IF(F9="",0,IF(ROUND(F8,6)>=1000,3,IF(ROUND(F9,6)>=5,2,1)))))'
    )


def test_described() -> None:
    words = by(
        [
            {"to": 10, "bands": [{"to": 5, "points": 1}, {"from": 5, "points": 2}]},
            {"from": 10, "bands": [{"points": 3}]},
        ],
        share=True,
        at_zero="0.5",
    ).describe(OF)
    assert words == (
        "theo Số hồ sơ và tỷ lệ % Số trước hạn; dưới 10: dưới 5 → 1, từ 5 trở lên → 2; từ 10 trở lên: mọi mức → 3; "
        "đúng bằng 0: 0,5; Số hồ sơ bằng 0: 0"
    )


def test_gaps_overlaps_and_points_that_do_not_fit() -> None:
    whole = [{"to": 5, "points": 0}, {"from": 5, "points": "2.7"}]
    gap = [{"to": 5, "points": 0}, {"from": 6, "points": "2.7"}]
    overlap = [{"to": 5, "points": 0}, {"from": 4, "points": "2.7"}]
    assert faults(SHARE, OF) == []
    assert faults(by([{"to": 10, "bands": whole}, {"from": 10, "bands": gap}]), OF) == [
        (("classes", 1, "bands", 1, "from"), "hở giữa hai bậc: từ 5 đến 6 không thuộc bậc nào")
    ]
    assert faults(by([{"to": 10, "bands": overlap}, {"from": 10, "bands": whole}]), OF) == [
        (("classes", 0, "bands", 1, "from"), "hai bậc chồng lên nhau: từ 4 đến 5 thuộc cả hai bậc")
    ]
    assert faults(by([{"to": 10, "bands": whole}, {"from": 20, "bands": whole}]), OF) == [
        (("classes", 1, "from"), "hở giữa hai bậc: từ 10 đến 20 không thuộc bậc nào")
    ]
    assert faults(by([{"to": 10, "bands": whole}, {"from": 10, "to": 20, "bands": whole}]), OF) == [
        (("classes", 1, "to"), "từ 20 trở lên không có bậc nào quy định số điểm")
    ]
    assert faults(by([{"to": 10, "bands": whole}, {"from": 10, "bands": whole}]), scale(3, inputs=INPUTS)) == [
        (("classes",), "mức cao nhất được 2.7 điểm, trong khi điểm chuẩn của tiêu chí là 3")
    ]
    fine = [{"to": 5, "points": "0.125"}, {"from": 5, "points": "2.7"}]
    assert faults(by([{"to": 10, "bands": whole}, {"from": 10, "bands": fine}], at_zero="0.001"), OF) == [
        (("classes", 1, "bands", 0, "points"), "0.125 điểm có nhiều hơn 2 chữ số thập phân mà kế hoạch quy định"),
        (("at_zero",), "0.001 điểm có nhiều hơn 2 chữ số thập phân mà kế hoạch quy định"),
    ]
    same = rule(method="two_way_bands", volume="HS", measure="hs", classes=table(BONUS, EARLY))
    assert faults(same, OF) == [(("measure",), "volume và measure là cùng một số liệu")]


# --- for the tests of all methods (declared.py) -----------------------------------------------------

BY_CLASS = [
    {"to": 100, "bands": [{"to": "33.333333", "points": "0.35"}, {"from": "33.333333", "points": "2.5"}]},
    {
        "from": 100,
        "to": 1000,
        "bands": [{"to": 50, "points": 1}, {"from": 50, "to": "99.5", "points": 2}, {"from": "99.5", "points": 3}],
    },
    {"from": 1000, "bands": [{"points": 5}]},
]

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    *over_asked({"volume": "B", "measure": "A", "share": True, "classes": BY_CLASS}, 5),
    *over_asked({"volume": "A", "measure": "B", "classes": BY_CLASS, "at_zero": "0.01"}, 5),
    *over_asked({"volume": "B", "measure": "A", "share": True, "classes": BY_CLASS, "at_zero": 4, "no_volume": 2}, 5),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {
            "volume": "B",
            "measure": "A",
            "classes": [
                {"to": 10, "bands": [{"to": 5, "points": 0}, {"from": 5, "points": 2}]},
                {"from": 10, "bands": [{"points": 5}]},
            ],
            "at_zero": "0.5",
        },
        scale(5, inputs=ASKED),
        "by Số B and Số A; below 10: below 5 → 0, from 5 up → 2; from 10 up: any → 5; exactly 0: 0.5; "
        "also where Số B is 0",
    ),
]

EXAMPLE = """
- code: HS1
  name: Giải quyết hồ sơ trước hạn
  points: 3
  inputs:
    - {code: HS, name: Số hồ sơ giải quyết, unit: hồ sơ, whole: true}
    - {code: SOM, name: Số hồ sơ trước hạn, unit: hồ sơ, whole: true}
  score:
    method: two_way_bands
    volume: HS
    measure: SOM
    share: true
    classes:
      - {to: 1000, bands: [{to: 5, points: 0}, {from: 5, points: 2}]}
      - {from: 1000, bands: [{to: 5, points: 1}, {from: 5, points: 3}]}
"""
