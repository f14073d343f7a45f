"""Titles and commendations (danh hiệu, hình thức khen thưởng) that may be proposed: ``rules/<year>/awards.yaml``.

They are data with the legal text they come from, never code: titles, powers and ratios change with the law.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from pipeline.i18n import _
from pipeline.rule_model import Fault, ItemCode, Name, RuleModel, repeated


class Award(RuleModel):
    """A title (``title``) or a form of commendation (``commendation``), for a collective or an individual.

    ``granted_by`` is the level that decides; ``source`` the article it rests on.
    """

    code: ItemCode
    name: Name
    kind: Literal["title", "commendation"]
    for_: Literal["collective", "individual"] = Field(alias="for")
    granted_by: Name
    source: Name


class Awards(RuleModel):
    """All awards of the year, in the order in which forms list them."""

    awards: tuple[Award, ...]

    def names(self, for_: Literal["collective", "individual"]) -> tuple[str, ...]:
        """What a form's drop-down offers."""
        return tuple(award.name for award in self.awards if award.for_ == for_)


def award_faults(awards: Awards) -> Iterator[Fault]:
    """Codes that are used twice, and names that a drop-down would offer twice."""
    yield from repeated(awards.awards, ("awards",))
    seen: set[tuple[str, str]] = set()
    for place, award in enumerate(awards.awards):
        offered = (award.for_, award.name.casefold())
        if offered in seen:
            yield Fault(
                ("awards", place, "name"),
                _("“{name}” is listed twice").format(name=award.name),
                _("keep one of the two, or tell them apart by name"),
            )
        seen.add(offered)
