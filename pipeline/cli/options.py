"""Where a command works: its options for rules, round, folders and time, and what they come to."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.errors import UserFault
from pipeline.i18n import LANGUAGES, _, use_language

if TYPE_CHECKING:
    from pipeline.rules.plan import Round
    from pipeline.rules.round_context import RoundContext
    from pipeline.rules.year import Rules

RULES_ROOT, INBOX_ROOT, OUTBOX_ROOT = Path("rules"), Path("inbox"), Path("outbox")
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


@dataclass(frozen=True)
class Place:
    """Rules, round, folders and time that a command works with."""

    rules: Rules
    of: Round
    inbox: Path
    outbox: Path
    ledger: Path
    now: dt.datetime

    @property
    def context(self) -> RoundContext:
        """The rules and the round, as the stages are told them."""
        from pipeline.rules.round_context import RoundContext

        return RoundContext(self.rules, self.of)


def find_place(
    rules_dir: Path | None, round_code: str | None, inbox: Path | None, outbox: Path | None, now: str | None
) -> Place:
    """Everything a command works with, from its options; raises UserFault or RulesError as its parts do."""
    from pipeline.state import ledger

    rules = load(rules_dir)
    moment = moment_of(rules, now)
    of = round_of(rules, round_code) if round_code else rules.plan.round_at(moment)
    target = outbox or OUTBOX_ROOT / str(rules.plan.year) / of.code
    return Place(
        rules, of, inbox or inbox_of(rules, of), target, ledger.place(target, rules.plan.year, of.code), moment
    )


def at_place(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say where it works, and hand it what they come to as ``place``."""

    @rules_option
    @round_option
    @inbox_option
    @outbox_option
    @now_option
    @wraps(command)
    def found(
        rules_dir: Path | None,
        round_code: str | None,
        inbox: Path | None,
        outbox: Path | None,
        now: str | None,
        **others: Any,
    ) -> None:
        command(place=find_place(rules_dir, round_code, inbox, outbox, now), **others)

    return found


def load(rules_dir: Path | None) -> Rules:
    """The rules of the folder, or of the newest year; from here on in their language, unless another is asked for."""
    from pipeline.rules.year import load_rules, newest_rules

    rules = load_rules(rules_dir or newest_rules(RULES_ROOT))
    context = click.get_current_context(silent=True)
    use_language((context and context.find_root().obj) or rules.plan.language)
    return rules


def round_of(rules: Rules, code: str) -> Round:
    """The plan's round of that code. Raises UserFault."""
    found = rules.plan.round(code)
    if found is None:
        raise UserFault(
            _("the plan has no round {code}").format(code=code),
            _("Use one of: {codes}").format(codes=", ".join(each.code for each in rules.plan.rounds)),
        )
    return found


def inbox_of(rules: Rules, of: Round) -> Path:
    """Where the forms of a round come back."""
    return INBOX_ROOT / str(rules.plan.year) / of.code


def moment_of(rules: Rules, now: str | None) -> dt.datetime:
    """The time that ``--now`` names, or the present one. Raises UserFault."""
    if now is None:
        return dt.datetime.now(rules.plan.zone).replace(microsecond=0)
    try:
        moment = dt.datetime.fromisoformat(now)
    except ValueError as error:
        raise UserFault(
            _("“{now}” is not a time").format(now=now), _("Write it as 2023-12-12T08:00 or 2023-12-12T08:00+07:00")
        ) from error
    there = moment.astimezone(rules.plan.zone) if moment.tzinfo else moment.replace(tzinfo=rules.plan.zone)
    return there.replace(microsecond=0)


@contextmanager
def progress_shown() -> Iterator[Any]:
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
