"""What a year's rules change of those that they extend: the last part of what ``thidua check`` prints.

In: the loaded rules. Out: for every file that extends another a table of what was added, changed (from, to) and
removed. Compared is what the rules mean, not their text; keys are named as rule files write them.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.i18n import _, date, number
from pipeline.methods.inputs import row_code
from pipeline.rule_model import RuleModel
from pipeline.rules.links import scale_of
from pipeline.rules.rubric import ClassLevel, Condition, Criterion, CriterionGroup, Exclusion, Rubric
from pipeline.rules.words import class_words, condition_words, exclusion_words, tie_words
from pipeline.rules.year import Extended, Rules


class Difference(NamedTuple):
    """One line of the table. ``code`` is that of the entry, "" at the top; "" stands for nothing."""

    code: str
    what: str
    before: str
    after: str


def show(rules: Rules, console: Console) -> None:
    """Print what differs, one table for each file that extends another."""
    for extended in rules.extended:
        file, parent = (
            os.path.relpath(path, rules.folder).replace(os.sep, "/") for path in (extended.file, extended.parent)
        )
        console.print()
        console.rule(Text(_("{file} extends {parent}").format(file=file, parent=parent), "bold"), align="left")
        rows = list(differences(extended, rules.plan.decimals))
        console.print(_differences_table(rows) if rows else _("Nothing differs."))


def _differences_table(rows: list[Difference]) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, expand=True)
    for title, ratio in ((_("Code"), None), (_("What"), None), (_("Before"), 1), (_("Now"), 1)):
        table.add_column(title, ratio=ratio, overflow="fold")
    for row in rows:
        table.add_row(*(Text(text or "–") for text in row))
    return table


def differences(extended: Extended, decimals: int) -> Iterator[Difference]:
    """What ``extended.whole`` has otherwise than ``extended.base``, in the order of its keys; nothing where they mean
    the same. ``decimals``: of points, as the plan rounds them."""
    yield from _keys((extended.base,), (extended.whole,), decimals)


Holders = tuple[RuleModel, ...]
"""An entry behind what holds it, the outermost first: a rubric, a group, a criterion."""


def _keys(before: Holders, after: Holders, decimals: int) -> Iterator[Difference]:
    code = _code(after[:-1], getattr(after[-1], "code", "")) if len(after) > 1 else ""
    for name, field in type(after[-1]).model_fields.items():
        old, new = getattr(before[-1], name), getattr(after[-1], name)
        if old == new:
            continue
        if isinstance(new, Rubric):
            yield from _keys((old,), (new,), decimals)
        elif _by_code(old) and _by_code(new):
            yield from _entries(name, (before, old), (after, new), decimals)
        else:
            words = (_words(holders, name, decimals) for holders in (before, after))
            yield Difference(code, field.alias or name, *words)


def _by_code(entries: Any) -> bool:
    """Whether these are entries told apart by codes; ties have codes of what decides, none of their own."""
    return isinstance(entries, tuple) and all(hasattr(each, "code") and hasattr(each, "name") for each in entries)


HeldList = tuple[Holders, tuple[Any, ...]]
"""What holds a list, and the list."""


def _entries(name: str, before: HeldList, after: HeldList, decimals: int) -> Iterator[Difference]:
    olds, news = ({each.code: each for each in entries} for _holders, entries in (before, after))
    for code, new in news.items():
        if code not in olds:
            yield Difference(_code(after[0], code), _("added"), "", _entry_words(new))
        elif olds[code] != new:
            yield from _keys((*before[0], olds[code]), (*after[0], new), decimals)
    for code, old in olds.items():
        if code not in news:
            yield Difference(_code(before[0], code), _("removed"), _entry_words(old), "")
    old_order, new_order = ([code for code in codes if code in olds and code in news] for codes in (olds, news))
    if old_order != new_order:
        yield Difference("", _("order of {key}").format(key=name), ", ".join(old_order), ", ".join(new_order))


def _code(holders: Holders, code: str) -> str:
    """How people know an entry: an input by the code of its row."""
    return row_code(holders[-1].code, code) if isinstance(holders[-1], Criterion) else code


def _entry_words(entry: Any) -> str:
    points = getattr(entry, "points", None)
    return (
        str(entry.name)
        if points is None
        else _("{name}: {points} points").format(name=entry.name, points=_value_words(points))
    )


def _words(holders: Holders, name: str, decimals: int) -> str:
    """The value of that key as people write it."""
    value = getattr(holders[-1], name)
    match holders:
        case (*_others, Rubric() as rubric, CriterionGroup(), Criterion() as criterion) if name == "score":
            scale = scale_of(rubric, criterion, decimals)
            codes = {each.code.casefold() for each in scale.inputs}
            # Last year's file may name inputs that it lacks, which this one corrects: then there are no words for it.
            is_sound = all(name.casefold() in codes for _path, name in criterion.method.inputs)
            return criterion.method.describe(scale) if is_sound else criterion.method.method
        case (*_others, Rubric() as rubric, CriterionGroup(), Criterion(only_if=Condition() as condition)) if (
            name == "only_if"
        ):
            return condition_words(rubric, condition)
        case (Rubric() as rubric,) if name == "ties":
            return " → ".join(tie_words(each, rubric) for each in value)
    return "; ".join(map(_value_words, value)) if isinstance(value, tuple) else _value_words(value)


def _value_words(value: Any) -> str:
    """One value of a rule file as people write it; "" for none."""
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case Decimal():
            return number(float(value))
        case dt.date():
            return date(value)
        case dt.time():
            return f"{value:%H:%M}"
        case ClassLevel():
            return class_words(value)
        case Exclusion():
            return exclusion_words(value)
        case RuleModel():
            return ", ".join(str(each) for _key, each in value if each not in (None, ""))
        case _:
            return str(value)
