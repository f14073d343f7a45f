"""A public set and a unit's proof lead to the code that was announced, or what does not is told."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.errors import ExitCode
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess, publish, publish_public
from pipeline.state.published_digest import Proof
from tests.filled import NOW, drop, form
from tests.small import rules

FORMS = {
    "thon-1.xlsx": form("thon-1"),
    "thon-2.xlsx": form("thon-2", {"KT1": {"target": 100, "actual": 50}}),
    "thcs.xlsx": form("thcs"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An outbox and its public set in one folder, and the code that the run told."""
    base, of = tmp_path_factory.mktemp("published"), rules().plan.round("tong-ket")
    assert of
    inbox, book = drop(base / "inbox", FORMS), base / "a.sqlite"
    found = assess(RoundContext(rules(), of), inbox, book, NOW, jobs=1)
    publish(found, base / "outbox", book, NOW)
    _kept, code = publish_public(found.outcome, base / "public")
    return base, code


@pytest.fixture
def base(made: tuple[Path, str], tmp_path: Path) -> Path:
    for name in ("outbox", "public"):
        shutil.copytree(made[0] / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def code(made: tuple[Path, str]) -> str:
    return made[1]


def verify(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["verify", *map(str, words)])


def exit_code(done: Result) -> int:
    """As the command ends in a terminal, where a fault is put into words."""
    return int(getattr(done.exception, "exit_code", done.exit_code))


def forge(folder: Path, name: str, was: bytes, now: bytes) -> None:
    """Change an output, and the manifest so that it fits."""
    path, listed = folder / name, folder / "manifest.json"
    content = path.read_bytes()
    assert was in content
    path.write_bytes(content.replace(was, now, 1))
    stated = json.loads(listed.read_text(encoding="utf-8"))
    stated["outputs"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
    listed.write_text(json.dumps(stated), encoding="utf-8")


def proof_of(base: Path, unit: str) -> Path:
    return base / "outbox" / "chung-minh" / f"{unit}.json"


def test_outbox_and_public_set_have_one_code_and_each_is_found_from_its_own(base: Path, code: str) -> None:
    for folder in ("outbox", "public"):
        assert json.loads((base / folder / "manifest.json").read_text(encoding="utf-8"))["digest"] == code
    assert verify(base / "public", "--digest", code).exit_code == ExitCode.OK
    short = f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:16]}"
    assert short in (base / "public" / "trang" / "cong-khai.html").read_text(encoding="utf-8")
    assert verify(base / "public", "--digest", short.upper()).exit_code == ExitCode.OK


def test_line_ends_and_files_of_the_system_do_no_harm(base: Path, code: str) -> None:
    for path in (base / "public").rglob("*.*"):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    (base / "public" / "Thumbs.db").write_bytes(b"\0")
    done = verify(base / "public", "--digest", code)
    assert done.exit_code == ExitCode.OK, done.output
    assert "Thumbs.db" in done.output
    assert "standings.csv: cùng nội dung chữ" in done.output


@pytest.mark.parametrize(
    ("name", "was", "now"),
    [
        ("so-lieu/standings.csv", b"thon,thon-1,1,", b"thon,thon-1,2,"),
        ("so-lieu/groups.csv", b"thon,thon-1,I,", b"thon,thon-2,I,"),
        ("so-lieu/standings.csv", b",rank,", b",rank,rank,"),
        ("so-lieu/standings.csv", b"\r\nthon,thon-1,", b'\r\nthon,"thon-1\r\n",'),
    ],
)
def test_a_table_that_was_changed_leads_to_another_code(base: Path, name: str, was: bytes, now: bytes) -> None:
    forge(base / "public", name, was, now)
    done = verify(base / "public")
    assert done.exit_code == ExitCode.DIFFERS
    assert "cho ra mã" in done.output


@pytest.mark.parametrize("key", ["as_of", "fingerprints", "hidden", "plan", "digest"])
def test_so_does_what_the_manifest_says_of_the_round(base: Path, key: str) -> None:
    path = base / "public" / "manifest.json"
    stated = json.loads(path.read_text(encoding="utf-8"))
    stated[key] = {"thon": "0"} if isinstance(stated[key], dict) else stated[key].replace("2", "3", 1)
    path.write_text(json.dumps(stated), encoding="utf-8")
    assert verify(base / "public").exit_code == ExitCode.DIFFERS


def test_a_set_that_was_made_anew_has_not_the_code_announced(base: Path, code: str) -> None:
    done = verify(base / "public", "--digest", code[::-1])
    assert done.exit_code == ExitCode.DIFFERS
    assert code[::-1] in done.output


def test_a_unit_proves_its_own_points_by_the_code_alone(base: Path, code: str) -> None:
    done = verify("--proof", proof_of(base, "thon-2"), "--digest", code)
    assert done.exit_code == ExitCode.OK, done.output
    assert "KT1: 20 điểm" in done.output  # 50 of 100, of 40 points
    assert verify("--proof", proof_of(base, "thcs"), base / "public").exit_code == ExitCode.OK


def test_a_proof_with_another_point_proves_nothing(base: Path, code: str) -> None:
    path = proof_of(base, "thon-2")
    path.write_text(path.read_text(encoding="utf-8").replace('"points": "20"', '"points": "40"'), encoding="utf-8")
    done = verify("--proof", path, "--digest", code)
    assert done.exit_code == ExitCode.DIFFERS
    assert "không chứng minh được gì" in done.output


def test_published_points_of_a_group_must_be_the_sum_of_the_proofs(base: Path) -> None:
    forge(base / "public", "so-lieu/groups.csv", b"thon,thon-2,I,base,40", b"thon,thon-2,I,base,41")
    done = verify("--proof", proof_of(base, "thon-2"), base / "public")
    assert done.exit_code == ExitCode.DIFFERS
    assert "đã công bố 41" in done.output


def test_neither_a_proof_nor_the_public_set_helps_to_guess_the_points_of_others(base: Path) -> None:
    hashes = {unit: hashlib.sha256(FORMS[f"{unit}.xlsx"]).hexdigest() for unit in ("thon-1", "thon-2", "thcs")}
    texts = [path.read_text(encoding="utf-8") for path in (base / "public").rglob("*.*")]
    assert not any(each in text for each in hashes.values() for text in texts)
    own = proof_of(base, "thon-2").read_text(encoding="utf-8")
    assert hashes["thon-2"] in own
    assert hashes["thon-1"] not in own
    assert "thon-1" not in own
    salts = {Proof.model_validate_json(proof_of(base, unit).read_text(encoding="utf-8")).salt for unit in hashes}
    assert len(salts) == 3


@pytest.mark.parametrize(
    "text", ["", "[]", "[" * 100_000, '{"format": "thidua-proof"}', "\0", '{"beside": [["up", "x"]]}']
)
def test_what_is_no_proof_is_the_users_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert exit_code(verify("--proof", tmp_path / "a.json", "--digest", "0" * 64)) == ExitCode.RULES_OR_FLAGS


@pytest.mark.parametrize(
    "words", [(), ("--proof", "thon-2"), ("--proof", "thon-2", "--digest", "0123"), ("public", "--digest", "số")]
)
def test_what_cannot_be_compared_is_the_users_fault(base: Path, words: tuple[str, ...]) -> None:
    named = {"thon-2": proof_of(base, "thon-2"), "public": base / "public"}
    assert exit_code(verify(*(named.get(word, word) for word in words))) == ExitCode.RULES_OR_FLAGS
