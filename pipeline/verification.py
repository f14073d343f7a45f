"""Does a published outbox follow from the inbox and the rules? Anybody may ask who has the three (promise 5).

In: an outbox, an inbox, rules. Out: what does not fit, in words, the first step of the chain that differs first:
what was altered in the outbox since, what changed in the inbox, what changed in the rules, and only if all these are
as they were, the first cell in which a run made anew comes to something else.

When a content was first seen nobody can compute; those times are taken from the outbox's own register.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pipeline import __version__, run
from pipeline.errors import UserFault
from pipeline.i18n import LANGUAGES, N_, _, speaking
from pipeline.rules.round_context import RoundContext
from pipeline.state import layout, manifest, published, rescue

_ALTERED = (
    N_("{file} in the outbox is missing; the manifest names it"),
    N_("{file} in the outbox was added after the run"),
    N_("{file} in the outbox was changed after the run"),
)
_INPUT = (
    N_("{file} is no longer in the inbox"),
    N_("{file} in the inbox came after the run"),
    N_("{file} in the inbox was changed after the run"),
)
_RULE = (
    N_("the rule file {file} is missing"),
    N_("the rule file {file} came after the run"),
    N_("the rule file {file} was changed after the run"),
)


def verify(outbox: Path, inbox: Path, context: RoundContext) -> list[str]:
    """What does not fit, a sentence each; empty where the outbox follows from inbox and rules.

    Raises UserFault where the folder is no whole outbox or there is no inbox.
    """
    stated = manifest.read(outbox)
    if stated.get("public"):
        raise UserFault(
            _("{outbox} is a public set, which leaves out what it was made from").format(outbox=outbox),
            _("Name the whole outbox of that round."),
        )
    received = {file.name: file.sha256 for file in run.take_all(inbox, context.plan.limits) if file.sha256}
    differences = [
        *_differences(stated["outputs"], manifest.outputs(outbox), _ALTERED),
        *_differences(stated["inputs"], received, _INPUT),
        *_differences(stated["rules"], manifest.rule_files(context.rules), _RULE),
    ]
    return differences or _made_anew(outbox, inbox, context, stated)


def _differences(stated: Mapping[str, str], found: Mapping[str, str], words: tuple[str, str, str]) -> list[str]:
    """For each name without the same SHA-256 on both sides: missing, added or changed, in these words."""
    missing, added, changed = words
    return [
        _(missing if name not in found else added if name not in stated else changed).format(file=name)
        for name in sorted({*stated, *found})
        if stated.get(name) != found.get(name)
    ]


def _made_anew(outbox: Path, inbox: Path, context: RoundContext, stated: Mapping[str, Any]) -> list[str]:
    """The same run once more, in a folder that is thrown away; the first file that comes out otherwise."""
    with tempfile.TemporaryDirectory(prefix="thidua-") as folder:
        again, book = Path(folder) / "outbox", Path(folder) / layout.LEDGER
        plan = context.plan
        now = dt.datetime.now(plan.zone)
        rescue.recall(book, plan.year, context.round.code, published.read_table(outbox / layout.DATA, "register"))
        language = stated.get("language")
        with speaking(language if language in LANGUAGES else plan.language):
            run.publish(run.assess(context, inbox, book, now), again, book, now)
        made = manifest.read(again)["outputs"]
        differing = sorted(
            name for name in {*stated["outputs"], *made} if stated["outputs"].get(name) != made.get(name)
        )
        told = [_first_difference(name, outbox / name, again / name) for name in differing[:1]]
    if told and stated.get("thidua") != __version__:
        told.append(
            _("the outbox was made by version {theirs} of this program, and this is version {ours}").format(
                theirs=stated.get("thidua"), ours=__version__
            )
        )
    return told


# --- where two files differ ---------------------------------------------------------------------------


def _first_difference(name: str, published: Path, again: Path) -> str:
    if not published.exists() or not again.exists():
        words = _("{file} is in the outbox, and a run made anew writes no such file")
        return (words if published.exists() else _("a run made anew also writes {file}")).format(file=name)
    for place, was, now in _both(published, again):
        if was != now:
            return _("{file}, {place}: “{was}” stands there, and a run made anew gives “{now}”").format(
                file=name, place=place, was=was, now=now
            )
    return _("{file} holds the same values, but is not the same byte for byte (formulas or formats)").format(file=name)


def _both(published: Path, again: Path) -> Iterator[tuple[str, str, str]]:
    """Place, and what stands there in each: cell by cell of workbooks, line by line of all else."""
    if published.suffix == ".xlsx":
        was, now = _cells(published), _cells(again)
        for place in dict.fromkeys([*was, *now]):
            yield place, was.get(place, ""), now.get(place, "")
        return
    texts = [path.read_text(encoding="utf-8", errors="replace").splitlines() for path in (published, again)]
    for number, (old, new) in enumerate(zip_longest(*texts, fillvalue=""), start=1):
        yield _("line {number}").format(number=number), old, new


def _cells(workbook: Path) -> dict[str, str]:
    """Place -> value of every cell that is not blank."""
    from python_calamine import CalamineWorkbook
    from xlsxwriter.utility import xl_rowcol_to_cell

    book = CalamineWorkbook.from_path(workbook)
    cells = {}
    for name in book.sheet_names:
        for row, values in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False)):
            for column, value in enumerate(values):
                if value != "":
                    place = _("sheet “{sheet}”, cell {cell}").format(sheet=name, cell=xl_rowcol_to_cell(row, column))
                    cells[place] = str(value)
    return cells
