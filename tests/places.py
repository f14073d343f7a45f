"""Where the repository's own files lie, for tests wherever they live."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
RULES_2023 = ROOT / "rules" / "2023"
SAMPLE_INBOX = ROOT / "inbox" / "2023" / "tong-ket"
