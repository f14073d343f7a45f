"""Which of a unit's files counts.

In: the reception of a round, and all findings. Out: :class:`Standing`. Promise: a newer form that has an error does not
displace an accepted one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pipeline.findings.finding import Code, Finding, Severity
from pipeline.intake.receipts import Receipt, order_of_receipt
from pipeline.intake.reception import Reception
from pipeline.intake.recognition import Submission


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
        forms.sort(key=lambda each: order_of_receipt(each.file, receipts))
        good = [each for each in forms if each.file not in faulty]
        bad = [each for each in forms if each.file in faulty]
        if good:
            standing.counts[unit] = good[-1]
            standing.superseded |= {each.file: good[-1].file for each in good[:-1]}
            if len(good) > 1 and receipts[good[-1].file].received == receipts[good[-2].file].received:
                standing.tied.add(good[-1].file)
        if bad and (not good or forms.index(bad[-1]) > forms.index(good[-1])):
            standing.returned[unit] = bad[-1]
    return standing


def standing_of(reception: Reception, findings: Collection[Finding]) -> tuple[Standing, list[Finding]]:
    """Which file of each unit counts, given all findings; and findings about units whose newest came together."""
    faulty = {finding.file for finding in findings if finding.weight() is Severity.ERROR}
    standing = settle(reception.submissions, faulty, reception.receipts)
    units = {form.file: form.unit for form in reception.submissions}
    return standing, [Finding(Code.SAME_MOMENT, file, units[file]) for file in sorted(standing.tied)]
