"""The page and its public version: what they say, that foreign text stays text, and that they need nothing else."""

from __future__ import annotations

import base64
import copy
import dataclasses
import hashlib
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline import tables
from pipeline.forms.frames import CollectiveAwards, IndividualAwards, Models, Movements, Results
from pipeline.i18n import use_language
from pipeline.methods.inputs import Takes
from pipeline.outcome import Outcome
from pipeline.outputs import page
from pipeline.outputs.page import facts
from pipeline.ranking.standings import rank
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from pipeline.run import assess
from pipeline.scoring.points import score
from tests import linked, phong, small
from tests.bench.forms import ROUND, rules_for
from tests.frames import results_of
from tests.outcomes import outcome
from tests.places import ROOT

WHOLE, PUBLIC = "index.html", "cong-khai.html"


class Read(HTMLParser):
    """A page as a reader without a style sheet meets it: tags, attributes, words, tables, charts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []  # tag, name, value
        self.tables: dict[str, list[list[str]]] = {}  # words of the caption -> rows of cells
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.charts: list[list[tuple[str, str]]] = []  # of each, class and path of its strokes
        self.titles: list[str] = []  # of each chart
        self.words = ""
        self._open: list[str] = []
        self._caption = ""
        self._rows: list[list[str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        given = dict(attrs)
        if tag == "table":
            self._caption, self._rows = "", []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        elif tag == "svg":
            self.charts.append([])
        elif tag == "path":
            self.charts[-1].append((given["class"] or "", given["d"] or ""))
        if tag not in ("td", "th", "tr", "p", "dt", "dd", "meta", "input", "path"):  # these are not closed
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.tables[" ".join(self._caption.split())] = [
                [" ".join(cell.split()) for cell in row] for row in self._rows
            ]
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if "script" in self._open:
            self.scripts.append(data)
        elif "style" in self._open:
            self.styles.append(data)
        elif "svg" in self._open:
            self.titles.append(data)
        else:
            self.words += data
            if "caption" in self._open:
                self._caption += data
            elif "table" in self._open and self._rows and self._rows[-1]:
                self._rows[-1][-1] += data


def pages(of: Outcome, folder: Path) -> tuple[Read, Read]:
    page.write(of, folder)
    assert sorted(path.name for path in folder.iterdir()) == [PUBLIC, WHOLE]
    return Read((folder / WHOLE).read_text("utf-8")), Read((folder / PUBLIC).read_text("utf-8"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Read, Read]:
    use_language("vi")
    return pages(outcome(), tmp_path_factory.mktemp("page"))


# --- what they say ------------------------------------------------------------------------------------


def test_at_a_glance(both: tuple[Read, Read]) -> None:
    whole, _public = both
    assert whole.tables["Số đơn vị theo tình trạng phiếu"] == [
        ["Khối thi đua", "Đơn vị thi đua", "Đã gửi", "trong đó gửi muộn", "Phải sửa", "Chưa gửi"],
        ["Khối các thôn", "5", "4", "1", "1", "0"],
        ["Khối trường học", "2", "2", "0", "0", "0"],
        ["Tổng cộng", "7", "6", "1", "1", "0"],
    ]
    assert "Hạn gửi phiếu" in whole.words and "17:00 10/12/2023" in whole.words


def test_the_ranking_of_a_bloc(both: tuple[Read, Read]) -> None:
    caption = "Bảng xếp hạng – Khối các thôn (điểm chuẩn: 100)"
    expected = [
        ["Hạng", "Đơn vị", "Tổng điểm", "Xếp loại", "I", "II", "T", "P", "Khoảng hạng"],
        ["1", "Thôn 1", "94,00", "Xuất sắc", "56,00", "36,00", "2,00", "0,00", "1–2"],
        ["2", "Thôn 2", "94,00", "Tốt", "58,00", "36,00", "2,00", "-2,00", "1–2"],
        ["3", "Thôn 4", "30,50", "Trung bình", "20,00", "11,50", "0,00", "-1,00", "3"],
        ["–", "Thôn 3", "91,50", "Không xếp loại", "60,00", "31,50", "5,00", "-5,00", ""],
        ["–", "Thôn 5", "", "Không xếp loại", "", "", "", "", ""],
    ]
    whole, public = both
    assert whole.tables[caption] == expected
    assert public.tables[caption] == [row[:-1] for row in expected]


def test_bars_are_as_long_as_the_points(both: tuple[Read, Read]) -> None:
    """Of 105 points, in thousandths and with a gap of 3: Thôn 1 has 56 + 36 + 2; from Thôn 2's 96 two are taken off."""
    whole, public = both
    bars = [chart for chart in whole.charts if any(look.startswith("g") for look, _line in chart)]
    assert bars[:2] == [
        [("g1", "M0 5H530"), ("g2", "M533 5H873"), ("bonus", "M876 5H892")],
        [("g1", "M0 5H549"), ("g2", "M552 5H892"), ("bonus", "M895 5H911"), ("off", "M895 5H914")],
    ]
    assert whole.titles[3] == "I 56,00; II 36,00; T 2,00; P 0,00"  # behind those of the three counts
    assert bars == [chart for chart in public.charts if chart]
    assert len(whole.titles) == len(whole.charts)


def test_spans_lie_where_the_ranks_are(both: tuple[Read, Read]) -> None:
    """Thôn 1 and 2 are between ranks 1 and 2 of three, Thôn 4 stays at 3."""
    whole, _public = both
    assert [chart for chart in whole.charts if chart[0][0] == "may"][:3] == [
        [("may", "M0 5H667"), ("is", "M0 5H333")],
        [("may", "M0 5H667"), ("is", "M333 5H667")],
        [("may", "M667 5H1000"), ("is", "M667 5H1000")],
    ]
    assert "Thôn 4 giữ vững hạng 3" in whole.words


def test_who_has_sent(both: tuple[Read, Read]) -> None:
    whole, _public = both
    assert whole.tables["Tình trạng phiếu của từng đơn vị"] == [
        ["Đơn vị", "Tình trạng", "Ngày nhận", "Số ngày muộn"],
        ["Khối các thôn"],
        ["Thôn 1", "Đã gửi", "09:15 08/12/2023", ""],
        ["Thôn 2", "Đã gửi", "08:00 08/12/2023", ""],
        ["Thôn 3", "Đã gửi", "17:00 10/12/2023", ""],
        ["Thôn 4", "Đã gửi", "10:30 13/12/2023", "3"],
        ["Thôn 5", "Phải sửa", "", ""],
        ["Khối trường học"],
        ["Trường THCS", "Đã gửi", "07:45 01/12/2023", ""],
        ["Trường Tiểu học", "Đã gửi", "16:20 05/12/2023", ""],
    ]


def test_findings_stand_under_their_unit(both: tuple[Read, Read]) -> None:
    whole, _public = both
    words = " ".join(whole.words.split())
    assert (
        "Thôn 1 số cảnh báo: 1 Tệp: thon-1.xlsx Cảnh báo Phiếu mất trang ẩn, được nhận ra theo tiêu đề và mã "
        "Thôn 4 số cảnh báo: 1 Tệp: thon-4.xlsx Cảnh báo Ô F7: “200.000” được đọc là 200 "
        "Thôn 5 số lỗi: 2 Tệp: thon-5.xlsx Lỗi Ô F7 còn trống: đề nghị nhập kết quả "
        "Lỗi Ô F9: “=1+1” không phải là số, ví dụ 85,5 "
        "Các tệp không được tính anh/IMG_0001.jpg – Tệp là ảnh, không phải phiếu "
        "~$thon-1.xlsx – Tệp khóa của Excel: phiếu còn đang mở Cách tính điểm của từng đơn vị"
    ) in words
    assert "500 triệu" not in words  # a note, which asks for nothing


def test_how_each_point_came_about(both: tuple[Read, Read]) -> None:
    whole, _public = both
    words = outcome().scores.query("unit == 'thon-3'").set_index("criterion")["explanation"]
    assert whole.tables["Điểm của Thôn 3"] == [
        ["Mã", "Tiêu chí và cách tính điểm", "Chỉ tiêu", "Kết quả thực hiện", "Điểm"],
        ["I", "Phát triển kinh tế", "", "", "60"],
        ["KT1", "Thu ngân sách so với dự toán" + words["KT1"], "600", "612,5", "40"],
        ["KT2", "Tỷ lệ hộ nghèo" + words["KT2"], "0", "0", "20"],
        ["II", "Văn hóa – xã hội", "", "", "31,5"],
        ["VH1", "Tỷ lệ gia đình văn hóa" + words["VH1"], "90", "90", "10"],
        ["VH2", "Xếp loại chi bộ" + words["VH2"], "", "Tốt", "8"],
        ["VH3", "Có công trình hoặc mô hình thi đua" + words["VH3"], "", "Có", "5"],
        ["AN1", "Số vụ phạm pháp hình sự" + words["AN1"], "", "2", "3"],
        ["TD1", "Tổ chức phong trào thi đua" + words["TD1"], "", "5,5", "5,5"],
        ["T", "Điểm thưởngCác tiêu chí cộng lại được 7; áp dụng mức tối đa của nhóm", "", "", "5"],
        ["T1", "Bằng khen trong năm" + words["T1"], "", "3", "4"],
        ["T2", "Mô hình được nhân rộng" + words["T2"], "", "Có", "3"],
        ["P", "Điểm trừ", "", "", "-5"],
        ["P1", "Nộp phiếu muộn" + words["P1"], "", "0", "0"],
        ["P2", "Kỷ luật" + words["P2"], "", "Cảnh cáo trở lên", "-5"],
    ]


def judgement(**changed: Any) -> pd.DataFrame:
    """Thôn 1's TD1, appraised."""
    row = {
        "bloc": "thon",
        "unit": "thon-1",
        "criterion": "TD1",
        "kind": "appraised",
        "before": 9.0,
        "after": 7.5,
        "reason": "Thiếu minh chứng <b>",
        "who": "Nguyễn Văn Mẫu",
        "file": "tham-dinh.xlsx",
        "sheet": "Thôn 1",
        "cell": "H9",
    } | changed
    columns = tables.Judgements.to_schema().columns
    blank = {"float64": float("nan"), "Int64": pd.NA, "int64": 0}
    whole = {name: row.get(name, blank.get(str(column.dtype), "")) for name, column in columns.items()}
    frame = pd.DataFrame([whole])
    return tables.checked(
        frame.astype({n: str(c.dtype) for n, c in columns.items() if c.dtype is not None}), tables.Judgements
    )


def test_what_people_changed_is_told_step_by_step(tmp_path: Path) -> None:
    whole, public = pages(outcome(judgements=judgement()), tmp_path)
    (row,) = (row for row in whole.tables["Điểm của Thôn 1"] if row[0] == "TD1")
    steps = "tự chấm 9 → máy tính 9 → thẩm định 7,5; lý do: Thiếu minh chứng <b>; Nguyễn Văn Mẫu"
    assert row[1].endswith(steps)
    assert "Nguyễn Văn Mẫu" not in public.words


def test_a_registration_shows_who_has_sent_and_no_ranking(tmp_path: Path) -> None:
    scored = {"scores": tables.Scores, "groups": tables.GroupPoints, "standings": tables.Standings}
    none = {name: tables.empty(model) for name, model in scored.items()}
    of = outcome()
    whole, public = pages(dataclasses.replace(of, **none, round=of.rules.plan.rounds[0]), tmp_path)
    assert set(whole.tables) == {"Số đơn vị theo tình trạng phiếu", "Tình trạng phiếu của từng đơn vị"}
    assert set(public.tables) == {"Số đơn vị theo tình trạng phiếu"}
    assert "Đăng ký thi đua" in public.words


def test_an_empty_inbox(tmp_path: Path) -> None:
    rules = small.rules()
    nobody = [(b.code, b.name, code, u.name, "not_sent", 0, "", "", "") for code, (b, u) in rules.units.items()]
    models = {"register": tables.Register, "findings": tables.Findings, "results": Results}
    nothing = {name: tables.empty(model) for name, model in models.items()}
    of = outcome(roster=tables.of_records(nobody, tables.Roster), as_of=None, inputs={}, **nothing)
    whole, public = pages(of, tmp_path)
    assert whole.tables["Số đơn vị theo tình trạng phiếu"][-1] == ["Tổng cộng", "7", "0", "0", "0", "7"]
    ranking = whole.tables["Bảng xếp hạng – Khối trường học (điểm chuẩn: 100)"]
    assert [row[:3] for row in ranking[1:]] == [["–", "Trường THCS", ""], ["–", "Trường Tiểu học", ""]]
    assert "chưa nhận được tệp nào" in whole.words and "chưa nhận được tệp nào" in public.words
    assert "Không có nội dung nào phải sửa." in whole.words


def test_in_english(tmp_path: Path) -> None:
    use_language("en")
    try:
        page.write(outcome(), tmp_path)
    finally:
        use_language("vi")
    text = (tmp_path / WHOLE).read_text("utf-8")
    assert '<html lang="en">' in text and "<h1>Emulation results</h1>" in text
    assert "<dd>2023-12-10 17:00</dd>" in text and "<td>94.00" in text


# --- what the public does not see ---------------------------------------------------------------------


def test_the_public_version_names_no_person_file_finding_or_reason(both: tuple[Read, Read]) -> None:
    of, (_whole, public) = outcome(), both
    private = {
        *of.register["file"],
        *of.findings["message"],
        *of.individual_awards["name"],
        *of.standings["exclusion"],
        *of.standings["note"],
        of.rules.plan.contact.office,
    } - {""}
    assert len(private) > 20
    text = " ".join(public.words.split())
    assert [each for each in sorted(private) if each in text] == []
    assert public.scripts == []
    assert "Không công khai: thông tin cá nhân, hồ sơ, tài liệu và lý do đơn vị không được xếp hạng (–)." in text


# --- foreign text, and nothing from outside -----------------------------------------------------------

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></style></script>--><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt; &amp;",
    "Á" * 10_000,
)
BIDI = "phiếu\u202exslx.exe\u2066 \u200f"


def hostile() -> Outcome:
    """Every text that comes from rule files or from units is one of these."""
    bloc = copy.deepcopy(small.THON)
    for unit, name in zip(bloc["units"], HOSTILE, strict=False):
        unit["name"] = name[:500]
    bloc["name"], bloc["rubric"]["groups"][0]["name"] = HOSTILE[0], HOSTILE[1]
    rules = small.rules(bloc, small.TRUONG, plan={"title": HOSTILE[2], "commune": HOSTILE[0]})
    of = outcome(rules=rules)
    texts = [*HOSTILE, BIDI]
    findings = of.findings.assign(message=texts[: len(of.findings)])
    findings.loc[findings.index[-1], "message"] = BIDI + HOSTILE[-1]
    register = of.register.assign(reason=(texts * 2)[: len(of.register)])
    register.loc[0, "file"] = "ảnh\udcff" + BIDI
    return outcome(rules=rules, findings=findings, register=register, judgements=judgement(reason=HOSTILE[1], who=BIDI))


TAGS = """
a abbr b bdi body button caption dd details div dl dt footer h1 h2 h3 head header html input label li main meta nav
option output p path script section select span strong style summary svg table tbody td tfoot th thead title tr ul
"""


def test_foreign_text_stays_text(tmp_path: Path) -> None:
    whole, public = pages(hostile(), tmp_path)
    for read in (whole, public):
        assert set(read.tags) <= set(TAGS.split())
        assert [name for _tag, name, _value in read.attributes if name.startswith("on") or name == "style"] == []
        assert re.findall("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", read.words) == []
        assert HOSTILE[0] in read.words
    assert len(whole.scripts) == 1 and public.scripts == []
    assert all(text in whole.words for text in HOSTILE)
    assert "ảnh\\udcff" in whole.words


def test_nothing_comes_from_outside(both: tuple[Read, Read]) -> None:
    for read in both:
        links = {value for _tag, name, value in read.attributes if name in ("href", "src", "srcset", "action", "data")}
        assert {link for link in links if not link.startswith("#")} == set()
        ids = {value for _tag, name, value in read.attributes if name == "id"}
        assert {link[1:] for link in links} <= ids
        assert re.findall(r"url\(|@import|https?:|//", "".join(read.styles)) == []


def test_the_policy_allows_our_script_and_style_alone(both: tuple[Read, Read]) -> None:
    def allowed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    whole, public = both
    policies = [
        next(value for tag, name, value in read.attributes if (tag, name) == ("meta", "content") and "src" in value)
        for read in both
    ]
    first = f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {allowed(whole.styles[0])}"
    assert policies == [f"{first}; script-src {allowed(whole.scripts[0])}", first]
    assert whole.styles == public.styles and len(whole.styles) == 1


def test_the_same_bytes_again(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        page.write(outcome(), tmp_path / folder)
    for name in (WHOLE, PUBLIC):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


# --- a large year -------------------------------------------------------------------------------------


def generated(units: int) -> Outcome:
    """A year of so many units under the hamlets' rubric of 2023, with results by chance."""
    rules = rules_for(units)
    known = rules.units.items()
    received = "2023-12-08T09:15:00+07:00"
    roster = tables.of_records(
        [(b.code, b.name, code, u.name, "sent", 0, "", f"{code}.xlsx", received) for code, (b, u) in known],
        tables.Roster,
    )
    results = results_of(row for code in rules.units for row in _entries(rules, code))
    scores, groups = score(rules, results, roster)
    models = {
        "register": tables.Register,
        "findings": tables.Findings,
        "models": Models,
        "movements": Movements,
        "collective_awards": CollectiveAwards,
        "individual_awards": IndividualAwards,
    }
    return Outcome(
        rules,
        rules.plan.round(ROUND),  # type: ignore[arg-type]
        None,
        roster=roster,
        results=results,
        scores=scores,
        groups=groups,
        standings=rank(rules, scores, groups, roster),
        **{name: tables.empty(model) for name, model in models.items()},
    )


def _entries(rules: Rules, code: str) -> list[dict[str, Any]]:
    bloc, _unit = rules.units[code]
    chance, rows = random.Random(code), []  # noqa: S311
    for line, (criterion, (_group, each)) in enumerate(bloc.rubric.criteria.items(), 7):
        takes, target = each.method.takes, each.target or round(chance.uniform(50, 120), 1)
        number = chance.randint(0, 3) if each.whole else round(chance.uniform(20, 120), 1)
        row: dict[str, Any] = {"bloc": bloc.code, "unit": code, "criterion": criterion, "target": float(target)}
        if takes is Takes.NUMBER:
            row["actual"] = float(number)
        elif takes is Takes.CHOICE:
            row["choice"] = chance.choice(each.method.options)
        elif takes is Takes.POINTS:
            row["claimed"] = round(chance.uniform(0, float(each.points)), 1)
        rows.append(row | {"evidence": "Báo cáo", "file": f"{code}.xlsx", "row": line, "actual_cell": f"F{line}"})
    return rows


def test_500_units_stay_below_two_megabytes(tmp_path: Path) -> None:
    of = generated(500)
    page.write(of, tmp_path)
    text = (tmp_path / WHOLE).read_text("utf-8")
    assert len(of.scores) == 15_000
    assert len(text.encode()) < 2_000_000
    assert (tmp_path / PUBLIC).stat().st_size < 500_000
    first = of.scores.head(30)
    lines = (f"<dt>{code}<dd>{words}\n" for code, words in zip(first["criterion"], first["explanation"], strict=True))
    assert "".join(lines) in text  # every point with its words; what the codes mean stands once for each bloc
    assert text.count("<dd>") >= 15_000
    assert text.count("<b>KT1</b> Thu nhập bình quân đầu người trong năm") == len(of.rules.blocs)


def test_the_most_that_is_written_out_stays_below_two_megabytes(tmp_path: Path) -> None:
    of = generated(facts.WRITTEN_OUT // 30)
    page.write(of, tmp_path)
    text = (tmp_path / WHOLE).read_text("utf-8")
    assert text.count("<td>Thu nhập bình quân đầu người trong năm<p class=how>") == len(of.roster)
    assert len(text.encode()) < 2_000_000


# --- package ----------------------------------------------------------------------------------------


def test_the_templates_are_part_of_the_package() -> None:
    from hatchling.builders.wheel import WheelBuilder

    root = ROOT
    packed = {file.relative_path for file in WheelBuilder(str(root)).recurse_included_files()}
    own = {path.relative_to(root).as_posix() for path in page.TEMPLATES.iterdir()}
    assert len(own) == 6 and own <= packed


def accounts_of(rules: Rules, forms: dict[str, bytes], folder: Path) -> dict[str, list[list[str]]]:
    """Caption -> rows of the page that a run over ``forms`` writes."""
    of = rules.plan.round("tong-ket")
    assert of
    (folder / "inbox").mkdir()
    for name, content in forms.items():
        (folder / "inbox" / name).write_bytes(content)
    found = assess(RoundContext(rules, of), folder / "inbox", folder / "none.sqlite", phong.NOW, jobs=1)
    return pages(found.outcome, folder / "trang")[0].tables


def test_what_was_entered_for_each_input_stands_beside_its_criterion(tmp_path: Path) -> None:
    forms = {path.name: path.read_bytes() for path in phong.inbox(tmp_path / "forms").iterdir()}
    shown = accounts_of(phong.rules(), forms, tmp_path)["Điểm của Phòng A"]
    results = {code: result for code, _words, _target, result, _points in shown[1:]}
    assert results["HS1"] == "HS = 1.500; SOM = 60"
    assert results["DD1"] == "CTK = 4; KN = Có"


def test_a_criterion_that_does_not_apply_has_no_points(tmp_path: Path) -> None:
    shown = accounts_of(linked.RULES, linked.FORMS, tmp_path)
    points = {unit: {row[0]: row[-1] for row in shown[f"Điểm của Đơn vị {unit}"]} for unit in "AD"}
    assert [(points["A"][code], points["D"][code]) for code in ("KT3", "KT4", "VH3")] == [
        ("1", "1"),
        ("8,1", "–"),
        ("15", "–"),
    ]
    words = next(row[1] for row in shown["Điểm của Đơn vị D"] if row[0] == "KT4")
    assert words == "Tiêu chí KT4" + "không áp dụng cho đơn vị này"
