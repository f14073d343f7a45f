"""What of a bloc's rubric may be changed in its workbook, found from the models themselves.

In: a :class:`~pipeline.rules.rubric.Bloc`. Out: its entries, each with the address by which workbook and rule file know
it, its value, its kind, and how a person calls it. A scoring method's parameters need no declaration here: its model
names them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from pipeline.answers import NO, YES
from pipeline.i18n import N_, _, in_every_language, number
from pipeline.methods.inputs import Takes
from pipeline.methods.parameters import Parameter, parameter, parameters
from pipeline.rules.rubric import Bloc, Criterion

Address = tuple[str, ...]
"""From the top of a bloc's rule file down: keys, codes of groups and criteria, numbers (from 0) in other lists."""

Within = tuple[tuple[str, int], ...]
"""The lists in which a value stands, from the outermost on: msgid of their members (``Band {n}``), which of them."""

Value = Decimal | str | bool | None

SCORE = "score"


class Kind(StrEnum):
    """The type of an entry's values."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    CHOICE = "choice"


_KINDS = {Decimal: Kind.NUMBER, str: Kind.TEXT, bool: Kind.TRUTH}


@dataclass(frozen=True)
class Entry:
    """One value. ``needed``: it cannot be left blank; else a blank means ``default``. ``options``: what it may be,
    with the msgid of each. ``title``: its name, a msgid.
    """

    address: Address
    value: Value
    kind: Kind
    title: str
    within: Within = ()
    options: Mapping[str, str] = field(default_factory=dict)
    needed: bool = False
    default: Value = None

    @property
    def criterion(self) -> str:
        """The code of the criterion that it belongs to, or ""."""
        return self.address[4] if len(self.address) > 4 and self.address[3] == "criteria" else ""

    @property
    def key(self) -> str:
        """The rule file's key."""
        return next(part for part in reversed(self.address) if not part.isdigit())

    @property
    def path(self) -> str:
        """Where it stands below its criterion, as an officer counts: ``bands.1.from``."""
        below = self.address[5:] if self.criterion else self.address[1:]
        return ".".join(str(int(part) + 1) if part.isdigit() else part for part in below if part != SCORE)


RUBRIC_KEYS = ("total", "bonus_cap", "penalty_cap")
GROUP_KEYS = ("name", "points")
CRITERION_KEYS = ("name", "unit", "points", "target", "evidence", "guidance")
"""What stands in the criterion's own row of the rubric."""
BOUND_KEYS = ("low", "high", "whole", "required")
"""What stands with the method's parameters; the last alone where a unit enters no number."""
INPUT_KEYS = ("name", "unit", "low", "high", "whole", "required", "guidance")
ANSWER_KEYS = ("name", "required", "guidance")
"""Of an input that is answered with yes or no."""
CLASS_KEYS = ("from", "each_group", "quota", "places")

_TITLES = {
    "total": N_("Total of the standard points"),
    "bonus_cap": N_("Bonus at most"),
    "penalty_cap": N_("Penalty at most"),
    "name": N_("Name"),
    "unit": N_("Unit of measure"),
    "points": N_("Points"),
    "target": N_("Common target"),
    "evidence": N_("Evidence required"),
    "guidance": N_("Guidance"),
    "lowest": N_("Down to (points)"),
    "no_data": N_("Where a unit has no data"),
    "low": N_("Least possible result"),
    "high": N_("Greatest possible result"),
    "whole": N_("Whole numbers only"),
    "required": N_("Answer required"),
    "from": N_("From"),
    "each_group": N_("Each group at least (%)"),
    "quota": N_("At most (% of ranked units)"),
    "places": N_("At most (units)"),
}
"""What people call these keys, wherever they stand; a method's parameters are named in its model."""


def entries(bloc: Bloc) -> dict[Address, Entry]:
    """All entries of a bloc by address, in the order of its rubric."""
    rubric = bloc.rubric
    found = list(_fields(rubric, ("rubric",), RUBRIC_KEYS))
    for group in rubric.groups:
        at = ("rubric", "groups", group.code)
        found += _fields(group, at, GROUP_KEYS)
        for criterion in group.criteria:
            place = (*at, "criteria", criterion.code)
            found += _fields(criterion, place, _keys(criterion))
            for each in criterion.inputs:
                keys = ANSWER_KEYS if each.yes_no else INPUT_KEYS
                found += _fields(each, (*place, "inputs", each.code), keys)
            found += _rule(criterion.method, (*place, SCORE))
    for number_from_0, level in enumerate(rubric.classification):
        at = ("rubric", "classification", str(number_from_0))
        found += _fields(level, at, CLASS_KEYS, ((N_("Class {n}"), number_from_0 + 1),))
    return {each.address: each for each in found}


def fingerprint(bloc: Bloc) -> str:
    """The rubric's meaning as 16 hexadecimal digits; a comment in the rule file changes nothing."""
    text = json.dumps(bloc.rubric.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _keys(criterion: Criterion) -> Iterator[str]:
    """The keys that mean something for the criterion's method."""
    for key in CRITERION_KEYS:
        if key != "target" or (criterion.method.needs_target and criterion.of is None):
            yield key
    if criterion.lowest is not None:
        yield "lowest"
    if criterion.no_data is not None:
        yield "no_data"
    if criterion.from_unit:
        yield from BOUND_KEYS if criterion.method.takes is Takes.NUMBER else BOUND_KEYS[-1:]


def _fields(model: BaseModel, at: Address, keys: Iterable[str], within: Within = ()) -> Iterator[Entry]:
    by_key = {info.alias or name: (name, info) for name, info in type(model).model_fields.items()}
    for key in keys:
        name, info = by_key[key]
        of = replace(parameter(name, info), title=_TITLES[key])
        yield _entry(of, getattr(model, name), (*at, key), within)


def _rule(model: BaseModel, at: Address, within: Within = ()) -> Iterator[Entry]:
    """Every value of a scoring method, or of a part of one."""
    for each in parameters(type(model)):
        yield from _values(each, getattr(model, each.name), (*at, each.key), within)


def _values(of: Parameter, value: Any, at: Address, within: Within) -> Iterator[Entry]:
    """A parameter's own value, or all those of its list."""
    if of.listed:
        member = replace(of, listed=False, needed=True, default=None)
        for place, each in enumerate(value or ()):
            numbered = (of.numbered or f"{of.key} {{n}}", place + 1)
            yield from _values(member, each, (*at, str(place)), (*within, numbered))
    elif of.parts:
        yield from _rule(value, at, within)
    else:
        yield _entry(of, value, at, within)


def _entry(of: Parameter, value: Value, at: Address, within: Within) -> Entry:
    kind = Kind.CHOICE if of.options else _KINDS[of.type]
    return Entry(at, value, kind, of.title or of.key, within, of.options, of.needed, of.default)


def canonical(value: Value) -> str:
    """A value as text that two equal values share."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value or ""


# --- in words -----------------------------------------------------------------------------------------


def label(entry: Entry) -> str:
    """How a person calls the entry within its criterion, group or class: ``Band 1 – From``."""
    of_input = entry.address[6:7] if entry.address[5:6] == ("inputs",) else ()
    numbered = (_(words).format(n=n) for words, n in entry.within)
    return " – ".join((*of_input, *numbered, _(entry.title)))


def full_label(entry: Entry) -> str:
    """The same with the criterion or group in front: ``KT1 – Points``."""
    code = entry.criterion or (entry.address[2] if entry.address[1] == "groups" else "")
    return " – ".join(filter(None, (code, label(entry))))


def option_words(entry: Entry) -> dict[str, str]:
    """What a person picks -> what the rule file says."""
    return {_(words or option): option for option, words in entry.options.items()}


def spellings(entry: Entry, option: str) -> tuple[str, ...]:
    """How an option may be written: as in the rule file, or in words, in any language."""
    return (option, *in_every_language(entry.options[option] or option))


def shown(entry: Entry, value: Value) -> str:
    """A value of the entry in words; a dash for none."""
    if isinstance(value, bool):
        return _(YES) if value else _(NO)
    if isinstance(value, Decimal):
        return number(float(value))
    if entry.kind is Kind.CHOICE:
        return next((words for words, option in option_words(entry).items() if option == value), value or "–")
    return value or "–"
