"""One function opens files of the inbox; whatever else opens a file is listed here, with the reason why it may.

A file of ours lies where only the officer and the program write: the outbox, the ledger, the rules, our own templates.
A new file in a folder of others is made by :mod:`pipeline.new_files`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pipeline

ROOM = Path(pipeline.__path__[0])

MAY = {
    "intake/arrival.py": "the one function that opens files of the inbox",
    "new_files.py": "the one that makes new files where others can write",
    "engines.py": "the size of this process, and the way to be silent",
    # our own outputs, within a folder that is made for them
    "feedback/feedback.py": "writes marked files into the staged outbox",
    "mail/drafts.py": "writes letters into a staged folder",
    "outputs/data.py": "writes tables into the staged outbox",
    "outputs/proofs.py": "writes proofs into the staged outbox",
    "outputs/page/__init__.py": "writes pages into the staged outbox, by our own templates",
    "outputs/radio/bulletin.py": "writes its text into the staged outbox",
    # what a run of ours wrote before, and what only the officer writes
    "feedback/resaving.py": "the parts of a workbook that openpyxl itself has just written, in a folder of its own",
    "mail/messages.py": "attaches files of the outbox",
    "mail/letters.py": "templates: ours, and those of the rules",
    "mail/login.py": "the officer's own file of passwords",
    "rubric_workbook/editing.py": "the rule file that it changes",
    "rules/yaml_file.py": "by yaml_text",
    "rules/yaml_text.py": "rule files: regular ones, of a bounded size",
    "state/exclusive_run.py": "who holds the lock",
    "state/handwork.py": "outputs, to know whether people changed them, and the record of what we wrote",
    "state/ledger.py": "the first bytes of the ledger",
    "state/ledger_repair.py": "a copy of a damaged ledger, beside it",
    "state/outbox.py": "carries over what stays of an outbox",
    "state/losses.py": "what is remembered beside the ledger",
    "state/manifest.py": "the manifest, and the outputs that it names",
    "state/published.py": "tables and manifest of the outbox",
    "state/seal_keys.py": "the key for seals, beside the ledger, through no link",
    "state/permissions.py": "the handle of a folder of ours, to set its mode",
    "verification/public_set.py": "a unit's proof, within a bound",
    "verification/workbooks.py": "formulas, in a worker, of a workbook whose size and cells were looked through before",
    "cli/failures.py": "the report of a fault of ours",
}  # fmt: skip

OPENING = {"open", "read_bytes", "read_text", "write_bytes", "write_text", "from_path", "from_filelike", "fdopen",
           "mkstemp", "NamedTemporaryFile", "load_workbook", "copyfile", "copy", "copy2"}  # fmt: skip
READERS = {"forms/readers.py": {"from_filelike", "load_workbook"}}
"""What parses bytes that were looked through before, and opens nothing itself."""

OF_BYTES = {"copy"}
"""Names that mean something else, unless they are called on ``shutil``."""


def opened(module: Path) -> Iterator[tuple[str, int]]:
    """Each call in a module that opens a file, or may, and its line."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            owner, _dot, name = ast.unparse(node.func).rpartition(".")
            of_package = name == "open" and owner in ("package", "archive")  # a part of a zip that is in the memory
            if name in OPENING and not of_package and (name not in OF_BYTES or owner == "shutil"):
                yield name, node.lineno


def test_whatever_opens_a_file_is_known_and_has_a_reason() -> None:
    found: dict[str, set[str]] = {}
    for module in ROOM.rglob("*.py"):
        name = module.relative_to(ROOM).as_posix()
        calls = {call for call, _line in opened(module)} - READERS.get(name, set())
        if calls:
            found[name] = calls
    assert {name: calls for name, calls in found.items() if name not in MAY} == {}, "go by arrival.read or new_files"
    assert set(MAY) - found.keys() == set(), "opens nothing any more"


def test_the_test_itself_finds_what_opens(tmp_path: Path) -> None:
    calls = ("os.open('x', 0)", "open('x')", "Path('x').read_bytes()", "shutil.copy('a', 'b')", "package.open('x')")
    (tmp_path / "a.py").write_text("\n".join(calls))
    assert [line for _name, line in opened(tmp_path / "a.py")] == [1, 2, 3, 4]
