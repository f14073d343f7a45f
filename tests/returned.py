"""Forms as units send them back: written by the real writer, then changed cell by cell as people change them.

A place is ``(table, row, field)``: the row is the code of a criterion, a movement or an item, and 1, 2, … in a free
table. :func:`cell` looks up in the form itself, with openpyxl, where such a place was printed.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
from collections.abc import Mapping
from functools import cache
from typing import Any

import openpyxl
from openpyxl.utils import coordinate_to_tuple, get_column_letter

from pipeline.checking.tidying import Tidy, tidy
from pipeline.checking.validation import validate
from pipeline.findings.finding import Finding
from pipeline.forms.declared import TABLE, TABLES, sheet_title
from pipeline.forms.reading import RawForm, RawTable, read_form
from pipeline.forms.writing.workbook import write_form
from pipeline.intake.recognition import Submission
from pipeline.rules.plan import Round
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from tests import small

Place = tuple[str, str | int, str]

RULES = small.rules()
YEAR_END, REGISTRATION = RULES.plan.rounds[1], RULES.plan.rounds[0]

ENTRIES: dict[str, list[dict[str, Any]]] = {
    "unit": [
        {"item": "filled_by", "value": "Nguyễn Văn Mẫu"},
        {"item": "filled_position", "value": "Thư ký"},
        {"item": "signer", "value": "Trần Thị Mẫu"},
        {"item": "signer_position", "value": "Trưởng thôn"},
        {"item": "signed_on", "value": dt.date(2023, 12, 5)},
    ],
    "results": [
        {"criterion": "KT1", "target": 300, "actual": 310},
        {"criterion": "KT2", "target": 5, "actual": 4.5},
        {"criterion": "VH1", "actual": 92},
        {"criterion": "VH2", "actual": "Tốt"},
        {"criterion": "VH3", "actual": "Có"},
        {"criterion": "AN1", "actual": 0},
        {"criterion": "TD1", "claimed": 9, "evidence": "Kế hoạch số 01/KH ngày 05/01/2023"},
    ],
    "models": [{"kind": "Mô hình", "name": "Tuyến đường hoa", "content": "Trồng 500 m hoa", "cost": 25}],
    "movements": [{"movement": "PT1", "activities": "Họp dân", "participants": 120}],
    "individual_awards": [
        {
            "name": "Lê Văn Mẫu",
            "position": "Nông dân",
            "role": "Trực tiếp lao động, công tác",
            "award": "Giấy khen của Chủ tịch UBND xã",
            "achievement": "Hiến đất mở đường",
        }
    ],
}
"""A form of a unit of the bloc ``thon`` with nothing wrong in it."""


@cache
def content(unit: str = "thon-1", of: Round = YEAR_END) -> bytes:
    """The bytes of a well filled form."""
    target = io.BytesIO()
    write_form(target, RoundContext(RULES, of), unit, ENTRIES)
    return target.getvalue()


def opened(form: bytes) -> openpyxl.Workbook:
    """The form in openpyxl, to be changed as a person would change it."""
    return openpyxl.load_workbook(io.BytesIO(form))


def saved(book: openpyxl.Workbook) -> bytes:
    """The changed form."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@cache
def _printed(of: Round = YEAR_END) -> openpyxl.Workbook:
    return opened(content(of=of))


def cell(place: Place, of: Round = YEAR_END) -> str:
    """Where a place was printed: ``F8``."""
    table, row, field = place
    sheet = _printed(of)[sheet_title(TABLE[table], of)]
    codes = next(line for line in sheet.iter_rows() if any(each.value == field for each in line))
    column = next(each.column for each in codes if each.value == field)
    if isinstance(row, int):
        return f"{get_column_letter(column)}{codes[0].row + 1 + row}"
    key = next(each.column for each in codes if each.value == TABLE[table].key)
    number = next(line[key - 1].row for line in sheet.iter_rows() if line[key - 1].value == row)
    return f"{get_column_letter(column)}{number}"


@cache
def _raw(unit: str, of: Round) -> RawForm:
    return read_form(content(unit, of))


def sent(
    changes: Mapping[Place, Any] | None = None,
    unit: str = "thon-1",
    file: str = "",
    of: Round = YEAR_END,
) -> Submission:
    """A well filled form with some cells changed; their values are what calamine would have read."""
    raw = copy.deepcopy(_raw(unit, of))
    for place, value in (changes or {}).items():
        table = raw.tables[place[0]]
        number, column = coordinate_to_tuple(cell(place, of))
        rows = dict(table.rows)
        values = list(rows.get(number, ("",) * len(table.columns)))
        values[list(table.columns.values()).index(column - 1)] = value
        rows[number] = tuple(values)
        table.rows = sorted(rows.items())
    return submission(raw, unit, file)


def line(table: RawTable, **entered: Any) -> tuple[Any, ...]:
    """A row of a table as it is read, blank but for these fields."""
    return tuple(entered.get(field, "") for field in table.columns)


def submission(raw: RawForm, unit: str = "thon-1", file: str = "") -> Submission:
    """A form that was recognised as this unit's."""
    return Submission(file or f"{unit}.xlsx", raw, unit, RULES.units[unit][0].code, "1")


def checked(*forms: Submission, of: Round = YEAR_END, rules: Rules = RULES) -> tuple[Tidy, list[Finding]]:
    """The tidy frames of these forms, and everything found wrong in them."""
    result = tidy(forms, context := RoundContext(rules, of))
    return result, result.findings + validate(result, context)


def findings(*forms: Submission, of: Round = YEAR_END, rules: Rules = RULES) -> list[Finding]:
    """Everything found wrong in these forms."""
    return checked(*forms, of=of, rules=rules)[1]


def finding_places(*forms: Submission, of: Round = YEAR_END, rules: Rules = RULES) -> list[tuple[str, str, str]]:
    """The same as sorted (sheet, cell, code)."""
    return sorted((each.sheet, each.cell, each.code.value) for each in findings(*forms, of=of, rules=rules))


def at(place: Place, code: str, of: Round = YEAR_END) -> tuple[str, str, str]:
    """What :func:`finding_places` has for a finding at this place."""
    return sheet_title(TABLE[place[0]], of), cell(place, of), code


SHEETS = {table.code: sheet_title(table) for table in TABLES}


def named(file: str, form: Submission) -> Submission:
    """The same form as that file of the inbox."""
    form.file = file
    return form
