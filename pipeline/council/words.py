"""A judgement in words: the points that an appraiser or the council gave, who gave them, and why.

In: a row of :class:`~pipeline.tables.Judgements`. Out: one line of text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.code_lists import Judgement
from pipeline.i18n import _, number
from pipeline.text import plain

if TYPE_CHECKING:
    from pipeline.rules.year import Rules


def judged_words(rules: Rules, at: Mapping[Any, Any], with_place: bool = False) -> str:
    """One row of ``Judgements``: the points, with who and why; and where that stands."""
    words = _("appraised {points}") if at["kind"] == Judgement.APPRAISAL else _("decided {points}")
    said = [words.format(points=number(at["after"]))]
    if at["votes"] == at["votes"]:
        members = rules.plan.council.members
        said.append(_("{votes} of {members} votes").format(votes=number(at["votes"]), members=number(members)))
    if at["reason"]:
        said.append(_("reason: {reason}").format(reason=plain(at["reason"])))
    if at["who"]:
        said.append(plain(at["who"]))
    if with_place:
        place = _("file {file}, sheet “{sheet}”, cell {cell}")
        said.append(place.format(file=plain(at["file"]), sheet=plain(at["sheet"]), cell=at["cell"]))
        if at["moved"]:
            said.append(_("this moved ranks: {effect}").format(effect=plain(at["effect"])))
    return "; ".join(said)
