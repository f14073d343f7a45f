"""Which texts are the same, and which cells are blank."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import blanked, is_blank, same, text_of

SAME = [
    ("Ðại Lãnh", "Đại Lãnh"),  # U+00D0, the letter of Icelandic
    ("Ɖại Lãnh", "đại lãnh"),  # U+0189, of African languages
    ("ðồng", "Đồng"),
    ("hòa giải", "hoà giải"),
    ("HÒA", "hoà"),
    ("thúy", "thuý"),
    ("khỏe", "khoẻ"),
    ("lõa", "loã"),
    ("Ủy ban", "Uỷ ban"),
    ("quý", "qúy"),
    ("ngòeo", "ngoèo"),
    ("ho\u0300a", "hoà"),
    (unicodedata.normalize("NFD", "Nguyễn Thị Thủy"), "Nguyễn Thị Thuỷ"),
    ("１２，５ ％", "12,5 %"),
    ("３．５", "3.5"),
    ("－４", "-4"),
    ("（Ｔｈôｎ　１）", "(thôn 1)"),
    ("１７／１９", "17/19"),
    ("17⁄19", "17/19"),
    ("Thôn\u00a01", "Thôn 1"),
    ("Thôn\u20091", "Thôn\u30001"),
    ("Thô\u200bn\ufeff 1\u00ad", "Thôn 1"),
    ("\u202aThôn 1\u202c", "Thôn 1"),
    ("QĐ‑15", "QĐ-15"),
    ("QĐ–15", "QĐ−15"),
    ("“Thôn”", '"Thôn"'),
    ("K’Bang", "K'Bang"),
    ("٤٢", "42"),
    ("𝟒𝟐", "42"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_that_look_alike_are_the_same(one: str, other: str) -> None:
    assert same(one) == same(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Châu Lĩnh", "Châu Linh"),
        ("hòa", "hoa"),
        ("hòa", "hoá"),
        ("Đại", "Dại"),
        ("mùa", "muà"),  # the tone of ua has one place alone
        ("4²", "42"),
        ("½", "1/2"),
        ("①", "1"),
        ("m³", "m3"),
    ],
)
def test_texts_that_differ_in_a_mark_are_not_the_same(one: str, other: str) -> None:
    assert same(one) != same(other)


def test_what_is_shown_stays_as_it_was_typed() -> None:
    assert text_of("Ðại Lãnh hòa １２–５ “a”") == "Ðại Lãnh hòa １２–５ “a”"


@given(st.text())
def test_what_is_the_same_stays_the_same(text: str) -> None:
    assert same(same(text)) == same(text)
    assert same(unicodedata.normalize("NFD", text)) == same(unicodedata.normalize("NFC", text))


BLANK = [
    "",
    " ",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\u3000\u2009\t\n",
    "\u2060\u00a0",
    "\u2800",
    "\u3164",
    "\u202e",
]


@pytest.mark.parametrize("value", [None, *BLANK])
def test_a_cell_that_shows_nothing_is_blank(value: object) -> None:
    assert is_blank(value)
    assert blanked([[value]]) == [[value if value is None else ""]]


@pytest.mark.parametrize("value", [0, 0.0, False, "0", "-", ".", "\u00a0x", "\u200bđ", "�"])
def test_a_cell_that_shows_something_is_not_blank(value: object) -> None:
    assert not is_blank(value)
    assert blanked([[value]]) == [[value]]
