"""Where a command works: from its options to rules, round, folders and time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import inbox_option, now_option, outbox_option, round_option, rules_option
from pipeline.errors import UserFault
from pipeline.i18n import _, moment, use_language

if TYPE_CHECKING:
    from pipeline.rules.plan import Plan, Round
    from pipeline.rules.round_context import RoundContext
    from pipeline.rules.year import Rules

RULES_ROOT, INBOX_ROOT, OUTBOX_ROOT = Path("rules"), Path("inbox"), Path("outbox")


@dataclass(frozen=True)
class Workplace:
    """Rules, round, folders and time that a command works with."""

    context: RoundContext
    inbox: Path
    outbox: Path
    ledger_file: Path
    now: dt.datetime

    @property
    def kept(self) -> Path:
        """Where what people typed into the outbox is kept, and read from."""
        from pipeline.state.handwork import kept_folder

        return kept_folder(self.outbox)

    @property
    def rules(self) -> Rules:
        """The year's rules."""
        return self.context.rules

    @property
    def plan(self) -> Plan:
        """The year's plan."""
        return self.context.plan

    @property
    def round(self) -> Round:
        """The round."""
        return self.context.round


def find_workplace(
    rules_dir: Path | None, round_code: str | None, inbox: Path | None, outbox: Path | None, now: str | None
) -> Workplace:
    """Everything a command works with, from its options; what is not given is the usual folder, or the present.

    Raises UserFault, or RuleFilesWrong for rule files with problems.
    """
    from pipeline.rules.round_context import RoundContext
    from pipeline.state import ledger

    rules = load(rules_dir)
    moment = moment_of(rules, now)
    round_ = round_of(rules, round_code) if round_code else rules.plan.round_at(moment)
    context = RoundContext(rules, round_)
    outbox = outbox or OUTBOX_ROOT / str(rules.plan.year) / round_.code
    ledger_file = ledger.path_for(outbox, ledger.round_key(context))
    return Workplace(context, inbox or inbox_of(rules, round_), outbox, ledger_file, moment)


def with_workplace(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say where it works; it gets ``workplace`` in their place."""

    @rules_option
    @round_option
    @inbox_option
    @outbox_option
    @now_option
    @wraps(command)
    def with_options(
        rules_dir: Path | None,
        round_code: str | None,
        inbox: Path | None,
        outbox: Path | None,
        now: str | None,
        **others: Any,
    ) -> None:
        command(workplace=find_workplace(rules_dir, round_code, inbox, outbox, now), **others)

    return with_options


def load(rules_dir: Path | None) -> Rules:
    """The rules of the folder, or of the newest year; from here on in their language, unless another is asked for."""
    from pipeline.rules.year import load_rules, newest_rules

    rules = load_rules(rules_dir or newest_rules(RULES_ROOT))
    context = click.get_current_context(silent=True)
    use_language((context and context.find_root().obj) or rules.plan.language)
    return rules


def round_of(rules: Rules, code: str) -> Round:
    """The plan's round of that code. Raises UserFault."""
    round_ = rules.plan.round(code)
    if round_ is None:
        raise UserFault(
            _("the plan has no round {code}").format(code=code),
            _("Use one of: {codes}").format(codes=", ".join(each.code for each in rules.plan.rounds)),
        )
    return round_


def inbox_of(rules: Rules, round_: Round) -> Path:
    """Where the forms of a round come back."""
    return INBOX_ROOT / str(rules.plan.year) / round_.code


def inboxes_around(folder: Path) -> list[Path]:
    """The inbox of this workplace, and every folder of that name in which the folder lies, or which it is."""
    target = folder.resolve()
    return [INBOX_ROOT, *(each for each in (target, *target.parents) if each.name.lower() == INBOX_ROOT.name)]


def print_warnings(rules: Rules) -> None:
    """What the rule files may mean, and seldom do; nothing where there is no doubt."""
    from pipeline.text import plain

    for warning in rules.warnings:
        click.echo(_("Warning: {problem}").format(problem=plain(str(warning))), err=True)


CLOCKS_DIFFER = dt.timedelta(minutes=5)
"""So far may the clocks of two computers that share a ledger be apart; nobody needs to hear of it."""


def print_clock_warning(workplace: Workplace) -> None:
    """That the clock went back since an earlier run, or was ahead then, and what it means; nothing where it did not."""
    from pipeline.state import ledger

    newest = ledger.newest_time(workplace.ledger_file)
    if newest and newest - workplace.now > CLOCKS_DIFFER:
        times = {"now": moment(workplace.now), "newest": moment(newest.astimezone(workplace.plan.zone))}
        sentence = _(
            "Warning: it is {now} now, but the ledger already has something of {newest}; the clock of the computer is "
            "wrong, or was then. Set it right. A new form of a unit counts as received after those of that unit that "
            "are known already; write the right times into the receipt book."
        )
        click.echo(sentence.format(**times), err=True)


def moment_of(rules: Rules, now: str | None) -> dt.datetime:
    """The time that ``--now`` names, or the present one, in the commune's time zone. Raises UserFault."""
    if now is None:
        return dt.datetime.now(rules.plan.zone).replace(microsecond=0)
    try:
        named = dt.datetime.fromisoformat(now)
        local = named.astimezone(rules.plan.zone) if named.tzinfo else named.replace(tzinfo=rules.plan.zone)
        local.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:  # the first day of the calendar has no day before it
        raise UserFault(
            _("“{now}” is not a time").format(now=now), _("Write it as 2023-12-12T08:00 or 2023-12-12T08:00+07:00")
        ) from error
    return local.replace(microsecond=0)
