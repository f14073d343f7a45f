"""What a workbook holds of a form, as it was found: nothing is interpreted yet.

In: what :mod:`pipeline.forms.reading` finds. Out: :class:`RawForm`, on which intake and checking build. Light, for it
comes from the processes that read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from pipeline.legacy_text import Encoding

Row = tuple[Any, ...]


class Named(NamedTuple):
    """A place that names a unit: the sheet, the cell, and the code or the name that stands there, or its beginning."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True)
class RepeatedColumn:
    """A field that stands in several columns. ``column``: the one that is read; None where they differ, so that it is
    unclear which of them counts."""

    field: str
    columns: tuple[int, ...]
    column: int | None


class Relation(StrEnum):
    """How a further table stands to the one that is read."""

    SAME = "same"  # both hold the same
    BLANK_COPY = "blank copy"  # it is blank
    BLANK_ORIGINAL = "blank original"  # it is blank, and it is the one in the form's own place
    OTHER = "other"  # it holds something else


@dataclass(frozen=True)
class Copy:
    """A further table of a kind that is read elsewhere in the file: its sheet and the code of the table.

    ``cell``: where it differs, else where it begins on a sheet that has another one; ``other``: the cell of the table
    that is read which is to be compared.
    """

    sheet: str
    table: str
    relation: Relation = Relation.SAME
    cell: str = ""
    other: str = ""


@dataclass
class RawTable:
    """One table as found: its sheet, field code -> column number (from 0) of what is read, the row number of the
    headings (from 1), and ``(row number, values in the order of columns)`` of rows that hold a code or an entry.

    ``repeated``: fields that stand in several columns; one of which it is unclear which column counts is not in
    ``columns``.
    """

    sheet: str
    columns: dict[str, int]
    heading_row: int
    rows: list[tuple[int, Row]] = field(default_factory=list)
    repeated: list[RepeatedColumn] = field(default_factory=list)


@dataclass(frozen=True)
class LegacyCells:
    """Cells of a sheet that were typed in an encoding of before Unicode; None: it seems so, and they stay as typed."""

    sheet: str
    encoding: Encoding | None
    cells: tuple[str, ...]


@dataclass
class RawForm:
    """What a workbook holds of a form. ``meta`` is empty where the hidden sheet is lost.

    ``copies``: further tables of a kind that is read elsewhere in the file; ``named``: the places that name a unit;
    ``repeated_facts``: the keys that stand more than once in the hidden sheet; ``legacy``: the cells whose texts
    :mod:`pipeline.forms.legacy_cells` put into Unicode, or could not.
    """

    meta: dict[str, str]
    tables: dict[str, RawTable]
    copies: list[Copy] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    repeated_facts: list[str] = field(default_factory=list)
    legacy: list[LegacyCells] = field(default_factory=list)
