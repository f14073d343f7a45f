"""Rules that look beyond a criterion's own row: through a whole year, by hand and by LibreOffice.

``of`` and ``only_if``, points below 0, points that compare units, criteria that do not apply to a unit, points that
are the council's alone: all in the one bloc of ``tests/linked.py``.
"""

from __future__ import annotations

import io
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from pipeline.forms.declared import RESULTS, sheet_title
from pipeline.forms.writing.workbook import write_form
from pipeline.ranking import firmness
from pipeline.ranking.totals import rescaled
from pipeline.rubric_workbook import editing, trial
from pipeline.rubric_workbook.writing import write_rubric
from pipeline.rules.round_context import RoundContext
from pipeline.rules.words import rule_words
from pipeline.rules.year import Rules, load_rules
from pipeline.run import Assessment
from pipeline.screens.explain import explain
from tests import linked, small
from tests.columns import COLUMN, pick
from tests.libreoffice import convert, needs_libreoffice
from tests.linked import FORMS, POINTS, RULES, STANDINGS
from tests.papers import LATER, fill, issued, places_of, run
from tests.screens.test_explain import printed

Year = tuple[Assessment, Path]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A run on the forms of the year, and the folder of its inbox and outbox."""
    folder = tmp_path_factory.mktemp("year")
    return run(folder, FORMS, rules=RULES), folder


@pytest.fixture(scope="module")
def judged(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The next run, with both papers filled in."""
    appraisal, decision = (issued(year[1], f"{folder}/khoi.xlsx") for folder in ("tham-dinh", "hoi-dong"))
    papers = {
        "hoi-dong/tham-dinh.xlsx": fill(
            appraisal,
            {
                ("Đơn vị A", "H1"): {"appraised": 5, "reason": "Công tác tốt"},
                ("Đơn vị B", "KT3"): {"appraised": -1, "reason": "Đã khắc phục"},
                ("Đơn vị C", "KT1"): {"appraised": 36, "reason": "Số liệu sai"},
                ("Đơn vị C", "KT3"): {"appraised": -3, "reason": "Nặng hơn"},
                ("Đơn vị D", "KT4"): {"appraised": 9, "reason": "Nên có"},
            },
        ),
        "hoi-dong/hoi-dong.xlsx": fill(decision, {("Đơn vị D", "H1"): {"decided": 5, "reason": "Công tác tốt"}}),
    }
    folder = tmp_path_factory.mktemp("judged")
    return run(folder, FORMS | papers, LATER, RULES), folder


def by_unit(scores: pd.DataFrame, column: str = "points") -> dict[str, list[Any]]:
    return {str(unit): list(rows[column]) for unit, rows in scores.groupby("unit", sort=False)}


def column(frame: pd.DataFrame, name: str) -> list[str]:
    return [str(each) for each in frame[name]]


def words_of(frame: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Unit and criterion -> the explanation."""
    return dict(
        zip(
            zip(column(frame, "unit"), column(frame, "criterion"), strict=True),
            column(frame, "explanation"),
            strict=True,
        )
    )


def standings(found: pd.DataFrame) -> list[tuple[Any, ...]]:
    columns = ["unit", "base", "bonus", "penalty", "total", "rank", "classification"]
    return list(found.dropna(subset=["rank"])[columns].itertuples(index=False, name=None))


# --- points -------------------------------------------------------------------------------------------


def test_every_form_is_accepted(year: Year) -> None:
    outcome = year[0].outcome
    assert list(outcome.findings["message"]) == []
    assert list(outcome.roster["state"]) == ["sent"] * 4 + ["not_sent"]


def test_points(year: Year) -> None:
    assert by_unit(year[0].outcome.scores) == POINTS


def test_totals_ranks_and_classes(year: Year) -> None:
    assert standings(year[0].outcome.standings) == STANDINGS


def test_why_in_words(year: Year) -> None:
    words = words_of(year[0].outcome.scores)
    assert words["a", "V1"] == (
        "Thực hiện 107,5 so với chỉ tiêu 100 đạt 107,5 %: vượt 7 %, mỗi 1 % thưởng 1 % của 40 điểm chuẩn, "
        "tối đa 4: 2,8 điểm"
    )
    assert words["b", "V2"] == "Chỉ được tính khi KT1 đạt 40 điểm, mà KT1 được 36 điểm: 0 điểm"
    assert words["c", "V3"] == "Chỉ được tính khi nhóm I đạt 50 điểm, mà nhóm I được 49 điểm: 0 điểm"
    assert words["d", "KT4"] == "không áp dụng cho đơn vị này"
    assert words["d", "H1"] == "chỉ Hội đồng chấm"
    assert words["b", "KT3"] == "Mức “Cảnh cáo”: -2 điểm"


def test_points_of_another_row_lead_to_the_cell_of_that_row(year: Year) -> None:
    scores = year[0].outcome.scores
    own = scores[scores["unit"] == "a"]
    cells = dict(zip(column(own, "criterion"), column(own, "actual_cell"), strict=True))
    assert cells["V1"] == cells["KT1"] != ""


def test_the_rules_in_words() -> None:
    rubric = RULES.blocs[0].rubric
    words = {code: rule_words(rubric, each, 2) for code, (_group, each) in rubric.criteria.items()}
    assert words["V1"].endswith("; chỉ tiêu và kết quả lấy từ tiêu chí KT1")
    assert words["V2"] == "“Có”: 3, còn lại 0; chỉ được tính khi KT1 đạt 40 điểm"
    assert words["V3"] == "“Có”: 2, còn lại 0; chỉ được tính khi nhóm I đạt 50 điểm"
    assert words["KT3"].endswith("; thấp nhất -2 điểm")
    assert words["KT4"].endswith("; không áp dụng cho: d")
    assert words["H1"] == "chỉ Hội đồng chấm"


def test_what_does_not_apply_leaves_the_denominator() -> None:
    """DOMAIN: 68.32 points of the 84 that apply are 81.33 %. All in hundredths, halves rounded away from 0."""
    base, out_of = pd.Series([6832, 8400, 0, 1, 1, -1, 5]), pd.Series([8400, 8400, 8400, 20000, 20001, 20000, 0])
    assert list(rescaled(base, 10000, out_of)) == [8133, 10000, 0, 1, 0, -1, 50000]


def test_an_explanation_says_what_applies(year: Year) -> None:
    sentences, rows = printed(explain, year[0].outcome, "d", None)
    assert "Áp dụng 75 trong 100 điểm chuẩn: 61,66 × 100 / 75 = 82,21" in sentences
    assert [row[:3] for row in rows if row[0] in ("I", "KT4", "II", "VH3")] == [
        ("I", "43,5", "51"),
        ("KT4", "0", "0"),
        ("II", "18,16", "24"),
        ("VH3", "0", "0"),
    ]


# --- people -------------------------------------------------------------------------------------------


def test_people_judge_within_bounds__and_nowhere_else(judged: Year) -> None:
    outcome = judged[0].outcome
    assert by_unit(outcome.scores)["d"] == [*POINTS["d"][:10], 5, 0]
    found = outcome.findings
    assert list(zip(found["unit"], found["criterion"], found["code"], strict=True)) == [
        ("a", "H1", "paper-closed"),
        ("d", "KT4", "paper-closed"),
        ("c", "KT3", "paper-bounds"),
    ]
    first, second, third = column(found, "message")
    assert "điểm này chỉ Hội đồng chấm" in first
    assert "không áp dụng cho đơn vị này" in second
    assert "-2" in third


def test_a_condition_looks_at_computed_points(judged: Year) -> None:
    # KT1 of c is appraised at 36 of 40, and V2 stays: its condition is met by what c entered.
    assert standings(judged[0].outcome.standings) == [
        ("a", 91.1, 6.0, 0.0, 97.1, 1, "Tốt"),
        ("d", 82.21, 7.0, 0.0, 89.21, 2, "Tốt"),
        ("b", 75.0, 2.0, -1.0, 76.0, 3, "Khá"),
        ("c", 65.5, 6.0, -2.0, 69.5, 4, "Khá"),
    ]


def test_only_cells_in_which_points_may_be_given_are_open(year: Year) -> None:
    for folder, kind, closed in (
        ("tham-dinh", "appraised", {"KT4", "VH3", "H1"}),
        ("hoi-dong", "decided", {"KT4", "VH3"}),
    ):
        sheet = openpyxl.load_workbook(year[1] / "out" / folder / "khoi.xlsx")["Đơn vị D"]
        column = places_of(sheet)[kind]
        cells = {str(code.value): sheet.cell(code.row, column) for code in sheet["A"]}
        assert {code for code in RULES.blocs[0].rubric.criteria if cells[code].protection.locked} == closed
        bounds = {
            str(cell): (rule.formula1, rule.formula2)
            for rule in sheet.data_validations.dataValidation
            for cell in rule.sqref
            if rule.type == "decimal"
        }
        assert bounds[cells["KT3"].coordinate] == ("-2", "1")


def test_what_a_unit_types_into_a_closed_row_is_told_and_does_not_count(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(FORMS["d.xlsx"]))
    sheet = book["Tự chấm"]
    places = places_of(sheet)
    rows = {cell.value: cell.row for cell in sheet["A"]}
    sheet.cell(rows["KT4"], places["actual"]).value = 12
    sheet.cell(rows["H1"], places["claimed"]).value = 5
    target = io.BytesIO()
    book.save(target)
    outcome = run(tmp_path, FORMS | {"d.xlsx": target.getvalue()}, rules=RULES).outcome
    found = outcome.findings
    assert list(zip(found["criterion"], found["code"], found["entered"], strict=True)) == [
        ("KT4", "closed-row", "12"),
        ("H1", "closed-row", "5"),
    ]
    assert standings(outcome.standings) == STANDINGS


# --- the three faces ----------------------------------------------------------------------------------

BEFORE = ["out/xep-hang.xlsx", "out/tham-dinh/khoi.xlsx", "inbox/a.xlsx", "inbox/d.xlsx"]
AFTER = ["out/xep-hang.xlsx", "out/hoi-dong/khoi.xlsx"]


@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_what_libreoffice_recalculates_is_what_we_wrote(year: Year, judged: Year, tmp_path: Path) -> None:
    """Points sheet and papers before and after people judged, and forms."""
    sources = [*(year[1] / name for name in BEFORE), *(judged[1] / name for name in AFTER)]
    files = [tmp_path / f"{number}-{source.name}" for number, source in enumerate(sources)]
    for file, source in zip(files, sources, strict=True):
        file.write_bytes(source.read_bytes())
    changed = best_of_a_raised(year[1] / "out" / "xep-hang.xlsx", tmp_path / "changed.xlsx")
    *unchanged, followed = convert([*files, changed], "xlsx", tmp_path / "lo")
    for file, saved in zip(files, unchanged, strict=True):
        assert values(saved) == values(file), file.name
    assert totals_and_ranks(followed) == {
        # The best in KT2 is now 100: a 10, b 5, c 0, d 1.25 points.
        "Đơn vị A": (101.1, 1),  # 95.1 + 6
        "Đơn vị D": (82.55, 2),  # 42.25 + 18.16 = 60.41 of 75 are 80.5467 of 100; 42.25 + 9 still reach 50
        "Đơn vị C": (73.5, 3),
        "Đơn vị B": (68, 4),  # 48 + 21 - 1: group I no longer reaches the 50 that V3 asks for
        "Đơn vị E": ("", ""),
    }


def best_of_a_raised(source: Path, target: Path) -> Path:
    """The ranking workbook with 100 in the place of a's 30 in KT2."""
    book = openpyxl.load_workbook(source)
    sheet = book["Điểm – Khối mẫu"]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == 30 and row[1].value == "Đơn vị A"]
    cell.value = 100
    book.save(target)
    return target


def totals_and_ranks(file: Path) -> dict[str, tuple[Any, Any]]:
    """What the points sheet says of each unit."""
    rows = CalamineWorkbook.from_path(file).get_sheet_by_name("Điểm – Khối mẫu").to_python(skip_empty_area=False)
    total, rank = (next(row.index(heading) for row in rows if heading in row) for heading in ("TỔNG ĐIỂM", "Hạng"))
    return {str(row[1]): (row[total], row[rank]) for row in rows if str(row[1]).startswith("Đơn vị ")}


def values(file: Path) -> dict[str, list[list[Any]]]:
    """Sheet -> rows of values, blanks at the ends left out."""
    book = CalamineWorkbook.from_path(file)
    return {
        name: [_trimmed(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in book.sheet_names
    }


def _trimmed(row: list[Any]) -> list[Any]:
    filled = [place for place, cell in enumerate(row) if cell not in ("", None)]
    return row[: filled[-1] + 1] if filled else []


def test_a_form_says_what_nobody_enters_there() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(FORMS["d.xlsx"]))
    rows = {row[0]: row for row in book.get_sheet_by_name("Tự chấm").to_python(skip_empty_area=False)}
    fields = ("max_points", "target", "actual", "computed", "claimed", "evidence", "note")
    assert pick(rows["KT2"], *fields[:5]) == [10, "", 12.5, "Biết khi các đơn vị gửi đủ", ""]
    assert pick(rows["KT4"], *fields) == ["", "", "", "", "", "", "Không áp dụng cho đơn vị này"]
    assert pick(rows["V1"], *fields) == [4, 100, 100, 0, "", "", "Chỉ tiêu và kết quả lấy từ dòng KT1"]
    assert pick(rows["H1"], *fields) == [5, "", "", "", "", "", "Do Hội đồng chấm"]
    total = book.get_sheet_by_name("Tự chấm").to_python(skip_empty_area=False)[-1]
    # 40 + 1 of 75, converted to 100. V3 looks at group I, of which KT2 is not known yet.
    assert pick(total, "max_points", "computed") == [100, 54.67]
    assert pick(rows["V3"], "computed") == pick(rows["KT2"], "computed")
    assert "trên 75 điểm áp dụng, quy đổi ra 100; chưa kể KT2, VH1, VH2, V3, biết khi các đơn vị gửi đủ" in str(
        total[1]
    )


# --- caps ---------------------------------------------------------------------------------------------


def test_a_group_is_bounded_below_as_it_is_above() -> None:
    levels = [{"name": "Tốt", "points": 4}, {"name": "Kém", "points": -4}]
    bad = [linked.criterion(code, 4, "choice", {"levels": levels}, lowest=-4) for code in ("B1", "B2")]
    groups = [
        linked.group("I", 20, [linked.criterion("A1", 20, "yes_no")]),
        linked.group("B", 5, bad, "bonus", lowest=-6),
    ]
    rubric = small.rules(
        {**linked.BLOC, "rubric": {**linked.BLOC["rubric"], "total": 20, "groups": groups, "ties": []}}
    )
    made = {
        "a": {"A1": {"actual": "Có"}, "B1": {"actual": "Kém"}, "B2": {"actual": "Kém"}},  # -8: at least -6
        "b": {"A1": {"actual": "Có"}, "B1": {"actual": "Kém"}, "B2": {"actual": "Tốt"}},
        "c": {"A1": {"actual": "Có"}, "B1": {"actual": "Tốt"}, "B2": {"actual": "Tốt"}},  # 8: at most 5
    }
    totals = {}
    for unit, entered in made.items():
        content = linked.form(unit, rubric, entered)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        totals[unit] = book.get_sheet_by_name("Tự chấm").to_python(skip_empty_area=False)[-1][COLUMN["computed"]]
    assert totals == {"a": 14, "b": 20, "c": 25}
    assert rubric.blocs[0].rubric.groups[1].bounds == (Decimal(-6), Decimal(5))


# --- how firm the ranking is ---------------------------------------------------------------------------


def test_weights_vary_over_what_applies_to_each_unit(year: Year) -> None:
    """Each draw computed again with fractions."""
    outcome = year[0].outcome
    (contest,) = firmness.ranked_blocs(RULES, outcome.groups, outcome.standings)
    ranks = firmness.drawn_ranks(contest)
    factors = firmness._draw(contest).tolist()
    rows = outcome.groups.set_index(["unit", "group"])
    for row in (0, 1, 2, 4999, 9999):
        totals = {}
        for unit, base, bonus, penalty, *_rest in STANDINGS:
            shares = [
                (Fraction(factor), *(Fraction(str(rows.loc[(unit, code), name])) for name in ("points", "applicable")))
                for code, factor in zip(("I", "II"), factors[row], strict=True)
            ]
            reached = sum(factor * points for factor, points, _most in shares)
            varied = 100 * reached / sum(factor * most for factor, _points, most in shares)
            plain = 100 * sum(points for _f, points, _m in shares) / sum(most for _f, _p, most in shares)
            rounding = Fraction(str(base)) - plain
            totals[unit] = varied + rounding + Fraction(str(bonus)) + Fraction(str(penalty))
        better = [1 + sum(other > totals[unit] for other in totals.values()) for unit in contest.units]
        assert ranks[row].tolist() == better
    assert firmness.firmness(RULES, outcome.groups, outcome.standings)["rank"].tolist() == [1, 2, 3, 4]


# --- the rubric as a workbook ---------------------------------------------------------------------------


@pytest.fixture
def on_disk(tmp_path: Path) -> Rules:
    folder = small.write_year(tmp_path / "2023")
    text = json.dumps(linked.BLOC, ensure_ascii=False, indent=1)
    (folder / "blocs" / "khoi.yaml").write_text(text, encoding="utf-8")
    return load_rules(folder)


def test_the_rubric_goes_out_as_a_workbook_and_comes_back_as_it_was(on_disk: Rules, tmp_path: Path) -> None:
    file = tmp_path / "khoi.xlsx"
    write_rubric(file, on_disk, on_disk.bloc("khoi"))
    assert editing.plan_edit(file, on_disk).changes == ()


def test_results_of_a_bloc_can_be_tried_out() -> None:
    bloc = RULES.blocs[0]
    tried = trial.try_out(trial.criterion_of(bloc, "VH2", 2), [], ["70", "95", "60"])
    assert [each.points for each in tried] == [5, 8, 2]
    over = trial.try_out(trial.criterion_of(bloc, "V1", 2), ["100"], ["107,5", "90"])
    assert [each.points for each in over] == [2.8, 0]
    assert [each.points for each in trial.try_out(trial.criterion_of(bloc, "V2", 2), [], ["Có"])] == [3]


def test_a_registration_form_shows_no_results_of_other_rows() -> None:
    of = linked.RULES.plan.round("dang-ky")
    assert of
    bloc = linked.RULES.blocs[0]
    target = io.BytesIO()
    write_form(target, RoundContext(linked.RULES, of), bloc.units[0].code)
    sheet = openpyxl.load_workbook(target)[sheet_title(RESULTS, of)]
    shown = {row[0]: row for row in sheet.iter_rows(values_only=True)}
    assert "V1" in shown
    assert not any("KT1" in str(each) and str(each).startswith("=") for each in shown["V1"][5:])
