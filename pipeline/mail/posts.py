"""What goes to whom: the letters of a round, made from its outbox.

In: an outbox that a run has filled, and the rules. Out: :class:`Post`, one for each recipient and part: results to
the superior level and the plan's other recipients (:func:`reports`), marked files and receipts to units
(:func:`replies`), reminders (:func:`reminders`).

Only what was published is sent: the files and tables of the outbox, nothing computed anew.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from pipeline.code_lists import Severity, State
from pipeline.errors import UserFault
from pipeline.findings.catalogue import Code
from pipeline.i18n import _, date, moment, number
from pipeline.intake import take
from pipeline.intake.arrival import BY_HAND, OWNER_FILES, shown
from pipeline.mail.letters import LetterText, compose
from pipeline.register.roster import turnout
from pipeline.rules.plan import Recipient
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.state import handwork, layout, manifest
from pipeline.state.published import read_table
from pipeline.tables import Findings, Register, Roster

REPORT, RETURN, RECEIPT, REMINDER = "cap-tren", "tra-phieu", "bien-nhan", "nhac-nho"
"""The kinds of letters, by the names of their templates."""

ENCLOSED = {"report": (layout.CONSOLIDATED, layout.RANKING), "copy": (layout.RANKING,)}
"""What goes to the superior level, and what to those who get a copy: not the names of the persons proposed."""

SHOWN = 10
"""So many findings stand in a letter; the marked file has all."""


@dataclass(frozen=True)
class Post:
    """A letter to one recipient. ``address`` is "" where the rules have none; ``stem``: the name of its file,
    without ending.

    ``key`` tells it from every other letter: the same kind of letter with the same files to the same recipient in the
    same round, for a reminder on the same day. ``is_held``: it does not go out by itself, for it repeats the words of a
    stranger in the office's name.
    """

    kind: str
    recipient: str
    address: str
    stem: str
    letter: LetterText
    attachments: tuple[Path, ...]
    key: str
    is_held: bool = False


class Addressee(NamedTuple):
    """Whom a letter is for: name, mail address ("" where there is none), and the stem of its file's name."""

    recipient: str
    address: str
    stem: str


@dataclass(frozen=True)
class ReportPart:
    """One of the letters over which a report is spread: number ``number`` of ``count``, with these files."""

    number: int
    count: int
    files: list[Path]


@dataclass(frozen=True)
class PublishedRound:
    """A round's outbox as its letters need it.

    ``now`` decides what is overdue; ``largest``: so many bytes of attachments a letter takes; ``manifest``: what the
    run wrote.
    """

    outbox: Path
    context: RoundContext
    now: dt.datetime
    largest: int
    manifest: dict[str, Any]

    @property
    def rules(self) -> Rules:
        """The year's rules."""
        return self.context.rules

    def refuse_older_than(self, inbox: Path) -> None:
        """Raises UserFault where the inbox has other files than the run found: what goes out would be out of date."""
        in_inbox = {shown(path.relative_to(inbox).as_posix()): path for path in take.find(inbox)}
        in_inbox |= self._filled_in_here()
        names_now, names_then = (
            {name for name in names if not Path(name).name.startswith(OWNER_FILES)} for names in (in_inbox, self.hashes)
        )
        hashed = {name: sha256 for name, sha256 in self.hashes.items() if sha256}
        if names_now != names_then or any(manifest.sha256(in_inbox[name]) != hashed[name] for name in hashed):
            raise UserFault(_("the inbox has changed since the last run"), _("Run again first."))
        if {row[Roster.unit] for row in self.roster} != set(self.rules.units):
            raise UserFault(_("the units of the plan have changed since the last run"), _("Run again first."))

    def _filled_in_here(self) -> dict[str, Path]:
        """Name -> path of what runs read besides the inbox, as far as this one did: papers filled in in the outbox.

        Raises UserFault where one was filled in since.
        """
        kept = handwork.kept_folder(self.outbox)
        papers = {shown(BY_HAND + path.relative_to(kept).as_posix()): path for path in handwork.inputs(kept)}
        for path in handwork.waiting(self.outbox):
            raise UserFault(_("{file} was changed by hand since the last run").format(file=path), _("Run again first."))
        return {name: path for name, path in papers.items() if name in self.hashes}

    @cached_property
    def roster(self) -> list[dict[str, str]]:
        """One row for each unit: see :class:`pipeline.tables.Roster`."""
        return read_table(self.outbox / layout.DATA, "roster")

    @cached_property
    def hashes(self) -> dict[str, str]:
        """File in the inbox -> SHA-256."""
        return {row[Register.file]: row[Register.sha256] for row in read_table(self.outbox / layout.DATA, "register")}

    @cached_property
    def findings(self) -> list[dict[str, str]]:
        """One row for each finding: see :class:`pipeline.tables.Findings`."""
        return read_table(self.outbox / layout.DATA, "findings")

    @cached_property
    def errors(self) -> dict[str, list[str]]:
        """File in the inbox -> what must be corrected in it."""
        messages: dict[str, list[str]] = {}
        for row in self.findings:
            if row[Findings.severity] == Severity.ERROR:
                messages.setdefault(row[Findings.file], []).append(row[Findings.message])
        return messages

    @cached_property
    def from_strangers(self) -> frozenset[str]:
        """The files in the inbox that came from another address than their unit's."""
        strange = (Code.SENDER_OF_OTHER, Code.SENDER_UNKNOWN)
        return frozenset(row[Findings.file] for row in self.findings if row[Findings.code] in strange)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What every template may use: plain data, so that a stranger's template finds nothing that it could call."""
        as_of = self.manifest["as_of"]
        return {
            "plan": self.context.plan.model_dump(mode="json", exclude={"mail", "limits"}),
            "round": self.context.round.model_dump(mode="json"),
            "due": moment(self.context.due),
            "as_of": moment(dt.datetime.fromisoformat(as_of)) if as_of else date(self.context.round.opens),
            "now": moment(self.now.replace(tzinfo=None)),
            "shown": SHOWN,
        }

    def attachment(self, name: str) -> Path:
        """A file of the outbox as the run left it. Raises UserFault where it was changed or is missing."""
        path = self.outbox / name
        if not path.is_file() or manifest.sha256(path) != self.manifest["outputs"].get(name):
            raise UserFault(
                _("{file} is not as the run wrote it").format(file=path),
                _("Run again; copies that you have edited go by hand."),
            )
        return path

    def post(self, kind: str, addressee: Addressee, attachments: Sequence[Path], **facts: Any) -> Post:
        """The post of that kind, its letter composed; ``facts``: what its template may use besides :attr:`facts`."""
        enclosed = [
            {"name": path.name, "size": _size(path.stat().st_size), "sha256": manifest.sha256(path)}
            for path in attachments
        ]
        facts = {**self.facts, "recipient": addressee.recipient, "attachments": enclosed, **facts}
        letter = compose(kind, facts, self.rules.folder)
        key = self._key(kind, addressee, [entry["sha256"] for entry in enclosed], facts)
        return Post(kind, *addressee, letter, tuple(attachments), key)

    def _key(self, kind: str, addressee: Addressee, hashes: list[str], facts: Mapping[str, Any]) -> str:
        """What tells the letter from every other (:class:`Post`), as a SHA-256."""
        day = self.now.date().isoformat() if kind == REMINDER else ""
        whom = addressee.address or addressee.recipient
        parts = [self.context.plan.code, self.context.round.code, kind, whom, day, hashes]
        if kind == RECEIPT:
            parts.append(facts["sha256"])
        if kind != REPORT:  # units may share an address
            parts.append(addressee.stem)
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def read_published(outbox: Path, context: RoundContext, now: dt.datetime, largest: int) -> PublishedRound:
    """The outbox of that round. Raises UserFault where no run has filled it."""
    return PublishedRound(outbox, context, now, largest, manifest.read(outbox))


def _size(count: int) -> str:
    return f"{number(max(count / 1024, 1), 0)} KB" if count < 1024**2 else f"{number(count / 1024**2, 1)} MB"


# --- to the superior level ----------------------------------------------------------------------------


def reports(published: PublishedRound) -> Iterator[Post]:
    """The results, to every recipient of the plan; in as many letters as their size asks for.

    Raises UserFault where a file was changed since the run, or is larger than a letter may be.
    """
    outputs = published.manifest["outputs"]
    bundles = {
        kind: _bundles([published.attachment(name) for name in names if name in outputs], published)
        for kind, names in ENCLOSED.items()
    }
    for position, recipient in enumerate(published.rules.plan.recipients, start=1):
        files = bundles[recipient.as_]
        for number_, bundle in enumerate(files, start=1):
            stem = f"noi-nhan-{position:02}-{number_}"
            yield _report(published, recipient, stem, ReportPart(number_, len(files), bundle))


def _report(published: PublishedRound, recipient: Recipient, stem: str, part: ReportPart) -> Post:
    """The post of one part; where there are several, its subject says which."""
    post = published.post(
        REPORT,
        Addressee(recipient.role, recipient.email or "", stem),
        part.files,
        counts=turnout(pd.DataFrame(published.roster).astype({Roster.days_late: int}))._asdict(),
        copy=recipient.as_ == "copy",
        part=part.number,
        parts=part.count,
    )
    if part.count == 1:
        return post
    subject = f"{post.letter.subject} ({part.number}/{part.count})"
    return replace(post, letter=replace(post.letter, subject=subject))


def _bundles(files: list[Path], published: PublishedRound) -> list[list[Path]]:
    """The files in their order, as many to a letter as fit."""
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


def replies(published: PublishedRound) -> Iterator[Post]:
    """To every unit whose file was taken in: its marked file, or that its form counts. What came from another address
    than the unit's is held, or it would reach the unit with the office as its sender. Raises UserFault."""
    for row in published.roster:
        returned, file = row[Roster.returned_file], row[Roster.file]
        if returned or file:
            kind = RETURN if returned else RECEIPT
            marked = _marked(published, row[Roster.unit])
            post = _to_unit(published, row, kind, marked, **_facts(published, row, kind))
            yield replace(post, is_held=not published.from_strangers.isdisjoint({returned, file}))


def _facts(published: PublishedRound, row: Mapping[str, str], kind: str) -> dict[str, Any]:
    """What the template of that kind says of the unit's file."""
    if kind == RETURN:
        return {"counts_file": bool(row[Roster.file])}
    return {
        "file": row[Roster.file],
        "sha256": published.hashes[row[Roster.file]],
        "received": moment(dt.datetime.fromisoformat(row[Roster.received])),
        "days_late": int(row[Roster.days_late]),
    }


def reminders(published: PublishedRound) -> Iterator[Post]:
    """To every unit without a form that counts. Raises UserFault."""
    for row in published.roster:
        if row[Roster.state] != State.SENT:
            marked = _marked(published, row[Roster.unit])
            to_correct = row[Roster.state] == State.TO_CORRECT
            yield _to_unit(published, row, REMINDER, marked, to_correct=to_correct)


def _to_unit(published: PublishedRound, row: Mapping[str, str], kind: str, marked: list[Path], **facts: Any) -> Post:
    """A post to the unit of that row of the roster; ``marked``: its marked file, if it gets one."""
    _bloc, unit = published.rules.units[row[Roster.unit]]
    errors = published.errors.get(row[Roster.returned_file], [])
    facts |= {"findings": errors, "overdue": _overdue(published)}
    return published.post(kind, Addressee(unit.name, unit.email or "", unit.code), marked, **facts)


def _marked(published: PublishedRound, unit: str) -> list[Path]:
    name = f"{layout.FEEDBACK}/{unit}.xlsx"
    return [published.attachment(name)] if name in published.manifest["outputs"] else []


def _overdue(published: PublishedRound) -> int:
    """Days since the round was due, a begun one counted as a whole; 0 before that."""
    late = published.now - published.context.due
    return max(0, -(-late // dt.timedelta(days=1)))
