"""A clock that goes back makes no corrected form older than the one it corrects, and is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipeline.cli.workplace import Workplace, print_clock_warning
from pipeline.intake import first_seen
from pipeline.intake.receipts import KnownTimes
from pipeline.intake.received import ReceivedFile
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess
from pipeline.state import ledger
from tests.filled import NOW, RULES, drop, form

SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)
ROUND = RULES.plan.round("tong-ket")
assert ROUND
CONTEXT = RoundContext(RULES, ROUND)
KEY = ledger.round_key(CONTEXT)


def file(name: str) -> ReceivedFile:
    return ReceivedFile(name, size=1, sha256=name)


def test_what_is_new_of_a_unit_came_after_what_was_known_of_it() -> None:
    known = KnownTimes({"old": NOW + HOUR, "other": NOW - HOUR, "paper": NOW + DAY, "gone": NOW + 9 * DAY}, {}, NOW)
    units = {"old": "a", "new": "a", "other": "b", "newer": "b", "first": "c"}
    names = ("old", "new", "other", "newer", "first", "paper", "new paper")
    times = first_seen.completed(known, map(file, names), units).seen
    assert {name: times[name] - NOW for name in names} == {
        "old": HOUR,
        "new": HOUR + SECOND,
        "other": -HOUR,
        "newer": 0 * HOUR,
        "first": 0 * HOUR,  # another unit's clock says nothing of it
        "paper": DAY,
        "new paper": DAY + SECOND,
    }


def test_a_run_of_the_same_moment_sees_at_the_same_moment() -> None:
    times = first_seen.completed(KnownTimes({"old": NOW}, {}, NOW), [file("old"), file("new")], {}).seen
    assert times == {"old": NOW, "new": NOW}


def test_the_corrected_form_counts_though_the_clock_went_back_between_them(tmp_path: Path) -> None:
    book = tmp_path / "so-cai.sqlite"
    inbox = drop(tmp_path / "inbox", {"cu.xlsx": form("thon-1", {"KT1": {"actual": 50}})})
    ledger.remember(book, KEY, assess(CONTEXT, inbox, book, NOW).newly_seen)
    drop(inbox, {"moi.xlsx": form("thon-1", {"KT1": {"actual": 60}})})
    for now in (NOW - DAY, NOW + DAY):  # and it stays so when the clock is right again
        assessment = assess(CONTEXT, inbox, book, now)
        ledger.remember(book, KEY, assessment.newly_seen)
        register = assessment.outcome.register.set_index("file")
        assert register["status"].to_dict() == {"cu.xlsx": "superseded", "moi.xlsx": "accepted"}
        assert register.at["moi.xlsx", "received"] == (NOW + SECOND).isoformat()


@pytest.mark.parametrize(("behind", "told"), [(dt.timedelta(minutes=4), 0), (dt.timedelta(minutes=6), 1), (-DAY, 0)])
def test_a_clock_behind_the_ledger_is_told_with_both_times(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], behind: dt.timedelta, told: int
) -> None:
    book = tmp_path / "so-cai.sqlite"
    workplace = Workplace(CONTEXT, tmp_path, tmp_path, book, NOW - behind)
    print_clock_warning(workplace)
    assert (book.exists(), capsys.readouterr().err) == (False, "")
    ledger.remember(book, KEY, [("aa", "thon-1.xlsx", NOW)])
    print_clock_warning(workplace)
    shown = capsys.readouterr().err
    assert (shown.count("Cảnh báo"), shown.count("09:24"), shown.count("09:30")) == (told, told, told)
