"""The standing of every unit in its bloc: total, rank, class, and in words what decided.

In: the points of criteria and groups (:mod:`pipeline.scoring.points`) and the roster. Out:
:class:`~pipeline.tables.Standings`.

Promises. Totals are compared as they are displayed, to the plan's decimals, and exactly (whole ticks), so two
units tie just when the council's calculator says so. Ranks are competition ranks: 1, 2, 3, 3, 5; a rank is one
more than the number of units that are better. Only the rubric's ordered tie-breaks separate equal totals, never
the order of rows or names, and the row says which one did.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing import DataFrame

from pipeline.answers import NO_DATA
from pipeline.code_lists import GroupKind, State
from pipeline.i18n import _
from pipeline.ranking.classes import classify
from pipeline.ranking.ties import competition_ranks, tie_words
from pipeline.ranking.totals import BlocTotals, bloc_totals
from pipeline.rules.links import unranking
from pipeline.rules.rubric import Bloc, Criterion, Exclusion, Rubric
from pipeline.rules.words import conversion_words, no_data_reason
from pipeline.rules.year import Rules
from pipeline.scoring.points import from_ticks, ticks_within
from pipeline.tables import GroupPoints, Roster, Scores, Standings, by_bloc, checked


def rank(
    rules: Rules, scores: DataFrame[Scores], groups: DataFrame[GroupPoints], roster: DataFrame[Roster]
) -> DataFrame[Standings]:
    """Rank the units of each bloc: ``Standings`` from ``Scores``, ``GroupPoints`` and ``Roster``.

    Every unit of the roster has a row; in each bloc the ranked units stand first, equal ranks in the plan's order.
    Raises ValueError where a unit has two rows for a criterion or a group.
    """
    parts = [by_bloc(frame, rules) for frame in (scores, groups, roster)]
    decimals = rules.plan.decimals
    standings = [_rank_bloc(bloc, *(part[bloc.code] for part in parts), decimals=decimals) for bloc in rules.blocs]
    return checked(pd.concat(standings, ignore_index=True), Standings)


def _rank_bloc(
    bloc: Bloc, scores: pd.DataFrame, groups: pd.DataFrame, roster: pd.DataFrame, *, decimals: int
) -> pd.DataFrame:
    """The bloc's rows of ``Standings``, from its rows of the three frames."""
    units = roster.set_index(Roster.unit)
    totals = bloc_totals(bloc, scores, groups, units[Roster.received], decimals)
    exclusion = _exclusions(bloc.rubric, scores, units[Roster.state])
    keys = totals.keys.loc[units.index[exclusion == ""]]
    ranks = competition_ranks(keys)
    ties = tie_words(bloc.rubric.ties, keys, units[Roster.unit_name])
    classes, remarks = classify(totals, ranks)
    standings = from_ticks(totals.totals, totals.decimals).reindex(units.index)
    standings = standings.assign(
        bloc=bloc.code,
        rank=ranks.reindex(units.index),
        classification=classes.reindex(units.index, fill_value=_("Not classified")),
        tie=ties.reindex(units.index, fill_value=""),
        exclusion=exclusion,
        received=units[Roster.received],
    )
    further = [sentences.reindex(units.index, fill_value="") for sentences in (remarks, _converted(totals))]
    notes = zip(exclusion, standings[Standings.tie], *further, strict=True)
    standings[Standings.note] = [". ".join(filter(None, sentences)) for sentences in notes]
    return standings.sort_values(Standings.rank, kind="stable", na_position="last").reset_index()


def _converted(bloc: BlocTotals) -> pd.Series:
    """How base points were converted (:func:`~pipeline.ranking.totals.rescaled`), a sentence for each unit to which
    not all standard points apply."""
    codes = [group.code for group in bloc.rubric.groups_of(GroupKind.BASE)]
    whole = ticks_within(bloc.rubric.total, bloc.decimals)
    added, out_of = bloc.group_points[codes].sum(axis=1), bloc.applicable[codes].sum(axis=1)
    base = bloc.totals[Standings.base]
    sentences, tick = {}, 10**bloc.decimals
    for unit in out_of.index[out_of < whole]:
        sums = {"points": added[unit] / tick, "base": base[unit] / tick}
        sentences[unit] = conversion_words(out_of[unit] / tick, whole / tick, **sums)
    return pd.Series(sentences, dtype="str")


# --- exclusions -------------------------------------------------------------------------------------


def _exclusions(rubric: Rubric, scores: pd.DataFrame, state: pd.Series) -> pd.Series:
    """Why a unit has no rank, by unit; "" for one that has. ``state``: unit -> code of its state."""
    missing = [each.reason for each in rubric.exclusions if each.when == "no_report"] or [_("No accepted form")]
    returned = _("the form was returned for correction")
    reasons = {unit: [] if code == State.SENT else missing for unit, code in state.items()}
    for unit in state.index[state == State.TO_CORRECT]:
        reasons[unit] = [*missing, returned]
    for exclusion in rubric.exclusions:
        if exclusion.when == "criterion":
            for unit in _excluded(rubric, exclusion, scores):
                reasons[unit] = [*reasons[unit], exclusion.reason]
    for criterion in unranking(rubric):
        for unit in _without_data(criterion, scores):
            reasons[unit] = [*reasons[unit], no_data_reason(criterion)]
    return pd.Series({unit: "; ".join(parts) for unit, parts in reasons.items()}, index=state.index, dtype="str")


def _excluded(rubric: Rubric, exclusion: Exclusion, scores: pd.DataFrame) -> pd.Series:
    """The units whose answer to the criterion excludes them."""
    answers = scores[scores[Scores.criterion] == exclusion.criterion]
    excluded = answers[Scores.choice].isin(rubric.excluding(exclusion))
    if exclusion.at_least is not None:
        excluded |= answers[Scores.actual] >= float(exclusion.at_least)
    return answers.loc[excluded, Scores.unit]


def _without_data(criterion: Criterion, scores: pd.DataFrame) -> list[str]:
    """The units that have no data in the criterion, in its own row or for one of its inputs."""
    rows = scores[scores[Scores.criterion] == criterion.code]
    entered = zip(rows[Scores.unit], rows[Scores.choice], rows[Scores.inputs], strict=True)
    none = _(NO_DATA)
    return [unit for unit, choice, inputs in entered if none in (choice, *(each.value for each in inputs))]
