"""A contest without awards, movements, recipients and models: forms and run work, and nobody is asked for them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl

from pipeline.forms.writing.workbook import write_form
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import load_rules
from pipeline.run import assess, publish
from pipeline.verification.outbox import verify
from tests.filled import NOW, entries
from tests.small import write_year


def bare(data: dict[str, Any]) -> dict[str, Any]:
    lists = {key: [] for key in ("movements", "recipients", "awards") if key in data}
    return data | lists | ({"models": "none"} if "movements" in data else {})


def test_a_contest_with_nothing_beside_its_rubric(tmp_path: Path) -> None:
    rules = load_rules(write_year(tmp_path / "2023", bare))
    round_ = rules.plan.round("tong-ket")
    assert round_
    context = RoundContext(rules, round_)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for unit in ("thon-1", "thon-2"):
        form = io.BytesIO()
        write_form(form, context, unit, entries("thon") | {"models": []})
        (inbox / f"{unit}.xlsx").write_bytes(form.getvalue())
    book = openpyxl.load_workbook(inbox / "thon-1.xlsx")
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == ["Hướng dẫn", "Đơn vị", "Tự chấm"]
    shown = [cell.value for row in book["Hướng dẫn"].iter_rows() for cell in row]
    assert "Tự chấm" in shown
    assert not {"Mô hình – công trình", "Phong trào", "Khen thưởng tập thể"} & set(shown)

    assessment = assess(context, inbox, tmp_path / "none.sqlite", NOW)
    assert assessment.outcome.findings.empty
    standings = assessment.outcome.standings.set_index("unit")
    assert standings.loc[["thon-1", "thon-2"], "total"].tolist() == [95, 95]
    publish(assessment, tmp_path / "outbox", tmp_path / "outbox" / "so-cai.sqlite", NOW)
    assert verify(tmp_path / "outbox", inbox, context).differences == []
