"""``make pictures``: the pictures of the documents, from a real run on the sample; and their generated texts.

LibreOffice prints the workbooks as PDF and Chromium the page, pdftoppm (poppler-utils) makes a picture of the page on
which a text stands, without its margins and its footer.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from pipeline.forms.writing.issue import write_forms
from pipeline.run import publish
from tests import libreoffice
from tests.browser import chromium
from tests.doc_texts import ROOT, assess_sample, write_texts

PICTURES = ROOT / "docs" / "hinh"
DPI = 130
LIMIT = 150_000
"""Bytes; a page of a document is to open at once."""


@dataclass(frozen=True)
class Picture:
    """The first page of ``workbook`` on which ``text`` stands. ``part``: how much of its height is shown."""

    name: str
    workbook: str
    text: str
    part: float = 0.94


WEB_PAGE = "index.html"

PICTURES_MADE = (
    Picture("xep-hang", "xep-hang.xlsx", "KẾT QUẢ XẾP HẠNG THI ĐUA Khối các thôn"),
    Picture("diem-tieu-chi", "xep-hang.xlsx", "ĐIỂM TỪNG TIÊU CHÍ – KHỐI CÁC THÔN"),
    Picture("trang", WEB_PAGE, "Bảng xếp hạng – Khối các thôn", part=1),
    Picture("tham-dinh", "tham-dinh/thon.xlsx", "PHIẾU THẨM ĐỊNH – THÔN 1", part=0.7),
    Picture("tong-hop", "tong-hop.xlsx", "TỔNG HỢP KẾT QUẢ THI ĐUA"),
    Picture("phan-hoi-danh-sach", "hoi-nong-dan.xlsx", "Những chỗ cần sửa trong phiếu", part=0.9),
    Picture("phan-hoi-o-mau", "hoi-nong-dan.xlsx", "KẾT QUẢ THỰC HIỆN VÀ TỰ CHẤM ĐIỂM"),
    Picture("phieu-huong-dan", "thon-1.xlsx", "PHIẾU TỰ CHẤM ĐIỂM THI ĐUA"),
    Picture("phieu-tu-cham", "thon-1.xlsx", "KẾT QUẢ THỰC HIỆN VÀ TỰ CHẤM ĐIỂM"),
)


def main() -> None:
    """Write ``docs/hinh/*.png`` and the generated texts."""
    if missing := [name for name in ("soffice", "chromium", "pdftoppm", "pdftotext") if shutil.which(name) is None]:
        sys.exit(f"needed and not installed: {', '.join(missing)}")
    write_texts()
    os.environ["LC_ALL"] = "vi_VN.UTF-8"  # numbers as LibreOffice shows them in Vietnam
    with tempfile.TemporaryDirectory(prefix="thidua-pictures-") as folder:
        workbooks = make_workbooks(Path(folder))
        shown = print_as_shown(workbooks.pop(WEB_PAGE), Path(folder, "page.pdf"))
        pages = dict(
            zip(workbooks, libreoffice.convert(list(workbooks.values()), "pdf", Path(folder, "pdf")), strict=True)
        )
        pages[WEB_PAGE] = shown
        PICTURES.mkdir(parents=True, exist_ok=True)
        for picture in PICTURES_MADE:
            draw(picture, pages[picture.workbook])


def make_workbooks(folder: Path) -> dict[str, Path]:
    """Name -> file, of every picture: from the outbox of a run on the sample, and a form as handed out."""
    result = assess_sample()
    rules, of = result.outcome.rules, result.outcome.round
    now = rules.plan.due_moment(of)
    publish(result, folder / "out", folder / "ledger.sqlite", now)
    write_forms(folder / "phieu", rules, of, ["thon-1"])
    found = [*folder.rglob("*.xlsx"), folder / "out" / "trang" / WEB_PAGE]
    found.sort(key=lambda path: "phieu" in path.parts)
    made = {name: path for path in found for name in (path.name, f"{path.parent.name}/{path.name}")}
    return {picture.workbook: made[picture.workbook] for picture in PICTURES_MADE}


def print_as_shown(page: Path, pdf: Path) -> Path:
    """One bloc's ranking and what comes before it, on a page as high as that, in the colours of the screen."""
    kept = "header, #bloc-thon"
    with chromium() as browser:
        shown = browser.new_page(viewport={"width": 1000, "height": 800})
        shown.emulate_media(media="screen", color_scheme="light")
        shown.goto(page.as_uri())
        shown.evaluate(
            """kept => document.querySelectorAll("header, nav, .ranking, main > section, footer").forEach(each => {
                 if (!each.matches(kept) && !each.querySelector(kept)) each.remove() })""",
            kept,
        )
        height = shown.evaluate("document.documentElement.scrollHeight") + 20
        shown.pdf(path=pdf, width="1000px", height=f"{height}px", print_background=True)
    return pdf


def draw(picture: Picture, pdf: Path) -> None:
    """The picture as a PNG file of at most LIMIT bytes."""
    page = find_page(pdf, picture.text)
    _magic, size, _depth, pixels = run("pdftoppm", "-r", DPI, "-f", page, "-l", page, pdf).split(b"\n", 3)
    width, height = map(int, size.split())
    rows = [pixels[3 * width * y :][: 3 * width] for y in range(round(height * picture.part))]
    content = png(trimmed(rows))
    if len(content) > LIMIT:
        sys.exit(f"{picture.name} has {len(content)} bytes, more than {LIMIT}")
    (PICTURES / f"{picture.name}.png").write_bytes(content)


def find_page(pdf: Path, text: str) -> int:
    """The first page that holds ``text``; blanks do not count, for a PDF has them within words."""
    pages = run("pdftotext", pdf, "-").decode().split("\f")
    wanted = "".join(text.split())
    return next(number for number, page in enumerate(pages, start=1) if wanted in "".join(page.split()))


def trimmed(rows: list[bytes]) -> list[bytes]:
    """Rows of red, green, blue, without the white around them, but for a little of it."""
    margin = 6
    inked = [y for y, row in enumerate(rows) if min(row) < 250]
    darkest = [min(column) for column in zip(*(rows[y] for y in inked), strict=True)]
    across = [x // 3 for x, value in enumerate(darkest) if value < 250]
    left, right = 3 * max(across[0] - margin, 0), 3 * (across[-1] + margin)
    return [row[left:right] for row in rows[max(inked[0] - margin, 0) : inked[-1] + margin]]


def png(rows: list[bytes]) -> bytes:
    """A PNG with a palette, a third as large as the one pdftoppm writes; no eye sees the difference in a table."""
    pixels = [[row[x : x + 3] for x in range(0, len(row), 3)] for row in rows]
    used = Counter(chain.from_iterable(pixels))
    exact = {colour for colour, _count in used.most_common(64)}  # grounds and lines; the rest are edges of letters
    drawn = {colour: colour if colour in exact else colour.translate(COARSE) for colour in used}
    palette = {colour: place for place, colour in enumerate(sorted(set(drawn.values())))}
    lines = b"".join(bytes([0, *(palette[drawn[pixel]] for pixel in row)]) for row in pixels)
    header = struct.pack(">IIBBBBB", len(pixels[0]), len(pixels), 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


COARSE = bytes(17 * round(value / 17) for value in range(256))
"""16 levels of red, green and blue."""


def run(*command: object) -> bytes:
    """What a program prints. Raises CalledProcessError."""
    return subprocess.run([str(part) for part in command], capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()
