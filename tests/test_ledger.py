"""The ledger remembers the first time, for good."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline import ledger
from pipeline.errors import EnvironmentFault

MORNING = dt.datetime(2023, 12, 8, 8, tzinfo=dt.UTC)
EVENING = dt.datetime(2023, 12, 8, 20, tzinfo=dt.UTC)


def test_the_first_time_stays(tmp_path: Path) -> None:
    file = tmp_path / "sub" / ledger.NAME
    ledger.remember(file, 2023, "tong-ket", [("aa", "thon-1.xlsx")], MORNING)
    ledger.remember(file, 2023, "tong-ket", [("aa", "moved.xlsx"), ("bb", "thon-2.xlsx")], EVENING)
    assert ledger.first_seen(file, 2023, "tong-ket") == {"aa": MORNING, "bb": EVENING}


def test_rounds_and_years_are_kept_apart(tmp_path: Path) -> None:
    file = tmp_path / ledger.NAME
    ledger.remember(file, 2023, "so-ket", [("aa", "thon-1.xlsx")], MORNING)
    assert ledger.first_seen(file, 2023, "tong-ket") == {}
    assert ledger.first_seen(file, 2024, "so-ket") == {}


@pytest.mark.parametrize("change", ["DELETE FROM receipts", "UPDATE receipts SET first_seen = 'x'"])
def test_nothing_is_ever_taken_back(tmp_path: Path, change: str) -> None:
    file = tmp_path / ledger.NAME
    ledger.remember(file, 2023, "tong-ket", [("aa", "thon-1.xlsx")], MORNING)
    with closing(sqlite3.connect(file)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(change)
    assert ledger.first_seen(file, 2023, "tong-ket") == {"aa": MORNING}


def test_reading_creates_nothing(tmp_path: Path) -> None:
    assert ledger.first_seen(tmp_path / ledger.NAME, 2023, "tong-ket") == {}
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_ledger_is_the_environments_fault(tmp_path: Path) -> None:
    file = tmp_path / ledger.NAME
    file.write_bytes(b"not a database" * 100)
    with pytest.raises(EnvironmentFault):
        ledger.first_seen(file, 2023, "tong-ket")
    with pytest.raises(EnvironmentFault):
        ledger.remember(file, 2023, "tong-ket", [("aa", "thon-1.xlsx")], MORNING)


def test_it_lies_above_the_years_or_in_an_outbox_of_its_own(tmp_path: Path) -> None:
    assert ledger.place(tmp_path / "outbox/2023/tong-ket", 2023, "tong-ket") == tmp_path / "outbox" / ledger.NAME
    assert ledger.place(tmp_path / "elsewhere", 2023, "tong-ket") == tmp_path / "elsewhere" / ledger.NAME
