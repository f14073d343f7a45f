"""Places in a workbook, as a formula or a link writes them."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name


def column_letter(index: int) -> str:
    """``AB`` for 27: a column's letters; columns are counted from 0."""
    return xl_col_to_name(index)


def quoted(sheet_name: str) -> str:
    """``'Khối Đảng'``: the name of a sheet before the ``!`` of a reference.

    Always in quotes, which is always right; XlsxWriter's ``quote_sheetname`` leaves them off where it sees no need.
    """
    return "'" + sheet_name.replace("'", "''") + "'"
