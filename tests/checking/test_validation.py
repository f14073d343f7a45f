"""The schemas tell every mistake at its cell, whatever else is wrong beside it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.findings.finding import Severity
from tests import small
from tests.columns import at as column_at
from tests.returned import (
    RULES,
    SHEETS,
    YEAR_END,
    Place,
    at,
    cell,
    checked,
    finding_places,
    findings,
    line,
    sent,
)

MISTAKES: dict[Place, tuple[Any, str]] = {
    ("unit", "filled_by", "value"): ("", "blank-required"),
    ("unit", "filled_position", "value"): ("x" * 101, "too-long"),
    ("unit", "phone", "value"): ("0" * 31, "too-long"),
    ("unit", "signer", "value"): ("  ", "blank-required"),
    ("unit", "signed_on", "value"): (dt.date(2022, 12, 5), "date-out-of-year"),
    ("results", "KT1", "target"): (-1, "too-low"),
    ("results", "KT1", "actual"): ("", "blank-required"),
    ("results", "KT2", "target"): ("", "blank-required"),
    ("results", "KT2", "actual"): (101, "too-high"),
    ("results", "VH1", "actual"): (2, "far-from-target"),
    ("results", "VH2", "actual"): ("", "blank-required"),
    ("results", "VH3", "actual"): ("Chưa", "not-in-list"),
    ("results", "AN1", "actual"): (1.5, "not-whole"),
    ("results", "TD1", "claimed"): (12, "over-points"),
    ("results", "TD1", "evidence"): ("", "no-evidence"),
    ("results", "T1", "actual"): ("vài", "not-a-number"),
    ("results", "T2", "note"): ("x" * 501, "too-long"),
    ("models", 1, "kind"): ("", "blank-required"),
    ("models", 1, "content"): ("x" * 1001, "too-long"),
    ("models", 1, "cost"): (-25, "too-low"),
    ("models", 2, "name"): ("", "blank-required"),
    ("models", 2, "kind"): ("Công trình", ""),
    ("models", 2, "content"): ("Đèn đường", ""),
    ("movements", "PT1", "participants"): (12.5, "not-whole"),
    ("collective_awards", 1, "name"): ("Tổ 1", ""),
    ("collective_awards", 1, "award"): ("", "blank-required"),
    ("collective_awards", 1, "achievement"): ("", "blank-required"),
    ("individual_awards", 1, "role"): ("Cả hai", "not-in-list"),
    ("individual_awards", 1, "position"): ("", "blank-required"),
}
"""As many mistakes as fit in one form: what was typed, and the finding that it must give ("": none)."""


def test_a_form_full_of_mistakes_gives_each_of_them_and_nothing_else() -> None:
    form = sent({place: typed for place, (typed, _code) in MISTAKES.items()})
    assert finding_places(form) == sorted(at(place, code) for place, (_typed, code) in MISTAKES.items() if code)


def test_a_text_in_a_column_of_numbers_hides_no_other_mistake_in_it() -> None:
    mistakes = {
        ("results", "KT1", "actual"): "nhiều",
        ("results", "KT2", "actual"): 101,
        ("results", "AN1", "actual"): 1.5,
    }
    assert finding_places(sent(mistakes)) == sorted(
        [
            at(("results", "KT1", "actual"), "not-a-number"),
            at(("results", "KT2", "actual"), "too-high"),
            at(("results", "AN1", "actual"), "not-whole"),
        ]
    )


def test_a_blank_is_told_as_a_blank_alone() -> None:
    blanks = {place: "" for place in MISTAKES if place[0] == "results" and place[2] in ("actual", "claimed")}
    required = {place: "" for place in blanks if place[1] not in ("T1", "P2")}
    assert finding_places(sent(blanks)) == sorted(at(place, "blank-required") for place in required)


def test_two_mistakes_in_one_cell_are_both_told_each_once() -> None:
    place = ("results", "AN1", "actual")
    assert finding_places(sent({place: -1.5})) == sorted([at(place, "not-whole"), at(place, "too-low")])


def test_a_bonus_left_blank_is_no_mistake_and_its_target_is_asked_for_once_there_is_a_result() -> None:
    bonus = {
        "code": "T9",
        "name": "Vận động thêm",
        "unit": "triệu đồng",
        "points": 2,
        "score": {"method": "ratio", "zero_target": "none"},
    }
    thon = small.THON | {"rubric": small.THON["rubric"] | {"groups": [*small.THON["rubric"]["groups"]]}}
    groups = thon["rubric"]["groups"]
    groups[2] = groups[2] | {"criteria": [*groups[2]["criteria"], bonus]}
    rules = small.rules(thon)
    form = sent()
    table = form.form.tables["results"]
    assert finding_places(form, rules=rules) == [(SHEETS["results"], "", "missing-row")]
    table.rows.append((40, line(table, criterion="T9", max_points=2.0)))
    assert finding_places(form, rules=rules) == []
    table.rows[-1] = (40, line(table, criterion="T9", max_points=2.0, actual=3.0))
    assert finding_places(form, rules=rules) == [(SHEETS["results"], column_at("target", 40), "blank-required")]


@pytest.mark.parametrize(
    ("factor", "target", "actual", "warned"),
    [
        (20, 10, 200, False),
        (20, 10, 201, True),
        (20, 200, 10, False),
        (20, 201, 10, True),
        (2, 10, 21, True),
        (20, 0, 500, False),  # nothing to measure against
        (20, 300, 0, False),  # nothing done is said often enough
    ],
)
def test_a_result_far_from_its_target_by_the_plans_factor(
    factor: int, target: float, actual: float, warned: bool
) -> None:
    rules = small.rules(plan={"suspicious_factor": Decimal(factor)})
    form = sent({("results", "KT1", "target"): target, ("results", "KT1", "actual"): actual})
    assert finding_places(form, rules=rules) == [at(("results", "KT1", "actual"), "far-from-target")] * warned


def test_a_result_a_thousandfold_too_large_is_told_in_multiples_and_with_the_unit_of_measure() -> None:
    (found,) = findings(sent({("results", "KT1", "actual"): 310_000}))
    assert found.weight() is Severity.WARNING
    assert found.facts == {"ratio": "1.033 lần", "expected": "300", "measure": "triệu đồng"}


def test_evidence_is_asked_for_only_beside_points() -> None:
    claimed, evidence = ("results", "TD1", "claimed"), ("results", "TD1", "evidence")
    assert finding_places(sent({evidence: ""})) == [at(evidence, "no-evidence")]
    assert finding_places(sent({evidence: "", claimed: 0})) == []


def test_points_may_be_claimed_up_to_the_standard() -> None:
    claimed = ("results", "TD1", "claimed")
    assert finding_places(sent({claimed: 10})) == []
    assert finding_places(sent({claimed: 10.01})) == [at(claimed, "over-points")]
    assert finding_places(sent({claimed: -0.5})) == [at(claimed, "too-low")]


def test_at_least_one_model() -> None:
    fields = ("kind", "name", "content", "cost")
    form = sent({("models", 1, field): "" for field in fields})
    assert finding_places(form) == [at(("models", 1, "kind"), "too-few-rows")]
    form.form.tables["models"].rows.clear()
    assert finding_places(form) == [at(("models", 1, "kind"), "too-few-rows")]


def test_a_row_that_was_begun_must_be_finished() -> None:
    asked = {("individual_awards", 5, field) for field in ("position", "role", "award", "achievement")}
    form = sent({("individual_awards", 5, "name"): "Phạm Thị Mẫu"})
    assert finding_places(form) == sorted(at(place, "blank-required") for place in asked)


def test_days_of_the_year_and_of_the_quarter_after_it_are_in_time() -> None:
    place = ("unit", "signed_on", "value")
    for day in (YEAR_END.opens, dt.date(2024, 3, 31)):
        assert finding_places(sent({place: day})) == []
    assert finding_places(sent({place: dt.date(2023, 1, 1)})) == [at(place, "signed-before-opening")]
    for day in (dt.date(2022, 12, 31), dt.date(2024, 4, 1)):
        assert finding_places(sent({place: day})) == [at(place, "date-out-of-year")]


# --- all units at once ----------------------------------------------------------------------------------


def test_each_table_is_validated_once_for_all_units(monkeypatch: pytest.MonkeyPatch) -> None:
    forms = [sent({("results", "AN1", "actual"): -n}, file=f"thon-1 ({n}).xlsx") for n in range(40)]
    calls = []
    validate = pa.DataFrameSchema.validate

    def counted(self: Any, frame: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(len(frame))
        return validate(self, frame, *args, **kwargs)

    monkeypatch.setattr(pa.DataFrameSchema, "validate", counted)
    monkeypatch.delenv("THIDUA_CHECK_FRAMES")
    found = findings(*forms)
    tables_with_rows = 5  # no collectives are proposed
    assert len(calls) == tables_with_rows
    assert len(found) == 39


SINGLE = {place: pair for place, pair in MISTAKES.items() if pair[1] and place[0] != "collective_awards"}
SINGLE = {place: pair for place, pair in SINGLE.items() if place[:2] != ("models", 2)}


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 29), st.sampled_from(sorted(SINGLE, key=str)))
def test_one_mistake_among_thirty_forms_is_found_at_its_file_and_cell(which: int, place: Place) -> None:
    typed, code = SINGLE[place]
    files = [f"{n % 3}/phieu-{n}.xlsx" for n in range(30)]
    person: Place = ("individual_awards", 1, "name")
    forms = [
        sent({person: f"Người thứ {n % 5}"} | ({place: typed} if n == which else {}), f"thon-{1 + n % 5}", file)
        for n, file in enumerate(files)
    ]
    found = [(each.file, each.unit, each.cell, each.code.value) for each in findings(*forms)]
    assert found == [(files[which], f"thon-{1 + which % 5}", cell(place), code)]


def test_frames_of_a_form_full_of_mistakes_still_keep_every_row_that_can_count() -> None:
    form = sent({place: typed for place, (typed, _code) in MISTAKES.items()})
    results = checked(form)[0].frames["results"]
    assert len(results) == len(RULES.blocs[0].rubric.criteria)
    assert YEAR_END.kind.asks_results


def test_a_number_in_a_text_cell_is_noted_only_where_it_had_to_be_understood() -> None:
    plain, spelled = ({("results", "KT1", "actual"): typed} for typed in ("92,5", "92.5"))
    assert [each.code for each in findings(sent(plain))] == []
    assert [each.code.value for each in findings(sent(spelled))] == ["number-noted"]
