"""Where a target comes from: for each unit and criterion, the one place that says whose number counts.

In: a criterion, a unit. Out: :class:`Target`: its source and, where it is not the unit's own to type, its value. A new
source (targets that the commune assigns, targets from an accepted pledge) is a member of :class:`TargetSource` and a
look-up in :meth:`Targets.of`; form, checks, scoring and ranking ask here and name no source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np

from pipeline.rules.rubric import Criterion


class TargetSource(StrEnum):
    """Who sets a target."""

    NONE = "none"  # the criterion's method looks at none, or it is that of another row (``of``)
    COMMON = "common"  # the rubric: the same for every unit
    OWN = "own"  # the unit, in the form of the same round


@dataclass(frozen=True)
class Target:
    """``value``: None where there is none, or where the unit is to type it."""

    source: TargetSource
    value: Decimal | None = None

    @property
    def is_typed(self) -> bool:
        """Whether the unit enters it in its form."""
        return self.source is TargetSource.OWN


@dataclass(frozen=True)
class Targets:
    """The targets of a round."""

    def of(self, unit: str, criterion: Criterion) -> Target:
        """The target of that unit in that criterion."""
        return common_target(criterion)

    def given(self, units: Sequence[str], criterion: Criterion) -> np.ndarray:
        """For each unit the target that it does not type itself; NaN where it types one, or there is none."""
        values = [self.of(unit, criterion).value for unit in units]
        return np.array([np.nan if value is None else float(value) for value in values])


def common_target(criterion: Criterion) -> Target:
    """What the rubric says for all units alike."""
    if criterion.target is not None:
        return Target(TargetSource.COMMON, criterion.target)
    if criterion.method.needs_target and criterion.of is None and criterion.from_unit:
        return Target(TargetSource.OWN)
    return Target(TargetSource.NONE)


RUBRIC_TARGETS = Targets()
"""Where nothing but the rubric and the forms themselves sets targets."""
