"""Which option a cell names."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.answers import option_meant, readings, says_no_data

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


@given(
    words=st.sampled_from(["Không có dữ liệu", "KCDL", "không có số liệu", "Khong co du lieu", "No data"]),
    change=st.sampled_from([str.upper, str.lower, str.title]),
    form=st.sampled_from(["NFC", "NFD"]),
    around=st.sampled_from([("", ""), ("(", ")"), (" ", "."), ("- ", " "), ("\u00a0", "!"), ("", "\u200b")]),
)
def test_no_data_is_known_however_it_was_typed(
    words: str, change: Callable[[str], str], form: Literal["NFC", "NFD"], around: tuple[str, str]
) -> None:
    typed = unicodedata.normalize(form, change(words)).replace(" ", "  ")
    assert says_no_data(around[0] + typed + around[1])


@pytest.mark.parametrize(
    "typed",
    ["Không có", "không", "0", "", "chưa có số liệu", "N/A", "không có dữ liệu mới", 0.0, None, "không phát sinh"],
)
def test_nothing_else_is_taken_for_no_data(typed: object) -> None:
    assert not says_no_data(typed)


def test_no_data_is_known_in_fonts_of_before_unicode() -> None:
    assert says_no_data("Kh«ng cã d÷ liÖu")  # TCVN3
