"""Rule files that build on others: ``extends``, ``remove`` and ``after``, resolved before anything is checked.

In: the path of a rule file. Out: a :class:`~pipeline.rules.yaml_file.RuleFile` whose data is what the file says
together with what it extends, every value still knowing the file and line where it stands.

``extends`` at the top of a file names a file (``../2023/plan.yaml``), or a folder that holds a file of the same name;
``extends`` in a rubric names another bloc of the same folder (``thon``), or a file whose rubric is meant. Then

- the file, its rubric, and entries with a known code change the keys that they name;
- an entry with a new code is added, at the end or behind the entry named by its key ``after``;
- ``remove: [codes]`` takes entries away, those that stand nearest below;
- every other value (a ``score``, the ``ties``, the ``classification``) is replaced as a whole.

A file is resolved in its own folder before another file extends it, so a year stands on what the last year meant.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from pipeline.i18n import _
from pipeline.rule_model import one_of
from pipeline.rules.fault_words import shorten
from pipeline.rules.origins import Entries, Keys, Origin
from pipeline.rules.yaml_file import KeyPathLike, RuleFile, read

EXTENDS, REMOVE, AFTER, RUBRIC = "extends", "remove", "after", "rubric"

BY_CODE = ("units", "groups", "criteria", "inputs", "rounds", "movements", "awards")
"""The lists whose entries are known by their codes."""

MOST_GENERATIONS = 20
"""So many files may extend one another in a row: one for each year, two where a bloc builds on another."""


class Library:
    """Rule files that belong together, each read and resolved once; ``files`` holds them all, also those extended.

    ``texts``: path -> a text to be read in place of the file's own. ``year``: the folder of the rules in use; what is
    extended lies in it or beside it. Whoever made the rules says by a path, or a link, what is read, and that is to be
    nothing else of this computer.
    """

    def __init__(self, texts: Mapping[Path, str], year: Path) -> None:
        self.roots = {Path(os.path.realpath(year.parent)), Path(os.path.realpath(year)).parent}
        self.files: dict[Path, RuleFile] = {}
        self.texts = {Path(os.path.normpath(path)): text for path, text in texts.items()}

    def resolved(self, path: Path, heirs: tuple[Path, ...] = ()) -> RuleFile:
        """The file at ``path`` with what it extends; its data is None where that cannot be had, and problems say why.

        ``heirs`` are the files on the way to this one, each extending the next.
        """
        path = Path(os.path.normpath(path))
        if path not in self.files:
            file = read(path, self.texts.get(path)) if self.holds(path) else _link_that_leads_away(path)
            if isinstance(file.data, Keys):
                self._resolve(file, (*heirs, path))
            self.files[path] = file
        return self.files[path]

    def holds(self, path: Path) -> bool:
        """Whether the file, or where it leads as a link, lies below the folder of all years."""
        return any(Path(os.path.realpath(path)).is_relative_to(root) for root in self.roots)

    def _resolve(self, file: RuleFile, heirs: tuple[Path, ...]) -> None:
        """A rubric that extends another takes from that one alone, whatever the file as a whole extends.

        Where what it extends cannot be had, the file loses its data, so that no problem is reported that only follows
        from that.
        """
        own, rubric = file.data, file.data.get(RUBRIC)
        apart = isinstance(rubric, Keys) and EXTENDS in rubric
        if apart:
            base = self._base(file, rubric, heirs, (RUBRIC,))
            if base is None:
                file.data = None
                return
            own.put(RUBRIC, _changed(base, rubric, file), own.origin[RUBRIC])
        if EXTENDS in own:
            base = self._base(file, own, heirs, ())
            file.data = None if base is None else _changed(base.without(RUBRIC) if apart else base, own, file)

    def _base(self, file: RuleFile, heir: Keys, heirs: tuple[Path, ...], part: KeyPathLike) -> Keys | None:
        """What ``heir`` extends, that part of it, as a copy to change; None, with a problem noted, where it cannot be
        had."""
        origin, name = heir.origin[EXTENDS], heir[EXTENDS]
        path = _path(file.path, name) if isinstance(name, str) else None
        if path is None:
            what = _("there is no rule file “{name}” to extend").format(name=shorten(name))
            file.add_problem_at(origin, what, _("name a bloc of the same folder, or write the path from this file on"))
            return None
        if not self.holds(path):
            what = _("“{name}” lies outside the rules").format(name=shorten(name))
            file.add_problem_at(origin, what, _("put that file below {folder}").format(folder=min(self.roots)))
            return None
        if path in heirs:
            circle = " → ".join(each.as_posix() for each in (*heirs[heirs.index(path) :], path))
            what = _("rule files extend one another in a circle: {circle}").format(circle=circle)
            file.add_problem_at(origin, what, _("remove one of these “extends”"))
            return None
        if len(heirs) > MOST_GENERATIONS:
            what = _("{n} rule files extend one another in a row").format(n=len(heirs))
            file.add_problem_at(origin, what, _("write out what is meant in one of them"))
            return None
        parent = self.resolved(path, heirs)
        base = deepcopy(parent.at(part))
        if isinstance(base, Keys):
            file.extended.append((part, parent))
            return base
        file.problems += parent.problems
        if not parent.problems:
            what = _("there is nothing to extend in {file}").format(file=parent.path)
            file.add_problem_at(origin, what, _("name another file"))
        return None


def _link_that_leads_away(path: Path) -> RuleFile:
    file = RuleFile(path)
    file.add_problem((), _("the file is a link that leads out of the rules"), _("put the file itself in its place"))
    return file


def _path(of: Path, name: str) -> Path | None:
    """The file that the file ``of`` means by ``name``; None where there is no such file."""
    try:
        path = Path(os.path.normpath(of.parent / name.replace("\\", "/")))
        if path.is_dir():
            path /= of.name
        elif path.suffix != ".yaml":
            path = path.with_name(f"{path.name}.yaml")
        return path if path.is_file() else None
    except (OSError, ValueError):  # no name that a file could have
        return None


# --- changing what was extended ----------------------------------------------------------------------


def _changed(base: Keys, own: Keys, file: RuleFile) -> Keys:
    """``base`` with the changes that ``own`` names; what cannot be changed is a problem of ``file``."""
    _change(base, own.without(EXTENDS), file)
    return base


def _change(base: Keys, own: Keys, file: RuleFile) -> None:
    if REMOVE in own:
        _remove(base, own, file)
    for key, value in own.without(REMOVE).items():
        before = base.get(key)
        if key == RUBRIC and isinstance(before, Keys) and isinstance(value, Keys):
            _change(before, value, file)
        elif key in BY_CODE and isinstance(before, Entries) and isinstance(value, Entries):
            _change_entries(before, value, file)
        else:
            base[key] = value
        base.origin[key] = own.origin[key]


def _change_entries(entries: Entries, own: Entries, file: RuleFile) -> None:
    seen: list[Any] = []
    for entry, origin in zip(own, own.origin, strict=True):
        code = entry.get("code") if isinstance(entry, Keys) else None
        if code in seen:
            file.add_problem_at(origin, _("code {code} is used twice").format(code=code), _("give each its own code"))
        elif code is None:
            entries.place(len(entries), entry, origin)
        else:
            seen.append(code)
            _change_entry(entries, entry, origin, file)


def _change_entry(entries: Entries, entry: Keys, origin: Origin, file: RuleFile) -> None:
    """Change the entry of that code, or add it; either way behind the entry that ``after`` names."""
    codes = _codes(entries)
    place = codes.index(entry["code"]) if entry["code"] in codes else len(codes)
    plain = entry.without(AFTER)
    if place < len(codes):
        _change(entries[place], plain, file)
        entries.origin[place] = origin
    elif "name" in entry:
        entries.place(place, plain, origin)
    else:
        what = _("there is no {code} to change in what this file extends").format(code=entry["code"])
        file.add_problem_at(origin, what, one_of(map(str, codes), _("remove it")))
        return
    if AFTER in entry:
        _move(entries, place, entry, file)


def _move(entries: Entries, place: int, entry: Keys, file: RuleFile) -> None:
    moved = entries.take(place)
    codes = _codes(entries)
    if entry[AFTER] in codes:
        place = codes.index(entry[AFTER]) + 1
    else:
        what = _("there is no {code} to stand behind").format(code=entry[AFTER])
        file.add_problem_at(entry.origin[AFTER], what, one_of(map(str, codes), _("remove it")))
    entries.place(place, *moved)


def _remove(base: Keys, own: Keys, file: RuleFile) -> None:
    codes = own[REMOVE]
    if not isinstance(codes, Entries):
        file.add_problem_at(
            own.origin[REMOVE],
            _("“{key}” must be a list").format(key=REMOVE),
            _("write the codes in brackets, for example [KT4]"),
        )
        return
    for code, origin in zip(codes, codes.origin, strict=True):
        lists = _lists_below(base)
        holder, key = next((each for each in lists if code in _codes(each[0][each[1]])), (None, ""))
        if holder is None:
            known = [each for holder, key in lists for each in _codes(holder[key])]
            file.add_problem_at(
                origin, _("there is no {code} to remove").format(code=code), one_of(map(str, known), _("remove it"))
            )
        else:
            holder[key].take(_codes(holder[key]).index(code))
            holder.origin[key] = origin


def _lists_below(node: Keys) -> list[tuple[Keys, str]]:
    """The lists by code in a file, a rubric or a group, with what holds them; the nearest first."""
    holders = [node, node.get(RUBRIC)]
    for holder in tuple(holders):
        groups = holder.get("groups") if isinstance(holder, Keys) else None
        holders += groups if isinstance(groups, Entries) else []
    return [
        (holder, key)
        for holder in holders
        if isinstance(holder, Keys)
        for key in BY_CODE
        if isinstance(holder.get(key), Entries)
    ]


def _codes(entries: Entries) -> list[Any]:
    return [entry.get("code") if isinstance(entry, Keys) else None for entry in entries]
