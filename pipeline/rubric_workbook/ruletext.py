"""One value of a rule file changed in its text, and nothing else: comments, order, quotes and line ends stay.

In: the text of a YAML file, an address, a new value. Out: the new text. ruamel.yaml says where each value stands;
only these characters are replaced. Whether the result is what was wanted is for the caller to check, by reading it.
"""

from __future__ import annotations

import json
import re

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pipeline.rubric_workbook.entries import Address, Value, canonical


def replace_value(text: str, address: Address, value: Value) -> str | None:
    """``text`` with ``value`` at ``address``; nothing (``None`` or "") removes the key.

    None where the thing that should hold the value is not in this text: it may come from another file.
    """
    holder = _find(YAML(typ="rt").compose(text), address[:-1])
    if isinstance(holder, SequenceNode):
        return _with_listed(text, holder, address[-1], value)
    if not isinstance(holder, MappingNode):
        return None
    place = next((n for n, (key, _each) in enumerate(holder.value) if key.value == address[-1]), None)
    if value is None or value == "":
        return text if place is None else _without(text, holder, place)
    if place is None:
        return _with_new(text, holder, f"{address[-1]}: {_scalar(value, None, bool(holder.flow_style))}")
    return _replaced(text, holder.value[place][1], value, bool(holder.flow_style))


def _find(node: Node | None, address: Address) -> Node | None:
    for part in address:
        if isinstance(node, MappingNode):
            node = next((each for key, each in node.value if key.value == part), None)
        elif isinstance(node, SequenceNode):
            node = _item(node, part)
        else:
            return None
    return node


def _item(node: SequenceNode, part: str) -> Node | None:
    """The entry of a list that has this code, or else this number."""
    for each in node.value:
        if isinstance(each, MappingNode) and any(k.value == "code" and v.value == part for k, v in each.value):
            return each
    return node.value[int(part)] if part.isdigit() and int(part) < len(node.value) else None


def _with_listed(text: str, holder: SequenceNode, part: str, value: Value) -> str | None:
    """A plain value in a list, such as a weight among weights; it can be changed and not removed."""
    node = _item(holder, part)
    return None if node is None or value in (None, "") else _replaced(text, node, value, bool(holder.flow_style))


def _replaced(text: str, node: Node, value: Value, flow: bool) -> str | None:
    if not isinstance(node, ScalarNode):
        return None
    start = node.start_mark.index
    end = start + len(text[start : node.end_mark.index].rstrip())  # a folded text ends where the next thing begins
    return text[:start] + _scalar(value, node.style, flow) + text[end:]


def _with_new(text: str, holder: MappingNode, line: str) -> str:
    """A new key: behind the others between braces, else on a line of its own below the last short one."""
    if holder.flow_style:
        before = text[: holder.end_mark.index - 1].rstrip()
        return before + (" " if before.endswith(",") else ", ") + line + text[len(before) :]
    first = holder.value[0][0].start_mark
    start: int = first.index
    newline: str = ("\r\n" if "\r\n" in text else "\n") + " " * first.column
    short = [each for key, each in holder.value if _follows(text, key, each)]
    if not short:
        return text[:start] + line + newline + text[start:]
    end = _end_of_line(text, short[-1].end_mark.index)
    return text[:end] + newline + line + text[end:]


def _follows(text: str, key: Node, value: Node) -> bool:
    """Whether the value stands behind its key on one line (a named value stands where it was named)."""
    start, end = key.end_mark.index, value.end_mark.index
    return value.start_mark.index >= start and "\n" not in text[start:end]


def _end_of_line(text: str, start: int) -> int:
    """Before the line break, be it of one character or of two."""
    line_break = re.compile(r"\r?\n|\Z").search(text, start)
    return line_break.start() if line_break else len(text)


def _without(text: str, holder: MappingNode, place: int) -> str:
    """Without a key; in a list between braces with one comma, else with its line and the comment on it."""
    key, value = holder.value[place]
    start, end = key.start_mark.index, value.end_mark.index
    if holder.flow_style and place:
        return text[: holder.value[place - 1][1].end_mark.index] + text[end:]
    if place + 1 < len(holder.value) and (holder.flow_style or not place):
        return text[:start] + text[holder.value[place + 1][0].start_mark.index :]
    end = start + len(text[start:end].rstrip())
    line_end = _end_of_line(text, end)
    return text[: text.rfind("\n", 0, start) + 1] + text[line_end:].removeprefix("\r").removeprefix("\n")


def _scalar(value: Value, style: str | None, flow: bool) -> str:
    """A value as YAML has it, in the quotes that stood there, or in none where it reads back without."""
    text = canonical(value)
    if not isinstance(value, str):
        return text
    if style == "'" and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and _reads_back(text, flow):
        return text
    return json.dumps(text, ensure_ascii=False)


_INDICATORS = tuple("[]{}&*!|>%@`#,?\"'-:")
"""How a text begins that YAML may take for something else; of brackets upon brackets it takes long to find out."""


def _reads_back(text: str, flow: bool) -> bool:
    if text.startswith(_INDICATORS):
        return False
    try:
        read = YAML(typ="rt").load(f"[{{a: {text}}}]" if flow else f"- a: {text}")
    except (YAMLError, ValueError, RecursionError):  # no YAML; a number, or brackets, beyond what Python takes
        return False
    return bool(len(read) == 1 and list(read[0].items()) == [("a", text)])
