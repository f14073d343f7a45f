"""Standings: totals behind their caps, ranks, tie-breaks, exclusions and classes."""

from __future__ import annotations

import copy
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import tables
from pipeline.ranking.standings import rank
from pipeline.ranking.ties import competition_ranks
from pipeline.rules.rubric_faults import bloc_faults
from pipeline.scoring.points import score
from tests import small
from tests.contest import BASE, contest, group, ranks, roster, standings
from tests.outcomes import outcome

BONUS = group("T", {"T1": 4, "T2": 3}, kind="bonus", points=5)
PENALTY = group("P", {"P1": 4, "P2": 3}, kind="penalty", points=5)


def rows(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The table's rows as tuples, blanks as None."""
    return [
        tuple(None if pd.isna(cell) else cell for cell in row) for row in table[list(columns)].itertuples(index=False)
    ]


# --- the small year, worked out by hand --------------------------------------------------------------


def test_standings_of_the_small_year() -> None:
    found = rows(outcome().standings, "unit", "rank", "base", "bonus", "penalty", "total", "classification")
    assert found == [
        ("thon-1", 1, 92, 2, 0, 94, "Xuất sắc"),
        ("thon-2", 2, 94, 2, -2, 94, "Tốt"),
        ("thon-4", 3, 31.5, 0, -1, 30.5, "Trung bình"),
        ("thon-3", None, 91.5, 5, -5, 91.5, "Không xếp loại"),
        ("thon-5", None, None, None, None, None, "Không xếp loại"),
        ("tieu-hoc", 1, 100, 0, 0, 100, "Đạt"),
        ("thcs", 2, 99.49, 0, 0, 99.49, "Đạt"),
    ]


def test_every_row_of_the_small_year_says_why() -> None:
    assert rows(outcome().standings, "unit", "tie", "exclusion", "note") == [
        (
            "thon-1",
            "Bằng điểm với Thôn 2; xếp trên nhờ tiêu chí KT1",
            "",
            "Bằng điểm với Thôn 2; xếp trên nhờ tiêu chí KT1",
        ),
        (
            "thon-2",
            "Bằng điểm với Thôn 1; xếp dưới do tiêu chí KT1",
            "",
            "Bằng điểm với Thôn 1; xếp dưới do tiêu chí KT1. Đủ điểm loại “Xuất sắc” nhưng bị trừ điểm ở tiêu chí P2",
        ),
        ("thon-4", "", "", ""),
        ("thon-3", "", *["Có người bị kỷ luật từ cảnh cáo trở lên"] * 2),
        ("thon-5", "", *["Không gửi báo cáo; phiếu đã được trả lại để sửa"] * 2),
        ("tieu-hoc", "", "", ""),
        ("thcs", "", "", ""),
    ]


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_never_changes_a_standing(random: Any) -> None:
    whole = outcome()
    order = list(range(len(whole.results)))
    random.shuffle(order)
    scores, groups = score(whole.rules, whole.results.iloc[order], whole.roster)
    ranked = rank(whole.rules, scores, groups, whole.roster)
    pd.testing.assert_frame_equal(ranked, whole.standings)
    mixed = scores.sample(frac=1, random_state=random.randrange(2**31))
    ranked = rank(whole.rules, mixed, groups.iloc[::-1], whole.roster.iloc[::-1])
    by_unit = [table.set_index("unit").sort_index() for table in (ranked, whole.standings)]
    pd.testing.assert_frame_equal(*by_unit)


# --- totals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caps", "expected"),
    [
        ({}, (50, 5, -5, 50)),  # criterion: 9 -> 4; group: 4 + 3 -> 5
        ({"bonus_cap": 4.5}, (50, 4.5, -5, 49.5)),
        ({"penalty_cap": 4.5}, (50, 5, -4.5, 50.5)),
        ({"bonus_cap": 0, "penalty_cap": 0}, (50, 0, 0, 50)),
        ({"bonus_cap": 20, "penalty_cap": 20}, (50, 5, -5, 50)),
    ],
)
def test_caps_hold_on_three_levels(caps: dict[str, float], expected: tuple[float, ...]) -> None:
    claims = {"a": {"A": 50, "T1": 9, "T2": 9, "P1": 9, "P2": 9}}
    table = standings(claims, groups=[*BASE, BONUS, PENALTY], **caps)
    assert rows(table, "base", "bonus", "penalty", "total") == [expected]


def test_the_total_caps_hold_over_several_groups() -> None:
    groups = [*BASE, BONUS, group("T-2", {"T3": 5}, kind="bonus"), PENALTY, group("P-2", {"P3": 5}, kind="penalty")]
    claims = {"a": {"A": 50, "T1": 4, "T3": 5, "P1": 4, "P3": 5}}
    assert rows(standings(claims, groups=groups), "bonus", "penalty") == [(9, -9)]
    capped = standings(claims, groups=groups, bonus_cap=8, penalty_cap=6.5)
    assert rows(capped, "bonus", "penalty", "total") == [(8, -6.5, 51.5)]


def test_a_group_in_which_nobody_has_points() -> None:
    table = standings({"a": {"A": 50}, "b": {"A": 60}}, groups=[*BASE, BONUS, PENALTY])
    assert rows(table, "unit", "rank", "bonus", "penalty", "total") == [("b", 1, 0, 0, 60), ("a", 2, 0, 0, 50)]


def test_ten_times_a_tenth_ties_with_one() -> None:
    codes = [f"C{n}" for n in range(10)]
    claims = {"a": dict.fromkeys(codes, 0.1), "b": {"C0": 1}, "c": {"C0": 0.99}}
    assert ranks(claims, groups=[group("I", dict.fromkeys(codes, 10))]) == {"a": 1, "b": 1, "c": 3}


# --- ranks -------------------------------------------------------------------------------------------


def test_two_units_in_place_fifteen_leave_sixteen_empty() -> None:
    """As the ranking of the digital transformation index (DTI) prints it: 15, 15, 17."""
    totals = [*range(60, 46, -1), 40.25, 40.25, 40.24]
    found = ranks({f"u{n}": {"A": total} for n, total in enumerate(totals)})
    assert list(found.values()) == [*range(1, 15), 15, 15, 17]


@given(st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), max_size=12))
def test_a_rank_is_one_more_than_the_number_of_better_units(keys: list[list[int]]) -> None:
    frame = pd.DataFrame(np.array(keys, dtype="int64").reshape(-1, 3))
    assert list(competition_ranks(frame)) == [1 + sum(other > own for other in keys) for own in keys]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(*[st.decimals(0, 2, places=1)] * 3), min_size=1))
@settings(max_examples=40, deadline=None)
def test_ranks_against_their_definition_on_decimals(claimed: dict[str, tuple[Decimal, Decimal, Decimal]]) -> None:
    """Total first, then criterion B, then group P: fewer points off."""
    claims = {unit: {"A": float(a), "B": float(b), "P1": float(p)} for unit, (a, b, p) in claimed.items()}
    ties = [{"by": "criterion", "code": "B"}, {"by": "penalty"}]
    keys = {unit: (a + b - p, b, -p) for unit, (a, b, p) in claimed.items()}
    expected = {unit: 1 + sum(other > own for other in keys.values()) for unit, own in keys.items()}
    assert ranks(claims, groups=[*BASE, PENALTY], ties=ties) == expected


# --- ties --------------------------------------------------------------------------------------------

TIED = {  # all 52
    "a": {"A": 50, "B": 2, "T1": 1, "P1": 1},
    "b": {"A": 48, "B": 4, "T1": 2, "P1": 2},
    "c": {"A": 50, "B": 2},
    "d": {"A": 50, "B": 2},
}


def test_nothing_separates_equal_totals_but_a_tie_break() -> None:
    table = standings(TIED, groups=[*BASE, BONUS, PENALTY])
    assert rows(table, "unit", "rank", "tie") == [
        ("a", 1, "Bằng điểm với B, C, D; xếp cùng hạng"),
        ("b", 1, "Bằng điểm với A, C, D; xếp cùng hạng"),
        ("c", 1, "Bằng điểm với A, B, D; xếp cùng hạng"),
        ("d", 1, "Bằng điểm với A, B, C; xếp cùng hạng"),
    ]


def test_tie_breaks_apply_in_their_order_and_say_so() -> None:
    ties = [{"by": "criterion", "code": "A"}, {"by": "penalty"}]
    table = standings(TIED, groups=[*BASE, BONUS, PENALTY], ties=ties)
    assert rows(table, "unit", "rank", "tie") == [
        (
            "c",
            1,
            "Bằng điểm với B; xếp trên nhờ tiêu chí A. Bằng điểm với A; xếp trên nhờ điểm trừ ít hơn."
            " Bằng điểm với D; xếp cùng hạng",
        ),
        (
            "d",
            1,
            "Bằng điểm với B; xếp trên nhờ tiêu chí A. Bằng điểm với A; xếp trên nhờ điểm trừ ít hơn."
            " Bằng điểm với C; xếp cùng hạng",
        ),
        (
            "a",
            3,
            "Bằng điểm với B; xếp trên nhờ tiêu chí A. Bằng điểm với C, D; xếp dưới do điểm trừ nhiều hơn",
        ),
        ("b", 4, "Bằng điểm với A, C, D; xếp dưới do tiêu chí A"),
    ]
    other_way = standings(TIED, groups=[*BASE, BONUS, PENALTY], ties=ties[::-1])
    assert rows(other_way, "unit", "rank") == [("c", 1), ("d", 1), ("a", 3), ("b", 4)]
    only = ranks(TIED, groups=[*BASE, BONUS, PENALTY], ties=[{"by": "group", "code": "T"}])
    assert only == {"b": 1, "a": 2, "c": 3, "d": 3}


def test_the_group_decides() -> None:
    table = standings(
        {"a": {"A": 50}, "b": {"A": 49, "T1": 1}}, groups=[*BASE, BONUS], ties=[{"by": "group", "code": "T"}]
    )
    assert rows(table, "unit", "rank", "tie") == [
        ("b", 1, "Bằng điểm với A; xếp trên nhờ nhóm nội dung T"),
        ("a", 2, "Bằng điểm với B; xếp dưới do nhóm nội dung T"),
    ]


def test_the_earlier_form_decides_across_time_zones_and_fractions() -> None:
    received = {
        "a": "2023-12-08T09:00:00+07:00",
        "b": "2023-12-08T02:00:00+00:00",  # the same moment
        "c": "2023-12-08T08:59:59.5+07:00",
        "d": "2023-12-08T03:00:00+07:00",
        "e": "",
    }
    claims = {unit: {"A": 50} for unit in received}
    table = standings(claims, {"received": received}, ties=[{"by": "received"}])
    assert rows(table, "unit", "rank", "tie") == [
        ("d", 1, "Bằng điểm với C, A, B và 1 đơn vị khác; xếp trên nhờ nộp phiếu sớm hơn"),
        (
            "c",
            2,
            "Bằng điểm với D; xếp dưới do nộp phiếu muộn hơn. Bằng điểm với A, B, E; xếp trên nhờ nộp phiếu sớm hơn",
        ),
        (
            "a",
            3,
            "Bằng điểm với D, C; xếp dưới do nộp phiếu muộn hơn. Bằng điểm với E; xếp trên nhờ nộp phiếu sớm hơn."
            " Bằng điểm với B; xếp cùng hạng",
        ),
        (
            "b",
            3,
            "Bằng điểm với D, C; xếp dưới do nộp phiếu muộn hơn. Bằng điểm với E; xếp trên nhờ nộp phiếu sớm hơn."
            " Bằng điểm với A; xếp cùng hạng",
        ),
        ("e", 5, "Bằng điểm với D, C, A và 1 đơn vị khác; xếp dưới do nộp phiếu muộn hơn"),
    ]


def test_a_sentence_names_three_units_and_counts_the_rest() -> None:
    table = standings({unit: {"A": 50} for unit in "abcdef"})
    assert list(table["tie"])[::5] == [
        "Bằng điểm với B, C, D và 2 đơn vị khác; xếp cùng hạng",
        "Bằng điểm với A, B, C và 2 đơn vị khác; xếp cùng hạng",
    ]


def test_an_excluded_unit_ties_with_nobody() -> None:
    table = standings({"a": {"A": 50}, "b": {"A": 50}}, {"state": {"b": "not_sent"}})
    assert rows(table, "unit", "rank", "tie") == [("a", 1, ""), ("b", None, "")]


# --- exclusions --------------------------------------------------------------------------------------


def test_units_without_an_accepted_form_have_no_rank_whatever_the_rubric_says() -> None:
    claims = {"a": {"A": 50}, "b": {}, "c": {}}
    state = {"b": "not_sent", "c": "to_correct"}
    table = standings(claims, {"state": state, "received": {"b": "", "c": ""}})
    assert rows(table, "unit", "rank", "total", "classification", "exclusion") == [
        ("a", 1, 50, "Khá", ""),
        ("b", None, None, "Không xếp loại", "Không có phiếu được tiếp nhận"),
        ("c", None, None, "Không xếp loại", "Không có phiếu được tiếp nhận; phiếu đã được trả lại để sửa"),
    ]
    rule = {"code": "X", "reason": "Không báo cáo", "when": "no_report"}
    assert list(standings(claims, {"state": state}, exclusions=[rule])["exclusion"]) == [
        "",
        "Không báo cáo",
        "Không báo cáo; phiếu đã được trả lại để sửa",
    ]


def test_a_unit_is_excluded_by_its_level_or_its_result_and_leaves_the_ranks_to_the_others() -> None:
    thon = copy.deepcopy(small.THON)
    late = {"code": "NM", "reason": "Nộp quá muộn", "when": "criterion", "criterion": "P1", "at_least": 3}
    crime = {"code": "AN", "reason": "Nhiều vụ phạm pháp", "when": "criterion", "criterion": "AN1", "at_least": 2}
    thon["rubric"]["exclusions"] += [late, crime]
    table = outcome(rules=small.rules(thon, small.TRUONG)).standings
    assert rows(table[table["bloc"] == "thon"], "unit", "rank", "total", "exclusion") == [
        ("thon-1", 1, 94, ""),
        ("thon-2", 2, 94, ""),
        ("thon-3", None, 91.5, "Có người bị kỷ luật từ cảnh cáo trở lên; Nhiều vụ phạm pháp"),
        ("thon-4", None, 30.5, "Nộp quá muộn; Nhiều vụ phạm pháp"),
        ("thon-5", None, None, "Không gửi báo cáo; phiếu đã được trả lại để sửa"),
    ]


def test_nobody_has_sent() -> None:
    rules = contest(["a", "b"], ties=[{"by": "criterion", "code": "A"}, {"by": "received"}])
    where = roster(rules, state={"a": "not_sent", "b": "not_sent"}, received={"a": "", "b": ""})
    scores, groups = tables.empty(tables.Scores), tables.empty(tables.GroupPoints)
    assert rows(rank(rules, scores, groups, where), "unit", "rank", "total", "classification", "note") == [
        ("a", None, None, "Không xếp loại", "Không có phiếu được tiếp nhận"),
        ("b", None, None, "Không xếp loại", "Không có phiếu được tiếp nhận"),
    ]


# --- classes -----------------------------------------------------------------------------------------

BEST = {"name": "Xuất sắc", "from": 90}
REST = [{"name": "Tốt", "from": 80}, {"name": "Khá", "from": 0}]


def classes(claims: Any, best: dict[str, Any], **rules: Any) -> dict[str, tuple[str, str]]:
    """Unit -> class and note, best rank first."""
    table = standings(claims, classification=[BEST | best, *REST], **rules)
    return dict(zip(table["unit"], zip(table["classification"], table["note"], strict=True), strict=True))


def test_a_class_begins_at_its_points_exactly() -> None:
    claims = {"a": {"A": 60, "B": 30}, "b": {"A": 60, "B": 29.99}, "c": {"A": 60, "B": 20}, "d": {"A": 60, "B": 19.99}}
    assert classes(claims, {}) == {"a": ("Xuất sắc", ""), "b": ("Tốt", ""), "c": ("Tốt", ""), "d": ("Khá", "")}


def test_the_last_class_takes_a_total_below_zero() -> None:
    assert classes({"a": {"A": 1, "P1": 3}}, {}, groups=[*BASE, PENALTY]) == {"a": ("Khá", "")}


def test_each_group_must_reach_its_share() -> None:
    groups = [group("I", {"A": 60}), group("II", {"B": 33}), group("III", {"C": 7}), BONUS]
    full = {"A": 60, "B": 33, "C": 7}
    claims = {
        "a": full | {"C": 3.5, "T1": 4},  # 50 % exactly
        "b": full | {"C": 3.49, "T1": 3},
        "c": full | {"B": 16.49, "C": 3, "T1": 4, "T2": 1},  # both below, 84.49 in all: never fit for the class
    }
    assert classes(claims, {"each_group": 50}, groups=groups) == {
        "a": ("Xuất sắc", ""),
        "b": ("Tốt", "Đủ điểm loại “Xuất sắc” nhưng nhóm nội dung III đạt dưới 50 %"),
        "c": ("Tốt", ""),
    }


def test_points_taken_off_under_a_named_criterion_bar_the_class() -> None:
    claims = {"a": {"A": 60, "B": 40, "P1": 0.01}, "b": {"A": 60, "B": 39, "P2": 1}}
    assert classes(claims, {"no_penalty": ["P1"]}, groups=[*BASE, PENALTY]) == {
        "a": ("Tốt", "Đủ điểm loại “Xuất sắc” nhưng bị trừ điểm ở tiêu chí P1"),
        "b": ("Xuất sắc", ""),
    }


def test_the_quota_is_rounded_down() -> None:
    claims = {unit: {"A": 60, "B": 40 - place} for place, unit in enumerate("abcdef")}
    found = classes(claims, {"quota": 40})  # 40 % of 6 is 2.4
    assert [level for level, _note in found.values()] == ["Xuất sắc"] * 2 + ["Tốt"] * 4
    assert found["c"][1] == "Đủ điều kiện loại “Xuất sắc” nhưng vượt tỷ lệ 40 % (2 trong 6 đơn vị)"


def test_units_that_tie_at_the_edge_of_the_quota_stand_between_two_classes_and_the_council_decides() -> None:
    claims = {unit: {"A": 60, "B": 35} for unit in "bcd"} | {"a": {"A": 60, "B": 40}, "e": {"A": 60, "B": 31}}
    found = classes(claims, {"quota": 40})  # two places: one for a, one for three that tie
    edge = (
        "Đủ điều kiện loại “Xuất sắc” nhưng cùng hạng ở ranh giới tỷ lệ 40 % (2 trong 5 đơn vị):"
        " Hội đồng xem xét, quyết định"
    )
    assert [level for level, _note in found.values()] == ["Xuất sắc", *["Xuất sắc / Tốt"] * 3, "Tốt"]
    assert [note.endswith(edge) for _level, note in found.values()] == [False, True, True, True, False]
    assert found["b"][1] == "Bằng điểm với C, D; xếp cùng hạng. " + edge
    assert found["e"][1] == "Đủ điều kiện loại “Xuất sắc” nhưng vượt tỷ lệ 40 % (2 trong 5 đơn vị)"


def test_a_tie_at_the_edge_does_not_eat_the_next_class() -> None:
    """Of three for two places one goes on, whichever, so the next class of two has a place for one more unit."""
    claims = {unit: {"A": 60, "B": 35} for unit in "abc"} | {
        unit: {"A": 60, "B": 35 - place} for place, unit in enumerate("defg", start=1)
    }
    levels = [BEST | {"quota": 30}, {"name": "Tốt", "from": 80, "places": 2}, REST[-1]]
    table = standings(claims, classification=levels)  # 30 % of 7: two
    assert list(table["classification"]) == ["Xuất sắc / Tốt"] * 3 + ["Tốt", "Khá", "Khá", "Khá"]
    assert table["note"][4] == (
        "Đủ điều kiện loại “Xuất sắc” nhưng vượt tỷ lệ 30 % (2 trong 7 đơn vị)."
        " Đủ điều kiện loại “Tốt” nhưng loại này chỉ có 2 suất"
    )


def test_a_tie_may_reach_over_a_whole_class() -> None:
    """Four for one first and one second prize: one gets the one, one the other, two neither."""
    prizes = [{"name": name, "from": 80, "places": 1} for name in ("Nhất", "Nhì")] + [{"name": "Khá", "from": 0}]
    claims = {unit: {"A": 60, "B": 35} for unit in "abcd"}
    assert set(standings(claims, classification=prizes)["classification"]) == {"Nhất / Nhì / Khá"}
    assert set(standings({"a": claims["a"]}, classification=prizes)["classification"]) == {"Nhất"}


def test_prizes_by_number() -> None:
    prizes = [
        {"name": "Nhất", "from": 80, "places": 1},
        {"name": "Nhì", "from": 80, "places": 2},
        {"name": "Ba", "from": 80, "places": 3},
        {"name": "Không có giải", "from": 0},
    ]
    claims = {unit: {"A": 60, "B": 40 - place} for place, unit in enumerate("abcdefgh")}
    found = standings(claims, classification=prizes)
    assert list(found["classification"]) == ["Nhất", "Nhì", "Nhì", "Ba", "Ba", "Ba", *["Không có giải"] * 2]
    assert list(bloc_faults(small.rules(bloc_with(prizes)).blocs[0], 2)) == []


def test_of_a_quota_and_a_number_of_places_the_smaller_counts() -> None:
    claims = {unit: {"A": 60, "B": 40 - place} for place, unit in enumerate("abcdef")}
    for limits, expected in (({"quota": 50, "places": 2}, 2), ({"quota": 20, "places": 2}, 1)):
        levels = [level for level, _note in classes(claims, limits).values()]
        assert levels == ["Xuất sắc"] * expected + ["Tốt"] * (6 - expected)


def bloc_with(classification: list[dict[str, object]]) -> dict[str, object]:
    thon = copy.deepcopy(small.THON)
    thon["rubric"]["classification"] = classification
    return thon


@given(st.lists(st.integers(78, 95), min_size=1, max_size=12), st.lists(st.integers(1, 4), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_prizes_are_neither_lost_nor_doubled(totals: list[int], places: list[int]) -> None:
    """However the council decides between the classes that a unit stands between, each prize has its winners.

    With no tie at an edge, the prizes go down the ranking one after the other; a tie changes only the classes of those
    who tie.
    """
    names = [f"Giải {n}" for n in range(len(places))]
    levels = [{"name": name, "from": 80, "places": most} for name, most in zip(names, places, strict=True)]
    claims = {f"u{n}": {"A": 60, "B": total - 60} for n, total in enumerate(totals)}
    table = standings(claims, classification=[*levels, {"name": "Khá", "from": 0}])
    prizes = [name for name, most in zip(names, places, strict=True) for _place in range(most)]
    good = int((table["total"] >= 80).sum())
    of_places = (prizes + ["Khá"] * len(totals))[:good] + ["Khá"] * (len(totals) - good)
    for _total, tied in table.groupby("total"):
        at = [table.index.get_loc(row) for row in tied.index]
        possible = " / ".join(dict.fromkeys(of_places[place] for place in at))
        assert set(tied["classification"]) == {possible}


def test_ties_that_the_quota_has_places_for_stay_in_the_class() -> None:
    claims = {"a": {"A": 60, "B": 40}, "b": {"A": 60, "B": 40}, "c": {"A": 60, "B": 31}, "d": {}, "e": {}}
    assert [level for level, _note in classes(claims, {"quota": 40}).values()] == ["Xuất sắc"] * 2 + [
        "Tốt",
        "Khá",
        "Khá",
    ]


def test_who_is_barred_by_a_condition_takes_no_place_of_the_quota() -> None:
    claims = {"a": {"A": 60, "B": 40, "P1": 1}, "b": {"A": 60, "B": 38}, "c": {"A": 60, "B": 37}}
    found = classes(claims, {"quota": 40, "no_penalty": ["P1"]}, groups=[*BASE, PENALTY])  # one place of three
    assert [level for level, _note in found.values()] == ["Tốt", "Xuất sắc", "Tốt"]


def test_the_quota_counts_ranked_units_alone() -> None:
    claims = {unit: {"A": 60, "B": 40 - place} for place, unit in enumerate("abcde")}
    three_left = {"state": {"d": "not_sent", "e": "not_sent"}}
    table = standings(claims, three_left, classification=[BEST | {"quota": 50}, *REST])  # 50 % of 3: one
    assert list(table["classification"]) == ["Xuất sắc", "Tốt", "Tốt", "Không xếp loại", "Không xếp loại"]


def test_a_bloc_with_a_single_unit() -> None:
    alone = {"a": {"A": 60, "B": 40}}
    assert ranks(alone, ties=[{"by": "received"}]) == {"a": 1}
    assert classes(alone, {"quota": 100}) == {"a": ("Xuất sắc", "")}
    assert classes(alone, {"quota": 40}) == {
        "a": ("Tốt", "Đủ điều kiện loại “Xuất sắc” nhưng vượt tỷ lệ 40 % (0 trong 1 đơn vị)")
    }


@given(st.lists(st.integers(85, 95), min_size=1, max_size=12), st.integers(1, 100))
@settings(max_examples=40, deadline=None)
def test_the_quota_is_never_exceeded_and_never_parts_equals(totals: list[int], quota: int) -> None:
    claims = {f"u{n}": {"A": 60, "B": total - 60} for n, total in enumerate(totals)}
    table = standings(claims, classification=[BEST | {"quota": quota}, *REST])
    best = table["classification"] == "Xuất sắc"
    assert best.sum() <= Fraction(quota * len(totals), 100)
    assert set(table.loc[best, "rank"]).isdisjoint(table.loc[~best, "rank"])
    next_rank = table.loc[~best & (table["total"] >= 90), "rank"].min()
    with_next = best.sum() + (table["rank"] == next_rank).sum()
    assert pd.isna(next_rank) or with_next > Fraction(quota * len(totals), 100)


def test_a_rubric_whose_caps_or_conditions_cannot_work_is_refused() -> None:
    thon = copy.deepcopy(small.THON)
    assert list(bloc_faults(small.rules(thon).blocs[0], 2)) == []
    thon["rubric"] |= {"bonus_cap": "4.125", "penalty_cap": "9.5"}
    thon["rubric"]["groups"][3]["points"] = "9.999"
    thon["rubric"]["classification"][0]["no_penalty"] = ["P2", "KT1"]  # KT1 never takes points off
    assert [fault.path for fault in bloc_faults(small.rules(thon).blocs[0], 2)] == [
        ("rubric", "bonus_cap"),
        ("rubric", "groups", 3, "points"),
        ("rubric", "classification", 0, "no_penalty", 1),
    ]


def test_a_time_of_receipt_long_past_is_earlier_than_any() -> None:
    """Vietnam's offset of 1900 has seconds; a slip in a receipt book names such a year."""
    received = {"a": "2023-12-01T08:00:00+07:00", "b": "1900-01-08T17:00:00+07:06:30", "c": ""}
    table = standings({unit: {"A": 50} for unit in received}, {"received": received}, ties=[{"by": "received"}])
    assert dict(zip(table["unit"], table["rank"], strict=True)) == {"b": 1, "a": 2, "c": 3}
