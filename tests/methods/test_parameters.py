"""Every parameter of a method has a name and every option words, in Vietnamese too: so nothing stands in a rubric's
workbook as only a programmer would write it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from pipeline.methods.parameters import Parameter, Words, parameters
from pipeline.methods.registry import METHODS
from tests.test_messages import VIETNAMESE


def unnamed(method: str, of: tuple[Parameter, ...], above: str = "") -> Iterator[str]:
    """A sentence for each name and each words that are missing."""
    for each in of:
        place = f"{method}: parameter {above}{each.key}"
        if not each.parts:
            yield from missing(f"{place} has no title", each.title)
        if each.listed:
            yield from missing(f"{place} has no title with {{n}}", each.numbered if "{n}" in each.numbered else "")
        for option, words in each.options.items():
            yield from missing(f"{place} has no words for its option {option}", words)
        yield from unnamed(method, each.parts, f"{above}{each.key}.")


def missing(sentence: str, msgid: str) -> Iterator[str]:
    if not msgid:
        yield sentence
    elif not VIETNAMESE.get(msgid):
        yield f"{sentence} in Vietnamese: run make messages and translate “{msgid}”"


@pytest.mark.parametrize("method", METHODS)
def test_every_parameter_has_its_name_and_every_option_its_words(method: str) -> None:
    assert list(unnamed(method, parameters(METHODS[method]))) == []


class Part(BaseModel):
    from_: Decimal | None = Field(default=None, alias="from", title="From")
    above: Decimal


class Nameless(BaseModel):
    method: Literal["nameless"]
    floor: Decimal
    cap: Decimal = Field(title="Points of the method nameless")
    of: Annotated[Literal["best", "worst", "mean"], Words(best="the bloc's best", mean="the bloc's mean")]
    bands: tuple[Part, ...] = Field(title="Band")
    each: tuple[Decimal, ...]


def test_a_missing_name_is_seen() -> None:
    assert list(unnamed("nameless", parameters(Nameless))) == [
        "nameless: parameter floor has no title",
        "nameless: parameter cap has no title in Vietnamese: "
        "run make messages and translate “Points of the method nameless”",
        "nameless: parameter of has no title",
        "nameless: parameter of has no words for its option worst",
        "nameless: parameter of has no words for its option mean in Vietnamese: "
        "run make messages and translate “the bloc's mean”",
        "nameless: parameter bands has no title with {n}",
        "nameless: parameter bands.above has no title",
        "nameless: parameter each has no title",
        "nameless: parameter each has no title with {n}",
    ]


def test_a_parameter_of_which_no_cell_can_be_made_is_refused() -> None:
    class Dated(BaseModel):
        weights: dict[str, Decimal]

    with pytest.raises(TypeError, match="weights"):
        parameters(Dated)
