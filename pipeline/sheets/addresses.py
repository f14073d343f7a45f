"""Names of cells and sheets, as formulas and messages write them."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name


def column_letter(index: int) -> str:
    """0 -> A, 26 -> AA."""
    return str(xl_col_to_name(index))
