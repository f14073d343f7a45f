"""A workbook that is named on the command line is as little trusted as one of the inbox."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from pipeline import engines
from pipeline.errors import UserFault
from pipeline.intake.other_workbooks import sheets_of
from tests.hostile import LAUGHS
from tests.packages import Part, changed, with_part


def workbook(*cells: tuple[str, object]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for place, value in cells:
            (book.get_worksheet_by_name("A") or book.add_worksheet("A")).write(place, value)
    return target.getvalue()


def test_its_values_are_read_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook(("A1", "Thôn 1"), ("B2", 2.5)))
    assert sheets_of(tmp_path / "a.xlsx") == {"A": [["Thôn 1", ""], ["", 2.5]]}


def _fifo(path: Path) -> None:
    os.mkfifo(path)  # nobody will ever write into it


def _link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def _holding(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


FAR = workbook(("A1", 1), ("XFD1048576", 1))
DECLARED = changed(workbook(("A1", 1)), r"xl/workbook\.xml", lambda xml: xml.replace(b"?>", b"?>" + LAUGHS, 1))
REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a cell at the last place": (_holding(FAR), "đến tận XFD1048576"),
    "a wide row": (_holding(workbook(("XFD8000", 1))), "đến tận XFD8000"),
    "blanks": (_holding(with_part(FAR, Part("xl/a.xml", b" " * 9_000_000))), "nén"),
    "a document type": (_holding(DECLARED), "kiểu tài liệu"),
    "too much text": (_holding(workbook(*((f"A{row}", "x" * 32_767) for row in range(1, 700)))), "kB"),
    "no workbook": (_holding(b"x"), "CSV"),
    "half of one": (_holding(FAR[:3_000]), "hỏng"),
    "a pipe": (_fifo, "tệp thông thường"),
    "a link": (_link, "không đọc được"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_a_sentence(what: str, tmp_path: Path) -> None:
    make, words = REFUSED[what]
    make(tmp_path / "a.xlsx")
    with pytest.raises(UserFault) as fault:
        sheets_of(tmp_path / "a.xlsx")
    assert words in str(fault.value)
    assert fault.value.exit_code == 2


def test_a_reader_that_is_lost_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "map_files", lambda *_task: (each for each in [engines.Loss.MEMORY]))
    with pytest.raises(UserFault, match="bộ nhớ"):
        sheets_of(tmp_path / "a.xlsx")
