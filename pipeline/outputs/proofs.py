"""The code of a result, and each unit's proof: ``chung-minh/<unit>.json``.

In: an :class:`~pipeline.outcome.Outcome`, whole and as everybody may see it. Out: its digest
(:mod:`pipeline.state.published_digest`), and a file for each unit that has points, with that unit's points alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from pipeline.outcome import Outcome
from pipeline.outputs import data
from pipeline.state import manifest
from pipeline.state.published_digest import Digest, Proof, Row, digest, unproved
from pipeline.tables import Roster, plain_rows

_PROVED = (
    *("group", "criterion", "target", "actual", "inputs", "claimed", "computed", "appraised", "decided"),
    *("points", "explanation", "reason"),
)


def digest_of(outcome: Outcome, shown: Outcome, tables: Collection[str]) -> Digest:
    """The digest of an outcome, of which everybody may see ``tables`` as they are in ``shown``."""
    public = {name: [dict(row) for row in data.rows(shown, name)] for name in tables}
    return digest(manifest.facts(outcome), public, _units(outcome))


def write(digested: Digest, folder: Path) -> None:
    """Write every unit's proof into ``folder``, which is made. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for unit, proof in digested.proofs.items():
        text = json.dumps(proof.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
        (folder / f"{unit}.json").write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _units(outcome: Outcome) -> list[Proof]:
    """Every unit with points, in the order of the plan."""
    points: dict[str, list[Row]] = {}
    for row in data.rows(outcome, "scores"):
        points.setdefault(row["unit"], []).append({name: row[name] for name in _PROVED})
    files = dict(plain_rows(outcome.roster, Roster.unit, Roster.file))
    plan, round_ = outcome.rules.plan, outcome.round
    head = {"plan": plan.code, "year": str(plan.year), "round": round_.code}
    return [
        unproved(head | {"bloc": bloc.code, "unit": unit}, outcome.inputs.get(files[unit], ""), points[unit])
        for unit, (bloc, _unit) in outcome.rules.units.items()
        if unit in points
    ]
