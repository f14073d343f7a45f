"""Posts as drafts in files, for an office without a mail server of its own in the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.policy import SMTP
from pathlib import Path

from pipeline.mail.messages import message
from pipeline.mail.posts import Post
from pipeline.rules.plan import Plan


def write_drafts(posts: Iterable[Post], plan: Plan, folder: Path, now: dt.datetime) -> list[Path]:
    """Every post as a complete ``.eml`` file in ``folder``. Raises OSError."""
    folder.mkdir(exist_ok=True)
    contents = {f"{post.kind}_{post.stem}.eml": message(post, plan, now).as_bytes(policy=SMTP) for post in posts}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def earlier_drafts(folder: Path, drafts: Iterable[Path]) -> list[Path]:
    """The drafts in ``folder`` that are of the kinds of these, which are to take their place."""
    kinds = {_kind(draft) for draft in drafts}
    return [old for old in folder.glob("*.eml") if _kind(old) in kinds]


def _kind(draft: Path) -> str:
    return draft.name.partition("_")[0]
