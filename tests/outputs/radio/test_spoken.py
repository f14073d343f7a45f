"""Numbers, days and texts as they are read aloud in the south and centre; expected words as a speaker says them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.outputs.radio import spoken


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (10, "mười"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (35, "ba mươi lăm"),
        (100, "một trăm"),
        (105, "một trăm lẻ năm"),
        (110, "một trăm mười"),
        (115, "một trăm mười lăm"),
        (621, "sáu trăm hai mươi mốt"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm lẻ năm"),
        (2023, "hai nghìn không trăm hai mươi ba"),
        (7100, "bảy nghìn một trăm"),
        (20_050, "hai mươi nghìn không trăm năm mươi"),
        (322_000, "ba trăm hai mươi hai nghìn"),
        (1_809_500, "một triệu tám trăm lẻ chín nghìn năm trăm"),
        (2_000_000_000, "hai tỷ"),
        (3_005_000_000, "ba tỷ không trăm lẻ năm triệu"),
        (86.5, "tám mươi sáu phẩy năm"),
        (99.49, "chín mươi chín phẩy bốn mươi chín"),
        (0.05, "không phẩy không năm"),
        (7.125, "bảy phẩy một hai năm"),
        (Decimal("30.50"), "ba mươi phẩy năm"),
        (-2, "âm hai"),
    ],
)
def test_numbers(value: float, words: str) -> None:
    assert spoken.number(value) == words


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_no_two_numbers_sound_alike(one: int, other: int) -> None:
    assert (spoken.number(one) == spoken.number(other)) == (one == other)


@given(st.decimals(0, 10**6, places=4))
def test_only_words_are_said(value: Decimal) -> None:
    assert all(word.isalpha() for word in spoken.number(value).split(" "))


def test_places_and_days() -> None:
    assert [spoken.ordinal(place) for place in (1, 2, 3, 4, 5, 14)] == ["nhất", "nhì", "ba", "tư", "năm", "mười bốn"]
    assert spoken.day(dt.date(2023, 12, 12)) == (
        "ngày mười hai tháng mười hai năm hai nghìn không trăm hai mươi ba"
    )  # fmt: skip
    assert spoken.day(dt.date(2024, 4, 1)) == "ngày mùng một tháng tư năm hai nghìn không trăm hai mươi tư"
    assert [spoken.time(dt.time(17)), spoken.time(dt.time(7, 30))] == ["mười bảy giờ", "bảy giờ ba mươi phút"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("UBND xã Đại Lãnh", "Ủy ban nhân dân xã Đại Lãnh"),
        ("Hội đồng Thi đua - Khen thưởng xã Mẫu", "Hội đồng Thi đua, Khen thưởng xã Mẫu"),
        ("Văn phòng – Thống kê", "Văn phòng, Thống kê"),
        ("Trường THCS số 2", "Trường Trung học cơ sở số hai"),
        ("Tổ dân phố 05", "Tổ dân phố năm"),
        ("Thôn A/B (mới)", "Thôn A, B, mới"),
        ("Sơ kết quý II năm 2023", "Sơ kết quý hai năm hai nghìn không trăm hai mươi ba"),
        ("85,5 % – 1.250 hộ", "tám mươi lăm phẩy năm phần trăm, một nghìn hai trăm năm mươi hộ"),
        ("từ ngày 11/6/2023", "từ ngày mười một tháng sáu năm hai nghìn không trăm hai mươi ba"),
        ("Mặt trận & đoàn thể", "Mặt trận và đoàn thể"),
        ("“Vì người nghèo”", "Vì người nghèo"),
        ("<b>Thôn</b> http://x.vn", "bThôn, b http, x.vn"),
    ],
)
def test_texts(written: str, expected: str) -> None:
    assert spoken.text(written) == expected


@given(st.text(max_size=60))
def test_nothing_that_cannot_be_said_is_left(written: str) -> None:
    assert all(sign.isalpha() or sign in " ,." for sign in spoken.text(written))
