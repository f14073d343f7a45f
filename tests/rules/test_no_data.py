"""“No data” in place of a number: through form, points, ranking, papers and workbooks, by hand and by LibreOffice."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from pipeline.rubric_workbook import editing, trial
from pipeline.rubric_workbook.writing import write_rubric
from pipeline.rules.rubric_faults import bloc_faults
from pipeline.rules.words import rule_words
from pipeline.rules.year import Rules, load_rules
from pipeline.run import Assessment
from pipeline.screens.explain import explain
from pipeline.screens.why_not import show_why_not
from tests import linked, small
from tests.columns import COLUMN, at
from tests.libreoffice import convert, needs_libreoffice
from tests.linked import criterion, group
from tests.papers import fill, issued, places_of, run
from tests.rules.test_links import by_unit, column, standings, words_of
from tests.screens.test_explain import printed

Year = tuple[Assessment, Path]

INPUTS = [{"code": "TH", "name": "Đã làm", "unit": "việc"}, {"code": "TS", "name": "Tổng số", "unit": "việc"}]
GROUPS = [
    group(
        "I",
        60,
        [
            criterion("A1", 30, "ratio", {"zero_target": "none"}, target=100, no_data="zero"),
            criterion("A2", 20, "ratio", {"zero_target": "none"}, target=10, no_data="left_out"),
            criterion("A3", 10, "relative", no_data="left_out"),
        ],
    ),
    group(
        "II",
        40,
        [
            criterion("B1", 30, "formula", {"formula": "=30*TH/TS"}, inputs=INPUTS, no_data="left_out"),
            criterion("B2", 10, "ratio", {"zero_target": "none"}, target=5, no_data="not_ranked"),
        ],
    ),
    group(
        "V",
        5,
        [
            criterion("V1", 3, "yes_no", only_if={"criterion": "A2"}),
            criterion("V2", 2, "over_target_bonus", {"zero_target": "none"}, of="A1"),
        ],
        "bonus",
    ),
]
BLOC: dict[str, Any] = {
    "code": "khoi",
    "name": "Khối mẫu",
    "units": [{"code": code, "name": f"Đơn vị {code.upper()}"} for code in "abcde"],
    "rubric": {
        "total": 100,
        "groups": GROUPS,
        "classification": [{"name": "Tốt", "from": 60, "each_group": 50}, {"name": "Khá", "from": 0}],
    },
}
RULES: Rules = small.rules(BLOC)
ENTERED: dict[str, dict[str, dict[str, Any]]] = {
    unit: {
        code: {"actual": value}
        for code, value in zip(("A1", "A2", "A3", "B1.TH", "B1.TS", "B2", "V1"), row, strict=True)
    }
    for unit, row in {
        "a": (90, 8, 30, 45, 50, 5, "Có"),
        "b": ("KCDL", 10, 50, 50, 50, 4, "Có"),
        "c": (50, "Không có dữ liệu", "kcdl", 10, "KCDL", 5, "Có"),
        "d": (50, 10, 25, 25, 50, "không có số liệu", "Không"),
    }.items()
}
FORMS = {f"{unit}.xlsx": linked.form(unit, RULES, entered) for unit, entered in ENTERED.items()}

POINTS = {
    # A3 is measured by the best, 50. V1 only if A2 has its 20 points; A2 of c does not count, and hinders nothing.
    #    A1  A2 A3 B1 B2 V1 V2
    "a": [27, 16, 6, 27, 10, 0, 0],
    "b": [0, 20, 10, 30, 8, 3, 0],
    "c": [15, 0, 0, 0, 10, 3, 0],
    "d": [15, 20, 5, 15, 0, 0, 0],
}
STANDINGS = [
    ("a", 86.0, 0.0, 0.0, 86.0, 1, "Tốt"),
    ("b", 68.0, 3.0, 0.0, 71.0, 2, "Tốt"),  # 30 of 60 in group I is the half that the class asks for
    ("c", 62.5, 3.0, 0.0, 65.5, 3, "Tốt"),  # 15 + 10 = 25 of the 40 that count; 15 of 30 in group I is half
]
WHY_NOT = "Điểm chuẩn / Đơn vị C: Áp dụng 40 trong 100 điểm chuẩn: 25 × 100 / 40 = 62,5"
ZERO = "không có dữ liệu: 0 điểm theo quy định"
LEFT_OUT = "không có dữ liệu: không tính tiêu chí này, điểm chuẩn của tiêu chí được đưa ra khỏi mẫu số"
NOT_RANKED = "không có dữ liệu: đơn vị không được xếp hạng theo quy định"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder = tmp_path_factory.mktemp("year")
    return run(folder, FORMS, rules=RULES), folder


# --- read, scored, ranked -----------------------------------------------------------------------------


def test_it_is_taken_as_such_at_its_cell(year: Year) -> None:
    findings = year[0].outcome.findings
    assert list(zip(findings["unit"], findings["criterion"], findings["code"], strict=True)) == [
        ("b", "A1", "no-data"),
        ("c", "A2", "no-data"),
        ("c", "A3", "no-data"),
        ("c", "B1.TS", "no-data"),
        ("d", "B2", "no-data"),
    ]
    assert list(year[0].outcome.roster["state"]) == ["sent"] * 4 + ["not_sent"]


def test_points(year: Year) -> None:
    assert by_unit(year[0].outcome.scores) == POINTS
    assert by_unit(year[0].outcome.scores, "max_points")["c"] == [30, 0, 0, 0, 10, 3, 2]


def test_totals_ranks_and_classes(year: Year) -> None:
    found = year[0].outcome.standings
    assert standings(found) == STANDINGS
    unranked = dict(zip(column(found, "unit"), column(found, "exclusion"), strict=True))
    assert unranked["d"] == "Không có dữ liệu ở tiêu chí B2 (Tiêu chí B2)"


def test_why_in_words(year: Year) -> None:
    words = words_of(year[0].outcome.scores)
    assert [words["b", "A1"], words["c", "A2"], words["c", "B1"], words["d", "B2"]] == [
        ZERO,
        LEFT_OUT,
        LEFT_OUT,
        NOT_RANKED,
    ]
    assert words["b", "V2"] == ZERO  # takes the result of A1, which is none
    sentences, _rows = printed(explain, year[0].outcome, "c", None)
    assert "Áp dụng 40 trong 100 điểm chuẩn: 25 × 100 / 40 = 62,5" in sentences
    sentences, _rows = printed(explain, year[0].outcome, "c", "B1")
    _sentences, rows = printed(show_why_not, year[0].outcome, "c")
    assert ("", "68", "62,5", "+5,5", WHY_NOT) in rows
    assert any(sentence.startswith("Tổng số – TS = Không có dữ liệu: tệp c.xlsx") for sentence in sentences)


def test_the_rules_in_words() -> None:
    rubric = RULES.blocs[0].rubric
    words = {code: rule_words(rubric, each, 2) for code, (_group, each) in rubric.criteria.items()}
    assert words["A1"].endswith("; " + ZERO)
    assert words["A2"].endswith("; " + LEFT_OUT)
    assert words["B2"].endswith("; " + NOT_RANKED)


# --- the form -----------------------------------------------------------------------------------------


def test_the_form_computes_it_too() -> None:
    shown = {}
    for name, content in FORMS.items():
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Tự chấm").to_python()
        shown[name[0]] = rows[-1][COLUMN["computed"]]
    # A3 compares units, so the form leaves it out: 86 - 6, 71 - 10, 25 of 40 and 3, 55 - 5.
    assert shown == {"a": 80, "b": 61, "c": 65.5, "d": 50}


def test_a_cell_accepts_a_number_within_its_bounds__or_these_words() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(FORMS["a.xlsx"]))["Tự chấm"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "A1")
    rules = {str(each.sqref): each for each in sheet.data_validations.dataValidation}
    rule = rules[at("actual", row)]
    assert rule.type == "custom"
    assert len(rule.formula1) <= 255
    cell = at("actual", row)
    assert rule.formula1 == (
        f'IF(ISNUMBER({cell}),AND({cell}>=0),OR({cell}="Không có dữ liệu",{cell}="No data",{cell}="KCDL",'
        f'{cell}="Không có số liệu"))'
    )
    assert rule.prompt.endswith("Nếu không có dữ liệu thì ghi “Không có dữ liệu”.")
    assert "Nếu không có dữ liệu thì ghi “Không có dữ liệu”." in rule.error


# --- where it is not allowed --------------------------------------------------------------------------


def test_a_rubric_that_says_nothing_of_it_sends_the_form_back(tmp_path: Path) -> None:
    entered = {**linked.ENTERED["a"], "KT2": {"actual": "KCDL"}}
    found = run(tmp_path, {"a.xlsx": linked.form("a", linked.RULES, entered)}, rules=linked.RULES).outcome
    (message,) = column(found.findings, "message")
    assert list(found.findings["code"]) == ["no-data-not-allowed"]
    assert "không ghi 0" in message
    assert "hỏi cơ quan phát hành phiếu" in message
    assert found.register["status"].tolist() == ["returned"]


def test_what_check_says_of_a_rule_that_makes_no_sense() -> None:
    groups = [
        group(
            "I",
            100,
            [criterion("A1", 60, "yes_no", no_data="zero"), criterion("A2", 40, "ratio", {"zero_target": "none"})],
        ),
        group(
            "V",
            5,
            [
                criterion("V1", 3, "ratio", {"zero_target": "none"}, no_data="left_out"),
                criterion("V2", 2, "over_target_bonus", {"zero_target": "none"}, of="A2", no_data="zero"),
            ],
            "bonus",
        ),
    ]
    rules = small.rules({**BLOC, "rubric": {**BLOC["rubric"], "groups": groups}})
    found = {fault.path: fault.remedy for fault in bloc_faults(rules.blocs[0], 2)}
    where = ("rubric", "groups")
    assert found == {
        (*where, 0, "criteria", 0, "no_data"): "bỏ no_data; có thể thêm một mức riêng cho trường hợp không có dữ liệu",
        (*where, 1, "criteria", 0, "no_data"): "ghi no_data: zero",
        (*where, 1, "criteria", 1, "no_data"): "ghi no_data cả ở A2",
    }


# --- people -------------------------------------------------------------------------------------------


def test_people_give_no_points_in_what_does_not_count(year: Year, tmp_path: Path) -> None:
    paper = issued(year[1], "tham-dinh/khoi.xlsx")
    entries = {
        ("Đơn vị C", "A2"): {"appraised": 20, "reason": "Có số liệu"},
        ("Đơn vị B", "A1"): {"appraised": 30, "reason": "Có số liệu"},
    }
    outcome = run(tmp_path, FORMS | {"hoi-dong/tham-dinh.xlsx": fill(paper, entries)}, rules=RULES).outcome
    judged = outcome.findings[outcome.findings["code"].str.startswith("paper")]
    assert list(zip(judged["unit"], judged["criterion"], judged["code"], strict=True)) == [("c", "A2", "paper-closed")]
    assert by_unit(outcome.scores)["b"] == [30, *POINTS["b"][1:]]
    sheet = openpyxl.load_workbook(io.BytesIO(paper))["Đơn vị C"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "A2")
    assert sheet.cell(row, places_of(sheet)["actual"]).value == "Không có dữ liệu"
    assert sheet.cell(row, places_of(sheet)["appraised"]).protection.locked


# --- LibreOffice --------------------------------------------------------------------------------------


def values(file: Path) -> list[list[list[Any]]]:
    book = CalamineWorkbook.from_path(file)
    return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]


@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_what_libreoffice_recalculates_is_what_we_wrote(year: Year, tmp_path: Path) -> None:
    """Ranking, papers and forms; and the ranking where c and d now have data, and a has none."""
    out = year[1] / "out"
    sources = {"x.xlsx": out / "xep-hang.xlsx", "t.xlsx": out / "tham-dinh" / "khoi.xlsx"}
    files = [tmp_path / name for name in (*sources, *FORMS)]
    for file in files:
        file.write_bytes(sources[file.name].read_bytes() if file.name in sources else FORMS[file.name])
    changed = with_other_entries(out / "xep-hang.xlsx", tmp_path / "changed.xlsx")
    *unchanged, followed = convert([*files, changed], "xlsx", tmp_path / "lo")
    for file, saved in zip(files, unchanged, strict=True):
        assert values(saved) == values(file), file.name
    assert ranking(followed) == {
        "Đơn vị A": (90.5, 1, "Tốt"),  # 27 + 6 + 27 + 10 = 70 of 80 are 87.5; A2 does not count, and hinders V1 no more
        "Đơn vị C": (78, 2, "Tốt"),  # 15 + 20 + 10 = 45 of 60 are 75; A2 has its 20 points: 3 for V1
        "Đơn vị B": (71, 3, "Tốt"),
        "Đơn vị D": (56.25, 4, "Khá"),  # 15 + 5 + 15 + 10 = 45 of 80; it has data in B2, and a rank
        "Đơn vị E": ("", "", "Không xếp loại"),
    }


POINTS_SHEET = "Điểm – Khối mẫu"


def with_other_entries(source: Path, target: Path) -> Path:
    """The ranking workbook, where a and d have no data in A2, c has some, and d has some in B2."""
    book = openpyxl.load_workbook(source)
    sheet = book[POINTS_SHEET]
    rows = {str(row[1].value): row for row in sheet.iter_rows()}
    none = "Không có dữ liệu"
    for unit, before, place, after in (
        ("A", 8, 0, "KCDL"),
        ("D", 10, 1, "KCDL"),
        ("D", none, 0, 5),
        ("C", none, 0, 10),
    ):
        [cell for cell in rows[f"Đơn vị {unit}"] if cell.value == before][place].value = after
    book.save(target)
    return target


def ranking(file: Path) -> dict[str, Any]:
    """Unit -> total, rank, class."""
    rows = CalamineWorkbook.from_path(file).get_sheet_by_name(POINTS_SHEET).to_python(skip_empty_area=False)
    headings = next(row for row in rows if "TỔNG ĐIỂM" in row)
    places = [headings.index(title) for title in ("TỔNG ĐIỂM", "Hạng", "Xếp loại")]
    return {str(row[1]): tuple(row[place] for place in places) for row in rows if str(row[1]).startswith("Đơn vị ")}


# --- the rubric as a workbook ---------------------------------------------------------------------------


def test_the_rubric_goes_out_as_a_workbook_and_comes_back(tmp_path: Path) -> None:
    folder = small.write_year(tmp_path / "2023")
    (folder / "blocs" / "khoi.yaml").write_text(json.dumps(BLOC, ensure_ascii=False, indent=1), encoding="utf-8")
    rules, file = load_rules(folder), tmp_path / "khoi.xlsx"
    write_rubric(file, rules, rules.bloc("khoi"))
    assert editing.plan_edit(file, rules).changes == ()
    book = openpyxl.load_workbook(file)
    (cell,) = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == "không xếp hạng đơn vị"
    ]
    cell.value = "đưa ra khỏi mẫu số"
    book.save(file)
    (change,) = editing.plan_edit(file, rules).changes
    assert (change.entry.criterion, change.value) == ("B2", "left_out")


def test_results_can_be_tried_out_with_it() -> None:
    tried = trial.try_out(trial.criterion_of(RULES.blocs[0], "A1", 2), [], ["90", "KCDL"])
    assert [(each.points, each.choice) for each in tried] == [(27, ""), (0, "Không có dữ liệu")]
    assert tried[1].words == ZERO


def test_no_evidence_is_asked_for_where_there_are_no_data(tmp_path: Path) -> None:
    groups = [group("I", 100, [criterion("A1", 100, "per_case", {"each": 1}, evidence=True, no_data="zero")])]
    rules = small.rules({**BLOC, "rubric": {**BLOC["rubric"], "groups": groups}})
    content = linked.form("a", rules, {"A1": {"actual": "KCDL"}})
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Tự chấm"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "A1")
    assert sheet[at("actual", row)].value == "KCDL"
    found = run(tmp_path, {"a.xlsx": content}, rules=rules).outcome
    assert list(found.findings["code"]) == ["no-data"]
    assert list(found.register["status"]) == ["accepted"]
