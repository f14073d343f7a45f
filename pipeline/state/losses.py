"""Contents on which a reader was lost: what has cost its time, or its memory, once is not tried again.

In: a ledger's place, and the limits. Out: SHA-256 -> why nothing was read. It is kept in a small file beside the
ledger, counts for these limits and this version of the program alone, and can be deleted without harm: then those
contents are tried once more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from pipeline import __version__
from pipeline.engines import Loss
from pipeline.new_files import write_whole
from pipeline.rules.limits import Limits
from pipeline.state.layout import LOSSES

MOST = 10_000
"""So many are kept, the newest."""


def path_for(ledger_file: Path) -> Path:
    """Where they are kept."""
    return ledger_file.with_name(LOSSES)


def known(ledger_file: Path, limits: Limits) -> dict[str, Loss]:
    """SHA-256 -> why that content could not be read; empty where nothing is kept, or not for these limits."""
    try:
        kept = json.loads(path_for(ledger_file).read_text(encoding="utf-8"))
        return {sha: Loss(loss) for sha, loss in kept["lost"].items()} if kept["for"] == _for(limits) else {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def remember(ledger_file: Path, limits: Limits, lost: Mapping[str, Loss]) -> None:
    """Add these. Where that cannot be written they are tried once more in the next run, and nothing else is lost."""
    if not lost:
        return
    kept = dict(list((known(ledger_file, limits) | dict(lost)).items())[-MOST:])
    with suppress(OSError):
        write_whole(path_for(ledger_file), json.dumps({"for": _for(limits), "lost": kept}, indent=1).encode())


def _for(limits: Limits) -> dict[str, object]:
    return {"thidua": __version__, **asdict(limits)}
