"""``thidua explain``: every total and point in words, and what the unit ranked just above had more of."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipeline.errors import UserFault
from pipeline.outcome import Outcome
from pipeline.outputs import data
from pipeline.ranking.standings import rank
from pipeline.rules.year import load_rules
from pipeline.scoring.points import score
from pipeline.screens.explain import explain, what_was_published
from pipeline.screens.why_not import show_why_not
from pipeline.state import manifest
from tests import contest
from tests.contest import group
from tests.outcomes import outcome
from tests.small import write_year

KT1_500 = "Thực hiện 500 so với chỉ tiêu 500 đạt 100 %, × 40 điểm chuẩn = 40 điểm"
RETURNED = [
    "Đã trả lại để sửa: thon-5.xlsx, nhận 14:00 09/12/2023: Có 2 lỗi phải sửa",
    "• Ô F7 còn trống: đề nghị nhập kết quả",
    "• Ô F9: “=1+1” không phải là số, ví dụ 85,5",
]
KT1_380 = "Thực hiện 380 so với chỉ tiêu 400 đạt 95 %, × 40 điểm chuẩn = 38 điểm"


def printed(function: Any, *args: Any) -> tuple[list[str], list[tuple[str, ...]]]:
    """The sentences printed, and the table's rows as cells; a cell of several lines has them joined by " / "."""
    console = Console(file=StringIO(), width=300, markup=False, highlight=False)
    function(*args, console)
    sentences: list[str] = []
    rows: list[list[str]] = []
    fresh = True
    for line in console.file.getvalue().splitlines():  # type: ignore[attr-defined]
        if line.startswith("│"):
            cells = [cell.strip() for cell in line.strip("│").split("│")]
            if any(cells[:-1]) or fresh:
                rows.append(cells)
            else:
                rows[-1][-1] += f" / {cells[-1]}"
            fresh = False
        elif line[:1] not in "┏┃┡├└":
            sentences.append(line)
        else:
            fresh = True
    return sentences, [tuple(row) for row in rows]


# --- a total, a point --------------------------------------------------------------------------------


def test_a_total_down_to_the_cells() -> None:
    sentences, rows = printed(explain, outcome(), "thon-1", None)
    assert sentences == [
        "Thôn 1 – Khối các thôn",
        "Hạng 1; tổng điểm 94 = điểm chuẩn đạt 92 + điểm thưởng 2 − điểm trừ 0; xếp loại: Xuất sắc",
        "Bằng điểm với Thôn 2; xếp trên nhờ tiêu chí KT1",
        "Tệp: thon-1.xlsx",
    ]
    assert [(code, points, of, cell) for code, points, of, _how, cell in rows] == [
        ("I", "56", "60", ""),
        ("KT1", "40", "40", "F7"),
        ("KT2", "16", "20", "F8"),
        ("II", "36", "40", ""),
        ("VH1", "10", "10", "F9"),
        ("VH2", "8", "10", "F10"),
        ("VH3", "5", "5", "F11"),
        ("AN1", "4", "5", "F12"),
        ("TD1", "9", "10", "H13"),
        ("T", "2", "5", ""),
        ("T1", "2", "4", "F14"),
        ("T2", "0", "3", "F15"),
        ("P", "0", "10", ""),
        ("P1", "0", "5", "F16"),
        ("P2", "0", "5", "F17"),
    ]
    assert [how for code, _points, _of, how, _cell in rows if code in ("I", "KT1", "VH2")] == [
        "Phát triển kinh tế",
        KT1_500,
        "Mức “Tốt”: 8 điểm",
    ]


def test_an_excluded_unit_has_points_and_no_rank__and_a_cap_is_told() -> None:
    sentences, rows = printed(explain, outcome(), "thon-3", None)
    assert sentences[1:3] == [
        "Hạng –; tổng điểm 91,5 = điểm chuẩn đạt 91,5 + điểm thưởng 5 − điểm trừ 5; xếp loại: Không xếp loại",
        "Có người bị kỷ luật từ cảnh cáo trở lên",
    ]
    (bonus,) = [row for row in rows if row[0] == "T"]
    assert bonus[3] == "Điểm thưởng. Các tiêu chí cộng lại được 7; áp dụng mức tối đa của nhóm"


def test_a_point_down_to_rule_file_sheet_cell_and_what_was_found() -> None:
    sentences, rows = printed(explain, outcome(), "thon-1", "KT1")
    assert rows == []
    assert sentences == [
        "Thôn 1 – Khối các thôn",
        "KT1 – Thu ngân sách so với dự toán (Phát triển kinh tế)",
        "Điểm được tính: 40/40",
        f"Cách tính: {KT1_500}",
        "Quy định: thực hiện / chỉ tiêu × điểm chuẩn; dưới 50 %: 0 điểm; chỉ tiêu 0: 0 điểm",
        "Tệp quy định: rules/2023/blocs/thon.yaml",
        "Chỉ tiêu: 500, tệp thon-1.xlsx, trang “Tự chấm”, ô E7",
        "Lấy từ: tệp thon-1.xlsx, trang “Tự chấm”, ô F7",
        "• Ô F7: “500 triệu” được đọc là 500",
    ]


def test_the_rule_file_is_the_one_that_was_read_whatever_its_name(tmp_path: Path) -> None:
    year = write_year(tmp_path / "2023")
    (year / "blocs" / "thon.yaml").rename(year / "blocs" / "khoi-thon.yaml")
    sentences, _rows = printed(explain, replace(outcome(), rules=load_rules(year)), "thon-1", "KT1")
    assert f"Tệp quy định: {year / 'blocs' / 'khoi-thon.yaml'}" in sentences


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("receipt_book", "sổ tiếp nhận"),
        ("mail", "máy chủ thư điện tử"),
        ("first_seen", "lần đầu chương trình thấy tệp"),
    ],
)
def test_days_late_are_told_with_the_time_of_receipt_and_what_says_so(source: str, words: str) -> None:
    whole = outcome()
    whole = replace(whole, register=whole.register.assign(received_from=source))
    sentences, _rows = printed(explain, whole, "thon-4", "P1")
    assert sentences[-1] == f"Hệ thống tính nộp muộn 3 ngày: tiếp nhận lúc 10:30 13/12/2023 (theo {words})"


def test_a_unit_without_a_form_that_counts() -> None:
    sentences, rows = printed(explain, outcome(), "thon-5", None)
    assert rows == []
    nothing = ["Thôn 5 – Khối các thôn", "Chưa có phiếu nào của đơn vị này được nhận nên chưa có điểm."]
    assert sentences == [*nothing, *RETURNED]
    assert printed(explain, outcome(), "thon-5", "KT1")[0] == [*nothing, *RETURNED[:2]]


def test_a_target_says_where_it_comes_from() -> None:
    assert "Chỉ tiêu: 90, theo tệp quy định" in printed(explain, outcome(), "thon-1", "VH1")[0]


def test_points_that_are_claimed_lead_to_the_cell_of_the_claim() -> None:
    assert "Lấy từ: tệp thon-1.xlsx, trang “Tự chấm”, ô H13" in printed(explain, outcome(), "thon-1", "TD1")[0]


@pytest.mark.parametrize("ask", [lambda *args: explain(*args[:2], None, args[2]), show_why_not])
def test_an_unknown_unit_is_the_officers_to_mend(ask: Any) -> None:
    with pytest.raises(UserFault, match="thon-99") as fault:
        printed(ask, outcome(), "thon-99")
    assert "thon-1, thon-2" in fault.value.remedy


# --- why not higher ----------------------------------------------------------------------------------


def test_what_the_unit_above_had_more_of__criterion_by_criterion() -> None:
    sentences, rows = printed(show_why_not, outcome(), "thon-2")
    assert sentences == [
        "Thôn 2 – Khối các thôn",
        "Hạng 2; xếp ngay trên là Thôn 1, hạng 1.",
        "Bằng điểm với Thôn 1; xếp dưới do tiêu chí KT1",
        "Bằng điểm ở: VH3, T1, T2, P1",
    ]
    assert [row[:4] for row in rows] == [
        ("I", "56", "58", "-2"),
        ("KT1", "40", "38", "+2"),
        ("KT2", "16", "20", "-4"),
        ("II", "36", "36", "0"),
        ("VH1", "10", "6", "+4"),
        ("VH2", "8", "10", "-2"),
        ("AN1", "4", "5", "-1"),
        ("TD1", "9", "10", "-1"),
        ("T", "2", "2", "0"),
        ("P", "0", "-2", "+2"),
        ("P2", "0", "-2", "+2"),
        ("", "92", "94", "-2"),
        ("", "2", "2", "0"),
        ("", "0", "-2", "+2"),
        ("", "94", "94", "0"),
    ]
    why = {row[0]: row[4] for row in rows if row[0]}
    assert why["I"] == "Phát triển kinh tế"
    assert why["KT1"] == f"Thu ngân sách so với dự toán / Thôn 1: {KT1_500} / Thôn 2: {KT1_380}"
    assert why["VH2"] == "Xếp loại chi bộ / Thôn 1: Mức “Tốt”: 8 điểm / Thôn 2: Mức “Xuất sắc”: 10 điểm"
    assert [row[4] for row in rows[-4:]] == ["Điểm chuẩn", "Điểm thưởng", "Điểm trừ", "Tổng cộng"]


def test_the_missing_points_are_counted() -> None:
    sentences, rows = printed(show_why_not, outcome(), "thon-4")
    assert sentences[1:] == [
        "Hạng 3; xếp ngay trên là Thôn 2, hạng 2.",
        "Kém 63,5 điểm: 30,5 so với 94.",
        "Bằng điểm ở: KT2, T2",
    ]
    assert rows[-1] == ("", "94", "30,5", "+63,5", "Tổng cộng")


@pytest.mark.parametrize(
    ("unit", "sentences"),
    [
        (
            "thon-1",
            ["Không có đơn vị nào trong khối xếp trên.", "Bằng điểm với Thôn 2; xếp trên nhờ tiêu chí KT1"],
        ),
        ("tieu-hoc", ["Không có đơn vị nào trong khối xếp trên."]),
        ("thon-3", ["Đơn vị không được xếp hạng: Có người bị kỷ luật từ cảnh cáo trở lên"]),
        ("thon-5", ["Đơn vị không được xếp hạng: Không gửi báo cáo; phiếu đã được trả lại để sửa", *RETURNED]),
    ],
)
def test_the_first_and_those_without_a_rank_get_a_sentence(unit: str, sentences: list[str]) -> None:
    found, rows = printed(show_why_not, outcome(), unit)
    assert found[1:] == sentences
    assert rows == []


def contested(claims: contest.Claims, **rubric: Any) -> Outcome:
    """An outcome in which the units claimed these points."""
    rules = contest.contest(list(claims), **rubric)
    roster, results = contest.roster(rules), contest.results(claims)
    scores, groups = score(rules, results, roster)
    standings = rank(rules, scores, groups, roster)
    return replace(outcome(), rules=rules, scores=scores, groups=groups, standings=standings)


def test_units_that_share_a_rank() -> None:
    claims = {"a": {"A": 50, "B": 40}, "b": {"A": 60, "B": 30}, "c": {"A": 50.25, "B": 30}, "d": {"A": 50.25, "B": 30}}
    whole = contested(claims)
    sentences, rows = printed(show_why_not, whole, "d")
    assert sentences == [
        "D – Khối",
        "Hạng 3; xếp ngay trên là B, hạng 1.",
        "Cùng hạng với B còn có: A.",
        "Kém 9,75 điểm: 80,25 so với 90.",
        "Bằng điểm với C; xếp cùng hạng",
        "Bằng điểm ở: B",
    ]
    assert [row[:4] for row in rows] == [
        ("I", "90", "80,25", "+9,75"),
        ("A", "60", "50,25", "+9,75"),
        ("", "90", "80,25", "+9,75"),
        ("", "90", "80,25", "+9,75"),
    ]
    assert printed(show_why_not, whole, "b")[0][1:] == [
        "Không có đơn vị nào trong khối xếp trên.",
        "Bằng điểm với A; xếp cùng hạng",
    ]


def test_caps_of_a_group_and_of_the_rubric_are_told_for_the_unit_they_touch() -> None:
    groups = [
        *contest.BASE,
        group("T", {"T1": 4, "T2": 3}, kind="bonus", points=5),
        group("U", {"U1": 3}, kind="bonus"),
    ]
    claims = {
        "a": {"A": 60, "B": 40, "T1": 4, "T2": 3, "U1": 3},  # 7, at most 5; with 3 more 8, at most 6
        "b": {"A": 60, "B": 40, "T1": 4, "T2": 0, "U1": 1},  # 5
    }
    _sentences, rows = printed(show_why_not, contested(claims, groups=groups, bonus_cap=6), "b")
    assert [row for row in rows if row[0] in ("T", "U") or row[4].startswith(("Điểm thưởng", "Tổng"))] == [
        ("T", "5", "4", "+1", "Nhóm T / A: Các tiêu chí cộng lại được 7; áp dụng mức tối đa của nhóm"),
        ("U", "3", "1", "+2", "Nhóm U"),
        ("", "6", "5", "+1", "Điểm thưởng / A: Các nhóm cộng lại được 8; áp dụng mức tối đa của thang điểm"),
        ("", "106", "105", "+1", "Tổng cộng"),
    ]


# --- beside what was published -----------------------------------------------------------------------


def published(folder: Path, **other: Any) -> Path:
    """An outbox as far as ``explain`` looks at it, of the small outcome but for what is ``other``."""
    data.write(outcome(**other), folder / "so-lieu", ["standings"])
    manifest.write(outcome(**other), folder)
    return folder


def test_what_is_published_of_the_same_files_needs_no_word(tmp_path: Path) -> None:
    assert [*what_was_published(outcome(), published(tmp_path), "thon-1")] == []


def test_a_total_that_is_not_the_published_one_is_told_first(tmp_path: Path) -> None:
    outbox = published(tmp_path, inputs={"thon-1.xlsx": "1" * 64})
    table = outbox / "so-lieu" / "standings.csv"
    text = table.read_text(encoding="utf-8-sig")
    assert "thon,thon-1,1,94," in text
    table.write_text(text.replace("thon,thon-1,1,94,", "thon,thon-1,2,92.5,"), encoding="utf-8-sig")
    assert [*what_was_published(outcome(), outbox, "thon-1")] == [
        "Kết quả đã lập dựa trên nguồn khác với hiện nay: thư mục inbox hoặc các phiếu thẩm định, phiếu Hội đồng.",
        "Kết quả đã lập khác với hiện nay: đã lập tổng điểm 92,5, hạng 2; nay tổng điểm 94, hạng 1.",
    ]


def test_other_files_with_the_same_total_are_told_as_that(tmp_path: Path) -> None:
    outbox = published(tmp_path, inputs={"thon-1.xlsx": "1" * 64})
    assert [*what_was_published(outcome(), outbox, "thon-5")][1:] == [
        "Riêng đơn vị này, tổng điểm và thứ hạng vẫn như đã lập: chưa có điểm."
    ]


@pytest.mark.parametrize("text", ["", "bloc\r\n", "bloc,unit,rank,total\r\nthon,thon-1,x,y\r\n"])
def test_a_published_table_that_was_spoilt_is_no_bug(tmp_path: Path, text: str) -> None:
    (published(tmp_path) / "so-lieu" / "standings.csv").write_text(text, encoding="utf-8-sig")
    assert any("khác với hiện nay" in each for each in what_was_published(outcome(), tmp_path, "thon-1"))


def test_a_published_table_with_half_a_row_says_nothing(tmp_path: Path) -> None:
    (published(tmp_path) / "so-lieu" / "standings.csv").write_text("bloc,unit,total\r\nthon\r\n", encoding="utf-8")
    assert [*what_was_published(outcome(), tmp_path, "thon-1")] == []


def test_an_outbox_that_is_missing_or_of_another_round_was_not_published(tmp_path: Path) -> None:
    assert [*what_was_published(outcome(), tmp_path / "none", "thon-1")] == []
    outbox = published(tmp_path)
    path = outbox / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"tong-ket"', '"so-ket"'), encoding="utf-8")
    assert [*what_was_published(outcome(), outbox, "thon-1")] == []
