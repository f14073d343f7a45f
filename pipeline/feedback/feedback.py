"""What a unit gets back: its own workbook with every finding marked at its cell and listed on a first sheet.

In: the files that go back, as :mod:`pipeline.intake.take` read them, and their findings. Out: for each an .xlsx,
ready to be corrected and sent again. Where :mod:`pipeline.feedback.resaving` cannot mark the file itself, a fresh form
is prefilled with the unit's values and marked the same way. Both are a worker's part; where one is lost on it, what
goes back is a blank form with the list of findings, which holds nothing of the file.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from pipeline import engines
from pipeline.errors import EnvironmentFault
from pipeline.feedback.carrying import Fresh, carried
from pipeline.feedback.entries import number_cells, prefill
from pipeline.feedback.marking import without_place
from pipeline.feedback.own_content import NO_CONTENT, UNKNOWN, OwnContent, own_content
from pipeline.feedback.resaving import FileToMark, ToMark, Unmarked, mark_file, marked
from pipeline.findings.catalogue import Code
from pipeline.forms.declared import TABLE, Table
from pipeline.forms.reading import RawForm, RawTable, read_form
from pipeline.forms.writing.workbook import form_facts, write_form
from pipeline.i18n import _, moment
from pipeline.intake.received import ReceivedFile
from pipeline.outcome import Outcome
from pipeline.rules.limits import Limits
from pipeline.rules.round_context import RoundContext
from pipeline.rules.rubric import Rubric
from pipeline.seals import NO_KEY, SealKey
from pipeline.tables import Findings, plain_rows
from pipeline.text import text_of

__all__ = ["Returned", "blank", "fresh", "prefill", "without_place", "write_all"]


@dataclass(frozen=True)
class Returned:
    """A file that goes back to its unit.

    ``findings``: rows of :class:`~pipeline.tables.Findings`. ``form``: what the unit entered, None where the file could
    not be read. ``left_out``: what of the file is not passed on (:func:`pipeline.feedback.left_out.sentences`).
    ``own``: all that the file shows; ``seal``: that of the unit's form, should it be a fresh one.
    """

    context: RoundContext
    unit: str
    findings: pd.DataFrame
    form: RawForm | None = None
    left_out: tuple[str, ...] = ()
    own: OwnContent = NO_CONTENT
    seal: str = ""

    @property
    def rubric(self) -> Rubric:
        """That of the unit's bloc."""
        return self.context.rules.units[self.unit][0].rubric

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


def write_all(outcome: Outcome, files: Mapping[str, ReceivedFile], folder: Path, key: SealKey = NO_KEY) -> None:
    """A marked copy for every unit that must correct or look at something, as ``<unit code>.xlsx``. ``key`` seals fresh
    forms; workers, which open foreign files, get their seals alone.

    ``files``: unit code -> the file that goes back. Raises EnvironmentFault where a file is no longer what was read,
    OSError where one cannot be written.
    """
    to_units = ~outcome.findings[Findings.code].isin([code for code in Code if code.entry.to_officer])
    by_file = dict(list(outcome.findings[to_units].groupby(Findings.file)))
    returned = [
        Returned(outcome.context, unit, by_file[file.name], file.form, seal=key.seal(form_facts(outcome.context, unit)))
        for unit, file in files.items()
    ]
    limits = outcome.rules.plan.limits
    to_mark = [_to_mark(back, file, limits) for back, file in zip(returned, files.values(), strict=True)]
    unmarked = []
    with closing(engines.map_files(mark_file, to_mark, None, limits.of_a_worker)) as answers:
        for back, file, answer in zip(returned, files.values(), answers, strict=True):
            if answer is None:
                raise _changed(file)
            if isinstance(answer, bytes):
                write(folder, back.unit, answer)
            else:
                held = Unmarked(UNKNOWN) if isinstance(answer, engines.Loss) else answer
                unmarked.append(replace(back, own=held.own, left_out=held.left_out))
    with closing(engines.map_files(fresh, unmarked, None, limits.of_a_worker)) as forms:
        for back, form in zip(unmarked, forms, strict=True):
            write(folder, back.unit, blank(back) if isinstance(form, engines.Loss) else form)


def _to_mark(returned: Returned, file: ReceivedFile, limits: Limits) -> FileToMark:
    cells = tuple(number_cells(file.form, returned.rubric)) if file.form else ()
    findings = returned.findings
    records, can_go_back = findings.to_dict("records"), not _is_outdated(findings)
    return FileToMark(
        file.path, file.sha256, limits, ToMark(b"", records, returned.about, cells, can_go_back=can_go_back)
    )


def _is_outdated(findings: pd.DataFrame) -> bool:
    """Whether the unit's own file would be the old form once more."""
    return bool((findings[Findings.code] == Code.OLD_VERSION).any())


def _changed(file: ReceivedFile) -> EnvironmentFault:
    return EnvironmentFault(
        _("{file} changed while it was read").format(file=file.name),
        _("Wait until it is copied, then run again."),
    )


def write(folder: Path, unit: str, content: bytes) -> None:
    """Write what goes back to a unit. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{unit}.xlsx").write_bytes(content)


def fresh(returned: Returned) -> bytes:
    """The bytes of a new form with the unit's values, marked where those values now stand, and with what else the file
    holds, as plain values.

    Where a form cannot hold the values, it is blank, with the same list of findings. Raises ValueError where the blank
    form cannot be marked.
    """
    return _filled_anew(returned) or blank(returned)


def _filled_anew(returned: Returned) -> bytes | None:
    if returned.form is None:
        return None
    content = _issued(returned, prefill(returned.form, returned.rubric))
    form = read_form(content)
    goes_along = carried(returned.own, returned.form, Fresh(form, own_content(content), _places(returned.form, form)))
    if _is_outdated(returned.findings):
        why = _("The form has changed since. This is the new one, into which the unit's entries were copied.")
    else:
        why = _(
            "The file sent could not be marked itself, so this is a new form into which the unit's entries were copied."
        )
    about = (*returned.about, why, *goes_along.lines)
    findings = moved(returned.findings, returned.form, form)
    return marked(ToMark(content, findings.to_dict("records"), about, goes_along=goes_along))


def blank(returned: Returned) -> bytes:
    """The bytes of a blank form with the list of findings. Raises ValueError where it cannot be marked."""
    content, blank = _issued(returned, {}), RawForm({}, {})
    why = _(
        "Nothing could be copied from the file sent, so this is a blank form; the file itself stays as it was sent."
    )
    findings = moved(returned.findings, blank, read_form(content))
    answer = marked(ToMark(content, findings.to_dict("records"), (*returned.about, why)))
    if answer is None:
        raise ValueError("the blank form itself cannot be marked")
    return answer


def _issued(returned: Returned, entered: dict[str, list[dict[str, Any]]]) -> bytes:
    """The unit's form of the round, prefilled."""
    context, target = returned.context, io.BytesIO()
    write_form(target, context, returned.unit, entered, returned.seal)
    return target.getvalue()


# --- from the unit's file to a fresh form -----------------------------------------------------------


def moved(findings: pd.DataFrame, raw: RawForm, issued: RawForm) -> pd.DataFrame:
    """``findings`` at the cells of the ``issued`` form that hold what ``raw`` held at theirs.

    A place that the issued form does not have keeps its sheet, or neither sheet nor cell. The message loses its
    place, which was that in the unit's file.
    """
    cells = _places(raw, issued)
    sheets = {table.sheet: issued.tables[code].sheet for code, table in raw.tables.items() if code in issued.tables}
    places = [
        cells.get((sheet, cell), (sheets.get(sheet, sheet), ""))
        for sheet, cell in plain_rows(findings, Findings.sheet, Findings.cell)
    ]
    messages = [without_place(*row) for row in zip(*(findings[name] for name in _PLACED), strict=True)]
    return findings.assign(
        sheet=[sheet for sheet, _cell in places], cell=[cell for _sheet, cell in places], message=messages
    )


def _places(raw: RawForm, issued: RawForm) -> dict[tuple[str, str], tuple[str, str]]:
    """Sheet and cell of everything read from one form -> where the other has it."""
    return {old: new for code in raw.tables.keys() & issued.tables.keys() for old, new in _moves(code, raw, issued)}


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
