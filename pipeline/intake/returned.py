"""The kinds of workbook that come back, and the three questions that each kind answers.

Is this workbook of your kind? What does it hold? What became of it, by the end of a run? A new kind (corrections,
assigned targets, minutes, a lower level's consolidated workbook) is a class with these three answers and a place in
:data:`KINDS`; nothing else in the intake names one. The module is light: each process that reads files starts with it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.code_lists import Judgement, Status
from pipeline.findings.catalogue import Code
from pipeline.forms.legacy_cells import FontOf, in_unicode, unknown_font
from pipeline.forms.papers import META_SHEET, PAPERS, RawPaper, lost_paper, read_paper
from pipeline.forms.readers import Opener
from pipeline.forms.reading import RawForm, read_form
from pipeline.i18n import _
from pipeline.intake.container import Refused
from pipeline.intake.receipt_headings import RECEIPT_BOOK, headings, is_near, is_receipt_book
from pipeline.text import one_after_the_other


@dataclass(frozen=True)
class RawReceiptBook:
    """The rows of the receipt book's first sheet."""

    rows: list[list[Any]]


Content = RawForm | RawPaper | RawReceiptBook


@dataclass(frozen=True)
class Workbook:
    """A workbook of the inbox: the name of its file, its bytes, the names of its sheets, what opens it, its fonts."""

    name: str
    content: bytes
    sheets: Collection[str]
    opened: Opener
    font_of: FontOf = unknown_font


@dataclass(frozen=True)
class FileFacts:
    """What a run knows of a file by the time its status is told.

    ``settled``: the status that a finding about the whole file settles by itself, and that finding in words;
    ``problem``: the first error about the whole file, in words; ``is_submission``: it is a form of this round;
    ``replaced``: in words, why another form counts in its place; ``still_counts``: the unit's file that
    counts, "" where none does.
    """

    findings: int
    errors: int
    warnings: int
    settled: tuple[Status, str] | None = None
    problem: str = ""
    is_submission: bool = False
    replaced: str = ""
    still_counts: str = ""


class ReturnedKind(Protocol):
    """A kind of workbook that comes back."""

    def recognises(self, workbook: Workbook) -> bool:
        """Whether it may be of this kind, by a quick look: nearly all files are forms, and opening one is dear."""
        ...

    def read(self, workbook: Workbook) -> Content | None:
        """What it holds; None where it is of another kind after all. Raises Refused, or what the reader raises."""
        ...

    def orders(self, content: Content) -> str:
        """What people call it, where a file of this kind changes what others sent; "" where it gives no orders."""
        ...

    def status(self, file: FileFacts) -> tuple[Status, str]:
        """What became of the file, and why, in words."""
        ...


class _ReceiptBook:
    """The officer's own record of when files came; known by its name (:mod:`pipeline.intake.receipts`)."""

    def recognises(self, workbook: Workbook) -> bool:
        return is_receipt_book(workbook.name)

    def read(self, workbook: Workbook) -> RawReceiptBook:
        book = workbook.opened(workbook.content)
        return RawReceiptBook(book.rows(book.sheet_names[0]))

    def orders(self, content: Content) -> str:
        return Status.RECEIPT_BOOK.label

    def status(self, file: FileFacts) -> tuple[Status, str]:
        if file.settled:
            return file.settled
        if file.replaced:
            return Status.SUPERSEDED, file.replaced
        words = _("the officer's receipt book; times of receipt were taken from it")
        return Status.RECEIPT_BOOK, words + (
            _("; rows to look at: {n}").format(n=file.findings) if file.findings else ""
        )


class _Paper:
    """An appraisal or council paper; known by its hidden sheet (:mod:`pipeline.forms.papers`)."""

    def recognises(self, workbook: Workbook) -> bool:
        return META_SHEET in workbook.sheets

    def read(self, workbook: Workbook) -> RawPaper | None:
        return read_paper(workbook.content, workbook.opened)

    def orders(self, content: Content) -> str:
        return PAPERS[Judgement(content.meta["kind"])].label if isinstance(content, RawPaper) else ""

    def status(self, file: FileFacts) -> tuple[Status, str]:
        return file.settled or (Status.COUNCIL_PAPER, "")  # :mod:`pipeline.council` adds what was taken over


class _Form:
    """A unit's form, and whatever else: any workbook may be a form that has lost what marks it. Asked last."""

    def recognises(self, workbook: Workbook) -> bool:
        return True

    def read(self, workbook: Workbook) -> RawForm:
        form = read_form(workbook.content, workbook.opened)
        if not form.meta and (kind := lost_paper(workbook.content, workbook.opened)):
            # A paper copied into a new workbook carries no hidden sheet, and would else be taken for a form.
            raise Refused(Code.PAPER_META_LOST, paper=_(PAPERS[kind].label), folder=PAPERS[kind].folder)
        if not form.meta and not form.tables and _is_like_receipt_book(workbook):
            raise Refused(Code.LIKE_RECEIPT_BOOK, book=RECEIPT_BOOK)
        return in_unicode(form, workbook.font_of)

    def orders(self, content: Content) -> str:
        return ""

    def status(self, file: FileFacts) -> tuple[Status, str]:
        if file.settled:
            return file.settled
        if file.errors or not file.is_submission:
            return Status.RETURNED, _why_returned(file)
        if file.replaced:
            return Status.SUPERSEDED, file.replaced
        if file.warnings:
            words = _("counts; warnings to look at: {n}").format(n=file.warnings)
            return Status.ACCEPTED_WITH_WARNINGS, words
        return Status.ACCEPTED, _("counts")


def _is_like_receipt_book(workbook: Workbook) -> bool:
    """Whether it would count as the receipt book if it had the book's name, and has nearly that."""
    if not is_near(workbook.name):
        return False
    book = workbook.opened(workbook.content)
    return bool(book.sheet_names) and headings(book.rows(book.sheet_names[0]))[0] is not None


def _why_returned(file: FileFacts) -> str:
    reasons = [file.problem] if file.problem else []
    if file.errors > len(reasons):
        reasons.append(_("errors to correct: {n}; see the findings").format(n=file.errors))
    if file.is_submission and file.still_counts:
        reasons.append(_("The form that counts is {other}").format(other=file.still_counts))
    return one_after_the_other(reasons)


FORM = _Form()
KINDS: tuple[tuple[type, ReturnedKind], ...] = ((RawReceiptBook, _ReceiptBook()), (RawPaper, _Paper()), (RawForm, FORM))
"""What a kind's files hold, and the kind; in the order in which a workbook is offered to them."""


def read_returned(workbook: Workbook) -> Content:
    """What the workbook holds, by the first kind that takes it. Raises as :meth:`ReturnedKind.read`."""
    read = (kind.read(workbook) for _content, kind in KINDS if kind.recognises(workbook))
    return next(content for content in read if content is not None)


def kind_of_content(content: Content | None) -> ReturnedKind:
    """The kind that read it; a file that could not be read is looked at as a form, for most are."""
    return next((kind for held, kind in KINDS if isinstance(content, held)), FORM)
