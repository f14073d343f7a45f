"""Total and rank by each of the scores, worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from pipeline.ranking import standings as ranking
from pipeline.ranking.side_by_side import side_by_side
from pipeline.rules.year import Rules
from pipeline.scoring import points as scoring
from pipeline.scoring.points import points_that_count
from pipeline.tables import SideBySide, empty
from tests.contest import BASE, Claims, contest, group, results, roster

Judged = dict[tuple[str, str, str], float]
"""Unit, criterion and step -> points."""
STEPS = ("claimed_", "computed_", "appraised_", "")


def found(rules: Rules, claims: Claims, judged: Judged, **where: Any) -> dict[str, list[tuple[float, Any]]]:
    """Unit -> total and rank by each step, without the appraisal where it is blank; else NaN and None where blank."""
    units = roster(rules, **where)
    scores, _groups = scoring.score(rules, results(claims), units)
    for (unit, criterion, step), points in judged.items():
        scores.loc[(scores["unit"] == unit) & (scores["criterion"] == criterion), step] = points
    scores = scores.assign(points=points_that_count(scores))
    standings = ranking.rank(rules, scores, scoring.add_up(rules, scores), units)
    table = side_by_side(rules, scores, units, standings)
    return {
        row["unit"]: [
            (row[f"{step}total"], None if pd.isna(row[f"{step}rank"]) else row[f"{step}rank"])
            for step in STEPS
            if not (step == "appraised_" and _blank(row))
        ]
        for row in table.to_dict("records")
    }


def _blank(row: dict[Any, Any]) -> bool:
    return math.isnan(row["appraised_total"]) and pd.isna(row["appraised_rank"])


CLAIMS: Claims = {"a": {"A": 60, "B": 30}, "b": {"A": 50, "B": 35}, "c": {"A": 45, "B": 25}}


def test_every_step_has_its_total_and_rank() -> None:
    judged: Judged = {
        ("a", "A", "appraised"): 50,  # a: 80 instead of 90
        ("c", "B", "appraised"): 40,  # c: 85 as b has, who keep sharing rank 1
        ("a", "B", "decided"): 40,  # a: 50 + 40
        ("c", "B", "decided"): 40,
    }
    assert found(contest(list(CLAIMS)), CLAIMS, judged) == {
        "a": [(90, 1), (90, 1), (80, 3), (90, 1)],
        "b": [(85, 2), (85, 2), (85, 1), (85, 2)],
        "c": [(70, 3), (70, 3), (85, 1), (85, 2)],
    }


def test_what_units_claim_is_told_apart_from_what_is_computed() -> None:
    claims: Claims = {"a": {"A": 50, "B": 40}, "b": {"A": 49, "B": 40}}
    judged: Judged = {("b", "A", "claimed"): 51.5, ("a", "A", "appraised"): 50}  # as if 49 had been computed from 51.5
    assert found(contest(["a", "b"]), claims, judged) == {
        "a": [(90, 2), (90, 1), (90, 1), (90, 1)],
        "b": [(91.5, 1), (89, 2), (89, 2), (89, 2)],
    }


def test_points_taken_off_are_claimed_with_or_without_a_minus() -> None:
    groups = [*BASE, group("P", {"P1": 5}, kind="penalty")]
    claims: Claims = {"a": {"A": 60, "P1": 2}, "b": {"A": 60, "P1": -3}}
    table = found(contest(["a", "b"], groups=groups), claims, {})
    assert [table["a"][0], table["b"][0]] == [(58, 1), (57, 2)]


def test_a_step_that_nobody_took_is_blank_and_so_is_a_unit_that_did_not_send() -> None:
    table = found(contest(["a", "b"]), {"a": {"A": 60}}, {}, state={"b": "not_sent"})
    assert table["a"] == [(60, 1), (60, 1), (60, 1)]
    assert all(math.isnan(total) and rank is None for total, rank in table["b"])


def test_a_round_without_points_has_no_rows() -> None:
    nothing = empty(SideBySide)
    assert side_by_side(contest(["a"]), nothing, nothing, nothing).empty
