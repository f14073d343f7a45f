"""The code lists: what the coded columns of our tables may hold, each value with the words that people see for it.

In code a value is a member (``State.SENT``); in frames and files it is its code (``"sent"``), which never changes. Not
here: the codes of findings (:mod:`pipeline.findings.catalogue`), of which there are too many. Workers start with this
module, so it imports nothing heavy.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pipeline.i18n import N_, _


class CodeList(StrEnum):
    """Base of the lists. ``label``: what people see (a msgid). Members stand in the order in which people see them."""

    label: str
    marks: tuple[str, ...]

    def __new__(cls, code: str, label: str = "", *marks: str) -> Self:
        """The member of that code; ``label`` may be missing for mypy, where ``State("sent")`` looks one up."""
        member = str.__new__(cls, code)
        member._value_, member.label, member.marks = code, label, marks
        return member

    @classmethod
    def shown(cls, code: str) -> str:
        """What people see for that code; a code that is none of the list (of an older ledger, say) stays as it is."""
        return next((_(each.label) for each in cls if each == code), code)


_SENT_BACK, _STRAY = "sent back", "stray"


class Status(CodeList):
    """``Register.status``: what became of a file. A new one is a line here, and its translation."""

    ACCEPTED = "accepted", N_("Accepted")
    ACCEPTED_WITH_WARNINGS = "accepted_with_warnings", N_("Accepted, with warnings")
    RETURNED = "returned", N_("Returned"), _SENT_BACK
    SUPERSEDED = "superseded", N_("Superseded")
    DUPLICATE = "duplicate", N_("Duplicate"), _STRAY
    TO_DECIDE = "to_decide", N_("Waits for the officer's decision"), _STRAY
    MISPLACED = "misplaced", N_("Paper in the wrong place"), _STRAY
    NOT_A_FORM = "not_a_form", N_("Not a form"), _STRAY
    WRONG_ROUND = "wrong_round", N_("Other plan or round"), _STRAY
    UNKNOWN_UNIT = "unknown_unit", N_("Unit not in the plan"), _STRAY
    UNCLEAR_UNIT = "unclear_unit", N_("Unclear whose form it is"), _STRAY
    OLD_VERSION = "old_version", N_("Form of an old version"), _SENT_BACK, _STRAY
    BLANK_FORM = "blank_form", N_("Form not filled in"), _SENT_BACK, _STRAY
    UNREADABLE = "unreadable", N_("Unreadable"), _SENT_BACK, _STRAY
    WAITING = "waiting", N_("Not complete yet"), _STRAY
    IGNORED = "ignored", N_("Ignored"), _STRAY
    RECEIPT_BOOK = "receipt_book", N_("Receipt book")
    COUNCIL_PAPER = "council_paper", N_("Appraisal or council paper")

    @property
    def sent_back(self) -> bool:
        """Whether its unit must correct it, where nothing else of the unit counts."""
        return _SENT_BACK in self.marks

    @property
    def stray(self) -> bool:
        """Whether screen and page list it among the files that do not count."""
        return _STRAY in self.marks


class Source(CodeList):
    """``Register.received_from``: what says when a file was received; "" where nothing does."""

    RECEIPT_BOOK = "receipt_book", N_("Receipt book")
    MAIL = "mail", N_("Mail server")
    SAVED_LETTER = "saved_letter", N_("Saved letter, time not proved")
    FIRST_SEEN = "first_seen", N_("First seen by the program")


class Decision(CodeList):
    """``Register.decision``: whether a form may take the place of one that counts, as the officer wrote into the
    receipt book; "" where nothing stands there."""

    YES = "yes", N_("Yes")
    NO = "no", N_("No")


class State(CodeList):
    """``Roster.state``: where a unit's form stands. ``sent``: a form of it counts."""

    SENT = "sent", N_("Has sent")
    TO_CORRECT = "to_correct", N_("To correct")
    NOT_SENT = "not_sent", N_("Not sent")


class Severity(CodeList):
    """``Findings.severity``: an error sends the form back, a warning accepts it and asks, a note says how a value was
    read."""

    ERROR = "error", N_("Error")
    WARNING = "warning", N_("Warning")
    NOTE = "note", N_("Noted")


class GroupKind(CodeList):
    """``Scores.kind``, ``GroupPoints.kind``, and ``kind`` in a rule file: what the points of a group are."""

    BASE = "base", N_("Standard points")
    BONUS = "bonus", N_("Bonus")
    PENALTY = "penalty", N_("Penalty")


class Judgement(CodeList):
    """``Judgements.kind``: whose judgement; also the column of ``Scores`` that it fills."""

    APPRAISAL = "appraised", N_("Appraiser")
    DECISION = "decided", N_("Council")
