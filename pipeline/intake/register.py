"""The register: every file of the inbox with a status and a reason that a person understands (promise 2).

In: the received files, the submissions among them, findings, and which file of each unit counts. Out: the register and
the roster of units (:class:`~pipeline.tables.Register`, :class:`~pipeline.tables.Roster`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum

import pandas as pd

from pipeline import tables
from pipeline.findings.finding import Code, Finding, Severity, message, one_after_the_other
from pipeline.i18n import _
from pipeline.intake.receipts import Receipt
from pipeline.intake.recognition import Submission
from pipeline.intake.standing import Standing
from pipeline.intake.take import Taken
from pipeline.rules.plan import Round
from pipeline.rules.year import Rules


class Status(StrEnum):
    """What became of a file; stable words, Vietnamese labels are in :data:`pipeline.tables.STATUS_LABELS`."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted_with_warnings"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    NOT_A_FORM = "not_a_form"
    WRONG_ROUND = "wrong_round"
    UNKNOWN_UNIT = "unknown_unit"
    OLD_VERSION = "old_version"
    BLANK_FORM = "blank_form"
    UNREADABLE = "unreadable"
    WAITING = "waiting"
    IGNORED = "ignored"
    RECEIPT_BOOK = "receipt_book"
    COUNCIL_PAPER = "council_paper"


STATUS_OF: dict[Code, Status] = {
    Code.EMPTY_FILE: Status.UNREADABLE,
    Code.BROKEN_FILE: Status.UNREADABLE,
    Code.ENCRYPTED: Status.UNREADABLE,
    Code.TOO_LARGE: Status.UNREADABLE,
    Code.TOO_MANY_PARTS: Status.UNREADABLE,
    Code.UNPACKS_TOO_LARGE: Status.UNREADABLE,
    Code.PACKED_TOO_TIGHTLY: Status.UNREADABLE,
    Code.FALSE_CONTENTS: Status.UNREADABLE,
    Code.OVERLAPPING_PARTS: Status.UNREADABLE,
    Code.REPEATED_PART: Status.UNREADABLE,
    Code.PART_OUTSIDE: Status.UNREADABLE,
    Code.DOCTYPE: Status.UNREADABLE,
    Code.NESTED_ARCHIVE: Status.UNREADABLE,
    Code.HUGE_RANGE: Status.UNREADABLE,
    Code.CHANGED_WHILE_READ: Status.WAITING,
    Code.IN_USE: Status.WAITING,
    Code.PARTIAL_DOWNLOAD: Status.WAITING,
    Code.UNREADABLE: Status.UNREADABLE,
    Code.READER_TIMEOUT: Status.UNREADABLE,
    Code.READER_MEMORY: Status.UNREADABLE,
    Code.READER_CRASH: Status.UNREADABLE,
    Code.NOT_A_WORKBOOK: Status.NOT_A_FORM,
    Code.ARCHIVE: Status.NOT_A_FORM,
    Code.NOT_A_FORM: Status.NOT_A_FORM,
    Code.FOLDER: Status.IGNORED,
    Code.LINK: Status.IGNORED,
    Code.SPECIAL: Status.IGNORED,
    Code.LOCK_FILE: Status.IGNORED,
    Code.SYSTEM_FILE: Status.IGNORED,
    Code.WRONG_PLAN: Status.WRONG_ROUND,
    Code.WRONG_YEAR: Status.WRONG_ROUND,
    Code.WRONG_ROUND: Status.WRONG_ROUND,
    Code.UNKNOWN_UNIT: Status.UNKNOWN_UNIT,
    Code.OLD_VERSION: Status.OLD_VERSION,
    Code.BLANK_FORM: Status.BLANK_FORM,
    Code.PAPER_META_LOST: Status.NOT_A_FORM,
    Code.PAPER_UNKNOWN_BLOC: Status.NOT_A_FORM,
}
"""The findings that settle a file's status by themselves; any other error returns the form to its unit."""


SENT_BACK = (Status.RETURNED, Status.BLANK_FORM, Status.OLD_VERSION, Status.UNREADABLE)
"""What a unit must correct, where nothing else of it counts."""


# --- the register -------------------------------------------------------------------------------------


def register(
    taken: Iterable[Taken],
    submissions: Iterable[Submission],
    findings: Iterable[Finding],
    standing: Standing,
    again: Mapping[str, str],
    receipts: Mapping[str, Receipt],
    rules: Rules,
    of: Round,
) -> pd.DataFrame:
    """The register: a row for every file, with its status and a reason that a person understands."""
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    forms = {each.file: each for each in submissions}
    due = rules.plan.due_moment(of)
    records = []
    for each in taken:
        own, form = by_file.get(each.name, []), forms.get(each.name)
        status, reason = _status(each, form, own, standing, again)
        unit = form.unit if form else next((f.unit for f in own if f.unit in rules.units), "")
        receipt = receipts.get(each.name)
        received = receipt.received.astimezone(rules.plan.zone) if receipt else None
        records.append(
            (
                each.name,
                each.sha256,
                each.size,
                receipt.first_seen.astimezone(rules.plan.zone).isoformat(timespec="seconds") if receipt else "",
                received.isoformat(timespec="seconds") if received else "",
                receipt.source if receipt else "",
                unit,
                rules.units[unit][0].code if unit in rules.units else "",
                each.form.meta.get("round", "") if each.form else "",
                each.form.meta.get("form_version", "") if each.form else "",
                status.value,
                reason,
                sum(f.weight() is Severity.ERROR for f in own),
                sum(f.weight() is Severity.WARNING for f in own),
                days_late(received, due) if received and form else 0,
            )
        )
    return tables.of_records(records, tables.Register)


def days_late(received: dt.datetime, due: dt.datetime) -> int:
    """Whole and begun days after the due moment; 0 in time. A minute late is a day late."""
    late = (received - due).total_seconds()
    return 0 if late <= 0 else int(-(-late // 86400))


def _status(
    taken: Taken, form: Submission | None, own: list[Finding], standing: Standing, again: Mapping[str, str]
) -> tuple[Status, str]:
    if taken.name in again:
        return Status.DUPLICATE, _("the same content as {other}").format(other=again[taken.name])
    if taken.is_receipt_book and taken.receipt_rows:
        told = _("the officer's receipt book; times of receipt were taken from it")
        return Status.RECEIPT_BOOK, told + (_("; rows to look at: {n}").format(n=len(own)) if own else "")
    settled = [f for f in own if f.code in STATUS_OF]
    if settled:
        return STATUS_OF[settled[0].code], message(settled[0])
    if taken.paper:
        return Status.COUNCIL_PAPER, ""  # told in :mod:`pipeline.council.judgements`, once the points are known
    errors = sum(f.weight() is Severity.ERROR for f in own)
    warnings = sum(f.weight() is Severity.WARNING for f in own)
    if errors or form is None:
        return Status.RETURNED, _returned_reason(own, errors, form, standing)
    if taken.name in standing.superseded:
        other = standing.superseded[taken.name]
        return Status.SUPERSEDED, _("replaced by {other}, which was received later").format(other=other)
    if warnings:
        return Status.ACCEPTED_WITH_WARNINGS, _("counts; warnings to look at: {n}").format(n=warnings)
    return Status.ACCEPTED, _("counts")


def _returned_reason(own: list[Finding], errors: int, form: Submission | None, standing: Standing) -> str:
    whole_file = [f for f in own if f.weight() is Severity.ERROR and not f.cell]
    words = [message(each) for each in whole_file[:1]]
    if errors > len(words):
        words.append(_("errors to correct: {n}; see the findings").format(n=errors))
    if form and form.unit in standing.counts:
        kept = standing.counts[form.unit].file
        words.append(_("The form received earlier still counts: {other}").format(other=kept))
    return one_after_the_other(words)


def roster(register_frame: pd.DataFrame, standing: Standing, rules: Rules) -> pd.DataFrame:
    """Every unit of the plan: has it sent, must it correct, which file counts."""
    late = dict(zip(register_frame["file"], register_frame["days_late"], strict=True))
    received = dict(zip(register_frame["file"], register_frame["received"], strict=True))
    faulty = register_frame["status"].isin(SENT_BACK) & (register_frame["unit"] != "")
    sent_back = dict(zip(register_frame.loc[faulty, "unit"], register_frame.loc[faulty, "file"], strict=True))
    records = []
    for code, (bloc, unit) in rules.units.items():
        file = standing.counts[code].file if code in standing.counts else ""
        returned = standing.returned[code].file if code in standing.returned else ""
        if not file and not returned:
            returned = sent_back.get(code, "")
        state = "sent" if file else "to_correct" if returned else "not_sent"
        records.append(
            (bloc.code, bloc.name, code, unit.name, state, late.get(file, 0), returned, file, received.get(file, ""))
        )
    return tables.of_records(records, tables.Roster)
