"""What a unit gets back: its own workbook with every finding marked at its cell and listed on a first sheet.

In: the content of one file, what :mod:`pipeline.reading` found in it, and its findings. Out: the bytes of an .xlsx,
ready to be corrected and sent again. Where openpyxl would lose something of the unit's file by saving it (macros,
pictures, drop-downs of the newer kind) or cannot open it at all (.xls, .ods), a fresh form is prefilled with the
unit's values and marked the same way.

Same in, same out: neither the time of saving nor that of zipping is written.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from pipeline.correction_list import add_list, remove_lists
from pipeline.form import TABLE, Table
from pipeline.forms.workbook import write_form
from pipeline.i18n import _, moment
from pipeline.marking import items_of, mark_cells, without_place
from pipeline.plan import Round
from pipeline.reading import RawForm, RawTable, read_form
from pipeline.rubric import Bloc, Unit
from pipeline.rules import Rules
from pipeline.values import text_of

EPOCH = dt.datetime(1980, 1, 1)  # the earliest time that a zip entry can have
MAX_XML = 8_000_000
"""Bytes of XML above which a file is not opened here: openpyxl needs a second for every two megabytes or so."""

_KEPT_BY_OPENPYXL = re.compile(
    r"\[Content_Types\]\.xml|(.*/)?_rels/.*|docProps/.*|docMetadata/.*|customXml/.*|.*/"
    r"|xl/(workbook|styles|sharedStrings|calcChain)\.xml|xl/metadata|xl/theme/.*|xl/persons/.*|xl/printerSettings/.*"
    r"|xl/worksheets/[^/]+\.xml|xl/comments[^/]*\.xml|xl/comments/[^/]+\.xml|xl/drawings/[^/]+\.(vml|xml)"
)
"""The parts of a workbook that come through (or whose loss nobody notices); any other part makes it unsafe."""

_LOST_SHAPE = {
    ".xml": re.compile(rb"Anchor\b"),  # a picture, a shape or a chart; Google Sheets writes drawings without any
    ".vml": re.compile(rb'ObjectType="(?!Note")'),  # a button or a list box among the shapes of comments
}
_HARMLESS = ("Conditional Formatting extension", "Unknown extension", "default style")
"""What openpyxl may warn of while opening; any other warning tells of a loss."""


def write(
    folder: Path,
    content: bytes,
    form: RawForm | None,
    findings: pd.DataFrame,
    rules: Rules,
    of: Round,
    bloc: Bloc,
    unit: Unit,
) -> Path:
    """Write ``<unit code>.xlsx`` into ``folder``: the unit's own file marked, or where that is unsafe a fresh form.

    ``form``: the file as read, None where it could not be. ``findings``: the rows of that file. Raises OSError.
    """
    book = _open(content)
    if book is not None:
        answer = _marked(book, findings, about(rules, of, bloc, unit))
    else:
        answer = fresh(rules, of, bloc, unit, form or RawForm({}, {}), findings)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{unit.code}.xlsx"
    path.write_bytes(answer)
    return path


def safe_to_resave(content: bytes) -> bool:
    """Whether openpyxl can open the file and save it again without losing anything that a form needs."""
    return _open(content) is not None


def mark(content: bytes, findings: pd.DataFrame, about: tuple[str, ...]) -> bytes:
    """The unit's own file, marked. ``findings``: its rows; ``about``: lines that head the list.

    Raises ValueError where the file cannot be saved again safely.
    """
    book = _open(content)
    if book is None:
        raise ValueError("not safe to save again")
    return _marked(book, findings, about)


def fresh(rules: Rules, of: Round, bloc: Bloc, unit: Unit, form: RawForm, findings: pd.DataFrame) -> bytes:
    """A fresh form with the unit's values, marked where those values now stand."""
    target = io.BytesIO()
    write_form(target, rules, of, bloc, unit, prefill(form))
    content = target.getvalue()
    why = _("The file sent could not be marked itself, so this is a new form that holds what the unit entered.")
    return mark(content, moved(findings, form, read_form(content)), (*about(rules, of, bloc, unit), why))


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


def _marked(book: Workbook, findings: pd.DataFrame, about: tuple[str, ...]) -> bytes:
    remove_lists(book)
    items = items_of(book, findings)
    mark_cells(book, items)
    add_list(book, items, about)
    return _saved(book)


# --- from the unit's file to a fresh form -----------------------------------------------------------


def prefill(raw: RawForm) -> dict[str, list[dict[str, Any]]]:
    """Table code -> rows of what the unit entered, as it was typed, in the order of its file."""
    return {code: [_entries(TABLE[code], found, row) for _n, row in found.rows] for code, found in raw.tables.items()}


def _entries(table: Table, found: RawTable, row: tuple[Any, ...]) -> dict[str, Any]:
    own = {each.code for each in table.fields if not each.ours} | {table.key}
    return {
        field: value if isinstance(value, str | int | float | dt.date) else text_of(value)
        for field, value in zip(found.columns, row, strict=True)
        if field in own and value not in ("", None)
    }


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


# --- opening and saving -----------------------------------------------------------------------------


def _open(content: bytes) -> Workbook | None:
    """The workbook, or None where saving it again would lose something. Opening is the dear part, so it is done
    once."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if not _keeps_everything(archive):
                return None
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            book = load_workbook(io.BytesIO(content), rich_text=True)
    except Exception:  # strange files make openpyxl fail in many ways, and a fresh form is the answer to all of them
        return None
    losses = [each for each in told if not any(words in str(each.message) for words in _HARMLESS)]
    return None if losses or not book.worksheets else book


def _keeps_everything(archive: ZipFile) -> bool:
    entries = archive.infolist()
    if sum(each.file_size for each in entries) > MAX_XML:
        return False
    if not all(_KEPT_BY_OPENPYXL.fullmatch(each.filename) for each in entries):
        return False
    drawings = {each.filename: archive.read(each) for each in entries if each.filename.startswith("xl/drawings/")}
    return not any(_LOST_SHAPE[name[-4:]].search(xml) for name, xml in drawings.items() if name[-4:] in _LOST_SHAPE)


def _saved(book: Workbook) -> bytes:
    book.properties.created = book.properties.modified = EPOCH
    target = io.BytesIO()
    ExcelWriter(book, _TimelessZip(target, "w", ZIP_DEFLATED)).save()  # what Workbook.save does, but for the time
    return target.getvalue()


class _TimelessZip(ZipFile):
    """A zip whose entries carry one fixed time."""

    def writestr(self, name: Any, data: Any, *_args: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        entry = ZipInfo(name, EPOCH.timetuple()[:6])
        entry.create_system = 3  # the same on every system
        super().writestr(entry, data, ZIP_DEFLATED)

    def write(self, filename: Any, arcname: Any = None, *_args: Any, **_kwargs: Any) -> None:
        self.writestr(arcname or filename, Path(filename).read_bytes())
