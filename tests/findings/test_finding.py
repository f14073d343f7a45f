"""The catalogue of findings: each has its words in Vietnamese, and every placeholder of theirs is filled."""

from __future__ import annotations

import re

import polib
import pytest

from pipeline.findings.catalogue import CATALOGUE, Code, Severity
from pipeline.findings.finding import Finding, message, rows
from pipeline.i18n import LOCALE_DIR
from tests.checking.test_tidying import DOUBTS, without_column, without_row
from tests.checking.test_validation import MISTAKES
from tests.returned import Place, findings, named, sent

VIETNAMESE = {entry.msgid: entry.msgstr for entry in polib.pofile(str(LOCALE_DIR / "vi" / "LC_MESSAGES" / "thidua.po"))}
MEMBERS = list(Code)
OF_FORMS = MEMBERS[MEMBERS.index(Code.MISSING_SHEET) : MEMBERS.index(Code.TOO_FEW_ROWS) + 1]
"""What can be wrong with a form's parts and cells; the rest concerns files and the receipt book."""

FACTS_OF_FILES: dict[Code, tuple[str, ...]] = {
    Code.NOT_A_WORKBOOK: ("kind",),
    Code.TOO_LARGE: ("found", "limit"),
    Code.TOO_MANY_PARTS: ("found", "limit"),
    Code.UNPACKS_TOO_LARGE: ("found", "limit"),
    Code.PACKED_TOO_TIGHTLY: ("part", "found", "limit"),
    Code.FALSE_CONTENTS: ("part",),
    Code.OVERLAPPING_PARTS: ("part", "other"),
    Code.REPEATED_PART: ("part",),
    Code.PART_OUTSIDE: ("part",),
    Code.DOCTYPE: ("part",),
    Code.NESTED_ARCHIVE: ("part",),
    Code.HUGE_RANGE: ("sheet", "found"),
    Code.UNREADABLE: ("detail",),
    Code.NAME_LIES: ("suffix", "kind"),
    Code.ALIKE_NAMES: ("other",),
    Code.WRONG_PLAN: ("found", "expected"),
    Code.WRONG_YEAR: ("found", "expected"),
    Code.WRONG_ROUND: ("found", "expected"),
    Code.UNKNOWN_UNIT: ("found", "sheet"),
    Code.OLD_VERSION: ("found", "expected"),
    Code.OTHER_RULES: ("found", "expected"),
    Code.UNIT_MISMATCH: ("expected", "found"),
    Code.ARCHIVE: ("kind",),
    Code.RECEIPT_UNKNOWN: ("entered",),
    Code.RECEIPT_NO_TIME: ("entered",),
    Code.RECEIPT_TWICE: ("entered",),
    Code.RECEIPT_UNLIKELY: ("entered", "file", "opened", "seen"),
    Code.PAPER_META_LOST: ("paper", "folder"),
    Code.PAPER_UNKNOWN_BLOC: ("entered",),
    Code.PAPER_OLDER: ("changed",),
    Code.PAPER_UNKNOWN_UNIT: ("entered",),
    Code.PAPER_UNKNOWN_CRITERION: ("entered",),
    Code.PAPER_REPEATED: ("entered", "other"),
    Code.PAPER_CLOSED: ("entered", "why"),
    Code.PAPER_BOUNDS: ("entered", "low", "high"),
    Code.PAPER_DECIMALS: ("entered", "decimals"),
    Code.PAPER_CONFLICT: ("entered", "issued", "now"),
    Code.PAPER_NO_REASON: ("points", "before"),
    Code.PAPER_VOTES: ("entered", "members"),
}
"""What intake, submissions, receipts and the council say: the placeholders of its entry; other entries have none."""


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def everything_wrong() -> list[Finding]:
    """The findings of forms in which, between them, everything is wrong that can be."""
    parts = sent()
    del parts.form.tables["movements"]
    parts.form.copies.append(("Tự chấm (2)", "results"))
    table = parts.form.tables["results"]
    twice = next(values for _number, values in table.rows if values[0] == "AN1")
    table.rows += [(40, twice), (41, ("KT99", *twice[1:])), (42, ("", *twice[1:]))]
    no_model = {("models", 1, field): "" for field in ("kind", "name", "content", "cost")}
    ours: dict[Place, object] = {("results", "P1", "actual"): 3, ("results", "KT1", "max_points"): 60}
    others = {**ours, ("unit", "signed_on", "value"): "31/02/2023"}
    return findings(
        named("1.xlsx", sent({place: typed for place, (typed, _code) in MISTAKES.items()})),
        named("2.xlsx", sent({place: typed for place, (typed, _code, _value) in DOUBTS.items()})),
        named("3.xlsx", sent(others | no_model)),
        named("4.xlsx", parts),
        named("5.xlsx", without_row("KT1")),
        named("6.xlsx", without_column("actual")),
    )


def test_everything_that_can_be_wrong_in_a_form_is_provoked_by_these_tests() -> None:
    assert {each.code for each in everything_wrong()} == set(OF_FORMS)


def test_every_code_has_an_entry_and_every_code_of_a_file_its_facts() -> None:
    assert set(CATALOGUE) == set(MEMBERS)
    for code in set(MEMBERS) - set(OF_FORMS):
        entry = CATALOGUE[code]
        assert placeholders(entry.what) | placeholders(entry.remedy) == set(FACTS_OF_FILES.get(code, ())), code


def test_every_finding_of_a_form_can_be_put_into_words() -> None:
    for each in everything_wrong():
        told = message(each)
        assert "{" not in told
        assert told.startswith(f"Trang “{each.sheet}”" if each.sheet else "Thiếu trang")
        assert told.endswith(".")
        assert "“”" not in told


def test_every_entry_is_translated_with_the_same_placeholders() -> None:
    for code, entry in CATALOGUE.items():
        for msgid in (entry.what, entry.remedy):
            assert placeholders(VIETNAMESE.get(msgid, "")) == placeholders(msgid), (code, msgid)
            assert VIETNAMESE.get(msgid), (code, msgid)


WORDS = [
    (
        Finding(
            Code.BLANK_REQUIRED,
            "a.xlsx",
            sheet="Tự chấm",
            cell="F12",
            criterion="KT1",
            facts={"expected": "một số; nếu không có thì ghi 0"},
        ),
        "Trang “Tự chấm”, ô F12 (KT1): chưa điền nội dung. Vui lòng điền: một số; nếu không có thì ghi 0.",
    ),
    (
        Finding(
            Code.NUMBER_AMBIGUOUS,
            "a.xlsx",
            sheet="Tự chấm",
            cell="E8",
            criterion="KT1",
            entered="7.100",
            facts={"read": "7100", "other": "7,1", "example": "7100"},
        ),
        "Trang “Tự chấm”, ô E8 (KT1): “7.100” có thể hiểu theo hai cách; đã đọc là 7100, không phải 7,1. "
        "Vui lòng nhập số không có dấu phân cách hàng nghìn, ví dụ: 7100.",
    ),
    (
        Finding(Code.MISSING_SHEET, "a.xlsx", facts={"sheet": "Phong trào"}),
        "Thiếu trang “Phong trào”. Vui lòng chép nội dung đã điền sang phiếu mới; không xóa trang nào của phiếu.",
    ),
    (
        Finding(Code.EMPTY_FILE, "a.xlsx"),
        "Tệp rỗng (0 byte). Nếu tệp còn đang được sao chép, vui lòng chạy lại sau khi chép xong; nếu không, đề nghị "
        "đơn vị gửi lại.",
    ),
]


@pytest.mark.parametrize(("finding", "told"), WORDS)
def test_a_message_says_place_then_what_was_entered_then_the_remedy(finding: Finding, told: str) -> None:
    assert message(finding) == told


def test_braces_and_long_texts_that_a_unit_typed_stay_text() -> None:
    typed = "{0} {entered} {x!r} " + "dài " * 100
    told = message(Finding(Code.NOT_A_NUMBER, "a.xlsx", sheet="S", cell="A1", entered=typed, facts={"example": "12"}))
    assert "“{0} {entered} {x!r} dài" in told
    assert len(told) < 300
    assert told.endswith("Vui lòng chỉ nhập chữ số, ví dụ: 12; nếu không có thì ghi 0.")


# --- rows -----------------------------------------------------------------------------------------------


def _at(code: Code, cell: str = "F8", **facts: str) -> Finding:
    return Finding(code, "a.xlsx", "thon-1", "Tự chấm", cell, "KT1", facts={"expected": "5", **facts})


def test_a_cell_has_each_finding_once_and_beside_a_blank_no_other() -> None:
    told = rows(
        [
            _at(Code.TOO_LOW),
            _at(Code.TOO_LOW, expected="6"),
            _at(Code.TOO_HIGH),
            _at(Code.TOO_LOW, "F9"),
            _at(Code.TOO_LOW, "F10"),
            _at(Code.BLANK_REQUIRED, "F10"),
        ]
    )
    assert list(zip(told["cell"], told["code"], strict=True)) == [
        ("F8", "too-low"),
        ("F8", "too-high"),
        ("F9", "too-low"),
        ("F10", "blank-required"),
    ]


def test_without_a_cell_findings_that_speak_of_different_things_are_different() -> None:
    told = rows(
        [
            _at(Code.MISSING_COLUMN, "", column="Mã"),
            _at(Code.MISSING_COLUMN, "", column="Chỉ tiêu"),
            _at(Code.MISSING_COLUMN, "", column="Mã"),
        ]
    )
    assert told["message"].str.extract("“([^”]*)” *[.]|cột “([^”]*)”")[1].tolist() == ["Mã", "Chỉ tiêu"]


def test_a_findings_own_severity_outweighs_the_catalogues() -> None:
    mild = Finding(Code.MISSING_ROW, "a.xlsx", facts={"name": "T2"}, severity=Severity.WARNING)
    grave = Finding(Code.MISSING_ROW, "b.xlsx", facts={"name": "T2"})
    assert rows([mild, grave])["severity"].tolist() == ["warning", "error"]


def test_no_findings_make_an_empty_frame_with_all_columns() -> None:
    told = rows([])
    assert (len(told), list(told.columns)[:3]) == (0, ["file", "unit", "sheet"])
