"""Which of two names says that its file came after the other."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.register.copy_names import later_by_name

LATER = [  # the first is the later one
    # browsers, Windows, macOS, Google Drive
    ("thon-5 (1).xlsx", "thon-5.xlsx"),
    ("thon-5 (10).xlsx", "thon-5 (9).xlsx"),
    ("thon-5(2).xlsx", "thon-5.xls"),
    ("thon-5 - Copy.xlsx", "thon-5.xlsx"),
    ("thon-5 - Copy (2).xlsx", "thon-5 - Copy.xlsx"),
    ("thon-5 - Copy - Copy.xlsx", "thon-5 - Copy.xlsx"),
    ("thon-5 (1) - Copy.xlsx", "thon-5 (1).xlsx"),
    ("thon-5 copy.xlsx", "thon-5.xlsx"),
    ("thon-5 copy 2.xlsx", "thon-5 copy.xlsx"),
    ("Copy of thon-5.xlsx", "thon-5.xlsx"),
    ("Bản sao của thon-5.xlsx", "thon-5.xlsx"),
    ("Bản sao của Bản sao của thon-5.xlsx", "Bản sao của thon-5.xlsx"),
    ("thon-5 - Bản sao (2).xlsx", "thon-5 - Bản sao.xlsx"),
    # people
    ("thon-5 sửa lần 2.xlsx", "thon-5.xlsx"),
    ("thon-5 sửa lần 2.xlsx", "thon-5 sửa.xlsx"),
    ("thon-5 sua lan 3.xlsx", "Thon 5 sửa lần 2.xlsx"),
    ("Thôn 5 (lần 3).xlsx", "Thon5_lan2.xlsx"),
    ("thon 5 lan hai.xlsx", "thon-5.xlsx"),
    ("thon-5-sua1.xlsx", "thon-5.xlsx"),
    ("thon 5 sua 2.xlsx", "thon 5 sua.xlsx"),
    ("Thôn 5 đã sửa.xlsx", "Thôn 5.xlsx"),
    ("thon-5_v2.xlsx", "thon-5_v1.xlsx"),
    ("thon-5 v2.xlsx", "thon-5.xlsx"),
    ("thon-5 final.xlsx", "thon-5.xlsx"),
    ("thon-5 v2 final.xlsx", "thon-5 v2.xlsx"),
    ("thon-5 sửa (bản cuối).xlsx", "thon-5 sửa.xlsx"),
    ("thon-5 bản cuối.xlsx", "thon-5 nháp.xlsx"),
    ("thon-5.xlsx", "thon-5 (cũ).xlsx"),
    ("bổ sung/Thôn 3 (gửi lại).xlsx", "Thon 3.xlsx"),
    ("bổ sung/thon 3.xlsx", "thon 3.xlsx"),
    ("lần 2/thon 3.xlsx", "lần 1/thon 3.xlsx"),
    # days
    ("thon-5 06-12-2023.xlsx", "thon-5 5.12.2023.xlsx"),
    ("thon-5_20231206_1530.xlsx", "thon-5_20231206_0930.xlsx"),
    ("thon-5 02012024.xlsx", "thon-5 31122023.xlsx"),
]

UNCLEAR = [
    ("Thon 1.xlsx", "Thon 2.xlsx"),  # numbers of another meaning
    ("Bản 1.xlsx", "Bản 2.xlsx"),  # hamlets in the mountains
    ("thon 5 2023.xlsx", "thon 5 2022.xlsx"),
    ("a.xlsx", "b.xlsx"),
    ("phieu.xlsx", "thon-5 (1).xlsx"),
    ("thon-5.xls", "thon-5.xlsx"),
    ("thon-5 (1).xlsx", "thon-5 - Copy.xlsx"),  # a copy of each kind
    ("thon-5 bản cuối.xlsx", "thon-5 chính thức.xlsx"),
    ("thon-5 sửa.xlsx", "thon-5 bổ sung.xlsx"),
    ("thon-5 v2.xlsx", "thon-5 final.xlsx"),  # number and word contradict one another
    ("thon-5 v3.xlsx", "thon-5 v2 (1).xlsx"),
    ("thon-5 06-12-2023.xlsx", "thon-5.xlsx"),  # a day beside none
    ("thon-5 31-02-2023.xlsx", "thon-5 30-02-2023.xlsx"),  # no days
    ("thon-5 sữa.xlsx", "thon-5.xlsx"),  # milk
    ("phieu cuoi nam.xlsx", "phieu.xlsx"),
    ("thon-5.xlsx", "thon-5.xlsx"),
]


@pytest.mark.parametrize(("later", "earlier"), LATER)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_copy_or_a_revision_is_later(later: str, earlier: str, form: str) -> None:
    later = unicodedata.normalize(form, later)  # type: ignore[arg-type]
    assert (later_by_name(later, earlier), later_by_name(earlier, later)) == (1, -1)


@pytest.mark.parametrize(("one", "other"), UNCLEAR)
def test_what_is_not_plain_is_not_guessed(one: str, other: str) -> None:
    assert (later_by_name(one, other), later_by_name(other, one)) == (0, 0)


PARTS = st.sampled_from(
    (
        *("thon", "5", "1", "(1)", "(2)", " - Copy", "copy 2", "Bản sao của ", "sửa", "lần 2", "v3", "cũ", "bản cuối"),
        *("/", "2023", "06-12-2023", "20231206", "_", ".", " ", ".xlsx"),
    )
)


@given(st.lists(PARTS | st.text(max_size=5), max_size=8), st.lists(PARTS, max_size=8))
def test_whatever_the_names_are_the_answer_turns_round_with_them(one: list[str], other: list[str]) -> None:
    first, second = "".join(one), "".join(other)
    assert later_by_name(first, second) == -later_by_name(second, first)
    assert later_by_name(first, first) == 0
