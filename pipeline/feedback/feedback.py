"""What a unit gets back: its own workbook with every finding marked at its cell and listed on a first sheet.

In: the files that go back, as :mod:`pipeline.intake.take` read them, and their findings. Out: for each an .xlsx,
ready to be corrected and sent again. Where :mod:`pipeline.feedback.resaving` cannot mark the file itself, a fresh form
is prefilled with the unit's values and marked the same way.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from pipeline import engines
from pipeline.errors import EnvironmentFault
from pipeline.feedback import left_out
from pipeline.feedback.marking import without_place
from pipeline.feedback.resaving import ToMark, marked
from pipeline.findings.catalogue import Code
from pipeline.forms.declared import TABLE, UNIT, Table
from pipeline.forms.reading import RawForm, RawTable, read_form
from pipeline.forms.writing.workbook import write_form
from pipeline.i18n import _, moment
from pipeline.intake.received import ReceivedFile
from pipeline.outcome import Outcome
from pipeline.rules.round_context import RoundContext
from pipeline.tables import Findings, plain_rows
from pipeline.text import text_of

LAST_DAY = 2_958_465
"""The number of 31 December 9999 in a workbook."""


@dataclass(frozen=True)
class Returned:
    """A file that goes back to its unit.

    ``findings``: rows of :class:`~pipeline.tables.Findings`. ``form``: what the unit entered, None where the file could
    not be read. ``left_out``: what of the file is not passed on (:func:`pipeline.feedback.left_out.sentences`).
    """

    context: RoundContext
    unit: str
    findings: pd.DataFrame
    form: RawForm | None = None
    left_out: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[str, ...]:
        """The lines above the list of findings: whose form of which round, whom to ask, what is not passed on."""
        plan, round_ = self.context.plan, self.context.round
        bloc, unit = self.context.rules.units[self.unit]
        contact = ", ".join(filter(None, (plan.contact.office, plan.contact.phone, plan.contact.email)))
        return (
            _("Unit: {unit} ({bloc})").format(unit=unit.name, bloc=bloc.name),
            _("Round: {round}, {plan}; due {due}").format(
                round=round_.name, plan=plan.title, due=moment(self.context.due)
            ),
            _("Questions: {contact}").format(contact=contact),
            *self.left_out,
        )


def write_all(outcome: Outcome, files: Mapping[str, ReceivedFile], folder: Path) -> None:
    """A marked copy for every unit that must correct or look at something, as ``<unit code>.xlsx``.

    ``files``: unit code -> the file that goes back. Workers mark the files themselves. Raises EnvironmentFault where
    a file is no longer what was read, OSError where one cannot be written.
    """
    to_units = ~outcome.findings[Findings.code].isin([code for code in Code if code.entry.to_officer])
    by_file = dict(list(outcome.findings[to_units].groupby(Findings.file)))
    returned, to_mark = [], []
    for unit, file in files.items():
        content = _unchanged(file)
        findings = by_file[file.name]
        back = Returned(outcome.context, unit, findings, file.form, left_out.sentences(content))
        outdated = (findings[Findings.code] == Code.OLD_VERSION).any()  # its own file would be the old form once more
        returned.append(back)
        to_mark.append(ToMark(b"" if outdated else content, findings.to_dict("records"), back.about))
    with closing(engines.map_files(marked, to_mark, None, outcome.rules.plan.limits.of_a_worker)) as answers:
        for back, answer in zip(returned, answers, strict=True):
            write(folder, back, None if isinstance(answer, engines.Loss) else answer)


def _unchanged(file: ReceivedFile) -> bytes:
    """The file's bytes, which are still those that were read. Raises EnvironmentFault."""
    content = file.path.read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise EnvironmentFault(
            _("{file} changed while it was read").format(file=file.name),
            _("Wait until it is copied, then run again."),
        )
    return content


def write(folder: Path, returned: Returned, own_file: bytes | None) -> Path:
    """Write ``<unit code>.xlsx`` into ``folder``: the unit's own file marked, or where that is None a fresh form.

    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{returned.unit}.xlsx"
    path.write_bytes(own_file or fresh(returned))
    return path


def fresh(returned: Returned) -> bytes:
    """The bytes of a new form with the unit's values, marked where those values now stand.

    Where a form cannot hold the values, it is blank, with the same list of findings. Raises ValueError where the blank
    form cannot be marked.
    """
    why = _("The file sent could not be marked itself, so this is a new form that holds what the unit entered.")
    blank = RawForm({}, {})
    for entered, about in ((returned.form or blank, (*returned.about, why)), (blank, returned.about)):
        content = _issued(returned, prefill(entered))
        findings = moved(returned.findings, entered, read_form(content))
        if answer := marked(ToMark(content, findings.to_dict("records"), about)):
            return answer
    raise ValueError("the blank form itself cannot be marked")


def _issued(returned: Returned, entered: dict[str, list[dict[str, Any]]]) -> bytes:
    """The unit's form of the round, prefilled."""
    context, target = returned.context, io.BytesIO()
    write_form(target, context, returned.unit, entered)
    return target.getvalue()


# --- from the unit's file to a fresh form -----------------------------------------------------------


def prefill(raw: RawForm) -> dict[str, list[dict[str, Any]]]:
    """Table code -> rows of what the unit entered, as it was typed, in the order of its file."""
    return {
        code: [_entries(TABLE[code], raw_table, row) for _number, row in raw_table.rows]
        for code, raw_table in raw.tables.items()
    }


def _entries(table: Table, raw_table: RawTable, row: tuple[Any, ...]) -> dict[str, Any]:
    """Field -> what the unit entered in a row; fields that we fill are left out, but for the key of the row."""
    entered = {field.code for field in table.fields if not field.ours} | {table.key}
    return {
        field: value if _can_stand(value, table) else text_of(value)
        for field, value in zip(raw_table.columns, row, strict=True)
        if field in entered and value not in ("", None)
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
    sheets = {table.sheet: issued.tables[code].sheet for code, table in raw.tables.items() if code in issued.tables}
    places = [
        cells.get((sheet, cell), (sheets.get(sheet, sheet), ""))
        for sheet, cell in plain_rows(findings, Findings.sheet, Findings.cell)
    ]
    messages = [without_place(*row) for row in zip(*(findings[name] for name in _PLACED), strict=True)]
    return findings.assign(
        sheet=[sheet for sheet, _cell in places], cell=[cell for _sheet, cell in places], message=messages
    )


_PLACED = (Findings.message, Findings.sheet, Findings.cell, Findings.criterion)


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


def _identities(table: Table, raw_table: RawTable) -> list[str | int]:
    """Of each row its key, or its place where the table has no key."""
    if not table.key or table.key not in raw_table.columns:
        return list(range(len(raw_table.rows)))
    place = list(raw_table.columns).index(table.key)
    return [text_of(row[place]) for _number, row in raw_table.rows]


def _a1(row: int, column: int) -> str:
    return f"{get_column_letter(column + 1)}{row}"
