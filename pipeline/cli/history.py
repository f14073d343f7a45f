"""The command that looks back: what was received when, how scores and ranks changed from run to run, and why."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import find_place, outbox_option, round_option, rules_option
from pipeline.i18n import _


@click.command(help=_("Show what was received when, how points and ranks changed from run to run, and why."))
@click.help_option(help=_("Show this page."))
@click.argument("unit", required=False)
@rules_option
@round_option
@outbox_option
def history(unit: str | None, rules_dir: Path | None, round_code: str | None, outbox: Path | None) -> None:
    """Of all units, or of one; from the ledger alone."""
    from pipeline.screens import history as words
    from pipeline.screens import screen
    from pipeline.screens.explain import refuse_unknown
    from pipeline.state import run_history

    place = find_place(rules_dir, round_code, None, outbox, None)
    if unit:
        refuse_unknown(place.rules, unit, None)
    runs = run_history.runs(place.ledger, place.rules.plan.year, place.of.code)
    if unit:
        words.show_unit(runs, unit, place.rules, screen.console())
    else:
        words.show(runs, place.rules, screen.console())
