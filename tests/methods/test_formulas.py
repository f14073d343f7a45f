"""LibreOffice as the judge: a recalculated formula gives the points that we computed, to the last decimal.

One workbook, one sheet for each rule; in each row what a unit enters, and beside it the live formula: in turn as in
the council's workbooks (0 for a blank entry) and as on the unit's form ("" for a blank entry).
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter

from pipeline.methods.expression import Operand, evaluate, to_excel
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Method, Scale, formula, score
from pipeline.sheets.grid import ByRow, once
from tests.libreoffice import needs_libreoffice, recalculated
from tests.methods.test_expression import PRINTED
from tests.methods.worked import BLANK, columns, rule, scale

pytestmark = needs_libreoffice

THREE_BANDS = [{"to": 80, "points": 0}, {"from": 80, "to": "99.5", "points": "2.25"}, {"from": "99.5", "points": 5}]
FALLING = [{"to": "33.333333", "points": 5}, {"from": "33.333333", "to": 100, "points": 2}, {"from": 100, "points": 0}]
DAYS = [{"to": 1, "points": 0}, {"from": 1, "to": "2.675", "points": 1}, {"from": "2.675", "points": 5}]
LEVELS = [
    {"name": "Xuất sắc", "points": 5},
    {"name": 'Mức "A" & <B>', "points": "3.35"},
    {"name": "Không * ?", "points": 0},
]
FORMULAS = [
    "=MIN(10, actual/target*10)",
    "=IF(actual/target>=100%, 10, IF(actual/target>=89.9%, 7.5, 0))",
    "=IF(AND(actual>0;actual<target);max_points*actual/target;IF(OR(actual=target;NOT(target>8));2,675;1,005))",
    "=10 - INT((target-actual)/0.1)*0.005",
    "=(actual>=80)*5 + (actual*3>=target-0.1)*2.675",
    "=IF(target-actual=0.1, 10, IF(target-actual<>0.2, 5, 1))",
    "=SUM(actual, -target, 10%)/(target-3)/(actual-2)",
    "=IF(target>0, 10/(actual/target-0.5), -5%*-actual)",
    "=ROUND(actual*0.35, 1)/2 + MAX(0, MIN(1, target, actual))",
    "=IF(INT(actual/target*10)>=9, 10, ABS(ROUND(actual/target, 2)))",
]
GRADES = [{"name": "A", "percent": 100}, {"name": "B", "percent": "66.5"}, {"name": "D (yếu)", "percent": 0}]
EARLY = [{"days_late": -5, "points": 10}, {"days_late": -2, "points": "8.5"}, {"days_late": 3, "points": 5}]
LATE = [{"days_late": 4, "points": 0}, {"days_late": 9, "points": 5}, {"days_late": 14, "points": 10}]

ASKED = [{"code": "A", "high": 10}, {"code": "B", "high": 4}, {"code": "C", "yes_no": True}]
CASES = [{"input": "A", "each": "-0.135", "at_most": "1.005"}, {"input": "C", "once": "-0.5"}]
BY_CLASS = [
    {"to": 100, "bands": [{"to": "33.333333", "points": "0.35"}, {"from": "33.333333", "points": "2.5"}]},
    {
        "from": 100,
        "to": 1000,
        "bands": [{"to": 50, "points": 1}, {"from": 50, "to": "99.5", "points": 2}, {"from": "99.5", "points": 3}],
    },
    {"from": 1000, "bands": [{"points": 5}]},
]
WEIGHTS = [{"input": "A", "weight": "0.35"}, {"input": "B", "weight": "0.125"}, {"input": "C", "weight": 1}]
OVER_INPUTS: list[tuple[dict[str, Any], str]] = [
    ({"method": "tally", "start": "full", "rules": [*CASES, {"input": "B", "each": "0.025"}]}, "5"),
    ({"method": "tally", "start": "full", "rules": CASES, "off_at_most": "1.2"}, "2.675"),
    ({"method": "tally", "rules": [{"input": "B", "each": "0.335"}, *CASES], "added_at_most": 3}, "40"),
    ({"method": "two_way_bands", "volume": "B", "measure": "A", "share": True, "classes": BY_CLASS}, "5"),
    ({"method": "two_way_bands", "volume": "A", "measure": "B", "classes": BY_CLASS, "at_zero": "0.01"}, "5"),
    (
        {
            "method": "one_of",
            "options": [
                {"when": "A<=5", "points": 1},
                {"when": "AND(a*3>=b-0.1, NOT(C))", "points": "2.5"},
                {"when": "OR(C, B=80)", "points": "1.005"},
            ],
        },
        "2.5",
    ),
    ({"method": "sum_of", "parts": WEIGHTS}, "5"),
    ({"method": "mean_of", "parts": WEIGHTS}, "7.5"),
    ({"method": "mean_of", "parts": [{"input": "A", "weight": 3}]}, "12.5"),
    ({"method": "formula", "formula": "=MIN(10, A/B*10) - IF(C, SUM(A, B, 10%)/100, 0)"}, "10"),
    ({"method": "formula", "formula": "=IF(C; 10/(A-B); B*0,35)"}, "10"),
]

RULES: list[tuple[dict[str, Any], Scale]] = [
    ({"method": "ratio", "zero_target": "none"}, scale(5)),
    ({"method": "ratio", "zero_target": "full", "floor": 50}, scale("2.5")),
    ({"method": "ratio", "zero_target": "by_actual", "cap": "89.9"}, scale("7.3", decimals=1)),
    ({"method": "ratio", "zero_target": "none", "floor": "33.333333", "cap": 90}, scale(40, decimals=3)),
    ({"method": "ratio", "zero_target": "none"}, scale("4.5", decimals=0)),
    ({"method": "ratio", "zero_target": "none"}, scale("0.75", penalty=True)),
    ({"method": "ratio", "direction": "down", "zero_target": "by_actual"}, scale("12.5")),
    ({"method": "ratio", "direction": "down", "zero_target": "none", "floor": 50, "cap": 95}, scale(3)),
    ({"method": "ratio", "direction": "down", "zero_target": "full"}, scale("2.5", decimals=1, penalty=True)),
    ({"method": "bands", "bands": THREE_BANDS, "zero_target": "none"}, scale(5)),
    ({"method": "bands", "bands": FALLING, "zero_target": "by_actual"}, scale(5, penalty=True)),
    ({"method": "bands", "of": "percent_down", "bands": THREE_BANDS, "zero_target": "by_actual"}, scale(5)),
    ({"method": "bands", "of": "percent_down", "bands": FALLING, "zero_target": "full"}, scale(5, penalty=True)),
    ({"method": "bands", "of": "actual", "bands": THREE_BANDS}, scale(5)),
    ({"method": "bands", "of": "actual", "bands": DAYS}, scale(5, penalty=True)),
    ({"method": "per_case", "each": "0.125"}, scale(5)),
    ({"method": "per_case", "each": "1.005"}, scale(40, penalty=True)),
    ({"method": "per_case", "each": "0.5", "start": "full"}, scale(5)),
    ({"method": "per_case", "each": "0.025", "start": "full"}, scale(5)),
    ({"method": "per_case", "each": "0.035", "start": "full"}, scale(10, decimals=1, penalty=True)),
    ({"method": "appraised"}, scale(10)),
    ({"method": "appraised"}, scale("2.675", penalty=True)),
    ({"method": "choice", "levels": LEVELS}, scale(5)),
    ({"method": "choice", "levels": LEVELS}, scale(5, penalty=True)),
    ({"method": "yes_no"}, scale("2.5")),
    ({"method": "yes_no", "points_for": "no"}, scale("2.5", penalty=True)),
    ({"method": "grade", "levels": GRADES}, scale("2.5")),
    ({"method": "grade", "levels": GRADES}, scale("7.25", decimals=1, penalty=True)),
    ({"method": "graded_deadline", "steps": EARLY, "later": "0.5"}, scale(10)),
    ({"method": "graded_deadline", "steps": LATE, "later": 20}, scale(20, penalty=True)),
    ({"method": "per_step", "above": 92, "each": "0.1", "zero_target": "none"}, scale("0.5")),
    ({"method": "per_step", "above": 80, "each": "0.135", "step": "0.7", "zero_target": "by_actual"}, scale(5)),
    ({"method": "per_step", "above": 50, "each": "0.035", "whole": False, "zero_target": "full"}, scale(5)),
    ({"method": "per_step", "of": "percent_down", "above": 90, "each": 1, "zero_target": "by_actual"}, scale(3)),
    ({"method": "per_step", "of": "actual", "above": "2.5", "each": "0.125", "step": 3}, scale(5)),
    ({"method": "per_step", "of": "actual", "above": 1, "each": "0.1", "step": "0.1"}, scale(40, penalty=True)),
    ({"method": "per_step", "of": "actual", "above": 92, "each": "0.1", "at_most": "0.5"}, scale(1)),
    ({"method": "over_target_bonus", "of_points": 40, "zero_target": "none"}, scale(4)),
    ({"method": "over_target_bonus", "of_points": "12.5", "each": "0.8", "zero_target": "by_actual"}, scale("1.25")),
    (
        {"method": "over_target_bonus", "of_points": 7, "direction": "down", "whole": False, "zero_target": "full"},
        scale("0.7"),
    ),
    *(({"method": "formula", "formula": text}, scale(10)) for text in FORMULAS),
    ({"method": "formula", "formula": "=5-ABS(actual-target)*0.025"}, scale(5, penalty=True)),
    (
        {"method": "choice", "levels": [*LEVELS, {"name": "Yếu", "points": "-2.5"}]},
        replace(scale(5), lowest=Decimal(-3)),
    ),
    ({"method": "per_case", "each": "1.005", "start": "full"}, replace(scale(1), lowest=Decimal("-2.5"))),
    ({"method": "appraised"}, replace(scale(5), lowest=Decimal(-2))),
    ({"method": "formula", "formula": "=max_points*actual/target"}, scale("4.5", decimals=0)),
    *((keys, scale(points, inputs=ASKED)) for keys, points in OVER_INPUTS),
    *((keys, scale(points, penalty=True, inputs=ASKED)) for keys, points in OVER_INPUTS if keys.get("start") != "full"),
]

NASTY_TARGETS = [0, 3, 8, 100, 123.456789, 1000.1, 1e9, -1, BLANK]
NASTY_RESULTS = [
    *(0, 0.5, 1, 2, 3, 80, 89.9, 89.91, 99.5, 100, 1e9, 1e14, -2, BLANK),
    *(79.9999, 79.9999999, 79.99999999999, 80.00000000001, 33.333333, 33.3333333333333, 99.49999949, 99.4999995),
    *(-5, -4.999999999, -7, -2.0000001, -1, 1000, 1000.2, 999.9, 107, 107.9, 110, 0.2, 0.3, 0.7),
    *(0.125, 1.005, 2.675, 2.67499999, 2.675000001, 53.5, 0.000001, 123.456789012345, sum([0.1] * 50)),
]
ANSWERS = [*("Xuất sắc", "xuất sắc", "XUẤT SẮC", "Xuat sac", 'Mức "A" & <B>', "Mức", "Không * ?", "Không đạt", "Không")]
ANSWERS += [*("Yếu", "A", "a", "B", "b ", "D (yếu)", "d (YẾU)", "C"), *("Có", "có", "CÓ", "co", "=1+1", "", "0")]


YES_OR_NO = ["Có", "có", "Không", "co", "", "0"]

BLANK_SHOWS = (0, "")
"""What a blank entry shows: in the council's workbooks, on the unit's form."""


NO_INPUTS = scale()


@dataclass(frozen=True)
class Row:
    """What a unit enters for one criterion."""

    target: float = BLANK
    actual: float = BLANK
    claimed: float = BLANK
    choice: str = ""
    inputs: tuple[float | str, ...] = ()


def rows_for(method: Method, of: Scale, dice: random.Random) -> list[Row]:
    """Nasty rows first, then rows on the edges of the rule, then rows as they come."""
    if of.inputs:
        pairs = [tuple(dice.sample(NASTY_RESULTS, 2)) for _ in range(40)]
        pairs += [tuple(float(dice.randint(0, 12)) for _ in range(2)) for _ in range(40)]
        pairs += [*(on_edge(dice) for _ in range(40)), (BLANK, BLANK), (BLANK, 3.0), (3.0, BLANK), (0.0, 0.0)]
        return [Row(inputs=(*pair, answer)) for pair in pairs for answer in dice.sample(YES_OR_NO, 1)]
    if method.takes is Takes.CHOICE:
        return [Row(choice=answer) for answer in ANSWERS]
    if method.takes is Takes.POINTS:
        return [Row(claimed=value) for value in (*NASTY_RESULTS, *(dice.randrange(15000) / 1000 for _ in range(100)))]
    if not method.needs_target:
        counts = [float(count) for count in range(200)] + [dice.randrange(120000) / 1000 for _ in range(100)]
        return [Row(actual=value) for value in (*NASTY_RESULTS, *counts)]
    nasty = [Row(target, actual) for target in NASTY_TARGETS for actual in NASTY_RESULTS]
    edges = [Row(*on_edge(dice)) for _ in range(60)]
    common = [Row(float(dice.randint(1, 2000)), float(dice.randint(0, 2000))) for _ in range(60)]
    fine = [Row(dice.randrange(1, 10**6) / 1000, dice.randrange(10**6) / 100) for _ in range(60)]
    return [*nasty, *edges, *common, *fine]


def on_edge(dice: random.Random) -> tuple[float, float]:
    """A target and a result whose share is exactly a threshold, one way round or the other."""
    percent, whole = (
        dice.choice([50.0, 80.0, 89.9, 90.0, 92.0, 93.0, 95.0, 99.5, 100.0, 101.0, 107.0]),
        dice.randint(1, 5000),
    )
    part = whole * round(percent * 10) / 1000
    return (whole, part) if dice.random() < 0.5 else (part, whole)


def write(file: Path, cases: list[tuple[Method, Scale, list[Row]]]) -> None:
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        for number, (method, of, rows) in enumerate(cases):
            sheet = book.add_worksheet(str(number))
            live = [carried(method, of, blank) for blank in BLANK_SHOWS]
            for place, row in enumerate(rows):
                entered = [row.target, row.choice or row.actual, row.claimed, BLANK, *row.inputs]
                for column, value in enumerate(entered):
                    if isinstance(value, str):
                        if value:
                            sheet.write_string(place, column, value)
                    elif not math.isnan(value):
                        sheet.write_number(place, column, value)
                sheet.write_formula(place, 3, live[place % 2](place + 1))
        sheet = book.add_worksheet("printed")
        for place, (expr, _) in enumerate(PRINTED):
            sheet.write_row(place, 0, [4, 8, 2])
            cells = cells_of(place + 1)
            sheet.write_formula(place, 3, "=" + to_excel(expr, {**cells, "choice": cells["actual"]}))


def cells_of(row: int, of: Scale = NO_INPUTS) -> dict[str, str]:
    inputs = {each.column: f"{letter}{row}" for letter, each in zip("EFG", of.inputs, strict=False)}
    return {"target": f"A{row}", "actual": f"B{row}", "claimed": f"C{row}", **inputs}


def carried(method: Method, of: Scale, blank: Operand) -> ByRow:
    """The formula of each row, put together once, as our workbooks do it."""
    return once(lambda row: formula(method, of, cells_of(row, of), blank=blank))


def is_blank(method: Method, row: Row) -> bool:
    if method.takes is Takes.INPUTS:
        used = [each for each, code in zip(row.inputs, "abc", strict=True) if code in named(method)]
        return all(each == "" or each != each for each in used)
    entry = {Takes.NUMBER: row.actual, Takes.POINTS: row.claimed, Takes.CHOICE: row.choice or BLANK}[method.takes]
    return isinstance(entry, float) and math.isnan(entry)


def named(method: Method) -> set[str]:
    return {code.lower() for _path, code in method.inputs}


def entries_of(rows: list[Row], of: Scale) -> dict[str, np.ndarray]:
    """What the rows hold, as a scoring method takes it."""
    own = {name: [getattr(row, name) for row in rows] for name in ("target", "actual", "claimed", "choice")}
    inputs = {
        each.column: np.array([row.inputs[place] for row in rows], dtype=object if each.yes_no else float)
        for place, each in enumerate(of.inputs)
    }
    return columns(**own) | inputs


def test_libreoffice_gets_the_same_points(tmp_path: Path) -> None:
    dice = random.Random(2023)  # noqa: S311  # dice for tests
    methods = [(rule(**keys), of) for keys, of in RULES]
    cases = [(method, of, rows_for(method, of, dice)) for method, of in methods]
    write(tmp_path / "methods.xlsx", cases)
    book = recalculated(tmp_path / "methods.xlsx", tmp_path / "recalculated")

    different = []
    for number, (method, of, rows) in enumerate(cases):
        ours = score(method, of, entries_of(rows, of)).points.tolist()
        for place, (row, points, sheet) in enumerate(zip(rows, ours, book[str(number)], strict=True)):
            expected = BLANK_SHOWS[place % 2] if is_blank(method, row) else points
            if sheet[3] != expected:
                different.append((RULES[number], row, expected, sheet[3]))
    assert different == []

    one = {"target": np.array([4.0]), "actual": np.array([8.0]), "claimed": np.array([2.0])}
    printed = [evaluate(expr, {**one, "choice": np.array(["8"], dtype=object)})[0] for expr, _ in PRINTED]
    assert [row[3] for row in book["printed"]] == printed
