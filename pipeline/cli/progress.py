"""How far the reading of the inbox has come, shown while it goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from pipeline.i18n import _

if TYPE_CHECKING:
    from pipeline.run import Progress


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """A bar on a terminal; elsewhere a plain line every hundred files."""
    if not sys.stdout.isatty():
        yield _print_line
        return
    from rich.progress import Progress as Bars

    with Bars(transient=True) as bars:
        task = bars.add_task(_("Reading the inbox"), total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _print_line(done: int, total: int) -> None:
    if done % 100 == 0 or done == total:
        click.echo(_("read {done} of {total} files").format(done=done, total=total))
