"""What holds for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from pipeline import engines, i18n
from pipeline.seals import SealKey
from pipeline.state import seal_keys

# How long a case takes is the benchmark's question, not the suite's.
settings.register_profile("suite", deadline=None, max_examples=40)
settings.load_profile("suite")

os.environ["THIDUA_CHECK_FRAMES"] = "1"  # also the frames within a stage are what they are declared to be


@pytest.fixture(autouse=True)
def read_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in the test's own process unless it asks for workers, which take 0.1 s to start."""
    monkeypatch.setattr(engines, "fitting", lambda items: engines.IN_PROCESS)


KEY = SealKey(bytes(range(32)))


REAL_KEYS = {name: getattr(seal_keys, name) for name in ("key_for", "known_key")}


@pytest.fixture(autouse=True, scope="session")
def one_key_for_seals() -> Iterator[None]:
    """Every ledger has the same key, so that outboxes of two places can be compared byte for byte."""
    with pytest.MonkeyPatch.context() as patch:
        for name in REAL_KEYS:
            patch.setattr(seal_keys, name, lambda _ledger: KEY)
        yield


@pytest.fixture
def real_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each ledger has a key of its own, as in life."""
    for name, real in REAL_KEYS.items():
        monkeypatch.setattr(seal_keys, name, real)


@pytest.fixture(autouse=True)
def speak_as_before() -> Iterator[None]:
    """What a command was asked to speak is forgotten behind the test."""
    with i18n.using_language(i18n.DEFAULT_LANGUAGE):
        yield


@pytest.fixture(autouse=True)
def write_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug here, so nothing waits until the disk has it; a killed process loses nothing by that."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
