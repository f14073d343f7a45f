"""Rule files changed at random: whatever somebody made of them, they are sound or told with file and line.

Nothing else comes out of reading and showing them: no other exception, no program stopped.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from pipeline.rules.yaml_file import RuleFilesWrong
from pipeline.rules.year import Rules, load_rules
from pipeline.screens import rulebook
from tests.rule_texts import YEAR

NUMBERS = (
    "0",
    "-1",
    "1e999999",
    "'1e999999'",
    "'1e308'",
    "1" * 30,
    "1" * 1_900,
    "'0." + "1" * 50 + "'",
    "'NaN'",
    ".inf",
)
ODD = ("~", "[]", "{}", "''", "true", "[[]]", "{a: [b]}", "0x1F", "2023-02-30", "0001-01-01", "9999-12-31", "24:00")
HOSTILE = ('"\\0"', '"\\ud800"', "!!python/none ''", "&a [*a]", "*a", "{<<: 1}", "'" + "(" * 900 + "'", "'%s{x}'", "- ")
FORMULAS = (
    "'" + "+".join(["actual"] * 280) + "'",
    "'actual" + "%" * 1_900 + "'",
    "'" + "1/(" * 9 + "actual" + ")" * 9 + "'",
)

values = st.sampled_from((*NUMBERS, *ODD, *HOSTILE, *FORMULAS)) | st.text(max_size=20)


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


def formula(points: str) -> dict[str, str]:
    """The small year with a formula."""
    old, new = "{method: ratio, zero_target: none}", f"{{method: formula, points: {points}}}"
    return YEAR | {"blocs/thon.yaml": YEAR["blocs/thon.yaml"].replace(old, new)}


@settings(max_examples=150)
@given(mutated())
@example(formula(FORMULAS[0]))
@example(formula(FORMULAS[1]))
@example(formula(FORMULAS[2]))
def test_changed_rule_files_are_sound_or_told_with_file_and_line(texts: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        year = Path(folder) / "rules" / "2023"
        write_any(year, texts)
        try:
            rules = load_rules(year)
        except RuleFilesWrong as wrong:
            for problem in wrong.problems:
                text = texts[problem.file.relative_to(year).as_posix()]
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
