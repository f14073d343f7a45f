"""The documents say what is: commands, options, targets, files and pictures are there, and examples run."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import polib
import pytest

from pipeline import i18n
from pipeline.cli import cli, watching
from pipeline.methods.inputs import Input
from pipeline.methods.method import Scale, formula
from pipeline.methods.parameters import parameters
from pipeline.rules.rubric import (
    Bloc,
    ClassLevel,
    Condition,
    Criterion,
    CriterionGroup,
    Exclusion,
    Rubric,
    TieBreak,
    Unit,
)
from tests.doc_texts import ROOT, texts
from tests.method_texts import HEAD
from tests.methods.worked import BLANK, points
from tests.pictures import LIMIT, PICTURES, PICTURES_MADE

DOCS = {
    path: path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "docs" / "HUONG-DAN.md", ROOT / "docs" / "DEVELOPING.md")
}
README, GUIDE, DEVELOPING = DOCS.values()


def blocks(text: str, *languages: str) -> list[str]:
    """What stands in fenced blocks of these languages."""
    return [code for language, code in re.findall(r"^```(\w+)\n(.*?)^```", text, re.M | re.S) if language in languages]


def spans(text: str) -> list[str]:
    """What stands between single backticks, outside of fenced blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


# --- commands -----------------------------------------------------------------------------------------


def test_the_table_of_commands_names_every_command_with_all_its_options() -> None:
    rows = re.findall(r"^\| `thidua (\w+)` (.*)$", README, re.M)
    shown = {name: set(re.findall(r"--[a-z-]+", line)) for name, line in rows}
    assert shown == {name: options(command) for name, command in cli.commands.items()}


OF_ALL = {"--help", "--lang"}
"""Options that every command has; the README tells of them beside the table."""


def test_the_options_of_every_command_are_told() -> None:
    for command in (cli, *cli.commands.values()):
        assert {flag for each in command.params for flag in each.opts} >= OF_ALL
    assert all(f"`{flag}" in README for flag in OF_ALL)


def options(command: click.Command) -> set[str]:
    """Its own, or those of all commands of a group."""
    if isinstance(command, click.Group):
        return set().union(*map(options, command.commands.values()))
    return {flag for each in command.params if isinstance(each, click.Option) for flag in each.opts} - OF_ALL


def test_the_table_of_exit_codes_is_complete() -> None:
    from pipeline.errors import ExitCode

    assert re.findall(r"^\| (\d) \|", README, re.M) == [str(code.value) for code in ExitCode]


def test_make_targets_shown_exist_and_all_are_shown() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    code = "\n".join(part for text in DOCS.values() for part in (*blocks(text, "sh", "bat"), *spans(text)))
    named = set(re.findall(r"\bmake ([a-z]+)\b", code))
    assert named - targets == set(), "shown, and not in the Makefile"
    assert targets - set(re.findall(r"`make ([a-z]+)`", README)) == set(), "in the Makefile, and not in the README"


PROGRAM = re.compile(r"^(?:(?:\.venv/bin/)?thidua|\.venv[/\\]\w+[/\\]python -m pipeline) (.*?)(?:\s+#.*)?$", re.M)
EXAMPLES = sorted(
    {line for text in DOCS.values() for code in blocks(text, "sh", "bat") for line in PROGRAM.findall(code)}
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the project's rules and sample, to run the examples in."""
    for name in ("rules", "inbox"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for path in (tmp_path / "inbox").rglob("*.xlsx"):  # a few forms will do
        if path.parent.name != "hoi-dong" and not path.name.casefold().startswith(("th", "phieu")):
            path.unlink()
    (tmp_path / "thu-den").mkdir()
    return tmp_path


def test_every_example_runs_and_the_outputs_shown_are_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, real_key: None
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(watching, "follow", lambda _folders, work, **_more: work())  # else it would never end
    assert {line.split()[0] for line in EXAMPLES} == set(cli.commands)
    for line in sorted(
        EXAMPLES, key=lambda line: not line.startswith(("run ", "watch "))
    ):  # others look at what a run left
        cli.main(shlex.split(line), prog_name="thidua", standalone_mode=False)  # raises where it fails
    named = {span for text in DOCS.values() for span in spans(text) if span.startswith("outbox/") and "<" not in span}
    assert {name for name in named if not (folder / name).exists()} == set()
    outbox = folder / "outbox" / "2023" / "tong-ket"
    table = README.partition("## What lands in")[2].partition("\n## ")[0]
    listed = [re.sub("<(unit|bloc)>", "*", pattern) for pattern in re.findall(r"^\| `([^`]+)`", table, re.M)]
    written = {path.relative_to(outbox).as_posix() for path in outbox.rglob("*") if path.is_file()}
    assert {path for path in written if not any(Path(path).match(pattern) for pattern in listed)} == set()
    assert [pattern for pattern in listed if not list(outbox.glob(pattern))] == []


# --- files --------------------------------------------------------------------------------------------

A_PATH = re.compile(r"(rules|inbox|tests|pipeline|docs|\.ci)/\S*|[\w.-]+\.(toml|lock)")


def test_every_path_shown_exists() -> None:
    named = {span for text in DOCS.values() for span in spans(text) if A_PATH.fullmatch(span)}
    patterns = {name: re.sub(r"<[^>]+>", "*", name).rstrip("/") for name in named}
    assert {name for name, pattern in patterns.items() if "…" not in name and not list(ROOT.glob(pattern))} == set()


def test_every_link_leads_somewhere() -> None:
    broken = []
    for path, text in DOCS.items():
        anchors = {anchor(title) for title in re.findall(r"^#+ (.*)$", text, re.M)}
        for target in re.findall(r"\]\(([^)]+)\)", text):
            file, _hash, part = target.partition("#")
            if (file and not (path.parent / file).exists()) or (part and not file and part not in anchors):
                broken.append((path.name, target))
    assert broken == []


def anchor(title: str) -> str:
    """As GitHub and GitLab make it of a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_the_rooms_are_told_in_the_order_of_the_flow() -> None:
    """The table of rooms, the tool that holds the flow, and the folders say the same."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    lines = contract["importlinter:contract:flow"]["layers"].split("\n")
    floor = {name: place for place, line in enumerate(lines) for name in re.findall(r"\w+", line)}
    inside = (ROOT / "pipeline").iterdir()
    there = {path.stem for path in inside if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert floor.keys() == there - {"__init__"}
    table = DEVELOPING.partition("| Room |")[2].partition("\n\n")[0].splitlines()
    rooms = [match[1] for line in table if (match := re.match(r"\| `([a-z_]+)(?:/|\.py)` \|", line))]
    assert sorted(rooms, key=floor.__getitem__) == rooms
    assert floor.keys() - {"__main__", *rooms} == set(re.findall(r"`(\w+)\.py`", table[-1]))


def test_pictures_are_shown_and_light() -> None:
    shown = {Path(target).name for text in DOCS.values() for target in re.findall(r"!\[[^]]*\]\(([^)]+\.png)\)", text)}
    assert shown == {f"{picture.name}.png" for picture in PICTURES_MADE}
    assert {path.name for path in PICTURES.iterdir()} == shown
    assert [path.name for path in PICTURES.iterdir() if path.stat().st_size > LIMIT] == []


def test_generated_texts_are_up_to_date() -> None:
    stale = [path.name for path, text in texts().items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run make pictures"


def test_notices_quoted_in_the_guide_are_those_of_the_catalogue() -> None:
    catalogue = polib.pofile(str(ROOT / "pipeline" / "locale" / "vi" / "LC_MESSAGES" / "thidua.po"))
    known = {re.sub(r"{\w+}", "…", entry.msgstr) for entry in catalogue}
    section = GUIDE.partition("\n### 8. ")[2].partition("\n### 9. ")[0]
    quoted = re.findall(r"^\| “(.+)” \|", section, re.M)
    assert quoted
    assert [notice for notice in quoted if notice not in known] == []


def test_every_key_of_a_bloc_file_is_explained_to_officers() -> None:
    models = (Bloc, Unit, Rubric, CriterionGroup, Criterion, Condition, Input, ClassLevel, TieBreak, Exclusion)
    keys = {info.alias or name for model in models for name, info in model.model_fields.items()}
    assert keys - set(re.findall(r"\w+", " ".join(spans(HEAD)))) == set()


# --- the recipe ---------------------------------------------------------------------------------------


def test_the_scoring_method_of_the_recipe_scores() -> None:
    code, its_tests = blocks(DEVELOPING, "python")
    made: dict[str, Any] = {"__name__": "recipe"}
    exec(compile(code + its_tests, "DEVELOPING.md", "exec", dont_inherit=True), made)  # noqa: S102
    made["Shortfall"].model_rebuild(_types_namespace=made)
    method = made["Shortfall"](method="shortfall", each="0.5")
    entered = {"target": [10, 10, 10, BLANK], "actual": [12, 8, -10, 5]}
    assert points(method, Scale(Decimal(5)), **entered) == [5, 4, 0, 0]
    assert [
        formula(made["Shortfall"](method="shortfall", **each), of, {"target": "E7", "actual": "F7"})
        for each, of in made["FORMULAS"]
    ] == [
        '=IF(F7="",0,IF(E7="",0,IF(F7>=E7,5,ROUND(MAX(0,MIN(5,ROUND(5-ROUND(E7-F7,6)*0.5,6))),2))))',
        '=IF(F7="",0,IF(E7="",0,IF(F7>=E7,-2.5,0-ROUND(MAX(0,MIN(2.5,ROUND(2.5-ROUND(E7-F7,6)*0.125,6))),2))))',
    ]
    with i18n.using_language("en"):
        for each, of, words in made["DESCRIBED"]:
            assert made["Shortfall"](method="shortfall", **each).describe(of) == words
    assert [each.title for each in parameters(made["Shortfall"])] == ["Points for each unit below the target"]
