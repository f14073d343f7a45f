"""Whose form is it, is it for this round, and which file of a unit counts.

In: the taken files of :mod:`pipeline.intake.take`. Out: a :class:`Submission` for each form that belongs here, and a
finding for each file that does not; later, the register with a status for every file (promise 2).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from pipeline import tables
from pipeline.findings.finding import Code, Finding, Severity, message, one_after_the_other
from pipeline.forms.declared import RESULTS, UNIT
from pipeline.forms.reading import RawForm
from pipeline.forms.values import same, text_of
from pipeline.i18n import _
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


@dataclass
class Submission:
    """A form of one unit for this round, before it is known whether it is accepted."""

    taken: Taken
    form: RawForm
    unit: str
    bloc: str
    version: str

    @property
    def file(self) -> str:
        """The file's path below the inbox."""
        return self.taken.name


def recognise(taken: Taken, rules: Rules, of: Round) -> tuple[Submission | None, list[Finding]]:
    """The submission that a taken file holds, and the findings about the file as a whole."""
    findings = [Finding(code, taken.name, facts=facts) for code, facts in taken.reasons]
    form = taken.form
    if form is None:
        return None, findings
    if "results" not in form.tables:
        missing = form.meta and (Code.MISSING_SHEET, {"sheet": _(RESULTS.sheet)})
        code, facts = missing or (Code.NOT_A_FORM, {})
        unit = form.meta.get("unit", "") if form.meta.get("unit") in rules.units else ""
        return None, [*findings, Finding(code, taken.name, unit, facts=facts)]
    if wrong := other_form(form.meta, rules, of):
        return None, [*findings, Finding(wrong[0], taken.name, facts=wrong[1])]
    unit, trouble = _whose(form, rules)
    findings += [Finding(code, taken.name, unit, facts=facts) for code, facts in trouble]
    if unit not in rules.units:
        return None, findings
    bloc, _unit = rules.units[unit]
    version = form.meta.get("form_version", "")
    if version and version != str(of.form_version):
        facts = {"found": version, "expected": str(of.form_version)}
        return None, [*findings, Finding(Code.OLD_VERSION, taken.name, unit, facts=facts)]
    current = rules.fingerprint(bloc, of)
    if form.meta and form.meta["fingerprint"] != current:
        facts = {"found": form.meta["fingerprint"] or "–", "expected": current}
        findings.append(Finding(Code.OTHER_RULES, taken.name, unit, facts=facts))
    if _is_blank(form):
        return None, [*findings, Finding(Code.BLANK_FORM, taken.name, unit)]
    return Submission(taken, form, unit, bloc.code, version), findings


def other_form(meta: Mapping[str, str], rules: Rules, of: Round) -> tuple[Code, dict[str, str]] | None:
    """What is wrong with a form of another year, plan or round, told by its hidden sheet; the widest first."""
    expected = {"year": str(rules.plan.year), "plan": rules.plan.code, "round": of.code}
    codes = {"year": Code.WRONG_YEAR, "plan": Code.WRONG_PLAN, "round": Code.WRONG_ROUND}
    for key, value in expected.items():
        if meta and meta[key] != value:
            return codes[key], {"found": meta[key] or "–", "expected": value}
    return None


def _whose(form: RawForm, rules: Rules) -> tuple[str, list[tuple[Code, dict[str, str]]]]:
    """The unit's code, by the hidden sheet and the visible one, which must agree; and what is odd about it."""
    visible, name = _unit_sheet(form)
    if form.meta:
        unit = form.meta["unit"]
        if visible and unit and same(visible) != same(unit):
            return unit, [(Code.UNIT_MISMATCH, {"expected": unit, "found": visible})]
        trouble: list[tuple[Code, dict[str, str]]] = []
    else:
        unit, trouble = visible or _unit_named(name, rules), [(Code.META_LOST, {})]
    if unit not in rules.units:
        shown = unit or name or "–"
        trouble.append((Code.UNKNOWN_UNIT, {"found": shown, "sheet": _(UNIT.sheet)}))
    return unit, trouble


def _unit_sheet(form: RawForm) -> tuple[str, str]:
    """The code and the name that stand on the unit sheet, "" where they do not."""
    table = form.tables.get("unit")
    if not table or "value" not in table.columns:
        return "", ""
    keys = list(table.columns)
    item, value = keys.index("item") if "item" in keys else 0, keys.index("value")
    facts = {text_of(cells[item]): text_of(cells[value]) for _row, cells in table.rows}
    return facts.get("unit_code", ""), facts.get("unit_name", "")


def _unit_named(name: str, rules: Rules) -> str:
    """The code of the unit of that name or alias; "" where none or several have it."""
    known = [
        code
        for code, (_bloc, unit) in rules.units.items()
        if name and same(name) in {same(spelling) for spelling in (unit.name, *unit.aliases)}
    ]
    return known[0] if len(known) == 1 else ""


_ENTERED = ("target", "actual", "claimed")


def _is_blank(form: RawForm) -> bool:
    """Whether no row of the results holds anything that only a unit enters."""
    table = form.tables["results"]
    places = [place for place, key in enumerate(table.columns) if key in _ENTERED]
    last = places[-1:] if len(places) == 1 else [place for place in places if list(table.columns)[place] != "target"]
    return not any(cells[place] != "" for _row, cells in table.rows for place in last)


# --- the register -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    """When a file was received, and what says so."""

    received: dt.datetime
    first_seen: dt.datetime
    source: str  # receipt_book | mail | first_seen


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key under which ``thon-1 (10)`` follows ``thon-1 (9)``."""
    return [(int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in re.split(r"(\d+)", name)]


def duplicates(taken: Iterable[Taken], receipts: Mapping[str, Receipt]) -> dict[str, str]:
    """File -> the earlier file with the very same content."""
    first: dict[str, str] = {}
    again: dict[str, str] = {}
    for each in sorted(taken, key=lambda each: (_received(each.name, receipts), natural(each.name))):
        if not each.sha256 or not each.size:
            continue
        original = first.setdefault(each.sha256, each.name)
        if original != each.name:
            again[each.name] = original
    return again


_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def _received(file: str, receipts: Mapping[str, Receipt]) -> dt.datetime:
    return receipts[file].received if file in receipts else _NEVER


@dataclass
class Standing:
    """What became of each unit's files: the one that counts, and the newest that was sent back after it."""

    counts: dict[str, Submission]
    returned: dict[str, Submission]
    superseded: dict[str, str]
    tied: set[str]


def settle(submissions: Iterable[Submission], faulty: set[str], receipts: Mapping[str, Receipt]) -> Standing:
    """Of each unit's forms the newest acceptable one counts; an older acceptable one is superseded by it.

    ``faulty``: the files with an error. A newer form that is faulty does not displace an accepted one.
    """
    by_unit: dict[str, list[Submission]] = {}
    for each in submissions:
        by_unit.setdefault(each.unit, []).append(each)
    standing = Standing({}, {}, {}, set())
    for unit, forms in by_unit.items():
        forms.sort(key=lambda each: (_received(each.file, receipts), natural(each.file)))
        good = [each for each in forms if each.file not in faulty]
        bad = [each for each in forms if each.file in faulty]
        if good:
            standing.counts[unit] = good[-1]
            standing.superseded |= {each.file: good[-1].file for each in good[:-1]}
            if len(good) > 1 and _received(good[-1].file, receipts) == _received(good[-2].file, receipts):
                standing.tied.add(good[-1].file)
        if bad and (not good or forms.index(bad[-1]) > forms.index(good[-1])):
            standing.returned[unit] = bad[-1]
    return standing


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
