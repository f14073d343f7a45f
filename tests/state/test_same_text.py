"""A text is known again in other bytes, and another text is not."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest

from pipeline.state.same_text import is_text_of

TEXT = "tên: Thôn Một\nđiểm: 5\n"
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, unicodedata.normalize("NFD", TEXT)]
)
def test_the_same_text_in_other_bytes(text: str) -> None:
    assert is_text_of(text.encode(), SHA256)
    assert is_text_of(TEXT.encode(), hashlib.sha256(text.encode()).hexdigest())


@pytest.mark.parametrize(
    "text", [TEXT.replace("5", "6"), TEXT.strip(), TEXT.replace("\n", "\r"), TEXT.replace("ô", "o")]
)
def test_another_text(text: str) -> None:
    assert not is_text_of(text.encode(), SHA256)


def test_what_is_no_text_is_known_by_its_bytes_alone() -> None:
    assert is_text_of(b"\xff", hashlib.sha256(b"\xff").hexdigest())
    assert not is_text_of(b"\xff\r\n", hashlib.sha256(b"\xff\n").hexdigest())
