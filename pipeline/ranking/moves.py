"""Which changes that people made moved a rank: each is undone by itself, and the ranks are compared.

In: the scores that count, the judgements behind them, the roster and the standings. Out: the judgements with the
ranks that they moved, as numbers and in words.

Promises. A change moved just those ranks that would be different if it alone had not been made and everything else
stood as it does; caps and tie-breaks are those of :mod:`pipeline.ranking.totals`, exclusions those of the standings.
A change on which a later one built (an appraisal that the council changed again) moves nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pipeline.i18n import _, number
from pipeline.ranking.ties import NAMED
from pipeline.ranking.totals import bloc_totals
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
    ranks = judgements[Judgements.unit].map(standings.set_index(Standings.unit)[Standings.rank]).astype("Int64")
    with_ranks = judgements.assign(rank_undone=ranks, rank=ranks, moved=0, effect="")
    if judgements.empty:
        return with_ranks
    key = [Judgements.unit, Judgements.criterion]
    last = ~judgements.loc[_changed(judgements)].duplicated(key, keep="last")
    undone = judgements.loc[last.index[last]]
    imagined = _imagined(scores[scores[Scores.bloc].isin(undone[Judgements.bloc])], undone)
    groups = add_up(rules, imagined)
    parts = [by_bloc(frame, rules) for frame in (undone, imagined, groups, roster, standings)]
    for bloc in rules.blocs:
        changes, bloc_scores, bloc_groups, units, table = (part[bloc.code] for part in parts)
        if changes.empty:
            continue
        received = _with_aliases(units.set_index(Roster.unit)[Roster.received], changes)
        keys = bloc_totals(bloc, bloc_scores, bloc_groups, received, rules.plan.decimals).keys
        for row, move in _moves(bloc, keys, changes, table[table[Standings.rank].notna()]):
            with_ranks.loc[row, [Judgements.rank_undone, Judgements.moved, Judgements.effect]] = move
    return checked(with_ranks, Judgements)


def _changed(judgements: pd.DataFrame) -> pd.Series:
    return judgements[Judgements.before] != judgements[Judgements.after]


# --- the units as they would be -----------------------------------------------------------------------


def _alias(row: int) -> str:
    """What stands for the unit whose judgement in that row is undone. No code of a unit holds such a character."""
    return f"\0{row}"


def _with_aliases(received: pd.Series, changes: pd.DataFrame) -> pd.Series:
    """Unit -> time of receipt, and the same for what stands for the unit of each change."""
    times = pd.Series(received[changes[Judgements.unit]].tolist(), changes.index.map(_alias))
    both: pd.Series = pd.concat([received, times])
    return both


def _imagined(scores: pd.DataFrame, undone: pd.DataFrame) -> pd.DataFrame:
    """``Scores``, and behind them for each judgement the rows of its unit once more, as if it had not been made."""
    rows = scores.groupby(Scores.unit, sort=False).indices
    own = [rows[unit] for unit in undone[Judgements.unit]]
    which = np.repeat(np.arange(len(undone)), [len(each) for each in own])
    copies = scores.iloc[np.concatenate([np.array([], dtype=int), *own])]
    aliases = undone.index.map(_alias).to_numpy()[which]
    criteria, before = (undone[column].to_numpy()[which] for column in (Judgements.criterion, Judgements.before))
    points = np.where(copies[Scores.criterion].to_numpy() == criteria, before, copies[Scores.points].to_numpy())
    return pd.concat([scores, copies.assign(unit=aliases, points=points)], ignore_index=True)


# --- ranks ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _RankedUnits:
    """The ranked units of a bloc, best first: their codes and ranks, and code -> name."""

    codes: list[str]
    ranks: Whole
    names: Mapping[str, str]


def _moves(
    bloc: Bloc, keys: pd.DataFrame, changes: pd.DataFrame, standings: pd.DataFrame
) -> Iterator[tuple[Any, list[Any]]]:
    """For each change of a ranked unit its row, the unit's rank without it, how many ranks it moved, and the words.

    ``keys``: of units and of those that stand for the undone changes (:class:`~pipeline.ranking.totals.BlocTotals`).
    ``standings``: the rows of the ranked units, best first.
    """
    codes, ranks = standings[Standings.unit].tolist(), standings[Standings.rank].to_numpy("int64")
    ranked = _RankedUnits(codes, ranks, {unit.code: unit.name for unit in bloc.units})
    asked = changes[changes[Judgements.unit].isin(codes)]
    if asked.empty:
        return
    strength = _strength(keys)
    place = {code: at for at, code in enumerate(codes)}
    own = np.array([place[code] for code in asked[Judgements.unit]])
    undone = strength.loc[asked.index.map(_alias)].to_numpy()
    ranks_without = ranks_undone(strength.loc[codes].to_numpy(), ranks, own, undone)
    for row, unit, without in zip(asked.index, own.tolist(), ranks_without, strict=True):
        moved = np.flatnonzero(without != ranks)
        words = _words(ranked, unit, without, moved) if len(moved) else ""
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


def _words(ranked: _RankedUnits, unit: int, without: Whole, moved: Whole) -> str:
    """Whom the change moved from where to where: its own unit first, then the others from the best down.

    ``unit`` and ``moved``: places of the units in ``ranked``; ``without``: the ranks of all without the change.
    """
    order = sorted(moved.tolist(), key=lambda place: (place != unit, place))
    sentences = [_move(ranked, place, int(without[place])) for place in order[:NAMED]]
    if len(order) > NAMED:
        sentences.append(_("and {n} more units").format(n=number(len(order) - NAMED)))
    return "; ".join(sentences)


def _move(ranked: _RankedUnits, place: int, before: int) -> str:
    after = int(ranked.ranks[place])
    up, down = _("{unit} from rank {before} up to {after}"), _("{unit} from rank {before} down to {after}")
    words = up if after < before else down
    return words.format(unit=ranked.names[ranked.codes[place]], before=before, after=after)
