"""The public set of outputs: what the commune may put on its site or hand to anybody.

In: an :class:`~pipeline.outcome.Outcome`. Out: the public page, the text for the radio, tables of ranks and of points
by group, and a manifest that names files by their unit and holds the code of the result.

Promise: no personal data beyond the lists that the plan's ``publish`` names. Nothing that somebody typed freely is
here, for a name may stand in it, and no file name; nor why a unit has no rank, which may tell of a person's penalty.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from pipeline import tables
from pipeline.forms import frames
from pipeline.outcome import Outcome
from pipeline.outputs import data, page, proofs
from pipeline.outputs.radio import bulletin
from pipeline.state import layout, manifest
from pipeline.state.published_digest import Digest
from pipeline.tables import Roster, Scores, Standings, plain_rows

TABLES = ("standings", "groups")

PUBLISHED: Mapping[str, tuple[str, ...]] = {
    "collective_awards": ("bloc", "unit", "name", "award"),
    "individual_awards": ("bloc", "unit", "name", "position", "award"),
}
"""What of each list is published where the plan says so."""


def write(outcome: Outcome, folder: Path) -> str:
    """Write the set of an outcome into ``folder``; its code. Raises OSError."""
    shown, digest = public_outcome(outcome), digest_of(outcome)
    data.write(shown, folder / layout.DATA, _tables(outcome))
    page.write_public(shown, folder / layout.PAGE, digest.code)
    bulletin.write(shown, folder / layout.BULLETIN)
    manifest.write(shown, folder, digest, public=True)
    return digest.code


def digest_of(outcome: Outcome) -> Digest:
    """The digest of an outcome, public and hidden half."""
    return proofs.digest_of(outcome, dataclasses.replace(outcome, **_published(outcome)), _tables(outcome))


def _tables(outcome: Outcome) -> list[str]:
    return [*TABLES, *(name for name in PUBLISHED if name in outcome.rules.plan.publish)]


def public_outcome(outcome: Outcome) -> Outcome:
    """The outcome without all that is not for everybody."""
    counted = dict(plain_rows(outcome.roster, Roster.unit, Roster.file))
    return dataclasses.replace(
        outcome,
        register=tables.empty(tables.Register),
        findings=tables.empty(tables.Findings),
        results=tables.empty(frames.Results),
        models=tables.empty(frames.Models),
        movements=tables.empty(frames.Movements),
        judgements=tables.empty(tables.Judgements),
        roster=tables.checked(_blank(outcome.roster, Roster.returned_file, Roster.file), tables.Roster),
        scores=tables.checked(
            _blank(outcome.scores, Scores.explanation, Scores.file, Scores.sheet, Scores.actual_cell), tables.Scores
        ),
        inputs={unit: _commitment(outcome.inputs[file]) for unit, file in counted.items() if file in outcome.inputs},
        **_published(outcome),
    )


def _published(outcome: Outcome) -> dict[str, Any]:
    """The tables of the set that hold less than the outcome's own."""
    return {
        "standings": tables.checked(_blank(outcome.standings, Standings.exclusion, Standings.note), tables.Standings),
        "collective_awards": tables.checked(_public_list(outcome, "collective_awards"), frames.CollectiveAwards),
        "individual_awards": tables.checked(_public_list(outcome, "individual_awards"), frames.IndividualAwards),
    }


def _commitment(sha256: str) -> str:
    """By which a unit can recognise its form; the SHA-256 itself, from which the salts are made, is not told."""
    return hashlib.sha256(b"thidua-input" + sha256.encode()).hexdigest()


def _public_list(outcome: Outcome, name: str) -> pd.DataFrame:
    """The list of that name, every text blank but what is published of it."""
    frame: pd.DataFrame = getattr(outcome, name)
    texts = [column for column in map(str, frame) if not is_numeric_dtype(frame[column])]
    return _blank(frame, *(column for column in texts if column not in PUBLISHED[name]))


def _blank(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame.assign(**dict.fromkeys(columns, ""))
