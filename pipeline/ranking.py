"""The standing of every unit in its bloc: total, rank, class, and in words what decided.

In: points of criteria and groups (:mod:`pipeline.scoring`) and the roster. Out: :class:`~pipeline.tables.Standings`.

Promises. Totals are compared as they are displayed, to the plan's decimals, and exactly (whole ticks), so two
units tie just when the council's calculator says so. Ranks are competition ranks: 1, 2, 3, 3, 5; a rank is one
more than the number of units that are better. Only the rubric's ordered tie-breaks separate equal totals, never
the order of rows or names, and the row says which one did.
"""

from __future__ import annotations

import pandas as pd

from pipeline.classification import classify
from pipeline.i18n import _
from pipeline.rubric import Bloc, Exclusion, Kind, Rubric
from pipeline.rules import Rules
from pipeline.scoring import from_ticks, ticks, ticks_within
from pipeline.tables import Standings, by_bloc, checked
from pipeline.ties import comparison_keys, competition_ranks, tie_words


def rank(rules: Rules, scores: pd.DataFrame, groups: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Rank the units of each bloc: ``Standings`` from ``Scores``, ``GroupPoints`` and ``Roster``.

    Every unit of the roster has a row; in each bloc the ranked units stand first, equal ranks in the plan's order.
    """
    scored, grouped, units = (by_bloc(frame, rules) for frame in (scores, groups, roster))
    standings = [
        _rank_bloc(bloc, scored[bloc.code], grouped[bloc.code], units[bloc.code].set_index("unit"), rules.plan.decimals)
        for bloc in rules.blocs
    ]
    return checked(pd.concat(standings, ignore_index=True), Standings)


def _rank_bloc(
    bloc: Bloc, scores: pd.DataFrame, groups: pd.DataFrame, units: pd.DataFrame, decimals: int
) -> pd.DataFrame:
    points = _by_unit(scores, "criterion", list(bloc.rubric.criteria), decimals)
    sums = _by_unit(groups, "group", [group.code for group in bloc.rubric.groups], decimals)
    totals = _totals(bloc.rubric, sums, decimals)
    exclusion = _exclusions(bloc.rubric, scores, units["state"])
    ranked = units.index[exclusion == ""]
    keys = comparison_keys(bloc.rubric, totals, points, sums, units["received"]).loc[ranked]
    ranks = competition_ranks(keys)
    ties = tie_words(bloc.rubric.ties, keys, units["unit_name"])
    classes, remarks = classify(bloc.rubric, ranks, totals["total"], points, sums, decimals)
    standings = from_ticks(totals, decimals).reindex(units.index)
    standings = standings.assign(
        bloc=bloc.code,
        rank=ranks.reindex(units.index),
        classification=classes.reindex(units.index, fill_value=_("Not classified")),
        tie=ties.reindex(units.index, fill_value=""),
        exclusion=exclusion,
        received=units["received"],
    )
    remarks = remarks.reindex(units.index, fill_value="")
    standings["note"] = [". ".join(filter(None, row)) for row in zip(exclusion, standings["tie"], remarks, strict=True)]
    return standings.sort_values("rank", kind="stable", na_position="last").reset_index()


# --- totals and exclusions --------------------------------------------------------------------------


def _by_unit(frame: pd.DataFrame, column: str, codes: list[str], decimals: int) -> pd.DataFrame:
    """The points as ticks, units × what ``column`` names."""
    wide = frame.assign(points=ticks(frame["points"], decimals)).pivot(index="unit", columns=column, values="points")
    return wide.reindex(columns=codes, fill_value=0)


def _totals(rubric: Rubric, sums: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """Ticks by unit: ``base``, ``bonus`` and ``penalty`` behind the rubric's caps, and their sum ``total``."""
    kinds: tuple[Kind, ...] = ("base", "bonus", "penalty")
    of = {kind: [group.code for group in rubric.groups_of(kind)] for kind in kinds}
    totals = pd.DataFrame({kind: sums[codes].sum(axis=1) for kind, codes in of.items()}, index=sums.index)
    if rubric.bonus_cap is not None:
        totals["bonus"] = totals["bonus"].clip(upper=ticks_within(rubric.bonus_cap, decimals))
    if rubric.penalty_cap is not None:
        totals["penalty"] = totals["penalty"].clip(lower=-ticks_within(rubric.penalty_cap, decimals))
    return totals.assign(total=totals.sum(axis=1))


def _exclusions(rubric: Rubric, scores: pd.DataFrame, state: pd.Series) -> pd.Series:
    """Why a unit has no rank, by unit; "" for one that has."""
    missing = [each.reason for each in rubric.exclusions if each.when == "no_report"] or [_("No accepted form")]
    returned = _("the form was returned for correction")
    reasons = {unit: [] if where == "sent" else missing for unit, where in state.items()}
    for unit in state.index[state == "to_correct"]:
        reasons[unit] = [*missing, returned]
    for exclusion in rubric.exclusions:
        if exclusion.when == "criterion":
            for unit in _excluded(exclusion, scores):
                reasons[unit] = [*reasons[unit], exclusion.reason]
    return pd.Series({unit: "; ".join(parts) for unit, parts in reasons.items()}, index=state.index, dtype="str")


def _excluded(exclusion: Exclusion, scores: pd.DataFrame) -> pd.Series:
    """The units whose answer to the criterion excludes them."""
    answers = scores[scores["criterion"] == exclusion.criterion]
    struck = answers["choice"].isin(exclusion.one_of)
    if exclusion.at_least is not None:
        struck |= answers["actual"] >= float(exclusion.at_least)
    return answers.loc[struck, "unit"]
