"""Who may change points: papers, receipt books and forms of strangers."""

from __future__ import annotations

import datetime as dt
import email.message
import email.utils
import io
from pathlib import Path

import openpyxl
import pandas as pd

from pipeline.forms.declared import META_SHEET
from pipeline.forms.papers import META_SHEET as PAPER_META
from pipeline.outputs.receipt_book import write_book
from tests.attack.office import Office
from tests.filled import form
from tests.papers import fill

STRANGER = "thon3.giamao@evil.example"
HANOI = dt.timezone(dt.timedelta(hours=7))


def letter(content: bytes, name: str, day: int, sender: str = STRANGER) -> bytes:
    """A saved letter with one attachment, received on that day of December 2023."""
    received = dt.datetime(2023, 12, day, 9, 0, tzinfo=HANOI)
    message = email.message.EmailMessage()
    message["Received"] = f"from x by mail.xa.example; {email.utils.format_datetime(received)}"
    message["From"], message["To"], message["Subject"] = sender, "office@xa.example", "Phiếu"
    message["Message-ID"] = f"<{abs(hash((name, day)))}@evil.example>"
    message.set_content("Kính gửi")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def mailed(office: Office, content: bytes, name: str, day: int, sender: str = STRANGER) -> None:
    """A stranger's letter is fetched."""
    folder = office.base / "thu-den"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.eml").write_bytes(letter(content, name, day, sender))
    assert office.fetch(folder, f"2023-12-{day:02}T10:00").code == 0


def paper_for_oneself(office: Office) -> bytes:
    """A council paper made by the same program, in which Thôn 3 has all points."""
    paper = (office.outbox / "hoi-dong" / "thon.xlsx").read_bytes()
    return fill(paper, {("Thôn 3", "KT1"): {"decided": 40, "reason": "Hội đồng thống nhất", "votes": 9}})


def council_paper_by_mail(office: Office) -> None:
    """C1: one letter moves a hamlet to the first rank."""
    office.run()
    before = office.ranks()
    mailed(office, paper_for_oneself(office), "hoi-dong.xlsx", 9)
    done = office.run("2023-12-09T11:00")
    assert office.ranks() == before, "the stranger's paper counted"
    assert "misplaced" in office.statuses().values()
    told, _found, _rest = done.output.partition("Khối thi đua")
    assert "Giấy tờ đặt sai chỗ" in told, "not told first"


def decisions_voided(office: Office) -> None:
    """C1: a hidden sheet alone, also in the officer's folder, voids a bloc's decisions."""
    office.run()
    folder = office.inbox / "hoi-dong"
    folder.mkdir()
    (folder / "that.xlsx").write_bytes(paper_for_oneself(office))
    office.run("2023-12-09T09:00")
    decided = office.ranks()
    book = openpyxl.load_workbook(io.BytesIO((office.outbox / "hoi-dong" / "thon.xlsx").read_bytes()))
    for sheet in book.worksheets:
        if sheet.title != PAPER_META:
            sheet.delete_rows(1, sheet.max_row)
    book.save(folder / "rong.xlsx")
    mailed(office, (folder / "rong.xlsx").read_bytes(), "rong2.xlsx", 10)
    office.run("2023-12-10T09:00")
    assert office.ranks() == decided, "the council's decisions were voided"


def receipt_book_among_forms(office: Office) -> None:
    """A receipt book from outside makes others late."""
    rows = {"file": ["thon-1.xlsx"], "unit": "", "received": ["2023-12-26T09:00:00+07:00"], "decision": ""}
    target = io.BytesIO()
    write_book(target, pd.DataFrame(rows), dt.datetime(2023, 12, 8))
    (office.inbox / "so-tiep-nhan.xlsx").write_bytes(target.getvalue())
    mailed(office, target.getvalue(), "so-tiep-nhan.xlsx", 9)
    office.run("2023-12-09T11:00")
    assert set(office.days_late().values()) == {"0"}


def form_for_another_unit(office: Office) -> None:
    """H3: a stranger's form with another unit's code, four days after the due day."""
    office.run()
    before = office.ranks()
    mailed(office, form("thon-1", {"KT1": {"target": 100, "actual": 1}}), "thon-1.xlsx", 14)
    done = office.run("2023-12-14T11:00")
    assert office.ranks() == before, "the stranger's form counts"
    assert "to_decide" in office.statuses().values()
    assert "chưa thay thon-1.xlsx" in " ".join(done.output.split()), "not told on the screen"


def edited_code(office: Office) -> None:
    """The code of another unit is written into an issued form."""
    assert office.thidua("forms", "--rules", "rules/2023", "--round", "tong-ket").code == 0
    issued = office.base / "outbox" / "phieu" / "2023" / "tong-ket" / "thon"
    for unit in ("thon-2", "thon-3"):
        _fill_from(form(unit), issued / f"{unit}.xlsx", office.inbox / f"{unit}.xlsx")
    office.run()
    before = office.ranks()
    book = openpyxl.load_workbook(office.inbox / "thon-3.xlsx")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("thon-3", "thon-2").replace("Thôn 3", "Thôn 2")
    book.save(office.inbox / "gia.xlsx")
    office.run("2023-12-08T10:00")
    assert office.ranks() == before
    assert office.statuses()["gia.xlsx"] == "unclear_unit"


def _fill_from(filled: bytes, issued: Path, target: Path) -> None:
    """The form as issued, with the entries of one that was filled."""
    entered, book = openpyxl.load_workbook(io.BytesIO(filled)), openpyxl.load_workbook(issued)
    for sheet in book.worksheets:
        for row in entered[sheet.title].iter_rows() if sheet.title != META_SHEET else ():
            for cell in row:
                if cell.value is not None and sheet[cell.coordinate].__class__.__name__ != "MergedCell":
                    sheet[cell.coordinate].value = cell.value
    book.save(target)


def same_bytes_again(office: Office) -> None:
    """M1: the very bytes that lay in the inbox in time come once more by mail, weeks later."""
    office.run()
    mailed(office, (office.inbox / "thon-1.xlsx").read_bytes(), "thon-1.xlsx", 26)
    office.run("2023-12-26T11:00")
    assert office.days_late()["thon-1.xlsx"] == "0"


ATTACKS = (
    council_paper_by_mail,
    decisions_voided,
    receipt_book_among_forms,
    form_for_another_unit,
    edited_code,
    same_bytes_again,
)
