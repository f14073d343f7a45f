"""What people typed into files that we wrote: found, kept aside before anything takes its place (promise 12).

In: a folder of ours, and what says which bytes in it are ours: an outbox's manifest, or the record beside forms,
rubrics and letters. Out: copies in the folder ``<name>-sua-tay`` beside it, a numbered folder ``lan-1``, ``lan-2`` …
for each time, so that no copy ever takes the place of another.

Appraisal and council papers and the receipt book mean something to a run: from the kept folder they are read like
files of the inbox, by this run and all later ones (:func:`inputs`), so that results follow from what still lies there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pipeline.forms.papers import PAPERS
from pipeline.i18n import _, number
from pipeline.intake.file_types import WORKBOOKS
from pipeline.intake.receipt_headings import RECEIPT_BOOK, is_receipt_book
from pipeline.new_files import not_following
from pipeline.state import permissions, walking
from pipeline.state.layout import FORMAT, MANIFEST, RECORD, STATE, is_kept, is_passing
from pipeline.text import natural_order, plain

SHOWN = 10
"""So many files are named on the screen; all of them lie in the kept folder."""

_TIME = "lan-"  # "the 1st time", "the 2nd time" …


class Kept(NamedTuple):
    """A file somebody worked on. ``file``: its path below the folder; ``copy``: where it is kept; ``is_new``: whether
    it was copied just now, and not by an earlier run that did not come to its end."""

    file: str
    copy: Path
    is_new: bool

    @property
    def is_read(self) -> bool:
        """Whether runs read it like a file of the inbox."""
        return is_input(self.file)


def kept_folder(folder: Path) -> Path:
    """Where the work of people in that folder is kept."""
    folder = folder.resolve()
    return folder.with_name(f"{folder.name}-sua-tay")


def sha256(path: Path) -> str:
    """The SHA-256 of a file; of where it leads, if it is a link. Raises OSError."""
    if path.is_symlink():
        return hashlib.sha256(b"link to " + os.fsencode(path.readlink())).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- what is somebody's work ----------------------------------------------------------------------------


def changed(outbox: Path) -> list[str]:
    """The files of an outbox that are not as a run, or a letter's writer, left them; also those that people added.

    All of them where there is no manifest of ours, for then nothing can be told apart. Raises OSError.
    """
    outputs, letters = written_outputs(outbox), recorded(outbox)
    is_told = outputs is not None
    names = [name for name in _names(outbox) if not is_kept(name, STATE) and not (is_told and name == MANIFEST)]
    return [name for name in names if not _is_ours(outbox, name, outputs or {}, letters)]


def _is_ours(outbox: Path, name: str, outputs: dict[str, str], letters: Collection[str]) -> bool:
    try:
        own = sha256(outbox / name)
    except FileNotFoundError:  # gone meanwhile
        return True
    return outputs.get(name) == own or own in letters


def written_outputs(outbox: Path) -> dict[str, str] | None:
    """Name -> SHA-256 of the files that a run wrote into an outbox; None where no manifest of ours says so."""
    try:
        manifest = json.loads(_own_text(outbox / MANIFEST))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return None
    outputs = manifest.get("outputs")
    return outputs if isinstance(outputs, dict) else None


_LONGEST = 50_000_000
"""Bytes of a list of what we wrote; that of ten thousand files has two million."""


def _own_text(file: Path) -> str:
    """A list that we wrote. Raises OSError or ValueError, also where something else lies in its place, such as a pipe,
    which could make us wait."""
    found = file.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > _LONGEST:
        raise ValueError(file)
    return file.read_text(encoding="utf-8")


def _names(folder: Path) -> list[str]:
    """The path of every file below the folder, and of links, which are not followed; but nobody's work."""
    return sorted(name for name in _below(folder) if not is_passing(Path(name).name) and Path(name).name != RECORD)


def _below(folder: Path) -> Iterator[str]:
    for entry in walking.entries(folder):
        if entry.is_symlink() or entry.is_file(follow_symlinks=False):
            yield Path(entry.path).relative_to(folder).as_posix()


# --- keeping --------------------------------------------------------------------------------------------


def set_aside(outbox: Path, kept: Path) -> list[Kept]:
    """Copy what people changed or added in an outbox into the folder ``kept``. Raises OSError."""
    return keep(outbox, changed(outbox), kept)


def keep(folder: Path, names: Iterable[str], kept: Path) -> list[Kept]:
    """Copy these files of a folder into ``kept``, all of them or none; one that is kept already is not copied again.

    Raises OSError.
    """
    if kept.is_dir():
        permissions.give(kept, permissions.access_to(kept))
    last, known, new = _last_copies(kept), [], []
    for name in names:
        if name in last and sha256(last[name]) == sha256(folder / name):
            known.append(Kept(name, last[name], False))
        else:
            new.append(name)
    return sorted([*known, *_copied(folder, new, kept)]) if new else known


def _copied(folder: Path, names: Iterable[str], kept: Path) -> list[Kept]:
    """Copies in a new folder of their own, which takes its name once they are whole and on the disk."""
    number_ = 1 + max((_number(each) for each in _times(kept)), default=0)
    part, whole = kept / f".{_TIME}{number_}.moi", kept / f"{_TIME}{number_}"
    if part.exists():  # of a dead run
        shutil.rmtree(part)
    kept.mkdir(mode=permissions.NEW_FOLDER, parents=True, exist_ok=True)
    for name in names:
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / name, target, follow_symlinks=False)
    permissions.give(part, permissions.access_to(kept))
    flush(part)
    part.rename(whole)
    flush_path(kept)
    return [Kept(name, whole / name, True) for name in names]


def _times(kept: Path) -> list[Path]:
    """The numbered folders, the oldest first."""
    if not kept.is_dir():
        return []
    return sorted((each for each in kept.iterdir() if _number(each) and each.is_dir()), key=_number)


def _number(folder: Path) -> int:
    """Which time a folder is of; 0 for any other folder."""
    digits = folder.name.removeprefix(_TIME)
    return int(digits) if folder.name.startswith(_TIME) and digits.isascii() and digits.isdecimal() else 0


def _last_copies(kept: Path) -> dict[str, Path]:
    """File -> its newest copy."""
    return {name: time / name for time in _times(kept) for name in _below(time)}


def flush(folder: Path) -> None:
    """Bring everything in it onto the disk, so that a power cut after a change of names finds whole files."""
    for entry in walking.entries(folder):
        if entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False):
            flush_path(Path(entry.path))
    flush_path(folder)


def flush_path(path: Path) -> None:
    """The same for one file or folder; a link has nothing to flush."""
    on_windows = os.name == "nt"
    if path.is_symlink() or (path.is_dir() and on_windows):
        return
    # Windows flushes only what is open for writing.
    handle = os.open(path, os.O_RDWR if on_windows else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- what a run reads -----------------------------------------------------------------------------------


def inputs(kept: Path) -> list[Path]:
    """The kept papers and receipt books, the oldest first."""
    return [
        time / name
        for time in _times(kept)
        for name in sorted(_below(time), key=natural_order)
        if is_input(name) and not is_passing(Path(name).name)
    ]


def waiting(outbox: Path) -> dict[str, tuple[int, int, int]]:
    """Papers and receipt book that were changed in an outbox, or added, so that a run must read them: path -> size,
    time of change and identity of the file. None where it has no manifest of ours."""
    outputs, states = written_outputs(outbox), {}
    folders = [outbox / paper.folder for paper in PAPERS.values()] if outputs is not None else []
    papers = [f"{folder.name}/{name}" for folder in folders for name in _below(folder)]
    for name in (*papers, RECEIPT_BOOK):
        path = outbox / name
        with suppress(OSError):  # gone meanwhile, or being saved
            if is_input(name) and not is_passing(path.name) and not _is_ours(outbox, name, outputs or {}, ()):
                state = path.lstat()
                states[str(path)] = (state.st_size, state.st_mtime_ns, state.st_ino)
    return states if outputs is not None else {}


def is_input(name: str) -> bool:
    """Whether a file of that path below an outbox is a paper or the receipt book, by its place and ending."""
    folder, _slash, _rest = name.partition("/")
    is_workbook = any(Path(name).suffix.lower().removeprefix(".") in endings for endings in WORKBOOKS.values())
    return is_receipt_book(name) or (is_workbook and folder in {paper.folder for paper in PAPERS.values()})


# --- single files ---------------------------------------------------------------------------------------


def recorded(folder: Path) -> frozenset[str]:
    """The SHA-256 of everything that we ever wrote into a folder of forms, rubrics or letters."""
    try:
        return frozenset(_own_text(folder / RECORD).split())
    except (OSError, ValueError):
        return frozenset()


def put(staged: Path, folder: Path, kept: Path, removed: Iterable[str] = ()) -> list[Kept]:
    """Move every file of ``staged`` into ``folder``, and take the files ``removed`` out of it.

    What lies there under their names and is not as we wrote it is first copied into ``kept``. Raises OSError.
    """
    names = sorted(_below(staged))
    gone = sorted({*removed} - {*names})
    ours = recorded(folder)
    lying = [name for name in (*names, *gone) if os.path.lexists(folder / name)]
    copies = keep(folder, [name for name in lying if _is_work(folder / name, staged / name, ours)], kept)
    folder.mkdir(mode=permissions.NEW_FOLDER, parents=True, exist_ok=True)
    _record(folder, {sha256(staged / name) for name in names} - ours)  # before the files: one too many does no harm
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (staged / name).replace(folder / name)
    for below in {folder / Path(name).parts[0] for name in names if "/" in name}:  # the folder itself may be anybody's
        permissions.give(below, permissions.access_to(below))
    return copies


def _record(folder: Path, new: Iterable[str]) -> None:
    with open(folder / RECORD, "a", encoding="ascii", newline="\n", opener=not_following) as record:
        record.writelines(f"\n{each}\n" for each in sorted(new))  # a line of a dead run may be half of one
        record.flush()
        os.fsync(record.fileno())


def _is_work(old: Path, new: Path, ours: Collection[str]) -> bool:
    own = sha256(old)
    return own not in ours and not (new.exists() and sha256(new) == own)


# --- in words -------------------------------------------------------------------------------------------


def sentences(copies: Iterable[Kept]) -> Iterator[str]:
    """What was kept where, and what of it counts, for the screen."""
    found = list(copies)
    if found:
        yield _("Changed or added by hand in what this program wrote, {n} files; none of it is lost:").format(
            n=number(len(found))
        )
    for each in found[:SHOWN]:
        words = (
            _("{file}: read like a file of the inbox; kept as {copy}")
            if each.is_read
            else _("{file}: kept as {copy}; it does not count in the results")
        )
        yield "  " + words.format(file=plain(each.file), copy=_shown(each.copy))
    for each in found[SHOWN : SHOWN + 1]:
        folder = each.copy.parents[each.file.count("/")]
        yield "  " + _("… and {n} more, in {folder}").format(n=number(len(found) - SHOWN), folder=_shown(folder))


def _shown(path: Path) -> str:
    """The path as the officer types it, from the folder in which the command runs."""
    here = Path.cwd()
    return plain(str(path.relative_to(here) if path.is_relative_to(here) else path))
