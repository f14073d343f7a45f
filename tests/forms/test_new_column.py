"""The form is declared once: a new number column is one line, and forms that are out already stay right."""

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
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a year with the column ``one_more`` makes of three forms that have it, and of one issued before."""
    folder = tmp_path_factory.mktemp("year")
    drop(folder / "inbox", {"old.xlsx": form("thon-1")})
    command = [sys.executable, "-m", "tests.forms.new_column", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_form_asks_for_it_where_it_is_declared(told: dict[str, Any]) -> None:
    at = told["headings"].index("one_more")
    assert told["headings"][at - 1] == "target"


def test_it_reaches_the_tables_and_the_consolidated_workbook(told: dict[str, Any]) -> None:
    assert told["data"] == {"thon-2 KT1": "90"}
    assert told["shown"] == [["Thôn 2", "KT1", 90]]


def test_what_is_wrong_in_it_is_told_at_its_cell_and_a_form_without_it_is_right(told: dict[str, Any]) -> None:
    # VH1 in row 11 is a percentage, of which there are 100 at most.
    assert told["findings"] == [["wrong.xlsx", "F11", "VH1", "too-high"]]
    assert [told["states"][f"thon-{n}"] for n in (1, 2, 3, 4)] == ["sent", "sent", "to_correct", "sent"]


def test_a_column_that_came_later_may_lack_unless_it_is_required() -> None:
    target = RESULTS.field("target")
    assert replace(target, later=True, required=False).may_lack
    assert not replace(target, later=True, required=True).may_lack
    assert not replace(target, later=False, required=False).may_lack
