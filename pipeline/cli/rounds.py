"""The commands of a round: check the rules, forms out, run, who has sent, how points came about."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.failures import fault_of, print_fault
from pipeline.cli.options import FILE, FOLDER, inbox_option, jobs_option, outbox_option, round_option, rules_option
from pipeline.cli.progress import progress_shown
from pipeline.cli.workplace import (
    OUTBOX_ROOT,
    RULES_ROOT,
    Workplace,
    find_workplace,
    inbox_of,
    inboxes_around,
    load,
    print_clock_warning,
    print_warnings,
    round_of,
    with_workplace,
)
from pipeline.errors import ExitCode, UserFault
from pipeline.i18n import _, number

if TYPE_CHECKING:
    from pipeline.run import Assessment
    from pipeline.state.handwork import Kept
    from pipeline.verification.verdict import Verdict


@click.command(help=_("Check the rule files and show what they say."))
@click.help_option(help=_("Show this page."))
@rules_option
def check(rules_dir: Path | None) -> None:
    """Print every problem of the rule files, or the rules as a table, and what differs from those they extend."""
    from pipeline.screens import rulebook, rulediff, screen

    rules, console = load(rules_dir), screen.console()
    rulebook.show(rules, console)
    rulediff.show(rules, console)
    print_warnings(rules)


@click.command(help=_("Write one form for each unit."))
@click.help_option(help=_("Show this page."))
@rules_option
@click.option("--round", "round_code", required=True, help=_("Code of the round, for example tong-ket."))
@click.option("--outbox", type=FOLDER, help=_("Folder for the forms; by default outbox/phieu/YEAR/ROUND."))
@click.option("--unit", "units", multiple=True, metavar="CODE", help=_("Only this unit; can be given several times."))
def forms(rules_dir: Path | None, round_code: str, outbox: Path | None, units: tuple[str, ...]) -> None:
    """Write forms into ``DIR/<bloc>/<unit>.xlsx``."""
    from pipeline.forms.writing.issue import write_forms
    from pipeline.state import handwork, seal_keys
    from pipeline.state.exclusive_run import exclusive_folder
    from pipeline.state.layout import LEDGER
    from pipeline.state.outbox import check_apart, staging

    rules = load(rules_dir)
    round_ = round_of(rules, round_code)
    folder = outbox or OUTBOX_ROOT / "phieu" / str(rules.plan.year) / round_.code
    check_apart(folder, (rules.folder, *inboxes_around(folder)))
    print_warnings(rules)
    with exclusive_folder(folder, click.echo), staging(folder) as staged:
        written = write_forms(staged, rules, round_, units, seal_keys.key_for(OUTBOX_ROOT / LEDGER))
        kept = handwork.put(staged, folder, handwork.kept_folder(folder))
    show_kept(kept)
    click.echo(_("{n} forms written to {folder}").format(n=number(len(written)), folder=folder))
    click.echo(
        _("Next: send each unit its form; put what comes back into {inbox}").format(inbox=inbox_of(rules, round_))
    )


@click.command(help=_("Read the inbox, check, score, rank, and fill the outbox."))
@click.help_option(help=_("Show this page."))
@with_workplace
@jobs_option
@click.option(
    "--strict",
    is_flag=True,
    help=_(
        "End with exit code 3 where a unit must correct something; stop where outputs were changed or added by hand."
    ),
)
@click.option("--public", is_flag=True, help=_("Write only what anybody may see, into a folder beside the outbox."))
def run(workplace: Workplace, jobs: int | None, strict: bool, public: bool) -> None:
    """The main job."""
    to_correct = run_public(workplace, jobs, strict) if public else run_once(workplace, jobs, strict)
    if strict and to_correct:
        sys.exit(ExitCode.TO_CORRECT)


def run_public(workplace: Workplace, jobs: int | None, strict: bool = False) -> bool:
    """One run that writes the public set of outputs alone; whether a unit must correct something."""
    from pipeline.run import publish_public

    outbox = workplace.outbox.absolute()
    outbox = outbox.with_name(f"{outbox.name}-cong-khai")
    with _assessed(workplace, outbox, jobs, strict) as assessment:
        kept, code = publish_public(assessment.outcome, outbox)
        show_kept(kept)
    click.echo(_("What anybody may see is written to {folder}").format(folder=outbox))
    click.echo(_("Code of the result, to be announced with it: {code}").format(code=code))
    return _must_correct(assessment)


def run_once(workplace: Workplace, jobs: int | None, strict: bool = False) -> bool:
    """One run, from the inbox to the screen; whether a unit must correct something."""
    from pipeline.run import publish
    from pipeline.screens import screen
    from pipeline.state import losses

    with _assessed(workplace, workplace.outbox, jobs, strict) as assessment:
        late = publish(assessment, workplace.outbox, workplace.ledger_file, workplace.now)
    show_kept(late)
    if assessment.not_tried:
        words = _("Files not tried again, for an earlier run could not read them: {n} (to try them, delete {file})")
        click.echo(words.format(n=number(assessment.not_tried), file=losses.path_for(workplace.ledger_file)))
    if late:
        click.echo(_("It was saved while the run was at work; run again so that papers among it are read."))
    screen.show_outcome(assessment.outcome, screen.console())
    screen.show_next(assessment.outcome, workplace.outbox, assessment.hint, screen.console())
    return _must_correct(assessment)


def show_kept(copies: Iterable[Kept]) -> None:
    """Say what people changed in our outputs, and what became of it."""
    from pipeline.state.handwork import sentences

    for sentence in sentences(copies):
        click.echo(sentence)


@contextmanager
def _assessed(workplace: Workplace, outbox: Path, jobs: int | None, strict: bool) -> Iterator[Assessment]:
    """What the inbox holds, found out while nobody else may replace that outbox.

    What people changed in the outbox is kept before, and papers among it are read too. Raises UserFault where something
    was changed and the run is to be ``strict``.
    """
    from pipeline.run import assess, check_outbox
    from pipeline.state.exclusive_run import exclusive_access
    from pipeline.state.outbox import keep_handwork

    check_outbox(outbox, workplace.inbox, workplace.rules.folder)
    with exclusive_access(outbox, workplace.ledger_file, workplace.now, click.echo):
        print_clock_warning(workplace)
        for folder in dict.fromkeys((workplace.outbox, outbox)):
            if strict:
                _refuse_handwork(folder)
            show_kept(keep_handwork(folder))
        with progress_shown() as progress:
            assessment = assess(
                workplace.context,
                workplace.inbox,
                workplace.ledger_file,
                workplace.now,
                kept=workplace.kept,
                jobs=jobs,
                progress=progress,
            )
        yield assessment


def _refuse_handwork(outbox: Path) -> None:
    """Raises UserFault where people changed something in an outbox, or added to it."""
    from pipeline.state.handwork import SHOWN
    from pipeline.state.outbox import changed_by_hand

    if names := changed_by_hand(outbox):
        raise UserFault(
            _("in {folder}, {n} files were changed or added by hand: {files}").format(
                folder=outbox,
                n=number(len(names)),
                files=", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else ""),
            ),
            _(
                "Nothing was replaced. Without --strict, papers and the receipt book among them are read, and all of "
                "them are kept beside the outbox."
            ),
        )


def _must_correct(assessment: Assessment) -> bool:
    return bool((assessment.outcome.roster["returned_file"] != "").any())


@click.command(
    help=_("Follow the inbox, the rules and papers filled in in the outbox, and run again when files have settled.")
)
@click.help_option(help=_("Show this page."))
@rules_option
@round_option
@inbox_option
@outbox_option
@jobs_option
def watch(
    rules_dir: Path | None, round_code: str | None, inbox: Path | None, outbox: Path | None, jobs: int | None
) -> None:
    """Runs until it is interrupted; a run that fails ends with its message, and is tried again."""
    from pipeline.cli import watching
    from pipeline.state.handwork import waiting

    workplace = find_workplace(rules_dir, round_code, inbox, outbox, None)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        watching.follow(
            (workplace.inbox, workplace.rules.folder),
            partial(_run_watched, workplace, jobs),
            waiting=partial(waiting, workplace.outbox),
        )
    except KeyboardInterrupt:
        click.echo(_("Stopped watching; the outbox is as the last run left it."))


def _run_watched(start: Workplace, jobs: int | None) -> bool:
    """One run of a watch, with the rules and the time of now; whether it needs no second try."""
    try:
        now = find_workplace(start.rules.folder, start.round.code, start.inbox, start.outbox, None)
        run_once(now, jobs)
    except Exception as error:  # the watch outlives whatever a run meets
        fault = fault_of(error)
        print_fault(fault)
        finished = fault.exit_code is not ExitCode.ENVIRONMENT
    else:
        finished = True
    click.echo(_("Watching {inbox}; Ctrl+C ends.").format(inbox=start.inbox))
    return finished


@click.command(help=_("Show who has sent and who has not; writes nothing."))
@click.help_option(help=_("Show this page."))
@with_workplace
@jobs_option
def status(workplace: Workplace, jobs: int | None) -> None:
    """The screen of a run, without its outputs."""
    from pipeline.run import assess
    from pipeline.screens import screen

    print_clock_warning(workplace)
    assessment = assess(
        workplace.context, workplace.inbox, workplace.ledger_file, workplace.now, kept=workplace.kept, jobs=jobs
    )
    screen.show_outcome(assessment.outcome, screen.console())


@click.command(help=_("Tell how a unit's total, or its points in one criterion, came about."))
@click.help_option(help=_("Show this page."))
@click.argument("unit")
@click.argument("criterion", required=False)
@click.option("--why-not", is_flag=True, help=_("Tell what the unit ranked just above had more of."))
@with_workplace
def explain(workplace: Workplace, unit: str, criterion: str | None, why_not: bool) -> None:
    """From a total down to file, sheet and cell."""
    from pipeline.run import assess
    from pipeline.screens import screen
    from pipeline.screens.explain import explain, refuse_unknown, what_was_published
    from pipeline.screens.why_not import show_why_not
    from pipeline.text import plain

    refuse_unknown(workplace.rules, unit, criterion)
    if why_not and criterion:
        raise UserFault(
            _("--why-not looks at the whole total"), _("Leave out the criterion {code}").format(code=criterion)
        )
    assessment = assess(workplace.context, workplace.inbox, workplace.ledger_file, workplace.now, kept=workplace.kept)
    for sentence in what_was_published(assessment.outcome, workplace.outbox, unit):
        click.echo(plain(sentence))
    if why_not:
        show_why_not(assessment.outcome, unit, screen.console())
    else:
        explain(assessment.outcome, unit, criterion, screen.console())


@click.command(
    help=_("Check whether an outbox follows from the inbox and the rules, or a public set or proof fits its code.")
)
@click.help_option(help=_("Show this page."))
@click.argument("outbox", type=FOLDER, required=False)
@click.option("--digest", metavar="CODE", help=_("The code of the result, as it was announced."))
@click.option("--proof", type=FILE, help=_("Check a unit's proof (chung-minh/UNIT.json) against the code."))
@rules_option
@inbox_option
def verify(
    outbox: Path | None, digest: str | None, proof: Path | None, rules_dir: Path | None, inbox: Path | None
) -> None:
    """Plan, year and round are those of the outbox; writes nothing."""
    from pipeline.state import manifest

    if proof:
        _verify_proof(proof, digest, outbox)
    elif outbox is None:
        raise UserFault(_("there is nothing to check"), _("Name an outbox or a public set, or a proof with --proof."))
    elif manifest.read(outbox).get("public"):
        _verify_public(outbox, digest)
    else:
        _verify_outbox(outbox, digest, rules_dir, inbox)


def _verify_outbox(outbox: Path, digest: str | None, rules_dir: Path | None, inbox: Path | None) -> None:
    from pipeline.rules.round_context import RoundContext
    from pipeline.state import manifest
    from pipeline.verification.outbox import verify
    from pipeline.verification.public_set import other_code

    stated = manifest.read(outbox)
    rules = load(rules_dir or RULES_ROOT / str(stated.get("year")))
    round_ = round_of(rules, str(stated.get("round")))
    other = other_code(stated, digest)
    verdict = verify(outbox, inbox or inbox_of(rules, round_), RoundContext(rules, round_))
    _show_verdict(
        verdict._replace(differences=[*other, *verdict.differences]),
        _("{outbox} follows from the inbox and the rules.").format(outbox=outbox),
        _("{outbox} does not follow from the inbox and the rules:").format(outbox=outbox),
    )


def _verify_public(folder: Path, digest: str | None) -> None:
    from pipeline.state import manifest
    from pipeline.verification.public_set import verify_public

    verdict = verify_public(folder, digest)
    code = str(manifest.read(folder).get("digest", "–"))[:64]
    fits = (
        _("{folder} fits the code announced, {code}.")
        if digest
        else _("{folder} is whole in itself; its code is {code}.")
    )
    _show_verdict(
        verdict, fits.format(folder=folder, code=code), _("{folder} does not fit its code:").format(folder=folder)
    )


def _verify_proof(file: Path, digest: str | None, folder: Path | None) -> None:
    from pipeline.text import plain
    from pipeline.verification.public_set import read_proof, verify_proof

    proof = read_proof(file)
    verdict = verify_proof(proof, digest, folder)
    words = _("{file} proves how the points of {unit} came about, round {round} of {year}:")
    facts = {key: plain(proof.of.get(key, "–")) for key in ("unit", "round", "year")}
    _show_verdict(verdict, words.format(file=file, **facts), _("{file} proves nothing:").format(file=file))
    for row in proof.points:
        shown = {key: plain(row.get(key, "")) for key in ("criterion", "points", "explanation")}
        click.echo(_("{criterion}: {points} points. {explanation}").format(**shown))


def _show_verdict(verdict: Verdict, fits: str, fits_not: str) -> None:
    """Print what was found; ends with exit code 5 where something differs, never for a remark."""
    from pipeline.text import plain

    click.echo(fits_not if verdict.differences else fits)
    for sentence in verdict.differences:
        click.echo(f"- {plain(sentence)}")
    if verdict.remarks:
        click.echo(_("To be known:"))
    for remark in verdict.remarks:
        click.echo(f"- {plain(remark)}")
    if verdict.differences:
        sys.exit(ExitCode.DIFFERS)
