"""Places in a workbook as formulas write them."""

from __future__ import annotations

from pipeline.sheets.addresses import column_letter, quoted


def test_columns_have_letters_up_to_excels_last() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 27, 701, 702, 16_383)] == [
        "A",
        "Z",
        "AA",
        "AB",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_a_sheets_name_is_quoted_and_its_quotes_are_doubled() -> None:
    assert quoted("Khối Đảng") == "'Khối Đảng'"
    assert quoted("O'Neil's") == "'O''Neil''s'"
    assert quoted("Khối") == "'Khối'"
