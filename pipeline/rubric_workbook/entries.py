"""What of a bloc's rubric may be changed in its workbook, found from the models themselves.

In: a :class:`~pipeline.rules.rubric.Bloc`. Out: its entries, each with the address by which workbook and rule file know
it, its value, its kind, and how a person calls it. A scoring method's parameters need no declaration here.
"""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from pipeline.answers import NO, YES
from pipeline.i18n import N_, _, in_every_language, number
from pipeline.methods.inputs import Takes
from pipeline.rules.rubric import Bloc, Criterion

Address = tuple[str, ...]
"""From the top of a bloc's rule file down: keys, codes of groups and criteria, numbers (from 0) in other lists."""

Value = Decimal | str | bool | None

SCORE = "score"


class Kind(StrEnum):
    """The type of an entry's values."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    CHOICE = "choice"


@dataclass(frozen=True)
class Entry:
    """One value. ``needed``: it cannot be left blank; else a blank means ``default``."""

    address: Address
    value: Value
    kind: Kind
    options: tuple[str, ...] = ()
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
CLASS_KEYS = ("from", "each_group", "quota")


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
            found += _model(criterion.method, (*place, SCORE))
    for place_of_level, level in enumerate(rubric.classification):
        found += _fields(level, ("rubric", "classification", str(place_of_level)), CLASS_KEYS)
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
    if criterion.from_unit:
        yield from BOUND_KEYS if criterion.method.takes is Takes.NUMBER else BOUND_KEYS[-1:]


def _fields(model: BaseModel, at: Address, keys: Iterable[str]) -> Iterator[Entry]:
    by_key = {field.alias or name: (name, field) for name, field in type(model).model_fields.items()}
    for key in keys:
        name, field = by_key[key]
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        yield _entry((*at, key), getattr(model, name), field.annotation, field.is_required(), default)


def _model(model: BaseModel, at: Address) -> Iterator[Entry]:
    """Every parameter below a model, but for the name of a method: another method is another rule."""
    for name, field in type(model).model_fields.items():
        if name != "method":
            default = None if field.is_required() else field.get_default(call_default_factory=True)
            place = (*at, field.alias or name)
            yield from _below(getattr(model, name), place, field.annotation, field.is_required(), default)


def _below(value: Any, at: Address, annotation: Any, needed: bool, default: Any) -> Iterator[Entry]:
    if isinstance(value, BaseModel):
        yield from _model(value, at)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _below(each, (*at, str(key)), type(each), True, None)
    elif isinstance(value, tuple | list):
        for place, each in enumerate(value):
            yield from _below(each, (*at, str(getattr(each, "code", place))), type(each), True, None)
    else:
        yield _entry(at, value, annotation, needed, default)


def _entry(at: Address, value: Value, annotation: Any, needed: bool, default: Any) -> Entry:
    leaves = list(_leaves(annotation))
    options = tuple(each for each in leaves if isinstance(each, str))
    if options:
        kind = Kind.CHOICE
    elif bool in leaves:
        kind = Kind.TRUTH
    else:
        kind = Kind.TEXT if str in leaves else Kind.NUMBER
    return Entry(at, value, kind, options, needed, default)


def _leaves(annotation: Any) -> Iterator[Any]:
    """The plain types of an annotation, and the options of a Literal."""
    origin = get_origin(annotation)
    if origin is Literal:
        yield from get_args(annotation)
    elif origin is None:
        yield annotation
    else:
        parts = (
            get_args(annotation) if origin is types.UnionType or "Union" in str(origin) else get_args(annotation)[:1]
        )
        for part in parts:
            yield from _leaves(part)


def canonical(value: Value) -> str:
    """A value as text that two equal values share."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value or ""


# --- in words -----------------------------------------------------------------------------------------

_LABELS: dict[str, str] = {
    "total": N_("Total of the standard points"),
    "bonus_cap": N_("Bonus at most"),
    "penalty_cap": N_("Penalty at most"),
    "name": N_("Name"),
    "unit": N_("Unit of measure"),
    "points": N_("Points"),
    "target": N_("Common target"),
    "evidence": N_("Evidence required"),
    "guidance": N_("Guidance"),
    "low": N_("Least possible result"),
    "high": N_("Greatest possible result"),
    "whole": N_("Whole numbers only"),
    "required": N_("Answer required"),
    "from": N_("From"),
    "to": N_("To below"),
    "each_group": N_("Each group at least (%)"),
    "quota": N_("At most (% of ranked units)"),
    "of": N_("Measured by"),
    "direction": N_("Direction"),
    "cap": N_("Counted up to (%)"),
    "floor": N_("No points below (%)"),
    "zero_target": N_("Where the target is 0"),
    "points_for": N_("Answer that counts"),
    "each": N_("Points for each case or step"),
    "start": N_("Starts from"),
    "formula": N_("Formula"),
    "percent": N_("% of the standard points"),
    "days_late": N_("Days late, up to"),
    "later": N_("Points when later still"),
    "above": N_("Counted above"),
    "step": N_("Length of a step"),
    "of_points": N_("Per cent of these points"),
    "lowest": N_("Down to (points)"),
    "by": N_("Compared by"),
    "score.whole": N_("Whole steps only"),
    "input": N_("Input"),
    "once": N_("Points however many cases"),
    "at_most": N_("At most for this rule"),
    "off_at_most": N_("All deductions at most"),
    "added_at_most": N_("All additions at most"),
    "volume": N_("Input that gives the class"),
    "measure": N_("Input that is measured"),
    "share": N_("Measured as % of the volume"),
    "at_zero": N_("Points for exactly 0"),
    "when": N_("Condition"),
    "weight": N_("Weight"),
}
_LISTED = {
    "bands": N_("Band {n}"),
    "levels": N_("Level {n}"),
    "steps": N_("Step {n}"),
    "points": N_("Rank {n}"),
    "classification": N_("Class {n}"),
    "rules": N_("Rule {n}"),
    "options": N_("Option {n}"),
    "parts": N_("Part {n}"),
    "classes": N_("Volume class {n}"),
}
_OPTIONS: dict[tuple[str, str], str] = {
    ("of", "percent"): N_("% of the target reached"),
    ("of", "percent_down"): N_("% of target / result"),
    ("of", "actual"): N_("the result itself"),
    ("direction", "up"): N_("more is better"),
    ("direction", "down"): N_("less is better"),
    ("zero_target", "full"): N_("full points"),
    ("zero_target", "none"): N_("0 points"),
    ("zero_target", "by_actual"): N_("by the result"),
    ("by", "best"): N_("the bloc's best"),
    ("by", "range"): N_("the way from worst to best"),
    ("by", "rank"): N_("the rank in the bloc"),
    ("points_for", "yes"): YES,
    ("points_for", "no"): NO,
    ("start", "full"): N_("the standard points, taking off"),
    ("start", "none"): N_("0 points, adding"),
}


def label(entry: Entry) -> str:
    """How a person calls the entry within its criterion, group or class: ``Band 1 – From``."""
    own = _LABELS.get(f"{entry.address[-2]}.{entry.key}") or _LABELS.get(entry.key, entry.key)
    numbered = {of: _LISTED.get(of, of + " {n}") for of in entry.address}
    parts = [
        _(numbered[of]).format(n=int(place) + 1)
        for of, place in zip(entry.address, entry.address[1:], strict=False)
        if place.isdigit() and of not in ("groups", "criteria")
    ]
    of_input = entry.address[6:7] if entry.address[5:6] == ("inputs",) else ()
    return " – ".join((*of_input, *parts, _(own)))


def full_label(entry: Entry) -> str:
    """The same with the criterion or group in front: ``KT1 – Points``."""
    code = entry.criterion or (entry.address[2] if entry.address[1] == "groups" else "")
    return " – ".join(filter(None, (code, label(entry))))


def option_words(entry: Entry) -> dict[str, str]:
    """What a person picks -> what the rule file says."""
    return {_(_OPTIONS.get((entry.key, option), option)): option for option in entry.options}


def spellings(entry: Entry, option: str) -> tuple[str, ...]:
    """How an option may be written: as in the rule file, or in words, in any language."""
    return (option, *in_every_language(_OPTIONS.get((entry.key, option), option)))


def shown(entry: Entry, value: Value) -> str:
    """A value of the entry in words; a dash for none."""
    if isinstance(value, bool):
        return _(YES) if value else _(NO)
    if isinstance(value, Decimal):
        return number(float(value))
    if entry.kind is Kind.CHOICE:
        return next((words for words, option in option_words(entry).items() if option == value), value or "–")
    return value or "–"
