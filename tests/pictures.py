"""``make pictures``: the pictures of the documents, from a real run on the sample; and their generated texts.

LibreOffice prints the workbooks as PDF, pdftoppm (poppler-utils) makes a picture of the page on which a text
stands, without its margins and its footer.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.issue import write_forms
from pipeline.run import publish
from tests import libreoffice
from tests.doc_texts import ROOT, assess_sample, texts

PICTURES = ROOT / "docs" / "hinh"
LIMIT = 150_000
"""Bytes; a page of a document is to open at once."""


@dataclass(frozen=True)
class Picture:
    """The first page of ``workbook`` on which ``text`` stands. ``part``: how much of its height is shown."""

    name: str
    workbook: str
    text: str
    width: int = 1400
    part: float = 0.94


PICTURES_MADE = (
    Picture("xep-hang", "xep-hang.xlsx", "KẾT QUẢ XẾP HẠNG THI ĐUA Khối các thôn"),
    Picture("diem-tieu-chi", "xep-hang.xlsx", "ĐIỂM TỪNG TIÊU CHÍ – KHỐI CÁC THÔN"),
    Picture("tong-hop", "tong-hop.xlsx", "TỔNG HỢP KẾT QUẢ THI ĐUA", width=1000),
    Picture("phan-hoi-danh-sach", "hoi-nong-dan.xlsx", "Những chỗ cần sửa trong phiếu"),
    Picture("phan-hoi-o-mau", "hoi-nong-dan.xlsx", "KẾT QUẢ THỰC HIỆN VÀ TỰ CHẤM ĐIỂM"),
    Picture("phieu-huong-dan", "thon-1.xlsx", "PHIẾU TỰ CHẤM ĐIỂM THI ĐUA", width=1000),
    Picture("phieu-tu-cham", "thon-1.xlsx", "KẾT QUẢ THỰC HIỆN VÀ TỰ CHẤM ĐIỂM"),
    Picture("so-tiep-nhan", "so-tiep-nhan.xlsx", "Ngày tiếp nhận", width=1000, part=0.4),
)


def main() -> None:
    """Write ``docs/hinh/*.png`` and the generated texts."""
    if missing := [name for name in ("soffice", "pdftoppm", "pdftotext") if shutil.which(name) is None]:
        sys.exit(f"needed and not installed: {', '.join(missing)}")
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")
    os.environ["LC_ALL"] = "vi_VN.UTF-8"  # numbers as LibreOffice shows them in Vietnam
    with tempfile.TemporaryDirectory(prefix="thidua-pictures-") as folder:
        workbooks = make_workbooks(Path(folder))
        pages = dict(zip(workbooks, libreoffice.convert(list(workbooks.values()), "pdf", Path(folder, "pdf")), strict=True))
        PICTURES.mkdir(parents=True, exist_ok=True)
        for picture in PICTURES_MADE:
            draw(picture, pages[picture.workbook])


def make_workbooks(folder: Path) -> dict[str, Path]:
    """Name -> workbook, of every picture: from the outbox of a run on the sample, and a form as handed out."""
    result = assess_sample()
    rules, of = result.outcome.rules, result.outcome.round
    now = rules.plan.due_moment(of)
    publish(result, ROOT / "inbox" / "2023" / of.code, folder / "out", folder / "ledger.sqlite", now)
    write_forms(folder / "phieu", rules, of, ["thon-1"])
    made = {path.name: path for path in sorted(folder.rglob("*.xlsx"), key=lambda path: "phieu" in path.parts)}
    return {picture.workbook: made[picture.workbook] for picture in PICTURES_MADE}


def draw(picture: Picture, pdf: Path) -> None:
    """The picture as a PNG file of at most LIMIT bytes."""
    page = find_page(pdf, picture.text)
    left, top, width, height = inked(pdf, page, picture.part)
    target = PICTURES / picture.name
    scale = picture.width / width
    box = [f"-{axis}={round(value * scale)}" for axis, value in zip("xyWH", (left, top, width, height), strict=True)]
    box = [part for flag in box for part in flag.split("=")]
    run("pdftoppm", "-png", "-singlefile", "-f", page, "-r", 72 * scale, *box, pdf, target)
    size = target.with_suffix(".png").stat().st_size
    if size > LIMIT:
        sys.exit(f"{target}.png has {size} bytes, more than {LIMIT}: give it a smaller width")


def find_page(pdf: Path, text: str) -> int:
    """The first page that holds ``text``; blanks do not count, for a PDF has them within words."""
    pages = run("pdftotext", pdf, "-").decode().split("\f")
    wanted = "".join(text.split())
    return next(number for number, page in enumerate(pages, start=1) if wanted in "".join(page.split()))


def inked(pdf: Path, page: int, part: float) -> tuple[int, int, int, int]:
    """Left, top, width and height, in points, of what is not blank in the upper ``part`` of a page."""
    _magic, size, _depth, pixels = run("pdftoppm", "-gray", "-r", 72, "-f", page, "-l", page, pdf).split(b"\n", 3)
    width, height = map(int, size.split())
    rows = [pixels[start : start + width] for start in range(0, int(height * part) * width, width)]
    inked_rows = [y for y, row in enumerate(rows) if min(row) < 250]
    inked_columns = [x for x in range(width) if min(row[x] for row in rows) < 250]
    left, top, margin = inked_columns[0], inked_rows[0], 4
    return left - margin, top - margin, inked_columns[-1] - left + 2 * margin, inked_rows[-1] - top + 2 * margin


def run(*command: object) -> bytes:
    """What a program prints. Raises CalledProcessError."""
    return subprocess.run([str(part) for part in command], capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()
