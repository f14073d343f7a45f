"""May a form take the place of one that counts already? Not by itself, where something speaks against it.

In: a form that came later, the one that counts, and what is known of both. Out: in words, what speaks against it; the
later form then waits for the officer's word, a line in the receipt book (:mod:`pipeline.intake.receipts`). What is
doubtful: it came after the due day while the other came in time, from another sender, was signed earlier, or was made
from other rules. Anybody who has a form can send one for a unit, and people send old files by mistake.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.code_lists import Decision
from pipeline.findings.finding import Code, Finding
from pipeline.i18n import N_, _, date
from pipeline.intake.receipts import COLUMNS, Receipt
from pipeline.intake.recognition import Submission
from pipeline.register.same_moment import Witnesses

STRANGE_SENDERS = frozenset({Code.SENDER_OF_OTHER, Code.SENDER_UNKNOWN})
"""Findings by which a form did not come from where its unit's letters come from."""

REFUSED = N_("the officer decided in the receipt book that it takes the place of no other form")


@dataclass(frozen=True)
class Replacing:
    """What is known of the forms of a round. ``receipts``: file -> when it came; ``senders``: file -> who mailed it;
    ``codes``: file -> the findings about it; ``decisions``: file -> the officer's word; ``due``: the due moment."""

    receipts: Mapping[str, Receipt]
    senders: Mapping[str, str]
    codes: Mapping[str, Collection[Code]]
    decisions: Mapping[str, Decision]
    due: dt.datetime
    witnesses: Witnesses

    def is_refused(self, form: Submission) -> bool:
        """Whether the officer said that the form takes the place of none."""
        return self.decisions.get(form.file) is Decision.NO

    def has_strange_sender(self, form: Submission) -> bool:
        """Whether it came by mail, and not from where its unit's letters come from."""
        return bool(STRANGE_SENDERS & set(self.codes.get(form.file, ())))

    def against(self, later: Submission, counting: Submission) -> list[str]:
        """In words, what speaks against ``later`` in the place of ``counting``; nothing where the officer said yes."""
        if self.decisions.get(later.file) is Decision.YES:
            return []
        return list(self._doubts(later, counting))

    def _doubts(self, later: Submission, counting: Submission) -> Iterator[str]:
        if self.receipts[counting.file].received <= self.due < self.receipts[later.file].received:
            yield _("it came after the due day, the other one in time")
        if self.has_other_sender(later, counting):
            yield _("it came by mail from another address")
        signed, before = self.witnesses.signed(later), self.witnesses.signed(counting)
        if signed and before and signed < before:
            words = _("it was signed on {day}, the other one on {before}")
            yield words.format(day=date(signed), before=date(before))
        if self._has_other_rules(later) and not self._has_other_rules(counting):
            yield _("it was made from other rules than those of now, the other one was not")

    def has_other_sender(self, later: Submission, counting: Submission) -> bool:
        """Whether ``later`` came by mail and not from the unit's own address, nor from that of the counting form; where
        the rules know no address, from another one than the counting form."""
        sender, before = (self.senders.get(form.file) for form in (later, counting))
        is_strange = self.has_strange_sender(later) or (before is not None and not self._is_known(later))
        return sender is not None and sender != before and is_strange

    def _is_known(self, form: Submission) -> bool:
        """Whether the rules know an address of the form's unit."""
        return bool(self.witnesses.context.rules.units[form.unit][1].email)

    def _has_other_rules(self, form: Submission) -> bool:
        return Code.OTHER_RULES in self.codes.get(form.file, ())

    def waits(self, later: Submission, counting: Submission, doubts: Sequence[str]) -> Finding:
        """That a form waits for the officer's word, and why."""
        entered = counting.file if self.has_other_sender(later, counting) else ""
        column = COLUMNS["decision"]
        facts = {"other": counting.file, "why": "; ".join(doubts), "column": _(column)}
        return Finding(Code.WAITS, later.file, later.unit, entered=entered, facts=facts)
