"""How a published file is opened: it was handed over by somebody, and may be anything by now.

In: a path in an outbox or a public set. Out: its bytes, all of one moment; a UserFault for what is no plain file, or
larger than any output of ours.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import UserFault
from pipeline.i18n import _
from pipeline.intake.arrival import read
from pipeline.rules.limits import Limits

OF_OUTPUTS = Limits(
    file_mb=500,
    parts=20_000,
    unpacked_mb=2_000,
    ratio=1_100,
    rows=1_048_576,
    columns=16_384,
    cells=100_000_000,
    table_rows=1_048_576,
    paper_kb=1_000_000,
    reading_seconds=600,
    reading_memory_mb=4_000,
)
"""What a file of an outbox may be and may take: those of a large round are larger than any form."""


def content_of(path: Path) -> bytes:
    """The bytes of the file. Raises UserFault."""
    _size, content = read(path, OF_OUTPUTS)
    if isinstance(content, bytes):
        return content
    code, facts = content
    raise UserFault(
        _("{file} cannot be read: {why}").format(file=path, why=_(code.entry.what).format(**facts)),
        _("Ask whoever gave you the folder for it once more."),
    )
