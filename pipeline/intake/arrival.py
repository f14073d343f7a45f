"""One entry of the inbox, as the disk has it: its name as people may see it, and its bytes, read once and whole.

In: a path. Out: the bytes, or the reason why there are none (yet). Nothing here waits: a pipe, a device or a socket
is not opened, and a file that is still being written is left for the next run.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from pathlib import Path

from pipeline.findings.catalogue import Code
from pipeline.i18n import number
from pipeline.rules.limits import Limits

BY_HAND = "../sua-tay/"
"""How the names begin of files that people changed in our own output, and that are read from where they are kept
(:mod:`pipeline.state.handwork`). Nothing below an inbox has such a name."""

OFFICERS_FOLDER = "hoi-dong"
"""The folder directly in the inbox into which only the officer puts files (:mod:`pipeline.intake.authority`)."""

Reason = tuple[Code, dict[str, str]]

OWNER_FILES = ("~$", ".~lock.")
"""How the names begin of what Excel and LibreOffice lay beside a file that somebody has open."""

_SYSTEM_FILES = re.compile(
    r"thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r|\.(_.*|ds_store|localized|directory|hidden|trash.*|apdisk|nfs[0-9a-f]+|"
    r"fseventsd|spotlight-v100|temporaryitems|documentrevisions-v100|volumeicon\.icns|appledouble|fuse_hidden.*|dropbox|"
    r"dropbox\.attr|dropbox\.cache|sync_.*\.db.*|owncloudsync\.log|git|gitkeep|gitignore|gitattributes|keep|nomedia)",
    re.DOTALL,
)
"""What systems and programs that share folders keep for themselves; any other name may be a person's."""

_UNFINISHED = {".crdownload", ".part", ".partial", ".download", ".opdownload", ".tmp"}
"""How browsers, and Excel while it saves, name what is not complete yet."""

_NOT_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MOST_SHOWN = 200


def shown(name: str) -> str:
    """A name in characters that can be shown and written anywhere, no two names alike.

    Control characters, those that turn the direction of writing, and bytes that are no text stand as ``\\u202e``.
    """
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(_escaped(each) if _is_odd(each) else each for each in name)


def brief(name: str) -> str:
    """The same for a message, cut where it is very long."""
    text = shown(name)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def _is_odd(character: str) -> bool:
    return character == "\\" or unicodedata.category(character) in _NOT_SHOWN


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # how Python keeps a byte of a name that is no text
        return f"\\x{number - 0xDC00:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def not_to_be_opened(path: Path) -> Reason | None:
    """Why an entry is registered by its name and kind alone, if it is."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            with os.scandir(path):
                return Code.FOLDER, {}
    except OSError as error:
        return no_access(error)
    name = path.name.lower()
    if stat.S_ISLNK(mode):
        return Code.LINK, {}
    if name.startswith(OWNER_FILES):
        return Code.LOCK_FILE, {}
    if path.suffix.lower() in _UNFINISHED:
        return Code.PARTIAL_DOWNLOAD, {}
    if is_of_system(name):
        return Code.SYSTEM_FILE, {}
    return None if stat.S_ISREG(mode) else (Code.SPECIAL, {})


_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe put in the file's place meanwhile must not stop us
)


def is_of_system(name: str) -> bool:
    """Whether systems, and programs that share folders, keep a file of that name for themselves."""
    return _SYSTEM_FILES.fullmatch(name.lower()) is not None


def read(path: Path, limits: Limits) -> tuple[int, bytes | Reason]:
    """The file's size and all of it as it was at one moment, or why not: too large, locked, changed meanwhile."""
    size = 0
    try:
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            before = os.fstat(file.fileno())
            size = before.st_size
            if not stat.S_ISREG(before.st_mode):
                return 0, (Code.SPECIAL, {})
            if size > limits.file_mb * 1_000_000:
                return size, (Code.TOO_LARGE, {"found": number(size / 1e6, 1), "limit": number(limits.file_mb)})
            content = file.read(size + 1)
            after = (os.fstat(file.fileno()), path.lstat())
    except OSError as error:
        return size, no_access(error)
    is_whole = len(content) == size and all(_state(before) == _state(each) for each in after)
    return size, content if is_whole else (Code.CHANGED_WHILE_READ, {})


def _state(of: os.stat_result) -> tuple[int, int, int]:
    return of.st_ino, of.st_size, of.st_mtime_ns


_LOCKED = {32, 33}
"""What Windows says of a file that another program holds: a sharing violation, a lock."""


def no_access(error: OSError) -> Reason:
    """The reason for what the system answered."""
    if isinstance(error, FileNotFoundError):
        return Code.CHANGED_WHILE_READ, {}
    if getattr(error, "winerror", None) in _LOCKED or isinstance(error, BlockingIOError):
        return Code.IN_USE, {}
    return Code.UNREADABLE, {"detail": error.strerror or type(error).__name__}
