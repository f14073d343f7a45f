"""What holds of the rooms of the house: their direction is held by import-linter (``make lint``), the rest here."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

ROOMS = sorted(path.parent for path in (ROOT / "pipeline").rglob("__init__.py"))


@pytest.mark.parametrize("module", ["pipeline.intake.take", "pipeline.feedback.resaving"])
def test_a_worker_starts_without_what_takes_long_to_import(module: str) -> None:
    code = f"import sys, {module}; print(*{{'pandas', 'pydantic', 'pandera'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.relative_to(ROOT).as_posix())
def test_a_room_s_face_is_words_alone(room: Path) -> None:
    """Nothing is imported by entering a room, so that whoever wants one light module gets no more."""
    if room.name in ("pipeline", "cli", "page"):  # the version; the commands put together; the page itself
        return
    body = ast.parse((room / "__init__.py").read_text(encoding="utf-8")).body
    assert [type(each) for each in body] == [ast.Expr]


def test_each_room_of_the_flow_says_how_to_enter_it() -> None:
    silent = [
        room.name
        for room in ROOMS
        if room.parent == ROOT / "pipeline"
        and not all(
            mark in (ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or "")
            for mark in ("In:", "Out:", "Promise", "Start with", "May import:")
        )
    ]
    assert silent == []


def test_only_some_rooms_know_these_libraries() -> None:
    """A library that writes, stores or reads is met in one place, so that its ways are known there."""
    known = {
        "sqlite3": {"state"},
        "ruamel": {"rules", "rubric_workbook"},
        "python_calamine": {"forms", "rubric_workbook", "verification"},
        "imap_tools": {"mail"},
        "jinja2": {"mail", "outputs"},
    }
    found: dict[str, set[str]] = {name: set() for name in known}
    for path in (ROOT / "pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for name in {each.split(".")[0] for each in names} & known.keys():
                found[name].add(path.relative_to(ROOT / "pipeline").parts[0])
    assert {name: rooms - known[name] for name, rooms in found.items()} == {name: set() for name in known}
