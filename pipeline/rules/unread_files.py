"""Files of a year's rules that nobody reads because of their name or place: ``thon.yml``, ``plan.yaml.txt``.

In: the year's folder and the files that were read. Out: :class:`Unread` files, each with the name that would be read.
Windows hides the end of a name, so that an officer who saved ``thon.yaml.txt`` sees ``thon.yaml``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from pipeline.i18n import _
from pipeline.rules.yaml_file import Problem

BLOCS = "blocs"

_YAML = re.compile(r"(?P<name>[^~.][^~]*?)\.ya?ml(?:\.(?:txt|ya?ml))?", re.IGNORECASE)
"""Names of rule files, nearly. What programs keep as a copy (``thon.yaml~``, ``~$thon.yaml``) is not meant to be
read."""

_TEXT = re.compile(r"(?P<name>[^~.][^~]*?)\.(?:txt|json)", re.IGNORECASE)
"""Names of what may be a rule file or a note."""


@dataclass(frozen=True)
class Unread:
    """A file, and what it should be called to be read."""

    path: Path
    target: Path

    @property
    def is_missing(self) -> bool:
        """Whether nothing is read in its place though it is certainly meant to be."""
        certain = self.target.parent.name != BLOCS or _YAML.fullmatch(self.path.name) is not None
        return certain and self.path.parent == self.target.parent and not self.target.exists()

    @property
    def problem(self) -> Problem:
        """What to do with it."""
        name = self.target.name
        if self.target.exists():
            remedy = _("bring what is new in it into {name}, then delete it").format(name=name)
        elif self.path.parent != self.target.parent:
            remedy = _("if it is meant to count, move it to {name}").format(name=f"{self.target.parent.name}/{name}")
        else:
            remedy = _("rename it to {name} (in Notepad: Save As, type “All Files”)").format(name=name)
        return Problem(self.path, 1, _("this file is not read"), remedy)


def unread_files(folder: Path, read: Collection[Path]) -> list[Unread]:
    """What lies in the folder like a rule file and is not among those that were read."""
    folder = Path(os.path.normpath(folder))
    unread = [Unread(path, target) for path, target in _candidates(folder) if path not in read and path != target]
    return sorted(unread, key=lambda each: each.path)


def _below(blocs: Path) -> Iterator[Path]:
    """What lies there and one folder further down; of a link, which may lead anywhere, nothing."""
    if not blocs.is_symlink():
        yield from islice(chain(blocs.glob("*"), blocs.glob("*/*")), MOST_LOOKED_AT)


MOST_LOOKED_AT = 1_000


def _candidates(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Each file like a rule file, with the name by which it would be read."""
    for path in _below(folder / BLOCS):
        match = _YAML.fullmatch(path.name) or _TEXT.fullmatch(path.name)
        if match and path.is_file():
            yield path, folder / BLOCS / f"{match['name']}.yaml"
    for path in islice(folder.iterdir(), MOST_LOOKED_AT):
        match = _YAML.fullmatch(path.name)
        of_the_year = path.name.lower().startswith(("plan.", "awards."))
        match = match or (_TEXT.fullmatch(path.name) if of_the_year else None)
        if match and path.is_file():
            name = f"{match['name'].lower() if of_the_year else match['name']}.yaml"
            yield path, folder / name if of_the_year else folder / BLOCS / name
