"""The parts of the documents that follow from the code: the lists of notices and of scoring methods, and the screen of
a run on the sample.

``make pictures`` writes them into ``docs/``, and so does ``python -m tests.doc_texts``, without the pictures and what
they need; a test says when they are out of date.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
from pathlib import Path

from pipeline.code_lists import Severity
from pipeline.findings.catalogue import Code
from pipeline.i18n import _, use_language
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import load_rules
from pipeline.run import Assessment, assess
from pipeline.screens import screen
from tests.method_texts import methods_page
from tests.places import ROOT

GUIDE, NOTICES = ROOT / "docs" / "HUONG-DAN.md", ROOT / "docs" / "THONG-BAO.md"
METHODS_PAGE = ROOT / "docs" / "CACH-CHAM.md"
BEGIN, END = "<!-- màn hình: make pictures -->\n```text\n", "```\n<!-- hết màn hình -->"


def texts() -> dict[Path, str]:
    """File -> what should stand in it."""
    use_language("vi")
    return {NOTICES: notices(), METHODS_PAGE: methods_page(), GUIDE: with_screen(GUIDE.read_text(encoding="utf-8"))}


def write_texts() -> None:
    """Bring the documents up to date."""
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")


# --- the list of notices ------------------------------------------------------------------------------

HEAD = """# Các thông báo về phiếu và tệp

<!-- Tệp này do lệnh make pictures lập từ danh mục thông báo của chương trình; không sửa tay. -->

Dấu … là chỗ chương trình ghi nội dung cụ thể (giá trị đã nhập, tên trang, con số). Mã ở cột cuối là mã ghi trong
`so-lieu/findings.csv`. Cách đọc và xử lý chung: [HUONG-DAN.md](HUONG-DAN.md).
"""

PARTS = {
    Severity.ERROR: (
        "Lỗi",
        "Tệp chưa được tính; đơn vị phải sửa và gửi lại. Với phiếu thẩm định, phiếu Hội đồng: riêng điểm ở ô đó "
        "chưa được áp dụng.",
    ),
    Severity.WARNING: ("Cảnh báo", "Phiếu vẫn được tính; cần xem lại nội dung được nêu."),
    Severity.NOTE: ("Ghi chú", "Chỉ để biết."),
}


def notices() -> str:
    """Every entry of the catalogue of findings, by severity."""
    return HEAD + "".join(_part(severity, *words) for severity, words in PARTS.items())


def _part(severity: Severity, title: str, meaning: str) -> str:
    rows = [_row(code) for code in Code if code.entry.severity is severity]
    return f"\n## {title}\n\n{meaning}\n\n| Thông báo | Cách xử lý | Mã |\n| --- | --- | --- |\n" + "".join(rows)


def _row(code: Code) -> str:
    what, remedy = (re.sub(r"{\w+}(\.$)?", "…", _(each)) for each in (code.entry.what, code.entry.remedy))
    return f"| {what[:1].upper()}{what[1:]} | {remedy} | `{code}` |\n"


# --- the screen ---------------------------------------------------------------------------------------


def with_screen(text: str) -> str:
    """The guide with the screen of a run on the sample between its two marks."""
    before, _mark, rest = text.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    return before + BEGIN + sample_screen() + END + after


def sample_screen() -> str:
    """What ``thidua run`` shows of the sample inbox."""
    result = assess_sample()
    stream = io.StringIO()
    screen.show_outcome(result.outcome, screen.console(stream))
    screen.show_next(result.outcome, Path("outbox/2023/tong-ket"), result.hint, screen.console(stream))
    return "".join(line.rstrip() + "\n" for line in stream.getvalue().splitlines())


def assess_sample() -> Assessment:
    """The sample, with nothing remembered of earlier runs."""
    rules = load_rules(ROOT / "rules" / "2023")
    of = rules.plan.round("tong-ket")
    assert of
    now = dt.datetime(2023, 12, 18, 8, 0, tzinfo=rules.plan.zone)
    with tempfile.TemporaryDirectory() as folder:
        return assess(RoundContext(rules, of), ROOT / "inbox" / "2023" / of.code, Path(folder) / "none.sqlite", now)


if __name__ == "__main__":
    write_texts()
