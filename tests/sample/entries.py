"""What one unit enters in its form: figures between weak and strong, and words that go with them.

In: rules, a unit, how strong it was, and what it enters otherwise than the figures say. Out: the prefill of its
form. The same in gives the same out: chance is seeded by unit and criterion, so that a new criterion leaves the
others' figures as they were.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from pipeline.answers import ROLES
from pipeline.i18n import _
from pipeline.rules.rubric import Bloc, Criterion, Unit
from pipeline.rules.year import Rules
from tests.sample import words
from tests.sample.figures import FIGURES, Figure, Level, Number, Points, Rarely

Row = dict[str, Any]
Changes = dict[str, Row]
"""Criterion -> the fields that the unit enters otherwise than the figures say."""

UNEVEN = 0.28
"""How far a unit's single results stray from its overall strength."""


def entries(rules: Rules, code: str, strength: float, changes: Changes | None = None) -> dict[str, list[Row]]:
    """The prefill of a unit's form. ``strength``: 0 weak to 1 strong."""
    bloc, unit = rules.units[code]
    results = [_result(bloc, unit, each, strength, (changes or {}).get(each.code, {})) for each in _asked(bloc)]
    entered = {row["criterion"]: row for row in results}
    persons = _persons(rules, unit)
    return {
        "unit": _unit_items(bloc, unit, persons),
        "results": results,
        "models": _models(bloc, unit, _count(entered["MH1"])),
        "movements": _movements(bloc, unit, _count(entered["MH3"])),
        "collective_awards": _collectives(rules, bloc, unit, strength),
        "individual_awards": _individuals(rules, bloc, unit, strength, persons[1:]),
    }


def _asked(bloc: Bloc) -> list[Criterion]:
    return [each for _group, each in bloc.rubric.criteria.values() if each.source == "unit"]


def _chance(unit: Unit, about: str) -> Random:
    return Random(f"{unit.code}/{about}")  # noqa: S311  (reproducible on purpose)


def _count(row: Row) -> int:
    return int(row["actual"]) if isinstance(row.get("actual"), (int, float)) else 1


# --- results ------------------------------------------------------------------------------------------


def _result(bloc: Bloc, unit: Unit, criterion: Criterion, strength: float, changes: Row) -> Row:
    figure = FIGURES[bloc.code][criterion.code]
    chance = _chance(unit, criterion.code)
    position = min(1.0, max(0.0, strength + chance.uniform(-UNEVEN, UNEVEN)))
    row = {"criterion": criterion.code, **_figure(figure, criterion, position, chance), **changes}
    earned = row.get("actual") or row.get("claimed")
    if figure.evidence and earned and earned != "Không" and "evidence" not in row:
        row["evidence"] = figure.evidence.format(n=chance.randint(4, 148), day=_day(chance))
    return row


def _figure(figure: Figure, criterion: Criterion, position: float, chance: Random) -> Row:
    match figure:
        case Number(weak, strong, step, targets):
            target = chance.choice(targets) if targets else 1
            actual = _stepped((weak + (strong - weak) * position) * target, step)
            if criterion.high is not None:
                actual = min(actual, float(criterion.high))
            return {"actual": actual, **({"target": target} if targets else {})}
        case Points(weak, strong, _evidence, step):
            return {"claimed": _stepped(weak + (strong - weak) * position, step)}
        case Level(lowest):
            return {"actual": criterion.method.options[round(lowest * (1 - position))]}
        case Rarely():
            return {"actual": criterion.method.options[0]} if position > 0.85 else {}


def _stepped(value: float, step: float) -> float:
    """``value`` to the nearest step, without the noise of binary fractions."""
    return float(round(value / step) * Decimal(str(step)))


def _day(chance: Random) -> str:
    return f"{dt.date(2023, 10, 2) + dt.timedelta(days=chance.randint(0, 60)):%d/%m/%Y}"


# --- the other sheets ---------------------------------------------------------------------------------


def _unit_items(bloc: Bloc, unit: Unit, persons: list[str]) -> list[Row]:
    filler, signer = words.SIGNERS[bloc.code]
    items = {
        "filled_by": persons[0],
        "filled_position": filler,
        "signer": persons[1],
        "signer_position": words.POSITION_OF_SIGNER.get(unit.code, signer),
        "signed_on": dt.date(2023, 12, 1),
    }
    return [{"item": item, "value": value} for item, value in items.items()]


def _persons(rules: Rules, unit: Unit) -> list[str]:
    """Sample persons; the letter behind their names tells one unit's from another's."""
    names, letter = list(words.NAMES), chr(ord("A") + list(rules.units).index(unit.code))
    _chance(unit, "persons").shuffle(names)
    return [f"{name} {letter}" for name in names]


def _models(bloc: Bloc, unit: Unit, count: int) -> list[Row]:
    """As many as the unit reports under MH1, and one all the same, for the form asks for one."""
    pool = words.MODELS[bloc.code]
    first = [each.code for each in bloc.units].index(unit.code) * 3
    rows = []
    for place in range(max(1, count)):
        built, n = pool[(first + place) % len(pool)], 10 * _chance(unit, f"model {place}").randint(4, 24)
        row = {"kind": built.kind, "name": built.name, "content": built.content.format(n=n)}
        rows.append({**row, "result": built.result.format(n=n), **({"cost": built.cost} if built.cost else {})})
    return rows


def _movements(bloc: Bloc, unit: Unit, count: int) -> list[Row]:
    """As many movements with a result as the unit reports under MH3, in the plan's order."""
    taken_up = words.FIRST_MOVEMENTS[bloc.code][:count]
    rows = []
    for movement, (activities, result) in words.ACTIVITIES.items():
        if movement not in taken_up:
            continue
        people = _chance(unit, movement).randint(*{"thon": (60, 420), "truong-hoc": (25, 380)}.get(bloc.code, (6, 90)))
        rows.append({"movement": movement, "activities": activities, "participants": people, "result": result})
    return rows


def _collectives(rules: Rules, bloc: Bloc, unit: Unit, strength: float) -> list[Row]:
    names = _award_names(rules)
    proposed = words.COLLECTIVES[bloc.code][: round(strength * 2)]
    return [
        {"name": name.format(unit=unit.name), "award": names[award], "achievement": words.DEEDS[place]}
        for place, (name, award) in enumerate(proposed)
    ]


def _individuals(rules: Rules, bloc: Bloc, unit: Unit, strength: float, persons: list[str]) -> list[Row]:
    names = _award_names(rules)
    rows = []
    for place, (position, role, award) in enumerate(words.PEOPLE[bloc.code][-1 - round(strength * 2) :]):
        deed = words.DEEDS[(place + len(unit.code)) % len(words.DEEDS)].format(n=12 + 3 * len(unit.name))
        rows.append(
            {
                "name": persons[place],
                "position": position,
                "role": _(ROLES[role]),
                "award": names[award],
                "achievement": deed,
                "initiative": words.INITIATIVES[(place + len(unit.code)) % len(words.INITIATIVES)],
            }
        )
    return rows


def _award_names(rules: Rules) -> dict[str, str]:
    return {each.code: each.name for each in rules.awards.awards}
