"""What a number format shows of a number, worked out by hand from what Excel prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import NoValue, Shown
from pipeline.intake.number_formats import shown_by, shows_more

MORE: list[tuple[str, float, Shown | NoValue]] = [
    # format                number    what the cell shows
    ("0%", 0.97, Shown(0.97, 97, "%")),
    ("0.00%", 0.977, Shown(0.977, 97.7, "%")),
    ("0.0%;[Red]-0.0%", -0.5, Shown(-0.5, -50, "%")),
    ('0"%"', 97, Shown(97, 97, "%")),
    (r"0\ \%", 97, Shown(97, 97, "%")),
    ('0.0" tỷ"', 1.5, Shown(1.5, 1.5, "tỷ")),
    ('#,##0 "người"', 12, Shown(12, 12, "người")),
    ("#,##0,", 12000, Shown(12000, 12)),
    ("0.0,,", 5_000_000, Shown(5_000_000, 5)),
    ("[$₫-42A]#,##0", 45, Shown(45, 45, "₫")),
    ('_-* #,##0 "₫"_-;-* #,##0 "₫"_-;_-* "-" "₫"_-;_-@_-', 45, Shown(45, 45, "₫")),
    ("0;0", -5, Shown(-5, 5)),
    ('[>100]0" trăm";0%', 0.5, Shown(0.5, 50, "%")),
    (";;;", 5, NoValue(Code.NUMBER_HIDDEN, "5")),
    ('"x"', 1, NoValue(Code.NUMBER_HIDDEN, "1")),
    ('"%";0', 7, NoValue(Code.NUMBER_HIDDEN, "7")),
]

NO_MORE: list[tuple[str, float]] = [
    ("", 5),
    ("General", 5),
    ("0", 97.7),
    ("#,##0.00", 1234.5),
    ("# ##0", 1234),
    ("0.00E+00", 1234),
    ("# ?/?", 0.5),
    ("@", 5),
    ("0_);(0)", -5),
    ("0;-0", -5),
    ('_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)', -4),
    ('_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)', 0),
    ("0;-0;;@", 0),
    ('[=0]"đủ";0', 0),
    ('[=0]"đủ";0', 3),
    ("dd/mm/yyyy", 45000),
    ("[h]:mm", 1.5),
    ('yyyy"%"', 45000),
]


@pytest.mark.parametrize(("code", "number", "shown"), MORE)
def test_what_a_cell_shows_beside_the_digits(code: str, number: float, shown: Shown | NoValue) -> None:
    assert shown_by(code, number) == shown
    assert shows_more(code)


@pytest.mark.parametrize(("code", "number"), NO_MORE)
def test_digits_and_no_more(code: str, number: float) -> None:
    assert shown_by(code, number) is None


@given(st.text(alphabet='0#?.,%;"\\[]<>=-_*$₫ymdhsEG @/ x', max_size=60), st.floats(-1e9, 1e9))
def test_any_code_is_followed_and_a_format_that_shows_no_more_never_does(code: str, number: float) -> None:
    assert shows_more(code) or shown_by(code, number) is None
