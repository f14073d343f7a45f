"""Valid files changed at random: whatever they become, a run ends well and what is right still counts.

``make fuzz`` tries many more, different ones each time: FUZZ=200 means 200 inboxes.
"""

from __future__ import annotations

import os
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

from pipeline.rules.round_context import RoundContext
from pipeline.run import assess, publish
from pipeline.state import ledger
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
    max_examples=INBOXES or 4,
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


def teardown_module() -> None:
    if INBOXES:
        print("\ntried:", dict(tried))
