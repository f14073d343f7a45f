"""``make sample``: the sample inbox, made from the real forms; needs LibreOffice, which saves some of them its own way.

Running it again gives the same files, but for those that LibreOffice saves. It writes nothing into a folder that
holds anything else than the sample: the inbox is the officer's.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

from pipeline.forms.writing.workbook import write_form
from pipeline.i18n import use_language
from pipeline.intake.arrival import OFFICERS_FOLDER
from pipeline.intake.receipt_headings import RECEIPT_BOOK
from pipeline.outputs.receipt_book import write_book
from pipeline.rules.plan import Round
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules, load_rules
from tests import libreoffice
from tests.places import ROOT
from tests.sample.arrivals import ARRIVALS, LOCK_FILE, PHOTO
from tests.sample.entries import entries
from tests.sample.strays import lock_file, photo

RULES, ROUND = ROOT / "rules" / "2023", "tong-ket"
INBOX = ROOT / "inbox" / "2023" / ROUND


BOOK = f"{OFFICERS_FOLDER}/{RECEIPT_BOOK}"


def main(inbox: Path = INBOX) -> None:
    """Fill the inbox with the sample."""
    rules = load_rules(RULES)
    use_language(rules.plan.language)
    of = rules.plan.round(ROUND)
    if of is None:
        sys.exit(f"{RULES} has no round {ROUND}")
    if strangers := _strangers(inbox):
        sys.exit(f"{inbox} holds files that are not the sample's ({', '.join(strangers)}); move them away first.")
    if libreoffice.program() is None:
        sys.exit("LibreOffice is needed to make the sample, and is not installed.")
    with tempfile.TemporaryDirectory(prefix="thidua-sample-") as folder:
        for file, form in _make_forms(Path(folder), rules, of).items():
            _put(inbox / file, form.read_bytes())
    _put(inbox / PHOTO, photo())
    _put(inbox / LOCK_FILE, lock_file())
    _write_receipt_book(inbox / BOOK, rules, of)
    print(f"{len(ARRIVALS)} forms written to {inbox.relative_to(ROOT) if inbox.is_relative_to(ROOT) else inbox}")


def _strangers(inbox: Path) -> list[str]:
    ours = {arrival.file for arrival in ARRIVALS} | {PHOTO, LOCK_FILE, BOOK, ".gitkeep"}
    found = (path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if not path.is_dir())
    return sorted(set(found) - ours)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _make_forms(folder: Path, rules: Rules, of: Round) -> dict[str, Path]:
    """File -> the form as its unit saved it."""
    forms = {}
    for place, arrival in enumerate(ARRIVALS):
        forms[arrival.file] = folder / f"{place}.xlsx"
        write_form(
            forms[arrival.file],
            RoundContext(rules, of),
            arrival.unit,
            entries(rules, arrival.unit, arrival.strength, arrival.changes),
        )
    for saved_as in ("xlsx", "xls", "ods"):
        saved = [arrival.file for arrival in ARRIVALS if arrival.saved_as == saved_as]
        results = libreoffice.convert([forms[file] for file in saved], saved_as, folder / saved_as)
        forms |= dict(zip(saved, results, strict=True))
    return forms


def _write_receipt_book(path: Path, rules: Rules, of: Round) -> None:
    in_order = sorted(ARRIVALS, key=lambda arrival: arrival.received)
    rows = [(arrival.file, arrival.unit, arrival.received.isoformat()) for arrival in in_order]
    created = rules.plan.due_moment(of).replace(tzinfo=None)
    write_book(path, pd.DataFrame(rows, columns=["file", "unit", "received"]), created)


if __name__ == "__main__":
    main()
