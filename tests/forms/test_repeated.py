"""Columns and tables that stand twice in a form: what is ambiguous is told, never the first taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.locating import MOST, by_codes, find_all
from pipeline.forms.raw_form import RawForm
from pipeline.forms.reading import read_form
from tests import returned
from tests.columns import COLUMN
from tests.returned import SHEETS, content, finding_places, opened, saved, submission

RESULTS, MODELS, PERSONS = SHEETS["results"], SHEETS["models"], SHEETS["individual_awards"]
CODES, HEADINGS, FIRST = 5, 6, 7  # rows of a sheet as printed
ACTUAL = COLUMN["actual"] + 1
F, G = get_column_letter(ACTUAL), get_column_letter(ACTUAL + 1)


def book() -> openpyxl.Workbook:
    """A well filled form."""
    form = opened(content())
    for sheet in form.worksheets:
        for each in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(each))
    return form


def read(form: openpyxl.Workbook) -> RawForm:
    return read_form(saved(form))


def findings(form: openpyxl.Workbook) -> list[tuple[str, str, str]]:
    """All that is found wrong in the form: sheet, cell, code."""
    return finding_places(submission(read(form)))


def actual(form: openpyxl.Workbook) -> dict[str, Any]:
    """What is read as results: criterion -> value, None where the column is not read."""
    table = read(form).tables["results"]
    rows = [dict(zip(table.columns, values, strict=True)) for _number, values in table.rows]
    return {row["criterion"]: row.get("actual") for row in rows if row["criterion"]}


AS_ENTERED = actual(book())


def insert_copy(sheet: Worksheet, before: int, of: int) -> None:
    """Copy a column, codes and all, in front of another."""
    values = [sheet.cell(row, of).value for row in range(1, sheet.max_row + 1)]
    sheet.insert_cols(before)
    for row, value in enumerate(values, 1):
        sheet.cell(row, before).value = value


def rows_of(sheet: Worksheet, first: int = CODES) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first)]


def put(sheet: Worksheet, row: int, column: int, lines: Sequence[Sequence[Any]]) -> None:
    for down, line in enumerate(lines):
        for right, value in enumerate(line):
            sheet.cell(row + down, column + right).value = value


# --- columns --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", [False, True])
def test_two_columns_of_one_code_with_other_entries_are_both_told_and_nothing_of_them_is_read(hidden: bool) -> None:
    form = book()
    sheet = form[RESULTS]
    insert_copy(sheet, ACTUAL, ACTUAL)
    sheet.cell(HEADINGS, ACTUAL).value = "Kết quả năm 2022"
    sheet.cell(FIRST + 1, ACTUAL).value = 7
    sheet.column_dimensions[F].hidden = hidden
    assert findings(form) == [(RESULTS, f"{F}6", "repeated-column"), (RESULTS, f"{G}6", "repeated-column")]
    assert set(actual(form).values()) == {None}


def test_two_columns_with_one_heading_of_which_one_has_no_code_are_told_too() -> None:
    form = book()
    insert_copy(form[RESULTS], ACTUAL, ACTUAL)
    form[RESULTS].cell(CODES, ACTUAL).value = None
    form[RESULTS].cell(FIRST + 1, ACTUAL).value = 7
    assert findings(form) == [(RESULTS, f"{F}6", "repeated-column"), (RESULTS, f"{G}6", "repeated-column")]


def test_without_codes_two_columns_with_one_heading_are_told() -> None:
    form = book()
    insert_copy(form[RESULTS], ACTUAL, ACTUAL)
    form[RESULTS].cell(FIRST + 1, ACTUAL).value = 7
    form[RESULTS].delete_rows(CODES)
    assert findings(form) == [(RESULTS, f"{F}5", "repeated-column"), (RESULTS, f"{G}5", "repeated-column")]


def test_columns_that_hold_the_same_are_read_once_with_a_note() -> None:
    form = book()
    insert_copy(form[RESULTS], ACTUAL, ACTUAL)
    assert findings(form) == [(RESULTS, f"{G}6", "copied-column")]
    assert actual(form) == AS_ENTERED


@pytest.mark.parametrize("blank", [ACTUAL, ACTUAL + 1])
def test_of_a_filled_and_a_blank_column_the_filled_one_is_read_wherever_it_stands(blank: int) -> None:
    form = book()
    insert_copy(form[RESULTS], ACTUAL, ACTUAL)
    for row in range(FIRST, form[RESULTS].max_row + 1):
        form[RESULTS].cell(row, blank).value = None
    assert findings(form) == [(RESULTS, f"{get_column_letter(blank)}6", "copied-column")]
    assert actual(form) == AS_ENTERED


def test_a_half_filled_column_beside_a_filled_one_is_ambiguous() -> None:
    form = book()
    insert_copy(form[RESULTS], ACTUAL, ACTUAL)
    form[RESULTS].cell(FIRST + 1, ACTUAL).value = None
    assert findings(form) == [(RESULTS, f"{F}6", "repeated-column"), (RESULTS, f"{G}6", "repeated-column")]


def test_a_column_of_three_and_the_column_of_codes_twice() -> None:
    form = book()
    insert_copy(form[RESULTS], ACTUAL, ACTUAL)
    insert_copy(form[RESULTS], ACTUAL, ACTUAL)
    form[RESULTS].cell(FIRST + 1, ACTUAL + 2).value = 7
    assert [cell for _sheet, cell, _code in findings(form)] == ["F6", "G6", "H6"]
    form = book()
    insert_copy(form[RESULTS], 3, 1)
    assert findings(form) == [(RESULTS, "C6", "copied-column")]
    form[RESULTS].cell(FIRST + 1, 3).value = "KT2"
    assert findings(form) == [(RESULTS, "A6", "repeated-column"), (RESULTS, "C6", "repeated-column")]


def test_a_column_of_ours_that_stands_twice_harms_nothing() -> None:
    form = book()
    points = COLUMN["max_points"] + 1
    insert_copy(form[RESULTS], points, points)
    form[RESULTS].cell(FIRST + 1, points + 1).value = 99
    assert findings(form) == [(RESULTS, f"{get_column_letter(points + 1)}6", "copied-column")]


def test_a_column_twice_in_a_list_of_persons_and_on_the_unit_sheet() -> None:
    form = book()
    insert_copy(form[PERSONS], 2, 2)
    form[PERSONS].cell(FIRST, 2).value = "Phạm Văn Mẫu"
    insert_copy(form[SHEETS["unit"]], 3, 3)
    form[SHEETS["unit"]]["C10"] = "Người khác"
    assert findings(form) == [
        (PERSONS, "B6", "repeated-column"),
        (PERSONS, "C6", "repeated-column"),
        (SHEETS["unit"], "C6", "repeated-column"),
        (SHEETS["unit"], "D6", "repeated-column"),
    ]


# --- whole tables -----------------------------------------------------------------------------------------


def copied(form: openpyxl.Workbook, sheet: str, title: str, *, first: bool = False) -> Worksheet:
    copy = form.copy_worksheet(form[sheet])
    copy.title = title
    if first:
        form.move_sheet(copy, -form.index(copy))
    return copy


@pytest.mark.parametrize("first", [False, True])
def test_a_copy_with_other_entries_is_an_error_that_names_both_sheets(first: bool) -> None:
    form = book()
    copied(form, RESULTS, "Tự chấm (2)", first=first)[f"{F}8"] = 7
    assert findings(form) == [("Tự chấm (2)", f"{F}8", "other-copy")]
    (finding,) = returned.findings(submission(read(form)))
    assert finding.facts == {"other": f"trang “{RESULTS}”, ô {F}8"}


def test_a_copy_with_the_same_entries_or_none_is_a_notice() -> None:
    form = book()
    copied(form, RESULTS, "Tự chấm (2)")
    blank = copied(form, RESULTS, "Nháp")
    for row in range(FIRST, blank.max_row + 1):
        for field in ("target", "actual", "claimed", "evidence", "note"):
            blank.cell(row, COLUMN[field] + 1).value = None
    assert findings(form) == [("Nháp", "", "repeated-sheet"), ("Tự chấm (2)", "", "repeated-sheet")]
    assert actual(form) == AS_ENTERED


def clear(sheet: Worksheet, *fields: str) -> None:
    for row in range(FIRST, sheet.max_row + 1):
        for field in fields:
            sheet.cell(row, COLUMN[field] + 1).value = None


def test_a_blank_original_beside_a_filled_copy_is_told_and_never_read_as_blank() -> None:
    form = book()
    copied(form, RESULTS, "Bản điền")
    clear(form[RESULTS], "actual", "claimed")
    assert findings(form) == [(RESULTS, "", "blank-original")]
    assert actual(form) == AS_ENTERED
    (finding,) = returned.findings(submission(read(form)))
    assert finding.facts == {"other": "trang “Bản điền”"}


def test_a_copy_that_has_lost_its_codes_is_found_by_its_headings() -> None:
    form = book()
    copy = copied(form, RESULTS, "Sheet1")
    copy[f"{F}8"] = 7
    copy.delete_rows(CODES)
    assert findings(form) == [("Sheet1", f"{F}7", "other-copy")]


def test_a_list_of_the_units_own_with_a_few_headings_like_ours_is_no_copy() -> None:
    form = book()
    own = form.create_sheet("Danh sách")
    for line in (["STT", "Họ và tên", "Ghi chú", "Nội dung"], [1, "Nguyễn Văn Mẫu", "", "x"]):
        own.append(line)
    own = form.create_sheet("Mã")
    for line in (["Mã", "Nội dung"], ["a", "b"]):
        own.append(line)
    put(form[RESULTS], form[RESULTS].max_row + 2, 2, [["Mã", "Nội dung"], ["a", "b"]])
    assert findings(form) == []


@pytest.mark.parametrize("with_codes", [True, False])
def test_a_table_pasted_below_with_other_entries_is_told_once(with_codes: bool) -> None:
    form = book()
    sheet = form[RESULTS]
    lines = rows_of(sheet)
    start = sheet.max_row + 3
    put(sheet, start, 1, lines if with_codes else lines[1:])
    assert [each[2] for each in findings(form)] == ["repeated-sheet"]
    row = start + (FIRST + 1 - CODES if with_codes else FIRST + 1 - HEADINGS)
    sheet.cell(row, ACTUAL).value = 7
    assert findings(form) == [(RESULTS, f"{F}{row}", "other-copy")]
    assert actual(form) == AS_ENTERED


def test_a_table_pasted_beside_with_other_entries_is_told_once() -> None:
    form = book()
    sheet = form[RESULTS]
    put(sheet, CODES, 12, rows_of(sheet))
    beside = get_column_letter(11 + ACTUAL)
    assert findings(form) == [(RESULTS, "L6", "repeated-sheet")]
    sheet[f"{beside}8"] = 7
    assert findings(form) == [(RESULTS, f"{beside}8", "other-copy")]
    assert actual(form) == AS_ENTERED


def test_a_table_of_another_kind_below_one_is_read_where_it_stands() -> None:
    form = book()
    lines = rows_of(form[MODELS])
    del form[MODELS]
    movements = form[SHEETS["movements"]]
    put(movements, movements.max_row + 3, 1, lines)
    assert findings(form) == []
    assert read(form).tables["models"].sheet == SHEETS["movements"]


def test_a_second_list_of_other_persons_is_told_at_the_first_that_differs() -> None:
    form = book()
    copied(form, PERSONS, "Cá nhân (2)")["B7"] = "Phạm Văn Mẫu"
    assert findings(form) == [("Cá nhân (2)", "B7", "other-copy")]


def test_a_sheet_made_of_nothing_but_codes_is_read_within_bounds() -> None:
    codes = list(COLUMN)
    sheet = [codes * 20 for _row in range(2_000)]
    found = find_all(sheet, by_codes)
    assert (len(found), len(found[0].others)) == (MOST * 20, 0)
    assert find_all([["actual"] * 16_000 + codes], by_codes)[0].others["actual"] == tuple(range(1, MOST))
