"""Which of a unit's files counts.

In: the reception of a round, and all findings. Out: :class:`Standing`. Promise: a newer form that has an error does not
displace an accepted one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from pipeline.findings.finding import Code, Finding, Severity
from pipeline.intake.receipts import order_of_receipt
from pipeline.intake.reception import Reception
from pipeline.intake.recognition import Submission


@dataclass
class Standing:
    """What became of each unit's files.

    ``counts``: unit -> the form that counts; ``returned``: unit -> the newest form, where that is sent back;
    ``superseded``: file -> the newer one that counts in its place.
    """

    counts: dict[str, Submission] = field(default_factory=dict)
    returned: dict[str, Submission] = field(default_factory=dict)
    superseded: dict[str, str] = field(default_factory=dict)


def standing_of(reception: Reception, findings: Collection[Finding]) -> tuple[Standing, list[Finding]]:
    """Of each unit's forms the newest without an error counts, given all findings.

    Also findings about units whose two newest came at the same moment, so that only their names say which is newer.
    """
    faulty = {finding.file for finding in findings if finding.weight() is Severity.ERROR}
    standing, same_moment = Standing(), []
    for unit, forms in _by_unit(reception).items():
        good = [form for form in forms if form.file not in faulty]
        if good:
            newest = standing.counts[unit] = good[-1]
            standing.superseded |= {form.file: newest.file for form in good[:-1]}
            received = reception.receipts
            if any(received[form.file].received == received[newest.file].received for form in good[-2:-1]):
                same_moment.append(Finding(Code.SAME_MOMENT, newest.file, unit))
        if forms[-1].file in faulty:
            standing.returned[unit] = forms[-1]
    return standing, sorted(same_moment, key=lambda finding: finding.file)


def _by_unit(reception: Reception) -> dict[str, list[Submission]]:
    """Unit -> its forms, in the order in which they came."""
    forms: dict[str, list[Submission]] = {}
    for form in sorted(reception.submissions, key=lambda form: order_of_receipt(form.file, reception.receipts)):
        forms.setdefault(form.unit, []).append(form)
    return forms
