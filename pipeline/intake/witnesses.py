"""What the files of an inbox tell of one another, and the letters of the forms in them.

In: what each file was recognised as, who mailed which, and when. Out: findings; nothing is decided by them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email.utils import parseaddr

from pipeline.code_lists import Source
from pipeline.findings.finding import Code, Finding
from pipeline.i18n import moment
from pipeline.intake.receipts import Receipt
from pipeline.intake.received import ReceivedFile
from pipeline.intake.recognition import Recognised
from pipeline.rules.year import Rules
from pipeline.text import same


def partial_forms(recognised: Mapping[str, Recognised]) -> Iterator[Finding]:
    """Files of one unit each of which has a sheet that the other lacks, with what it lacks. ``recognised``: by file."""
    of_unit: dict[str, list[str]] = {}
    for file, each in recognised.items():
        if each.unit and each.lacks:
            of_unit.setdefault(each.unit, []).append(file)
    for unit, files in of_unit.items():
        for file in files:
            lacks = recognised[file].lacks
            completing = [
                (other, there)
                for other in files
                if (there := [sheet for sheet in lacks if sheet not in recognised[other].lacks])
                and any(sheet not in lacks for sheet in recognised[other].lacks)
            ]
            if completing:
                others = "; ".join(f"{other}: {_listed(there)}" for other, there in completing)
                yield Finding(Code.PARTIAL_FORM, file, unit, facts={"lacks": _listed(lacks), "others": others})


def _listed(sheets: Sequence[str]) -> str:
    return ", ".join(f"“{each}”" for each in sheets)


def senders(
    files: Sequence[ReceivedFile], recognised: Mapping[str, Recognised], rules: Rules, mailed_by: Mapping[str, str]
) -> Iterator[Finding]:
    """Forms that came from another address than the one that the rules know for their unit. ``mailed_by``: SHA-256 ->
    sender, whose address is not repeated; strange addresses of a unit are numbered."""
    if not mailed_by:
        return
    units_at, unknown = dict[str, list[str]](), dict[str, list[str]]()
    for code, (_bloc, unit) in rules.units.items():
        if unit.email:
            units_at.setdefault(same(unit.email), []).append(code)
    for file in files:
        code = recognised[file.name].unit if file.name in recognised else ""
        sender = address(mailed_by.get(file.sha256, ""))
        if code not in rules.units or not sender or code in units_at.get(sender, ()):
            continue
        unit = rules.units[code][1]
        if others := units_at.get(sender, []):
            names = ", ".join(rules.units[other][1].name for other in others)
            facts = {"unit": unit.name, "other": names}
            yield Finding(Code.SENDER_OF_OTHER, file.name, code, entered=others[0], facts=facts)
        elif unit.email:
            strangers = unknown.setdefault(code, [])
            strangers += [] if sender in strangers else [sender]
            number, facts = str(strangers.index(sender) + 1), {"unit": unit.name, "known": unit.email}
            yield Finding(Code.SENDER_UNKNOWN, file.name, code, entered=number, facts=facts)


def unproved_times(receipts: Mapping[str, Receipt], units: Mapping[str, str], due: dt.datetime) -> Iterator[Finding]:
    """Forms that are in time, or less late, only because of what a letter handed over as a file says of itself.

    ``receipts``: by file; ``units``: file -> unit, of forms.
    """
    for file, unit in units.items():
        receipt = receipts.get(file)
        if receipt is None or receipt.source is not Source.SAVED_LETTER or receipt.first_seen <= due:
            continue
        seen = receipt.first_seen.astimezone(due.tzinfo)
        received = receipt.received.astimezone(due.tzinfo)
        if received <= due or received.date() < seen.date():
            facts = {"seen": moment(seen), "due": moment(due)}
            yield Finding(Code.TIME_UNPROVED, file, unit, entered=moment(received), facts=facts)


def senders_again(findings: Iterable[Mapping[str, str]], rules: Rules) -> dict[str, str]:
    """File -> an address from which :func:`senders` makes the same findings. ``findings``: published rows of
    :class:`~pipeline.tables.Findings`, which do not repeat the addresses, for findings go further than the letters."""
    again: dict[str, str] = {}
    for row in findings:
        if row["code"] == Code.SENDER_OF_OTHER and row["entered"] in rules.units:
            again[row["file"]] = rules.units[row["entered"]][1].email or ""
        elif row["code"] == Code.SENDER_UNKNOWN:
            again[row["file"]] = f"{row['entered']}@invalid"
        elif row["code"] == Code.WAITS and row["entered"]:
            again.setdefault(row["file"], "later@invalid")
            again.setdefault(row["entered"], "first@invalid")
    return again


def address(sender: str) -> str:
    """The address of a sender, to be compared; "" where there is none."""
    return same(parseaddr(sender)[1])
