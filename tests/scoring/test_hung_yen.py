"""The arithmetic of Hưng Yên's guidance on cụm, khối thi đua (draft of 2021) as a rule file; totals by hand.

Targets and results are a share of the standard points, the inverse for what should fall; what goes beyond the target
earns a bonus of at most 10 % of the criterion and 20 points in all; A, B, C, D for what cannot be counted; 5, 10 or 20
points off, and a leader's warning (cảnh cáo) excludes from flags. The rule file is ``tests/data/hung_yen_2021.yaml``.
"""

from __future__ import annotations

import shutil
from typing import Any

import pandas as pd
import pytest

from pipeline.ranking.standings import rank
from pipeline.rules.year import Rules, load_rules
from pipeline.scoring.points import score
from tests import contest
from tests.frames import results_of
from tests.places import DATA
from tests.rule_texts import AWARDS, PLAN, write

RULE_FILE = DATA / "hung_yen_2021.yaml"

Entry = tuple[float, float] | float | str
"""Target and result, a result, or an answer."""

TARGETS = {"DL1": 400.0, "DL2": 80.0, "DL3": 2.0, "DL4": 4.0}

ENTERED: dict[str, dict[str, Entry]] = {
    #    results of the four targets              A to D             what else
    "a": {"DL1": 400, "DL2": 80, "DL3": 2, "DL4": 4, "DT1": "A", "DT2": "A"},
    "b": {"DL1": 380, "DL2": 60, "DL3": 2.5, "DL4": 5, "DT1": "B", "DT2": "C", "T2": 1},
    "c": {"DL1": 480, "DL2": 100, "DL3": 1.6, "DL4": 0, "DT1": "A", "DT2": "B", "S1": "Có"},
    "d": {"DL1": 430, "DL2": 84, "DL3": 1.95, "DL4": 3, "DT1": "A", "DT2": "A", "T4": "Có", "T6": "Khiển trách"},
    "e": {"DL1": 400, "DL2": 80, "DL3": 2, "DL4": 4, "DT1": "A", "DT2": "A", "T1": "Có", "T6": "Cảnh cáo trở lên"},
    "f": {"DL1": 400, "DL2": 80, "DL3": 2, "DL4": 4, "DT1": "D", "DT2": "C", "T2": 2, "T5": "Có"},
}
DAYS_LATE = {"a": 0, "b": 5, "c": 4, "d": 12, "e": 15, "f": 14}

POINTS = {
    #    DL1  DL2 DL3 DL4 DT1 DT2  V1 V2 V3 V4  S1 S2  T1  T2   T3   T4   T5   T6
    # Every target just reached: the standard points, no bonus.
    "a": [100, 60, 50, 30, 40, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    # 380/400 = 95 %; 60/80 = 75 % of 60; 2/2.5 = 80 % of 50; 4/5 = 80 % of 30; B 80 % of 40; C half of 20;
    # one dossier returned, five days late.
    "b": [95, 45, 40, 24, 32, 10, 0, 0, 0, 0, 0, 0, 0, -5, -5, 0, 0, 0],
    # 120 %, 125 %, 2/1.6 = 125 % and none of four: 10 % of 100, 60, 50 and 30; four days late costs nothing.
    "c": [100, 60, 50, 30, 40, 16, 10, 6, 5, 3, 5, 0, 0, 0, 0, 0, 0, 0],
    # 107.5 %: 7 % of 100; 105 %: 5 % of 60; 2/1.95 = 102.56 %: 2 % of 50; 4/3 = 133 %: 10 % of 30;
    # a reminder, a reprimand, twelve days late.
    "d": [100, 60, 50, 30, 40, 20, 7, 3, 1, 3, 0, 0, 0, 0, -10, -10, 0, -10],
    # Absent, a warning, fifteen days late.
    "e": [100, 60, 50, 30, 40, 20, 0, 0, 0, 0, 0, 0, -5, 0, -20, 0, 0, -20],
    # D nothing, C half of 20; two dossiers returned, fourteen days late, the khối's leader failed.
    "f": [100, 60, 50, 30, 0, 10, 0, 0, 0, 0, 0, 0, 0, -10, -10, 0, -10, 0],
}
STANDINGS = [
    # unit, base, bonus, penalty, total, rank; c's 10 + 6 + 5 + 3 = 24 are cut at 20, and 5 for creativity stay beside
    ("c", 296, 25, 0, 321, 1),
    ("a", 300, 0, 0, 300, 2),
    ("d", 300, 14, -30, 284, 3),
    ("b", 246, 0, -10, 236, 4),
    ("f", 250, 0, -30, 220, 5),
    ("e", 300, 0, -45, 255, None),
]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    folder = write(tmp_path_factory.mktemp("rules") / "2023", {"plan.yaml": PLAN, "awards.yaml": AWARDS})
    (folder / "blocs").mkdir()
    shutil.copy(RULE_FILE, folder / "blocs")
    return load_rules(folder)


def results() -> pd.DataFrame:
    """What the units entered; the bonus rows take target and result from the criteria that they reward."""
    return results_of(
        {
            "bloc": "hung-yen",
            "unit": unit,
            "criterion": criterion,
            "choice" if isinstance(entry, str) else "actual": entry,
            "target": TARGETS.get(criterion, float("nan")),
        }
        for unit, entries in ENTERED.items()
        for criterion, entry in entries.items()
    )


def scored(rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    roster = contest.roster(rules, days_late=DAYS_LATE)
    scores, groups = score(rules, results(), roster)
    return scores, groups, rank(rules, scores, groups, roster)


def test_points_of_each_criterion(rules: Rules) -> None:
    scores, _groups, _standings = scored(rules)
    assert {unit: list(rows["points"]) for unit, rows in scores.groupby("unit", sort=False)} == POINTS


def test_the_bonus_for_targets_is_cut_at_twenty_points(rules: Rules) -> None:
    _scores, groups, _standings = scored(rules)
    bonus = groups[groups["group"] == "V"].set_index("unit")
    assert bonus["added"].to_dict() == {"a": 0, "b": 0, "c": 24, "d": 14, "e": 0, "f": 0}
    assert bonus["points"].to_dict() == {"a": 0, "b": 0, "c": 20, "d": 14, "e": 0, "f": 0}


def test_totals_and_ranks__and_a_warning_excludes(rules: Rules) -> None:
    _scores, _groups, standings = scored(rules)
    columns = ["unit", "base", "bonus", "penalty", "total", "rank"]
    found: list[tuple[Any, ...]] = list(standings[columns].astype(object).itertuples(index=False, name=None))
    assert [(*each[:-1], None if pd.isna(each[-1]) else each[-1]) for each in found] == STANDINGS
    excluded = standings.set_index("unit")["exclusion"]
    assert {unit for unit, reason in excluded.items() if reason} == {"e"}
    assert "không xét Cờ thi đua và Bằng khen" in excluded["e"]


@pytest.mark.parametrize(
    ("days", "points"), [(0, 0), (4, 0), (5, -5), (9, -5), (10, -10), (14, -10), (15, -20), (100, -20)]
)
def test_late_reports(rules: Rules, days: int, points: float) -> None:
    roster = contest.roster(rules, days_late=dict.fromkeys(ENTERED, days))
    scores, _groups = score(rules, results(), roster)
    assert set(scores.loc[scores["criterion"] == "T3", "points"]) == {points}


def test_why_in_words(rules: Rules) -> None:
    explanations = scored(rules)[0].set_index(["unit", "criterion"])["explanation"]
    assert explanations["d", "V3"] == (
        "Thực hiện 1,95 so với chỉ tiêu 2 (càng ít càng tốt): 2 / 1,95 = 102,56 %, vượt 2 %, "
        "mỗi 1 % thưởng 1 % của 50 điểm chuẩn, tối đa 5: 1 điểm"
    )
    assert explanations["b", "DT1"] == "Loại “B”: 80 % của 40 điểm chuẩn = 32 điểm"
    assert explanations["d", "T3"] == "Chậm 12 ngày, không quá 14 ngày: -10 điểm"
