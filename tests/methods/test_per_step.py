"""``per_step``: so many points for each step above a threshold."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.methods.method import Scale
from tests.methods.worked import BLANK, allowed, faults, half_up, numbers, points, rule, scale, scales, scored, typed

HALF = scale("0.5")
# Tiền Giang 2022: 0.1 for each 1 % above 92 %, at most 0.5.
TIEN_GIANG = rule(method="per_step", above=92, each="0.1", zero_target="none")


def test_by_hand() -> None:
    table = [
        (200, 180, 0, "Thực hiện 180 so với chỉ tiêu 200 đạt 90 %, chưa đủ bước tính điểm trên mức 92 %: 0 điểm"),
        (200, 185, 0, "Thực hiện 185 so với chỉ tiêu 200 đạt 92,5 %, chưa đủ bước tính điểm trên mức 92 %: 0 điểm"),
        # 92.999 % is less than one step above 92 %, and is not told as if it were 93 %.
        (
            100000,
            92999,
            0,
            "Thực hiện 92.999 so với chỉ tiêu 100.000 đạt 92,999 %, chưa đủ bước tính điểm trên mức 92 %: 0 điểm",
        ),
        (
            200,
            186,
            0.1,
            "Thực hiện 186 so với chỉ tiêu 200 đạt 93 %: vượt mức 92 % được 1 bước 1 %, mỗi bước 0,1 điểm, "
            "tối đa 0,5: 0,1 điểm",
        ),
        (
            120,
            115,  # 95.8333 %
            0.3,
            "Thực hiện 115 so với chỉ tiêu 120 đạt 95,83 %: vượt mức 92 % được 3 bước 1 %, mỗi bước 0,1 điểm, "
            "tối đa 0,5: 0,3 điểm",
        ),
        (
            200,
            200,
            0.5,
            "Thực hiện 200 so với chỉ tiêu 200 đạt 100 %: vượt mức 92 % được 8 bước 1 %, mỗi bước 0,1 điểm, "
            "tối đa 0,5: 0,5 điểm",
        ),
        (0, 5, 0, "Chỉ tiêu 0, thực hiện 5: 0 điểm theo quy định của thang điểm khi chỉ tiêu bằng 0"),
        (BLANK, 5, 0, "Không có chỉ tiêu để so sánh: 0 điểm"),
        (200, BLANK, 0, "Chưa nhập: 0 điểm"),
    ]
    targets, actuals, *expected = zip(*table, strict=True)
    assert scored(TIEN_GIANG, HALF, target=targets, actual=actuals) == list(zip(*expected, strict=True))


def test_a_cap_of_its_own_below_the_points_that_people_may_give() -> None:
    """Cai Lậy 2022: 99 % are 7 steps; the rule gives at most 0.5, the appraisers gave 0.7."""
    capped = rule(method="per_step", of="actual", above=92, each="0.1", at_most="0.5")
    words = "Kết quả 99: vượt mức 92 được 7 bước 1, mỗi bước 0,1 điểm, tối đa 0,5: 0,5 điểm"
    assert scored(capped, scale(1), actual=[99]) == [(0.5, words)]
    assert points(capped, scale(1), actual=[94, 92.9, 100]) == [0.2, 0, 0.5]
    assert capped.describe(scale(1)) == "cứ mỗi 1 vượt trên 92 được 0,1, tối đa 0,5"


def test_a_step_that_is_just_reached_counts() -> None:
    # 93 % to 97 % exactly, of targets for which a float falls short: 0.57 * 100 is 56.99999999999999.
    shares = [(100 * whole, part * whole) for whole in (1, 3, 7, 0.3, 1.1) for part in (93, 94, 95, 96, 97)]
    targets, actuals = zip(*((round(a, 6), round(b, 6)) for a, b in shares), strict=True)
    assert points(TIEN_GIANG, HALF, target=targets, actual=actuals) == [0.1, 0.2, 0.3, 0.4, 0.5] * 5


def test_parts_of_a_step() -> None:
    parts = rule(method="per_step", above=92, each="0.1", whole=False, zero_target="none")
    # 92.5 %: half a step, 0.05; 92.35 %: 0.035, rounded 0.04.
    assert scored(parts, HALF, target=[200, 2000], actual=[185, 1847]) == [
        (
            0.05,
            "Thực hiện 185 so với chỉ tiêu 200 đạt 92,5 %: vượt mức 92 % được 0,5 bước 1 %, mỗi bước 0,1 điểm, "
            "tối đa 0,5: 0,05 điểm",
        ),
        (
            0.04,
            "Thực hiện 1.847 so với chỉ tiêu 2.000 đạt 92,35 %: vượt mức 92 % được 0,35 bước 1 %, mỗi bước 0,1 điểm, "
            "tối đa 0,5: 0,04 điểm",
        ),
    ]


def test_on_the_result_itself() -> None:
    models = rule(method="per_step", of="actual", above=2, each="1.5", step=3)
    assert scored(models, scale(4), actual=[0, 2, 4.9, 5, 8, 11, 100]) == [
        (0, "Kết quả 0, chưa đủ bước tính điểm trên mức 2: 0 điểm"),
        (0, "Kết quả 2, chưa đủ bước tính điểm trên mức 2: 0 điểm"),
        (0, "Kết quả 4,9, chưa đủ bước tính điểm trên mức 2: 0 điểm"),
        (1.5, "Kết quả 5: vượt mức 2 được 1 bước 3, mỗi bước 1,5 điểm, tối đa 4: 1,5 điểm"),
        (3, "Kết quả 8: vượt mức 2 được 2 bước 3, mỗi bước 1,5 điểm, tối đa 4: 3 điểm"),
        (4, "Kết quả 11: vượt mức 2 được 3 bước 3, mỗi bước 1,5 điểm, tối đa 4: 4 điểm"),
        (4, "Kết quả 100: vượt mức 2 được 32 bước 3, mỗi bước 1,5 điểm, tối đa 4: 4 điểm"),
    ]
    assert points(models, scale(4, penalty=True), actual=[2, 5, 100]) == [0, -1.5, -4]


def test_what_should_fall() -> None:
    down = rule(method="per_step", of="percent_down", above=100, each=1, step=10, zero_target="by_actual")
    # 6 of at most 7: 116.67 %; 5: 140 %; none at all: the whole bonus.
    found = points(down, scale(3), target=[7, 7, 7, 7, 0, 0], actual=[7, 6, 5, 0, 0, 1])
    assert found == [0, 1, 3, 3, 3, 0]


def test_in_words() -> None:
    words = "cứ mỗi 1 % so với chỉ tiêu vượt trên 92 % được 0,1, tối đa 0,5; chỉ tiêu 0: 0 điểm"
    assert TIEN_GIANG.describe(HALF) == words
    parts = rule(method="per_step", of="actual", above=2, each="1.5", step=3, whole=False)
    assert parts.describe(scale(4)) == "cứ mỗi 3 vượt trên 2 được 1,5, tối đa 4; tính cả phần lẻ của một bước"


def test_faults() -> None:
    assert faults(TIEN_GIANG, HALF) == []
    unsaid = [((), "chỉ tiêu có thể bằng 0 mà quy tắc chưa nói khi đó được bao nhiêu điểm")]
    assert faults(rule(method="per_step", above=92, each="0.1"), HALF) == unsaid
    assert faults(rule(method="per_step", above=92, each="0.1"), HALF, target="100") == []
    assert faults(rule(method="per_step", of="actual", above=92, each="0.1"), HALF) == []


rules = st.fixed_dictionaries(
    {
        "method": st.just("per_step"),
        "of": st.sampled_from(["percent", "actual"]),
        "above": st.sampled_from(["0", "50", "92", "99.5"]),
        "each": st.sampled_from(["0.1", "0.125", "1", "0.035"]),
        "step": st.sampled_from(["1", "0.5", "3", "0.7"]),
        "whole": st.booleans(),
        "zero_target": st.just("none"),
    }
)


@given(rules, scales, st.lists(st.tuples(numbers(least=1), numbers()), min_size=1, max_size=20))
def test_points_are_what_fractions_say(keys: dict[str, Any], of: Scale, rows: list[tuple[float, float]]) -> None:
    above, each, step = (Fraction(keys[name]) for name in ("above", "each", "step"))

    def on_paper(target: Fraction, actual: Fraction) -> float:
        measure = actual / target * 100 if keys["of"] == "percent" else actual
        steps = Fraction(repr(half_up((measure - above) / step, 6)))
        counted = floor(steps) if keys["whole"] else steps
        earned = half_up(min(Fraction(of.max_points), max(Fraction(0), counted * each)), of.decimals)
        return -earned if of.penalty else earned

    targets, actuals = zip(*rows, strict=True)
    expected = [on_paper(typed(target), typed(actual)) for target, actual in rows]
    found = points(rule(**keys), of, target=targets, actual=actuals)
    assert found == expected
    assert all(allowed(value, of) for value in found)


@given(rules, st.lists(numbers(), min_size=2, max_size=20))
def test_a_better_result_never_earns_less(keys: dict[str, Any], actuals: list[float]) -> None:
    found = points(rule(**keys), scale(5), target=[500] * len(actuals), actual=sorted(actuals))
    assert found == sorted(found)


# --- for the tests of all methods (declared.py) -----------------------------------------------------

FORMULAS: list[tuple[dict[str, Any], Scale]] = [
    ({"above": 92, "each": "0.1", "zero_target": "none"}, HALF),
    ({"above": 80, "each": "0.135", "step": "0.7", "zero_target": "by_actual"}, scale(5)),
    ({"above": 50, "each": "0.035", "whole": False, "zero_target": "full"}, scale(5)),
    ({"of": "percent_down", "above": 90, "each": 1, "zero_target": "by_actual"}, scale(3)),
    ({"of": "actual", "above": "2.5", "each": "0.125", "step": 3}, scale(5)),
    ({"of": "actual", "above": 1, "each": "0.1", "step": "0.1"}, scale(40, penalty=True)),
    ({"of": "actual", "above": 92, "each": "0.1", "at_most": "0.5"}, scale(1)),
]

DESCRIBED: list[tuple[dict[str, Any], Scale, str]] = [
    (
        {"above": 92, "each": "0.1", "zero_target": "none"},
        scale(5),
        "each 1 % of the target above 92 % gives 0.1, at most 5; target 0: 0 points",
    ),
    (
        {"of": "percent_down", "above": 92, "each": "0.1", "whole": False, "zero_target": "none"},
        scale(5),
        "each 1 % of target / result above 92 % gives 0.1, at most 5; parts of a step count too; target 0: 0 points",
    ),
]

EXAMPLE = """
- code: DD2
  name: Tỷ lệ hồ sơ giải quyết đúng hạn
  unit: "%"
  points: 0.5
  high: 100
  score: {method: per_step, of: actual, above: 92, step: 1, each: 0.1}
"""
