"""LibreOffice as the judge: a recalculated formula gives the points that we computed, to the last decimal.

One workbook, one sheet for each rule; in each row what a unit enters, and beside it the live formula: in turn as in
the council's workbooks (0 for a blank entry) and as on the unit's form ("" for a blank entry).
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xlsxwriter

from pipeline.methods.bloc_wide import bloc_cells
from pipeline.methods.expression import Operand, evaluate, to_excel
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Method, Scale, formula, score
from pipeline.sheets.grid import ByRow, once
from tests.libreoffice import needs_libreoffice, recalculated
from tests.methods.declared import of_each_method
from tests.methods.test_expression import PRINTED
from tests.methods.worked import BLANK, columns, rule, scale

pytestmark = needs_libreoffice

RULES = [
    (rule(method=method, **parameters), of)
    for method, rules in of_each_method("FORMULAS").items()
    for parameters, of in rules
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
        pairs = [tuple(dice.sample(NASTY_RESULTS, 2)) for _ in range(25)]
        pairs += [tuple(float(dice.randint(0, 12)) for _ in range(2)) for _ in range(25)]
        pairs += [*(on_edge(dice) for _ in range(25)), (BLANK, BLANK), (BLANK, 3.0), (3.0, BLANK), (0.0, 0.0)]
        return [Row(inputs=(*pair, answer)) for pair in pairs for answer in dice.sample(YES_OR_NO, 1)]
    if method.takes is Takes.CHOICE:
        return [Row(choice=answer) for answer in (*ANSWERS, *method.options)]
    if method.takes is Takes.POINTS:
        return [Row(claimed=value) for value in (*NASTY_RESULTS, *(dice.randrange(15000) / 1000 for _ in range(60)))]
    if not method.needs_target:
        counts = [float(count) for count in range(200)] + [dice.randrange(120000) / 1000 for _ in range(60)]
        return [Row(actual=value) for value in (*NASTY_RESULTS, *counts)]
    nasty = [Row(target, actual) for target in NASTY_TARGETS for actual in NASTY_RESULTS]
    edges = [Row(*on_edge(dice)) for _ in range(40)]
    common = [Row(float(dice.randint(1, 2000)), float(dice.randint(0, 2000))) for _ in range(40)]
    fine = [Row(dice.randrange(1, 10**6) / 1000, dice.randrange(10**6) / 100) for _ in range(40)]
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
            live = [carried(method, of, blank, len(rows)) for blank in BLANK_SHOWS]
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


def carried(method: Method, of: Scale, blank: Operand, rows: int) -> ByRow:
    """The formula of each row, put together once, as our workbooks do it. The rows are the units of one bloc."""

    def live(row: int) -> str:
        bloc = bloc_cells(f"B{row}", f"B$1:B${rows}") if method.needs_bloc else {}
        return formula(method, of, {**cells_of(row, of), **bloc}, blank=blank)

    return once(live)


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
    cases = [(method, of, rows_for(method, of, dice)) for method, of in RULES]
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
