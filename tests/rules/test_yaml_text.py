"""Texts that are to stop the program, or to make it do something else than read: each told with its line, at once."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import i18n
from pipeline.rules import yaml_text
from pipeline.rules.yaml_text import Unreadable, parsed, read_text

QUICKLY = 3.0
"""Seconds: the texts below would take minutes or for ever; each takes less than one."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with i18n.using_language("en"):
        yield


def refusal(text: str) -> tuple[int, str]:
    """On which line the text is refused, and why; it does not take long."""
    start = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        parsed(text)
    assert time.monotonic() - start < QUICKLY
    return caught.value.line, caught.value.words[0]


def laughing(one: str, joined: str) -> str:
    """A line, and nine further ones, each of which repeats the one above nine times: a billion of it in all."""
    lines = [f"a: &a {one}"]
    for above, name in zip("abcdefghi", "bcdefghij", strict=True):
        lines.append(f"{name}: &{name} {joined.format(*[f'*{above}'] * 9)}")
    return "\n".join(lines) + "\n"


MAP = "{{1: {}, 2: {}, 3: {}, 4: {}, 5: {}, 6: {}, 7: {}, 8: {}, 9: {}}}"
LIST = "[{}, {}, {}, {}, {}, {}, {}, {}, {}]"
TOO_MANY = "up to here the file has more than 10,000 values, those repeated by “*” counted each time"
TOO_DEEP = "more than 30 lists and groups of keys stand in one another"

REFUSED = {
    "a billion entries": (laughing("[1]", LIST), 5, TOO_MANY),
    "a billion keys": (laughing("{x: 1}", MAP), 5, TOO_MANY),
    "a billion merged keys": (laughing("{x: 1}", "{{<<: " + LIST + "}}"), 5, TOO_MANY),
    "many keys": ("".join(f"k{n}: 1\n" for n in range(20_000)), 5000, TOO_MANY),
    "deep brackets": ("a: 1\nb: " + "[" * 900 + "]" * 900, 2, TOO_DEEP),
    "brackets without end": ("a: 1\nb: " + "[" * 100_000, 2, TOO_DEEP),
    "deep braces": ("b: " + "{a: " * 900 + "}" * 900, 1, TOO_DEEP),
    "deep indentation": ("\n".join(" " * n + "a:" for n in range(400)), 30, TOO_DEEP),
    "deep hyphens": ("- " * 900, 1, TOO_DEEP),
    "deep by repetition": ("a: &a0 [1]\n" + "".join(f"b: &a{n} [*a{n - 1}]\n" for n in range(1, 90)), 29, TOO_DEEP),
    "it repeats itself": ("a: 1\nb: &b [1, *b]\n", 2, "“*b” repeats the very thing in which it stands"),
    "it repeats itself under a name used before": (
        "a: &b 1\nb: &b\n  c: *b\n",
        3,
        "“*b” repeats the very thing in which it stands",
    ),
    "a long text": ("a: 1\nb: '" + "x" * 2_001 + "'\n", 2, "a value has 2,001 characters"),
    "a long number": ("a: 1\nb: " + "1" * 5_000, 2, "a value has 5,000 characters"),
    "a long key": ("a: 1\n? " + "x" * 2_001 + "\n: 1\n", 2, "a value has 2,001 characters"),
    "python is called": ('a: 1\nb: !!python/object/apply:os.system ["id"]\n', 2, "a value starts with “!”"),
    "a type of python": ("a: !<tag:yaml.org,2002:python/name:os.system> ''\n", 1, "a value starts with “!”"),
    "bytes": ("a: !!binary R0lGODlhDA==\n", 1, "a value starts with “!”"),
    "a set": ("a: !!set {b, c}\n", 1, "a value starts with “!”"),
    "a list of pairs": ("a: !!omap [b: 1]\n", 1, "a value starts with “!”"),
    "a number in a wrong type": ("a: !!int x\n", 1, "a value starts with “!”"),
    "a type nobody knows": ("a:\n  !x\n  b: 1\n", 2, "a value starts with “!”"),
    "a list as key": ("a: 1\n? [b]\n: 1\n", 2, "a key must be a plain word"),
    "keys as key": ("{b: 1}: 1\n", 1, "a key must be a plain word"),
    "a repeated key": ("a: &a 1\n*a : 2\n", 2, "a key must be a plain word"),
    "keys within keys": ("? " * 900, 1, "a key must be a plain word"),
    "another version": ("%YAML 1.1\n---\na: no\n", 1, "a line starts with “%”"),
    "a version like no other": ("# a\n%YAML 1." + "9" * 5_000 + "\n---\n", 2, "a line starts with “%”"),
    "types by another name": ("%TAG ! tag:x,2000:\n---\na: 1\n", 1, "a line starts with “%”"),
    "merged with a number": ("a: 1\n<<: 1\n", 2, "the text cannot be read as settings"),
}


@pytest.mark.parametrize(("text", "line", "what"), REFUSED.values(), ids=REFUSED.keys())
def test_what_no_rule_file_needs_is_refused_on_its_line(text: str, line: int, what: str) -> None:
    assert refusal(text) == (line, what)


def test_what_is_within_the_bounds_is_read() -> None:
    aliases = parsed("a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\nd: &a 3\ne: *a\n").data
    assert {key: dict(value) if isinstance(value, dict) else value for key, value in aliases.items()} == {
        "a": {"x": 1},
        "b": {"x": 1},
        "c": {"x": 1, "y": 2},
        "d": 3,
        "e": 3,
    }
    assert len(parsed("a: [" + "1, " * 9_990 + "]").data["a"]) == 9_990
    assert parsed("[" * 29 + "1" + "]" * 29).data


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12", 12),
        ("-3", -3),
        ("2.5", 2.5),
        ("+0.125", 0.125),
        ("017", 17),
        *((text, text) for text in ("1e999999", "1e308", "-1E5", ".inf", "-.INF", ".nan", "0x1F", "0o17", "1_000")),
        *(
            (text, text)
            for text in ("190:20:30", "0b11", "1" * 1_000, "0." + "3" * 1_000, "2001-12-14t21:59:43Z", "no")
        ),
    ],
)
def test_a_number_is_what_people_write_and_anything_else_is_text(text: str, read: object) -> None:
    found = parsed(f"a: {text}").data["a"]
    assert (found, isinstance(found, str)) == (read, isinstance(read, str))


def test_a_file_is_read_to_its_bound_alone(tmp_path: Path) -> None:
    large, pipe, largest = tmp_path / "large", tmp_path / "pipe", tmp_path / "largest"
    with large.open("wb") as file:
        file.truncate(30_000_000_000)  # of zeros that take no place on the disk
    os.mkfifo(pipe)
    largest.write_bytes(b"#" * yaml_text.MOST_BYTES)
    start = time.monotonic()
    refused = []
    for path in (large, pipe, tmp_path, tmp_path / "none", Path("/dev/zero")):
        with pytest.raises(Unreadable) as caught:
            read_text(path)
        refused.append(caught.value.words[0])
    assert time.monotonic() - start < QUICKLY
    cannot = "the file cannot be opened"
    assert refused == ["the file has more than 250,000 bytes", cannot, cannot, "the file is not there", cannot]
    assert len(read_text(largest)) == yaml_text.MOST_BYTES
