"""Whether a published outbox follows from inbox and rules: told right, and told where it does not."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.errors import ExitCode
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import load_rules
from pipeline.run import assess, publish
from pipeline.state import ledger
from tests.filled import NOW, drop, form
from tests.small import write_year

FILES = {
    "thon-1.xlsx": form("thon-1"),
    "thon-2.xlsx": form("thon-2", {"KT1": {"target": 100, "actual": 50}}),
    "thcs.xlsx": form("thcs", {"GD1": {"actual": "x"}}),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules, inbox and outbox of one run, in one folder."""
    base = tmp_path_factory.mktemp("published")
    rules = load_rules(write_year(base / "rules"))
    of = rules.plan.round("tong-ket")
    assert of
    inbox, outbox = drop(base / "inbox", FILES), base / "outbox"
    publish(assess(RoundContext(rules, of), inbox, base / "a.sqlite", NOW, jobs=1), outbox, base / "a.sqlite", NOW)
    assert ledger.first_seen(base / "a.sqlite", ledger.RoundKey(2023, "tong-ket"))
    return base


@pytest.fixture
def base(made: Path, tmp_path: Path) -> Path:
    """The same in another place, without the ledger: as somebody has it to whom it was sent."""
    for name in ("rules", "inbox", "outbox"):
        shutil.copytree(made / name, tmp_path / name)
    return tmp_path


def verify(base: Path) -> Result:
    flags = [str(base / "outbox"), "--rules", str(base / "rules"), "--inbox", str(base / "inbox")]
    return CliRunner().invoke(cli, ["verify", *flags])


def sentences(done: Result) -> list[str]:
    assert done.exit_code == ExitCode.DIFFERS, done.output
    return [line.removeprefix("- ") for line in done.output.splitlines()[1:]]


def test_an_outbox_follows_from_inbox_and_rules_wherever_they_lie(base: Path) -> None:
    before = {path: path.read_bytes() for path in base.rglob("*") if path.is_file()}
    done = verify(base)
    assert done.exit_code == ExitCode.OK, done.output
    assert {path: path.read_bytes() for path in base.rglob("*") if path.is_file()} == before


def test_a_note_on_who_mailed_a_form_follows_from_the_outbox_too(tmp_path: Path) -> None:
    def with_addresses(data: Any) -> Any:
        units = [{**unit, "email": f"{unit['code']}@xa.example"} for unit in data.get("units", ())]
        return {**data, "units": units} if units else data

    rules = load_rules(write_year(tmp_path / "rules", with_addresses))
    of = rules.plan.round("tong-ket")
    assert of
    context, book = RoundContext(rules, of), tmp_path / "a.sqlite"
    forms = {f"{unit}.xlsx": form(unit, rules=rules) for unit in ("thon-1", "thon-2")}
    inbox = drop(tmp_path / "inbox", forms)
    for (name, content), sender in zip(forms.items(), ("thon-2@xa.example", "mau@example.com"), strict=True):
        is_proved = sender != "mau@example.com"  # that one came as a saved letter
        mailed = ledger.MailedFile(hashlib.sha256(content).hexdigest(), name, sender, NOW, is_proved)
        ledger.remember_mailed(book, ledger.round_key(context), mailed)
    assessment = assess(context, inbox, book, NOW, jobs=1)
    assert assessment.outcome.findings["code"].tolist() == ["sender-of-other", "sender-unknown"]
    assert assessment.outcome.register["received_from"].tolist() == ["mail", "saved_letter"]
    publish(assessment, tmp_path / "outbox", book, NOW)
    written = (tmp_path / "outbox" / "so-lieu" / "findings.csv").read_text(encoding="utf-8")
    assert "mau@example.com" not in written
    done = verify(tmp_path)
    assert done.exit_code == ExitCode.OK, done.output


def test_what_was_altered_later_is_named(base: Path) -> None:
    (base / "outbox" / "so-lieu" / "scores.csv").unlink()
    (base / "outbox" / "tong-hop.xlsx").write_bytes(b"another")
    (base / "outbox" / "moi.txt").write_text("slipped in", encoding="utf-8")
    (base / "inbox" / "thon-1.xlsx").write_bytes(FILES["thon-2.xlsx"])
    (base / "inbox" / "thon-2.xlsx").unlink()
    (base / "inbox" / "thon-3.xlsx").write_bytes(form("thon-3"))
    rule = base / "rules" / "plan.yaml"
    rule.write_text(rule.read_text(encoding="utf-8") + "\n# later\n", encoding="utf-8")
    assert sentences(verify(base)) == [
        "moi.txt được thêm vào thư mục kết quả sau lần chạy",
        "Thiếu so-lieu/scores.csv trong thư mục kết quả, trong khi manifest.json có ghi tệp này",
        "tong-hop.xlsx trong thư mục kết quả đã bị sửa sau lần chạy",
        "thon-1.xlsx trong thư mục inbox đã thay đổi sau lần chạy",
        "thon-2.xlsx không còn trong thư mục inbox",
        "thon-3.xlsx vào thư mục inbox sau lần chạy",
        "tệp quy định plan.yaml đã thay đổi sau lần chạy",
    ]


def forge(base: Path, name: str, content: bytes) -> None:
    """Change an output, and the manifest so that it fits."""
    (base / "outbox" / name).write_bytes(content)
    path = base / "outbox" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["outputs"][name] = hashlib.sha256(content).hexdigest()
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_a_forged_workbook_is_told_with_its_cell_though_the_manifest_fits(base: Path) -> None:
    path = base / "outbox" / "tong-hop.xlsx"
    book = openpyxl.load_workbook(path)
    sheet, cell = next(
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == "Thôn 2"
    )
    forged = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(forged, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, content.replace(">Thôn 2<".encode(), ">Thôn 9<".encode()))
    forge(base, "tong-hop.xlsx", forged.getvalue())
    assert sentences(verify(base)) == [
        f"tong-hop.xlsx, trang tính “{sheet}”, ô {cell}: đang ghi “Thôn 9”, chạy lại thì được “Thôn 2”"
    ]


def test_a_forged_line_of_a_table_is_told_with_its_number(base: Path) -> None:
    table = base / "outbox" / "so-lieu" / "standings.csv"
    lines = table.read_bytes().split(b"\r\n")
    place = next(number for number, line in enumerate(lines) if b"thon-2" in line)
    was, lines[place] = lines[place].decode(), lines[place].replace(b"thon-2", b"thon-4")
    forge(base, "so-lieu/standings.csv", b"\r\n".join(lines))
    stands = lines[place].decode()
    assert sentences(verify(base)) == [
        f"so-lieu/standings.csv, dòng {place + 1}: đang ghi “{stands}”, chạy lại thì được “{was}”"
    ]


def test_another_version_is_told_where_it_comes_to_something_else(base: Path) -> None:
    forge(base, "so-lieu/groups.csv", b"bloc\r\n")
    path = base / "outbox" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"thidua": "', '"thidua": "0.0.'), encoding="utf-8")
    assert sentences(verify(base))[1].startswith("kết quả do phiên bản 0.0.")


def test_what_is_no_outbox_is_the_users_fault(base: Path) -> None:
    (base / "outbox" / "manifest.json").unlink()
    done = verify(base)
    assert done.exception is not None
    assert getattr(done.exception, "exit_code", None) == ExitCode.RULES_OR_FLAGS
