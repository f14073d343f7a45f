"""A judgement in words: the points that an appraiser or the council gave, who gave them, and why.

In: a row of :class:`~pipeline.tables.Judgements`. Out: one line of text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.code_lists import Judgement
from pipeline.i18n import _, number
from pipeline.text import plain

if TYPE_CHECKING:
    from pipeline.rules.year import Rules


def judged_words(rules: Rules, judged: Any, with_place: bool = False) -> str:
    """A row of ``Judgements``, its columns as attributes: the points, with who and why; and where that stands."""
    words = _("appraised {points}") if judged.kind == Judgement.APPRAISAL else _("decided {points}")
    parts = [words.format(points=number(judged.after))]
    if judged.votes == judged.votes:
        members = rules.plan.council.members
        parts.append(_("{votes} of {members} votes").format(votes=number(judged.votes), members=number(members)))
    if judged.reason:
        parts.append(_("reason: {reason}").format(reason=plain(judged.reason)))
    if judged.who:
        parts.append(plain(judged.who))
    if with_place:
        place = _("file {file}, sheet “{sheet}”, cell {cell}")
        parts.append(place.format(file=plain(judged.file), sheet=plain(judged.sheet), cell=judged.cell))
        if judged.moved:
            parts.append(_("this moved ranks: {effect}").format(effect=plain(judged.effect)))
    return "; ".join(parts)
