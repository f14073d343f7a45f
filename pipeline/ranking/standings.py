"""The standing of every unit in its bloc: total, rank, class, and in words what decided.

In: points of criteria and groups (:mod:`pipeline.scoring.points`) and the roster. Out:
:class:`~pipeline.tables.Standings`.

Promises. Totals are compared as they are displayed, to the plan's decimals, and exactly (whole ticks), so two
units tie just when the council's calculator says so. Ranks are competition ranks: 1, 2, 3, 3, 5; a rank is one
more than the number of units that are better. Only the rubric's ordered tie-breaks separate equal totals, never
the order of rows or names, and the row says which one did.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandera.typing import DataFrame

from pipeline.code_lists import GroupKind, State
from pipeline.i18n import _, number
from pipeline.ranking.classes import classify
from pipeline.ranking.ties import comparison_keys, competition_ranks, tie_words
from pipeline.rules.rubric import Bloc, Exclusion, Rubric
from pipeline.rules.year import Rules
from pipeline.scoring.points import from_ticks, ticks, ticks_within
from pipeline.tables import GroupPoints, Roster, Scores, Standings, by_bloc, checked


def rank(
    rules: Rules, scores: DataFrame[Scores], groups: DataFrame[GroupPoints], roster: DataFrame[Roster]
) -> DataFrame[Standings]:
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
    compared = compare(bloc, scores, groups, units["received"], decimals)
    points, sums, totals, applicable = compared.points, compared.sums, compared.totals, compared.applicable
    exclusion = _exclusions(bloc.rubric, scores, units["state"])
    ranked = units.index[exclusion == ""]
    keys = compared.keys.loc[ranked]
    ranks = competition_ranks(keys)
    ties = tie_words(bloc.rubric.ties, keys, units["unit_name"])
    classes, remarks = classify(bloc.rubric, ranks, totals["total"], points, sums, applicable, decimals)
    standings = from_ticks(totals, decimals).reindex(units.index)
    standings = standings.assign(
        bloc=bloc.code,
        rank=ranks.reindex(units.index),
        classification=classes.reindex(units.index, fill_value=_("Not classified")),
        tie=ties.reindex(units.index, fill_value=""),
        exclusion=exclusion,
        received=units["received"],
    )
    said = [exclusion, standings["tie"], remarks.reindex(units.index, fill_value="")]
    said.append(_converted(bloc.rubric, compared, decimals).reindex(units.index, fill_value=""))
    standings["note"] = [". ".join(filter(None, row)) for row in zip(*said, strict=True)]
    return standings.sort_values("rank", kind="stable", na_position="last").reset_index()


@dataclass(frozen=True)
class Compared:
    """What the units of a bloc are compared by, all in ticks: units × criteria, × groups, × groups, × sums, × keys.

    ``applicable``: the points of each group that apply to the unit.
    ``keys``: the total, then a column for each tie-break; more is better in each, the first that differs decides.
    """

    points: pd.DataFrame
    sums: pd.DataFrame
    applicable: pd.DataFrame
    totals: pd.DataFrame
    keys: pd.DataFrame


def compare(bloc: Bloc, scores: pd.DataFrame, groups: pd.DataFrame, received: pd.Series, decimals: int) -> Compared:
    """What ranks follow from, for every unit of ``scores``. ``received``: by unit, ISO times or ""."""
    points = _by_unit(scores, "criterion", list(bloc.rubric.criteria), decimals)
    sums = _by_unit(groups, "group", [group.code for group in bloc.rubric.groups], decimals)
    applicable = _by_unit(groups, "group", [group.code for group in bloc.rubric.groups], decimals, "applicable")
    totals = _totals(bloc.rubric, sums, applicable, decimals)
    return Compared(points, sums, applicable, totals, comparison_keys(bloc.rubric, totals, points, sums, received))


# --- totals and exclusions --------------------------------------------------------------------------


def _by_unit(frame: pd.DataFrame, column: str, codes: list[str], decimals: int, values: str = "points") -> pd.DataFrame:
    """The points (or other ``values``) as ticks, units × what ``column`` names."""
    wide = frame.assign(ticks=ticks(frame[values], decimals)).pivot(index="unit", columns=column, values="ticks")
    return wide.reindex(columns=codes, fill_value=0)


def _totals(rubric: Rubric, sums: pd.DataFrame, applicable: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """Ticks by unit: ``base``, ``bonus`` and ``penalty`` behind the rubric's caps, and their sum ``total``."""
    of = {kind.value: [group.code for group in rubric.groups_of(kind)] for kind in GroupKind}
    totals = pd.DataFrame({kind: sums[codes].sum(axis=1) for kind, codes in of.items()}, index=sums.index)
    whole = ticks_within(rubric.total, decimals)
    totals["base"] = rescaled(totals["base"], whole, applicable[of["base"]].sum(axis=1))
    if rubric.bonus_cap is not None:
        totals["bonus"] = totals["bonus"].clip(upper=ticks_within(rubric.bonus_cap, decimals))
    if rubric.penalty_cap is not None:
        totals["penalty"] = totals["penalty"].clip(lower=-ticks_within(rubric.penalty_cap, decimals))
    return totals.assign(total=totals.sum(axis=1))


def rescaled(base: pd.Series, whole: int, applicable: pd.Series) -> pd.Series:
    """Base points out of what applies to each unit, as if out of the whole: 68.32 of 84 are 81.33 of 100.

    All in ticks, rounded half up. What does not apply leaves the denominator, as in the index of administrative
    reform (PAR Index).
    """
    out_of = applicable.where(applicable > 0, 1)
    doubled = 2 * base.abs().astype(object) * whole  # Python's integers: ticks times ticks can need more than 64 bits
    size = ((doubled + out_of) // (2 * out_of)).astype("int64")
    return size.where(base >= 0, -size)


def _converted(rubric: Rubric, compared: Compared, decimals: int) -> pd.Series:
    """How base points were converted, by unit to which not all standard points apply."""
    codes, whole = [group.code for group in rubric.groups_of(GroupKind.BASE)], ticks_within(rubric.total, decimals)
    added, out_of, base = (
        compared.sums[codes].sum(axis=1),
        compared.applicable[codes].sum(axis=1),
        compared.totals["base"],
    )
    words = _("{applicable} of {total} standard points apply: {points} × {total} / {applicable} = {base}")
    sentences = {}
    for unit in out_of.index[out_of < whole]:
        ticked = {"applicable": out_of[unit], "total": whole, "points": added[unit], "base": base[unit]}
        sentences[unit] = words.format(**{name: number(value / 10**decimals) for name, value in ticked.items()})
    return pd.Series(sentences, dtype="str")


def _exclusions(rubric: Rubric, scores: pd.DataFrame, state: pd.Series) -> pd.Series:
    """Why a unit has no rank, by unit; "" for one that has."""
    missing = [each.reason for each in rubric.exclusions if each.when == "no_report"] or [_("No accepted form")]
    returned = _("the form was returned for correction")
    reasons = {unit: [] if where == State.SENT else missing for unit, where in state.items()}
    for unit in state.index[state == State.TO_CORRECT]:
        reasons[unit] = [*missing, returned]
    for exclusion in rubric.exclusions:
        if exclusion.when == "criterion":
            for unit in _excluded(rubric, exclusion, scores):
                reasons[unit] = [*reasons[unit], exclusion.reason]
    return pd.Series({unit: "; ".join(parts) for unit, parts in reasons.items()}, index=state.index, dtype="str")


def _excluded(rubric: Rubric, exclusion: Exclusion, scores: pd.DataFrame) -> pd.Series:
    """The units whose answer to the criterion excludes them."""
    answers = scores[scores["criterion"] == exclusion.criterion]
    struck = answers["choice"].isin(rubric.excluding(exclusion))
    if exclusion.at_least is not None:
        struck |= answers["actual"] >= float(exclusion.at_least)
    return answers.loc[struck, "unit"]
