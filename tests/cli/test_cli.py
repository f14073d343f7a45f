"""The commands as a person runs them: what they print, what they write, how they end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.cli import cli
from pipeline.errors import ExitCode
from tests.conftest import KEY
from tests.filled import RULES, drop, form
from tests.places import ROOT
from tests.small import write_year

YEAR = Path("rules/2023").resolve()

Done = subprocess.CompletedProcess[str]


def process(*args: str | Path, env: dict[str, str] | None = None, cwd: Path = ROOT) -> Done:
    """Run the command as a process of its own, in the folder ``cwd``; ``env`` is added to the environment."""
    command = [sys.executable, "-m", "pipeline", *map(str, args)]
    around = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, env=around, check=False)


@pytest.fixture
def thidua(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run the command in this process, from the program's entry point to its exit code."""
    monkeypatch.chdir(ROOT)

    def run(*args: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["thidua", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return subprocess.CompletedProcess(args, int(ended.value.code or 0), shown.out, shown.err)

    return run


@pytest.fixture
def small_year(tmp_path: Path) -> Path:
    """The small year's rules as files, for a command needs files."""
    return write_year(tmp_path / "rules" / "2023")


def test_every_command_and_option_has_help() -> None:
    for name, command in cli.commands.items():
        assert command.help, name
        for parameter in command.params:
            assert parameter.param_type_name == "argument" or getattr(parameter, "help", ""), (name, parameter.name)


def test_the_contract_of_names_and_flags() -> None:
    options = {
        name: sorted(
            flag
            for parameter in command.params
            for flag in parameter.opts
            if flag.startswith("--") and flag not in ("--help", "--lang")
        )
        for name, command in cli.commands.items()
    }
    assert options["check"] == ["--rules"]
    assert options["forms"] == ["--outbox", "--round", "--rules", "--unit"]
    assert options["run"] == ["--inbox", "--jobs", "--now", "--outbox", "--public", "--round", "--rules", "--strict"]
    assert {"status", "explain"} < set(options)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, runpy; sys.argv = ['thidua', '--help']\ntry: runpy.run_module('pipeline', run_name='__main__')\n"
    )
    code += "except SystemExit: pass\n"
    code += "print([name for name in ('pandas', 'numpy', 'pydantic', 'xlsxwriter', 'rich') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("folder", ["inbox", "inbox/2023/tong-ket", "rules/phieu"])
def test_forms_are_not_written_among_what_is_not_ours(
    tmp_path: Path, small_year: Path, thidua: Callable[..., Done], folder: str
) -> None:
    rules = small_year if "rules" not in folder else write_year(tmp_path / "rules")
    done = thidua("forms", "--rules", rules, "--round", "tong-ket", "--outbox", tmp_path / folder)
    assert done.returncode == ExitCode.RULES_OR_FLAGS
    assert "lồng vào nhau" in done.stderr
    assert "Đề nghị chọn một thư mục riêng bằng --outbox." in done.stderr
    assert list(tmp_path.rglob("*.xlsx")) == []


def test_a_year_from_forms_to_outbox(tmp_path: Path, small_year: Path, thidua: Callable[..., Done]) -> None:
    flags = ("--rules", small_year, "--round", "tong-ket")
    forms = process("forms", *flags, "--outbox", tmp_path / "phieu", cwd=tmp_path)
    assert forms.returncode == 0, forms.stderr
    assert (tmp_path / "outbox" / "khoa-con-dau.txt").exists(), "what the forms were sealed with"
    written = sorted(path.relative_to(tmp_path / "phieu").as_posix() for path in (tmp_path / "phieu").rglob("*.xlsx"))
    assert written == sorted(f"{bloc.code}/{unit}.xlsx" for unit, (bloc, _unit) in RULES.units.items())

    inbox = drop(
        tmp_path / "inbox", {"thon-1.xlsx": form("thon-1"), "thon-2.xlsx": form("thon-2", {"KT1": {"actual": "x"}})}
    )
    out = tmp_path / "out"
    flags = (*flags, "--inbox", inbox, "--now", "2023-12-08T09:30")
    status = thidua("status", *flags, "--outbox", out)
    assert status.returncode == 0, status.stderr
    assert not out.exists(), "status writes nothing"

    done = process("run", *flags, "--outbox", out)
    assert done.returncode == 0, done.stderr
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()) == [
        "ban-tin.txt",
        "chung-minh/thon-1.json",
        "hoi-dong/thon.xlsx",
        "khoa-con-dau.txt",
        "manifest.json",
        "phan-hoi/thon-2.xlsx",
        "so-cai.sqlite",
        "so-lieu/changes.csv",
        "so-lieu/collective_awards.csv",
        "so-lieu/findings.csv",
        "so-lieu/firmness.csv",
        "so-lieu/groups.csv",
        "so-lieu/individual_awards.csv",
        "so-lieu/models.csv",
        "so-lieu/movements.csv",
        "so-lieu/ranks_without.csv",
        "so-lieu/register.csv",
        "so-lieu/results.csv",
        "so-lieu/roster.csv",
        "so-lieu/scores.csv",
        "so-lieu/side_by_side.csv",
        "so-lieu/standings.csv",
        "so-tiep-nhan.xlsx",
        "tham-dinh/thon.xlsx",
        "tong-hop.xlsx",
        "trang/cong-khai.html",
        "trang/index.html",
        "xep-hang.xlsx",
    ]
    assert "Thôn 2" in done.stdout
    assert thidua("run", *flags, "--outbox", out, "--strict").returncode == 3
    explained = thidua("explain", "thon-1", "KT1", *flags, "--outbox", out)
    assert explained.returncode == 0, explained.stderr
    assert all(part in explained.stdout for part in ("thon-1.xlsx", "38", "95"))
    explained = thidua("explain", "--why-not", "thon-1", *flags, "--outbox", out)
    assert explained.returncode == 0, explained.stderr
    assert "Không có đơn vị nào trong khối xếp trên." in explained.stdout


def test_two_runs_of_the_same_inbox_are_byte_identical(tmp_path: Path) -> None:
    """In other folders, time zones, locales and hash seeds, with other counts of workers."""
    forms = {"thon-1.xlsx": form("thon-1"), "thon-2.xlsx": form("thon-2", {"KT1": {"actual": "x"}})}
    surroundings = (
        ("a", "1", {"TZ": "Asia/Ho_Chi_Minh", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}),
        ("b/thư mục", "2", {"TZ": "Pacific/Honolulu", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"}),
    )
    made = []
    for name, jobs, env in surroundings:
        base = tmp_path / name
        out, rules, inbox = base / "out", write_year(base / "rules"), drop(base / "inbox", forms)
        drop(out, {"khoa-con-dau.txt": KEY.secret.hex().encode()})
        flags = ("--rules", rules, "--round", "tong-ket", "--inbox", inbox, "--outbox", out, "--jobs", jobs)
        done = process("run", *flags, "--now", "2023-12-08T09:30+07:00", env=env)
        assert done.returncode == 0, done.stderr
        files = [path for path in out.rglob("*") if path.is_file() and path.name != "so-cai.sqlite"]
        made.append({path.relative_to(out).as_posix(): path.read_bytes() for path in files})
    first, second = made
    assert {"phan-hoi/thon-2.xlsx", "xep-hang.xlsx", "manifest.json"} <= set(first)
    assert [name for name in {*first, *second} if first.get(name) != second.get(name)] == []


def test_a_later_run_leaves_what_did_not_change_as_it_was(
    tmp_path: Path, small_year: Path, thidua: Callable[..., Done]
) -> None:
    inbox, out = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1")}), tmp_path / "out"
    flags = ("--rules", small_year, "--round", "tong-ket", "--inbox", inbox, "--outbox", out)
    assert thidua("run", *flags, "--now", "2023-12-08T09:30").returncode == 0
    before = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert thidua("run", *flags, "--now", "2024-02-01T10:00").returncode == 0
    assert {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("run", "--rules", "no/such/folder"), "no/such/folder"),
        (("run", "--round", "khong-co"), "khong-co"),
        (("run", "--now", "hôm qua"), "hôm qua"),
        (("run", "--inbox", "no/such/inbox"), "no/such/inbox"),
        (("run", "--khong-co"), "--khong-co"),
        (("forms",), "--round"),
        (("forms", "--round", "tong-ket", "--unit", "thon-99"), "thon-99"),
        (("explain", "thon-99"), "thon-99"),
        (("explain", "thon-1", "KT1", "--why-not"), "--why-not"),
        (("run", "--jobs", "0"), "--jobs"),
        (("run", "--outbox", "rules"), "rules"),
    ],
)
def test_wrong_flags_end_with_2_a_sentence_and_a_remedy(
    args: tuple[str, ...], named: str, thidua: Callable[..., Done]
) -> None:
    done = thidua(*args)
    assert done.returncode == 2, done.stdout + done.stderr
    first, remedy = done.stderr.splitlines()[:2]
    assert named in first
    assert remedy.startswith("→ ")
    assert "Traceback" not in done.stderr


def test_wrong_rules_end_with_2_and_name_every_line(
    tmp_path: Path, small_year: Path, thidua: Callable[..., Done]
) -> None:
    plan = small_year / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace('"decimals"', '"decimal"').replace('"2023-03-15"', '"2023-01-15"'), encoding="utf-8")
    lines = plan.read_text(encoding="utf-8").splitlines()
    done = thidua("check", "--rules", small_year)
    assert done.returncode == 2
    misspelt = next(number for number, line in enumerate(lines, start=1) if '"decimal"' in line)
    assert f"{plan}:{misspelt}: " in done.stderr
    assert "decimals" in done.stderr


def test_an_outbox_that_is_not_ours_is_never_touched(
    tmp_path: Path, small_year: Path, thidua: Callable[..., Done]
) -> None:
    inbox = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1")})
    photos = drop(tmp_path / "photos", {"wedding.jpg": b"\xff\xd8\xff"})
    done = thidua("run", "--rules", small_year, "--round", "tong-ket", "--inbox", inbox, "--outbox", photos)
    assert done.returncode == 2
    assert [path.name for path in photos.iterdir()] == ["wedding.jpg"]


def test_an_outbox_that_is_a_file_is_refused(tmp_path: Path, small_year: Path, thidua: Callable[..., Done]) -> None:
    inbox = drop(tmp_path / "inbox", {"thon-1.xlsx": form("thon-1")})
    (tmp_path / "file").write_text("x")
    done = thidua("run", "--rules", small_year, "--round", "tong-ket", "--inbox", inbox, "--outbox", tmp_path / "file")
    assert done.returncode == 2, done.stderr
    assert (tmp_path / "file").read_text() == "x"


def test_rules_are_the_newest_year_and_the_round_the_open_or_latest_one(thidua: Callable[..., Done]) -> None:
    status = thidua("status", "--now", "2023-06-20T08:00", "--inbox", "rules")
    assert status.returncode == 0, status.stderr
    assert "Sơ kết" in status.stdout.splitlines()[0]
    status = thidua("status", "--now", "2026-01-01T08:00", "--inbox", "rules")
    assert "Tổng kết" in status.stdout.splitlines()[0]
