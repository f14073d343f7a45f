"""``thidua history``: what was received when, how scores and ranks changed from run to run, and why."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner

import pipeline
from pipeline.cli import cli
from pipeline.intake import take as intake
from pipeline.outcome import Outcome
from pipeline.outputs.council_papers import workbook as papers
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules, load_rules
from pipeline.run import assess_received, known_times
from pipeline.screens import history, screen
from pipeline.state import layout, ledger, run_history
from pipeline.state.run_changes import unit_changes
from tests.filled import NOW, drop, form
from tests.papers import fill
from tests.small import write_year

KEY = ledger.RoundKey(2023, "tong-ket")


@dataclass
class Year:
    """A year of runs: an inbox that changes, rule files that change, and the ledger of it all."""

    folder: Path
    hour: int = 0

    @property
    def rules(self) -> Rules:
        return load_rules(self.folder / "rules" / "2023")

    @property
    def ledger(self) -> Path:
        return self.folder / layout.LEDGER

    def run(self, files: dict[str, bytes]) -> Outcome:
        """A run an hour after the last one, without an outbox; the inbox holds these files and no others."""
        inbox, now, rules = self.folder / f"inbox-{self.hour}", NOW + dt.timedelta(hours=self.hour), self.rules
        drop(inbox, files)
        of = rules.plan.round("tong-ket")
        assert of
        taken = [intake.take(inbox, path) for path in intake.find(inbox)]
        assessment = assess_received(context := RoundContext(rules, of), taken, known_times(context, self.ledger, now))
        ledger.remember(self.ledger, KEY, assessment.newly_seen)
        run_history.note(self.ledger, assessment.outcome, now)
        self.hour += 1
        return assessment.outcome

    def runs(self) -> list[run_history.Run]:
        return run_history.runs(self.ledger, KEY)

    def change(self, file: str, old: str, new: str) -> None:
        path = self.folder / "rules" / "2023" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")


def receipt_book(file: str, day: dt.datetime) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["Tệp", "Ngày tiếp nhận", "Được thay phiếu nhận trước"])
        sheet.write_string(1, 0, file)
        sheet.write_string(1, 2, "Có")  # though it came after the due day
        sheet.write_datetime(1, 1, day, workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"}))
    return target.getvalue()


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Seven runs, of which the third found nothing new."""
    year = Year(tmp_path_factory.mktemp("year"))
    write_year(year.folder / "rules" / "2023")
    first = {"a.xlsx": form("thon-1"), "b.xlsx": form("thon-2", {"KT1": {"actual": 90}}), "c.xlsx": form("thcs")}
    year.run(first)  # thon-1: 38 + 57 = 95; thon-2: 36 + 57 = 93
    second = first | {"lại/b.xlsx": form("thon-2", {"KT1": {"actual": 100}})}
    year.run(second)  # thon-2: 40 + 57 = 97
    year.run(second)
    third = second | {"hoi-dong/so-tiep-nhan.xlsx": receipt_book("lại/b.xlsx", dt.datetime(2023, 12, 12, 8))}
    year.run(third)  # two days late: -1
    year.change("blocs/thon.yaml", '"points": 8', '"points": 9')  # VH2, "Tốt"
    outcome = year.run(third)
    papers.write(outcome, year.folder)
    paper = (year.folder / "tham-dinh" / "thon.xlsx").read_bytes()
    fourth = third | {"hoi-dong/thẩm định.xlsx": fill(paper, {("Thôn 1", "TD1"): {"appraised": 10, "reason": "Đủ"}})}
    year.run(fourth)
    del fourth["lại/b.xlsx"]
    year.run(fourth)
    return year


def moves(year: Year) -> list[list[tuple[str, str, str, str]]]:
    """Run by run: unit, total, rank and why, of the units that moved."""
    return [
        [
            (
                change.after.unit,
                f"{change.before.total} {change.after.total}",
                f"{change.before.rank} {change.after.rank}",
                "; ".join(history.causes(change, changes, year.rules)),
            )
            for change in changes
            if change.has_moved
        ]
        for changes in unit_changes(year.runs()).values()
    ]


def test_a_bloc_s_rules_are_named_by_the_file_that_was_read_whatever_its_name(tmp_path: Path) -> None:
    year = Year(tmp_path)
    blocs = write_year(tmp_path / "rules" / "2023") / "blocs"
    (blocs / "thon.yaml").rename(blocs / "khoi-thon.yaml")
    files = {"a.xlsx": form("thon-1"), "c.xlsx": form("thcs")}
    year.run(files)
    year.change("blocs/khoi-thon.yaml", '"points": 8', '"points": 9')
    year.change("blocs/truong-hoc.yaml", '"target": 98', '"target": 97')
    year.run(files)
    assert [(unit, why) for unit, _total, _rank, why in moves(year)[1]] == [
        ("thon-1", "quy định của khối thay đổi: blocs/khoi-thon.yaml"),
        ("thcs", "quy định của khối thay đổi: blocs/truong-hoc.yaml"),
    ]


def test_why_totals_and_ranks_changed(year: Year) -> None:
    assert moves(year) == [
        [
            ("thon-1", "None 95.0", "None 1", "phiếu đầu tiên được tính: a.xlsx"),
            ("thon-2", "None 93.0", "None 2", "phiếu đầu tiên được tính: b.xlsx"),
            ("thcs", "None 98.98", "None 1", "phiếu đầu tiên được tính: c.xlsx"),
        ],
        [
            ("thon-1", "95.0 95.0", "1 2", "đơn vị khác thay đổi điểm: Thôn 2 93 → 97"),
            ("thon-2", "93.0 97.0", "2 1", "phiếu lại/b.xlsx thay phiếu b.xlsx"),
        ],
        [("thon-2", "97.0 96.0", "1 1", "thời điểm nhận 08:00 12/12/2023, trước là 10:30 08/12/2023")],
        [
            ("thon-1", "95.0 96.0", "2 2", "quy định của khối thay đổi: blocs/thon.yaml"),
            ("thon-2", "96.0 97.0", "1 1", "quy định của khối thay đổi: blocs/thon.yaml"),
        ],
        [
            (
                "thon-1",
                "96.0 97.0",
                "2 2",
                "TD1 – Tổ chức phong trào thi đua: điểm thẩm định 10 (hoi-dong/thẩm định.xlsx)",
            )
        ],  # KT1 separates them: 38, 40
        [
            ("thon-1", "97.0 97.0", "2 1", "đơn vị khác thay đổi điểm: Thôn 2 97 → 94"),
            ("thon-2", "97.0 94.0", "1 2", "phiếu b.xlsx thay phiếu lại/b.xlsx"),
        ],
    ]


def test_the_points_that_changed(year: Year) -> None:
    by_run = unit_changes(year.runs()).values()
    changes = [change for changes in by_run for change in changes if change.after.unit == "thon-2"]
    assert [history.changed_points(change, year.rules) for change in changes] == [
        [],
        ["KT1 – Thu ngân sách so với dự toán: 36 → 40"],
        ["P1 – Nộp phiếu muộn: 0 → -1"],
        ["VH2 – Xếp loại chi bộ: 8 → 9"],
        ["KT1 – Thu ngân sách so với dự toán: 40 → 36", "P1 – Nộp phiếu muộn: -1 → 0"],
    ]


def test_a_run_that_finds_nothing_new_leaves_the_ledger_as_it_was(year: Year, tmp_path: Path) -> None:
    runs = year.runs()
    assert [(run.number, run.count, run.at.hour - runs[0].at.hour) for run in runs] == [
        (1, 3, 0),
        (2, 4, 1),
        (3, 5, 3),
        (4, 5, 4),
        (5, 6, 5),
        (6, 5, 6),
    ]
    before = year.ledger.read_bytes()
    files = {path.relative_to(year.folder / "inbox-6").as_posix(): path.read_bytes() for path in files_of(year)}
    year.run(files)
    year.hour -= 1
    assert year.ledger.read_bytes() == before


def files_of(year: Year) -> list[Path]:
    return [path for path in (year.folder / "inbox-6").rglob("*") if path.is_file()]


def test_only_what_differs_is_kept(year: Year) -> None:
    assert [sorted(run.files) for run in year.runs()] == [
        ["a.xlsx", "b.xlsx", "c.xlsx"],
        ["b.xlsx", "lại/b.xlsx"],  # one of them is superseded
        ["hoi-dong/so-tiep-nhan.xlsx", "lại/b.xlsx"],
        ["a.xlsx", "lại/b.xlsx"],  # made from other rules: a warning
        ["hoi-dong/thẩm định.xlsx"],
        ["b.xlsx", "lại/b.xlsx"],
    ]
    assert [sorted(run.results) for run in year.runs()[1:]] == [
        ["thon-1", "thon-2"],
        ["thon-2"],
        ["thon-1", "thon-2"],
        ["thon-1"],
        ["thon-1", "thon-2"],
    ]


def shown(show: Callable[..., None], *args: object) -> str:
    target = io.StringIO()
    show(*args, screen.console(target))
    return target.getvalue()


def test_the_screen_of_a_unit(year: Year) -> None:
    text = shown(history.show_unit, year.runs(), "thon-2", year.rules)
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if line.startswith("│")]
    received = [row for row in rows if len(row) == 4]
    assert received == [
        ["09:30 08/12/2023", "b.xlsx", "09:30 08/12/2023", "Nhận"],
        ["10:30 08/12/2023", "b.xlsx", "09:30 08/12/2023", "Được thay thế"],
        ["10:30 08/12/2023", "lại/b.xlsx", "10:30 08/12/2023", "Nhận"],
        ["12:30 08/12/2023", "lại/b.xlsx", "08:00 12/12/2023", "Nhận"],
        ["13:30 08/12/2023", "lại/b.xlsx", "08:00 12/12/2023", "Nhận, có cảnh báo"],
        ["15:30 08/12/2023", "b.xlsx", "09:30 08/12/2023", "Nhận, có cảnh báo"],
        ["15:30 08/12/2023", "lại/b.xlsx", "", "không còn trong thư mục inbox"],
    ]
    standings = [row for row in rows if len(row) == 6 and row[0]]
    assert [row[1:3] for row in standings] == [
        ["93", "2"],
        ["93 → 97", "2 → 1"],
        ["97 → 96", "1"],
        ["96 → 97", "1"],
        ["97 → 94", "1 → 2"],
    ]


def test_the_screen_of_all(year: Year) -> None:
    lines = shown(history.show, year.runs(), year.rules).splitlines()
    assert [line for line in lines if line[:1] not in "│┃┏┡├└ "] == [
        "Lần chạy 1: 09:30 08/12/2023; số tệp trong thư mục inbox: 3",
        "• tệp mới: a.xlsx, b.xlsx, c.xlsx",
        "• số đơn vị có điểm: 3",
        "Lần chạy 2: 10:30 08/12/2023; số tệp trong thư mục inbox: 4",
        "• tệp mới: lại/b.xlsx",
        "• tệp đổi tình trạng: b.xlsx (Nhận → Được thay thế)",
        "Lần chạy 3: 12:30 08/12/2023; số tệp trong thư mục inbox: 5",
        "• tệp mới: hoi-dong/so-tiep-nhan.xlsx",
        "Lần chạy 4: 13:30 08/12/2023; số tệp trong thư mục inbox: 5",
        "• tệp đổi tình trạng: a.xlsx (Nhận → Nhận, có cảnh báo), lại/b.xlsx (Nhận → Nhận, có cảnh báo)",
        "• tệp quy định thay đổi: blocs/thon.yaml",
        "Lần chạy 5: 14:30 08/12/2023; số tệp trong thư mục inbox: 6",
        "• tệp mới: hoi-dong/thẩm định.xlsx",
        "Lần chạy 6: 15:30 08/12/2023; số tệp trong thư mục inbox: 5",
        "• tệp không còn trong thư mục inbox: lại/b.xlsx",
        "• tệp đổi tình trạng: b.xlsx (Được thay thế → Nhận, có cảnh báo)",
    ]


def test_another_version_of_the_program_is_a_run_of_its_own(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Year(year.folder / "copy", hour=6)
    write_year(copy.folder / "rules" / "2023")
    files = {"a.xlsx": form("thon-1")}
    copy.run(files)
    monkeypatch.setattr(pipeline, "__version__", "99.0")
    copy.run(files)
    text = shown(history.show, copy.runs(), copy.rules)
    assert "• chương trình: bản 99.0 thay bản " in text


def test_the_command_reads_the_ledger_alone(year: Year) -> None:
    folder = year.folder / "outbox"
    folder.mkdir()
    flags = ["--rules", str(year.folder / "rules" / "2023"), "--round", "tong-ket", "--outbox", str(folder)]
    run = CliRunner()
    nothing = run.invoke(cli, ["history", *flags])
    assert (nothing.exit_code, nothing.output) == (0, "Sổ cái chưa ghi lần chạy nào của đợt này.\n")
    (folder / layout.LEDGER).write_bytes(year.ledger.read_bytes())
    assert "Lần chạy 6: " in run.invoke(cli, ["history", *flags]).output
    assert "Thôn 2 – Khối các thôn" in run.invoke(cli, ["history", "thon-2", *flags]).output
    silent = run.invoke(cli, ["history", "thon-5", *flags]).output
    assert silent.splitlines()[1] == "Sổ cái chưa ghi gì về đơn vị này trong đợt này."
    assert "thon-99" in str(run.invoke(cli, ["history", "thon-99", *flags]).exception)
