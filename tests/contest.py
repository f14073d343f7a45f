"""A bloc in which each unit simply claims its points, so that a test of sums and ranks can state them outright."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from pipeline import tables
from pipeline.ranking.standings import rank
from pipeline.rules.year import Rules
from pipeline.scoring.points import score
from tests import small
from tests.frames import frame_of, results_of

Claims = Mapping[str, Mapping[str, float]]
"""Unit -> criterion -> points claimed; what is left out is blank."""

CLASSES = [{"name": "Tốt", "from": 80}, {"name": "Khá", "from": 0}]


def group(
    code: str, criteria: Mapping[str, float], *, kind: str = "base", points: float | None = None
) -> dict[str, Any]:
    """A group of appraised criteria; ``points`` is its cap, by default what its criteria add up to."""
    return {
        "code": code,
        "name": f"Nhóm {code}",
        "kind": kind,
        "points": str(points or sum(criteria.values())),
        "criteria": [
            {"code": each, "name": f"Tiêu chí {each}", "points": str(most), "score": {"method": "appraised"}}
            for each, most in criteria.items()
        ],
    }


BASE = [group("I", {"A": 60, "B": 40})]


def contest(units: list[str], groups: list[dict[str, Any]] = BASE, decimals: int = 2, **rubric: Any) -> Rules:
    """One bloc of these units."""
    total = sum(Decimal(each["points"]) for each in groups if each["kind"] == "base")
    whole = {"total": str(total), "groups": groups, "classification": CLASSES} | rubric
    named = [{"code": unit, "name": unit.upper()} for unit in units]
    bloc = {"code": "khoi", "name": "Khối", "units": named, "rubric": whole}
    return small.rules(bloc, plan={"decimals": decimals})


def roster(rules: Rules, **columns: Mapping[str, Any]) -> pd.DataFrame:
    """All units in time at the same moment; ``columns`` changes cells by unit."""
    units = [
        {
            "bloc": bloc.code,
            "bloc_name": bloc.name,
            "unit": code,
            "unit_name": unit.name,
            "state": "sent",
            "days_late": 0,
            "returned_file": "",
            "file": f"{code}.xlsx",
            "received": "2023-12-08T09:00:00+07:00",
        }
        | {column: changed[code] for column, changed in columns.items() if code in changed}
        for code, (bloc, unit) in rules.units.items()
    ]
    return frame_of(tables.Roster, units)


def results(claims: Claims) -> pd.DataFrame:
    """What the units of :func:`contest` claim."""
    return results_of(
        {"bloc": "khoi", "unit": unit, "criterion": criterion, "claimed": points, "file": f"{unit}.xlsx"}
        for unit, points_of in claims.items()
        for criterion, points in points_of.items()
    )


def standings(claims: Claims, changed: Mapping[str, Mapping[str, Any]] | None = None, **rules: Any) -> pd.DataFrame:
    """The standings of a contest between the units of ``claims``; ``changed``: see :func:`roster`."""
    made = contest(list(claims), **rules)
    where = roster(made, **(changed or {}))
    scores, groups = score(made, results(claims), where)
    return rank(made, scores, groups, where)


def ranks(*args: Any, **rules: Any) -> dict[str, int | None]:
    """Unit -> rank, None for a unit that has none."""
    table = standings(*args, **rules)
    return {
        unit: None if pd.isna(place) else int(place) for unit, place in zip(table["unit"], table["rank"], strict=True)
    }
