"""What came in for a round: whose each form is, when each file came, which content came twice.

In: the received files, the round, and the times that earlier runs know. Out: :class:`Reception`, on which checking,
the register and the council build. Nothing is read from the disk here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.code_lists import Source
from pipeline.findings.finding import Finding
from pipeline.intake.receipt_headings import is_receipt_book
from pipeline.intake.receipts import Book, KnownTimes, Receipt, order_of_receipt, read_book, receipts, unlikely
from pipeline.intake.received import ReceivedFile
from pipeline.intake.recognition import Submission, recognise
from pipeline.intake.returned import RawReceiptBook
from pipeline.intake.unit_names import UnitNames
from pipeline.intake.witnesses import partial_forms, senders
from pipeline.rules.round_context import RoundContext


@dataclass(frozen=True)
class Reception:
    """``files``: all of them; ``submissions``: the forms of this round, each content once; ``receipts``: file -> when
    it came; ``duplicates``: file -> the earlier one of the same content; ``findings``: about files as a whole, and
    about rows of the receipt book."""

    files: Sequence[ReceivedFile]
    submissions: Sequence[Submission]
    receipts: dict[str, Receipt]
    duplicates: dict[str, str]
    findings: list[Finding]

    @property
    def has_receipt_book(self) -> bool:
        """Whether the inbox holds a receipt book that could be read."""
        return _receipt_rows(self.files) is not None

    @property
    def times(self) -> dict[str, dt.datetime]:
        """File -> when it was received."""
        return {file: receipt.received for file, receipt in self.receipts.items()}

    @property
    def without_time(self) -> int:
        """Of how many forms nothing but a run's first sight tells when they came."""
        return sum(self.receipts[form.file].source is Source.FIRST_SEEN for form in self.submissions)


def receive(files: Sequence[ReceivedFile], context: RoundContext, known: KnownTimes) -> Reception:
    """Recognise the forms among the files, and find out when each file came and which content came twice."""
    names = UnitNames(context.rules)
    recognised = {file.name: recognise(file, context, names) for file in files}
    forms = [each.submission for each in recognised.values() if each.submission]
    units = {form.file: form.unit for form in forms}
    book, wrong_rows = _receipt_book(files, context)
    times = receipts(files, units, book, known)
    twice = duplicates(files, times)
    once = {file: each for file, each in recognised.items() if file not in twice}
    about_files = [finding for each in once.values() for finding in each.findings]
    about_files += [*partial_forms(once), *senders(files, once, context.rules, known.senders)]
    about_book = [*wrong_rows, *unlikely(book, times, units, context.round.opens)]
    return Reception(files, [form for form in forms if form.file not in twice], times, twice, about_files + about_book)


def _receipt_book(files: Sequence[ReceivedFile], context: RoundContext) -> tuple[Book, list[Finding]]:
    rows = _receipt_rows(files)
    if rows is None:
        return Book(), []
    others = [file.name for file in files if not is_receipt_book(file.name)]
    return read_book(rows, others, context.rules.units, context.plan.zone)


def _receipt_rows(files: Sequence[ReceivedFile]) -> list[list[object]] | None:
    return next((file.content.rows for file in files if isinstance(file.content, RawReceiptBook)), None)


def forget_rows(reception: Reception, findings: Collection[Finding]) -> None:
    """Let go of the raw rows of forms that nothing was found in.

    They take a third of a large run's memory, and once they are tidied only a file that may go back marked needs them.
    """
    looked_at = {finding.file for finding in findings}
    for file in reception.files:
        if file.form and file.name not in looked_at:
            file.form.tables.clear()


def duplicates(files: Iterable[ReceivedFile], receipts: Mapping[str, Receipt]) -> dict[str, str]:
    """File -> the earlier file with the very same content."""
    first: dict[str, str] = {}
    twice: dict[str, str] = {}
    for file in sorted(files, key=lambda file: order_of_receipt(file.name, receipts)):
        if not file.sha256 or not file.size:
            continue
        original = first.setdefault(file.sha256, file.name)
        if original != file.name:
            twice[file.name] = original
    return twice
