"""What of a unit's file goes along with a fresh form: its own sheets, its notes, and what it wrote beside the tables.

In: all that the file shows (:mod:`pipeline.feedback.own_content`), the form that was read from it, the fresh form, and
where each cell of the one stands in the other. Out: :class:`Carried`, whose ``lines`` say in words what is carried over
and what is not, each by its place. Promise: what stood in the file stands in the fresh form, in one of the carried
sheets, or in these lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import coordinate_to_tuple

from pipeline.feedback.own_content import Note, OwnContent, OwnSheet, Place
from pipeline.forms.cell_values import Merged, NoValue, holds_entry
from pipeline.forms.declared import GUIDE_SHEET, TABLE, Table
from pipeline.forms.raw_form import RawForm, RawTable
from pipeline.i18n import N_, _, in_every_language
from pipeline.sheets.addresses import column_letter
from pipeline.text import same, text_of

At = tuple[str, str]
"""Sheet and cell."""

OTHER_SHEET = N_("Other content")
HEADINGS = (N_("Sheet"), N_("Cell"), N_("Content"))


@dataclass(frozen=True)
class Carried:
    """``sheets``: to be added to the fresh form as plain values; ``notes``: at cells of the form itself;
    ``own_notes``: at cells of those sheets; ``lines``: what of
    the file is carried over and what is left out."""

    sheets: Sequence[OwnSheet] = ()
    notes: Sequence[Note] = ()
    own_notes: Sequence[Note] = ()
    lines: Sequence[str] = ()


NOTHING = Carried()


@dataclass(frozen=True)
class Fresh:
    """The fresh form: what is read from it, what it shows, and where a cell of the unit's file stands in it."""

    form: RawForm
    shows: OwnContent
    place_of: Mapping[At, At]


def carried(own: OwnContent, sent: RawForm, fresh: Fresh) -> Carried:
    """What of the file goes along."""
    of_form = {table.sheet for table in sent.tables.values()} | set(in_every_language(GUIDE_SHEET))
    sheets = [sheet for sheet in own.sheets if sheet.title not in of_form and sheet.cells]
    titles = {sheet.title for sheet in sheets}
    moved, kept, elsewhere = list[Note](), list[Note](), list[Note]()
    for note in own.notes:
        if there := fresh.place_of.get((note.sheet, note.cell)):
            moved.append(Note(*there, note.text))
        else:
            (kept if note.sheet in titles else elsewhere).append(note)
    beside = [*_beside(own, sent, fresh), *((note.sheet, note.cell, note.text) for note in elsewhere)]
    lines = _lines(own, sent, sheets, [*kept, *moved], beside)
    return Carried([*sheets, *_listed(beside)], moved, kept, lines)


# --- beside the tables ----------------------------------------------------------------------------------


def _beside(own: OwnContent, sent: RawForm, fresh: Fresh) -> Iterator[tuple[str, str, str]]:
    """Sheet, cell and content of all that the sheets of the form hold and the fresh form does not."""
    printed = {same(text_of(value)) for sheet in fresh.shows.sheets for value in sheet.cells.values()}
    filled, entries = _filled(fresh.form), _entry_cells(sent)
    for sheet in own.sheets:
        code = next((code for code, table in sent.tables.items() if table.sheet == sheet.title), "")
        if not code and sheet.title not in in_every_language(GUIDE_SHEET):
            continue
        ours = _columns_of_ours(sheet, TABLE[code], sent.tables[code].heading_row) if code else set()
        rows_of_table = {number for number, _row in sent.tables[code].rows} if code else set()
        for (row, column), value in sheet.cells.items():
            at = sheet.title, f"{column_letter(column)}{row + 1}"
            is_ours = column in ours and (isinstance(value, float) or row + 1 in rows_of_table)
            is_ours |= code != "" and _is_heading(row + 1, column, sent.tables[code])
            is_carried = fresh.place_of.get(at) in filled if at in entries else is_ours
            is_count = not code and isinstance(value, float)  # the guide counts what is missing
            if not (is_carried or is_count or same(text_of(value)) in printed):
                yield (*at, text_of(value) if isinstance(value, float) else value)


def _is_heading(row: int, column: int, table: RawTable) -> bool:
    """Whether the cell holds the heading of a column that was read, which may have been worded otherwise before."""
    return table.heading_row - 1 <= row <= table.heading_row and column in table.columns.values()


def _entry_cells(form: RawForm) -> dict[At, object]:
    """The cells of a form into which a unit enters something, and what stands there."""
    return {
        (table.sheet, f"{column_letter(column)}{number}"): value
        for code, table in form.tables.items()
        for number, row in table.rows
        for (field, column), value in zip(table.columns.items(), row, strict=True)
        if not TABLE[code].field(field).ours
    }


def _filled(form: RawForm) -> set[At]:
    return {at for at, value in _entry_cells(form).items() if holds_entry(value)}


def _columns_of_ours(sheet: OwnSheet, table: Table, heading_row: int) -> set[int]:
    """The columns that we print, by their codes and headings: what a unit changes there is told, and does not count."""
    names = {field.code for field in table.fields if field.ours}
    names |= {same(title) for field in table.fields if field.ours for title in in_every_language(field.title)}
    return {
        column
        for (row, column), value in sheet.cells.items()
        if row <= heading_row and isinstance(value, str) and (value in names or same(value) in names)
    }


def _listed(beside: Sequence[tuple[str, str, str]]) -> list[OwnSheet]:
    """A sheet that lists them."""
    if not beside:
        return []
    rows = [tuple(map(_, HEADINGS)), *beside]
    cells: dict[Place, float | str] = {
        (row, column): text for row, texts in enumerate(rows) for column, text in enumerate(texts) if text
    }
    return [OwnSheet(_(OTHER_SHEET), cells)]


# --- in words -----------------------------------------------------------------------------------------


def _lines(
    own: OwnContent, sent: RawForm, sheets: Sequence[OwnSheet], notes: Sequence[Note], beside: Sequence[object]
) -> list[str]:
    over, out = list[str](), list[str]()
    if sheets:
        over.append(_("sheets {names}").format(names=_quoted([sheet.title for sheet in sheets])))
    if notes:
        over.append(_("notes at {cells}").format(cells=_places([(note.sheet, note.cell) for note in notes])))
    if beside:
        words = _("cells and notes beside the tables: {n} (sheet “{sheet}”)")
        over.append(words.format(n=len(beside), sheet=_(OTHER_SHEET)))
    if own.too_large:
        out.append(_("sheets {names}, which are too large").format(names=_quoted(own.too_large)))
    if own.lost_notes:
        out.append(_("notes at {cells}").format(cells=_places(own.lost_notes)))
    if without := [at for at, value in _entry_cells(sent).items() if isinstance(value, (NoValue, Merged))]:
        out.append(_("cells without a value of their own: {cells}").format(cells=_places(without)))
    if not own.is_known:
        out.append(_("whatever the file holds beside the tables of the form, for it could not be looked through"))
    lines = [_("Carried over as plain values: {what}.").format(what="; ".join(over))] if over else []
    return [*lines, _("Not carried over: {what}.").format(what="; ".join(out))] if out else lines


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _places(cells: Sequence[At]) -> str:
    """``Tự chấm F8, F9; Đơn vị B3``."""
    of_sheet: dict[str, list[str]] = {}
    for sheet, cell in sorted(cells, key=lambda at: (at[0], coordinate_to_tuple(at[1]))):
        of_sheet.setdefault(sheet, []).append(cell)
    return "; ".join(f"{sheet} {', '.join(of_cell)}" for sheet, of_cell in of_sheet.items())
