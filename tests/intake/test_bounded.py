"""What leaves the process that has read a file is small, whatever the file holds; and what is plain stays as it is."""

from __future__ import annotations

import time
import unicodedata

import pytest

from pipeline.findings.finding import Code
from pipeline.forms.cell_values import NoValue
from pipeline.forms.raw_form import Named, RawForm, RawTable
from pipeline.intake.bounded import bounded
from pipeline.intake.container import Refused
from pipeline.intake.long_texts import fitting, is_cut
from pipeline.intake.returned import RawReceiptBook
from pipeline.rules.limits import DEFAULT_LIMITS

ACUTE, BELOW = "\u0301", "\u0316"
"""Unicode sorts the second before the first: to compose them in turn takes the square of their number."""

READ = ["Thôn Châu Lĩnh", unicodedata.normalize("NFD", "Nguyễn Thị Hường " * 100), "e" + ACUTE * 30, "क्षि" * 50, ""]


@pytest.mark.parametrize("text", READ)
def test_what_people_type_stays_as_it_is(text: str) -> None:
    assert fitting(text) == text


def test_a_tower_of_accents_is_no_text_however_it_is_made() -> None:
    for text in ("e" + ACUTE * 31, "x" * 9_000 + (ACUTE + BELOW) * 16 + "x", ACUTE * 31):
        assert fitting(text) == NoValue(Code.PILED_MARKS, text[:30])


def test_a_text_of_millions_of_accents_takes_no_time() -> None:
    text = "e" + (ACUTE + BELOW) * 2_000_000
    start = time.process_time()
    assert isinstance(fitting(text), NoValue)
    assert time.process_time() - start < 0.5  # composing it takes hours


def test_a_text_is_cut_where_a_cell_of_excel_ends() -> None:
    whole, cut = fitting("x" * 32_767), fitting("x" * 5_000_000)
    assert (whole, cut) == ("x" * 32_767, "x" * 32_768)
    assert (is_cut("x" * 32_767), is_cut("x" * 32_768)) == (False, True)


def a_form(rows: int, text: object = "x") -> RawForm:
    return RawForm({}, {"results": RawTable("Tự chấm", {"note": 3}, 7, [(8 + row, (text,)) for row in range(rows)])})


def test_a_table_is_cut_after_so_many_rows_and_that_is_told_at_the_first() -> None:
    form = a_form(1_000)
    assert bounded(form, DEFAULT_LIMITS) == []
    form = a_form(19_000)
    facts = {"sheet": "Tự chấm", "found": "19.000", "limit": "1.000", "row": "1008"}
    assert bounded(form, DEFAULT_LIMITS) == [(Code.TOO_MANY_ROWS, facts)]
    assert len(form.tables["results"].rows) == 1_000


def test_a_workbook_that_holds_more_text_than_any_of_its_kind_is_refused() -> None:
    assert bounded(a_form(60, "x" * 32_768), DEFAULT_LIMITS) == []  # 1,966 kB
    for form in (
        a_form(62, "x" * 32_768),
        a_form(62, NoValue(Code.ERROR_VALUE, "x" * 32_768)),
        RawForm({}, {}, named=[Named("A", "A1", "Thôn 1")] * 501),
    ):
        with pytest.raises(Refused) as refused:
            bounded(form, DEFAULT_LIMITS)
        assert refused.value.reason[0] is Code.TOO_MUCH_CONTENT
    with pytest.raises(Refused):
        bounded(RawReceiptBook([[""] * 200] * 20_000), DEFAULT_LIMITS)  # blank, and 4 million cells
