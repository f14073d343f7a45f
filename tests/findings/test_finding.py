"""The catalogue of findings: each has its words in Vietnamese, and every fact that they speak of is given."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polib
import pytest

from pipeline.checking.tidying import tidy
from pipeline.checking.validation import validate
from pipeline.code_lists import Severity, Source
from pipeline.findings.catalogue import Code
from pipeline.findings.finding import Finding, message
from pipeline.findings.frame import rows
from pipeline.forms.cell_values import Merged, NoValue, Shown
from pipeline.forms.papers import META_SHEET, SHA_OF, RawPaper
from pipeline.forms.raw_form import Copy, LegacyCells, Named, RawForm, RawTable, Relation, RepeatedColumn
from pipeline.i18n import LOCALE_DIR
from pipeline.intake import take as intake
from pipeline.intake.arrival import no_access
from pipeline.intake.bounded import bounded
from pipeline.intake.receipts import KnownTimes, Receipt, read_book, receipts, unlikely
from pipeline.intake.received import ReceivedFile
from pipeline.intake.recognition import Recognised, recognise
from pipeline.intake.unit_names import UnitNames
from pipeline.intake.witnesses import partial_forms, senders, unproved_times
from pipeline.legacy_text import Encoding
from pipeline.rules.limits import DEFAULT_LIMITS
from pipeline.rules.round_context import RoundContext
from tests import hostile
from tests.checking import test_contradictions as contradictions
from tests.checking.test_suspicious import bloc
from tests.checking.test_tidying import DOUBTS, without_column, without_row
from tests.checking.test_validation import MISTAKES
from tests.council.test_judgements import without_hidden_sheet
from tests.filled import NOW, drop, form
from tests.intake.test_seal_findings import sealed
from tests.papers import FORMS, Entries, fill, issued, run, with_facts
from tests.register.test_same_moment import LATER, UNCLEAR, outcome
from tests.returned import RULES, YEAR_END, Place, findings, named, opened, saved, sent
from tests.small import THON, TRUONG
from tests.small import rules as small_rules

VIETNAMESE = {entry.msgid: entry.msgstr for entry in polib.pofile(str(LOCALE_DIR / "vi" / "LC_MESSAGES" / "thidua.po"))}
MEMBERS = list(Code)
OF_FORMS = MEMBERS[MEMBERS.index(Code.MISSING_SHEET) : MEMBERS.index(Code.TOO_FEW_ROWS) + 1]
"""What can be wrong with a form's parts and cells; the rest concerns files, the receipt book and papers."""


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


SHOWN: dict[Place, object] = {
    ("results", "T1", "actual"): "3/4",
    ("results", "KT2", "target"): Shown(0.05, 5, "%"),
    ("results", "KT1", "target"): Shown(12000, 12),
    ("results", "KT1", "actual"): NoValue(Code.NUMBER_HIDDEN, "5"),
    ("results", "VH1", "actual"): NoValue(Code.NO_RESULT),
    ("results", "AN1", "actual"): Merged("F8", "", down=True),
    ("results", "KT1", "note"): Merged("J9", "Như trên", down=True),
    ("results", "KT1", "evidence"): NoValue(Code.PICTURE_IN_CELL),
    ("results", "VH1", "evidence"): NoValue(Code.PILED_MARKS),
    ("results", "TD1", "evidence"): "x",
    ("collective_awards", 1, "name"): "Không có",
    ("individual_awards", 3, "achievement"): "Thôn 1, ngày 5 tháng 12 năm 2023",
}
"""Cells that show something else than a value, or nothing that counts."""


def everything_wrong() -> list[Finding]:
    """The findings of forms in which, between them, everything is wrong that can be."""
    parts = sent()
    del parts.form.tables["movements"]
    parts.form.copies += [
        Copy("Tự chấm (2)", "results"),
        Copy("Tự chấm (3)", "results", Relation.OTHER, "F8", "F9"),
        Copy("Tự chấm (4)", "results", Relation.BLANK_ORIGINAL),
    ]
    parts.form.tables["results"].repeated += [RepeatedColumn("note", (8, 9), 8), RepeatedColumn("note", (8, 9), None)]
    parts.form.legacy = [LegacyCells("Tự chấm", encoding, ("I9", "I10")) for encoding in (Encoding.VNI, None)]
    table = parts.form.tables["results"]
    twice = next(values for _number, values in table.rows if values[0] == "AN1")
    table.rows += [(40, twice), (41, ("KT99", *twice[1:])), (42, ("", *twice[1:]))]
    other = next(values for _number, values in table.rows if values[0] == "KT1")
    table.rows += [(43, tuple(7.0 if value == 310 else value for value in other))]
    no_model = {("models", 1, field): "" for field in ("kind", "name", "content", "cost")}
    ours: dict[Place, object] = {("results", "P1", "actual"): 3, ("results", "KT1", "max_points"): 60}
    others = {**ours, ("unit", "signed_on", "value"): "31/02/2023"}
    return findings(
        named("1.xlsx", sent({place: typed for place, (typed, _code) in MISTAKES.items()})),
        named("2.xlsx", sent({place: typed for place, (typed, _code, _value) in DOUBTS.items()})),
        named("3.xlsx", sent(others | no_model | {("results", "VH3", "actual"): "Cã"})),
        named("4.xlsx", parts),
        named("5.xlsx", without_row("KT1")),
        named("6.xlsx", without_column("actual")),
        named("7.xlsx", sent(SHOWN | {("results", "VH3", "actual"): NoValue(Code.ERROR_VALUE, "#N/A")})),
    )


def hardly_meant() -> list[Finding]:
    """What is found in forms beside one another, and beside their receipt, that are right each by itself."""
    person = {**contradictions.person(1, "Lê Văn Mẫu"), **contradictions.person(2, "Lê Văn Mẫu")}
    excluded = contradictions.collective("Tập thể Lao động tiên tiến") | {
        ("results", "P2", "actual"): "Cảnh cáo trở lên"
    }
    numbers = {("models", 1, "cost"): 25_000_000, ("movements", "PT1", "participants"): 45_275}
    forms = bloc({**person, **excluded, **numbers, ("results", "T1", "actual"): 2})
    forms += [sent({("models", 1, "cost"): 0.02, ("unit", "signed_on", "value"): YEAR_END.opens}, unit="thon-5")]
    forms[1:2] = [sent({("unit", "signed_on", "value"): dt.date(2023, 11, 1)}, unit="thon-2")]
    context = RoundContext(contradictions.counting("models"), YEAR_END)
    times = dict.fromkeys((each.file for each in forms), dt.datetime(2023, 12, 1, tzinfo=RULES.plan.zone))
    return validate(tidy(forms, context), context, times)


def without_data() -> list[Finding]:
    """What is said of “no data” where the rules give it a meaning, and where they do not."""
    thon = copy.deepcopy(THON)
    thon["rubric"]["groups"][0]["criteria"][0]["no_data"] = "zero"
    words = {("results", code, "actual"): "Không có dữ liệu" for code in ("KT1", "VH1")}
    return findings(sent(words), rules=small_rules(thon, TRUONG))


def test_everything_that_can_be_wrong_in_a_form_is_provoked_by_these_tests() -> None:
    provoked = {each.code for each in [*everything_wrong(), *hardly_meant(), *without_data()]}
    assert provoked == set(OF_FORMS)


def recognised(file: ReceivedFile) -> Recognised:
    return recognise(file, RoundContext(RULES, YEAR_END), UnitNames(RULES))


def wrong_files(folder: Path) -> list[Finding]:
    """One file for each thing that can be wrong with a file, as far as its words speak of more than the file."""
    right = form("thon-1")
    one_for_each = {tuple(codes): (name, make) for name, (make, (_status, codes)) in hostile.FILES.items()}
    made = {name: make(right) for name, make in one_for_each.values()}
    made |= {"lớn.xlsx": b"PK" + bytes(20_000_001), "khác đuôi.xls": right, "A.csv": b"1", "a.csv": b"2"}
    inbox = drop(folder / "files", made)
    taken = [intake.take(inbox, inbox / name) for name in made]
    intake.note_alike_names(taken)
    taken.append(ReceivedFile("cấm.xlsx", reasons=[no_access(PermissionError(13, "Permission denied"))]))
    return [finding for each in taken for finding in recognised(each).findings]


def wrong_origins() -> list[Finding]:
    """Forms that belong elsewhere, by what their hidden sheet says; one by its visible sheet too."""
    forms = {key: sent() for key in ("plan", "year", "round", "form_version", "fingerprint", "unit")}
    for key, each in forms.items():
        each.form.meta[key] = "khác"
    stranger = sent({("unit", "unit_code", "value"): "thon-99"})
    stranger.form.meta["unit"] = "thon-99"
    renamed = [sent().form for _each in range(2)]
    renamed[0].named.append(Named("Tự chấm", "A4", "Thôn 2"))
    renamed[1].named.append(Named("Tự chấm", "A4", "Xóm Chùa"))
    results = RawForm({}, {"results": sent().form.tables["results"]})
    unnamed = RawForm({}, {code: sent().form.tables[code] for code in ("unit", "results")})
    several = RawForm({}, unnamed.tables, named=[Named("A", "A4", "Thôn 1"), Named("B", "A4", "Thôn 2")])
    repeated = sent().form
    repeated.repeated_facts.append("unit")
    contents = [each.form for each in (*forms.values(), stranger)]
    contents += [*renamed, results, unnamed, several, repeated]
    taken = (ReceivedFile("a.xlsx", content=each) for each in contents)
    return [finding for each in taken for finding in recognised(each).findings]


def odd_letters_and_parts() -> list[Finding]:
    """Two parts of one form; a form mailed from another unit's address, and one from an address that nobody knows; one
    whose letter was handed in long after the due time that it says it kept."""
    units = [{**unit, "email": f"{unit['code']}@xa.example"} for unit in THON["units"]]
    parts = {
        "a.xlsx": Recognised(None, [], "thon-1", ["Đơn vị"]),
        "b.xlsx": Recognised(None, [], "thon-1", ["Tự chấm"]),
    }
    files = [ReceivedFile(name, sha256=name) for name in parts]
    mailed_by = {"a.xlsx": "thon-2@xa.example", "b.xlsx": "mau@example.com"}
    rules = small_rules({**THON, "units": units}, TRUONG)
    handed_in = {"a.xlsx": Receipt(NOW, NOW + dt.timedelta(days=30), Source.SAVED_LETTER)}
    unproved = unproved_times(handed_in, {"a.xlsx": "thon-1"}, RoundContext(RULES, YEAR_END).due)
    return [*partial_forms(parts), *senders(files, parts, rules, mailed_by), *unproved]


def too_much() -> list[Finding]:
    """What is told of a paper whose texts were cut. That there are more findings is told by the frame."""
    paper = RawPaper({}, tables=[RawTable("Thôn 1", {"reason": 8}, 6, [(7, ("x" * 32_768,))])])
    file = ReceivedFile("a.xlsx", reasons=bounded(paper, DEFAULT_LIMITS))
    facts = {"n": "1", "limit": "500"}
    return [*recognised(file).findings, Finding(Code.MORE_FINDINGS, "a.xlsx", facts=facts)]


def wrong_receipts() -> list[Finding]:
    """A receipt book with every mistake."""
    rows = [
        ["Tên tệp", "Ngày nhận", "Được thay phiếu nhận trước"],
        ["lạ.xlsx", "05/12/2023"],
        ["a.xlsx", "31/02/2023"],
        ["a.xlsx", "05/12/2023"],
        ["a.xlsx", "06/12/2022", "tùy"],
    ]
    book, wrong_rows = read_book(rows, ["a.xlsx"], [], RULES.plan.zone)
    times = receipts([ReceivedFile("a.xlsx", sha256="a")], {}, book, KnownTimes({}, {}, NOW))
    return wrong_rows + unlikely(book, times, {}, YEAR_END.opens)


def older_data(paper: bytes) -> bytes:
    """The paper with an entry, and made from other forms than it was."""
    filled = fill(paper, {("Thôn 1", "TD1"): {"appraised": 1, "reason": "Theo số liệu cũ"}})
    return with_facts(filled, {f"{SHA_OF}thon-{number}": "0" * 64 for number in (1, 2, 3)})


def edited(paper: bytes, key: str, value: str) -> bytes:
    """The paper with another value in its hidden sheet."""
    book = opened(paper)
    next(row[1] for row in book[META_SHEET].iter_rows() if row[0].value == key).value = value
    return saved(book)


def wrong_papers(folder: Path) -> pd.DataFrame:
    """The findings, already in words, of papers in which everything is wrong that can be."""
    run(folder, FORMS)
    appraisal, decision = issued(folder), issued(folder, "hoi-dong/thon.xlsx")
    entries: Entries = {
        ("Thôn 1", "KT1"): {"appraised": 41, "reason": "Quá điểm chuẩn"},
        ("Thôn 1", "VH1"): {"appraised": 6},
        ("Thôn 1", "VH2"): {"appraised": 7.125, "reason": "Ba chữ số thập phân"},
        ("Thôn 2", "KT1"): {"appraised": 30, "reason": "Đơn vị đã gửi lại"},
        ("Thôn 2", "KT2"): {"criterion": "KT9", "appraised": 1, "reason": "Mã lạ"},
        ("Thôn 2", "VH1"): {"criterion": "KT1", "appraised": 1, "reason": "Hai dòng"},
        ("Thôn 3", "KT1"): {"unit": "thon-9", "appraised": 1, "reason": "Đơn vị lạ"},
        ("Thôn 3", "AN1"): {"appraised": 1, "reason": "Nay không áp dụng"},
    }
    papers = {
        "hoi-dong/sai.xlsx": fill(appraisal, entries),
        "hoi-dong/phiếu bầu.xlsx": fill(decision, {("Thôn 1", "TD1"): {"decided": 9, "votes": 10}}),
        "hoi-dong/khối lạ.xlsx": with_facts(appraisal, {"bloc": "khoi-la"}),
        "hoi-dong/sửa dấu.xlsx": edited(appraisal, "bloc", "truong"),
        "hoi-dong/dấu khác.xlsx": edited(decision, "seal", "0"),
        "hoi-dong/cũ.xlsx": older_data(appraisal),
        "đặt sai chỗ.xlsx": fill(appraisal, {("Thôn 1", "TD1"): {"appraised": 1, "reason": "Từ người lạ"}}),
        "chép.xlsx": without_hidden_sheet(appraisal, with_codes=True),
    }
    newer = {"thon-2.xlsx": form("thon-2", {"KT1": {"target": 100, "actual": 90}})}
    bloc = copy.deepcopy(THON)
    (an1,) = [each for group in bloc["rubric"]["groups"] for each in group["criteria"] if each["code"] == "AN1"]
    an1["not_for"] = ["thon-3"]
    return run(folder, FORMS | newer | papers, rules=small_rules(bloc)).outcome.findings


def waiting(folder: Path) -> pd.DataFrame:
    """The findings of a form that came after the due day, when another one counted already."""
    run(folder, FORMS)
    newer = {"lại.xlsx": form("thon-2", {"KT1": {"target": 100, "actual": 90}})}
    return run(folder, FORMS | newer, NOW + dt.timedelta(days=30)).outcome.findings


def unsealed(folder: Path) -> pd.DataFrame:
    """The findings of forms of which only one carries our seal."""
    forms = {"a.xlsx": sealed("thon-1"), "b.xlsx": FORMS["thon-2.xlsx"]}
    return run(folder, forms).outcome.findings


def same_moments(folder: Path) -> Iterator[pd.DataFrame]:
    """The findings of forms that came at the same moment, where the later one is known, and where it is not."""
    for place, files in enumerate((LATER["signing"], UNCLEAR["nothing says which"])):
        yield outcome(drop(folder / str(place) / "inbox", dict(files))).findings


def test_every_fact_that_the_words_speak_of_is_given__of_files_receipts_and_papers_too(tmp_path: Path) -> None:
    found = [*wrong_files(tmp_path), *wrong_origins(), *odd_letters_and_parts(), *wrong_receipts(), *too_much()]
    runs = [wrong_papers(tmp_path / "papers"), waiting(tmp_path / "late"), unsealed(tmp_path / "seals")]
    papers = pd.concat([*runs, *same_moments(tmp_path)])
    sentences = [*map(message, found), *papers["message"]]
    assert [words for words in sentences if "{" in words or "“”" in words] == []
    speaking = {code for code in MEMBERS if placeholders(code.entry.what) | placeholders(code.entry.remedy)}
    provoked = {each.code for each in found} | {Code(code) for code in papers["code"]}
    assert speaking - set(OF_FORMS) - provoked == set(), "provoke it here, so that its words are put together once"


def test_every_finding_of_a_form_can_be_put_into_words() -> None:
    for each in [*everything_wrong(), *hardly_meant(), *without_data()]:
        sentence = message(each)
        assert "{" not in sentence
        assert sentence.startswith(f"Trang “{each.sheet}”" if each.sheet else "Thiếu trang")
        assert sentence.endswith(".")
        assert "“”" not in sentence


def test_every_entry_is_translated_with_the_same_placeholders() -> None:
    for code in MEMBERS:
        for msgid in (code.entry.what, code.entry.remedy):
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
        "Trang “Tự chấm”, ô F12 (KT1): chưa điền nội dung. Đề nghị điền: một số; nếu không có thì ghi 0.",
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
        "Đề nghị nhập số không có dấu phân cách hàng nghìn, ví dụ: 7100.",
    ),
    (
        Finding(Code.MISSING_SHEET, "a.xlsx", facts={"sheet": "Phong trào"}),
        "Thiếu trang “Phong trào”. Đề nghị chép nội dung đã điền sang phiếu mới; không xóa trang nào của phiếu.",
    ),
    (
        Finding(Code.EMPTY_FILE, "a.xlsx"),
        "Tệp rỗng (0 byte). Nếu tệp còn đang được sao chép, đề nghị chạy lại sau khi chép xong; nếu không, đề nghị "
        "đơn vị gửi lại.",
    ),
]


@pytest.mark.parametrize(("finding", "sentence"), WORDS)
def test_a_message_says_place_then_what_was_entered_then_the_remedy(finding: Finding, sentence: str) -> None:
    assert message(finding) == sentence


def test_braces_and_long_texts_that_a_unit_typed_stay_text() -> None:
    typed = "{0} {entered} {x!r} " + "dài " * 100
    sentence = message(
        Finding(Code.NOT_A_NUMBER, "a.xlsx", sheet="S", cell="A1", entered=typed, facts={"example": "12"})
    )
    assert "“{0} {entered} {x!r} dài" in sentence
    assert len(sentence) < 300
    assert sentence.endswith("Đề nghị chỉ nhập chữ số, ví dụ: 12; số 0 nghĩa là không phát sinh.")


# --- rows -----------------------------------------------------------------------------------------------


def _at(code: Code, cell: str = "F8", **facts: str) -> Finding:
    return Finding(code, "a.xlsx", "thon-1", "Tự chấm", cell, "KT1", facts={"expected": "5", **facts})


def test_a_cell_has_each_finding_once_and_beside_a_blank_no_other() -> None:
    frame = rows(
        [
            _at(Code.TOO_LOW),
            _at(Code.TOO_LOW, expected="6"),
            _at(Code.TOO_HIGH),
            _at(Code.TOO_LOW, "F9"),
            _at(Code.TOO_LOW, "F10"),
            _at(Code.BLANK_REQUIRED, "F10"),
        ]
    )
    assert list(zip(frame["cell"], frame["code"], strict=True)) == [
        ("F8", "too-low"),
        ("F8", "too-high"),
        ("F9", "too-low"),
        ("F10", "blank-required"),
    ]


def test_without_a_cell_findings_that_speak_of_different_things_are_different() -> None:
    frame = rows(
        [
            _at(Code.MISSING_COLUMN, "", column="Mã"),
            _at(Code.MISSING_COLUMN, "", column="Chỉ tiêu"),
            _at(Code.MISSING_COLUMN, "", column="Mã"),
        ]
    )
    assert frame["message"].str.extract("“([^”]*)” *[.]|cột “([^”]*)”")[1].tolist() == ["Mã", "Chỉ tiêu"]


def test_a_findings_own_severity_outweighs_the_catalogues() -> None:
    mild = Finding(Code.MISSING_ROW, "a.xlsx", facts={"name": "T2"}, severity=Severity.WARNING)
    grave = Finding(Code.MISSING_ROW, "b.xlsx", facts={"name": "T2"})
    assert rows([mild, grave])["severity"].tolist() == ["warning", "error"]


def test_no_findings_make_an_empty_frame_with_all_columns() -> None:
    frame = rows([])
    assert (len(frame), list(frame.columns)[:3]) == (0, ["file", "unit", "sheet"])


def test_of_a_file_with_very_many_findings_the_gravest_are_listed_and_how_many_more_there_are() -> None:
    found = [
        *(_at(Code.NUMBER_AMBIGUOUS, f"F{row}", read="1", other="2", example="1") for row in range(8, 14)),
        *(_at(Code.TOO_LOW, f"F{row}") for row in range(14, 16)),
    ]
    other = Finding(Code.EMPTY_FILE, "z.xlsx")
    frame = rows([*found, other], most=3)
    assert list(zip(frame["file"], frame["cell"], strict=True)) == [
        ("a.xlsx", "F8"),
        ("a.xlsx", ""),
        ("a.xlsx", "F14"),
        ("a.xlsx", "F15"),
        ("z.xlsx", ""),
    ]
    assert frame["message"][1].startswith("Còn 5 điểm khác")
