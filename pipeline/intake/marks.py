"""The marks that a file's cells carry beside their values, for :mod:`pipeline.intake.shown`; one type for all files."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.forms.cell_values import NoValue

Range = tuple[int, int, int, int]
"""Top, left, bottom and right of a range, all part of it, counted from 0."""

Cells = dict[tuple[int, int], NoValue | str]
"""(Row, column), from 0 -> that the cell holds no value, or the format code that shows its number."""

Marks = Callable[[str], tuple[Cells, list[Range]]]
"""Name of a sheet -> its marked cells, and its merged ranges."""

ERROR_VALUES = frozenset(
    f"#{name}"
    for name in (
        *("NULL!", "DIV/0!", "VALUE!", "REF!", "NAME?", "NUM!", "N/A", "GETTING_DATA", "SPILL!", "CONNECT!"),
        *("BLOCKED!", "UNKNOWN!", "FIELD!", "CALC!", "BUSY!", "PYTHON!", "TIMEOUT!", "EXTERNAL!"),
    )
)
"""The errors of Excel (ECMA-376 part 1, 18.17.3, and those that came later), which other programs write too."""
