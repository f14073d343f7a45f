"""The command that looks back: what was received when, how scores and ranks changed from run to run, and why."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import outbox_option, round_option, rules_option
from pipeline.cli.workplace import find_workplace
from pipeline.i18n import _


@click.command(help=_("Show what was received when, how points and ranks changed from run to run, and why."))
@click.help_option(help=_("Show this page."))
@click.argument("unit", required=False)
@rules_option
@round_option
@outbox_option
def history(unit: str | None, rules_dir: Path | None, round_code: str | None, outbox: Path | None) -> None:
    """Of all units, or of one; from the ledger alone."""
    from pipeline.screens import screen
    from pipeline.screens.explain import refuse_unknown
    from pipeline.screens.history import show, show_unit
    from pipeline.state import ledger, run_history

    workplace = find_workplace(rules_dir, round_code, None, outbox, None)
    if unit:
        refuse_unknown(workplace.rules, unit, None)
    runs = run_history.runs(workplace.ledger_file, ledger.round_key(workplace.context))
    if unit:
        show_unit(runs, unit, workplace.rules, screen.console())
    else:
        show(runs, workplace.rules, screen.console())
