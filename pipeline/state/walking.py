"""Everything below a folder, however deep: ``os.walk`` and ``rglob`` call themselves once for each level, and Python
stops at a thousand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Every file, folder and link below, a folder before what it holds. Links are not followed, and what cannot be
    listed, or is gone meanwhile, counts as empty."""
    folders = [str(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as found:
                inside = list(found)
        except OSError:
            continue
        yield from inside
        folders += [each.path for each in inside if each.is_dir(follow_symlinks=False)]
