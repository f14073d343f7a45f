"""Where the parts of a package lie: found through its relations, as Excel finds them, whatever they are called.

In: the names of the parts, and how to read one. Out: names of parts. Excel tells neither capitals nor the two slashes
apart, and a target may be written from the root, with percent signs, or with a mark of an older standard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote
from xml.parsers import expat

from pipeline.findings.catalogue import Code
from pipeline.intake.container import Refused

_MAIN = ("xl/workbook.xml", "word/document.xml", "ppt/presentation.xml", "xl/workbook.bin")
"""Where programs put the main part, for a package whose relations do not lead to it."""


@dataclass(frozen=True)
class Relation:
    """What the target is to the part that names it (the last word of its type), and where it lies."""

    kind: str
    target: str


class Names:
    """The names of a package's parts, found as people and programs spell them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {canonical(name).casefold(): name for name in names}

    def found(self, name: str) -> str | None:
        """The part of that name, as the package spells it."""
        plain = canonical(name).casefold()
        return self._names.get(plain) or self._names.get(unquote(plain))


def canonical(name: str) -> str:
    """The name with the slashes that a package should have."""
    return name.replace("\\", "/").lstrip("/")


def main_part(names: Names, read: Callable[[str], bytes]) -> str | None:
    """The part that holds the list of sheets (or the text of a document); None where there is none."""
    root = names.found("_rels/.rels")
    relations = relations_in(read(root), "") if root else {}
    stated = [names.found(each.target) for each in relations.values() if each.kind == "officeDocument"]
    return next((name for name in [*stated, *map(names.found, _MAIN)] if name), None)


def relations_of(part: str, names: Names, read: Callable[[str], bytes]) -> Mapping[str, Relation]:
    """The relations of a part, by their ids. Raises Refused where they are no XML."""
    folder, _slash, base = canonical(part).rpartition("/")
    file = names.found(f"{folder}/_rels/{base}.rels")
    return relations_in(read(file), folder) if file else {}


def relations_in(xml: bytes, folder: str) -> dict[str, Relation]:
    """The relations that a part in that folder has; those that lead out of the package have no target."""
    found: dict[str, Relation] = {}

    def start(tag: str, facts: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            leads_out = facts.get("TargetMode", "") == "External"
            target = "" if leads_out else _resolved(facts.get("Target", ""), folder)
            found[facts.get("Id", "")] = Relation(facts.get("Type", "").rpartition("/")[2], target)

    follow(xml, start)
    return found


def _resolved(target: str, folder: str) -> str:
    path = target.replace("\\", "/")
    steps = [] if path.startswith("/") else folder.split("/")
    for step in path.split("/"):
        if step == "..":
            del steps[-1:]
        else:
            steps.append(step)
    return "/".join(step for step in steps if step not in ("", "."))


def follow(xml: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Call ``start`` for each element. Raises Refused where it is no XML."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # not well formed, or in no known encoding
        raise Refused(Code.BROKEN_FILE) from error
