"""What the officer sees: who has sent and who has not, what to correct, and foreign text that stays text."""

from __future__ import annotations

import io
from pathlib import Path

from pipeline.rules.round_context import RoundContext
from pipeline.run import assess
from pipeline.screens import screen
from tests.filled import NOW, RULES, drop, form

OF = RULES.plan.round("tong-ket")
assert OF


def shown(tmp_path: Path, files: dict[str, bytes]) -> str:
    assert OF
    outcome = assess(RoundContext(RULES, OF), drop(tmp_path / "inbox", files), tmp_path / "none", NOW).outcome
    out = io.StringIO()
    screen.show_outcome(outcome, screen.console(out))
    return out.getvalue()


def row(text: str, bloc: str) -> list[str]:
    """The counts of a bloc: units, sent, late, to correct, not sent."""
    (line,) = [line for line in text.splitlines() if bloc in line]
    return [cell.strip() for cell in line.strip("│ ").split("│")][1:]


def test_each_unit_is_counted_once_and_named_where_something_is_to_do(tmp_path: Path) -> None:
    text = shown(
        tmp_path,
        {
            "thon-1.xlsx": form("thon-1"),
            "thon-2.xlsx": form("thon-2", {"KT1": {"actual": "x"}}),
            "anh.jpg": b"\xff\xd8\xff",
        },
    )
    assert row(text, "Khối các thôn") == ["5", "1", "0", "1", "3"]
    assert row(text, "Khối trường học") == ["2", "0", "0", "0", "2"]
    below = text.split("└")[1]
    assert [name for name in ("Thôn 2", "Thôn 3", "Thôn 4", "Trường THCS") if name in below] == [
        "Thôn 2",
        "Thôn 3",
        "Thôn 4",
        "Trường THCS",
    ]
    assert "thon-2.xlsx" in below
    assert "anh.jpg" in below
    assert "Thôn 1" not in below


def test_a_returned_form_is_told_once(tmp_path: Path) -> None:
    text = shown(tmp_path, {"thon-2.xlsx": form("thon-2", {"KT1": {"actual": "x"}})})
    assert text.count("thon-2.xlsx") == 1


def test_file_names_neither_style_nor_steer_the_terminal(tmp_path: Path) -> None:
    text = shown(tmp_path, {"[red]a[/red] \x1b[2J\u202egnp.xlsx": b""})
    assert "[red]a[/red]" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_long_lists_are_cut_and_say_so(tmp_path: Path) -> None:
    text = shown(tmp_path, {f"{n:02}.jpg": b"\xff\xd8\xff" + bytes([n]) for n in range(30)})
    assert sum(".jpg" in line for line in text.splitlines()) == screen.SHOWN
    assert str(30 - screen.SHOWN) in text
