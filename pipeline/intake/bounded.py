"""How much of a workbook leaves the process that has read it: what is bounded here may be handled without fear.

In: what a workbook holds of a form, a paper or the receipt book. Out: the same, tables cut to so many rows, and what is
to be told of that; or :class:`~pipeline.intake.container.Refused` where it holds more than any such workbook can.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pipeline.findings.catalogue import Code
from pipeline.findings.finding import within_sentence
from pipeline.forms.cell_values import Merged, NoValue, NumberAsDay, Shown
from pipeline.forms.papers import RawPaper
from pipeline.forms.raw_form import RawForm, RawTable
from pipeline.i18n import number
from pipeline.intake.arrival import Reason
from pipeline.intake.container import Refused
from pipeline.intake.long_texts import LONGEST, is_cut
from pipeline.intake.returned import Content, RawReceiptBook
from pipeline.rules.limits import Limits
from pipeline.sheets.addresses import column_letter

_OF_A_CELL = 8
"""Bytes for which a cell counts, whatever it holds; a text counts besides by its characters."""

_MOST_NAMES = 500
"""So many places may name a unit, and so many tables be there twice; a form has three, and none."""

_LISTED = 10
"""So many cells are named in one sentence."""


def bounded(content: Content, limits: Limits) -> list[Reason]:
    """Cut the content to what may leave, in place; what is to be told of that. Raises Refused."""
    tables = [] if isinstance(content, RawReceiptBook) else _tables(content)
    told = [_cut_rows(table, limits.table_rows) for table in tables if len(table.rows) > limits.table_rows]
    _check_size(content, limits)
    if isinstance(content, RawForm):
        return told  # its texts have bounds of their own, much narrower, and are told at their cells
    cut = [cell for table in tables for cell in _cut_cells(table)]
    return [*told, _texts_cut(cut)] if cut else told


def _tables(content: RawForm | RawPaper) -> Sequence[RawTable]:
    return list(content.tables.values()) if isinstance(content, RawForm) else content.tables


def _cut_rows(table: RawTable, most: int) -> Reason:
    found, first = len(table.rows), table.rows[most][0]
    del table.rows[most:]
    facts = {"found": number(found), "limit": number(most), "row": str(first)}
    return Code.TOO_MANY_ROWS, {"sheet": table.sheet, **facts}


def _check_size(content: Content, limits: Limits) -> None:
    limit = limits.form_kb if isinstance(content, RawForm) else limits.paper_kb
    size = sum(map(_size, _values(content)))
    if size > 1_000 * limit or (isinstance(content, RawForm) and len(content.named + content.copies) > _MOST_NAMES):
        raise Refused(Code.TOO_MUCH_CONTENT, found=number(-(-size // 1_000)), limit=number(limit))


def _values(content: Content) -> Iterator[Any]:
    """All that it holds, the cells of its tables and what else was found."""
    match content:
        case RawReceiptBook():
            rows: Iterable[Iterable[Any]] = content.rows
        case RawPaper():
            yield from (content.who, *content.meta, *content.meta.values())
            rows = (row for table in content.tables for _number, row in table.rows)
        case RawForm():
            yield from (each.text for each in content.named)
            yield from (cell for each in content.legacy for cell in each.cells)
            rows = (row for table in content.tables.values() for _number, row in table.rows)
    for row in rows:
        yield from row


def _size(value: Any) -> int:
    if type(value) is str:
        return _OF_A_CELL + len(value)
    held = value.value if isinstance(value, Merged) else str(value) if isinstance(value, _WORDY) else ""
    return _OF_A_CELL + (len(held) if isinstance(held, str) else 0)


_WORDY = (NoValue, NumberAsDay, Shown)


def _cut_cells(table: RawTable) -> Iterator[str]:
    columns = list(table.columns.values())
    for row, values in table.rows:
        for column, value in zip(columns, values, strict=True):
            if isinstance(value, str) and is_cut(value):
                yield within_sentence(table.sheet, f"{column_letter(column)}{row}")


def _texts_cut(cells: Sequence[str]) -> Reason:
    listed = "; ".join(cells[:_LISTED]) + ("; …" if len(cells) > _LISTED else "")
    return Code.TEXTS_CUT, {"cells": listed, "limit": number(LONGEST)}
