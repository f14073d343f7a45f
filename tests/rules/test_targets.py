"""Whose target counts, for each unit and criterion."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from pipeline.rules.rubric import Criterion
from pipeline.rules.targets import RUBRIC_TARGETS, Target, TargetSource


def criterion(**keys: object) -> Criterion:
    return Criterion.model_validate({"code": "A", "name": "A", "points": 10, "score": {"method": "ratio"}} | keys)


def test_a_target_in_the_rubric_is_every_unit_s() -> None:
    common = criterion(target="97.5")
    assert RUBRIC_TARGETS.of("thon-1", common) == Target(TargetSource.COMMON, Decimal("97.5"))
    assert RUBRIC_TARGETS.given(["thon-1", "thon-2"], common).tolist() == [97.5, 97.5]


def test_without_one_the_unit_types_its_own() -> None:
    own = criterion()
    assert RUBRIC_TARGETS.of("thon-1", own) == Target(TargetSource.OWN)
    assert RUBRIC_TARGETS.of("thon-1", own).is_typed
    assert np.isnan(RUBRIC_TARGETS.given(["thon-1"], own)).all()


def test_nobody_types_one_where_the_method_looks_at_none__or_another_row_has_it() -> None:
    for none in (criterion(score={"method": "yes_no"}), criterion(of="B"), criterion(source="council")):
        assert RUBRIC_TARGETS.of("thon-1", none) == Target(TargetSource.NONE)
        assert np.isnan(RUBRIC_TARGETS.given(["thon-1"], none)).all()
