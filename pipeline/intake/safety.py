"""May a workbook be given to a parser: what its container and each of its parts hold.

In: the bytes of an .xlsx, .xls or .ods. Out: the workbook as its reader gets it, and what is worth telling of it; or
:class:`~pipeline.intake.container.Refused`. What counts is what a part holds, not what it is called.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pipeline.findings.catalogue import Code
from pipeline.i18n import number
from pipeline.intake.arrival import Reason, brief
from pipeline.intake.checked import Checked, ods, xls, xlsx, xlsx_of
from pipeline.intake.container import Refused, ends_like_a_package, parts
from pipeline.intake.long_texts import has_piled_marks
from pipeline.intake.relations import canonical
from pipeline.intake.used_areas import areas_of_ods, areas_of_xlsx, too_far
from pipeline.intake.xls_areas import areas_of_xls, is_manual, without_sheets, workbook_stream
from pipeline.rules.limits import Limits

_XML_NAME = re.compile(r"\.(xml|rels|vml)$", re.I)
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
_MODULES = ("Basic/", "Dialogs/")
_OF_A_MODULE = re.compile(
    rb'<!DOCTYPE [a-z:]{1,40} PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "[\w.-]{1,40}"\s{0,9}>'
)
"""What LibreOffice itself writes before its macros and dialogs: the name of a document type, and no type of its own."""
_EBCDIC = bytes.fromhex("4c6fa794")
"""``<?xm`` in the one family of encodings in which a declaration looks otherwise; no spreadsheet program writes it."""

_ARCHIVES = (
    b"PK\3\4",
    b"Rar!\x1a",
    b"7z\xbc\xaf\x27",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ",
    b"MSCF\0",
    b"\x28\xb5\x2f\xfd",
)
_EMBEDDED_OFFICE = re.compile(r"(.*/)?embeddings/[^/]+\.(doc|xls|ppt)[xmb]$", re.I)
_PACKED_PICTURE = re.compile(r"(.*/)?media/[^/]+\.(emz|wmz)$", re.I)
"""Both are archives that Office itself puts into workbooks: an object beside the cells, a packed picture."""

_VBA = "_VBA_PROJECT".encode("utf-16-le")
"""The storage in which an old workbook keeps its macros."""

_NOTICES = {
    Code.HAS_MACROS: re.compile(r"(.*/)?vbaProject\.bin$|Basic/(?!.*script-l[bc]\.xml$).+\.xml$|Scripts/.+", re.I),
    Code.EXTERNAL_LINKS: re.compile(r"xl/(externalLinks/[^/]+|connections|queryTables/[^/]+)\.xml$", re.I),
    Code.EMBEDDED_OBJECTS: re.compile(r"(.*/)?embeddings/.+|ObjectReplacements/.+", re.I),
}


_MANUAL_ODS = re.compile(rb'"AutoCalculate"[^<>]{0,100}>false<')


@dataclass(frozen=True)
class Looked:
    """``workbook``: what a reader may have; ``notices``: what is worth telling; ``left_out``: sheets that reach too far
    for any form, by their titles, and how far: the reader does not get them."""

    workbook: Checked
    notices: list[Reason]
    left_out: Mapping[str, str]


def look_through(content: bytes, kind: str, limits: Limits) -> Looked:
    """A workbook of that kind (``xlsx``, ``xls``, ``ods``), if it may be opened. Raises Refused."""
    if kind == "xls":
        return _looked_at_xls(content, limits)
    held = {}
    for name, part in parts(content, limits):
        held[canonical(name)] = part
        plain = part.replace(b"\0", b"") if b"\0" in part else part  # UTF-16 and UTF-32 become legible
        _check_archive(name, part)
        if is_xml(name, plain):
            _check_declarations(name, plain, kind)
            if kind == "ods" and name == "META-INF/manifest.xml" and b"encryption-data" in plain:
                raise Refused(Code.ENCRYPTED)
    found = {code: [name for name in held if pattern.match(name)] for code, pattern in _NOTICES.items()}
    notices: list[Reason] = [(code, {}) for code, names in found.items() if names]
    return _looked_at_xlsx(held, notices, limits) if kind == "xlsx" else _looked_at_ods(held, notices, limits)


_LONGEST_TITLE = 255
"""Excel allows 31 characters for the name on a tab, LibreOffice more."""


def _check_titles(titles: Collection[str], limits: Limits) -> None:
    strange = next((each for each in titles if len(each) > _LONGEST_TITLE or has_piled_marks(each)), None)
    if strange is not None or len(titles) > limits.parts:
        raise Refused(Code.STRANGE_SHEETS, most=number(limits.parts), sheet=brief((strange or "–")[:30]))


def _looked_at_xlsx(held: dict[str, bytes], notices: list[Reason], limits: Limits) -> Looked:
    workbook = xlsx_of(held)
    _check_titles([sheet.title for sheet in workbook.sheets], limits)
    filled = {sheet.title: held[sheet.part] for sheet in workbook.sheets if sheet.part}
    far = too_far(areas_of_xlsx(filled, limits), limits)
    kept = tuple(sheet for sheet in workbook.sheets if sheet.title not in far)
    notices = [*notices, *([(Code.MANUAL_CALCULATION, {})] if workbook.is_manual else [])]
    return Looked(xlsx(replace(workbook, sheets=kept), held), notices, far)


def _looked_at_ods(held: dict[str, bytes], notices: list[Reason], limits: Limits) -> Looked:
    content = held.get("content.xml", b"")
    if _MANUAL_ODS.search(held.get("settings.xml", b"")):
        notices = [*notices, (Code.MANUAL_CALCULATION, {})]
    areas = areas_of_ods(content, limits)
    _check_titles([area.sheet for area, _place in areas], limits)
    far = too_far([area for area, _place in areas], limits)
    if b"\0" in content:  # in UTF-16 other bytes would be cut off
        _refuse(far)
    for area, place in reversed(areas):
        if area.sheet in far:
            content = content[: place.start] + content[content.index(b">", place.stop) + 1 :]
    kept = [area.sheet for area, _place in areas if area.sheet not in far]
    return Looked(ods(held | {"content.xml": content}, kept), notices, far)


def _looked_at_xls(content: bytes, limits: Limits) -> Looked:
    if ends_like_a_package(content):
        raise Refused(Code.FALSE_CONTENTS, part="–")
    stream = workbook_stream(content)
    areas = areas_of_xls(stream)
    _check_titles([area.sheet for area in areas], limits)
    far = too_far(areas, limits)
    notices: list[Reason] = [(Code.HAS_MACROS, {})] if _VBA in content else []
    notices += [(Code.MANUAL_CALCULATION, {})] if is_manual(stream) else []
    kept = [area.sheet for area in areas if area.sheet not in far]
    return Looked(xls(without_sheets(stream, far), kept), notices, far)


def _refuse(far: Mapping[str, str]) -> None:
    for sheet, corner in far.items():
        raise Refused(Code.HUGE_RANGE, sheet=brief(sheet), found=corner)


def _check_declarations(name: str, plain: bytes, kind: str) -> None:
    if kind == "ods" and name.startswith(_MODULES):
        plain = _OF_A_MODULE.sub(b"", plain, count=1)
    if any(each in plain for each in _DECLARATIONS) or plain.startswith(_EBCDIC):
        raise Refused(Code.DOCTYPE, part=brief(name))


def is_xml(name: str, plain: bytes) -> bool:
    """Whether a reader might take the part for XML."""
    return bool(_XML_NAME.search(name)) or plain[:100].lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n").startswith(b"<")


def _check_archive(name: str, part: bytes) -> None:
    if part.startswith(_ARCHIVES) and not (_EMBEDDED_OFFICE.match(name) or _PACKED_PICTURE.match(name)):
        raise Refused(Code.NESTED_ARCHIVE, part=brief(name))
