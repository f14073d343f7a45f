"""What we write where others can write goes nowhere else, and is whole or not there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.new_files import not_following, write_new, write_whole

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="links and modes")


@on_posix
def test_a_link_in_the_place_of_the_file_is_replaced_and_leads_nowhere(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "a.yaml").symlink_to(victim)
    write_whole(tmp_path / "a.yaml", b"new")
    assert (victim.read_text(), (tmp_path / "a.yaml").read_text()) == ("mine", "new")
    assert not (tmp_path / "a.yaml").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "victim"]


@on_posix
def test_only_its_owner_can_read_it_unless_it_takes_the_place_of_one_that_others_can(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"x")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    (tmp_path / "a").chmod(0o664)
    write_whole(tmp_path / "a", b"y", like=tmp_path / "a")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o664


def test_two_new_files_never_have_one_name(tmp_path: Path) -> None:
    names = {write_new(tmp_path, "a-", ".txt", b"x") for _time in range(3)}
    assert len(names) == 3


@on_posix
def test_appending_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("mine")
    (tmp_path / "record").symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="symbolic"), open(tmp_path / "record", "a", opener=not_following):
        pass
    assert (tmp_path / "victim").read_text() == "mine"
