"""What the officer sees at the end of a run: one screen of who has sent, who has not, and what to do next.

In: an outcome. Out: text on a console. Foreign text (file names, units' words) is printed as it is, never as markup.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pipeline.code_lists import Judgement, Source, State, Status
from pipeline.forms.papers import PAPERS
from pipeline.i18n import _, moment
from pipeline.intake.arrival import BY_HAND, OFFICERS_FOLDER
from pipeline.state import layout
from pipeline.text import harmless, plain

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from pipeline.outcome import Outcome

SHOWN = 12
"""So many lines of a list fit the screen; the register has the rest."""


def console(file: TextIO | None = None) -> Console:
    """A console that takes nothing for markup, 100 columns wide where it is no terminal.

    Whatever is printed there is made harmless last of all, where a caller forgot :func:`plain`.
    """
    from rich.console import Console
    from rich.text import Text

    class Harmless(Console):
        def render_str(self, text: str, **looks: Any) -> Text:
            return super().render_str(text if text.isprintable() else harmless(text), **looks)

    stream = file or sys.stdout
    return Harmless(file=stream, markup=False, highlight=False, emoji=False, width=None if stream.isatty() else 100)


def show_outcome(outcome: Outcome, to: Console) -> None:
    """Counts per bloc, then who has not sent, what to correct, and files that are no forms."""
    plan, of = outcome.rules.plan, outcome.round
    to.print(f"{plan.commune} – {of.name}", style="bold")
    due = plan.due_moment(of)
    to.print(_("Due: {due}. Files in the inbox: {n}.").format(due=moment(due), n=_from_inbox(outcome)))
    _show_misplaced(outcome, to)
    _show_counts(outcome, to)
    _show_not_sent(outcome, to)
    _show_to_correct(outcome, to)
    _show_warnings(outcome, to)
    _show_papers(outcome, to)
    _show_strays(outcome, to)


def _show_misplaced(outcome: Outcome, to: Console) -> None:
    """First of all: whoever puts a paper among the forms may want to change points."""
    papers = outcome.register[outcome.register["status"] == Status.MISPLACED]
    if len(papers):
        lines = [f"{plain(str(at.file))}{_by_mail(at)} – {plain(str(at.reason))}" for at in papers.itertuples()]
        _list(to, _("Papers in the wrong place, which change nothing:"), lines)


def _by_mail(at: Any) -> str:
    came = _("came by mail")
    return f" ({came})" if at.received_from in (Source.MAIL, Source.SAVED_LETTER) else ""


def _from_inbox(outcome: Outcome) -> int:
    """How many files of the register lie in the inbox; the others were filled in in the outbox."""
    return sum(not str(file).startswith(BY_HAND) for file in outcome.register["file"])


def _show_counts(outcome: Outcome, to: Console) -> None:
    from rich.table import Table

    table = Table(show_edge=True)
    table.add_column(_("Emulation bloc"))
    for title in (_("Units"), _("Sent"), _("of these late"), _("To correct"), _("Not sent")):
        table.add_column(title, justify="right")
    roster = outcome.roster
    for bloc in outcome.rules.blocs:
        table.add_row(bloc.name, *_counts(roster[roster["bloc"] == bloc.code]))
    table.add_section()
    table.add_row(_("Total"), *_counts(roster), style="bold")
    to.print(table)


def _counts(part: pd.DataFrame) -> list[str]:
    from pipeline.register.roster import turnout

    return [str(count) for count in turnout(part)]


def _show_not_sent(outcome: Outcome, to: Console) -> None:
    missing = outcome.roster[outcome.roster["state"] == State.NOT_SENT]
    if len(missing):
        names = [f"{name} ({bloc})" for name, bloc in zip(missing["unit_name"], missing["bloc"], strict=True)]
        _list(to, _("Not sent yet:"), names)


def _show_to_correct(outcome: Outcome, to: Console) -> None:
    returned = outcome.roster[outcome.roster["returned_file"] != ""]
    register = outcome.register.set_index("file")
    lines = []
    for at in returned.itertuples():
        entry = register.loc[str(at.returned_file)]
        lines.append(f"{at.unit_name}: {plain(str(at.returned_file))} – {plain(str(entry['reason']))}")
    if lines:
        _list(to, _("To correct (a marked copy lies in phan-hoi/):"), lines)


def _show_warnings(outcome: Outcome, to: Console) -> None:
    doubted = outcome.register["warnings"] > 0
    status = outcome.register["status"]
    asked = outcome.register[(status == Status.ACCEPTED_WITH_WARNINGS) | (status == Status.RECEIPT_BOOK) & doubted]
    if len(asked):
        lines = [
            _("{file}: {n} to look at").format(file=plain(file), n=n)
            for file, n in zip(asked["file"], asked["warnings"], strict=True)
        ]
        _list(to, _("Accepted, with something to look at:"), lines)


def _show_papers(outcome: Outcome, to: Console) -> None:
    papers = outcome.register[outcome.register["status"] == Status.COUNCIL_PAPER]
    if len(papers):
        lines = [f"{plain(str(at.file))} – {plain(str(at.reason))}" for at in papers.itertuples()]
        _list(to, _("Appraisal and council papers:"), lines)
    if len(changes := outcome.changes):
        words = _("Points that people changed: {count}; of these {moved} moved a rank.")
        to.print(words.format(count=len(changes), moved=int((changes["moved"] > 0).sum())))


def _show_strays(outcome: Outcome, to: Console) -> None:
    from pipeline.register.register import strays

    listed = strays(outcome.register, outcome.roster)
    listed = listed[listed["status"] != Status.MISPLACED]
    if len(listed):
        lines = [f"{plain(str(at.file))} – {plain(str(at.reason))}" for at in listed.itertuples()]
        _list(to, _("Files that do not count:"), lines)


def _list(to: Console, title: str, lines: list[str]) -> None:
    from rich.padding import Padding

    to.print(title, style="bold")
    for line in lines[:SHOWN]:
        to.print(Padding(f"• {line}", (0, 0, 0, 2)))
    if len(lines) > SHOWN:
        to.print(_("  … and {n} more; see the register in tong-hop.xlsx").format(n=len(lines) - SHOWN))


def show_next(outcome: Outcome, outbox: Path, hint: str, to: Console) -> None:
    """Where the outputs lie, and what to do next."""
    to.print(_("Outputs: {folder}").format(folder=outbox), style="bold")
    ranked = (layout.RANKING, *(f"{paper.folder}/" for paper in PAPERS.values()))
    files = [
        layout.CONSOLIDATED,
        *(ranked if outcome.round.kind.ranked else ()),
        f"{layout.FEEDBACK}/",
        f"{layout.PAGE}/",
        layout.BULLETIN,
        f"{layout.DATA}/",
    ]
    to.print("  " + "  ".join(files))
    if hint:
        to.print(hint)
    steps = []
    if (outcome.roster["returned_file"] != "").any():
        steps.append(_("send each unit its marked file in phan-hoi/ and put the corrected one into the inbox"))
    if (outcome.roster["state"] == State.NOT_SENT).any():
        steps.append(_("remind the units that have not sent"))
    steps += _last_steps(outcome)
    to.print(_("Next:"), style="bold")
    for place, step in enumerate(steps, start=1):
        to.print(f"  {place}. {step}")


def _last_steps(outcome: Outcome) -> list[str]:
    """What remains to be done once the forms are in, by what this round has: papers, a ranking, or a list alone."""
    if not outcome.round.kind.ranked:
        return [_("run again; when all is right, send tong-hop.xlsx to the level above")]
    judged = set(outcome.changes["kind"])
    steps = []
    if Judgement.DECISION not in judged:
        appraised = Judgement.APPRAISAL in judged
        paper = PAPERS[Judgement.DECISION if appraised else Judgement.APPRAISAL]
        words = _(
            "hand out the papers in {folder}/, put what comes back into the folder {own}/ of the inbox and run again"
        )
        steps.append(words.format(folder=paper.folder, own=OFFICERS_FOLDER))
    last = _("when all is right, hand xep-hang.xlsx to the council and send tong-hop.xlsx to the level above")
    return [*steps, last]
