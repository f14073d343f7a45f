"""The consolidated workbook holds the frames' rows and the counts that follow from them, and text stays text."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from pipeline import tables
from pipeline.forms.frames import CollectiveAwards, IndividualAwards, Models, Movements, Results
from pipeline.outputs.consolidated import workbook as consolidated
from tests import libreoffice, small
from tests.outcomes import HOSTILE, outcome

Sheets = dict[str, list[list[Any]]]
NAMES = {unit: each.name for unit, (_bloc, each) in small.rules().units.items()}
BLOCS = {"thon": "Khối các thôn", "truong-hoc": "Khối trường học", "": ""}


def read(path: Path) -> Sheets:
    """Sheet -> rows from A1, blanks at the end of a row left off."""
    book = CalamineWorkbook.from_path(path)
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    return {name: [trimmed(row) for row in rows] for name, rows in sheets.items()}


def trimmed(row: list[Any]) -> list[Any]:
    return trimmed(row[:-1]) if row and row[-1] == "" else row


def blank(value: Any) -> Any:
    return "" if isinstance(value, float) and value != value else value


def rows_of(frame: pd.DataFrame, *columns: str) -> list[list[Any]]:
    """The list that a frame becomes: a number, bloc and unit by name, the columns, and where it stood."""
    return [
        trimmed(
            [n, BLOCS[row["bloc"]], NAMES[row["unit"]], *(blank(row[c]) for c in (*columns, "file", "sheet", "row"))]
        )
        for n, row in enumerate(frame.to_dict("records"), start=1)
    ]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "tong-hop.xlsx"
    consolidated.write(outcome(), path)
    return path


@pytest.fixture(scope="module")
def sheets(path: Path) -> Sheets:
    return read(path)


def test_its_sheets_in_order(sheets: Sheets) -> None:
    assert list(sheets) == [
        "Bìa",
        "Sổ tiếp nhận",
        "Chưa gửi",
        "Tự chấm",
        "Mô hình – công trình",
        "Phong trào",
        "Khen thưởng tập thể",
        "Khen thưởng cá nhân",
        "Khối các thôn",
        "Khối trường học",
        "Lỗi, cảnh báo",
    ]


def test_the_cover_counts_units_files_and_sheets(sheets: Sheets) -> None:
    rules, of = small.rules(), outcome().round
    assert sheets["Bìa"][3:] == [
        ["TỔNG HỢP KẾT QUẢ THI ĐUA"],
        ["Tổng kết năm – Kế hoạch thi đua năm 2023"],
        [],
        ["Kế hoạch thi đua", "KH-2023, 2023"],
        ["Hạn gửi phiếu", "17:00 10/12/2023"],
        ["Số liệu tính đến", "10:30 13/12/2023"],
        ["Số tệp trong thư mục inbox", "10"],
        ["Lỗi, cảnh báo", "Lỗi: 2, Cảnh báo: 2, Ghi nhận: 1"],
        [],
        ["Đơn vị thi đua"],
        ["Khối thi đua", "Đơn vị thi đua", "Đã gửi", "trong đó gửi muộn", "Phải sửa", "Chưa gửi"],
        ["Khối các thôn", 5, 4, 1, 1, 0],
        ["Khối trường học", 2, 2, 0, 0, 0],
        ["Cộng", 7, 6, 1, 1, 0],
        [],
        ["Số tệp theo tình trạng"],
        ["Tình trạng", "Khối các thôn", "Khối trường học", "Chưa rõ khối", "Cộng"],
        ["Nhận", 2, 2, 0, 4],
        ["Nhận, có cảnh báo", 2, 0, 0, 2],
        ["Trả lại", 1, 0, 0, 1],
        ["Được thay thế", 1, 0, 0, 1],
        ["Không phải phiếu", 0, 0, 1, 1],
        ["Bỏ qua", 0, 0, 1, 1],
        ["Cộng", 6, 2, 2, 10],
        [],
        ["Thang bảng điểm dùng để lập phiếu"],
        ["Khối thi đua", "Phiên bản phiếu", "Số tiêu chí", "Mã nhận dạng"],
        ["Khối các thôn", 1, 11, rules.fingerprint(rules.blocs[0], of)],
        ["Khối trường học", 1, 1, rules.fingerprint(rules.blocs[1], of)],
        [],
        ["Các trang tính trong tệp này"],
        ["Trang", "Số dòng"],
        ["Sổ tiếp nhận", 10],
        ["Chưa gửi", 1],
        ["Tự chấm", 46],
        ["Mô hình – công trình", 7],
        ["Phong trào", 12],
        ["Khen thưởng tập thể", 3],
        ["Khen thưởng cá nhân", 3],
        ["Khối các thôn", 5],
        ["Khối trường học", 2],
        ["Lỗi, cảnh báo", 5],
    ]


STATUS = {
    "accepted": "Nhận",
    "accepted_with_warnings": "Nhận, có cảnh báo",
    "returned": "Trả lại",
    "superseded": "Được thay thế",
    "not_a_form": "Không phải phiếu",
    "ignored": "Bỏ qua",
}


def test_the_register_holds_every_file(sheets: Sheets) -> None:
    def local(text: str) -> Any:
        return dt.datetime.fromisoformat(text).replace(tzinfo=None) if text else ""

    register = outcome().register.to_dict("records")
    assert sheets["Sổ tiếp nhận"][3:] == [
        trimmed(
            [
                number,
                row["file"],
                NAMES.get(row["unit"], ""),
                BLOCS[row["bloc"]],
                STATUS[row["status"]],
                row["reason"],
                local(row["received"]),
                "Sổ tiếp nhận" if row["received_from"] else "",
                row["days_late"],
                row["errors"],
                row["warnings"],
                "",  # the officer decided nothing
                local(row["first_seen"]),
                row["round"],
                row["form_version"],
                row["size"],
                row["sha256"],
            ]
        )
        for number, row in enumerate(register, start=1)
    ]


def test_who_has_not_sent(sheets: Sheets, tmp_path: Path) -> None:
    assert sheets["Chưa gửi"][3:] == [[1, "Khối các thôn", "Thôn 5", "Phải sửa", "thon-5.xlsx"]]
    roster = outcome().roster
    roster.loc[roster["unit"] == "thcs", "state"] = "not_sent"
    consolidated.write(outcome(roster=roster), tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")["Chưa gửi"][3:] == [
        [1, "Khối các thôn", "Thôn 5", "Phải sửa", "thon-5.xlsx"],
        [2, "Khối trường học", "Trường THCS", "Chưa gửi"],
    ]


RESULTS = (
    *("STT", "Khối thi đua", "Đơn vị", "Mã", "Nội dung", "Đơn vị tính", "Điểm chuẩn", "Chỉ tiêu"),
    *("Kết quả thực hiện", "Điểm theo thang điểm", "Điểm tự chấm", "Minh chứng", "Ghi chú", "Tệp", "Trang", "Dòng"),
)
"""The columns of the results."""


def test_the_columns_of_the_results(sheets: Sheets) -> None:
    assert tuple(sheets["Tự chấm"][2]) == RESULTS


def test_results_hold_what_the_rubric_says_and_the_unit_entered(sheets: Sheets) -> None:
    thon, truong = "Khối các thôn", "Khối trường học"
    columns = [sheets["Tự chấm"][2].index(title) for title in RESULTS]
    rows = [[row[column] for column in columns] for row in sheets["Tự chấm"][3:]]
    entries = [row[:11] for row in rows]
    assert len(entries) == 4 * 11 + 2
    assert entries[22:33] + entries[44:] == [  # Thôn 3, and the schools
        [23, thon, "Thôn 3", "KT1", "Thu ngân sách so với dự toán", "triệu đồng", 40, 600, 612.5, 40, ""],
        [24, thon, "Thôn 3", "KT2", "Tỷ lệ hộ nghèo", "%", 20, 0, 0, 20, ""],
        [25, thon, "Thôn 3", "VH1", "Tỷ lệ gia đình văn hóa", "%", 10, 90, 90, 10, ""],
        [26, thon, "Thôn 3", "VH2", "Xếp loại chi bộ", "", 10, "", "Tốt", 8, ""],
        [27, thon, "Thôn 3", "VH3", "Có công trình hoặc mô hình thi đua", "", 5, "", "Có", 5, ""],
        [28, thon, "Thôn 3", "AN1", "Số vụ phạm pháp hình sự", "vụ", 5, "", 2, 3, ""],
        [29, thon, "Thôn 3", "TD1", "Tổ chức phong trào thi đua", "", 10, "", "", 5.5, 5.5],
        [30, thon, "Thôn 3", "T1", "Bằng khen trong năm", "bằng", 4, "", 3, 4, ""],
        [31, thon, "Thôn 3", "T2", "Mô hình được nhân rộng", "", 3, "", "Có", 3, ""],
        [32, thon, "Thôn 3", "P1", "Nộp phiếu muộn", "ngày", 5, "", "", 0, ""],
        [33, thon, "Thôn 3", "P2", "Kỷ luật", "", 5, "", "Cảnh cáo trở lên", -5, ""],
        [45, truong, "Trường THCS", "GD1", "Tỷ lệ hoàn thành chương trình", "%", 100, 98, 97.5, 99.49, ""],
        [46, truong, "Trường Tiểu học", "GD1", "Tỷ lệ hoàn thành chương trình", "%", 100, 98, 98.2, 100, ""],
    ]
    results = outcome().results[["evidence", "note", "file", "sheet", "row"]]
    assert [row[11:] for row in rows] == results.to_numpy().tolist()


def test_the_other_tables_hold_the_rows_of_all_units(sheets: Sheets) -> None:
    whole = outcome()
    expected = {
        "Mô hình – công trình": rows_of(whole.models, "kind", "name", "content", "cost", "result"),
        "Phong trào": rows_of(whole.movements, "movement", "name", "activities", "participants", "result"),
        "Khen thưởng tập thể": rows_of(whole.collective_awards, "name", "award", "achievement"),
        "Khen thưởng cá nhân": rows_of(
            whole.individual_awards, "name", "position", "role", "award", "achievement", "initiative"
        ),
    }
    assert {name: sheets[name][3:] for name in expected} == expected


def test_the_matrix_has_groups_criteria_and_totals(sheets: Sheets) -> None:
    group, code = sheets["Khối các thôn"][2], sheets["Khối các thôn"][5]
    assert (group[2], group[5], group[11], group[14]) == (
        *("Phát triển kinh tế", "Văn hóa – xã hội"),
        *("Điểm thưởng", "Điểm trừ"),
    )
    assert code == [
        "",
        "Mã",
        "KT1",
        "KT2",
        "I",
        "VH1",
        "VH2",
        "VH3",
        "AN1",
        "TD1",
        "II",
        "T1",
        "T2",
        "T",
        "P1",
        "P2",
        "P",
    ]
    assert sheets["Khối các thôn"][4][2:] == [40, 20, 60, 10, 10, 5, 5, 10, 40, 4, 3, 5, -5, -5, -10]
    points = [row[:23] for row in sheets["Khối các thôn"][6:]]
    assert points == [  # worked out by hand in tests/outcomes.py
        [1, "Thôn 1", 40, 16, 56, 10, 8, 5, 4, 9, 36, 2, 0, 2, 0, 0, 0, 92, 2, 0, 94, 1, "Xuất sắc"],
        [2, "Thôn 2", 38, 20, 58, 6, 10, 5, 5, 10, 36, 2, 0, 2, 0, -2, -2, 94, 2, -2, 94, 2, "Tốt"],
        [3, "Thôn 4", 0, 20, 20, 0, 5, 0, 0, 6.5, 11.5, 0, 0, 0, -1, 0, -1, 31.5, 0, -1, 30.5, 3, "Trung bình"],
        [4, "Thôn 3", 40, 20, 60, 10, 8, 5, 3, 5.5, 31.5, 4, 3, 5, 0, -5, -5, 91.5, 5, -5, 91.5, "", "Không xếp loại"],
        [5, "Thôn 5", *[""] * 20, "Không xếp loại"],
    ]
    assert sheets["Khối trường học"][3][2:8] == [  # neither bonus nor penalty in this bloc
        *(
            "Tỷ lệ hoàn thành chương trình",
            "Cộng nhóm A",
            "Cộng điểm các nhóm nội dung",
            "Tổng cộng",
            "Hạng",
            "Xếp loại",
        ),
    ]
    assert [row[:8] for row in sheets["Khối trường học"][6:]] == [
        [1, "Trường Tiểu học", 100, 100, 100, 100, 1, "Đạt"],
        [2, "Trường THCS", 99.49, 99.49, 99.49, 99.49, 2, "Đạt"],
    ]
    notes = [row[23:] for row in sheets["Khối các thôn"][6:]]
    standings = outcome().standings
    assert notes == [[note] if note else [] for note in standings[standings["bloc"] == "thon"]["note"]]


def test_all_findings(sheets: Sheets) -> None:
    severity = {"error": "Lỗi", "warning": "Cảnh báo", "note": "Ghi nhận"}
    columns = ["file", "sheet", "cell", "criterion", "entered", "message", "code"]
    assert sheets["Lỗi, cảnh báo"][3:] == [
        [number, severity[row["severity"]], NAMES[row["unit"]], *(row[column] for column in columns)]
        for number, row in enumerate(outcome().findings.to_dict("records"), start=1)
    ]


def test_foreign_text_is_neither_formula_nor_link(path: Path, sheets: Sheets) -> None:
    found = {value for rows in sheets.values() for row in rows for value in row}
    assert set(HOSTILE) <= found
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if "worksheets" in name}
    links = [link for text in parts.values() for link in re.findall("<hyperlink [^>]*>", text)]
    assert len(links) == 10  # the cover's own, within the workbook
    assert all("location=" in link and "r:id" not in link for link in links)
    assert not [name for name, text in parts.items() if "<f>" in text or name.endswith(".rels")]


def test_a_reader_finds_headings_filters_and_pages(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    places = {sheet.title: (sheet.freeze_panes, sheet.auto_filter.ref) for sheet in book.worksheets}
    last = next(cell.column_letter for cell in book["Tự chấm"][3] if cell.value == "Dòng")
    assert places == {
        "Bìa": (None, None),
        "Sổ tiếp nhận": ("C4", "A3:Q13"),
        "Chưa gửi": ("D4", "A3:E4"),
        "Tự chấm": ("D4", f"A3:{last}49"),
        "Mô hình – công trình": ("D4", "A3:K10"),
        "Phong trào": ("D4", "A3:K15"),
        "Khen thưởng tập thể": ("D4", "A3:I6"),
        "Khen thưởng cá nhân": ("D4", "A3:L6"),
        "Khối các thôn": ("C7", "A6:X11"),
        "Khối trường học": ("C7", "A6:I8"),
        "Lỗi, cảnh báo": ("D4", "A3:J8"),
    }
    for sheet in book.worksheets:
        landscape = sheet.title != "Bìa"
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation == "landscape") == (9, landscape)
        assert bool(sheet.print_title_rows) == landscape
        assert "Xã Mẫu" in sheet.oddFooter.left.text
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    register = book["Sổ tiếp nhận"]
    assert register.print_area.replace("$", "").endswith("A1:K13")  # size and hash are for the screen
    assert register["G5"].number_format == "hh:mm dd/mm/yyyy"
    assert book["Khối các thôn"]["C7"].number_format == "#,##0.00"


def test_long_text_gets_a_row_that_shows_it(tmp_path: Path) -> None:
    models = outcome().models
    models.loc[0, "content"] = "Lắp bóng đèn. " * 40  # 559 letters, 44 to a line: more than 13 lines
    models.loc[1, "content"] = "x" * 40_000
    consolidated.write(outcome(models=models), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Mô hình – công trình"]
    heights = [sheet.row_dimensions[row].height for row in (4, 5, 6)]
    assert heights == [15 * 15, 15 * 27, None]
    assert len(sheet["F5"].value) == 32767  # what a cell can hold


def test_nothing_received_yet(tmp_path: Path) -> None:
    empty: dict[str, Any] = {
        "results": tables.empty(Results),
        "models": tables.empty(Models),
        "movements": tables.empty(Movements),
        "collective_awards": tables.empty(CollectiveAwards),
        "individual_awards": tables.empty(IndividualAwards),
        "findings": tables.empty(tables.Findings),
        "register": tables.empty(tables.Register),
    }
    roster = outcome().roster.assign(state="not_sent", file="", received="", returned_file="", days_late=0)
    whole = outcome(**empty, roster=roster, as_of=None, inputs={})
    consolidated.write(whole, tmp_path / "a.xlsx")
    sheets = read(tmp_path / "a.xlsx")
    assert ["Số liệu tính đến", "chưa nhận được tệp nào"] in sheets["Bìa"]
    assert ["Cộng", 7, 0, 0, 0, 7] in sheets["Bìa"]
    assert [row[2] for row in sheets["Chưa gửi"][3:]] == list(NAMES.values())
    assert {name: sheets[name][3:] for name in ("Tự chấm", "Phong trào", "Lỗi, cảnh báo")} == {
        "Tự chấm": [["(không có)"]],
        "Phong trào": [["(không có)"]],
        "Lỗi, cảnh báo": [["(không có)"]],
    }


def test_a_registration_asks_for_targets_alone(tmp_path: Path) -> None:
    consolidated.write(outcome(round=small.rules().plan.rounds[0]), tmp_path / "a.xlsx")
    sheets = read(tmp_path / "a.xlsx")
    assert sheets["Chỉ tiêu đăng ký"][2][3:9] == ["Mã", "Nội dung", "Đơn vị tính", "Điểm chuẩn", "Chỉ tiêu", "Ghi chú"]
    assert not [name for name in sheets if name.startswith("Khối")]


def test_file_names_that_are_no_unicode_and_units_of_no_plan(tmp_path: Path) -> None:
    register = outcome().register
    register.loc[0, ["file", "unit", "status"]] = ["anh\udcff.jpg", "thon-99", "unknown_unit"]
    consolidated.write(outcome(register=register, inputs={}), tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")["Sổ tiếp nhận"][3][1:5] == [
        *("anh\\udcff.jpg", "thon-99", "", "Đơn vị không có trong kế hoạch"),
    ]


def test_twice_the_same_bytes(path: Path, tmp_path: Path) -> None:
    consolidated.write(outcome(), tmp_path / "tong-hop.xlsx")
    assert (tmp_path / "tong-hop.xlsx").read_bytes() == path.read_bytes()


@libreoffice.needs_libreoffice[0]
@libreoffice.needs_libreoffice[1]
def test_libreoffice_reads_the_same(path: Path, sheets: Sheets, tmp_path: Path) -> None:
    read_back = libreoffice.recalculated(path, tmp_path)
    assert {name: [trimmed(row) for row in rows] for name, rows in read_back.items()} == sheets
