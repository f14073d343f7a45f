"""What can go wrong, by who can act on it, and the exit code of each.

A *user's fault* (a wrong rule file, a wrong flag) is for the officer to correct; an *environment fault*
(a full disk, a locked file) is for whoever looks after the machine; anything else is our own bug.
What units type wrongly is none of these: it becomes a finding (:mod:`pipeline.findings.finding`).
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command; part of the contract with scripts that call us."""

    OK = 0
    BUG = 1
    RULES_OR_FLAGS = 2
    TO_CORRECT = 3  # only with --strict: it ran, and some units must correct something
    ENVIRONMENT = 4
    DIFFERS = 5  # only of verify: the outbox does not follow from the inbox and the rules


class ThiduaError(Exception):
    """A failure with a message for a person. ``remedy`` says what to do about it."""

    exit_code: ExitCode = ExitCode.BUG

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UserFault(ThiduaError):
    """Wrong rules, wrong flags, a folder that is not there: the officer can correct it."""

    exit_code = ExitCode.RULES_OR_FLAGS


class EnvironmentFault(ThiduaError):
    """Unwritable, locked, disk full: the machine, not the officer's input."""

    exit_code = ExitCode.ENVIRONMENT
