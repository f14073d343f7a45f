"""Promise 3 under real accidents: death, a full or read-only disk, a file held open, two runs at once.

Afterwards the old outbox is whole, the next run succeeds, and the message says what to do.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.cli.failures import fault_of
from pipeline.errors import EnvironmentFault, ExitCode
from pipeline.intake import take as intake
from pipeline.rules.round_context import RoundContext
from pipeline.run import Assessment, assess_received, known_times, publish
from pipeline.state import exclusive_run, layout, ledger, run_history
from pipeline.state import outbox as module
from tests.filled import NOW, drop, form
from tests.places import ROOT
from tests.small import TRUONG, rules, write_year
from tests.state.test_ledger import death, die, forks, in_a_child

RULES = rules(TRUONG)  # one bloc, one criterion, no form to be marked: a run of a fifth of a second
ROUND = RULES.plan.round("tong-ket")
assert ROUND
OF = ROUND
KEY = ledger.RoundKey(RULES.plan.year, OF.code)
LEDGER = layout.LEDGER

FIRST = {"thcs.xlsx": form("thcs", rules=RULES)}
SECOND = FIRST | {"moi.xlsx": form("tieu-hoc", rules=RULES), "anh.jpg": b"\xff\xd8\xff"}


def files(folder: Path) -> dict[str, bytes]:
    """What lies in an outbox, but for the ledger."""
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file() and not layout.is_kept(each.name, (LEDGER,))
    }


def assessed(inbox: Path, file: Path) -> Assessment:
    return assess_received(
        context := RoundContext(RULES, OF),
        [intake.take(inbox, path) for path in intake.find(inbox)],
        known_times(context, file, NOW),
    )


def run(inbox: Path, outbox: Path) -> None:
    """A whole run, alone with its outbox."""
    file = ledger.path_for(outbox, KEY)
    with exclusive_run.exclusive_access(outbox, file, NOW, print):
        publish(assessed(inbox, file), outbox, file, NOW)


@dataclass(frozen=True)
class Office:
    """An inbox, the outbox of the run before it had its newest files, and what that run left and the next will."""

    inbox: Path
    outbox: Path
    old: dict[str, bytes]
    new: dict[str, bytes]

    def next_run_succeeds(self) -> None:
        run(self.inbox, self.outbox)
        assert files(self.outbox) == self.new
        assert [each.name for each in self.outbox.parent.iterdir()] == [self.outbox.name]


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Made once: an outbox of the first files, and what a run of all of them would give."""
    folder = tmp_path_factory.mktemp("office")
    run(drop(folder / "first", FIRST), folder / "old" / "outbox")
    shutil.copytree(folder / "old", folder / "new")
    inbox = drop(folder / "inbox", SECOND)
    run(inbox, folder / "new" / "outbox")
    return Office(inbox, folder / "old" / "outbox", files(folder / "old" / "outbox"), files(folder / "new" / "outbox"))


def office_in(folder: Path, first_run: Office) -> Office:
    """A copy to be ruined."""
    shutil.copytree(first_run.outbox, folder / "outbox")
    return Office(first_run.inbox, folder / "outbox", first_run.old, first_run.new)


@pytest.fixture
def office(tmp_path: Path, first_run: Office) -> Office:
    return office_in(tmp_path / "at", first_run)


# --- death --------------------------------------------------------------------------------------------


def publish_until(last: int, office: Office, assessment: Assessment) -> int:
    """Publish, and die before the thing of that number that is asked of the file system; how many were asked."""
    asked, below = 0, str(office.outbox.parent)

    def hook(name: str, args: tuple[object, ...]) -> None:
        nonlocal asked
        if args and name.startswith(("open", "os.", "shutil.", "sqlite3.")) and str(args[0]).startswith(below):
            asked += 1
            if asked == last:
                die()

    sys.addaudithook(hook)
    file = ledger.path_for(office.outbox, KEY)
    with exclusive_run.exclusive_access(office.outbox, file, NOW, print):
        publish(assessment, office.outbox, file, NOW)
    return asked


@forks
def test_death_of_a_run_at_many_points(tmp_path: Path, first_run: Office) -> None:
    """Each death happens to an outbox of its own; every fourth is run again.

    The points lie evenly over the run, and close together around the swap and the ledger's note at its end.
    """
    assessment = assessed(first_run.inbox, first_run.outbox / LEDGER)
    asked = rehearsed(office_in(tmp_path / "rehearsal", first_run), assessment)
    seen = set()
    for place, last in enumerate([*range(1, asked - 12, asked // 5), *range(asked - 12, asked, 4), asked]):
        office = office_in(tmp_path / str(last), first_run)
        child = in_a_child(lambda last=last, office=office: publish_until(last, office, assessment))  # type: ignore[misc]
        assert death(child) == signal.SIGKILL
        seen.add(left_by_the_dead(office))
        if place % 4 == 0:
            office.next_run_succeeds()
            assert noted(office) == 2
    assert seen == {(False, 1), (True, 1), (True, 2)}  # before the swap, before the ledger's note, and after it


def left_by_the_dead(office: Office) -> tuple[bool, int]:
    """Whether the outbox is the new one, and how many runs the ledger tells of; both are whole."""
    found, runs = files(office.outbox), noted(office)
    assert found in (office.old, office.new)
    assert runs == 1 or found == office.new, "the ledger tells of what was not published"
    known = ledger.first_seen(office.outbox / LEDGER, KEY)
    assert set(known) >= {intake.take(office.inbox, office.inbox / "thcs.xlsx").sha256}
    return found == office.new, runs


def noted(office: Office) -> int:
    return len(run_history.runs(office.outbox / LEDGER, KEY))


@forks
def test_death_at_any_time(tmp_path: Path, first_run: Office) -> None:
    """Killed from outside, wherever it is by then: also within SQLite and within the system's own calls."""
    assessment = assessed(first_run.inbox, first_run.outbox / LEDGER)
    begin = time.monotonic()
    rehearsed(office_in(tmp_path / "rehearsal", first_run), assessment)
    took = time.monotonic() - begin
    for part in range(1, 8):
        office = office_in(tmp_path / str(part), first_run)
        child = in_a_child(lambda office=office: publish_until(0, office, assessment))  # type: ignore[misc]
        time.sleep(took * part / 8)
        os.kill(child, signal.SIGKILL)
        death(child)
        left_by_the_dead(office)
    office.next_run_succeeds()


def rehearsed(office: Office, assessment: Assessment) -> int:
    """How many things a run asks of the file system below the folder of its outbox."""
    counted, report = os.pipe()
    child = in_a_child(lambda: os.write(report, publish_until(0, office, assessment).to_bytes(4, "big")))
    os.close(report)
    assert death(child) == 0
    return int.from_bytes(os.read(counted, 4), "big")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_death_of_the_command_and_a_second_one_that_waits(tmp_path: Path) -> None:
    year, inbox = write_year(tmp_path / "rules" / "2023"), drop(tmp_path / "inbox", {"thcs.xlsx": form("thcs")})
    outbox = tmp_path / "outbox"
    flags = ["--rules", year, "--round", "tong-ket", "--inbox", inbox, "--outbox", outbox, "--now", "2023-12-08T09:30"]
    command = [sys.executable, "-m", "pipeline", "run", *map(str, flags)]

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    with start() as killed:
        while not list(tmp_path.glob(".outbox.moi-*/tong-hop.xlsx")):
            assert killed.poll() is None, killed.communicate()
            time.sleep(0.005)
        killed.kill()
    assert {each.name for each in outbox.iterdir()} == {LEDGER, layout.SEAL_KEY}
    assert json.loads((tmp_path / ".outbox.dang-chay").read_text())["process"] == killed.pid
    with exclusive_run.exclusive_access(outbox, outbox / LEDGER, NOW, pytest.fail):  # at once: its lock died with it
        second = start()
        assert second.stdout
        line = second.stdout.readline()
        assert line.startswith("Đang chờ một lần chạy khác kết thúc: máy ")
        assert f"tiến trình {os.getpid()}, từ " in line
        assert not (outbox / "manifest.json").exists()
    with second:
        second.communicate()
    assert second.returncode == 0
    assert (outbox / "manifest.json").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["inbox", "outbox", "rules"]


# --- disks --------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A file system of its own, whose size and rights can be changed."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options: str) -> Path:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True)
        if done.returncode:
            pytest.skip("may not mount")
        return folder

    if not shutil.which("mount"):
        pytest.skip("there is no mount")
    yield mount
    subprocess.run(["umount", "-l", folder], capture_output=True)


def refused(office: Office) -> EnvironmentFault:
    """A run that is refused by the system, as the command tells it; the old outbox is whole."""
    with pytest.raises(Exception) as caught:  # XlsxWriter has one of its own
        run(office.inbox, office.outbox)
    fault = fault_of(caught.value)
    assert isinstance(fault, EnvironmentFault)
    assert (fault.exit_code, bool(fault.remedy)) == (ExitCode.ENVIRONMENT, True)
    assert files(office.outbox) == office.old
    return fault


@pytest.mark.parametrize("room", [0, 60_000])
def test_a_full_disk(disk: Callable[[str], Path], first_run: Office, room: int) -> None:
    """The outbox lies on another file system than temporary files do, and fills it up at once or later on."""
    office = office_in(disk("size=10m"), first_run)
    used = sum(each.stat().st_blocks * 512 for each in office.outbox.rglob("*"))
    disk(f"remount,size={used + room}")
    assert "đĩa đã đầy" in refused(office).message
    disk("remount,size=10m")
    office.next_run_succeeds()


def test_a_read_only_disk(disk: Callable[[str], Path], first_run: Office) -> None:
    office = office_in(disk("size=10m"), first_run)
    disk("remount,ro")
    assert "không có quyền ghi" in refused(office).message
    disk("remount,rw")
    office.next_run_succeeds()


def test_a_full_disk_for_temporary_files(
    disk: Callable[[str], Path], office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no matter: what libraries write for a while lies beside the outbox."""
    monkeypatch.setattr(tempfile, "tempdir", str(disk("size=4k")))
    office.next_run_succeeds()
    assert tempfile.tempdir == str(disk("remount,size=4k"))


# --- the ledger ---------------------------------------------------------------------------------------


def test_a_ledger_that_fails_after_the_swap_is_told_and_made_up_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise EnvironmentFault("không dùng được sổ cái: ổ đĩa đã đầy", "Đề nghị dọn bớt đĩa.")

    with monkeypatch.context() as during:
        during.setattr(run_history.ledger, "utc", lambda _now: full())  # the last thing that a note asks for
        during.setattr(ledger, "remember", lambda *_args: None)
        with pytest.raises(EnvironmentFault, match="đã ghi xong toàn bộ kết quả mới") as raised:
            run(office.inbox, office.outbox)
    assert raised.value.remedy == "Đề nghị dọn bớt đĩa."
    assert (files(office.outbox) == office.new, noted(office)) == (True, 1)
    office.next_run_succeeds()
    assert noted(office) == 2


def test_a_damaged_ledger_costs_no_time_of_receipt(office: Office) -> None:
    (office.outbox / LEDGER).write_bytes(b"not a database" * 100)
    office.next_run_succeeds()
    assert [each.read_bytes() for each in office.outbox.glob("so-cai.hong-*.sqlite")] == [b"not a database" * 100]
    office.next_run_succeeds()
    assert len(list(office.outbox.glob("so-cai.hong-*.sqlite"))) == 1


# --- renames that fail --------------------------------------------------------------------------------


def test_folders_that_the_system_will_not_exchange(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some layered file systems."""

    def across(_one: Path, _other: Path) -> bool:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    with monkeypatch.context() as during:
        during.setattr(module, "_exchange", across)
        assert "--outbox" in refused(office).remedy
    office.next_run_succeeds()


@pytest.mark.parametrize("nth", [1, 2])
def test_an_output_open_in_excel_on_windows(office: Office, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    """Windows has no exchange, and refuses to rename a folder in which a file is open."""
    rename, renames = Path.rename, 0

    def refusing(self: Path, target: Path) -> Path:
        nonlocal renames
        renames += 1
        if renames == nth:
            raise PermissionError(errno.EACCES, "in use")
        return rename(self, target)

    with monkeypatch.context() as during:
        during.setattr(module, "_exchange", lambda _one, _other: False)
        during.setattr(Path, "rename", refusing)
        assert "Excel" in refused(office).remedy
    office.next_run_succeeds()


def test_an_old_outbox_that_cannot_be_cleared_away_is_no_failure(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refusing(self: Path, target: Path) -> Path:
        if self.name.endswith(".cu"):
            raise PermissionError(errno.EACCES, "in use")
        return rename(self, target)

    with monkeypatch.context() as during:
        during.setattr(module, "_exchange", lambda _one, _other: False)
        during.setattr(Path, "rename", refusing)
        run(office.inbox, office.outbox)
    assert files(office.outbox) == office.new
    office.next_run_succeeds()


# --- two at once --------------------------------------------------------------------------------------


@pytest.fixture(params=["the system's locks", "a drive without locks"])
def locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without; some network drives refuse every lock."""
    if request.param == "a drive without locks":
        fcntl = pytest.importorskip("fcntl")

        def none(*_args: object) -> None:
            raise OSError(errno.ENOLCK, "no locks available")

        monkeypatch.setattr(fcntl, "flock", none)


def holder(outbox: Path, seconds: float, end: Callable[[], None] = lambda: None) -> int:
    """A process that has the turn; it has it when this returns."""
    ready, go = os.pipe()

    def hold() -> None:
        with exclusive_run.exclusive_access(outbox, outbox / LEDGER, NOW, print):
            os.write(go, b"!")
            time.sleep(seconds)
            end()

    child = in_a_child(hold)
    os.close(go)
    assert os.read(ready, 1) == b"!"
    return child


@forks
@pytest.mark.usefixtures("locks")
def test_the_second_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    outbox, messages = tmp_path / "outbox", list[str]()
    child = holder(outbox, 0.2)
    with exclusive_run.exclusive_access(outbox, outbox / LEDGER, NOW, messages.append):
        assert death(child) == 0
    assert len(messages) == 1
    assert f"tiến trình {child}, từ " in messages[0]
    assert list(tmp_path.iterdir()) == []


@forks
@pytest.mark.usefixtures("locks")
def test_the_second_gives_up_and_names_the_holder(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    child = holder(outbox, 60)
    with (
        pytest.raises(EnvironmentFault, match=f"tiến trình {child}, từ .*đã chờ 0,1 giây") as raised,
        exclusive_run.exclusive_access(outbox, outbox / LEDGER, NOW, print, wait=0.1),
    ):
        pytest.fail("it has no turn")
    assert raised.value.remedy
    os.kill(child, signal.SIGKILL)
    death(child)


@forks
@pytest.mark.usefixtures("locks")
def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    child = holder(outbox, 0, die)
    assert death(child) == signal.SIGKILL
    assert (tmp_path / ".outbox.khoa").exists()
    with exclusive_run.exclusive_access(outbox, outbox / LEDGER, NOW, print, wait=5):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("one", "other", "book"),
    [
        ("outbox/2023/so-ket", "outbox/2023/tong-ket", f"outbox/{LEDGER}"),
        ("outbox/2023/tong-ket", "outbox/2023/tong-ket-cong-khai", f"outbox/{LEDGER}"),
        ("ket-qua", "ket-qua-cong-khai", f"ket-qua/{LEDGER}"),
    ],
)
def test_outboxes_that_share_a_ledger_take_turns(tmp_path: Path, one: str, other: str, book: str) -> None:
    with (
        exclusive_run.exclusive_access(tmp_path / one, tmp_path / book, NOW, print),
        pytest.raises(EnvironmentFault),
        exclusive_run.exclusive_access(tmp_path / other, tmp_path / book, NOW, print, wait=0.05),
    ):
        pytest.fail("it has no turn")
    with exclusive_run.exclusive_access(tmp_path / other, tmp_path / book, NOW, pytest.fail):
        assert not list((tmp_path / "ket-qua").glob("*")), "nothing of ours lies in what a run replaces"


def test_a_folder_that_takes_no_lock_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with (
        pytest.raises(EnvironmentFault) as raised,
        exclusive_run.exclusive_access(tmp_path / "file" / "outbox", tmp_path / "file" / "outbox" / LEDGER, NOW, print),
    ):
        pytest.fail("it has no turn")
    assert raised.value.remedy


def test_folders_planted_in_one_another_hold_up_no_run(office: Office) -> None:
    """A thousand of them, in which functions that call themselves end with an error."""
    deep = office.outbox
    for _level in range(1_100):
        deep /= "a"
        deep.mkdir()
    run(office.inbox, office.outbox)
    assert files(office.outbox) == office.new
    for left in office.outbox.parent.iterdir():
        if left != office.outbox:
            subprocess.run(["rm", "-r", left], check=True)


def test_a_link_in_the_place_of_a_lock_s_note_is_not_followed(office: Office, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    notes = office.outbox.with_name(f".{office.outbox.name}.dang-chay")
    notes.symlink_to(victim)
    run(office.inbox, office.outbox)
    assert (victim.read_text(encoding="utf-8"), notes.exists()) == ("mine", False)
