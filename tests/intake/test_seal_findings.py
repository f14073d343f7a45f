"""Seals of what comes back: what is not as we issued it is told, and what was edited counts nowhere."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pipeline.forms.declared import META_SHEET
from pipeline.forms.writing.workbook import form_facts, write_form
from pipeline.rules.round_context import RoundContext
from pipeline.run import Assessment
from pipeline.seals import SealKey
from tests.conftest import KEY
from tests.filled import RULES, entries
from tests.papers import AFTER_APPRAISAL, COMPUTED, FORMS, appraised, run, totals, with_facts
from tests.returned import opened, saved

CONTEXT = RoundContext(RULES, RULES.plan.rounds[1])
ANOTHER = SealKey(b"another office's key, or a lost one")


def sealed(unit: str, key: SealKey = KEY) -> bytes:
    """A filled form as it was issued with that key."""
    target = io.BytesIO()
    seal = key.seal(form_facts(CONTEXT, unit))
    write_form(target, CONTEXT, unit, entries(RULES.units[unit][0].code), seal)
    return target.getvalue()


def edited(form: bytes, sheet: str, **facts: str | None) -> bytes:
    """The form with other facts in its hidden sheet."""
    book = opened(form)
    for row in book[sheet].iter_rows():
        if row[0].value in facts:
            row[1].value = facts[row[0].value]
    return saved(book)


def found(done: Assessment) -> list[tuple[str, str, str]]:
    rows = done.outcome.findings
    return list(zip(rows["file"], rows["code"], rows["severity"], strict=True))


def statuses(done: Assessment) -> dict[str, str]:
    return dict(zip(done.outcome.register["file"], done.outcome.register["status"], strict=True))


def test_sealed_forms_are_accepted_without_a_word(tmp_path: Path) -> None:
    done = run(tmp_path, {f"{unit}.xlsx": sealed(unit) for unit in ("thon-1", "thon-2")})
    assert found(done) == []


@pytest.mark.parametrize(
    "facts", [{"unit": "thon-2"}, {"form_version": "7"}, {"fingerprint": "0" * 16}, {"seal": f"{KEY.name}-{'0' * 32}"}]
)
def test_a_form_of_which_a_fact_was_edited_counts_for_nobody(tmp_path: Path, facts: dict[str, str]) -> None:
    """With the code of another unit everywhere in the form, only the seal shows it."""
    forged = edited(sealed("thon-1"), META_SHEET, **facts)
    if "unit" in facts:
        book = opened(forged)
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str):
                        cell.value = cell.value.replace("thon-1", "thon-2").replace("Thôn 1", "Thôn 2")
        forged = saved(book)
    done = run(tmp_path, {"giả.xlsx": forged, "thật.xlsx": sealed("thon-2")})
    assert ("giả.xlsx", "seal-broken", "error") in found(done)
    assert statuses(done)["thật.xlsx"] == "accepted"
    assert statuses(done)["giả.xlsx"] == "unclear_unit"
    roster = done.outcome.roster.set_index("unit")
    assert roster.loc["thon-2", ["file", "returned_file"]].tolist() == ["thật.xlsx", ""]
    assert roster.loc["thon-1", ["state", "returned_file"]].tolist() == ["not_sent", ""]


def test_a_form_without_our_seal_is_told_among_those_that_have_it(tmp_path: Path) -> None:
    others = {"khác.xlsx": sealed("thon-1", ANOTHER), "không.xlsx": FORMS["thon-3.xlsx"]}
    done = run(tmp_path / "1", others | {"ta.xlsx": sealed("thon-2")})
    assert found(done) == [("khác.xlsx", "unsealed", "warning"), ("không.xlsx", "unsealed", "warning")]
    assert set(statuses(done).values()) == {"accepted", "accepted_with_warnings"}
    done = run(tmp_path / "2", others)  # the key was lost, or no form was sealed at all: nothing stands out
    assert found(done) == []


def test_a_paper_of_another_key_counts_where_the_officer_put_it_and_is_told(tmp_path: Path) -> None:
    paper = edited(appraised(tmp_path), "_hoi_dong", seal="0123abcd-" + "0" * 32)
    done = run(tmp_path, FORMS | {"hoi-dong/a.xlsx": paper})
    assert found(done) == [("hoi-dong/a.xlsx", "paper-unsealed", "warning")]
    assert totals(done) == AFTER_APPRAISAL


def test_an_edited_paper_counts_nowhere(tmp_path: Path) -> None:
    paper = edited(appraised(tmp_path), "_hoi_dong", fingerprint="0" * 16)
    done = run(tmp_path, FORMS | {"hoi-dong/a.xlsx": paper})
    assert found(done) == [("hoi-dong/a.xlsx", "paper-seal-broken", "error")]
    assert (totals(done), statuses(done)["hoi-dong/a.xlsx"]) == (COMPUTED, "not_a_form")
    as_issued = with_facts(appraised(tmp_path), {})
    assert totals(run(tmp_path, FORMS | {"hoi-dong/a.xlsx": as_issued})) == AFTER_APPRAISAL
