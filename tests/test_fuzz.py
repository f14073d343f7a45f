"""Valid files changed at random: whatever they become, a run ends well and what is right still counts; and of a form
that people edited every number that counts is one that the unit typed in that place, or something is said of it.

``make fuzz`` tries many more, different ones each time: FUZZ=200 means 200 inboxes.
"""

from __future__ import annotations

import math
import os
import re
import resource
import tempfile
import time
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pipeline.checking.frames import asked
from pipeline.checking.tidying import tidy
from pipeline.checking.validation import validate
from pipeline.findings.finding import Code, Finding, Severity
from pipeline.forms.declared import TABLE, sheet_title
from pipeline.intake import take
from pipeline.intake.receipts import KnownTimes
from pipeline.intake.reception import receive
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess, publish
from pipeline.state import ledger
from tests.edits import Edited, Place, edited_at_random, original, saved
from tests.filled import NOW, RULES, drop, form
from tests.mutations import mutated
from tests.places import SAMPLE_INBOX as SAMPLE

INBOXES = int(os.environ.get("FUZZ", "0"))
SECONDS, MEGABYTES = 120, 700
"""What a run on twenty mutated files may take on a busy machine, and how far this process may grow."""

OF = RULES.plan.round("tong-ket")
assert OF
RIGHT = {"thon-1.xlsx": form("thon-1")}
tried: Counter[str] = Counter()


@cache
def originals() -> tuple[tuple[str, bytes], ...]:
    """Files that an inbox may hold, all of them right: forms, the receipt book, papers of appraisers and council."""
    forms = {f"thon-{n}.xlsx": form(f"thon-{n}", {"KT1": {"actual": "x"}} if n == 4 else None) for n in range(2, 6)}
    with tempfile.TemporaryDirectory() as folder:
        inbox, outbox = drop(Path(folder) / "inbox", {**RIGHT, **forms}), Path(folder) / "outbox"
        publish(assess(RoundContext(RULES, OF), inbox, Path(folder) / "none", NOW), outbox, Path(folder) / "none", NOW)
        names = ("so-tiep-nhan.xlsx", "tham-dinh/thon.xlsx", "hoi-dong/thon.xlsx", "phan-hoi/thon-4.xlsx")
        papers = {name.replace("/", "-"): (outbox / name).read_bytes() for name in names}
    others = {name: (SAMPLE / name).read_bytes() for name in ("Hội CCB.xls", "Trạm Y tế.ods")}  # of another plan
    return tuple({**forms, **papers, **others}.items())


@cache
def untouched() -> list[tuple[object, ...]]:
    """The points of the form that is right, in an inbox of its own."""
    with tempfile.TemporaryDirectory() as folder:
        inbox = drop(Path(folder) / "inbox", RIGHT)
        return points(assess(RoundContext(RULES, OF), inbox, Path(folder) / "none", NOW).outcome.scores)


def points(scores) -> list[tuple[object, ...]]:  # type: ignore[no-untyped-def]
    of_one = scores[(scores["unit"] == "thon-1") & (scores["criterion"] != "P1")]  # P1: as the receipt book has it
    return list(of_one[["criterion", "target", "actual", "points"]].astype(str).itertuples(index=False, name=None))


@settings(
    max_examples=INBOXES or 3,
    derandomize=not INBOXES,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # one seed is no simpler than another
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2**32 - 1)), min_size=20, max_size=20))
def test_a_run_on_mutated_files_ends_well(files: list[tuple[int, int]]) -> None:
    inbox = dict(RIGHT)
    for place, (which, seed) in enumerate(files):
        name, content = originals()[which]
        inbox[name if name.startswith("so-") else f"{place}-{name}"] = mutated(content, Random(seed))  # noqa: S311
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run_and_look(Path(folder), inbox)
    assert time.monotonic() - start < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MEGABYTES * 1024


def run_and_look(folder: Path, files: dict[str, bytes]) -> None:
    inbox, outbox = drop(folder / "inbox", files), folder / "outbox"
    place = ledger.path_for(outbox, ledger.RoundKey(RULES.plan.year, OF.code))
    assessment = assess(RoundContext(RULES, OF), inbox, place, NOW, jobs=1)
    publish(assessment, outbox, place, NOW)
    outcome = assessment.outcome
    tried.update(outcome.register["status"], files=len(files), inboxes=1)
    tried.update({code: 1 for code in outcome.findings["code"] if code.startswith(("reader-", "second-"))})
    assert sorted(outcome.register["file"]) == sorted(files)
    assert "reader-crash" not in set(outcome.findings["code"])
    if set(outcome.register.query("unit == 'thon-1'")["file"]) == set(RIGHT):  # no other file claims to be this unit's
        assert points(outcome.scores) == untouched()
    assert {path.relative_to(inbox).as_posix(): path.read_bytes() for path in inbox.rglob("*.*")} == files
    assert {path.name for path in folder.iterdir()} == {"inbox", "outbox"}
    for path in outbox.rglob("*.xlsx"):
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name)


# --- meaning ------------------------------------------------------------------------------------------

FORM = original(RULES, OF)

SAYS_NOTHING = {Code.META_LOST, Code.NO_EVIDENCE, Code.NO_DOCUMENT, Code.FAR_FROM_TARGET}
"""Findings that no edit explains: they stand at other cells, or would stand there anyway."""

OF_A_SHEET = re.compile("repeated-|copied-|other-copy|blank-original|missing-|row-without-code|unknown-row|merged-")
"""Findings about rows, columns and tables, which stand at the code or the heading."""

Read = tuple[float, str, str]
"""A number that counts, its sheet and its cell."""


@settings(
    max_examples=20 * INBOXES or 8,
    derandomize=not INBOXES,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, 2**32 - 1))
def test_no_number_of_an_edited_form_counts_in_silence_for_another(seed: int) -> None:
    edited = edited_at_random(FORM, Random(seed))  # noqa: S311
    numbers, findings = read(saved(edited))
    returned = any(each.weight() is Severity.ERROR for each in findings)
    tried.update({"edited": 1, "edited, returned": returned})
    if not returned:
        assert silent(edited, numbers, [each for each in findings if each.code not in SAYS_NOTHING]) == [], edited.steps


def read(content: bytes) -> tuple[dict[Place, list[Read]], list[Finding]]:
    """What a form would count, by place, and what is said of it."""
    context = RoundContext(RULES, OF)
    with tempfile.TemporaryDirectory() as folder:
        inbox = drop(Path(folder), {"thon-1.xlsx": content})
        reception = receive([take.take(inbox, inbox / "thon-1.xlsx")], context, KnownTimes({}, {}, NOW))
    tidied = tidy(reception.submissions, context)
    numbers: dict[Place, list[Read]] = {}
    for table, key, fields in NUMBERS:
        for row in tidied.frames[table].to_dict("records"):
            for field in fields:
                if table != "results" or row[asked(field)]:
                    cell = tidied.places.cell(table, row["file"], row["row"], field)
                    numbers.setdefault((table, row[key], field), []).append((row[field], row["sheet"], cell))
    return numbers, [*reception.findings, *tidied.findings, *validate(tidied, context)]


NUMBERS = (
    ("results", "criterion", ("target", "actual", "claimed")),
    ("models", "name", ("cost",)),
    ("movements", "movement", ("participants",)),
)


def silent(edited: Edited, numbers: dict[Place, list[Read]], findings: list[Finding]) -> list[tuple[Place, Read]]:
    """Numbers that count and were not typed there, or were typed there and do not count, of which nothing is said."""
    lost = {place: [(math.nan, sheet_title(TABLE[place[0]]), "")] for place, typed in edited.typed.items() if typed}
    return [
        (place, each)
        for place, all_there in (lost | numbers).items()
        for each in all_there
        if not same_number(each[0], edited.typed.get(place, math.nan)) and not any(speaks_of(f, each) for f in findings)
    ]


def same_number(counts: float, typed: float | None) -> bool:
    return typed is not None and (counts == typed or (math.isnan(counts) and math.isnan(typed)))


def speaks_of(finding: Finding, read: Read) -> bool:
    _value, sheet, cell = read
    if finding.sheet != sheet:
        return not finding.sheet
    return finding.cell in ("", cell) or bool(OF_A_SHEET.match(finding.code))


def teardown_module() -> None:
    if INBOXES:
        print("\ntried:", dict(tried))
