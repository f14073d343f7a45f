"""Which changes moved a rank: each undone by itself, worked out by hand, and against ranking all anew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import tables
from pipeline.ranking import standings as ranking
from pipeline.ranking.moves import with_moves
from pipeline.rules.year import Rules
from pipeline.scoring import points as scoring
from pipeline.scoring.points import points_that_count
from tests.contest import BASE, Claims, contest, group, results, roster

Change = tuple[str, str, str, float]  # unit, criterion, whose points, what they become


def changed(claims: Claims, changes: Sequence[Change], **rules: Any) -> pd.DataFrame:
    """The judgements of a contest in which people made these changes."""
    made = contest(list(claims), **rules)
    scores, judgements = apply(made, claims, changes)
    where = roster(made)
    standings = ranking.rank(made, scores, scoring.add_up(made, scores), where)
    return with_moves(made, scores, judgements, where, standings)


def apply(rules: Rules, claims: Claims, changes: Sequence[Change]) -> tuple[pd.DataFrame, pd.DataFrame]:
    scores, _groups = scoring.score(rules, results(claims), roster(rules))
    rows = {key: row for row, key in enumerate(zip(scores["unit"], scores["criterion"], strict=True))}
    counted: dict[tuple[str, str], float] = {}
    records = []
    for unit, criterion, kind, points in changes:
        after = float(points)
        before = counted.get((unit, criterion), float(scores.at[rows[unit, criterion], "computed"]))
        counted[unit, criterion] = after
        scores.loc[rows[unit, criterion], kind] = after
        found = (pd.NA, pd.NA, 0, "")
        records.append(
            ("khoi", unit, criterion, kind, before, after, "lý do", "", math.nan, *found, "p.xlsx", "Trang", "I8")
        )
    frame = pd.DataFrame.from_records(records, columns=list(tables.Judgements.to_schema().columns))
    return scores.assign(points=points_that_count(scores)), frame.astype({"rank_undone": "Int64", "rank": "Int64"})


def effects(judgements: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Unit, its rank without the change and with it, how many ranks it moved, and the words."""
    names = ("unit", "rank_undone", "rank", "moved", "effect")
    return list(zip(*(judgements[name] for name in names), strict=True))


THREE: Claims = {"a": {"A": 60, "B": 30}, "b": {"A": 50, "B": 30}, "c": {"A": 45, "B": 25}}  # 90, 80, 70


def test_a_change_that_overtakes_one_unit_moves_two_ranks() -> None:
    effect = "C từ hạng 3 lên hạng 2; B từ hạng 2 xuống hạng 3"
    assert effects(changed(THREE, [("c", "B", "appraised", 40)])) == [("c", 3, 2, 2, effect)]  # 85


def test_a_change_that_takes_points_off_moves_its_unit_down() -> None:
    effect = "A từ hạng 1 xuống hạng 3; B từ hạng 2 lên hạng 1; C từ hạng 3 lên hạng 2"
    assert effects(changed(THREE, [("a", "A", "appraised", 30)])) == [("a", 1, 3, 3, effect)]  # 60


def test_a_change_that_overtakes_nobody_moves_nothing() -> None:
    assert effects(changed(THREE, [("c", "B", "appraised", 34)])) == [("c", 3, 3, 0, "")]  # 79


def test_of_two_changes_that_only_together_suffice_each_moved_the_ranks() -> None:
    changes: list[Change] = [("b", "A", "appraised", 56), ("b", "B", "appraised", 36)]  # 80 + 6 + 6 = 92; 86 with one
    effect = "B từ hạng 2 lên hạng 1; A từ hạng 1 xuống hạng 2"
    assert effects(changed(THREE, changes)) == [("b", 2, 1, 2, effect)] * 2


def test_of_two_changes_that_suffice_alone_neither_moved_a_rank() -> None:
    changes: list[Change] = [("b", "A", "appraised", 60), ("b", "B", "appraised", 40)]  # 80 + 10 + 10; 90 with one
    claims: Claims = THREE | {"a": {"A": 60, "B": 29}}
    assert effects(changed(claims, changes)) == [("b", 1, 1, 0, "")] * 2


def test_a_change_may_end_a_shared_rank() -> None:
    claims: Claims = {"a": {"A": 60, "B": 30}, "b": {"A": 50, "B": 40}, "c": {"A": 10}}  # a and b share rank 1
    effect = "B từ hạng 1 xuống hạng 2"
    assert effects(changed(claims, [("b", "B", "appraised", 39)])) == [("b", 1, 2, 1, effect)]


def test_a_change_that_the_council_changed_again_moves_nothing_by_itself() -> None:
    changes: list[Change] = [("c", "B", "appraised", 40), ("c", "B", "decided", 34)]  # 85, then 79
    effect = "C từ hạng 2 xuống hạng 3; B từ hạng 3 lên hạng 2"
    assert effects(changed(THREE, changes)) == [("c", 3, 3, 0, ""), ("c", 2, 3, 2, effect)]


def test_a_change_that_the_council_confirmed_moved_what_it_moved() -> None:
    changes: list[Change] = [("c", "B", "appraised", 40), ("c", "B", "decided", 40)]
    effect = "C từ hạng 3 lên hạng 2; B từ hạng 2 xuống hạng 3"
    assert effects(changed(THREE, changes)) == [("c", 3, 2, 2, effect), ("c", 2, 2, 0, "")]


def test_points_beyond_a_cap_move_nothing() -> None:
    groups = [*BASE, group("T", {"T1": 5, "T2": 5}, kind="bonus", points=5)]
    claims: Claims = {"a": {"A": 50, "B": 30, "T1": 5}, "b": {"A": 50, "B": 34}}  # 85 and 84
    assert effects(changed(claims, [("a", "T2", "appraised", 3)], groups=groups)) == [("a", 1, 1, 0, "")]


def test_a_tie_break_counts_too() -> None:
    claims: Claims = {"a": {"A": 50, "B": 30}, "b": {"A": 50, "B": 30}}
    changes: list[Change] = [("b", "A", "appraised", 51), ("b", "B", "appraised", 29)]  # 80 and 80; criterion A decides
    ties = [{"by": "criterion", "code": "A"}]
    effect = "B từ hạng 2 lên hạng 1; A từ hạng 1 xuống hạng 2"
    assert effects(changed(claims, changes, ties=ties)) == [
        ("b", 2, 1, 2, effect),
        ("b", 1, 1, 0, ""),
    ]  # 79 : 80, 81 : 80


def test_a_unit_without_a_rank_moves_nothing() -> None:
    made = contest(["a", "b"])
    scores, judgements = apply(made, {"a": {"A": 1}, "b": {"A": 2}}, [("a", "A", "appraised", 60)])
    standings = ranking.rank(made, scores, scoring.add_up(made, scores), roster(made))
    standings.loc[standings["unit"] == "a", "rank"] = pd.NA
    standings.loc[standings["unit"] == "b", "rank"] = 1
    assert effects(with_moves(made, scores, judgements, roster(made), standings)) == [("a", pd.NA, pd.NA, 0, "")]


def test_three_units_are_named_and_the_others_counted() -> None:
    claims: Claims = {unit: {"A": 50 - place} for place, unit in enumerate("abcdef")}
    effect = "F từ hạng 6 lên hạng 1; A từ hạng 1 xuống hạng 2; B từ hạng 2 xuống hạng 3; và 3 đơn vị khác"
    assert effects(changed(claims, [("f", "A", "appraised", 60)])) == [("f", 6, 1, 6, effect)]


def test_nothing_judged_gives_nothing() -> None:
    assert changed(THREE, []).empty


POINTS = st.integers(0, 4)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(POINTS, POINTS), min_size=2, max_size=5),
    st.lists(st.tuples(st.integers(0, 1), POINTS), max_size=6),
    st.data(),
)
def test_it_is_what_ranking_all_anew_finds(
    claimed: list[tuple[int, int]], wanted: list[tuple[int, int]], data: st.DataObject
) -> None:
    claims = {f"u{n}": {"A": a, "B": b} for n, (a, b) in enumerate(claimed)}
    once: dict[tuple[str, str], Change] = {}
    for which, points in wanted:
        unit, criterion = data.draw(st.sampled_from(sorted(claims))), "AB"[which]
        once[unit, criterion] = (unit, criterion, "appraised", points)
    changes = list(once.values())
    found = changed(claims, changes, ties=[{"by": "criterion", "code": "B"}])
    now = _ranks(claims, changes)
    for at, change in zip(found.itertuples(), changes, strict=True):
        others = [each for each in changes if each != change]
        expected = now if at.before == at.after else _ranks(claims, others)
        assert at.moved == sum(now[unit] != expected[unit] for unit in claims)
        assert (at.rank_undone, at.rank) == (expected[str(at.unit)], now[str(at.unit)])


def _ranks(claims: Claims, changes: Sequence[Change]) -> dict[str, int]:
    """The ranks after just these changes, by the claims as if they had been made so."""
    made = {unit: dict(points) for unit, points in claims.items()}
    for unit, criterion, _kind, after in changes:
        made[unit][criterion] = after
    keys = {unit: (points["A"] + points["B"], points["B"]) for unit, points in made.items()}
    return {unit: 1 + sum(other > keys[unit] for other in keys.values()) for unit in keys}
