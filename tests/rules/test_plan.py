"""The year's plan: which round is open when, until when a form is in time, and where a unit is told apart."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from pipeline.rules.plan import Plan
from tests.small import PLAN

HOME = ZoneInfo("Asia/Ho_Chi_Minh")


def plan(**changes: object) -> Plan:
    return Plan.model_validate(PLAN | changes)


def rounds(*spans: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"code": code, "name": code, "kind": "so-ket", "opens": opens, "due": due} for code, opens, due in spans]


YEAR = plan(
    rounds=rounds(
        ("dang-ky", "2023-02-20", "2023-03-15"),
        ("chuyen-de", "2023-06-01", "2023-07-31"),
        ("so-ket", "2023-06-15", "2023-07-10"),
    )
)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2023-01-01T08:00:00+07:00", "dang-ky"),  # none has opened: the first
        ("2023-02-20T00:00:00+07:00", "dang-ky"),  # opens at midnight here
        ("2023-03-15T23:59:59+07:00", "dang-ky"),
        ("2023-05-01T08:00:00+07:00", "dang-ky"),  # none is open: the one that opened last
        ("2023-06-14T16:59:59+00:00", "chuyen-de"),  # still the 14th here, one second to midnight
        ("2023-06-14T17:00:00+00:00", "so-ket"),  # the 15th here: two are open, the later one counts
        ("2023-07-11T08:00:00+07:00", "chuyen-de"),  # opened earlier, but still open
        ("2024-01-01T08:00:00+07:00", "so-ket"),
    ],
)
def test_the_round_at_a_moment(now: str, expected: str) -> None:
    assert YEAR.round_at(dt.datetime.fromisoformat(now)).code == expected


def test_a_form_is_in_time_until_the_due_time_of_the_commune_s_own_zone() -> None:
    changed = plan(rounds=[*rounds(("a", "2023-02-20", "2023-03-15"))])
    assert changed.due_moment(changed.rounds[0]) == dt.datetime(2023, 3, 15, 10, 0, tzinfo=dt.UTC)  # 17:00 at +07:00
    early = plan(rounds=[rounds(("a", "2023-02-20", "2023-03-15"))[0] | {"due_time": "11:30"}])
    assert early.due_moment(early.rounds[0]) == dt.datetime(2023, 3, 15, 11, 30, tzinfo=HOME)


def test_rounds_by_code__and_whether_they_are_scored() -> None:
    year = plan()
    registration, closing = year.round("dang-ky"), year.round("tong-ket")
    assert registration is not None
    assert closing is not None
    assert (registration.kind.ranked, closing.kind.ranked) == (False, True)
    assert year.round("TONG-KET") is None


@pytest.mark.parametrize("code", ["thon-1", "A", "1.2", "x" * 31])
def test_a_code_that_can_name_a_file(code: str) -> None:
    assert plan(code=code).code == code


@pytest.mark.parametrize("code", ["", "thôn", "a b", "../a", "a/b", ".an", "an.", "-a", "a-", "x" * 32, "a\n", "CON:"])
def test_a_code_that_cannot(code: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        plan(code=code)
    assert [each["loc"] for each in wrong.value.errors()] == [("code",)]


def test_names_are_stripped__and_a_plan_cannot_be_changed() -> None:
    year = plan(commune="  Xã Mẫu ")
    assert year.commune == "Xã Mẫu"
    with pytest.raises(ValidationError):
        year.year = 2024  # type: ignore[misc]
