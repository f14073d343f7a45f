"""Long plain lists: what does not fit on a sheet is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipeline.errors import UserFault
from pipeline.sheets import lists
from pipeline.sheets.lists import Column, PlainList, write_list
from pipeline.sheets.styles import new_workbook, styles


def test_a_list_of_more_rows_than_a_sheet_holds_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    book = new_workbook(tmp_path / "a.xlsx", streaming=True)
    sheet, rows = book.add_worksheet("Kết quả"), range(1_048_574)  # 1,048,576 rows less three above the list
    with pytest.raises(UserFault) as fault:
        write_list(sheet, styles(book), PlainList("Bảng kết quả", [Column("STT", rows)]))
    assert fault.value.message == (
        "danh sách “Bảng kết quả” có 1.048.574 dòng; một trang tính Excel chứa được 1.048.573 dòng dưới tiêu đề cột"
    )
    assert "nhiều kế hoạch" in fault.value.remedy
    book.close()
    assert CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("Kết quả").to_python() == []


def test_a_list_that_just_fits_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS", 8)
    book = new_workbook(tmp_path / "a.xlsx", streaming=True)
    sheet, look = book.add_worksheet("a"), styles(book)
    with pytest.raises(UserFault):
        write_list(sheet, look, PlainList("Sáu dòng", [Column("STT", range(6))]))
    write_list(sheet, look, PlainList("Năm dòng", [Column("STT", range(5))]))
    book.close()
    read = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("a").to_python()
    assert [row[0] for row in read] == ["Năm dòng", "", "STT", 0, 1, 2, 3, 4]
