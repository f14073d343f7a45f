"""A form takes the place of one that counts only where nothing speaks against it, or where the officer says so."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from pathlib import Path

import pandas as pd
import pytest

from pipeline.intake.receipts import KnownTimes
from pipeline.outcome import Outcome
from pipeline.outputs.receipt_book import write_book
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.run import assess_received, take_all
from pipeline.screens import screen
from tests.filled import RULES, drop, form
from tests.register.test_same_moment import AFTER, BEFORE, ROUND, signed, statuses

assert ROUND
ZONE = RULES.plan.zone
DUE = RULES.plan.due_moment(ROUND)
IN_TIME, LATE = DUE - dt.timedelta(days=1), DUE + dt.timedelta(hours=1)
FIRST, SECOND = form("thon-1"), form("thon-1", {"KT1": {"target": 100, "actual": 80}})
OWN, STRANGER, OTHER_UNIT = "thon-1@xa.example", "thon1@evil.example", "thon-2@xa.example"


def with_addresses(*units: str) -> Rules:
    """The rules, with the addresses of these units."""
    import copy

    rules = copy.deepcopy(RULES)
    for code in units:
        object.__setattr__(rules.units[code][1], "email", f"{code}@xa.example")
    return rules


def decided(file: str, word: str) -> bytes:
    """The officer's receipt book with a decision about a file and nothing else."""
    target = io.BytesIO()
    rows = pd.DataFrame({"file": [file], "unit": "", "received": "", "decision": word})
    write_book(target, rows, dt.datetime(2023, 12, 8))
    return target.getvalue()


def outcome(
    folder: Path,
    files: dict[str, bytes],
    times: dict[str, dt.datetime],
    mailed_by: dict[str, str] | None = None,
    rules: Rules = RULES,
) -> Outcome:
    """What a run makes of these files, which came at these times, some of them by mail. ``times``: by file."""
    inbox = drop(folder / "inbox", files)
    shas = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    senders = {shas[name]: sender for name, sender in (mailed_by or {}).items()}
    seen = {shas[name]: time for name, time in times.items()}
    mailed = {sha: seen[sha] for sha in senders}
    assert ROUND
    taken = take_all(inbox, rules.plan.limits)
    return assess_received(RoundContext(rules, ROUND), taken, KnownTimes(seen, mailed, LATE, senders)).outcome


def why(done: Outcome, file: str = "b.xlsx") -> str:
    return str(done.register.set_index("file").at[file, "reason"])


def test_a_late_form_never_silently_replaces_one_in_time(tmp_path: Path) -> None:
    done = outcome(tmp_path, {"a.xlsx": FIRST, "b.xlsx": SECOND}, {"a.xlsx": IN_TIME, "b.xlsx": LATE})
    assert statuses(done) == {"a.xlsx": "accepted", "b.xlsx": "to_decide"}
    assert why(done).startswith(
        "Phiếu này chưa thay a.xlsx (đang được tính): phiếu này đến sau hạn, phiếu kia đến đúng hạn."
    )
    of_thon_1 = done.roster.set_index("unit").loc["thon-1"]
    assert (of_thon_1["file"], of_thon_1["days_late"], of_thon_1["returned_file"]) == ("a.xlsx", 0, "")
    out = io.StringIO()
    screen.show_outcome(done, screen.console(out))
    assert "• b.xlsx – Phiếu này chưa thay a.xlsx" in out.getvalue()


@pytest.mark.parametrize(
    ("word", "expected"),
    [("yes", {"a.xlsx": "superseded", "b.xlsx": "accepted"}), ("no", {"a.xlsx": "accepted", "b.xlsx": "superseded"})],
)
def test_the_officers_word_decides(tmp_path: Path, word: str, expected: dict[str, str]) -> None:
    files = {"a.xlsx": FIRST, "b.xlsx": SECOND, "hoi-dong/so-tiep-nhan.xlsx": decided("b.xlsx", word)}
    done = outcome(tmp_path, files, {"a.xlsx": IN_TIME, "b.xlsx": LATE})
    assert statuses(done) == expected | {"hoi-dong/so-tiep-nhan.xlsx": "receipt_book"}
    assert done.register.set_index("file").at["b.xlsx", "decision"] == word
    assert "waits" not in set(done.findings["code"])


def test_a_decision_that_came_among_the_forms_decides_nothing(tmp_path: Path) -> None:
    files = {"a.xlsx": FIRST, "b.xlsx": SECOND, "so-tiep-nhan.xlsx": decided("b.xlsx", "yes")}
    done = outcome(tmp_path, files, {"a.xlsx": IN_TIME, "b.xlsx": LATE})
    assert statuses(done) == {"a.xlsx": "accepted", "b.xlsx": "to_decide", "so-tiep-nhan.xlsx": "misplaced"}


def test_two_late_forms_and_a_late_one_after_a_faulty_one_need_nobodys_word(tmp_path: Path) -> None:
    later = {"a.xlsx": LATE, "b.xlsx": LATE + dt.timedelta(hours=1)}
    done = outcome(tmp_path / "1", {"a.xlsx": FIRST, "b.xlsx": SECOND}, later)
    assert statuses(done) == {"a.xlsx": "superseded", "b.xlsx": "accepted"}
    faulty = form("thon-1", {"KT1": {"actual": "không rõ"}})
    done = outcome(tmp_path / "2", {"a.xlsx": faulty, "b.xlsx": SECOND}, {"a.xlsx": IN_TIME, "b.xlsx": LATE})
    assert (statuses(done)["b.xlsx"], done.roster.set_index("unit").at["thon-1", "file"]) == ("accepted", "b.xlsx")


HOUR = dt.timedelta(hours=1)
BOTH_IN_TIME = {"a.xlsx": IN_TIME, "b.xlsx": IN_TIME + HOUR}


@pytest.mark.parametrize(
    ("known", "senders", "waits"),
    [
        # the rules know the unit's address
        (["thon-1"], {"a.xlsx": OWN, "b.xlsx": OWN}, False),
        (["thon-1"], {"b.xlsx": OWN}, False),
        (["thon-1"], {"a.xlsx": OWN, "b.xlsx": STRANGER}, True),
        (["thon-1"], {"b.xlsx": STRANGER}, True),
        (["thon-1", "thon-2"], {"a.xlsx": OWN, "b.xlsx": OTHER_UNIT}, True),
        (["thon-1"], {"a.xlsx": STRANGER, "b.xlsx": STRANGER}, False),  # the address that it always used
        (["thon-1"], {"a.xlsx": STRANGER, "b.xlsx": "x@evil.example"}, True),
        (["thon-1"], {"a.xlsx": OWN}, False),  # brought by hand
        # they do not: its letters so far are all there is
        ([], {"a.xlsx": OWN, "b.xlsx": OWN}, False),
        ([], {"a.xlsx": OWN, "b.xlsx": f"Thôn 1 <{OWN.upper()}>"}, False),
        ([], {"a.xlsx": OWN, "b.xlsx": STRANGER}, True),
        ([], {"b.xlsx": STRANGER}, False),
    ],
)
def test_a_form_from_another_sender_waits(
    tmp_path: Path, known: list[str], senders: dict[str, str], waits: bool
) -> None:
    done = outcome(tmp_path, {"a.xlsx": FIRST, "b.xlsx": SECOND}, BOTH_IN_TIME, senders, with_addresses(*known))
    assert statuses(done)["b.xlsx"] in (("to_decide",) if waits else ("accepted", "accepted_with_warnings"))
    assert ("phiếu này gửi qua thư điện tử từ địa chỉ khác" in why(done)) is waits


def test_a_strangers_faulty_form_does_not_go_back_to_the_unit_in_the_offices_name(tmp_path: Path) -> None:
    files = {"a.xlsx": FIRST, "b.xlsx": form("thon-1", {"KT1": {"actual": "Đăng nhập tại http://evil.example"}})}
    rules = with_addresses("thon-1")
    done = outcome(tmp_path / "1", files, BOTH_IN_TIME, {"a.xlsx": OWN, "b.xlsx": STRANGER}, rules)
    assert done.roster.set_index("unit").at["thon-1", "returned_file"] == ""
    done = outcome(tmp_path / "2", files, BOTH_IN_TIME, {"a.xlsx": OWN, "b.xlsx": OWN}, rules)
    assert done.roster.set_index("unit").at["thon-1", "returned_file"] == "b.xlsx"


def test_a_form_that_was_signed_earlier_waits(tmp_path: Path) -> None:
    files = {"a.xlsx": signed(AFTER, 95), "b.xlsx": signed(BEFORE, 90)}
    done = outcome(tmp_path, files, BOTH_IN_TIME)
    assert statuses(done) == {"a.xlsx": "accepted", "b.xlsx": "to_decide"}
    assert "phiếu này ký ngày 04/12/2023, phiếu kia ký ngày 06/12/2023" in why(done)


def test_the_next_form_that_nothing_speaks_against_settles_it(tmp_path: Path) -> None:
    files = {"a.xlsx": signed(AFTER, 95), "b.xlsx": signed(BEFORE, 90), "c.xlsx": signed(AFTER, 85)}
    done = outcome(tmp_path, files, BOTH_IN_TIME | {"c.xlsx": IN_TIME + 2 * HOUR})
    assert statuses(done) == {"a.xlsx": "superseded", "b.xlsx": "superseded", "c.xlsx": "accepted"}
    assert "waits" not in set(done.findings["code"])
