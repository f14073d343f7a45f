"""One rule file as text: lines are kept, and whatever is wrong in the text itself is told with its line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline import i18n
from pipeline.rule_model import RuleModel
from pipeline.rules.yaml_file import Problem, RuleFilesWrong, parse, read
from tests.rule_texts import assert_problems, marked


class Item(RuleModel):
    name: str
    points: Decimal


class Box(RuleModel):
    """A small model to parse into."""

    code: str
    note: str = ""
    items: tuple[Item, ...] = ()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use_language("en")
    yield
    i18n.use_language(i18n.DEFAULT_LANGUAGE)


def problems(folder: Path, text: str | bytes) -> list[Problem]:
    path = folder / "box.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    file = read(path)
    parse(file, Box)
    return sorted(file.problems)


SOUND = """\
code: a
note: hai chữ
items:
  - name: một
    points: 1.25
  - {name: hai, points: 2}
"""


def test_a_sound_file_is_read__with_exact_decimals(tmp_path: Path) -> None:
    (tmp_path / "box.yaml").write_text("\ufeff" + SOUND.replace("\n", "\r\n"), encoding="utf-8")
    file = read(tmp_path / "box.yaml")
    box = parse(file, Box)
    items = (Item(name="một", points=Decimal("1.25")), Item(name="hai", points=Decimal(2)))
    assert box == Box(code="a", note="hai chữ", items=items)
    assert file.problems == []


def test_lines_of_places__and_of_what_is_not_there_the_line_around_it(tmp_path: Path) -> None:
    (tmp_path / "box.yaml").write_text(SOUND, encoding="utf-8")
    file = read(tmp_path / "box.yaml")
    places: dict[tuple[str | int, ...], int] = {
        (): 1,
        ("note",): 2,
        ("items",): 3,
        ("items", 0): 4,
        ("items", 0, "points"): 5,
        ("items", 1, "points"): 6,
        ("items", 1, "missing"): 6,
        ("items", 7, "points"): 3,
        ("nothing", 0): 1,
    }
    assert {place: file.origin_of(place)[1] for place in places} == places


NOT_YAML = {
    "tab in front": "code: a\nitems:\n\t- name: b  # <-- there is a tab | put spaces in its place\n",
    "tab behind a colon": "code:\ta  # <-- there is a tab | put spaces in its place\nnote: b\n",
    "too far to the right": "code: a\n   note: b  # <-- the line starts too far to the right | in quotes\n",
    "not far enough": "items:\n  - name: a\n   points: 1  # <-- does not start below the others | same number of\n",
    "a list that turns into keys": "items:\n  - a\n  b: 1  # <-- does not start below the others | same number of\n",
    "a colon in the text": "note: a: b  # <-- there is a colon too many | put text that has a colon in quotes\n",
    "a percent sign in front": "note: % hộ  # <-- a sign that has a meaning of its own | put the value in quotes\n",
    "an at sign in front": "note: @a  # <-- a sign that has a meaning of its own | put the value in quotes\n",
    "an asterisk in front": "note: *a  # <-- a sign that has a meaning of its own | put the value in quotes\n",
    "a bracket never closed": "code: a\nitems: [a, b  # <-- a bracket is opened | missing “]”\nnote: c\n",
    "a second document": "code: a\n---  # <-- starts a second document | remove it\nnote: b\n",
    "keys twice, all of them": (
        "code: a\nnote: b\ncode: c  # <-- key “code” stands twice | keep one\n"
        "items:\n  - name: d\n    name: e  # <-- key “name” stands twice | keep one\n    points: 1\n"
    ),
    "a key twice beside another fault": (
        "code: a\ncode: b  # <-- key “code” stands twice | keep one\nnot: c  # <-- unknown key “not” | “note”?\n"
    ),
    "nothing but a comment": "# <-- the file holds no settings | start it with its keys, the first of them “code:”\n",
    "a list at the top": "- code: a  # <-- the file holds no settings | the first of them “code:”\n",
}


COMMAS = {
    "a decimal comma in braces": "code: a\nitems:\n  - {name: b, points: 1,5}  # <-- “1,5” is not a | 1.5\n",
    "a negative one, with a zero in front": "code: a\nitems:\n  - {points: -1,05, name: b}  # <-- “-1,05” is | -1.05\n",
    "several in one pair of braces": (
        "code: a\nitems:\n  - {points: 2,5, name: b}  # <-- “2,5” is not a number | 2.5\n"
        "  - {name: c, points: 92,25 }  # <-- “92,25” is not a number | 92.25\n"
    ),
    "a blank behind the comma": "code: a\nitems:\n  - {name: b, points: 1, 5}  # <-- “1,5” is not a number | 1.5\n",
    "a text with commas": (
        "code: a\nitems:\n  - {name: Văn hóa, thể thao, du lịch, points: 2}"
        '  # <-- “Văn hóa, thể thao, du lịch” is cut at its comma | in quotes: "Văn hóa, thể thao, du lịch"\n'
    ),
    "on a line of its own": "code: a\nitems:\n  - name: b\n    points: 1,5  # <-- “1,5” is not a number | 1.5\n",
}


@pytest.mark.parametrize("text", COMMAS.values(), ids=COMMAS.keys())
def test_a_comma_in_braces_is_told_as_on_a_line_of_its_own(tmp_path: Path, text: str) -> None:
    assert_problems(problems(tmp_path, text), tmp_path, marked({"box.yaml": text}))


@pytest.mark.parametrize("text", NOT_YAML.values(), ids=NOT_YAML.keys())
def test_text_that_is_no_settings__is_told_with_its_line(tmp_path: Path, text: str) -> None:
    assert_problems(problems(tmp_path, text), tmp_path, marked({"box.yaml": text}))


def test_a_quote_never_closed__is_told_where_it_was_opened(tmp_path: Path) -> None:
    expected = [("box.yaml", 2, "a quote is opened and never closed", "close it")]
    assert_problems(problems(tmp_path, 'code: a\nnote: "b\nitems: []\n'), tmp_path, expected)


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("code: Thôn".encode("cp1258"), 1, "the file is not UTF-8 text"),
        ("code: Thôn".encode("utf-16"), 1, "the file is not UTF-8 text"),
        (b"code: a\nnote: b\x07c\n", 2, "there is a character that does not belong in text"),
        (b"", 1, "the file holds no settings"),
    ],
)
def test_bytes_that_are_no_text(tmp_path: Path, content: bytes, line: int, what: str) -> None:
    assert [(each.line, each.what) for each in problems(tmp_path, content)] == [(line, what)]


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    assert [each.what for each in read(tmp_path / "box.yaml").problems] == ["the file is not there"]
    assert [each.what for each in read(tmp_path / "folder.yaml").problems] == ["the file cannot be opened"]


def test_a_list_with_enough_entries_is_not_called_too_short_because_one_is_wrong(tmp_path: Path) -> None:
    text = "code: a\nitems:\n  - {name: b}  # <-- key “points” is missing | add it\n"
    assert_problems(problems(tmp_path, text), tmp_path, marked({"box.yaml": text}))


def test_a_problem_reads_as_place__what__remedy__and_they_come_in_the_order_of_lines() -> None:
    later, sooner = (Problem(Path("plan.yaml"), line, "key “x” is missing", "add it") for line in (10, 9))
    wrong = RuleFilesWrong([later, sooner])
    assert wrong.message == (
        "plan.yaml:9: Key “x” is missing. Add it.\n"  #
        "plan.yaml:10: Key “x” is missing. Add it."
    )


def test_an_officer_reads_vietnamese(tmp_path: Path) -> None:
    i18n.use_language("vi")
    found = problems(tmp_path, "code: a\nnot: b\nitems:\n  - {name: c, points: '1,5'}\n")
    assert [str(each).removeprefix(f"{tmp_path / 'box.yaml'}:") for each in found] == [
        "2: Không có khóa nào tên là “not”. Đề nghị xóa đi, hoặc sửa lại chính tả: có phải là “note”?",
        "4: “1,5” không phải là số. Đề nghị ghi bằng chữ số, phần thập phân sau dấu chấm: 1.5.",
    ]
