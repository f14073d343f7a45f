"""The commands of a rubric: out as a workbook, back in, tried out."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import FILE, rules_option
from pipeline.cli.rounds import show_kept
from pipeline.cli.workplace import OUTBOX_ROOT, inboxes_around, load
from pipeline.i18n import _, number


@click.group(help=_("The rubric of a bloc as an Excel workbook: written, read back, tried out."))
@click.help_option(help=_("Show this page."))
def rubric() -> None:
    """The group of what can be done with a rubric."""


@rubric.command("export", help=_("Write the bloc's rubric as an Excel workbook in which it can be changed."))
@click.help_option(help=_("Show this page."))
@click.argument("bloc")
@rules_option
@click.option("--output", type=FILE, help=_("The workbook; by default outbox/thang-diem/YEAR/BLOC.xlsx."))
def export_rubric(bloc: str, rules_dir: Path | None, output: Path | None) -> None:
    """Write the workbook, replacing an older one."""
    from pipeline.rubric_workbook.editing import bloc_of
    from pipeline.rubric_workbook.writing import write_rubric
    from pipeline.state import handwork
    from pipeline.state.exclusive_run import exclusive_folder
    from pipeline.state.outbox import check_apart, staging

    rules = load(rules_dir)
    known_bloc = bloc_of(rules, bloc)
    file = output or OUTBOX_ROOT / "thang-diem" / str(rules.plan.year) / f"{known_bloc.code}.xlsx"
    check_apart(file, (rules.folder, *inboxes_around(file)), "--output")
    alone = file.with_suffix("")
    with exclusive_folder(alone, click.echo), staging(alone) as staged:
        write_rubric(staged / file.name, rules, known_bloc)
        kept = handwork.put(staged, file.parent, handwork.kept_folder(alone))
    show_kept(kept)
    click.echo(_("The rubric is written to {file}").format(file=file))
    click.echo(_("Next: change its yellow cells, save it, then: thidua rubric import {file}").format(file=file))


@rubric.command(
    "import", help=_("Show what was changed in a rubric's workbook; with --yes, bring it into the rule file.")
)
@click.help_option(help=_("Show this page."))
@click.argument("file", type=FILE)
@rules_option
@click.option("--yes", is_flag=True, help=_("Write the changes; without it they are only shown."))
def import_rubric(file: Path, rules_dir: Path | None, yes: bool) -> None:
    """Show where the workbook differs from the rule file, and change that if the result is sound."""
    from pipeline.rubric_workbook.editing import apply_edit, plan_edit
    from pipeline.text import plain

    edit = plan_edit(file, load(rules_dir))
    if not edit.changes:
        click.echo(_("Nothing differs; {file} is as it was.").format(file=edit.file))
        return
    for change in edit.changes:
        click.echo(plain(str(change)))
    if not yes:
        words = _("Nothing was written. With --yes, {n} changes are written to {file}.")
        click.echo(words.format(n=number(len(edit.changes)), file=edit.file))
        return
    apply_edit(edit)
    click.echo(_("{n} changes written to {file}").format(n=number(len(edit.changes)), file=edit.file))
    click.echo(_("Next: where forms are out, raise form_version of the round in plan.yaml and issue them anew."))


@rubric.command("try", help=_("Show the points that possible results would give."))
@click.help_option(help=_("Show this page."))
@click.argument("bloc")
@click.argument("criterion")
@rules_option
@click.option("--actual", "actuals", multiple=True, metavar="RESULT", help=_("A result; can be given several times."))
@click.option("--target", "targets", multiple=True, metavar="TARGET", help=_("A target; can be given several times."))
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="CODE=VALUE",
    help=_("The value of one of the criterion's inputs; can be given several times."),
)
def try_rubric(
    bloc: str,
    criterion: str,
    rules_dir: Path | None,
    actuals: tuple[str, ...],
    targets: tuple[str, ...],
    inputs: tuple[str, ...],
) -> None:
    """Every target with every result."""
    from pipeline.rubric_workbook.editing import bloc_of
    from pipeline.rubric_workbook.trial import criterion_of, try_out
    from pipeline.screens import screen
    from pipeline.screens.trials import show_trials

    rules = load(rules_dir)
    tried = criterion_of(bloc_of(rules, bloc), criterion, rules.plan.decimals)
    show_trials(tried, try_out(tried, targets, actuals, inputs), screen.console())
