"""What a unit gets back: its own workbook with every finding marked at its cell and listed on a first sheet.

In: the content of one file, what :mod:`pipeline.forms.reading` found in it, and its findings. Out: the bytes of an
.xlsx, ready to be corrected and sent again. Where :mod:`pipeline.feedback.resaving` cannot mark the file itself, a
fresh form is prefilled with the unit's values and marked the same way.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from pipeline.feedback.marking import without_place
from pipeline.feedback.resaving import ToMark, marked
from pipeline.forms.declared import TABLE, UNIT, Table
from pipeline.forms.reading import RawForm, RawTable, read_form
from pipeline.forms.writing.workbook import write_form
from pipeline.i18n import _, moment
from pipeline.rules.plan import Round
from pipeline.rules.rubric import Bloc, Unit
from pipeline.rules.year import Rules
from pipeline.text import text_of

LAST_DAY = 2_958_465
"""The number of 31 December 9999 in a workbook."""


def write(
    folder: Path,
    answer: bytes | None,
    form: RawForm | None,
    findings: pd.DataFrame,
    rules: Rules,
    of: Round,
    bloc: Bloc,
    unit: Unit,
    left_out: tuple[str, ...] = (),
) -> Path:
    """Write ``<unit code>.xlsx`` into ``folder``: ``answer``, the unit's own file marked, or where that is None a
    fresh form.

    ``form``: the file as read, None where it could not be. ``findings``: the rows of that file. ``left_out``: what of
    it does not go back (:func:`pipeline.feedback.left_out.sentences`). Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{unit.code}.xlsx"
    path.write_bytes(answer or fresh(rules, of, bloc, unit, form or RawForm({}, {}), findings, left_out))
    return path


def mark(content: bytes, findings: pd.DataFrame, about: tuple[str, ...]) -> bytes:
    """The unit's own file, marked. ``findings``: its rows; ``about``: lines that head the list.

    Raises ValueError where the file cannot be saved again safely.
    """
    answer = marked(to_mark(content, findings, about))
    if answer is None:
        raise ValueError("not safe to save again")
    return answer


def to_mark(content: bytes, findings: pd.DataFrame, about: tuple[str, ...]) -> ToMark:
    """The same as an errand for a worker."""
    return ToMark(content, findings.to_dict("records"), about)


def fresh(
    rules: Rules,
    of: Round,
    bloc: Bloc,
    unit: Unit,
    form: RawForm,
    findings: pd.DataFrame,
    left_out: tuple[str, ...] = (),
) -> bytes:
    """A fresh form with the unit's values, marked where those values now stand.

    Where values are so strange that not even that works, the form is blank, with the same list of findings.
    """
    why = _("The file sent could not be marked itself, so this is a new form that holds what the unit entered.")
    lines = (*about(rules, of, bloc, unit), *left_out)
    for entered, told in ((form, (*lines, why)), (RawForm({}, {}), lines)):
        target = io.BytesIO()
        write_form(target, rules, of, bloc, unit, prefill(entered))
        content = target.getvalue()
        if answer := marked(to_mark(content, moved(findings, entered, read_form(content)), told)):
            return answer
    raise ValueError("the blank form itself cannot be marked")


def about(rules: Rules, of: Round, bloc: Bloc, unit: Unit) -> tuple[str, ...]:
    """The lines that head the list of findings: whose form of which round, and whom to ask."""
    contact = rules.plan.contact
    return (
        _("Unit: {unit} ({bloc})").format(unit=unit.name, bloc=bloc.name),
        _("Round: {round}, {plan}; due {due}").format(
            round=of.name, plan=rules.plan.title, due=moment(rules.plan.due_moment(of))
        ),
        _("Questions: {contact}").format(
            contact=", ".join(filter(None, (contact.office, contact.phone, contact.email)))
        ),
    )


# --- from the unit's file to a fresh form -----------------------------------------------------------


def prefill(raw: RawForm) -> dict[str, list[dict[str, Any]]]:
    """Table code -> rows of what the unit entered, as it was typed, in the order of its file."""
    return {code: [_entries(TABLE[code], found, row) for _n, row in found.rows] for code, found in raw.tables.items()}


def _entries(table: Table, found: RawTable, row: tuple[Any, ...]) -> dict[str, Any]:
    own = {each.code for each in table.fields if not each.ours} | {table.key}
    return {
        field: value if _can_stand(value, table) else text_of(value)
        for field, value in zip(found.columns, row, strict=True)
        if field in own and value not in ("", None)
    }


def _can_stand(value: Any, table: Table) -> bool:
    """Whether a form can hold the value as it is. In the column that holds the date of signing, a number that is no
    day (``5122023``) would be an error."""
    if isinstance(value, int | float):
        return math.isfinite(value) and (table is not UNIT or 0 < value <= LAST_DAY)
    return isinstance(value, str | dt.date)


def moved(findings: pd.DataFrame, raw: RawForm, issued: RawForm) -> pd.DataFrame:
    """``findings`` at the cells of the ``issued`` form that hold what ``raw`` held at theirs.

    A place that the issued form does not have keeps its sheet, or neither sheet nor cell. The message loses its
    place, which was that in the unit's file.
    """
    cells = {old: new for code in raw.tables.keys() & issued.tables.keys() for old, new in _moves(code, raw, issued)}
    sheets = {found.sheet: issued.tables[code].sheet for code, found in raw.tables.items() if code in issued.tables}
    places = [
        cells.get((sheet, cell), (sheets.get(sheet, sheet), ""))
        for sheet, cell in zip(findings["sheet"], findings["cell"], strict=True)
    ]
    messages = [without_place(*told) for told in zip(*(findings[name] for name in _TOLD), strict=True)]
    return findings.assign(
        sheet=[sheet for sheet, _cell in places], cell=[cell for _sheet, cell in places], message=messages
    )


_TOLD = ("message", "sheet", "cell", "criterion")


def _moves(code: str, raw: RawForm, issued: RawForm) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Pairs of old and new place for every cell of a table, rows matched by their code, or else by their order."""
    old, new = raw.tables[code], issued.tables[code]
    new_rows = dict(zip(_identities(TABLE[code], new), new.rows, strict=True))
    return [
        ((old.sheet, _a1(number, old.columns[field])), (new.sheet, _a1(new_rows[identity][0], new.columns[field])))
        for identity, (number, _row) in zip(_identities(TABLE[code], old), old.rows, strict=True)
        if identity in new_rows
        for field in old.columns.keys() & new.columns.keys()
    ]


def _identities(table: Table, found: RawTable) -> list[str | int]:
    if not table.key or table.key not in found.columns:
        return list(range(len(found.rows)))
    place = list(found.columns).index(table.key)
    return [text_of(row[place]) for _number, row in found.rows]


def _a1(row: int, column: int) -> str:
    return f"{get_column_letter(column + 1)}{row}"
