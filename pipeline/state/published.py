"""A published outbox, read back: its tables as they were written.

In: a folder ``so-lieu`` of an outbox (:mod:`pipeline.outputs.data` writes it). Out: rows of texts.
"""

from __future__ import annotations

import csv
from pathlib import Path

from pipeline.text import unguarded


def read_table(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table that a run wrote, as texts, foreign ones as they were. Raises OSError."""
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{key: unguarded(text) for key, text in row.items()} for row in csv.DictReader(file)]
