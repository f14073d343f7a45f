"""Two workbooks of ours, compared by what they say and not by how they are written.

In: workbooks. Out: their cells by place; in words that values and formulas are the same, for a workbook that another
version of the library wrote. A published one may hold anything by now, so workers with limits open them.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Collection
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import engines
from pipeline.i18n import _
from pipeline.intake.other_workbooks import Sheets, read_sheets, sheets_of
from pipeline.verification.opening import OF_OUTPUTS


def sameness(published: Path, ours: Path, unchecked: Collection[str] = ()) -> str | None:
    """What two workbooks differ in, where they have the same cells; None where any value, formula or sheet differs.

    ``unchecked``: places, as :func:`cells` names them, whose values do not count.
    """
    function = partial(_agree, ours=ours, unchecked=frozenset(unchecked))
    with closing(engines.map_files(function, [published], None, OF_OUTPUTS.of_a_worker)) as answers:
        agree = next(answers)
    if agree is not True:
        return None
    if unchecked:
        return _("the same but for the seals, which cannot be checked here: the key is not here")
    return _("the same sheets, values and formulas, written by another version of XlsxWriter")


def _agree(published: Path, ours: Path, unchecked: frozenset[str]) -> bool:
    """In the worker: whether both have the same cells and formulas."""
    try:
        if _size(published) > 2 * _size(ours) + 100_000:
            return False
        theirs, own = (read_sheets(path, OF_OUTPUTS) for path in (published, ours))
        if not (isinstance(theirs, dict) and isinstance(own, dict)):
            return False
        there, here = (
            {place: value for place, value in _by_place(sheets).items() if place not in unchecked}
            for sheets in (theirs, own)
        )
        return there == here and _formulas(published) == _formulas(ours)
    except Exception:  # readers raise many kinds on a damaged file
        return False


def _size(workbook: Path) -> int:
    with zipfile.ZipFile(workbook) as package:
        return sum(part.file_size for part in package.infolist())


def cells(workbook: Path) -> dict[str, str]:
    """Place in words (sheet and cell) -> value, of every cell that is not blank. Raises UserFault."""
    return _by_place(sheets_of(workbook, OF_OUTPUTS))


def _by_place(sheets: Sheets) -> dict[str, str]:
    from xlsxwriter.utility import xl_rowcol_to_cell

    found = {}
    for name, rows in sheets.items():
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if value != "":
                    place = _("sheet “{sheet}”, cell {cell}").format(sheet=name, cell=xl_rowcol_to_cell(row, column))
                    found[place] = str(value)
    return found


def _formulas(workbook: Path) -> list[tuple[Any, ...]]:
    """Every sheet with its formulas, and with what of it is hidden."""
    import openpyxl

    with warnings.catch_warnings(action="ignore"):  # of what openpyxl does not know and is no formula
        opened = openpyxl.load_workbook(workbook)
    return [
        (
            sheet.title,
            sheet.sheet_state,
            {
                cell.coordinate: _formula(cell.value)
                for row in sheet.iter_rows()
                for cell in row
                if cell.data_type == "f"
            },
            sorted(key for key, row in sheet.row_dimensions.items() if row.hidden),
            sorted(key for key, column in sheet.column_dimensions.items() if column.hidden),
        )
        for sheet in opened.worksheets
    ]


def _formula(value: Any) -> str:
    return str(getattr(value, "text", value))
