"""Promise 12: what a person typed into our own output is never overwritten, and papers among it count.

Every run here is a whole one by the command, on the small year: three forms of one bloc, whose points are worked out in
tests/papers.py: thon-1 95, thon-2 98.6, thon-3 89.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from pipeline import engines
from pipeline.cli import cli
from pipeline.cli.failures import fault_of
from pipeline.errors import EnvironmentFault, ExitCode
from pipeline.rules.limits import DEFAULT_LIMITS
from pipeline.state import handwork
from pipeline.state.outbox import staging
from tests.filled import drop, form
from tests.papers import AFTER_APPRAISAL, APPRAISAL, COMPUTED, FORMS, fill
from tests.places import ROOT
from tests.small import write_year

COUNCIL = {("Thôn 3", "KT1"): {"decided": 40, "reason": "Hội đồng thống nhất"}}  # 89 - 32 + 40 = 97


class Office:
    """A year's rules, an inbox and an outbox, and the command on them. ``hour``: of the run, on 8 December."""

    def __init__(self, folder: Path) -> None:
        self.rules, self.inbox = write_year(folder / "rules" / "2023"), drop(folder / "inbox", FORMS)
        self.outbox, self.kept = folder / "out", folder / "out-sua-tay"

    def command(self, *words: str) -> Result:
        return CliRunner().invoke(cli, words)

    def run(self, hour: int, *more: str) -> str:
        """What a run shows; it ends well."""
        done = self.start(hour, *more)
        assert done.exit_code == 0, done.exception or done.output
        return done.output

    def start(self, hour: int, *more: str, name: str = "run") -> Result:
        where = ("--rules", self.rules, "--round", "tong-ket", "--inbox", self.inbox, "--outbox", self.outbox)
        return self.command(name, *map(str, where), "--now", f"2023-12-08T{hour:02}:00", *more)

    def follows(self) -> None:
        """The outbox follows from inbox, rules and kept papers."""
        done = self.command("verify", str(self.outbox), "--rules", str(self.rules), "--inbox", str(self.inbox))
        assert done.exit_code == 0, done.output

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> bytes:
        """Change a file of the outbox; what then stands in it."""
        path = self.outbox / name
        path.write_bytes(change(path.read_bytes()))
        return path.read_bytes()

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.outbox / "so-lieu" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def totals(self) -> dict[str, tuple[float, int]]:
        rows = self.table("standings")
        return {row["unit"]: (float(row["total"]), int(row["rank"])) for row in rows if row["total"]}

    def statuses(self) -> dict[str, str]:
        return {row["file"]: row["status"] for row in self.table("register")}

    def kept_files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.kept).as_posix(): path.read_bytes() for path in self.kept.rglob("*") if path.is_file()
        }


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """After a first run, at 8 o'clock."""
    office = Office(tmp_path)
    office.run(8)
    assert office.totals() == COMPUTED
    return office


def appraise(paper: bytes) -> bytes:
    return fill(paper, APPRAISAL, who="Nguyễn Văn Mẫu")


def resave(workbook: bytes) -> bytes:
    """Opened in another program and saved, no cell changed."""
    target = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(workbook)).save(target)
    return target.getvalue()


def test_where_nothing_was_changed_nothing_is_kept(office: Office) -> None:
    (office.outbox / "~$xep-hang.xlsx").write_bytes(b"open in Excel")
    (office.outbox / "trang" / "Thumbs.db").write_bytes(b"the system's")
    shown = office.run(9, "--strict")
    assert "sua-tay" not in shown
    assert not office.kept.exists()
    assert not (office.outbox / "~$xep-hang.xlsx").exists()


def test_a_paper_filled_in_where_it_lies_counts_in_that_run_and_in_later_ones(office: Office) -> None:
    typed = office.edit("tham-dinh/thon.xlsx", appraise)
    shown = office.run(9)
    assert "tham-dinh/thon.xlsx: được đọc như tệp trong thư mục inbox" in shown
    assert office.kept_files() == {"lan-1/tham-dinh/thon.xlsx": typed}
    assert office.totals() == AFTER_APPRAISAL
    assert {row["file"] for row in office.table("changes")} == {"../sua-tay/lan-1/tham-dinh/thon.xlsx"}
    office.follows()
    before = (office.outbox / "manifest.json").read_bytes()
    assert "sua-tay" not in office.run(10).partition("Phiếu thẩm định")[0]
    assert (office.outbox / "manifest.json").read_bytes() == before, "same in, same out"
    explained = office.command(
        *("explain", "thon-2", "KT1", "--rules", str(office.rules), "--round", "tong-ket"),
        *("--inbox", str(office.inbox), "--outbox", str(office.outbox)),
    )
    assert "../sua-tay/lan-1/tham-dinh/thon.xlsx" in "".join(explained.output.split())


def test_a_newer_paper_in_the_inbox_replaces_it(office: Office) -> None:
    paper = (office.outbox / "tham-dinh" / "thon.xlsx").read_bytes()
    office.edit("tham-dinh/thon.xlsx", appraise)
    office.run(9)
    drop(
        office.inbox,
        {"hoi-dong/mới.xlsx": fill(paper, {("Thôn 3", "KT1"): {"appraised": 40, "reason": "Bổ sung hồ sơ"}})},
    )
    office.run(10)
    assert office.statuses()["../sua-tay/lan-1/tham-dinh/thon.xlsx"] == "superseded"
    assert office.totals()["thon-3"][0] == 97


def test_a_second_generation_lies_beside_the_first(office: Office) -> None:
    first = office.edit("tham-dinh/thon.xlsx", appraise)
    office.run(9)
    again = {("Thôn 1", "TD1"): {"appraised": 8, "reason": "Xem lại"}}  # 95 - 9 + 8 = 94
    second = office.edit("tham-dinh/thon.xlsx", lambda paper: fill(paper, again))
    office.run(10)
    assert office.kept_files() == {"lan-1/tham-dinh/thon.xlsx": first, "lan-2/tham-dinh/thon.xlsx": second}
    assert office.totals()["thon-1"][0] == 94
    assert office.statuses()["../sua-tay/lan-1/tham-dinh/thon.xlsx"] == "superseded"
    office.follows()


def test_a_paper_that_was_only_opened_and_saved_voids_nobodys_decisions(office: Office) -> None:
    blank = resave((office.outbox / "hoi-dong" / "thon.xlsx").read_bytes())
    decided = fill((office.outbox / "hoi-dong" / "thon.xlsx").read_bytes(), COUNCIL)
    drop(office.inbox, {"hoi-dong/quyết định.xlsx": decided})
    office.run(9)
    assert office.totals()["thon-3"][0] == 97
    office.edit("hoi-dong/thon.xlsx", lambda _paper: blank)
    office.run(10)
    assert office.totals()["thon-3"][0] == 97
    row = next(row for row in office.table("register") if row["file"] == "../sua-tay/lan-1/hoi-dong/thon.xlsx")
    assert row["status"] == "superseded"
    assert (
        row["reason"]
        == "phiếu không có nội dung nào được nhập nên không thay phiếu khác; hoi-dong/quyết định.xlsx được tính"
    )


def test_a_corrected_receipt_book_counts_and_the_inboxs_still_does(office: Office) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Tệp", "Đơn vị", "Ngày", "Giờ"])
    book.active.append(["", "thon-2", dt.date(2023, 12, 6), dt.time(10, 0)])
    (office.inbox / "hoi-dong").mkdir()
    book.save(office.inbox / "hoi-dong" / "so-tiep-nhan.xlsx")
    office.run(9)

    def correct(content: bytes) -> bytes:
        written = openpyxl.load_workbook(io.BytesIO(content))
        sheet = written.active
        row = next(cell.row for cell in sheet["A"] if cell.value == "thon-1.xlsx")
        sheet.cell(row, 3).value, sheet.cell(row, 4).value = dt.datetime(2023, 12, 5), dt.time(15, 30)
        target = io.BytesIO()
        written.save(target)
        return target.getvalue()

    office.edit("so-tiep-nhan.xlsx", correct)
    office.run(10)
    received = {row["file"]: row["received"] for row in office.table("register")}
    assert received["thon-1.xlsx"] == "2023-12-05T15:30:00+07:00"
    assert received["thon-2.xlsx"] == "2023-12-06T10:00:00+07:00"
    assert received["thon-3.xlsx"] == "2023-12-08T08:00:00+07:00"  # when it was first seen, as the book has it
    office.follows()
    # A newer row of the inbox's own book overrules the older book, also one that names the unit and not the file.
    book.active.append(["", "thon-1", dt.date(2023, 12, 4), dt.time(9, 0)])
    book.save(office.inbox / "hoi-dong" / "so-tiep-nhan.xlsx")
    office.run(11)
    received = {row["file"]: row["received"] for row in office.table("register")}
    assert received["thon-1.xlsx"] == "2023-12-04T09:00:00+07:00"


def test_anything_else_is_kept_and_does_not_count(office: Office) -> None:
    typed = {
        "xep-hang.xlsx": office.edit("xep-hang.xlsx", resave),
        "ban-tin.txt": office.edit("ban-tin.txt", lambda text: text + "Thêm một câu.".encode()),
        "ghi chú.docx": b"notes of the council",
        "tham-dinh/biên bản.docx": b"minutes",
        "phan-hoi/phiếu của thôn.xlsx": form("thon-1"),
        "tham-dinh/phiếu của thôn.xlsx": form("thon-1", {"KT1": {"target": 100, "actual": 10}}),
    }
    drop(office.outbox, typed)
    shown = office.run(9)
    assert office.kept_files() == {f"lan-1/{name}": content for name, content in typed.items()}
    for name in typed:
        assert f"  {name}: " in shown
    assert office.totals() == COMPUTED
    assert [name for name in office.statuses() if "sua-tay" in name] == []
    office.follows()


def test_a_link_that_somebody_laid_there_is_kept_as_a_link(office: Office, tmp_path: Path) -> None:
    (tmp_path / "secret.xlsx").write_bytes(b"not in the outbox")
    try:
        (office.outbox / "tham-dinh" / "link.xlsx").symlink_to(tmp_path / "secret.xlsx")
    except OSError:
        pytest.skip("no right to make links")
    office.run(9)
    assert (office.kept / "lan-1" / "tham-dinh" / "link.xlsx").readlink() == tmp_path / "secret.xlsx"
    assert office.statuses()["../sua-tay/lan-1/tham-dinh/link.xlsx"] != "council_paper"


@pytest.mark.parametrize("manifest", [None, b"{ half"], ids=["missing", "unreadable"])
def test_without_a_manifest_the_whole_folder_is_kept(office: Office, manifest: bytes | None) -> None:
    office.edit("xep-hang.xlsx", resave)
    (office.outbox / "manifest.json").unlink()
    if manifest is not None:
        (office.outbox / "manifest.json").write_bytes(manifest)
    before = {
        path.relative_to(office.outbox).as_posix(): path.read_bytes()
        for path in office.outbox.rglob("*")
        if path.is_file() and not path.name.startswith("so-cai.")
    }
    shown = office.run(9)
    assert office.kept_files() == {f"lan-1/{name}": content for name, content in before.items()}
    assert f"… và {len(before) - 10} tệp khác, trong " in shown
    assert office.totals() == COMPUTED


def test_strict_stops_and_names_the_files(office: Office) -> None:
    typed = office.edit("tham-dinh/thon.xlsx", appraise)
    (office.outbox / "ghi chú.txt").write_text("x", encoding="utf-8")
    done = office.start(9, "--strict")
    assert isinstance(done.exception, Exception)
    fault = fault_of(done.exception)
    assert fault.exit_code is ExitCode.RULES_OR_FLAGS
    assert "ghi chú.txt, tham-dinh/thon.xlsx" in fault.message
    assert not office.kept.exists()
    assert (office.outbox / "tham-dinh" / "thon.xlsx").read_bytes() == typed


def test_what_is_saved_while_the_run_is_at_work_is_kept_for_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.outputs import data

    write, typed = data.write, list[bytes]()

    def meanwhile(*given: object) -> None:
        typed.append(office.edit("tham-dinh/thon.xlsx", appraise))
        write(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as during:
        during.setattr(data, "write", meanwhile)
        shown = office.run(9)
    assert "đề nghị chạy lại" in shown
    assert office.kept_files() == {"lan-1/tham-dinh/thon.xlsx": typed[0]}
    assert office.totals() == COMPUTED
    office.run(10)
    assert office.totals() == AFTER_APPRAISAL


def test_what_cannot_be_kept_stops_the_run(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = office.edit("ban-tin.txt", lambda text: text + b"!")

    def refused(*_given: object, **_more: object) -> None:
        raise PermissionError(13, "in use")

    with monkeypatch.context() as during:
        during.setattr(shutil, "copy2", refused)
        done = office.start(9)
    assert isinstance(done.exception, EnvironmentFault)
    assert (office.outbox / "ban-tin.txt").read_bytes() == typed
    office.run(10)
    assert office.kept_files() == {"lan-1/ban-tin.txt": typed}


def test_the_public_set_is_treated_alike(office: Office) -> None:
    office.run(9, "--public")
    public = office.outbox.with_name("out-cong-khai")
    page = next(public.rglob("*.html"))
    page.write_text("changed", encoding="utf-8")
    office.edit("tham-dinh/thon.xlsx", appraise)
    office.run(10, "--public")
    kept = office.outbox.with_name("out-cong-khai-sua-tay")
    assert (kept / "lan-1" / page.relative_to(public)).read_text(encoding="utf-8") == "changed"
    assert (office.kept / "lan-1" / "tham-dinh" / "thon.xlsx").exists()
    assert page.read_text(encoding="utf-8") != "changed"


def test_letters_that_somebody_edited_are_kept(office: Office) -> None:
    drop(office.inbox, {"hỏng.jpg": b"\xff\xd8\xff"})
    office.run(9)
    assert office.start(9, name="remind").exit_code == 0
    folder = office.outbox / "thu"
    first, second = sorted(folder.glob("*.eml"))[:2]
    edited = first.read_bytes() + b"P.S."
    first.write_bytes(edited)
    untouched = second.read_bytes()
    (folder / "riêng.eml").write_bytes(b"of somebody's own")
    assert office.start(10, name="remind").exit_code == 0
    assert office.kept_files() == {f"lan-1/thu/{first.name}": edited}
    assert first.read_bytes() != edited
    assert (folder / "riêng.eml").read_bytes() == b"of somebody's own"
    office.follows()
    office.run(11)
    assert office.kept_files() == {
        f"lan-1/thu/{first.name}": edited,
        "lan-2/thu/riêng.eml": b"of somebody's own",
    }
    assert untouched


def test_forms_that_somebody_filled_in_are_kept_when_they_are_written_anew(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "phieu"
    flags = ("forms", "--rules", str(office.rules), "--round", "tong-ket", "--outbox", str(folder))
    assert office.command(*flags).exit_code == 0
    (folder / "thon" / "thon-1.xlsx").write_bytes(form("thon-1"))
    (folder / "thon" / "của tôi.xlsx").write_bytes(b"of somebody's own")
    done = office.command(*flags)
    kept = folder.with_name("phieu-sua-tay")
    assert [path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()] == [
        "lan-1/thon/thon-1.xlsx"
    ]
    assert (kept / "lan-1" / "thon" / "thon-1.xlsx").read_bytes() == form("thon-1")
    assert "thon/thon-1.xlsx: đã giữ lại ở " in done.output
    assert (folder / "thon" / "của tôi.xlsx").exists()
    assert "giữ lại" not in office.command(*flags).output
    # Of other rules: other bytes, but ours, so nothing is kept.
    plan = office.rules / "plan.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("Thôn 1", "Thôn Một"), encoding="utf-8")
    assert "giữ lại" not in office.command(*flags).output
    assert sorted(each.name for each in kept.iterdir()) == ["lan-1"]


def test_a_rubric_that_somebody_changed_is_kept_when_it_is_exported_anew(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "thang-diem" / "thon.xlsx"
    flags = ("rubric", "export", "thon", "--rules", str(office.rules), "--output", str(file))
    for _time in range(2):
        done = office.command(*flags)
        assert (done.exit_code, "giữ lại" in done.output) == (0, False)
    changed = resave(file.read_bytes())
    file.write_bytes(changed)
    assert "thon.xlsx: đã giữ lại ở " in office.command(*flags).output
    assert (tmp_path / "thang-diem" / "thon-sua-tay" / "lan-1" / "thon.xlsx").read_bytes() == changed
    assert file.read_bytes() != changed


def test_a_copy_is_made_once_however_often_the_run_dies_afterwards(tmp_path: Path) -> None:
    drop(tmp_path / "out", {"a/x.txt": b"1", "y.txt": b"2"})
    kept = tmp_path / "kept"
    first = handwork.keep(tmp_path / "out", ["a/x.txt", "y.txt"], kept)
    assert [(each.file, each.is_new) for each in first] == [("a/x.txt", True), ("y.txt", True)]
    (tmp_path / "out" / "y.txt").write_bytes(b"3")
    drop(kept, {".lan-2.moi/half.txt": b"of a dead run"})
    second = handwork.keep(tmp_path / "out", ["a/x.txt", "y.txt"], kept)
    assert [(each.file, each.is_new) for each in second] == [("a/x.txt", False), ("y.txt", True)]
    assert {path.relative_to(kept).as_posix() for path in kept.rglob("*") if path.is_file()} == {
        "lan-1/a/x.txt",
        "lan-1/y.txt",
        "lan-2/y.txt",
    }


def temporary_folder(_item: int) -> str:
    return tempfile.gettempdir()


def test_temporary_files_of_workers_lie_beside_the_outbox_too(tmp_path: Path) -> None:
    before = tempfile.tempdir
    with staging(tmp_path / "out"):
        folders = set(engines.map_files(temporary_folder, range(4), 2, DEFAULT_LIMITS.of_a_worker))
        assert folders == {str(tmp_path / f".out.tam-{os.getpid()}")}
    assert tempfile.tempdir == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_run_leaves_temporary_files_nowhere_but_beside_the_outbox(tmp_path: Path) -> None:
    """They hold names of persons in plain XML. The process that writes and those that mark forms are watched."""
    year, outbox = write_year(tmp_path / "rules" / "2023"), tmp_path / "office" / "out"
    faulty = {f"thon-{n}.xlsx": form(f"thon-{n}", {"KT1": {"actual": "x"}}) for n in (1, 2, 3)}
    inbox, temporary = drop(tmp_path / "inbox", faulty), tmp_path / "tmp"
    temporary.mkdir()
    flags = ["--rules", year, "--round", "tong-ket", "--inbox", inbox, "--outbox", outbox, "--jobs", "2"]
    command = [sys.executable, "-m", "pipeline", "run", *map(str, flags), "--now", "2023-12-08T09:30"]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    for part in (0, 2):
        seen = set[str]()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=environment) as killed:
            while killed.poll() is None and len(seen) < 1 + 4 * part:  # at the first of them, or the ninth
                seen |= {each.name for each in outbox.parent.glob(".out.tam-*/*")}
                time.sleep(0.001)
            killed.kill()
        assert seen
        assert list(temporary.iterdir()) == []
        assert len(list(outbox.parent.glob(".out.tam-*"))) <= 1
    done = subprocess.run(command, cwd=ROOT, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert (outbox / "phan-hoi" / "thon-1.xlsx").exists()
    assert list(temporary.iterdir()) == []
    assert [each.name for each in outbox.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("what", ["a pipe", "a sparse file of 30 GB", "brackets without end", "a folder", "a list"])
def test_what_lies_in_the_place_of_a_manifest_is_none(tmp_path: Path, what: str) -> None:
    manifest = tmp_path / "manifest.json"
    match what:
        case "a pipe":
            os.mkfifo(manifest)
        case "a folder":
            manifest.mkdir()
        case "a list":
            manifest.write_text("[1]")
        case "brackets without end":
            manifest.write_text("[" * 100_000)
        case _:
            with manifest.open("wb") as file:
                file.truncate(30_000_000_000)
    assert handwork.written_outputs(tmp_path) is None
