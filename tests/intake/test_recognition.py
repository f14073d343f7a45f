"""Whose form it is: all that names a unit must agree, or nothing in the file counts for anybody."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feedback.feedback import write_all
from pipeline.findings.finding import message
from pipeline.forms.reading import read_form
from pipeline.intake.received import ReceivedFile
from pipeline.intake.recognition import Recognised, recognise
from pipeline.intake.unit_names import UnitNames
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess
from pipeline.state import ledger
from tests import filled
from tests.filled import NOW, drop
from tests.returned import RULES, SHEETS, YEAR_END, content, opened, saved
from tests.small import THON, TRUONG
from tests.small import rules as small_rules

UNIT, RESULTS, MODELS = SHEETS["unit"], SHEETS["results"], SHEETS["models"]
CONTEXT = RoundContext(RULES, YEAR_END)
Change = Callable[[openpyxl.Workbook], None]


def recognised(book: openpyxl.Workbook) -> Recognised:
    file = ReceivedFile("a.xlsx", content=read_form(saved(book)))
    return recognise(file, CONTEXT, UnitNames(RULES))


def known_as(*changes: Change) -> tuple[str, bool, list[str]]:
    """The unit, whether the form can count, and the codes of what is said of the file, of thon-1's form changed so."""
    book = opened(content("thon-1"))
    for change in changes:
        change(book)
    found = recognised(book)
    return found.unit, found.submission is not None, [each.code.value for each in found.findings]


def put(sheet: str, cell: str, text: str) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = text

    return change


def name(text: str) -> Change:
    return put(UNIT, "C8", text)


def code(text: str) -> Change:
    return put(UNIT, "C7", text)


def heading(sheet: str, text: str) -> Change:
    return put(sheet, "A4", text)


def without(*sheets: str) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        for each in sheets:
            del book[each]

    return change


HIDDEN = without("_thidua")
GUIDE = "Hướng dẫn"


def test_the_places_in_which_these_tests_write_are_those_that_name_the_unit() -> None:
    book = opened(content("thon-1"))
    assert (book[UNIT]["C7"].value, book[UNIT]["C8"].value) == ("thon-1", "Thôn 1")
    headings = {book[sheet]["A4"].value for sheet in (GUIDE, *SHEETS.values())}
    assert headings == {"Đơn vị: Thôn 1 – Khối các thôn"}
    assert book["_thidua"]["B6"].value == "thon-1"


# --- another unit's name ------------------------------------------------------------------------------

OTHERS = {
    "the visible name": [name("Thôn 2")],
    "the visible code": [code("thon-2")],
    "the name in the place of the code": [code("Thôn 2")],
    "the heading of the results": [heading(RESULTS, "Đơn vị: Thôn 2 – Khối các thôn")],
    "the heading of the models": [heading(MODELS, "Đơn vị: Thôn 2 – Khối các thôn")],
    "the heading of the guide": [heading(GUIDE, "Đơn vị: Thôn 2 – Khối các thôn")],
    "the hidden sheet": [put("_thidua", "B6", "thon-2")],
    "capitals and blanks": [name("  THÔN   2 ")],
    "leading zero": [name("Thôn 02")],
    "no blank": [name("Thôn2")],
    "no diacritics": [name("Thon 2")],
    "with the commune": [name("UBND xã Đại Lãnh – Thôn 2")],
    "within more words": [name("Ban nhân dân thôn 2")],
    "heading without the bloc": [heading(RESULTS, "ĐƠN VỊ: thôn 2")],
    "heading in two cells": [heading(RESULTS, "Đơn vị:"), put(RESULTS, "M4", "Thôn 2")],
}


@pytest.mark.parametrize("where", OTHERS)
def test_a_form_that_names_another_unit_counts_for_nobody(where: str) -> None:
    assert known_as(*OTHERS[where]) == ("", False, ["unit-mismatch"])


def test_the_words_name_both_units_with_their_codes_and_say_where_and_what_to_do() -> None:
    book = opened(content("thon-1"))
    for change in (name("Thôn 2"), heading(RESULTS, "Đơn vị: Thôn 2 – Khối các thôn")):
        change(book)
    (finding,) = recognised(book).findings
    assert message(finding) == (
        "Phiếu này phát cho Thôn 1 (thon-1) nhưng ghi tên Thôn 2 (thon-2; trang “Đơn vị”, ô C8; trang “Tự chấm”, ô A4)"
        "; chưa tính số liệu nào trong phiếu. Đề nghị đơn vị xác nhận và lập lại trên phiếu của mình."
    )
    assert (finding.unit, finding.sheet, finding.cell) == ("", "", "")


OWN = {
    "as issued": [],
    "blanks, capitals": [name("  thôn  1 "), code(" THON-1 ")],
    "decomposed": [name(unicodedata.normalize("NFD", "Thôn 1"))],
    "no name": [name(""), code("")],
    "no heading": [heading(RESULTS, "")],
    "the commune before it": [name("UBND xã Đại Lãnh – Thôn 1")],
    "more words": [name("Ban nhân dân Thôn 1")],
    "no diacritics": [name("Thon 1")],
    "another dash": [heading(RESULTS, "Đơn vị: Thôn 1 - Khối các thôn")],
    "neighbours as evidence": [put(RESULTS, "I8", "Họp với Thôn 2"), put(MODELS, "C7", "Mô hình của Thôn 2")],
    "both units": [heading(MODELS, "Đơn vị: Thôn 1 và Thôn 2")],
}


@pytest.mark.parametrize("how", OWN)
def test_however_a_clerk_writes_the_own_name_nothing_is_said(how: str) -> None:
    assert known_as(*OWN[how]) == ("thon-1", True, [])


@pytest.mark.parametrize("text", ["Xóm Chùa", "Thôn", "thôn Một", "Thôn 22", "Thôn 1a"])
def test_a_name_that_is_no_units_is_a_note(text: str) -> None:
    assert known_as(name(text), code("")) == ("thon-1", True, ["strange-name"])


def test_a_key_that_stands_twice_in_the_hidden_sheet_is_an_error() -> None:
    def second(key: str, value: str) -> Change:
        def change(book: openpyxl.Workbook) -> None:
            book["_thidua"].append([key, value])

        return change

    assert known_as(second("unit", "thon-2")) == ("", False, ["repeated-facts"])
    assert known_as(second("round", "dang-ky")) == ("", False, ["repeated-facts"])
    assert known_as(second("note", "x")) == ("thon-1", True, [])


def test_a_second_hidden_sheet_is_one_more_witness() -> None:
    def second(book: openpyxl.Workbook) -> None:
        copy = book.copy_worksheet(book["_thidua"])
        copy.title = "_thidua (2)"
        copy["B6"] = "thon-2"

    assert known_as(second) == ("", False, ["unit-mismatch"])


# --- without the hidden sheet ---------------------------------------------------------------------------


def test_without_the_hidden_sheet_all_that_is_seen_must_agree() -> None:
    assert known_as(HIDDEN) == ("thon-1", True, ["meta-lost"])
    assert known_as(HIDDEN, name("Thôn 2")) == ("", False, ["several-units"])
    assert known_as(HIDDEN, heading(MODELS, "Đơn vị: Thôn 2 – Khối các thôn")) == ("", False, ["several-units"])
    assert known_as(HIDDEN, heading(MODELS, "Đơn vị: Ban nhân dân Thôn 2")) == ("", False, ["several-units"])


def paste(book: openpyxl.Workbook, sheet: str, unit: str) -> None:
    """Another unit's sheet, pasted as a further one."""
    copy = book.create_sheet(f"{unit} {sheet}"[:31], 0)
    for row in opened(content(unit))[sheet].iter_rows(values_only=True):
        copy.append(row)


def test_two_units_in_one_workbook_are_both_named_and_no_result_counts() -> None:
    book = opened(content("thon-1"))
    HIDDEN(book)
    without(GUIDE, "_danh_muc")(book)
    for sheet in (UNIT, RESULTS):
        paste(book, sheet, "thon-2")
    found = recognised(book)
    (finding,) = found.findings
    assert (found.unit, found.submission, finding.code.value) == ("", None, "several-units")
    assert "Thôn 1 (thon-1; " in finding.facts["found"] and "Thôn 2 (thon-2; " in finding.facts["found"]
    assert f"trang “thon-2 {UNIT}”, ô C7, C8, A4" in finding.facts["found"]


def test_only_the_results_sheet_says_which_sheets_are_missing() -> None:
    others = [sheet for key, sheet in SHEETS.items() if key != "results"]
    only = without(GUIDE, "_danh_muc", *others)
    assert known_as(only, HIDDEN) == (
        "thon-1",
        True,
        ["meta-lost"],
    )  # its line says whose it is; checking tells the rest
    book = opened(content("thon-1"))
    for change in (only, HIDDEN, heading(RESULTS, "")):
        change(book)
    sentences = [message(each) for each in recognised(book).findings]
    assert sentences[1:] == [
        "Thiếu trang “Đơn vị” nên chưa rõ phiếu của đơn vị nào; các trang còn thiếu: "
        + ", ".join(f"“{each}”" for each in others)
        + ". Đề nghị người gửi gửi lại cả phiếu, đủ các trang."
    ]
    blank = [HIDDEN, name(""), code(""), *(heading(each, "") for each in (GUIDE, *SHEETS.values()))]
    assert known_as(*blank) == ("", False, ["meta-lost", "unnamed-unit"])


# --- names ----------------------------------------------------------------------------------------------


def names_of(*units: tuple[str, str]) -> UnitNames:
    written = [{"code": code, "name": name} for code, name in units]
    return UnitNames(small_rules({**THON, "units": written}, TRUONG))


def test_names_that_differ_in_a_mark_or_hold_one_another_are_kept_apart() -> None:
    names = names_of(("chau-linh", "Châu Linh"), ("chau-linh-2", "Châu Lĩnh"), ("tren", "Châu Lĩnh Thượng"))
    assert names.other("Châu Lĩnh", "chau-linh") == "chau-linh-2"
    assert names.other("Châu Linh", "chau-linh-2") == "chau-linh"
    assert names.other("Châu Lĩnh Thượng", "chau-linh-2") == "tren"
    assert names.other("Châu Lĩnh", "tren") == "chau-linh-2"
    assert names.other("Chau Linh", "chau-linh-2") == ""  # typed without marks it can be either
    assert names.other("Thôn Châu Lĩnh Thượng", "tren") == ""


def test_an_address_in_a_name_is_not_another_unit() -> None:
    names = names_of(("thon-1", "Thôn 1"), ("th-dl", "Trường Tiểu học Đại Lãnh"))
    assert names.other("Trường TH Đại Lãnh (Thôn 1)", "th-dl") == ""
    assert names.other("Trường Tiểu học Đại Lãnh, Thôn 1", "th-dl") == ""
    assert names.other("UBND xã – Thôn 1", "th-dl") == "thon-1"
    assert names.other("Trường TH (Thôn 1)", "tieu-hoc") == ""
    assert names_of(("bac", "Tây Bắc"), ("bac-2", "Thôn Tây Bắc 2")).other("Tây Bắc 2", "bac-2") == ""


SPELT = st.tuples(
    st.sampled_from(["{}", "  {} ", "{} .", "UBND xã Đại Lãnh – {}", "{} – Khối các thôn", "{} - Khối các thôn"]),
    st.sampled_from([str.upper, str.lower, str.title, lambda text: unicodedata.normalize("NFD", text)]),
)


@given(st.sampled_from(["thon-1", "thon-2"]), st.sampled_from(["thon-1", "thon-2"]), SPELT)
def test_however_a_name_is_spelt_it_is_its_units_and_no_others(
    own: str, written: str, spelt: tuple[str, Callable[[str], str]]
) -> None:
    pattern, change = spelt
    text = change(pattern.format(RULES.units[written][1].name))
    assert NAMES.other(text, own) == ("" if own == written else written)
    assert NAMES.fits(text, own) == (own == written)


NAMES = UnitNames(RULES)


@given(st.text(max_size=200))
def test_any_text_at_all_can_stand_where_a_name_belongs(text: str) -> None:
    assert NAMES.other(text, "thon-1") in {"", *RULES.units}
    NAMES.fits(text, "thon-1")


# --- in a run -------------------------------------------------------------------------------------------


def run(inbox: Path, ledger_file: Path) -> tuple[dict[str, str], list[tuple[str, str, str]], dict[str, str]]:
    """File -> status; (file, unit, code) of all findings; unit -> the file that counts."""
    of = filled.RULES.plan.round("tong-ket")
    assert of
    outcome = assess(RoundContext(filled.RULES, of), inbox, ledger_file, NOW).outcome
    register, findings, roster = outcome.register, outcome.findings, outcome.roster
    return (
        dict(zip(register["file"], register["status"], strict=True)),
        list(zip(findings["file"], findings["unit"], findings["code"], strict=True)),
        {unit: file for unit, file in zip(roster["unit"], roster["file"], strict=True) if file},
    )


def renamed(unit: str, text: str) -> bytes:
    book = opened(filled.form(unit, {"KT1": {"actual": 80}}))
    book[UNIT]["C8"] = text
    return saved(book)


def test_a_neighbours_form_displaces_nothing_and_goes_back_to_nobody(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {"a.xlsx": filled.form("thon-1"), "b.xlsx": renamed("thon-1", "Thôn 2")})
    statuses, findings, counting = run(inbox, tmp_path / "none.sqlite")
    assert statuses == {"a.xlsx": "accepted", "b.xlsx": "unclear_unit"}
    assert findings == [("b.xlsx", "", "unit-mismatch")]
    assert counting == {"thon-1": "a.xlsx"}
    assert assess(RoundContext(filled.RULES, YEAR_END), inbox, tmp_path / "none", NOW).to_return == {}


def parts_of(keep: set[str]) -> bytes:
    book = opened(filled.form("thon-1"))
    for table, sheet in SHEETS.items():
        if table not in keep:
            del book[sheet]
    return saved(book)


def test_parts_of_a_form_that_complete_one_another_are_named_with_what_each_lacks(tmp_path: Path) -> None:
    rest = {"models", "movements", "collective_awards", "individual_awards"}
    inbox = drop(tmp_path / "inbox", {"a.xlsx": parts_of({"unit", "results"}), "b.xlsx": parts_of(rest)})
    outcome = assess(RoundContext(filled.RULES, YEAR_END), inbox, tmp_path / "none", NOW).outcome
    findings = outcome.findings[outcome.findings["code"] == "partial-form"]
    assert dict(zip(findings["file"], findings["message"], strict=True)) == {
        "a.xlsx": "Phiếu của đơn vị được gửi thành nhiều tệp: tệp này thiếu “Mô hình – công trình”, “Phong trào”, "
        "“Khen thưởng tập thể”, “Khen thưởng cá nhân”; phần có ở tệp khác: b.xlsx: “Mô hình – công trình”, "
        "“Phong trào”, “Khen thưởng tập thể”, “Khen thưởng cá nhân”. "
        "Đề nghị gộp các trang vào một phiếu và gửi lại một tệp duy nhất.",
        "b.xlsx": "Phiếu của đơn vị được gửi thành nhiều tệp: tệp này thiếu “Đơn vị”, “Tự chấm”; phần có ở tệp khác: "
        "a.xlsx: “Đơn vị”, “Tự chấm”. Đề nghị gộp các trang vào một phiếu và gửi lại một tệp duy nhất.",
    }
    assert outcome.register["status"].tolist() == ["returned", "returned"]


def test_whole_files_with_other_parts_filled_complete_one_another_too(tmp_path: Path) -> None:
    results, models = opened(filled.form("thon-1")), opened(filled.form("thon-1"))
    for row in range(7, 12):
        for column in range(2, 7):
            results[MODELS].cell(row, column).value = None
    for line in models[RESULTS].iter_rows(min_row=7):
        line[5].value = line[7].value = None
    inbox = drop(tmp_path / "inbox", {"a.xlsx": saved(results), "b.xlsx": saved(models)})
    _statuses, findings, counting = run(inbox, tmp_path / "none")
    assert [(file, code) for file, _unit, code in findings if code == "partial-form"] == [
        ("a.xlsx", "partial-form"),
        ("b.xlsx", "partial-form"),
    ]
    assert counting == {}


def test_a_form_and_its_correction_are_no_parts(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {"a.xlsx": parts_of({"unit", "results"}), "b.xlsx": filled.form("thon-1")})
    _statuses, findings, counting = run(inbox, tmp_path / "none")
    assert "partial-form" not in {code for _file, _unit, code in findings}
    assert counting == {"thon-1": "b.xlsx"}


def test_the_sender_of_a_letter_is_a_witness_whom_the_officer_hears_of(tmp_path: Path) -> None:
    units = [{**unit, "email": f"{unit['code']}@xa.example"} for unit in THON["units"]]
    rules = small_rules({**THON, "units": units}, TRUONG)
    context = RoundContext(rules, YEAR_END)
    forms = {f"{unit}.xlsx": filled.form(unit, rules=rules) for unit in ("thon-1", "thon-2", "thon-3")}
    inbox = drop(tmp_path / "inbox", forms)
    senders = {
        "thon-1.xlsx": "THON-1@xa.example",
        "thon-2.xlsx": "Thôn 1 <thon-1@xa.example>",
        "thon-3.xlsx": "mau@example.com",
    }
    book = tmp_path / "so-cai.sqlite"
    for file in assess(context, inbox, book, NOW).newly_seen:
        mailed = ledger.MailedFile(file[0], file[1], senders[file[1]], NOW - dt.timedelta(hours=1))
        ledger.remember_mailed(book, ledger.round_key(context), mailed)
    assessment = assess(context, inbox, book, NOW)
    found = assessment.outcome.findings
    assert list(zip(found["file"], found["code"], found["severity"], strict=True)) == [
        ("thon-2.xlsx", "sender-of-other", "warning"),
        ("thon-3.xlsx", "sender-unknown", "note"),
    ]
    assert assessment.outcome.register["status"].tolist() == ["accepted", "accepted_with_warnings", "accepted"]
    assert assessment.to_return == {}


def test_what_is_said_to_the_officer_does_not_go_into_a_units_file(tmp_path: Path) -> None:
    book = opened(filled.form("thon-1", {"KT1": {"actual": "không rõ"}}))
    HIDDEN(book)
    inbox = drop(tmp_path / "inbox", {"a.xlsx": saved(book)})
    assessment = assess(RoundContext(filled.RULES, YEAR_END), inbox, tmp_path / "none", NOW)
    write_all(assessment.outcome, assessment.to_return, tmp_path / "phan-hoi")
    marked = openpyxl.load_workbook(tmp_path / "phan-hoi" / "thon-1.xlsx")
    texts = [str(cell) for row in marked.worksheets[0].iter_rows(values_only=True) for cell in row if cell]
    assert set(assessment.outcome.findings["code"]) == {"meta-lost", "not-a-number"}
    assert not any("Trang ẩn" in text for text in texts)
    assert any("không rõ" in text for text in texts)
