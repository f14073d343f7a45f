"""What lies in an outbox, by name, and who it is for. Names are Vietnamese without diacritics: people open them.

Besides, the papers for appraisers and council lie in folders of their own (:mod:`pipeline.forms.papers`), and a receipt
book to correct (:mod:`pipeline.intake.returned`), for these two come back.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.intake.arrival import OWNER_FILES, is_of_system

FORMAT = "thidua-outbox"
"""The value of ``format`` in the manifest: what makes a folder one of ours."""

CONSOLIDATED = "tong-hop.xlsx"  # the superior level: register, all rows of all units, points, findings
RANKING = "xep-hang.xlsx"  # the council: the ranking of each bloc, every point with its formula
FEEDBACK = "phan-hoi"  # the units: their own files, marked
PAGE = "trang"  # index.html for the council, cong-khai.html for everybody
BULLETIN = "ban-tin.txt"  # the commune radio
PROOFS = "chung-minh"  # each unit: proof of its own points against the published code
DATA = "so-lieu"  # other programs: every table as CSV
MANIFEST = "manifest.json"  # whoever checks that outputs follow from inputs

DRAFTS = "thu"  # letters that go out (:mod:`pipeline.mail`): made from an outbox, and gone with it
LEDGER = "so-cai.sqlite"  # what only time can tell (:mod:`pipeline.state.ledger`)
SEAL_KEY = "khoa-con-dau.txt"  # the office's key for seals (:mod:`pipeline.state.seal_keys`)
LOSSES = "so-cai.khong-doc.json"  # contents that no reader survived (:mod:`pipeline.state.losses`), beside the ledger
STATE = (LEDGER, SEAL_KEY, LOSSES)
"""What stays where it is when an outbox is replaced, for it does not follow from the inbox."""
RECORD = ".thidua-da-ghi"  # where forms, rubrics or letters lie: the SHA-256 of each that we wrote


def is_passing(name: str) -> bool:
    """Whether Excel, LibreOffice or the system keeps a file of that name beside ours for a while: nobody's work."""
    return name.startswith(OWNER_FILES) or is_of_system(name)


def came_after_run(name: str) -> bool:
    """Whether a file of an outbox came after its run by our own doing: an entry in the ledger, a letter."""
    return is_kept(name, STATE) or fnmatchcase(name, f"{DRAFTS}/*.eml") or name == RECORD


def is_kept(name: str, keep: tuple[str, ...]) -> bool:
    """Whether a file is one of ``keep``, a damaged one set aside, or the journal that SQLite has laid beside it.

    One set aside, or half rebuilt, has another word before its ending: ``so-cai.hong-20231208-093000.sqlite``.
    """
    file = re.sub("-(journal|wal|shm)$", "", name)
    return any(file == kept or fnmatchcase(file, f"{Path(kept).stem}.*{Path(kept).suffix}") for kept in keep)
