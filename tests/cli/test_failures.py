"""How commands end: a sentence and an exit code, whatever the disk refuses; a report of a bug gives nothing away."""

from __future__ import annotations

import builtins
import errno
import gc
import io
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import cli as module
from pipeline.__main__ import main
from pipeline.cli.failures import fault_of
from tests.filled import drop, form
from tests.places import ROOT
from tests.small import write_year
from tests.state.test_outbox_accidents import files

Ended = tuple[int, str]
"""Exit code, and what stands on the screen behind an error."""


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run a command in this process, to its very end."""

    def run(*args: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["thidua", *map(str, args)])
        with pytest.raises(SystemExit) as exited:
            main()
        exit_code = int(exited.value.code or 0)
        del exited
        gc.collect()  # what the interpreter does at its end
        return exit_code, capsys.readouterr().err

    return run


# --- a full disk ------------------------------------------------------------------------------------------


class Disk:
    """One that is full from its n-th write on; 0: never."""

    def __init__(self) -> None:
        self.writes, self.full_from = 0, 0

    def open(
        self, file: Any, mode: str = "r", buffering: int = -1, *text: Any, opener: Any = None, **named: Any
    ) -> Any:
        """Python's own, with each write of the file counted."""
        if not set(mode) & set("wax+"):
            return _OPEN(file, mode, buffering, *text, opener=opener, **named)
        raw = _Counted(self, file, mode.replace("b", "").replace("t", ""), opener=opener)
        binary: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return binary if "b" in mode else io.TextIOWrapper(binary, *text, **named)


_OPEN = io.open


class _Counted(io.FileIO):
    def __init__(self, disk: Disk, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.disk = disk

    def write(self, data: Any) -> int:
        self.disk.writes += 1
        if 0 < self.disk.full_from <= self.disk.writes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def test_a_disk_that_is_full_at_any_write_is_told_in_one_sentence(
    tmp_path: Path, ended: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = write_year(tmp_path / "rules" / "2023")
    inbox = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1", of="dang-ky"), "thon-2.xlsx": b"no workbook"})
    outbox, disk, unheard = tmp_path / "o" / "2023" / "dang-ky", Disk(), list[Any]()
    run = ["run", "--rules", rules, "--round", "dang-ky", "--inbox", inbox, "--outbox", outbox]
    monkeypatch.setattr(io, "open", disk.open)
    monkeypatch.setattr(builtins, "open", disk.open)
    monkeypatch.setattr(sys, "unraisablehook", unheard.append)
    assert ended(*run) == (0, "")
    written, before = disk.writes, files(outbox)
    assert written > 50
    for full_from in (written // 2, written):
        disk.writes, disk.full_from = 0, full_from
        exit_code, shown = ended(*run)
        assert (exit_code, shown.splitlines()) == (
            4,
            [
                "Lỗi: ổ đĩa đã đầy; kết quả lần trước vẫn còn nguyên",
                "→ Đề nghị giải phóng dung lượng ổ đĩa rồi chạy lại.",
            ],
        )
        assert files(outbox) == before
        assert [each.name for each in outbox.parent.iterdir()] == [outbox.name]
    assert unheard == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_screen_that_is_a_file_on_a_full_disk() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "--help"], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
    assert (done.returncode, done.stderr.count("Lỗi"), "Exception" in done.stderr) == (4, 1, False)


# --- a bug of ours ----------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setattr(Path, "home", lambda: folder)
    return folder


def failing(*_args: object, **_named: object) -> None:
    raise ZeroDivisionError(f"login officer {os.environ['THIDUA_SMTP_PASSWORD']} from {os.environ['SECRET_PLACE']}")


def test_a_bug_is_told_in_a_sentence__and_reported_in_a_private_file_without_passwords(
    home: Path, ended: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THIDUA_SMTP_PASSWORD", "pw1")
    monkeypatch.setenv("SECRET_PLACE", "ten-cua-nguoi")
    monkeypatch.setattr(module, "cli", failing)
    exit_code, shown = ended()
    (report,) = home.iterdir()
    text = report.read_text(encoding="utf-8")
    assert exit_code == 1
    assert str(report) in shown
    assert "Traceback" not in shown
    assert "login officer $THIDUA_SMTP_PASSWORD from $SECRET_PLACE" in text
    assert "pw1" not in text
    assert "ten-cua-nguoi" not in text
    assert text.startswith("Traceback")
    if os.name != "nt":
        assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_a_report_takes_the_place_of_no_file_and_follows_no_link(home: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    (home / "thidua-loi.txt").symlink_to(victim)
    for _time in range(2):
        try:
            {}["x" * 500_000]
        except KeyError as error:
            fault_of(error)
    assert victim.read_text(encoding="utf-8") == "mine"
    reports = [each for each in home.iterdir() if not each.is_symlink()]
    assert [each.stat().st_size <= 110_000 for each in reports] == [True, True]


def test_a_report_for_which_there_is_no_place_is_left_out(
    ended: Callable[..., Ended], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_args: object, **_named: object) -> None:
        raise PermissionError

    monkeypatch.setattr(tempfile, "mkstemp", none)
    monkeypatch.setattr(module, "cli", lambda **_named: 1 / 0)
    exit_code, shown = ended()
    assert (exit_code, len(shown.splitlines()), "Traceback" in shown) == (1, 2, False)
