"""A sheet of ``xep-hang.xlsx`` while it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.sheets.styles import Styles


@dataclass(frozen=True)
class OpenSheet:
    """A sheet, the XlsxWriter workbook that it is in (charts are made there), and the formats of that workbook."""

    book: Any
    sheet: Any
    look: Styles
