"""A bloc's rubric as data: what must be filled in, how codes are found. What can be wrong: tests/rules/test_year.py."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pipeline.methods.method import Scale
from pipeline.rules.rubric import Bloc, Criterion, CriterionGroup
from pipeline.rules.rubric_faults import bloc_faults
from tests.small import THON, TRUONG

BLOC = Bloc.model_validate(THON)


def group(kind: str, **criterion: Any) -> CriterionGroup:
    base: dict[str, Any] = {"code": "A", "name": "A", "points": 5, "score": {"method": "appraised"}}
    content = {"code": "G", "name": "G", "kind": kind, "points": 5, "criteria": [base | criterion]}
    return CriterionGroup.model_validate(content)


@pytest.mark.parametrize("bloc", [THON, TRUONG], ids=lambda bloc: bloc["code"])
def test_the_small_year_of_the_other_tests_is_sound(bloc: dict[str, Any]) -> None:
    assert list(bloc_faults(Bloc.model_validate(bloc), 2)) == []


def test_criteria_by_code__in_the_rubrics_order__each_with_its_group() -> None:
    assert [(code, group.code) for code, (group, _criterion) in BLOC.rubric.criteria.items()] == [
        ("KT1", "I"),
        ("KT2", "I"),
        ("VH1", "II"),
        ("VH2", "II"),
        ("VH3", "II"),
        ("AN1", "II"),
        ("TD1", "II"),
        ("T1", "T"),
        ("T2", "T"),
        ("P1", "P"),
        ("P2", "P"),
    ]
    kinds = ("base", "bonus", "penalty")
    assert [[each.code for each in BLOC.rubric.groups_of(kind)] for kind in kinds] == [["I", "II"], ["T"], ["P"]]


@pytest.mark.parametrize(
    ("kind", "criterion", "required"),
    [
        ("base", {}, True),
        ("bonus", {}, False),
        ("penalty", {}, False),
        ("base", {"required": False}, False),
        ("penalty", {"required": True}, True),
        ("base", {"source": "days_late", "required": True}, False),  # the system fills it in
    ],
)
def test_a_blank_entry_is_an_error_where_0_would_be_an_answer(
    kind: str, criterion: dict[str, Any], required: bool
) -> None:
    made = group(kind, **criterion)
    assert made.requires(made.criteria[0]) is required


def test_a_method_knows_the_standard_points__the_decimals_and_whether_points_are_taken_off() -> None:
    made = group("penalty", points=2.5)
    assert made.scale(made.criteria[0], 1) == Scale(Decimal("2.5"), 1, penalty=True)


def test_points_are_exact_decimals() -> None:
    criterion = Criterion.model_validate(
        {"code": "A", "name": "A", "points": 0.1, "score": {"method": "per_case", "each": 0.3}}
    )
    assert criterion.points + criterion.points + criterion.points == Decimal("0.3")
