"""The words of a letter: from a template that an officer can edit to a subject, a text and the same as HTML.

In: the name of a template and the values that it may use. Out: a :class:`LetterText`. A file of that name in the
folder ``thu`` of the year's rules is taken instead of ours. Its first line is the subject; ``- `` begins an item of
a list.

Promises: what a unit typed stays text, in the subject, in the text and in the HTML; a template sees plain data alone
and cannot reach the machine that fills it in (:mod:`pipeline.mail.template_language`), and for one that is wrong the
message has file and line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, TemplateError, TemplateSyntaxError

from pipeline.errors import UserFault
from pipeline.i18n import _, current_language
from pipeline.mail import template_language
from pipeline.mail.template_language import LONGEST_TEMPLATE
from pipeline.text import plain

TEMPLATES = Path(__file__).parent / "templates"
OWN_TEMPLATES = "thu"
"""The folder below a year's rules in which an officer's own templates lie."""


@dataclass(frozen=True)
class LetterText:
    """A letter's words; ``text`` and ``html`` say the same."""

    subject: str
    text: str
    html: str


def compose(name: str, facts: Mapping[str, Any], rules_folder: Path) -> LetterText:
    """The letter of template ``name`` (``cap-tren``, ``tra-phieu``, ``bien-nhan``, ``nhac-nho``); ``facts``, which are
    plain data, fill it in.

    Raises UserFault where the template cannot be filled in.
    """
    edited = rules_folder / OWN_TEMPLATES / f"{name}.txt"
    path = edited if edited.exists() else TEMPLATES / current_language() / f"{name}.txt"
    filled = _fill(path, _in_one_line(dict(facts))).strip()
    subject, _end, body = filled.partition("\n")
    paragraphs = [_lines(paragraph) for paragraph in re.split(r"\n\s*\n", body.strip()) if paragraph.strip()]
    text = "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"
    page = _layout().render(language=current_language(), subject=plain(subject), blocks=_blocks(paragraphs))
    return LetterText(plain(subject).strip(), text, page)


def _in_one_line(fact: Any) -> Any:
    """Foreign text in one line, or it could end the subject and begin a list of its own.

    Raises AssertionError, for it is our own mistake, where something else than plain data would reach a template.
    """
    match fact:
        case str():
            return plain(fact)
        case None | bool() | int() | float():
            return fact
        case dict():
            return {key: _in_one_line(each) for key, each in fact.items()}
        case list():
            return [_in_one_line(each) for each in fact]
    raise AssertionError(f"{type(fact).__name__} is no plain data")


_WRONG = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_TOO_DEEP = (RecursionError, MemoryError, SyntaxError)
"""What Python says of a template in which too much lies in one another."""


def _fill(path: Path, facts: Mapping[str, Any]) -> str:
    try:
        return template_language.fill(_template(path), facts)
    except UnicodeDecodeError as error:
        raise _template_fault(path, 1, _("it is not saved as UTF-8")) from error
    except OSError as error:
        raise _template_fault(path, 1, str(error.strerror)) from error
    except _TOO_DEEP as error:
        raise _template_fault(path, 1, _("too much lies in one another")) from error
    except _WRONG as error:
        line = error.lineno if isinstance(error, TemplateSyntaxError) else _line(error)
        detail = error.message if isinstance(error, TemplateError) else None  # str() names the line once more
        raise _template_fault(path, line, detail or str(error)) from error


@lru_cache(maxsize=16)
def _template(path: Path) -> Template:
    if not path.is_file():
        raise OSError(0, _("it is no file"))
    with path.open(encoding="utf-8-sig") as file:
        return template_language.template(file.read(LONGEST_TEMPLATE + 1))


def _line(error: BaseException) -> int:
    """The template's line at which filling it in failed: Jinja puts it on the traceback."""
    line, trace = 1, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _template_fault(path: Path, line: int, detail: str) -> UserFault:
    return UserFault(
        _("{file}:{line}: the letter cannot be filled in: {detail}").format(file=path, line=line, detail=detail),
        _("Compare it with the template that came with the program, or remove it to use that one."),
    )


def _lines(paragraph: str) -> list[str]:
    return [line.strip() for line in paragraph.splitlines() if line.strip()]


def _blocks(paragraphs: list[list[str]]) -> list[tuple[str, list[str]]]:
    """Consecutive lines of one kind: ``list`` for those that begin with a hyphen, else ``text``."""
    blocks = []
    for lines in paragraphs:
        for is_item, group in groupby(lines, key=lambda line: line.startswith("- ")):
            blocks.append(
                ("list" if is_item else "text", [line.removeprefix("- ") if is_item else line for line in group])
            )
    return blocks


@lru_cache(maxsize=1)
def _layout() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((TEMPLATES / "layout.html").read_text(encoding="utf-8"))
