"""What goes back to a unit in its own file is what people see in it: nothing hidden, nothing that programs noted."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from pipeline.feedback.left_out import is_self_contained
from pipeline.feedback.resaving import ToMark, marked
from tests.filled import form
from tests.packages import changed

FORM = form("thon-1")
THEME, BOOK, CORE = r"xl/theme/theme1\.xml", r"xl/workbook\.xml", r"docProps/core\.xml"
SHEET = r"xl/worksheets/sheet3\.xml"
SCENARIO = (
    b'<scenarios current="0"><scenario name="SCENARIO" user="SECRET" count="1"><inputCells r="A1" val="1"/>'
    b"</scenario></scenarios>"
)

Change = Callable[[bytes], bytes]


def _adding(before: bytes, what: bytes) -> Change:
    return lambda xml: xml.replace(before, what + before, 1)


NOTED: dict[str, tuple[str, Change]] = {
    "a theme": (THEME, lambda xml: xml.replace(b'name="Office', b'name="SECRET', 1)),
    "an author": (
        CORE,
        lambda xml: re.sub(rb"<dc:creator>[^<]*</dc:creator>", b"<dc:creator>SECRET</dc:creator>", xml),
    ),
    "a last editor": (CORE, _adding(b"</cp:coreProperties>", b"<cp:lastModifiedBy>SECRET</cp:lastModifiedBy>")),
    "a title": (CORE, _adding(b"</cp:coreProperties>", b"<cp:keywords>SECRET</cp:keywords>")),
    "a workbook's name for macros": (BOOK, lambda xml: re.sub(rb"<workbookPr", b'<workbookPr codeName="SECRET"', xml)),
    "a sheet's name for macros": (SHEET, lambda xml: re.sub(rb"<sheetPr\b", b'<sheetPr codeName="SECRET"', xml)),
    "scenarios": (SHEET, lambda xml: re.sub(rb"(<sheetProtection[^<>]*/>)", rb"\1" + SCENARIO, xml)),
}


@pytest.mark.parametrize("what", NOTED)
def test_what_programs_note_does_not_go_back(what: str) -> None:
    part, change = NOTED[what]
    content = changed(FORM, part, change)
    assert b"SECRET" in _parts(content)
    answer = marked(ToMark(content, [], ()))
    assert answer is not None
    assert b"SECRET" not in _parts(answer)


def _parts(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return b"".join(package.read(name) for name in package.namelist())


@pytest.mark.parametrize("state", [b"hidden", b"veryHidden"])
def test_a_file_that_hides_a_sheet_of_its_own_does_not_go_back(state: bytes) -> None:
    theirs = re.compile(rb'<sheet name="[^"]*" sheetId="4"( state="hidden")?')
    shown, hidden = (
        b'<sheet name="Ri\xc3\xaang" sheetId="4"',
        b'<sheet name="Ri\xc3\xaang" sheetId="4" state="%s"' % state,
    )
    for sheet, goes in ((shown, True), (hidden, False)):
        content = changed(FORM, BOOK, lambda xml, sheet=sheet: theirs.sub(sheet, xml))
        assert (marked(ToMark(content, [], ())) is not None) is goes


def test_a_form_whose_round_does_not_ask_for_a_sheet_goes_back_with_that_out_of_sight() -> None:
    hidden = re.compile(rb'(<sheet name="[^"]*" sheetId="4")')
    content = changed(FORM, BOOK, lambda xml: hidden.sub(rb'\1 state="hidden"', xml))
    assert marked(ToMark(content, [], ())) is not None


def test_a_colour_that_asks_another_workbook_does_not_go_out() -> None:
    for bound, goes in ((b"50", True), (b"$A$1", True), (b"[1]X!A1", False), (b"WEBSERVICE(A1)", False)):
        rule = (
            b'<conditionalFormatting sqref="A1"><cfRule type="colorScale" priority="99"><colorScale>'
            b'<cfvo type="formula" val="%s"/><cfvo gte="0" type="max"/><color rgb="FFFF0000"/><color rgb="FF00FF00"/>'
            b"</colorScale></cfRule></conditionalFormatting>" % bound
        )
        place = re.compile(rb"<(dataValidations|pageMargins)")
        content = changed(FORM, SHEET, lambda xml, place=place, rule=rule: place.sub(rule + rb"<\1", xml, count=1))
        assert (marked(ToMark(content, [], ())) is not None) is goes
        assert is_self_contained(_of_colour(rule)) is goes


def _of_colour(rule: bytes) -> bytes:
    """A workbook of which nothing can be said but what this rule does."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("xl/worksheets/sheet1.xml", rule)
    return target.getvalue()
