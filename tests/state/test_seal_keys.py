"""The office's key: made once, private, never through a link, and its loss is survived."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault
from pipeline.seals import NO_KEY
from pipeline.state import seal_keys

posix = pytest.mark.skipif(os.name != "posix", reason="modes and links of files as POSIX has them")


def test_it_is_made_once_and_then_the_same(tmp_path: Path, real_key: None) -> None:
    ledger = tmp_path / "new" / "so-cai.sqlite"
    assert seal_keys.known_key(ledger) == NO_KEY
    key = seal_keys.key_for(ledger)
    assert len(key.secret) == 32
    assert seal_keys.key_for(ledger) == seal_keys.known_key(ledger) == key
    assert seal_keys.key_for(tmp_path / "other" / "so-cai.sqlite") != key


def test_commands_at_the_same_moment_have_the_same_key(tmp_path: Path, real_key: None) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _n: seal_keys.key_for(tmp_path / "so-cai.sqlite"), range(8)))
    assert len(keys) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["khoa-con-dau.txt"]


@posix
def test_nobody_else_reads_it_and_no_link_is_followed(tmp_path: Path, real_key: None) -> None:
    ledger = tmp_path / "so-cai.sqlite"
    before = os.umask(0)
    try:
        seal_keys.key_for(ledger)
    finally:
        os.umask(before)
    path = seal_keys.path_beside(ledger)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.unlink()
    (tmp_path / "victim").write_text("x")
    path.symlink_to(tmp_path / "victim")
    with pytest.raises(EnvironmentFault):
        seal_keys.key_for(ledger)
    assert (tmp_path / "victim").read_text() == "x"


@pytest.mark.parametrize("content", ["", "x", "ab" * 31, "ab" * 33, "AB" * 32, "ab" * 32 + "\n" + "ab" * 32])
def test_a_damaged_one_is_told_and_not_replaced(tmp_path: Path, content: str, real_key: None) -> None:
    path = seal_keys.path_beside(tmp_path / "so-cai.sqlite")
    path.write_text(content)
    with pytest.raises(EnvironmentFault) as fault:
        seal_keys.key_for(tmp_path / "so-cai.sqlite")
    assert str(path) in fault.value.message
    assert path.read_text() == content
