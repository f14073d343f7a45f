"""An entry of a paper is taken over only if it is right and made from what there is now."""

from __future__ import annotations

import copy
import io
from pathlib import Path

import openpyxl

from tests.filled import form
from tests.papers import APPRAISED, FORMS, Entries, appraised, cell_of, fill, finding_rows, issued, judged, run
from tests.small import THON
from tests.small import rules as small_rules

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
    done = run(tmp_path, FORMS | {"hoi-dong/phiếu.xlsx": fill(paper, MISTAKES)})
    assert sorted(finding_rows(done)) == sorted(
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
    row = done.outcome.register.set_index("file").loc["hoi-dong/phiếu.xlsx"]
    assert row[["status", "errors", "warnings"]].tolist() == ["council_paper", 8, 1]
    assert row["reason"] == "số điểm được áp dụng: 2. Số ô cần xem lại: 9; xem danh sách lỗi và cảnh báo"


def test_rows_and_columns_may_have_moved(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(appraised(tmp_path)))
    book["Thôn 1"].insert_rows(3)
    book["Thôn 2"].insert_cols(2)
    for merge in book["Thôn 1"].merged_cells:  # which openpyxl leaves where they were, and Excel moves
        merge.shift(row_shift=1 if merge.min_row >= 3 else 0)
    for merge in book["Thôn 2"].merged_cells:
        merge.shift(col_shift=1 if merge.min_col >= 2 else 0)
    book["Thôn 3"].title = "Tên khác"
    target = io.BytesIO()
    book.save(target)
    done = run(tmp_path, FORMS | {"hoi-dong/phiếu.xlsx": target.getvalue()})
    assert (judged(done), finding_rows(done)) == (APPRAISED, [])


def test_a_unit_that_sends_again_makes_a_conflict_where_its_data_changed_and_only_there(tmp_path: Path) -> None:
    run(tmp_path, FORMS)
    entries: Entries = {
        ("Thôn 1", "KT1"): {"appraised": 35, "reason": "Số thu thấp hơn"},
        ("Thôn 1", "TD1"): {"appraised": 8, "reason": "Thiếu minh chứng"},
        ("Thôn 1", "VH2"): {"appraised": 8},
    }
    paper = fill(issued(tmp_path), entries)
    newer = form("thon-1", {"KT1": {"actual": 90}, "TD1": {"claimed": 9, "evidence": "Kế hoạch số 02"}})
    done = run(tmp_path, FORMS | {"thon-1.xlsx": newer, "hoi-dong/phiếu.xlsx": paper})
    at = {criterion: cell_of(paper, "Thôn 1", criterion, "appraised").coordinate for criterion in ("KT1", "TD1")}
    assert finding_rows(done) == [
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
    done = run(tmp_path, FORMS | {"thon-1.xlsx": newer, "hoi-dong/phiếu.xlsx": anew})
    assert (finding_rows(done), len(judged(done))) == ([], 3)


def test_a_rule_that_changed_makes_a_conflict_though_the_points_are_the_same(tmp_path: Path) -> None:
    paper = appraised(tmp_path)
    bloc = copy.deepcopy(THON)
    bloc["rubric"]["groups"][0]["criteria"][0]["score"]["floor"] = 60
    done = run(tmp_path, FORMS | {"hoi-dong/phiếu.xlsx": paper}, rules=small_rules(bloc))
    assert [(code, criterion) for _s, _c, criterion, code, _w in finding_rows(done) if code.startswith("paper")] == [
        ("paper-older", ""),
        ("paper-conflict", "KT1"),
    ]
    assert judged(done) == [row for row in APPRAISED if row[:2] != ("thon-2", "KT1")]
