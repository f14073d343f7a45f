"""Valid files of an inbox, changed at random as accidents and attackers change them.

A mutation takes the content of a file and a source of chance and gives other content. Some change bytes, some the
package (entries of a zip), most the XML of one part, so that the result is still a workbook to the last reader but one.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from random import Random

Parts = list[tuple[str, bytes]]

NASTY = (
    *("", " ", "0", "-1", "1", "2147483648", "-9223372036854775809", "99999999999999999999", "1e308", "1E400", "NaN"),
    *("INF", "-0", "0.1e-320", "0x1F", "1,5", "1 000", "true", "TRUE", "zz", "s", "e", "b", "d", "str", "inlineStr"),
    *("A0", "a1", "$A$1", "XFD1048576", "ZZZZ1", "A1:XFD1048576", "A1:A1048576", "B2:A1", "1:1048576", "R1C1", "A1 C3"),
    *("../../../etc/passwd", "/xl/workbook.xml", "file:///etc/passwd", "http://127.0.0.1/x", "\\\\host\\share", "rId1"),
    *("=1+1", "+1", "-1+1", "@SUM(A1)", "=HYPERLINK(&quot;http://a&quot;)", "=cmd|'/c calc'!A0", "&#9;=1", "#SPILL!"),
    *("&#1;", "&#xD800;", "&#xFFFE;", "&bogus;", "&amp;", "_x0000_", "_x000D_", "\u202egpj.exe", "\u0000", "é", "Ệ̣"),
    *("2023-02-30", "2023-12-05", "9999-12-31T23:59:59", "-693594", "2958466", "60", "0.5", "A" * 40_000, "<b>", "]]>"),
    *("thon-1", "thon-2", "thcs", "2022", "dang-ky", "KT1", "actual", "claimed", "results", "_thidua", "Tự chấm"),
)
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_TEXT = re.compile(rb">([^<]+)<")
_TAG = re.compile(rb"<[^>]+>")
_ELEMENT = re.compile(
    rb"<(row|c|v|f|si|t|sheet|definedName|mergeCell|dataValidation|cfRule|xf|Relationship)\b.*?(?:/>|</\1>)"
)
_CELL = re.compile(rb'(<c r=")([A-Z]+\d+)"')
_AFTER_CELLS = (
    b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    b'<mergeCells count="2"><mergeCell ref="A1:J30"/><mergeCell ref="B2:K31"/></mergeCells>',
    b'<hyperlinks><hyperlink ref="A1" r:id="rId99" display="x"/></hyperlinks>',
    b'<dataValidations count="1"><dataValidation sqref="A1:XFD1048576"/></dataValidations>',
    b'<conditionalFormatting sqref="A1"><cfRule type="expression" priority="0"><formula>1/0</formula></cfRule>'
    b"</conditionalFormatting>",
    b'<extLst><ext uri="x"><a/></ext></extLst>',
    b'<drawing r:id="rId1"/>',
    b'<legacyDrawing r:id="rId1"/>',
)
_BEFORE_CELLS = (
    b'<cols><col min="1" max="16384" width="1E9"/></cols>',
    b'<cols><col min="0" max="-5" width="x"/></cols>',
    b'<sheetPr codeName="x"><tabColor rgb="zz"/></sheetPr>',
)


# --- bytes --------------------------------------------------------------------------------------------


def flip(content: bytes, chance: Random) -> bytes:
    """Some bytes become others."""
    changed = bytearray(content)
    for _time in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(content: bytes, chance: Random) -> bytes:
    """Copied only in part."""
    return content[: chance.randrange(len(content))]


def repeat(content: bytes, chance: Random) -> bytes:
    """A piece stands twice, or somewhere else instead of what was there."""
    start, length, target = chance.randrange(len(content)), chance.randrange(1, 2000), chance.randrange(len(content))
    piece = content[start : start + length]
    return content[:target] + piece + content[target + chance.choice((0, len(piece))) :]


def append(content: bytes, chance: Random) -> bytes:
    """Something follows the end, or comes before the beginning."""
    more = chance.choice((b"\0" * 100, b"PK\x05\x06" + b"\0" * 18, b"\r\n", content[:5000]))
    return content + more if chance.random() < 0.7 else more + content


# --- the package --------------------------------------------------------------------------------------


def _unpacked(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [(entry.filename, package.read(entry)) for entry in package.infolist()]


def _packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(target, "w", method, compresslevel=1) as package:
        for name, data in parts:
            package.writestr(zipfile.ZipInfo(name), data, method)
    return target.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one kind of part changed on purpose: those whose names match."""
    parts = _unpacked(content)
    return _packed([(name, change(data) if re.fullmatch(part, name) else data) for name, data in parts])


def swap_parts(content: bytes, chance: Random) -> bytes:
    """Two parts change their names."""
    parts = _unpacked(content)
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[one], parts[other] = (parts[one][0], parts[other][1]), (parts[other][0], parts[one][1])
    return _packed(parts)


def drop_part(content: bytes, chance: Random) -> bytes:
    """A part is missing."""
    parts = _unpacked(content)
    del parts[chance.randrange(len(parts))]
    return _packed(parts)


def double_part(content: bytes, chance: Random) -> bytes:
    """A part is there twice, the second time perhaps empty or under a strange name."""
    parts = _unpacked(content)
    name, data = chance.choice(parts)
    name = chance.choice((name, name.upper(), "/" + name, "../" + name, name.replace("/", "\\"), name + " "))
    parts.insert(chance.randrange(len(parts) + 1), (name, chance.choice((data, b"", data[:-20]))))
    return _packed(parts)


def stored(content: bytes, chance: Random) -> bytes:
    """Packed in another order and another way, and a size in the directory is not the true one."""
    parts = _unpacked(content)
    chance.shuffle(parts)
    changed = bytearray(_packed(parts, chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))))
    entry = changed.find(b"PK\x01\x02", chance.randrange(len(changed)))
    if entry >= 0:
        changed[entry + chance.choice((20, 24)) + chance.randrange(4)] ^= 1 << chance.randrange(8)
    return bytes(changed)


# --- the XML of one part ------------------------------------------------------------------------------


def _in_xml(change: Callable[[bytes, Random], bytes]) -> Callable[[bytes, Random], bytes]:
    def mutation(content: bytes, chance: Random) -> bytes:
        parts = _unpacked(content)
        sheets = [place for place, (name, _data) in enumerate(parts) if re.search(r"sheet\d|content\.xml", name)]
        anything = [place for place, (name, _data) in enumerate(parts) if name.endswith((".xml", ".rels"))]
        place = chance.choice(sheets if chance.random() < 0.5 and sheets else anything or range(len(parts)))
        parts[place] = (parts[place][0], change(parts[place][1], chance))
        return _packed(parts)

    mutation.__name__ = change.__name__.strip("_")
    return mutation


def _somewhere(pattern: re.Pattern[bytes], xml: bytes, chance: Random) -> re.Match[bytes] | None:
    found = list(pattern.finditer(xml))
    return chance.choice(found) if found else None


def _with(xml: bytes, start: int, end: int, new: bytes) -> bytes:
    return xml[:start] + new + xml[end:]


def _nasty(chance: Random) -> bytes:
    return chance.choice(NASTY).encode("utf-8", "surrogatepass")


def _attribute(xml: bytes, chance: Random) -> bytes:
    """An attribute has another's value, a nasty one, or is gone."""
    at = _somewhere(_ATTRIBUTE, xml, chance)
    if at is None:
        return xml
    other = _somewhere(_ATTRIBUTE, xml, chance)
    assert other
    way = chance.randrange(3)
    if way == 0:
        return _with(xml, at.start(), at.end(), b"")
    return _with(xml, at.start(2), at.end(2), other[2] if way == 1 else _nasty(chance))


def _text(xml: bytes, chance: Random) -> bytes:
    """A text is another one."""
    at = _somewhere(_TEXT, xml, chance)
    return _with(xml, at.start(1), at.end(1), _nasty(chance)) if at else xml


def _tag(xml: bytes, chance: Random) -> bytes:
    """A tag is gone, twice there, or another one."""
    at, other = _somewhere(_TAG, xml, chance), _somewhere(_TAG, xml, chance)
    if at is None or other is None:
        return xml
    return _with(xml, at.start(), at.end(), chance.choice((b"", at[0] * 2, other[0])))


def _element(xml: bytes, chance: Random) -> bytes:
    """An element is gone, there many times, or stands elsewhere."""
    at = _somewhere(_ELEMENT, xml, chance)
    if at is None:
        return xml
    other = _somewhere(_ELEMENT, xml, chance)
    assert other
    return _with(xml, at.start(), at.end(), chance.choice((b"", at[0] * 2, at[0] * 500, other[0])))


def _cell(xml: bytes, chance: Random) -> bytes:
    """A cell claims to be elsewhere, or to hold another kind of thing."""
    at = _somewhere(_CELL, xml, chance)
    if at is None:
        return xml
    if chance.random() < 0.5:
        kind = chance.choice((b"s", b"n", b"b", b"e", b"str", b"inlineStr", b"d", b"?"))
        return (
            _with(xml, at.end(), at.end(), b' t="' + kind + b'"')
            if chance.random() < 0.3
            else re.sub(rb' t="\w+"', b' t="' + kind + b'"', xml, count=chance.choice((1, 5, 0)))
        )
    other = _somewhere(_CELL, xml, chance)
    assert other
    return _with(
        xml, at.start(2), at.end(2), chance.choice((other[2], b"XFD1048576", b"GR20000", b"A1", _nasty(chance)))
    )


def _value(xml: bytes, chance: Random) -> bytes:
    """The value of a cell, or the number of its shared text, is another one."""
    at = _somewhere(re.compile(rb"<v>([^<]*)</v>"), xml, chance)
    new = str(chance.choice((chance.randrange(-5, 400), chance.random(), 10.0 ** chance.randrange(-30, 300)))).encode()
    return _with(xml, at.start(1), at.end(1), chance.choice((new, _nasty(chance)))) if at else xml


def _declaration(xml: bytes, chance: Random) -> bytes:
    """Entities, another encoding, another namespace."""
    bomb = b'<!DOCTYPE a [<!ENTITY a "' + b"a" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
    foreign = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    after = xml.find(b"?>") + 2
    match chance.randrange(5):
        case 0:
            return _with(xml, after, after, chance.choice((bomb, foreign, b"<!DOCTYPE a>")))
        case 1:
            return xml.decode("utf-8", "replace").replace('"UTF-8"', '"UTF-16"').encode("utf-16")
        case 2:
            return xml.replace(b"UTF-8", chance.choice((b"latin-1", b"utf-7", b"none", b"")))
        case 3:
            return xml.replace(b"http://schemas.openxmlformats.org", b"http://purl.oclc.org", chance.choice((1, -1)))
        case _:
            return b"\xef\xbb\xbf" + xml


def _around_cells(xml: bytes, chance: Random) -> bytes:
    """Merges, links, columns and pictures that no form has."""
    if chance.random() < 0.7:
        return xml.replace(b"</sheetData>", b"</sheetData>" + chance.choice(_AFTER_CELLS), 1)
    return xml.replace(b"<sheetData>", chance.choice(_BEFORE_CELLS) + b"<sheetData>", 1)


OF_BYTES = (flip, cut, repeat, append)
OF_PACKAGES = (swap_parts, drop_part, double_part, stored)
OF_XML = tuple(
    map(_in_xml, (_attribute, _text, _tag, _element, _cell, _value, _declaration, _around_cells, _value, _cell))
)


def mutated(content: bytes, chance: Random) -> bytes:
    """``content`` after one to four mutations; a package that is broken already is changed further as bytes."""
    for _time in range(chance.choice((1, 1, 1, 2, 4))):
        kinds = chance.choice((OF_BYTES, OF_PACKAGES, OF_XML, OF_XML, OF_XML, OF_XML, OF_XML))
        try:
            content = chance.choice(kinds)(content, chance) if content else content
        except Exception:  # no zip, or no longer one
            content = flip(content, chance)
    return content
