"""Whether a published outbox follows from inbox and rules: told right, and told where it does not."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import unicodedata
import zipfile
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.errors import ExitCode
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import load_rules
from pipeline.run import Assessment, assess, publish
from pipeline.state import ledger
from tests.filled import NOW, drop, form
from tests.small import write_year

FILES = {
    "thon-1.xlsx": form("thon-1"),
    "thon-2.xlsx": form("thon-2", {"KT1": {"target": 100, "actual": 50}}),
    "thcs.xlsx": form("thcs", {"GD1": {"actual": "x"}}),
}


def published(base: Path, files: dict[str, bytes]) -> Assessment:
    """A run on these files; rules, inbox, outbox and ledger lie below ``base``."""
    rules = load_rules(write_year(base / "rules"))
    of = rules.plan.round("tong-ket")
    assert of
    assessment = assess(RoundContext(rules, of), drop(base / "inbox", files), base / "a.sqlite", NOW, jobs=1)
    publish(assessment, base / "outbox", base / "a.sqlite", NOW)
    return assessment


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules, inbox and outbox of one run, in one folder."""
    base = tmp_path_factory.mktemp("published")
    published(base, FILES)
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
    return [line.removeprefix("- ") for line in takewhile(lambda line: line[:2] == "- ", done.output.splitlines()[1:])]


def remarks(done: Result) -> list[str]:
    """What was told though the outbox follows from inbox and rules."""
    assert done.exit_code == ExitCode.OK, done.output
    return [line.removeprefix("- ") for line in done.output.splitlines()[2:]]


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


@pytest.mark.parametrize(
    "table", [b"file\r\nx\r\n", b"file,sha256,first_seen\r\nx,0,soon\r\n", b"file,sha256\r\nx\r\n", b"\xff"]
)
def test_a_register_that_was_spoilt_is_told_and_no_bug(base: Path, table: bytes) -> None:
    forge(base, "so-lieu/register.csv", table)
    assert any("register.csv" in sentence for sentence in sentences(verify(base)))


def test_another_version_is_told_where_it_comes_to_something_else(base: Path) -> None:
    forge(base, "so-lieu/groups.csv", b"bloc\r\n")
    path = base / "outbox" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"thidua": "', '"thidua": "0.0.'), encoding="utf-8")
    done = verify(base)
    assert sentences(done)
    assert "- kết quả do phiên bản 0.0." in done.output


def test_what_is_no_outbox_is_the_users_fault(base: Path) -> None:
    (base / "outbox" / "manifest.json").unlink()
    done = verify(base)
    assert done.exception is not None
    assert getattr(done.exception, "exit_code", None) == ExitCode.RULES_OR_FLAGS


# --- the same content in other bytes ----------------------------------------------------------------------


def packed_anew(path: Path, change: Callable[[str, bytes], bytes] = lambda _name, part: part) -> bytes:
    """A zip's parts in the opposite order, not deflated, with another time."""
    anew = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(anew, "w", zipfile.ZIP_STORED) as new:
        for part in reversed(old.namelist()):
            new.writestr(zipfile.ZipInfo(part, (2024, 2, 29, 12, 0, 0)), change(part, old.read(part)))
    return anew.getvalue()


def test_what_mail_git_and_a_mac_do_to_files_is_told_as_that_and_passes(base: Path) -> None:
    outbox, inbox, rules = base / "outbox", base / "inbox", base / "rules"
    for path in (*rules.rglob("*.yaml"), outbox / "manifest.json"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    for path in (outbox / "so-lieu").glob("*.csv"):
        path.write_bytes(path.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"))
    for path in (outbox / "ban-tin.txt", outbox / "trang" / "index.html"):
        path.write_text(unicodedata.normalize("NFD", path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in outbox.rglob("*.xlsx"):
        path.write_bytes(packed_anew(path))
        with zipfile.ZipFile(path, "a") as package:
            package.mkdir("xl")  # as programs that pack folders do
    for folder in (outbox, inbox, rules, rules / "blocs", outbox / "so-lieu"):
        for name in (".DS_Store", "Thumbs.db", "~$thon.yaml", "._thon.yaml"):
            (folder / name).write_bytes(b"\0\5\x16\7")
    said = "\n".join(remarks(verify(base)))
    assert "tệp quy định plan.yaml: cùng nội dung chữ, chỉ khác" in said
    assert "cùng các thành phần bên trong, chỉ được nén lại" in said
    assert ".DS_Store" in said


def test_names_as_a_mac_stores_them_pass_and_a_lock_file_that_is_gone_too(tmp_path: Path) -> None:
    rules = load_rules(write_year(tmp_path / "rules"))
    of = rules.plan.round("tong-ket")
    assert of
    inbox, book = drop(tmp_path / "inbox", {"Thôn Một.xlsx": form("thon-1")}), tmp_path / "a.sqlite"
    (inbox / "~$Thôn Một.xlsx").write_bytes(b"open")
    publish(assess(RoundContext(rules, of), inbox, book, NOW, jobs=1), tmp_path / "outbox", book, NOW)
    (inbox / "~$Thôn Một.xlsx").unlink()
    (inbox / "Thôn Một.xlsx").rename(inbox / unicodedata.normalize("NFD", "Thôn Một.xlsx"))
    assert len(remarks(verify(tmp_path))) == 3


def test_a_value_changed_in_a_workbook_that_was_packed_anew_is_told(base: Path) -> None:
    path = base / "outbox" / "xep-hang.xlsx"
    path.write_bytes(packed_anew(path, lambda _name, part: part.replace("Thôn 2".encode(), "Thôn 9".encode())))
    first, second = sentences(verify(base))
    assert first == "xep-hang.xlsx trong thư mục kết quả đã bị sửa sau lần chạy"
    assert "đang ghi “Thôn 9" in second


@pytest.mark.parametrize(("was", "now"), [(b"\r\nthon,thon-1,", b'\r\nthon,"thon-1\r\n",'), (b"thon-1", b"thon-01")])
def test_a_line_end_within_a_cell_is_content(base: Path, was: bytes, now: bytes) -> None:
    table = base / "outbox" / "so-lieu" / "standings.csv"
    content = table.read_bytes()
    assert was in content
    table.write_bytes(content.replace(was, now, 1).replace(b"\xef\xbb\xbf", b""))
    assert sentences(verify(base))[0] == "so-lieu/standings.csv trong thư mục kết quả đã bị sửa sau lần chạy"


def test_a_form_packed_anew_is_another_piece_of_evidence(base: Path) -> None:
    path = base / "inbox" / "thon-1.xlsx"
    path.write_bytes(packed_anew(path))
    assert sentences(verify(base)) == ["thon-1.xlsx trong thư mục inbox đã thay đổi sau lần chạy"]


def with_other_writer(base: Path, change: Callable[[str, bytes], bytes]) -> None:
    """The outbox as another XlsxWriter would have made it, and its manifest to match."""
    for path in (base / "outbox").rglob("*.xlsx"):
        forge(base, path.relative_to(base / "outbox").as_posix(), packed_anew(path, change))
    path = base / "outbox" / "manifest.json"
    stated = json.loads(path.read_text(encoding="utf-8")) | {"xlsxwriter": "3.2.0"}
    path.write_text(json.dumps(stated), encoding="utf-8")


def other_application(name: str, part: bytes) -> bytes:
    return part.replace(b"12.0000", b"16.0300") if name == "docProps/app.xml" else part


def test_another_xlsxwriter_passes_where_every_cell_is_the_same(base: Path) -> None:
    with_other_writer(base, other_application)
    said = "\n".join(remarks(verify(base)))
    assert "do phiên bản khác của XlsxWriter ghi" in said
    assert "3.2.0" in said


def test_another_xlsxwriter_excuses_no_other_formula(base: Path) -> None:
    def other_formula(name: str, part: bytes) -> bytes:
        return part.replace(b"<f>ROUND(", b"<f>1+ROUND(", 1) if "worksheets/sheet" in name else part

    with_other_writer(base, other_formula)
    assert sentences(verify(base))


# --- the manifest's own facts -----------------------------------------------------------------------------


def test_whatever_else_the_manifest_says_is_made_anew_too(base: Path) -> None:
    path = base / "outbox" / "manifest.json"
    false = {
        "approved": "by the council",
        "as_of": "2023-12-01T00:00:00+07:00",
        "fingerprints": {"thon": "0" * 16},
        "language": "fr",
        "plan": "KH-2022",
        "public": False,
    }
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | false), encoding="utf-8")
    assert [sentence.split("“")[1].split("”")[0] for sentence in sentences(verify(base))] == sorted(false)


def test_a_key_that_stands_in_the_manifest_twice_makes_it_none(base: Path) -> None:
    path = base / "outbox" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace("{", '{"plan": "KH-2022",', 1), encoding="utf-8")
    assert getattr(verify(base).exception, "exit_code", None) == ExitCode.RULES_OR_FLAGS
