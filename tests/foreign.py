"""A year in which every text that anybody can write carries a payload: rule files, forms, file names, letters, papers.

:data:`PAYLOADS` are what a unit types; :func:`write_rules` names blocs, units and criteria as no officer would;
:func:`inbox_files` are the forms, each text cell filled; :func:`letter` is a mail whose every header lies.
"""

from __future__ import annotations

import copy
import io
import itertools
import json
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty

from pipeline.forms.declared import TABLES, UNIT_ITEMS, Kind, Table
from pipeline.forms.writing.workbook import write_form
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from tests import small
from tests.filled import RIGHT, UNIT_SHEET

PAYLOADS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example","x")',
    "+84 258 1",
    "-5+x",
    "@SUM(A1:A9)",
    "\t=1+2",
    "'=1+1",
    "＝1+1",
    "a;=cmd|'x'!A0;b",
    "http://x.example/?a=1&b=2",
    "mailto:a@x.example",
    "file://x.example/a",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></style></script>--><svg onload=alert(1)>",
    "<r><t>đậm</t></r>",
    "&amp; &#x41; &lt;b&gt;",
    "_x003D_1+1 _x0007_",
    "{{ 7*7 }}{% raw %} {0.__class__} {entered}",
    "%s %(x)s ${x} \\1 [b]x[/b]",
    "đảo \u202exslx.exe\u2066 hết",
    "chuông \x07\x1b[31mđỏ\x9b2J",
    "dòng 1\r\nBcc: a@x.example",
    "phân\u2028đoạn\u2029",
    'TargetMode="External" <f>[1]S!A1</f>',
    "nháy \" và ' và ; , \\",
)

NAMES = {
    "thon-1": '=HYPERLINK("http://x.example","Thôn 1")',
    "thon-2": "Thôn [2]*?/\\: 'hai' & <b>hai</b>",
    "thon-3": "History",
    "thon-4": "Đơn vị & <có> tên rất dài, vượt quá ba mươi mốt ký tự, số 4",
    "thon-5": "Đơn vị & <có> tên rất dài, vượt quá ba mươi mốt ký tự, số 5",
    "thon-6": "'Thôn 6'",
    "thon-7": "<r><t>Thôn {0} {unit}</t></r>",
    "thon-8": "Thôn 8\nBcc: a@x.example",
}
CLASS = "=Sheet1!$A$1"
"""What XlsxWriter takes for a cell where it is the name of a chart's series."""
LEVELS = ('=1+1 "giỏi" & <b>', "Tốt, khá; 'hơn'", "<r><t>Hoàn thành</t></r>")


def write_rules(folder: Path) -> Path:
    """Rule files of which every name is odd. They are sound, so nothing refuses them."""
    thon, odd = copy.deepcopy(small.THON), itertools.cycle(_without_steering(each) for each in PAYLOADS)
    thon["name"] = "=1+1 [Khối] 'các' thôn/xóm & <b>!B2"
    thon["units"] = [{"code": code, "name": name, "email": f"{code}@x.example"} for code, name in NAMES.items()]
    for group in thon["rubric"]["groups"]:
        group["name"] = f"2{next(odd)} của nhóm"
        for criterion in group["criteria"]:
            criterion["name"], criterion["guidance"] = next(odd).strip(), next(odd)
            if "unit" in criterion:
                criterion["unit"] = "=1 & '[x]'" if criterion["unit"] != "%" else "%"
            if criterion["code"] == "VH2":
                for level, name in zip(criterion["score"]["levels"], LEVELS, strict=True):
                    level["name"] = name
    thon["rubric"]["classification"][0]["name"] = CLASS
    thon["rubric"]["exclusions"][1]["reason"] = '"&HYPERLINK("http://x.example")&" {0} & <b>'
    truong = copy.deepcopy(small.TRUONG) | {"name": "=1+1 [Khối] 'các' thôn/xóm & <i>"}
    plan = copy.deepcopy(small.PLAN) | {
        "title": "2023 & =1+1 <b>kế hoạch</b> {0}",
        "commune": "Xã &R&\"X\"&99 <mẫu> 'A'",
        "issuer": "@UBND & <b>",
        "superior": "Huyện\nBcc: a@x.example",
        "council": {"name": "=Hội đồng & <b>", "members": 9},
        "contact": {"office": 'Văn phòng "A" <a@x.example>, <b>', "phone": "+84 258 & <b>"},
        "recipients": [{"role": "Phòng\nBcc: a@x.example", "email": "phong@x.example"}, {"role": "=Huyện ủy <b>"}],
    }
    for movement, text in zip(plan["movements"], odd, strict=False):
        movement["name"] = text
    awards = copy.deepcopy(small.AWARDS)
    for award, text in zip(awards["awards"], ("=1+1, <b>", '<r><t>"Giấy", khen</t></r>'), strict=True):
        award["name"] = text
    files = {"plan": plan, "awards": awards, "blocs/thon": thon, "blocs/truong-hoc": truong}
    for name, data in files.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return folder


def _without_steering(text: str) -> str:
    """What a rule file may hold: it is refused with characters that steer a screen, but for ends of lines."""
    return "".join(each for each in text if each.isprintable() or each in "\t\r\n").replace("\r", "")


# --- forms ----------------------------------------------------------------------------------------------


def entries(rules: Rules, bloc: str, *, everywhere: bool) -> dict[str, list[dict[str, Any]]]:
    """A filled form, every free text of which is a payload; ``everywhere``: every other cell too."""
    odd, of = itertools.cycle(PAYLOADS), rules.plan.rounds[1]

    def text(most: int) -> str:
        return next(each for each in odd if len(each) <= most)

    def row(table: Table, known: dict[str, Any]) -> dict[str, Any]:
        for field in table.asked_in(of):
            if not field.ours and (everywhere or (field.kind is Kind.TEXT and field.code not in known)):
                known[field.code] = text(field.max_length)
        return known

    unit = [
        {"item": item.code, "value": text(item.max_length) if everywhere or item.kind is Kind.TEXT else value}
        for item in UNIT_ITEMS
        if not item.ours
        for value in [UNIT_SHEET.get(item.code)]
    ]
    right = {**RIGHT[bloc]}
    if bloc == "thon":
        right |= {"VH2": {"actual": LEVELS[1]}, "T1": {"actual": 1}, "T2": {"actual": "Không"}}
    filled: dict[str, list[dict[str, Any]]] = {"unit": unit}
    fixed = {
        "results": [{"criterion": code, **entry} for code, entry in right.items()],
        "models": [{"kind": "Mô hình"}] * 5,
        "movements": [{"movement": each.code} for each in rules.plan.movements],
        "collective_awards": [{"award": rules.awards.names("collective")[0]}] * 10,
        "individual_awards": [{"role": "Trực tiếp lao động, công tác", "award": rules.awards.names("individual")[0]}]
        * 20,
    }
    by_code = {table.code: table for table in TABLES}
    return filled | {code: [row(by_code[code], dict(each)) for each in rows] for code, rows in fixed.items()}


def form(rules: Rules, unit: str, *, everywhere: bool = False) -> bytes:
    bloc, known = rules.units[unit]
    target = io.BytesIO()
    write_form(
        target, RoundContext(rules, rules.plan.rounds[1]), known.code, entries(rules, bloc.code, everywhere=everywhere)
    )
    return target.getvalue()


def _with(content: bytes, **parts: str) -> bytes:
    """The workbook with further parts, ``/`` and ``.`` of their names written ``__`` and ``_dot_``."""
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return target.getvalue()


def linking(content: bytes) -> bytes:
    """As after Excel has made links of what was typed, and people have left their mark in the properties."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[1]
    sheet["C12"].hyperlink = "https://x.example/theo-doi"
    sheet["C13"].hyperlink = "file://x.example/chia-se/a.xlsx"
    sheet["C14"].comment = Comment(PAYLOADS[0], PAYLOADS[13])
    book.custom_doc_props.append(StringProperty(name="Ghi", value="x.example/rieng"))  # type: ignore[attr-defined]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


FETCHING = (
    '=_xlfn.WEBSERVICE("http://x.example/f")',
    "=cmd|'/C calc'!A0",
    "=[1]Sheet1!A1",
    '=HYPERLINK("http://x.example/h")',
)


def fetching(content: bytes, formula: str) -> bytes:
    """A formula of the unit's own reaches out."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.worksheets[2]["Z3"] = formula
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def loaded(content: bytes) -> bytes:
    """Macros, a link to another workbook, an embedded document, a picture and custom XML."""
    return _with(
        content,
        xl__vbaProject_dot_bin="x.example",
        xl__externalLinks__externalLink1_dot_xml="<externalLink/>",
        xl__embeddings__oleObject1_dot_bin="x.example",
        xl__media__image1_dot_png="x.example",
        customXml__item1_dot_xml="<a>x.example</a>",
    )


MARKUP = "<r><t>x</t></r>"
"""A path that reads as a spreadsheet's own markup; the form that lies there counts."""

LONG = "Phiếu rất dài " * 12


def inbox_files(rules: Rules) -> dict[str, bytes]:
    """Path below the inbox -> content: each has something to correct, or is no form."""
    wrong = form(rules, "thon-2", everywhere=True)
    return {
        "=cmd|' /C calc'!A0.xlsx": wrong,
        "-5;=1+1;\u202exslx.exe": linking(form(rules, "thon-3", everywhere=True)),
        "a\r\nBcc: x@x.example\x1b[31m.xlsx": fetching(form(rules, "thon-4", everywhere=True), FETCHING[0]),
        f"{LONG}.xlsx": loaded(form(rules, "thon-5", everywhere=True)),
        "@'\"&<b>{0}.xlsx": fetching(form(rules, "thon-6", everywhere=True), FETCHING[1]),
        "+1.jpg": b"\xff\xd8\xff\xe0",
        "https:__x.example": b"<script>",
    }


def letter(rules: Rules) -> bytes:
    """A letter with the form of ``thon-7``, whose names and headers are made to leave their place."""
    message = EmailMessage(policy=SMTP)
    message["From"] = '"=cmd|\' /C calc\'!A0 \u202e<b>" <"../../thon-7/x"@x.example>'
    message["Subject"] = "=1+1 \u202e\x1b[31m<script>"
    message.set_content("=1+1")
    message.add_attachment(
        form(rules, "thon-7"), maintype="application", subtype="octet-stream", filename="../../../=cmd|x \u202e.xlsx"
    )
    return b"Received: from a by b; Tue, 05 Dec 2023 08:15:30 +0700\r\n" + message.as_bytes()


def judged(paper: bytes) -> bytes:
    """An appraisal or council paper of which every reason, and who fills it, is a payload."""
    book, odd = openpyxl.load_workbook(io.BytesIO(paper)), itertools.cycle(PAYLOADS)
    for sheet in book.worksheets:
        codes: Any = next((row for row in sheet.iter_rows() if any(cell.value == "criterion" for cell in row)), None)
        if codes is None:
            continue
        places: dict[str, int] = {str(cell.value): cell.column for cell in codes}
        points = places.get("decided") or places["appraised"]
        for line in range(codes[0].row + 1, sheet.max_row + 1):
            if sheet.cell(line, places["criterion"]).value in ("KT1", "KT2", "VH1", "AN1", "VH3", "TD1"):
                sheet.cell(line, points).value = 1 + line % 4
                _type(sheet.cell(line, places["reason"]), next(odd))
    _type(book.worksheets[0]["B3"], PAYLOADS[16] + PAYLOADS[0])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _type(cell: Any, text: str) -> None:
    cell.value = "".join(each for each in text if each.isprintable())
    cell.data_type = "s"  # openpyxl would take "=1+1" for a formula
