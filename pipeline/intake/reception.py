"""What came in for a round: whose each form is, when each file came, which content came twice.

In: the received files, the round, and the times that earlier runs know. Out: :class:`Reception`, on which checking,
the register and the council build. Nothing is read from the disk here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.code_lists import Decision, Source
from pipeline.findings.finding import Finding
from pipeline.i18n import _
from pipeline.intake import first_seen
from pipeline.intake.arrival import BY_HAND
from pipeline.intake.authority import may_give_orders, misplaced
from pipeline.intake.receipt_headings import is_receipt_book
from pipeline.intake.receipts import Book, KnownTimes, Receipt, order_of_receipt, read_book, receipts, unlikely
from pipeline.intake.received import ReceivedFile
from pipeline.intake.recognition import Submission, recognise
from pipeline.intake.returned import RawReceiptBook
from pipeline.intake.seal_findings import unfit_seals
from pipeline.intake.unit_names import UnitNames
from pipeline.intake.witnesses import address, partial_forms, senders, unproved_times
from pipeline.rules.round_context import RoundContext
from pipeline.seals import Verdict
from pipeline.text import natural_order


@dataclass(frozen=True)
class Reception:
    """``files``: all of them; ``submissions``: the forms of this round, each content once; ``receipts``: file -> when
    it came; ``duplicates``: file -> the earlier one of the same content; ``findings``: about files as a whole, and
    about rows of the receipt book; ``older_books``: receipt book -> in words, which newer one replaces it;
    ``decisions``: file -> the officer's word in the book; ``senders``: file -> the address from which it was mailed."""

    files: Sequence[ReceivedFile]
    submissions: Sequence[Submission]
    receipts: dict[str, Receipt]
    duplicates: dict[str, str]
    findings: list[Finding]
    older_books: dict[str, str]
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    senders: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_receipt_book(self) -> bool:
        """Whether there is a receipt book that could be read."""
        return any(isinstance(file.content, RawReceiptBook) for file in self.orders)

    @property
    def orders(self) -> list[ReceivedFile]:
        """The files that may change what others sent, each content once."""
        return [file for file in self.files if may_give_orders(file.name) and file.name not in self.duplicates]

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
    forms = [form for form in forms if known.seals.get(form.file) is not Verdict.BROKEN]
    units = {form.file: form.unit for form in forms}
    known = first_seen.completed(known, files, units)
    books, older_books = _books(files, known)
    book, wrong_rows = _receipt_book(books, files, units, context)
    times = receipts(files, units, book, known)
    twice = duplicates(files, times)
    once = {file: each for file, each in recognised.items() if file not in twice}
    about_files = list(unfit_seals(files, known.seals, twice))
    about_files += [finding for each in once.values() for finding in each.findings]
    about_files += [*partial_forms(once), *senders(files, once, context.rules, known.senders), *misplaced(files, twice)]
    about_files += unproved_times(times, {file: unit for file, unit in units.items() if file in once}, context.due)
    about_book = [*wrong_rows, *unlikely(book, times, units, context.round.opens)]
    submissions = [form for form in forms if form.file not in twice]
    mailed_by = {file.name: address(known.senders[file.sha256]) for file in files if file.sha256 in known.senders}
    findings = about_files + about_book
    return Reception(files, submissions, times, twice, findings, older_books, book.decisions, mailed_by)


Books = Sequence[tuple[str, Sequence[Sequence[object]]]]
"""Name and rows of each receipt book."""


def _books(files: Sequence[ReceivedFile], known: KnownTimes) -> tuple[Books, dict[str, str]]:
    """The receipt books that count, each content once, the older one first: that of the officer's folder, and the
    newest of those that were filled in in our own output; file -> in words, what counts instead, for the others.

    What we write holds all times known by then, so a newer one of that kind replaces the older ones; the folder's has
    rows and notes of the officer's own, so both count.
    """
    orders = [file for file in files if may_give_orders(file.name)]
    found = {file.sha256: file for file in sorted(orders, key=lambda file: natural_order(file.name), reverse=True)}
    books = [(file.name, file.content.rows) for file in found.values() if isinstance(file.content, RawReceiptBook)]
    seen = {file.name: known.seen.get(file.sha256, known.now) for file in found.values()}
    books.sort(key=lambda book: (seen[book[0]], natural_order(book[0])))
    older: dict[str, str] = {}
    for place in (True, False):
        names = [name for name, _rows in books if name.startswith(BY_HAND) is place]
        words = _("replaced by {other}, which was received later")
        older |= {name: words.format(other=names[-1]) for name in names[:-1]}
    return [book for book in books if book[0] not in older], older


def _receipt_book(
    books: Books, files: Sequence[ReceivedFile], units: Mapping[str, str], context: RoundContext
) -> tuple[Book, list[Finding]]:
    """What the books say together. ``units``: file -> unit."""
    others = sorted((file.name for file in files if not is_receipt_book(file.name)), key=_is_from_inbox)
    whole, findings = Book(), list[Finding]()
    for name, rows in books:
        book, wrong_rows = read_book(rows, others, context.rules.units, context.plan.zone, name)
        whole = whole.overruled_by(book, units)
        findings += wrong_rows
    return whole, findings


def _is_from_inbox(name: str) -> bool:
    """Of two files with one name a row of a book means that of the inbox, for read_book takes the last."""
    return not name.startswith(BY_HAND)


def forget_rows(reception: Reception, findings: Collection[Finding]) -> None:
    """Let go of the raw rows of forms that nothing was found in.

    They take a third of a large run's memory, and once they are tidied only a file that may go back marked needs them.
    """
    looked_at = {finding.file for finding in findings}
    for file in reception.files:
        if file.form and file.name not in looked_at:
            file.form.tables.clear()


def duplicates(files: Iterable[ReceivedFile], receipts: Mapping[str, Receipt]) -> dict[str, str]:
    """File -> the earlier file with the very same content; one in the officer's folder comes before all others."""
    first: dict[str, str] = {}
    twice: dict[str, str] = {}
    for file in sorted(files, key=lambda file: _officers_first(file.name, receipts)):
        if not file.sha256 or not file.size:
            continue
        original = first.setdefault(file.sha256, file.name)
        if original != file.name:
            twice[file.name] = original
    return twice


def _officers_first(file: str, receipts: Mapping[str, Receipt]) -> tuple[bool, object]:
    return not may_give_orders(file), order_of_receipt(file, receipts)
