"""Rows below a table, and rows that say that there is none, are told and are no entries; all others are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import NoValue
from tests.returned import Place, cell, checked, finding_places, line, sent

Row = dict[str, Any]

PERSON: Row = {
    "number": 2.0,
    "name": "Nguyễn Văn Mẫu",
    "position": "Nông dân",
    "role": "Trực tiếp lao động, công tác",
    "award": "Giấy khen của Chủ tịch UBND xã",
    "achievement": "Hiến đất",
}
SIGNATURE: list[Row] = [
    {"achievement": "Thôn 1, ngày 5 tháng 12 năm 2023"},
    {"achievement": "TRƯỞNG THÔN"},
    {"achievement": "(Ký, ghi rõ họ tên)"},
    {"achievement": "Nguyễn Văn Mẫu"},
]


def below(*rows: Row, table: str = "individual_awards") -> Any:
    """The form with these rows from row 30 on, where the printed rows of the table have ended."""
    form = sent()
    raw = form.form.tables[table]
    raw.rows += [(30 + place, line(raw, **row)) for place, row in enumerate(rows)]
    return form


def places(*rows: Row, table: str = "individual_awards") -> list[tuple[str, str]]:
    return [(at, code) for _sheet, at, code in finding_places(below(*rows, table=table))]


def persons(*rows: Row) -> int:
    return len(checked(below(*rows))[0].frames["individual_awards"])


@pytest.mark.parametrize("start", range(3))
def test_a_signature_is_no_entry_wherever_it_begins(start: int) -> None:
    assert places(*SIGNATURE[start:]) == [("F30", "below-table")]
    assert persons(*SIGNATURE[start:]) == 1


@pytest.mark.parametrize(
    "row",
    [
        {"name": "Tổng cộng", "cost": 43.0},
        {"kind": "Cộng"},
        {"name": "Tổng số: 2 mô hình"},
        {"content": "……, ngày …… tháng …… năm 2023"},
        {"name": "TM. Ban nhân dân thôn"},
        {"result": "Người lập"},
    ],
)
def test_a_sum_and_other_ends_of_a_table(row: Row) -> None:
    assert [code for _at, code in places(row, table="models")] == ["below-table"]


def test_an_entry_after_a_signature_is_an_entry_and_a_lone_name_is_an_unfinished_one() -> None:
    assert persons(*SIGNATURE, PERSON) == 2
    assert [code for _at, code in places({"number": 2.0, "name": "Nguyễn Văn Mẫu"})] == ["blank-required"] * 4
    assert [code for _at, code in places({"number": 2.0, "position": "Trưởng thôn"})] == ["blank-required"] * 4


@pytest.mark.parametrize("said", ["Không", "không có", "-", "–", "x", "...", "…", "/", " ko ", "0", "KHÔNG CÓ."])
def test_a_row_that_says_that_there_is_none_is_no_entry(said: str) -> None:
    assert places({"number": 2.0, "name": said}) == [("B30", "says-none")]
    assert persons({"number": 2.0, "name": said}) == 1


def test_in_rows_with_a_code_too() -> None:
    none: dict[Place, Any] = {("movements", "PT2", "activities"): "Không có", ("movements", "PT2", "participants"): 0}
    form = sent(none)
    assert finding_places(form) == [("Phong trào", cell(("movements", "PT2", "activities")), "says-none")]
    assert checked(form)[0].frames["movements"]["movement"].tolist() == ["PT1"]


@pytest.mark.parametrize("value", [25.0, "25", NoValue(Code.ERROR_VALUE, "#N/A")])
def test_a_row_with_a_number_or_an_error_alone_is_never_left_out(value: Any) -> None:
    codes = [code for _at, code in places({"number": 2.0, "cost": value}, table="models")]
    assert codes.count("blank-required") == 3


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from([PERSON, *SIGNATURE, {"name": "Không"}, {"name": "Tổng cộng"}]), max_size=6))
def test_whole_entries_are_kept_wherever_they_stand(rows: list[Row]) -> None:
    frame = checked(below(*rows))[0].frames["individual_awards"]
    assert (frame["award"] != "").sum() == 1 + sum(row is PERSON for row in rows)
