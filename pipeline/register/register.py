"""The register: every file of the inbox with a status and a reason that a person understands (promise 2).

In: the reception, all findings, and which file of each unit counts. Out: :class:`~pipeline.tables.Register`. What
becomes of a file by a finding stands in :mod:`pipeline.findings.catalogue`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from pandera.typing import DataFrame

from pipeline import tables
from pipeline.code_lists import Severity, Status
from pipeline.findings.finding import Finding, message
from pipeline.i18n import _
from pipeline.intake.reception import Reception
from pipeline.intake.recognition import Submission
from pipeline.intake.returned import FileFacts, kind_of_content
from pipeline.register.standing import Standing
from pipeline.rules.plan import DaysLate
from pipeline.rules.round_context import RoundContext
from pipeline.tables import Register, Roster


def register(
    reception: Reception, standing: Standing, findings: Iterable[Finding], context: RoundContext
) -> DataFrame[Register]:
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
                receipt.source.value if receipt else "",
                unit,
                rules.units[unit][0].code if unit in rules.units else "",
                each.form.meta.get("round", "") if each.form else "",
                each.form.meta.get("form_version", "") if each.form else "",
                status.value,
                reason,
                facts.errors,
                facts.warnings,
                days_late(received, context.due, context.plan.days_late) if received and form else 0,
                decision.value if (decision := reception.decisions.get(each.name)) else "",
            )
        )
    return tables.of_records(records, tables.Register)


def days_late(received: dt.datetime, due: dt.datetime, counted: DaysLate = "started") -> int:
    """Days after the due moment; 0 in time. A minute late is a day late.

    ``started``: of 24 hours each, the last of them begun; ``calendar``: those of the calendar after the due day.
    """
    late = (received - due).total_seconds()
    if late <= 0:
        return 0
    if counted == "calendar":
        return max(1, (received.astimezone(due.tzinfo).date() - due.date()).days)
    return int(-(-late // 86400))


def _facts(file: str, own: Sequence[Finding], submission: Submission | None, standing: Standing) -> FileFacts:
    """What is known of a file by now. ``own``: its findings."""
    errors = [finding for finding in own if finding.weight() is Severity.ERROR]
    settled = next(((status, message(each)) for each in own if (status := each.code.entry.status)), None)
    whole_file = next((finding for finding in errors if not finding.cell), None)
    counting = standing.counts.get(submission.unit) if submission else None
    return FileFacts(
        findings=len(own),
        errors=len(errors),
        warnings=sum(finding.weight() is Severity.WARNING for finding in own),
        settled=settled,
        problem=message(whole_file) if whole_file else "",
        is_submission=submission is not None,
        replaced=standing.superseded.get(file, ""),
        still_counts=counting.file if counting else "",
    )


def strays(register: DataFrame[Register], roster: DataFrame[Roster]) -> DataFrame[Register]:
    """The rows of ``Register`` whose files do not count and, by ``Roster``, are not sent back either."""
    stray = register[Register.status].isin([status for status in Status if status.stray])
    return register[stray & ~register[Register.file].isin(roster[Roster.returned_file])]
