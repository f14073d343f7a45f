"""A year in which people judge: three forms of one bloc, runs on them, and papers filled in as a person does."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl

from pipeline.forms.papers import META_SHEET
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.run import Assessment, assess, publish
from pipeline.seals import SEAL
from tests.conftest import KEY
from tests.filled import NOW, RULES, drop, form

FORMS = {
    "thon-1.xlsx": form("thon-1"),  # 38 + 20 + 10 + 8 + 5 + 5 + 9 = 95
    "thon-2.xlsx": form("thon-2", {"KT1": {"target": 100, "actual": 96.5}, "T2": {"actual": "Có"}}),  # 95.6 + 3
    "thon-3.xlsx": form("thon-3", {"KT1": {"target": 100, "actual": 80}}),  # 32 for KT1: 89
}
LATER = NOW + dt.timedelta(hours=5)
Entries = dict[tuple[str, str], dict[str, Any]]
"""Sheet (the unit's name) and criterion -> column -> what is entered."""


def run(tmp_path: Path, files: dict[str, bytes], now: dt.datetime = NOW, rules: Rules = RULES) -> Assessment:
    """A run on an inbox of just these files; the outbox is ``tmp_path/out``."""
    inbox = tmp_path / "inbox"
    shutil.rmtree(inbox, ignore_errors=True)
    of, book = rules.plan.round("tong-ket"), tmp_path / "ledger.sqlite"
    assert of
    drop(inbox, files)
    assessment = assess(RoundContext(rules, of), inbox, book, now)
    publish(assessment, tmp_path / "out", book, now)
    return assessment


def issued(tmp_path: Path, name: str = "tham-dinh/thon.xlsx") -> bytes:
    return (tmp_path / "out" / name).read_bytes()


def fill(paper: bytes, entries: Entries, who: str = "") -> bytes:
    """The paper with entries, located as a person finds them: by the sheet's name and the printed code."""
    book = openpyxl.load_workbook(io.BytesIO(paper))
    for (sheet, criterion), cells in entries.items():
        places = places_of(book[sheet])
        row = next(cell.row for cell in book[sheet]["A"] if cell.value == criterion)
        for column, value in cells.items():
            cell = book[sheet].cell(row, places[column])
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # openpyxl would take "=1+1" for a formula
    if who:
        book.worksheets[0]["B3"] = who
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_facts(paper: bytes, facts: dict[str, str]) -> bytes:
    """The paper as if we had issued it with other facts in its hidden sheet: its seal fits them."""
    book = openpyxl.load_workbook(io.BytesIO(paper))
    sheet = book[META_SHEET]
    cells = {str(row[0].value): row[1] for row in sheet.iter_rows()}
    for key, value in facts.items():
        cells[key].value = value
    cells[SEAL].value = KEY.seal({key: str(cell.value or "") for key, cell in cells.items()})
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def places_of(sheet: Any) -> dict[str, int]:
    """Column code -> column, from the hidden row of codes."""
    row = next(row for row in sheet.iter_rows() if any(cell.value == "criterion" for cell in row))
    return {str(cell.value): cell.column for cell in row}


def cell_of(paper: bytes, sheet: str, criterion: str, column: str) -> Any:
    page = openpyxl.load_workbook(io.BytesIO(paper))[sheet]
    row = next(cell.row for cell in page["A"] if cell.value == criterion)
    return page.cell(row, places_of(page)[column])


def finding_rows(assessment: Assessment) -> list[tuple[str, str, str, str, str]]:
    found = assessment.outcome.findings
    return list(zip(*(found[name] for name in ("sheet", "cell", "criterion", "code", "severity")), strict=True))


def judged(assessment: Assessment) -> list[tuple[Any, ...]]:
    rows = assessment.outcome.judgements
    return list(zip(*(rows[name] for name in ("unit", "criterion", "kind", "before", "after", "reason")), strict=True))


def totals(assessment: Assessment) -> dict[str, tuple[float, int]]:
    """Unit -> total and rank, of the units that sent."""
    sent = assessment.outcome.standings.dropna(subset=["total"])
    return {str(at.unit): (float(at.total), int(at.rank)) for at in sent.itertuples()}  # type: ignore[arg-type]


COMPUTED = {"thon-2": (98.6, 1), "thon-1": (95.0, 2), "thon-3": (89.0, 3)}

APPRAISAL: Entries = {
    ("Thôn 1", "TD1"): {"appraised": 10, "reason": "Đủ minh chứng"},
    ("Thôn 2", "KT1"): {"appraised": 34, "reason": "=1+1"},
    ("Thôn 2", "T1"): {"appraised": 4, "reason": "Hai bằng khen"},
    ("Thôn 3", "P2"): {"appraised": -5, "reason": "Có kỷ luật"},
    ("Thôn 3", "AN1"): {"appraised": 5},
}
APPRAISED = [
    ("thon-1", "TD1", "appraised", 9.0, 10.0, "Đủ minh chứng"),
    ("thon-2", "KT1", "appraised", 38.6, 34.0, "=1+1"),
    ("thon-2", "T1", "appraised", 0.0, 4.0, "Hai bằng khen"),
    ("thon-3", "AN1", "appraised", 5.0, 5.0, ""),
    ("thon-3", "P2", "appraised", 0.0, -5.0, "Có kỷ luật"),
]
# thon-1: 95 + 1. thon-2: 95.6 - 4.6 = 91, and a bonus of 4 + 3, capped at 5. Equal; KT1 separates them: 38, 34.
AFTER_APPRAISAL = {"thon-1": (96.0, 1), "thon-2": (96.0, 2), "thon-3": (84.0, 3)}


@cache
def _first_run() -> tuple[TemporaryDirectory[str], bytes]:
    """A first run's folder, which is removed when the tests end, and its appraisal paper, filled in."""
    folder = TemporaryDirectory()
    run(Path(folder.name), FORMS)
    return folder, fill(issued(Path(folder.name)), APPRAISAL, who="Nguyễn Văn Mẫu")


def appraised(tmp_path: Path) -> bytes:
    """The appraisal paper of a first run, filled in; what that run left behind lies in ``tmp_path``."""
    folder, paper = _first_run()
    shutil.copytree(folder.name, tmp_path, dirs_exist_ok=True)
    return paper
