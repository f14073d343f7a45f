"""Files by the names that a manifest has for them: macOS stores accents otherwise, systems lay files of theirs beside.

In: stated names and those that lie there now. Out: which is which, and remarks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

from pipeline.i18n import _
from pipeline.state.layout import is_passing
from pipeline.text import plain


def by_stated_name(stated: Collection[str], actual: Collection[str]) -> dict[str, str]:
    """Actual name -> the stated one that differs at most in how its accents are stored, else itself.

    Where two names of either side are alike in that, each stays what it is.
    """
    wanted = _alike(name for name in stated if name not in actual)
    found = _alike(name for name in actual if name not in stated)
    renamed = {
        names[0]: wanted[key][0] for key, names in found.items() if len(names) == 1 and len(wanted.get(key, ())) == 1
    }
    return {name: renamed.get(name, name) for name in actual}


def _alike(names: Iterable[str]) -> dict[str, list[str]]:
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(unicodedata.normalize("NFC", name), []).append(name)
    return alike


def is_of_system(name: str) -> bool:
    """Whether a system or a program that has a file open keeps that file, or a folder that it lies in, for itself."""
    return any(is_passing(part) or part == "__MACOSX" for part in PurePosixPath(name).parts)


def renamed_remark(named: dict[str, str]) -> list[str]:
    """That names are stored otherwise, if any is."""
    others = [stated for name, stated in named.items() if stated != name]
    words = _("{n} files have the same names, their accents stored otherwise (as macOS does): {files}")
    return [words.format(n=len(others), files=_some(others))] if others else []


def system_remark(names: Collection[str]) -> list[str]:
    """That files of the system were left out of account, if any were."""
    words = _("{n} files that a system or an open program keeps for itself do not count: {files}")
    return [words.format(n=len(names), files=_some(names))] if names else []


def _some(names: Collection[str], most: int = 3) -> str:
    return ", ".join(plain(name) for name in sorted(names)[:most]) + (" …" if len(names) > most else "")
