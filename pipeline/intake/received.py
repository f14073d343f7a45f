"""One entry of the inbox, as it was found; light, for each process that reads files makes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.engines import Loss
from pipeline.forms.reading import RawForm
from pipeline.intake.arrival import Reason
from pipeline.intake.returned import Content


@dataclass
class ReceivedFile:
    """A file, folder or link below the inbox.

    ``name``: its path below the inbox, with ``/``, as it can be shown; ``path``: where it is; ``sha256``: "" where it
    could not be read; ``file_type``: ``xlsx``, ``xls``, ``ods``, or in words what else it is; ``content``: what it
    holds of what we issue; ``reasons``: what can be said of the file as a whole from the file alone; ``saved``: when it
    was last saved, as it says itself; ``loss``: why no reader could be had for
    it, in this run or an earlier one.
    """

    name: str
    path: Path = Path()
    size: int = 0
    sha256: str = ""
    file_type: str = ""
    reasons: list[Reason] = field(default_factory=list)
    content: Content | None = None
    saved: dt.datetime | None = None
    loss: Loss | None = None

    @property
    def form(self) -> RawForm | None:
        """What it holds of a form; None where it is something else."""
        return self.content if isinstance(self.content, RawForm) else None
