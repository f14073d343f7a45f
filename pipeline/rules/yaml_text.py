"""The text of a rule file: read from the disk and turned into data, both within bounds.

In: a path, or a text. Out: the text; its data, in which every value knows its line, and what is wrong on which line.
Promises: nothing is opened that could wait or never end, and whatever the text says is told within a second or two:
size, depth and number of entries are bounded as the text is read, before anything is built from it.
"""

from __future__ import annotations

import os
import re
import stat
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning
from ruamel.yaml.events import AliasEvent, ScalarEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.reader import ReaderError

from pipeline.i18n import _, number
from pipeline.rules import fault_words
from pipeline.rules.fault_words import Words

MOST_BYTES = 250_000
"""The largest rule file of 2023 has 12 kB."""
MOST_NODES = 10_000
"""Values, lists and groups of keys, what an alias repeats counted again: those of 2023 have 960 at most."""
DEEPEST = 30
"""How many lists and groups of keys may stand in one another: those of 2023 have 11."""
LONGEST = 2_000
"""Characters of one value: those of 2023 have 140 at most."""


class Unreadable(Exception):
    """A text that cannot be had, or says nothing that can be read: on which line, what is wrong, what to do."""

    def __init__(self, line: int, words: Words) -> None:
        super().__init__(words[0])
        self.line, self.words = line, words


@dataclass(frozen=True)
class Parsed:
    """``data`` as ruamel has it. With their lines: keys that stand twice, and texts cut at a comma."""

    data: Any = None
    repeated: list[tuple[int, str]] = field(default_factory=list)
    cut: list[tuple[int, str]] = field(default_factory=list)


# --- from the disk ---------------------------------------------------------------------------------------


def read_text(path: Path) -> str:
    """The text of the file. Raises Unreadable."""
    try:
        content = _read(path)
    except FileNotFoundError as error:
        words = _("the file is not there"), _("copy it from last year's rules and change it")
        raise Unreadable(1, words) from error
    except (OSError, ValueError) as error:
        words = _("the file cannot be opened"), _("close it in other programs and see who may read it")
        raise Unreadable(1, words) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(1, (_("the file is not UTF-8 text"), _("save it again as UTF-8"))) from error


_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def _read(path: Path) -> bytes:
    """The file. Raises OSError, also for a pipe, which could make us wait, and Unreadable where it is too large."""
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        what = _("the file has more than {n} bytes").format(n=number(MOST_BYTES))
        raise Unreadable(1, (what, _("put a file of rules in its place")))
    return content


# --- from text to data -----------------------------------------------------------------------------------

# What is opened and never closed is noticed far below; the line to mend is the one where it was opened.
_OPENED = ("a quoted scalar", "a flow sequence", "a flow mapping")


def parsed(text: str) -> Parsed:
    """What the text says (YAML 1.2: ``no`` is a word, ``12:30`` is text). Raises Unreadable."""
    try:
        return _parsed(text)
    except MarkedYAMLError as error:
        opened = str(error.context).endswith(_OPENED)
        mark = (error.context_mark if opened else None) or error.problem_mark
        raise Unreadable(mark.line + 1 if mark else 1, fault_words.of_text(str(error.problem))) from error
    except ReaderError as error:
        words = _("there is a character that does not belong in text"), _("remove it")
        raise Unreadable(text.count("\n", 0, error.position) + 1, words) from error


@lru_cache(maxsize=64)
def _parsed(text: str) -> Parsed:
    """A file that several extend, or that is checked anew, is parsed once."""
    _refuse_directives(text)
    yaml = YAML(typ="rt")
    yaml.Composer, yaml.Constructor = _Composer, _Constructor
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ReusedAnchorWarning)
        data = yaml.load(text)
    cut = [(node.start_mark.line + 1, node.value) for node in yaml.constructor.cut]
    return Parsed(data, yaml.constructor.repeated, cut)


_DIRECTIVE = re.compile("^%", re.M)


def _refuse_directives(text: str) -> None:
    """A line such as “%YAML 1.1” would give other meanings to what stands below it."""
    if found := _DIRECTIVE.search(text):
        words = _("a line starts with “%”"), _("remove it; a text that starts like this belongs in quotes")
        raise Unreadable(text.count("\n", 0, found.start()) + 1, words)


class _Composer(Composer):
    """Puts a tree together from what the parser reads one by one, and stops where it grows beyond its bounds.

    An alias counts as all that it repeats: nine lines, each of which names the one above nine times, are a billion.
    """

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.nodes, self.deepest = 0, 0
        self.anchored: dict[str | None, tuple[int, int]] = {}
        """Name of an anchor that is complete -> how many nodes it has, and how deep they are in one another."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        _refuse_odd(event, is_key=isinstance(parent, MappingNode) and index is None)
        nodes, deepest = self.nodes, self.deepest
        size, height = (1, 1) if not isinstance(event, AliasEvent) else self._repeated(event)
        self.nodes, self.deepest = nodes + size, self.depth + height
        if self.nodes > MOST_NODES or self.deepest > DEEPEST:
            raise Unreadable(event.start_mark.line + 1, _too_much(self.deepest > DEEPEST))
        named = None if isinstance(event, AliasEvent) else event.anchor
        self.anchored.pop(named, None)  # a name may be given anew
        node = super().compose_node(parent, index)
        if named is not None:
            self.anchored[named] = self.nodes - nodes, self.deepest - self.depth
        self.deepest = max(deepest, self.deepest)
        return node

    def _repeated(self, alias: AliasEvent) -> tuple[int, int]:
        if alias.anchor in self.anchors and alias.anchor not in self.anchored:
            what = _("“*{name}” repeats the very thing in which it stands").format(name=alias.anchor)
            raise Unreadable(alias.start_mark.line + 1, (what, _("write out what is meant")))
        return self.anchored.get(alias.anchor, (1, 1))


def _too_much(is_depth: bool) -> Words:
    if is_depth:
        what = _("more than {n} lists and groups of keys stand in one another").format(n=number(DEEPEST))
        return what, _("look at the brackets, and at the spaces in front of the lines")
    what = _("up to here the file has more than {n} values, those repeated by “*” counted each time")
    return what.format(n=number(MOST_NODES)), _("remove what is no rule")


def _refuse_odd(event: Any, is_key: bool) -> None:
    """What no rule file needs: types named by “!”, keys that are lists, values as long as a book. Raises Unreadable."""
    line = event.start_mark.line + 1
    if getattr(event, "ctag", None) is not None:
        raise Unreadable(line, (_("a value starts with “!”"), _("put the value in quotes")))
    if is_key and not isinstance(event, ScalarEvent):
        raise Unreadable(line, (_("a key must be a plain word"), _("look at the brackets and colons of this line")))
    if isinstance(event, ScalarEvent) and len(event.value) > LONGEST:
        what = _("a value has {n} characters").format(n=number(len(event.value)))
        raise Unreadable(
            line, (what, _("write at most {n}; look for a quote that is not closed").format(n=number(LONGEST)))
        )


class _Constructor(RoundTripConstructor):
    """Notes every key that stands twice (the first counts), where ruamel would stop at the first such key.

    In braces a comma ends a value: ``{points: 1,5}`` is to YAML a key “points” and a key “5” without value. No rule has
    such keys, so the value is put together again; where it is no number, it is noted as cut, for a text with a comma
    belongs in quotes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.repeated: list[tuple[int, str]] = []
        self.cut: list[ScalarNode] = []

    def construct_mapping(self, node: Any, maptyp: Any, deep: bool = False) -> Any:  # type: ignore[override]
        if isinstance(node, MappingNode) and node.flow_style:
            node.value = self._joined_at_commas(node.value)
        return super().construct_mapping(node, maptyp, deep=deep)

    def _joined_at_commas(self, pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        joined: list[tuple[Any, Any]] = []
        for key, value in pairs:
            if not joined or not _goes_on(joined[-1][1], key, value):
                joined.append((key, value))
                continue
            before = joined[-1][1]
            is_number = _DIGITS.fullmatch(before.value) and key.value.isdecimal()
            adjacent = is_number or key.start_mark.index == before.end_mark.index + 1
            before.value += f",{key.value}" if adjacent else f", {key.value}"
            before.tag, before.end_mark = _TEXT_TAG, key.end_mark
            if not is_number and before not in self.cut:
                self.cut.append(before)
        return joined

    def check_mapping_key(self, node: Any, key_node: Any, mapping: Any, key: Any, value: Any) -> bool:
        if key not in mapping:
            return True
        self.repeated.append((key_node.start_mark.line + 1, str(key)))
        return False


_TEXT_TAG = "tag:yaml.org,2002:str"
_DIGITS = re.compile(r"[+-]?\d+")
_KEY = re.compile(r"[A-Za-z_]+")


def _goes_on(before: Any, key: Any, value: Any) -> bool:
    """Whether what YAML takes for a key without value goes on with the value before it, behind a comma."""
    scalars = all(isinstance(each, ScalarNode) for each in (before, key, value))
    return (
        scalars
        and value.value == ""
        and value.start_mark.index == value.end_mark.index
        and before.value != ""
        and (before.style or key.style) is None
        and not _KEY.fullmatch(key.value)
    )


# A day that the calendar lacks would stop the reader; as text it reaches pydantic, which knows where it stands.
_Constructor.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_yaml_str)


_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{0,6})?")


def _as_number(kind: str) -> Any:
    """Reads a number as people write it; anything else that YAML takes for one is text, until pydantic looks at it.

    A float would lose digits or become endless (``1e999``), and Python refuses to read a number of 5,000 digits.
    """
    construct = RoundTripConstructor.yaml_constructors[f"tag:yaml.org,2002:{kind}"]

    def constructed(self: _Constructor, node: ScalarNode) -> Any:
        return construct(self, node) if _PLAIN_NUMBER.fullmatch(node.value) else self.construct_yaml_str(node)

    return constructed


for _kind in ("int", "float"):
    _Constructor.add_constructor(f"tag:yaml.org,2002:{_kind}", _as_number(_kind))


# --- characters ------------------------------------------------------------------------------------------

_CONTROL_CHARACTERS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that no workbook can hold, that end lines, or that turn the direction of writing."""


def with_control_characters(node: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where such a character stands, in a value or in a key: YAML can write each as ``\\u202e``."""
    if isinstance(node, str) and not node.isprintable() and _CONTROL_CHARACTERS.search(node):
        yield place
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from with_control_characters(key, (*place, key))
            yield from with_control_characters(value, (*place, key))
    elif isinstance(node, list):
        for key, value in enumerate(node):
            yield from with_control_characters(value, (*place, key))
