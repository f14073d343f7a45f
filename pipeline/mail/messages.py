"""A post as a message that mail programs show right: Outlook, Thunderbird, Gmail.

In: a :class:`~pipeline.mail.posts.Post`, sender and time. Out: an :class:`email.message.EmailMessage` with a text, the
same as HTML, and the attachments. Subject and file names are UTF-8 as RFC 2047 and RFC 2231 have it.
"""

from __future__ import annotations

import datetime as dt
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from pipeline.mail.posts import Post
from pipeline.rules.mail import Mail
from pipeline.rules.plan import Plan
from pipeline.text import plain

XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def message(post: Post, plan: Plan, now: dt.datetime, name: str = "") -> EmailMessage:
    """The whole message. Without ``mail`` in the plan it has no sender yet, and is a draft that Outlook opens as one.

    The Message-ID follows from what the letter is, so that one that was sent twice by accident counts as one;
    ``name`` is that of a letter which has another, for it was sent again on purpose.
    """
    mail = plan.mail
    content = EmailMessage(policy=SMTP)
    content["Subject"] = post.letter.subject
    if mail:
        content["From"] = Address(plain(plan.contact.office), addr_spec=mail.sender)
        if mail.reply_to:
            content["Reply-To"] = mail.reply_to
    else:
        content["X-Unsent"] = "1"
    if post.address:
        content["To"] = Address(plain(post.recipient), addr_spec=post.address)
    content["Date"] = format_datetime(now)
    content["Message-ID"] = f"<{name or message_id(post, mail, None)}>"
    content["Auto-Submitted"] = "auto-generated"
    content.set_content(post.letter.text)
    content.add_alternative(post.letter.html, subtype="html")
    for path in post.attachments:
        _attach(content, path)
    return content


def message_id(post: Post, mail: Mail | None, again: dt.datetime | None) -> str:
    """The Message-ID, in the sender's domain; ``again``: when a letter that was sent before is sent once more."""
    domain = mail.sender.rpartition("@")[2] if mail else "thidua.invalid"
    return f"{post.key[:40]}{f'.{again:%Y%m%d%H%M%S}' if again else ''}@{domain}"


def _attach(content: EmailMessage, path: Path) -> None:
    maintype, subtype = XLSX if path.suffix == ".xlsx" else ("application", "octet-stream")
    content.add_attachment(path.read_bytes(), maintype=maintype, subtype=subtype, filename=path.name)
