"""Verification with the office's key, without it, and with another one: seals never make a right outbox look wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from pipeline.errors import ExitCode
from pipeline.seals import NO_KEY, SealKey
from pipeline.state import seal_keys
from tests.filled import form
from tests.intake.test_seal_findings import edited, sealed
from tests.verification.test_outbox import published, remarks, sentences, verify

FILES = {
    "ta.xlsx": sealed("thon-1"),
    "không.xlsx": form("thon-2"),
    "sửa.xlsx": edited(sealed("thon-3"), "_thidua", bloc="truong-hoc"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published round in which one form lacks the seal and one was edited."""
    folder = tmp_path_factory.mktemp("sealed")
    assessment = published(folder, FILES)
    assert assessment.outcome.findings["code"].tolist() == ["unsealed", "seal-broken"]
    return folder


@pytest.fixture
def base(made: Path, tmp_path: Path) -> Path:
    """The same in another place."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def with_key(monkeypatch: pytest.MonkeyPatch, known: SealKey, made: SealKey) -> None:
    """A computer on which one key is known, or else another one is made."""
    monkeypatch.setattr(seal_keys, "known_key", lambda _ledger: known)
    monkeypatch.setattr(seal_keys, "key_for", lambda _ledger: made)


def test_whoever_has_the_key_checks_the_seals_too(base: Path) -> None:
    assert [line for line in remarks(verify(base)) if "dấu" in line and "con dấu" in line] == []


@pytest.mark.parametrize("known", [NO_KEY, SealKey(b"another office's key")])
def test_a_stranger_checks_all_but_the_seals(base: Path, monkeypatch: pytest.MonkeyPatch, known: SealKey) -> None:
    with_key(monkeypatch, known, SealKey(b"made this very moment"))
    told = [line for line in remarks(verify(base)) if "khóa" in line]
    assert len(told) == 1
    assert "hoi-dong/thon.xlsx" in told[0]


def test_another_value_in_a_paper_is_told_all_the_same(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = base / "outbox" / "hoi-dong" / "thon.xlsx"
    book = openpyxl.load_workbook(path)
    book["_hoi_dong"]["B5"].value = "khoi-khac"
    book.save(path)
    with_key(monkeypatch, NO_KEY, SealKey(b"made this very moment"))
    done = verify(base)
    assert done.exit_code == ExitCode.DIFFERS
    assert any("hoi-dong/thon.xlsx" in line for line in sentences(done))
