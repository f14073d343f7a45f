"""Which of a unit's files counts.

In: the reception of a round, and all findings. Out: :class:`Standing`. Promises: a newer form that has an error does
not displace an accepted one, nor does one that is doubtful in its place (:mod:`pipeline.register.replacing`); of forms
that came at the same moment none counts silently.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from pipeline.findings.finding import Code, Finding, Severity
from pipeline.i18n import _
from pipeline.intake.receipts import Receipt, order_of_receipt
from pipeline.intake.reception import Reception
from pipeline.intake.recognition import Submission
from pipeline.register.replacing import REFUSED, Replacing
from pipeline.register.same_moment import Choice, Witnesses, choose, last_of
from pipeline.rules.round_context import RoundContext


@dataclass
class Standing:
    """What became of each unit's files.

    ``counts``: unit -> the form that counts; ``returned``: unit -> the newest form, where that is sent back;
    ``superseded``: file -> in words, which form counts in its place, and why.
    """

    counts: dict[str, Submission] = field(default_factory=dict)
    returned: dict[str, Submission] = field(default_factory=dict)
    superseded: dict[str, str] = field(default_factory=dict)


def standing_of(
    reception: Reception, findings: Collection[Finding], context: RoundContext
) -> tuple[Standing, list[Finding]]:
    """Of each unit's forms the newest without an error counts, given all findings.

    Also findings about forms that came at the same moment: by what one of them was taken as the later one, or that none
    of them counts.
    """
    codes: dict[str, list[Code]] = {}
    for finding in findings:
        codes.setdefault(finding.file, []).append(finding.code)
    faulty = {finding.file for finding in findings if finding.weight() is Severity.ERROR}
    saved = {file.name: file.saved for file in reception.files}
    seen = {file: receipt.first_seen for file, receipt in reception.receipts.items()}
    witnesses = Witnesses(saved, seen, context)
    order = _Order(reception.receipts, witnesses)
    replacing = Replacing(reception.receipts, reception.senders, codes, reception.decisions, context.due, witnesses)
    standing, of_one_moment = Standing(), list[Finding]()
    for unit, forms in _by_unit(reception).items():
        good = [form for form in forms if form.file not in faulty]
        newest, unclear, told = _newest(good, order, replacing)
        of_one_moment += told
        if newest:
            standing.counts[unit] = newest.form
            standing.superseded |= newest.why
        to_correct = [form for form in forms if form.file in faulty or form in unclear]
        after = [form for form in to_correct if not newest or not order.later(newest.form, form)]
        if newest:  # what a stranger wrote is not sent on to the unit in the office's name
            after = [form for form in after if not replacing.has_other_sender(form, newest.form)]
        if after:
            standing.returned[unit] = last_of(after, order.compared)
    return standing, sorted(of_one_moment, key=lambda finding: finding.file)


@dataclass(frozen=True)
class _Newest:
    """The form that counts; ``why``: file of each other acceptable one -> why that does not count."""

    form: Submission
    why: dict[str, str]


def _newest(
    good: Sequence[Submission], order: _Order, replacing: Replacing
) -> tuple[_Newest | None, list[Submission], list[Finding]]:
    """Of acceptable forms the newest that may take the place of those before it; those after it of which it is unclear
    which counts; and what to tell of all these."""
    counting, unclear, findings = None, list[Submission](), list[Finding]()
    refused = {form.file: _(REFUSED) for form in good[1:] if replacing.is_refused(form)}
    for moment in order.moments([form for form in good if form.file not in refused]):
        choice = choose(moment, order.witnesses)
        if choice.form is None:
            unclear += moment
            findings += [_unclear(form, moment) for form in moment]
        elif counting and (doubts := replacing.against(choice.form, counting.form)):
            findings.append(replacing.waits(choice.form, counting.form, doubts))
            counting.why.update(choice.why)
        else:
            counting, unclear = _counting(choice.form, choice.why, good, order), []
            findings = _chosen(choice, moment)
    if counting:
        counting.why.update(refused)
    return counting, unclear, findings


def _counting(form: Submission, why: Mapping[str, str], good: Sequence[Submission], order: _Order) -> _Newest:
    """The form that counts, and why each that came before it does not."""
    words = _("replaced by {other}, which was received later").format(other=form.file)
    return _Newest(form, {each.file: words for each in good if order.moment(each) < order.moment(form)} | dict(why))


def _chosen(choice: Choice, moment: Sequence[Submission]) -> list[Finding]:
    """What to tell where what people or programs left in the files says which is the later one."""
    if not choice.form or not choice.witnesses:
        return []
    facts = {"other": _others(choice.form, moment), "witnesses": choice.witnesses}
    return [Finding(Code.SAME_MOMENT, choice.form.file, choice.form.unit, facts=facts)]


def _unclear(form: Submission, moment: Sequence[Submission]) -> Finding:
    return Finding(Code.UNCLEAR_ORDER, form.file, form.unit, facts={"other": _others(form, moment)})


def _others(form: Submission, moment: Sequence[Submission]) -> str:
    return ", ".join(f"“{each.file}”" for each in moment if each is not form)


# --- the order in which forms came ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Order:
    receipts: Mapping[str, Receipt]
    witnesses: Witnesses

    def moment(self, form: Submission) -> tuple[dt.datetime, dt.datetime]:
        """When the form came: as people or letters say, and of one such time when a run first saw it."""
        receipt = self.receipts[form.file]
        return receipt.received, receipt.first_seen

    def moments(self, forms: Sequence[Submission]) -> list[list[Submission]]:
        """Forms in their order, those of one moment together."""
        in_order = sorted(forms, key=self.moment)
        return [list(together) for _moment, together in groupby(in_order, key=self.moment)]

    def compared(self, one: Submission, other: Submission) -> int:
        """1 where ``one`` is the later one, -1 where ``other`` is, 0 where that is not clear."""
        first, second = self.moment(one), self.moment(other)
        return (first > second) - (first < second) or self.witnesses.later(one, other)

    def later(self, one: Submission, other: Submission) -> bool:
        """Whether ``one`` is known to be the later one."""
        return self.compared(one, other) > 0


def _by_unit(reception: Reception) -> dict[str, list[Submission]]:
    """Unit -> its forms, in the order in which they came."""
    forms: dict[str, list[Submission]] = {}
    for form in sorted(reception.submissions, key=lambda form: order_of_receipt(form.file, reception.receipts)):
        forms.setdefault(form.unit, []).append(form)
    return forms
