"""Which changes that people made moved a rank: each is undone by itself, and the ranks are compared.

In: the scores that count, the judgements behind them, the roster and the standings. Out: the judgements with the
ranks that they moved, as numbers and in words.

Promises. A change moved just those ranks that would be different if it alone had not been made and everything else
stood as it does; caps, tie-breaks and exclusions are those of :mod:`pipeline.ranking.standings`, which adds up the
points. A change on which a later one built (an appraisal that the council changed again) moves nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline.i18n import _, number
from pipeline.ranking.standings import compare
from pipeline.ranking.ties import NAMED
from pipeline.rules.rubric import Bloc
from pipeline.rules.year import Rules
from pipeline.scoring.points import add_up
from pipeline.tables import Judgements, Roster, Scores, Standings, by_bloc, checked

Whole = np.ndarray[Any, np.dtype[np.int64]]


def with_moves(
    rules: Rules,
    scores: DataFrame[Scores],
    judgements: DataFrame[Judgements],
    roster: DataFrame[Roster],
    standings: DataFrame[Standings],
) -> DataFrame[Judgements]:
    """``Judgements`` with ``rank_undone``, ``rank``, ``moved`` and ``effect``. ``standings``: as they are now."""
    ranks = standings.set_index("unit")["rank"]
    own = judgements["unit"].map(ranks).astype("Int64")
    found = judgements.assign(rank_undone=own, rank=own, moved=0, effect="")
    if judgements.empty:
        return found
    last = ~judgements.loc[_changed(judgements)].duplicated(["unit", "criterion"], keep="last")
    undone = judgements.loc[last.index[last]]
    imagined = _imagined(scores[scores["bloc"].isin(undone["bloc"])], undone)
    groups = add_up(rules, imagined)
    parts = [by_bloc(frame, rules) for frame in (undone, imagined, groups, roster, standings)]
    for bloc in rules.blocs:
        changes, points, sums, units, table = (part[bloc.code] for part in parts)
        if changes.empty:
            continue
        received = units.set_index("unit")["received"]
        received = pd.concat([received, pd.Series(received[changes["unit"]].tolist(), changes.index.map(_alias))])
        keys = compare(bloc, points, sums, received, rules.plan.decimals).keys
        for row, move in _moves(bloc, keys, changes, table[table["rank"].notna()]):
            found.loc[row, ["rank_undone", "moved", "effect"]] = move
    return checked(found, Judgements)


def _changed(judgements: pd.DataFrame) -> pd.Series:
    return judgements["before"] != judgements["after"]


# --- the units as they would be -----------------------------------------------------------------------


def _alias(row: int) -> str:
    """What stands for the unit whose judgement in that row is undone. No code of a unit holds such a character."""
    return f"\0{row}"


def _imagined(scores: pd.DataFrame, undone: pd.DataFrame) -> pd.DataFrame:
    """``Scores``, and behind them for each judgement the rows of its unit once more, as if it had not been made."""
    rows = scores.groupby("unit", sort=False).indices
    own = [rows[unit] for unit in undone["unit"]]
    which = np.repeat(np.arange(len(undone)), [len(each) for each in own])
    copies = scores.iloc[np.concatenate([np.array([], dtype=int), *own])]
    aliases, criteria, before = (
        column.to_numpy()[which]
        for column in (undone.index.to_series().map(_alias), undone["criterion"], undone["before"])
    )
    points = np.where(copies["criterion"].to_numpy() == criteria, before, copies["points"].to_numpy())
    return pd.concat([scores, copies.assign(unit=aliases, points=points)], ignore_index=True)


# --- ranks ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Bloc:
    """The ranked units of a bloc, best first: where they stand, and what they are called."""

    units: list[str]
    names: Mapping[str, str]
    ranks: Whole


def _moves(
    bloc: Bloc, keys: pd.DataFrame, changes: pd.DataFrame, ranked: pd.DataFrame
) -> Iterator[tuple[Any, list[Any]]]:
    """For each change of a ranked unit its row, the unit's rank without it, how many ranks it moved, and the words."""
    units = ranked["unit"].tolist()
    here = _Bloc(units, {unit.code: unit.name for unit in bloc.units}, ranked["rank"].to_numpy("int64"))
    place = {unit: at for at, unit in enumerate(units)}
    asked = changes[changes["unit"].isin(units)]
    if asked.empty:
        return
    strength = _strength(keys)
    own = np.array([place[unit] for unit in asked["unit"]])
    ranks = ranks_undone(
        strength.loc[units].to_numpy(), here.ranks, own, strength.loc[asked.index.map(_alias)].to_numpy()
    )
    for row, unit, without in zip(asked.index, own.tolist(), ranks, strict=True):
        moved = np.flatnonzero(without != here.ranks)
        words = _words(here, unit, without, moved) if len(moved) else ""
        yield row, [int(without[unit]), len(moved), words]


def _strength(keys: pd.DataFrame) -> pd.Series:
    """One number for each row of keys: the larger, the better the unit; equal where nothing separates two."""
    _rows, order = np.unique(keys.to_numpy("int64"), axis=0, return_inverse=True)
    return pd.Series(order.ravel(), keys.index)


def ranks_undone(strength: Whole, ranks: Whole, own: Whole, undone: Whole) -> Whole:
    """The rank of every unit (column) after each change (row) is undone.

    ``strength`` and ``ranks`` of the units as they are; of each change its unit's place among them and the strength
    that this unit has without it. Only one unit differs, so each other gains or loses at most one rank.
    """
    better_now = strength[own][:, None] > strength
    better_then = undone[:, None] > strength
    result: Whole = ranks - better_now + better_then.astype("int64")
    stronger = strength > undone[:, None]
    changes = np.arange(len(own))
    stronger[changes, own] = False
    result[changes, own] = 1 + stronger.sum(axis=1)
    return result


# --- in words -------------------------------------------------------------------------------------------


def _words(here: _Bloc, unit: int, without: Whole, moved: Whole) -> str:
    """Whom the change moved from where to where: its own unit first, then the others from the best down."""
    order = sorted(moved.tolist(), key=lambda place: (place != unit, place))
    said = [_move(here, place, int(without[place])) for place in order[:NAMED]]
    if len(order) > NAMED:
        said.append(_("and {n} more units").format(n=number(len(order) - NAMED)))
    return "; ".join(said)


def _move(here: _Bloc, place: int, before: int) -> str:
    after = int(here.ranks[place])
    up, down = _("{unit} from rank {before} up to {after}"), _("{unit} from rank {before} down to {after}")
    words = up if after < before else down
    return words.format(unit=here.names[here.units[place]], before=before, after=after)
