"""Everything one run found out: what stands between finding out and writing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd
from pandera.typing import DataFrame

from pipeline.forms.frames import CollectiveAwards, IndividualAwards, Models, Movements, Results
from pipeline.ranking import firmness as robustness
from pipeline.ranking import side_by_side
from pipeline.rules.plan import Round
from pipeline.rules.round_context import RoundContext
from pipeline.rules.targets import RUBRIC_TARGETS, Targets
from pipeline.rules.year import Rules
from pipeline.tables import (
    Findings,
    Firmness,
    GroupPoints,
    Judgements,
    RankWithout,
    Register,
    Roster,
    Scores,
    SideBySide,
    Standings,
    empty,
    plain_rows,
)


@dataclass(frozen=True)
class Outcome:
    """Everything one run found out; the outputs are functions of this and of nothing else.

    ``as_of`` is the time of the newest receipt, so that the outputs do not depend on when the run took place.
    """

    rules: Rules
    round: Round
    as_of: dt.datetime | None
    register: DataFrame[Register]
    roster: DataFrame[Roster]
    findings: DataFrame[Findings]
    results: DataFrame[Results]
    models: DataFrame[Models]
    movements: DataFrame[Movements]
    collective_awards: DataFrame[CollectiveAwards]
    individual_awards: DataFrame[IndividualAwards]
    scores: DataFrame[Scores] = field(default_factory=lambda: empty(Scores))
    groups: DataFrame[GroupPoints] = field(default_factory=lambda: empty(GroupPoints))
    standings: DataFrame[Standings] = field(default_factory=lambda: empty(Standings))
    inputs: dict[str, str] = field(default_factory=dict)
    """Path below the inbox -> SHA-256 of every file read."""
    judgements: DataFrame[Judgements] = field(default_factory=lambda: empty(Judgements))
    targets: Targets = RUBRIC_TARGETS

    @property
    def context(self) -> RoundContext:
        """The rules and the round."""
        return RoundContext(self.rules, self.round, self.targets)

    # What follows is looked up by outputs alone, so it is found when it is first asked for.

    @cached_property
    def side_by_side(self) -> DataFrame[SideBySide]:
        """:class:`~pipeline.tables.SideBySide`."""
        return side_by_side.side_by_side(self.rules, self.scores, self.roster, self.standings)

    @cached_property
    def firmness(self) -> DataFrame[Firmness]:
        """:class:`~pipeline.tables.Firmness`."""
        return robustness.firmness(self.rules, self.groups, self.standings)

    @cached_property
    def ranks_without(self) -> DataFrame[RankWithout]:
        """:class:`~pipeline.tables.RankWithout`."""
        return robustness.ranks_without(self.rules, self.groups, self.standings)

    @property
    def changes(self) -> DataFrame[Judgements]:
        """The judgements that changed points; the others confirmed them."""
        return self.judgements[self.judgements[Judgements.before] != self.judgements[Judgements.after]]

    def reasons(self) -> pd.Series:
        """For each row of ``scores`` the reason that the last judgement gave, or ""."""
        rows = plain_rows(self.judgements, Judgements.unit, Judgements.criterion, Judgements.reason)
        reasons = {(unit, criterion): str(reason) for unit, criterion, reason in rows}
        keys = plain_rows(self.scores, Scores.unit, Scores.criterion)
        return pd.Series([reasons.get(key, "") for key in keys], self.scores.index, dtype=object)
