"""Rule files as text: YAML read with line numbers, checked by pydantic, all problems reported at once.

In: a YAML file and the pydantic model it should fit. Out: the model, or :class:`Problem` rows, each with file,
line, what is wrong and what would be right. What the models mean is in :mod:`pipeline.rules.plan` and
:mod:`pipeline.rules.rubric`; how a problem is worded in :mod:`pipeline.rules.fault_words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.errors import UserFault
from pipeline.i18n import _
from pipeline.rule_model import Fault
from pipeline.rules import fault_words, yaml_text
from pipeline.rules.origins import Entries, Keys, Origin, traced
from pipeline.rules.yaml_text import Unreadable, with_control_characters

Model = TypeVar("Model", bound=BaseModel)
KeyPathLike = Sequence[str | int]
"""Keys and positions from the top of a file down to a value."""


MOST_PROBLEMS = 100
"""So many of one file are told; whoever has mended them is told the others."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a rule file. ``line`` counts from 1; ``place`` leads down to it, as far as known."""

    file: Path
    line: int
    what: str
    remedy: str
    place: KeyPathLike = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {_sentence(self.what)} {_sentence(self.remedy)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith("?") else ".")


class RuleFilesWrong(UserFault):
    """The rule files cannot be used; carries every problem found in them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)), _("Run “thidua check” again after mending them."))


@dataclass
class RuleFile:
    """A parsed rule file and the problems found in it so far."""

    path: Path
    data: Any = None
    problems: list[Problem] = field(default_factory=list)
    extended: list[tuple[KeyPathLike, RuleFile]] = field(default_factory=list)
    """What of this file extends which other; ``data`` is then what they say together."""

    def origin_of(self, place: KeyPathLike) -> Origin:
        """Where the value at ``place`` stands; the nearest thing around it where there is no such value."""
        node, origin = self.data, (self.path, 1)
        for key in place:
            inside = isinstance(node, Keys) and key in node
            if not inside and not (isinstance(node, Entries) and isinstance(key, int) and key < len(node)):
                break
            node, origin = node[key], node.origin[key]
        return origin

    def add_problem(self, place: KeyPathLike, what: str, remedy: str) -> None:
        """Note a problem at ``place``."""
        self.add_problem_at(self.origin_of(place), what, remedy, place)

    def add_problem_on_line(self, line: int, what: str, remedy: str) -> None:
        """Note a problem on a line of this very file."""
        self.add_problem_at((self.path, line), what, remedy)

    def add_problem_at(self, origin: Origin, what: str, remedy: str, place: KeyPathLike = ()) -> None:
        """Note a problem. A value of another file, which is right there, is to be mended in this one."""
        problem = self._problem_at(origin, what, remedy, place)
        if len(self.problems) < MOST_PROBLEMS and problem not in self.problems:
            self.problems.append(problem)

    def problem(self, fault: Fault) -> Problem:
        """The fault with file and line, for whoever only warns of it."""
        return self._problem_at(self.origin_of(fault.path), fault.what, fault.remedy, fault.path)

    def _problem_at(self, origin: Origin, what: str, remedy: str, place: KeyPathLike) -> Problem:
        path, line = origin
        if path != self.path:
            remedy = _("{file} extends this file; say it anew there: {remedy}").format(file=self.path, remedy=remedy)
        return Problem(path, line, what, remedy, tuple(place))

    def add_faults(self, faults: Iterable[Fault], below: KeyPathLike = ()) -> None:
        """Note faults whose paths start at ``below``."""
        for fault in faults:
            self.add_problem((*below, *fault.path), fault.what, fault.remedy)

    def entries(self, place: KeyPathLike) -> Sequence[Any]:
        """The list at ``place`` as it was read; empty where there is none."""
        entries = self.at(place)
        return entries if isinstance(entries, list) else ()

    def part(self, place: KeyPathLike, model: type[Model]) -> Model | None:
        """What stands at ``place`` as ``model``, or None; for checking the sound parts of a file that is wrong."""
        try:
            return model.model_validate(self.at(place))
        except ValidationError:
            return None

    def at(self, place: KeyPathLike) -> Any:
        """What stands at ``place``, as it was read; None where there is nothing."""
        node = self.data
        for key in place:
            try:
                node = node[key]
            except (LookupError, TypeError):
                return None
        return node


def read(path: Path, text: str | None = None) -> RuleFile:
    """Parse a YAML file (version 1.2: ``no`` is a word, ``12:30`` is text). Problems are noted, not raised.

    ``text`` is what the file would say; without it, what it says.
    """
    file = RuleFile(path)
    try:
        parsed = yaml_text.parsed(yaml_text.read_text(path) if text is None else text)
    except Unreadable as error:
        file.add_problem_on_line(error.line, *error.words)
        return file
    file.data = traced(parsed.data, file.path)
    for line, key in parsed.repeated:
        what = _("key “{key}” stands twice").format(key=fault_words.shorten(key))
        file.add_problem_on_line(line, what, _("keep one of the two"))
    for line, value in parsed.cut:
        what = _("“{value}” is cut at its comma").format(value=value)
        file.add_problem_on_line(line, what, _('put text that has a comma in quotes: "{value}"').format(value=value))
    for place in with_control_characters(file.data):
        file.add_problem(place, _("there is a character that does not belong in text"), _("remove it"))
    return file


def parse(file: RuleFile, model: type[Model]) -> Model | None:
    """The file as ``model``; None where it does not fit. All that is wrong is in ``file.problems``.

    A file with nothing worse than unknown keys is read without them, so that its other problems are found too.
    """
    if file.data is None and file.problems:
        return None
    if not isinstance(file.data, Mapping):
        first = next(iter(model.model_fields), "code")
        remedy = _("start it with its keys, the first of them “{key}:”").format(key=first)
        file.add_problem((), _("the file holds no settings"), remedy)
        return None
    try:
        return model.model_validate(file.data)
    except ValidationError as error:
        details = [each for each in error.errors() if not _counted_without_the_wrong(each)]
    told = details[:MOST_PROBLEMS]
    places = [_own_keys(_blamed(detail), file.data) for detail in details]
    for place, detail in zip(places, told, strict=False):
        file.add_problem(place, *fault_words.of_value(detail, model))
    if all(detail["type"] in {"extra_forbidden", "unexpected_keyword_argument"} for detail in details):
        return model.model_validate(_without(file.data, places))
    return None


def _counted_without_the_wrong(detail: Mapping[str, Any]) -> bool:
    """Whether a list is called too short only because pydantic does not count its wrong entries."""
    return detail["type"] == "too_short" and len(detail["input"]) >= int(detail["ctx"]["min_length"])


def _blamed(detail: Mapping[str, Any]) -> KeyPathLike:
    """Where pydantic found something; for a method that does not exist, the key that names it."""
    named: KeyPathLike = ("method",) if detail["type"] == "union_tag_invalid" else ()
    return (*detail["loc"], *named)


def _own_keys(place: KeyPathLike, data: Any) -> list[str | int]:
    """``place`` without the names that pydantic adds for a union (a score's method) and without what is missing."""
    kept: list[str | int] = []
    node, tagged = data, False
    for key in place:
        if isinstance(node, Mapping) and node.get("method") == key and not tagged:
            tagged = True
            continue
        try:
            node, tagged = node[key], False
        except (LookupError, TypeError):
            break
        kept.append(key)
    return kept


def _without(data: Any, places: Iterable[KeyPathLike]) -> Any:
    """A plain copy of ``data`` without the keys at ``places``."""
    copy = _plain(data)
    for place in places:
        node = copy
        for key in place[:-1]:
            node = node[key]
        del node[place[-1]]
    return copy


def _plain(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items()}
    return [_plain(value) for value in data] if isinstance(data, list) else data
