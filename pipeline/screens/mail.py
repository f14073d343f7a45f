"""Who gets what, on a terminal: before anything is sent (:func:`show_posts`), and what became of each post.

In: posts, deliveries. Out: text on a console.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from pipeline.i18n import N_, _
from pipeline.mail.posts import RECEIPT, REMINDER, REPORT, RETURN, Post
from pipeline.mail.sending import LATER, REFUSED, SENT, Delivery
from pipeline.text import plain

if TYPE_CHECKING:
    from rich.console import Console

KIND_LABELS = {
    REPORT: N_("Results"),
    RETURN: N_("Returned for correction"),
    RECEIPT: N_("Receipt"),
    REMINDER: N_("Reminder"),
}
STATUS_LABELS = {SENT: N_("sent"), REFUSED: N_("refused"), LATER: N_("not taken for now")}


def show_posts(posts: Sequence[Post], sent: Collection[str], begun: Collection[str], to: Console) -> None:
    """A row for each post; ``sent``: the keys of those that went out before; ``begun``: of those that may have."""
    if not posts:
        to.print(_("There is nothing to send."))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in (_("Recipient"), _("Address"), _("Letter"), _("Files"), ""):
        table.add_column(heading, overflow="fold")
    for post in posts:
        files = ", ".join(path.name for path in post.attachments) or "–"
        table.add_row(
            plain(post.recipient), post.address or "–", _(KIND_LABELS[post.kind]), files, _note(post, sent, begun)
        )
    to.print(table)


def _note(post: Post, sent: Collection[str], begun: Collection[str]) -> str:
    if post.key in sent:
        return _("sent before")
    if post.key in begun:
        return _("sending broke off, it may have arrived")
    if post.is_held:
        return _("held: its file came from another address; ask the unit, then send it by hand")
    return "" if post.address else _("no address")


def show_delivery(delivery: Delivery, to: Console) -> None:
    """One line for a post that was tried."""
    answer = f" ({plain(delivery.detail)})" if delivery.detail else ""
    to.print(f"{delivery.post.address}: {_(STATUS_LABELS[delivery.status])}{answer}", soft_wrap=True)
