"""Numbers and days that can be read and are hardly meant: what is asked about, and what is let alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.checking.suspicious import OTHERS, medians_of_others
from pipeline.checking.tidying import tidy
from pipeline.checking.validation import validate
from pipeline.findings.finding import Finding, message
from pipeline.findings.frame import rows
from pipeline.intake.recognition import Submission
from pipeline.rules.round_context import RoundContext
from tests.returned import REGISTRATION, RULES, YEAR_END, Place, at, findings, sent

KT1, KT2 = ("results", "KT1", "actual"), ("results", "KT2", "actual")
TARGET, TARGET_2 = ("results", "KT1", "target"), ("results", "KT2", "target")
COST, PEOPLE = ("models", 1, "cost"), ("movements", "PT1", "participants")
SIGNED, NAME = ("unit", "signed_on", "value"), ("individual_awards", 1, "name")


def bloc(changes: dict[Place, Any], of_others: dict[Place, Any] | None = None, units: int = 5) -> list[Submission]:
    """The forms of so many units of a bloc, the first with ``changes``; each proposes a person of its own."""
    numbers = range(1, units + 1)
    return [
        sent({NAME: f"Người {n}"} | (of_others or {}) | (changes if n == 1 else {}), unit=f"thon-{n}") for n in numbers
    ]


def odd(changes: dict[Place, Any], of_others: dict[Place, Any] | None = None, units: int = 5) -> list[Finding]:
    """What is said of the first unit's form; of the others' nothing is."""
    found = findings(*bloc(changes, of_others, units))
    assert {each.unit for each in found} <= {"thon-1"}
    return found


def placed(found: list[Finding]) -> list[tuple[str, str, str]]:
    return sorted((each.sheet, each.cell, each.code.value) for each in found)


# --- others' numbers ----------------------------------------------------------------------------------


def test_target_and_result_a_thousand_times_the_others_are_both_asked_about() -> None:
    found = odd({TARGET: 300_000, KT1: 310_000})
    assert placed(found) == sorted([at(TARGET, "far-above-others"), at(KT1, "far-above-others")])
    result = next(each for each in found if each.cell == at(KT1, "")[1])
    assert (result.facts["times"], result.facts["median"], result.facts["example"]) == ("1.000", "310", "310")
    assert message(result) == (
        "Trang “Tự chấm”, ô F8 (KT1): số 310.000 gấp khoảng 1.000 lần mức của các đơn vị khác (phần lớn quanh 310); "
        "nếu số này ghi theo nghìn đồng thì là 310 triệu đồng. Đề nghị kiểm tra lại số liệu và đơn vị tính "
        "(triệu đồng); ví dụ ghi: 310."
    )


@pytest.mark.parametrize(
    ("typed", "code", "meant", "words"),
    [
        (310e6, "far-above-others", "310", "nếu số này ghi theo đồng thì là 310 triệu đồng"),
        (93_000, "far-above-others", "93", "gấp khoảng 300 lần"),
        (92_999, "", "", ""),
        (0.31, "far-below-others", "310", "nếu số này ghi theo tỷ đồng thì là 310 triệu đồng"),
        (1.04, "", "", ""),
        (0, "", "", ""),
    ],
)
def test_a_result_is_compared_with_the_median_of_the_others(typed: float, code: str, meant: str, words: str) -> None:
    """Without a target near by, which would speak first: the same slip in both."""
    found = [each for each in odd({TARGET: typed, KT1: typed}) if each.cell == at(KT1, "")[1]]
    assert [(each.code.value, each.facts["example"]) for each in found] == [(code, meant)] * bool(code)
    assert all(words in message(each) for each in found)


def test_far_from_its_target_and_from_the_others_is_said_once() -> None:
    assert placed(odd({KT1: 310_000})) == [at(KT1, "far-from-target")]


@pytest.mark.parametrize(("units", "asked"), [(1, False), (3, False), (4, True)])
def test_nothing_is_compared_where_few_others_have_a_number(units: int, asked: bool) -> None:
    assert bool(odd({TARGET: 300_000, KT1: 310_000}, units=units)) is asked
    assert odd({COST: 25_000_000}, units=units) != [] if asked else odd({COST: 25_000_000}, units=units) == []


def test_several_files_of_one_unit_are_no_others() -> None:
    forms = [sent({COST: 25_000_000 if n else 25}, file=f"{n}.xlsx") for n in range(6)]
    assert findings(*forms) == []


def test_half_of_the_others_with_the_same_slip_hide_nothing_of_the_first_ones() -> None:
    forms = [
        sent({NAME: f"Người {n}", TARGET: 300 * 1000 ** (n < 3), KT1: 310 * 1000 ** (n < 3)}, unit=f"thon-{n}")
        for n in range(1, 6)
    ]
    assert {each.unit for each in findings(*forms)} == {"thon-1", "thon-2"}


@pytest.mark.parametrize(("place", "typed", "meant"), [(COST, 25e6, "25"), (COST, 25e3, "25"), (PEOPLE, 120e3, "120")])
def test_columns_without_criteria_are_compared_as_well(place: Place, typed: float, meant: str) -> None:
    (found,) = odd({place: typed})
    assert (found.sheet, found.cell, found.code.value) == at(place, "far-above-others")
    assert found.facts["example"] == meant


def test_a_cost_without_others_in_the_bloc_is_compared_with_all_units() -> None:
    """Three of a bloc have a cost, so each has two others in it; with the unit of the other bloc they are three."""
    units = ["thon-1", "thon-2", "thon-3", "thcs"]
    assert [RULES.units[unit][0].code for unit in units] == ["thon", "thon", "thon", "truong-hoc"]
    blank: dict[Place, Any] = {("results", code, "actual"): "" for code in ("KT1", "KT2")}
    forms = [sent({NAME: f"Người {n}", COST: 25e6 if n == 0 else 25}, unit=unit) for n, unit in enumerate(units[:3])]
    assert "far-above-others" not in {each.code.value for each in findings(*forms)}
    other = sent(blank, unit="thon-4")
    other.unit, other.bloc, other.file = "thcs", "truong-hoc", "thcs.xlsx"
    assert [each.unit for each in findings(*forms, other) if each.code.value == "far-above-others"] == ["thon-1"]


def test_a_count_is_given_no_unit_of_measure() -> None:
    """1 case or 2; a unit types 1001."""
    t1 = ("results", "T1", "actual")
    (found,) = odd({t1: 1001}, {t1: 2})
    assert (found.sheet, found.cell, found.code.value) == at(t1, "far-above-others")
    assert (found.facts["guess"], found.facts["example"]) == ("", "2")


def test_a_share_among_percentages_is_asked_about_where_target_and_result_agree() -> None:
    """95 % and 97 % typed as 0.95 and 0.97 are noted as perhaps right; beside the others' 95 and 97 they are not."""
    found = odd({TARGET_2: 0.95, KT2: 0.97}, {TARGET_2: 95, KT2: 97})
    in_words = rows(found)[["cell", "code", "severity"]]
    assert in_words.to_numpy().tolist() == [
        [at(TARGET_2, "")[1], "maybe-share", "warning"],
        [at(KT2, "")[1], "maybe-share", "warning"],
    ]
    assert [message(each) for each in found if each.cell == at(KT2, "")[1]][-1].startswith(
        "Trang “Tự chấm”, ô F9 (KT2): “0,97” được đọc là 0,97 %; nếu số đúng là 97 %"
    )


def test_a_small_percentage_that_cannot_be_a_share_is_let_alone() -> None:
    """110 % is more than this criterion can have, so 1.1 among 97s is no share of 110 %."""
    assert odd({TARGET_2: 1.2, KT2: 1.1}, {TARGET_2: 95, KT2: 97}) == []


# --- days ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (44562, "01/01/2022"),
        (45275, "15/12/2023"),
        (45657, "31/12/2024"),
        (44561, ""),
        (45658, ""),
        (45275.5, ""),
    ],
)
def test_a_days_serial_number_is_asked_about_at_its_cell(typed: float, day: str) -> None:
    codes = {each.code.value: each.facts.get("day") for each in findings(sent({KT1: typed}))}
    assert codes == ({"date-serial": day} if day else {"far-from-target": None})
    of_cost = [(each.code.value, each.facts["day"]) for each in findings(sent({COST: typed}))]
    assert of_cost == [("date-serial", day)] * bool(day)


def test_a_number_of_the_size_of_its_target_or_of_the_others_is_no_day() -> None:
    assert findings(sent({TARGET: 44_000, KT1: 45_275})) == []
    assert findings(*bloc({COST: 45_275}, {COST: 60_000})) == []


def test_a_thousandfold_that_would_be_a_day_is_told_as_what_it_is_among_the_others() -> None:
    found = odd({TARGET: 45_000, KT1: 45_000}, {TARGET: 45, KT1: 44})
    assert {each.code.value for each in found} == {"far-above-others"}
    of_persons = odd({PEOPLE: 45_275})  # of whom there are no 45,275 thousandths
    assert placed(of_persons) == [at(PEOPLE, "date-serial")]


# --- the day of signing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed", "received", "code"),
    [
        (dt.date(2023, 12, 5), dt.datetime(2023, 12, 5, 0, 0), ""),
        (dt.date(2023, 12, 5), dt.datetime(2023, 12, 4, 23, 59), "signed-after-receipt"),
        (dt.date(2023, 11, 15), dt.datetime(2023, 12, 4), ""),
        (dt.date(2023, 11, 14), dt.datetime(2023, 12, 4), "signed-before-opening"),
        (dt.date(2022, 12, 5), dt.datetime(2023, 12, 4), "date-out-of-year"),
        (dt.date(2025, 12, 5), dt.datetime(2023, 12, 4), "date-out-of-year"),
    ],
)
def test_a_form_is_signed_between_the_rounds_opening_and_its_receipt(
    signed: dt.date, received: dt.datetime, code: str
) -> None:
    form, context = sent({SIGNED: signed}), RoundContext(RULES, YEAR_END)
    times = {form.file: received.replace(tzinfo=RULES.plan.zone).astimezone(dt.UTC)}
    found = validate(tidy([form], context), context, times)
    assert placed(found) == [at(SIGNED, code)] * bool(code)


def test_each_round_has_its_own_opening() -> None:
    form = sent({SIGNED: dt.date(2023, 3, 1)}, of=REGISTRATION)
    assert [each.code.value for each in findings(form, of=REGISTRATION)] == []


# --- all values ---------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("uvwxyz"), st.sampled_from([0.0, 1.0, 2.5, 7.0, 1e6, np.nan])),
        max_size=20,
    )
)
def test_medians_are_those_of_the_other_units_alone(numbers: list[tuple[str, str, float]]) -> None:
    frame = pd.DataFrame(numbers, columns=["alike", "unit", "value"]).astype({"value": float})
    found = medians_of_others(frame["value"], frame["unit"], frame["alike"])
    for (alike, unit, value), median in zip(numbers, found, strict=True):
        of_others: dict[str, list[float]] = {}
        for other_alike, other, number in numbers:
            if other_alike == alike and other != unit and number > 0:
                of_others.setdefault(other, []).append(number)
        own = any(each[:2] == (alike, unit) and each[2] > 0 for each in numbers)
        each = sorted(float(np.median(of_one)) for of_one in of_others.values())
        middles = [each[(len(each) - 1) // 2], each[len(each) // 2]] if len(each) >= OTHERS else []
        if own and value > 0 and middles:
            assert median == min(middles, key=lambda middle: max(middle / value, value / middle))
        else:
            assert np.isnan(median) or median in middles
