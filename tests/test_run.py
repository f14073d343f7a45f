"""The promises that only a whole run can keep."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest

from pipeline import engines
from pipeline.errors import EnvironmentFault, UserFault
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess, check_outbox, publish
from pipeline.state import layout, ledger
from tests.filled import NOW, RULES, drop, form
from tests.small import rules as small_rules

ROUND = RULES.plan.round("tong-ket")
assert ROUND
OF = ROUND

INBOX = {
    "thon-1.xlsx": form("thon-1"),
    "thôn 2/phiếu.xlsx": form("thon-2", {"KT1": {"target": 100, "actual": 96.5}, "T2": {"actual": "Có"}}),
    "thon-3.xlsx": form("thon-3", {"KT1": {"actual": "x"}, "TD1": {"claimed": 99}}),
    "thcs.xlsx": form("thcs"),
    "anh.jpg": b"\xff\xd8\xff",
    "~$thon-1.xlsx": b"lock",
}


def run(tmp_path: Path, name: str = "out", now: dt.datetime = NOW, jobs: int | None = None) -> Path:
    inbox, outbox = drop(tmp_path / "inbox", INBOX), tmp_path / name
    file = ledger.path_for(outbox, ledger.RoundKey(RULES.plan.year, OF.code))
    publish(assess(RoundContext(RULES, OF), inbox, file, now, jobs=jobs), outbox, file, now)
    return outbox


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_inbox_stays_as_it_was(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", INBOX)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_mode, path.stat().st_ino) for path in inbox.rglob("*")}
    file = ledger.path_for(tmp_path / "out", ledger.RoundKey(RULES.plan.year, OF.code))
    publish(assess(RoundContext(RULES, OF), inbox, file, NOW), tmp_path / "out", file, NOW)
    assert {
        path: (path.stat().st_mtime_ns, path.stat().st_mode, path.stat().st_ino) for path in inbox.rglob("*")
    } == before
    assert contents(inbox) == INBOX


def test_every_number_leads_to_the_cell_that_it_came_from(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", INBOX)
    outcome = assess(RoundContext(RULES, OF), inbox, tmp_path / "none", NOW).outcome
    books = {name: openpyxl.load_workbook(inbox / name) for name in set(outcome.results["file"])}
    traced = 0
    for at in outcome.results.itertuples():
        sheet = books[at.file][at.sheet]
        for value, cell in ((at.actual, at.actual_cell), (at.claimed, at.claimed_cell), (at.target, at.target_cell)):
            if value == value:
                assert sheet[cell].value == value
                traced += 1
        if at.choice:
            assert sheet[at.actual_cell].value == at.choice
            traced += 1
    assert traced == 10 + 11 + 2


def test_the_cells_of_every_finding_hold_what_it_says(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", INBOX)
    found = assess(RoundContext(RULES, OF), inbox, tmp_path / "none", NOW).outcome.findings
    found = found[found["file"] == "thon-3.xlsx"]
    book = openpyxl.load_workbook(inbox / "thon-3.xlsx")
    assert [(at.code, book[at.sheet][at.cell].value) for at in found.itertuples()] == [
        ("not-a-number", "x"),
        ("over-points", 99),
    ]


def test_one_process_or_two_give_the_same_bytes(tmp_path: Path) -> None:
    assert contents(run(tmp_path, "one", jobs=1)) | {layout.LEDGER: b""} == contents(run(tmp_path, "two", jobs=2)) | {
        layout.LEDGER: b""
    }


def test_the_outputs_do_not_depend_on_when_the_run_took_place(tmp_path: Path) -> None:
    first = contents(run(tmp_path))
    later = contents(run(tmp_path, now=NOW + dt.timedelta(days=40)))
    assert first == later


def test_the_manifest_names_every_input_and_output(tmp_path: Path) -> None:
    import hashlib

    outbox = run(tmp_path)
    manifest = json.loads((outbox / "manifest.json").read_text(encoding="utf-8"))
    files = contents(outbox)
    del files["manifest.json"], files[layout.LEDGER]
    assert manifest["outputs"] == {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    read = {name: content for name, content in INBOX.items() if not name.startswith("~$")}  # a lock is never opened
    assert manifest["inputs"] == {name: hashlib.sha256(content).hexdigest() for name, content in sorted(read.items())}


def test_a_unit_reads_its_points_as_worked_out_by_hand(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", INBOX)
    standings = assess(RoundContext(RULES, OF), inbox, tmp_path / "none", NOW).outcome.standings.set_index("unit")
    # thon-1: 95/100 of 40 = 38; poverty 2.5/2.0, capped: 20; 92 of 90: 10; Tốt: 8; Có: 5; no case: 5; claimed: 9
    assert standings.at["thon-1", "total"] == 95.0
    # thon-2: 96.5 % of 40 = 38.6 and a bonus of 3 on top of the same
    assert (standings.at["thon-2", "base"], standings.at["thon-2", "bonus"]) == (95.6, 3.0)
    assert standings["rank"].dropna().to_dict() == {"thon-2": 1, "thon-1": 2, "thcs": 1}


def test_a_registration_round_asks_for_targets_and_ranks_nobody(tmp_path: Path) -> None:
    of = RULES.plan.round("dang-ky")
    assert of
    now = dt.datetime(2023, 3, 1, 8, tzinfo=RULES.plan.zone)
    inbox = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1", of="dang-ky")})
    file, outbox = tmp_path / "ledger.sqlite", tmp_path / "out"
    assessment = assess(RoundContext(RULES, of), inbox, file, now)
    found = assessment.outcome.findings
    assert found["code"].tolist() == ["signed-after-receipt"]  # dated in December, as all forms of these tests are
    assert assessment.outcome.register["status"].tolist() == ["accepted_with_warnings"]
    results = assessment.outcome.results.set_index("criterion")
    assert results.at["KT1", "target"] == 100
    assert results["actual"].isna().all()
    publish(assessment, outbox, file, now)
    assert not (outbox / "xep-hang.xlsx").exists()
    assert (outbox / "tong-hop.xlsx").exists()


def test_no_inbox_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserFault):
        assess(RoundContext(RULES, OF), tmp_path / "none", tmp_path / "none.sqlite", NOW)


def test_an_empty_inbox_gives_an_outbox_that_says_so(tmp_path: Path) -> None:
    inbox, outbox = drop(tmp_path / "inbox", {}), tmp_path / "out"
    assessment = assess(RoundContext(RULES, OF), inbox, tmp_path / "l.sqlite", NOW)
    assert set(assessment.outcome.roster["state"]) == {"not_sent"}
    publish(assessment, outbox, tmp_path / "l.sqlite", NOW)
    assert (outbox / "xep-hang.xlsx").exists()


def test_inbox_rules_and_outbox_must_not_lie_in_one_another(tmp_path: Path) -> None:
    for outbox in (tmp_path, tmp_path / "inbox", tmp_path / "inbox" / "deeper"):
        with pytest.raises(UserFault):
            check_outbox(outbox, tmp_path / "inbox", tmp_path / "rules")


def test_a_form_that_changes_between_reading_and_marking_is_told(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", INBOX)
    assessment = assess(RoundContext(RULES, OF), inbox, tmp_path / "l.sqlite", NOW)
    (inbox / "thon-3.xlsx").write_bytes(form("thon-3"))
    with pytest.raises(EnvironmentFault, match=r"thon-3\.xlsx"):
        publish(assessment, tmp_path / "out", tmp_path / "l.sqlite", NOW)
    assert not (tmp_path / "out").exists()


def test_engines_keep_the_order_of_files() -> None:
    items = list(range(300))
    assert list(engines.map_files(str, items, 2, engines.Bounds(60, 10**9))) == [str(item) for item in items]


def test_other_rules_than_the_forms_are_told(tmp_path: Path) -> None:
    movements = [{"code": "PT1", "name": "Tên khác"}]
    rules = small_rules(plan={"movements": movements})
    inbox = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1")})
    of = rules.plan.round("tong-ket")
    assert of
    found = assess(RoundContext(rules, of), inbox, tmp_path / "none", NOW).outcome.findings
    assert "other-rules" in found["code"].tolist()


def test_an_answer_that_earns_nothing_needs_no_evidence(tmp_path: Path) -> None:
    import copy

    from tests.small import THON

    bloc = copy.deepcopy(THON)
    bloc["rubric"]["groups"][2]["criteria"][1]["evidence"] = True  # T2, yes or no
    rules = small_rules(bloc)
    files = {f"{n}.xlsx": form(f"thon-{n}", {"T2": {"actual": says}}, rules) for n, says in ((1, "Không"), (2, "Có"))}
    inbox = drop(tmp_path / "inbox", files)
    found = assess(RoundContext(rules, OF), inbox, tmp_path / "none", NOW).outcome.findings
    assert [(at.file, at.criterion, at.code) for at in found.itertuples()] == [("2.xlsx", "T2", "no-evidence")]
