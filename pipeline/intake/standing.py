"""Which of a unit's files counts.

In: submissions, their times of receipt, and which of them have errors. Out: :class:`Standing`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.intake.receipts import Receipt
from pipeline.intake.received import ReceivedFile
from pipeline.intake.recognition import Submission


def natural(name: str) -> list[tuple[int, str]]:
    """Sort key under which ``thon-1 (10)`` follows ``thon-1 (9)``."""
    return [(int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in re.split(r"(\d+)", name)]


def duplicates(files: Iterable[ReceivedFile], receipts: Mapping[str, Receipt]) -> dict[str, str]:
    """File -> the earlier file with the very same content."""
    first: dict[str, str] = {}
    twice: dict[str, str] = {}
    for file in sorted(files, key=lambda file: (_received(file.name, receipts), natural(file.name))):
        if not file.sha256 or not file.size:
            continue
        original = first.setdefault(file.sha256, file.name)
        if original != file.name:
            twice[file.name] = original
    return twice


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
