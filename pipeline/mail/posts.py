"""What goes to whom: the letters of a round, made from its outbox.

In: an outbox that a run has filled, and the rules. Out: :class:`Post`, one for each recipient and part: results to
the superior level and the plan's other recipients (:func:`reports`), marked files and receipts to units
(:func:`replies`), reminders (:func:`reminders`).

What is sent is what was published: the files and tables of the outbox, never something computed anew.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.code_lists import Severity, State
from pipeline.errors import UserFault
from pipeline.i18n import _, date, moment, number
from pipeline.intake import take as intake
from pipeline.intake.arrival import OWNER_FILES, shown
from pipeline.mail.letters import Letter, compose
from pipeline.register.roster import turnout
from pipeline.rules.plan import Recipient, Round
from pipeline.rules.year import Rules
from pipeline.state import layout, manifest
from pipeline.state.published import read_table

REPORT, RETURN, RECEIPT, REMINDER = "cap-tren", "tra-phieu", "bien-nhan", "nhac-nho"
"""The kinds of letters, by the names of their templates."""

ENCLOSED = {"report": (layout.CONSOLIDATED, layout.RANKING), "copy": (layout.RANKING,)}
"""What goes to the superior level, and what to those who get a copy: not the names of the persons proposed."""

SHOWN = 10
"""So many findings stand in a letter; the marked file has all."""


@dataclass(frozen=True)
class Post:
    """A letter to one recipient. ``address`` is "" where the rules tell none; ``stem``: the name of its
    file, without ending.

    ``key`` tells it from every other letter: the same kind of letter with the same files to the same recipient in the
    same round, for a reminder on the same day.
    """

    kind: str
    recipient: str
    address: str
    stem: str
    letter: Letter
    attachments: tuple[Path, ...]
    key: str


@dataclass(frozen=True)
class Published:
    """An outbox as its letters see it. ``now`` says what is overdue; ``largest``: bytes of attachments in a
    letter; ``stated``: the manifest."""

    outbox: Path
    rules: Rules
    of: Round
    now: dt.datetime
    largest: int
    stated: dict[str, Any]

    def refuse_older_than(self, inbox: Path) -> None:
        """Raises UserFault where the inbox has other files than the run found: what goes out would be out of date."""
        there = {shown(path.relative_to(inbox).as_posix()): path for path in intake.find(inbox)}
        lasting = [
            {name for name in names if not Path(name).name.startswith(OWNER_FILES)} for names in (there, self.shas)
        ]
        known = {name: sha256 for name, sha256 in self.shas.items() if sha256}
        if lasting[0] != lasting[1] or any(manifest.sha256(there[name]) != known[name] for name in known):
            raise UserFault(_("the inbox has changed since the last run"), _("Run again first."))
        if {row["unit"] for row in self.roster} != set(self.rules.units):
            raise UserFault(_("the units of the plan have changed since the last run"), _("Run again first."))

    @cached_property
    def roster(self) -> list[dict[str, str]]:
        """One row for each unit: see :class:`pipeline.tables.Roster`."""
        return read_table(self.outbox / layout.DATA, "roster")

    @cached_property
    def shas(self) -> dict[str, str]:
        """File in the inbox -> SHA-256."""
        return {row["file"]: row["sha256"] for row in read_table(self.outbox / layout.DATA, "register")}

    @cached_property
    def errors(self) -> dict[str, list[str]]:
        """File in the inbox -> what must be corrected in it."""
        found: dict[str, list[str]] = {}
        for row in read_table(self.outbox / layout.DATA, "findings"):
            if row["severity"] == Severity.ERROR:
                found.setdefault(row["file"], []).append(row["message"])
        return found

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What every letter may speak of."""
        plan = self.rules.plan
        as_of = self.stated["as_of"]
        return {
            "plan": plan,
            "round": self.of,
            "due": moment(plan.due_moment(self.of)),
            "as_of": moment(dt.datetime.fromisoformat(as_of)) if as_of else date(self.of.opens),
            "now": moment(self.now.replace(tzinfo=None)),
            "shown": SHOWN,
        }

    def attachment(self, name: str) -> Path:
        """A file of the outbox as the run left it. Raises UserFault where it was changed or is missing."""
        path = self.outbox / name
        if not path.is_file() or manifest.sha256(path) != self.stated["outputs"].get(name):
            raise UserFault(
                _("{file} is not as the run wrote it").format(file=path),
                _("Run again; copies that you have edited go by hand."),
            )
        return path

    def post(
        self, kind: str, recipient: str, address: str, stem: str, attachments: Sequence[Path], **facts: Any
    ) -> Post:
        """The post of that kind, its letter composed; ``stem`` names its file."""
        shown = [
            {"name": path.name, "size": _size(path.stat().st_size), "sha256": manifest.sha256(path)}
            for path in attachments
        ]
        facts = {**self.facts, "recipient": recipient, "attachments": shown, **facts}
        letter = compose(kind, facts, self.rules.folder)
        day = self.now.date().isoformat() if kind == REMINDER else ""
        part = [self.rules.plan.code, self.of.code, kind, address or recipient, day, [each["sha256"] for each in shown]]
        if kind == RECEIPT:
            part.append(facts["sha256"])
        if kind != REPORT:  # units may share an address
            part.append(stem)
        key = hashlib.sha256(json.dumps(part, ensure_ascii=False).encode()).hexdigest()
        return Post(kind, recipient, address, stem, letter, tuple(attachments), key)


def published(outbox: Path, rules: Rules, of: Round, now: dt.datetime, largest: int) -> Published:
    """The outbox of that round. Raises UserFault where no run has filled it."""
    return Published(outbox, rules, of, now, largest, manifest.read(outbox))


def _size(count: int) -> str:
    return f"{number(max(count / 1024, 1), 0)} KB" if count < 1024**2 else f"{number(count / 1024**2, 1)} MB"


# --- to the superior level ----------------------------------------------------------------------------


def reports(published: Published) -> Iterator[Post]:
    """The results, to every recipient of the plan; in as many letters as their size asks for.

    Raises UserFault where a file was changed since the run, or is larger than a letter may be.
    """
    bundles = {
        kind: _bundles([published.attachment(name) for name in names if name in published.stated["outputs"]], published)
        for kind, names in ENCLOSED.items()
    }
    for number_, each in enumerate(published.rules.plan.recipients, start=1):
        own = bundles[each.as_]
        for part, bundle in enumerate(own, start=1):
            yield _report(published, each, f"noi-nhan-{number_:02}-{part}", bundle, part, len(own))


def _report(published: Published, to: Recipient, stem: str, bundle: list[Path], part: int, parts: int) -> Post:
    counts = turnout(pd.DataFrame(published.roster).astype({"days_late": int}))
    made = published.post(
        REPORT, to.role, to.email or "", stem, bundle, counts=counts, copy=to.as_ == "copy", part=part, parts=parts
    )
    if parts == 1:
        return made
    letter = replace(made.letter, subject=f"{made.letter.subject} ({part}/{parts})")
    return replace(made, letter=letter)


def _bundles(files: list[Path], published: Published) -> list[list[Path]]:
    """The files in their order, so many to a letter as fit."""
    bundles: list[list[Path]] = []
    room, largest = 0, published.largest
    for path in files:
        size = path.stat().st_size
        if size > largest:
            raise UserFault(
                _("{file} has {size}, a letter takes {largest}").format(
                    file=path, size=_size(size), largest=_size(largest)
                ),
                _("Raise largest_mb below “mail” in plan.yaml if your mail server takes more, or hand it over."),
            )
        if size > room:
            bundles.append([])
            room = largest
        bundles[-1].append(path)
        room -= size
    return bundles


# --- to units -----------------------------------------------------------------------------------------


def replies(published: Published) -> Iterator[Post]:
    """To every unit whose file was taken in: its marked file, or that its form counts. Raises UserFault."""
    for row in published.roster:
        marked = _marked(published, row["unit"])
        if row["returned_file"]:
            yield _to_unit(published, row, RETURN, marked, counts_file=bool(row["file"]))
        elif row["file"]:
            facts = {
                "file": row["file"],
                "sha256": published.shas[row["file"]],
                "received": moment(dt.datetime.fromisoformat(row["received"])),
                "days_late": int(row["days_late"]),
            }
            yield _to_unit(published, row, RECEIPT, marked, **facts)


def reminders(published: Published) -> Iterator[Post]:
    """To every unit without a form that counts. Raises UserFault."""
    for row in published.roster:
        if row["state"] != State.SENT:
            marked = _marked(published, row["unit"])
            to_correct = row["state"] == State.TO_CORRECT
            yield _to_unit(published, row, REMINDER, marked, to_correct=to_correct)


def _to_unit(published: Published, row: dict[str, str], kind: str, marked: list[Path], **facts: Any) -> Post:
    _bloc, unit = published.rules.units[row["unit"]]
    errors = published.errors.get(row["returned_file"], [])
    facts |= {"findings": errors, "overdue": _overdue(published)}
    return published.post(kind, unit.name, unit.email or "", unit.code, marked, **facts)


def _marked(published: Published, unit: str) -> list[Path]:
    name = f"{layout.FEEDBACK}/{unit}.xlsx"
    return [published.attachment(name)] if name in published.stated["outputs"] else []


def _overdue(published: Published) -> int:
    """Whole and begun days since the round was due; 0 before that."""
    late = published.now - published.rules.plan.due_moment(published.of)
    return max(0, -(-late // dt.timedelta(days=1)))
