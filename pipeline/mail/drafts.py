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
    """Every post as a complete ``.eml`` file, in the place of earlier drafts of its kind. Raises OSError."""
    folder.mkdir(exist_ok=True)
    contents = {f"{post.kind}_{post.stem}.eml": message(post, plan, now).as_bytes(policy=SMTP) for post in posts}
    kinds = {name.partition("_")[0] for name in contents}
    for old in folder.glob("*.eml"):
        if old.name.partition("_")[0] in kinds:
            old.unlink()
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]
