"""Following a folder: work once files have settled, nothing missed, an orderly end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import watching
from tests.filled import drop, form
from tests.papers import fill
from tests.places import ROOT
from tests.small import write_year


class Ended(Exception):
    """The script of a test is over."""


def followed(folder: Path, script: list[Callable[[], object]], finish: Callable[[int], bool] = lambda n: True) -> str:
    """What happens, a letter each: ``w`` work, ``.`` a pause, ``r`` the wait for another try; a step of ``script`` is
    done in each wait. No time passes but in the waits."""
    happened: list[str] = []
    steps = iter(script)
    now = 0.0

    def work() -> bool:
        happened.append("w")
        return finish(happened.count("w"))

    def wait(seconds: float) -> None:
        nonlocal now
        now += seconds
        happened.append("r" if seconds == watching.RETRY else ".")
        step = next(steps, None)
        if step is None:
            raise Ended
        step()

    with pytest.raises(Ended):
        watching.follow([folder], work, wait, clock=lambda: now)
    return "".join(happened)


def nothing() -> None:
    pass


def test_it_works_at_the_start_and_then_after_each_change(tmp_path: Path) -> None:
    new = tmp_path / "sub" / "new.xlsx"
    new.parent.mkdir()
    script = [nothing, nothing, lambda: new.write_text("a"), nothing, nothing, new.unlink, nothing]
    assert followed(tmp_path, script) == ".w...w...w."


def test_it_waits_for_a_file_that_grows(tmp_path: Path) -> None:
    new = tmp_path / "new.xlsx"

    def grow() -> None:
        with new.open("a", encoding="utf-8") as file:
            file.write("more")

    assert followed(tmp_path, [nothing, grow, grow, grow, nothing, nothing]) == ".w....w.."


def test_a_file_that_never_settles_holds_up_no_work_for_longer_than_two_minutes(tmp_path: Path) -> None:
    new = tmp_path / "new.xlsx"

    def grow() -> None:
        with new.open("a", encoding="utf-8") as file:
            file.write("more")

    minutes = 5
    happened = followed(tmp_path, [grow] * (minutes * 30))
    assert (watching.PAUSE, watching.PATIENCE) == (2.0, 120.0)
    waited = [len(waits) * watching.PAUSE for waits in happened.split("w")]
    assert waited[:3] == [120.0, 122.0, 60.0]  # the first time that a change is seen is two seconds after the work
    assert followed(tmp_path, [grow] * 70 + [nothing] * 3) == "." * 60 + "w" + "." * 11 + "w" + "..."


def test_work_that_fails_while_files_change_is_tried_again(tmp_path: Path) -> None:
    new = tmp_path / "new.xlsx"
    happened = followed(tmp_path, [lambda: new.write_text(str(time.monotonic_ns()))] * 62, lambda count: count == 2)
    assert happened == "." * 60 + "wrw" + "." * 2


def test_folders_of_any_depth_are_followed(tmp_path: Path) -> None:
    deep = tmp_path
    for _level in range(1_200):
        deep /= "a"
        deep.mkdir()  # with its parents it would be made by a function that calls itself
    assert followed(tmp_path, [nothing, lambda: (deep / "x").write_text("1"), nothing]) == ".w..w."
    for folder in (deep, *deep.parents):  # so would be its removal
        if folder == tmp_path:
            break
        for each in folder.iterdir():
            each.unlink() if each.is_file() else each.rmdir()


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_a_change(tmp_path: Path) -> None:
    old, other = tmp_path / "a.xlsx", tmp_path.with_name("other.xlsx")
    old.write_text("1234")
    other.write_text("5678")
    os.utime(old, (1, 1))
    os.utime(other, (1, 1))
    assert followed(tmp_path, [nothing, lambda: shutil.move(other, old), nothing]) == ".w..w."


def test_what_comes_while_it_works_is_not_missed(tmp_path: Path) -> None:
    def work_while_a_file_comes(count: int) -> bool:
        if count == 1:
            (tmp_path / "late.xlsx").write_text("x")
        return True

    assert followed(tmp_path, [nothing, nothing, nothing], work_while_a_file_comes) == ".w.w.."


def test_unfinished_work_is_tried_again_though_nothing_changes(tmp_path: Path) -> None:
    assert followed(tmp_path, [nothing, nothing, nothing, nothing], lambda count: count == 3) == ".wrwrw.."


def test_a_folder_that_is_gone_for_a_while_counts_as_empty(tmp_path: Path) -> None:
    share = tmp_path / "share"
    drop(share, {"a.xlsx": b"x"})
    away = tmp_path / "away"
    script = [nothing, lambda: share.rename(away), nothing, lambda: away.rename(share), nothing]
    assert followed(share, script) == ".w..w..w."


def test_files_that_wait_ask_for_work_and_are_no_change_when_it_has_taken_them(tmp_path: Path) -> None:
    drop(tmp_path, {"a": b"1"})
    papers: watching.State = {}
    worked, looks = [], 0

    def work() -> bool:
        worked.append(dict(papers))
        papers.clear()
        return True

    def wait(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 4:
            papers["phiếu"] = (1, 1, 1)
        if looks == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watching.follow((tmp_path,), work, wait, lambda: dict(papers))
    assert worked == [{}, {"phiếu": (1, 1, 1)}]


def test_the_command_follows_the_inbox_and_ends_cleanly(tmp_path: Path) -> None:
    rules, inbox, outbox = write_year(tmp_path / "rules"), tmp_path / "inbox", tmp_path / "out"
    drop(inbox, {"thon-1.xlsx": form("thon-1")})
    quick = "from pipeline.cli import watching as w; w.PAUSE = 0.1; from pipeline.__main__ import main; main()"
    flags = ["--rules", rules, "--round", "tong-ket", "--inbox", inbox, "--outbox", outbox]
    with subprocess.Popen(
        [sys.executable, "-c", quick, "watch", *map(str, flags)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as watch:
        assert watch.stdout and watch.stderr
        try:
            shown = ended_run(watch)
            assert (outbox / "xep-hang.xlsx").exists()
            assert "Thôn 2" in shown  # among those that have not sent
            standings = (outbox / "so-lieu" / "standings.csv").read_bytes()
            drop(inbox, {"thon-2.xlsx": form("thon-2")})
            ended_run(watch)
            assert (outbox / "so-lieu" / "standings.csv").read_bytes() != standings
            paper = outbox / "tham-dinh" / "thon.xlsx"
            typed = fill(paper.read_bytes(), {("Thôn 1", "TD1"): {"appraised": 10, "reason": "Đủ minh chứng"}})
            paper.write_bytes(typed)
            assert "tham-dinh/thon.xlsx: được đọc như tệp trong thư mục inbox" in ended_run(watch)
            assert "Đủ minh chứng" in (outbox / "so-lieu" / "changes.csv").read_text(encoding="utf-8-sig")
            assert (tmp_path / "out-sua-tay" / "lan-1" / "tham-dinh" / "thon.xlsx").read_bytes() == typed
            plan = rules / "plan.yaml"
            sound = plan.read_text(encoding="utf-8")
            plan.write_text("code: [", encoding="utf-8")
            ended_run(watch)
            plan.write_text(sound, encoding="utf-8")
            ended_run(watch)
            watch.send_signal(signal.SIGINT)
            rest, errors = watch.communicate(timeout=20)
        finally:
            watch.kill()
    assert watch.returncode == 0, errors
    assert rest.strip().endswith("Đã dừng theo dõi; thư mục kết quả giữ nguyên như lần chạy gần nhất.")
    assert errors.count("Lỗi:") == 1
    assert "plan.yaml" in errors
    assert "Traceback" not in errors


def ended_run(watch: subprocess.Popen[str]) -> str:
    """What is shown until the next run has ended."""
    assert watch.stdout
    lines, latest = [], time.monotonic() + 30
    for line in watch.stdout:
        lines.append(line)
        if "Ctrl+C" in line:
            return "".join(lines)
        assert time.monotonic() < latest
    raise AssertionError("".join(lines))
