"""What matters of a letter that came: who sent it, when, what is attached, and what of it cannot be taken.

Plain data, for a letter is opened in a worker (:mod:`pipeline.mail.unpacking`) and stored by the main process
(:mod:`pipeline.mail.fetching`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

Attachment = tuple[str, bytes]


@dataclass(frozen=True)
class LeftOut:
    """What was not taken: of which letter, which part ("" for the whole letter), and in words why. ``is_text``: it only
    belongs to the letter's text (a picture in it, a signature)."""

    letter: str
    part: str
    why: str
    is_text: bool = False


@dataclass(frozen=True)
class ReceivedLetter:
    """``received`` is None where no server stamped it; ``title``: what a person finds the letter by.

    ``is_proved``: whether our own server said when it came, not the letter itself; ``doubt``: in words, why the letter
    and the server do not agree on that. ``lost``: the SHA-256 of a letter on which a worker was lost.
    """

    sender: str
    received: dt.datetime | None
    attachments: tuple[Attachment, ...]
    title: str = ""
    left_out: tuple[LeftOut, ...] = ()
    is_proved: bool = False
    doubt: str = ""
    lost: str = ""
