"""The commands of ``thidua``; no logic. Heavy modules are imported inside the commands, so that help is quick."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline import __version__
from pipeline.errors import EnvironmentFault, ExitCode, ThiduaError, UserFault
from pipeline.i18n import _, number, use_language

if TYPE_CHECKING:
    from pipeline.plan import Round
    from pipeline.rules import Rules

RULES_ROOT, INBOX_ROOT, OUTBOX_ROOT = Path("rules"), Path("inbox"), Path("outbox")
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


class _Formatter(click.HelpFormatter):
    """Click's own words on a help page, in our language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, _("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading({"Options": _("Options"), "Commands": _("Commands")}.get(heading, heading))


click.Context.formatter_class = _Formatter


def _rules_option(command: Any) -> Any:
    return click.option(
        "--rules", "rules_dir", type=FOLDER, help=_("Folder of the year's rules, for example rules/2023.")
    )(command)


def _round_option(command: Any) -> Any:
    return click.option("--round", "round_code", help=_("Code of the round, for example tong-ket."))(command)


def _inbox_option(command: Any) -> Any:
    return click.option("--inbox", type=FOLDER, help=_("Folder of returned forms; it is only read."))(command)


def _outbox_option(command: Any) -> Any:
    return click.option("--outbox", type=FOLDER, help=_("Folder that is replaced by the outputs."))(command)


def _now_option(command: Any) -> Any:
    return click.option(
        "--now", metavar="ISO-TIME", help=_("Take this for the present time, for example 2023-12-12T08:00.")
    )(command)


def _jobs_option(command: Any) -> Any:
    return click.option(
        "--jobs", type=click.IntRange(min=1), help=_("So many processes read files; by default as fits.")
    )(command)


@click.group(help=_("Emulation of a commune: forms out, inbox in, ranking and consolidated workbooks out."))
@click.help_option(help=_("Show this page."))
@click.version_option(__version__, prog_name="thidua", help=_("Show the version."))
def cli() -> None:
    """The group of commands."""


@cli.command(help=_("Check the rule files and show what they say."))
@click.help_option(help=_("Show this page."))
@_rules_option
def check(rules_dir: Path | None) -> None:
    """Print every problem of the rule files, or the rules as a table, and what differs from those they extend."""
    from pipeline import rulebook, rulediff, screen

    rules, console = _load(rules_dir), screen.console()
    rulebook.show(rules, console)
    rulediff.show(rules, console)


@cli.command(help=_("Write one form for each unit."))
@click.help_option(help=_("Show this page."))
@_rules_option
@click.option("--round", "round_code", required=True, help=_("Code of the round, for example tong-ket."))
@click.option("--outbox", type=FOLDER, help=_("Folder for the forms; by default outbox/phieu/YEAR/ROUND."))
@click.option("--unit", "units", multiple=True, metavar="CODE", help=_("Only this unit; can be given several times."))
def forms(rules_dir: Path | None, round_code: str, outbox: Path | None, units: tuple[str, ...]) -> None:
    """Write forms into ``DIR/<bloc>/<unit>.xlsx``."""
    from pipeline.forms.issue import write_forms

    rules = _load(rules_dir)
    of = _round(rules, round_code)
    folder = outbox or OUTBOX_ROOT / "phieu" / str(rules.plan.year) / of.code
    written = write_forms(folder, rules, of, units)
    click.echo(_("{n} forms written to {folder}").format(n=number(len(written)), folder=folder))
    click.echo(_("Next: send each unit its form; put what comes back into {inbox}").format(inbox=_inbox(rules, of)))


@cli.command(help=_("Read the inbox, check, score, rank, and fill the outbox."))
@click.help_option(help=_("Show this page."))
@_rules_option
@_round_option
@_inbox_option
@_outbox_option
@_jobs_option
@_now_option
@click.option("--strict", is_flag=True, help=_("End with exit code 3 where a unit must correct something."))
def run(
    rules_dir: Path | None,
    round_code: str | None,
    inbox: Path | None,
    outbox: Path | None,
    jobs: int | None,
    now: str | None,
    strict: bool,
) -> None:
    """The main job."""
    from pipeline import run as story
    from pipeline import screen

    place = _place(rules_dir, round_code, inbox, outbox, now)
    story.check_outbox(place.outbox, place.inbox, place.rules.folder)
    with _progress() as progress:
        assessment = story.assess(place.rules, place.of, place.inbox, place.ledger, place.now, jobs, progress)
    story.publish(assessment, place.inbox, place.outbox, place.ledger, place.now)
    screen.show_outcome(assessment.outcome, screen.console())
    screen.show_next(assessment.outcome, place.outbox, assessment.hint, screen.console())
    if strict and (assessment.outcome.roster["returned_file"] != "").any():
        sys.exit(ExitCode.TO_CORRECT)


@cli.command(help=_("Show who has sent and who has not; writes nothing."))
@click.help_option(help=_("Show this page."))
@_rules_option
@_round_option
@_inbox_option
@_outbox_option
@_jobs_option
@_now_option
def status(
    rules_dir: Path | None,
    round_code: str | None,
    inbox: Path | None,
    outbox: Path | None,
    jobs: int | None,
    now: str | None,
) -> None:
    """The screen of a run, without its outputs."""
    from pipeline import run as story
    from pipeline import screen

    place = _place(rules_dir, round_code, inbox, outbox, now)
    assessment = story.assess(place.rules, place.of, place.inbox, place.ledger, place.now, jobs)
    screen.show_outcome(assessment.outcome, screen.console())


@cli.command(help=_("Tell how a unit's total, or its points in one criterion, came about."))
@click.help_option(help=_("Show this page."))
@click.argument("unit")
@click.argument("criterion", required=False)
@click.option("--why-not", is_flag=True, help=_("Tell what the unit ranked just above had more of."))
@_rules_option
@_round_option
@_inbox_option
@_outbox_option
@_now_option
def explain(
    unit: str,
    criterion: str | None,
    why_not: bool,
    rules_dir: Path | None,
    round_code: str | None,
    inbox: Path | None,
    outbox: Path | None,
    now: str | None,
) -> None:
    """From a total down to file, sheet and cell."""
    from pipeline import explain as words
    from pipeline import run as story
    from pipeline import screen

    place = _place(rules_dir, round_code, inbox, outbox, now)
    words.refuse_unknown(place.rules, unit, criterion)
    if why_not and criterion:
        raise UserFault(
            _("--why-not looks at the whole total"), _("Leave out the criterion {code}").format(code=criterion)
        )
    assessment = story.assess(place.rules, place.of, place.inbox, place.ledger, place.now)
    if why_not:
        words.why_not(assessment.outcome, unit, screen.console())
    else:
        words.explain(assessment.outcome, unit, criterion, screen.console())


@cli.group(help=_("The rubric of a bloc as an Excel workbook: written, read back, tried out."))
@click.help_option(help=_("Show this page."))
def rubric() -> None:
    """The group of what can be done with a rubric."""


@rubric.command("export", help=_("Write the bloc's rubric as an Excel workbook in which it can be changed."))
@click.help_option(help=_("Show this page."))
@click.argument("bloc")
@_rules_option
@click.option("--output", type=FILE, help=_("The workbook; by default outbox/thang-diem/YEAR/BLOC.xlsx."))
def export_rubric(bloc: str, rules_dir: Path | None, output: Path | None) -> None:
    """Write the workbook, replacing an older one."""
    from pipeline.rubric_workbook.editing import bloc_of
    from pipeline.rubric_workbook.writing import write

    rules = _load(rules_dir)
    of = bloc_of(rules, bloc)
    file = output or OUTBOX_ROOT / "thang-diem" / str(rules.plan.year) / f"{of.code}.xlsx"
    file.parent.mkdir(parents=True, exist_ok=True)
    write(file, rules, of)
    click.echo(_("The rubric is written to {file}").format(file=file))
    click.echo(_("Next: change its yellow cells, save it, then: thidua rubric import {file}").format(file=file))


@rubric.command("import", help=_("Bring what was changed in a rubric's workbook into the rule file."))
@click.help_option(help=_("Show this page."))
@click.argument("file", type=FILE)
@_rules_option
def import_rubric(file: Path, rules_dir: Path | None) -> None:
    """Change the rule file where the workbook differs from it, if the result is sound."""
    from pipeline.rubric_workbook import editing

    edit = editing.plan(file, _load(rules_dir))
    if not edit.changes:
        click.echo(_("Nothing differs; {file} is as it was.").format(file=edit.file))
        return
    editing.write(edit)
    for change in edit.changes:
        click.echo(str(change))
    click.echo(_("{n} changes written to {file}").format(n=number(len(edit.changes)), file=edit.file))
    click.echo(_("Next: where forms are out, raise form_version of the round in plan.yaml and issue them anew."))


@rubric.command("try", help=_("Show the points that possible results would give."))
@click.help_option(help=_("Show this page."))
@click.argument("bloc")
@click.argument("criterion")
@_rules_option
@click.option("--actual", "actuals", multiple=True, metavar="RESULT", help=_("A result; can be given several times."))
@click.option("--target", "targets", multiple=True, metavar="TARGET", help=_("A target; can be given several times."))
def try_rubric(
    bloc: str, criterion: str, rules_dir: Path | None, actuals: tuple[str, ...], targets: tuple[str, ...]
) -> None:
    """Every target with every result."""
    from pipeline import screen
    from pipeline.rubric_workbook import trial
    from pipeline.rubric_workbook.editing import bloc_of

    rules = _load(rules_dir)
    group, of = trial.criterion_of(bloc_of(rules, bloc), criterion)
    trials = trial.try_out(group, of, rules.plan.decimals, targets, actuals)
    trial.show(group, of, rules.plan.decimals, trials, screen.console())


# --- where things are ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Rules, round, folders and time that a command works with."""

    rules: Rules
    of: Round
    inbox: Path
    outbox: Path
    ledger: Path
    now: dt.datetime


def _place(
    rules_dir: Path | None, round_code: str | None, inbox: Path | None, outbox: Path | None, now: str | None
) -> Place:
    from pipeline import ledger

    rules = _load(rules_dir)
    moment = _moment(rules, now)
    of = _round(rules, round_code) if round_code else rules.plan.round_at(moment)
    target = outbox or OUTBOX_ROOT / str(rules.plan.year) / of.code
    return Place(rules, of, inbox or _inbox(rules, of), target, ledger.place(target, rules.plan.year, of.code), moment)


def _load(rules_dir: Path | None) -> Rules:
    from pipeline.rules import load_rules, newest_rules

    rules = load_rules(rules_dir or newest_rules(RULES_ROOT))
    use_language(rules.plan.language)
    return rules


def _round(rules: Rules, code: str) -> Round:
    found = rules.plan.round(code)
    if found is None:
        raise UserFault(
            _("the plan has no round {code}").format(code=code),
            _("Use one of: {codes}").format(codes=", ".join(each.code for each in rules.plan.rounds)),
        )
    return found


def _inbox(rules: Rules, of: Round) -> Path:
    return INBOX_ROOT / str(rules.plan.year) / of.code


def _moment(rules: Rules, now: str | None) -> dt.datetime:
    if now is None:
        return dt.datetime.now(rules.plan.zone).replace(microsecond=0)
    try:
        moment = dt.datetime.fromisoformat(now)
    except ValueError as error:
        raise UserFault(
            _("“{now}” is not a time").format(now=now), _("Write it as 2023-12-12T08:00 or 2023-12-12T08:00+07:00")
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=rules.plan.zone)


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar on a terminal; elsewhere a plain line every hundred files."""
    if not sys.stdout.isatty():
        yield (
            lambda done, total: (
                click.echo(_("read {done} of {total} files").format(done=done, total=total))
                if done % 100 == 0 or done == total
                else None
            )
        )
        return
    from rich.progress import Progress

    with Progress(transient=True) as bar:
        task = bar.add_task(_("Reading the inbox"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


# --- how it ends --------------------------------------------------------------------------------------


def main() -> None:
    """Run a command; every failure ends in a sentence and an exit code, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console may be set to another code page
    try:
        sys.exit(cli(prog_name="thidua", standalone_mode=False) or ExitCode.OK)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _end(_usage_fault(error))
    except (click.Abort, KeyboardInterrupt):
        _end(UserFault(_("stopped"), _("Nothing was changed; run it again when you like.")))
    except ThiduaError as error:
        _end(error)
    except OSError as error:
        _end(_environment_fault(error))
    except Exception as error:
        # XlsxWriter wraps the system's refusal in an exception of its own
        refused = error.args[0] if error.args and isinstance(error.args[0], OSError) else None
        _end(_environment_fault(refused) if refused else _bug())


def _end(error: ThiduaError) -> None:
    click.echo(_("Error: {message}").format(message=error.message), err=True)
    if error.remedy:
        click.echo("→ " + error.remedy, err=True)
    sys.exit(error.exit_code)


def _usage_fault(error: click.ClickException) -> UserFault:
    """Click's own errors in our language."""
    match error:
        case click.NoSuchOption():
            what = _("there is no option {name}").format(name=error.option_name)
        case click.MissingParameter():
            name = error.param.human_readable_name if error.param else ""
            what = _("{name} is missing").format(name=name.upper())
        case click.BadParameter():
            name = (error.param.opts[-1] if error.param else "") or ""
            what = _("{name} cannot have that value").format(name=name)
        case _:
            what = error.format_message()
    command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "thidua"
    return UserFault(what, _("See: {command} --help").format(command=command))


def _environment_fault(error: OSError) -> EnvironmentFault:
    detail = f"{error.strerror or error}" + (f" ({error.filename})" if error.filename else "")
    return EnvironmentFault(
        _("the computer refused: {detail}").format(detail=detail),
        _("Check that the disk is not full, that the folder can be written, and that no output is open in Excel."),
    )


def _bug() -> ThiduaError:
    import tempfile
    import traceback

    report = Path(tempfile.gettempdir()) / "thidua-loi.txt"
    try:
        report.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        traceback.print_exc()
    return ThiduaError(
        _("the program itself has failed; that is not your fault"),
        _("The outbox was left as it was. Send {file} to whoever looks after the program.").format(file=report),
    )
