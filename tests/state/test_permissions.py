"""What holds names of persons is for the officer's eyes, whatever the umask; what is public, for everybody's."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.state import ledger, permissions
from pipeline.state.handwork import put
from pipeline.state.outbox import keep_handwork, publish, staging
from tests.filled import drop
from tests.state.test_outbox_accidents import FIRST, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")


@pytest.fixture(autouse=True, params=[0o022, 0o000], ids=["usual", "none"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(folder: Path) -> dict[str, set[int]]:
    """The modes of the folder and the folders in it, and of their files."""
    below = [folder, *folder.rglob("*")]
    return {
        "folders": {mode(each) for each in below if each.is_dir()},
        "files": {mode(each) for each in below if each.is_file()},
    }


PRIVATE = {"folders": {0o700}, "files": {0o600}}


def replaced(folder: Path, how: permissions.Access | None = None) -> None:
    with staging(folder) as staged:
        drop(staged, {"so-lieu/names.csv": b"A", "manifest.json": b'{"format": "thidua-outbox", "outputs": {}}'})
        publish(staged, folder, access=how)


def test_an_outbox_is_private__also_one_that_was_open_to_all_before(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    replaced(folder)
    assert modes(folder) == PRIVATE
    folder.chmod(0o755)
    (folder / "manifest.json").chmod(0o644)
    replaced(folder)
    assert modes(folder) == PRIVATE


def test_an_outbox_that_the_officer_opened_to_the_group_stays_open_to_it(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    replaced(folder)
    group = 4711 if os.geteuid() == 0 else os.getgroups()[-1]
    os.chown(folder, -1, group)
    folder.chmod(0o2750)
    replaced(folder)
    names = folder / "so-lieu" / "names.csv"
    assert (mode(folder), mode(folder / "so-lieu"), mode(names)) == (0o2750, 0o2750, 0o640)
    assert {each.stat().st_gid for each in (folder, names)} == {group}


def test_the_public_set_can_be_read_by_a_web_server(tmp_path: Path) -> None:
    folder = tmp_path / "outbox-cong-khai"
    replaced(folder, permissions.PUBLIC)
    assert modes(folder) == {"folders": {0o755}, "files": {0o644}}


def test_what_people_typed_is_kept_private(tmp_path: Path) -> None:
    folder, kept = tmp_path / "outbox", tmp_path / "outbox-sua-tay"
    replaced(folder)
    drop(folder, {"tham-dinh/thon.xlsx": b"typed"})
    keep_handwork(folder)
    assert modes(kept) == PRIVATE
    for each in (kept, *kept.rglob("*")):  # as versions before left it
        each.chmod(0o755)
    keep_handwork(folder)
    assert modes(kept) == PRIVATE


def test_forms_and_letters_are_private_where_they_lie_in_a_folder_of_anybody(tmp_path: Path) -> None:
    staged, new, common = tmp_path / "staged", tmp_path / "new", tmp_path / "common"
    for folder in (new, common):
        put(drop(staged, {"thon/thon-1.xlsx": b"1"}), folder, tmp_path / "kept")
        assert modes(folder / "thon") == PRIVATE
        common.mkdir(mode=0o777, exist_ok=True)
        common.chmod(0o775)
    assert (mode(new), mode(common)) == (0o700, 0o775)


def test_the_ledger_is_private__also_one_that_was_not(tmp_path: Path) -> None:
    file = tmp_path / "so-cai.sqlite"
    for _time in range(2):
        with ledger.writing(file):
            assert {mode(each) for each in tmp_path.iterdir()} == {0o600}  # the journal too
        file.chmod(0o644)
    file.chmod(0o660)
    with ledger.writing(file):
        pass
    assert mode(file) == 0o660


def test_a_whole_run_leaves_nothing_that_another_user_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "all" / "2023" / "tong-ket"
    run(drop(tmp_path / "inbox", FIRST), folder)
    assert modes(folder) == PRIVATE
    assert mode(tmp_path / "all" / "so-cai.sqlite") == 0o600


def test_where_a_link_leads_nothing_is_changed(tmp_path: Path) -> None:
    others, folder = drop(tmp_path / "others", {"a.txt": b"a"}), tmp_path / "forms"
    (others / "a.txt").chmod(0o644)
    folder.mkdir()
    (folder / "thon").symlink_to(others)
    (folder / ".thidua-da-ghi").symlink_to(others / "a.txt")
    before = {each: (mode(each), each.stat().st_size) for each in (others, others / "a.txt")}
    permissions.give(folder / "thon", permissions.PRIVATE)
    with pytest.raises(OSError, match="symbolic"):
        put(drop(tmp_path / "staged", {"truong/a.xlsx": b"1"}), folder, tmp_path / "kept")
    assert {each: (mode(each), each.stat().st_size) for each in before} == before
