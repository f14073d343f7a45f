"""Which option a cell names."""

from __future__ import annotations

import pytest

from pipeline.answers import option_meant, readings

LEVELS = ("Xuất sắc", "Tốt", "Khá", "Đạt", "Hoà giải", "Có", "Cú")


@pytest.mark.parametrize(
    ("typed", "option"),
    [
        ("TỐT", "Tốt"),
        ("to\u0302\u0301t\u00a0", "Tốt"),
        ("Ðạt", "Đạt"),
        ("hòa giải", "Hoà giải"),
        ("Tèt", "Tốt"),  # TCVN3
        ("Toát", "Tốt"),  # VNI
        ("XuÊt s¾c", "Xuất sắc"),
        ("Có", "Có"),  # in Unicode, although TCVN3 would have it as Cú
        ("Tot", ""),
        ("Kém", ""),
        ("", ""),
        (5.0, ""),
    ],
)
def test_an_option_is_known_however_it_was_typed(typed: object, option: str) -> None:
    assert option_meant(typed, readings(LEVELS)) == option
