"""Texts that officers write as in Excel, over a criterion's entries: what ``formula`` and ``one_of`` have in common.

No method of its own. The names are ``actual``, ``target``, ``max_points`` (the criterion's standard points) and the
criterion's inputs by their codes; capitals and small letters mean the same. An input that is answered with yes or no
stands for a condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import StringConstraints

from pipeline.i18n import N_, _
from pipeline.methods.expression import ACTUAL, TARGET, Expr, Operand, is_blank, lift
from pipeline.methods.grammar import FormulaWrong, names_in
from pipeline.methods.inputs import Takes
from pipeline.methods.method import Part, Path, Scale
from pipeline.rule_model import Fault

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]

NAMES = {"actual": N_("result"), "target": N_("target"), "max_points": N_("standard points")}
"""The names that every criterion has, and what readers call them."""

_NAME = re.compile(r"\b(?:" + "|".join(NAMES) + r")\b", re.IGNORECASE)


def meanings(scale: Scale) -> dict[str, Expr]:
    """Name in small letters -> what it stands for."""
    inputs = {each.code.lower(): each.value for each in scale.inputs}
    return {"actual": ACTUAL, "target": TARGET, "max_points": lift(scale.max_points), **inputs}


def own_names(texts: Sequence[str]) -> set[str]:
    """Those of ``NAMES`` that stand in the texts."""
    return {name.lower() for text in texts for name in names_in(text)} & NAMES.keys()


def input_names(text: str) -> list[str]:
    """The inputs that a text names, known or not."""
    return [name for name in names_in(text) if name.lower() not in NAMES]


def takes(texts: Sequence[str]) -> Takes:
    """A result is asked for in the criterion's own row where a text names it, or where no text names an input."""
    alone = any(input_names(text) for text in texts) and "actual" not in own_names(texts)
    return Takes.INPUTS if alone else Takes.NUMBER


def shown(text: str) -> str:
    """The text with its names in the reader's language; inputs keep the codes that the form shows."""
    return _NAME.sub(lambda name: _(NAMES[name[0].lower()]), text.removeprefix("=").lstrip())


def legend(texts: Sequence[str], scale: Scale) -> str:
    """What the codes of the inputs stand for, to be put behind a text; nothing where it names none."""
    used = dict.fromkeys(name.lower() for text in texts for name in input_names(text))
    names = "; ".join(f"{scale.input(name).code}: {scale.input(name).name}" for name in used)
    return f" ({names})" if names else ""


def entries(texts: Sequence[str], scale: Scale) -> tuple[Part, ...]:
    """What was entered under each name: ``result 12; SL = 3``."""
    own = own_names(texts)
    result = [Part(None, N_("result {actual}"))] if "actual" in own else []
    target = [Part(None, N_("target {target}"))] if "target" in own else []
    used = dict.fromkeys(name.lower() for text in texts for name in input_names(text))
    inputs = [part for name in used for part in _entered(scale, name)]
    return (*target, *result, *inputs)


def _entered(scale: Scale, name: str) -> Iterator[Part]:
    each = scale.input(name)
    words, facts = N_("{code} = {value}"), dict[str, Operand](code=each.code, value=each.entry)
    yield Part(is_blank(each.entry), N_("{code} not entered"), facts)
    yield Part(is_blank(each.entry).equals(0), words, facts)


def wrong_text(path: Path, wrong: FormulaWrong) -> Fault:
    """What the grammar found, with its place in the text."""
    where = _("character {place}, “{found}”: {what}") if wrong.found else _("character {place}: {what}")
    return Fault(path, where.format(place=wrong.place, found=wrong.found, what=wrong.what), wrong.remedy)
