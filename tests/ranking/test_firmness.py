"""How firm ranks are: against geometry, a recount in fractions, and what must not matter."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
import tracemalloc
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.i18n import use_language
from pipeline.ranking import firmness as robustness
from pipeline.ranking.firmness import RankedBloc, drawn_ranks, firmness, quantiles, ranked_blocs, ranks_without
from pipeline.ranking.standings import rank
from pipeline.rules.year import Rules
from pipeline.scoring.points import score
from tests.contest import BASE, Claims, contest, group, results, roster
from tests.outcomes import outcome

HALVES = [group("I", {"A": 50}), group("II", {"B": 50})]
UNEQUAL = [group("I", {"A": 60}), group("II", {"B": 40})]
BONUS, PENALTY = group("T", {"T1": 5}, kind="bonus"), group("P", {"P1": 5}, kind="penalty")
Played = tuple[Rules, pd.DataFrame, pd.DataFrame]


def played(claims: Claims, received: dict[str, str] | None = None, **rules: Any) -> Played:
    """Rules, points of groups and standings of a contest between the units of ``claims``."""
    made = contest(list(claims), **rules)
    where = roster(made, received={unit: f"2023-12-{day}T09:00:00+07:00" for unit, day in (received or {}).items()})
    scores, groups = score(made, results(claims), where)
    return made, groups, rank(made, scores, groups, where)


def rows(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The table's rows as tuples, blanks as None."""
    return [
        tuple(None if pd.isna(cell) else cell for cell in row) for row in table[list(columns)].itertuples(index=False)
    ]


def ranges(of: Played) -> dict[str, tuple[int, int, int]]:
    """Unit -> rank, and the range of its ranks."""
    return {unit: found for unit, *found in rows(firmness(*of), "unit", "rank", "low_rank", "high_rank")}


def without(of: Played) -> dict[str, dict[str, int]]:
    """Group left out -> the rank of each unit."""
    table = ranks_without(*of)
    return {code: dict(zip(part["unit"], part["rank"], strict=True)) for code, part in table.groupby("group")}


# --- the range of ranks, by geometry ----------------------------------------------------------------


def chance_above(slope: float) -> float:
    """How much of the square of factors (0.8 to 1.2 each) lies above the line f2 = slope × f1, for 1 < slope < 1.5.

    A triangle in the upper left corner: 1.2 − 0.8 × slope high, 1.2 / slope − 0.8 wide, in a square of 0.4 × 0.4.
    """
    return (1.2 - 0.8 * slope) * (1.2 / slope - 0.8) / 2 / 0.16


def firsts(of: Played) -> dict[str, float]:
    """In which part of the draws each unit is first."""
    (found,) = ranked_blocs(*of)
    return dict(zip(found.units, (drawn_ranks(found) == 1).mean(axis=0), strict=True))


def test_a_unit_that_is_better_in_every_group_is_firm() -> None:
    assert ranges(played({"x": {"A": 60, "B": 40}, "y": {"A": 30, "B": 20}})) == {"x": [1, 1, 1], "y": [2, 2, 2]}


# x leads by 10 in group I and y by 9 in group II, so y is first where 9 f2 > 10 f1.
# With bonus: x leads by 10 and y by 6, and y has 3 points of bonus. Weights are scaled to a total of 100, by
# 100 / (60 f1 + 40 f2), so y is first where 100 (10 f1 - 6 f2) < 3 (60 f1 + 40 f2), which is 720 f2 > 820 f1.
@pytest.mark.parametrize(
    ("of", "chance"),
    [
        (played({"x": {"A": 40, "B": 30}, "y": {"A": 30, "B": 39}}, groups=HALVES), chance_above(10 / 9)),
        (
            played({"x": {"A": 50, "B": 30}, "y": {"A": 40, "B": 36, "T1": 3}}, groups=[*UNEQUAL, BONUS]),
            chance_above(820 / 720),
        ),
    ],
)
def test_two_units_swap_as_often_as_geometry_says(of: Played, chance: float) -> None:
    assert firsts(of)["y"] == pytest.approx(chance, abs=3 * math.sqrt(chance * (1 - chance) / robustness.DRAWS))
    assert ranges(of) == {"x": [1, 1, 2], "y": [2, 1, 2]}


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        (13.0, {"x": [1, 1, 2], "y": [2, 1, 2]}),  # y is first in 6.2 % of the draws
        (13.4, {"x": [1, 1, 1], "y": [2, 2, 2]}),  # in 3.8 %
    ],
)
def test_ranks_that_are_rarer_than_one_in_twenty_are_outside_the_range(
    lead: float, expected: dict[str, list[int]]
) -> None:
    assert (chance_above(lead / 10) > 0.05) == (expected["x"] == [1, 1, 2])
    assert ranges(played({"x": {"A": 30 + lead, "B": 30}, "y": {"A": 30, "B": 40}}, groups=HALVES)) == expected


def test_quantiles_are_ranks_that_were_drawn() -> None:
    columns = [[1] * 4 + [2] * 96, [1] * 5 + [2] * 95, [1] * 95 + [4] * 5, [1] * 94 + [4] * 6]
    dice = np.random.default_rng(1)
    assert quantiles(dice.permuted(np.array(columns).T, axis=0)) == ([2, 1, 1, 1], [2, 2, 1, 4])


# --- a recount in fractions -------------------------------------------------------------------------


def recounted(of: RankedBloc, factors: list[int]) -> list[int]:
    """Ranks under other weights as somebody with much patience would work them out."""
    rubric = of.bloc.rubric
    base = rubric.groups_of("base")
    varied = {group.code: factor * Fraction(group.points) for group, factor in zip(base, factors, strict=True)}
    scaled = {code: weight * Fraction(rubric.total) / sum(varied.values()) for code, weight in varied.items()}
    totals = []
    for unit in of.units:
        points = {code: Fraction(int(ticks), 10**of.decimals) for code, ticks in of.points.loc[unit].items()}
        total = sum(scaled[group.code] * points[group.code] / Fraction(group.points) for group in base)
        bonus = sum(points[group.code] for group in rubric.groups_of("bonus"))
        penalty = sum(points[group.code] for group in rubric.groups_of("penalty"))
        bonus = bonus if rubric.bonus_cap is None else min(bonus, Fraction(rubric.bonus_cap))
        penalty = penalty if rubric.penalty_cap is None else max(penalty, -Fraction(rubric.penalty_cap))
        totals.append((total + bonus + penalty, -int(of.ranks[of.units.index(unit)])))
    return [1 + sum(other > own for other in totals) for own in totals]


def crowd(seed: int, units: int, most: dict[str, float], decimals: int = 2, **rules: Any) -> Played:
    """Units with points at random, several of them alike; the last criterion of each kind included."""
    dice = random.Random(seed)  # noqa: S311
    levels = [dice.random() for _ in range(4)]
    claims = {
        f"u{number}": {code: round(points * dice.choice(levels), decimals) for code, points in most.items()}
        for number in range(units)
    }
    return played(claims, decimals=decimals, **rules)


CROWDS = {
    "with bonus and penalty": crowd(
        1, 12, {"A": 60, "B": 40, "T1": 5, "P1": 5}, groups=[*UNEQUAL, BONUS, PENALTY], bonus_cap=3, penalty_cap=2
    ),
    "whole points": crowd(5, 12, {"A": 60, "B": 40}, 0, groups=UNEQUAL, ties=[{"by": "criterion", "code": "A"}]),
    "points too fine for machine integers": crowd(
        3,
        12,
        {"A": 600_000.0001, "B": 400_000.0007, "T1": 5},
        4,
        groups=[group("I", {"A": 600_000.0001}), group("II", {"B": 400_000.0007}), BONUS],
    ),
}


@pytest.mark.parametrize("case", CROWDS)
def test_drawn_ranks_are_those_of_a_recount(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robustness, "DRAWS", 40)
    monkeypatch.setattr(robustness, "_CELLS", 100)  # several chunks, the last one smaller
    (of,) = ranked_blocs(*CROWDS[case])
    factors = robustness._draw(of).tolist()
    assert drawn_ranks(of).tolist() == [recounted(of, row) for row in factors]
    assert len({tuple(row) for row in drawn_ranks(of).tolist()}) > 1


def test_factors_lie_evenly_between_four_and_six_fifths() -> None:
    (of,) = ranked_blocs(*CROWDS["with bonus and penalty"])
    factors = robustness._draw(of) / 1e6
    assert factors.shape == (10_000, 2)
    counts, _edges = np.histogram(factors, bins=4, range=(0.8, 1.2))
    assert counts.sum() == 20_000
    assert counts == pytest.approx(5_000, abs=3 * math.sqrt(20_000 * 3 / 16))


# --- a group left out -------------------------------------------------------------------------------


def test_ranks_without_each_group() -> None:
    claims = {
        "x": {"A": 60, "B": 10},  # 70
        "y": {"A": 30, "B": 36, "T1": 5},  # 71
        "z": {"A": 40, "B": 33, "P1": 4},  # 69
    }
    of = played(claims, groups=[*UNEQUAL, BONUS, PENALTY])
    assert rows(of[2], "unit", "rank") == [("y", 1), ("x", 2), ("z", 3)]
    assert without(of) == {
        "I": {"y": 1, "z": 2, "x": 3},  # 10, 36 and 33 of 40 are 25, 90 and 82.5 of 100: 25, 95, 78.5
        "II": {"x": 1, "z": 2, "y": 3},  # 60, 30 and 40 of 60 are 100, 50 and 66.67 of 100: 100, 55, 62.67
        "T": {"x": 1, "z": 2, "y": 3},  # 70, 66, 69
        "P": {"z": 1, "y": 2, "x": 3},  # 70, 71, 73
    }


def test_a_cap_is_applied_to_what_is_left() -> None:
    extra = [group("T1", {"S": 3}, kind="bonus"), group("T2", {"U": 4}, kind="bonus")]
    claims = {"x": {"A": 40, "B": 30, "S": 3, "U": 4}, "y": {"A": 40, "B": 29.5, "U": 4}}
    of = played(claims, groups=[*UNEQUAL, *extra], bonus_cap=5)  # 75 and 73.5
    assert without(of)["T1"] == {"x": 1, "y": 2}  # 74 and 73.5; 5 - 3 would make it 72


def test_the_only_base_group_is_not_left_out() -> None:
    of = played({"x": {"A": 60, "B": 10}, "y": {"A": 30, "B": 36, "T1": 5}}, groups=[*BASE, BONUS])
    assert without(of) == {"T": {"x": 1, "y": 2}}
    assert ranges(of) == {"y": [1, 1, 1], "x": [2, 2, 2]}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from(["08", "09"])), min_size=1, max_size=8))
def test_leaving_out_what_nobody_has_leaves_the_ranking(units: list[tuple[int, int, str]]) -> None:
    claims = {f"u{place}": {"A": a, "B": b} for place, (a, b, _day) in enumerate(units)}
    days = {f"u{place}": day for place, (_a, _b, day) in enumerate(units)}
    of = played(claims, days, groups=[*UNEQUAL, BONUS], ties=[{"by": "received"}])
    assert without(of)["T"] == dict(zip(of[2]["unit"], of[2]["rank"], strict=True))


# --- ties, gaps and words ---------------------------------------------------------------------------


def test_units_alike_share_every_rank_unless_a_tie_break_parts_them() -> None:
    alike = {"x": {"A": 40, "B": 20}, "y": {"A": 40, "B": 20}, "z": {"A": 20, "B": 10}}
    assert ranges(played(alike)) == {"x": [1, 1, 1], "y": [1, 1, 1], "z": [3, 3, 3]}
    parted = played(alike, {"x": "09", "y": "08"}, ties=[{"by": "received"}])
    assert ranges(parted) == {"y": [1, 1, 1], "x": [2, 2, 2], "z": [3, 3, 3]}


def test_gaps_reach_to_the_next_rank() -> None:
    points = {"v": 90, "w": 85.5, "x": 85.5, "y": 85.25, "z": 3}
    of = played({unit: {"A": most * 0.6, "B": most * 0.4} for unit, most in points.items()})
    assert rows(firmness(*of), "unit", "rank", "gap_up", "gap_down") == [
        ("v", 1, None, 4.5),
        ("w", 2, 4.5, 0.25),
        ("x", 2, 4.5, 0.25),
        ("y", 4, 0.25, 82.25),
        ("z", 5, 82.25, None),
    ]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=6), st.data())
def test_a_tick_more_than_the_gap_swaps_neighbours(points: list[int], data: st.DataObject) -> None:
    groups = [*UNEQUAL, group("T", {"T1": 40}, kind="bonus")]

    def contested(changed: dict[str, float]) -> pd.DataFrame:
        claims = {
            f"u{place}": {"A": most, "T1": round(20 + changed.get(f"u{place}", 0), 2)}
            for place, most in enumerate(points)
        }
        return firmness(*played(claims, groups=groups)).set_index("unit")

    before = contested({})
    unit = data.draw(st.sampled_from(list(before.index)))
    own, ranks = before.loc[unit], before["rank"]
    if not math.isnan(own["gap_up"]):
        above = ranks.index[ranks == ranks[ranks < own["rank"]].max()]
        assert (contested({unit: own["gap_up"] - 0.01})["rank"][above] < own["rank"]).all()
        after = contested({unit: own["gap_up"] + 0.01})["rank"]
        assert (after[unit] < after[above]).all()
    if not math.isnan(own["gap_down"]):
        below = ranks.index[ranks == ranks[ranks > own["rank"]].min()]
        after = contested({unit: -own["gap_down"] - 0.01})["rank"]
        assert (after[unit] > after[below]).all()


def test_every_unit_has_a_sentence() -> None:
    # u is midway between v and w in both groups: ahead of both by the tie-break alone, between them in every draw.
    claims = {
        "u": {"A": 35, "B": 35},
        "v": {"A": 50, "B": 20},
        "w": {"A": 20, "B": 50},
        "x": {"A": 10, "B": 10},
        "y": {"A": 5, "B": 4},
    }
    of = played(claims, {"u": "07"}, groups=HALVES, ties=[{"by": "received"}])
    vary = "nếu điểm chuẩn các nhóm tăng, giảm đến 20 % thì"
    assert rows(firmness(*of), "unit", "rank", "low_rank", "high_rank", "sentence") == [
        ("u", 1, 2, 2, f"U đang ở hạng 1, nhưng {vary} hầu như sẽ ở hạng 2; bằng điểm với V, W, "
         "thứ tự do tiêu chí phụ quyết định."),
        ("v", 2, 1, 3, f"V đang ở hạng 2, nhưng {vary} hạng nằm trong khoảng từ 1 đến 3; "
         "bằng điểm và cùng hạng với W."),
        ("w", 2, 1, 3, f"W đang ở hạng 2, nhưng {vary} hạng nằm trong khoảng từ 1 đến 3; "
         "bằng điểm và cùng hạng với V."),
        ("x", 4, 4, 4, "X giữ vững hạng 4, kể cả khi điểm chuẩn các nhóm tăng, giảm đến 20 %; "
         "điểm thay đổi hơn 11,00 thì đổi hạng với Y."),
        ("y", 5, 5, 5, "Y giữ vững hạng 5, kể cả khi điểm chuẩn các nhóm tăng, giảm đến 20 %; "
         "điểm thay đổi hơn 11,00 thì đổi hạng với X."),
    ]  # fmt: skip


def test_sentences_come_in_the_language_of_the_plan() -> None:
    use_language("en")
    try:
        (sentence,) = firmness(*played({"x": {"A": 1}}))["sentence"]
    finally:
        use_language("vi")
    assert sentence == "X is the only ranked unit of the bloc."


def test_one_unit_alone() -> None:
    of = played({"x": {"A": 60, "B": 10}}, groups=UNEQUAL)
    assert rows(firmness(*of), "unit", "rank", "low_rank", "high_rank", "gap_up", "gap_down", "sentence") == [
        ("x", 1, 1, 1, None, None, "X là đơn vị duy nhất được xếp hạng trong khối.")
    ]
    assert without(of) == {"I": {"x": 1}, "II": {"x": 1}}


def test_only_ranked_units_take_part() -> None:
    of = outcome()
    found = firmness(of.rules, of.groups, of.standings)
    assert list(found["unit"]) == ["thon-1", "thon-2", "thon-4", "tieu-hoc", "thcs"]
    nobody = of.standings.assign(rank=pd.Series([pd.NA] * len(of.standings), dtype="Int64"))
    for table in (firmness(of.rules, of.groups, nobody), ranks_without(of.rules, of.groups, nobody)):
        assert table.empty and "rank" in table


# --- what must not matter ---------------------------------------------------------------------------

POINTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), min_size=2, max_size=6)


@settings(max_examples=10, deadline=None)
@given(POINTS, st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter(points: list[tuple[int, int]], dice: random.Random) -> None:
    claims = {f"u{place}": {"A": a, "B": b} for place, (a, b) in enumerate(points)}
    shuffled = dict(dice.sample(list(claims.items()), len(claims)))
    assert ranges(played(claims, groups=UNEQUAL)) == ranges(played(shuffled, groups=UNEQUAL))


@settings(max_examples=10, deadline=None)
@given(POINTS, st.integers(1, 30), st.integers(1, 20))
def test_points_that_all_units_have_more_do_not_matter(points: list[tuple[int, int]], more: int, too: int) -> None:
    plain = {f"u{place}": {"A": a, "B": b} for place, (a, b) in enumerate(points)}
    raised = {unit: {"A": each["A"] + more, "B": each["B"] + too, "T1": 2} for unit, each in plain.items()}
    groups = [*UNEQUAL, BONUS]
    assert ranges(played(plain, groups=groups)) == ranges(played(raised, groups=groups))


def test_another_process_finds_the_same() -> None:
    code = (
        "from tests.ranking.test_firmness import CROWDS\n"
        "from pipeline.ranking.firmness import firmness, ranks_without\n"
        "of = CROWDS['with bonus and penalty']\n"
        "print(firmness(*of).to_json(), ranks_without(*of).to_json())"
    )
    of = CROWDS["with bonus and penalty"]
    environment = os.environ | {"PYTHONHASHSEED": "12345"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{firmness(*of).to_json()} {ranks_without(*of).to_json()}"


def test_memory_stays_bounded_for_many_units() -> None:
    most = {"A": 60, "B": 40}
    (of,) = ranked_blocs(*crowd(4, 500, most, groups=UNEQUAL))
    tracemalloc.start()
    quantiles(drawn_ranks(of))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6
