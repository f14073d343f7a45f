"""Files of ours in folders into which others can write: new, private, and never through a link that lies there.

In: a path and what is to stand there. Out: the file, whole or not at all. Outputs need none of this, for they are
written into a folder that is made for them (:mod:`pipeline.state.outbox`).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes, like: Path | None = None) -> None:
    """Put a file in the place of whatever has that name, in one step. Raises OSError.

    ``like``: a file whose mode it gets; else nobody but its owner can read it.
    """
    made = write_new(path.parent, ".", ".moi", content)
    try:
        if like:
            made.chmod(like.stat().st_mode & 0o777)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def write_new(folder: Path, prefix: str, suffix: str, content: bytes) -> Path:
    """Write a new file under a name that nobody can know beforehand, so that no link waits for it. Raises OSError."""
    handle, name = tempfile.mkstemp(suffix, prefix, folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return Path(name)


def take_name(made: Path, path: Path) -> bool:
    """Give a new file that name, unless something has it already, which stays; whether it got it. Raises OSError."""
    try:
        os.link(made, path)
    except FileExistsError:
        return False
    except OSError:  # a drive without hard links, such as a USB stick's
        if os.path.lexists(path):
            return False
        made.replace(path)
        return True
    made.unlink()
    return True


def not_following(path: str, flags: int) -> int:
    """How :func:`open` opens a file that is to be no link; the mode is that of a private file. Raises OSError."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
