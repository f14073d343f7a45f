"""May a workbook be given to a parser: what its container and each of its parts hold.

In: the bytes of an .xlsx, .xls or .ods. Out: what is worth telling of it, where it may be opened; else
:class:`~pipeline.intake.container.Refused`. What counts is what a part holds, not what it is called.
"""

from __future__ import annotations

import re

from pipeline.findings.catalogue import Code
from pipeline.intake.arrival import Reason, brief
from pipeline.intake.container import Refused, parts
from pipeline.intake.used_areas import Reach
from pipeline.intake.xls_areas import areas
from pipeline.rules.limits import Limits

_XML_NAME = re.compile(r"\.(xml|rels|vml)$", re.I)
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
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


def look_through(content: bytes, kind: str, limits: Limits) -> list[Reason]:
    """The notices about a workbook of that kind (``xlsx``, ``xls``, ``ods``) that may be opened. Raises Refused."""
    names, reach = [], Reach(limits)
    if kind == "xls":
        reach.add(areas(content))
        reach.judge()
        return [(Code.HAS_MACROS, {})] if _VBA in content else []
    for name, part in parts(content, limits):
        names.append(name)
        plain = part.replace(b"\0", b"") if b"\0" in part else part  # UTF-16 and UTF-32 become legible
        _check_archive(name, part)
        if is_xml(name, plain):
            if any(each in plain for each in _DECLARATIONS) or plain.startswith(_EBCDIC):
                raise Refused(Code.DOCTYPE, part=brief(name))
            if kind == "ods" and name == "META-INF/manifest.xml" and b"encryption-data" in plain:
                raise Refused(Code.ENCRYPTED)
            reach.look(name, part, plain)
    reach.judge()
    found = {code: [name for name in names if pattern.match(name)] for code, pattern in _NOTICES.items()}
    return [(code, {}) for code, parts_of in found.items() if parts_of]


def is_xml(name: str, plain: bytes) -> bool:
    """Whether a reader might take the part for XML."""
    return bool(_XML_NAME.search(name)) or plain[:100].lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n").startswith(b"<")


def _check_archive(name: str, part: bytes) -> None:
    if part.startswith(_ARCHIVES) and not (_EMBEDDED_OFFICE.match(name) or _PACKED_PICTURE.match(name)):
        raise Refused(Code.NESTED_ARCHIVE, part=brief(name))
