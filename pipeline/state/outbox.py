"""The outbox, replaced as a whole or not at all (promise 3).

In: a folder beside the outbox into which a run writes (:func:`staging`). Out: that folder in the outbox's place
(:func:`publish`), swapped in one step of the file system. A run that dies at any instruction leaves the previous
outbox whole; where the system has no such step (Windows), the next :func:`recover` puts it back.

Beside ``outbox`` lie, while a run is at work or after it died: ``.<name>.moi-<process>`` (the new one, or the old
one on its way out), ``.<name>.cu`` (the old one, between two renames) and ``.<name>.tam-<process>`` (temporary files of
the libraries that write). Only one run at a time may be at work (:mod:`pipeline.state.exclusive_run`), so that what
lies there when a run begins is a dead one's.

No outbox goes before what people changed in it is kept aside (:mod:`pipeline.state.handwork`), also not a dead run's.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import EnvironmentFault, UserFault
from pipeline.i18n import _
from pipeline.state import handwork, permissions, walking
from pipeline.state.handwork import Kept, flush, flush_path, kept_folder, written_outputs
from pipeline.state.layout import CONSOLIDATED, DATA, STATE, is_kept, is_passing
from pipeline.state.permissions import Access


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

    Ours is a folder with our manifest, one that has lost it but holds what runs write, one with nothing but the ledger,
    and an empty one. Raises UserFault where something else lies in it; EnvironmentFault where it is no folder, a drive,
    or cannot be written. What people added to an outbox of ours is no obstacle, for it is kept.
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
    """What lies in the folder, where it is none of ours: it has no manifest of ours and not the outputs of a run.

    Files that Excel, LibreOffice or the system keep for a while are nobody's work.
    """
    if written_outputs(outbox) is not None or all((outbox / each).exists() for each in (CONSOLIDATED, DATA)):
        return []
    paths = [Path(entry.path) for entry in walking.entries(outbox) if not entry.is_dir(follow_symlinks=False)]
    names = sorted(path.relative_to(outbox).as_posix() for path in paths)
    return [name for name in names if not is_passing(Path(name).name) and not is_kept(name, STATE)]


def keep_handwork(outbox: Path) -> list[Kept]:
    """Keep aside what people changed in an outbox of ours, or added to it. Raises EnvironmentFault."""
    return [] if _foreign(outbox) else _kept(outbox.resolve(), kept_folder(outbox))


def changed_by_hand(outbox: Path) -> list[str]:
    """The names of what people changed in an outbox of ours, or added to it. Raises OSError."""
    return [] if _foreign(outbox) else handwork.changed(outbox)


def _kept(outbox: Path, kept: Path) -> list[Kept]:
    try:
        return handwork.set_aside(outbox, kept)
    except PermissionError as error:
        raise EnvironmentFault(
            _("what was changed by hand in {folder} could not be copied into {kept}; nothing was replaced").format(
                folder=outbox, kept=kept
            ),
            _("Close the files of that folder that are open in Excel or another program, and run again."),
        ) from error
    except RecursionError as error:
        raise EnvironmentFault(
            _("in {folder}, hundreds of folders lie in one another; nothing was replaced").format(folder=outbox),
            _("Move the folders that did not come from this program elsewhere, and run again."),
        ) from error
    except OSError as error:
        raise write_fault(error, kept) from error


@contextmanager
def staging(outbox: Path) -> Iterator[Path]:
    """A new, empty folder on the outbox's file system, to write into and then :func:`publish`.

    Gone at the end, whether it was published or the run failed, and with it the temporary files of whatever writes in
    the meantime, which hold names of persons. What dead runs left is cleared away first.
    Raises EnvironmentFault where it cannot be made.
    """
    recover(outbox)
    outbox = outbox.resolve()
    staged, temporary = (outbox.with_name(f".{outbox.name}.{kind}-{os.getpid()}") for kind in ("moi", "tam"))
    try:
        outbox.parent.mkdir(parents=True, exist_ok=True)
        staged.mkdir(mode=permissions.NEW_FOLDER)
        temporary.mkdir(mode=permissions.PRIVATE.mode)
    except OSError as error:
        raise write_fault(error, outbox.parent) from error
    try:
        with _temporary_files_in(temporary):
            yield staged
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        with suppress(EnvironmentFault):  # where what is in it cannot be kept, it stays; the next run tries again
            _clear_away(staged, outbox)


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Python's temporary files, also those of libraries and of workers (:mod:`pipeline.engines`), lie there."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def recover(outbox: Path) -> list[Kept]:
    """Put back the outbox of a run that died between two renames; clear away what dead runs left.

    What people changed in what is cleared away is kept, and returned. To be called before the outbox is read, by
    whoever is alone with it; :func:`staging` calls it. Raises EnvironmentFault.
    """
    outbox = outbox.resolve()
    if not outbox.parent.is_dir():
        return []
    old = _old(outbox)
    if old.exists() and not outbox.exists():
        try:
            old.rename(outbox)
        except OSError as error:
            raise write_fault(error, outbox) from error
    copies = []
    for path in sorted(outbox.parent.iterdir()):
        if path == old or _is_dead_runs(path.name, outbox.name):
            copies += _clear_away(path, outbox)
    return [each for each in copies if each.is_new]


def _is_dead_runs(name: str, outbox: str) -> bool:
    begins = (f".{outbox}.moi-", f".{outbox}.tam-")
    return any(name.startswith(begin) and name.removeprefix(begin).isdecimal() for begin in begins)


def _clear_away(folder: Path, outbox: Path) -> list[Kept]:
    """Remove a folder that stood in the place of ``outbox``, or never did; what people changed in it is kept first.

    One without a manifest, which is written last, was never an outbox, or is one half removed. Raises EnvironmentFault.
    """
    copies = _kept(folder, kept_folder(outbox)) if written_outputs(folder) is not None else []
    _remove(folder)
    return copies


def _remove(folder: Path) -> None:
    """As far as the system lets us; what is left is tried again by the next run."""
    with suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)


def publish(staged: Path, outbox: Path, keep: tuple[str, ...] = STATE, access: Access | None = None) -> list[Kept]:
    """Put ``staged`` in the place of ``outbox``, at once; the files named in ``keep`` stay in it.

    Returns what people changed in the old one and :func:`keep_handwork` had not kept yet; it is kept before the old one
    goes. ``keep`` must not be open for writing on Windows. ``access``: who may read it; without it, the
    officer, and the group if the old one was open to the group alone.
    Raises EnvironmentFault, and leaves the old outbox as it was, where the disk is full or an output is open in another
    program.
    """
    outbox = outbox.resolve()
    replaces = outbox.exists()
    try:
        if replaces:
            _carry_over(outbox, staged, keep)
        permissions.give(staged, access or permissions.access_to(outbox))
        flush(staged)
        if not replaces:
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
        flush_path(outbox.parent)
    gone = [each for each in (staged, _old(outbox)) if replaces and each.is_dir()]
    copies = [copy for each in gone for copy in _kept(each, kept_folder(outbox))]
    _remove(staged)
    return [each for each in copies if each.is_new]


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
