"""A form typed in fonts of before Unicode is read as the unit saw it, and each sheet says so once."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.findings.finding import message
from pipeline.forms.legacy_cells import in_unicode
from pipeline.forms.raw_form import LegacyCells
from pipeline.forms.readers import first
from pipeline.intake.recognition import Submission
from pipeline.intake.returned import Workbook, read_returned
from pipeline.legacy_text import Encoding
from tests.returned import SHEETS, Place, cell, checked, content, opened, saved, sent

RESULTS, UNIT, MOVEMENTS = SHEETS["results"], SHEETS["unit"], SHEETS["movements"]

IN_VNI: dict[Place, str] = {
    ("unit", "filled_by", "value"): "Nguyeãn Vaên Maãu",
    ("unit", "signed_on", "value"): "ngaøy 5 thaùng 12 naêm 2023",
    ("results", "VH2", "actual"): "Toát",
    ("results", "VH3", "actual"): "Coù",
    ("results", "AN1", "actual"): "Khoâng coù",
    ("results", "TD1", "evidence"): "Bieân lai soá 12",
    ("movements", "PT1", "activities"): "Hoïp daân laøm ñöôøng",
}
IN_TCVN3: dict[Place, str] = {
    ("unit", "filled_by", "value"): "NguyÔn V¨n MÉu",
    ("unit", "signed_on", "value"): "ngµy 5 th¸ng 12 n¨m 2023",
    ("results", "VH2", "actual"): "Tèt",
    ("results", "VH3", "actual"): "Cã",
    ("results", "AN1", "actual"): "Kh«ng cã",
    ("results", "TD1", "evidence"): "Biªn lai sè 12",
    ("movements", "PT1", "activities"): "Häp d©n lµm ®\u00adêng",
}


def legacy(changes: dict[Place, Any]) -> Submission:
    """A form with these entries, as it leaves the reader."""
    form = sent(changes)
    in_unicode(form.form)
    return form


@pytest.mark.parametrize(("typed", "encoding"), [(IN_VNI, Encoding.VNI), (IN_TCVN3, Encoding.TCVN3)])
def test_a_form_typed_in_an_old_font_counts_as_the_unit_saw_it(typed: dict[Place, str], encoding: Encoding) -> None:
    form = legacy(typed)
    tidy, found = checked(form)
    results = tidy.frames["results"].set_index("criterion")
    unit = tidy.frames["unit"].set_index("item")["value"]
    assert unit["filled_by"] == "Nguyễn Văn Mẫu"
    assert unit["signed_on"] == "2023-12-05"
    assert results["choice"].loc[["VH2", "VH3"]].to_list() == ["Tốt", "Có"]
    assert results.at["AN1", "actual"] == 0
    assert results.at["TD1", "evidence"] == "Biên lai số 12"
    assert tidy.frames["movements"].at[0, "activities"] == "Họp dân làm đường"
    # Cã and toát are words as they stand: only the list of the cell settles what they mean.
    listed, sure = ("VH3", "VH2") if encoding is Encoding.TCVN3 else ("VH2", "VH3")
    assert {(each.sheet, each.cell, each.code.value) for each in found} == {
        (UNIT, cell(("unit", "filled_by", "value")), "legacy-text"),
        (RESULTS, cell(("results", sure, "actual")), "legacy-text"),
        (RESULTS, cell(("results", listed, "actual")), "legacy-choice"),
        (RESULTS, cell(("results", "AN1", "actual")), "none-as-zero"),
        (MOVEMENTS, cell(("movements", "PT1", "activities")), "legacy-text"),
    }
    assert {each.facts["encoding"] for each in found if each.code.value == "legacy-text"} == {encoding.value}


def test_all_cells_of_a_sheet_are_told_in_one_sentence_without_what_they_hold() -> None:
    form = legacy({("unit", "filled_by", "value"): "Nguyeãn Vaên Maãu", ("unit", "signer", "value"): "Traàn Thò Maãu"})
    (found,) = checked(form)[1]
    first, second = cell(("unit", "filled_by", "value")), cell(("unit", "signer", "value"))
    assert message(found) == (
        f"Trang “{UNIT}”, ô {first}: đã chuyển sang Unicode nội dung gõ bằng phông chữ VNI (số ô: 2; gồm {first}, "
        f"{second}). Đề nghị đối chiếu với phiếu; lần sau gõ bằng phông chữ Unicode, ví dụ Times New Roman."
    )


def test_of_many_cells_ten_are_named() -> None:
    form = sent()
    form.form.legacy = [LegacyCells(RESULTS, Encoding.VNI, tuple(f"I{row}" for row in range(8, 20)))]
    (found,) = checked(form)[1]
    assert found.facts["n"] == "12"
    assert found.facts["cells"] == "I8, I9, I10, I11, I12, I13, I14, I15, I16, I17, …"


def test_what_is_sure_of_one_cell_is_a_witness_for_another() -> None:
    alone: dict[Place, str] = {("results", "TD1", "evidence"): "Khaù"}
    assert legacy(alone).form.legacy == []
    assert [
        each.cells for each in legacy(alone | {("unit", "filled_by", "value"): "Nguyeãn Vaên Maãu"}).form.legacy
    ] == [
        (cell(("unit", "filled_by", "value")),),
        (cell(("results", "TD1", "evidence")),),
    ]


def test_a_cell_that_mixes_unicode_with_an_old_font_is_told_and_stays() -> None:
    place: Place = ("movements", "PT1", "activities")
    tidy, found = checked(legacy({place: "Họp dân, Hoïp daân"}))
    assert [(each.sheet, each.cell, each.code.value) for each in found] == [(MOVEMENTS, cell(place), "legacy-doubtful")]
    assert tidy.frames["movements"].at[0, "activities"] == "Họp dân, Hoïp daân"


def test_a_font_is_a_witness_where_it_is_known() -> None:
    form, place = sent({("results", "TD1", "evidence"): "Tèt"}), cell(("results", "TD1", "evidence"))
    asked = []

    def font_of(sheet: str, row: int, column: int) -> str:
        asked.append((sheet, row))
        return ".VnTime" if sheet == RESULTS else "Times New Roman"

    in_unicode(form.form, font_of)
    assert form.form.legacy == [LegacyCells(RESULTS, Encoding.TCVN3, (place,))]
    assert (RESULTS, int(place.lstrip("ABCDEFGHIJ"))) in asked


def test_a_form_in_unicode_is_left_as_it_is() -> None:
    before = sent().form
    assert in_unicode(sent().form) == before


def test_a_name_of_the_unit_in_an_old_font_is_recognised_when_the_file_is_read() -> None:
    book = opened(content())
    book[MOVEMENTS][cell(("movements", "PT1", "activities"))].value = "Hoïp daân laøm ñöôøng"
    form: Any = read_returned(Workbook("a.xlsx", saved(book), "xlsx", first))
    assert [(each.sheet, each.encoding) for each in form.legacy] == [(MOVEMENTS, Encoding.VNI)]


def test_cells_of_nothing_but_spaces_are_blank() -> None:
    nothing: dict[Place, str] = {
        ("individual_awards", 2, "name"): "\u00a0",
        ("collective_awards", 1, "award"): "\u200b ",
        ("results", "T1", "claimed"): "\u2003",
        ("models", 2, "kind"): "\ufeff",
    }
    book = opened(content())
    for (table, row, field), typed in nothing.items():
        book[SHEETS[table]][cell((table, row, field))].value = typed
    form: Any = read_returned(Workbook("a.xlsx", saved(book), "xlsx", first))
    blank: Any = read_returned(Workbook("a.xlsx", saved(opened(content())), "xlsx", first))
    assert form == blank
