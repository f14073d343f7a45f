"""Through Debian's own mail server and back: what goes out is what comes in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from imap_tools import MailMessage

from pipeline.cli import cli
from pipeline.mail import fetching, unpacking
from pipeline.rules.round_context import RoundContext
from tests.filled import NOW
from tests.mail.exim import Exim, exim, needs_exim
from tests.mail.outgoing import parsed, published

pytestmark = needs_exim


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Exim]:
    with exim() as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
        yield running


def test_results_arrive_whole_and_come_back_with_the_servers_time(server: Exim, tmp_path: Path) -> None:
    smtp = {"host": "localhost", "port": server.port, "security": "starttls"}
    emails = {
        "Phòng Nội vụ huyện": "noivu@huyen.example",
        "Thường trực Đảng ủy": "nobody@xa.example",  # whom the server does not know
        "thon-2": "thon2@xa.example",
    }
    rules = published(tmp_path, {"sender": "vanphong@xa.example", "smtp": smtp}, emails)
    where = ["--rules", str(tmp_path / "rules"), "--inbox", str(tmp_path / "inbox")]
    where += ["--outbox", str(tmp_path / "outbox"), "--round", "tong-ket", "--now", NOW.isoformat()]
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    done = CliRunner().invoke(cli, ["send", "--yes", *where])
    assert done.exit_code == 4, done.output
    assert "nobody@xa.example: bị từ chối (550 no such mailbox)" in done.output
    assert CliRunner().invoke(cli, ["send", "--feedback", "--yes", *where]).exit_code == 0

    outbox = tmp_path / "outbox"
    arrived = {str(parsed(each)["To"]): each for each in server.taken(2)}
    assert set(arrived) == {"Phòng Nội vụ huyện <noivu@huyen.example>", "Thôn 2 <thon2@xa.example>"}
    report = parsed(arrived["Phòng Nội vụ huyện <noivu@huyen.example>"])
    assert report["Subject"] == "Xã Mẫu: kết quả Tổng kết năm"
    attached = {part.get_filename(): part.get_content() for part in report.iter_attachments()}
    assert attached == {name: (outbox / name).read_bytes() for name in ("tong-hop.xlsx", "xep-hang.xlsx")}

    letters = [unpacking.read(MailMessage.from_bytes(each)) for each in arrived.values()]
    assert all(each.received and before <= each.received <= dt.datetime.now(dt.UTC) for each in letters)
    now = dt.datetime.now(rules.plan.zone)
    round_ = rules.plan.round("tong-ket")
    assert round_
    context = RoundContext(rules, round_)
    came = fetching.store(letters, tmp_path / "back", tmp_path / "b.sqlite", context, now).stored
    assert sorted(each.file.rpartition("_")[2] for each in came) == ["thon-2.xlsx", "tong-hop.xlsx", "xep-hang.xlsx"]
    marked = next(each.file for each in came if each.file.endswith("thon-2.xlsx"))
    assert (tmp_path / "back" / marked).read_bytes() == (outbox / "phan-hoi" / "thon-2.xlsx").read_bytes()
