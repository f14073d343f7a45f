"""The commands of mail: forms that come in by it, results, replies and reminders that go out."""

from __future__ import annotations

import datetime as dt
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import FOLDER, Place, at_place, moment_of
from pipeline.errors import ExitCode, UserFault
from pipeline.i18n import _, number

if TYPE_CHECKING:
    from pipeline.mail.posts import Post, Published


@click.command(help=_("Put the attachments of a mailbox, or of saved letters, into the inbox; only reads the mailbox."))
@click.help_option(help=_("Show this page."))
@click.option("--from", "letters", type=FOLDER, help=_("Folder of saved letters (.eml) instead of a mailbox."))
@at_place
def fetch(place: Place, letters: Path | None) -> None:
    """Letters since the round's opening day."""
    from pipeline.mail import fetching
    from pipeline.mail.login import login
    from pipeline.text import plain

    opens = dt.datetime.combine(place.of.opens, dt.time(), place.rules.plan.zone)
    if letters:
        found = fetching.from_folder(letters)
    else:
        mail = place.rules.plan.mail
        who = login("IMAP", os.environ)
        if mail is None or mail.imap is None or who is None:
            raise UserFault(
                _("no mailbox is set up"),
                _(
                    "Write “imap” below “mail” in plan.yaml and set THIDUA_IMAP_USER and THIDUA_IMAP_PASSWORD; "
                    "or save the letters as .eml files and name their folder with --from."
                ),
            )
        found = fetching.from_server(mail.imap, who, place.of.opens)
    year, code = place.rules.plan.year, place.of.code
    stored = fetching.store(found, place.inbox, place.ledger, year, code, opens, place.now)
    for each in stored:
        click.echo(f"{plain(each.file)}  ({plain(each.sender)})")
        if not each.stamped:
            click.echo("  " + _("no server stamped this letter, so it counts as received now"))
    click.echo(_("{n} files put into {inbox}").format(n=number(len(stored)), inbox=place.inbox))


_yes_option = click.option("--yes", is_flag=True, help=_("Send; without it only show who would get what."))
_again_option = click.option("--again", is_flag=True, help=_("Also send what was sent before."))


@click.command(help=_("Send the results to the recipients of the plan, or to each unit its reply."))
@click.help_option(help=_("Show this page."))
@click.option("--feedback", is_flag=True, help=_("To each unit its marked file, or that its form counts."))
@_yes_option
@_again_option
@at_place
def send(place: Place, feedback: bool, yes: bool, again: bool) -> None:
    """The outbox as it is, unless the inbox has changed since."""
    from pipeline.mail import posts

    published = _published(place)
    _deliver(place, list((posts.replies if feedback else posts.reports)(published)), yes, again)


@click.command(help=_("Remind units that have not sent, or must correct; each at most once a day."))
@click.help_option(help=_("Show this page."))
@_yes_option
@at_place
def remind(place: Place, yes: bool) -> None:
    """As the outbox has it, unless the inbox has changed since."""
    from pipeline.mail import posts

    _deliver(place, list(posts.reminders(_published(place))), yes, again=False)


def _published(place: Place) -> Published:
    """The round's outbox. Raises UserFault where it is none, or the inbox has changed since."""
    from pipeline.mail import posts
    from pipeline.rules.mail import LARGEST_MB

    mail = place.rules.plan.mail
    largest = (mail.largest_mb if mail else LARGEST_MB) * 1_000_000
    published = posts.published(place.outbox, place.rules, place.of, place.now, largest)
    published.refuse_older_than(place.inbox)
    return published


def _deliver(place: Place, posts: list[Post], yes: bool, again: bool) -> None:
    """Show who gets what; then write drafts where no server is set up, or send if ``yes``."""
    from pipeline.mail import sending
    from pipeline.mail.login import login
    from pipeline.screens import mail as overview
    from pipeline.screens import screen
    from pipeline.state.layout import DRAFTS

    plan, console = place.rules.plan, screen.console()
    sent = set() if again else sending.already_sent(place.ledger, posts)
    overview.show(posts, sent, console)
    server = plan.mail.smtp if plan.mail else None
    if plan.mail is None or server is None:
        drafts = sending.write_drafts(posts, plan, place.outbox / DRAFTS, place.now)
        click.echo(_("{n} letters written to {folder}").format(n=number(len(drafts)), folder=place.outbox / DRAFTS))
        click.echo(_("Next: open each in your mail program and send it; or set up “smtp” below “mail” in plan.yaml."))
        return
    due = [post for post in posts if post.address and post.key not in sent]
    if not yes:
        click.echo(_("Nothing was sent. With --yes, {n} letters are.").format(n=number(len(due))))
        return
    clock = partial(moment_of, place.rules, None)
    who = login("SMTP", os.environ)
    failed = 0
    for told in sending.send(due, plan, plan.mail.sender, server, who, place.ledger, clock, again):
        overview.tell(told, console)
        failed += told.status != sending.SENT
    click.echo(_("{sent} letters sent, {failed} not").format(sent=number(len(due) - failed), failed=number(failed)))
    if failed:
        sys.exit(ExitCode.ENVIRONMENT)
