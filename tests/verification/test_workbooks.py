"""Two workbooks say the same where every sheet, value and formula is the same, but for places that do not count."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from pipeline.verification.workbooks import cells, sameness


def workbook(path: Path, seal: str, formula: str = "=B1*2", *, hidden: bool = False, font: str = "Arial") -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Điểm")
        sheet.write_row(0, 0, [seal, 5])
        sheet.write_formula(1, 0, formula, book.add_format({"font_name": font}), 10)
        if hidden:
            sheet.set_row(1, options={"hidden": True})
    return path


def test_another_font_is_no_other_content_but_a_formula_or_a_hidden_row_is(tmp_path: Path) -> None:
    ours = workbook(tmp_path / "a.xlsx", "x")
    assert sameness(workbook(tmp_path / "b.xlsx", "x", font="Times"), ours)
    assert not sameness(workbook(tmp_path / "c.xlsx", "y"), ours)
    assert not sameness(workbook(tmp_path / "d.xlsx", "x", "=B1+5"), ours)
    assert not sameness(workbook(tmp_path / "e.xlsx", "x", hidden=True), ours)
    (tmp_path / "f.xlsx").write_bytes(b"PK")
    assert not sameness(tmp_path / "f.xlsx", ours)


def test_seals_whose_key_is_not_here_are_told_and_excuse_nothing_else(tmp_path: Path) -> None:
    ours = workbook(tmp_path / "a.xlsx", "x")
    place = next(place for place, value in cells(ours).items() if value == "x")
    said = sameness(workbook(tmp_path / "b.xlsx", "y"), ours, {place})
    assert said
    assert "không có khóa" in said
    assert not sameness(workbook(tmp_path / "c.xlsx", "y", "=B1+5"), ours, {place})
