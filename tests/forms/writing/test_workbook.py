"""The form: what stands in it, what may be typed into it, what it computes, and that it survives other programs."""

from __future__ import annotations

import copy
import datetime as dt
import io
import re
import warnings
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from pipeline.forms.declared import LISTS_SHEET, META_SHEET
from pipeline.forms.reading import read_form
from pipeline.forms.writing.workbook import Prefill, write_form
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules, load_rules
from tests.columns import COLUMN, at, letter, pick
from tests.libreoffice import convert, needs_libreoffice
from tests.places import RULES_2023
from tests.small import THON, rules

RULES = rules()
SHEETS = [
    "Hướng dẫn",
    "Đơn vị",
    "Tự chấm",
    "Mô hình – công trình",
    "Phong trào",
    "Khen thưởng tập thể",
    "Khen thưởng cá nhân",
    LISTS_SHEET,
    META_SHEET,
]


def form(prefill: Prefill | None = None, of: str = "tong-ket", rules: Rules = RULES, unit: str = "thon-1") -> bytes:
    target = io.BytesIO()
    a_round = rules.plan.round(of)
    assert a_round
    write_form(target, RoundContext(rules, a_round), unit, prefill)
    return target.getvalue()


def sheet(content: bytes, name: str) -> list[list[Any]]:
    """The values of a sheet from A1 on."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python(skip_empty_area=False)


@lru_cache(maxsize=8)
def opened(content: bytes) -> openpyxl.Workbook:
    """The form in openpyxl, to be looked at."""
    return openpyxl.load_workbook(io.BytesIO(content))


def part(content: bytes, name: str) -> str:
    """The XML of a sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read(f"xl/worksheets/sheet{opened(content).sheetnames.index(name) + 1}.xml").decode()


FILLED: dict[str, list[dict[str, Any]]] = {
    "unit": [{"item": "phone", "value": "0901234567"}, {"item": "signed_on", "value": dt.date(2023, 12, 5)}],
    "results": [
        {"criterion": "KT1", "target": 300, "actual": 200, "note": "Quý IV"},
        {"criterion": "KT2", "target": 4, "actual": 5},
        {"criterion": "VH1", "actual": 85},
        {"criterion": "VH2", "actual": "Tốt"},
        {"criterion": "VH3", "actual": "Không"},
        {"criterion": "AN1", "actual": 2},
        {"criterion": "TD1", "claimed": 7.25},
        {"criterion": "T1", "actual": 3},
        {"criterion": "T2", "actual": "Có"},
        {"criterion": "P2", "actual": "Cảnh cáo trở lên"},
    ],
    "models": [{"kind": "Mô hình", "name": "Tuyến đường hoa", "content": "Trồng 500 m hoa", "cost": 12.5}],
    "movements": [{"movement": "PT2", "activities": "Xây một nhà tình thương", "participants": 40}],
    "collective_awards": [{"name": "Chi hội Mẫu", "award": "Tập thể Lao động tiên tiến"}],
    "individual_awards": [
        {"name": "Nguyễn Văn Mẫu", "position": "Trưởng thôn", "award": "Giấy khen của Chủ tịch UBND xã"}
    ],
}


# --- what stands in it ----------------------------------------------------------------------------------


def test_sheets_and_how_they_are_hidden() -> None:
    book = openpyxl.load_workbook(io.BytesIO(form()))
    assert book.sheetnames == SHEETS
    assert [each.sheet_state for each in book] == ["visible"] * 7 + ["hidden", "veryHidden"]
    assert all(each.protection.sheet and not each.protection.password for each in book)


def test_the_very_hidden_sheet_says_what_form_it_is() -> None:
    fingerprint = RULES.fingerprint(RULES.bloc("thon"), RULES.plan.rounds[1])
    assert sheet(form(), META_SHEET) == [
        ["format", "thidua-phieu"],
        ["plan", "KH-2023"],
        ["year", "2023"],
        ["round", "tong-ket"],
        ["bloc", "thon"],
        ["unit", "thon-1"],
        ["form_version", "1"],
        ["fingerprint", fingerprint],
        ["language", "vi"],
    ]


def test_the_columns_of_the_self_scoring_sheet() -> None:
    rows = sheet(form(), "Tự chấm")
    assert rows[4] == [
        "criterion",
        "content",
        "measure",
        "max_points",
        "target",
        "actual",
        "computed",
        "claimed",
        "evidence",
        "note",
    ]
    assert rows[5] == [
        "Mã",
        "Nội dung",
        "Đơn vị tính",
        "Điểm chuẩn",
        "Chỉ tiêu",
        "Kết quả thực hiện",
        "Điểm theo thang điểm",
        "Điểm tự chấm",
        "Minh chứng",
        "Ghi chú",
    ]


ROW = (
    *("criterion", "content", "measure", "max_points", "target"),
    *("actual", "computed", "claimed", "evidence", "note"),
)
"""The fields of the rows below."""


def test_every_criterion_has_its_row_below_its_group() -> None:
    rows = sheet(form(FILLED), "Tự chấm")[6:]
    # KT1 200/300 of 40; KT2 4/5 of 20; VH1 85/90 = 94 %; T1 and T2 make 7 of which the group leaves 5.
    assert [pick(row, *ROW) for row in rows] == [
        ["", "I. Phát triển kinh tế", "", 60, "", "", 42.67, "", "", ""],
        ["KT1", "Thu ngân sách so với dự toán", "triệu đồng", 40, 300, 200, 26.67, "", "", "Quý IV"],
        ["KT2", "Tỷ lệ hộ nghèo", "%", 20, 4, 5, 16, "", "", ""],
        ["", "II. Văn hóa – xã hội", "", 40, "", "", 24.25, "", "", ""],
        ["VH1", "Tỷ lệ gia đình văn hóa", "%", 10, 90, 85, 6, "", "", ""],
        ["VH2", "Xếp loại chi bộ", "", 10, "", "Tốt", 8, "", "", ""],
        ["VH3", "Có công trình hoặc mô hình thi đua", "", 5, "", "Không", 0, "", "", ""],
        ["AN1", "Số vụ phạm pháp hình sự", "vụ", 5, "", 2, 3, "", "", ""],
        ["TD1", "Tổ chức phong trào thi đua", "", 10, "", "", 7.25, 7.25, "", ""],
        ["", "T. Điểm thưởng (cộng tối đa 5 điểm)", "", 5, "", "", 5, "", "", ""],
        ["T1", "Bằng khen trong năm", "bằng", 4, "", 3, 4, "", "", ""],
        ["T2", "Mô hình được nhân rộng", "", 3, "", "Có", 3, "", "", ""],
        ["", "P. Điểm trừ (trừ tối đa 10 điểm)", "", 10, "", "", -5, "", "", ""],
        ["P1", "Nộp phiếu muộn", "ngày", 5, "", "", "", "", "", "Do phần mềm tính"],
        ["P2", "Kỷ luật", "", 5, "", "Cảnh cáo trở lên", -5, "", "", ""],
        ["", "Tổng cộng (điểm thưởng tối đa 5 điểm; điểm trừ tối đa 10 điểm)", "", 100, "", "", 66.92, "", "", ""],
    ]


def test_the_other_sheets_hold_what_was_entered() -> None:
    content = form(FILLED)
    assert sheet(content, "Đơn vị")[6:] == [
        ["unit_code", "Mã đơn vị", "thon-1"],
        ["unit_name", "Tên đơn vị", "Thôn 1"],
        ["bloc_name", "Khối thi đua", "Khối các thôn"],
        ["filled_by", "Người lập phiếu (họ và tên)", ""],
        ["filled_position", "Chức vụ", ""],
        ["phone", "Điện thoại", "0901234567"],
        ["signer", "Người ký (họ và tên)", ""],
        ["signer_position", "Chức vụ người ký", ""],
        ["signed_on", "Ngày ký", dt.date(2023, 12, 5)],
    ]
    assert sheet(content, "Phong trào")[6:] == [
        ["PT1", "Cả nước chung sức xây dựng nông thôn mới", "", "", ""],
        ["PT2", "Vì người nghèo – Không để ai bị bỏ lại phía sau", "Xây một nhà tình thương", 40, ""],
    ]
    assert sheet(content, "Mô hình – công trình")[6:8] == [
        [1, "Mô hình", "Tuyến đường hoa", "Trồng 500 m hoa", 12.5, ""],
        [2, "", "", "", "", ""],
    ]
    assert [row[0] for row in sheet(content, "Khen thưởng cá nhân")[6:]] == list(range(1, 21))


def test_a_unit_that_entered_more_than_the_blank_rows_keeps_all() -> None:
    many = {"models": [{"kind": "Công trình", "name": f"Công trình {n}", "content": "Mẫu"} for n in range(1, 9)]}
    rows = sheet(form(many), "Mô hình – công trình")[6:]
    assert [(row[0], row[2]) for row in rows] == [(n, f"Công trình {n}") for n in range(1, 9)]


def test_a_registration_asks_for_targets_alone() -> None:
    content = form(of="dang-ky")
    codes_on = ["Chỉ tiêu đăng ký" if name == "Tự chấm" else name for name in SHEETS[1:7]]
    codes = {name: sheet(content, name)[4] for name in codes_on}
    assert codes == {
        "Đơn vị": ["item", "label", "value"],
        "Chỉ tiêu đăng ký": ["criterion", "content", "measure", "max_points", "target", "note"],
        "Mô hình – công trình": ["number", "kind", "name", "content", "cost"],
        "Phong trào": ["movement", "name", "activities", "participants"],
        "Khen thưởng tập thể": ["number", "name", "award"],
        "Khen thưởng cá nhân": ["number", "name", "position", "role", "award", "initiative"],
    }
    rows = [8, 9, 11, 12, 13, 14, 15, 17, 18, 21]
    letters = dict(zip(codes["Chỉ tiêu đăng ký"], "ABCDEF", strict=True))
    cells = [f"{letters['target']}8", f"{letters['target']}9", *(f"{letters['note']}{row}" for row in rows)]
    assert set(unlocked(content)["Chỉ tiêu đăng ký"]) == set(cells)
    assert "<f>" not in part(content, "Chỉ tiêu đăng ký")


# --- what may be typed into it --------------------------------------------------------------------------


def unlocked(content: bytes) -> dict[str, list[str]]:
    return {
        each.title: [cell.coordinate for row in each for cell in row if not cell.protection.locked]
        for each in opened(content)
    }


def test_only_the_cells_of_the_unit_are_unlocked() -> None:
    cells = unlocked(form())
    rows = [8, 9, 11, 12, 13, 14, 15, 17, 18, 21]  # P1 in row 20 is computed by the system
    of_unit = {
        "target": [8, 9],  # of VH1 the rubric fixes it
        "actual": [row for row in rows if row != 15],  # of TD1 points are claimed
        "claimed": [15],
        "evidence": rows,
        "note": rows,
    }
    of_others = tuple(letter(field) for field in COLUMN if field not in ROW)
    open_cells = {cell for cell in cells["Tự chấm"] if not cell.startswith(of_others)}
    assert open_cells == {at(field, row) for field, rows in of_unit.items() for row in rows}
    assert cells["Đơn vị"] == [f"C{row}" for row in range(10, 16)]
    assert cells["Mô hình – công trình"] == [f"{column}{row}" for row in range(7, 12) for column in "BCDEF"]
    assert cells["Phong trào"] == [f"{column}{row}" for row in (7, 8) for column in "CDE"]
    assert cells["Khen thưởng tập thể"] == [f"{column}{row}" for row in range(7, 17) for column in "BCD"]
    assert cells["Khen thưởng cá nhân"] == [f"{column}{row}" for row in range(7, 27) for column in "BCDEFG"]
    assert [cells[name] for name in ("Hướng dẫn", LISTS_SHEET, META_SHEET)] == [[], [], []]


def validations(content: bytes) -> dict[tuple[str, str], Any]:
    """(sheet, cell) -> its data validation."""
    return {
        (each.title, f"{cell}"): check
        for each in opened(content)
        for check in each.data_validations.dataValidation
        for area in check.sqref.ranges
        for row in area.rows
        for cell in (each.cell(*place).coordinate for place in row)
    }


def test_every_unlocked_cell_is_restricted_and_says_what_it_takes() -> None:
    content = form()
    checks = validations(content)
    expected = {(name, cell) for name, cells in unlocked(content).items() for cell in cells}
    assert set(checks) == expected
    for check in checks.values():
        texts = (check.promptTitle, check.prompt, check.errorTitle, check.error)
        assert all(texts)
        assert [len(text) <= most for text, most in zip(texts, (32, 255, 32, 255), strict=True)] == [True] * 4
        assert check.showInputMessage
        assert check.showErrorMessage


def test_bounds_come_from_the_rubric() -> None:
    checks = validations(form())

    def bounds(name: str, cell: str) -> tuple[Any, ...]:
        check = checks[name, cell]
        return check.type, check.operator or "between", check.formula1, check.formula2

    assert bounds("Tự chấm", at("actual", 8)) == ("decimal", "greaterThanOrEqual", "0", None)
    assert bounds("Tự chấm", at("actual", 9)) == ("decimal", "between", "0", "100")
    assert bounds("Tự chấm", at("actual", 14)) == ("whole", "greaterThanOrEqual", "0", None)
    assert bounds("Tự chấm", at("claimed", 15)) == ("decimal", "between", "0", "10")
    assert bounds("Tự chấm", at("evidence", 8)) == ("textLength", "lessThanOrEqual", "500", None)
    assert bounds("Đơn vị", "C15") == ("date", "between", "44927", "45382")  # 1 January 2023 to 31 March 2024
    assert checks["Tự chấm", at("actual", 9)].prompt == (
        "Ghi số, từ 0 đến 100.\nChỉ ghi số, không ghi kèm đơn vị tính hoặc dấu %.\nĐơn vị tính: %."
    )


def test_every_list_is_a_defined_name_with_the_options_of_its_cell() -> None:
    content = form()
    book = openpyxl.load_workbook(io.BytesIO(content))
    lists = {place: check.formula1 for place, check in validations(content).items() if check.type == "list"}
    options = {}
    for name, defined in book.defined_names.items():
        if not name.startswith("_xlnm"):
            ((title, area),) = defined.destinations
            cells = book[title][area.replace("$", "")]
            cells = cells if isinstance(cells, tuple) else ((cells,),)
            options[name] = (title, [row[0].value for row in cells])
    assert options == {
        "loai_mo_hinh": (LISTS_SHEET, ["Mô hình", "Công trình"]),
        "vai_tro": (LISTS_SHEET, ["Lãnh đạo, quản lý", "Trực tiếp lao động, công tác"]),
        "khen_tap_the": (LISTS_SHEET, ["Tập thể Lao động tiên tiến"]),
        "khen_ca_nhan": (LISTS_SHEET, ["Giấy khen của Chủ tịch UBND xã"]),
        "muc_VH2": (LISTS_SHEET, ["Xuất sắc", "Tốt", "Hoàn thành"]),
        "muc_VH3": (LISTS_SHEET, ["Có", "Không"]),
        "muc_T2": (LISTS_SHEET, ["Có", "Không"]),
        "muc_P2": (LISTS_SHEET, ["Không", "Khiển trách", "Cảnh cáo trở lên"]),
    }
    assert lists == {
        ("Tự chấm", at("actual", 12)): "muc_VH2",
        ("Tự chấm", at("actual", 13)): "muc_VH3",
        ("Tự chấm", at("actual", 18)): "muc_T2",
        ("Tự chấm", at("actual", 21)): "muc_P2",
        **{("Mô hình – công trình", f"B{row}"): "loai_mo_hinh" for row in range(7, 12)},
        **{("Khen thưởng tập thể", f"C{row}"): "khen_tap_the" for row in range(7, 17)},
        **{("Khen thưởng cá nhân", f"D{row}"): "vai_tro" for row in range(7, 27)},
        **{("Khen thưởng cá nhân", f"E{row}"): "khen_ca_nhan" for row in range(7, 27)},
    }


def test_required_cells_are_highlighted_until_filled() -> None:
    book = openpyxl.load_workbook(io.BytesIO(form()))
    shown = {
        each.title: {
            str(area.sqref): rule.formula[0]
            for area in each.conditional_formatting
            for rule in area.rules
            if rule.formula
        }
        for each in book.worksheets[1:6]
    }
    begun = 'OR($B8<>"",$C8<>"",$D8<>"",$E8<>"",$F8<>"")'
    target, actual, claimed, evidence = map(letter, ("target", "actual", "claimed", "evidence"))
    any_award = 'OR($B7<>"",$C7<>"",$D7<>"")'
    assert shown == {
        "Đơn vị": {"C10:C11 C13:C15": 'C10=""'},
        "Tự chấm": {
            f"{target}8:{target}9": f'{target}8=""',
            f"{actual}8:{actual}9 {actual}11:{actual}14": f'{actual}8=""',
            f"{claimed}15": f'{claimed}15=""',
            # Evidence is asked for points that are claimed.
            f"{evidence}15": f'AND({evidence}15="",OR(ISNUMBER(${claimed}15)*(${claimed}15<>0)))',
        },
        "Mô hình – công trình": {
            "B7": 'B7=""',
            "C7": 'C7=""',
            "D7": 'D7=""',
            "B8:B11": f'AND(B8="",{begun})',
            "C8:C11": f'AND(C8="",{begun})',
            "D8:D11": f'AND(D8="",{begun})',
        },
        "Phong trào": {},
        "Khen thưởng tập thể": {f"{c}7:{c}16": f'AND({c}7="",{any_award})' for c in "BCD"},
    }


def test_the_guide_counts_what_is_missing() -> None:
    def counts(content: bytes) -> dict[str, Any]:
        return {row[1]: row[3] for row in sheet(content, "Hướng dẫn") if row[1] in SHEETS}

    assert counts(form()) == {
        "Đơn vị": 5,
        "Tự chấm": 9,  # two targets, six results, one claim
        "Mô hình – công trình": 3,
        "Phong trào": "–",
        "Khen thưởng tập thể": 0,
        "Khen thưởng cá nhân": 0,
    }
    assert counts(form(FILLED)) == {
        "Đơn vị": 4,
        "Tự chấm": 1,  # the evidence of TD1
        "Mô hình – công trình": 0,
        "Phong trào": "–",
        "Khen thưởng tập thể": 1,
        "Khen thưởng cá nhân": 2,
    }


# --- the page -------------------------------------------------------------------------------------------


def test_pages_are_a4_as_wide_as_the_paper_with_repeated_headings() -> None:
    book = openpyxl.load_workbook(io.BytesIO(form()))
    pages = {
        each.title: (
            each.page_setup.paperSize,
            each.page_setup.orientation,
            each.sheet_properties.pageSetUpPr.fitToPage,
            each.page_setup.fitToWidth or 1,  # 1 where it is not written
            each.page_setup.fitToHeight,
            each.print_title_rows,
            each.freeze_panes,
        )
        for each in book.worksheets[:7]
    }
    table = (9, "landscape", True, 1, 0, "$6:$6", "C7")
    assert pages == {
        "Hướng dẫn": (9, "portrait", True, 1, 0, None, None),
        "Đơn vị": (9, "portrait", True, 1, 0, "$6:$6", "C7"),
        "Tự chấm": table,
        "Mô hình – công trình": table,
        "Phong trào": table,
        "Khen thưởng tập thể": table,
        "Khen thưởng cá nhân": table,
    }


def test_codes_are_hidden_and_rows_grow_with_what_is_typed() -> None:
    rows = dict(re.findall(r'<row r="(\d+)"([^>]*)>', part(form(), "Tự chấm")))
    assert 'hidden="1"' in rows["5"]
    assert "customHeight" in rows["6"]
    for row in range(7, 23):
        assert ' ht="' in rows[str(row)]
        assert "customHeight" not in rows[str(row)]


def test_a_long_name_gets_a_row_that_is_high_enough() -> None:
    thon = copy.deepcopy(THON)
    thon["rubric"]["groups"][0]["criteria"][0]["name"] = "Vận động Nhân dân đóng góp xây dựng nông thôn mới " * 4
    content = form(rules=rules(thon))
    heights = {
        row: float(ht) for row, ht in re.findall(r'<row r="(\d+)"[^>]*? ht="([\d.]+)"', part(content, "Tự chấm"))
    }
    assert heights["8"] >= 5 * 15  # 200 letters, some 45 a line
    assert heights["9"] < 2 * 15


# --- foreign text ---------------------------------------------------------------------------------------

HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://x")',
    "http://x.vn",
    "<b>&amp;",
    "{=1}",
    "@SUM(A1)",
    "+1",
    "'x",
    "_x0041_",
    "a\nb",
    "007",
]


def test_hostile_text_stays_text() -> None:
    rows = [{"name": text, "achievement": text} for text in HOSTILE]
    results = [{"criterion": "KT1", "target": "=1+1", "actual": "http://x", "evidence": "=cmd|' /C calc'!A0"}]
    content = form({"collective_awards": rows, "results": results, "unit": [{"item": "signer", "value": "=1+1"}]})
    names = [row[1] for row in sheet(content, "Khen thưởng tập thể")[6:]]
    assert names == HOSTILE
    book = openpyxl.load_workbook(io.BytesIO(content))
    typed = [book["Khen thưởng tập thể"].cell(row, 2) for row in range(7, 7 + len(HOSTILE))]
    typed += [book["Tự chấm"][at(field, 8)] for field in ("target", "actual", "evidence")] + [book["Đơn vị"]["C13"]]
    assert {cell.data_type for cell in typed} == {"s"}
    assert not any(cell.hyperlink for cell in typed)
    assert "hyperlink" not in part(content, "Khen thưởng tập thể")
    assert pick(sheet(content, "Tự chấm")[7], "computed") == [""]  # no points from text


@pytest.mark.parametrize("value", [float("nan"), None, ""])
def test_nothing_is_blank(value: object) -> None:
    row = sheet(form({"results": [{"criterion": "KT1", "target": value, "actual": value}]}), "Tự chấm")[7]
    assert row == ["KT1", "Thu ngân sách so với dự toán", "triệu đồng", 40, *[""] * (len(row) - 4)]


def test_entries_for_what_the_form_does_not_ask_are_left_out() -> None:
    entered = {
        "results": [
            {"criterion": "KT9", "actual": 1},
            {"criterion": "P1", "actual": 3},  # the system's
            {"criterion": "VH1", "target": 10, "claimed": 9},  # the rubric fixes the target; nothing to claim
        ]
    }
    assert sheet(form(entered), "Tự chấm") == sheet(form(), "Tự chấm")


def test_long_names_fit(recwarn: pytest.WarningsRecorder) -> None:
    thon = copy.deepcopy(THON)
    thon["units"][0]["name"] = "Thôn & " + "Đại Lãnh " * 22
    thon["rubric"]["groups"][0]["criteria"][0]["guidance"] = "Ghi theo báo cáo của công chức Tài chính – Kế toán. " * 20
    changed = rules(thon, plan={"title": "Kế hoạch " * 50})
    content = form(rules=changed)
    assert [str(each.message) for each in recwarn] == []
    assert all(len(name) <= 31 for name in CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names)
    assert sheet(content, "Đơn vị")[7][2] == changed.units["thon-1"][1].name
    assert validations(content)["Tự chấm", at("actual", 8)].prompt.endswith("…")


def test_two_writes_are_the_same_bytes(tmp_path: Path) -> None:
    write_form(tmp_path / "phieu.xlsx", RoundContext(RULES, RULES.plan.rounds[1]), "thon-1", FILLED)
    assert (tmp_path / "phieu.xlsx").read_bytes() == form(FILLED)
    with zipfile.ZipFile(tmp_path / "phieu.xlsx") as package:
        assert "2023-11-15T00:00:00Z</dcterms:created>" in package.read("docProps/core.xml").decode()


def test_criteria_whose_codes_differ_in_a_mark_keep_their_own_lists() -> None:
    thon = copy.deepcopy(THON)
    thon["rubric"]["groups"][1]["criteria"][1]["code"] = "VH.2"
    thon["rubric"]["groups"][1]["criteria"][2]["code"] = "VH-2"
    thon["rubric"]["exclusions"] = []
    checks = validations(form(rules=rules(thon)))
    book = openpyxl.load_workbook(io.BytesIO(form(rules=rules(thon))))
    areas = [book.defined_names[checks["Tự chấm", at("actual", row)].formula1].attr_text for row in (12, 13)]
    assert areas == ["_danh_muc!$E$2:$E$4", "_danh_muc!$F$2:$F$3"]


def test_every_unit_of_the_year_gets_a_form() -> None:
    year = load_rules(RULES_2023)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for of in year.plan.rounds:
            for bloc in year.blocs:
                content = form(of=of.code, rules=year, unit=bloc.units[0].code)
                checks = validations(content)
                assert set(checks) == {(name, cell) for name, cells in unlocked(content).items() for cell in cells}
                found = read_form(content)
                assert [row[1][0] for row in found.tables["results"].rows if row[1][0]] == list(bloc.rubric.criteria)


# --- other programs -------------------------------------------------------------------------------------

CAPS = copy.deepcopy(THON)
CAPS["rubric"] |= {"bonus_cap": 5, "penalty_cap": 3}
CAPS["rubric"]["groups"][2]["points"] = 6
CAPS["rubric"]["groups"][3]["points"] = 4


def rounded_at(place: str) -> dict[str, Any]:
    """A year that rounds there."""
    made = copy.deepcopy(THON)
    made["rubric"]["round_at"] = place
    return made


# Typed wrongly or half: texts for numbers, a level in capitals, no target, an answer that is no level.
ODD = {
    "results": [
        {"criterion": "KT1", "target": "ba trăm", "actual": 200},
        {"criterion": "KT2", "actual": 5},
        {"criterion": "VH1", "actual": "85 %"},
        {"criterion": "VH2", "actual": "TỐT"},
        {"criterion": "VH3", "actual": "Chưa"},
        {"criterion": "AN1", "actual": True},
        {"criterion": "TD1", "claimed": "10", "evidence": "x"},
        {"criterion": "T1", "actual": 0},
    ],
    "unit": [{"item": each, "value": "x"} for each in ("filled_by", "filled_position", "signer", "signer_position")],
    "individual_awards": [{"initiative": "x"}, {}, {"name": "x", "award": "y"}],
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], bytes]:
    """(form, type) -> the form as LibreOffice saved it; type "" as we wrote it.

    What it saved in a format that openpyxl cannot read is there as it saves that again: ("xls", "xlsx").
    """
    folder = tmp_path_factory.mktemp("forms")
    forms = {
        "blank": form(),
        "filled": form(FILLED),
        "odd": form(ODD),
        "caps": form(FILLED, rules=rules(CAPS)),
        "group": form(FILLED, rules=rules(rounded_at("group"))),
        "total": form(FILLED, rules=rules(rounded_at("total"))),
        "registration": form(of="dang-ky"),
    }
    for name, content in forms.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    sources = [folder / f"{name}.xlsx" for name in forms]
    found = {(name, ""): content for name, content in forms.items()}
    for kind in ("xlsx", "xls", "ods"):
        for path in convert(sources, kind, folder / kind):
            found[path.stem, kind] = path.read_bytes()
    resaved = [folder / f"{kind}.{kind}" for kind in ("xls", "ods")]
    for path in resaved:
        path.write_bytes(found["filled", path.stem])
    return found | {(path.stem, "xlsx"): path.read_bytes() for path in convert(resaved, "xlsx", folder / "again")}


def trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    """Without the blank cells and rows at the ends, which each program counts its own way."""
    lines = []
    for row in rows:
        line = list(row)
        while line and line[-1] == "":
            line.pop()
        lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


@pytest.mark.parametrize("name", ["blank", "filled", "odd", "caps", "registration", "group", "total"])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
@needs_libreoffice[0]
@needs_libreoffice[1]
def test_libreoffice_saves_it_without_loss_and_computes_what_we_wrote(
    saved: dict[tuple[str, str], bytes], name: str, kind: str
) -> None:
    """Values, codes, hidden sheets and, as LibreOffice computes all formulas anew, every score and count."""
    ours, theirs = saved[name, ""], saved[name, kind]
    names = CalamineWorkbook.from_filelike(io.BytesIO(theirs)).sheet_names
    sheets = ["Chỉ tiêu đăng ký" if name == "registration" and each == "Tự chấm" else each for each in SHEETS]
    assert names == sheets
    for each in sheets:
        assert trimmed(sheet(theirs, each)) == trimmed(sheet(ours, each)), each
    assert read_form(theirs).meta == read_form(ours).meta
    assert list(read_form(theirs).tables) == list(read_form(ours).tables)


@needs_libreoffice[0]
@needs_libreoffice[1]
def test_libreoffice_gives_the_scores_worked_out_by_hand(saved: dict[tuple[str, str], bytes]) -> None:
    def scores(name: str) -> dict[str, Any]:
        rows = sheet(saved[name, "xlsx"], "Tự chấm")[6:]
        return {row[0] or row[1].split()[0]: row[COLUMN["computed"]] for row in rows}

    filled = {"I.": 42.67, "KT1": 26.67, "KT2": 16, "II.": 24.25, "VH1": 6, "VH2": 8, "VH3": 0, "AN1": 3, "TD1": 7.25}
    extra = {"T.": 5, "T1": 4, "T2": 3, "P.": -5, "P1": "", "P2": -5, "Tổng": 66.92}
    assert scores("filled") == filled | extra
    # 7 of bonus: the group leaves 6, the rubric 5; 5 of penalty: the group leaves 4, the rubric 3.
    assert scores("caps") == filled | extra | {"T.": 6, "P.": -4, "Tổng": 68.92}
    # 40 × 2/3 = 26.666667: the group has 42.666667, and all together 66.916667
    whole = {"KT1": 26.666667}
    assert scores("group") == filled | extra | whole
    assert scores("total") == filled | extra | whole | {"I.": 42.666667}
    blank = dict.fromkeys(filled | extra, "") | dict.fromkeys(("I.", "II.", "T.", "P.", "Tổng"), 0)
    assert scores("blank") == blank
    assert scores("odd") == blank | {"KT2": 0, "VH2": 8, "VH3": 0, "T1": 0, "II.": 8, "Tổng": 8}


@pytest.mark.parametrize("kind", ["", "xlsx", "xls", "ods"])
@needs_libreoffice[0]
@needs_libreoffice[1]
def test_openpyxl_keeps_what_the_form_needs(saved: dict[tuple[str, str], bytes], kind: str) -> None:
    """Feedback is marked in the unit's own file by openpyxl, whatever saved it last."""
    before = saved[kind, "xlsx"] if kind in ("xls", "ods") else saved["filled", kind]
    target = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(before)).save(target)
    after = target.getvalue()
    assert promises(before) == promises(after) == promises(saved["filled", ""])


def promises(content: bytes) -> dict[str, Any]:
    """What a form must not lose when another program saves it."""
    book = opened(content)
    assert "x14:dataValidation" not in "".join(part(content, name) for name in book.sheetnames)
    return {
        "restricted": {
            place: (check.type, re.sub(r"\.0$", "", check.formula1), check.prompt, check.error)
            for place, check in validations(content).items()
        },
        "unlocked": unlocked(content),
        "names": {name: each.attr_text.replace("'", "") for name, each in book.defined_names.items() if name[0] != "_"},
        "hidden": [each.sheet_state != "visible" for each in book],
        "protected": [each.protection.sheet for each in book],
        "highlighted": {
            each.title: {
                place
                for area in each.conditional_formatting
                for block in area.sqref.ranges
                for row in block.rows
                for place in row
            }
            for each in book
        },
        "formulas": {
            each.title: sum(cell.data_type == "f" for row in each for cell in row) for each in book.worksheets[:7]
        },
        "codes row": [each.row_dimensions[5].hidden for each in book.worksheets[1:7]],
    }
