"""What holds for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from pipeline import engines, i18n

settings.register_profile("suite", deadline=None)  # how long a case takes is the benchmark's question, not the suite's
settings.load_profile("suite")

os.environ["THIDUA_CHECK_FRAMES"] = "1"  # also the frames within a stage are what they are declared to be


@pytest.fixture(autouse=True)
def read_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in the test's own process unless it asks for workers, which take 0.1 s to start."""
    monkeypatch.setattr(engines, "fitting", lambda items: engines.IN_PROCESS)


@pytest.fixture(autouse=True)
def speak_as_before() -> Iterator[None]:
    """What a command was asked to speak is forgotten behind the test."""
    with i18n.using_language(i18n.DEFAULT_LANGUAGE):
        yield


@pytest.fixture(autouse=True)
def write_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug here, so nothing waits until the disk has it; a killed process loses nothing by that."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
