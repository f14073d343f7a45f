"""What no reader survives is remembered, for the same limits alone; a damaged memory is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.engines import Loss
from pipeline.rules.limits import DEFAULT_LIMITS
from pipeline.state import losses


def test_it_is_kept_beside_the_ledger_and_grows(tmp_path: Path) -> None:
    ledger_file = tmp_path / "so-cai.sqlite"
    assert losses.known(ledger_file, DEFAULT_LIMITS) == {}
    losses.remember(ledger_file, DEFAULT_LIMITS, {})
    assert list(tmp_path.iterdir()) == []
    losses.remember(ledger_file, DEFAULT_LIMITS, {"a": Loss.TIME})
    losses.remember(ledger_file, DEFAULT_LIMITS, {"b": Loss.CRASH})
    assert losses.known(ledger_file, DEFAULT_LIMITS) == {"a": Loss.TIME, "b": Loss.CRASH}
    assert [path.name for path in tmp_path.iterdir()] == ["so-cai.khong-doc.json"]


def test_with_other_limits_everything_is_tried_again(tmp_path: Path) -> None:
    losses.remember(tmp_path / "a", DEFAULT_LIMITS, {"a": Loss.TIME})
    more = replace(DEFAULT_LIMITS, reading_seconds=60)
    assert losses.known(tmp_path / "a", more) == {}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"for": 1}', "[" * 100_000, '{"lost": {"a": "x"}, "for": {}}'])
def test_a_damaged_one_counts_for_nothing(tmp_path: Path, text: str) -> None:
    losses.path_for(tmp_path / "a").write_text(text)
    assert losses.known(tmp_path / "a", DEFAULT_LIMITS) == {}


def test_where_nothing_can_be_written_nothing_is_lost_but_time(tmp_path: Path) -> None:
    losses.remember(tmp_path / "none" / "a", DEFAULT_LIMITS, {"a": Loss.TIME})
    assert losses.known(tmp_path / "none" / "a", DEFAULT_LIMITS) == {}
