"""The rubric's workbook and the preview for criteria with named inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from pipeline.errors import UserFault
from pipeline.rubric_workbook import editing, trial
from pipeline.rubric_workbook.reading import WorkbookWrong, read_rubric
from pipeline.rubric_workbook.writing import write_rubric
from pipeline.rules.year import load_rules
from pipeline.screens.rulediff import differences
from tests import phong, small
from tests.libreoffice import convert, needs_libreoffice

marked, skipped = needs_libreoffice


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """The small year with the bloc of inputs alone, as rule files."""
    folder = tmp_path / "2023"
    (folder / "blocs").mkdir(parents=True)
    for name, content in {"plan": small.PLAN, "awards": small.AWARDS, "blocs/phong": phong.PHONG}.items():
        text = json.dumps(content, ensure_ascii=False, indent=1)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def exported(year: Path) -> Path:
    rules = load_rules(year)
    write_rubric(year / "phong.xlsx", rules, rules.bloc("phong"))
    return year / "phong.xlsx"


def typed(file: Path, **entered: Any) -> Path:
    """Type values at addresses, whose parts are joined with ``__``."""
    cells = {"__".join(address[4:]): cell for address, cell in read_rubric(file).cells.items()}
    book = openpyxl.load_workbook(file)
    for wanted, value in entered.items():
        book[cells[wanted].sheet][cells[wanted].name] = value
    book.save(file)
    return file


def test_out_and_back_changes_nothing(year: Path) -> None:
    assert editing.plan_edit(exported(year), load_rules(year)).changes == ()


def test_an_input_and_a_rule_changed_in_the_workbook_change_the_rule_file(year: Path) -> None:
    file = typed(
        exported(year),
        DD1__inputs__CTK__name="Chậm lập kế hoạch",
        DD1__score__rules__0__at_most=2,
        HS1__score__classes__1__bands__2__points=4.75,
        T1__score__options__1__when="AND(HO>=99, CH>=96)",
        CL1__inputs__TD__high=None,
        DD1__score__rules__1__input="KN",
    )
    with pytest.raises(WorkbookWrong) as wrong:
        editing.plan_edit(file, load_rules(year))
    assert [fault.what for fault in wrong.value.faults] == ["số liệu TD chưa nói mức cao nhất có thể đạt"]

    edit = editing.plan_edit(typed(file, CL1__inputs__TD__high=10), load_rules(year))
    assert [(change.entry.address[4:], str(change.value)) for change in edit.changes] == [
        (("DD1", "inputs", "CTK", "name"), "Chậm lập kế hoạch"),
        (("DD1", "score", "rules", "0", "at_most"), "2"),
        (("HS1", "score", "classes", "1", "bands", "2", "points"), "4.75"),
        (("T1", "score", "options", "1", "when"), "AND(HO>=99, CH>=96)"),
    ]
    editing.apply_edit(edit)
    criterion = load_rules(year).bloc("phong").rubric.criteria["DD1"][1]
    assert criterion.inputs[0].name == "Chậm lập kế hoạch"


def test_what_is_wrong_with_an_input_is_told_at_its_cell(year: Path) -> None:
    file = typed(exported(year), CL1__inputs__TD__low=11)
    cell = {"/".join(address): cell for address, cell in read_rubric(file).cells.items()}
    at = cell["rubric/groups/I/criteria/CL1/inputs/TD/high"]
    with pytest.raises(WorkbookWrong) as wrong:
        editing.plan_edit(file, load_rules(year))
    assert [(fault.sheet, fault.cell, fault.what) for fault in wrong.value.faults] == [
        (at.sheet, at.name, "giá trị high 10 không lớn hơn low 11")
    ]


def test_an_input_is_changed_by_its_code_in_a_year_that_builds_on_the_last(year: Path) -> None:
    criterion = {
        "code": "DD1",
        "inputs": [{"code": "CTK", "name": "Chậm lập kế hoạch"}, {"code": "BC", "name": "Báo cáo chậm", "whole": True}],
        "score": {"method": "tally", "start": "full", "rules": [{"input": code, "each": -1} for code in ("CTK", "BC")]},
        "remove": ["KN"],
    }
    group = {"code": "I", "criteria": [criterion]}
    bloc = {"extends": "../../2023/blocs", "rubric": {"groups": [group], "remove": ["T2"]}}
    files = {
        "plan": {
            **small.PLAN,
            "year": 2024,
            "rounds": [{**small.PLAN["rounds"][1], "opens": "2024-11-15", "due": "2024-12-10"}],
        },
        "awards": small.AWARDS,
        "blocs/phong": bloc,
    }
    folder = year.parent / "2024"
    (folder / "blocs").mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    rules = load_rules(folder)
    inputs = rules.bloc("phong").rubric.criteria["DD1"][1].inputs
    assert [(each.code, each.name, each.unit) for each in inputs] == [
        ("CTK", "Chậm lập kế hoạch", "trường hợp"),
        ("BC", "Báo cáo chậm", ""),
    ]
    (extended,) = (each for each in rules.extended if each.file.name == "phong.yaml")
    assert [tuple(each)[:2] for each in differences(extended, 2)] == [
        ("DD1", "score"),
        ("DD1.CTK", "name"),
        ("DD1.BC", "thêm mới"),
        ("DD1.KN", "bỏ"),
        ("T2", "bỏ"),
    ]


@marked
@skipped
def test_the_sheet_for_trying_out_takes_inputs(year: Path) -> None:
    """Typed as Phòng A has them, they give its points."""
    file = exported(year)
    book = openpyxl.load_workbook(file)
    sheet = book["Thử điểm"]
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=6)}
    for code, value in phong.ENTERED["phong-a"].items():
        sheet.cell(rows[code], 6).value = value
    book.save(file)
    (saved,) = convert(file, "xlsx", year / "saved")
    table = CalamineWorkbook.from_path(saved).get_sheet_by_name("Thử điểm").to_python(skip_empty_area=False)
    points = {row[0]: row[6] for row in table}
    assert {code: points[code] for code in phong.POINTS["phong-a"]} == phong.POINTS["phong-a"]
    assert table[-1][6] == phong.TOTALS["phong-a"]


def tried(code: str, *inputs: str) -> list[tuple[str, float]]:
    bloc = phong.rules().bloc("phong")
    trials = trial.try_out(trial.criterion_of(bloc, code, 2), (), (), inputs)
    return [("; ".join(each.shown for each in one.inputs), one.points) for one in trials]


def test_the_preview_takes_every_combination_of_inputs() -> None:
    assert tried("DD1", "CTK=0", "ctk=4", "KN=có", "KN=Không") == [
        ("CTK = 0; KN = Có", 9),
        ("CTK = 0; KN = Không", 10),
        ("CTK = 4; KN = Có", 7.5),
        ("CTK = 4; KN = Không", 8.5),
    ]
    assert tried("T1", "HO=99,5") == [("HO = 99,5; CH = –", 1)]


def test_a_preview_without_its_inputs_says_what_to_give() -> None:
    with pytest.raises(UserFault) as missing:
        tried("DD1")
    assert missing.value.remedy == "Đề nghị cho một hoặc nhiều giá trị: --input CTK=1"
    with pytest.raises(UserFault) as unknown:
        tried("DD1", "XX=1")
    assert unknown.value.message == "tiêu chí DD1 không có số liệu XX"
    assert unknown.value.remedy == "Đề nghị chọn một trong các mã: CTK, KN"
