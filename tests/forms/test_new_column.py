"""The form is declared once: a new column is one line, and forms that are out already stay right."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from pipeline.forms.declared import RESULTS
from tests.filled import drop, form
from tests.places import ROOT


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a year with the columns ``one_more`` and ``chosen`` makes of forms that have them, and of one issued
    before."""
    folder = tmp_path_factory.mktemp("year")
    drop(folder / "inbox", {"old.xlsx": form("thon-1")})
    command = [sys.executable, "-m", "tests.forms.new_column", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_form_asks_for_it_where_it_is_declared(year: dict[str, Any]) -> None:
    at = year["headings"].index("one_more")
    assert year["headings"][at - 1 : at + 2] == ["target", "one_more", "chosen"]


def test_a_choice_is_offered_in_the_rows_that_ask_for_it(year: dict[str, Any]) -> None:
    # Numbers are asked for by KT1, KT2, VH1, AN1 and T1; each group stands below a row with its title.
    assert year["offered"] == ["G8", "G9", "G11", "G14", "G17"]


def test_it_reaches_the_tables_and_the_consolidated_workbook(year: dict[str, Any]) -> None:
    assert year["data"] == {"thon-2 KT1": ["90", "Lãnh đạo, quản lý"]}
    assert year["shown"] == [["Thôn 2", "KT1", 90, "Lãnh đạo, quản lý"]]


def test_what_is_wrong_in_it_is_told_at_its_cell_and_a_form_without_it_is_right(year: dict[str, Any]) -> None:
    # VH1 in row 11 is a percentage, of which there are 100 at most.
    assert year["findings"] == [
        ["wrong.xlsx", "G11", "VH1", "not-in-list"],
        ["wrong.xlsx", "F11", "VH1", "too-high"],
    ]
    assert [year["states"][f"thon-{n}"] for n in (1, 2, 3, 4)] == ["sent", "sent", "to_correct", "sent"]


def test_a_column_that_came_later_may_lack_unless_it_is_required() -> None:
    target = RESULTS.field("target")
    assert replace(target, later=True, required=False).may_lack
    assert not replace(target, later=True, required=True).may_lack
    assert not replace(target, later=False, required=False).may_lack
