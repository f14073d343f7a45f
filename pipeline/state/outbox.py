"""The outbox, replaced as a whole or not at all (promise 3).

In: a folder beside the outbox into which a run writes (:func:`staging`). Out: that folder in the outbox's place
(:func:`publish`), swapped in one step of the file system. A run that dies at any instruction leaves the previous
outbox whole; where the system has no such step (Windows), the next :func:`recover` puts it back.

Beside ``outbox`` lie, while a run is at work or after it died: ``.<name>.moi-<process>`` (the new one, or the old
one on its way out) and ``.<name>.cu`` (the old one, between two renames). Only one run at a time may be at work
(:mod:`pipeline.state.exclusive_run`), so that what lies there when a run begins is a dead one's.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path

from pipeline.errors import EnvironmentFault, UserFault
from pipeline.i18n import _
from pipeline.intake.arrival import OWNER_FILES
from pipeline.state.layout import DRAFTS, LEDGER, MANIFEST

FORMAT = "thidua-outbox"
"""The value of ``format`` in the manifest: what makes a folder one of ours."""


def check_apart(outbox: Path, others: Iterable[Path], option: str = "--outbox") -> None:
    """Refuse a folder for outputs that lies in one of the others, or the other way round; writes nothing.

    ``option``: by which it was named. Raises UserFault.
    """
    target = outbox.resolve()
    for other in (each.resolve() for each in others):
        if target == other or target in other.parents or other in target.parents:
            raise UserFault(
                _("the outbox {outbox} and {other} lie in one another").format(outbox=outbox, other=other),
                _("Name a folder of its own with {option}.").format(option=option),
            )


def check_usable(outbox: Path) -> None:
    """Refuse a folder that we may not, or cannot, replace. Writes nothing.

    Ours is a folder with our manifest, one with nothing but the ledger, and an empty one. Raises UserFault where
    something else lies in it, also among our outputs, for it would be lost; EnvironmentFault where it is no folder,
    a drive, or cannot be written.
    """
    outbox = outbox.resolve()
    if outbox.exists() and not outbox.is_dir():
        raise EnvironmentFault(
            _("{folder} is not a folder").format(folder=outbox),
            _("Name another folder with --outbox, or rename that file."),
        )
    if outbox == outbox.parent or os.path.ismount(outbox):
        raise EnvironmentFault(
            _("{folder} is a whole drive and cannot be replaced").format(folder=outbox),
            _("Name a folder inside it, for example --outbox {folder}").format(folder=outbox / "outbox"),
        )
    if outbox.exists() and (foreign := _foreign(outbox)):
        raise UserFault(
            _("{folder} holds files that did not come from this program; nothing in it was touched").format(
                folder=outbox
            )
            + f" ({', '.join(foreign[:3])}{' …' if len(foreign) > 3 else ''})",
            _("Move them elsewhere, or name a new or empty folder with --outbox."),
        )
    nearest = next(folder for folder in (outbox, *outbox.parents) if folder.exists())
    for folder in {nearest, outbox.parent} if outbox.exists() else {nearest}:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise _unwritable(folder)


def _foreign(outbox: Path) -> list[str]:
    """What lies in the folder and is not ours: all of it, if it has no manifest of ours, else what that does not name.

    Files that Excel, LibreOffice or the system keep beside ours for a while are nobody's work.
    """
    names = sorted(path.relative_to(outbox).as_posix() for path in outbox.rglob("*") if not path.is_dir())
    lasting = [name for name in names if not _is_passing(Path(name).name) and not is_kept(name, (LEDGER,))]
    try:
        manifest = json.loads((outbox / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return lasting
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        return lasting
    ours = {MANIFEST, *manifest.get("outputs", {})}
    return [name for name in lasting if name not in ours and not came_after_run(name)]


def _is_passing(name: str) -> bool:
    return name.startswith(OWNER_FILES) or name in {".gitkeep", ".DS_Store", "Thumbs.db", "desktop.ini"}


def came_after_run(name: str) -> bool:
    """Whether a file of an outbox came after its run by our own doing: an entry in the ledger, a letter."""
    return is_kept(name, (LEDGER,)) or fnmatchcase(name, f"{DRAFTS}/*.eml")


def is_kept(name: str, keep: tuple[str, ...]) -> bool:
    """Whether a file is one of ``keep``, a damaged one set aside, or the journal that SQLite has laid beside it.

    One set aside, or half rebuilt, has another word before its ending: ``so-cai.hong-20231208-093000.sqlite``.
    """
    file = re.sub("-(journal|wal|shm)$", "", name)
    return any(file == kept or fnmatchcase(file, f"{Path(kept).stem}.*{Path(kept).suffix}") for kept in keep)


@contextmanager
def staging(outbox: Path) -> Iterator[Path]:
    """A new, empty folder on the outbox's file system, to write into and then :func:`publish`.

    Gone at the end, whether it was published or the run failed. What dead runs left is cleared away first.
    Raises EnvironmentFault where it cannot be made.
    """
    recover(outbox)
    outbox = outbox.resolve()
    staged = outbox.with_name(f".{outbox.name}.moi-{os.getpid()}")
    try:
        outbox.parent.mkdir(parents=True, exist_ok=True)
        staged.mkdir()
    except OSError as error:
        raise write_fault(error, outbox.parent) from error
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def recover(outbox: Path) -> None:
    """Put back the outbox of a run that died between two renames; clear away what dead runs left.

    To be called before the outbox is read, by whoever is alone with it; :func:`staging` calls it.
    """
    outbox = outbox.resolve()
    if not outbox.parent.is_dir():
        return
    old = _old(outbox)
    if old.exists() and not outbox.exists():
        try:
            old.rename(outbox)
        except OSError as error:
            raise write_fault(error, outbox) from error
    begin = f".{outbox.name}.moi-"
    for path in outbox.parent.iterdir():
        if path == old or (path.name.startswith(begin) and path.name.removeprefix(begin).isdecimal()):
            shutil.rmtree(path, ignore_errors=True)


def publish(staged: Path, outbox: Path, keep: tuple[str, ...] = (LEDGER,)) -> None:
    """Put ``staged`` in the place of ``outbox``, at once; the files named in ``keep`` stay in it.

    ``keep`` must not be open for writing on Windows. Raises EnvironmentFault, and leaves the old outbox as it
    was, where the disk is full or an output is open in another program.
    """
    outbox = outbox.resolve()
    try:
        if outbox.exists():
            _carry_over(outbox, staged, keep)
        _flush(staged)
        if not outbox.exists():
            staged.rename(outbox)
        elif not _exchange(staged, outbox):
            _replace_in_two_steps(staged, outbox)
    except PermissionError as error:
        raise EnvironmentFault(
            _("{folder} could not be replaced; the previous results are untouched").format(folder=outbox),
            _("Close the files of that folder that are open in Excel or another program, and run again."),
        ) from error
    except OSError as error:
        raise write_fault(error, outbox) from error
    with suppress(OSError):
        _flush_path(outbox.parent)
    shutil.rmtree(staged, ignore_errors=True)


def _carry_over(outbox: Path, staged: Path, keep: tuple[str, ...]) -> None:
    """Give the kept files a second name in ``staged``: one file, so that nothing written to it in between is lost."""
    for source in outbox.iterdir():
        if not is_kept(source.name, keep):
            continue
        target = staged / source.name
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except (OSError, NotImplementedError):  # FAT and some network drives have no hard links
            shutil.copy2(source, target)
    shutil.copymode(outbox, staged)


def _flush(folder: Path) -> None:
    """Bring everything onto the disk, so that a power cut after the swap finds whole files."""
    for where, _folders, names in os.walk(folder):
        for name in names:
            _flush_path(Path(where, name))
        _flush_path(Path(where))


def _flush_path(path: Path) -> None:
    if path.is_dir() and sys.platform == "win32":
        return
    # Windows flushes only what is open for writing.
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_NOT_SUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
_SWAP = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
_AT_FDCWD = -100  # paths are taken as they are


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False where the system or the drive has no such step."""
    if sys.platform == "win32":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            failed = libc.renamex_np(first, second, ctypes.c_uint(_SWAP))
        else:
            failed = libc.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, ctypes.c_uint(_SWAP))
    except AttributeError:
        return False
    number = ctypes.get_errno()
    if failed and number not in _NOT_SUPPORTED:
        raise OSError(number, os.strerror(number), str(other))
    return not failed


def _old(outbox: Path) -> Path:
    return outbox.with_name(f".{outbox.name}.cu")


def _replace_in_two_steps(staged: Path, outbox: Path) -> None:
    """Between the renames there is no outbox; :func:`recover` puts the old one back."""
    old = _old(outbox)
    outbox.rename(old)
    try:
        staged.rename(outbox)
    except OSError:
        old.rename(outbox)
        raise
    with suppress(OSError):  # the new one is in its place; :func:`recover` clears the old one away
        old.rename(staged)  # a folder under the name "cu" is always whole


def write_fault(error: OSError, folder: Path) -> EnvironmentFault:
    """The system's refusal to write into ``folder``, in words, with what to do about it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EnvironmentFault(
            _("the disk is full; the previous results are untouched"), _("Free some space on the disk and run again.")
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _unwritable(folder)
    return EnvironmentFault(
        _("{folder} could not be written: {error}").format(folder=folder, error=error.strerror),
        _("Name another folder with --outbox, for example on the computer's own disk."),
    )


def _unwritable(folder: Path) -> EnvironmentFault:
    return EnvironmentFault(
        _("this user may not write into {folder}").format(folder=folder),
        _("Ask for the right to write there, or name another folder with --outbox."),
    )
