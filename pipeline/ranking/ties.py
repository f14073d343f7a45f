"""How units of one bloc are compared: by total, then by the rubric's ordered tie-breaks; and the words for it.

In: totals and points, as ticks of :mod:`pipeline.scoring.points`, and times of receipt. Out: ranks, and for every unit
whose total another unit has too, a sentence that says which tie-break put it where it stands, or that the units share
the rank.

Promise: only a tie-break that the rubric names separates equal totals; the order of rows or names never does.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
import pandas as pd

from pipeline.i18n import _
from pipeline.rules.rubric import Rubric, TieBreak
from pipeline.tables import Standings

NAMED = 3
"""How many units a sentence names before it counts the others."""


def comparison_keys(
    rubric: Rubric, totals: pd.DataFrame, points: pd.DataFrame, sums: pd.DataFrame, received: pd.Series
) -> pd.DataFrame:
    """By what units are compared, first column first; more is better in each. One column a tie-break, by place.

    ``points``: units × criteria; ``sums``: units × groups.
    """
    keys = totals[[Standings.total]].copy()
    for place, tie in enumerate(rubric.ties):
        match tie.by:
            case "criterion":
                column = points[tie.code]
            case "group":
                column = sums[tie.code]
            case "penalty":
                column = totals[Standings.penalty]
            case "received":
                column = _earliness(received)
        keys[place] = column.reindex(keys.index)
    return keys


def _earliness(received: pd.Series) -> pd.Series:
    """The earlier, the more; a form without a time of receipt comes last."""
    # Not by pandas: a year long past, which a receipt book may name, has an offset of hours, minutes and seconds.
    moments = received.map(lambda iso: dt.datetime.fromisoformat(iso).timestamp() if iso else math.nan).astype(float)
    return moments.rank(method="dense", ascending=False).fillna(0).astype("int64")


def competition_ranks(keys: pd.DataFrame) -> pd.Series:
    """1 + the number of rows that are better: more in the first column in which two rows differ."""
    values = keys.to_numpy("int64")
    order = np.lexsort(-values.T[::-1]) if len(values) else np.array([], dtype="int64")
    ordered = values[order]
    differs = np.ones(len(ordered), dtype=bool)
    differs[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    ranks = np.empty(len(ordered), dtype="int64")
    ranks[order] = np.maximum.accumulate(np.where(differs, np.arange(len(ordered)), 0)) + 1
    return pd.Series(ranks, index=keys.index, dtype="Int64")


def tie_words(ties: Sequence[TieBreak], keys: pd.DataFrame, names: pd.Series) -> pd.Series:
    """For each unit whose total another unit has too: which tie-break separates them, or that none does."""
    words: dict[str, list[str]] = {unit: [] for unit in keys.index}
    compared = dict(zip(keys.index, keys.drop(columns=Standings.total).to_numpy().tolist(), strict=True))
    known_names = dict(names)
    for tied in keys.groupby(Standings.total, sort=False).groups.values():
        if len(tied) > 1:
            for unit, sentence in _separate(list(tied), 0, ties, compared, known_names):
                words[unit].append(sentence)
    return pd.Series({unit: ". ".join(sentences) for unit, sentences in words.items()}, index=keys.index, dtype="str")


def _separate(
    tied: list[str], place: int, ties: Sequence[TieBreak], compared: Mapping[str, list[int]], names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Sentences of units that are equal up to the tie-break at ``place``: by it, then by those after it."""
    if place == len(ties):
        yield from _share(tied, names)
        return
    best_first = sorted(tied, key=lambda unit: -compared[unit][place])
    start = 0
    for _value, equals in groupby(best_first, key=lambda unit: compared[unit][place]):
        part = list(equals)
        above, below = best_first[:start], best_first[start + len(part) :]
        start += len(part)
        for unit in part:
            if above:
                yield unit, _below(ties[place]).format(units=listed(above, names))
            if below:
                yield unit, _above(ties[place]).format(units=listed(below, names))
        if len(part) > 1:
            yield from _separate(part, place + 1, ties, compared, names)


def _share(tied: list[str], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for unit in tied:
        others = [each for each in tied[: NAMED + 1] if each != unit]
        yield unit, _("Same total as {units}; they share the rank").format(units=listed(others, names, len(tied) - 1))


def _above(tie: TieBreak) -> str:
    return {
        "criterion": _("Same total as {units}; ranked above them thanks to criterion {code}"),
        "group": _("Same total as {units}; ranked above them thanks to group {code}"),
        "penalty": _("Same total as {units}; ranked above them thanks to fewer penalty points"),
        "received": _("Same total as {units}; ranked above them thanks to earlier submission"),
    }[tie.by].replace("{code}", tie.code or "")


def _below(tie: TieBreak) -> str:
    return {
        "criterion": _("Same total as {units}; ranked below them because of criterion {code}"),
        "group": _("Same total as {units}; ranked below them because of group {code}"),
        "penalty": _("Same total as {units}; ranked below them because of more penalty points"),
        "received": _("Same total as {units}; ranked below them because of later submission"),
    }[tie.by].replace("{code}", tie.code or "")


def listed(units: Sequence[str], names: Mapping[str, str], count: int | None = None) -> str:
    """The first few names and how many more there are; ``count`` where ``units`` holds just the first."""
    count = len(units) if count is None else count
    first = ", ".join(names[unit] for unit in units[:NAMED])
    return first if count <= NAMED else _("{first} and {more} more").format(first=first, more=count - NAMED)
