"""The options that several commands share, and ``--lang``, which all of them have."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.i18n import LANGUAGES, _, use_language

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


rules_option = click.option(
    "--rules", "rules_dir", type=FOLDER, help=_("Folder of the year's rules, for example rules/2023.")
)

round_option = click.option("--round", "round_code", help=_("Code of the round, for example tong-ket."))

inbox_option = click.option("--inbox", type=FOLDER, help=_("Folder of returned forms; it is only read."))

outbox_option = click.option("--outbox", type=FOLDER, help=_("Folder that is replaced by the outputs."))

now_option = click.option(
    "--now", metavar="ISO-TIME", help=_("Take this for the present time, for example 2023-12-12T08:00.")
)

jobs_option = click.option(
    "--jobs", type=click.IntRange(min=1), help=_("So many processes read files; by default as fits.")
)


def language_option(*, of_all: bool) -> click.Option:
    """``--lang``, before a command or behind it; only before it the environment is asked, or it would overrule."""

    def choose(context: click.Context, _option: click.Parameter, language: str | None) -> None:
        if language:
            context.find_root().obj = language
            use_language(language)

    return click.Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        envvar="THIDUA_LANG" if of_all else None,
        is_eager=True,
        expose_value=False,
        callback=choose,
        help=_(
            "Language of all that is shown and written: vi or en; by default that of THIDUA_LANG, else of the plan."
        ),
    )
