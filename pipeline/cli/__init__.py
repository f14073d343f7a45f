"""The commands of ``thidua``: what is typed on a command line becomes calls of the rooms below.

In: arguments and options. Out: text on the screen and an exit code. Promises: no logic of its own, and every failure
ends with a sentence, never with a traceback (``failures.py``). Start with ``workplace.py`` (from options to rules,
round, folders and time), then ``rounds.py``.
May import: every other room; heavy modules only inside the commands, so that help is quick.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import click

from pipeline import __version__
from pipeline.cli import history, mail, rounds, rubric
from pipeline.cli.options import language_option
from pipeline.i18n import N_, _

_PLACEHOLDERS = {
    "OPTIONS": N_("OPTIONS"),
    "COMMAND": N_("COMMAND"),
    "ARGS": N_("ARGS"),
    "DIRECTORY": N_("FOLDER"),
    "FILE": N_("FILE"),
    "TEXT": N_("TEXT"),
    "INTEGER RANGE": N_("NUMBER"),
}


def _translated(text: str) -> str:
    """Click's placeholders in our language."""
    return re.sub("|".join(rf"\b{word}\b" for word in _PLACEHOLDERS), lambda match: _(_PLACEHOLDERS[match[0]]), text)


class _Formatter(click.HelpFormatter):
    """Click's own words on a help page, in our language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _translated(args), _("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading({"Options": _("Options"), "Commands": _("Commands")}.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        required = _("[required]")
        rows = [(_translated(what), help_.replace("[required]", required)) for what, help_ in rows]
        super().write_dl(rows, col_max, col_spacing)


click.Context.formatter_class = _Formatter


@click.group(help=_("Emulation of a commune: forms out, inbox in, ranking and consolidated workbooks out."))
@click.help_option(help=_("Show this page."))
@click.version_option(__version__, prog_name="thidua", help=_("Show the version."))
def cli() -> None:
    """The group of commands."""


for _command in (
    rounds.check,
    rounds.forms,
    rounds.run,
    mail.fetch,
    mail.send,
    mail.remind,
    rounds.watch,
    rounds.status,
    rounds.explain,
    history.history,
    rounds.verify,
    rubric.rubric,
):
    cli.add_command(_command)

for _command in (cli, *cli.commands.values(), *rubric.rubric.commands.values()):
    _command.params.append(language_option(of_all=_command is cli))
