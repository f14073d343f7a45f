"""The commands of ``thidua``; no logic. Heavy modules are imported inside the commands, so that help is quick."""

from __future__ import annotations

import click

from pipeline import __version__
from pipeline.cli import rubric, year
from pipeline.cli.ending import run_to_end
from pipeline.i18n import _


class _Formatter(click.HelpFormatter):
    """Click's own words on a help page, in our language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, _("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading({"Options": _("Options"), "Commands": _("Commands")}.get(heading, heading))


click.Context.formatter_class = _Formatter


@click.group(help=_("Emulation of a commune: forms out, inbox in, ranking and consolidated workbooks out."))
@click.help_option(help=_("Show this page."))
@click.version_option(__version__, prog_name="thidua", help=_("Show the version."))
def cli() -> None:
    """The group of commands."""


for _command in (year.check, year.forms, year.run, year.watch, year.status, year.explain, year.verify, rubric.rubric):
    cli.add_command(_command)


def main() -> None:
    """Run a command to its end; see :mod:`pipeline.cli.ending`."""
    run_to_end(cli)
