"""The catalogues and the code say the same: every message is found, translated, used, and keeps its placeholders."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections import Counter
from pathlib import Path

import jinja2
import jinja2.meta
import polib
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from pipeline.i18n import LANGUAGES, LOCALE_DIR
from pipeline.mail.letters import TEMPLATES as LETTERS
from pipeline.outputs.page import TEMPLATES as PAGES
from tests.places import ROOT

PIPELINE = ROOT / "pipeline"
CATALOGUES = {
    language: polib.pofile(str(LOCALE_DIR / language / "LC_MESSAGES" / "thidua.po")) for language in LANGUAGES
}
VIETNAMESE, ENGLISH = ({entry.msgid: entry.msgstr for entry in CATALOGUES[language]} for language in ("vi", "en"))

OF_VIETNAMESE = re.compile("[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", re.IGNORECASE)
"""A letter that English does without."""


def extracted() -> set[str]:
    """As ``make messages`` finds them, in code and templates."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    found = extract_from_dir(str(PIPELINE), methods, keywords=DEFAULT_KEYWORDS | {"N_": None})
    return {message for _file, _line, message, _comments, _context in found if isinstance(message, str)}


MESSAGES = extracted()


def test_every_message_has_its_vietnamese_and_none_is_left_over() -> None:
    assert {message for message in MESSAGES if not VIETNAMESE.get(message)} == set(), "without a translation"
    assert VIETNAMESE.keys() - MESSAGES == set(), "in the catalogue, and nowhere in code or templates"


def test_the_english_catalogue_holds_what_differs_from_the_message_and_no_more() -> None:
    assert ENGLISH.keys() - MESSAGES == set(), "in the catalogue, and nowhere in code or templates"
    assert [message for message, words in ENGLISH.items() if words in ("", message)] == []
    assert [message for message in MESSAGES if OF_VIETNAMESE.search(ENGLISH.get(message, message))] == []


def test_the_catalogue_is_in_the_order_in_which_make_messages_writes_it() -> None:
    """Else every contributor's first change carries the reordering of others."""
    msgids = [entry.msgid for entry in CATALOGUES["vi"]]
    assert msgids == sorted(msgids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_each_message_once_and_nothing_in_doubt(language: str) -> None:
    catalogue = CATALOGUES[language]
    assert [message for message, times in Counter(entry.msgid for entry in catalogue).items() if times > 1] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete or entry.msgid_plural] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_message(language: str) -> None:
    differing = {
        entry.msgid: entry.msgstr
        for entry in CATALOGUES[language]
        if placeholders(entry.msgid) != placeholders(entry.msgstr)
    }
    assert differing == {}


def placeholders(text: str) -> set[tuple[str, str, str]]:
    """Name, format and conversion of each. A text with a brace alone is never formatted."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return {("", "", "")}
    return {(name, form or "", turn or "") for _text, name, form, turn in parts if name is not None}


def test_placeholders_are_told_apart() -> None:
    assert placeholders("{n} of {total:.2f}, {{n}}") == {("n", "", ""), ("total", ".2f", "")}
    assert placeholders("{n}") != placeholders("{m}")


def calls(tree: ast.AST) -> list[ast.Call]:
    """All calls of ``_`` and ``N_``."""
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return [node for node in found if isinstance(node.func, ast.Name) and node.func.id in ("_", "N_")]


def out_of_reach(source: str) -> list[str]:
    """Calls of ``_`` and ``N_`` in which an extractor finds the wrong text or none: it takes one plain text for the
    message, and any text inside of an expression too."""
    return [
        ast.unparse(call)
        for call in calls(ast.parse(source))
        if len(call.args) != 1 or call.keywords or not (is_text(call.args[0]) or not any(map(is_text, ast.walk(call))))
    ]


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_no_text_is_out_of_the_extractors_reach() -> None:
    sources = {path: path.read_text("utf-8") for path in PIPELINE.rglob("*.py")}
    found = {path.name: texts for path, source in sources.items() if (texts := out_of_reach(source))}
    assert found == {}
    constants = {
        call.args[0].value
        for source in sources.values()
        for call in calls(ast.parse(source))
        if isinstance(call.args[0], ast.Constant)
    }
    assert constants - MESSAGES == set(), "in the code, and not found by make messages: inside an f-string, for example"


@pytest.mark.parametrize("source", ['_(f"{n} files")', '_("a" + b)', '_("a" if b else "c")', '_("a", b)', '_(a["b"])'])
def test_such_texts_are_seen(source: str) -> None:
    assert out_of_reach(source) == [source.replace('"', "'")]


def test_every_letter_is_there_in_both_languages_and_speaks_of_the_same() -> None:
    spoken = {
        language: {path.name: facts(path.read_text("utf-8")) for path in sorted((LETTERS / language).iterdir())}
        for language in LANGUAGES
    }
    assert spoken["vi"] == spoken["en"]
    assert len(spoken["vi"]) == 4
    english = [path.read_text("utf-8") for path in (LETTERS / "en").iterdir()]
    assert [text for text in english if OF_VIETNAMESE.search(text)] == []


def facts(template: str) -> set[str]:
    """What a letter asks for: ``plan.contact.office``, ``due``."""
    tree = jinja2.Environment(autoescape=True).parse(template)
    names = jinja2.meta.find_undeclared_variables(tree)
    paths = set(re.findall(r"\b[a-z_]+(?:\.[a-z_]+)+", " ".join(re.findall(r"{[{%](.*?)[%}]}", template, re.S))))
    return names | {path for path in paths if path.partition(".")[0] in names}


@pytest.mark.parametrize("path", [*PAGES.glob("*.html"), LETTERS / "layout.html"], ids=lambda path: path.name)
def test_a_page_has_no_words_of_its_own(path: Path) -> None:
    source = re.sub(r"{% block policy %}.*?{% endblock %}", "", path.read_text("utf-8"))  # no text, an attribute's end
    tokens = jinja2.Environment(autoescape=True).lex(source)
    text = "".join(value if kind == "data" else "0" for _line, kind, value in tokens if kind != "comment")
    shown = re.sub(r"<[^<>]*>", " ", re.sub(r"<!doctype[^>]*>|<!--.*?-->", "", text, flags=re.I | re.S))
    titles = re.findall(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"', text)
    assert re.findall(r"[^\W\d_]{2,}", " ".join([shown, *titles])) == []
