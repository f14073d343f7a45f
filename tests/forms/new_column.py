"""A year with more columns in the self-scoring table: ``python -m tests.forms.new_column FOLDER``.

A column of numbers and one of choices are declared in memory before any other module has seen the declaration. Runs on
``FOLDER/inbox``, to which it adds forms that have the columns, and prints as JSON what became of them.
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path

from pipeline.forms import declared

NEW = (
    declared.Field("one_more", "One more", declared.Kind.NUMBER, rows=declared.Rows.NUMBER, later=True),
    declared.Field("chosen", "Chosen", declared.Kind.CHOICE, choices="vai_tro", rows=declared.Rows.NUMBER, later=True),
)


def declare() -> None:
    """Put the new columns behind the target."""
    at = [each.code for each in declared.RESULTS.fields].index("target") + 1
    fields = (*declared.RESULTS.fields[:at], *NEW, *declared.RESULTS.fields[at:])
    old, new = declared.RESULTS, replace(declared.RESULTS, fields=fields)
    declared.RESULTS = new
    declared.TABLES = tuple(new if each is old else each for each in declared.TABLES)
    declared.TABLE["results"] = new


def main(folder: Path) -> None:
    """Write the forms, run, and tell."""
    declare()
    import openpyxl
    from python_calamine import CalamineWorkbook

    from pipeline import engines
    from pipeline.rules.round_context import RoundContext
    from pipeline.run import assess, publish
    from tests.filled import NOW, RULES, drop, form

    forms = {
        "right.xlsx": form("thon-2", {"KT1": {"one_more": 90, "chosen": "Lãnh đạo, quản lý"}}),
        "wrong.xlsx": form("thon-3", {"VH1": {"one_more": "101", "chosen": "Khác"}}),
        "blank.xlsx": form("thon-4"),
    }
    inbox = drop(folder / "inbox", forms)
    of, ledger = RULES.plan.round("tong-ket"), folder / "ledger.sqlite"
    assert of
    assessment = assess(RoundContext(RULES, of), inbox, ledger, NOW, jobs=engines.IN_PROCESS)
    publish(assessment, folder / "out", ledger, NOW)
    found = assessment.outcome.findings
    with (folder / "out" / "so-lieu" / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    book = CalamineWorkbook.from_path(str(folder / "out" / "tong-hop.xlsx"))
    sheet = book.get_sheet_by_name("Tự chấm").to_python()
    places = [sheet[2].index(field.title) for field in NEW]
    right = openpyxl.load_workbook(inbox / "right.xlsx")["Tự chấm"]
    headings = [cell.value for cell in right[5]]
    rules = right.data_validations.dataValidation
    offered = [str(rule.sqref) for rule in rules if rule.formula1 == "vai_tro"]
    print(
        json.dumps(
            {
                "states": dict(zip(assessment.outcome.roster["unit"], assessment.outcome.roster["state"], strict=True)),
                "findings": list(zip(*(found[name] for name in ("file", "cell", "criterion", "code")), strict=True)),
                "headings": headings,
                "offered": offered,
                "data": {
                    f"{row['unit']} {row['criterion']}": [row[field.code] for field in NEW]
                    for row in rows
                    if any(row[field.code] for field in NEW)
                },
                "shown": [
                    [row[2], row[3], *(row[place] for place in places)]
                    for row in sheet[3:]
                    if any(row[place] != "" for place in places)
                ],
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
