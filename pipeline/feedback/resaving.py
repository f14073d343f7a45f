"""A unit's own workbook, opened, marked and saved again.

In: the content of one file, its findings, and the lines above their list. Out: the bytes of an .xlsx, or None
where openpyxl would lose something of the file by saving it (macros, pictures, drop-downs of the newer kind), cannot
open it at all (.xls, .ods), or saves it as a file that cannot be read again. Nothing that runs, fetches or points
elsewhere goes out (:mod:`pipeline.feedback.left_out`): links are taken off the cells; a file with anything worse is
not marked itself.

A hostile file is opened here as it is in reading, so this too runs in a worker of :mod:`pipeline.engines`; for that
the module imports little. Same in, same out: neither the time of saving nor that of zipping is written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.packaging.core import DocumentProperties
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles import Alignment
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.scenario import ScenarioList
from openpyxl.writer.excel import ExcelWriter

from pipeline.feedback.carrying import NOTHING, Carried
from pipeline.feedback.correction_list import add_list, remove_lists
from pipeline.feedback.left_out import is_self_contained, points_outside, sentences
from pipeline.feedback.marking import COMMENT_AUTHOR, comment_size, items_of, mark_cells, shown
from pipeline.feedback.own_content import OwnContent, own_content
from pipeline.forms.declared import LISTS_SHEET, META_SHEET, TABLES, sheet_titles
from pipeline.forms.readers import first
from pipeline.i18n import _
from pipeline.intake.arrival import read
from pipeline.rules.limits import Limits

EPOCH = dt.datetime(1980, 1, 1)  # the earliest time that a zip entry can have
MAX_XML = 8_000_000
"""Bytes of XML above which a file is not opened here: openpyxl needs a second for every two megabytes or so."""

_KEPT_BY_OPENPYXL = re.compile(
    r"\[Content_Types\]\.xml|(.*/)?_rels/.*|docProps/.*|docMetadata/.*|customXml/.*|.*/"
    r"|xl/(webextensions|customData)/.*"
    r"|xl/(workbook|styles|sharedStrings|calcChain)\.xml|xl/metadata|xl/theme/.*|xl/persons/.*|xl/printerSettings/.*"
    r"|xl/worksheets/[^/]+\.xml|xl/comments[^/]*\.xml|xl/comments/[^/]+\.xml|xl/drawings/[^/]+\.(vml|xml)"
)
"""The parts of a workbook that come through (or whose loss nobody notices); any other part makes it unsafe."""

_LOST_SHAPE = {
    ".xml": re.compile(rb"Anchor\b"),  # a picture, a shape or a chart; Google Sheets writes drawings without any
    ".vml": re.compile(rb'ObjectType="(?!Note")'),  # a button or a list box among the shapes of comments
}
_HARMLESS = ("Conditional Formatting extension", "Unknown extension", "default style")
"""What openpyxl may warn of while opening; any other warning means a loss."""


@dataclass(frozen=True)
class NumberCell:
    """A cell into which a number belongs. ``value``: what to write there where it shows a day now: the number that was
    typed, or else the day as text, which stays what it is in a cell for numbers; None: it is blank, or shows none."""

    sheet: str
    cell: str
    value: float | str | None


@dataclass(frozen=True)
class ToMark:
    """A file, its findings (rows of :class:`pipeline.tables.Findings`), and the lines above their list.

    ``numbers``: its cells into which numbers belong; ``goes_along``: what to add to it; ``can_go_back``: whether the
    file itself may, marked.
    """

    content: bytes
    findings: Sequence[Mapping[Any, Any]]
    about: tuple[str, ...]
    numbers: Sequence[NumberCell] = ()
    goes_along: Carried = NOTHING
    can_go_back: bool = True


@dataclass(frozen=True)
class FileToMark:
    """A file of the inbox that was read, ``sha256`` being the hash of what was; ``to_mark`` is without its content."""

    path: Path
    sha256: str
    limits: Limits
    to_mark: ToMark


@dataclass(frozen=True)
class Unmarked:
    """What goes into a fresh form in the place of a file that cannot be marked itself.

    ``own``: all that the file shows; ``left_out``: what of it is not passed on
    (:func:`pipeline.feedback.left_out.sentences`).
    """

    own: OwnContent
    left_out: tuple[str, ...] = ()


def mark_file(file: FileToMark) -> bytes | Unmarked | None:
    """The file marked, or what is needed of it where that cannot be done safely; None where it is no longer what was
    read. Raises as :func:`marked`."""
    _size, content = read(file.path, file.limits)
    if not isinstance(content, bytes) or hashlib.sha256(content).hexdigest() != file.sha256:
        return None
    not_passed_on = sentences(content)
    to_mark = replace(file.to_mark, content=content, about=(*file.to_mark.about, *not_passed_on))
    answer = marked(to_mark) if to_mark.can_go_back else None
    return Unmarked(own_content(content), not_passed_on) if answer is None else answer


def marked(to_mark: ToMark) -> bytes | None:
    """The file with its findings marked, or None where that cannot be done safely.

    Whatever the file holds, raises nothing but MemoryError.
    """
    book = _open(to_mark.content)
    if book is None or _hides_anything(book):
        return None
    try:
        _take_off_links(book)
        _forget_origins(book)
        remove_lists(book)
        _show_numbers(book, to_mark.numbers)
        _add(book, to_mark.goes_along)
        items = items_of(book, to_mark.findings)
        mark_cells(book, items)
        add_list(book, items, to_mark.about)
        answer = _saved(book)
        _read_through(answer)
        return answer if is_self_contained(answer) else None
    except MemoryError:
        raise
    except Exception:  # what openpyxl took from a strange file may only then prove to be impossible
        return None


_HIDDEN_BY_US = {META_SHEET, LISTS_SHEET, *(title for table in TABLES for title in sheet_titles(table))}
"""What only the software reads, and the sheets that a round does not ask for."""


def _hides_anything(book: Workbook) -> bool:
    """Whether a sheet is hidden that our forms do not hide: nobody would see what goes back in it."""
    return any(sheet.sheet_state != "visible" and sheet.title not in _HIDDEN_BY_US for sheet in book.worksheets)


def _forget_origins(book: Workbook) -> None:
    """Leave out what programs note of whoever has worked on the file, and the parts that they write for themselves."""
    book.properties = DocumentProperties(creator=OURS)
    book.loaded_theme = None  # then the library's own
    book.code_name = None
    for sheet in book.worksheets:
        sheet.sheet_properties.codeName = None
        sheet.scenarios = ScenarioList()


OURS = "thidua"


def _take_off_links(book: Workbook) -> None:
    """Remove every link of a cell that leads out of the workbook; the text of the cell stays."""
    for sheet in book.worksheets:
        for cell in sheet._cells.values():
            link = getattr(cell, "hyperlink", None)
            if link and (link.target or link.id or points_outside(link.location or "")):
                cell.hyperlink = None


def _show_numbers(book: Workbook, cells: Sequence[NumberCell]) -> None:
    """Give number cells that show days the form's own format, in which every number is seen again."""
    for each in cells:
        sheet: Any = book[each.sheet] if each.sheet in book.sheetnames else None
        cell = sheet._cells.get(coordinate_to_tuple(each.cell)) if sheet else None
        if isinstance(cell, Cell) and cell.is_date:
            cell.number_format = GENERAL
            if cell.data_type != "f":
                cell.value = each.value


GENERAL = "General"


def _add(book: Workbook, goes_along: Carried) -> None:
    """Add sheets of plain values, and notes."""
    title_of: dict[str, str] = {}
    for own in goes_along.sheets:
        title = _TITLE_SIGNS.sub("_", own.title)[:_LONGEST_TITLE] or "_"
        sheet: Any = book.create_sheet(title)  # a title that is taken gets a number
        title_of[own.title] = sheet.title
        for (row, column), value in own.cells.items():
            cell = sheet.cell(row + 1, column + 1)
            cell.value = shown(value, _LONGEST_TEXT) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type, cell.quotePrefix = "s", value[:1] in tuple("=+-@'")
                cell.alignment = Alignment(vertical="top", wrap_text="\n" in value)
        for column in {column for _row, column in own.cells}:
            longest = max(len(str(value)) for (_row, at), value in own.cells.items() if at == column)
            sheet.column_dimensions[get_column_letter(column + 1)].width = min(max(longest + 2, 9), 60)
    for note in goes_along.notes:
        _note(book[note.sheet][note.cell], note.text)
    for note in goes_along.own_notes:
        _note(book[title_of[note.sheet]][note.cell], note.text)


def _note(cell: Any, text: str) -> None:
    text = shown(text, _LONGEST_TEXT)
    cell.comment = Comment(text, _(COMMENT_AUTHOR), *comment_size(text))


_TITLE_SIGNS = re.compile(r"[\\*?:/\[\]\x00-\x1f]|^'|'$")
_LONGEST_TITLE, _LONGEST_TEXT = 28, 32_000
"""Excel's own limits, and a little less."""


def _read_through(content: bytes) -> None:
    """Read every sheet. Raises where our own reader could not: openpyxl also writes files that are wrong."""
    book = first(content)
    for name in book.sheet_names:
        book.rows(name)


def _open(content: bytes) -> Workbook | None:
    """The workbook, or None where saving it again would lose something. It is opened once, for that takes longest."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            if not _keeps_everything(archive):
                return None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            reader = _WithoutProperties(io.BytesIO(content), rich_text=True)
            reader.read()
            book: Workbook = reader.wb
    except Exception:  # strange files make openpyxl fail in many ways, and a fresh form is the answer to all of them
        return None
    losses = [warning for warning in caught if not any(words in str(warning.message) for words in _HARMLESS)]
    return None if losses or not book.worksheets else book


class _WithoutProperties(ExcelReader):
    """openpyxl's reader, but for the properties that programs add of their own accord, which go nowhere and which it
    cannot always read."""

    def read_custom(self) -> None:
        """Leave them out."""


def _keeps_everything(archive: ZipFile) -> bool:
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > MAX_XML:
        return False
    if not all(_KEPT_BY_OPENPYXL.fullmatch(entry.filename) for entry in entries):
        return False
    drawings = {entry.filename: archive.read(entry) for entry in entries if entry.filename.startswith("xl/drawings/")}
    return not any(_LOST_SHAPE[name[-4:]].search(xml) for name, xml in drawings.items() if name[-4:] in _LOST_SHAPE)


class _InOrder(MultiCellRange):
    """Merged ranges in the order of their cells; openpyxl keeps a set, whose order is another in each process."""

    def __iter__(self) -> Iterator[CellRange]:
        return iter(self.sorted())


def _saved(book: Workbook) -> bytes:
    book.properties.created = book.properties.modified = EPOCH
    target = io.BytesIO()
    for sheet in book.worksheets:
        sheet.merged_cells = _InOrder(sheet.merged_cells.ranges)
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
