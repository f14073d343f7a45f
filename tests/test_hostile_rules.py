"""Rule files changed at random: whatever somebody made of them, they are sound or told with file and line.

Nothing else comes out of reading and showing them: no other exception, no program stopped.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from pipeline import i18n
from pipeline.rules.yaml_file import MOST_PROBLEMS, RuleFilesWrong
from pipeline.rules.year import Rules, load_rules, newest_rules
from pipeline.screens import rulebook
from tests.rule_texts import YEAR, assert_problems, marked, problems, write, year

THON_FILE = "blocs/thon.yaml"

NUMBERS = ("0", "-1", "1e999999", "'1e999999'", "'1e308'", "1" * 30, "1" * 1_900, "0." + "1" * 50, "'NaN'", ".inf")
ODD = ("~", "[]", "{}", "''", "true", "[[]]", "{a: [b]}", "0x1F", "2023-02-30", "0001-01-01", "9999-12-31", "24:00")
HOSTILE = ('"\\0"', '"\\ud800"', "!!python/none ''", "&a [*a]", "*a", "{<<: 1}", "'" + "(" * 900 + "'", "'%s{x}'", "- ")

values = st.sampled_from((*NUMBERS, *ODD, *HOSTILE)) | st.text(max_size=20)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, str]:
    """The small year, with a few of its lines or values changed."""
    texts = dict(YEAR)
    for _number in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(texts)))
        lines = texts[name].splitlines()
        place = draw(st.integers(0, len(lines) - 1))
        key, colon, _value = lines[place].partition(": ")
        match draw(st.sampled_from(("value", "value", "value", "twice", "gone", "moved", "part"))):
            case "value":
                lines[place] = f"{key}{colon or ': '}{draw(values)}"
            case "twice":
                lines.insert(place, lines[place])
            case "gone":
                del lines[place]
            case "moved":
                lines[place] = " " * draw(st.integers(0, 9)) + lines[place].lstrip()
            case "part":
                lines[place] = lines[place][: draw(st.integers(0, len(lines[place])))]
        texts[name] = "\n".join(lines) + "\n"
    return texts


MANY = 60
BANDS = ", ".join(f"{{from: {n}, to: {n + 1}, points: 1}}" for n in range(MANY))
INPUTS = ", ".join(f"{{code: I{n}, name: a}}" for n in range(MANY))
SCORE = "score: {method: ratio, zero_target: none}"

BEYOND = {
    "points": (THON_FILE, "points: 40\n", "points: 1e999999  # <-- “points” is 1e999999, which is too | 1000000\n"),
    "points as text": (THON_FILE, "points: 40\n", "points: '1e308'  # <-- “points” is 1e308, which is too | 1000000\n"),
    "points that no contest has": (
        THON_FILE,
        "points: 40\n",
        "points: 10000001  # <-- which is too large | 10000000\n",
    ),
    "points without end": (THON_FILE, "points: 40\n", "points: .inf  # <-- “.inf” is not a number | write digits\n"),
    "points of many digits": (
        THON_FILE,
        "points: 40\n",
        f"points: 0.{'3' * 16}  # <-- “0.{'3' * 16}” has more digits than a spreadsheet keeps | at most 15 digits\n",
    ),
    "a total": (THON_FILE, "total: 100", "total: 1e30  # <-- “total” is 1e30, which is too large | 1000000"),
    "a target": (THON_FILE, "target: 90", f"target: 1{'0' * 12}  # <-- “target” is 1{'0' * 12}, which is too | fewer"),
    "what a case costs": (THON_FILE, "each: 1}", "each: 1e-20}  # <-- “1e-20” has more digits than | at most 15"),
    "the first of two bands": (THON_FILE, "points: 15}", "points: -1e15}  # <-- “points” is -1e15, which is | fewer"),
    "members": ("plan.yaml", "members: 9}", f"members: {'9' * 30}}}  # <-- which is too large | at most 1000"),
    "a year": ("plan.yaml", "year: 2023\n", f"year: {'2' * 1_900}  # <-- which is too large | at most 2100\n"),
    "bands": (THON_FILE, SCORE, f"score: {{method: bands, bands: [{BANDS}]}}  # <-- too many entries | at most 50"),
    "inputs": (
        THON_FILE,
        SCORE,
        f"score: {{method: formula, formula: I1}}\n          inputs: [{INPUTS}]  # <-- too many entries | at most 50",
    ),
}


@pytest.mark.parametrize("change", BEYOND.values(), ids=BEYOND.keys())
def test_what_no_spreadsheet_can_hold_is_told_at_its_line(tmp_path: Path, change: tuple[str, str, str]) -> None:
    texts = year(change)
    with i18n.using_language("en"):
        assert_problems(problems(write(tmp_path, texts)), tmp_path, marked(texts))


def test_of_thousands_of_problems_the_first_are_told_at_once(tmp_path: Path) -> None:
    texts = year((THON_FILE, "name: Khối thôn\n", "name: Khối thôn\n" + "".join(f"key{n}: 1\n" for n in range(4_000))))
    start = time.monotonic()
    assert len(problems(write(tmp_path, texts))) == MOST_PROBLEMS
    assert time.monotonic() - start < 5.0  # each of them looks for a key of a similar name


def test_a_crowd_of_bloc_files_is_told_and_not_read(tmp_path: Path) -> None:
    write(tmp_path, {f"blocs/x{n}.yaml": "code: [" for n in range(3_000)} | YEAR)
    start = time.monotonic()
    found = {each.file.name: each.what for each in problems(tmp_path)}
    assert time.monotonic() - start < 5.0
    assert found["plan.yaml"] == "có 3002 tệp quy định của khối bên cạnh kế hoạch này"
    assert len(found) == 1 + 100 - 2  # "thon" and "truong" come before them, and are sound


def test_folders_that_lead_away_or_go_deep_are_not_searched(tmp_path: Path) -> None:
    rules_2023 = write(tmp_path / "rules" / "2023", YEAR)
    deep = rules_2023 / "blocs"
    for _level in range(1_100):
        deep /= "a"
        deep.mkdir()
    assert load_rules(rules_2023).warnings == ()
    while deep != rules_2023 / "blocs":  # functions that call themselves cannot remove it
        deep.rmdir()
        deep = deep.parent
    shutil.move(rules_2023 / "blocs", tmp_path / "away")
    (rules_2023 / "blocs").symlink_to(tmp_path / "away")
    start = time.monotonic()
    assert {(each.file.name, each.line) for each in problems(rules_2023)} == {("thon.yaml", 1), ("truong.yaml", 1)}
    (rules_2023 / "blocs").unlink()
    (rules_2023 / "blocs").symlink_to("/")
    assert [each.line for each in problems(rules_2023)] == [1]
    assert time.monotonic() - start < 5.0


@pytest.mark.parametrize("name", ["2²", "2023²", "٢٠٢٣"])
def test_a_folder_whose_name_only_looks_like_a_year(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, YEAR)
    assert load_rules(write(tmp_path / "2023", YEAR)).plan.year == 2023
    assert newest_rules(tmp_path).name == "2023"
    assert {each.line for each in problems(tmp_path / name)} <= {2}


@settings(max_examples=60)
@given(mutated())
def test_changed_rule_files_are_sound_or_told_with_file_and_line(texts: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rules_2023 = Path(folder) / "rules" / "2023"
        write_any(rules_2023, texts)
        try:
            rules = load_rules(rules_2023)
        except RuleFilesWrong as wrong:
            for problem in wrong.problems:
                text = texts[problem.file.relative_to(rules_2023).as_posix()]
                assert 1 <= problem.line <= text.count("\n") + 2
                assert problem.what
                assert problem.remedy
        else:
            shown(rules)


def write_any(folder: Path, texts: dict[str, str]) -> None:
    """Also a lone surrogate can be in a text: as three bytes that are no UTF-8."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))


def shown(rules: Rules) -> None:
    """What a check shows, and what forms are made from, can be had of any sound rules."""
    rulebook.show(rules, Console(file=io.StringIO()))
    for bloc in rules.blocs:
        for each in rules.plan.rounds:
            rules.fingerprint(bloc, each)
