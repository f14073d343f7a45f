"""What the template of a letter may say, so that one from a stranger is no more than a letter.

In: the text of a template; values that are plain data. Out: the text, filled in. A template shows values, chooses
(``if``), repeats (``for``), compares, adds numbers, and knows a few filters. Everything else of Jinja's language is
refused before anything of it runs, above all every call: what is left can neither reach the machine nor grow, and what
remains, the time that loops take and the length of what they write, is bounded.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes, pass_environment
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS

from pipeline.i18n import _

LONGEST_TEMPLATE = 20_000
"""Characters of a template; ours have 1,500."""
LONGEST_LETTER = 200_000
"""Characters of a letter."""
MOST_STEPS = 200_000
"""So many parts of a template are gone through in its loops, and characters joined; ours take some hundreds."""
SECONDS = 5.0

ALLOWED_FILTERS = ("capitalize", "default", "first", "join", "last", "length", "lower", "trim", "upper")
ALLOWED_TESTS = ("defined", "none", "undefined")
_LOOP_FACTS = ("first", "index", "index0", "last", "length")

_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem),
    *(nodes.Slice, nodes.If, nodes.For, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand),
    *(nodes.Add, nodes.Sub, nodes.Neg, nodes.Filter, nodes.Test),
)
"""Neither anything that names a value nor lists: by them a value could double with each line."""


class TemplateBoundError(TemplateError):
    """Filling the template in takes longer, or makes more, than a letter can need."""


def template(text: str) -> Template:
    """The template of that text. Raises TemplateSyntaxError where it says what it may not, and what Python raises for
    a text that is nested too deep."""
    if len(text) > LONGEST_TEMPLATE:
        raise TemplateSyntaxError(_("it has more than {n} characters").format(n=LONGEST_TEMPLATE), 1)
    language = _Language()
    tree = language.parse(text)
    _refuse_foreign(tree)
    _count_loops(tree)
    tree.set_environment(language)
    return Template.from_code(language, language.compile(tree), {})


def fill(made: Template, facts: Mapping[str, Any]) -> str:
    """The template, filled in. Raises TemplateError, and what Python raises for values that do not fit."""
    language = made.environment
    assert isinstance(language, _Language)  # noqa: S101  (for mypy; ``template`` made it)
    language.start()
    pieces, length = list[str](), 0
    for piece in made.generate(**facts):
        length += len(piece)
        if length > LONGEST_LETTER:
            raise TemplateBoundError(_("the letter has more than {n} characters").format(n=LONGEST_LETTER))
        pieces.append(piece)
    return "".join(pieces)


class _Language(ImmutableSandboxedEnvironment):
    """Jinja with nothing but what is listed here, and a count of the steps of one filling in."""

    intercepted_binops = frozenset("+-")

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, optimized=False)
        self.autoescape = False  # a text; the layout escapes what it takes over
        self.globals = {}
        own = {"join": _join, _COUNTED: _counted}
        self.filters = {name: FILTERS[name] for name in ALLOWED_FILTERS} | own
        self.tests = {name: TESTS[name] for name in ALLOWED_TESTS}
        self.start()

    def start(self) -> None:
        """Begin to fill in."""
        self.steps, self.deadline = 0, time.monotonic() + SECONDS

    def spend(self, steps: int) -> None:
        """Raises TemplateBoundError where it is too much now."""
        self.steps += steps
        if self.steps > MOST_STEPS or time.monotonic() > self.deadline:
            raise TemplateBoundError(_("its loops never seem to end"))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A value of a dict by its name; nothing else has attributes."""
        if isinstance(obj, LoopContext) and attribute in _LOOP_FACTS:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A value of a dict, a list or a text."""
        try:
            return obj[argument]
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=argument)

    def call_binop(self, _context: Any, operator: str, left: Any, right: Any) -> Any:
        """Numbers alone are added: texts could grow without end."""
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise TemplateError(_("only numbers can be added"))
        return left + right if operator == "+" else left - right

    def is_safe_callable(self, _obj: Any) -> bool:
        """Nothing is called."""
        return False


# --- what it says ---------------------------------------------------------------------------------------


def _refuse_foreign(tree: nodes.Template) -> None:
    for node in _everything_in(tree):
        known = type(node) in _ALLOWED
        known &= not isinstance(node, nodes.Filter) or node.name in ALLOWED_FILTERS
        known &= not isinstance(node, nodes.Test) or node.name in ALLOWED_TESTS
        known &= not isinstance(node, nodes.For) or not node.recursive
        if not known:
            what = getattr(node, "name", None) or type(node).__name__.lower()
            raise TemplateSyntaxError(_("“{what}” may not stand in a letter").format(what=what), node.lineno)


def _everything_in(tree: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(node.iter_child_nodes())))


_COUNTED = "counted item by item"


def _count_loops(tree: nodes.Template) -> None:
    """Let each loop count its steps: as many for each item as it has parts."""
    for loop in list(tree.find_all(nodes.For)):
        parts = nodes.Const(sum(1 for _part in _everything_in(loop)))
        loop.iter = nodes.Filter(loop.iter, _COUNTED, [parts], [], None, None, lineno=loop.lineno)


@pass_environment
def _counted(language: _Language, items: Iterable[Any], parts: int) -> Iterator[Any]:
    for each in items:
        language.spend(parts)
        yield each


@pass_environment
def _join(language: _Language, items: Iterable[Any], between: object = "") -> str:
    texts = [str(each) for each in items]
    language.spend(sum(len(text) + len(str(between)) for text in texts))
    return str(between).join(texts)
