"""The register: every file of the inbox with a status and a reason that a person understands (promise 2).

In: the received files, the submissions among them, findings, and which file of each unit counts. Out: the register and
the roster of units (:class:`~pipeline.tables.Register`, :class:`~pipeline.tables.Roster`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import pandas as pd

from pipeline import tables
from pipeline.findings.finding import Code, Finding, Severity, message
from pipeline.findings.status import Status
from pipeline.i18n import _
from pipeline.intake.reception import Reception
from pipeline.intake.recognition import Submission
from pipeline.intake.returned import FileFacts, kind_of_content
from pipeline.register.standing import Standing
from pipeline.rules.round_context import RoundContext

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
    reception: Reception, standing: Standing, findings: Iterable[Finding], context: RoundContext
) -> pd.DataFrame:
    """``Register``: a row for every file, with its status and a reason that a person understands."""
    rules = context.rules
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    forms = {each.file: each for each in reception.submissions}
    records = []
    for each in reception.files:
        own, form = by_file.get(each.name, []), forms.get(each.name)
        facts = _facts(each.name, own, form, standing)
        status, reason = kind_of_content(each.content).status(facts)
        if each.name in reception.duplicates:
            original = reception.duplicates[each.name]
            status, reason = Status.DUPLICATE, _("the same content as {other}").format(other=original)
        unit = form.unit if form else next((f.unit for f in own if f.unit in rules.units), "")
        receipt = reception.receipts.get(each.name)
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
                facts.errors,
                facts.warnings,
                days_late(received, context.due) if received and form else 0,
            )
        )
    return tables.of_records(records, tables.Register)


def days_late(received: dt.datetime, due: dt.datetime) -> int:
    """Whole and begun days after the due moment; 0 in time. A minute late is a day late."""
    late = (received - due).total_seconds()
    return 0 if late <= 0 else int(-(-late // 86400))


def _facts(file: str, own: Sequence[Finding], submission: Submission | None, standing: Standing) -> FileFacts:
    """What is known of a file by now. ``own``: its findings."""
    errors = [finding for finding in own if finding.weight() is Severity.ERROR]
    settling = next((finding for finding in own if finding.code in STATUS_OF), None)
    whole_file = next((finding for finding in errors if not finding.cell), None)
    counting = standing.counts.get(submission.unit) if submission else None
    return FileFacts(
        findings=len(own),
        errors=len(errors),
        warnings=sum(finding.weight() is Severity.WARNING for finding in own),
        settled=(STATUS_OF[settling.code], message(settling)) if settling else None,
        problem=message(whole_file) if whole_file else "",
        is_submission=submission is not None,
        replaced_by=standing.superseded.get(file, ""),
        still_counts=counting.file if counting else "",
    )
