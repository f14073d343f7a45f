"""Who else may read what we write: nobody, for it holds names of persons; or the group to which the officer opened it.

In: a folder or file of ours. Out: its mode and group, and those of all that lies in it. What other users of the
computer may do is taken from them, whatever the umask; what the officer gave the group (``chgrp``, ``chmod 750``) stays
as it is. Windows, where a folder takes over the rights of the one around it, and drives without modes are left alone.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pipeline.state import walking

_GROUP, _OTHERS = 0o070, 0o007


class Access(NamedTuple):
    """The mode of a folder, and the group to which it belongs; None: that of whoever runs the program."""

    mode: int
    group: int | None = None


PRIVATE = Access(0o700)
NEW_FOLDER = 0o777 if os.name == "nt" else PRIVATE.mode
"""With which a folder is made; to Windows 0o700 would mean rights of its own."""
PUBLIC = Access(0o755)
"""Of the public set alone, which a web server is to read."""


def access_to(folder: Path) -> Access:
    """Who may read a folder with names of persons, whether it is there or not: open to others, it becomes private."""
    try:
        now = folder.stat()
    except OSError:
        return PRIVATE
    mode = stat.S_IMODE(now.st_mode)
    return Access(mode | PRIVATE.mode, now.st_gid) if mode & _GROUP and not mode & _OTHERS else PRIVATE


def give(folder: Path, access: Access) -> None:
    """Let them read a folder and all in it; files are not to be executed. Where a link leads is nobody's to open."""
    if folder.is_symlink():
        return
    _set(folder, access)
    of_files = Access(access.mode & 0o666, access.group)
    for entry in walking.entries(folder):
        _set(Path(entry.path), access if entry.is_dir(follow_symlinks=False) else of_files)


def take_from_others(file: Path) -> None:
    """Make a file ours, and the group's if the officer opened it to the group alone; one not there is made, empty.

    Raises OSError.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & _OTHERS:
        _set(file, Access(0o600))


def _set(path: Path, access: Access) -> None:
    if os.name == "nt" or path.is_symlink():
        return
    with suppress(OSError):  # a group of which this user is none
        if access.group is not None:
            os.chown(path, -1, access.group)
    with suppress(OSError):  # another's file, or a drive without modes
        path.chmod(access.mode)
