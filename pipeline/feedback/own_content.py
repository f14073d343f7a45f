"""All that a unit's workbook shows, sheet by sheet as plain values, and its notes: of this a fresh form takes over what
it has no place for.

In: the bytes of a workbook that may be opened. Out: :class:`OwnContent`. This is a worker's part, for the file is a
foreign one: what it holds beyond the bounds here is named, not taken over.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from pipeline.feedback.correction_list import LIST_MARK
from pipeline.feedback.marking import without_ours
from pipeline.forms.cell_values import Merged
from pipeline.forms.declared import LISTS_SHEET, META_SHEET
from pipeline.forms.readers import first
from pipeline.intake.relations import Names, main_part, relations_of
from pipeline.intake.safety import look_through
from pipeline.intake.shown import as_shown
from pipeline.intake.xls_areas import records, sheets, workbook_stream
from pipeline.rules.limits import DEFAULT_LIMITS
from pipeline.sheets.addresses import column_letter
from pipeline.text import text_of

MOST_CELLS, MOST_LETTERS = 20_000, 500_000
"""So much of a file is taken over, with its notes."""

Place = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True)
class OwnSheet:
    """A sheet's cells that hold anything: numbers, and all else as the text that it shows."""

    title: str
    cells: Mapping[Place, float | str]


@dataclass(frozen=True)
class Note:
    """A note, or a conversation, at a cell; each comment a line that begins with its author."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True)
class OwnContent:
    """``too_large``: titles of sheets that were not taken over; ``lost_notes``: cells whose notes were not."""

    sheets: tuple[OwnSheet, ...] = ()
    notes: tuple[Note, ...] = ()
    too_large: tuple[str, ...] = ()
    lost_notes: tuple[tuple[str, str], ...] = ()
    is_known: bool = True


NO_CONTENT = OwnContent()
UNKNOWN = OwnContent(is_known=False)
"""Of no file, and of one that could not be looked through."""


def own_content(content: bytes) -> OwnContent:
    """What the workbook holds beside what only the software reads. Raises nothing but MemoryError."""
    try:
        sheets, too_large = _sheets(content)
        notes, lost = _notes(content)
    except BaseException as error:  # calamine's panics are no Exception; a strange file makes any reader fail
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        return UNKNOWN
    return OwnContent(tuple(sheets), tuple(notes), tuple(too_large), tuple(lost))


def _file_type(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return "xls"
    return "ods" if b"opendocument.spreadsheet" in content[:200] else "xlsx"


# --- sheets -------------------------------------------------------------------------------------------


def _sheets(content: bytes) -> tuple[list[OwnSheet], list[str]]:
    kind = _file_type(content)
    workbook = look_through(content, kind, DEFAULT_LIMITS).workbook
    book = as_shown(first, kind, workbook)(workbook.content)
    sheets, too_large, cells, letters = list[OwnSheet](), list[str](), 0, 0
    for name in book.sheet_names:
        if name in (META_SHEET, LISTS_SHEET):
            continue
        sheet = OwnSheet(name, dict(_cells(book.rows(name))))
        size = sum(len(value) for value in sheet.cells.values() if isinstance(value, str))
        if sheet.cells.get((0, 0)) == LIST_MARK:
            continue
        if cells + len(sheet.cells) > MOST_CELLS or letters + size > MOST_LETTERS:
            too_large.append(name)
            continue
        sheets.append(sheet)
        cells, letters = cells + len(sheet.cells), letters + size
    return sheets, too_large


def _cells(rows: list[list[Any]]) -> Iterator[tuple[Place, float | str]]:
    for row, line in enumerate(rows):
        for column, value in enumerate(line):
            if value != "" and not isinstance(value, Merged):
                is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
                yield (row, column), float(value) if is_number else _lines(value)


def _lines(value: Any) -> str:
    """A text with its lines, which :func:`text_of` joins."""
    return value.strip() if isinstance(value, str) else text_of(value)


# --- notes --------------------------------------------------------------------------------------------


def _notes(content: bytes) -> tuple[list[Note], list[tuple[str, str]]]:
    kind = _file_type(content)
    if kind == "xls":
        return [], list(_places_of_old_notes(content))
    with ZipFile(io.BytesIO(content)) as package:
        notes = list(_of_ods(package) if kind == "ods" else _of_xlsx(package))
    kept, lost, letters = list[Note](), list[tuple[str, str]](), 0
    for note in (each for each in notes if _CELL.fullmatch(each.cell)):
        letters += len(note.text)
        if letters <= MOST_LETTERS:
            kept.append(note)
        else:
            lost.append((note.sheet, note.cell))
    return kept, lost


_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")


def _of_xlsx(package: ZipFile) -> Iterator[Note]:
    """Notes, and conversations (threaded comments), beside which Excel keeps a note for older versions."""
    names = Names(package.namelist())
    people = {each.get("id"): each.get("displayName", "") for each in _persons(package)}
    book = main_part(names, package.read) or ""
    parts = _related(package, names, book)
    for sheet in _elements(package, book, "sheet"):
        key = next((value for name, value in sheet.attrib.items() if _local(name) == "id"), "")
        related = _related(package, names, parts[key][1]).values() if key in parts else ()
        lines: dict[str, list[str]] = {}
        for part in (part for kind, part in related if kind == "threadedComment"):
            for each in _elements(package, part, "threadedComment"):
                said = "".join(text.text or "" for text in each if _local(text.tag) == "text")
                lines.setdefault(each.get("ref", ""), []).append(_said(people.get(each.get("personId"), ""), said))
        for part in (part for kind, part in related if kind == "comments"):
            for each in _elements(package, part, "comment"):
                said = "".join(text.text or "" for text in each.iter() if _local(text.tag) == "t")
                if each.get("ref", "") not in lines and (own := without_ours(said)):
                    lines[each.get("ref", "")] = [own]
        yield from (Note(sheet.get("name", ""), cell, "\n".join(of_cell)) for cell, of_cell in lines.items())


def _said(author: str, text: str) -> str:
    return f"{author}: {text}" if author else text


def _persons(package: ZipFile) -> Iterator[ElementTree.Element]:
    for name in sorted(set(package.namelist())):
        if name.startswith("xl/persons/") and name.endswith(".xml"):
            yield from _elements(package, name, "person")


def _related(package: ZipFile, names: Names, part: str) -> dict[str, tuple[str, str]]:
    """Id -> kind and part of everything in the package that a part relates to."""
    relations = relations_of(part, names, package.read)
    return {key: (each.kind, found) for key, each in relations.items() if (found := names.found(each.target))}


def _elements(package: ZipFile, part: str, name: str) -> Iterator[ElementTree.Element]:
    root = ElementTree.fromstring(package.read(part))  # noqa: S314  # a part with a DOCTYPE was refused
    return (each for each in root.iter() if _local(each.tag) == name)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _of_ods(package: ZipFile) -> Iterator[Note]:
    root = ElementTree.fromstring(package.read("content.xml"))  # noqa: S314  # a part with a DOCTYPE was refused
    for table in (each for each in root.iter() if _local(each.tag) == "table"):
        title, row = _attribute(table, "name"), 0
        for line in (each for each in table.iter() if _local(each.tag) == "table-row"):
            column = 0
            for cell in line:
                for note in (each for each in cell if _local(each.tag) == "annotation"):
                    parts = [("".join(each.itertext()), _local(each.tag)) for each in note]
                    author = next((text for text, tag in parts if tag == "creator"), "")
                    said = "\n".join(text for text, tag in parts if tag in ("p", "list"))
                    if own := without_ours(said):
                        yield Note(title, f"{column_letter(column)}{row + 1}", _said(author, own))
                column += int(_attribute(cell, "number-columns-repeated") or 1)
            row += int(_attribute(line, "number-rows-repeated") or 1)


def _attribute(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


_BEGIN, _NOTE = 0x809, 0x1C


def _places_of_old_notes(content: bytes) -> Iterator[tuple[str, str]]:
    """Where an .xls has notes ([MS-XLS] 2.4.179); their texts are drawings there, and are not read."""
    workbook, title = workbook_stream(content), ""
    titles = {start: name for name, start in sheets(workbook)}
    for at, kind, record in records(workbook, {_BEGIN, _NOTE}):
        if kind == _BEGIN:
            title = titles.get(at, title)
        else:
            row, column = struct.unpack_from("<2H", record)
            yield title, f"{column_letter(column)}{row + 1}"
