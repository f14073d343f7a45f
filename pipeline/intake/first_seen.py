"""When content that no run has seen yet counts as first seen: now, but never before what a run knew already.

A clock that was put back, or is behind that of the other computer, would make a corrected form older than the one that
it corrects. What is new came after what was known: of one unit's forms, and of the files that are no unit's (papers of
appraisers and council, receipt books). How the clock stands to the ledger is told on the screen (``cli/workplace.py``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.intake.receipts import KnownTimes
from pipeline.intake.received import ReceivedFile

_JUST_AFTER = dt.timedelta(seconds=1)


def completed(known: KnownTimes, files: Iterable[ReceivedFile], units: Mapping[str, str]) -> KnownTimes:
    """What is known, with the time of every content among the files. ``units``: file -> unit code."""
    newest: dict[str, dt.datetime] = {}
    new: dict[str, str] = {}
    for file in files:
        unit = units.get(file.name, "")
        if file.sha256 in known.seen:
            newest[unit] = max(known.seen[file.sha256], newest.get(unit, known.now))
        elif file.sha256:
            new[file.sha256] = unit
    times = {sha256: _time(known.now, newest.get(unit, known.now)) for sha256, unit in new.items()}
    return replace(known, seen={**known.seen, **times})


def _time(now: dt.datetime, newest: dt.datetime) -> dt.datetime:
    return newest + _JUST_AFTER if newest > now else now
