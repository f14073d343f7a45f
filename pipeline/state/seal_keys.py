"""The office's key for seals: made once, beside the ledger, readable by the officer's account alone.

In: where the ledger lies. Out: a :class:`~pipeline.seals.SealKey`. Who loses it loses nothing that counts: a new one is
made, and forms and papers that were issued before are told as sealed with another key. Who has a copy puts it back.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from pipeline.errors import EnvironmentFault
from pipeline.i18n import _
from pipeline.new_files import take_name, write_new
from pipeline.seals import NO_KEY, SealKey
from pipeline.state.layout import SEAL_KEY

_LINE = re.compile(r"[0-9a-f]{64}\s*", re.ASCII)
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)
_LONGEST = 1000


def path_beside(ledger_file: Path) -> Path:
    """Where the key of a ledger lies."""
    return ledger_file.with_name(SEAL_KEY)


def known_key(ledger_file: Path) -> SealKey:
    """The key beside the ledger; one without secret where there is none. Raises EnvironmentFault."""
    path = path_beside(ledger_file)
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINKS), "rb") as file:
            text = file.read(_LONGEST).decode("ascii", errors="replace")
    except FileNotFoundError:
        return NO_KEY
    except OSError as error:
        raise _fault(path, error.strerror or type(error).__name__) from error
    if not _LINE.fullmatch(text):
        raise _fault(path, _("it does not hold a key"))
    return SealKey(bytes.fromhex(text.strip()))


def lend(key: SealKey, ledger_file: Path) -> None:
    """Put a key beside a ledger in a folder of ours; nothing where it has no secret. Raises EnvironmentFault."""
    if key.secret:
        _make(path_beside(ledger_file), key.secret)


def key_for(ledger_file: Path) -> SealKey:
    """The key beside the ledger, made where there is none. Raises EnvironmentFault."""
    if (key := known_key(ledger_file)).secret:
        return key
    _make(path_beside(ledger_file), secrets.token_bytes(32))
    return known_key(ledger_file)


def _make(path: Path, secret: bytes) -> None:
    """Put a key there, whole from the first moment on; one that is there already stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = write_new(path.parent, ".", ".moi", f"{secret.hex()}\n".encode())
        if not take_name(made, path):  # another command had made one this very moment
            made.unlink()
    except OSError as error:
        raise _fault(path, error.strerror or type(error).__name__) from error


def _fault(path: Path, detail: str) -> EnvironmentFault:
    return EnvironmentFault(
        _("the key for seals {file} cannot be used: {detail}").format(file=path, detail=detail),
        _("Put your copy of it back, or move the file away: then a new key is made, and older seals are told."),
    )
