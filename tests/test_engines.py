"""A file that hangs, fills or kills its reader costs itself alone; nothing of a run is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipeline import engines
from pipeline.engines import Bounds, Loss, map_files
from pipeline.errors import EnvironmentFault
from pipeline.findings.finding import Code
from pipeline.intake import take as intake
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess, publish
from pipeline.state import losses
from tests.columns import at
from tests.filled import NOW, RULES, drop, form
from tests.mutations import changed
from tests.small import rules as small_rules
from tests.traps import trap

BOUNDS = Bounds(1, 10**9)
FALLS = {
    "hang": Loss.TIME,
    "fill": Loss.MEMORY,
    "abort": Loss.MEMORY,
    "fault": Loss.CRASH,
    "kill": Loss.CRASH,
    "exit": Loss.CRASH,
    "raise": Loss.CRASH,
}
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows bounds time alone")


@on_posix
def test_each_fall_costs_one_item_and_the_order_stays() -> None:
    items = [each for fall in FALLS for each in (fall, f"after {fall}")]
    expected = [each for fall, loss in FALLS.items() for each in (loss, f"after {fall}")]
    assert list(map_files(trap, items, 2, BOUNDS)) == expected


def test_a_result_that_is_late_because_of_another_item_counts() -> None:
    assert list(map_files(trap, ["hang", *"abcdefgh"], 2, BOUNDS)) == [Loss.TIME, *"abcdefgh"]


def test_workers_that_cannot_start_are_told_at_once_and_not_file_by_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trap, "__module__", "nowhere")
    monkeypatch.setitem(sys.modules, "nowhere", sys.modules["tests.traps"])  # known here, but not to a fresh process
    with pytest.raises(EnvironmentFault, match="không khởi động được"):
        list(map_files(trap, ["a"] * 1000, 1, BOUNDS))


def settings_seen(_item: object) -> list[str]:
    """As the worker has them, and as the system shows what it was started with."""
    shown = Path("/proc/self/environ")
    started_with = shown.read_text().split("\0") if shown.exists() else []
    return [each for each in (*os.environ, *started_with) if each.startswith("THIDUA_")]


def test_a_worker_never_sees_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_SMTP_PASSWORD", "mật khẩu")
    assert list(map_files(settings_seen, [1], 1, Bounds(30, 10**9))) == [[]]
    assert "THIDUA_SMTP_PASSWORD" in os.environ  # this process still has it


def test_by_default_there_is_a_worker_even_for_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # tests read in their own process; a run does not
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert [engines.fitting(files) for files in (1, 26, 100, 1000)] == [1, 1, 3, 4]
    assert list(map_files(trap, ["kill"], None, BOUNDS)) == [Loss.CRASH]


def test_what_is_larger_than_its_bound_never_comes_back() -> None:
    items = ["x" * 2_000, "x" * 200, "after"]
    assert list(map_files(trap, items, 1, Bounds(5, 10**9, answer=1_000))) == [Loss.MEMORY, *items[1:]]


def test_while_an_item_hangs_another_worker_does_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "fitting", lambda items: 1)
    monkeypatch.setattr(engines, "LONG", 0.1)
    start = time.monotonic()
    results = map_files(trap, ["hang", "hang", "a"], None, Bounds(2, 10**9))
    assert list(results) == [Loss.TIME, Loss.TIME, "a"]
    assert time.monotonic() - start < 3.8  # one after the other they take four seconds


def test_a_sender_whose_files_hang_has_the_others_left_and_the_rest_are_read() -> None:
    patience = engines.Patience(lambda item: item.rpartition(":")[2].partition("-")[0], 0.3)
    items = [*(f"hang:{n}" for n in ("/dev/null",) * 5), "a:/dev/null", "b", "c"]
    results = list(map_files(trap, items, 1, Bounds(0.3, 10**9), patience))
    assert results == [*[Loss.TIME] * 3, *[Loss.LEFT] * 3, "b", "c"]


def test_all_together_wait_for_ten_that_hang() -> None:
    patience = engines.Patience(str, 20)
    for n in range(9):
        patience.lose(f"{n}", 20.0)
    assert not patience.is_over("x")
    patience.lose("9", 20.0)
    assert patience.is_over("x")


@on_posix
def test_a_content_that_hangs_is_tried_once_and_left_to_the_officer(tmp_path: Path) -> None:
    bad = changed(form("thon-2"), r"xl/sharedStrings\.xml", lying)
    inbox, ledger_file = drop(tmp_path / "inbox", {"a.xlsx": bad, "thon-1.xlsx": form("thon-1")}), tmp_path / "so-cai"
    of = RULES.plan.round("tong-ket")
    assert of
    context = RoundContext(RULES, of)
    first = assess(context, inbox, ledger_file, NOW, jobs=1)
    losses.remember(ledger_file, context.plan.limits, first.lost)
    again = assess(context, inbox, ledger_file, NOW, jobs=engines.IN_PROCESS)  # it would end the tests
    assert (first.not_tried, list(first.lost.values()), again.not_tried, again.lost) == (0, [Loss.MEMORY], 1, {})
    assert again.outcome.findings.equals(first.outcome.findings)
    assert again.outcome.register.equals(first.outcome.register)


START = (
    "from tests.traps import trap; from pipeline.engines import *; list(map_files(trap, ['hang:{file}'], 1, {bounds}))"
)


def started(tmp_path: Path, bounds: Bounds) -> tuple[subprocess.Popen[bytes], int]:
    """A program whose worker hangs, and the worker's process id."""
    file = tmp_path / "pid"
    program = f"if __name__ == '__main__': {START.format(file=file, bounds=bounds)}"
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, start_new_session=True)
    waited_for(lambda: file.exists() and file.read_text() != "")
    return process, int(file.read_text())


def waited_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text()


@on_posix
def test_ctrl_c_ends_all_at_once_and_in_one_voice(tmp_path: Path) -> None:
    process, worker = started(tmp_path, Bounds(60, 10**9))
    os.killpg(process.pid, signal.SIGINT)
    _out, errors = process.communicate(timeout=5)
    assert errors.count(b"KeyboardInterrupt") == 1
    waited_for(lambda: is_gone(worker))


@on_posix
def test_a_hanging_worker_ends_even_if_the_run_was_killed(tmp_path: Path) -> None:
    process, worker = started(tmp_path, Bounds(0.3, 10**9))
    process.kill()
    process.communicate(timeout=5)
    waited_for(lambda: is_gone(worker))


def lying(xml: bytes) -> bytes:
    """A table of texts that claims to hold a hundred thousand million: calamine asks for the memory beforehand."""
    return re.sub(rb'uniqueCount="\d+"', b'uniqueCount="99999999999"', xml)


@on_posix
def test_a_form_that_brings_its_reader_down_is_registered_and_the_others_count(tmp_path: Path) -> None:
    files = {"thon-1.xlsx": form("thon-1"), "thon-3.xlsx": form("thon-3")}
    bad = changed(form("thon-2"), r"xl/sharedStrings\.xml", lying)
    of = RULES.plan.round("tong-ket")
    assert of
    alone = assess(RoundContext(RULES, of), drop(tmp_path / "alone", files), tmp_path / "none", NOW)
    inbox = drop(tmp_path / "inbox", {**files, "thon-2.xlsx": bad})
    found = assess(RoundContext(RULES, of), inbox, tmp_path / "none", NOW, jobs=1).outcome
    codes = found.findings.set_index("file").loc[["thon-2.xlsx"], "code"]
    assert list(codes) == [Code.READER_MEMORY]
    register = found.register.set_index("file")
    assert list(register.index) == ["thon-1.xlsx", "thon-2.xlsx", "thon-3.xlsx"]
    assert list(found.inputs) == list(register.index)
    assert list(register["status"] == "unreadable") == [False, True, False]
    assert found.scores.query("unit != 'thon-2'").equals(alone.outcome.scores.query("unit != 'thon-2'"))


def test_the_plan_sets_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = small_rules(plan={"limits": {"reading_seconds": 7, "reading_memory_mb": 300}})
    of = rules.plan.round("tong-ket")
    assert of
    given: list[Bounds] = []
    monkeypatch.setattr(
        engines,
        "map_files",
        lambda take, paths, jobs, bounds, patience: (given.append(bounds) or take(path) for path in paths),
    )
    assess(RoundContext(rules, of), drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1")}), tmp_path / "none", NOW)
    assert given == [Bounds(7, 300_000_000)]


@on_posix
def test_a_form_that_cannot_be_marked_within_bounds_is_answered_by_a_fresh_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """openpyxl makes a cell of every cell of a merged range."""
    monkeypatch.setattr(engines, "fitting", lambda files: 1)
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    bad = changed(
        form("thon-2", {"KT1": {"actual": "x"}}),
        r"xl/worksheets/sheet8\.xml",  # the hidden lists, which have no ranges of their own
        lambda xml: xml.replace(b"</sheetData>", merged),
    )
    rules = small_rules(plan={"limits": {"reading_memory_mb": 60}})
    of = rules.plan.round("tong-ket")
    assert of
    inbox, outbox, place = drop(tmp_path / "inbox", {"a.xlsx": bad}), tmp_path / "outbox", tmp_path / "ledger.sqlite"
    publish(assess(RoundContext(rules, of), inbox, place, NOW), outbox, place, NOW)
    listed = read_book(outbox / "phan-hoi" / "thon-2.xlsx")
    assert any("phiếu mới" in str(row[0]) for row in listed)
    assert [row[3] for row in listed if row[4] == "KT1"] == [at("actual", 8)]


def read_book(path: Path) -> list[list[object]]:
    """The first sheet: the list of what is to be corrected."""
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


# --- the second reader --------------------------------------------------------------------------------

SPILL = b'<c r="Z3" t="e"><v>#SPILL!</v></c></row>'
STRANGE = {
    "an error of newer Excels": (r"xl/worksheets/sheet3\.xml", lambda xml: xml.replace(b"</row>", SPILL, 1)),
    "a dimension without a row": (
        r"xl/worksheets/sheet3\.xml",
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A"', xml),
    ),
    "a part in UTF-16": (
        r"xl/worksheets/sheet3\.xml",
        lambda xml: xml.decode().replace('"UTF-8"', '"UTF-16"').encode("utf-16"),
    ),
}


@pytest.mark.parametrize("strange", STRANGE)
def test_what_the_first_reader_refuses_the_second_reads_alike(strange: str, tmp_path: Path) -> None:
    right = form("thon-1")
    files = {"right.xlsx": right, "strange.xlsx": changed(right, *STRANGE[strange])}
    inbox = drop(tmp_path / "inbox", files)
    expected, found = (intake.take(inbox, inbox / name) for name in files)
    assert (expected.reasons, found.reasons) == ([], [(Code.SECOND_READER, {})])
    assert found.form == expected.form


def test_what_neither_reads_is_broken(tmp_path: Path) -> None:
    content = changed(form("thon-1"), r"xl/worksheets/sheet3\.xml", lambda xml: xml.replace(b"</sheetData>", b""))
    inbox = drop(tmp_path / "inbox", {"a.xlsx": content})
    assert intake.take(inbox, inbox / "a.xlsx").reasons == [(Code.BROKEN_FILE, {})]
