"""A form that says one thing here and another there is told so, and who is proposed twice is found."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest

from pipeline.checking.tidying import tidy
from pipeline.checking.validation import validate
from pipeline.findings.finding import Finding, Severity, message
from pipeline.forms.declared import TABLE, sheet_title
from pipeline.rules.awards import Awards
from pipeline.rules.round_context import RoundContext
from pipeline.rules.yaml_file import RuleFilesWrong
from pipeline.rules.year import Rules, load_rules
from pipeline.run import assess, publish
from tests import small
from tests.filled import NOW, drop
from tests.places import ROOT
from tests.returned import RULES, YEAR_END, Place, at, cell, content, finding_places, findings, opened, saved, sent

T1 = ("results", "T1", "actual")
PERSON = {"position": "Nông dân", "role": "Trực tiếp lao động, công tác", "achievement": "Hiến đất"}
COMMENDATION, SECOND = "Giấy khen của Chủ tịch UBND xã", "Giấy khen của Chủ tịch UBND huyện"
TITLE, HIGHER = "Danh hiệu Lao động tiên tiến", "Danh hiệu Chiến sĩ thi đua cơ sở"


def counting(sheet: str) -> Rules:
    """The small year, in which T1 counts the rows of that sheet."""
    thon = copy.deepcopy(small.THON)
    next(each for each in thon["rubric"]["groups"][2]["criteria"] if each["code"] == "T1")["counts"] = sheet
    return small.rules(thon, small.TRUONG)


def person(row: int, name: str, award: str = COMMENDATION, position: str = "Nông dân") -> dict[Place, Any]:
    entered = {**PERSON, "name": name, "award": award, "position": position}
    return {("individual_awards", row, field): value for field, value in entered.items()}


def model(row: int, name: str = "Đèn đường") -> dict[Place, Any]:
    entered = {"kind": "Công trình", "name": name, "content": "Lắp đèn"}
    return {("models", row, field): value for field, value in entered.items()}


# --- numbers claimed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("claimed", "told"), [("", False), (0, False), (1, False), (2, True), (3, True)])
def test_more_models_claimed_than_listed(claimed: Any, told: bool) -> None:
    """One is listed."""
    assert finding_places(sent({T1: claimed}), rules=counting("models")) == [at(T1, "count-differs")] * told


def test_models_claimed_are_those_listed_or_fill_the_sheet() -> None:
    rows = {place: value for row in (2, 3) for place, value in model(row).items()}
    assert finding_places(sent({T1: 3} | rows), rules=counting("models")) == []
    full = {place: value for row in range(2, 6) for place, value in model(row).items()}
    assert finding_places(sent({T1: 7} | full), rules=counting("models")) == []


def test_movements_claimed_against_a_sheet_that_says_nothing() -> None:
    rules, activities = counting("movements"), ("movements", "PT1", "activities")
    people = ("movements", "PT1", "participants")
    assert finding_places(sent({T1: 1}), rules=rules) == []
    for nothing in ("", "Không có", "-"):
        form = sent({T1: 1, activities: nothing, people: ""})
        noted = [] if not nothing else [at(activities, "says-none")]
        assert finding_places(form, rules=rules) == [*noted, at(T1, "count-differs")]
    (found,) = findings(sent({T1: 2}), rules=rules)
    assert message(found) == (
        f"Trang “Tự chấm”, ô {at(T1, '')[1]} (T1): kết quả ghi 2, nhưng trang “Phong trào” chỉ kê 1. "
        "Đề nghị kê đủ ở trang “Phong trào”, hoặc sửa lại số này."
    )


def test_a_sheet_that_is_missing_is_told_alone() -> None:
    form = sent({T1: 2})
    del form.form.tables["movements"]
    assert [each.code.value for each in findings(form, rules=counting("movements"))] == ["missing-sheet"]


def test_what_a_criterion_counts_changes_no_form() -> None:
    """Forms that are out when the key is written stay forms of these rules."""
    rules = counting("models")
    assert rules.fingerprint(rules.blocs[0], YEAR_END) == RULES.fingerprint(RULES.blocs[0], YEAR_END)


def test_only_a_criterion_with_a_number_counts_rows(tmp_path: Any) -> None:
    def change(data: Any) -> Any:
        if data.get("code") == "thon":
            data = copy.deepcopy(data)
            for each in data["rubric"]["groups"][2]["criteria"]:
                each["counts"] = "models"
        return data

    with pytest.raises(RuleFilesWrong) as caught:
        load_rules(small.write_year(tmp_path / "2023", change))
    (problem,) = caught.value.problems
    assert "T2" in problem.what
    assert "counts" in problem.remedy


def test_the_samples_rules_say_what_counts_what() -> None:
    for bloc in load_rules(ROOT / "rules" / "2023").blocs:
        counts = {code: each.counts for code, (_group, each) in bloc.rubric.criteria.items() if each.counts}
        assert counts == {"MH1": "models", "MH3": "movements"}


# --- units that are not ranked ------------------------------------------------------------------------


def collective(award: str) -> dict[Place, Any]:
    entered = {"name": "Tập thể Thôn 1", "award": award, "achievement": "Hoàn thành tốt"}
    return {("collective_awards", 1, field): value for field, value in entered.items()}


@pytest.mark.parametrize(
    ("answer", "award", "told"),
    [
        ("Cảnh cáo trở lên", "Tập thể Lao động tiên tiến", True),
        ("Cảnh cáo trở lên", "Giấy khen", False),
        ("Khiển trách", "Tập thể Lao động tiên tiến", False),
        ("", "Tập thể Lao động tiên tiến", False),
    ],
)
def test_a_title_for_a_unit_that_its_own_answer_excludes(answer: str, award: str, told: bool) -> None:
    form = sent({("results", "P2", "actual"): answer} | collective(award))
    place = ("collective_awards", 1, "award")
    expected = [at(place, "title-though-excluded")] * told
    assert finding_places(form, rules=with_awards()) == expected


# --- persons ------------------------------------------------------------------------------------------


def with_awards() -> Rules:
    """The small year with two titles and two commendations for persons, and a commendation for collectives."""
    template = small.AWARDS["awards"][0]
    more = [
        {**template, "code": "GK-TT", "name": "Giấy khen", "kind": "commendation"},
        {**template, "code": "GK2-CN", "name": SECOND, "kind": "commendation", "for": "individual"},
        {**template, "code": "LDTT", "name": TITLE, "for": "individual"},
        {**template, "code": "CSTD", "name": HIGHER, "for": "individual"},
    ]
    rules = small.rules()
    awards = Awards.model_validate({"awards": [*small.AWARDS["awards"], *more]})
    return Rules(rules.folder, rules.plan, awards, rules.blocs, (), bloc_files=rules.bloc_files)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (COMMENDATION, COMMENDATION, True),
        (COMMENDATION, SECOND, True),
        (TITLE, TITLE, True),
        (TITLE, HIGHER, False),  # the first is a condition of the second
        (TITLE, COMMENDATION, False),
    ],
)
def test_a_person_proposed_twice_in_one_form(first: str, second: str, told: bool) -> None:
    form = sent(person(1, "Lê Văn Hòa", first) | person(2, "lê văn  Hoà ", second, "Trưởng thôn"))
    expected = [at(("individual_awards", 2, "name"), "person-twice")] * told
    assert finding_places(form, rules=with_awards()) == expected


def test_persons_whose_names_differ_in_one_mark_are_two() -> None:
    assert findings(sent(person(1, "Lê Văn Hoà") | person(2, "Lê Văn Hoa"))) == []


def test_a_person_whom_two_units_propose_is_told_to_the_officer_alone() -> None:
    forms = [sent(person(1, "Lê Văn Hoà"), "thon-1"), sent(person(1, "LÊ VĂN HÒA", position="nông dân"), "thon-2")]
    found = findings(*forms)
    assert [(each.unit, each.cell, each.code.value, each.facts) for each in found] == [
        ("thon-1", "B7", "person-elsewhere", {"other": "Thôn 2"}),
        ("thon-2", "B7", "person-elsewhere", {"other": "Thôn 1"}),
    ]
    assert {each.weight() for each in found} == {Severity.WARNING}
    assert all(each.code.entry.to_officer and "Hoà" not in message(each) for each in found)


def test_what_goes_back_to_a_unit_does_not_speak_of_another_units_persons(tmp_path: Any) -> None:
    """Thôn 1 has something else to look at, so that its form goes back marked; that of Thôn 2 does not."""
    target, cost = ("results", "KT1", "target"), ("results", "KT1", "actual")
    inbox = {f"thon-{n}.xlsx": proposing("Lê Văn Hoà", n, {target: 10, cost: 400 if n == 1 else 10}) for n in (1, 2)}
    context, ledger = RoundContext(RULES, YEAR_END), tmp_path / "ledger"
    found = assess(context, drop(tmp_path / "inbox", inbox), ledger, NOW)
    publish(found, tmp_path / "outbox", ledger, NOW)
    assert found.outcome.findings["code"].tolist() == ["far-from-target", "person-elsewhere", "person-elsewhere"]
    (back,) = (tmp_path / "outbox" / "phan-hoi").glob("*.xlsx")
    cells = [str(cell.value) for sheet in opened(back.read_bytes()) for line in sheet.iter_rows() for cell in line]
    assert "Thôn 1" in cells
    assert not any("Thôn 2" in text or "trùng họ tên" in text for text in cells)


def proposing(name: str, n: int, changes: dict[Place, Any]) -> bytes:
    """The form of the unit of that number as a file."""
    book = opened(content(f"thon-{n}"))
    for place, value in (person(1, name) | changes).items():
        book[sheet_title(TABLE[place[0]])][cell(place)].value = value
    return saved(book)


def test_persons_of_one_name_in_other_positions_are_noted() -> None:
    forms = [sent(person(1, "Lê Văn Hoà"), "thon-1"), sent(person(1, "Lê Văn Hoà", position="Giáo viên"), "thon-2")]
    assert [(each.unit, each.weight()) for each in findings(*forms)] == [
        ("thon-1", Severity.NOTE),
        ("thon-2", Severity.NOTE),
    ]


def test_a_person_whom_a_newer_file_no_longer_proposes_is_not_looked_for() -> None:
    forms = [
        sent(person(1, "Lê Văn Hoà"), "thon-1", "1.xlsx"),
        sent(person(1, "Trần Văn Mới"), "thon-1", "1 sửa.xlsx"),
        sent(person(1, "Lê Văn Hoà"), "thon-2", "2.xlsx"),
    ]
    came = dt.datetime(2023, 12, 6, tzinfo=RULES.plan.zone)
    context, times = (
        RoundContext(RULES, YEAR_END),
        {"1.xlsx": came, "1 sửa.xlsx": came + dt.timedelta(1), "2.xlsx": came},
    )
    assert found_codes(validate(tidy(forms, context), context, times)) == []
    assert len(validate(tidy(forms, context), context)) == 2


def found_codes(found: list[Finding]) -> list[str]:
    return [each.code.value for each in found]
