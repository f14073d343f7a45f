"""Forms of one unit that came at the same moment: the later one counts where that is known, else none of them."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import pytest

from pipeline.outcome import Outcome
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess
from pipeline.state import ledger
from tests.filled import NOW, RULES, UNIT_SHEET, drop, entries, form
from tests.libreoffice import convert, needs_libreoffice

ROUND = RULES.plan.round("tong-ket")
assert ROUND
CONTEXT = RoundContext(RULES, ROUND)


def outcome(inbox: Path, now: dt.datetime = NOW) -> Outcome:
    return assess(CONTEXT, inbox, inbox.parent / "so-cai.sqlite", now).outcome


def signed(day: dt.date | str, actual: float = 95) -> bytes:
    """A form of Thôn 1 that was signed on that day, with that result of KT1."""
    from pipeline.forms.writing.workbook import write_form

    entered = entries("thon", {"KT1": {"actual": actual}})
    entered["unit"] = [{"item": key, "value": value} for key, value in {**UNIT_SHEET, "signed_on": day}.items()]
    target = io.BytesIO()
    write_form(target, CONTEXT, "thon-1", entered)
    return target.getvalue()


def saved(content: bytes, time: str) -> bytes:
    """The same workbook, saved at that time."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + time.encode(), part)
            package.writestr(name, part)
    return target.getvalue()


def statuses(done: Outcome) -> dict[str, str]:
    return dict(zip(done.register["file"], done.register["status"], strict=True))


def codes(done: Outcome) -> list[tuple[str, str]]:
    return list(zip(done.findings["file"], done.findings["code"], strict=True))


BEFORE, AFTER = dt.date(2023, 12, 4), dt.date(2023, 12, 6)
LATER = {  # the later file, and the other one
    "a browser's number": (("thon-1 (1).xlsx", signed(BEFORE, 80)), ("thon-1.xlsx", signed(BEFORE))),
    "signing": (("a.xlsx", signed(AFTER, 80)), ("b.xlsx", signed(BEFORE))),
    "saving": (
        ("a.xlsx", saved(signed(BEFORE, 80), "2023-12-06T09:30:00Z")),
        ("b.xlsx", saved(signed(BEFORE), "2023-12-06T09:29:00Z")),
    ),
    "all three": (
        ("thon-1 sửa lần 2.xlsx", saved(signed(AFTER, 80), "2023-12-06T09:30:00Z")),
        ("thon-1.xlsx", saved(signed(BEFORE), "2023-12-04T09:30:00Z")),
    ),
    "a day of signing that the plan's time does not have is not heard": (
        ("thon-1 (1).xlsx", signed(dt.date(2003, 12, 6), 80)),
        ("thon-1.xlsx", signed(BEFORE)),
    ),
    "a time of saving after the file was seen is not heard": (
        ("thon-1 (1).xlsx", saved(signed(BEFORE, 80), "2023-12-06T09:30:00Z")),
        ("thon-1.xlsx", saved(signed(BEFORE), "2026-11-28T09:30:00Z")),
    ),
}


@pytest.mark.parametrize("case", LATER)
def test_the_later_form_counts_and_that_is_told(tmp_path: Path, case: str) -> None:
    (later, content), (other, other_content) = LATER[case]
    done = outcome(drop(tmp_path / "inbox", {later: content, other: other_content}))
    assert statuses(done) == {later: "accepted_with_warnings", other: "superseded"}
    assert [each for each in codes(done) if each[1] != "date-out-of-year"] == [(later, "same-moment")]
    reason = done.register.set_index("file").at[other, "reason"]
    assert later in reason
    assert "tiếp nhận sau" not in reason


UNCLEAR = {
    "nothing says which": (("a.xlsx", signed(BEFORE, 80)), ("b.xlsx", signed(BEFORE))),
    "numbers of another meaning": (("Thon 1.xlsx", signed(BEFORE, 80)), ("Thon 2.xlsx", signed(BEFORE))),
    "name against signing": (("thon-1 (1).xlsx", signed(BEFORE, 80)), ("thon-1.xlsx", signed(AFTER))),
    "name against saving": (
        ("thon-1 - Copy.xlsx", saved(signed(BEFORE, 80), "2023-12-05T00:00:00Z")),
        ("thon-1.xlsx", saved(signed(BEFORE), "2023-12-06T00:00:00Z")),
    ),
    "signing against saving": (
        ("a.xlsx", saved(signed(BEFORE, 80), "2023-12-06T00:00:00Z")),
        ("b.xlsx", saved(signed(AFTER), "2023-12-05T00:00:00Z")),
    ),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_where_nothing_says_which_is_later_none_counts_and_both_are_asked_about(tmp_path: Path, case: str) -> None:
    files = dict(UNCLEAR[case])
    done = outcome(drop(tmp_path / "inbox", files))
    assert statuses(done) == dict.fromkeys(files, "returned")
    assert sorted(codes(done)) == sorted((file, "unclear-order") for file in files)
    one, other = files
    messages = done.findings.set_index("file")["message"]
    assert other in messages[one]
    assert one in messages[other]
    thon_1 = done.roster.set_index("unit").loc["thon-1"]
    assert (thon_1["state"], thon_1["file"]) == ("to_correct", "")
    assert thon_1["returned_file"] in files


def test_the_same_entries_are_no_conflict(tmp_path: Path) -> None:
    numbers = {"KT1": {"actual": "95,0", "target": 100}}
    typed = saved(form("thon-1", numbers), "2023-12-05T00:00:00Z")  # other bytes, a number typed as text
    done = outcome(drop(tmp_path / "inbox", {"a.xlsx": form("thon-1"), "b.xlsx": typed}))
    assert sorted(statuses(done).values()) == ["accepted", "superseded"]
    assert "same-moment" not in done.findings["code"].tolist()
    superseded = done.register.loc[done.register["status"] == "superseded", "reason"].item()
    assert "số liệu giống tệp" in superseded


def test_of_three_the_one_later_than_both_counts(tmp_path: Path) -> None:
    files = {
        "thon-1.xlsx": signed(BEFORE, 70),
        "thon-1 (1).xlsx": signed(BEFORE, 80),
        "thon-1 (2).xlsx": signed(BEFORE, 90),
    }
    done = outcome(drop(tmp_path / "inbox", files))
    assert statuses(done) == {
        "thon-1 (1).xlsx": "superseded",
        "thon-1 (2).xlsx": "accepted_with_warnings",
        "thon-1.xlsx": "superseded",
    }


def test_a_form_known_before_is_earlier_and_counts_while_later_ones_are_unclear(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {"z.xlsx": signed(AFTER, 70)})
    first = assess(CONTEXT, inbox, tmp_path / "so-cai.sqlite", NOW)
    ledger.remember(tmp_path / "so-cai.sqlite", ledger.round_key(CONTEXT), first.newly_seen)
    drop(inbox, {"a.xlsx": signed(BEFORE, 80), "b.xlsx": signed(BEFORE, 90)})
    done = outcome(inbox, NOW + dt.timedelta(hours=1))
    assert statuses(done) == {"a.xlsx": "returned", "b.xlsx": "returned", "z.xlsx": "accepted"}
    assert done.roster.set_index("unit").at["thon-1", "file"] == "z.xlsx"
    (inbox / "b.xlsx").unlink()
    done = outcome(inbox, NOW + dt.timedelta(hours=1))
    assert statuses(done) == {"a.xlsx": "to_decide", "z.xlsx": "accepted"}  # seen later, but signed earlier
    (inbox / "a.xlsx").unlink()
    drop(inbox, {"c.xlsx": signed(AFTER, 90)})
    done = outcome(inbox, NOW + dt.timedelta(hours=1))
    assert statuses(done) == {"c.xlsx": "accepted", "z.xlsx": "superseded"}  # what was seen later is later
    assert done.register.set_index("file").at["z.xlsx", "reason"] == "được thay bằng tệp c.xlsx tiếp nhận sau"


def test_of_a_right_form_and_a_wrong_one_the_wrong_one_goes_back_unless_it_is_the_older(tmp_path: Path) -> None:
    wrong = form("thon-1", {"KT1": {"actual": "không rõ"}})
    for right_name, wrong_name, returned in (
        ("thon-1.xlsx", "thon-1 (1).xlsx", "thon-1 (1).xlsx"),
        ("thon-1 (1).xlsx", "thon-1.xlsx", ""),
        ("a.xlsx", "b.xlsx", "b.xlsx"),
        ("b.xlsx", "a.xlsx", "a.xlsx"),
    ):
        inbox = drop(tmp_path / right_name / wrong_name, {right_name: form("thon-1"), wrong_name: wrong})
        done = outcome(inbox)
        thon_1 = done.roster.set_index("unit").loc["thon-1"]
        assert (thon_1["file"], thon_1["returned_file"]) == (right_name, returned)
        reason = done.register.set_index("file").at[wrong_name, "reason"]
        assert reason.endswith(f"Phiếu đang được tính là {right_name}")


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=needs_libreoffice) for kind in ("ods", "xls")])
def test_the_time_of_saving_is_read_in_every_kind_of_workbook(tmp_path: Path, kind: str) -> None:
    from pipeline.intake.last_saved import last_saved

    source = tmp_path / "a.xlsx"
    source.write_bytes(saved(form("thon-1"), "2023-12-06T09:30:00Z"))
    (converted,) = convert(source, kind, tmp_path / "saved")
    found = last_saved(converted.read_bytes(), kind)
    assert found
    assert found.replace(tzinfo=None) == dt.datetime(2023, 12, 6, 9, 30)  # conversion leaves the time as it is


def test_the_time_of_saving_of_no_workbook_is_unknown() -> None:
    from pipeline.intake.last_saved import last_saved

    content = form("thon-1")
    assert last_saved(content, "xlsx") == dt.datetime.combine(ROUND.opens, dt.time(), dt.UTC)  # ours, as issued
    for wrong in (b"", b"PK", content[:5000], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)):
        assert [last_saved(wrong, kind) for kind in ("xlsx", "xls", "ods")] == [None] * 3
    assert last_saved(saved(content, "gestern"), "xlsx") is None
