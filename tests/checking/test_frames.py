"""Frames within checking are what they are declared to be, and no stage changes what it is given."""

from __future__ import annotations

import pandas as pd
import pytest
from pandera.errors import SchemaError

from pipeline.checking.criterion_facts import criterion_facts
from pipeline.checking.frames import RAW, CriterionFacts
from pipeline.checking.rows import known_rows, places_of, raw_rows
from pipeline.checking.self_scoring import tidy_results
from pipeline.checking.tidying import tidy
from pipeline.checking.validation import validate
from pipeline.forms.declared import RESULTS, TABLES
from pipeline.rules.round_context import RoundContext
from pipeline.rules.targets import RUBRIC_TARGETS
from pipeline.tables import as_declared
from tests.returned import RULES, YEAR_END, sent

CONTEXT = RoundContext(RULES, YEAR_END)
ODD = {
    ("results", "KT1", "target"): "7.100",
    ("results", "VH1", "actual"): 0.92,
    ("results", "VH2", "actual"): "Giỏi",
    ("results", "P1", "actual"): 3,
    ("models", 1, "kind"): "?",
    ("unit", "signed_on", "value"): "31/02/2023",
}


def test_a_border_is_checked_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = criterion_facts(RULES)
    wrong = facts.assign(required="yes")
    with pytest.raises(SchemaError, match="required"):
        as_declared(wrong, CriterionFacts)
    monkeypatch.setenv("THIDUA_CHECK_FRAMES", "0")
    assert as_declared(wrong, CriterionFacts)["required"].eq("yes").all()


def test_a_frame_has_the_declared_columns_and_no_others() -> None:
    raw = raw_rows(RESULTS, [sent()])
    more = as_declared(raw.assign(scratch=1), RAW["results"])
    assert list(more.columns) == list(raw.columns)


def test_no_stage_changes_the_frame_that_it_is_given() -> None:
    forms = [sent(ODD)]
    places, raw = places_of(forms), raw_rows(RESULTS, forms)
    before = raw.copy(deep=True)
    known, _findings = known_rows(RESULTS, raw, places, RULES)
    pd.testing.assert_frame_equal(raw, before)
    before = known.copy(deep=True)
    _results, findings = tidy_results(known, places, RULES, RUBRIC_TARGETS)
    pd.testing.assert_frame_equal(known, before)
    assert {each.code.value for each in findings} == {
        "number-ambiguous",
        "maybe-share",
        "not-in-list",
        "closed-row",
    }
    tidied = tidy(forms, CONTEXT)
    frames = {code: frame.copy(deep=True) for code, frame in tidied.frames.items()}
    validate(tidied, CONTEXT)
    for table in TABLES:
        pd.testing.assert_frame_equal(tidied.frames[table.code], frames[table.code])
