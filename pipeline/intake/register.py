"""The register: every file of the inbox with a status and a reason that a person understands (promise 2).

In: the received files, the submissions among them, findings, and which file of each unit counts. Out: the register and
the roster of units (:class:`~pipeline.tables.Register`, :class:`~pipeline.tables.Roster`), and what is often asked of
the two. What becomes of a file by a finding stands in :mod:`pipeline.findings.catalogue`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from pipeline import tables
from pipeline.code_lists import Severity, State, Status
from pipeline.findings.finding import Finding, message, one_after_the_other
from pipeline.i18n import _
from pipeline.intake.receipts import Receipt
from pipeline.intake.recognition import Submission
from pipeline.intake.standing import Standing
from pipeline.intake.take import Taken
from pipeline.rules.plan import Round
from pipeline.rules.year import Rules


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
                receipt.source.value if receipt else "",
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
        words = _("the officer's receipt book; times of receipt were taken from it")
        return Status.RECEIPT_BOOK, words + (_("; rows to look at: {n}").format(n=len(own)) if own else "")
    for finding in own:
        if finding.code.entry.status:
            return finding.code.entry.status, message(finding)
    if taken.paper:
        return Status.COUNCIL_PAPER, ""  # :mod:`pipeline.council.judgements` says why, once the points are known
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
    faulty = register_frame["status"].isin([status for status in Status if status.sent_back])
    faulty &= register_frame["unit"] != ""
    sent_back = dict(zip(register_frame.loc[faulty, "unit"], register_frame.loc[faulty, "file"], strict=True))
    records = []
    for code, (bloc, unit) in rules.units.items():
        file = standing.counts[code].file if code in standing.counts else ""
        returned = standing.returned[code].file if code in standing.returned else ""
        if not file and not returned:
            returned = sent_back.get(code, "")
        state = State.SENT if file else State.TO_CORRECT if returned else State.NOT_SENT
        form = (state.value, late.get(file, 0), returned, file, received.get(file, ""))
        records.append((bloc.code, bloc.name, code, unit.name, *form))
    return tables.of_records(records, tables.Roster)


def strays(register_frame: pd.DataFrame, roster_frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the register whose files do not count and are not sent back either."""
    stray = register_frame["status"].isin([status for status in Status if status.stray])
    return register_frame[stray & ~register_frame["file"].isin(roster_frame["returned_file"])]


class Turnout(NamedTuple):
    """How many units there are, have sent (of these late), must correct, or have not sent."""

    units: int
    sent: int
    late: int
    to_correct: int
    not_sent: int


def turnout(roster: pd.DataFrame) -> Turnout:
    """What rows of a :class:`~pipeline.tables.Roster` add up to."""
    sent, to_correct, not_sent = (roster["state"] == each for each in (State.SENT, State.TO_CORRECT, State.NOT_SENT))
    late = sent & (roster["days_late"] > 0)
    return Turnout(len(roster), *(int(each.sum()) for each in (sent, late, to_correct, not_sent)))
