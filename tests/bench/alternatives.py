"""The three things that are timed: our run, the bare cost of the same work, and the loop one would write without us.

Each takes the rules, the inbox and a folder for its output, and returns its seconds; imports are not counted,
for they are paid once, however many forms there are.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.rules import Rules
from tests.bench.forms import ROUND

WORKBOOKS = ("tong-hop.xlsx", "xep-hang.xlsx")


def ours(rules: Rules, inbox: Path, base: Path) -> dict[str, Any]:
    """Everything ``thidua run`` does, in one process."""
    import openpyxl  # noqa: F401  (imported by the run; not to be counted)
    import pandera.pandas  # noqa: F401
    import xlsxwriter  # noqa: F401

    from pipeline import feedback, ledger, run  # noqa: F401
    from pipeline.outputs import consolidated, data, manifest, ranking  # noqa: F401

    of = rules.plan.round(ROUND)
    if of is None:
        raise LookupError(ROUND)
    outbox, stages = base / f"outbox-{inbox.name}", {}
    shutil.rmtree(outbox, ignore_errors=True)
    now = dt.datetime(2023, 12, 8, 8, tzinfo=rules.plan.zone)
    place = ledger.place(outbox, rules.plan.year, of.code)
    start = time.perf_counter()
    with _timed(stages, "read"):
        taken = run.take_all(inbox, 1, lambda done, total: None)
    with _timed(stages, "check, score, rank"):
        assessment = run.assess_taken(rules, of, taken, place, now)
    del taken
    with _timed(stages, "write"):
        run.publish(assessment, inbox, outbox, place, now)
    seconds = time.perf_counter() - start
    standings = assessment.outcome.standings
    if int(standings["rank"].notna().sum()) != len(rules.units):
        raise RuntimeError("not every unit was ranked: the comparison would not be fair")
    return {"seconds": seconds, "stages": stages}


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    stages[name] = time.perf_counter() - start


def bare(rules: Rules, inbox: Path, base: Path) -> dict[str, Any]:
    """python-calamine reads every sheet of every form, XlsxWriter writes every cell of our two workbooks.

    The cells are read back from what our run wrote, before the clock starts.
    """
    import openpyxl
    import xlsxwriter
    from python_calamine import CalamineWorkbook

    cells = []
    for name in WORKBOOKS:
        book = openpyxl.load_workbook(base / f"outbox-{inbox.name}" / name, read_only=True)
        cells.append({sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book})
    start = time.perf_counter()
    for path in sorted(inbox.iterdir()):
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()
    for name, sheets in zip(WORKBOOKS, cells, strict=True):
        _write(base / f"bare-{name}", sheets, xlsxwriter)
    return {"seconds": time.perf_counter() - start}


def _write(path: Path, sheets: dict[str, list[list[Any]]], xlsxwriter: Any) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        for title, rows in sheets.items():
            sheet = workbook.add_worksheet(title)
            for row, values in enumerate(rows):
                for column, value in enumerate(values):
                    if value is None:
                        continue
                    if isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(row, column, value)
                    elif isinstance(value, str):
                        sheet.write_string(row, column, value)
                    elif isinstance(value, (int, float)):
                        sheet.write_number(row, column, value)


def loop(rules: Rules, inbox: Path, base: Path) -> dict[str, Any]:
    """pandas.read_excel with its default reader file by file, checks per file, to_excel at the end."""
    import openpyxl  # noqa: F401
    import pandas as pd

    start = time.perf_counter()
    tables: dict[str, list[pd.DataFrame]] = {}
    for path in sorted(inbox.iterdir()):
        sheets = pd.read_excel(path, sheet_name=None, header=None)
        for title, frame in sheets.items():
            numbers = frame.apply(pd.to_numeric, errors="coerce")
            frame["wrong"] = (numbers < 0).any(axis=1)
            frame["file"] = path.name
            tables.setdefault(title, []).append(frame)
    with pd.ExcelWriter(base / "loop.xlsx") as writer:
        for title, frames in tables.items():
            pd.concat(frames).to_excel(writer, sheet_name=title[:31], index=False)
    return {"seconds": time.perf_counter() - start}
