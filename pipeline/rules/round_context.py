"""A round under its year's rules: what nearly every stage takes besides its frames."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pipeline.rules.plan import Plan, Round
from pipeline.rules.rubric import Bloc
from pipeline.rules.targets import RUBRIC_TARGETS, Targets
from pipeline.rules.year import Rules


@dataclass(frozen=True)
class RoundContext:
    """The rules of a year, one of its rounds, and where the targets of that round come from."""

    rules: Rules
    round: Round
    targets: Targets = RUBRIC_TARGETS

    @property
    def plan(self) -> Plan:
        """The year's plan."""
        return self.rules.plan

    @property
    def due(self) -> dt.datetime:
        """The last moment that is in time, in the commune's time zone."""
        return self.plan.due_moment(self.round)

    def fingerprint(self, bloc: Bloc) -> str:
        """What the bloc's forms of this round are made from (:meth:`~pipeline.rules.year.Rules.fingerprint`)."""
        return self.rules.fingerprint(bloc, self.round)
