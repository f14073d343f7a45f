"""The list ``Thay đổi``: every change that people made to points, who, why, and which ranks it moved.

In: an outcome. Out: the list, for ``tong-hop.xlsx`` and ``xep-hang.xlsx``. All four scores of the
criterion stand side by side; the file and cell that a change was read from close the row, for the screen alone.
"""

from __future__ import annotations

from pipeline.code_lists import Judgement
from pipeline.i18n import N_, _
from pipeline.outcome import Outcome
from pipeline.outputs.naming import bloc_names, criterion_names, labels, numbered, unit_names
from pipeline.sheets.lists import Column, PlainList, numbers, texts
from pipeline.tables import Judgements, Scores, plain_rows

SHEET = N_("Changes")


def plain_list(outcome: Outcome) -> PlainList:
    """One row for each change, appraisals first."""
    title, subtitle = _("Points that people changed"), _explanation(outcome)
    return PlainList(title, _columns(outcome), subtitle, frozen=3, unprinted=3)


def _explanation(outcome: Outcome) -> str:
    """What the list holds, in one line."""
    frame = outcome.changes
    words = _(
        "Changes: {count}; of these {moved} moved a rank, each looked at by itself: where the ranks would stand if it "
        "alone had not been made"
    )
    return words.format(count=len(frame), moved=int((frame[Judgements.moved] > 0).sum()))


def _columns(outcome: Outcome) -> list[Column]:
    frame = outcome.changes
    by_step = outcome.scores.set_index([Scores.unit, Scores.criterion])
    scores = by_step.loc[list(plain_rows(frame, Judgements.unit, Judgements.criterion))]
    return [
        numbered(frame),
        Column(_("Emulation bloc"), bloc_names(outcome, frame), width=15),
        Column(_("Unit"), unit_names(outcome, frame), width=16),
        Column(_("Criterion"), criterion_names(outcome, frame), width=23),
        Column(_("Self-claimed points"), numbers(scores[Scores.claimed]), "points", 8),
        Column(_("Computed points"), numbers(scores[Scores.computed]), "points", 8),
        Column(_("Appraised points"), numbers(scores[Scores.appraised]), "points", 8),
        Column(_("Decided points"), numbers(scores[Scores.decided]), "points", 8),
        Column(_("By"), labels(frame[Judgements.kind], Judgement), width=10),
        Column(_("Points before"), numbers(frame[Judgements.before]), "points", 8),
        Column(_("Points after"), numbers(frame[Judgements.after]), "total", 8),
        Column(_("Reason"), texts(frame[Judgements.reason]), width=28),
        Column(_("Who"), texts(frame[Judgements.who]), width=15),
        Column(_("Votes in favour"), numbers(frame[Judgements.votes]), "integer", 7),
        Column(_("Ranks moved"), [effect or _("none") for effect in texts(frame[Judgements.effect])], width=32),
        Column(_("File"), texts(frame[Judgements.file]), width=24),
        Column(_("Sheet"), texts(frame[Judgements.sheet]), width=18),
        Column(_("Cell"), texts(frame[Judgements.cell]), "centered", 8),
    ]
