"""A file is read whole and once, or told and left for the next run; a name never does harm."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.code_lists import Status
from pipeline.findings.finding import Code
from pipeline.intake import take as intake
from pipeline.intake.arrival import shown
from tests.filled import drop, form


def codes(inbox: Path, path: Path) -> list[Code]:
    """Why an entry is not read, after a try that must not leave a hash behind."""
    taken = intake.take(inbox, path)
    assert (taken.sha256, taken.form) == ("", None)
    return [code for code, _facts in taken.reasons]


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Something happens to the file between the first look at it and the end of reading."""
    look = os.fstat
    calls: list[int] = []

    def looked(number: int) -> os.stat_result:
        found = look(number)
        if not calls:
            calls.append(number)
            happens()
        return found

    monkeypatch.setattr(os, "fstat", looked)


CHANGES: dict[str, Callable[[Path], object]] = {
    "grows": lambda path: path.open("ab").write(b"more"),
    "is cut": lambda path: os.truncate(path, 100),
    "is touched": lambda path: os.utime(path, ns=(1, 1)),
    "is replaced by one of the same size and time": lambda path: _replace(path),
    "is removed": lambda path: path.unlink(),
    "becomes a link": lambda path: _link(path),
}


def _replace(path: Path) -> None:
    before, other = path.stat(), path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def _link(path: Path) -> None:
    path.symlink_to(path.rename(path.with_suffix(".old")))


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1")})
    meanwhile(monkeypatch, lambda: CHANGES[change](inbox / "thon-1.xlsx"))
    assert codes(inbox, inbox / "thon-1.xlsx") == [Code.CHANGED_WHILE_READ]


def test_a_file_that_does_not_change_is_read_however_young_it_is(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1")})
    taken = intake.take(inbox, inbox / "thon-1.xlsx")
    assert (taken.size, taken.reasons) == (len(form("thon-1")), [])


@pytest.mark.parametrize("code", [32, 33])
def test_a_file_that_excel_holds_open_on_windows_is_left_for_the_next_run(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, flags: int) -> int:
        error = PermissionError(13, "The process cannot access the file")
        error.winerror = code  # type: ignore[attr-defined]
        raise error

    inbox = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1")})
    monkeypatch.setattr(os, "open", refuse)
    assert codes(inbox, inbox / "thon-1.xlsx") == [Code.IN_USE]


def test_a_file_that_is_gone_by_then_is_told(tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {})
    assert codes(inbox, inbox / "thon-1.xlsx") == [Code.CHANGED_WHILE_READ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_put_in_the_place_of_a_file_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = drop(tmp_path / "inbox", {})
    os.mkfifo(inbox / "thon-1.xlsx")
    monkeypatch.setattr(intake, "not_to_be_opened", lambda path: None)
    assert codes(inbox, inbox / "thon-1.xlsx") == [Code.SPECIAL]


@pytest.mark.parametrize("name", ["a.xlsx.crdownload", "a.xlsx.PART", "A1B2C3.tmp", ".a.xlsx.part"])
def test_what_has_not_ended_is_left_for_the_next_run(name: str, tmp_path: Path) -> None:
    inbox = drop(tmp_path / "inbox", {name: form("thon-1")})
    assert codes(inbox, inbox / name) == [Code.PARTIAL_DOWNLOAD]
    assert Code.PARTIAL_DOWNLOAD.entry.status is Status.WAITING


def test_a_folder_that_cannot_be_listed_is_registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, listed = drop(tmp_path / "inbox", {"kín/a.xlsx": b"", "mở/b.txt": b"b"}), os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "kín":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)  # root may list everything, so a mode would prove nothing
    monkeypatch.setattr(Path, "iterdir", lambda self: (self / each.name for each in refuse(self)))  # type: ignore[attr-defined]
    assert [path.relative_to(inbox).as_posix() for path in intake.find(inbox)] == ["kín", "mở/b.txt"]
    assert intake.take(inbox, inbox / "kín").reasons == [(Code.UNREADABLE, {"detail": "Permission denied"})]


def test_a_folder_whose_files_cannot_be_looked_at_is_told_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, look = drop(tmp_path / "inbox", {"a.xlsx": b"", "b.txt": b"b"}), Path.lstat

    def refuse(self: Path) -> os.stat_result:
        if self.name == "a.xlsx":
            raise PermissionError(13, "Permission denied", str(self))
        return look(self)

    monkeypatch.setattr(Path, "lstat", refuse)
    assert [path.name for path in intake.find(inbox)] == ["a.xlsx", "b.txt"]
    assert codes(inbox, inbox / "a.xlsx") == [Code.UNREADABLE]


NAMES = {
    "thôn 1 – phiếu (2).xlsx": "thôn 1 – phiếu (2).xlsx",
    "hai\u00a0dấu cách.xlsx": "hai\u00a0dấu cách.xlsx",
    "dòng\nmới\t\x1b[31m.xlsx": "dòng\\u000amới\\u0009\\u001b[31m.xlsx",
    "phieu\u202excod.exe": "phieu\\u202excod.exe",
    "không\u200bthấy.xlsx": "không\\u200bthấy.xlsx",
    "byte\udcff.xlsx": "byte\\xff.xlsx",
    "\\u202e.xlsx": "\\\\u202e.xlsx",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_shown_in_characters_that_can_be_shown(name: str) -> None:
    assert shown(name) == NAMES[name]


@settings(deadline=None)
@given(st.text(st.characters(categories=None)), st.text(st.characters(categories=None)))
def test_shown_names_can_be_written_anywhere_and_stay_different(one: str, other: str) -> None:
    assert (shown(one) == shown(other)) == (one == other)
    assert not {unicodedata.category(each) for each in shown(one)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    shown(one).encode("utf-8")
