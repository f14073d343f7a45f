"""A workbook that does not come by the inbox and yet comes from people: read with the same care as one of the inbox.

In: a path. Out: the values of its sheets, in whatever state the file is: its bytes read once, looked through before any
parser sees them, and taken apart by a worker that may be lost; else a UserFault that says why there are none.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import engines
from pipeline.errors import UserFault
from pipeline.findings.catalogue import Code
from pipeline.forms.readers import first
from pipeline.i18n import _
from pipeline.intake.arrival import Reason, brief, read
from pipeline.intake.bounded import bounded
from pipeline.intake.container import Refused
from pipeline.intake.file_types import WORKBOOKS, kind_of, refusal
from pipeline.intake.long_texts import fitting
from pipeline.intake.returned import RawReceiptBook
from pipeline.intake.safety import look_through
from pipeline.intake.take import LOST
from pipeline.rules.limits import DEFAULT_LIMITS, Limits

Sheets = dict[str, list[list[Any]]]
"""The name on each tab -> the values of the sheet, row by row from A1 on."""


def sheets_of(path: Path, limits: Limits = DEFAULT_LIMITS) -> Sheets:
    """The sheets of a workbook. Raises UserFault where they cannot be had, EnvironmentFault without a worker."""
    with closing(engines.map_files(partial(read_sheets, limits=limits), [path], None, limits.of_a_worker)) as answers:
        answer = next(answers)
    if isinstance(answer, dict):
        return answer
    code, facts = (LOST[answer], {}) if isinstance(answer, engines.Loss) else answer
    raise UserFault(
        _("{file} cannot be read: {why}").format(file=path, why=_(code.entry.what).format(**facts)),
        _("Save it anew as .xlsx, without a password, and close it."),
    )


def read_sheets(path: Path, limits: Limits) -> Sheets | Reason:
    """The same in this process, which should be a worker: the sheets, or why there are none."""
    _size, content = read(path, limits)
    if not isinstance(content, bytes):
        return content
    kind = kind_of(content, limits)
    if kind not in WORKBOOKS:
        return refusal(kind, path.name)
    try:
        return _sheets(content, kind, limits)
    except Refused as refused:
        return refused.reason
    except BaseException as error:  # calamine raises its own kinds, and its panics are no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        return Code.BROKEN_FILE, {}


def _sheets(content: bytes, kind: str, limits: Limits) -> Sheets:
    looked = look_through(content, kind, limits)
    for sheet, corner in looked.left_out.items():
        raise Refused(Code.HUGE_RANGE, sheet=brief(sheet), found=corner)
    book = first(looked.workbook.content)
    sheets = {name: [list(map(_value, row)) for row in book.rows(name)] for name in book.sheet_names}
    bounded(RawReceiptBook([row for rows in sheets.values() for row in rows]), limits)
    return sheets


def _value(value: Any) -> Any:
    return fitting(value) if type(value) is str else value
