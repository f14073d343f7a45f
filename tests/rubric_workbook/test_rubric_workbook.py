"""The rubric's workbook: out and back without a change, with changes, with faults; and what results would give.

Values are expected as the small year's rule file states them; formulas are judged by LibreOffice.
"""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline import i18n
from pipeline.errors import UserFault
from pipeline.methods.inputs import Takes
from pipeline.rubric_workbook import editing, trial
from pipeline.rubric_workbook.reading import WorkbookWrong, read_rubric
from pipeline.rubric_workbook.ruletext import replace_value
from pipeline.rubric_workbook.writing import write_rubric
from pipeline.rules.year import load_rules
from tests.libreoffice import convert, needs_libreoffice, recalculated
from tests.places import RULES_2023

BLOCS = ("chuyen-mon", "doan-the", "thon", "truong-hoc")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use_language("en")
    yield
    i18n.use_language(i18n.DEFAULT_LANGUAGE)


@pytest.fixture
def all_blocs(tmp_path: Path) -> Path:
    """A copy of the sample year, to be changed."""
    return Path(shutil.copytree(RULES_2023, tmp_path / "2023"))


@pytest.fixture
def year(all_blocs: Path) -> Path:
    """The same with one bloc alone, which is quicker."""
    for bloc in BLOCS:
        if bloc != "thon":
            (all_blocs / "blocs" / f"{bloc}.yaml").unlink()
    return all_blocs


def exported(year: Path, bloc: str = "thon") -> Path:
    file = year.parent / f"{bloc}.xlsx"
    of = load_rules(year)
    write_rubric(file, of, of.bloc(bloc))
    return file


def typed(file: Path, entered: dict[str, Any]) -> dict[str, str]:
    """Type values at addresses (``KT1/points``), as a person would; the cell of each."""
    cells = {}
    returned = read_rubric(file)
    book = openpyxl.load_workbook(file)
    for wanted, value in entered.items():
        found = [cell for address, cell in returned.cells.items() if "/".join(address).endswith(f"/{wanted}")]
        assert len(found) == 1, wanted
        book[found[0].sheet][found[0].name] = value
        cells[wanted] = f"{found[0].sheet}!{found[0].name}"
    book.save(file)
    return cells


def faults(year: Path, file: Path) -> list[str]:
    with pytest.raises(WorkbookWrong) as wrong:
        editing.plan_edit(file, load_rules(year))
    return [str(each) for each in wrong.value.faults]


# --- nothing changed ----------------------------------------------------------------------------------


def nothing_changes(year: Path, file: Path, bloc: str) -> None:
    path = year / "blocs" / f"{bloc}.yaml"
    before = path.read_bytes()
    edit = editing.plan_edit(file, load_rules(year))
    assert (edit.changes, edit.file.name) == ((), path.name)
    editing.apply_edit(edit)
    assert path.read_bytes() == before


@pytest.mark.parametrize("language", ["vi", "en"])
def test_out_and_back_changes_no_byte(all_blocs: Path, language: str) -> None:
    i18n.use_language(language)
    for bloc in BLOCS:
        nothing_changes(all_blocs, exported(all_blocs, bloc), bloc)


@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_nor_does_a_spreadsheet_that_saved_it(all_blocs: Path, tmp_path: Path) -> None:
    files = [exported(all_blocs, bloc) for bloc in BLOCS]
    for bloc, file in zip(BLOCS, convert(files, "xlsx", tmp_path / "saved"), strict=True):
        nothing_changes(all_blocs, file, bloc)


def test_the_same_rules_give_the_same_bytes(year: Path) -> None:
    assert exported(year).read_bytes() == exported(year).read_bytes()


# --- changes ------------------------------------------------------------------------------------------


def test_only_the_values_that_differ_are_changed_and_each_is_told(year: Path) -> None:
    path = year / "blocs" / "thon.yaml"
    before = path.read_text(encoding="utf-8")
    file = exported(year)
    typed(
        file,
        {
            "KT1/points": 6,
            "KT2/points": "4",
            "KT1/name": "Thu nhập: bình quân # đầu người",
            "KT1/score/floor": "52,5",
            "KT2/guidance": "Theo dự toán, nếu có",
            "KT3/evidence": "No",
            "VH3/target": None,
            "VH3/score/zero_target": "full points",
            "VH1/score/bands/1/from": 85,
            "VH1/score/bands/0/to": 85,
            "AN4/score/levels/2/name": "Đạt, còn thiếu sót",
            "classification/2/from": 66,
        },
    )
    edit = editing.plan_edit(file, load_rules(year))
    editing.apply_edit(edit)
    assert sorted(map(str, edit.changes)) == sorted(
        [
            "KT1 – Points (points): 5 → 6",
            "KT2 – Points (points): 5 → 4",
            "KT1 – Name (name): Thu nhập bình quân đầu người trong năm → Thu nhập: bình quân # đầu người",
            "KT1 – No points below (%) (floor): 50 → 52.5",
            "KT2 – Guidance (guidance): – → Theo dự toán, nếu có",
            "KT3 – Evidence required (evidence): Yes → No",
            "VH3 – Common target (target): 92 → –",
            "VH3 – Where the target is 0 (zero_target): – → full points",
            "VH1 – Band 1 – To below (bands.1.to): 80 → 85",
            "VH1 – Band 2 – From (bands.2.from): 80 → 85",
            "AN4 – Level 3 – Name (levels.3.name): Trung bình → Đạt, còn thiếu sót",
            "Class 3 – From (classification.3.from): 65 → 66",
        ]
    )
    assert differing(before, path.read_text(encoding="utf-8")) == [
        "- name: Thu nhập bình quân đầu người trong năm",
        '+ name: "Thu nhập: bình quân # đầu người"',
        "- points: 5",
        "- score: {method: ratio, floor: 50, zero_target: none}",
        "+ points: 6",
        "+ score: {method: ratio, floor: 52.5, zero_target: none}",
        "- points: 5",
        "+ points: 4",
        "+ guidance: Theo dự toán, nếu có",
        "- evidence: true",
        "+ evidence: false",
        "- - {to: 80, points: 0}",
        "- - {from: 80, to: 95, points: 3}",
        "+ - {to: 85, points: 0}",
        "+ - {from: 85, to: 95, points: 3}",
        "- target: 92",
        "- score: {method: ratio, floor: 70}",
        "+ score: {method: ratio, floor: 70, zero_target: full}",
        "- - {name: Trung bình, points: 1.5}",
        '+ - {name: "Đạt, còn thiếu sót", points: 1.5}',
        "- - {name: Khá, from: 65}",
        "+ - {name: Khá, from: 66}",
    ]
    assert not list(path.parent.glob(".*"))


def differing(before: str, after: str) -> list[str]:
    """Lines gone (``- ``) and new (``+ ``), without their indentation."""
    old, new = before.splitlines(), after.splitlines()
    found = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [f"- {line.strip()}" for line in old[a:b]] + [f"+ {line.strip()}" for line in new[c:d]]
    return found


def test_a_changed_file_goes_out_and_back_without_a_change_and_keeps_its_mode(year: Path) -> None:
    file = exported(year)
    typed(file, {"KT1/guidance": "Dòng một\nDòng hai: “có # và {ngoặc}”", "KT1/unit": None})
    path = year / "blocs" / "thon.yaml"
    path.chmod(0o640)
    editing.apply_edit(editing.plan_edit(file, load_rules(year)))
    assert path.stat().st_mode & 0o777 == 0o640
    criterion = load_rules(year).bloc("thon").rubric.criteria["KT1"][1]
    assert (criterion.guidance, criterion.unit) == ("Dòng một\nDòng hai: “có # và {ngoặc}”", "")
    nothing_changes(year, exported(year), "thon")


def test_line_ends_and_the_mark_of_another_system_stay(year: Path) -> None:
    path = year / "blocs" / "thon.yaml"
    before = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(before)
    file = exported(year)
    nothing_changes(year, file, "thon")
    typed(file, {"KT1/evidence": "Yes", "VH3/target": 93, "CC3/guidance": None})
    editing.apply_edit(editing.plan_edit(file, load_rules(year)))
    after = path.read_bytes()
    assert after.startswith(b"\xef\xbb\xbf# ")
    assert after.count(b"\n") == after.count(b"\r\n")
    assert differing(before.decode(), after.decode()) == [
        "+ evidence: true",
        "- target: 92",
        "+ target: 93",
        "- guidance: Nêu số cuộc họp dân và hình thức công khai trong cột minh chứng.",
    ]


@pytest.mark.parametrize(
    ("text", "address", "value", "expected"),
    [
        ("a: {b: 1}", "a/b", "x, y", 'a: {b: "x, y"}'),
        ("a: {b: 'it'}", "a/b", "it's", "a: {b: 'it''s'}"),
        ('a: {b: "x"}', "a/b", "y", 'a: {b: "y"}'),
        ("a: {b: x}", "a/b", "2023-12-10", 'a: {b: "2023-12-10"}'),
        ("a: {b: x}", "a/b", "true", 'a: {b: "true"}'),
        ("a: {b: x}", "a/b", "1" * 5_000, f'a: {{b: "{"1" * 5_000}"}}'),
        ("a: {b: x}", "a/b", "[" * 5_000, f'a: {{b: "{"[" * 5_000}"}}'),
        ("a: {b: x}", "a/b", "!!python/none x", 'a: {b: "!!python/none x"}'),
        ("a: {b: 1, c: 2}", "a/c", None, "a: {b: 1}"),
        ("a: {b: 1, c: 2}", "a/b", None, "a: {c: 2}"),
        ("a:\n  b: 1  # one\n  c: 2\n", "a/d", True, "a:\n  b: 1  # one\n  c: 2\n  d: true\n"),
        ("a:\n  b: 1\n  c: >-\n    a\n    b\n\n# end\n", "a/c", "short", "a:\n  b: 1\n  c: short\n\n# end\n"),
        ("a:\n  b: 1\n  c: >-\n    a\n    b\n\n# end\n", "a/c", "", "a:\n  b: 1\n\n# end\n"),
        ("a:\n  b:\n    - 1\n", "a/c", "x", "a:\n  c: x\n  b:\n    - 1\n"),
        ("a:\n  - b: 1\n    c: 2\n", "a/0/b", None, "a:\n  - c: 2\n"),
        ("a: [{code: x, b: 1}, {code: y, b: 2}]", "a/y/b", "z", "a: [{code: x, b: 1}, {code: y, b: z}]"),
        ("a: [1, 2]", "a/1", "z", "a: [1, z]"),
        ("a: 1", "b/c", "x", None),
        ("a: 1  # the last line", "b", "x", "a: 1  # the last line\nb: x"),
    ],
)
def test_one_value_is_changed_in_the_text(text: str, address: str, value: Any, expected: str | None) -> None:
    assert replace_value(text, tuple(address.split("/")), value) == expected


# --- what cannot be ------------------------------------------------------------------------------------


def test_faults_are_told_at_their_cells_and_the_file_stays(year: Path) -> None:
    path = year / "blocs" / "thon.yaml"
    before = path.read_bytes()
    file = exported(year)
    at = typed(file, {"KT1/points": "năm", "KT2/points": None, "KT3/evidence": "maybe", "KT1/score/floor": "7.100"})
    assert faults(year, file) == [
        f"{at['KT1/points']}: “năm” is not a number. Write digits, for example 2.5.",
        f"{at['KT1/score/floor']}: “7.100” is not a number. Write digits, for example 2.5.",
        f"{at['KT2/points']}: KT2 – Points is left blank. Write its value.",
        f"{at['KT3/evidence']}: “maybe” is not possible for KT3 – Evidence required. Use one of: Yes; No.",
    ]
    assert path.read_bytes() == before


def test_what_the_rule_checks_find_is_told_at_cells(year: Path) -> None:
    file = exported(year)
    wrong = {"KT1/points": 7, "VH1/score/bands/2/from": 96, "classification/2/from": 85}
    at = typed(file, {**wrong, "groups/I/points": 20})
    assert sorted(faults(year, file)) == sorted(
        [
            f"{at['groups/I/points']}: The criteria of group I add up to 22 points, not 20. "
            "Write 22 here and total: 102, or change the criteria.",
            f"{at['VH1/score/bands/2/from']}: Gap between the bands: 95 to 96 is in none. "
            "Write from: 95 here, where the band below ends.",
            f"{at['classification/2/from']}: Class “Khá” starts at 85, not below the class above it. "
            "List the classes from the best down, each with a lower from.",
        ]
    )


def test_a_value_out_of_bounds_is_told_at_its_cell(year: Path) -> None:
    file = exported(year)
    at = typed(file, {"AN1/score/each": 0})
    assert faults(year, file) == [f"{at['AN1/score/each']}: “each” is 0, which is too small. Write a value above 0."]


def test_rows_added_removed_or_renamed_are_refused(year: Path) -> None:
    file = exported(year)
    book = openpyxl.load_workbook(file)
    sheet = book["Rubric"]
    assert [sheet["B10"].value, sheet["B11"].value] == ["KT1", "KT2"]
    sheet["B10"] = "KT9"
    sheet["A11"] = None
    book.save(file)
    remedy = "Add and remove criteria in the rule file, then export the rubric again."
    assert faults(year, file) == [
        "Rubric!B10: The code of this row is KT1. Write it again; codes are changed in the rule file.",
        f"Rubric!B11: This row is not in the rule file. {remedy}",
        f"KT2 is missing in the workbook. {remedy}",
    ]


def test_a_workbook_of_an_older_version_is_refused_with_what_differs(year: Path) -> None:
    file = exported(year)
    path = year / "blocs" / "thon.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("floor: 50", "floor: 55", 1), encoding="utf-8")
    with pytest.raises(UserFault) as refused:
        editing.plan_edit(file, load_rules(year))
    assert refused.value.message.splitlines() == [
        "the rule file of bloc thon was changed after this workbook was exported",
        "KT1 – No points below (%): 50 in the workbook as exported, 55 in the rule file now",
    ]
    path.write_text("# a comment is no other version\n" + text, encoding="utf-8")
    nothing_changes(year, file, "thon")


def test_a_value_of_the_rubric_that_this_one_extends_is_refused(year: Path) -> None:
    path = year / "blocs" / "xom.yaml"
    path.write_text(
        "code: xom\nname: Khối các xóm\nunits: [{code: xom-1, name: Xóm 1}]\n"
        "rubric:\n  extends: thon\n  groups:\n    - {code: I, criteria: [{code: KT1, guidance: Theo sổ}]}\n",
        encoding="utf-8",
    )
    file = exported(year, "xom")
    nothing_changes(year, file, "xom")
    at = typed(file, {"KT1/guidance": "Theo sổ hộ", "KT1/unit": "đồng", "KT2/unit": "đồng"})
    assert faults(year, file) == [
        f"{at['KT2/unit']}: KT2 – Unit of measure does not stand in {path} by itself. Change it by hand in the file "
        "that this one extends, or write it out in this one."
    ]
    typed(file, {"KT2/unit": "triệu đồng"})
    editing.apply_edit(editing.plan_edit(file, load_rules(year)))
    assert path.read_text(encoding="utf-8").endswith("{code: KT1, guidance: Theo sổ hộ, unit: đồng}]}\n")


def test_one_value_that_two_criteria_share_is_refused(year: Path) -> None:
    path = year / "blocs" / "thon.yaml"
    score = "score: {method: per_case, each: 1, start: full}"
    text = (
        path.read_text(encoding="utf-8")
        .replace(score, score.replace("{", "&trừ {"), 1)
        .replace(score, "score: *trừ", 1)
    )
    path.write_text(text, encoding="utf-8")
    file = exported(year)
    at = typed(file, {"VH4/score/each": 2})
    assert [each.split(" does not")[0] for each in faults(year, file)] == [
        f"{at['VH4/score/each']}: VH4 – Points for each case or step"
    ]
    assert path.read_text(encoding="utf-8") == text


def test_a_file_that_is_no_rubric_is_refused(year: Path, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook", encoding="utf-8")
    messages = []
    for name in ("other.xlsx", "text.xlsx", "none.xlsx"):
        with pytest.raises(UserFault) as refused:
            editing.plan_edit(tmp_path / name, load_rules(year))
        messages.append(refused.value.message.replace(f"{tmp_path}/", ""))
    assert messages == [
        "other.xlsx is no rubric of this program",
        "text.xlsx cannot be read: the file is no Excel workbook but a text file (CSV?)",
        "there is no file none.xlsx",
    ]


# --- trying out ----------------------------------------------------------------------------------------


def tried(code: str, targets: list[str], actuals: list[str]) -> list[tuple[float, str]]:
    of = load_rules(RULES_2023)
    bloc = of.bloc("thon")
    trials = trial.try_out(trial.criterion_of(bloc, code, 2), targets, actuals)
    return [(each.points, each.words) for each in trials]


def test_every_target_with_every_result() -> None:
    points = [each for each, _words in tried("KT1", ["46", "50"], ["46,5", "20", "30"])]
    assert points == [5, 0, 3.26, 4.65, 0, 3]  # 30/46*5 = 3.2608; 46.5/50*5 = 4.65; 20 is below half of either
    assert tried("KT1", ["46"], ["20"])[0][1].endswith("below the floor of 50 %: 0 points")


def test_levels_claims_penalties_and_fixed_targets() -> None:
    assert [each for each, _words in tried("AN4", [], [])] == [4, 3, 1.5, 0]
    assert tried("AN4", [], ["khá"]) == [(3, "level “Khá”: 3 points")]
    assert [each for each, _words in tried("CC3", [], ["2", "9"])] == [2, 3]
    assert [each for each, _words in tried("P1", [], ["0", "7", "20"])] == [0, -1, -4]
    assert [each for each, _words in tried("VH3", [], ["92", "46"])] == [4, 0]


@pytest.mark.parametrize(
    ("code", "targets", "actuals", "message"),
    [
        ("KT1", [], ["5"], "criterion KT1 needs a target"),
        ("KT1", ["5"], [], "no result to try"),
        ("KT1", ["5"], ["năm"], "“năm” is not a number"),
        ("AN4", [], ["Giỏi"], "“Giỏi” is no level of criterion AN4"),
        ("KT9", [], ["5"], "there is no criterion KT9"),
    ],
)
def test_what_cannot_be_tried(code: str, targets: list[str], actuals: list[str], message: str) -> None:
    with pytest.raises(UserFault) as refused:
        tried(code, targets, actuals)
    assert refused.value.message == message


@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_the_sheet_gives_the_points_that_we_compute(year: Path, tmp_path: Path) -> None:
    """Each number criterion at 60 % of its target, each choice at its last level: by sheet as by command."""
    rubric = load_rules(year).bloc("thon").rubric
    file = exported(year)
    book = openpyxl.load_workbook(file)
    sheet = book["Try out"]
    rows = {sheet.cell(row, 1).value: row for row in range(6, sheet.max_row + 1) if sheet.cell(row, 1).value}
    expected = {}
    for code, (_group, criterion) in rubric.criteria.items():
        target = float(criterion.target or 10)
        chosen = criterion.method.takes is Takes.CHOICE
        entry: Any = criterion.method.options[-1] if chosen else target * 0.6
        sheet.cell(rows[code], 5).value = target if criterion.method.needs_target else None
        sheet.cell(rows[code], 6).value = entry
        expected[code] = trial.try_out(trial.TriedCriterion(rubric, criterion, 2), [str(target)], [str(entry)])[
            0
        ].points
    book.save(file)
    values = recalculated(file, tmp_path / "lo")["Try out"]
    assert {row[0]: row[6] for row in values if row[0] in expected} == expected
    (total,) = [row[6] for row in values if row[1] in ("Total", "Tổng cộng")]
    of_group = [(float(group.points), sum(expected[each.code] for each in group.criteria)) for group in rubric.groups]
    assert total == pytest.approx(sum(max(-cap, min(cap, points)) for cap, points in of_group))


def test_commands(year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from pipeline.cli import cli

    def run(*args: str) -> list[str]:
        cli.main([*args, "--rules", str(year)], standalone_mode=False)
        lines: list[str] = capsys.readouterr().out.splitlines()
        return lines

    monkeypatch.chdir(tmp_path)
    file, path = Path("outbox/thang-diem/2023/thon.xlsx"), year / "blocs" / "thon.yaml"
    assert run("rubric", "export", "thon")[0] == f"Đã xuất thang bảng điểm ra {file}"
    assert run("rubric", "import", str(file)) == [f"Không có gì khác; {path} giữ nguyên."]
    typed(file, {"KT1/score/floor": 55})
    shown, before = "KT1 – Dưới mức này thì 0 điểm (%) (floor): 50 → 55", path.read_bytes()
    assert run("rubric", "import", str(file)) == [shown, f"Chưa ghi gì. Thêm --yes thì ghi 1 thay đổi vào {path}."]
    assert path.read_bytes() == before
    assert run("rubric", "import", str(file), "--yes")[:2] == [shown, f"Đã ghi 1 thay đổi vào {path}"]
    last = run("rubric", "try", "thon", "KT1", "--target", "100", "--actual", "54")[-2:]
    assert last[0].split()[:3] == ["100", "54", "0"]
