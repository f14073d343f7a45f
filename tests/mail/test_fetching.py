"""Forms that come by mail: from a real IMAP server, and from saved letters."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from imap_tools import MailMessage

from pipeline.cli import cli
from pipeline.errors import EnvironmentFault
from pipeline.mail import fetching, mailboxes, unpacking
from pipeline.mail.login import Login
from pipeline.mail.received import ReceivedLetter
from pipeline.rules.mail import Mailbox
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess
from pipeline.state import layout, ledger
from tests.filled import NOW, RULES, form
from tests.mail.dovecot import PASSWORD, USER, Dovecot, dovecot, needs_dovecot
from tests.small import write_year

ROUND = RULES.plan.round("tong-ket")
assert ROUND
OF = ROUND
KEY = ledger.RoundKey(2023, "tong-ket")
UNPROVED = (
    "Số tệp có giờ nhận chưa được chứng thực: 1. Giờ này do chính tệp thư đã lưu ghi, người nộp tệp thư có thể đã sửa. "
    "Đề nghị đối chiếu với hộp thư; giờ ghi trong sổ tiếp nhận được ưu tiên."
)
STAMP = "from mail.thon1.example by mail.xa.example; Tue, 05 Dec 2023 08:15:30 +0700"
STAMPED = dt.datetime(2023, 12, 5, 8, 15, 30, tzinfo=RULES.plan.zone)


def letter(*attachments: tuple[str, bytes], received: str | None = STAMP, sender: str = "thon1@thon.example") -> bytes:
    """A message as a mail server keeps it; a relay's own line stands below that of our server."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"Nguyễn Văn Mẫu <{sender}>"
    message["To"] = "vanphong@xa.example"
    message["Subject"] = "Phiếu tự chấm điểm"
    message["Date"] = "Mon, 01 Jan 2001 00:00:00 +0700"  # what a sender's machine says counts for nothing
    message.set_content("Kính gửi Văn phòng.")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    relay = "Received: from pc by mail.thon1.example; Mon, 04 Dec 2023 01:00:00 +0700\r\n"
    ours = f"Received: {received}\r\n" if received else ""
    return (ours + (relay if received else "")).encode() + message.as_bytes()


def with_picture_in_the_text() -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "thon2@thon.example"
    message.set_content("chữ ký")
    message.add_alternative('<img src="cid:logo">', subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>", filename="logo.png")  # type: ignore[index,union-attr]
    message.add_attachment(b"that", maintype="application", subtype="vnd.ms-excel", filename="b.xls")
    return f"Received: {STAMP}\r\n".encode() + message.as_bytes()


def forwarded() -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "lanhdao@xa.example"
    message.set_content("Chuyển văn phòng.")
    inner = EmailMessage(policy=SMTP)
    inner["From"] = "thon3@thon.example"
    inner.set_content("Gửi nhầm.")
    inner.add_attachment(b"inner", maintype="application", subtype="octet-stream", filename="thon-3.xlsx")
    message.add_attachment(inner)
    return f"Received: {STAMP}\r\n".encode() + message.as_bytes()


def raw_name() -> bytes:
    """A name in bare UTF-8, as some programs send it against every standard."""
    head = (
        f"Received: {STAMP}\r\nFrom: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n"
    )
    part = 'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="Phiếu thôn 4.xlsx"\r\n'
    return f"{head}\r\n--x\r\n{part}\r\nfour\r\n--x--\r\n".encode()


BEFORE = dt.datetime(2023, 11, 6, 8, tzinfo=RULES.plan.zone)
TOO_EARLY = letter(("cu.xlsx", b"old"), received="from a by b; Mon, 06 Nov 2023 08:00:00 +0700")
LETTERS = [
    letter(("Phiếu Thôn Một (Đợt tổng kết).xlsx", b"one")),
    letter(("../../etc/passwd", b"two"), ("C:\\Users\\a\\phieu.xlsx", b"three"), sender="../x@thon.example"),
    with_picture_in_the_text(),
    forwarded(),
    raw_name(),
    letter(("phieu.xlsx", b"one")),  # the same content once more
    letter(("phieu.xlsx", b"another")),
    letter(("phieu.xlsx", b"and another")),
    TOO_EARLY,  # before the round opened
    letter(("", b"no name")),
]
FILES = {
    "20231205-081530_thon1-thon.example_Phieu-Thon-Mot-Dot-tong-ket.xlsx": b"one",
    "20231205-081530_x-thon.example_passwd": b"two",
    "20231205-081530_x-thon.example_phieu.xlsx": b"three",
    "20231205-081530_thon2-thon.example_b.xls": b"that",
    "20231205-081530_lanhdao-xa.example_thon-3.xlsx": b"inner",
    "20231205-081530_a-b.example_Phieu-thon-4.xlsx": b"four",
    "20231205-081530_thon1-thon.example_phieu.xlsx": b"another",
    "20231205-081530_thon1-thon.example_phieu_2.xlsx": b"and another",
    "20231205-081530_thon1-thon.example_tep": b"no name",
}


def fetched(letters: Iterable[ReceivedLetter], folder: Path) -> fetching.Fetched:
    return fetching.store(letters, folder / "inbox", folder / "a.sqlite", RoundContext(RULES, OF), NOW)


def store(letters: Iterable[ReceivedLetter], folder: Path) -> list[fetching.StoredFile]:
    return fetched(letters, folder).stored


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- a real server ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        for number, message in enumerate(LETTERS):
            when = BEFORE if message == TOO_EARLY else STAMPED
            running.deliver(number, message, when.timestamp() + number)
        yield running


@pytest.fixture
def trusted(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Dovecot:
    """The server, whose authority the machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
    return server


@pytest.mark.mailserver
class TestServer:
    """What only a server can show."""

    pytestmark = needs_dovecot

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_attachments_come_in_and_the_mailbox_stays_as_it_was(
        self, trusted: Dovecot, tmp_path: Path, security: str
    ) -> None:
        mailbox = Mailbox(host="localhost", port=getattr(trusted, security), security=security)
        before = contents(trusted.mail / "new")
        stored = store(mailboxes.from_server(mailbox, Login(USER, PASSWORD), OF.opens), tmp_path)
        assert contents(tmp_path / "inbox") == FILES
        assert {each.received for each in stored} == {STAMPED}
        assert contents(trusted.mail / "new") == before  # still new: nobody has marked it as read
        assert not list((trusted.mail / "cur").iterdir())
        assert store(mailboxes.from_server(mailbox, Login(USER, PASSWORD), OF.opens), tmp_path) == []
        assert contents(tmp_path / "inbox") == FILES

    def test_a_wrong_password_is_told_and_never_shown(self, trusted: Dovecot) -> None:
        mailbox = Mailbox(host="localhost", port=trusted.tls)
        with pytest.raises(EnvironmentFault, match="không chấp nhận đăng nhập") as raised:
            list(mailboxes.from_server(mailbox, Login(USER, "sai-mat-khau"), OF.opens))
        assert "sai-mat-khau" not in f"{raised.value!r} {raised.value.message} {raised.value.remedy}"

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_a_certificate_of_nobody_we_know_is_refused(self, server: Dovecot, security: str) -> None:
        mailbox = Mailbox(host="localhost", port=getattr(server, security), security=security)
        with pytest.raises(EnvironmentFault, match="chứng thư"):
            list(mailboxes.from_server(mailbox, Login(USER, PASSWORD), OF.opens))

    def test_a_certificate_for_another_name_is_refused(self, trusted: Dovecot) -> None:
        mailbox = Mailbox(host="127.0.0.1", port=trusted.tls)
        with pytest.raises(EnvironmentFault, match="chứng thư"):
            list(mailboxes.from_server(mailbox, Login(USER, PASSWORD), OF.opens))

    def test_a_folder_that_the_mailbox_does_not_have_is_told(self, trusted: Dovecot) -> None:
        mailbox = Mailbox(host="localhost", port=trusted.tls, folder="Thi dua")
        with pytest.raises(EnvironmentFault, match="Thi dua"):
            list(mailboxes.from_server(mailbox, Login(USER, PASSWORD), OF.opens))


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(EnvironmentFault, match=r"127\.0\.0\.1"):
        list(mailboxes.from_server(Mailbox(host="127.0.0.1", port=1), Login("a", "b"), OF.opens))


@pytest.mark.parametrize(
    "head",
    [
        "Subject: =?utf-8?B?UXXDo?=",
        "Subject: =?undefined?B?eA==?=",
        "From: =?utf-8?B?UXXDo?= <a@b.example>",
        "Received: from a by b; Fri, 31 Dec 9999 23:00:00 +0000",
        "Received: from a by b; Fri, 31 Dec 2023 23:00:00 +99999999999999",
        "Received: from a by b; Fri, 31 Dec 99999999999999999999 23:00:00 +0000",
        'Content-Type: multipart/mixed; boundary="=?utf-8?B?UXXDo?="',
    ],
)
def test_a_letter_against_every_standard_does_not_hold_up_the_others(tmp_path: Path, head: str) -> None:
    odd = f"{head}\r\nFrom: spam@x.example\r\n\r\nhello\r\n".encode()
    letters = (unpacking.read(MailMessage.from_bytes(each)) for each in (odd, letter(("a.xlsx", b"one"))))
    assert [each.file for each in store(letters, tmp_path)] == ["20231205-081530_thon1-thon.example_a.xlsx"]


def test_letters_in_letters_end(tmp_path: Path) -> None:
    """Attachments of every depth come in; a letter that nobody could read is passed over."""
    innermost = letter(("a.xlsx", b"one")).decode()
    for name, depth in (("deep", 20), ("bottomless", 3000)):
        nested = "Content-Type: message/rfc822\r\n\r\n" * depth + innermost
        (tmp_path / f"{name}.eml").write_text(f"Received: {STAMP}\r\nFrom: a@b.example\r\n{nested}", newline="")
    assert [each.file for each in store(mailboxes.from_saved(tmp_path), tmp_path)] == [
        "20231205-081530_a-b.example_a.xlsx"
    ]


# --- saved letters, and the run that follows ----------------------------------------------------------


def test_the_servers_time_becomes_the_submissions(tmp_path: Path) -> None:
    inbox, book = tmp_path / "inbox", tmp_path / "out" / layout.LEDGER
    for number, unit in enumerate(("thon-1", "thon-2")):
        saved = tmp_path / "letters" / f"{number}.EML"
        saved.parent.mkdir(exist_ok=True)
        stamp = None if unit == "thon-2" else STAMP
        saved.write_bytes(letter((f"{unit}.xlsx", form(unit)), received=stamp))
    flags = ["--rules", str(write_year(tmp_path / "rules")), "--round", "tong-ket", "--inbox", str(inbox)]
    flags += ["--outbox", str(tmp_path / "out"), "--now", NOW.isoformat()]
    done = CliRunner().invoke(cli, ["fetch", "--from", str(tmp_path / "letters"), *flags], catch_exceptions=False)
    assert done.output.splitlines() == [
        "20231205-081530_thon1-thon.example_thon-1.xlsx  (thon1@thon.example)",
        "20231208-093000_thon1-thon.example_thon-2.xlsx  (thon1@thon.example)",
        "  thư này không có dấu thời gian của máy chủ nên tính là nhận lúc này",
        UNPROVED,
        f"Đã đưa 2 tệp vào {inbox}",
    ]
    later = NOW + dt.timedelta(days=9)
    outcome = assess(RoundContext(RULES, OF), inbox, book, later, jobs=1).outcome
    register = outcome.register.set_index("unit")
    assert register["received"].to_dict() == {"thon-1": STAMPED.isoformat(), "thon-2": NOW.isoformat()}
    assert register["received_from"].to_dict() == {"thon-1": "saved_letter", "thon-2": "mail"}
    assert set(register["days_late"]) == {0}


def test_a_form_that_the_officer_saved_by_hand_gets_its_time_and_no_second_copy(tmp_path: Path) -> None:
    (tmp_path / "inbox" / "sub").mkdir(parents=True)
    (tmp_path / "inbox" / "sub" / "phieu.xlsx").write_bytes(b"one")
    ledger.remember(tmp_path / "a.sqlite", KEY, [(sha256(b"one").hexdigest(), "sub/phieu.xlsx", NOW)])
    read = ReceivedLetter("a@b.example", STAMPED, (("a.xlsx", b"one"),))
    assert store(iter([read]), tmp_path) == []
    assert contents(tmp_path / "inbox") == {"sub/phieu.xlsx": b"one"}
    assert ledger.mailed(tmp_path / "a.sqlite", KEY) == {sha256(b"one").hexdigest(): STAMPED}


def test_a_file_that_the_officer_took_away_does_not_come_back(tmp_path: Path) -> None:
    read = ReceivedLetter("a@b.example", STAMPED, (("a.xlsx", b"one"),))
    (stored,) = store(iter([read]), tmp_path)
    (tmp_path / "inbox" / stored.file).unlink()
    assert store(iter([read]), tmp_path) == []
    assert contents(tmp_path / "inbox") == {}


def test_no_mailbox_is_the_users_fault_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_LOGIN_FILE", str(tmp_path / "none"))
    done = CliRunner().invoke(cli, ["fetch", "--rules", str(write_year(tmp_path / "rules")), "--round", "tong-ket"])
    assert "--from" in getattr(done.exception, "remedy", "")


@given(st.text())
def test_a_name_is_safe_whatever_it_was(name: str) -> None:
    made = fetching.safe(name)
    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", made)
    assert len(made) <= fetching.LONGEST_NAME
