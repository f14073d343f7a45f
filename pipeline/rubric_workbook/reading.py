"""A rubric's workbook read back: which values were changed, and at which cells something is wrong.

In: the file, and the bloc as its rule file says it now. Out: a list of :class:`EntryChange`, or
:class:`WorkbookWrong` with every fault in it, each at its cell. Rows are found by the addresses that they carry,
columns by their codes, so a moved row or a renamed sheet does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.answers import NO, YES
from pipeline.errors import UserFault
from pipeline.findings.finding import Code
from pipeline.forms.declared import META_SHEET
from pipeline.forms.values import read_number
from pipeline.i18n import _, in_every_language
from pipeline.intake.other_workbooks import sheets_of
from pipeline.rubric_workbook.entries import (
    Address,
    Entry,
    Kind,
    Value,
    canonical,
    entries,
    fingerprint,
    full_label,
    option_words,
    shown,
    spellings,
)
from pipeline.rubric_workbook.page import KEY
from pipeline.rubric_workbook.writing import FORMAT
from pipeline.rules.limits import DEFAULT_LIMITS, Limits
from pipeline.rules.rubric import Bloc
from pipeline.text import is_blank, same, text_of

_SEARCHED_ROWS = 60


@dataclass(frozen=True, order=True)
class CellFault:
    """Something wrong in the workbook; ``sheet`` and ``cell`` are "" where it belongs to none."""

    sheet: str
    cell: str
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}: " if self.sheet else ""
        return f"{place}{self.what[:1].upper()}{self.what[1:]}. {self.remedy[:1].upper()}{self.remedy[1:]}."


class WorkbookWrong(UserFault):
    """The workbook cannot be brought into the rule file; carries every fault found in it."""

    def __init__(self, faults: Iterable[CellFault]) -> None:
        self.faults = list(dict.fromkeys(faults))
        super().__init__(
            "\n".join(map(str, self.faults)), _("Mend these and import it again; the rule file is as it was.")
        )


@dataclass(frozen=True)
class Cell:
    """A cell and what it holds."""

    sheet: str
    name: str
    value: Any

    def fault(self, what: str, remedy: str) -> CellFault:
        """Something wrong at this cell."""
        return CellFault(self.sheet, self.name, what, remedy)


@dataclass
class ReturnedRubric:
    """What a workbook holds of a rubric.

    ``bloc``, ``fingerprint`` and ``base`` (address -> value as exported) say what it was made from; ``cells`` has the
    cell of each address; ``faults``: rows that cannot be placed.
    """

    bloc: str
    fingerprint: str
    base: dict[str, str]
    cells: dict[Address, Cell] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)


@dataclass(frozen=True)
class EntryChange:
    """An entry, its new value, and the cell that says so."""

    entry: Entry
    value: Value
    cell: Cell

    def __str__(self) -> str:
        before, after = shown(self.entry, self.entry.value), shown(self.entry, self.value)
        return f"{full_label(self.entry)} ({self.entry.path}): {before} → {after}"


# --- the file -----------------------------------------------------------------------------------------


def read_rubric(path: Path, limits: Limits = DEFAULT_LIMITS) -> ReturnedRubric:
    """Find the cells of a rubric. Raises UserFault for a file that is not there, that cannot be read or is none of our
    rubrics."""
    if not path.is_file():
        raise UserFault(_("there is no file {file}").format(file=path), _("Name the workbook that was changed."))
    sheets = sheets_of(path, limits)
    facts = {text_of(row[0]): str(row[1]) for row in sheets.pop(META_SHEET, []) if len(row) > 1}
    if facts.get("format") != FORMAT:
        raise UserFault(
            _("{file} is no rubric of this program").format(file=path),
            _("Take the workbook that “thidua rubric export” wrote."),
        )
    base = {key: value for key, value in facts.items() if "/" in key}
    returned = ReturnedRubric(facts.get("bloc", ""), facts.get("fingerprint", ""), base)
    for name, rows in sheets.items():
        _take_sheet(returned, name, rows)
    return returned


def _take_sheet(returned: ReturnedRubric, sheet: str, rows: list[list[Any]]) -> None:
    head = next((n for n, row in enumerate(rows[:_SEARCHED_ROWS]) if KEY in row), None)
    if head is None:
        return
    columns = {text: place for place, text in enumerate(rows[head]) if text}
    for number, row in enumerate(rows[head + 2 :], start=head + 2):
        cells = {code: Cell(sheet, xl_rowcol_to_cell(number, place), row[place]) for code, place in columns.items()}
        _take_row(returned, cells)


def _take_row(returned: ReturnedRubric, row: dict[str, Cell]) -> None:
    address = tuple(text_of(row[KEY].value).split("/"))
    code = row.get("code")
    if address == ("",):
        if code and text_of(code.value) and "label" not in row:
            returned.faults.append(code.fault(_("this row is not in the rule file"), _by_hand()))
        return
    if code and text_of(code.value) != _code(address):
        what = _("the code of this row is {code}").format(code=_code(address) or _("blank"))
        returned.faults.append(code.fault(what, _("write it again; codes are changed in the rule file")))
    for column, cell in row.items():
        is_the_value = column == "value" or (column == "points" and len(address) == 2)
        full_address = address if is_the_value else (*address, column)
        if "/".join(full_address) not in returned.base:
            continue
        if full_address in returned.cells:
            returned.faults.append(cell.fault(_("this row stands twice in the workbook"), _by_hand()))
            return
        returned.cells[full_address] = cell


def _by_hand() -> str:
    return _("add and remove criteria in the rule file, then export the rubric again")


def _code(address: Address) -> str:
    """The code in the first column of the row that has this address."""
    return address[4] if len(address) > 4 else address[2] if len(address) > 2 else ""


# --- what was changed ---------------------------------------------------------------------------------


def find_changes(returned: ReturnedRubric, bloc: Bloc) -> list[EntryChange]:
    """Every entry whose cell says something else than the rule file. Raises WorkbookWrong."""
    by_address = entries(bloc)
    _refuse_other_version(returned, bloc, by_address)
    faults, changes = list(returned.faults), []
    missing: dict[str, None] = {}  # names, each once
    for address, entry in by_address.items():
        cell = returned.cells.get(address)
        if cell is None:
            missing[entry.criterion or full_label(entry)] = None
            continue
        value = _value(entry, cell)
        if isinstance(value, CellFault):
            faults.append(value)
        elif value != entry.value:
            changes.append(EntryChange(entry, value, cell))
    faults += (
        CellFault("", "", _("{name} is missing in the workbook").format(name=name), _by_hand()) for name in missing
    )
    if faults:
        raise WorkbookWrong(faults)
    return changes


def _refuse_other_version(returned: ReturnedRubric, bloc: Bloc, by_address: dict[Address, Entry]) -> None:
    if returned.fingerprint == fingerprint(bloc):
        return
    now = {"/".join(address): entry for address, entry in by_address.items()}
    differs = [
        _("{name}: {before} in the workbook as exported, {after} in the rule file now").format(
            name=full_label(entry), before=returned.base.get(key) or "–", after=canonical(entry.value) or "–"
        )
        for key, entry in now.items()
        if returned.base.get(key) != canonical(entry.value)
    ]
    differs += [_("{key}: no longer in the rule file").format(key=key) for key in returned.base if key not in now]
    what = _("the rule file of bloc {bloc} was changed after this workbook was exported").format(bloc=bloc.code)
    raise UserFault(
        "\n".join((what, *differs[:20], *(["…"] if len(differs) > 20 else []))),
        _("Export the rubric again, and make your changes in the new workbook."),
    )


def _value(entry: Entry, cell: Cell) -> Value | CellFault:
    """What the cell says; the entry's own value where that is the same, however it is written."""
    text = text_of(cell.value)
    if is_blank(cell.value):
        if entry.needed:
            return cell.fault(_("{name} is left blank").format(name=full_label(entry)), _("write its value"))
        return entry.default
    match entry.kind:
        case Kind.NUMBER:
            return _number(entry, cell)
        case Kind.TEXT:
            return entry.value if text == text_of(entry.value) else _text(cell.value)
        case Kind.TRUTH:
            answers = {same(word): msgid == YES for msgid in (YES, NO) for word in in_every_language(msgid)}
            return _picked(entry, cell, answers | {"true": True, "false": False}, [_(YES), _(NO)])
        case Kind.CHOICE:
            words = option_words(entry)
            options = {same(each): option for option in entry.options for each in spellings(entry, option)}
            return _picked(entry, cell, options, list(words))


def _number(entry: Entry, cell: Cell) -> Value | CellFault:
    if isinstance(entry.value, Decimal | int) and cell.value == float(entry.value):
        return entry.value
    read = read_number(cell.value)
    if read.value is None or read.code not in (None, Code.NUMBER_NOTED):
        what = _("“{input}” is not a number").format(input=text_of(cell.value))
        return cell.fault(what, _("write digits, for example 2,5"))
    return Decimal(f"{read.value:.15g}")


def _text(value: Any) -> str:
    """A text with its line breaks, otherwise single-spaced."""
    return "\n".join(map(text_of, str(value).splitlines())) if isinstance(value, str) else text_of(value)


def _picked(entry: Entry, cell: Cell, options: dict[str, Any], words: list[str]) -> Value | CellFault:
    picked: Value | None = options.get(same(cell.value))
    if picked is None:
        what = _("“{input}” is not possible for {name}").format(input=text_of(cell.value), name=full_label(entry))
        return cell.fault(what, _("use one of: {expected}").format(expected="; ".join(words)))
    return picked


def nearest_cells(returned: ReturnedRubric, address: Address) -> Iterator[Cell]:
    """The cells of an address, then those of what holds it; the nearest come first."""
    for length in range(len(address), 2, -1):
        yield from (cell for other, cell in returned.cells.items() if other[:length] == address[:length])
