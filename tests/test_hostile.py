"""Nothing that lies in an inbox stops a run, gets out of the inbox, or is lost; see :mod:`tests.hostile`."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.findings.finding import Code
from pipeline.intake import take as intake
from pipeline.intake.arrival import shown
from tests import hostile, small
from tests.filled import drop, form

SECONDS, MEGABYTES = 60, 600
"""What a run on all hostile files together may take on a busy machine, and its largest process."""

THON = small.THON | {"units": [{"code": f"thon-{n}", "name": f"Thôn {n}"} for n in range(1, hostile.UNITS + 1)]}
RULES = small.rules(THON, small.TRUONG)


def contents() -> Iterator[tuple[str, bytes]]:
    """Each hostile file; those that may count are of a unit of their own, the others of the last."""
    units = (f"thon-{n}" for n in range(1, hostile.UNITS))
    other = form(f"thon-{hostile.UNITS}", rules=RULES)
    for name, (make, (status, _codes)) in hostile.FILES.items():
        counts = status not in (hostile.UNREADABLE, hostile.NOT_A_FORM, hostile.WAITING, hostile.IGNORED)
        yield name, make(form(next(units), rules=RULES) if counts else other)


def state(folder: Path) -> dict[str, tuple[object, ...]]:
    """Everything below a folder: kind, time of change, and what it holds."""
    found: dict[str, tuple[object, ...]] = {}
    for path in folder.rglob("*"):
        of = path.lstat()
        held = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
        found[str(path)] = (of.st_mode, of.st_mtime_ns, held)
    return found


def run(folder: Path) -> tuple[int, float, int]:
    """``thidua run`` in a process of its own: exit code, seconds, megabytes of its largest process."""
    arguments = ["--rules=rules/2023", "--round=tong-ket", "--inbox=inbox", "--outbox=outbox", "--jobs=2"]
    environment = {**os.environ, "TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home")}
    start = time.monotonic()
    with (folder / "console.txt").open("wb") as console:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "run", *arguments],
            stdout=console,
            stderr=console,
            cwd=folder,
            env=environment,
        )
        _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, time.monotonic() - start, used.ru_maxrss // 1024


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.skipif(sys.platform == "win32", reason="pipes, sockets and names that Windows does not have")
def test_a_run_on_every_hostile_file_at_once(tmp_path: Path) -> None:
    inbox, outside = drop(tmp_path / "inbox", {}), drop(tmp_path / "outside", {"x.xlsx": form("thon-1")})
    for name, content in contents():
        (inbox / name).write_bytes(content)
    hostile.lay_on_disk(inbox, outside)
    rules = small.write_year(tmp_path / "rules" / "2023")
    (rules / "blocs" / "thon.yaml").write_text(json.dumps(THON), encoding="utf-8")
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir()
    before = state(tmp_path)

    code, seconds, megabytes = run(tmp_path)

    console = (tmp_path / "console.txt").read_bytes()
    assert code == 0, console.decode()
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
    assert not set(console) & {0x1B, 0x07, 0x08}, "control characters of file names reach the console"
    expected = {shown(name): fate for name, (_make, fate) in hostile.FILES.items()} | hostile.ON_DISK
    assert became(tmp_path / "outbox") == {name: (status, sorted(codes)) for name, (status, codes) in expected.items()}
    after = state(tmp_path)
    assert {path for path in after.keys() ^ before.keys() if "/outbox" not in path} == {str(tmp_path / "console.txt")}
    assert {path: after[path] for path in before if "/inbox" in path or "/outside" in path or "/rules" in path} == {
        path: what for path, what in before.items() if "/inbox" in path or "/outside" in path or "/rules" in path
    }


def became(outbox: Path) -> dict[str, tuple[str, list[str]]]:
    """File -> status and the codes of its findings, as the outbox tells them."""
    codes: dict[str, list[str]] = {}
    for row in rows(outbox / "so-lieu" / "findings.csv"):
        codes.setdefault(row["file"], []).append(row["code"])
    register = rows(outbox / "so-lieu" / "register.csv")
    return {row["file"]: (row["status"], sorted(codes.get(row["file"], []))) for row in register}


def test_a_form_that_is_cut_off_anywhere_is_broken(tmp_path: Path) -> None:
    whole, inbox = form("thon-1"), drop(tmp_path / "inbox", {})
    found = set()
    for end in range(64, len(whole), 64):
        (inbox / "cut.xlsx").write_bytes(whole[:end])
        taken = intake.take(inbox, inbox / "cut.xlsx")
        found.add((tuple(code for code, _facts in taken.reasons), taken.form is None))
    assert found == {((Code.BROKEN_FILE,), True)}
