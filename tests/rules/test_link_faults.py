"""References between the rows of a rubric that lead nowhere: each told with file, line and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import i18n
from tests.rule_texts import assert_problems, marked, problems, write, year

T = "blocs/thon.yaml"
LATE = "source: days_late"  # the key of P1 that the cases below replace


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use_language("en")
    yield
    i18n.use_language(i18n.DEFAULT_LANGUAGE)


BONUS = """\
    - code: V
      name: Điểm thưởng
      kind: bonus
      points: 5
      criteria:
        - code: V1
          name: Vượt thu
          points: 4
          {of}
          score: {{method: over_target_bonus, zero_target: none{more}}}{mark}
    - code: P
"""


def bonus(of: str, more: str = "", mark: str = "") -> tuple[str, str, str]:
    return (T, "    - code: P\n", BONUS.format(of=of, more=more, mark=mark))


WRONG = {
    "of: no such criterion": [(T, LATE, "of: KT9  # <-- there is no criterion KT9 | use one of: KT1, KT2")],
    "of: a choice": [(T, LATE, "of: TD1  # <-- in criterion TD1 units enter no result as a number | of: KT1, KT2")],
    "of: itself": [(T, LATE, "of: P1  # <-- P1 has no values of its own, it takes those of P1 | one of: KT1, KT2")],
    "of: another that takes values": [
        (T, LATE, "of: V1  # <-- V1 has no values of its own, it takes those of KT1 | use one of: KT1, KT2"),
        bonus("of: KT1"),
    ],
    "of: with a target of its own": [
        bonus("of: KT1\n          target: 9  # <-- the target is that of KT1 | remove target")
    ],
    "of: from a row without a target": [bonus("of: P1  # <-- criterion P1 has no target | use one of: KT1, KT2")],
    "of: and of_points too": [
        bonus("of: KT1", ", of_points: 40", "  # <-- must say of which | without of_points"),
    ],
    "a bonus of no criterion": [
        bonus("unit: x", "", "  # <-- must say of which | write of: and that criterion's code")
    ],
    "a bonus of more points than it rewards": [
        (T, "points: 40", "points: 3"),
        (T, "points: 70", "points: 33"),
        (T, "total: 100", "total: 63"),
        (T, "{name: Tốt, from: 80,", "{name: Tốt, from: 50,"),
        bonus("of: KT1", "", "  # <-- can be 4 points, more than the 3 points of the criterion | 10 % of 3"),
    ],
    "only_if: no such criterion": [
        (
            T,
            LATE,
            LATE + "\n          only_if: {criterion: KT9}  # <-- there is no criterion KT9 | one of: KT1, KT2, TD1",
        )
    ],
    "only_if: no base group": [
        (T, LATE, LATE + "\n          only_if: {group: P}  # <-- there is no group P | use one of: I, II")
    ],
    "only_if: nothing named": [
        (T, LATE, LATE + "\n          only_if: {reaches: 3}  # <-- names one criterion or one group | {criterion: KT1")
    ],
    "only_if: a condition on a condition": [
        (
            T,
            LATE,
            LATE + "\n          only_if: {group: I}  # <-- depends on a condition: KT1 | has no condition itself",
        ),
        (T, "points: 40", "points: 40\n          only_if: {criterion: TD1}"),
    ],
    "only_if: on itself": [
        (
            T,
            "points: 40",
            "points: 40\n          only_if: {criterion: KT1}  # <-- a condition: KT1 | no condition itself",
        ),
    ],
    "only_if: what takes points off": [
        (
            T,
            LATE,
            LATE + "\n          only_if: {criterion: P1}  # <-- P1 takes points off, and reaches none | that gives",
        ),
    ],
    "only_if: what the council gives": [
        (T, LATE, LATE + "\n          only_if: {criterion: KT1}  # <-- points of KT1 are the council's | are computed"),
        (T, "points: 40", "points: 40\n          source: council"),
        (T, "score: {method: ratio, zero_target: none}", "score: {method: appraised}"),
    ],
    "only_if: a group to which the council adds": [
        (T, LATE, LATE + "\n          only_if: {group: I}  # <-- points of KT1 are the council's | are computed"),
        (T, "points: 40", "points: 40\n          source: council"),
        (T, "score: {method: ratio, zero_target: none}", "score: {method: appraised}"),
    ],
    "council: on a condition": [
        (
            T,
            "points: 40",
            "points: 40\n          source: council\n          only_if: {criterion: TD1}  # <-- points of KT1 | remove",
        ),
        (T, "score: {method: ratio, zero_target: none}", "score: {method: appraised}"),
    ],
    "an exclusion by a number that nobody enters": [
        (
            T,
            "criterion: TD1, one_of: [Cảnh cáo]}",
            "criterion: TD1, at_least: 1}  # <-- no result as a number in criterion TD1 | the answer by one_of",
        ),
    ],
    "only_if: more than there is": [
        (T, LATE, LATE + "\n          only_if: {criterion: KT1, reaches: 50}  # <-- 50 points can never | 40 or less")
    ],
    "only_if: neither points nor full": [
        (T, LATE, LATE + "\n          only_if: {criterion: KT1, reaches: all}  # <-- “all” is not a number | 2.5")
    ],
    "lowest in a penalty group": [
        (T, LATE, LATE + "\n          lowest: -2  # <-- “points” already says how much | remove lowest")
    ],
    "a level below the lowest": [
        (
            T,
            "{name: Cảnh cáo, points: 0}",
            "{name: Cảnh cáo, points: -2}  # <-- -2 points are below the lowest of the criterion, 0 | lowest: -2 in",
        )
    ],
    "not_for: no such unit": [
        (T, LATE, LATE + "\n          not_for: [thon-9]  # <-- there is no unit thon-9 in this bloc | thon-1, thon-2")
    ],
    "council: a method that computes": [
        (T, "points: 40", "points: 40\n          source: council  # <-- no unit enters anything | method appraised")
    ],
    "an exclusion by what only the council gives": [
        (T, "points: 40", "points: 40\n          source: council"),
        (T, "score: {method: ratio, zero_target: none}", "score: {method: appraised}"),
        (
            T,
            "criterion: TD1, one_of: [Cảnh cáo]}",
            "criterion: KT1, at_least: 1}  # <-- no unit answers criterion KT1 | a criterion that units answer",
        ),
    ],
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_reference_is_told_with_file_line_and_remedy(
    tmp_path: Path, changes: list[tuple[str, str, str]]
) -> None:
    texts = year(*changes)
    expected = marked(texts)
    assert expected, "the case has no mark"
    folder = write(tmp_path / "2023", texts)
    assert_problems(problems(folder), folder, expected)


RIGHT = {
    "a bonus of another criterion": [bonus("of: KT1")],
    "a condition on a group": [(T, LATE, LATE + "\n          only_if: {group: II, reaches: 20}")],
    "a level below 0": [
        (T, "{name: Cảnh cáo, points: 0}", "{name: Cảnh cáo, points: -2}"),
        (T, "name: Kỷ luật\n          points: 30", "name: Kỷ luật\n          points: 30\n          lowest: -2"),
    ],
    "not for a unit": [(T, "points: 40", "points: 40\n          not_for: [thon-2]")],
}


@pytest.mark.parametrize("changes", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_reference_passes(tmp_path: Path, changes: list[tuple[str, str, str]]) -> None:
    assert problems(write(tmp_path / "2023", year(*changes))) == []


def test_a_unit_to_which_no_standard_points_apply(tmp_path: Path) -> None:
    closed = "\n          not_for: [thon-2]\n"
    texts = year(
        (T, "points: 40\n", f"points: 40{closed}"),
        (T, "points: 30\n          target", f"points: 30{closed}          target"),
        (T, "points: 30\n          score", f"points: 30{closed}          score"),
        (T, "name: Thôn 2}", "name: Thôn 2}  # <-- no standard points apply to unit thon-2 | take it out of not_for"),
    )
    folder = write(tmp_path / "2023", texts)
    assert_problems(problems(folder), folder, marked(texts))
