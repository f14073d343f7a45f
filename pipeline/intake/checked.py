"""A workbook whose parts were checked, written anew for its reader: what is checked is what is read.

In: the checked parts of an .xlsx or .ods, or the stream of an .xls. Out: :class:`Checked`, with a container of ours
that holds what a reader needs and nothing else, under the names that every reader knows. So no reader can find in a
file what we have not looked at, nor miss what a program has put elsewhere.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from pipeline.findings.catalogue import Code
from pipeline.intake.container import Refused
from pipeline.intake.relations import Names, follow, main_part, relations_of


@dataclass(frozen=True)
class Checked:
    """``content``: the workbook for its reader; ``parts``: what that holds, by name; ``sheets``: the name on each tab
    -> the part that holds the sheet."""

    content: bytes
    parts: Mapping[str, bytes]
    sheets: Mapping[str, str]


# --- .xlsx ----------------------------------------------------------------------------------------------

_WORKBOOK, _STRINGS, _STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_SHEETS = {"worksheet", "chartsheet", "dialogsheet", "xlMacrosheet"}


@dataclass(frozen=True)
class Sheet:
    """``title``: the name on the tab; ``kind``: worksheet, chartsheet, …; ``part``: None where the package lacks it."""

    title: str
    state: str
    kind: str
    part: str | None


@dataclass(frozen=True)
class Xlsx:
    """What of an .xlsx is read: its sheets in their order, the two parts that they draw on, and where days begin.
    ``is_manual``: formulas are calculated only when somebody asks for it."""

    sheets: tuple[Sheet, ...]
    strings: str | None
    styles: str | None
    from_1904: bool
    is_manual: bool


def xlsx_of(parts: Mapping[str, bytes]) -> Xlsx:
    """The workbook that Excel would find in these parts. Raises Refused where there is none."""
    names = Names(parts)
    main = main_part(names, parts.__getitem__)
    if main is None:
        raise Refused(Code.BROKEN_FILE)
    relations = relations_of(main, names, parts.__getitem__)
    by_kind = {each.kind: names.found(each.target) for each in relations.values()}
    sheets: dict[str, Sheet] = {}
    from_1904 = is_manual = False

    def start(tag: str, facts: dict[str, str]) -> None:
        nonlocal from_1904, is_manual
        match tag.rpartition(":")[2]:
            case "workbookPr":
                from_1904 = facts.get("date1904", "") in ("1", "true", "on")
            case "calcPr":
                is_manual = facts.get("calcMode") == "manual"
            case "sheet" if "name" in facts:
                relation = relations.get(next((facts[key] for key in facts if key.endswith(":id")), ""))
                found = names.found(relation.target) if relation and relation.kind in _SHEETS else None
                kind = relation.kind if relation and found else "worksheet"
                sheets.setdefault(facts["name"], Sheet(facts["name"], facts.get("state", "visible"), kind, found))

    follow(parts[main], start)
    strings, styles = (by_kind.get(kind) or names.found(f"xl/{kind}.xml") for kind in ("sharedStrings", "styles"))
    return Xlsx(tuple(sheets.values()), strings, styles, from_1904, is_manual)


def xlsx(workbook: Xlsx, parts: Mapping[str, bytes]) -> Checked:
    """The workbook with its parts under the names that every reader knows; a part that is missing stays missing."""
    names = {n: f"xl/{sheet.kind}s/sheet{n}.xml" for n, sheet in enumerate(workbook.sheets, 1)}
    held = {names[n]: parts[sheet.part] for n, sheet in enumerate(workbook.sheets, 1) if sheet.part}
    held |= {name: parts[part] for name, part in ((_STRINGS, workbook.strings), (_STYLES, workbook.styles)) if part}
    relations = [(f"rId{n}", sheet.kind, "/" + names[n]) for n, sheet in enumerate(workbook.sheets, 1)]
    relations += [
        (f"r{kind}", kind, "/" + name)
        for kind, name in (("sharedStrings", _STRINGS), ("styles", _STYLES))
        if name in held
    ]
    ours = {
        "[Content_Types].xml": _content_types(held),
        "_rels/.rels": _relations([("rId1", "officeDocument", "/" + _WORKBOOK)]),
        _WORKBOOK: _workbook(workbook),
        "xl/_rels/workbook.xml.rels": _relations(relations),
    }
    sheets = {sheet.title: names[n] for n, sheet in enumerate(workbook.sheets, 1) if sheet.part}
    return Checked(packed(ours | held), ours | held, sheets)


def _workbook(workbook: Xlsx) -> bytes:
    sheets = "".join(
        f'<sheet name={quoteattr(sheet.title)} sheetId="{n}" state={quoteattr(sheet.state)} r:id="rId{n}"/>'
        for n, sheet in enumerate(workbook.sheets, 1)
    )
    days = f'<workbookPr date1904="{int(workbook.from_1904)}"/>'
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{days}<sheets>{sheets}</sheets></workbook>'.encode()


def _relations(relations: list[tuple[str, str, str]]) -> bytes:
    rows = "".join(f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for key, kind, to in relations)
    return f'<Relationships xmlns="{_PACKAGE}relationships">{rows}</Relationships>'.encode()


def _content_types(held: Mapping[str, bytes]) -> bytes:
    types = {_STRINGS: "sharedStrings", _STYLES: "styles"}
    rows = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPE}{types.get(name) or name.split("/")[1][:-1]}+xml"/>'
        for name in held
    )
    main = f'<Override PartName="/{_WORKBOOK}" ContentType="{_TYPE}sheet.main+xml"/>'
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{_PACKAGE}content-types">{default}{main}{rows}</Types>'.encode()


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts, which are read at once and thrown away: nothing is pressed together."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name), part)
    return target.getvalue()


# --- .ods -----------------------------------------------------------------------------------------------

_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_PARTS = ("content.xml", "styles.xml", "meta.xml")


def ods(parts: Mapping[str, bytes], titles: list[str]) -> Checked:
    """The .ods with its content, its styles and what says which program wrote it. Raises Refused where it has none."""
    held = {name: parts[name] for name in _ODS_PARTS if name in parts}
    if _ODS_PARTS[0] not in held:
        raise Refused(Code.BROKEN_FILE)
    entries = "".join(f'<m:file-entry m:full-path="{name}" m:media-type="text/xml"/>' for name in held)
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<m:file-entry m:full-path="/" m:media-type="{_ODS}"/>{entries}</m:manifest>'
    )
    ours = {"mimetype": _ODS.encode(), "META-INF/manifest.xml": manifest.encode()}
    return Checked(packed(ours | held), ours | held, dict.fromkeys(titles, _ODS_PARTS[0]))


# --- .xls -----------------------------------------------------------------------------------------------

_SECTOR = 4096
_END, _FREE, _OF_THE_TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def xls(stream: bytes, titles: list[str]) -> Checked:
    """The .xls with the stream of the workbook alone."""
    return Checked(_container(stream), {"Workbook": stream}, dict.fromkeys(titles, "Workbook"))


def _container(stream: bytes) -> bytes:
    """An OLE container ([MS-CFB], version 4): the table of sectors, the directory, then the stream."""
    held = max(1, -(-len(stream) // _SECTOR))
    tables = -(-(held + 1) // (_SECTOR // 4 - 1))
    directory, first = tables, tables + 1
    table = [_OF_THE_TABLE] * tables + [_END, *range(first + 1, first + held), _END]
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<5H6x", 0x3E, 4, 0xFFFE, 12, 6)
    head += struct.pack("<9L", 1, tables, directory, 0, _SECTOR, _END, 0, _END, 0)
    head += struct.pack(f"<{tables}L", *range(tables)).ljust(436, b"\xff")
    entries = _entry("Root Entry", 5, directory, 0, 1) + _entry("Workbook", 2, first, held * _SECTOR, _FREE)
    return (
        head.ljust(_SECTOR, b"\0")
        + struct.pack(f"<{len(table)}L", *table).ljust(tables * _SECTOR, b"\xff")
        + entries.ljust(_SECTOR, b"\0")
        + stream.ljust(held * _SECTOR, b"\0")
    )


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    facts = struct.pack("<HBB3L", len(text), kind, 1, _FREE, _FREE, child)
    return text.ljust(64, b"\0") + facts + bytes(36) + struct.pack("<LQ", start, size)
