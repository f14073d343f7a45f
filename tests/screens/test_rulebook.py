"""What ``thidua check`` shows of sound rules: everything an officer must be able to compare with the decision."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from pipeline import i18n
from pipeline.rules.rubric import Bloc
from pipeline.rules.words import rule_words
from pipeline.rules.year import load_rules
from pipeline.screens.rulebook import show
from tests.phong import PHONG
from tests.places import RULES_2023
from tests.small import THON, rules


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use_language("en")
    yield
    i18n.use_language(i18n.DEFAULT_LANGUAGE)


def shown(of: Any, width: int) -> str:
    console = Console(file=StringIO(), width=width, force_terminal=False)
    show(of, console)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_a_method_is_told_in_words_with_its_parameters() -> None:
    bloc = Bloc.model_validate(THON)
    words = {code: each.method.describe(group.scale(each, 2)) for code, (group, each) in bloc.rubric.criteria.items()}
    assert words == {
        "KT1": "result / target × standard points; below 50 %: 0 points; target 0: 0 points",
        "KT2": "target / result × standard points; target 0: full points if the result is 0 too",
        "VH1": "by % of the target reached – below 80: 0; from 80: 6; from 100: 10",
        "VH2": "by level – Xuất sắc: 10; Tốt: 8; Hoàn thành: 5",
        "VH3": "“Yes”: 5, otherwise 0",
        "AN1": "full points, each case takes off 1",
        "TD1": "self-claimed, then appraised",
        "T1": "each case gives 2",
        "T2": "“Yes”: 3, otherwise 0",
        "P1": "by the result – below 1: 0; from 1: 1; from 5: 3; from 10: 5",
        "P2": "by level – Không: 0; Khiển trách: 2; Cảnh cáo trở lên: 5",
    }


def test_a_method_over_inputs_is_told_with_their_names() -> None:
    rubric = Bloc.model_validate(PHONG).rubric
    assert {code: rule_words(rubric, each, 2) for code, (_group, each) in rubric.criteria.items()} == {
        "DD1": "full points to start with; Chậm triển khai kế hoạch: -0.5 each, at most 1.5; "
        "Có khiếu nại đúng: -1 once; at most 3 off in all",
        "HS1": "by Số hồ sơ giải quyết and Số hồ sơ trước hạn in % of it; "
        "below 1,000: below 1 → 0, from 1 to below 5 → 2, from 5 up → 3; "
        "from 1,000 to below 2,000: below 1 → 1, from 1 to below 5 → 4, from 5 up → 4.5; "
        "from 2,000 up: below 1 → 2, from 1 to below 5 → 4.5, from 5 up → 5; Số hồ sơ giải quyết 0: 0",
        "CT1": "formula =MIN(8, TH/KH*8) + IF(MH, 2, 0) (TH: Việc đã làm; KH: Việc theo kế hoạch; MH: Có mô hình mới)",
        "CL1": "weighted mean, as a share of the highest, of Thái độ phục vụ × 2; Thời gian giải quyết × 1",
        "CL2": "sum of Thủ tục × 0.3; Bộ máy × 0.2",
        "T1": "the best that holds – HO>=99: 1; AND(HO>=99, CH>=95): 2 (HO: Tỷ lệ hộ gia đình; CH: Tỷ lệ chung)",
        "T2": "the best that holds – AND(CTK=0, NOT(KN)): 1 (CTK: Chậm triển khai kế hoạch; KN: Có khiếu nại đúng); "
        "the inputs are those of DD1",
        "P1": "Văn bản nhắc nhở: -0.5 each; Không gửi báo cáo: -1 once",
    }


def test_every_code_name_and_day_of_the_year_is_shown() -> None:
    of = load_rules(RULES_2023)
    text = " ".join(shown(of, 1000).split())
    criteria = [each for bloc in of.blocs for _group, each in bloc.rubric.criteria.values()]
    groups = [group for bloc in of.blocs for group in bloc.rubric.groups]
    expected = [
        of.plan.title,
        *(each.name for each in (*of.plan.rounds, *of.plan.movements, *groups, *criteria, *of.awards.awards)),
        *(f"{unit.name} ({unit.code})" for bloc in of.blocs for unit in bloc.units),
        *(level.name for bloc in of.blocs for level in bloc.rubric.classification),
        *(each.reason for bloc in of.blocs for each in bloc.rubric.exclusions),
        "17:00 2023-12-10",
    ]
    assert [each for each in expected if " ".join(each.split()) not in text] == []


def test_caps_classes_ties_and_exclusions_in_words() -> None:
    lines = [" ".join(line.split()) for line in shown(rules(), 400).splitlines()]
    start = lines.index("Total 100 standard points; bonus at most 5; penalty at most 10")
    assert lines[start + 1 : start + 5] == [
        "Arithmetic The points of each criterion are rounded half up to 2 decimals, and then added. Percentages and "
        "results are compared with limits at 6 decimals; “from” includes the limit. Days late are counted by 24 hours "
        "from the due time on; a day that has begun counts whole.",
        "Classes Xuất sắc from 90 (each group at least 50 %, no points off under P2, at most 40 % of the ranked "
        "units); Tốt from 80; Khá from 65; Trung bình from 0",
        "On equal totals more points in KT1 (Thu ngân sách so với dự toán) → fewer penalty points → sent earlier",
        "Not ranked Không gửi báo cáo; Có người bị kỷ luật từ cảnh cáo trở lên (P2: Cảnh cáo trở lên)",
    ]
    assert [line for line in lines if line.endswith(("the rank is shared", "Not ranked nobody"))] == [
        "On equal totals the rank is shared",
        "Not ranked nobody",
    ]


def test_it_fits_a_hundred_columns__and_brackets_in_a_rule_file_are_text() -> None:
    changed = {**THON, "name": "Khối [bold]thôn[/bold]", "units": [{"code": "a", "name": "Thôn [red]1[/red]"}]}
    text = shown(rules(changed), 100)
    assert "Khối [bold]thôn[/bold]" in text
    assert "Thôn [red]1[/red] (a)" in text
    assert max(len(line) for line in shown(load_rules(RULES_2023), 100).splitlines()) <= 100
