"""The three things that are timed: our run, the bare cost of the same work, and the loop one would write without us.

Each takes the rules, the inbox and a folder for its output, and returns its seconds: of the processor, so that
other work on the machine distorts them less. Imports are not counted, for they are paid once, however many forms
there are.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pipeline.forms.declared import TABLES
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from tests.bench.forms import ROUND

WORKBOOKS = ("tong-hop.xlsx", "xep-hang.xlsx")


def ours(rules: Rules, inbox: Path, base: Path) -> dict[str, Any]:
    """Everything ``thidua run`` does in one process, up to the papers of appraisers and council.

    These are many workbooks of their own, of which neither the bare cost nor the loop has any: they are timed apart.
    """
    import openpyxl  # noqa: F401  (imported by the run; not to be counted)
    import pandera.pandas  # noqa: F401
    import xlsxwriter  # noqa: F401

    from pipeline import engines, run
    from pipeline.outputs.council_papers import workbook as papers
    from pipeline.state import ledger

    of = rules.plan.round(ROUND)
    if of is None:
        raise LookupError(ROUND)
    outbox, stages = base / f"outbox-{inbox.name}", {}
    shutil.rmtree(outbox, ignore_errors=True)
    now = dt.datetime(2023, 12, 8, 8, tzinfo=rules.plan.zone)
    place = ledger.path_for(outbox, ledger.RoundKey(rules.plan.year, of.code))
    start = time.process_time()
    with _timed(stages, "read"):
        taken = run.take_all(inbox, rules.plan.limits, jobs=engines.IN_PROCESS)
    with _timed(stages, "check, score, rank"):
        assessment = run.assess_received(
            context := RoundContext(rules, of), taken, run.known_times(context, place, now)
        )
    del taken
    with _timed(stages, "write"), patch.object(papers, "write"):
        run.publish(assessment, outbox, place, now)
    seconds = time.process_time() - start
    standings = assessment.outcome.standings
    if int(standings["rank"].notna().sum()) != len(rules.units):
        raise RuntimeError("not every unit was ranked: the comparison would not be fair")
    return {"seconds": seconds, "stages": stages}


def council_papers(rules: Rules, inbox: Path, base: Path) -> dict[str, Any]:
    """The papers that go to appraisers and council."""
    from pipeline import engines, run
    from pipeline.outputs.council_papers import workbook as papers

    of = rules.plan.round(ROUND)
    if of is None:
        raise LookupError(ROUND)
    now = dt.datetime(2023, 12, 8, 8, tzinfo=rules.plan.zone)
    assessment = run.assess(RoundContext(rules, of), inbox, base / "none.sqlite", now, jobs=engines.IN_PROCESS)
    folder = base / "papers"
    folder.mkdir()
    start = time.process_time()
    papers.write(assessment.outcome, folder)
    return {"seconds": time.process_time() - start}


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    start = time.process_time()
    yield
    stages[name] = time.process_time() - start


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
    start = time.process_time()
    for path in sorted(inbox.iterdir()):
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()
    for name, sheets in zip(WORKBOOKS, cells, strict=True):
        _write(base / f"bare-{name}", sheets, xlsxwriter)
    return {"seconds": time.process_time() - start}


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
    """The script that one would write: pandas.read_excel file by file, a look at every row, to_excel at the end."""
    import openpyxl  # noqa: F401
    import pandas as pd

    criteria, codes = rules.blocs[0].rubric.criteria, {each.code for table in TABLES for each in table.fields}
    start = time.process_time()
    tables: dict[str, list[pd.DataFrame]] = {}
    for path in sorted(inbox.iterdir()):
        for title, sheet in pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl").items():
            heading = next((n for n in range(min(len(sheet), 10)) if len(codes & set(sheet.iloc[n])) > 1), None)
            if heading is None:
                continue
            rows = sheet.iloc[heading + 2 :].set_axis(sheet.iloc[heading], axis=1).dropna(how="all")
            if "criterion" in rows:
                rows = rows[rows["criterion"].isin(criteria)]
                rows = rows.assign(**_checked(rows, criteria))
            tables.setdefault(title, []).append(rows.assign(file=path.name))
    with pd.ExcelWriter(base / "loop.xlsx") as writer:
        for title, frames in tables.items():
            pd.concat(frames).to_excel(writer, sheet_name=title, index=False)
    return {"seconds": time.process_time() - start}


def _checked(rows: Any, criteria: dict[str, Any]) -> dict[str, list[Any]]:
    """Row by row: required, a number, within bounds; and the points, by a plain share of the target."""
    import pandas as pd

    wrong, points = [], []
    for row in rows.to_dict("records"):
        criterion, entered = criteria[row["criterion"]][1], row["actual"]
        actual, target = pd.to_numeric(entered, errors="coerce"), pd.to_numeric(row["target"], errors="coerce")
        faults = []
        if pd.isna(entered) and pd.isna(row["claimed"]):
            faults.append("blank")
        elif pd.notna(actual) and actual < criterion.low:
            faults.append("too low")
        elif pd.notna(actual) and criterion.high is not None and actual > criterion.high:
            faults.append("too high")
        share = min(actual / target, 1) if pd.notna(actual) and target else 0
        points.append(row["claimed"] if pd.notna(row["claimed"]) else round(share * float(criterion.points), 2))
        wrong.append("; ".join(faults))
    return {"wrong": wrong, "points": points}
