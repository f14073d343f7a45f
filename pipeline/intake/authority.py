"""Who may give orders: only what lies in the officer's own folder of the inbox (promise 11).

Appraisal and council papers change points, the receipt book changes times. What such a file says of itself proves
nothing, for whoever has one form and the program can make one, and anybody's letters land in the inbox. So authority
lies in the place: the folder ``hoi-dong/`` directly in the inbox, into which only the officer puts files and ``fetch``
never does; and the officer's own outbox, from which what people typed there is kept. Elsewhere such a file is told as a
paper in the wrong place, and nothing is taken from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from pipeline.findings.finding import Code, Finding
from pipeline.i18n import _
from pipeline.intake.arrival import BY_HAND, OFFICERS_FOLDER
from pipeline.intake.received import ReceivedFile
from pipeline.intake.returned import kind_of_content


def may_give_orders(name: str) -> bool:
    """Whether a file of that path below the inbox, or of one that was kept, lies where only the officer puts files."""
    folder, slash, _rest = name.partition("/")
    return name.startswith(BY_HAND) or (bool(slash) and folder.casefold() == OFFICERS_FOLDER)


def misplaced(files: Iterable[ReceivedFile], duplicates: Collection[str]) -> Iterator[Finding]:
    """Files that would give orders but lie where anybody's files come in. ``duplicates``: files of which nothing is to
    be said, for the same content lies elsewhere."""
    for file in files:
        label = kind_of_content(file.content).orders(file.content) if file.content else ""
        if label and not may_give_orders(file.name) and file.name not in duplicates:
            facts = {"paper": _(label), "folder": f"{OFFICERS_FOLDER}/"}
            yield Finding(Code.PAPER_MISPLACED, file.name, facts=facts)
