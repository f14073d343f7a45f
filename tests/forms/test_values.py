"""Numbers, days and times as people type them."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.findings.finding import Code
from pipeline.forms.values import Read, read_date, read_number, read_time
from pipeline.i18n import number
from pipeline.text import LARGEST, same, text_of

NOTED, AMBIGUOUS, SHARE = Code.NUMBER_NOTED, Code.NUMBER_AMBIGUOUS, Code.SHARE_FOR_NUMBER
NOT_A_NUMBER, DATE, WRONG, OTHER = Code.NOT_A_NUMBER, Code.DATE_FOR_NUMBER, Code.WRONG_MEASURE, Code.OTHER_MEASURE

PLAIN: list[tuple[Any, float | None, Code | None, float | None]] = [
    # typed                value       finding       other reading
    ("", None, None, None),
    ("  \u00a0", None, None, None),
    (None, None, None, None),
    (12, 12.0, None, None),
    (0.0, 0.0, None, None),
    (-3.5, -3.5, None, None),
    ("12", 12.0, None, None),
    ("0", 0.0, None, None),
    ("95,5", 95.5, NOTED, None),
    ("95.5", 95.5, NOTED, None),
    ("95,5.", 95.5, NOTED, None),
    ("  95,5\u00a0", 95.5, NOTED, None),
    ("+5", 5.0, NOTED, None),
    ("-0,5", -0.5, NOTED, None),
    ("\u22120,5", -0.5, NOTED, None),  # the minus of typography
    ("– 3", -3.0, NOTED, None),
    ("０,６５", 0.65, NOTED, None),  # full width
    ("１２", 12.0, None, None),
    ("－３", -3.0, NOTED, None),
    ("٤٢", 42.0, None, None),  # digits of another script are digits
    ("\u2800", None, None, None),
    ("4²", None, NOT_A_NUMBER, None),
    ("1½", None, NOT_A_NUMBER, None),
    ("17/19²", None, NOT_A_NUMBER, None),
    ("①", None, NOT_A_NUMBER, None),
    ("Ⅻ", None, NOT_A_NUMBER, None),
    ("500 m²", 500.0, NOTED, None),
    ("0,65", 0.65, NOTED, None),
    ("7.100", 7100.0, AMBIGUOUS, 7.1),
    ("-7.100", -7100.0, AMBIGUOUS, -7.1),
    ("1,234", 1.234, AMBIGUOUS, 1234.0),
    ("0.125", 0.125, NOTED, None),
    ("0,125", 0.125, NOTED, None),
    ("1.234.567", 1234567.0, NOTED, None),
    ("1,234,567", 1234567.0, NOTED, None),
    ("1 234 567", 1234567.0, NOTED, None),
    ("1\u202f234,5", 1234.5, NOTED, None),
    ("1.234,5", 1234.5, NOTED, None),
    ("1,234.5", 1234.5, NOTED, None),
    ("1.809,5", 1809.5, NOTED, None),
    ("1234,567", 1234.567, NOTED, None),
    ("12 34", None, NOT_A_NUMBER, None),
    ("1.23.456", None, NOT_A_NUMBER, None),
    ("1.234,567.8", None, NOT_A_NUMBER, None),
    (".5", None, NOT_A_NUMBER, None),
    ("5%", 5.0, NOTED, None),
    ("93 thửa", 93.0, NOTED, None),
    ("không", 0.0, Code.NONE_AS_ZERO, None),
    (unicodedata.normalize("NFD", "Không có"), 0.0, Code.NONE_AS_ZERO, None),
    *(
        (none, None, Code.NO_DATA_NOT_ALLOWED, None)
        for none in ("KCDL", "kcdl.", "Không có dữ liệu", "(không có số liệu)", "Khong co du lieu", "No data")
    ),
    ("N/A", None, NOT_A_NUMBER, None),
    ("-", None, NOT_A_NUMBER, None),
    ("...", None, NOT_A_NUMBER, None),
    ("khoảng 50", None, NOT_A_NUMBER, None),
    ("> 50", None, NOT_A_NUMBER, None),
    ("50-60", None, NOT_A_NUMBER, None),
    ("50 – 60", None, NOT_A_NUMBER, None),
    ("95?", None, NOT_A_NUMBER, None),
    ("1 tỷ 200 triệu", None, NOT_A_NUMBER, None),
    ("=1+1", None, NOT_A_NUMBER, None),
    ("1e5", None, NOT_A_NUMBER, None),
    (1e300, None, NOT_A_NUMBER, None),
    ("9" * 400, None, NOT_A_NUMBER, None),
    (math.inf, None, NOT_A_NUMBER, None),
    (math.nan, None, NOT_A_NUMBER, None),
    (True, None, NOT_A_NUMBER, None),
    (dt.date(2023, 12, 5), None, DATE, None),  # what Excel makes of 5/12
    (dt.datetime(2023, 12, 5, 16, 5), None, DATE, None),
    (dt.time(12, 30), None, DATE, None),
    (dt.timedelta(hours=30), None, DATE, None),
    ("05/12/2023", None, DATE, None),
    ("5.12.23", None, DATE, None),
    ("17/19", 17.0, SHARE, 0.894737),
    ("0/0", None, NOT_A_NUMBER, None),
]


@pytest.mark.parametrize(("typed", "value", "code", "other"), PLAIN)
def test_a_number_as_typed(typed: Any, value: float | None, code: Code | None, other: float | None) -> None:
    assert read_number(typed) == Read(value, code, other)


MEASURED: list[tuple[str, str, float | None, Code, float | None]] = [
    # typed, unit of measure, value, finding, other reading
    ("95,5 %", "%", 95.5, NOTED, None),
    ("95%", "% hộ", 95.0, NOTED, None),
    ("95 % hộ", "% hộ", 95.0, NOTED, None),
    ("95 phần trăm", "%", 95.0, NOTED, None),
    ("95 hộ", "% hộ", 95.0, OTHER, None),
    ("95%", "triệu đồng", None, WRONG, None),
    ("17/19", "%", 89.473684, NOTED, None),
    ("90/93 hộ", "% hộ", 96.774194, NOTED, None),
    ("93/93 thửa", "thửa", 93.0, SHARE, 1.0),
    ("95 triệu đồng", "triệu đồng", 95.0, NOTED, None),
    ("95 trđ", "triệu đồng", 95.0, NOTED, None),
    ("95 triệu", "triệu đồng", 95.0, NOTED, None),
    ("1,2 tỷ đồng", "triệu đồng", 1200.0, NOTED, None),
    ("1,2 tỉ", "triệu đồng", 1200.0, NOTED, None),
    ("500 nghìn", "triệu đồng", 0.5, NOTED, None),
    ("322.000 đồng", "triệu đồng", 0.322, NOTED, None),  # a đồng has no thousandths
    ("12.500.000đ", "triệu đồng", 12.5, NOTED, None),
    ("7.100 triệu đồng", "triệu đồng", 7100.0, AMBIGUOUS, 7.1),
    ("46,5 triệu/người", "triệu đồng/người", 46.5, NOTED, None),
    ("46.500 nghìn đồng/người/năm", "triệu đồng/người/năm", 46.5, AMBIGUOUS, 0.0465),
    ("3 nghìn cây", "cây", 3000.0, NOTED, None),
    ("5 vụ việc", "vụ", 5.0, NOTED, None),
    ("500 m2", "m2", 500.0, NOTED, None),
    ("95 người", "hộ", 95.0, OTHER, None),
    ("95 đồng", "hộ", None, WRONG, None),
    ("4,5 triệu đồng", "%", None, WRONG, None),
]


@pytest.mark.parametrize(("typed", "measure", "value", "code", "other"), MEASURED)
def test_a_number_with_its_unit_of_measure(
    typed: str, measure: str, value: float | None, code: Code, other: float | None
) -> None:
    assert read_number(typed, measure) == Read(value, code, other)


CELLS = st.one_of(
    st.text(),
    st.text(alphabet="0123456789.,-+%/ \u00a0tỷđồngmkhông²", max_size=14),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(CELLS, st.sampled_from(["", "%", "triệu đồng", "hộ"]))
@example("۵٬۰۰۰", "")
@example("１２", "hộ")
def test_nothing_that_a_cell_can_hold_makes_a_reader_fail(value: Any, measure: str) -> None:
    read = read_number(value, measure)
    assert read.value is None or abs(read.value) < LARGEST
    assert (read.other is not None) == (read.code is AMBIGUOUS)
    read_date(value)
    read_time(value)
    assert text_of(value) == text_of(text_of(value))


@given(st.integers(-(10**12), 10**12), st.integers(0, 3))
def test_a_number_shown_the_vietnamese_way_reads_back_or_is_told_as_ambiguous(ticks: int, decimals: int) -> None:
    value = ticks / 10**decimals
    read = read_number(number(value))
    assert read.value == value
    assert read.code in (None, NOTED, AMBIGUOUS)


@given(st.integers(1, 10**6), st.sampled_from(["{:,}", "{:,.2f}"]))
def test_a_number_shown_the_english_way_is_one_of_the_two_readings(value: int, shown: str) -> None:
    read = read_number(shown.format(value))
    assert value in (read.value, read.other)


DAYS: list[tuple[Any, dt.date | None]] = [
    (dt.date(2023, 12, 5), dt.date(2023, 12, 5)),
    (dt.datetime(2023, 12, 5, 16, 5), dt.date(2023, 12, 5)),
    (45265.0, dt.date(2023, 12, 5)),  # Excel's serial number, in a cell formatted as a number
    (45265.67, dt.date(2023, 12, 5)),
    ("05/12/2023", dt.date(2023, 12, 5)),
    ("5/12/2023.", dt.date(2023, 12, 5)),
    ("5.12.23", dt.date(2023, 12, 5)),
    ("5-12-2023", dt.date(2023, 12, 5)),
    ("05 / 12 / 2023", dt.date(2023, 12, 5)),
    ("ngày 5 tháng 12 năm 2023", dt.date(2023, 12, 5)),
    (unicodedata.normalize("NFD", "Ngày 05 tháng 12 năm 2023"), dt.date(2023, 12, 5)),
    ("2023-12-05", dt.date(2023, 12, 5)),
    ("2023-12-05T16:05:00", dt.date(2023, 12, 5)),
    ("05/12/2023 16:05", dt.date(2023, 12, 5)),
    ("29/02/2024", dt.date(2024, 2, 29)),
    ("29/02/2023", None),
    ("31/02/2023", None),
    ("12/25/2023", None),
    ("5/12", None),
    ("tháng 12", None),
    ("20231205", None),
    (2023.0, None),
    (math.nan, None),
    (True, None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("typed", "day"), DAYS)
def test_a_day_as_typed(typed: Any, day: dt.date | None) -> None:
    assert read_date(typed) == day


TIMES: list[tuple[Any, dt.time | None]] = [
    (dt.time(16, 5), dt.time(16, 5)),
    (dt.datetime(2023, 12, 5, 16, 5), dt.time(16, 5)),
    (dt.timedelta(hours=16, minutes=5), dt.time(16, 5)),
    ((16 * 60 + 5) / 1440, dt.time(16, 5)),
    ("16:05", dt.time(16, 5)),
    ("16:05:30", dt.time(16, 5)),
    ("16h05", dt.time(16, 5)),
    ("8h", dt.time(8)),
    ("8 giờ 30", dt.time(8, 30)),
    ("8 giờ 30 phút", dt.time(8, 30)),
    ("24:00", None),
    ("16:60", None),
    ("chiều", None),
    (dt.timedelta(hours=30), None),
    (16.0, None),
    (True, None),
    ("", None),
]


@pytest.mark.parametrize(("typed", "time"), TIMES)
def test_a_time_as_typed(typed: Any, time: dt.time | None) -> None:
    assert read_time(typed) == time


def test_names_are_compared_without_regard_to_composition_spaces_and_case_but_never_to_marks() -> None:
    decomposed = unicodedata.normalize("NFD", "Thôn  Châu\u00a0Lĩnh ")
    assert same(decomposed) == same("thôn Châu Lĩnh")
    assert same("Thôn\u200b Châu Lĩnh") == same("Thôn Châu Lĩnh")
    assert same("Châu Linh") != same("Châu Lĩnh")


def test_a_value_as_text_is_what_a_person_sees() -> None:
    shown = [text_of(each) for each in (12.0, 0.65, 1e300, True, dt.date(2023, 2, 5), "0001", " a \n b ", None)]
    assert shown == ["12", "0.65", "1e+300", "TRUE", "05/02/2023", "0001", "a b", ""]
