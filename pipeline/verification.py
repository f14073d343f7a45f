"""Does a published outbox follow from the inbox and the rules? Whoever has the three can check it (promise 5).

In: an outbox, an inbox, rules. Out: the differences, a sentence each: what was changed in the outbox after the run,
what changed in the inbox, what changed in the rules. Only where none of these differs, the same run is made once more,
and the first cell in which it has another value is named.

When a content was first seen cannot be computed; those times are taken from the outbox's own register.
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
from pipeline.i18n import LANGUAGES, N_, _, using_language
from pipeline.intake import witnesses
from pipeline.intake.other_workbooks import sheets_of
from pipeline.rules.limits import Limits
from pipeline.rules.round_context import RoundContext
from pipeline.state import handwork, layout, ledger, ledger_repair, manifest, published

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
    kept = handwork.kept_folder(outbox)
    files = run.take_all(inbox, context.plan.limits, kept=kept, is_patient=True)
    received = {file.name: file.sha256 for file in files if file.sha256}
    differences = [
        *_differences(stated["outputs"], manifest.outputs(outbox), _ALTERED),
        *_differences(stated["inputs"], received, _INPUT),
        *_differences(stated["rules"], manifest.rule_files(context.rules), _RULE),
    ]
    return differences or _rerun_differences(outbox, inbox, context, stated)


def _differences(stated: Mapping[str, str], actual: Mapping[str, str], words: tuple[str, str, str]) -> list[str]:
    """A sentence for each name that has not the same SHA-256 on both sides: missing, added or changed, as ``words``."""
    missing, added, changed = words
    return [
        _(missing if name not in actual else added if name not in stated else changed).format(file=name)
        for name in sorted({*stated, *actual})
        if stated.get(name) != actual.get(name)
    ]


def _rerun_differences(outbox: Path, inbox: Path, context: RoundContext, stated: Mapping[str, Any]) -> list[str]:
    """Make the same run once more, in a temporary folder; what differs in the first file that is not the same."""
    with tempfile.TemporaryDirectory(prefix="thidua-") as folder:
        rerun, ledger_file = Path(folder) / "outbox", Path(folder) / layout.LEDGER
        plan = context.plan
        now = dt.datetime.now(plan.zone)
        register, findings = (published.read_table(outbox / layout.DATA, name) for name in ("register", "findings"))
        senders = witnesses.senders_again(findings, context.rules)
        ledger_repair.restore_times(ledger_file, ledger.round_key(context), register, senders)
        language = stated.get("language")
        with using_language(language if language in LANGUAGES else plan.language):
            assessment = run.assess(
                context, inbox, ledger_file, now, kept=handwork.kept_folder(outbox), is_patient=True
            )
            run.publish(assessment, rerun, ledger_file, now)
        outputs = manifest.read(rerun)["outputs"]
        differing = sorted(
            name for name in {*stated["outputs"], *outputs} if stated["outputs"].get(name) != outputs.get(name)
        )
        sentences = [_first_difference(name, outbox / name, rerun / name, plan.limits) for name in differing[:1]]
    if sentences and stated.get("thidua") != __version__:
        sentences.append(
            _("the outbox was made by version {theirs} of this program, and this is version {ours}").format(
                theirs=stated.get("thidua"), ours=__version__
            )
        )
    return sentences


# --- where two files differ ---------------------------------------------------------------------------


def _first_difference(name: str, published: Path, rerun: Path, limits: Limits) -> str:
    if not published.exists() or not rerun.exists():
        words = _("{file} is in the outbox, and a run made anew writes no such file")
        return (words if published.exists() else _("a run made anew also writes {file}")).format(file=name)
    try:
        for place, old, new in _side_by_side(published, rerun, limits):
            if old != new:
                return _("{file}, {place}: “{was}” stands there, and a run made anew gives “{now}”").format(
                    file=name, place=place, was=old, now=new
                )
    except UserFault as fault:
        return _("{file} is not what a run made anew writes, and cannot be compared with it: {why}").format(
            file=name, why=fault
        )
    return _("{file} holds the same values, but is not the same byte for byte (formulas or formats)").format(file=name)


def _side_by_side(published: Path, rerun: Path, limits: Limits) -> Iterator[tuple[str, str, str]]:
    """Place, and its text in each file: cell by cell of workbooks, line by line of all others. Raises UserFault."""
    if published.suffix == ".xlsx":
        olds, news = _cells(published, limits), _cells(rerun, limits)
        for place in dict.fromkeys([*olds, *news]):
            yield place, olds.get(place, ""), news.get(place, "")
        return
    texts = [path.read_text(encoding="utf-8", errors="replace").splitlines() for path in (published, rerun)]
    for number, (old, new) in enumerate(zip_longest(*texts, fillvalue=""), start=1):
        yield _("line {number}").format(number=number), old, new


def _cells(workbook: Path, limits: Limits) -> dict[str, str]:
    """Place in words (sheet and cell) -> value, of every cell that is not blank. Raises UserFault."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    cells = {}
    for name, rows in sheets_of(workbook, limits).items():
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if value != "":
                    place = _("sheet “{sheet}”, cell {cell}").format(sheet=name, cell=xl_rowcol_to_cell(row, column))
                    cells[place] = str(value)
    return cells
