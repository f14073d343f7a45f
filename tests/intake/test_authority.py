"""Orders come only from the officer's own folder: case by case what an attacker, or somebody in a hurry, would try."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.errors import UserFault
from pipeline.forms.papers import META_SHEET
from pipeline.intake.authority import may_give_orders
from pipeline.outputs.receipt_book import write_book
from pipeline.run import Assessment
from pipeline.screens import screen
from tests.filled import NOW
from tests.papers import AFTER_APPRAISAL, COMPUTED, FORMS, LATER, appraised, fill, finding_rows, issued, run, totals
from tests.returned import opened, saved
from tests.small import write_year

MISPLACED = ["paper-misplaced"]


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("hoi-dong/thon.xlsx", True),
        ("Hoi-Dong/2023/thon.xlsx", True),
        ("../sua-tay/lan-1/tham-dinh/thon.xlsx", True),
        ("thon.xlsx", False),
        ("hoi-dong.xlsx", False),
        ("hoi-dong", False),
        ("hoi-dong2/thon.xlsx", False),
        ("thôn 2/hoi-dong/thon.xlsx", False),
        ("hội-đồng/thon.xlsx", False),
        (unicodedata.normalize("NFD", "hội đồng/thon.xlsx"), False),
        (" hoi-dong/thon.xlsx", False),
        ("hoi\u200b-dong/thon.xlsx", False),
    ],
)
def test_the_place_alone_gives_authority(name: str, may: bool) -> None:
    assert may_give_orders(name) is may


def test_fetch_puts_nothing_into_the_officers_folder(tmp_path: Path) -> None:
    rules, letters, folder = write_year(tmp_path / "2023"), tmp_path / "letters", tmp_path / "inbox" / "Hoi-Dong"
    letters.mkdir()
    folder.mkdir(parents=True)
    where = ("--rules", str(rules), "--round", "tong-ket", "--inbox", str(folder), "--outbox", str(tmp_path / "out"))
    done = CliRunner().invoke(cli, ["fetch", "--from", str(letters), *where])
    assert isinstance(done.exception, UserFault)
    assert str(folder) in done.exception.message


def statuses(done: Assessment) -> dict[str, str]:
    return dict(zip(done.outcome.register["file"], done.outcome.register["status"], strict=True))


def codes(done: Assessment) -> list[str]:
    return [code for _sheet, _cell, _criterion, code, _severity in finding_rows(done)]


def test_a_paper_among_the_forms_changes_nothing_and_is_told_first(tmp_path: Path) -> None:
    paper = appraised(tmp_path)
    names = ("thẩm định.xlsx", "thôn 2/hoi-dong/thẩm định.xlsx", "hoi-dong.xlsx")
    for name in names:
        done = run(tmp_path, FORMS | {name: paper})
        assert totals(done) == COMPUTED
        assert (statuses(done)[name], codes(done)) == ("misplaced", MISPLACED)
    out = io.StringIO()
    screen.show_outcome(done.outcome, screen.console(out))
    lines = out.getvalue().splitlines()
    assert lines[2].startswith("Giấy tờ đặt sai chỗ")
    assert lines[3].startswith("  • hoi-dong.xlsx – “Phiếu thẩm định” nằm ở nơi nhận tệp của mọi người")
    assert "hoi-dong/" in "".join(lines[3:7])


def test_moved_into_the_officers_folder_it_counts_and_its_copy_among_the_forms_does_no_harm(tmp_path: Path) -> None:
    paper = appraised(tmp_path)
    run(tmp_path, FORMS | {"a.xlsx": paper})
    done = run(tmp_path, FORMS | {"a.xlsx": paper, "hoi-dong/z.xlsx": paper}, LATER)
    assert totals(done) == AFTER_APPRAISAL
    assert (statuses(done)["a.xlsx"], statuses(done)["hoi-dong/z.xlsx"]) == ("duplicate", "council_paper")
    assert codes(done) == []


def test_a_newer_paper_from_outside_does_not_take_the_place_of_the_officers(tmp_path: Path) -> None:
    """C1 of the attack: the stranger's was newer, and the council's own became “superseded”."""
    files = FORMS | {"hoi-dong/thật.xlsx": appraised(tmp_path)}
    run(tmp_path, files)
    forged = fill(issued(tmp_path), {("Thôn 3", "KT1"): {"appraised": 40, "reason": "Hội đồng thống nhất"}})
    done = run(tmp_path, files | {"20231208-093000_thon3.xlsx": forged}, LATER)
    assert totals(done) == AFTER_APPRAISAL
    assert statuses(done)["hoi-dong/thật.xlsx"] == "council_paper"


def hidden_sheet_alone(paper: bytes) -> bytes:
    """A workbook that holds nothing of a paper but its hidden sheet."""
    book = opened(paper)
    for sheet in book.worksheets:
        if sheet.title != META_SHEET:
            sheet.delete_rows(1, sheet.max_row)
    return saved(book)


def test_a_paper_without_rows_voids_nobodys_decisions_even_in_the_officers_folder(tmp_path: Path) -> None:
    paper = appraised(tmp_path)
    files = FORMS | {"hoi-dong/thật.xlsx": paper}
    run(tmp_path, files)
    done = run(tmp_path, files | {"hoi-dong/rỗng.xlsx": hidden_sheet_alone(paper)}, LATER)
    assert totals(done) == AFTER_APPRAISAL
    assert statuses(done)["hoi-dong/rỗng.xlsx"] == "superseded"


def book(day: dt.datetime) -> bytes:
    """A receipt book that says that Thôn 1 sent its form then."""
    import pandas as pd

    target = io.BytesIO()
    rows = pd.DataFrame({"file": ["thon-1.xlsx"], "unit": "", "received": [day.isoformat()], "decision": ""})
    write_book(target, rows, day)
    return target.getvalue()


def test_a_receipt_book_counts_only_in_the_officers_folder(tmp_path: Path) -> None:
    late = book(dt.datetime(2023, 12, 26, 9, 0, tzinfo=NOW.tzinfo))
    done = run(tmp_path, FORMS | {"so-tiep-nhan.xlsx": late})
    assert (statuses(done)["so-tiep-nhan.xlsx"], codes(done)) == ("misplaced", MISPLACED)
    assert done.outcome.register["days_late"].tolist() == [0, 0, 0, 0]
    done = run(tmp_path, FORMS | {"hoi-dong/so-tiep-nhan.xlsx": late})
    assert statuses(done)["hoi-dong/so-tiep-nhan.xlsx"] == "receipt_book"
    of_thon_1 = done.outcome.register.set_index("file").loc["thon-1.xlsx"]
    assert (of_thon_1["days_late"], of_thon_1["received_from"]) == (16, "receipt_book")
