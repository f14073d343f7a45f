"""The sheets ``Đối chiếu điểm`` and ``Thay đổi``, and what is shaded among the points."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from pipeline.outcome import Outcome
from pipeline.outputs.changes import plain_list
from pipeline.outputs.ranking.workbook import write
from pipeline.ranking import moves
from pipeline.ranking import standings as ranking
from pipeline.scoring import points as scoring
from pipeline.scoring.points import points_that_count
from pipeline.tables import Judgements
from tests.outcomes import outcome

CHANGES = [
    # 94 and 94, Thôn 1 first by KT1 (40 to 38). With 40 Thôn 2 has 96.
    ("thon", "thon-2", "KT1", "appraised", 38.0, 40.0, "<b>Đủ</b> =1+1", "Nguyễn Văn Mẫu", math.nan),
    ("thon", "thon-4", "TD1", "decided", 6.5, 8.5, "", "", 7.0),
]


def judged() -> Outcome:
    """The small outcome, with an appraisal that moves a rank and a decision that moves none."""
    of = outcome()
    scores = of.scores.copy()
    for _bloc, unit, criterion, step, before, after, *_why in CHANGES:
        row = (scores["unit"] == unit) & (scores["criterion"] == criterion)
        assert scores.loc[row, "computed"].tolist() == [before]
        scores.loc[row, step] = after
    scores = scores.assign(points=points_that_count(scores))
    groups = scoring.add_up(of.rules, scores)
    standings = ranking.rank(of.rules, scores, groups, of.roster)
    rows = [(*change, pd.NA, pd.NA, 0, "", "phiếu.xlsx", "Thôn", "I8") for change in CHANGES]
    frame = pd.DataFrame.from_records(rows, columns=list(Judgements.to_schema().columns))
    frame = frame.astype({"rank_undone": "Int64", "rank": "Int64"})
    judgements = moves.with_moves(of.rules, scores, frame, of.roster, standings)
    return dataclasses.replace(of, scores=scores, groups=groups, standings=standings, judgements=judgements)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("side by side")
    write(judged(), folder / "judged.xlsx")
    write(outcome(), folder / "as computed.xlsx")
    return folder


def rows_of(path: Path, sheet: str) -> list[list[Any]]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [row for row in rows if any(cell != "" for cell in row)]


def test_all_scores_stand_side_by_side(folder: Path) -> None:
    rows = rows_of(folder / "judged.xlsx", "Đối chiếu điểm")
    (start,) = (place for place, row in enumerate(rows) if row[0] == "STT")
    assert rows[start - 1][0].startswith("Số thay đổi: 2; trong đó 1 thay đổi làm đổi hạng.")
    steps = ["Tự chấm", "Máy tính theo thang điểm", "Sau thẩm định", "Điểm được tính (sau Hội đồng)"]
    titles = ["STT", "Khối thi đua", "Đơn vị", *steps, "So với hạng máy tính"]
    assert [cell for cell in rows[start] if cell] == titles
    hamlets, schools = "Khối các thôn", "Khối trường học"
    assert rows[start + 2 : start + 8] == [
        [1, hamlets, "Thôn 2", 94, 2, 94, 2, 96, 1, 96, 1, "lên 1 hạng"],
        [2, hamlets, "Thôn 1", 94, 1, 94, 1, 94, 2, 94, 2, "xuống 1 hạng"],
        [3, hamlets, "Thôn 4", 30.5, 3, 30.5, 3, 30.5, 3, 32.5, 3, ""],
        [4, hamlets, "Thôn 3", 91.5, "", 91.5, "", 91.5, "", 91.5, "", ""],
        [5, hamlets, "Thôn 5", *[""] * 9],
        [6, schools, "Trường Tiểu học", "", "", 100, 1, "", "", 100, 1, ""],  # whose rubric has nothing to claim
    ]


def test_where_nobody_judged_the_sheet_says_so(folder: Path) -> None:
    rows = rows_of(folder / "as computed.xlsx", "Đối chiếu điểm")
    assert [row[0] for row in rows if "Chưa có" in str(row[0])] == [
        "Chưa có điểm nào được thẩm định hoặc Hội đồng thay đổi."
    ]


def test_every_change_is_listed_with_what_it_moved(folder: Path) -> None:
    _title, words, headings, *rows = rows_of(folder / "judged.xlsx", "Thay đổi")
    assert words[0].startswith("Số thay đổi: 2; trong đó 1 thay đổi làm đổi hạng")
    assert headings[10:15] == ["Điểm sau", "Lý do", "Người ghi", "Số phiếu thuận", "Hạng thay đổi"]
    bloc, place = "Khối các thôn", ["phiếu.xlsx", "Thôn", "I8"]
    first = [1, bloc, "Thôn 2", "KT1. Thu ngân sách so với dự toán", "", 38, 40, "", "Thẩm định", 38, 40]
    second = [2, bloc, "Thôn 4", "TD1. Tổ chức phong trào thi đua"]
    moved = "Thôn 2 từ hạng 2 lên hạng 1; Thôn 1 từ hạng 1 xuống hạng 2"
    assert rows == [
        [*first, "<b>Đủ</b> =1+1", "Nguyễn Văn Mẫu", "", moved, *place],
        [*second, 6.5, 6.5, "", 8.5, "Hội đồng", 6.5, 8.5, "", "", 7, "không", *place],
    ]


def test_without_a_change_there_is_no_list_and_no_shade(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "as computed.xlsx")
    assert "Thay đổi" not in book.sheetnames
    assert "Ô điểm tô màu" not in str(book["Điểm – Khối các thôn"]["C3"].value)


def test_points_that_people_changed_are_shaded(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "judged.xlsx")["Điểm – Khối các thôn"]
    assert "Ô điểm tô màu" in str(sheet["C3"].value)
    (cells,) = (
        str(where.sqref).split()
        for where, rules in sheet.conditional_formatting._cf_rules.items()
        if rules[0].type == "notContainsErrors"
    )
    units = {row[1].value: row[1].row for row in sheet.iter_rows(min_row=8) if row[1].value}
    values = {sheet[cell].value: sheet[cell].row for cell in cells}
    assert values == {40: units["Thôn 2"], 8.5: units["Thôn 4"]}


def test_the_list_of_changes_is_legible_on_a4() -> None:
    changes = plain_list(judged())
    printed = changes.columns[: -changes.unprinted]
    inches = sum(7 * column.width + 5 for column in printed) / 96
    assert (11.69 - 1.0) / inches > 0.65  # 7 points of 11
