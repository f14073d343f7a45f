"""The public set of outputs: what the commune may put on its site or hand to anybody.

In: an :class:`~pipeline.outcome.Outcome`. Out: the public page, the text for the radio, tables of ranks and of points
by group, and a manifest that names files by their unit.

Promise: no personal data beyond the lists that the plan's ``publish`` names. Nothing that somebody typed freely is
here, for a name may stand in it, and no file name; nor why a unit has no rank, which may tell of a person's penalty.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from pandas.api.types import is_numeric_dtype

from pipeline import tables
from pipeline.forms import frames
from pipeline.outcome import Outcome
from pipeline.outputs import data, page
from pipeline.outputs.radio import bulletin
from pipeline.state import layout, manifest
from pipeline.tables import Roster, Scores, Standings, plain_rows

TABLES = ("standings", "groups")

PUBLISHED: Mapping[str, tuple[str, ...]] = {
    "collective_awards": ("bloc", "unit", "name", "award"),
    "individual_awards": ("bloc", "unit", "name", "position", "award"),
}
"""What of each list is published where the plan says so."""


def write(outcome: Outcome, folder: Path) -> None:
    """Write the set of an outcome into ``folder``. Raises OSError."""
    shown = public_outcome(outcome)
    lists = [name for name in PUBLISHED if name in outcome.rules.plan.publish]
    data.write(shown, folder / layout.DATA, (*TABLES, *lists))
    page.write_public(shown, folder / layout.PAGE)
    bulletin.write(shown, folder / layout.BULLETIN)
    manifest.write(shown, folder, public=True)


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
        standings=tables.checked(_blank(outcome.standings, Standings.exclusion, Standings.note), tables.Standings),
        inputs={unit: outcome.inputs[file] for unit, file in counted.items() if file in outcome.inputs},
        collective_awards=tables.checked(_public_list(outcome, "collective_awards"), frames.CollectiveAwards),
        individual_awards=tables.checked(_public_list(outcome, "individual_awards"), frames.IndividualAwards),
    )


def _public_list(outcome: Outcome, name: str) -> pd.DataFrame:
    """The list of that name, every text blank but what is published of it."""
    frame: pd.DataFrame = getattr(outcome, name)
    texts = [column for column in map(str, frame) if not is_numeric_dtype(frame[column])]
    return _blank(frame, *(column for column in texts if column not in PUBLISHED[name]))


def _blank(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame.assign(**dict.fromkeys(columns, ""))
