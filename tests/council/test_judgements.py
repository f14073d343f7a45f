"""People correct the machine: which papers count, and what counts by them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from pipeline.forms.papers import META_SHEET
from pipeline.screens.explain import explain
from pipeline.screens.screen import console, show_outcome
from pipeline.state import layout
from tests.filled import NOW
from tests.papers import (
    AFTER_APPRAISAL,
    APPRAISAL,
    APPRAISED,
    COMPUTED,
    FORMS,
    LATER,
    Entries,
    appraised,
    cell_of,
    fill,
    finding_rows,
    issued,
    judged,
    run,
    totals,
    with_facts,
)

CHANGES = ("unit", "criterion", "before", "after", "reason", "rank_undone", "rank", "moved", "effect", "file", "cell")


PAPER = "hoi-dong/phiếu.xlsx"


def test_without_papers_the_computed_points_count(tmp_path: Path) -> None:
    done = run(tmp_path, FORMS)
    scores = done.outcome.scores
    assert scores["points"].tolist() == scores["computed"].tolist()
    assert scores[["appraised", "decided"]].isna().all(axis=None)
    assert totals(done) == COMPUTED


def test_papers_come_back_blank_and_change_nothing(tmp_path: Path) -> None:
    first = run(tmp_path, FORMS)
    papers = {name: issued(tmp_path, f"{name}/thon.xlsx") for name in ("tham-dinh", "hoi-dong")}
    done = run(tmp_path, FORMS | {f"hoi-dong/{name}.xlsx": content for name, content in papers.items()})
    assert (finding_rows(done), judged(done), totals(done)) == ([], [], COMPUTED)
    assert done.outcome.scores.equals(first.outcome.scores)
    register = done.outcome.register.set_index("file")
    assert register.loc["hoi-dong/tham-dinh.xlsx", ["status", "bloc", "unit"]].tolist() == ["council_paper", "thon", ""]
    assert issued(tmp_path) == papers["tham-dinh"]


def test_what_is_appraised_counts_and_is_listed_with_the_ranks(tmp_path: Path) -> None:
    paper = appraised(tmp_path)
    done = run(tmp_path, FORMS | {"hoi-dong/phiếu.xlsx": paper})
    assert (judged(done), finding_rows(done), totals(done)) == (APPRAISED, [], AFTER_APPRAISAL)
    with (tmp_path / "out" / "so-lieu" / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [[row[name] for name in CHANGES] for row in csv.DictReader(file)]
    reason_cell = {key: cell_of(paper, *key, "appraised").coordinate for key in APPRAISAL}
    up, down = "từ hạng 2 lên hạng 1", "từ hạng 1 xuống hạng 2"
    # Without its one point Thôn 1 would have 95 to 96. Without its 4.6 less, Thôn 2 would have 100.6; without the 4 of
    # T1, cut to 2 by the cap, 94. Thôn 3 is last with 89 too.
    effects = (f"Thôn 1 {up}; Thôn 2 {down}", f"Thôn 2 {down}; Thôn 1 {up}")
    assert sorted(rows) == [
        [
            "thon-1",
            "TD1",
            "9",
            "10",
            "Đủ minh chứng",
            "2",
            "1",
            "2",
            effects[0],
            "hoi-dong/phiếu.xlsx",
            reason_cell["Thôn 1", "TD1"],
        ],
        [
            "thon-2",
            "KT1",
            "38.6",
            "34",
            "'=1+1",
            "1",
            "2",
            "2",
            effects[1],
            "hoi-dong/phiếu.xlsx",
            reason_cell["Thôn 2", "KT1"],
        ],
        [
            "thon-2",
            "T1",
            "0",
            "4",
            "Hai bằng khen",
            "2",
            "2",
            "0",
            "",
            "hoi-dong/phiếu.xlsx",
            reason_cell["Thôn 2", "T1"],
        ],
        [
            "thon-3",
            "P2",
            "0",
            "-5",
            "Có kỷ luật",
            "3",
            "3",
            "0",
            "",
            "hoi-dong/phiếu.xlsx",
            reason_cell["Thôn 3", "P2"],
        ],
    ]
    for name in ("tong-hop.xlsx", "xep-hang.xlsx"):
        sheet = openpyxl.load_workbook(tmp_path / "out" / name)["Thay đổi"]
        assert sheet["A2"].value.startswith("Số thay đổi: 4; trong đó 2 thay đổi làm đổi hạng")
        shown = [[cell.value for cell in row[2:15]] for row in sheet.iter_rows(min_row=4)]
        who = ("Nguyễn Văn Mẫu", None)
        judge = "Thẩm định"
        assert sorted(shown, key=str) == [
            [
                "Thôn 1",
                "TD1. Tổ chức phong trào thi đua",
                9,
                9,
                10,
                None,
                judge,
                9,
                10,
                "Đủ minh chứng",
                *who,
                effects[0],
            ],
            [
                "Thôn 2",
                "KT1. Thu ngân sách so với dự toán",
                None,
                38.6,
                34,
                None,
                judge,
                38.6,
                34,
                "=1+1",
                *who,
                effects[1],
            ],
            ["Thôn 2", "T1. Bằng khen trong năm", None, 0, 4, None, judge, 0, 4, "Hai bằng khen", *who, "không"],
            ["Thôn 3", "P2. Kỷ luật", None, 0, -5, None, judge, 0, -5, "Có kỷ luật", *who, "không"],
        ]
    screen = io.StringIO()
    show_outcome(done.outcome, console(screen))
    words = "Số điểm được thẩm định, Hội đồng thay đổi: 4; trong đó 2 thay đổi làm đổi hạng."
    assert words in screen.getvalue()


def test_the_same_papers_give_the_same_bytes(tmp_path: Path) -> None:
    files = FORMS | {"hoi-dong/phiếu.xlsx": appraised(tmp_path)}
    outboxes = []
    for now in (NOW, LATER):
        run(tmp_path, files, now)
        outbox = (path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.name != layout.LEDGER)
        outboxes.append({path: path.read_bytes() for path in outbox})
    assert outboxes[0] == outboxes[1]


@pytest.mark.parametrize(
    ("key", "value", "status", "code"),
    [
        ("round", "so-ket", "wrong_round", "wrong-round"),
        ("bloc", "khoi-la", "not_a_form", "paper-unknown-bloc"),
    ],
)
def test_a_paper_that_belongs_elsewhere_is_not_used(
    tmp_path: Path, key: str, value: str, status: str, code: str
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(appraised(tmp_path)))
    meta = book[META_SHEET]
    assert meta.sheet_state == "veryHidden"
    elsewhere = with_facts(appraised(tmp_path), {key: value})
    done = run(tmp_path, FORMS | {"hoi-dong/phiếu.xlsx": elsewhere})
    assert [each[3] for each in finding_rows(done)] == [code]
    assert done.outcome.register.set_index("file").at["hoi-dong/phiếu.xlsx", "status"] == status
    assert totals(done) == COMPUTED


def test_the_paper_received_last_counts(tmp_path: Path) -> None:
    old = appraised(tmp_path)
    run(tmp_path, FORMS | {"hoi-dong/b.xlsx": old})
    run(tmp_path, FORMS)
    new = fill(issued(tmp_path), {("Thôn 1", "TD1"): {"appraised": 7, "reason": "Xem lại"}})
    done = run(tmp_path, FORMS | {"hoi-dong/b.xlsx": old, "hoi-dong/a.xlsx": new}, LATER)
    assert judged(done) == [("thon-1", "TD1", "appraised", 9.0, 7.0, "Xem lại")]
    status = done.outcome.register.set_index("file")["status"]
    assert (status["hoi-dong/a.xlsx"], status["hoi-dong/b.xlsx"], finding_rows(done)) == (
        "council_paper",
        "superseded",
        [],
    )


def test_two_papers_of_one_moment_are_told(tmp_path: Path) -> None:
    old = appraised(tmp_path)
    new = fill(issued(tmp_path), {("Thôn 1", "TD1"): {"appraised": 7, "reason": "Xem lại"}})
    done = run(tmp_path, FORMS | {"hoi-dong/phiếu 10.xlsx": new, "hoi-dong/phiếu 9.xlsx": old})
    assert judged(done) == [("thon-1", "TD1", "appraised", 9.0, 7.0, "Xem lại")]
    assert finding_rows(done) == [("", "", "", "paper-same-moment", "warning")]


def test_of_papers_of_one_moment_that_which_is_named_as_the_later_one_counts(tmp_path: Path) -> None:
    old = appraised(tmp_path)
    new = fill(issued(tmp_path), {("Thôn 1", "TD1"): {"appraised": 7, "reason": "Xem lại"}})
    done = run(tmp_path, FORMS | {"hoi-dong/thon (1).xlsx": new, "hoi-dong/thon.xlsx": old})
    assert judged(done) == [("thon-1", "TD1", "appraised", 9.0, 7.0, "Xem lại")]
    reason = done.outcome.register.set_index("file").at["hoi-dong/thon.xlsx", "reason"]
    assert reason == "được thay bằng tệp hoi-dong/thon (1).xlsx nhận cùng thời điểm"


def test_the_council_decides_on_top_of_the_appraisal(tmp_path: Path) -> None:
    files = FORMS | {"hoi-dong/tham dinh.xlsx": appraised(tmp_path)}
    run(tmp_path, files)
    paper = issued(tmp_path, "hoi-dong/thon.xlsx")
    assert cell_of(paper, "Thôn 2", "KT1", "appraised").value == 34
    entries: Entries = {
        ("Thôn 2", "KT1"): {"decided": 38.6, "reason": "Chấp nhận giải trình", "votes": 7},
        ("Thôn 1", "TD1"): {"decided": 10, "votes": 9},
        ("Thôn 3", "KT1"): {"decided": 30, "reason": "Biểu quyết", "votes": 10},
        ("Thôn 3", "KT2"): {"decided": 19, "votes": 5},
    }
    decided = fill(paper, entries, who="Trần Thị Mẫu")
    done = run(tmp_path, files | {"hoi-dong/hoi dong.xlsx": decided})
    assert judged(done) == [
        *APPRAISED,
        ("thon-1", "TD1", "decided", 10.0, 10.0, ""),
        ("thon-2", "KT1", "decided", 34.0, 38.6, "Chấp nhận giải trình"),
    ]
    assert [(criterion, code) for _sheet, _cell, criterion, code, _w in finding_rows(done)] == [
        ("KT1", "paper-votes"),
        ("KT2", "paper-no-reason"),
    ]
    assert totals(done) == {"thon-2": (100.6, 1), "thon-1": (96.0, 2), "thon-3": (84.0, 3)}  # 95.6 + 5
    scores = done.outcome.scores.set_index(["unit", "criterion"])
    chain = scores.loc[("thon-2", "KT1"), ["computed", "appraised", "decided", "points"]]
    assert chain.tolist() == [38.6, 34.0, 38.6, 38.6]

    screen = io.StringIO()
    explain(done.outcome, "thon-2", "KT1", console(screen))
    words = " ".join(screen.getvalue().split())
    cells = cell_of(paper, "Thôn 2", "KT1", "counts"), cell_of(decided, "Thôn 2", "KT1", "decided").coordinate
    assert (
        "máy tính 38,6 → thẩm định 34; lý do: =1+1; Nguyễn Văn Mẫu; tệp hoi-dong/tham dinh.xlsx, "
        "trang “Thôn 2”, ô I8 → "
        "Hội đồng quyết định 38,6; 7/9 phiếu thuận; lý do: Chấp nhận giải trình; Trần Thị Mẫu; "
        f"tệp hoi-dong/hoi dong.xlsx, trang “Thôn 2”, ô {cells[1]}; "
        "đổi hạng: Thôn 2 từ hạng 2 lên hạng 1; Thôn 1 từ hạng 1 xuống hạng 2"
    ) in words
    explain(done.outcome, "thon-2", None, console(screen))
    steps = "tự chấm 98,6 (hạng 1) → máy tính 98,6 (hạng 1) → sau thẩm định 96 (hạng 2) → được tính 100,6 (hạng 1)"
    assert steps in " ".join(screen.getvalue().split())
    # An appraiser's next paper does not follow from what the council decided.
    assert cell_of(issued(tmp_path), "Thôn 2", "KT1", "appraised").value == 34


def test_a_decision_made_before_the_appraisal_changed_is_a_conflict(tmp_path: Path) -> None:
    run(tmp_path, FORMS)
    entries: Entries = {("Thôn 1", "TD1"): {"decided": 5, "reason": "Biểu quyết", "votes": 8}}
    decided = fill(issued(tmp_path, "hoi-dong/thon.xlsx"), entries)
    done = run(tmp_path, FORMS | {"hoi-dong/hoi dong.xlsx": decided, "hoi-dong/tham dinh.xlsx": appraised(tmp_path)})
    assert judged(done) == APPRAISED
    (message,) = done.outcome.findings["message"]
    assert ("điểm thẩm định –" in message, "điểm thẩm định 10" in message) == (True, True)


# --- a paper that was copied into a new workbook ------------------------------------------------------


def without_hidden_sheet(paper: bytes, with_codes: bool) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(paper))
    del book[META_SHEET]
    for sheet in () if with_codes else book.worksheets[1:]:
        sheet.delete_rows(6)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_paper_without_its_hidden_sheet_is_told_for_what_it_is(tmp_path: Path) -> None:
    run(tmp_path, FORMS)
    papers = {"Phiếu thẩm định": "tham-dinh", "Phiếu Hội đồng": "hoi-dong"}
    copies = {
        f"{label} {with_codes}.xlsx": without_hidden_sheet(issued(tmp_path, f"{folder}/thon.xlsx"), with_codes)
        for label, folder in papers.items()
        for with_codes in (True, False)
    }
    done = run(tmp_path, FORMS | copies)
    findings = done.outcome.findings.to_dict("records")
    assert sorted(each["file"] for each in findings) == sorted(copies)
    for each in findings:
        label = each["file"].rpartition(" ")[0]
        assert (each["code"], each["unit"], each["severity"]) == ("paper-meta-lost", "", "error")
        assert f"“{label}”" in each["message"]
        assert f"{papers[label]}/" in each["message"]
    register = done.outcome.register.set_index("file").loc[list(copies), ["status", "unit", "bloc"]]
    assert register.to_numpy().tolist() == [["not_a_form", "", ""]] * 4
    assert totals(done) == COMPUTED
