"""Points of criteria and groups: worked out by hand, exact, and independent of the order of rows."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import tables
from pipeline.forms.declared import RESULTS, sheet_title
from pipeline.rules.rubric import Criterion
from pipeline.rules.targets import Target, Targets, TargetSource
from pipeline.scoring.points import from_ticks, points_that_count, score, ticks, ticks_reaching, ticks_within
from tests import contest, small
from tests.outcomes import outcome

# The arithmetic of each stands beside the entries in tests/outcomes.py.
POINTS = {
    #         KT1 KT2 VH1 VH2 VH3 AN1 TD1  T1 T2  P1  P2
    "thon-1": [40, 16, 10, 8, 5, 4, 9, 2, 0, 0, 0],
    "thon-2": [38, 20, 6, 10, 5, 5, 10, 2, 0, 0, -2],
    "thon-3": [40, 20, 10, 8, 5, 3, 5.5, 4, 3, 0, -5],
    "thon-4": [0, 20, 0, 5, 0, 0, 6.5, 0, 0, -1, 0],
    "thcs": [99.49],
    "tieu-hoc": [100],
}
GROUPS = {  # group: sum, points behind the group's cap, percent of the group's points
    "thon-1": {"I": (56, 56, 93.33), "II": (36, 36, 90), "T": (2, 2, 40), "P": (0, 0, 0)},
    "thon-2": {"I": (58, 58, 96.67), "II": (36, 36, 90), "T": (2, 2, 40), "P": (-2, -2, -20)},
    "thon-3": {"I": (60, 60, 100), "II": (31.5, 31.5, 78.75), "T": (7, 5, 100), "P": (-5, -5, -50)},
    "thon-4": {"I": (20, 20, 33.33), "II": (11.5, 11.5, 28.75), "T": (0, 0, 0), "P": (-1, -1, -10)},
    "thcs": {"A": (99.49, 99.49, 99.49)},
    "tieu-hoc": {"A": (100, 100, 100)},
}


def test_points_of_the_small_year() -> None:
    scores = outcome().scores
    assert {unit: list(rows["points"]) for unit, rows in scores.groupby("unit", sort=False)} == POINTS
    assert list(scores["points"]) == list(scores["computed"])
    thon = ["KT1", "KT2", "VH1", "VH2", "VH3", "AN1", "TD1", "T1", "T2", "P1", "P2"]
    assert list(scores["criterion"]) == thon * 4 + ["GD1"] * 2


def test_a_point_leads_back_to_its_cell() -> None:
    scores = outcome().scores.set_index(["unit", "criterion"])
    traced = scores.loc[
        ("thon-2", "KT1"), ["group", "kind", "max_points", "target", "actual", "file", "sheet", "actual_cell"]
    ]
    assert list(traced) == ["I", "base", 40, 400, 380, "thon-2.xlsx", sheet_title(RESULTS), "F7"]


def test_groups_of_the_small_year() -> None:
    groups = outcome().groups
    groups["percent"] = groups["percent"].round(2)
    found = {
        unit: dict(zip(rows["group"], zip(rows["added"], rows["points"], rows["percent"], strict=True), strict=True))
        for unit, rows in groups.groupby("unit", sort=False)
    }
    assert found == GROUPS


def test_days_late_come_from_the_roster_not_from_the_unit() -> None:
    whole = outcome()
    results = whole.results
    results.loc[results["criterion"] == "P1", "actual"] = 0  # "we were not late"
    roster = whole.roster.assign(days_late=[0, 1, 5, 10, 0, 0, 0])
    late = score(whole.rules, results, roster)[0].query("criterion == 'P1'")
    assert list(late["actual"]) == [0, 1, 5, 10]
    assert list(late["points"]) == [0, -1, -3, -5]


def test_a_target_fixed_by_the_rubric_counts_whatever_the_form_says() -> None:
    whole = outcome()
    whole.results["target"] = whole.results["target"].mask(whole.results["criterion"] == "VH1", 1)
    scores = score(whole.rules, whole.results, whole.roster)[0].query("criterion == 'VH1'")
    assert list(scores["target"]) == [90, 90, 90, 90]
    assert list(scores["points"]) == [10, 6, 10, 0]


def test_a_criterion_without_a_row_is_blank_and_a_unit_that_has_not_sent_is_absent() -> None:
    rules = contest.contest(["a", "b", "c"])
    roster = contest.roster(rules, state={"c": "to_correct"})
    results = contest.results({"a": {"A": 50}, "c": {"A": 60, "B": 40}})
    scores, groups = score(rules, results, roster)
    assert list(zip(scores["unit"], scores["criterion"], scores["points"], scores["file"], strict=True)) == [
        ("a", "A", 50, "a.xlsx"),
        ("a", "B", 0, ""),
        ("b", "A", 0, ""),
        ("b", "B", 0, ""),
    ]
    assert list(zip(groups["unit"], groups["points"], strict=True)) == [("a", 50), ("b", 0)]


def test_nobody_has_sent() -> None:
    rules = contest.contest(["a", "b"])
    roster = contest.roster(rules, state={"a": "not_sent", "b": "not_sent"})
    scores, groups = score(rules, contest.results({}), roster)
    pd.testing.assert_frame_equal(scores, tables.empty(tables.Scores))
    pd.testing.assert_frame_equal(groups, tables.empty(tables.GroupPoints))


def test_two_rows_for_one_criterion_are_our_bug_and_not_chosen_from() -> None:
    rules = contest.contest(["a"])
    twice = pd.concat([contest.results({"a": {"A": 1, "B": 1}}), contest.results({"a": {"A": 2}})])
    with pytest.raises(ValueError, match="duplicate"):
        score(rules, twice, contest.roster(rules))


def test_bonus_and_penalty_stop_at_the_criterion_and_then_at_the_group() -> None:
    groups = [
        *contest.BASE,
        contest.group("T", {"T1": 4, "T2": 3}, kind="bonus", points=5),
        contest.group("P", {"P1": 4, "P2": 3}, kind="penalty", points=5),
    ]
    rules = contest.contest(["a", "b"], groups=groups)
    claims = {"a": {"T1": 9, "T2": 3, "P1": 9, "P2": 3}, "b": {"T1": 1, "T2": 2.25, "P1": 1, "P2": 2.25}}
    scores, added = score(rules, contest.results(claims), contest.roster(rules))
    assert list(scores["points"]) == [0, 0, 4, 3, -4, -3, 0, 0, 1, 2.25, -1, -2.25]
    assert list(zip(added["added"], added["points"], strict=True)) == [
        *[(0, 0), (7, 5), (-7, -5)],
        *[(0, 0), (3.25, 3.25), (-3.25, -3.25)],
    ]


def test_the_last_of_the_points_that_exist_count() -> None:
    computed = pd.DataFrame({"computed": [1.0, 2.0, 3.0, 4.0]})
    assert list(points_that_count(computed)) == [1, 2, 3, 4]
    judged = computed.assign(decided=[None, None, 0.0, 9.5], appraised=[None, 2.5, 3.5, None])
    assert list(points_that_count(judged.astype(float))) == [1, 2.5, 0, 9.5]


def test_ten_times_a_tenth_is_one() -> None:
    codes = [f"C{n}" for n in range(10)]
    rules = contest.contest(["a"], groups=[contest.group("I", dict.fromkeys(codes, 10))])
    groups = score(rules, contest.results({"a": dict.fromkeys(codes, 0.1)}), contest.roster(rules))[1]
    assert sum([0.1] * 10) != 1.0  # what a plain sum of floats gives
    assert groups["added"].item() == 1.0


@given(st.lists(st.decimals(0, 10, places=2), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_sums_are_those_of_decimal_arithmetic(claimed: list[Decimal]) -> None:
    claims = {f"C{n}": float(points) for n, points in enumerate(claimed)}
    rules = contest.contest(["a"], groups=[contest.group("I", dict.fromkeys(claims, 10))])
    groups = score(rules, contest.results({"a": claims}), contest.roster(rules))[1]
    assert Decimal(repr(groups["added"].item())) == sum(claimed)


@given(st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_result_rows_changes_nothing(random: object) -> None:
    whole = outcome()
    order = list(range(len(whole.results)))
    random.shuffle(order)  # type: ignore[attr-defined]
    scores, groups = score(whole.rules, whole.results.iloc[order], whole.roster)
    pd.testing.assert_frame_equal(scores, whole.scores)
    pd.testing.assert_frame_equal(groups, whole.groups)


def test_ticks() -> None:
    points = pd.Series([4.75, 0.29, -1.15, 0.0, 1234.57])
    assert list(ticks(points, 2)) == [475, 29, -115, 0, 123457]
    assert list(from_ticks(ticks(points, 2), 2)) == list(points)
    assert [ticks_within(Decimal(cap), 1) for cap in ("5", "5.09", "0.1")] == [50, 50, 1]
    assert [ticks_reaching(Decimal(least), 1) for least in ("5", "5.01", "0.1")] == [50, 51, 1]


def test_what_does_not_apply_to_a_unit_is_blank__but_says_where_it_would_stand() -> None:
    criteria = {"A": 60, "B": 40}
    whole = [contest.group("I", criteria)]
    whole[0]["criteria"][1]["not_for"] = ["b"]
    rules = contest.contest(["a", "b"], whole)
    results = contest.results({"a": {"A": 50, "B": 30}, "b": {"A": 55, "B": 35}})
    results = results.assign(target=7.0, actual=8.0, choice="Tốt", sheet="Tự chấm", actual_cell="F7", claimed_cell="H7")
    scores = score(rules, results, contest.roster(rules))[0].set_index(["unit", "criterion"])
    entered = ["target", "actual", "choice", "claimed", "max_points", "points"]
    assert scores.loc[("a", "B"), entered].tolist() == [7.0, 8.0, "Tốt", 30.0, 40.0, 30.0]
    left_out = scores.loc[("b", "B")]
    assert left_out[["target", "actual", "claimed"]].isna().all()
    assert left_out[["choice", "max_points", "points"]].tolist() == ["", 0.0, 0.0]
    assert left_out[["file", "sheet", "actual_cell"]].tolist() == [
        "b.xlsx",
        "Tự chấm",
        "H7",
    ]  # the points that it claims
    assert scores.loc[("b", "A"), "points"] == 55.0


def test_a_target_that_is_given_counts_whatever_a_form_says() -> None:
    """As where the commune assigns each unit its own."""

    class Assigned(Targets):
        def of(self, unit: str, criterion: Criterion) -> Target:
            return Target(TargetSource.COMMON, Decimal(50 if unit == "thon-1" else 100))

    rules = small.rules()
    results = (
        outcome().results.query("criterion == 'KT1' and unit in ('thon-1', 'thon-2')").assign(target=5.0, actual=50.0)
    )
    scores = score(rules, results, outcome().roster, Assigned())[0].query("criterion == 'KT1'").set_index("unit")
    assert scores.loc[["thon-1", "thon-2"], "target"].tolist() == [50.0, 100.0]
    assert scores.loc[["thon-1", "thon-2"], "computed"].tolist() == [40.0, 20.0]  # 50/50 and 50/100 of 40 points
