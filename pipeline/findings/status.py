"""What became of a file of the inbox."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What became of a file; stable words, Vietnamese labels are in :data:`pipeline.tables.STATUS_LABELS`."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted_with_warnings"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    NOT_A_FORM = "not_a_form"
    WRONG_ROUND = "wrong_round"
    UNKNOWN_UNIT = "unknown_unit"
    OLD_VERSION = "old_version"
    BLANK_FORM = "blank_form"
    UNREADABLE = "unreadable"
    WAITING = "waiting"
    IGNORED = "ignored"
    RECEIPT_BOOK = "receipt_book"
    COUNCIL_PAPER = "council_paper"
