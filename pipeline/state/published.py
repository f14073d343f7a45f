"""A published outbox, read back: its tables as they were written.

In: an outbox, or its folder ``so-lieu`` (:mod:`pipeline.outputs.data` writes it). Out: rows of texts.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

from pipeline.state.layout import DATA, FORMAT, MANIFEST
from pipeline.state.ledger import RoundKey
from pipeline.text import unguarded

REGISTER = f"{DATA}/register.csv"


def read_table(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table that a run wrote, as texts, foreign ones as they were. Raises OSError."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{key: unguarded(text) for key, text in row.items()} for row in csv.DictReader(file)]


def read_register(outbox: Path) -> tuple[RoundKey, list[dict[str, str]]]:
    """The round of an outbox, and the rows of its register; none of a public set, whose register is shortened.

    Raises OSError, ValueError, KeyError, TypeError or AttributeError where it is not as its manifest says.
    """
    manifest = json.loads((outbox / MANIFEST).read_text(encoding="utf-8"))
    if manifest.get("public"):
        return RoundKey(int(manifest["year"]), str(manifest["round"])), []
    content = (outbox / REGISTER).read_bytes()
    if manifest["format"] != FORMAT or manifest["outputs"][REGISTER] != hashlib.sha256(content).hexdigest():
        raise ValueError(outbox)
    return RoundKey(int(manifest["year"]), str(manifest["round"])), read_table(outbox / DATA, "register")
