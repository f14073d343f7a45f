"""The whole rubric of Sở Tài nguyên và Môi trường Tiền Giang 2022 as a rule file, and what one office got under it.

The rule file is ``tests/data/tien_giang_2022.yaml``, the 102 rules as published ``tien_giang_2022_rules.csv``, the real
result of the office of Cai Lậy, item by item, ``cai_lay_2022.csv``: standard 100, bonus 18.4, appraised 118.4.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from rich.console import Console

from pipeline import tables
from pipeline.forms.frames import Results
from pipeline.forms.writing.workbook import write_form
from pipeline.ranking.standings import rank
from pipeline.rubric_workbook import editing
from pipeline.rubric_workbook.writing import write_rubric
from pipeline.rules.round_context import RoundContext
from pipeline.rules.rubric import Unit
from pipeline.rules.year import Rules, load_rules
from pipeline.run import Assessment
from pipeline.scoring.points import score
from pipeline.screens.explain import explain
from tests import contest
from tests.columns import COLUMN
from tests.filled import UNIT_SHEET
from tests.frames import results_of
from tests.libreoffice import convert, needs_libreoffice
from tests.papers import Entries as Papers
from tests.papers import fill, finding_rows, issued, judged, run
from tests.places import DATA
from tests.rule_texts import AWARDS, PLAN, write

PRINTED = pd.read_csv(DATA / "tien_giang_2022_rules.csv", comment="#", dtype=str, keep_default_na=False)
PRINTED.columns = ["item", "rule", "kind", "points", "item_cap", "rule_cap", "condition"]
TALLIED = {"deduct_per_case", "deduct_once", "bonus_per_case", "bonus_once"}

Entries = dict[str, Any]
"""Code of a row of the form -> result, answer, or target and result."""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    folder = write(tmp_path_factory.mktemp("rules") / "2023", {"plan.yaml": PLAN, "awards.yaml": AWARDS})
    (folder / "blocs").mkdir()
    shutil.copy(DATA / "tien_giang_2022.yaml", folder / "blocs")
    return load_rules(folder)


def flawless(rules: Rules) -> dict[str, Any]:
    """What gives the standard points and nothing else: no shortcoming, no bonus."""
    blank = {
        code: "Không" if each.yes_no else 0
        for code, (group, _criterion, each) in rules.blocs[0].rubric.rows.items()
        if each is not None and group.kind != "bonus"
    }
    reached = {"c1": 99, "c2": 90, "c4.1": "Có", "c4.2": "Có", "c5.1.HD": "Có", "c5.1.KT": "Có", "d1": (20, 20)}
    return blank | reached | {"3.3.HS": 500}


def scored(rules: Rules, sent: Mapping[str, Entries]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """``Scores`` and ``Standings`` of units that sent this, and the rules with these units."""
    bloc = rules.blocs[0].model_copy(update={"units": tuple(Unit(code=unit, name=unit) for unit in sent)})
    rules = replace(rules, blocs=(bloc,))
    results = results_of(
        {"bloc": bloc.code, "unit": unit, "criterion": criterion, **_fields(entry)}
        for unit, entries in sent.items()
        for criterion, entry in entries.items()
    )
    roster = contest.roster(rules)
    scores, groups = score(rules, results, roster)
    return scores, groups, rank(rules, scores, groups, roster)


def _fields(entry: Any) -> dict[str, Any]:
    target, actual = entry if isinstance(entry, tuple) else (float("nan"), entry)
    return {"target": target, "choice" if isinstance(actual, str) else "actual": actual}


def totals(rules: Rules, sent: Mapping[str, Entries]) -> dict[str, float]:
    standings = scored(rules, sent)[2]
    return dict(zip(standings["unit"], standings["total"], strict=True))


# --- every printed rule -------------------------------------------------------------------------------


def row_of(item: str, rule: str, points: str) -> str:
    """The row of the form in which a rule of a tally is counted: a4.1.3 of item a4 in ``a4.Q13``."""
    number = rule.replace(".", "").lower().removeprefix(item.replace(".", "").lower())
    criterion = {"3.3.4": rule, "5.1": "5.1", "5.3": "5.3", "5.5": "5.3"}.get(rule, item.lower())
    return f"{criterion}{'' if points.startswith('-') else 'T'}.Q{number}"


# The entries that each of the other rules is about, and what they give more or less than the standard points.
OTHERS: dict[str, list[tuple[Entries, float]]] = {
    "a4.2.1": [({"a4T.HO": 99, "a4T.CHUNG": 94.9}, 1)],
    "a4.2.2": [({"a4T.HO": 99, "a4T.CHUNG": 95}, 2)],
    "C1": [({"c1": 98.1}, 0), ({"c1": 97.9}, -1), ({"c1": 96}, -2), ({"c1": 95.9}, -5)],
    "C2.1-3": [({"c2": 90.1}, 0), ({"c2": 80}, -1), ({"c2": 70}, -2), ({"c2": 69.9}, -5)],
    "C2.4": [({"c2": 93}, 0.1), ({"c2": 96.9}, 0.4), ({"c2": 97}, 0.5), ({"c2": 100}, 0.5)],
    "C3.1": [({"c3.1.Q0": "Có"}, -2), ({"c3.1.Q1": 1}, -0.1), ({"c3.1.Q1": 6}, -0.5)],
    "C3.2": [
        ({"c3.2.Q0": "Có"}, -3),
        ({"c3.2.Q1": 1}, -0.2),
        ({"c3.2.Q1": 11}, -2),
        ({"c3.2.Q2": 1}, -0.1),
        ({"c3.2.Q2": 11}, -1),
    ],
    "C4.1": [({"c4.1": "Không"}, -2)],
    "C4.2": [({"c4.2": "Không"}, -2)],
    "C5.1": [({"c5.1.HD": "Không"}, -0.5), ({"c5.1.KT": "Không"}, -0.5)],
    "C5.2": [({"c5.2.Q0": "Có"}, -1), ({"c5.2.Q1": 1}, -0.2), ({"c5.2.Q1": 6}, -1)],
    "C5.3": [({"c5.3.Q": 1}, -0.2), ({"c5.3.Q": 11}, -2)],
    "C6": [({"c6.Q0": "Có"}, -1), ({"c6.Q1": 1}, -0.1), ({"c6.Q1": 6}, -0.5)],
    "d1.1": [({"d1": (0, 0)}, -3), ({"d1": (20, 0)}, -3)],
    "d1.2": [({"d1": (20, 1)}, -2), ({"d1": (100, 94)}, -2)],
    "d1.3": [({"d1": (20, 19)}, -1), ({"d1": (1000, 999)}, -1)],
    "d1.4": [({"d1": (1000, 1001)}, 1), ({"d1": (100, 119)}, 1)],
    "d1.5": [({"d1": (100, 120)}, 2)],
    "2.1.1": [({"2.1.Q1a": 1}, -1), ({"2.1.Q1b": 1}, -2)],
}
VOLUMES = {"<1000 hồ sơ": 200, "1000–<2000 hồ sơ": 1000, "≥2000 hồ sơ": 2000}
SHARES = {
    "<1%": (0.5,),
    "1–<5%": (1, 4.5),
    "1–<7%": (1, 6.5),
    "5–<7%": (5, 6.5),
    "7–<10%": (7, 9.5),
    "≥10%": (10, 60),
}


def examples(printed: Any) -> list[tuple[Entries, float]]:
    """Entries that a printed rule is about, and by how much they change the total by what is printed."""
    if printed.kind in TALLIED and printed.rule not in OTHERS:
        row = row_of(printed.item, printed.rule, printed.points)
        once = printed.kind.endswith("once")
        return [({row: "Có" if once else 1}, float(printed.points))]
    if printed.kind.endswith("_2d"):
        volume, _semicolon, share = printed.condition.partition("; ")
        kind, files = ("3.3.TRE", "trễ hạn ") if "trễ" in share else ("3.3T.SOM", "trước hạn "), VOLUMES[volume]
        counted = [(files, round(files * percent / 100)) for percent in SHARES[share.removeprefix(kind[1])]]
        both = {"3.3.HS": files, "3.3T.HS": files}
        return [({**both, kind[0]: count}, float(printed.points)) for files, count in counted]
    return OTHERS[printed.rule]


def changed(rules: Rules, cases: list[tuple[str, Entries, float]]) -> list[tuple[str, Entries, float]]:
    """Those of the cases (rule, entries, change of the total) whose total is another."""
    clean = flawless(rules)
    found = totals(rules, {f"u{place}": {**clean, **entries} for place, (_rule, entries, _by) in enumerate(cases)})
    return [case for place, case in enumerate(cases) if found[f"u{place}"] != round(100 + case[2], 2)]


def test_every_printed_rule_gives_the_points_that_are_printed(rules: Rules) -> None:
    of_points = [each for each in PRINTED.itertuples() if each.kind != "exclude"]
    assert (len(PRINTED), len(of_points)) == (102, 101)
    cases = [(each.rule, *example) for each in of_points for example in examples(each)]
    assert changed(rules, [("", {}, 0.0)]) == [], "100 points to begin with"
    assert changed(rules, cases) == []


def test_every_printed_cap_holds(rules: Rules) -> None:
    cases: list[tuple[str, Entries, float]] = []
    of_items: dict[str, tuple[dict[str, Any], float]] = {}
    for each in PRINTED[PRINTED["kind"].isin(TALLIED)].itertuples():
        (entries, by), *_others = examples(each)
        sign, many = (-1 if by < 0 else 1), {row: 1000 if value == 1 else value for row, value in entries.items()}
        if each.rule_cap:
            cases.append((each.rule, many, sign * float(each.rule_cap)))
        if each.item_cap and sign < 0:
            together, _cap = of_items.setdefault(each.item, ({}, float(each.item_cap)))
            together.update(many)
    cases += [(item, together, -cap) for item, (together, cap) in of_items.items()]
    assert len(cases) == 13 + 9
    assert changed(rules, cases) == []


def test_some_bonuses_only_where_the_standard_points_are_reached(rules: Rules) -> None:
    certificates: Entries = {"a4T.HO": 99.5, "a4T.CHUNG": 96}
    early: Entries = {"3.3.HS": 500, "3.3T.HS": 500, "3.3T.SOM": 60}
    cases = [
        ("a4.2", certificates, 2.0),
        ("a4.2", {**certificates, "a4.Q12": "Có"}, -0.5),
        ("3.3.2", early, 2.0),
        ("3.3.2", {**early, "3.3.TRE": 1}, -1.0),
    ]
    assert changed(rules, cases) == []


def test_discipline_can_take_an_item_below_nothing(rules: Rules) -> None:
    assert changed(rules, [("2.1.1", {"2.1.Q1a": 1, "2.1.Q1b": 2}, -5.0)]) == []


def test_who_sends_no_report_is_not_classified(rules: Rules) -> None:
    where = contest.roster(rules, state={"cai-lay": "not_sent"}, file={"cai-lay": ""}, received={"cai-lay": ""})
    standings = rank(rules, *score(rules, tables.empty(Results), where), where)
    assert standings.loc[0, ["classification", "exclusion"]].tolist() == [
        "Không xếp loại",
        "Không gửi báo cáo giải trình và bản chấm điểm thi đua",
    ]


def test_out_as_a_workbook_and_back_changes_no_letter(rules: Rules, tmp_path: Path) -> None:
    write_rubric(tmp_path / "thang-diem.xlsx", rules, rules.blocs[0])
    edit = editing.plan_edit(tmp_path / "thang-diem.xlsx", rules)
    assert edit.changes == ()
    assert edit.text == (DATA / "tien_giang_2022.yaml").read_text(encoding="utf-8")


# --- what the office of Cai Lậy got -------------------------------------------------------------------

MINUTES = pd.read_csv(DATA / "cai_lay_2022.csv", comment="#", index_col=0, converters={0: str})
MINUTES.columns = ["standard", "bonus", "penalty", "appraised", "claimed"]
ITEMS, SUMS = MINUTES.iloc[:30], MINUTES.iloc[30:]

ENTERED: Entries = {
    # Results for which the printed rules give what the minutes give, or as much of it as they can.
    "a4T.HO": 99.2,
    "a4T.CHUNG": 95.5,
    "a7T.Q6": 4,
    "b2T.Q1": 1,
    "b3T.Q1": "Có",
    "c2": 99,  # 7 × 0.1, at most 0.5
    "c3T.Q3": 1,
    "d1": (20, 24),
    "d2T.Q3": 4,  # 4 × 1, at most 2
    "2.2T.Q1": 1,
    "3.1.Q2": "Có",  # the plan is of 9 February 2022
    "3.2T.Q1": "Có",
    "3.3T.HS": 500,
    "3.3T.SOM": 50,
    "4.3T.Q1": 5,
}
BEYOND = {"c2": (5.5, 5.7), "c4": (4.0, 4.5), "d2": (9.0, 11.0), "3.1": (1.5, 2.0)}
"""Item -> what the printed rules give, and what the appraisers gave: beyond a cap (c2, d2), where no bonus is printed
(c4), and all points for a plan that was late (3.1)."""


def item_of(criterion: str) -> str:
    item = criterion.removesuffix("T")
    return item if item in ITEMS.index else item.rpartition(".")[0]


def of_items(scores: pd.DataFrame, points: str = "points") -> dict[str, float]:
    return {item: round(sum(rows[points]), 2) for item, rows in scores.groupby(scores["criterion"].map(item_of))}


def test_item_by_item(rules: Rules) -> None:
    scores, _groups, standings = scored(rules, {"cai-lay": flawless(rules) | ENTERED})
    computed = of_items(scores)
    assert set(computed) == set(ITEMS.index)
    assert {item: points for item, points in ITEMS["appraised"].items() if computed[item] != points} == {
        item: appraised for item, (_computed, appraised) in BEYOND.items()
    }
    assert {item: computed[item] for item in BEYOND} == {item: points for item, (points, _given) in BEYOND.items()}
    # 118.4 in the minutes, less 0.2, 0.5, 2 and 0.5.
    assert standings.loc[0, ["base", "bonus", "penalty", "total"]].tolist() == [99.5, 15.7, 0, 115.2]


# --- the whole way: form, run, appraisal paper, run -----------------------------------------------------

CLAIMED: Entries = {**ENTERED, "a7T.Q6": 8, "d2T.Q3": 6}
"""What the office reported: eight solutions and six withdrawn complaints, of which the minutes recognise four each."""

APPRAISAL: dict[str, tuple[float, str]] = {
    "3.1": (2, "Kế hoạch ngày 09/02/2022, đoàn thẩm định không trừ"),
    "a7T": (4, "Công nhận 4 trong 8 giải pháp"),
    "c2T": (0.7, "Cộng 0,1 cho mỗi 1 % vượt, đoàn thẩm định không giới hạn 0,5"),
    "d2T": (4, "Công nhận 4 trong 6 vụ, đoàn thẩm định không giới hạn 2 điểm"),
}
DECISION = {"c4T": (0.5, "Thưởng mô hình bảo vệ môi trường nông thôn, ngoài thang điểm")}
CHANGES = [
    # criterion, whose, computed, counting; in all 119.2 become 118.4
    ("3.1", "appraised", 1.5, 2.0),
    ("a7T", "appraised", 8.0, 4.0),
    ("c2T", "appraised", 0.5, 0.7),
    ("d2T", "appraised", 2.0, 4.0),
    ("c4T", "decided", 0.0, 0.5),
]
WHY = {code: why for code, (_points, why) in (APPRAISAL | DECISION).items()}


def form(rules: Rules, entries: Entries) -> bytes:
    """The form as the office fills it."""
    rows = [
        {"criterion": row, "target": value[0], "actual": value[1]}
        if isinstance(value, tuple)
        else {"criterion": row, "actual": value}
        for row, value in entries.items()
    ]
    of, target = rules.plan.round("tong-ket"), io.BytesIO()
    assert of
    whole = {
        "unit": [{"item": key, "value": value} for key, value in UNIT_SHEET.items()],
        "results": rows,
        "models": [{"kind": "Mô hình", "name": "Tuyến kênh sạch", "content": "Vớt rác 5 km kênh"}],
    }
    write_form(target, RoundContext(rules, of), "cai-lay", whole)
    return target.getvalue()


@pytest.fixture(scope="module")
def year(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> tuple[Assessment, Assessment, Path]:
    """The run on the form alone, the run with the appraisal paper, and where its outbox lies."""
    folder = tmp_path_factory.mktemp("year")
    files = {"phieu.xlsx": form(rules, flawless(rules) | CLAIMED)}
    first = run(folder, dict(files), rules=rules)
    (unit,) = rules.blocs[0].units
    for folder_of, kind, given in (("tham-dinh", "appraised", APPRAISAL), ("hoi-dong", "decided", DECISION)):
        typed: Papers = {(unit.name, code): {kind: points, "reason": why} for code, (points, why) in given.items()}
        files[f"hoi-dong/{folder_of}.xlsx"] = fill(
            issued(folder, f"{folder_of}/tien-giang.xlsx"), typed, who="Đoàn thẩm định"
        )
    return first, run(folder, files, rules=rules), folder / "out"


def test_the_form_gives_what_the_office_reported_but_for_the_caps(year: tuple[Assessment, Assessment, Path]) -> None:
    first, _second, _out = year
    assert finding_rows(first) == []
    computed, claimed = of_items(first.outcome.scores), ITEMS["claimed"].to_dict()
    assert {item: (computed[item], claimed[item]) for item in claimed if computed[item] != claimed[item]} == {
        "c2": (5.5, 5.7),
        "c4": (4.0, 4.5),
        "d2": (9.0, 13.0),  # six withdrawn complaints at 1 point, of which the rubric counts 2
        "3.1": (1.5, 2.0),
    }
    assert first.outcome.standings["total"].tolist() == [119.2]
    assert SUMS.loc["Tổng cộng", "claimed"] == 124.4 == round(119.2 + 0.2 + 0.5 + 4 + 0.5, 2)


def test_computed_and_appraised_points_stay_apart(year: tuple[Assessment, Assessment, Path]) -> None:
    _first, second, _out = year
    assert finding_rows(second) == []
    assert judged(second) == [
        ("cai-lay", code, whose, computed, counting, WHY[code]) for code, whose, computed, counting in CHANGES
    ]
    at = second.outcome.scores.set_index("criterion")
    assert [(code, whose, at["computed"][code], at[whose][code]) for code, whose, *_points in CHANGES] == CHANGES
    assert of_items(second.outcome.scores) == ITEMS["appraised"].to_dict()
    assert second.outcome.standings.loc[0, ["base", "bonus", "penalty", "total"]].tolist() == [100, 18.4, 0, 118.4]


def test_every_printed_sum_follows(year: tuple[Assessment, Assessment, Path]) -> None:
    _first, second, _out = year
    points = second.outcome.groups.set_index("group")["points"]
    parts = {f"Mục {part}": [f"TC1{part}"] for part in "abcd"} | {f"Tiêu chuẩn {n}": [f"TC{n}"] for n in range(2, 6)}
    parts["Tiêu chuẩn 1"] = [f"TC1{part}" for part in "abcd"]
    parts["Tổng cộng"] = [*parts["Tiêu chuẩn 1"], *(f"TC{n}" for n in range(2, 6))]
    for name, groups in parts.items():
        bonus = round(sum(points.get(f"{group}T", 0) for group in groups), 2)
        assert (name, points[groups].sum(), bonus) == (name, *SUMS.loc[name, ["standard", "bonus"]])
        assert round(points[groups].sum() + bonus, 2) == SUMS.loc[name, "appraised"]


def test_the_difference_is_shown(year: tuple[Assessment, Assessment, Path]) -> None:
    _first, second, out = year
    rows = CalamineWorkbook.from_path(out / "tong-hop.xlsx").get_sheet_by_name("Thay đổi").to_python()
    titles = next(row for row in rows if row[0] == "STT")
    columns = [titles.index(title) for title in ("Điểm máy tính", "Điểm thẩm định", "Điểm Hội đồng", "Lý do")]
    listed = [[row[column] for column in columns] for row in rows if isinstance(row[0], float)]
    assert listed == [
        [computed, counting if whose == "appraised" else "", counting if whose == "decided" else "", WHY[code]]
        for code, whose, computed, counting in CHANGES
    ]
    words = io.StringIO()
    explain(second.outcome, "cai-lay", "d2T", Console(file=words, width=200))
    assert "6 × 1, tối đa 2; tối đa 7: 2 điểm" in words.getvalue()
    assert (
        f"máy tính 2 → thẩm định 4; lý do: {WHY['d2T']}; Đoàn thẩm định; tệp hoi-dong/tham-dinh.xlsx"
        in words.getvalue()
    )


@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_libreoffice_computes_the_form_and_the_ranking(
    rules: Rules, year: tuple[Assessment, Assessment, Path], tmp_path: Path
) -> None:
    first, _second, out = year
    (tmp_path / "phieu.xlsx").write_bytes(form(rules, flawless(rules) | CLAIMED))
    shutil.copy(out / "xep-hang.xlsx", tmp_path)
    saved = convert([tmp_path / "phieu.xlsx", tmp_path / "xep-hang.xlsx"], "xlsx", tmp_path / "lo")
    entered = CalamineWorkbook.from_path(saved[0]).get_sheet_by_name("Tự chấm").to_python()
    shown = {row[0] or row[1]: row[COLUMN["computed"]] or 0 for row in entered}
    scores = first.outcome.scores[first.outcome.scores["criterion"] != "c4T"]  # which only the council gives
    computed = dict(zip(scores["criterion"], scores["computed"], strict=True))
    assert {code: shown[code] for code in computed} == computed
    assert shown["Tổng cộng"] == 119.2
    ranked = CalamineWorkbook.from_path(saved[1]).get_sheet_by_name("Phòng Tài nguyên và Môi trường").to_python()
    (row,) = [row for row in ranked if row[2] == "Phòng TN&MT Cai Lậy"]
    assert row[3:14] == [30, 15, 25, 10, 2, 10, 3, 5, 18.4, 0, 118.4]
