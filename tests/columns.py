"""Where the fields of the self-scoring sheet stand in the form of a round that is scored, as they are declared.

Tests name fields by these, so that a new one moves none of them. What the columns are is spelled out twice, on purpose:
for the form in ``tests/forms/writing/test_workbook.py``, for the consolidated workbook in its own test.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.utils import get_column_letter

from pipeline.forms.declared import RESULTS

COLUMN = {field.code: column for column, field in enumerate(RESULTS.fields)}
"""Field -> its column, from 0."""


def letter(field: str) -> str:
    """``F``."""
    return get_column_letter(COLUMN[field] + 1)


def at(field: str, row: int) -> str:
    """``F8``."""
    return f"{letter(field)}{row}"


def pick(row: Sequence[Any], *fields: str) -> list[Any]:
    """What stands in these fields of a row of the sheet."""
    return [row[COLUMN[field]] for field in fields]
