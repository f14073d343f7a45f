"""What goes to whom: from the outbox of a real run to messages that a mail program reads."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.errors import UserFault
from pipeline.mail import posts
from pipeline.mail.letters import LetterText, compose
from pipeline.mail.messages import message
from pipeline.mail.posts import Post, PublishedRound
from pipeline.rules.mail import Mail
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.run import assess, publish
from pipeline.state import ledger
from tests.filled import NOW, drop, form
from tests.mail.outgoing import INBOX, parsed, published, server
from tests.small import write_year

EMAILS = {"Phòng Nội vụ huyện": "noivu@huyen.example", "thon-1": "thon1@xa.example", "thon-2": "thon2@xa.example"}
MAIL = {"sender": "vanphong@xa.example", "reply_to": "thidua@xa.example"}
DUE = dt.datetime(2023, 12, 10, 17)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def of(base: Path, rules: Rules, now: dt.datetime = NOW, largest: int = 10**7) -> PublishedRound:
    round_ = rules.plan.round("tong-ket")
    assert round_
    return posts.read_published(base / "outbox", RoundContext(rules, round_), now, largest)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rules]:
    base = tmp_path_factory.mktemp("sent")
    return base, published(base, MAIL, EMAILS)


@pytest.fixture
def out(sent: tuple[Path, Rules]) -> PublishedRound:
    return of(*sent)


# --- who gets what ------------------------------------------------------------------------------------


def brief(made: list[Post]) -> list[tuple[str, str, str, list[str]]]:
    return [(each.kind, each.recipient, each.address, [path.name for path in each.attachments]) for each in made]


def test_the_superior_level_gets_everything_and_a_copy_holds_no_names_of_persons(out: PublishedRound) -> None:
    assert brief(list(posts.reports(out))) == [
        ("cap-tren", "Phòng Nội vụ huyện", "noivu@huyen.example", ["tong-hop.xlsx", "xep-hang.xlsx"]),
        ("cap-tren", "Thường trực Đảng ủy", "", ["xep-hang.xlsx"]),
    ]


def test_each_unit_that_sent_gets_its_marked_file_or_its_receipt(out: PublishedRound) -> None:
    assert brief(list(posts.replies(out))) == [
        ("bien-nhan", "Thôn 1", "thon1@xa.example", []),
        ("tra-phieu", "Thôn 2", "thon2@xa.example", ["thon-2.xlsx"]),
        ("bien-nhan", "Trường THCS", "", []),
    ]


def test_who_has_no_form_that_counts_is_reminded(out: PublishedRound) -> None:
    assert [each[:2] for each in brief(list(posts.reminders(out)))] == [
        ("nhac-nho", name) for name in ("Thôn 2", "Thôn 3", "Thôn 4", "Thôn 5", "Trường Tiểu học")
    ]


def test_what_does_not_fit_one_letter_goes_in_several(sent: tuple[Path, Rules]) -> None:
    base, rules = sent
    sizes = [(base / "outbox" / name).stat().st_size for name in ("tong-hop.xlsx", "xep-hang.xlsx")]
    made = list(posts.reports(of(base, rules, largest=max(sizes))))
    assert [(each.letter.subject[-6:], [path.name for path in each.attachments]) for each in made[:2]] == [
        (" (1/2)", ["tong-hop.xlsx"]),
        (" (2/2)", ["xep-hang.xlsx"]),
    ]
    assert "thư 1 trong 2 thư" in made[0].letter.text
    with pytest.raises(UserFault, match=r"tong-hop\.xlsx"):
        list(posts.reports(of(base, rules, largest=sizes[0] - 1)))


def test_what_was_edited_after_the_run_does_not_go_out(tmp_path: Path) -> None:
    rules = published(tmp_path)
    (tmp_path / "outbox" / "xep-hang.xlsx").write_bytes(b"another ranking")
    with pytest.raises(UserFault, match=r"xep-hang\.xlsx"):
        list(posts.reports(of(tmp_path, rules)))


def test_a_letter_is_another_when_its_files_or_its_day_are(sent: tuple[Path, Rules]) -> None:
    base, rules = sent
    keys = {each.key for each in (*posts.reports(of(base, rules)), *posts.replies(of(base, rules)))}
    assert keys == {each.key for each in (*posts.reports(of(base, rules)), *posts.replies(of(base, rules)))}
    assert len(keys) == 5
    today, later, tomorrow = (
        {each.key for each in posts.reminders(of(base, rules, NOW + after))}
        for after in (dt.timedelta(), dt.timedelta(hours=9), dt.timedelta(days=1))
    )
    assert today == later
    assert not today & tomorrow


# --- what stands in it --------------------------------------------------------------------------------


class Texts(HTMLParser):
    """The text of a page, as somebody reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def words(page: str) -> str:
    reader = Texts()
    reader.feed("<body" + page.partition("<body")[2])
    return re.sub(r"\s+", " ", " ".join(reader.found))


def test_a_message_is_complete_and_says_the_same_twice(sent: tuple[Path, Rules], out: PublishedRound) -> None:
    base, rules = sent
    report = next(iter(posts.reports(out)))
    read = parsed(message(report, rules.plan, NOW).as_bytes())
    assert {name: read[name] for name in ("Subject", "From", "To", "Reply-To", "Date")} == {
        "Subject": "Xã Mẫu: kết quả Tổng kết năm",
        "From": "Văn phòng – Thống kê xã Mẫu <vanphong@xa.example>",
        "To": "Phòng Nội vụ huyện <noivu@huyen.example>",
        "Reply-To": "thidua@xa.example",
        "Date": "Fri, 08 Dec 2023 09:30:00 +0700",
    }
    assert re.fullmatch(r"<[0-9a-f]{40}@xa\.example>", read["Message-ID"])
    attached = {part.get_filename(): part.get_content() for part in read.iter_attachments()}
    assert attached == {name: (base / "outbox" / name).read_bytes() for name in ("tong-hop.xlsx", "xep-hang.xlsx")}
    text, page = (read.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert page
    for path in report.attachments:
        assert f"- {path.name}: {sha256(path)}" in text.get_content()
    assert "2/7 đơn vị đã gửi phiếu hợp lệ; 1 đơn vị đang sửa phiếu; 4 đơn vị chưa gửi." in text.get_content()
    plain = re.sub(r"\s+", " ", re.sub("^- ", "", text.get_content(), flags=re.M))
    assert words(page.get_content()).strip() == plain.strip()


def test_headers_are_plain_ascii_as_they_travel(sent: tuple[Path, Rules], out: PublishedRound) -> None:
    for each in (*posts.reports(out), *posts.replies(out)):
        head = message(each, sent[1].plan, NOW).as_bytes().partition(b"\r\n\r\n")[0]
        assert head.isascii()
        assert max(map(len, head.split(b"\r\n"))) <= 998  # RFC 5322, 2.1.1


def test_a_returned_form_says_where_and_by_when(out: PublishedRound) -> None:
    returned = next(each for each in posts.replies(out) if each.kind == posts.RETURN)
    assert "“nhiều” không phải là số" in returned.letter.text
    assert "gửi lại trước 17:00 10/12/2023" in returned.letter.text
    assert "chưa được tính" in returned.letter.text
    (marked,) = returned.attachments
    assert f"- thon-2.xlsx: {sha256(marked)}" in returned.letter.text


@pytest.mark.parametrize(
    ("now", "lateness"),
    [
        (DUE, "Hạn nộp là 17:00 10/12/2023. Đề nghị đơn vị gửi đúng hạn."),
        (DUE + dt.timedelta(minutes=1), "đã quá hạn 1 ngày"),
        (DUE + dt.timedelta(days=1), "đã quá hạn 1 ngày"),
        (DUE + dt.timedelta(days=1, minutes=1), "đã quá hạn 2 ngày"),
    ],
)
def test_a_reminder_says_how_late_it_is(sent: tuple[Path, Rules], now: dt.datetime, lateness: str) -> None:
    base, rules = sent
    for each in posts.reminders(of(base, rules, now.replace(tzinfo=rules.plan.zone))):
        assert lateness in each.letter.text


HOSTILE = '<b>x</b> & "y"\r\nBcc: a@b.example\x07\u202e {{ 7*7 }} [t](http://x.example)'


def test_foreign_text_stays_text(out: PublishedRound) -> None:
    letter = compose(posts.RETURN, {**out.facts, **facts(HOSTILE)}, out.rules.folder)
    shown = '<b>x</b> & "y"��Bcc: a@b.example�� {{ 7*7 }} [t](http://x.example)'
    assert shown in letter.subject
    assert "\n" not in letter.subject
    assert shown in letter.text
    assert "<b>" not in letter.html
    assert "href" not in letter.html
    assert shown in words(letter.html)
    assert parsed(message(post(letter), out.rules.plan, NOW).as_bytes())["Bcc"] is None


def facts(recipient: str) -> dict[str, object]:
    return {"recipient": recipient, "findings": [recipient], "counts_file": False, "overdue": 0, "attachments": []}


def post(letter: object) -> Post:
    return Post(posts.RETURN, "Thôn 1", "a@b.example", "a", letter, (), "0" * 64)  # type: ignore[arg-type]


def test_what_templates_see_is_plain_data(out: PublishedRound, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that can be reached from the facts of each kind of letter: values, never something to call."""
    seen: dict[str, list[object]] = {}

    def remember(kind: str, facts: dict[str, object], folder: Path) -> LetterText:
        seen.setdefault(kind, []).append(facts)
        return compose(kind, facts, folder)

    monkeypatch.setattr(posts, "compose", remember)
    assert list(posts.reports(out)) + list(posts.replies(out)) + list(posts.reminders(out))
    assert set(seen) == {posts.REPORT, posts.RETURN, posts.RECEIPT, posts.REMINDER}
    waiting: list[object] = [facts for each in seen.values() for facts in each]
    while waiting:
        value = waiting.pop()
        if type(value) is dict:
            waiting += [*value, *value.values()]
        elif type(value) is list:
            waiting += value
        else:
            assert type(value) in (str, int, float, bool, type(None)), value


# --- templates of an officer --------------------------------------------------------------------------


def test_an_officers_template_is_taken_instead(tmp_path: Path, out: PublishedRound) -> None:
    own = tmp_path / "thu" / "tra-phieu.txt"
    own.parent.mkdir()
    own.write_text("\ufeffTrả phiếu {{ recipient }}\n\nDòng một\n- mục\n", encoding="utf-8")
    letter = compose(posts.RETURN, {**out.facts, **facts("Thôn 1")}, tmp_path)
    assert (letter.subject, letter.text) == ("Trả phiếu Thôn 1", "Dòng một\n- mục\n")
    assert re.search(r"<p[^>]*>Dòng một</p>\s*<ul[^>]*>\s*<li[^>]*>mục</li>\s*</ul>", letter.html)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Tiêu đề\n\n{% if %}", 3),
        ("Tiêu đề\n\n\n{{ nobody }}", 4),
        ("Tiêu đề\n\n{{ overdue // 0 }}", 3),
        ("{{ ''.__class__.__mro__ }}", 1),
        ("{{ plan.__class__ }}{{ plan.__class__.__init__.__globals__ }}", 1),
    ],
)
def test_a_wrong_template_is_told_with_its_line_and_reaches_nothing(
    tmp_path: Path, out: PublishedRound, text: str, line: int
) -> None:
    own = tmp_path / "thu" / "tra-phieu.txt"
    own.parent.mkdir()
    own.write_text(text, encoding="utf-8")
    with pytest.raises(UserFault, match=re.escape(f"{own}:{line}:")):
        compose(posts.RETURN, {**out.facts, **facts("Thôn 1")}, tmp_path)


# --- the commands -------------------------------------------------------------------------------------


def thidua(base: Path, command: str, *flags: str, now: dt.datetime = NOW) -> Result:
    where = ["--rules", str(base / "rules"), "--inbox", str(base / "inbox"), "--outbox", str(base / "outbox")]
    everything = [command, *flags, *where, "--round", "tong-ket", "--now", now.isoformat()]
    return CliRunner().invoke(cli, everything)


def test_without_a_server_letters_are_written_as_drafts_that_the_next_run_replaces(tmp_path: Path) -> None:
    published(tmp_path)
    done = thidua(tmp_path, "send")
    assert done.exit_code == 0, done.output
    folder = tmp_path / "outbox" / "thu"
    first = sorted(folder.iterdir())
    assert [path.name for path in first] == ["cap-tren_noi-nhan-01-1.eml", "cap-tren_noi-nhan-02-1.eml"]
    draft = parsed(first[0].read_bytes())
    assert draft["X-Unsent"] == "1"  # Outlook opens it as a letter to be sent
    assert draft["Subject"] == "Xã Mẫu: kết quả Tổng kết năm"
    assert thidua(tmp_path, "send", "--feedback").exit_code == 0
    assert len(list(folder.iterdir())) == 5
    assert CliRunner().invoke(cli, ["verify", str(tmp_path / "outbox"), *rules_and_inbox(tmp_path)]).exit_code == 0
    assert thidua(tmp_path, "run").exit_code == 0
    assert not folder.exists()


def rules_and_inbox(base: Path) -> list[str]:
    return ["--rules", str(base / "rules"), "--inbox", str(base / "inbox")]


def test_with_a_server_nothing_goes_out_without_yes_and_nothing_twice(tmp_path: Path) -> None:
    with server() as running:
        smtp = {"host": "127.0.0.1", "port": running.port, "security": "none"}
        published(tmp_path, {**MAIL, "smtp": smtp}, EMAILS)
        shown = thidua(tmp_path, "send")
        assert shown.exit_code == 0, shown.output
        assert "noivu@huyen.example" in shown.output
        assert "chưa có địa chỉ" in shown.output
        assert running.taken == []
        assert thidua(tmp_path, "send", "--yes").exit_code == 0
        assert [address for address, _content in running.taken] == ["noivu@huyen.example"]
        repeated = thidua(tmp_path, "send", "--yes")
        assert "đã gửi trước đây" in repeated.output
        assert len(running.taken) == 1
        assert thidua(tmp_path, "send", "--yes", "--again").exit_code == 0
        first, second = (parsed(content)["Message-ID"] for _address, content in running.taken)
        assert first != second
        assert not (tmp_path / "outbox" / "thu").exists()


def test_a_strangers_words_do_not_reach_the_unit_in_the_offices_name(tmp_path: Path) -> None:
    """A form for Thôn 2 from another address is faulty: its marked copy holds what the stranger typed."""
    with server() as running:
        smtp = {"host": "127.0.0.1", "port": running.port, "security": "none"}
        rules = published(tmp_path, {**MAIL, "smtp": smtp}, EMAILS)
        of = rules.plan.round("tong-ket")
        assert of
        context, book = RoundContext(rules, of), tmp_path / "outbox" / "so-cai.sqlite"
        sha256 = hashlib.sha256(INBOX["thon-2.xlsx"]).hexdigest()
        mailed = ledger.MailedFile(sha256, "thon-2.xlsx", "thon2@evil.example", NOW)
        ledger.remember_mailed(book, ledger.round_key(context), mailed)
        publish(assess(context, tmp_path / "inbox", book, NOW), tmp_path / "outbox", book, NOW)
        done = thidua(tmp_path, "send", "--feedback", "--yes")
        assert done.exit_code == 0, done.output
        assert "thon2@xa.example" not in {address for address, _content in running.taken}
        assert "tạm giữ" in " ".join(done.output.split())


def test_a_reminder_goes_out_once_a_day(tmp_path: Path) -> None:
    with server() as running:
        smtp = {"host": "127.0.0.1", "port": running.port, "security": "none"}
        published(tmp_path, {**MAIL, "smtp": smtp}, EMAILS)
        for hours in (0, 5, 24):
            assert thidua(tmp_path, "remind", "--yes", now=NOW + dt.timedelta(hours=hours)).exit_code == 0
        assert [address for address, _content in running.taken] == ["thon2@xa.example"] * 2


def test_what_a_server_refuses_is_told_and_ends_with_4(tmp_path: Path) -> None:
    with server() as running:
        running.answers["noivu@huyen.example"] = ["550 khong co hop thu nay"]
        smtp = {"host": "127.0.0.1", "port": running.port, "security": "none"}
        published(tmp_path, {**MAIL, "smtp": smtp}, EMAILS)
        done = thidua(tmp_path, "send", "--yes")
    assert done.exit_code == 4
    assert "noivu@huyen.example: bị từ chối (550 khong co hop thu nay)" in done.output


@pytest.mark.parametrize("change", ["new", "gone", "other"])
def test_an_outbox_older_than_the_inbox_does_not_go_out(tmp_path: Path, change: str) -> None:
    published(tmp_path)
    inbox = tmp_path / "inbox"
    if change == "gone":
        (inbox / "thcs.xlsx").unlink()
    else:
        drop(inbox, {"thon-3.xlsx" if change == "new" else "thcs.xlsx": form("thon-3")})
    done = thidua(tmp_path, "send")
    assert isinstance(done.exception, UserFault)
    drop(inbox, INBOX)
    (inbox / "thon-3.xlsx").unlink(missing_ok=True)
    (inbox / "~$thon-1.xlsx").write_bytes(b"")  # somebody has it open
    assert thidua(tmp_path, "send").exit_code == 0


def test_two_at_once_send_nothing_twice(tmp_path: Path) -> None:
    with server() as running:
        mail = MAIL | {"smtp": {"host": "127.0.0.1", "port": running.port, "security": "none"}}
        published(tmp_path, mail, EMAILS | {"thon-3": "thon3@xa.example"})
        where = ["--rules", "rules", "--inbox", "inbox", "--outbox", "outbox", "--round", "tong-ket"]
        words = [sys.executable, "-m", "pipeline", "send", "--feedback", "--yes", *where, "--now", NOW.isoformat()]
        environment = os.environ | {"PYTHONPATH": str(Path(posts.__file__).parents[2])}
        both = [
            subprocess.Popen(words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for _one in range(2)
        ]
        told = [process.communicate(timeout=60)[0].decode() for process in both]
        assert [process.returncode for process in both] == [0, 0], told
        assert sorted(address for address, _content in running.taken) == ["thon1@xa.example", "thon2@xa.example"]


def test_units_that_share_an_address_have_letters_of_their_own(tmp_path: Path) -> None:
    rules = published(tmp_path, MAIL, dict.fromkeys(("thon-3", "thon-4", "thon-5"), "chung@xa.example"))
    made = [each for each in posts.reminders(of(tmp_path, rules)) if each.address == "chung@xa.example"]
    assert len({each.key for each in made}) == 3
    assert len({parsed(message(each, rules.plan, NOW).as_bytes())["Message-ID"] for each in made}) == 3


def test_a_unit_that_left_the_plan_asks_for_another_run(tmp_path: Path) -> None:
    published(tmp_path)
    bloc = tmp_path / "rules" / "blocs" / "thon.yaml"
    rules = json.loads(bloc.read_text(encoding="utf-8"))
    rules["units"] = [unit for unit in rules["units"] if unit["code"] != "thon-5"]
    bloc.write_text(json.dumps(rules, ensure_ascii=False), encoding="utf-8")
    assert isinstance(thidua(tmp_path, "remind").exception, UserFault)


def test_before_any_run_there_is_nothing_to_send(tmp_path: Path) -> None:
    write_year(tmp_path / "rules")
    drop(tmp_path / "inbox", {})
    done = thidua(tmp_path, "send")
    assert isinstance(done.exception, UserFault)
    assert not (tmp_path / "outbox").exists()


def test_a_plan_without_mail_has_none() -> None:
    assert Mail(sender="a@b.example").smtp is None
