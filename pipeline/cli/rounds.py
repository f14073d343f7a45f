"""The commands of a round: check the rules, forms out, run, who has sent, how points came about."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.exit_codes import fault_of, tell
from pipeline.cli.options import (
    FOLDER,
    OUTBOX_ROOT,
    RULES_ROOT,
    Place,
    at_place,
    find_place,
    inbox_of,
    inbox_option,
    jobs_option,
    load,
    outbox_option,
    progress_shown,
    round_of,
    round_option,
    rules_option,
)
from pipeline.errors import ExitCode, UserFault
from pipeline.i18n import _, number

if TYPE_CHECKING:
    from pipeline.run import Assessment


@click.command(help=_("Check the rule files and show what they say."))
@click.help_option(help=_("Show this page."))
@rules_option
def check(rules_dir: Path | None) -> None:
    """Print every problem of the rule files, or the rules as a table, and what differs from those they extend."""
    from pipeline.screens import rulebook, rulediff, screen

    rules, console = load(rules_dir), screen.console()
    rulebook.show(rules, console)
    rulediff.show(rules, console)


@click.command(help=_("Write one form for each unit."))
@click.help_option(help=_("Show this page."))
@rules_option
@click.option("--round", "round_code", required=True, help=_("Code of the round, for example tong-ket."))
@click.option("--outbox", type=FOLDER, help=_("Folder for the forms; by default outbox/phieu/YEAR/ROUND."))
@click.option("--unit", "units", multiple=True, metavar="CODE", help=_("Only this unit; can be given several times."))
def forms(rules_dir: Path | None, round_code: str, outbox: Path | None, units: tuple[str, ...]) -> None:
    """Write forms into ``DIR/<bloc>/<unit>.xlsx``."""
    from pipeline.forms.writing.issue import write_forms

    rules = load(rules_dir)
    of = round_of(rules, round_code)
    folder = outbox or OUTBOX_ROOT / "phieu" / str(rules.plan.year) / of.code
    written = write_forms(folder, rules, of, units)
    click.echo(_("{n} forms written to {folder}").format(n=number(len(written)), folder=folder))
    click.echo(_("Next: send each unit its form; put what comes back into {inbox}").format(inbox=inbox_of(rules, of)))


@click.command(help=_("Read the inbox, check, score, rank, and fill the outbox."))
@click.help_option(help=_("Show this page."))
@at_place
@jobs_option
@click.option("--strict", is_flag=True, help=_("End with exit code 3 where a unit must correct something."))
@click.option("--public", is_flag=True, help=_("Write only what anybody may see, into a folder beside the outbox."))
def run(place: Place, jobs: int | None, strict: bool, public: bool) -> None:
    """The main job."""
    to_correct = run_public(place, jobs) if public else run_once(place, jobs)
    if strict and to_correct:
        sys.exit(ExitCode.TO_CORRECT)


def run_public(place: Place, jobs: int | None) -> bool:
    """One run that writes the public set of outputs alone; whether a unit must correct something."""
    from pipeline import run as story

    outbox = place.outbox.absolute()
    outbox = outbox.with_name(f"{outbox.name}-cong-khai")
    with _assessed(place, outbox, jobs) as assessment:
        story.publish_public(assessment.outcome, outbox)
    click.echo(_("What anybody may see is written to {folder}").format(folder=outbox))
    return _must_correct(assessment)


def run_once(place: Place, jobs: int | None) -> bool:
    """One run, from the inbox to the screen; whether a unit must correct something."""
    from pipeline import run as story
    from pipeline.screens import screen

    with _assessed(place, place.outbox, jobs) as assessment:
        story.publish(assessment, place.outbox, place.ledger, place.now)
    screen.show_outcome(assessment.outcome, screen.console())
    screen.show_next(assessment.outcome, place.outbox, assessment.hint, screen.console())
    return _must_correct(assessment)


@contextmanager
def _assessed(place: Place, outbox: Path, jobs: int | None) -> Iterator[Assessment]:
    """What the inbox holds, found out while nobody else may replace that outbox."""
    from pipeline import run as story
    from pipeline.state import exclusive_run

    story.check_outbox(outbox, place.inbox, place.rules.folder)
    with exclusive_run.taken(outbox, place.ledger, place.now, click.echo):
        with progress_shown() as progress:
            assessment = story.assess(place.context, place.inbox, place.ledger, place.now, jobs=jobs, progress=progress)
        yield assessment


def _must_correct(assessment: Assessment) -> bool:
    return bool((assessment.outcome.roster["returned_file"] != "").any())


@click.command(help=_("Follow the inbox and the rules, and run again when their files have settled."))
@click.help_option(help=_("Show this page."))
@rules_option
@round_option
@inbox_option
@outbox_option
@jobs_option
def watch(
    rules_dir: Path | None, round_code: str | None, inbox: Path | None, outbox: Path | None, jobs: int | None
) -> None:
    """Runs until it is interrupted; what goes wrong in a run is told, and tried again."""
    from pipeline.cli import watching

    place = find_place(rules_dir, round_code, inbox, outbox, None)

    def work() -> bool:
        try:
            now_there = find_place(place.rules.folder, place.of.code, place.inbox, place.outbox, None)
            run_once(now_there, jobs)
        except Exception as error:  # the watch outlives whatever a run meets
            fault = fault_of(error)
            tell(fault)
            finished = fault.exit_code is not ExitCode.ENVIRONMENT
        else:
            finished = True
        click.echo(_("Watching {inbox}; Ctrl+C ends.").format(inbox=place.inbox))
        return finished

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        watching.follow((place.inbox, place.rules.folder), work)
    except KeyboardInterrupt:
        click.echo(_("Stopped watching; the outbox is as the last run left it."))


@click.command(help=_("Show who has sent and who has not; writes nothing."))
@click.help_option(help=_("Show this page."))
@at_place
@jobs_option
def status(place: Place, jobs: int | None) -> None:
    """The screen of a run, without its outputs."""
    from pipeline import run as story
    from pipeline.screens import screen

    assessment = story.assess(place.context, place.inbox, place.ledger, place.now, jobs=jobs)
    screen.show_outcome(assessment.outcome, screen.console())


@click.command(help=_("Tell how a unit's total, or its points in one criterion, came about."))
@click.help_option(help=_("Show this page."))
@click.argument("unit")
@click.argument("criterion", required=False)
@click.option("--why-not", is_flag=True, help=_("Tell what the unit ranked just above had more of."))
@at_place
def explain(place: Place, unit: str, criterion: str | None, why_not: bool) -> None:
    """From a total down to file, sheet and cell."""
    from pipeline import run as story
    from pipeline.screens import explain as words
    from pipeline.screens import screen

    words.refuse_unknown(place.rules, unit, criterion)
    if why_not and criterion:
        raise UserFault(
            _("--why-not looks at the whole total"), _("Leave out the criterion {code}").format(code=criterion)
        )
    assessment = story.assess(place.context, place.inbox, place.ledger, place.now)
    if why_not:
        words.why_not(assessment.outcome, unit, screen.console())
    else:
        words.explain(assessment.outcome, unit, criterion, screen.console())


@click.command(help=_("Check whether an outbox follows from the inbox and the rules; writes nothing."))
@click.help_option(help=_("Show this page."))
@click.argument("outbox", type=FOLDER)
@rules_option
@inbox_option
def verify(outbox: Path, rules_dir: Path | None, inbox: Path | None) -> None:
    """Plan, year and round are those of the outbox."""
    from pipeline import verification
    from pipeline.rules.round_context import RoundContext
    from pipeline.state import manifest
    from pipeline.text import plain

    stated = manifest.read(outbox)
    rules = load(rules_dir or RULES_ROOT / str(stated.get("year")))
    of = round_of(rules, str(stated.get("round")))
    told = verification.verify(outbox, inbox or inbox_of(rules, of), RoundContext(rules, of))
    if not told:
        click.echo(_("{outbox} follows from the inbox and the rules.").format(outbox=outbox))
        return
    click.echo(_("{outbox} does not follow from the inbox and the rules:").format(outbox=outbox))
    for sentence in told:
        click.echo(f"- {plain(sentence)}")
    sys.exit(ExitCode.DIFFERS)
