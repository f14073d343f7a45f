"""A form is read by what it carries, whatever people and programs did to where things stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.declared import TABLE, TABLES
from pipeline.forms.raw_form import Copy, Relation
from pipeline.forms.reading import RawForm, read_form
from tests import returned
from tests.columns import COLUMN, at
from tests.libreoffice import convert, needs_libreoffice
from tests.returned import SHEETS, content, findings, opened, saved, submission

RESULTS = SHEETS["results"]


def entries(form: RawForm) -> dict[str, list[dict[str, Any]]]:
    """What the unit entered, without where it stands: table -> rows of {field: value}."""
    return {
        code: [
            {
                field: value
                for field, value in zip(table.columns, values, strict=True)
                if value != "" and (field == TABLE[code].key or not TABLE[code].field(field).ours)
            }
            for _number, values in table.rows
        ]
        for code, table in form.tables.items()
    }


AS_ISSUED = entries(read_form(content()))


def test_a_form_reads_as_the_facts_and_tables_that_it_was_written_with() -> None:
    form = read_form(content())
    assert form.meta["unit"] == "thon-1"
    assert form.meta["round"] == "tong-ket"
    assert list(form.tables) == [table.code for table in TABLES]
    assert {code: table.sheet for code, table in form.tables.items()} == SHEETS
    assert form.copies == []
    by_criterion = {row["criterion"]: row for row in entries(form)["results"]}
    assert by_criterion["KT1"] == {"criterion": "KT1", "target": 300.0, "actual": 310.0}
    assert by_criterion["VH2"] == {"criterion": "VH2", "actual": "Tốt"}
    assert list(by_criterion) == ["KT1", "KT2", "VH1", "VH2", "VH3", "AN1", "TD1", "T1", "T2", "P1", "P2"]
    assert entries(form)["models"] == [
        {"kind": "Mô hình", "name": "Tuyến đường hoa", "content": "Trồng 500 m hoa", "cost": 25.0}
    ]
    assert entries(form)["collective_awards"] == []


def test_rows_carry_the_numbers_that_a_spreadsheet_shows() -> None:
    table = read_form(content()).tables["results"]
    rows = {values[0]: number for number, values in table.rows}
    assert at("actual", rows["AN1"]) == returned.cell(("results", "AN1", "actual"))
    assert opened(content())[RESULTS].cell(table.heading_row, 1).value == "Mã"


# --- what people do to a form -----------------------------------------------------------------------


def insert_rows(book: openpyxl.Workbook) -> None:
    book[RESULTS].insert_rows(1, 3)  # above the headings
    book[RESULTS].insert_rows(13, 2)  # between the criteria
    book[SHEETS["models"]].insert_rows(7)


def insert_columns(book: openpyxl.Workbook) -> None:
    book[RESULTS].insert_cols(1, 2)
    book[RESULTS].insert_cols(7)


def swap_columns(book: openpyxl.Workbook) -> None:
    _reorder_columns(book[RESULTS], [8, 2, 3, 9, 6, 5, 7, 1, 4, 10])


def _reorder_columns(sheet: Worksheet, order: list[int]) -> None:
    _unmerge(sheet)
    for line in list(sheet.iter_rows()):
        values = [each.value for each in line]
        for place, column in enumerate(order):
            line[place].value = values[column - 1]


def _unmerge(sheet: Worksheet) -> None:
    for each in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(each))


def reorder_rows(book: openpyxl.Workbook) -> None:
    sheet = book[RESULTS]
    lines = [[each.value for each in line] for line in sheet.iter_rows(min_row=7)]
    for line, values in zip(sheet.iter_rows(min_row=7), reversed(lines), strict=True):
        for each, value in zip(line, values, strict=True):
            each.value = value


def reorder_sheets(book: openpyxl.Workbook) -> None:
    book._sheets.reverse()


def rename_sheets(book: openpyxl.Workbook) -> None:
    book[RESULTS].title = "Bảng điểm thôn 1"
    book[SHEETS["individual_awards"]].title = "Cá nhân"


def delete_codes(book: openpyxl.Workbook) -> None:
    for name in SHEETS.values():
        _unmerge(book[name])
        book[name].delete_rows(5)


def reword_headings(book: openpyxl.Workbook) -> None:
    book[RESULTS]["F6"] = "KẾT QUẢ năm 2023"
    book[SHEETS["models"]]["C6"] = "Tên"


def delete_hidden_sheet(book: openpyxl.Workbook) -> None:
    del book["_thidua"]


def delete_guide_and_lists(book: openpyxl.Workbook) -> None:
    del book["Hướng dẫn"]
    del book["_danh_muc"]


def merge_cells(book: openpyxl.Workbook) -> None:
    book[RESULTS].merge_cells("I8:J8")
    book[RESULTS].merge_cells("I11:I13")


def hide_and_filter_rows(book: openpyxl.Workbook) -> None:
    book[RESULTS].row_dimensions[9].hidden = True
    book[RESULTS].column_dimensions["F"].hidden = True
    book[RESULTS].auto_filter.ref = "A6:J22"


def write_beside_and_below(book: openpyxl.Workbook) -> None:
    book[RESULTS]["M9"] = "tính nháp"
    book[RESULTS]["B40"] = "Người lập phiếu ký tên"
    book.create_sheet("Nháp")["A1"] = "criterion"


HARMLESS = [
    insert_rows,
    insert_columns,
    swap_columns,
    reorder_sheets,
    rename_sheets,
    delete_codes,
    reword_headings,
    delete_hidden_sheet,
    delete_guide_and_lists,
    merge_cells,
    hide_and_filter_rows,
    write_beside_and_below,
]


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__)
def test_what_people_do_to_a_form_does_no_harm(change: Callable[[openpyxl.Workbook], None]) -> None:
    book = opened(content())
    change(book)
    form = read_form(saved(book))
    assert entries(form) == AS_ISSUED
    assert findings(submission(form)) == []
    assert bool(form.meta) == (change is not delete_hidden_sheet)


def test_rows_in_another_order_are_the_same_rows() -> None:
    book = opened(content())
    reorder_rows(book)
    form = read_form(saved(book))
    assert entries(form)["results"] == AS_ISSUED["results"][::-1]
    assert findings(submission(form)) == []


def test_a_mistake_in_a_form_moved_about_is_told_where_it_now_stands() -> None:
    book = opened(content())
    book[RESULTS]["F14"] = "hai vụ"  # AN1
    insert_rows(book)
    insert_columns(book)
    rename_sheets(book)
    (found,) = findings(submission(read_form(saved(book))))
    assert (found.sheet, found.cell, found.criterion) == ("Bảng điểm thôn 1", "I19", "AN1")


def test_the_sheet_of_individuals_is_not_taken_for_that_of_collectives_which_it_resembles() -> None:
    book = opened(content())
    del book[SHEETS["collective_awards"]]
    delete = [name for code, name in SHEETS.items() if code != "collective_awards"]
    for name in delete:
        _unmerge(book[name])
        book[name].delete_rows(5)
    form = read_form(saved(book))
    assert set(form.tables) == set(SHEETS) - {"collective_awards"}


def test_of_a_sheet_and_its_copy_the_one_with_our_name_is_read_and_the_other_is_told() -> None:
    book = opened(content())
    copy = book.copy_worksheet(book[SHEETS["collective_awards"]])
    copy.title = f"{SHEETS['collective_awards']} (2)"
    book.move_sheet(copy, -book.index(copy))
    form = read_form(saved(book))
    assert form.tables["collective_awards"].sheet == SHEETS["collective_awards"]
    assert form.copies == [Copy(copy.title, "collective_awards", Relation.SAME)]
    assert entries(form) == AS_ISSUED


def test_a_deleted_column_and_a_deleted_sheet_are_simply_not_there() -> None:
    book = opened(content())
    del book[SHEETS["movements"]]
    _unmerge(book[RESULTS])
    book[RESULTS].delete_cols(COLUMN["evidence"] + 1)
    form = read_form(saved(book))
    assert "movements" not in form.tables
    before = read_form(content()).tables["results"].columns
    assert {"criterion", "max_points", "target", "actual", "computed", "claimed", "evidence", "note"} <= set(before)
    assert list(form.tables["results"].columns) == [field for field in before if field != "evidence"]


def test_a_workbook_that_is_no_form_has_neither_facts_nor_tables() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["STT", "Họ và tên"])
    sheet.append([1, "Nguyễn Văn Mẫu"])
    assert read_form(saved(book)) == RawForm({}, {})


def test_a_hidden_sheet_of_another_program_holds_no_facts_of_ours() -> None:
    book = opened(content())
    book["_thidua"]["B1"] = "something-else"
    assert read_form(saved(book)).meta == {}


@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_forms_saved_by_libreoffice_read_the_same(tmp_path: Path) -> None:
    issued = tmp_path / "thon-1.xlsx"
    issued.write_bytes(content())
    expected = read_form(content())
    for suffix in ("xlsx", "xls", "ods"):
        (converted,) = convert(issued, suffix, tmp_path / suffix)
        form = read_form(converted.read_bytes())
        assert form.meta == expected.meta
        assert {code: table.columns for code, table in form.tables.items()} == {
            code: table.columns for code, table in expected.tables.items()
        }
        assert entries(form) == AS_ISSUED
        assert findings(submission(form)) == []
