"""People correct the machine: papers go out, come back, are checked, and count."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline import ledger
from pipeline.explain import explain
from pipeline.papers import META_SHEET
from pipeline.rules import Rules
from pipeline.run import Assessment, assess, publish
from pipeline.screen import console
from tests.filled import NOW, RULES, drop, form
from tests.libreoffice import needs_libreoffice, recalculated
from tests.small import THON
from tests.small import rules as small_rules

FORMS = {
    "thon-1.xlsx": form("thon-1"),  # 38 + 20 + 10 + 8 + 5 + 5 + 9 = 95
    "thon-2.xlsx": form("thon-2", {"KT1": {"target": 100, "actual": 96.5}, "T2": {"actual": "Có"}}),  # 95.6 + 3
    "thon-3.xlsx": form("thon-3", {"KT1": {"target": 100, "actual": 80}}),  # 32 for KT1: 89
}
LATER = NOW + dt.timedelta(hours=5)
Entries = dict[tuple[str, str], dict[str, Any]]
"""Sheet (the unit's name) and criterion -> column -> what is entered."""


def run(tmp_path: Path, files: dict[str, bytes], now: dt.datetime = NOW, rules: Rules = RULES) -> Assessment:
    """A run on an inbox of just these files; the outbox is ``tmp_path/out``."""
    inbox = tmp_path / "inbox"
    for old in inbox.rglob("*") if inbox.exists() else ():
        old.unlink()
    of, book = rules.plan.round("tong-ket"), tmp_path / "ledger.sqlite"
    assert of
    drop(inbox, files)
    assessment = assess(rules, of, inbox, book, now)
    publish(assessment, inbox, tmp_path / "out", book, now)
    return assessment


def issued(tmp_path: Path, name: str = "tham-dinh/thon.xlsx") -> bytes:
    return (tmp_path / "out" / name).read_bytes()


def fill(paper: bytes, entries: Entries, who: str = "") -> bytes:
    """The paper with entries, located as a person finds them: by the sheet's name and the printed code."""
    book = openpyxl.load_workbook(io.BytesIO(paper))
    for (sheet, criterion), cells in entries.items():
        places = _places(book[sheet])
        row = next(cell.row for cell in book[sheet]["A"] if cell.value == criterion)
        for column, value in cells.items():
            cell = book[sheet].cell(row, places[column])
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # openpyxl would take "=1+1" for a formula
    if who:
        book.worksheets[0]["B3"] = who
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _places(sheet: Any) -> dict[str, int]:
    """Column code -> column, from the hidden row of codes."""
    row = next(row for row in sheet.iter_rows() if any(cell.value == "criterion" for cell in row))
    return {str(cell.value): cell.column for cell in row}


def cell_of(paper: bytes, sheet: str, criterion: str, column: str) -> Any:
    page = openpyxl.load_workbook(io.BytesIO(paper))[sheet]
    row = next(cell.row for cell in page["A"] if cell.value == criterion)
    return page.cell(row, _places(page)[column])


def told(assessment: Assessment) -> list[tuple[str, str, str, str, str]]:
    found = assessment.outcome.findings
    return list(zip(*(found[name] for name in ("sheet", "cell", "criterion", "code", "severity")), strict=True))


def judged(assessment: Assessment) -> list[tuple[Any, ...]]:
    rows = assessment.outcome.judgements
    return list(zip(*(rows[name] for name in ("unit", "criterion", "kind", "before", "after", "reason")), strict=True))


def totals(assessment: Assessment) -> dict[str, tuple[float, int]]:
    """Unit -> total and rank, of the units that sent."""
    sent = assessment.outcome.standings.dropna(subset=["total"])
    return {str(at.unit): (float(at.total), int(at.rank)) for at in sent.itertuples()}  # type: ignore[arg-type]


COMPUTED = {"thon-2": (98.6, 1), "thon-1": (95.0, 2), "thon-3": (89.0, 3)}

APPRAISAL: Entries = {
    ("Thôn 1", "TD1"): {"appraised": 10, "reason": "Đủ minh chứng"},
    ("Thôn 2", "KT1"): {"appraised": 34, "reason": "=1+1"},
    ("Thôn 2", "T1"): {"appraised": 4, "reason": "Hai bằng khen"},
    ("Thôn 3", "P2"): {"appraised": -5, "reason": "Có kỷ luật"},
    ("Thôn 3", "AN1"): {"appraised": 5},
}
APPRAISED = [
    ("thon-1", "TD1", "appraised", 9.0, 10.0, "Đủ minh chứng"),
    ("thon-2", "KT1", "appraised", 38.6, 34.0, "=1+1"),
    ("thon-2", "T1", "appraised", 0.0, 4.0, "Hai bằng khen"),
    ("thon-3", "AN1", "appraised", 5.0, 5.0, ""),
    ("thon-3", "P2", "appraised", 0.0, -5.0, "Có kỷ luật"),
]
# thon-1: 95 + 1. thon-2: 95.6 - 4.6 = 91, and a bonus of 4 + 3, capped at 5. Equal; KT1 separates them: 38, 34.
AFTER_APPRAISAL = {"thon-1": (96.0, 1), "thon-2": (96.0, 2), "thon-3": (84.0, 3)}


def appraised(tmp_path: Path) -> bytes:
    """The appraisal paper of a first run, filled in."""
    run(tmp_path, FORMS)
    return fill(issued(tmp_path), APPRAISAL, who="Nguyễn Văn Mẫu")


# --- without papers, and with blank ones --------------------------------------------------------------


def test_without_papers_the_computed_points_count(tmp_path: Path) -> None:
    done = run(tmp_path, FORMS)
    scores = done.outcome.scores
    assert scores["points"].tolist() == scores["computed"].tolist()
    assert scores[["appraised", "decided"]].isna().all(axis=None)
    assert totals(done) == COMPUTED


def test_papers_come_back_blank_and_change_nothing(tmp_path: Path) -> None:
    first = run(tmp_path, FORMS)
    papers = {name: issued(tmp_path, f"{name}/thon.xlsx") for name in ("tham-dinh", "hoi-dong")}
    done = run(tmp_path, FORMS | {f"{name}.xlsx": content for name, content in papers.items()})
    assert (told(done), judged(done), totals(done)) == ([], [], COMPUTED)
    assert done.outcome.scores.equals(first.outcome.scores)
    register = done.outcome.register.set_index("file")
    assert register.loc["tham-dinh.xlsx", ["status", "bloc", "unit"]].tolist() == ["council_paper", "thon", ""]
    assert issued(tmp_path) == papers["tham-dinh"]


def test_a_unit_without_a_rank_has_its_sheet_too(tmp_path: Path) -> None:
    done = run(tmp_path, FORMS | {"thon-3.xlsx": form("thon-3", {"P2": {"actual": "Cảnh cáo trở lên"}})})
    assert done.outcome.standings.set_index("unit")["rank"].dropna().to_dict() == {"thon-2": 1, "thon-1": 2}
    book = openpyxl.load_workbook(io.BytesIO(issued(tmp_path)))
    assert book.sheetnames == ["Xếp hạng tạm tính", "Thôn 2", "Thôn 1", "Thôn 3", META_SHEET]


# --- appraisal ----------------------------------------------------------------------------------------


@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_libreoffice_ranks_live_and_what_it_saves_is_read_back(tmp_path: Path) -> None:
    paper = tmp_path / "phiếu.xlsx"
    paper.write_bytes(appraised(tmp_path))
    sheets = recalculated(paper, tmp_path / "lo")
    rows = {row[0]: row for row in next(iter(sheets.values()))}
    titles = rows["Đơn vị"], sheets["Xếp hạng tạm tính"][6]
    columns = [next(t[place] for t in reversed(titles) if t[place]) for place in range(11)]
    live = {
        unit: tuple(rows[name][columns.index(title)] for title in ("TỔNG ĐIỂM", "Hạng", "Hạng khi lập phiếu"))
        for unit, name in (("thon-1", "Thôn 1"), ("thon-2", "Thôn 2"), ("thon-3", "Thôn 3"))
    }
    assert live == {"thon-1": (96, 1, 2), "thon-2": (96, 2, 1), "thon-3": (84, 3, 3)}
    done = run(tmp_path, FORMS | {"saved by LibreOffice.xlsx": (tmp_path / "lo" / paper.name).read_bytes()})
    assert judged(done) == APPRAISED
    assert (told(done), totals(done)) == ([], AFTER_APPRAISAL)
    assert set(done.outcome.judgements["who"]) == {"Nguyễn Văn Mẫu"}


def test_what_is_appraised_counts_and_is_listed_with_the_ranks(tmp_path: Path) -> None:
    paper = appraised(tmp_path)
    done = run(tmp_path, FORMS | {"phiếu.xlsx": paper})
    assert (judged(done), told(done), totals(done)) == (APPRAISED, [], AFTER_APPRAISAL)
    with (tmp_path / "out" / "so-lieu" / "changes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [[row[name] for name in CHANGES] for row in csv.DictReader(file)]
    reason_cell = {key: cell_of(paper, *key, "appraised").coordinate for key in APPRAISAL}
    assert sorted(rows) == [
        ["thon-1", "TD1", "9", "10", "Đủ minh chứng", "2", "1", "phiếu.xlsx", reason_cell["Thôn 1", "TD1"]],
        ["thon-2", "KT1", "38.6", "34", "'=1+1", "1", "2", "phiếu.xlsx", reason_cell["Thôn 2", "KT1"]],
        ["thon-2", "T1", "0", "4", "Hai bằng khen", "1", "2", "phiếu.xlsx", reason_cell["Thôn 2", "T1"]],
        ["thon-3", "P2", "0", "-5", "Có kỷ luật", "3", "3", "phiếu.xlsx", reason_cell["Thôn 3", "P2"]],
    ]
    sheet = openpyxl.load_workbook(tmp_path / "out" / "tong-hop.xlsx")["Thay đổi"]
    said = [[*[cell.value for cell in row][2:8], row[12].value] for row in sheet.iter_rows(min_row=4)]
    assert sorted(said) == [
        ["Thôn 1", "TD1", "Thẩm định", 9, 10, "Đủ minh chứng", "có"],
        ["Thôn 2", "KT1", "Thẩm định", 38.6, 34, "=1+1", "có"],
        ["Thôn 2", "T1", "Thẩm định", 0, 4, "Hai bằng khen", "có"],
        ["Thôn 3", "P2", "Thẩm định", 0, -5, "Có kỷ luật", "không"],
    ]


CHANGES = ("unit", "criterion", "before", "after", "reason", "rank_before", "rank_after", "file", "cell")


def test_the_next_paper_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    first = run(tmp_path, FORMS | {"phiếu.xlsx": appraised(tmp_path)})
    next_one = issued(tmp_path)
    assert cell_of(next_one, "Thôn 2", "KT1", "reason").data_type == "s"  # "=1+1" is no formula
    done = run(tmp_path, FORMS | {"phiếu.xlsx": next_one})
    assert judged(done) == judged(first)
    assert (told(done), totals(done)) == ([], AFTER_APPRAISAL)
    assert issued(tmp_path) == next_one


def test_the_same_papers_give_the_same_bytes(tmp_path: Path) -> None:
    files = FORMS | {"phiếu.xlsx": appraised(tmp_path)}
    outboxes = []
    for now in (NOW, LATER):
        run(tmp_path, files, now)
        outbox = (path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.name != ledger.NAME)
        outboxes.append({path: path.read_bytes() for path in outbox})
    assert outboxes[0] == outboxes[1]


# --- what is wrong in a paper -------------------------------------------------------------------------

MISTAKES: Entries = {
    ("Thôn 1", "KT1"): {"appraised": 41, "reason": "Quá điểm chuẩn"},
    ("Thôn 1", "KT2"): {"appraised": "x", "reason": "Không là số"},
    ("Thôn 1", "VH1"): {"appraised": 6},
    ("Thôn 1", "VH2"): {"appraised": 7.125, "reason": "Ba chữ số thập phân"},
    ("Thôn 1", "VH3"): {"appraised": "4,5", "reason": "Viết như chữ"},
    ("Thôn 1", "AN1"): {"reason": "Chưa cho điểm"},
    ("Thôn 1", "P2"): {"appraised": 2, "reason": "Điểm trừ phải âm"},
    ("Thôn 2", "KT2"): {"criterion": "KT9", "appraised": 1, "reason": "Mã lạ"},
    ("Thôn 2", "VH1"): {"criterion": "KT1", "appraised": 1, "reason": "Hai dòng"},
    ("Thôn 2", "KT1"): {"appraised": 30, "reason": "Hai dòng"},
    ("Thôn 3", "KT1"): {"unit": "thon-9", "appraised": 1, "reason": "Đơn vị lạ"},
    ("Thôn 3", "KT2"): {"unit": "thon-9", "appraised": 1, "reason": "Đơn vị lạ"},
}


def test_every_mistake_is_told_at_its_cell_and_only_what_is_right_counts(tmp_path: Path) -> None:
    run(tmp_path, FORMS)
    paper = issued(tmp_path)
    at = {key: cell_of(paper, *key, "appraised").coordinate for key in MISTAKES}
    reason = cell_of(paper, "Thôn 1", "VH1", "reason").coordinate
    unit = cell_of(paper, "Thôn 3", "KT1", "unit").coordinate
    done = run(tmp_path, FORMS | {"phiếu.xlsx": fill(paper, MISTAKES)})
    assert sorted(told(done)) == sorted(
        [
            ("Thôn 1", at["Thôn 1", "KT1"], "KT1", "paper-bounds", "error"),
            ("Thôn 1", at["Thôn 1", "KT2"], "KT2", "not-a-number", "error"),
            ("Thôn 1", reason, "VH1", "paper-no-reason", "error"),
            ("Thôn 1", at["Thôn 1", "VH2"], "VH2", "paper-decimals", "error"),
            ("Thôn 1", at["Thôn 1", "VH3"], "VH3", "number-noted", "note"),
            ("Thôn 1", at["Thôn 1", "AN1"], "AN1", "paper-no-points", "warning"),
            ("Thôn 1", at["Thôn 1", "P2"], "P2", "paper-bounds", "error"),
            (
                "Thôn 2",
                cell_of(paper, "Thôn 2", "KT2", "criterion").coordinate,
                "KT9",
                "paper-unknown-criterion",
                "error",
            ),
            ("Thôn 2", at["Thôn 2", "VH1"], "KT1", "paper-repeated", "error"),
            ("Thôn 3", unit, "KT1", "paper-unknown-unit", "error"),
        ]
    )
    assert judged(done) == [
        ("thon-1", "VH3", "appraised", 5.0, 4.5, "Viết như chữ"),
        ("thon-2", "KT1", "appraised", 38.6, 30.0, "Hai dòng"),
    ]
    row = done.outcome.register.set_index("file").loc["phiếu.xlsx"]
    assert row[["status", "errors", "warnings"]].tolist() == ["council_paper", 8, 1]
    assert row["reason"] == "số điểm được áp dụng: 2. số ô cần xem lại: 9; xem danh sách lỗi và cảnh báo"


def test_rows_and_columns_may_have_moved(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(appraised(tmp_path)))
    book["Thôn 1"].insert_rows(3)
    book["Thôn 2"].insert_cols(2)
    book["Thôn 3"].title = "Tên khác"
    target = io.BytesIO()
    book.save(target)
    done = run(tmp_path, FORMS | {"phiếu.xlsx": target.getvalue()})
    assert (judged(done), told(done)) == (APPRAISED, [])


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
    next(row[1] for row in meta.iter_rows() if row[0].value == key).value = value
    target = io.BytesIO()
    book.save(target)
    done = run(tmp_path, FORMS | {"phiếu.xlsx": target.getvalue()})
    assert [each[3] for each in told(done)] == [code]
    assert done.outcome.register.set_index("file").at["phiếu.xlsx", "status"] == status
    assert totals(done) == COMPUTED


# --- edit conflicts -----------------------------------------------------------------------------------


def test_a_unit_that_sends_again_makes_a_conflict_where_its_data_changed_and_only_there(tmp_path: Path) -> None:
    run(tmp_path, FORMS)
    entries: Entries = {
        ("Thôn 1", "KT1"): {"appraised": 35, "reason": "Số thu thấp hơn"},
        ("Thôn 1", "TD1"): {"appraised": 8, "reason": "Thiếu minh chứng"},
        ("Thôn 1", "VH2"): {"appraised": 8},
    }
    paper = fill(issued(tmp_path), entries)
    again = form("thon-1", {"KT1": {"actual": 90}, "TD1": {"claimed": 9, "evidence": "Kế hoạch số 02"}})
    done = run(tmp_path, FORMS | {"thon-1.xlsx": again, "phiếu.xlsx": paper})
    at = {criterion: cell_of(paper, "Thôn 1", criterion, "appraised").coordinate for criterion in ("KT1", "TD1")}
    assert told(done) == [
        ("", "", "", "paper-older", "warning"),
        ("Thôn 1", at["KT1"], "KT1", "paper-conflict", "warning"),
        ("Thôn 1", at["TD1"], "TD1", "paper-conflict", "warning"),
    ]
    assert judged(done) == [("thon-1", "VH2", "appraised", 8.0, 8.0, "")]
    words = done.outcome.findings["message"].tolist()
    assert "Thôn 1" in words[0]
    assert "điểm 35 " in words[1]
    assert "điểm máy tính 38 trên 40, chỉ tiêu 100, kết quả 95" in words[1]
    assert "điểm máy tính 36 trên 40, chỉ tiêu 100, kết quả 90" in words[1]
    assert ("Kế hoạch số 01" in words[2], "Kế hoạch số 02" in words[2]) == (True, True)
    # The new paper is made from what is there now: judged again there, the points count.
    anew = fill(issued(tmp_path), entries)
    done = run(tmp_path, FORMS | {"thon-1.xlsx": again, "phiếu.xlsx": anew})
    assert (told(done), len(judged(done))) == ([], 3)


def test_a_rule_that_changed_makes_a_conflict_though_the_points_are_the_same(tmp_path: Path) -> None:
    paper = appraised(tmp_path)
    bloc = copy.deepcopy(THON)
    bloc["rubric"]["groups"][0]["criteria"][0]["score"]["floor"] = 60
    done = run(tmp_path, FORMS | {"phiếu.xlsx": paper}, rules=small_rules(bloc))
    assert [(code, criterion) for _s, _c, criterion, code, _w in told(done) if code.startswith("paper")] == [
        ("paper-older", ""),
        ("paper-conflict", "KT1"),
    ]
    assert judged(done) == [row for row in APPRAISED if row[:2] != ("thon-2", "KT1")]


# --- which paper counts -------------------------------------------------------------------------------


def test_the_paper_received_last_counts(tmp_path: Path) -> None:
    old = appraised(tmp_path)
    run(tmp_path, FORMS | {"b.xlsx": old})
    run(tmp_path, FORMS)
    new = fill(issued(tmp_path), {("Thôn 1", "TD1"): {"appraised": 7, "reason": "Xem lại"}})
    done = run(tmp_path, FORMS | {"b.xlsx": old, "a.xlsx": new}, LATER)
    assert judged(done) == [("thon-1", "TD1", "appraised", 9.0, 7.0, "Xem lại")]
    status = done.outcome.register.set_index("file")["status"]
    assert (status["a.xlsx"], status["b.xlsx"], told(done)) == ("council_paper", "superseded", [])


def test_two_papers_of_one_moment_are_told(tmp_path: Path) -> None:
    old = appraised(tmp_path)
    new = fill(issued(tmp_path), {("Thôn 1", "TD1"): {"appraised": 7, "reason": "Xem lại"}})
    done = run(tmp_path, FORMS | {"phiếu 10.xlsx": new, "phiếu 9.xlsx": old})
    assert judged(done) == [("thon-1", "TD1", "appraised", 9.0, 7.0, "Xem lại")]
    assert told(done) == [("", "", "", "paper-same-moment", "warning")]


# --- the council --------------------------------------------------------------------------------------


def test_the_council_decides_on_top_of_the_appraisal(tmp_path: Path) -> None:
    files = FORMS | {"tham dinh.xlsx": appraised(tmp_path)}
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
    done = run(tmp_path, files | {"hoi dong.xlsx": decided})
    assert judged(done) == [
        *APPRAISED,
        ("thon-1", "TD1", "decided", 10.0, 10.0, ""),
        ("thon-2", "KT1", "decided", 34.0, 38.6, "Chấp nhận giải trình"),
    ]
    assert [(criterion, code) for _sheet, _cell, criterion, code, _w in told(done)] == [
        ("KT1", "paper-votes"),
        ("KT2", "paper-no-reason"),
    ]
    assert totals(done) == {"thon-2": (100.6, 1), "thon-1": (96.0, 2), "thon-3": (84.0, 3)}  # 95.6 + 5
    scores = done.outcome.scores.set_index(["unit", "criterion"])
    chain = scores.loc[("thon-2", "KT1"), ["computed", "appraised", "decided", "points"]]
    assert chain.tolist() == [38.6, 34.0, 38.6, 38.6]

    said = io.StringIO()
    explain(done.outcome, "thon-2", "KT1", console(said))
    words = " ".join(said.getvalue().split())
    cells = cell_of(paper, "Thôn 2", "KT1", "counts"), cell_of(decided, "Thôn 2", "KT1", "decided").coordinate
    assert (
        "máy tính 38,6 → thẩm định 34; lý do: =1+1; Nguyễn Văn Mẫu; tệp tham dinh.xlsx, trang “Thôn 2”, ô I8 → "
        "Hội đồng quyết định 38,6; 7/9 phiếu thuận; lý do: Chấp nhận giải trình; Trần Thị Mẫu; "
        f"tệp hoi dong.xlsx, trang “Thôn 2”, ô {cells[1]}"
    ) in words
    # An appraiser's next paper does not follow from what the council decided.
    assert cell_of(issued(tmp_path), "Thôn 2", "KT1", "appraised").value == 34


def test_a_decision_made_before_the_appraisal_changed_is_a_conflict(tmp_path: Path) -> None:
    run(tmp_path, FORMS)
    entries: Entries = {("Thôn 1", "TD1"): {"decided": 5, "reason": "Biểu quyết", "votes": 8}}
    decided = fill(issued(tmp_path, "hoi-dong/thon.xlsx"), entries)
    done = run(tmp_path, FORMS | {"hoi dong.xlsx": decided, "tham dinh.xlsx": appraised(tmp_path)})
    assert judged(done) == APPRAISED
    (message,) = done.outcome.findings["message"]
    assert ("điểm thẩm định –" in message, "điểm thẩm định 10" in message) == (True, True)


def test_only_the_cells_that_people_fill_are_open(tmp_path: Path) -> None:
    run(tmp_path, FORMS)
    for name, entries in (("tham-dinh", {"appraised", "reason"}), ("hoi-dong", {"decided", "reason", "votes"})):
        book = openpyxl.load_workbook(io.BytesIO(issued(tmp_path, f"{name}/thon.xlsx")))
        for sheet in ("Thôn 1", "Thôn 2", "Thôn 3"):
            assert book[sheet].protection.sheet
            codes = {place: code for code, place in _places(book[sheet]).items()}
            cells = [cell for row in book[sheet].iter_rows() for cell in row if not cell.protection.locked]
            assert {codes[cell.column] for cell in cells} == entries
            assert len(cells) == len(entries) * 11
