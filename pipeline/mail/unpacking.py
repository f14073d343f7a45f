"""A letter's bytes become its attachments, however the sender's program has wrapped them.

In: the bytes of a letter (.eml, .msg, .mbox, winmail.dat, .p7m). Out: :class:`~pipeline.mail.received.ReceivedLetter`
with every part that could be a form, and with every other one and why it is left out. Anybody can send such a letter:
depth, number and size are bounded, nothing is looked for with an expression that could go back, and this runs in a
worker that may be lost.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import email
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

from imap_tools import MailMessage
from imap_tools.message import MailAttachment

from pipeline.i18n import N_, _
from pipeline.intake.file_types import EML, LETTERS, MBOX, MSG, P7M, TNEF, kind_of
from pipeline.mail.outlook import OutlookLetter, Wrapped, msg, tnef
from pipeline.mail.received import Attachment, LeftOut, ReceivedLetter
from pipeline.mail.signed import Encrypted, signed_content

DEEPEST = 30
"""So many letters, signatures and packages in one another are opened."""
MOST_ATTACHMENTS = 50
"""So many attachments of a letter are taken; a unit sends one or two."""
MOST_PARTS = 1_000
LONGEST_HEADER, LONGEST_OF_A_PART = 64_000, 8_000
"""Bytes of one header, and of one that says what a part is: the time the standard library takes for such a one grows
with the square of its length."""
LONGEST_SHOWN, LONGEST_NAME = 120, 1_000
PLAUSIBLE_YEARS = range(1990, 2200)
"""Years in which a server may have stamped a letter."""

_TOO_DEEP = N_("letters lie in it deeper than can be read; ask the sender to send the form itself")
_TOO_MANY = N_("it has more than {n} attachments, and this one was not taken; ask the sender to send the form itself")
_TOO_MANY_PARTS = N_("it has more than {n} parts, and those behind were not looked at; save its attachments by hand")
_EMPTY = N_("it is empty (0 bytes); ask the sender to send it again")
_PICTURE = N_("a picture that the letter's text shows")
_SIGNATURE = N_("the sender's digital signature")
_ENCRYPTED = N_("it is encrypted, and only the addressee's key opens it; ask the sender to send it without encryption")
_BROKEN = N_("it cannot be opened; ask the sender to send the form itself as an attachment")
_BROKEN_MSG = N_(
    "this letter of Outlook cannot be opened; save its attachments in Outlook, or ask the sender to send the form again"
)
_BROKEN_TNEF = N_(
    "this package of Outlook cannot be opened; ask the sender to send the letter as plain text or HTML, not Rich Text"
)
_ONLY_A_LINK = N_("the letter holds only a link to it; ask the sender to attach the file itself")
_ONLY_A_PART = N_("the letter was sent in pieces; ask the sender to send it in one")
_NOTHING = N_("nothing is attached")
_HEADER_TOO_LONG = N_("its headers are longer than those of any real letter; it was not opened")


@dataclass
class _Letter:
    """What is gathered of one letter. ``pages``: its texts in HTML, in which pictures may be named."""

    title: str
    depth: int = 0
    parts: int = 0
    found: list[Attachment] = field(default_factory=list)
    pictures: list[tuple[str, str, bytes]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave_out(self, part: str, why: str, **facts: object) -> None:
        """Remember what is not taken, and why (a msgid)."""
        if len(self.left_out) <= MOST_PARTS:
            is_text = why in (_PICTURE, _SIGNATURE)
            self.left_out.append(LeftOut(self.title, shortened(part), _(why).format(**facts), is_text))


def letters_in(content: bytes, name: str) -> Iterator[ReceivedLetter]:
    """The letters in a file of that name. Raises RecursionError where letters lie in one another without end."""
    match kind_of(content):
        case kind if kind == MSG:
            yield _of_outlook(content, name)
        case kind if kind in (TNEF, P7M):
            yield _of_a_wrapping(content, name)
        case kind if kind == MBOX:
            for each in _of_mailbox(content):
                yield letter_in(each, name)
        case _:
            yield letter_in(content, name)


def letter_in(content: bytes, name: str = "") -> ReceivedLetter:
    """A single letter, as a server keeps it."""
    plain = _plain(content)
    if _has_long_header(plain):
        return ReceivedLetter("", None, (), name, (LeftOut(name, "", _(_HEADER_TOO_LONG)),))
    try:
        return read(MailMessage.from_bytes(plain), name)
    except RecursionError:
        return ReceivedLetter("", None, (), name, (LeftOut(name, "", _(_TOO_DEEP)),))


def read(message: MailMessage, name: str = "") -> ReceivedLetter:
    """A message as a letter. ``name``: that of its file, "" where it has none."""
    sender = _decoded(lambda: message.from_).strip()[:LONGEST_SHOWN]
    received = time_stamped(message.obj)
    letter = _Letter(_title(name, sender, _decoded(lambda: message.subject), received))
    _take(letter, message.obj)
    return _finished(letter, sender, received)


def _finished(letter: _Letter, sender: str, received: dt.datetime | None) -> ReceivedLetter:
    named = {unquote(each) for page in letter.pages for each in re.findall(r"cid:([^\s\"'<>)]{1,500})", page)}
    for name, content_id, content in letter.pictures:
        if content_id in named:
            letter.leave_out(name, _PICTURE)
        else:
            _keep(letter, name, content)
    if letter.parts > MOST_PARTS:
        letter.leave_out("", _TOO_MANY_PARTS, n=MOST_PARTS)
    if not letter.found and all(each.is_text for each in letter.left_out):
        letter.leave_out("", _NOTHING)
    return ReceivedLetter(sender, received, tuple(letter.found), letter.title, tuple(letter.left_out))


def _title(name: str, sender: str, subject: str, received: dt.datetime | None) -> str:
    """What a person finds the letter by: its file, or the sender; the subject, the time."""
    when = f"{received:%d/%m/%Y %H:%M} UTC" if received and not name else ""
    quoted = f"“{shortened(subject)}”" if subject.strip() else ""
    return ", ".join(each for each in (name or shortened(sender), when, quoted) if each)


def shortened(text: str) -> str:
    """Foreign text for a line on the screen."""
    plain = " ".join(text[: 4 * LONGEST_SHOWN].split())
    return plain if len(plain) <= LONGEST_SHOWN else plain[: LONGEST_SHOWN - 1] + "…"


def _decoded(part: Callable[[], str]) -> str:
    """A part of a letter as text, "" where it cannot be decoded."""
    try:
        return part()
    except (MessageError, ValueError, LookupError):
        return ""


def time_stamped(message: Message) -> dt.datetime | None:
    """When our own server took the letter in: each server writes its line above those of the servers before it."""
    lines = message.get_all("Received") or [""]
    try:
        when = parsedate_to_datetime(str(lines[0]).rpartition(";")[2].strip())
        stamp = when.astimezone(dt.UTC) if when.tzinfo else when.replace(tzinfo=dt.UTC)
    except (IndexError, ValueError, OverflowError):
        return None
    return stamp if stamp.year in PLAUSIBLE_YEARS else None


# --- the bytes of a letter ------------------------------------------------------------------------------


def _plain(content: bytes) -> bytes:
    """Without the mark that some editors put before the first header, or in the encoding that headers have."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", "replace").encode()
    plain = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return plain.partition(b"\n")[2] if plain.startswith(b"From ") else plain


_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,100}:")


def _has_long_header(content: bytes) -> bool:
    """Whether a header, of the letter or of a part, is longer than a real one. It goes on in lines that are set in."""
    length = limit = 0
    for line in content.splitlines():
        if not line.startswith((b" ", b"\t")):
            length, limit = 0, LONGEST_OF_A_PART if line[:8].lower() == b"content-" else LONGEST_HEADER
            if not _HEADER.match(line):
                limit = 0
        length += len(line)
        if limit and length > limit:
            return True
    return False


def _of_mailbox(content: bytes) -> Iterator[bytes]:
    """The letters of an .mbox: each begins with a line ``From `` behind a blank one."""
    lines: list[bytes] = []
    was_blank = True
    for line in content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True):
        if was_blank and line.startswith(b"From "):
            if any(each.strip() for each in lines):
                yield b"".join(lines)
            lines = []
        else:
            lines.append(line[1:] if line.startswith(b">From ") else line)
        was_blank = not line.strip()
    if any(each.strip() for each in lines):
        yield b"".join(lines)


# --- its parts ------------------------------------------------------------------------------------------


def _take(letter: _Letter, part: Message) -> None:
    """Take a part, and what lies in it."""
    letter.parts += 1
    if letter.parts > MOST_PARTS:
        return
    kind, attachment = part.get_content_type(), MailAttachment(part)
    name = _decoded(partial(getattr, attachment, "filename"))
    if kind == "multipart/encrypted":
        letter.leave_out(name, _ENCRYPTED)
    elif kind in ("message/external-body", "message/partial"):
        letter.leave_out(name, _ONLY_A_LINK if kind.endswith("body") else _ONLY_A_PART)
    elif part.is_multipart() and kind != "message/rfc822":
        _take_each(letter, part.get_payload())
    elif part.get_content_maintype() == "multipart":  # its boundary is nowhere
        letter.leave_out(name, _BROKEN)
    elif kind == "message/rfc822":
        _take_forwarded(letter, part, name)
    elif _is_text_of_letter(part, name):
        _take_text(letter, part, kind)
    elif kind in ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"):
        letter.leave_out(name, _SIGNATURE)
    else:
        content_id = _decoded(partial(getattr, attachment, "content_id")).strip()
        _take_content(letter, name, _bytes_of(part), content_id)


def _take_each(letter: _Letter, parts: Any) -> None:
    for each in parts:
        _take(letter, each)


def _is_text_of_letter(part: Message, name: str) -> bool:
    is_text = part.get_content_maintype() == "text" and part.get_content_type() != "text/calendar"
    return is_text and not name and part.get_content_disposition() != "attachment"


def _bytes_of(part: Message) -> bytes:
    """What the part holds, decoded as it says."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError):
        return b""
    return content if isinstance(content, bytes) else b""


def _take_forwarded(letter: _Letter, part: Message, name: str) -> None:
    """A letter in the letter. Against the standard, some programs encode it like a file."""
    inner = part.get_payload()
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding in ("base64", "quoted-printable") and isinstance(inner, list):
        raw = inner[0].as_bytes() if inner else b""  # type: ignore[union-attr]
        try:
            decoded = base64.b64decode(raw) if encoding == "base64" else binascii.a2b_qp(raw)
        except ValueError:
            decoded = b""
        _take_content(letter, name or "thu.eml", decoded, "")
    elif isinstance(inner, list):
        _deeper(letter, lambda: _take_each(letter, inner))
    else:
        _take_content(letter, name or "thu.eml", _bytes_of(part), "")


def _deeper(letter: _Letter, take: Callable[[], object]) -> None:
    """Take what lies one letter or package deeper, if that is not too deep."""
    if letter.depth >= DEEPEST:
        letter.leave_out("", _TOO_DEEP)
        return
    letter.depth += 1
    try:
        take()
    finally:
        letter.depth -= 1


def _take_text(letter: _Letter, part: Message, kind: str) -> None:
    """The letter's own text, in which a file may be written out (uuencode)."""
    content = _bytes_of(part)
    if kind == "text/html":
        letter.pages.append(_text(content, part.get_content_charset()))
    elif b"begin " in content:
        for name, inner in _written_out(content):
            _take_content(letter, name, inner, "")


def _text(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("latin-1")


def _written_out(text: bytes) -> Iterator[tuple[str, bytes]]:
    """The files that are written out in a text, a line for every 45 bytes, between ``begin 644 name`` and ``end``."""
    name, pieces = None, list[bytes]()
    for line in text.splitlines():
        words = line.split(None, 2)
        if name is None and len(words) == 3 and words[0] == b"begin" and words[1].isdigit():
            name, pieces = words[2].decode("utf-8", "replace"), []
        elif name is not None and line.strip() == b"end":
            yield name, b"".join(pieces)
            name = None
        elif name is not None:
            pieces.append(_uudecoded(line))


def _uudecoded(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # some programs write more than they state
        stated = (line[0] - 32) & 63 if line else 0
        try:
            return binascii.a2b_uu(line[: 1 + (stated * 4 + 5) // 3])
        except binascii.Error:
            return b""


# --- what a part holds ----------------------------------------------------------------------------------

_PICTURES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"RIFF",
    b"<svg",
    b"\1\0\0\0",  # EMF
    b"\xd7\xcd\xc6\x9a",  # WMF
)


def _take_content(letter: _Letter, name: str, content: bytes, content_id: str) -> None:
    """An attachment: kept, or opened where it is a letter or a package itself."""
    kind = kind_of(content)
    if not content:
        letter.leave_out(name, _EMPTY)
    elif kind in LETTERS:
        _deeper(letter, lambda: _take_wrapped(letter, name, content, kind))
    elif content_id and content.startswith(_PICTURES):
        letter.pictures.append((name, content_id, content))
    else:
        _keep(letter, name, content)


def _take_wrapped(letter: _Letter, name: str, content: bytes, kind: str) -> None:
    if kind == EML:
        _take_message(letter, name, content)
    elif kind == MBOX:
        for each in _of_mailbox(content):
            _take_message(letter, name, each)
    elif kind == MSG:
        _opened(letter, name, _BROKEN_MSG, lambda: _take_outlook(letter, msg(content)))
    elif kind == TNEF:
        _opened(letter, name, _BROKEN_TNEF, lambda: _take_all_of_outlook(letter, tnef(content)))
    else:
        _opened(letter, name, _BROKEN, lambda: _take_signed(letter, name, signed_content(content)))


def _opened(letter: _Letter, name: str, broken: str, take: Callable[[], object]) -> None:
    try:
        take()
    except Encrypted:
        letter.leave_out(name, _ENCRYPTED)
    except ValueError:
        letter.leave_out(name, broken)


def _take_message(letter: _Letter, name: str, content: bytes) -> None:
    plain = _plain(content)
    if _has_long_header(plain):
        letter.leave_out(name, _HEADER_TOO_LONG)
        return
    try:
        _take(letter, email.message_from_bytes(plain))
    except RecursionError:
        letter.leave_out(name, _TOO_DEEP)


_OF_A_PART = re.compile(rb"\s{0,20}(content-[a-z-]{1,40}|mime-version|from|received|return-path):", re.I)


def _take_signed(letter: _Letter, name: str, content: bytes) -> None:
    """What was signed is a letter's part with headers of its own, or a file as it is."""
    if _OF_A_PART.match(content[:200]):
        _take_message(letter, name, content)
    else:
        _take_content(letter, name.removesuffix(".p7m").removesuffix(".P7M"), content, "")


def _take_all_of_outlook(letter: _Letter, attached: list[Wrapped]) -> None:
    for each in attached:
        _take_of_outlook(letter, each)


def _take_outlook(letter: _Letter, held: OutlookLetter) -> None:
    letter.pages.append(held.page)
    for name, content in _written_out(held.text.encode()) if "begin " in held.text else ():
        _take_content(letter, name, content, "")
    _take_all_of_outlook(letter, held.attachments)


def _take_of_outlook(letter: _Letter, attached: Wrapped) -> None:
    letter.parts += 1
    inner = attached.inner
    if letter.parts > MOST_PARTS:
        return
    if inner:
        _deeper(letter, lambda: _take_outlook(letter, inner))
    elif attached.content is None:
        letter.leave_out(attached.name, _ONLY_A_LINK)
    else:
        _take_content(letter, attached.name, attached.content, attached.content_id)


def _keep(letter: _Letter, name: str, content: bytes) -> None:
    if len(letter.found) >= MOST_ATTACHMENTS:
        letter.leave_out(name, _TOO_MANY, n=MOST_ATTACHMENTS)
    else:
        letter.found.append((name.strip()[-LONGEST_NAME:] or _named_by_kind(content), content))


_ENDINGS = {b"%PDF": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"GIF8": "gif", b"PK": "zip", b"Rar!": "rar"}


def _named_by_kind(content: bytes) -> str:
    """A name for what has none: by it, people and programs know what it is."""
    kind = kind_of(content)
    if kind in ("xlsx", "xls", "ods"):
        return f"tep.{kind}"
    return next((f"tep.{ending}" for start, ending in _ENDINGS.items() if content.startswith(start)), "tep")


# --- files that hold a letter in another way ------------------------------------------------------------


def _of_outlook(content: bytes, name: str) -> ReceivedLetter:
    """A letter that Outlook saved. Its time is the server's line among the headers, else that of the delivery."""
    letter = _Letter(name)
    try:
        held = msg(content)
    except ValueError:
        letter.leave_out("", _BROKEN_MSG)
        return _finished(letter, "", None)
    letter.title = _title(name, "", held.subject, None)
    headers = email.message_from_string(held.headers) if len(held.headers) <= LONGEST_HEADER else Message()
    _take_outlook(letter, held)
    return _finished(letter, held.sender.strip(), time_stamped(headers) or held.received)


def _of_a_wrapping(content: bytes, name: str) -> ReceivedLetter:
    """An attachment that was saved without its letter: nobody knows who sent it, and when."""
    letter = _Letter(name)
    _take_content(letter, name.rpartition("/")[2], content, "")
    return _finished(letter, "", None)
