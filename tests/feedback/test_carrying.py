"""A fresh form takes along all that the unit's file holds, as plain values, or names what it does not."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from pipeline.feedback import left_out
from pipeline.feedback.own_content import MOST_CELLS, UNKNOWN, Note, own_content
from pipeline.forms.reading import read_form
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess, publish
from tests import returned
from tests.filled import NOW, RULES, drop, form
from tests.libreoffice import convert, needs_libreoffice
from tests.packages import Part, with_part

ROUND = RULES.plan.round("tong-ket")
assert ROUND
PICTURE = Part("xl/media/image1.png", b"\x89PNG")
"""With it a file cannot be marked itself."""

WRONG = {"KT1": {"target": 100, "actual": "abc"}}


def at(row: str | int, field: str, table: str = "results") -> str:
    return returned.cell((table, row, field))


def changed(*changes: tuple[str, str, Any], content: bytes | None = None, own: dict[str, Any] | None = None) -> bytes:
    """The form with these cells (sheet, cell, value), and a sheet of the unit's own."""
    book = openpyxl.load_workbook(io.BytesIO(content or form("thon-1", WRONG)))
    for sheet, cell, value in changes:
        if isinstance(value, Comment):
            book[sheet][cell].comment = value
        else:
            book[sheet][cell] = value
    if own is not None:
        sheet = book.create_sheet("Số liệu gốc")
        for cell, value in own.items():
            sheet[cell] = value
        sheet["A1"].comment = Comment("Theo sổ hộ", "Nguyễn Văn Mẫu")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def sent_back(folder: Path, name: str, content: bytes) -> bytes:
    """What Thôn 1 gets back for that file, in a whole run."""
    assessment = assess(
        RoundContext(RULES, ROUND), drop(folder / "inbox", {name: content}), folder / "none.sqlite", NOW
    )
    publish(assessment, folder / "outbox", folder / "so-cai.sqlite", NOW)
    return (folder / "outbox" / "phan-hoi" / "thon-1.xlsx").read_bytes()


def head(book: openpyxl.Workbook) -> list[str]:
    """The lines above the list of findings."""
    rows = [row[0].value for row in book["Cần sửa"].iter_rows() if row[0].value]
    return [str(each) for each in rows[1 : rows.index("STT")]]


def values(sheet: Any) -> dict[str, Any]:
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}


def test_own_sheets_notes_and_cells_beside_the_tables_go_along(tmp_path: Path) -> None:
    signature = "A" + str(int(at(1, "name", "models")[1:]) + 30)
    content = changed(
        ("Tự chấm", "P8", "Ghi thêm của thôn"),
        ("Tự chấm", "P9", 12.5),
        ("Mô hình – công trình", signature, "Đại Lãnh, ngày 5 tháng 12"),
        ("Tự chấm", at("KT1", "actual"), Comment("Chờ số liệu huyện", "Nguyễn Văn Mẫu")),
        ("Tự chấm", "P8", Comment("Xem sổ", "Nguyễn Văn Mẫu")),
        own={"A1": "Hộ", "B1": "Thu nhập", "A2": "=1+1", "B2": 46.5, "A3": dt.date(2023, 12, 5), "B3": "hai\ndòng"},
    )
    book = openpyxl.load_workbook(io.BytesIO(sent_back(tmp_path, "a.xlsx", with_part(content, PICTURE))))
    assert "đây là phiếu mới" in " ".join(head(book)).lower()
    own = book["Số liệu gốc"]
    # openpyxl gave the formula no result
    assert values(own) == {"A1": "Hộ", "B1": "Thu nhập", "A2": "?", "B2": 46.5, "A3": "05/12/2023", "B3": "hai\ndòng"}
    assert own["A1"].comment.text == "Theo sổ hộ"
    other = [tuple(cell.value for cell in row) for row in book["Nội dung khác"].iter_rows()]
    assert other[0] == ("Trang", "Ô", "Nội dung")
    assert sorted(other[1:]) == [
        ("Mô hình – công trình", signature, "Đại Lãnh, ngày 5 tháng 12"),
        ("Tự chấm", "P8", "Ghi thêm của thôn"),
        ("Tự chấm", "P8", "Xem sổ"),
        ("Tự chấm", "P9", "12.5"),
    ]
    note = book["Tự chấm"][at("KT1", "actual")].comment.text
    assert note.endswith("\n———\nChờ số liệu huyện")
    assert [line for line in head(book) if line.startswith("Đã chép sang")] == [
        f"Đã chép sang dưới dạng giá trị: các trang “Số liệu gốc”; ghi chú tại các ô Số liệu gốc A1; "
        f"Tự chấm {at('KT1', 'actual')}; ô và ghi chú ngoài các bảng: 4 (trang “Nội dung khác”)."
    ]


def test_a_form_with_nothing_beside_the_tables_takes_nothing_along(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sent_back(tmp_path, "a.xlsx", with_part(form("thon-1", WRONG), PICTURE))))
    assert not [line for line in head(book) if "hép sang được" in line or line.startswith("Đã chép")]
    assert "Nội dung khác" not in book.sheetnames
    assert read_form(form("thon-1", WRONG)).tables.keys() == read_form(_bytes(book)).tables.keys()


def _bytes(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
RELATION = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"


def threaded(content: bytes, cell: str) -> bytes:
    """A conversation at a cell of the third sheet, as Microsoft 365 writes it, beside its note for older versions."""
    content = changed(("Tự chấm", cell, Comment("[Threaded comment]\n\nYour version…", "tc")), content=content)
    talk = (
        f'<ThreadedComments xmlns="{THREADED}">'
        f'<threadedComment ref="{cell}" personId="{{P}}" id="{{1}}"><text>Chờ huyện</text></threadedComment>'
        f'<threadedComment ref="{cell}" personId="{{Q}}" id="{{2}}" parentId="{{1}}"><text>Đã hỏi</text>'
        "</threadedComment></ThreadedComments>"
    )
    people = (
        f'<personList xmlns="{THREADED}"><person displayName="Lê Văn Mẫu" id="{{P}}"/>'
        f'<person displayName="Trần Thị Mẫu" id="{{Q}}"/></personList>'
    )
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/_rels/sheet3.xml.rels":
                relation = (
                    f'<Relationship Id="t" Type="{RELATION}" Target="../threadedComments/t1.xml"/></Relationships>'
                )
                part = part.replace(b"</Relationships>", relation.encode())
            package.writestr(name, part)
        package.writestr("xl/threadedComments/t1.xml", talk)
        package.writestr("xl/persons/person.xml", people)
    return target.getvalue()


def test_a_conversation_goes_along_as_a_note(tmp_path: Path) -> None:
    cell = at("KT2", "actual")
    content = threaded(form("thon-1", WRONG), cell)
    assert own_content(content).notes == (Note("Tự chấm", cell, "Lê Văn Mẫu: Chờ huyện\nTrần Thị Mẫu: Đã hỏi"),)
    book = openpyxl.load_workbook(io.BytesIO(sent_back(tmp_path, "a.xlsx", content)))
    assert book["Tự chấm"][cell].comment.text == "Lê Văn Mẫu: Chờ huyện\nTrần Thị Mẫu: Đã hỏi"


def test_what_has_no_value_or_is_too_large_is_named(tmp_path: Path) -> None:
    content = changed(("Tự chấm", at("KT2", "actual"), "#N/A"), own={"A1": "x"})
    book = openpyxl.load_workbook(io.BytesIO(content))
    for place in range(MOST_CELLS):
        book["Số liệu gốc"].cell(2 + place // 40, 1 + place % 40, place)
    back = sent_back(tmp_path, "a.xlsx", with_part(_bytes(book), PICTURE))
    result = openpyxl.load_workbook(io.BytesIO(back))
    assert result["Tự chấm"][at("KT2", "actual")].value is None
    (line,) = [line for line in head(result) if line.startswith("Không chép")]
    assert "các trang “Số liệu gốc” (quá lớn)" in line
    assert f"các ô không có giá trị riêng: Tự chấm {at('KT2', 'actual')}" in line


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=needs_libreoffice) for kind in ("ods", "xls")])
def test_other_kinds_of_workbooks_lose_nothing_either(tmp_path: Path, kind: str) -> None:
    source = tmp_path / "a.xlsx"
    cell = at("KT2", "actual")
    source.write_bytes(changed(("Tự chấm", cell, Comment("Chờ huyện", "Lê Văn Mẫu")), own={"A1": "Hộ", "B2": 46.5}))
    (converted,) = convert(source, kind, tmp_path / "saved")
    book = openpyxl.load_workbook(io.BytesIO(sent_back(tmp_path, f"a.{kind}", converted.read_bytes())))
    assert values(book["Số liệu gốc"]) == {"A1": "Hộ", "B2": 46.5}
    if kind == "ods":
        assert "Chờ huyện" in book["Tự chấm"][cell].comment.text
        assert "Theo sổ hộ" in book["Số liệu gốc"]["A1"].comment.text
    else:
        assert any(f"ghi chú tại các ô Số liệu gốc A1; Tự chấm {cell}" in line for line in head(book))


def test_what_cannot_be_looked_through_is_named_as_unknown() -> None:
    for content in (b"", b"PK", b"nothing", form("thon-1")[:9000]):
        assert own_content(content) == UNKNOWN


def test_what_was_carried_over_is_read_as_no_table_when_the_form_comes_again(tmp_path: Path) -> None:
    content = with_part(changed(own={"A1": "Tiêu chí", "B1": "Kết quả", "A2": "KT1", "B2": 5}), PICTURE)
    once = sent_back(tmp_path / "1", "a.xlsx", content)
    again = sent_back(tmp_path / "2", "a.xlsx", once)
    first, second = (openpyxl.load_workbook(io.BytesIO(each)) for each in (once, again))
    assert second.sheetnames == first.sheetnames
    assert values(second["Số liệu gốc"]) == values(first["Số liệu gốc"])
    assert read_form(again).copies == []


ALWAYS_ADDED = {
    "WPS": Part("docProps/custom.xml", b"<Properties><property name='KSOProductBuildVer'/></Properties>"),
    "SharePoint": Part("customXml/item1.xml", b"<p:properties xmlns:p='x'/>"),
    "a label": Part("docMetadata/LabelInfo.xml", b"<clbl:labelList xmlns:clbl='x'/>"),
    "web settings": Part("xl/webextensions/taskpanes.xml", b"<wetp:taskpanes xmlns:wetp='x'/>"),
}


@pytest.mark.parametrize("part", ALWAYS_ADDED.values(), ids=ALWAYS_ADDED)
def test_what_programs_always_add_is_dropped_without_a_word_of_danger(tmp_path: Path, part: Part) -> None:
    content = with_part(form("thon-1", WRONG), part)
    assert left_out.sentences(content) == ()
    back = sent_back(tmp_path, "a.xlsx", content)
    assert part.name not in zipfile.ZipFile(io.BytesIO(back)).namelist()
    assert "phiếu mới" not in " ".join(head(openpyxl.load_workbook(io.BytesIO(back))))  # the file itself, marked


def test_the_sentence_says_why_the_form_is_a_new_one(tmp_path: Path) -> None:
    from tests import small

    rounds = [{**each, "form_version": 2} for each in small.PLAN["rounds"]]
    rules = small.rules(plan={"rounds": rounds})
    of = rules.plan.round("tong-ket")
    assert of
    inbox = drop(tmp_path / "inbox", {"a.xlsx": changed(content=form("thon-1"), own={"A1": "Hộ"})})
    assessment = assess(RoundContext(rules, of), inbox, tmp_path / "none.sqlite", NOW)
    publish(assessment, tmp_path / "outbox", tmp_path / "so-cai.sqlite", NOW)
    book = openpyxl.load_workbook(tmp_path / "outbox" / "phan-hoi" / "thon-1.xlsx")
    assert any(line.startswith("Mẫu phiếu đã thay đổi. Đây là phiếu mới") for line in head(book))
    assert not any("Không thể đánh dấu" in line for line in head(book))
    assert values(book["Số liệu gốc"]) == {"A1": "Hộ"}
    assert "Nội dung khác" not in book.sheetnames
