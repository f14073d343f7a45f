"""The ledger remembers the first time, for good: whatever dies, fills up, is damaged or reads along."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline import i18n
from pipeline.errors import EnvironmentFault
from pipeline.state import layout, ledger, ledger_repair
from pipeline.state.layout import is_kept
from pipeline.state.ledger import RoundKey

KEY = RoundKey(2023, "tong-ket")
MORNING = dt.datetime(2023, 12, 8, 8, tzinfo=dt.UTC)
EVENING = dt.datetime(2023, 12, 8, 20, tzinfo=dt.UTC)

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger that knows one file."""
    file = tmp_path / layout.LEDGER
    ledger.remember(file, KEY, [("aa", "thon-1.xlsx", MORNING)])
    return file


def known(file: Path) -> dict[str, dt.datetime]:
    return ledger.first_seen(file, KEY)


def in_a_child(work: Callable[[], None]) -> int:
    """Do it in a process of its own, without waiting; its number."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    return child


def death(child: int) -> int:
    """The signal that ended the child, 0 for none."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) * -1


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_first_time_stays(tmp_path: Path) -> None:
    file = tmp_path / "sub" / layout.LEDGER
    ledger.remember(file, KEY, [("aa", "thon-1.xlsx", MORNING)])
    ledger.remember(file, KEY, [("aa", "moved.xlsx", EVENING), ("bb", "thon-2.xlsx", EVENING)])
    assert known(file) == {"aa": MORNING, "bb": EVENING}


def test_rounds_and_years_are_kept_apart(file: Path) -> None:
    assert ledger.first_seen(file, RoundKey(2023, "so-ket")) == {}
    assert ledger.first_seen(file, RoundKey(2024, "tong-ket")) == {}


ROWS = {
    "receipts": "INSERT INTO receipts VALUES (2023, 'tong-ket', 'bb', 'thon-2.xlsx', '2023')",
    "runs": "INSERT INTO runs VALUES (1, 2023, 'tong-ket', '2023', '0.1', 1, '{}')",
    "files": "INSERT INTO files VALUES (1, 'a.xlsx', 'aa', 'thon-1', 'accepted', '2023')",
    "results": "INSERT INTO results VALUES (1, 'thon-1', 'thon', '', '', '', '', 95, 1, '', '', '{}', '{}')",
}


@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET rowid = 7"])
@pytest.mark.parametrize("table", ROWS)
def test_nothing_is_ever_taken_back(file: Path, table: str, change: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(ROWS[table])
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(change.format(table))


def test_every_table_is_guarded(file: Path) -> None:
    with ledger.reading(file) as connection:
        guards = connection.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    tables = [name for version in ledger.VERSIONS for name in version]
    assert sorted(guards) == sorted((name, f"{name}_{word}") for name in tables for word in ("stay", "remain"))


def test_reading_creates_nothing(tmp_path: Path, file: Path) -> None:
    content = file.read_bytes()
    assert known(tmp_path / "none" / layout.LEDGER) == {}
    assert known(file) == {"aa": MORNING}
    assert ledger.damage(file) == ""
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == content


def test_what_is_known_already_changes_no_byte(file: Path) -> None:
    content = file.read_bytes()
    ledger.remember(file, KEY, [("aa", "thon-1.xlsx", EVENING)])
    assert file.read_bytes() == content


def test_it_lies_above_the_years_or_in_an_outbox_of_its_own(tmp_path: Path) -> None:
    assert ledger.path_for(tmp_path / "outbox/2023/tong-ket", KEY) == tmp_path / "outbox" / layout.LEDGER
    spelled = tmp_path / "outbox/2023/so-ket/../tong-ket"
    assert ledger.path_for(spelled, KEY) == tmp_path / "outbox" / layout.LEDGER
    assert ledger.is_shared(tmp_path / "outbox" / layout.LEDGER, spelled)
    assert ledger.path_for(tmp_path / "elsewhere", KEY) == tmp_path / "elsewhere" / layout.LEDGER


# --- versions -----------------------------------------------------------------------------------------

FIRST_VERSION = """
CREATE TABLE receipts (year INTEGER NOT NULL, round TEXT NOT NULL, sha256 TEXT NOT NULL, file TEXT NOT NULL,
    first_seen TEXT NOT NULL, PRIMARY KEY (year, round, sha256));
CREATE TRIGGER receipts_stay BEFORE UPDATE ON receipts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER receipts_remain BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
INSERT INTO receipts VALUES (2023, 'tong-ket', 'aa', 'thon-1.xlsx', '2023-12-08T08:00:00+00:00');
"""


def test_a_ledger_from_before_versions_goes_on(tmp_path: Path) -> None:
    file = tmp_path / layout.LEDGER
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(FIRST_VERSION)
    assert ledger.damage(file) == ""
    assert known(file) == {"aa": MORNING}
    ledger.remember(file, KEY, [("bb", "thon-2.xlsx", EVENING)])
    assert known(file) == {"aa": MORNING, "bb": EVENING}
    with ledger.reading(file) as connection:
        assert ledger.version(connection) == len(ledger.VERSIONS)
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_a_newer_programs_ledger_is_left_alone(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 999")
    content = file.read_bytes()
    with pytest.raises(EnvironmentFault, match=r"so-cai\.sqlite") as raised:
        ledger.remember(file, KEY, [("bb", "thon-2.xlsx", EVENING)])
    assert "--outbox" in raised.value.remedy
    assert file.read_bytes() == content
    assert known(file) == {"aa": MORNING}


# --- two at once, and death ---------------------------------------------------------------------------


def test_written_ahead_and_without_shared_memory(file: Path) -> None:
    with ledger.writing(file) as connection:
        connection.execute("INSERT INTO receipts VALUES (2023, 'tong-ket', 'bb', 'thon-2.xlsx', '2023')")
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        beside = {each.name for each in file.parent.iterdir()}
    assert beside == {"so-cai.sqlite", "so-cai.sqlite-wal"}  # a -shm is what network drives cannot share
    assert [each.name for each in file.parent.iterdir()] == ["so-cai.sqlite"]


@forks
def test_who_reads_waits_for_who_writes(file: Path) -> None:
    ready, go = os.pipe()

    def write_slowly() -> None:
        with ledger.writing(file) as connection:
            connection.execute("INSERT INTO receipts VALUES (2023, 'tong-ket', 'bb', 'b', '2023-12-08T20:00:00+00:00')")
            os.write(go, b"!")
            time.sleep(0.2)

    child = in_a_child(write_slowly)
    os.close(go)
    assert os.read(ready, 1) == b"!"
    assert known(file) == {"aa": MORNING, "bb": EVENING}
    assert death(child) == 0


@forks
def test_a_ledger_in_use_for_too_long_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "WAIT", 0.05)
    ready, go = os.pipe()

    def write_for_ever() -> None:
        with ledger.writing(file):
            os.write(go, b"!")
            time.sleep(60)

    child = in_a_child(write_for_ever)
    os.close(go)
    assert os.read(ready, 1) == b"!"
    with pytest.raises(EnvironmentFault, match="chương trình khác đang dùng"):
        known(file)
    os.kill(child, signal.SIGKILL)
    death(child)
    assert known(file) == {"aa": MORNING}


@forks
@pytest.mark.parametrize("committed", [False, True])
def test_death_keeps_all_of_a_transaction_or_nothing(file: Path, committed: bool) -> None:
    def write_and_die() -> None:
        with ledger.writing(file) as connection:
            rows = [(2023, "tong-ket", f"{n:064}", "x" * 200, "2023-12-08T20:00:00+00:00") for n in range(20_000)]
            connection.execute("PRAGMA cache_size = 10")  # so that much of it is on the disk before its end
            connection.executemany("INSERT INTO receipts VALUES (?, ?, ?, ?, ?)", rows)
            if committed:
                connection.execute("COMMIT")
            die()

    assert death(in_a_child(write_and_die)) == signal.SIGKILL
    assert file.with_name("so-cai.sqlite-wal").stat().st_size > 1_000_000
    assert ledger.damage(file) == ""
    assert len(known(file)) == (20_001 if committed else 1)
    assert [each.name for each in file.parent.iterdir()] == ["so-cai.sqlite"]


@forks
def test_death_while_it_is_made_leaves_one_that_goes_on(tmp_path: Path) -> None:
    """The first ledger of a new outbox, killed before each of SQLite's statements."""
    for last in range(1, 30):
        file = tmp_path / str(last) / layout.LEDGER
        child = in_a_child(lambda file=file, last=last: _remember_until(last, file))  # type: ignore[misc]
        died = death(child)
        assert ledger_repair.repair(file, file.parent, EVENING) == []
        assert known(file) == ({} if died else {"aa": MORNING})
        ledger.remember(file, KEY, [("aa", "thon-1.xlsx", MORNING)])
        assert known(file) == {"aa": MORNING}
        assert [each.name for each in file.parent.iterdir()] == ["so-cai.sqlite"]
        if not died:
            break
    assert last > 10


def _remember_until(last: int, file: Path) -> None:
    """Remember a file, and die before the statement of that number."""
    statements = 0

    class Connection(sqlite3.Connection):
        def execute(self, *args: object) -> sqlite3.Cursor:  # type: ignore[override]
            nonlocal statements
            statements += 1
            if statements == last:
                die()
            return super().execute(*args)  # type: ignore[arg-type]

    connect = sqlite3.connect
    ledger.sqlite3.connect = lambda *args, **more: connect(*args, factory=Connection, **more)
    ledger.remember(file, KEY, [("aa", "thon-1.xlsx", MORNING)])


@forks
def test_a_folder_that_nobody_may_write_to_can_still_be_read() -> None:
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # one that another user can reach
    try:
        file = folder / layout.LEDGER
        ledger.remember(file, KEY, [("aa", "thon-1.xlsx", MORNING)])
        file.chmod(0o444)
        folder.chmod(0o555)

        def read() -> None:
            i18n._("")  # loads the catalogue while we may
            if os.getuid() == 0:
                os.setuid(65534)  # to root no folder is read-only
            same = known(file) == {"aa": MORNING}
            try:
                ledger.remember(file, KEY, [("bb", "thon-2.xlsx", EVENING)])
            except EnvironmentFault as fault:
                os._exit(42 if same and "không ghi được" in fault.message else 1)

        assert -death(in_a_child(read)) == 42
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_is_told_and_nothing_is_lost(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    class Full(sqlite3.Connection):
        def execute(self, sql: str, *args: object) -> sqlite3.Cursor:  # type: ignore[override]
            if sql.startswith("BEGIN"):
                super().execute("PRAGMA max_page_count = 1")  # SQLite then says what it says of a full disk
            return super().execute(sql, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger.sqlite3, "connect", lambda *args, **more: connect(*args, factory=Full, **more))
    with pytest.raises(EnvironmentFault, match="đĩa đã đầy"):
        ledger.remember(file, KEY, [(f"{n}", "x" * 4000, EVENING) for n in range(100)])
    assert known(file) == {"aa": MORNING}


# --- damaged ------------------------------------------------------------------------------------------


def outbox(folder: Path, round_code: str, files: dict[str, str]) -> Path:
    """A published outbox whose register tells when files (SHA-256 -> name) were first seen: in the morning."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(["file", "sha256", "first_seen", "received", "received_from"])
    for sha256, name in files.items():
        source = "mail" if sha256 == "bb" else "first_seen"
        rows.writerow([name, sha256, MORNING.isoformat(), EVENING.isoformat(), source])
    rows.writerow(["~$lock.xlsx", "", "", "", ""])  # never opened: no hash, no time
    content = text.getvalue().encode("utf-8-sig")
    (folder / "so-lieu").mkdir(parents=True)
    (folder / "so-lieu" / "register.csv").write_bytes(content)
    outputs = {"so-lieu/register.csv": hashlib.sha256(content).hexdigest()}
    manifest = {"format": "thidua-outbox", "year": 2023, "round": round_code, "outputs": outputs}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def zeroed(content: bytes) -> bytes:
    return content[:100] + bytes(len(content) - 100)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "another file": lambda content: b"not a database" * 100,
    "emptied": lambda content: b"",
    "cut off": lambda content: content[: len(content) // 2],
    "zeroed behind its head": zeroed,
}


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """Outboxes of two rounds, and their ledger, which knows one file that lies in no register."""
    root = tmp_path / "outbox"
    outbox(root / "2023" / "so-ket", "so-ket", {"cc": "thon-1.xlsx"})
    outbox(root / "2023" / "tong-ket", "tong-ket", {"aa": "'=thon-1.xlsx", "bb": "thôn 2,\nphiếu.xlsx"})
    file = root / layout.LEDGER
    ledger.remember(file, KEY, [("aa", "=thon-1.xlsx", MORNING), ("lost", "lost.xlsx", MORNING)])
    yield root
    assert all(is_kept(each.name, (layout.LEDGER,)) for each in root.iterdir() if each.is_file())


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_ledger_is_set_aside_and_rebuilt_from_the_registers(tree: Path, kind: str) -> None:
    file = tree / layout.LEDGER
    damaged = DAMAGES[kind](file.read_bytes())
    file.write_bytes(damaged)
    sentences = ledger_repair.repair(file, tree / "2023" / "tong-ket", EVENING)
    (aside,) = tree.glob("so-cai.hong-20231208-200000.sqlite")
    assert aside.read_bytes() == damaged
    assert aside.name in sentences[0]
    assert sentences[1:] == [
        "Đã lập lại từ sổ đăng ký trong thư mục kết quả: thời điểm nhận lần đầu của 3 tệp.",
        "Không lập lại được: lịch sử các lần chạy, những thư đã gửi, và các tệp không có trong sổ đăng ký nào; "
        "những tệp đó tính là nhận vào lúc này.",
    ]
    assert known(file) == {"aa": MORNING, "bb": MORNING}
    assert ledger.first_seen(file, RoundKey(2023, "so-ket")) == {"cc": MORNING}
    assert ledger.mailed(file, KEY) == {"bb": EVENING}
    with ledger.reading(file) as connection:
        names = connection.execute("SELECT file FROM receipts ORDER BY sha256").fetchall()
    assert names == [("=thon-1.xlsx",), ("thôn 2,\nphiếu.xlsx",), ("thon-1.xlsx",)]
    assert sorted(each.name for each in tree.iterdir()) == ["2023", aside.name, layout.LEDGER]
    assert ledger_repair.repair(file, tree / "2023" / "tong-ket", EVENING) == []


def test_commands_that_only_read_name_the_remedy(file: Path) -> None:
    file.write_bytes(b"not a database" * 100)
    for use in (lambda: known(file), lambda: ledger.remember(file, KEY, [])):
        with pytest.raises(EnvironmentFault) as raised:
            use()
        assert "thidua run" in raised.value.remedy


def test_a_register_that_was_changed_gives_nothing_and_is_named(tree: Path) -> None:
    file, register = tree / layout.LEDGER, tree / "2023" / "tong-ket" / "so-lieu" / "register.csv"
    register.write_bytes(register.read_bytes().replace(b"2023-12-08", b"2023-11-08"))
    file.write_bytes(b"not a database" * 100)
    sentences = ledger_repair.repair(file, tree / "2023" / "tong-ket", EVENING)
    assert str(tree / "2023" / "tong-ket") in sentences[2]
    assert (known(file), ledger.first_seen(file, RoundKey(2023, "so-ket"))) == ({}, {"cc": MORNING})


def test_the_journal_of_the_damaged_one_is_never_played_into_the_new_one(tree: Path) -> None:
    file = tree / layout.LEDGER
    journal = tree / f"{layout.LEDGER}-wal"
    with ledger.writing(file) as connection:
        connection.execute("INSERT INTO receipts VALUES (2023, 'tong-ket', 'zz', 'z', '2024-01-01T00:00:00+00:00')")
        connection.execute("COMMIT")
        kept = journal.read_bytes()  # as a killed run leaves it
        connection.execute("BEGIN")
    file.write_bytes(b"not a database" * 100)
    journal.write_bytes(kept)
    ledger_repair.repair(file, tree / "2023" / "tong-ket", EVENING)
    assert known(file) == {"aa": MORNING, "bb": MORNING}
    (aside,) = tree.glob("so-cai.hong-*.sqlite-wal")
    assert aside.read_bytes() == kept


@forks
def test_death_while_mending_leaves_one_to_be_mended(tree: Path) -> None:
    """Killed before each thing that it asks of the file system."""
    file, damaged = tree / layout.LEDGER, b"not a database" * 100
    for last in range(1, 200):
        file.write_bytes(damaged)
        child = in_a_child(lambda last=last: _mend_until(last, file))  # type: ignore[misc]
        died = death(child)
        assert file.exists(), last
        ledger_repair.repair(file, tree / "2023" / "tong-ket", EVENING)
        assert known(file) == {"aa": MORNING, "bb": MORNING}, last
        for each in tree.glob("so-cai.*.sqlite*"):
            each.unlink()
        if not died:
            break
    assert 10 < last < 199


def _mend_until(last: int, file: Path) -> None:
    asked = 0

    def hook(name: str, _args: object) -> None:
        nonlocal asked
        if name == "open" or name.startswith(("os.", "shutil.", "sqlite3.")):
            asked += 1
            if asked == last:
                die()

    sys.addaudithook(hook)
    ledger_repair.repair(file, file.parent / "2023" / "tong-ket", EVENING)


def test_a_pipe_in_its_place_makes_nobody_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "so-cai.sqlite")
    for use in (ledger.damage, ledger.newest_time, lambda file: ledger.remember(file, KEY, [])):
        with pytest.raises(EnvironmentFault, match="không phải là sổ cái"):
            use(tmp_path / "so-cai.sqlite")
