"""Foreign text stays text (promise 7): one year full of payloads, and every output of it read by other eyes than ours.

The year is that of :mod:`tests.foreign`. Workbooks are read as zip and XML, letters by the standard library's parser,
pages by its HTML parser, the rest as text.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import json
import os
import re
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from rich.table import Table

from pipeline import engines
from pipeline.__main__ import main
from pipeline.feedback import left_out, resaving
from pipeline.i18n import use_language
from pipeline.rules.yaml_file import RuleFilesWrong
from pipeline.rules.year import Rules, load_rules
from pipeline.screens import screen
from pipeline.sheets.styles import sheet_name
from pipeline.state import published
from pipeline.text import guarded, text_of, unguarded
from tests import foreign
from tests.filled import drop
from tests.foreign import CLASS, LEVELS, MARKUP, NAMES, PAYLOADS
from tests.libreoffice import convert, needs_libreoffice
from tests.marked import safe_to_resave
from tests.packages import Part, changed, ods, ole, with_part

NOW = "2023-12-08T09:30"


@dataclass
class Year:
    """What was written, and what the commands said, by their name."""

    folder: Path
    rules: Rules
    printed: dict[str, str] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        return self.folder / "outbox" / "2023" / "tong-ket"

    def workbooks(self) -> list[Path]:
        return sorted(self.folder.glob("out*/**/*.xlsx"))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """Letters fetched, a run, papers filled in by people, a run on these, and every command that tells or sends."""
    folder = tmp_path_factory.mktemp("foreign")
    rules = load_rules(foreign.write_rules(folder / "rules" / "2023"))
    made = Year(folder, rules)
    inbox = drop(folder / "inbox" / "2023" / "tong-ket", {MARKUP: foreign.form(rules, "thon-1")})
    (folder / "letters").mkdir()
    (folder / "letters" / "a.eml").write_bytes(foreign.letter(rules))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(engines, "fitting", lambda items: engines.IN_PROCESS)  # as in conftest, for a module's fixture
        patch.setattr(os, "fsync", lambda handle: None)

        def thidua(*words: str, ends: int = 0) -> None:
            made.printed[" ".join(words)] = _printed(patch, [*words], ends)

        timed = ("--round", "tong-ket", "--now", NOW)
        thidua("check")
        thidua("forms", "--round", "tong-ket")
        thidua("rubric", "export", "thon")
        thidua("fetch", "--from", "letters", *timed)
        thidua("run", *timed)
        for kind in ("tham-dinh", "hoi-dong"):
            drop(inbox / "hoi-dong", {f"={kind}.xlsx": foreign.judged((made.out / kind / "thon.xlsx").read_bytes())})
        drop(inbox, foreign.inbox_files(rules))
        thidua("run", *timed)
        thidua("run", "--public", *timed)
        thidua("explain", "thon-1", *timed)
        thidua("explain", "thon-7", "--why-not", *timed)
        thidua("explain", "thon-1", "VH2", *timed)
        thidua("explain", "=1\x07\u202e", ends=2)
        thidua("history", "--round", "tong-ket")
        thidua("history", "thon-2", "--round", "tong-ket")
        thidua("send", *timed)
        thidua("send", "--feedback", *timed)
        thidua("remind", *timed)
    yield made
    use_language("vi")


def _printed(patch: pytest.MonkeyPatch, words: list[str], ends: int) -> str:
    """What a command printed on both streams."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    patch.setattr(sys, "argv", ["thidua", *words])
    patch.setattr(sys, "stdout", out)
    patch.setattr(sys, "stderr", out)
    with pytest.raises(SystemExit) as ended:
        main()
    out.seek(0)
    printed = out.read()
    assert int(ended.value.code or 0) == ends, printed
    return printed


# --- the console --------------------------------------------------------------------------------------


def test_nothing_on_the_console_steers_it(year: Year) -> None:
    assert len(year.printed) == 15
    for command, printed in year.printed.items():
        odd = {
            each for each in printed if each != "\n" and unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        }
        assert odd == set(), command
        assert printed.strip(), command
    shown = " ".join(" ".join(each.split()) for each in year.printed.values())
    for text in ("{0.__class__}", NAMES["thon-2"], "Thôn 8�Bcc: a@x.example", "=cmd|' /C calc'!A0.xlsx"):
        assert text in shown


def test_what_a_caller_forgot_is_made_harmless_where_it_is_printed() -> None:
    out = io.StringIO()
    console, table = screen.console(out), Table("a\u202eb")
    table.add_row("c\x1b[31m\x01d\ne")
    console.print(table)
    console.print("f\x9bg\u2028h")
    assert set(re.findall(r"[a-h�\[31m]+", out.getvalue())) == {"a�b", "c�[31m�d", "e", "f�g�h"}


# --- workbooks ----------------------------------------------------------------------------------------

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/(workbook|styles|sharedStrings|metadata)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/theme/theme1\.xml|xl/worksheets/(_rels/)?sheet\d+\.xml(\.rels)?"
    r"|xl/comments/comment\d+\.xml|xl/drawings/commentsDrawing\d+\.vml"
    r"|xl/charts/chart\d+\.xml|xl/drawings/(_rels/)?drawing\d+\.xml(\.rels)?"
)
FUNCTIONS = (
    "ABS AND AVERAGE COUNT COUNTA COUNTBLANK COUNTIF EXACT FALSE IF IFERROR INDEX INT ISBLANK ISERROR ISLOGICAL "
    "ISNUMBER ISTEXT LEFT LEN LOOKUP LOWER MATCH MAX MID MIN N NOT OR RANK ROUND ROUNDDOWN ROUNDUP SIGN SUBSTITUTE "
    "SUM SUMIF SUMPRODUCT T TEXT TRIM TRUE TRUNC VALUE VLOOKUP FLOOR CEILING MOD ROW COUNTIFS SMALL LARGE"
)


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        assert len(package.namelist()) == len(set(package.namelist()))
        return {name: package.read(name) for name in package.namelist()}


def trees(path: Path, pattern: str) -> dict[str, ElementTree.Element]:
    found = {name: part for name, part in parts(path).items() if re.fullmatch(pattern, name)}
    return {name: _tree(part) for name, part in found.items()}


def _tree(part: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(part)  # noqa: S314  (our own)


def shown(text: str) -> str:
    """A text of a workbook as a spreadsheet shows it."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), text)


def texts(path: Path) -> set[str]:
    """Every text that stands in a cell, in a note, or is a live cell's value."""
    strings = trees(path, r"xl/sharedStrings\.xml|xl/worksheets/sheet\d+\.xml|xl/comments/.*")
    found = {
        shown("".join(t.text or "" for t in item.iter(S + "t")))
        for tree in strings.values()
        for tag in ("si", "is", "comment")
        for item in tree.iter(S + tag)
    }
    return found | {
        shown(cell.findtext(S + "v") or "")
        for tree in strings.values()
        for cell in tree.iter(S + "c")
        if cell.get("t") == "str"
    }


def formulas(path: Path) -> list[str]:
    """Of cells, rules, formats and names."""
    found = trees(path, r"xl/worksheets/sheet\d+\.xml|xl/workbook\.xml").values()
    tags = {S + tag for tag in ("f", "formula", "formula1", "formula2", "definedName")}
    return [each.text or "" for tree in found for each in tree.iter() if each.tag in tags]


def test_there_is_a_workbook_of_every_kind(year: Year) -> None:
    names = {path.relative_to(year.folder / "outbox").as_posix() for path in year.workbooks()}
    run = {"tong-hop", "xep-hang", "so-tiep-nhan", "tham-dinh/thon", "hoi-dong/thon"}
    marked = {f"phan-hoi/thon-{n}" for n in (2, 3, 4, 5, 6)}
    assert {f"2023/tong-ket/{name}.xlsx" for name in run | marked} <= names
    assert {"thang-diem/2023/thon.xlsx", "phieu/2023/tong-ket/thon/thon-1.xlsx"} <= names


def test_workbooks_hold_cells_and_nothing_that_runs_or_leads_elsewhere(year: Year) -> None:
    for path in year.workbooks():
        for name, part in parts(path).items():
            assert PARTS.fullmatch(name), (path, name)
            assert b"<!DOCTYPE" not in part and b"<!ENTITY" not in part
            tree = _tree(part)
            if name.endswith(".rels"):
                assert [each for each in tree if each.get("TargetMode") or "://" in each.get("Target", "")] == []
            tags = {each.tag.rpartition("}")[2] for each in tree.iter()}
            assert not tags & {"oleObject", "ddeLink", "externalReference", "control", "webPublishItem", "hlinkClick"}
        assert b"x.example" not in b"".join(part for name, part in parts(path).items() if name.endswith(".rels"))


def test_formulas_are_ours(year: Year) -> None:
    for path in year.workbooks():
        assert formulas(path) or path.stem == "so-tiep-nhan"
        for formula in formulas(path):
            harmless = formula.replace('CELL("format",', "(")  # of what CELL can tell, the format alone
            bare = re.sub(r"'(?:[^']|'')*'!", "", re.sub(r'"(?:[^"]|"")*"', '""', harmless))
            assert not re.search(r"[\[\]|\\]|://|'", bare), (path, formula)
            assert set(re.findall(r"([A-Za-z_][\w.]*)\(", bare)) <= set(FUNCTIONS.split()), (path, formula)


def test_links_lead_to_sheets_of_the_workbook(year: Year) -> None:
    for path in year.workbooks():
        sheets = {each.get("name") for each in trees(path, r"xl/workbook\.xml")["xl/workbook.xml"].iter(S + "sheet")}
        for tree in trees(path, r"xl/worksheets/sheet\d+\.xml").values():
            for link in tree.iter(S + "hyperlink"):
                assert set(link.keys()) <= {"ref", "location", "display", "tooltip"}
                sheet, _mark, cell = link.get("location", "").rpartition("!")
                unquoted = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
                assert unquoted in sheets and re.fullmatch(r"[A-Z]+\d+", cell), (path, link.attrib)


def test_names_of_sheets_and_ranges_are_legal(year: Year) -> None:
    for path in year.workbooks():
        tree = trees(path, r"xl/workbook\.xml")["xl/workbook.xml"]
        names = [each.get("name", "") for each in tree.iter(S + "sheet")]
        assert len({name.casefold() for name in names}) == len(names)
        for name in names:
            assert 0 < len(name.encode("utf-16-le")) <= 62 and name.casefold() != "history", name
            assert not re.search(r"[\[\]:*?/\\]|^'|'$", name) and name.isprintable(), name
        for each in tree.iter(S + "definedName"):
            assert re.fullmatch(r"_xlnm\.(Print_Titles|Print_Area|_FilterDatabase)|[a-z_A-Z0-9]+", each.get("name", ""))
            assert set(each.keys()) <= {"name", "localSheetId", "hidden"}


def test_footers_and_messages_take_no_command_from_a_name(year: Year) -> None:
    for path in year.workbooks():
        for tree in trees(path, r"xl/worksheets/sheet\d+\.xml").values():
            for each in tree.findall(f"{S}headerFooter/*"):
                text = each.text or ""
                assert len(text.encode("utf-16-le")) <= 510
                left = re.sub(r'&&|&"Times New Roman,Regular"|&9 |&[LCRPN]', "", text)
                assert "&" not in left, text
            for rule in tree.iter(S + "dataValidation"):
                assert len(rule.get("promptTitle", "")) <= 32 and len(rule.get("prompt", "")) <= 255


C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def test_charts_show_cells_of_their_workbook(year: Year) -> None:
    """What a chart is called is a text, even where it looks like the place of a cell."""
    path = year.out / "xep-hang.xlsx"
    sheets = {each.get("name") for each in trees(path, r"xl/workbook\.xml")["xl/workbook.xml"].iter(S + "sheet")}
    charts = trees(path, r"xl/charts/chart\d+\.xml").values()
    for place in (each.text or "" for chart in charts for each in chart.iter(C + "f")):
        sheet = place.rpartition("!")[0]
        assert (sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet) in sheets, place
    words = {each.text for chart in charts for each in chart.iter() if each.text}
    assert CLASS.replace("!", "! ") in words
    assert any("'các' thôn/xóm & <b>! B2" in text for text in words)


def test_names_of_sheets() -> None:
    taken: set[str] = set()
    wanted = ["History", "a\x07b\u202ec\nd", "😀" * 16, "x" * 31 + "'y", "'"]
    assert [sheet_name(each, taken) for each in wanted] == ["History (1)", "a b c d", "😀" * 15, "x" * 31, "-"]


def literal(text: str) -> str:
    """A payload as it stands in an output: in one line, as every text that is read."""
    return text_of(text)


def test_what_was_typed_stands_there_as_it_was(year: Year) -> None:
    typed = {literal(each) for each in PAYLOADS}
    assert typed <= texts(year.out / "tong-hop.xlsx")
    assert typed <= {text_of(each) for each in texts(year.out / "phan-hoi" / "thon-2.xlsx")}
    assert {NAMES["thon-1"], NAMES["thon-7"], CLASS} <= texts(year.out / "xep-hang.xlsx")
    assert {PAYLOADS[0], PAYLOADS[1], PAYLOADS[16]} <= texts(year.out / "tham-dinh" / "thon.xlsx")
    assert MARKUP in texts(year.out / "so-tiep-nhan.xlsx")
    rubric = texts(year.folder / "outbox" / "thang-diem" / "2023" / "thon.xlsx")
    rubric_of = year.rules.units["thon-1"][0].rubric
    names = {criterion.name for _group, criterion in rubric_of.criteria.values()}
    assert {literal(each) for each in (*names, *LEVELS)} <= {literal(each) for each in rubric}


def test_text_never_brings_its_own_look(year: Year) -> None:
    """``<r><t>…`` is XlsxWriter's own rich text, which it would take over as it stands."""
    plain = {S + tag for tag in ("sz", "color", "rFont", "family", "scheme")}
    for path in year.workbooks():
        if "phan-hoi" not in path.parts:  # a unit's own file may hold words in bold
            for tree in trees(path, r"xl/sharedStrings\.xml|xl/worksheets/sheet\d+\.xml").values():
                assert {look.tag for each in tree.iter(S + "rPr") for look in each} <= plain, path


# --- what a marked copy leaves out --------------------------------------------------------------------


def heading(path: Path) -> list[str]:
    """The lines above the list of findings."""
    rows = openpyxl.load_workbook(path).worksheets[0]["A"]
    return [str(each.value) for each in rows[: next(n for n, each in enumerate(rows) if each.value == "STT")]]


@pytest.mark.parametrize(
    ("unit", "what"),
    [
        ("thon-2", ""),
        ("thon-3", "đường dẫn đến trang web, địa chỉ thư hoặc tệp"),
        ("thon-4", "công thức lấy dữ liệu từ ngoài tệp"),
        (
            "thon-5",
            "macro (chương trình kèm theo tệp); liên kết lấy số liệu từ tệp hoặc nguồn khác; "
            "tài liệu nhúng trong tệp; hình ảnh, hình vẽ và nút điều khiển",
        ),
        ("thon-6", "công thức lấy dữ liệu từ ngoài tệp"),
    ],
)
def test_a_marked_copy_says_what_it_leaves_out(year: Year, unit: str, what: str) -> None:
    sentences = [line for line in heading(year.out / "phan-hoi" / f"{unit}.xlsx") if "không giữ lại" in line]
    assert [set(re.split(r": |\. ", line)[1].split("; ")) for line in sentences] == (
        [set(what.split("; "))] if what else []
    )


def test_links_are_taken_off_and_the_file_is_still_the_units_own(year: Year) -> None:
    book = openpyxl.load_workbook(year.out / "phan-hoi" / "thon-3.xlsx")
    assert [cell.hyperlink for cell in book.worksheets[2]["C"] if cell.hyperlink] == []
    notes = [cell.comment for row in book.worksheets[2].iter_rows() for cell in row if cell.comment]
    assert any(note.text.endswith(PAYLOADS[0]) for note in notes)  # a note is a text
    assert any(cell.hyperlink for row in book.worksheets[0].iter_rows() for cell in row)  # ours, to its cells


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _disguised(content: bytes) -> bytes:
    """A link to another workbook, kept in a part that is called a theme."""
    link = f'<externalLink xmlns="{S[1:-1]}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"/></externalLink>'
    leads = (
        f'<Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" Target="file://x.example/a" TargetMode="External"/>'
    )
    names = "http://schemas.openxmlformats.org/package/2006/relationships"
    content = with_part(
        content,
        Part("xl/theme/other.xml", link.encode()),
        Part("xl/theme/_rels/other.xml.rels", f'<Relationships xmlns="{names}">{leads}</Relationships>'.encode()),
    )
    relation = f'<Relationship Id="rIdX" Type="{OFFICE}/externalLink" Target="theme/other.xml"/></Relationships>'
    content = changed(
        content, r"xl/_rels/workbook\.xml\.rels", lambda xml: xml.replace(b"</Relationships>", relation.encode())
    )
    named = b'</sheets><externalReferences><externalReference r:id="rIdX"/></externalReferences>'
    return changed(content, r"xl/workbook\.xml", lambda xml: xml.replace(b"</sheets>", named))


def _running(content: bytes) -> bytes:
    """A name by which Excel 4 would have run something on opening."""
    named = b"<definedNames><definedName name=\"_xlnm.Auto_Open\">'_thidua'!$A$1</definedName>"
    return changed(content, r"xl/workbook\.xml", lambda xml: xml.replace(b"<definedNames>", named))


@pytest.mark.parametrize("change", [_disguised, _running])
def test_a_file_in_disguise_does_not_go_back_itself(year: Year, change: Callable[[bytes], bytes]) -> None:
    right = foreign.form(year.rules, "thon-1")
    assert resaving.marked(resaving.ToMark(right, [], ()))
    assert safe_to_resave(change(right))  # openpyxl would take it over
    assert resaving.marked(resaving.ToMark(change(right), [], ())) is None


def test_other_kinds_of_workbooks_are_looked_through_too() -> None:
    row = '<table:table-row><table:table-cell><text:p><text:a xlink:href="https://x.example">x</text:a></text:p>'
    linked = with_part(ods(f"{row}</table:table-cell></table:table-row>"), Part("Basic/Standard/A.xml", b"<a/>"))
    assert left_out.sentences(linked) == (
        "Bản này không giữ lại: macro (chương trình kèm theo tệp); đường dẫn đến trang web, địa chỉ thư hoặc tệp. "
        "Những nội dung đó có thể gây hại khi mở tệp và phiếu không cần đến; "
        "số liệu và chữ đã nhập trong các ô vẫn được giữ nguyên.",
    )
    assert "macro" in left_out.sentences(ole("Workbook", "_VBA_PROJECT"))[0]
    assert left_out.sentences(ole("Workbook")) == left_out.sentences(ods("")) == left_out.sentences(b"") == ()


@pytest.mark.parametrize(
    "formula",
    [
        *foreign.FETCHING,
        "='\\\\x.example\\a\\[b.xlsx]S'!A1",
        '=IF(1=1,WEBSERVICE("x"),2)',
        "=DDE(1)",
        '=RTD("a",,"b")',
        "=CALL(1,2)",
        '=IMAGE("https://x.example")',
        'CUBEVALUE("a","b")',
        "=MSEXCEL|'a.xls'!A1",
    ],
)
def test_formulas_that_reach_outside(formula: str) -> None:
    assert left_out.reaches_outside(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(F7:F9)*2",
        "'Tự chấm'!$A$1:$H$20",
        '=IF(A1="[x]|http://x.example/WEBSERVICE(",ROUND(\'Đơn vị\'!B2,2),"a""b(")',
        "=_xlfn.IFS(A1>1,2)",
        'AND(N("thidua")=0,EXACT($F$7,"=cmd|\' /C calc\'!A0"))',
    ],
)
def test_formulas_that_compute(formula: str) -> None:
    assert not left_out.reaches_outside(formula)


# --- tables -------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def test_no_cell_of_a_table_begins_as_a_formula(year: Year) -> None:
    """Not where a spreadsheet takes commas for the ends of cells, nor where it takes semicolons or tabs."""
    for path in year.folder.glob("outbox/**/so-lieu/*.csv"):
        text = path.read_text(encoding="utf-8-sig")
        for mark in ",;\t":
            for row in csv.reader(text.splitlines(keepends=True), delimiter=mark):
                for cell in row:
                    assert cell[:1] not in set("=+-@\t\r\n＝＋－＠") or _NUMBER.fullmatch(cell), (path, cell)


def test_tables_give_back_what_was_typed(year: Year) -> None:
    typed = {literal(each) for each in PAYLOADS}
    tables = ("results", "models", "movements", "collective_awards", "individual_awards")
    found = {
        text for name in tables for row in published.read_table(year.out / "so-lieu", name) for text in row.values()
    }
    assert typed <= found
    files = {row["file"] for row in published.read_table(year.out / "so-lieu", "register")}
    assert {MARKUP, "=cmd|' /C calc'!A0.xlsx", "-5;=1+1;\\u202exslx.exe"} <= files


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1", "'=1"),
        ("'=1", "''=1"),
        ("a;=1;b", "a;'=1;b"),
        ("a;'-b", "a;''-b"),
        ("\t@x", "'\t'@x"),
        ("＝1", "'＝1"),
        ("Việc 1; - việc 2", "Việc 1; - việc 2"),
        ("'quê' và 'nhà'", "'quê' và 'nhà'"),
        ("-", "'-"),
        ("'", "'"),
    ],
)
def test_apostrophes_in_tables(text: str, written: str) -> None:
    assert guarded(text) == written
    assert unguarded(written) == text


# --- pages, letters and texts -------------------------------------------------------------------------


class Page(HTMLParser):
    """Elements, attributes, and words."""

    def __init__(self, path_or_text: Path | str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(path_or_text if isinstance(path_or_text, str) else path_or_text.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


PAGE_TAGS = """
    a abbr b bdi body button caption dd details div dl dt footer h1 h2 h3 head header html input label li main meta
    nav option output p path script section select span strong style summary svg table tbody td tfoot th thead title
    tr ul"""
LETTER_TAGS = {"html", "head", "meta", "title", "body", "div", "p", "ul", "li", "br"}
STEERING = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def test_pages_hold_our_elements_alone(year: Year) -> None:
    pages = sorted(year.folder.glob("outbox/**/*.html"))
    assert len(pages) == 3
    for path in pages:
        page = Page(path)
        assert page.tags <= set(PAGE_TAGS.split()) and STEERING.findall(page.words) == []
        assert path.read_text(encoding="utf-8").count("<script") == (path.name == "index.html")
        for name, value in page.attributes:
            assert not name.startswith("on") and name != "style"
            assert name not in ("href", "src", "action", "srcset", "data") or value.startswith("#")
        assert NAMES["thon-1"] in page.words and NAMES["thon-7"] in page.words
    words = " ".join(Page(year.out / "trang" / "index.html").words.split())
    assert "<script>alert(1)</script>" in words and "=cmd|' /C calc'!A0.xlsx" in words and PAYLOADS[16] in words


def test_letters_have_our_headers_alone(year: Year) -> None:
    letters = sorted((year.out / "thu").glob("*.eml"))
    assert {path.name.partition("_")[0] for path in letters} == {"cap-tren", "tra-phieu", "bien-nhan", "nhac-nho"}
    assert all(re.fullmatch(r"[a-z0-9_-]+\.eml", path.name) for path in letters)
    names = {each.name for each in year.workbooks()}
    ours = {"Subject", "X-Unsent", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
    for path in letters:
        message = email.message_from_bytes(path.read_bytes(), EmailMessage, policy=email.policy.default)
        assert message.defects == [] and set(message.keys()) <= ours
        assert len(message["To"].addresses if message["To"] else ()) <= 1
        assert all(STEERING.findall(str(value)) == [] and "\n" not in str(value) for value in message.values())
        text, page = (message.get_body((kind,)) for kind in ("plain", "html"))
        assert text and page
        words = text.get_content()
        assert not re.search(r"^(Bcc|To|Subject):", words, re.M) and STEERING.findall(words) == []
        read = Page(page.get_content())
        assert read.tags <= LETTER_TAGS and {name for name, _value in read.attributes} == {"style", "charset", "lang"}
        for part in message.iter_attachments():
            assert part.get_filename() in names


def test_the_radio_reads_names_of_the_rules_alone(year: Year) -> None:
    for path in year.folder.glob("outbox/**/ban-tin.txt"):
        text = path.read_text(encoding="utf-8-sig")
        assert STEERING.findall(text.replace("\r\n", "\n")) == []
        assert "alert(1)" not in text and "x.example/?a" not in text


def test_names_of_files_are_ours(year: Year) -> None:
    for path in (year.folder / "outbox").rglob("*"):
        for name in path.relative_to(year.folder / "outbox").parts:
            assert re.fullmatch(r"\.?[A-Za-z0-9][A-Za-z0-9._-]*", name), path
    fetched = [path.name for path in year.folder.glob("inbox/2023/tong-ket/*") if path.name.startswith("2023")]
    assert fetched == ["20231205-081530_x-x.example_cmd-x.xlsx"]
    assert not (year.folder / "thon-7").exists()


def test_the_manifest_names_every_file_in_one_way(year: Year) -> None:
    text = (year.out / "manifest.json").read_text(encoding="utf-8")
    assert STEERING.findall(text) == []
    inputs = json.loads(text)["inputs"]
    assert {MARKUP, "=cmd|' /C calc'!A0.xlsx", "-5;=1+1;\\u202exslx.exe"} <= set(inputs)
    assert set(inputs) == {
        row["file"] for row in published.read_table(year.out / "so-lieu", "register") if row["sha256"]
    }


# --- another program's eyes ---------------------------------------------------------------------------


@pytest.mark.parametrize("_", [pytest.param(None, marks=needs_libreoffice)])
def test_libreoffice_shows_the_text_itself(year: Year, tmp_path: Path, _: None) -> None:
    from python_calamine import CalamineWorkbook

    sources = [year.out / "xep-hang.xlsx", year.out / "phan-hoi" / "thon-2.xlsx"]
    cells: list[set[str]] = []
    for path in convert(sources, "ods", tmp_path):
        book = CalamineWorkbook.from_path(path)
        rows = (row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
        cells.append({" ".join(str(value).split()) for row in rows for value in row})
    ranking, marked = cells
    assert {NAMES["thon-1"], NAMES["thon-7"], CLASS} <= ranking
    assert {literal(each) for each in PAYLOADS if each.isprintable()} <= marked


# --- rule files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("steering", ["\\u202e", "\\x07", "\\x1b[31m", "\\u2028", "\\x9b"])
def test_a_rule_file_with_a_character_that_steers_is_refused(tmp_path: Path, steering: str) -> None:
    folder = foreign.write_rules(tmp_path / "2023")
    path = folder / "blocs" / "truong-hoc.yaml"
    text = path.read_text(encoding="utf-8").replace('"unit": "%"', f'"unit": "%{steering}"')
    path.write_text(text, encoding="utf-8")
    line = next(n for n, each in enumerate(text.splitlines(), 1) if '"unit"' in each)
    with pytest.raises(RuleFilesWrong) as refused:
        load_rules(folder)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.place[-1]) == (path, line, "unit")


@pytest.mark.parametrize("code", ["con", "AUX", "nul.1", "com1"])
def test_no_file_is_called_by_the_name_of_a_device(tmp_path: Path, code: str) -> None:
    folder = foreign.write_rules(tmp_path / "2023")
    path = folder / "blocs" / "truong-hoc.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"thcs"', f'"{code}"'), encoding="utf-8")
    with pytest.raises(RuleFilesWrong) as refused:
        load_rules(folder)
    assert [(problem.file, problem.place[-1]) for problem in refused.value.problems] == [(path, "code")]
    assert f"“{code}”" in refused.value.problems[0].what
