"""Promise 3: whatever happens, the outbox is wholly the old one or wholly the new one."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault, UserFault
from pipeline.state import outbox as module
from pipeline.state.outbox import check_usable, publish, recover, staging


def published(files: dict[str, str]) -> dict[str, str]:
    """The files as a run leaves them: with a manifest of what it wrote."""
    outputs = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    return files | {"manifest.json": json.dumps({"format": "thidua-outbox", "outputs": outputs})}


OLD = published({"so-lieu/a.csv": "old", "only-old.txt": "old"})
NEW = published({"so-lieu/a.csv": "new", "phan-hoi/thon-1.xlsx": "new"})
LEDGER = {"so-cai.sqlite": "ledger", "so-cai.sqlite-wal": "journal"}


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def replace(outbox: Path, new: dict[str, str]) -> None:
    with staging(outbox) as staged:
        put(staged, new)
        publish(staged, outbox)


@pytest.fixture(params=["one step", "two steps"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the system's exchange of two names, and without it."""
    if request.param == "two steps":
        monkeypatch.setattr(module, "_exchange", lambda one, other: False)
    return str(request.param)


def test_the_whole_folder_is_replaced_and_nothing_lies_about(tmp_path: Path, way: str) -> None:
    outbox = tmp_path / "2023" / "tong-ket"
    replace(outbox, OLD)
    assert files(outbox) == OLD
    replace(outbox, NEW)
    assert files(outbox) == NEW
    assert list(outbox.parent.iterdir()) == [outbox]


def test_here_the_swap_is_one_step(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("tells of Linux")
    one, other = put(tmp_path / "one", {"a": "1"}), put(tmp_path / "other", {"b": "2"})
    assert module._exchange(one, other)
    assert (files(one), files(other)) == ({"b": "2"}, {"a": "1"})


def test_the_ledger_survives_with_its_journal(tmp_path: Path, way: str) -> None:
    outbox = put(tmp_path / "outbox", OLD | LEDGER)
    replace(outbox, NEW)
    assert files(outbox) == NEW | LEDGER


def test_the_ledger_survives_on_a_drive_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_args: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    outbox = put(tmp_path / "outbox", OLD | LEDGER)
    replace(outbox, NEW)
    assert files(outbox) == NEW | LEDGER


def test_a_ledger_opened_before_the_swap_goes_on_after_it(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows moves no folder with an open file")
    outbox = put(tmp_path / "outbox", {"manifest.json": OLD["manifest.json"]})
    ledger = sqlite3.connect(outbox / "so-cai.sqlite")
    ledger.execute("create table seen (file text)")
    with ledger:
        ledger.execute("insert into seen values ('before')")
    replace(outbox, NEW)
    ledger.close()
    reopened = sqlite3.connect(outbox / "so-cai.sqlite")
    assert reopened.execute("select file from seen").fetchall() == [("before",)]
    reopened.close()


def test_a_folder_reached_through_a_link_is_replaced_where_it_lies(tmp_path: Path) -> None:
    there = put(tmp_path / "share" / "outbox", OLD)
    link = tmp_path / "link"
    try:
        link.symlink_to(there, target_is_directory=True)
    except OSError:
        pytest.skip("no right to make links")
    replace(link, NEW)
    assert link.is_symlink()
    assert files(there) == NEW


def test_a_run_that_fails_leaves_the_old_outbox_and_no_remains(tmp_path: Path) -> None:
    outbox = put(tmp_path / "outbox", OLD)
    with suppress(ZeroDivisionError), staging(outbox) as staged:
        put(staged, NEW)
        _ = 1 / 0
    assert files(outbox) == OLD
    assert list(tmp_path.iterdir()) == [outbox]


# A child process that stages and publishes, and kills itself before its N-th line inside the module.
_CHILD = """
import os, signal, sys
from pathlib import Path
from pipeline.state import outbox as module

outbox, last, two_steps = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "two steps"
if two_steps:
    module._exchange = lambda one, other: False
import shutil
from pipeline.state import handwork
ours = {module.__file__, handwork.__file__, shutil.__file__}
lines = 0

def trace(frame, event, argument):
    global lines
    if frame.f_code.co_filename not in ours:
        return None
    if event == "line":
        lines += 1
        if lines == last:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

sys.settrace(trace)
module.keep_handwork(outbox)
with module.staging(outbox) as staged:
    (staged / "so-lieu").mkdir()
    (staged / "so-lieu" / "a.csv").write_text("new")
    (staged / "phan-hoi").mkdir()
    (staged / "phan-hoi" / "thon-1.xlsx").write_text("new")
    (staged / "manifest.json").write_text(sys.argv[4])
    module.publish(staged, outbox)
sys.settrace(None)
print(lines)
"""

# Forked from one process that has imported everything: a hundred deaths cost a second.
_DEATHS = """
import os, sys
code = compile(sys.stdin.read(), "child", "exec")
import pipeline.state.outbox
os.fsync = lambda handle: None  # waits for the disk, which a killed process needs no more than a living one
for argv in [line.split("|") for line in sys.argv[1:]]:
    child = os.fork()
    if not child:
        sys.argv = ["child", *argv]
        exec(code, {"__name__": "child"})
        sys.stdout.flush()
        os._exit(0)
    print("died" if os.WIFSIGNALED(os.waitpid(child, 0)[1]) else "lived", flush=True)
"""


def run_children(*argvs: tuple[str, ...]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _DEATHS, *["|".join(argv) for argv in argvs]],
        input=_CHILD,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL") or not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize("steps", ["one step", "two steps"])
def test_death_at_any_line_leaves_one_whole_outbox(tmp_path: Path, steps: str) -> None:
    rehearsal = put(tmp_path / "rehearsal" / "outbox", OLD | LEDGER)
    lines, end = run_children((str(rehearsal), "0", steps, NEW["manifest.json"]))
    assert (end, int(lines) > 50) == ("lived", True)
    deaths = range(1 if steps == "one step" else 2, int(lines) + 1, 3)  # every third line: all of them take too long
    outboxes = [put(tmp_path / str(n) / "outbox", OLD | LEDGER) for n in deaths]
    children = ((str(each), str(n), steps, NEW["manifest.json"]) for n, each in zip(deaths, outboxes, strict=True))
    ends = run_children(*children)
    # shutil may take a line less in another folder; a child that lived prints its lines before its end.
    assert ends.count("died") >= len(deaths) - 2

    seen = set()
    for outbox in outboxes:
        if steps == "two steps":
            recover(outbox)
        found = files(outbox)
        assert found in (OLD | LEDGER, NEW | LEDGER), outbox
        seen.add(found == NEW | LEDGER)
        replace(outbox, OLD)
        assert files(outbox) == OLD | LEDGER
        assert list(outbox.parent.iterdir()) == [outbox]
    assert seen == {False, True}  # deaths before and after the swap were among them


@pytest.mark.skipif(not hasattr(signal, "SIGKILL") or not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize("steps", ["one step", "two steps"])
def test_death_at_any_line_loses_nothing_that_people_typed(tmp_path: Path, steps: str) -> None:
    work = {"so-lieu/a.csv": "typed", "ghi-chu.txt": "added"}
    rehearsal = put(tmp_path / "rehearsal" / "outbox", OLD | work)
    lines, end = run_children((str(rehearsal), "0", steps, NEW["manifest.json"]))
    assert end == "lived"
    assert files(rehearsal.with_name("outbox-sua-tay")) == {f"lan-1/{name}": text for name, text in work.items()}
    deaths = range(1, int(lines) + 1, 4)  # every fourth: all of them take a minute
    outboxes = [put(tmp_path / str(n) / "outbox", OLD | work) for n in deaths]
    ends = run_children(
        *((str(each), str(n), steps, NEW["manifest.json"]) for n, each in zip(deaths, outboxes, strict=True))
    )
    assert ends.count("died") >= len(deaths) - 1

    seen = set()
    for outbox in outboxes:
        recover(outbox)
        found = files(outbox)
        assert found in (OLD | work, NEW), outbox
        seen.add(found == NEW)
        module.keep_handwork(outbox)
        replace(outbox, NEW)
        assert files(outbox) == NEW
        assert files(outbox.with_name("outbox-sua-tay")) == {f"lan-1/{name}": text for name, text in work.items()}
        assert sorted(each.name for each in outbox.parent.iterdir()) == ["outbox", "outbox-sua-tay"]
    assert seen == {False, True}


def test_recover_puts_the_old_outbox_back_and_keeps_a_new_one(tmp_path: Path) -> None:
    between = put(tmp_path / "between" / ".outbox.cu", OLD).with_name("outbox")
    recover(between)
    assert files(between) == OLD
    after = put(tmp_path / "after" / "outbox", NEW)
    put(tmp_path / "after" / ".outbox.cu", OLD)
    recover(after)
    assert files(after) == NEW
    assert [list(each.parent.iterdir()) for each in (between, after)] == [[between], [after]]


def test_only_folders_of_runs_are_cleared_away(tmp_path: Path) -> None:
    outbox = put(tmp_path / "outbox", OLD)
    somebody_elses = put(tmp_path / ".outbox.moi-ghi-chu", NEW)
    dead = put(tmp_path / f".outbox.moi-{os.getppid()}", NEW)  # that a process bears its number today says nothing
    recover(outbox)
    assert [somebody_elses.exists(), dead.exists()] == [True, False]


def test_a_file_open_in_excel_is_told_and_the_old_outbox_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_one: Path, _other: Path) -> bool:
        raise PermissionError(errno.EACCES, "in use")

    outbox = put(tmp_path / "outbox", OLD | LEDGER)
    monkeypatch.setattr(module, "_exchange", locked)
    with pytest.raises(EnvironmentFault) as raised:
        replace(outbox, NEW)
    assert "Excel" in raised.value.remedy
    assert files(outbox) == OLD | LEDGER


def test_a_second_rename_that_fails_puts_the_old_outbox_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = put(tmp_path / "outbox", OLD)
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if ".moi-" in self.name:
            raise PermissionError(errno.EACCES, "in use")
        return rename(self, target)

    monkeypatch.setattr(module, "_exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(EnvironmentFault):
        replace(outbox, NEW)
    assert files(outbox) == OLD


def test_a_full_disk_is_told_and_the_old_outbox_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    outbox = put(tmp_path / "outbox", OLD)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFault) as raised:
        replace(outbox, NEW)
    assert raised.value.remedy
    assert files(outbox) == OLD


@pytest.mark.parametrize(
    "content",
    [
        {},
        {".gitkeep": ""},
        OLD,
        LEDGER,
        LEDGER | {".gitkeep": ""},
        OLD | LEDGER,
        OLD | {"~$only-old.txt": "open in Excel"},
        OLD | {"ghi-chu-cua-hoi-dong.docx": "kept before it goes"},
        {"tong-hop.xlsx": "its manifest is lost", "so-lieu/register.csv": "its manifest is lost"},
    ],
    ids=[
        "empty",
        "gitkeep",
        "ours",
        "ledger",
        "ledger and gitkeep",
        "ours with ledger",
        "ours, one open in Excel",
        "ours, one added",
        "ours without a manifest",
    ],
)
def test_a_folder_of_ours_is_usable(tmp_path: Path, content: dict[str, str]) -> None:
    (tmp_path / "outbox").mkdir()
    outbox = put(tmp_path / "outbox", content)
    check_usable(outbox)
    check_usable(outbox / "not" / "there" / "yet")


@pytest.mark.parametrize(
    "content",
    [
        {"luan-van.docx": "precious"},
        {"manifest.json": "not JSON"},
        {"manifest.json": '["thidua-outbox"]'},
        {"manifest.json": '{"format": "another program"}'},
        LEDGER | {"luan-van.docx": "precious"},
        {"so-cai.sqlite.xlsx": "no ledger"},
    ],
)
def test_a_strangers_folder_is_refused(tmp_path: Path, content: dict[str, str]) -> None:
    outbox = put(tmp_path / "outbox", content)
    with pytest.raises(UserFault) as raised:
        check_usable(outbox)
    assert str(outbox) in raised.value.message
    assert raised.value.remedy
    assert files(outbox) == content


def test_what_cannot_be_an_outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"file": "no folder"})
    for place in (tmp_path / "file", Path(tmp_path.anchor)):
        with pytest.raises(EnvironmentFault) as raised:
            check_usable(place)
        assert raised.value.remedy
    with pytest.raises(EnvironmentFault), staging(tmp_path / "file" / "outbox"):
        pass
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(EnvironmentFault) as raised:
        check_usable(tmp_path / "new")
    assert str(tmp_path) in raised.value.message


def test_letters_in_a_folder_that_was_never_ours_are_nobody_elses_to_delete(tmp_path: Path) -> None:
    letter = tmp_path / "luu" / "thu" / "quan-trong.eml"
    letter.parent.mkdir(parents=True)
    letter.write_text("x", encoding="utf-8")
    with pytest.raises(UserFault):
        check_usable(tmp_path / "luu")
    assert letter.exists()
