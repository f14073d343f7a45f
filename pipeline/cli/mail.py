"""The commands of mail: forms that come in by it, results, replies and reminders that go out."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.rounds import show_kept
from pipeline.cli.workplace import Workplace, moment_of, with_workplace
from pipeline.errors import ExitCode, UserFault
from pipeline.i18n import _, number

if TYPE_CHECKING:
    from pipeline.mail.fetching import StoredFile
    from pipeline.mail.posts import Post, PublishedRound
    from pipeline.mail.received import LeftOut, ReceivedLetter


@click.command(help=_("Put the attachments of a mailbox, or of saved letters, into the inbox; only reads the mailbox."))
@click.help_option(help=_("Show this page."))
@click.option(
    "--from",
    "place",
    type=click.Path(path_type=Path),
    help=_("Saved letters (.eml, .msg, .mbox, winmail.dat) instead of a mailbox: a file or a folder."),
)
@with_workplace
def fetch(workplace: Workplace, place: Path | None) -> None:
    """Letters since the round's opening day."""
    from pipeline.mail.fetching import store
    from pipeline.mail.mailboxes import from_saved
    from pipeline.state import ledger

    _refuse_officers_folder(workplace.inbox)
    with _turn(workplace):
        lost = ledger.lost_letters(workplace.ledger_file, ledger.round_key(workplace.context))
        letters = from_saved(_saved(workplace, place), lost) if place else _from_mailbox(workplace, lost)
        fetched = store(letters, workplace.inbox, workplace.ledger_file, workplace.context, workplace.now)
    _show_stored(fetched.stored)
    _show_left_out(fetched.left_out)
    if fetched.known:
        click.echo(_("Attachments that had come before: {n}").format(n=number(fetched.known)))
    click.echo(_("{n} files put into {inbox}").format(n=number(len(fetched.stored)), inbox=workplace.inbox))


def _refuse_officers_folder(inbox: Path) -> None:
    """What lies in the officer's own folder gives orders, so no letter's attachment is put there."""
    from pipeline.intake.arrival import OFFICERS_FOLDER

    if inbox.resolve().name.casefold() == OFFICERS_FOLDER:
        raise UserFault(
            _("{folder} is the officer's own folder, into which no letter is taken").format(folder=inbox),
            _("Name the inbox of the round, in which that folder lies: --inbox DIR"),
        )


def _show_stored(stored: list[StoredFile]) -> None:
    """Each file, and whether its time can be relied on."""
    from pipeline.text import plain

    for file in stored:
        click.echo(f"{plain(file.file)}  ({plain(file.sender)})")
        if not file.stamped:
            click.echo("  " + _("no server stamped this letter, so it counts as received now"))
        if file.doubt:
            click.echo(f"  {file.doubt}")
    unproved = sum(not file.is_proved for file in stored)
    if unproved:
        click.echo(
            _(
                "Files whose time of receipt is not proved: {n}. It is what the saved letter itself says, and whoever "
                "hands over such a letter can have changed it. "
                "Compare it with the mailbox; the receipt book comes first."
            ).format(n=number(unproved))
        )


def _show_left_out(left_out: list[LeftOut]) -> None:
    """Each letter and part that was not taken, and why; what only belongs to the texts of letters as a number."""
    from pipeline.text import plain

    told = [each for each in left_out if not each.is_text]
    if told:
        click.echo(_("Not taken:"))
    for each in told:
        what = ", ".join(dict.fromkeys(plain(words) for words in (each.letter, each.part) if words))
        click.echo(f"  • {what}: {each.why}")
    for why, times in Counter(each.why for each in left_out if each.is_text).items():
        click.echo(_("Not taken, for it belongs to the text of a letter – {why}: {n}").format(why=why, n=number(times)))


def _saved(workplace: Workplace, place: Path) -> Path:
    """The file or folder of that name; a name that is nowhere else is looked for in the inbox."""
    inside = workplace.inbox / place
    return inside if inside.exists() and not place.exists() else place


def _from_mailbox(workplace: Workplace, lost: Mapping[str, str]) -> Iterable[ReceivedLetter]:
    """The letters of the mailbox of the plan. Raises UserFault where none is set up."""
    from pipeline.mail.login import login
    from pipeline.mail.mailboxes import from_server

    mail, imap_login = workplace.plan.mail, login("IMAP", os.environ)
    if mail is None or mail.imap is None or imap_login is None:
        raise UserFault(
            _("no mailbox is set up"),
            _(
                "Write “imap” below “mail” in plan.yaml and set THIDUA_IMAP_USER and THIDUA_IMAP_PASSWORD; "
                "or save the letters (.eml, .msg or .mbox) and name the file or their folder with --from."
            ),
        )
    return from_server(mail.imap, imap_login, workplace.round.opens, lost)


_yes_option = click.option("--yes", is_flag=True, help=_("Send; without it only show who would get what."))
_again_option = click.option("--again", is_flag=True, help=_("Also send what was sent before."))


@click.command(help=_("Send the results to the recipients of the plan, or to each unit its reply."))
@click.help_option(help=_("Show this page."))
@click.option("--feedback", is_flag=True, help=_("To each unit its marked file, or that its form counts."))
@_yes_option
@_again_option
@with_workplace
def send(workplace: Workplace, feedback: bool, yes: bool, again: bool) -> None:
    """The outbox as it is, unless the inbox has changed since."""
    from pipeline.mail.posts import replies, reports

    _deliver(workplace, replies if feedback else reports, yes, again)


@click.command(help=_("Remind units that have not sent, or must correct; each at most once a day."))
@click.help_option(help=_("Show this page."))
@_yes_option
@with_workplace
def remind(workplace: Workplace, yes: bool) -> None:
    """As the outbox has it, unless the inbox has changed since."""
    from pipeline.mail.posts import reminders

    _deliver(workplace, reminders, yes, again=False)


def _published(workplace: Workplace) -> PublishedRound:
    """The round's outbox. Raises UserFault where it is none, or the inbox has changed since."""
    from pipeline.mail.posts import read_published
    from pipeline.rules.mail import LARGEST_MB

    mail = workplace.plan.mail
    largest = (mail.largest_mb if mail else LARGEST_MB) * 1_000_000
    published = read_published(workplace.outbox, workplace.context, workplace.now, largest)
    published.refuse_older_than(workplace.inbox)
    return published


@contextmanager
def _turn(workplace: Workplace) -> Iterator[None]:
    """Nobody else works on the outbox and its ledger meanwhile: two at once would send, or store, all twice."""
    from pipeline.state.exclusive_run import exclusive_access

    with exclusive_access(workplace.outbox, workplace.ledger_file, workplace.now, click.echo):
        yield


def _deliver(
    workplace: Workplace, posts_of: Callable[[PublishedRound], Iterable[Post]], yes: bool, again: bool
) -> None:
    """Show who gets what; then write drafts where no server is set up, or send if ``yes``."""
    from pipeline.state import manifest

    mail = workplace.plan.mail
    server = mail and mail.smtp
    if server and not yes:
        due = _shown(workplace, list(posts_of(_published(workplace))), again)
        click.echo(_("Nothing was sent. With --yes, {n} letters are.").format(n=number(len(due))))
        return
    manifest.read(workplace.outbox)  # where no run has published, there is no turn to take
    with _turn(workplace):
        posts = list(posts_of(_published(workplace)))
        due = _shown(workplace, posts, again)
        if server:
            _send(workplace, due, again)
        else:
            _write_drafts(workplace, posts)


def _shown(workplace: Workplace, posts: list[Post], again: bool) -> list[Post]:
    """Show who gets what; the posts that are still to be sent."""
    from pipeline.mail.sending import already_sent, begun
    from pipeline.screens import screen
    from pipeline.screens.mail import show_posts

    sent = set() if again else already_sent(workplace.ledger_file, posts)
    show_posts(posts, sent, begun(workplace.ledger_file), screen.console())
    return [post for post in posts if post.address and not post.is_held and post.key not in sent]


def _write_drafts(workplace: Workplace, posts: list[Post]) -> None:
    from pipeline.mail.drafts import earlier_drafts, write_drafts
    from pipeline.state import handwork
    from pipeline.state.layout import DRAFTS
    from pipeline.state.outbox import staging

    outbox, folder = workplace.outbox, workplace.outbox / DRAFTS
    with staging(outbox) as staged:
        drafts = write_drafts(posts, workplace.plan, staged / DRAFTS, workplace.now)
        removed = [f"{DRAFTS}/{old.name}" for old in earlier_drafts(folder, drafts)]
        kept = handwork.put(staged, outbox, handwork.kept_folder(outbox), removed)
    show_kept(kept)
    click.echo(_("{n} letters written to {folder}").format(n=number(len(drafts)), folder=folder))
    click.echo(_("Next: open each in your mail program and send it; or set up “smtp” below “mail” in plan.yaml."))


def _send(workplace: Workplace, posts: list[Post], again: bool) -> None:
    """Send, and print what became of each; ends with an exit code of its own where one was not sent."""
    from pipeline.mail.login import login
    from pipeline.mail.sending import SENT, Sending, SmtpAccount, send
    from pipeline.screens import screen
    from pipeline.screens.mail import show_delivery

    mail = workplace.plan.mail
    assert mail and mail.smtp  # noqa: S101  (for mypy; ``_deliver`` has looked)
    account = SmtpAccount(mail.sender, mail.smtp, login("SMTP", os.environ))
    clock = partial(moment_of, workplace.rules, None)
    sending = Sending(workplace.plan, account, workplace.ledger_file, clock, again)
    failed, console = 0, screen.console()
    for delivery in send(posts, sending):
        show_delivery(delivery, console)
        failed += delivery.status != SENT
    click.echo(_("{sent} letters sent, {failed} not").format(sent=number(len(posts) - failed), failed=number(failed)))
    if failed:
        sys.exit(ExitCode.ENVIRONMENT)
