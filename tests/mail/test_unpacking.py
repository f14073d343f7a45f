"""However an attachment is wrapped, it is taken, or it is told why not and what the sender should do."""

from __future__ import annotations

import binascii
import datetime as dt
import os
import time
from base64 import encodebytes
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli import cli
from pipeline.mail import fetching
from pipeline.mail.received import ReceivedLetter
from pipeline.mail.unpacking import MOST_ATTACHMENTS, letters_in
from tests.filled import NOW, form
from tests.mail import wrapped
from tests.small import write_year

FORM = form("thon-1")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STAMP = "Received: from a by mail.xa.example; Tue, 05 Dec 2023 08:15:30 +0700"
HEAD = f"{STAMP}\nFrom: thon1@thon.example\nSubject: Phieu\nMIME-Version: 1.0\n"
DELIVERED = dt.datetime(2023, 12, 5, 1, 15, 30, tzinfo=dt.UTC)


def part(content: bytes, kind: str = XLSX, *headers: str, encoding: str = "base64") -> bytes:
    lines = [f"Content-Type: {kind}", *headers, f"Content-Transfer-Encoding: {encoding}"]
    return ("\n".join(lines) + "\n\n").encode() + (encodebytes(content) if encoding == "base64" else content) + b"\n"


def letter(*parts: bytes, kind: str = "multipart/mixed", head: str = HEAD, boundary: str = "B") -> bytes:
    body = b"".join(f"--{boundary}\n".encode() + each for each in parts) + f"--{boundary}--\n".encode()
    return head.encode() + f'Content-Type: {kind}; boundary="{boundary}"\n\n'.encode() + body


def page(html: str) -> bytes:
    return part(html.encode(), "text/html; charset=utf-8")


def written_out(name: str, content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return f"begin 644 {name}\n".encode() + b"".join(lines) + b"`\nend\n"


ATTACHED = part(FORM, XLSX, 'Content-Disposition: attachment; filename="a.xlsx"')
PLAIN = letter(page("<p>Kính gửi</p>"), ATTACHED)


def encoded(content: bytes, kind: str = 'message/rfc822; name="thu.eml"') -> bytes:
    return letter(part(content, kind, 'Content-Disposition: attachment; filename="thu.eml"'))


WRAPPED: dict[str, tuple[bytes, str]] = {
    "attached": (PLAIN, "a.xlsx"),
    "without a name": (letter(part(FORM, XLSX, "Content-Disposition: attachment")), "tep.xlsx"),
    "without a name and a disposition": (letter(part(FORM, XLSX)), "tep.xlsx"),
    "the letter itself": (HEAD.encode() + part(FORM, XLSX), "tep.xlsx"),
    "called text": (letter(part(FORM, 'text/plain; name="a.xlsx"')), "a.xlsx"),
    "linked from the text": (
        letter(page('<a href="cid:doc1@x">a</a>'), part(FORM, f"{XLSX}; name=a.xlsx", "Content-ID: <doc1@x>")),
        "a.xlsx",
    ),
    "called a picture of the text": (
        letter(page('<img src="cid:doc1@x">'), part(FORM, "image/png; name=a.xlsx", "Content-ID: <doc1@x>")),
        "a.xlsx",
    ),
    "in a forwarded letter": (letter(b"Content-Type: message/rfc822\n\n" + PLAIN, boundary="O"), "a.xlsx"),
    "in a forwarded letter in base64": (encoded(PLAIN), "a.xlsx"),
    "in a forwarded letter as a file": (encoded(PLAIN, "application/octet-stream; name=thu.eml"), "a.xlsx"),
    "in a forwarded letter in a forwarded letter": (encoded(encoded(PLAIN)), "a.xlsx"),
    "in winmail.dat": (
        letter(part(wrapped.tnef(("Phiếu.xlsx", FORM)), "application/ms-tnef; name=winmail.dat")),
        "Phiếu.xlsx",
    ),
    "in winmail.dat with a short name": (
        letter(part(wrapped.tnef(("", FORM), long_names=False), "application/octet-stream; name=a.dat")),
        "PHIEU~1.XLS",
    ),
    "written out in the text": (HEAD.encode() + b"\nKinh gui\n" + written_out("a.xlsx", FORM), "a.xlsx"),
    "behind a mark": (b"\xef\xbb\xbf" + PLAIN, "a.xlsx"),
    "behind blank lines": (b"\r\n\r\n" + PLAIN, "a.xlsx"),
    "with Windows' ends of lines": (PLAIN.replace(b"\n", b"\r\n"), "a.xlsx"),
    "in UTF-16": (PLAIN.decode().encode("utf-16"), "a.xlsx"),
    "in a mailbox": (b"From a@b Tue Dec  5 08:15:30 2023\n" + PLAIN, "a.xlsx"),
    "signed beside": (
        letter(ATTACHED, part(b"x", "application/pkcs7-signature; name=smime.p7s"), kind="multipart/signed"),
        "a.xlsx",
    ),
    "signed around": (
        HEAD.encode() + part(wrapped.signed(letter(ATTACHED, head="")), "application/pkcs7-mime; name=smime.p7m"),
        "a.xlsx",
    ),
    "signed around in pieces": (
        HEAD.encode()
        + part(wrapped.signed(letter(ATTACHED, head=""), True), "application/x-pkcs7-mime; name=smime.p7m"),
        "a.xlsx",
    ),
    "a signed file": (letter(part(wrapped.signed(FORM), "application/octet-stream; name=a.xlsx.p7m")), "a.xlsx"),
    "in a letter of Outlook": (
        wrapped.msg(wrapped.letter(wrapped.attached("a.xlsx", FORM), sender="thon1@thon.example", headers=HEAD)),
        "a.xlsx",
    ),
    "in a letter of Outlook without headers": (
        wrapped.msg(wrapped.letter(wrapped.attached("a.xlsx", FORM), sender="thon1@thon.example", delivered=DELIVERED)),
        "a.xlsx",
    ),
    "in a letter of Outlook in one": (
        wrapped.msg(
            wrapped.letter(
                wrapped.attached("b", wrapped.letter(wrapped.attached("a.xlsx", FORM), inner=True)),
                sender="thon1@thon.example",
                headers=HEAD,
            )
        ),
        "a.xlsx",
    ),
    "in a letter of Outlook as a file": (
        encoded(wrapped.msg(wrapped.letter(wrapped.attached("a.xlsx", FORM))), "application/octet-stream; name=a.msg"),
        "a.xlsx",
    ),
}


@pytest.mark.parametrize("how", WRAPPED)
def test_an_attachment_is_taken_however_it_is_wrapped(how: str) -> None:
    content, name = WRAPPED[how]
    (read,) = letters_in(content, "thu.eml")
    assert read.attachments == ((name, FORM),)
    assert (read.sender, read.received) == ("thon1@thon.example", DELIVERED)
    assert [each.why for each in read.left_out if not each.is_text] == []


def test_every_letter_of_a_mailbox_is_opened() -> None:
    stamped = b"From a@b Tue Dec  5 08:15:30 2023\n"
    letters = list(letters_in(b"\n".join([stamped + PLAIN] * 3), "thu.mbox"))
    assert [read.attachments for read in letters] == [(("a.xlsx", FORM),)] * 3


# --- told -----------------------------------------------------------------------------------------------

PICTURE = part(b"\x89PNG...", "image/png; name=logo.png", "Content-ID: <logo>")
BROKEN_PACKAGE = b"\x78\x9f\x3e\x22" + bytes(40)
ENVELOPED = wrapped.signed(b"x", kind=wrapped.ENVELOPED)

TOLD: dict[str, tuple[bytes, str, str]] = {
    "encrypted": (HEAD.encode() + part(ENVELOPED, "application/pkcs7-mime; name=smime.p7m"), "smime.p7m", "mã hóa"),
    "encrypted by PGP": (letter(part(b"x", "application/pgp-encrypted"), kind="multipart/encrypted"), "", "mã hóa"),
    "a package that is broken": (
        letter(part(b"\x78\x9f\x3e\x22" + bytes(40), "a/b; name=winmail.dat")),
        "winmail.dat",
        "HTML",
    ),
    "signed content that is broken": (
        letter(part(wrapped.signed(FORM)[:-99], "a/b; name=a.p7m")),
        "a.p7m",
        "không mở được",
    ),
    "a broken letter of Outlook": (wrapped.msg({"__nameid_version1.0": b"x"}), "", "Outlook"),
    "empty": (letter(part(b"", f"{XLSX}; name=a.xlsx")), "a.xlsx", "0 byte"),
    "a link": (
        wrapped.msg(wrapped.letter(wrapped.attached("a.xlsx", None))),
        "a.xlsx",
        "liên kết",
    ),
    "a body elsewhere": (letter(b"Content-Type: message/external-body; name=a.xlsx\n\n\n"), "a.xlsx", "liên kết"),
    "a piece": (HEAD.encode() + b"Content-Type: message/partial; number=1\n\nx\n", "", "nhiều phần"),
    "nothing": (letter(page("<p>Quên đính kèm</p>")), "", "không có tệp đính kèm"),
    "a boundary that is nowhere": (HEAD.encode() + b"Content-Type: multipart/mixed\n\nx", "", "không mở được"),
    "a header without end": (f"{HEAD}X: {'a;' * 50_000}\n\nx".encode(), "", "dòng đầu"),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_is_not_taken_is_told_with_the_reason(what: str) -> None:
    content, name, why = TOLD[what]
    (read,) = letters_in(content, "thu.eml")
    assert read.attachments == ()
    (left_out,) = read.left_out
    assert left_out.part == name
    assert left_out.letter.startswith("thu.eml")
    assert why in left_out.why


def test_only_a_picture_that_the_text_shows_belongs_to_it() -> None:
    """A content-id is compared as a whole: ``logo`` is not ``logo2``."""
    other = part(b"\x89PNG other", "image/png; name=anh.png", "Content-ID: <logo2>")
    (read,) = letters_in(letter(page('<img src="cid:logo">'), PICTURE, other, ATTACHED), "thu.eml")
    assert read.attachments == (("a.xlsx", FORM), ("anh.png", b"\x89PNG other"))
    assert [(each.part, each.is_text) for each in read.left_out] == [("logo.png", True)]


def test_depth_number_and_size_are_bounded() -> None:
    many = [part(b"%d" % n, f"text/plain; name={n}.txt") for n in range(1_500)]
    (read,) = letters_in(letter(*many), "thu.eml")
    assert len(read.attachments) == MOST_ATTACHMENTS
    assert "1" in read.left_out[-1].why
    deep = PLAIN
    for _level in range(40):
        deep = HEAD.encode() + part(deep, "application/octet-stream; name=thu.eml", encoding="8bit")
    (read,) = letters_in(deep, "thu.eml")
    assert read.attachments == ()
    assert "lồng" in read.left_out[0].why


SLOW: dict[str, Callable[[], bytes]] = {
    "semicolons in a type": lambda: HEAD.encode() + b'Content-Type: a/b; name="' + b";" * 1_000_000 + b"\n\nx",
    "semicolons in a disposition": lambda: letter(part(b"x", "a/b", "Content-Disposition: a" + ";" * 500_000)),
    "semicolons over many lines": lambda: HEAD.encode() + b"Content-Type: a/b;" + b"\n ;;;;;;;;" * 100_000 + b"\n\nx",
    "as many semicolons as are opened": lambda: letter(part(b"x", "a/b", "Content-Disposition: a" + ";" * 7_900)),
    "accents in a sender": lambda: f"From: a{chr(0x301) * 500_000}@b.example\nSubject: x\n\nx".encode(),
    "accents in a name": lambda: letter(part(b"x", f"a/b; name=a{chr(0x301) * 30_000}.xlsx")),
    "links in a page": lambda: letter(page("cid:" * 1_000_000), PICTURE),
    "begins": lambda: HEAD.encode() + b"\n" + b"begin 644 a\n" * 200_000,
    "letters in a mailbox": lambda: b"From a\n\n" * 100_000,
    "open values": lambda: letter(
        part(wrapped.SIGNED.join([b"\x30\x80"] * 2) + b"\x30\x80" * 500_000, "a/b; name=a.p7m")
    ),
    "properties": lambda: letter(
        part(b"\x78\x9f\x3e\x22\1\0" + b"\2\2\x90\6\0\0\0\0\0\0\0" * 200_000, "a/b; name=b.dat")
    ),
}


@pytest.mark.parametrize("what", SLOW)
def test_no_letter_takes_long(what: str, tmp_path: Path) -> None:
    content = SLOW[what]()
    start = time.process_time()
    for read in letters_in(content, "thu.eml"):
        assert len(read.attachments) <= MOST_ATTACHMENTS
        assert all(fetching.safe(name) for name, _content in read.attachments)
    assert time.process_time() - start < 10


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(sorted(WRAPPED)), st.data())
def test_a_letter_changed_at_random_is_opened_or_told(how: str, data: st.DataObject) -> None:
    content = bytearray(WRAPPED[how][0])
    for _change in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, min(len(content) - 1, 3_000)))] = data.draw(st.integers(0, 255))
    for read in letters_in(bytes(content), "thu.eml"):
        assert isinstance(read, ReceivedLetter)
        assert read.attachments or read.left_out


# --- the command ----------------------------------------------------------------------------------------


def fetched(tmp_path: Path, place: str) -> list[str]:
    flags = ["--rules", str(write_year(tmp_path / "rules")), "--round", "tong-ket", "--inbox", str(tmp_path / "inbox")]
    flags += ["--outbox", str(tmp_path / "out"), "--now", NOW.isoformat()]
    done = CliRunner().invoke(cli, ["fetch", "--from", place, *flags], catch_exceptions=False)
    return [line.strip() for line in done.output.splitlines()]


def test_every_letter_of_a_folder_is_accounted_for(tmp_path: Path) -> None:
    folder = tmp_path / "thu"
    folder.mkdir()
    (folder / "1.eml").write_bytes(letter(page('<img src="cid:logo">'), PICTURE, ATTACHED))
    (folder / "2.eml").write_bytes(letter(page("<p>Quên</p>")))
    (folder / "3.eml").write_bytes(PLAIN)  # the same form once more
    (folder / "4.pdf").write_bytes(b"%PDF")
    (folder / "5.eml").write_bytes(PLAIN.replace(b"05 Dec", b"05 Jun"))
    assert fetched(tmp_path, str(folder)) == [
        "20231205-081530_thon1-thon.example_a.xlsx  (thon1@thon.example)",
        "Số tệp có giờ nhận chưa được chứng thực: 1. Giờ này do chính tệp thư đã lưu ghi, người nộp tệp thư có thể đã "
        "sửa. Đề nghị đối chiếu với hộp thư; giờ ghi trong sổ tiếp nhận được ưu tiên.",
        "Không lấy:",
        "• 2.eml, “Phieu”: thư không có tệp đính kèm",
        "• 4.pdf: không phải là thư điện tử (.eml, .msg, .mbox, winmail.dat)",
        "• 5.eml, “Phieu”, a.xlsx: thư đến trước ngày mở đợt",
        "Không lấy vì thuộc nội dung thư – hình ảnh hiện trong nội dung thư: 1",
        "Tệp đính kèm đã nhận trước đó: 1",
        f"Đã đưa 1 tệp vào {tmp_path / 'inbox'}",
    ]


@pytest.mark.parametrize("name", ["thu.eml", "thu.msg", "thu.mbox", "winmail.dat", "smime.p7m"])
def test_the_command_that_the_inbox_names_works(tmp_path: Path, name: str) -> None:
    contents = {
        "thu.eml": PLAIN,
        "thu.msg": WRAPPED["in a letter of Outlook"][0],
        "thu.mbox": WRAPPED["in a mailbox"][0],
        "winmail.dat": wrapped.tnef(("a.xlsx", FORM)),
        "smime.p7m": wrapped.signed(letter(ATTACHED, head="")),
    }
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / name).write_bytes(contents[name])
    assert fetched(tmp_path, name)[-1] == f"Đã đưa 1 tệp vào {inbox}"
    assert FORM in [each.read_bytes() for each in inbox.iterdir()]


def test_a_place_that_is_nowhere_is_told(tmp_path: Path) -> None:
    flags = ["--rules", str(write_year(tmp_path / "rules")), "--round", "tong-ket", "--inbox", str(tmp_path)]
    done = CliRunner().invoke(cli, ["fetch", "--from", "khong-co", *flags])
    assert "khong-co" in str(getattr(done.exception, "message", ""))


def test_nothing_is_written_through_a_link_that_waits_in_the_inbox(tmp_path: Path) -> None:
    (tmp_path / "thu.eml").write_bytes(PLAIN)
    victim, inbox = tmp_path / "victim", tmp_path / "inbox"
    victim.write_bytes(b"mine")
    inbox.mkdir()
    (inbox / ".20231205-081530_thon1-thon.example.part").symlink_to(victim)
    (inbox / "20231205-081530_thon1-thon.example_a.xlsx").symlink_to(victim)
    fetched(tmp_path, str(tmp_path / "thu.eml"))
    assert victim.read_bytes() == b"mine"
    assert (inbox / "20231205-081530_thon1-thon.example_a_2.xlsx").read_bytes() == FORM


def test_an_inbox_with_a_file_that_has_no_end_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "thu.eml").write_bytes(PLAIN)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "lon.xlsx").touch()
    os.truncate(inbox / "lon.xlsx", 200_000_000_000)
    os.mkfifo(inbox / "ong.xlsx")
    assert fetched(tmp_path, str(tmp_path / "thu.eml"))[-1] == f"Đã đưa 1 tệp vào {inbox}"


def test_a_name_in_any_encoding_is_read() -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "thon1@thon.example"
    message.set_content("x")
    message.add_attachment(FORM, maintype="application", subtype="octet-stream", filename="Phiếu thôn Đoài.xlsx")
    (read,) = letters_in(message.as_bytes(), "thu.eml")
    assert [name for name, _content in read.attachments] == ["Phiếu thôn Đoài.xlsx"]
