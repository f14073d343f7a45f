"""Small files that hold the program or fill its memory, and files that two readers read as two things."""

from __future__ import annotations

import io
import os
import re

import openpyxl

from tests.attack.office import Done, Office
from tests.filled import form
from tests.packages import Part, changed, pack, parts_of, with_part
from tests.papers import COMPUTED as RANKED

COMPUTED = {unit: total for unit, (total, _rank) in RANKED.items()}
SECONDS, MEGABYTES = 45.0, 700.0
"""What a run of a hostile inbox may take, and what its main process may fill."""


def held(office: Office, files: dict[str, bytes]) -> Done:
    """A run with these files ends in time, within memory, with every file in the register and the others' totals."""
    for name, content in files.items():
        (office.inbox / name).write_bytes(content)
    done = office.run("2023-12-08T10:30")
    assert done.seconds < SECONDS, f"{done.seconds:.0f} s"
    assert done.peak < MEGABYTES, f"{done.peak:.0f} MB in the main process"
    assert set(files) <= set(office.statuses()), "a file is not in the register"
    assert COMPUTED.items() <= office.totals().items(), "another unit's total is another one"
    return done


def endless_tag(office: Office) -> None:
    """H1: ``<f `` a million times in a part that no reader needs; 40 kB."""
    held(office, {"the.xlsx": with_part(form("thon-4"), Part("xl/worksheets/x.xml", b"<f " * 2_600_000))})


def endless_tag_in_relations(office: Office) -> None:
    """H1: the same in a part of relations."""
    held(office, {"lk.xlsx": with_part(form("thon-4"), Part("xl/worksheets/_rels/x.rels", b"<text:a " * 1_000_000))})


def _with_text(content: bytes, text: str) -> bytes:
    """The form with that text for each evidence."""
    evidence = "Kế hoạch số 01".encode()
    name = next(each.name for each in parts_of(content) if evidence in each.data)
    return changed(content, re.escape(name), lambda xml: xml.replace(evidence, text.encode()))


def combining_marks(office: Office) -> None:
    """H1: 200,000 combining marks in a note."""
    content = form("thon-4")
    held(office, {"dau.xlsx": _with_text(content, "a" + "\u0301\u0323" * 100_000)})


def nineteen_thousand_rows(office: Office) -> None:
    """H2: rows upon rows, each of them wrong."""
    book = openpyxl.load_workbook(io.BytesIO(form("thon-4")))
    sheet = next(sheet for sheet in book.worksheets if sheet.title.startswith("Mô hình"))
    for number in range(5000):
        for column in range(1, 6):
            sheet.cell(12 + number, column).value = "x" if column != 1 else "sai loại"
    target = io.BytesIO()
    book.save(target)
    held(office, {"dong.xlsx": target.getvalue()})


def long_texts(office: Office) -> None:
    """H2: 25 files of one text of 5 MB that many cells name."""
    content = _with_text(form("thon-4"), "x" * 5_000_000)
    held(office, _varied(content, 25))


def _varied(content: bytes, count: int) -> dict[str, bytes]:
    """The same with other bytes each."""
    return {f"v-{n}.xlsx": with_part(content, Part(f"docProps/x{n}.xml", b"<x/>")) for n in range(count)}


def two_zips(office: Office) -> None:
    """M3: an old workbook's head before a package: two readers, two files."""
    content = form("thon-4", {"KT1": {"target": 100, "actual": 1}})
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + "Workbook".encode("utf-16-le") + b"\0" * 1000
    held(office, {"hai.xls": head + content})
    assert office.statuses()["hai.xls"] in ("unreadable", "not_a_form")


def hidden_second_table(office: Office) -> None:
    """M3: a zip64 record that hides another table of contents."""
    content = pack(parts_of(form("thon-4")))
    locator = b"PK\x06\x07" + b"\0" * 4 + len(content).to_bytes(8, "little") + (1).to_bytes(4, "little")
    end = content[-22:]
    held(office, {"64.xlsx": content[:-22] + b"PK\x06\x06" + (44).to_bytes(8, "little") + b"\0" * 44 + locator + end})
    assert office.statuses()["64.xlsx"] in ("unreadable", "not_a_form")


def sparse_file(office: Office) -> None:
    """M5: 200 GB of nothing, and a pipe, beside the forms, also for ``fetch``."""
    with (office.inbox / "lon.xlsx").open("wb") as file:
        os.truncate(file.fileno(), 200_000_000_000)
    os.mkfifo(office.inbox / "ong.xlsx")
    office.run()
    assert {"lon.xlsx", "ong.xlsx"} <= set(office.statuses())
    folder = office.base / "thu-den"
    folder.mkdir()
    assert office.fetch(folder).code in (0, 2)


ATTACKS = (
    endless_tag,
    endless_tag_in_relations,
    combining_marks,
    nineteen_thousand_rows,
    long_texts,
    two_zips,
    hidden_second_table,
    sparse_file,
)
