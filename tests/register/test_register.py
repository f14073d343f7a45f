"""Whose form is it, is it for this round, and which file of a unit counts."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.register.register import days_late, strays
from pipeline.register.roster import turnout
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess
from pipeline.screens import screen
from pipeline.text import natural_order
from tests.filled import NOW, RULES, drop, form
from tests.small import THON, TRUONG
from tests.small import rules as small_rules

ROUND = RULES.plan.round("tong-ket")
assert ROUND


def register(inbox: Path, now: dt.datetime = NOW) -> dict[str, str]:
    """File -> status."""
    assert ROUND
    frame = assess(RoundContext(RULES, ROUND), inbox, inbox.parent / "none.sqlite", now).outcome.register
    return dict(zip(frame["file"], frame["status"], strict=True))


def changed_rules(**plan: Any) -> Any:
    return small_rules(plan=plan)


OTHERS = {
    "another-plan.xlsx": (form("thon-1", rules=changed_rules(code="KH-KHAC")), "wrong_round"),
    "another-year.xlsx": (form("thon-1", rules=changed_rules(year=2022)), "wrong_round"),
    "another-round.xlsx": (form("thon-1", of="dang-ky"), "wrong_round"),
    "unknown-unit.xlsx": (
        form("thon-9", rules=small_rules({**THON, "units": [{"code": "thon-9", "name": "Thôn 9"}]}, TRUONG)),
        "unknown_unit",
    ),
    "older-version.xlsx": (form("thon-1"), "old_version"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_forms_that_do_not_belong_here_are_told_apart(tmp_path: Path, name: str) -> None:
    content, status = OTHERS[name]
    inbox = drop(tmp_path / "inbox", {name: content})
    rules = RULES
    if status == "old_version":
        rounds = [{**each, "form_version": 2} for each in _rounds()]
        rules = changed_rules(rounds=rounds)
    of = rules.plan.round("tong-ket")
    assert of
    outcome = assess(RoundContext(rules, of), inbox, tmp_path / "none.sqlite", NOW).outcome
    assert outcome.register["status"].tolist() == [status]
    expected = {"another-plan.xlsx": "KH-KHAC", "another-year.xlsx": "2022", "another-round.xlsx": "dang-ky"}
    expected |= {"unknown-unit.xlsx": "thon-9", "older-version.xlsx": "2"}
    assert expected[name] in outcome.register["reason"].iat[0]


def _rounds() -> list[dict[str, Any]]:
    from tests.small import PLAN

    return list(PLAN["rounds"])


def test_a_blank_form_is_told_as_such(tmp_path: Path) -> None:
    from io import BytesIO

    from pipeline.forms.writing.workbook import write_form

    target = BytesIO()
    assert ROUND
    write_form(target, RoundContext(RULES, ROUND), "thon-1")
    assert register(drop(tmp_path / "inbox", {"thon-1.xlsx": target.getvalue()})) == {"thon-1.xlsx": "blank_form"}


BOOK = "hoi-dong/so-tiep-nhan.xlsx"
WRONG = {"KT1": {"actual": "không rõ"}}


def at(hour: int) -> str:
    return dt.datetime(2023, 12, 8, hour, tzinfo=RULES.plan.zone).isoformat()


def received(inbox: Path, hours: dict[str, int]) -> None:
    """A receipt book that says so."""
    from pipeline.outputs.receipt_book import write_book

    frame = pd.DataFrame(
        {"file": list(hours), "unit": "", "received": [at(hour) for hour in hours.values()], "decision": ""}
    )
    (inbox / "hoi-dong").mkdir(exist_ok=True)
    write_book(inbox / "hoi-dong" / "so-tiep-nhan.xlsx", frame, dt.datetime(2023, 12, 8))


def test_the_newest_acceptable_form_counts(tmp_path: Path) -> None:
    files = {"b.xlsx": form("thon-1"), "a.xlsx": form("thon-1", {"KT1": {"actual": 80}})}
    inbox = drop(tmp_path / "inbox", files)
    received(inbox, {"b.xlsx": 8, "a.xlsx": 9})
    assert register(inbox) == {
        "a.xlsx": "accepted",
        "b.xlsx": "superseded",
        BOOK: "receipt_book",
    }
    received(inbox, {"b.xlsx": 9, "a.xlsx": 8})
    assert register(inbox) == {
        "a.xlsx": "superseded",
        "b.xlsx": "accepted",
        BOOK: "receipt_book",
    }


def test_a_newer_form_that_is_returned_does_not_displace_an_accepted_one(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {"tot.xlsx": form("thon-1"), "sai.xlsx": form("thon-1", WRONG)})
    received(inbox, {"tot.xlsx": 8, "sai.xlsx": 9})
    assert ROUND
    outcome = assess(RoundContext(RULES, ROUND), inbox, tmp_path / "none.sqlite", NOW).outcome
    status = dict(zip(outcome.register["file"], outcome.register["status"], strict=True))
    assert (status["tot.xlsx"], status["sai.xlsx"]) == ("accepted", "returned")
    assert "tot.xlsx" in outcome.register.set_index("file").at["sai.xlsx", "reason"]
    thon_1 = outcome.roster.set_index("unit").loc["thon-1"]
    assert (thon_1["state"], thon_1["file"], thon_1["returned_file"]) == ("sent", "tot.xlsx", "sai.xlsx")


def test_a_returned_form_that_was_corrected_is_no_longer_to_correct(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {"sai.xlsx": form("thon-1", WRONG), "tot.xlsx": form("thon-1")})
    received(inbox, {"sai.xlsx": 8, "tot.xlsx": 9})
    assert ROUND
    roster = assess(RoundContext(RULES, ROUND), inbox, tmp_path / "none.sqlite", NOW).outcome.roster.set_index("unit")
    assert (roster.at["thon-1", "state"], roster.at["thon-1", "returned_file"]) == ("sent", "")


def test_the_same_content_twice_is_a_duplicate_of_the_earlier(tmp_path: Path) -> None:
    content = form("thon-1")
    inbox = drop(tmp_path / "inbox", {"thon-1 (10).xlsx": content, "thon-1 (9).xlsx": content})
    assert register(inbox) == {"thon-1 (10).xlsx": "duplicate", "thon-1 (9).xlsx": "accepted"}


def test_files_of_one_moment_are_told_and_the_last_by_name_counts(tmp_path: Path) -> None:
    inbox = drop(
        tmp_path / "inbox",
        {"thon-1 (9).xlsx": form("thon-1"), "thon-1 (10).xlsx": form("thon-1", {"AN1": {"actual": 1}})},
    )
    assert register(inbox) == {"thon-1 (10).xlsx": "accepted_with_warnings", "thon-1 (9).xlsx": "superseded"}


def test_every_file_has_a_row_and_a_reason(tmp_path: Path) -> None:
    files = {f"{n}.bin": bytes([n]) * n for n in range(20)} | {"thon-1.xlsx": form("thon-1")}
    inbox = drop(tmp_path / "inbox", files)
    assert ROUND
    frame = assess(RoundContext(RULES, ROUND), inbox, tmp_path / "none.sqlite", NOW).outcome.register
    assert sorted(frame["file"]) == sorted(files)
    assert frame["reason"].str.len().gt(3).all()


def test_a_minute_late_is_a_day_late() -> None:
    due = dt.datetime(2023, 12, 10, 17, tzinfo=RULES.plan.zone)
    minute, day = dt.timedelta(minutes=1), dt.timedelta(days=1)
    assert [days_late(due + late, due) for late in (-day, 0 * day, minute, day, day + minute, 10 * day)] == [
        0, 0, 1, 1, 2, 10,
    ]  # fmt: skip


def test_days_of_the_calendar_go_by_midnights() -> None:
    due = dt.datetime(2023, 12, 10, 17, tzinfo=RULES.plan.zone)
    received = {"10T17:00": 0, "10T17:01": 1, "11T08:00": 1, "11T23:59": 1, "12T00:00": 2, "20T12:00": 10}
    moments = {day: dt.datetime.fromisoformat(f"2023-12-{day}").replace(tzinfo=RULES.plan.zone) for day in received}
    assert {day: days_late(moment, due, "calendar") for day, moment in moments.items()} == received
    # midnight of the commune, whatever the zone in which the moment is written
    assert days_late(dt.datetime(2023, 12, 11, 17, 0, tzinfo=dt.UTC), due, "calendar") == 2


def test_a_late_unit_has_sent_and_one_that_must_correct_is_not_late() -> None:
    states = ["sent", "sent", "sent", "to_correct", "not_sent", "not_sent"]
    roster = pd.DataFrame({"state": states, "days_late": [0, 1, 30, 0, 0, 0]})
    assert turnout(roster) == (6, 3, 2, 1, 2)
    assert turnout(roster.iloc[:0]) == (0, 0, 0, 0, 0)


def test_a_file_that_does_not_count_is_stray_unless_it_goes_back_to_its_unit() -> None:
    fates = {
        "a.xlsx": "accepted",
        "b.pdf": "not_a_form",
        "c.xlsx": "blank_form",
        "d.xlsx": "blank_form",
        "e.xlsx": "returned",
        "f.xlsx": "superseded",
        "g.part": "waiting",
        "so-tiep-nhan.xlsx": "receipt_book",
    }
    register = pd.DataFrame({"file": fates.keys(), "status": fates.values()})
    roster = pd.DataFrame({"returned_file": ["", "d.xlsx", "e.xlsx"]})
    assert strays(register, roster)["file"].tolist() == ["b.pdf", "c.xlsx", "g.part"]


def test_doubtful_rows_of_the_receipt_book_are_counted_in_register_and_on_screen(tmp_path: Path) -> None:
    from pipeline.outputs.receipt_book import write_book

    inbox = drop(tmp_path / "inbox", {"a.xlsx": form("thon-1")})
    days = {"a.xlsx": "2022-12-08T08:00:00+07:00", "b.xlsx": "2023-12-08T08:00:00+07:00"}  # last year; no such file
    frame = pd.DataFrame({"file": list(days), "unit": "", "received": list(days.values()), "decision": ""})
    (inbox / "hoi-dong").mkdir(exist_ok=True)
    write_book(inbox / "hoi-dong" / "so-tiep-nhan.xlsx", frame, dt.datetime(2023, 12, 8))
    of = RULES.plan.round("tong-ket")
    assert of
    outcome = assess(RoundContext(RULES, of), inbox, tmp_path / "none", NOW).outcome
    reasons = dict(zip(outcome.register["file"], outcome.register["reason"], strict=True))
    assert reasons["hoi-dong/so-tiep-nhan.xlsx"].endswith("; số dòng cần xem lại: 2")
    out = io.StringIO()
    screen.show_outcome(outcome, screen.console(out))
    assert "hoi-dong/so-tiep-nhan.xlsx: 2 điểm cần xem lại" in out.getvalue()


def test_digits_that_are_no_numbers_have_a_place_in_the_order_too() -> None:
    names = ["thon-10", "thon-9", "²", "phieu 2③", "12²3"]
    assert natural_order("12²3") == [(-1, ""), (12, ""), (-1, "²"), (3, ""), (-1, "")]
    assert [name for name in sorted(names, key=natural_order) if name.startswith("thon")] == ["thon-9", "thon-10"]
