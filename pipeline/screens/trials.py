"""What possible results would give, on a screen: what ``thidua rubric try`` prints.

In: a criterion, and trials of it (:mod:`pipeline.rubric_workbook.trial`). Out: text on a console.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from pipeline.i18n import _, number
from pipeline.methods.inputs import Takes, shown
from pipeline.rubric_workbook.trial import Trial, TriedCriterion
from pipeline.rules.words import rule_words


def show_trials(tried: TriedCriterion, trials: Sequence[Trial], console: Console) -> None:
    """Print the rule in words, and a line for each trial."""
    criterion = tried.criterion
    console.print(f"{criterion.code}. {criterion.name}")
    rule = rule_words(tried.rubric, criterion, tried.decimals)
    console.print(_("{points} points; {rule}").format(points=number(float(criterion.points)), rule=rule))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    if criterion.method.needs_target:
        table.add_column(_("Target"), justify="right", no_wrap=True)
    is_choice = criterion.method.takes is Takes.CHOICE
    is_text = is_choice or any(trial.inputs for trial in trials)
    table.add_column(_("Result"), justify="left" if is_text else "right")
    table.add_column(_("Points"), justify="right", no_wrap=True)
    table.add_column(_("How"), overflow="fold")
    for trial in trials:
        result = trial.choice or number(trial.actual)
        entry = "; ".join(filter(None, (result, shown(trial.inputs))))
        target = [number(trial.target)] if criterion.method.needs_target else []
        table.add_row(*target, entry, number(trial.points), trial.words)
    console.print(table)
