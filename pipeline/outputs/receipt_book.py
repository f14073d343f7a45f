"""The officer's receipt book as the outbox offers it: the files and times known so far, to correct and hand back.

In: an :class:`~pipeline.outcome.Outcome`. Out: a workbook that :mod:`pipeline.intake.receipts` reads.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from pipeline.answers import yes_no
from pipeline.code_lists import Decision, Source
from pipeline.i18n import _, day_format
from pipeline.intake.receipt_headings import RECEIPT_BOOK
from pipeline.intake.receipts import COLUMNS, TITLE
from pipeline.outcome import Outcome
from pipeline.sheets.sheet import Sheet
from pipeline.sheets.styles import page_setup
from pipeline.tables import Register, plain_rows

_COLUMNS = (Register.file, Register.unit, Register.received, Register.received_from, Register.decision)


def write(outcome: Outcome, folder: Path) -> None:
    """Write the book into ``folder``: forms, and papers of the council, with the times of their receipt."""
    ours = outcome.register[outcome.register[Register.bloc] != ""]
    opening = dt.datetime.combine(outcome.round.opens, dt.time())
    write_book(folder / RECEIPT_BOOK, ours, outcome.as_of.replace(tzinfo=None) if outcome.as_of else opening)


def write_book(target: Any, register: pd.DataFrame, created: dt.datetime) -> None:
    """A receipt book with the files and times known so far, for the officer to correct and put into their own folder.

    ``register``: columns file, unit, received (ISO), and perhaps received_from and decision. ``created``: fixed, so
    that the same rows give the same bytes.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        workbook.worksheet_class = Sheet  # takes no text for markup
        workbook.set_properties({"created": created})
        head = workbook.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1, "text_wrap": True})
        body = workbook.add_format({"border": 1})
        day = workbook.add_format({"border": 1, "num_format": day_format()})
        time_format = workbook.add_format({"border": 1, "num_format": "hh:mm"})
        sheet = workbook.add_worksheet(_(TITLE))
        sheet.write_row(0, 0, [_(title) for title in COLUMNS.values()], head)
        sheet.set_row(0, 32)  # the longest heading takes two lines
        for column, width in enumerate((44, 18, 16, 14, 40, 22)):
            sheet.set_column(column, column, width)
        rows = register.reindex(columns=_COLUMNS, fill_value="")
        for row, (file, unit, received, source, decision) in enumerate(plain_rows(rows, *_COLUMNS), start=1):
            sheet.write_string(row, 0, file, body)
            sheet.write_string(row, 1, unit, body)
            if received:
                when = dt.datetime.fromisoformat(received).replace(tzinfo=None)
                sheet.write_datetime(row, 2, when.replace(hour=0, minute=0, second=0), day)
                sheet.write_datetime(row, 3, when.time(), time_format)
            note = Source.shown(source) if source == Source.SAVED_LETTER else None
            sheet.write(row, 4, note, body)  # or, handed back as it is, it would prove what nobody has looked at
            sheet.write_string(row, 5, _(Decision(decision).label) if decision else "", body)
            sheet.data_validation(row, 5, row, 5, {"validate": "list", "source": list(yes_no())})
        sheet.freeze_panes(1, 0)
        page_setup(sheet, repeat_rows=(0, 0))
