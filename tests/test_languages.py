"""A year in English, and years in which both languages meet: what was written in one is read in the other."""

from __future__ import annotations

import email
import email.policy
import html
import io
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline import i18n
from pipeline.__main__ import asked, main
from pipeline.answers import MODEL_KINDS, NO, ROLES, YES, translated_answer
from pipeline.code_lists import Judgement
from pipeline.feedback import feedback
from pipeline.forms.declared import META_SHEET, RESULTS, TABLES
from pipeline.forms.papers import lost_paper
from pipeline.forms.reading import read_form
from pipeline.forms.writing.workbook import write_form
from pipeline.i18n import in_every_language, using_language
from pipeline.mail import posts
from pipeline.rubric_workbook import editing, reading, writing
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules, load_rules
from pipeline.run import assess
from pipeline.state import run_history
from pipeline.state.ledger import RoundKey
from tests import filled, papers, small
from tests.cli.test_cli import ROOT, process
from tests.council.test_judgements import without_hidden_sheet
from tests.filled import NOW, drop
from tests.marked import mark
from tests.small import THON, write_year
from tests.test_messages import OF_VIETNAMESE

Shown = Callable[..., str]


def plain(data: Any) -> Any:
    """The same texts with English letters alone, so that any other letter in an output is ours."""
    if isinstance(data, str):
        parts = unicodedata.normalize("NFD", data.replace("đ", "d").replace("Đ", "D"))
        return parts.encode("ascii", "ignore").decode()
    if isinstance(data, dict):
        return {plain(key): plain(value) for key, value in data.items()}
    return [plain(each) for each in data] if isinstance(data, list) else data


def form(unit: str, rules: Rules, language: str, changes: dict[str, Any] | None = None, *, ascii_only: bool) -> bytes:
    """The form of that language, filled in that language."""
    bloc, known = rules.units[unit]
    of = rules.plan.round("tong-ket")
    assert of
    with using_language(language):
        entries: dict[str, Any] = {
            table: [
                {key: translated_answer(value) if isinstance(value, str) else value for key, value in row.items()}
                for row in rows
            ]
            for table, rows in filled.entries(bloc.code, changes).items()
        }
        target = io.BytesIO()
        write_form(target, RoundContext(rules, of), known.code, plain(entries) if ascii_only else entries)
    return target.getvalue()


# --- a year in English --------------------------------------------------------------------------------


@pytest.fixture
def thidua(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shown:
    """Run a command from the program's entry point; what it shows. It works where the small year lies."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, ends: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["thidua", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        assert int(ended.value.code or 0) == ends, shown.err
        return shown.out + shown.err

    return run


def texts(path: Path) -> Iterator[str]:
    """What a person or a program finds in a file."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            yield from (html.unescape(archive.read(name).decode()) for name in archive.namelist())
    elif path.suffix == ".eml":
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        yield from map(str, letter.values())
        parts = (part for part in letter.walk() if part.get_content_maintype() == "text")
        yield from (html.unescape(part.get_content()) for part in parts)
    elif path.suffix != ".sqlite":
        yield html.unescape(path.read_text("utf-8"))


def foreign(text: str) -> list[str]:
    """The lines that hold a Vietnamese letter."""
    return [line[:300] for line in text.splitlines() if OF_VIETNAMESE.search(line)]


def test_a_year_in_english(tmp_path: Path, thidua: Shown) -> None:
    year = write_year(tmp_path / "rules" / "2023", plain)
    at = ("--lang", "en", "--round", "tong-ket", "--now", "2023-12-14T08:00")
    shown = [thidua("--lang", "en", "check"), thidua("forms", *at[:4])]
    rules = load_rules(year)
    wrong = {"KT1": {"actual": "x"}, "VH3": {"actual": "maybe"}, "AN1": {"actual": 1.5}, "TD1": {"claimed": 99}}
    files = {
        "1.xlsx": form("thon-1", rules, "en", ascii_only=True),
        "2.xlsx": form("thon-2", rules, "en", wrong, ascii_only=True),
        "3.xlsx": form("thon-3", rules, "en", {"P2": {"actual": "Cảnh cáo trở lên"}}, ascii_only=True),
        "thcs.xlsx": form("thcs", rules, "en", {"GD1": {"actual": "96,5"}}, ascii_only=True),
        "photo.jpg": b"\xff\xd8\xff\xe0" + bytes(50),
    }
    drop(tmp_path / "inbox" / "2023" / "tong-ket", files)
    (tmp_path / "letters").mkdir()
    shown += [
        thidua("fetch", "--from", "letters", *at),
        thidua("status", *at),
        thidua("run", *at),
        thidua("run", "--public", *at),
    ]
    shown += [thidua("explain", "thon-1", *at), thidua("explain", "thon-1", "VH3", *at)]
    shown += [
        thidua("explain", "--why-not", "thon-2", *at),
        thidua("history", *at[:4]),
        thidua("history", "thon-1", *at[:4]),
    ]
    shown += [thidua("send", *at), thidua("send", "--feedback", *at), thidua("remind", *at)]
    shown += [thidua("rubric", "export", "thon", *at[:2]), thidua("rubric", "try", "thon", "VH3", *at[:2])]
    shown += [thidua("run", "--lang", "en", "--round", "x", ends=2), thidua("--lang=en", "run", "--what", ends=2)]
    assert foreign("\n".join(shown)) == []
    assert "Receipt" in shown[-6] and "“Yes”" in shown[-3]

    written = [path for path in (tmp_path / "outbox").rglob("*") if path.is_file() and path.name != "ban-tin.txt"]
    left = {path.name: lines for path in written if (lines := [line for text in texts(path) for line in foreign(text)])}
    assert left == {}
    kinds = {path.suffix for path in written}
    assert kinds == {".xlsx", ".csv", ".html", ".json", ".eml", ".sqlite", ""}  # "": what we wrote ourselves, as hashes
    outbox = tmp_path / "outbox" / "2023" / "tong-ket"
    assert (
        thidua("verify", str(outbox), "--lang", "vi").splitlines()[0].endswith("đúng là kết quả từ inbox và quy định.")
    )
    assert "Summary of blocs" in openpyxl.load_workbook(outbox / "xep-hang.xlsx").sheetnames


# --- which language -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "language"),
    [
        (["run", "--lang", "en"], "en"),
        (["--lang=en", "run"], "en"),
        (["--lang", "vi", "run"], "vi"),
        (["--lang", "fr"], None),
        (["--language", "en"], None),
        (["--lang"], None),
        ([], None),
    ],
)
def test_the_language_is_known_before_the_commands_are(arguments: list[str], language: str | None) -> None:
    assert asked(arguments) == language


@pytest.mark.parametrize(
    ("flag", "environment", "plan", "answer"),
    [
        ("", "", "vi", "Có"),
        ("", "", "en", "Yes"),
        ("", "vi", "en", "Có"),
        ("", "en", "vi", "Yes"),
        ("vi", "en", "en", "Có"),
        ("en", "vi", "vi", "Yes"),
    ],
)
def test_the_flag_goes_before_the_environment_and_that_before_the_plan(
    tmp_path: Path, thidua: Shown, monkeypatch: pytest.MonkeyPatch, flag: str, environment: str, plan: str, answer: str
) -> None:
    write_year(tmp_path / "rules" / "2023", lambda data: data | {"language": plan} if "rounds" in data else data)
    monkeypatch.setenv("THIDUA_LANG", environment)
    lang = ["--lang", flag] if flag else []
    for place in ([*lang, "rubric", "try", "thon", "VH3"], ["rubric", *lang, "try", "thon", "VH3"]):
        assert f"“{answer}”: 5" in thidua(*place)


def test_an_unknown_language_is_refused(thidua: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--lang" in thidua("--lang", "fr", "check", ends=2)
    monkeypatch.setenv("THIDUA_LANG", "fr")
    assert "--lang" in thidua("check", ends=2)


def test_help_is_in_the_language_asked_for() -> None:
    english = process("run", "--help", "--lang", "en").stdout, process("--help", env={"THIDUA_LANG": "en"}).stdout
    assert "Read the inbox" in english[0] and "Commands:" in english[1]
    assert foreign("\n".join(english)) == []


def test_every_help_page_is_english() -> None:
    code = (
        "import click; from pipeline import i18n; i18n.use_language('en'); from pipeline.cli import cli, rubric\n"
        "for each in (cli, *cli.commands.values(), *rubric.rubric.commands.values()):\n"
        "    print(each.get_help(click.Context(each)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.count("Usage:") == 16
    assert foreign(done.stdout) == []


# --- both languages at once ---------------------------------------------------------------------------

RULES = small.rules()
NUMBERS = ["unit", "criterion", "computed", "points"]


def test_forms_of_both_languages_are_read_whichever_the_run_has(tmp_path: Path) -> None:
    changes = {"VH3": {"actual": "Không"}, "T2": {"actual": "Có"}}
    forms = {"en.xlsx": form("thon-1", RULES, "en", changes, ascii_only=False)}
    forms |= {"vi.xlsx": form("thon-2", RULES, "vi", changes, ascii_only=False)}
    inbox, of = drop(tmp_path / "inbox", forms), RULES.plan.round("tong-ket")
    assert of
    for language, answers, kind in (("vi", {"Có", "Không"}, "Mô hình"), ("en", {"Yes", "No"}, "Model")):
        with using_language(language):
            outcome = assess(RoundContext(RULES, of), inbox, tmp_path / "ledger", NOW).outcome
        assert outcome.findings.empty
        assert outcome.models["kind"].tolist() == [kind, kind]
        scores = outcome.scores
        assert set(scores.loc[scores["criterion"].isin(["VH3", "T2"]), "choice"]) == answers
        points = scores.pivot(index="criterion", columns="unit", values="points")
        assert points["thon-1"].tolist() == points["thon-2"].tolist()
        assert (points.at["VH3", "thon-1"], points.at["T2", "thon-1"]) == (0, 3)
        assert set(outcome.standings["total"].dropna()) == {93.0}  # 95 - 5 + 3


def test_points_in_a_form_follow_the_answers_of_its_own_language() -> None:
    for language, answer, other in (("vi", "Có", "Yes"), ("en", "Yes", "Có")):
        book = openpyxl.load_workbook(io.BytesIO(form("thon-1", RULES, language, ascii_only=False)))
        cells = [str(cell.value) for row in book[in_language(RESULTS.sheet, language)] for cell in row]
        assert any(f'="{answer}"' in each for each in cells)
        assert not any(f'"{other}"' in each for each in cells)


def in_language(msgid: str, language: str) -> str:
    return in_every_language(msgid)[i18n.LANGUAGES.index(language)]


def test_a_form_without_its_hidden_codes_is_known_by_its_headings_in_any_language() -> None:
    found = {}
    for language in i18n.LANGUAGES:
        book = openpyxl.load_workbook(io.BytesIO(form("thon-1", RULES, language, ascii_only=False)))
        del book[META_SHEET]
        for sheet in book.worksheets:
            for row in sheet.iter_rows(max_row=10):
                if sheet.row_dimensions[row[0].row].hidden:
                    sheet.delete_rows(row[0].row)
                    break
        target = io.BytesIO()
        book.save(target)
        raw = read_form(target.getvalue())
        found[language] = {code: (table.columns, len(table.rows)) for code, table in raw.tables.items()}
    assert found["vi"] == found["en"]
    assert set(found["en"]) >= {table.code for table in TABLES} - {"unit"}


def test_a_paper_that_was_issued_in_one_language_counts_in_the_other(tmp_path: Path) -> None:
    with using_language("en"):
        papers.run(tmp_path, papers.FORMS)
    paper = papers.fill(papers.issued(tmp_path), papers.APPRAISAL, "Nguyễn Văn Mẫu")
    done = papers.run(tmp_path, papers.FORMS | {"hoi-dong/paper.xlsx": paper})
    assert (papers.judged(done), papers.finding_rows(done)) == (papers.APPRAISED, [])
    with using_language("en"):
        done = papers.run(tmp_path, papers.FORMS | {"hoi-dong/paper.xlsx": paper})
    assert (papers.judged(done), papers.finding_rows(done)) == (papers.APPRAISED, [])
    assert lost_paper(without_hidden_sheet(paper, with_codes=False)) is Judgement.APPRAISAL


def test_a_run_in_the_other_language_found_nothing_new(tmp_path: Path) -> None:
    disciplined = filled.form("thon-3", {"P2": {"actual": "Cảnh cáo trở lên"}})
    for language in i18n.LANGUAGES:
        with using_language(language):
            done = papers.run(tmp_path, papers.FORMS | {"thon-3.xlsx": disciplined})
        assert done.outcome.standings.set_index("unit").at["thon-3", "exclusion"] != ""
    assert [run.number for run in run_history.runs(tmp_path / "ledger.sqlite", RoundKey(2023, "tong-ket"))] == [1]


def test_a_reminder_is_the_same_in_either_language(tmp_path: Path) -> None:
    papers.run(tmp_path, papers.FORMS)
    keys = []
    for language in i18n.LANGUAGES:
        of = RULES.plan.round("tong-ket")
        assert of
        with using_language(language):
            context = RoundContext(RULES, of)
            reminders = list(posts.reminders(posts.read_published(tmp_path / "out", context, NOW, 10**7)))
        keys.append([(post.recipient, post.key) for post in reminders])
    assert keys[0] == keys[1]
    assert [recipient for recipient, _key in keys[0]] == ["Thôn 4", "Thôn 5", "Trường THCS", "Trường Tiểu học"]


def test_a_rubric_goes_out_in_one_language_and_comes_in_in_the_other(tmp_path: Path) -> None:
    rules = load_rules(write_year(tmp_path / "rules" / "2023"))
    bloc, file = rules.bloc("thon"), tmp_path / "thon.xlsx"
    for out, back, no in (("en", "vi", "No"), ("vi", "en", "Không")):
        with using_language(out):
            writing.write_rubric(file, rules, bloc)
        with using_language(back):
            returned = reading.read_rubric(file)
            assert reading.find_changes(returned, bloc) == []
            place = next(
                cell for address, cell in returned.cells.items() if "/".join(address).endswith("VH3/score/points_for")
            )
            book = openpyxl.load_workbook(file)
            book[place.sheet][place.name] = no
            book.save(file)
            assert [(each.entry.key, each.value) for each in editing.plan_edit(file, rules).changes] == [
                ("points_for", "no")
            ]


def test_a_rule_may_name_an_answer_in_either_language(tmp_path: Path) -> None:
    for answer in ("Có", "Yes"):
        exclusion = {"code": "CO", "reason": "Đã có", "when": "criterion", "criterion": "VH3", "one_of": [answer]}
        bloc = THON | {"rubric": THON["rubric"] | {"exclusions": [exclusion]}}
        rules = small.rules(bloc)
        of = rules.plan.round("tong-ket")
        assert of
        for language in i18n.LANGUAGES:
            year = tmp_path / f"{answer}-{language}"
            write_year(year, lambda data, bloc=bloc: bloc if data.get("code") == "thon" else data)
            inbox = drop(tmp_path / "inbox", {"1.xlsx": form("thon-1", rules, "vi", ascii_only=False)})
            with using_language(language):
                assert load_rules(year).bloc("thon").rubric.exclusions[0].one_of == (answer,)
                standings = assess(
                    RoundContext(rules, of), inbox, tmp_path / "ledger", NOW
                ).outcome.standings.set_index("unit")
            assert standings.at["thon-1", "exclusion"] == "Đã có"


def test_marks_of_one_language_give_way_to_those_of_the_other() -> None:
    findings = filled_findings()
    content = form("thon-1", RULES, "vi", ascii_only=False)
    with using_language("en"):
        content = mark(content, findings, ())
    content = mark(content, findings, ())
    book = openpyxl.load_workbook(io.BytesIO(content))
    comments = [cell.comment.text for sheet in book for row in sheet for cell in row if cell.comment]
    assert comments == ["Thi đua [1]\nLỗi: Sai. Sửa."]
    assert [name for name in book.sheetnames if name in ("Corrections", "Cần sửa")] == ["Cần sửa"]


def filled_findings() -> Any:
    import pandas as pd

    row = {
        "severity": "error",
        "sheet": "Tự chấm",
        "cell": "F8",
        "criterion": "KT1",
        "entered": "x",
        "message": "Sai. Sửa.",
    }
    return pd.DataFrame([row])


def test_a_fresh_form_holds_the_answers_in_its_own_language_and_levels_as_the_rubric_has_them() -> None:
    changes = {"VH3": {"actual": "Không"}, "P2": {"actual": "Không"}}  # a level of P2 is called so
    raw = read_form(form("thon-1", RULES, "vi", changes, ascii_only=False))
    of = RULES.plan.round("tong-ket")
    assert of
    target = io.BytesIO()
    with using_language("en"):
        write_form(target, RoundContext(RULES, of), "thon-1", feedback.prefill(raw))
    reissued = read_form(target.getvalue()).tables
    results = reissued["results"]
    criterion, actual = (list(results.columns).index(code) for code in ("criterion", "actual"))
    entered = {row[criterion]: row[actual] for _number, row in results.rows}
    assert (entered["VH2"], entered["VH3"], entered["P2"]) == ("Tốt", "No", "Không")
    models = reissued["models"]
    assert models.rows[0][1][list(models.columns).index("kind")] == "Model"


def test_answers_of_ours_are_told_apart_in_every_language() -> None:
    for language in i18n.LANGUAGES:
        words = [in_language(msgid, language) for msgid in (YES, NO, *MODEL_KINDS, *ROLES)]
        assert len(set(words)) == len(words)
