"""The papers that go out: what is open, what is filled in already, and the live ranking."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from pipeline.forms.papers import META_SHEET
from tests.filled import form
from tests.libreoffice import needs_libreoffice, recalculated
from tests.papers import (
    AFTER_APPRAISAL,
    APPRAISED,
    FORMS,
    appraised,
    cell_of,
    finding_rows,
    issued,
    judged,
    places_of,
    run,
    totals,
)


def test_a_unit_without_a_rank_has_its_sheet_too(tmp_path: Path) -> None:
    done = run(tmp_path, FORMS | {"thon-3.xlsx": form("thon-3", {"P2": {"actual": "Cảnh cáo trở lên"}})})
    assert done.outcome.standings.set_index("unit")["rank"].dropna().to_dict() == {"thon-2": 1, "thon-1": 2}
    book = openpyxl.load_workbook(io.BytesIO(issued(tmp_path)))
    assert book.sheetnames == ["Xếp hạng tạm tính", "Thôn 2", "Thôn 1", "Thôn 3", META_SHEET]


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
    done = run(tmp_path, FORMS | {"hoi-dong/saved by LibreOffice.xlsx": (tmp_path / "lo" / paper.name).read_bytes()})
    assert judged(done) == APPRAISED
    assert (finding_rows(done), totals(done)) == ([], AFTER_APPRAISAL)
    assert set(done.outcome.judgements["who"]) == {"Nguyễn Văn Mẫu"}


def test_the_next_paper_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    first = run(tmp_path, FORMS | {"hoi-dong/phiếu.xlsx": appraised(tmp_path)})
    next_one = issued(tmp_path)
    assert cell_of(next_one, "Thôn 2", "KT1", "reason").data_type == "s"  # "=1+1" is no formula
    done = run(tmp_path, FORMS | {"hoi-dong/phiếu.xlsx": next_one})
    assert judged(done) == judged(first)
    assert (finding_rows(done), totals(done)) == ([], AFTER_APPRAISAL)
    assert issued(tmp_path) == next_one


def test_only_the_cells_that_people_fill_are_open(tmp_path: Path) -> None:
    run(tmp_path, FORMS)
    for name, entries in (("tham-dinh", {"appraised", "reason"}), ("hoi-dong", {"decided", "reason", "votes"})):
        book = openpyxl.load_workbook(io.BytesIO(issued(tmp_path, f"{name}/thon.xlsx")))
        for sheet in ("Thôn 1", "Thôn 2", "Thôn 3"):
            assert book[sheet].protection.sheet
            codes = {place: code for code, place in places_of(book[sheet]).items()}
            cells = [cell for row in book[sheet].iter_rows() for cell in row if not cell.protection.locked]
            assert {codes[cell.column] for cell in cells} == entries
            assert len(cells) == len(entries) * 11
