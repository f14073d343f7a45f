"""What of a unit's workbook is never passed on: whatever runs, fetches or points elsewhere once it is opened.

In: the bytes of a workbook that may be opened (:mod:`pipeline.intake.safety`). Out: in words what of it is left out
(:func:`sentences`), so that the unit does not search for it; and whether a workbook that is to go out is free of
all that (:func:`is_self_contained`), whatever way it was made. Formulas may use functions that compute; one that no
list of such functions names counts as reaching outside. What office programs attach of their own accord, properties,
labels, settings, is not passed on either, and not named, for nobody entered it and it does no harm.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable
from zipfile import BadZipFile, ZipFile

from openpyxl.utils import FORMULAE

from pipeline.i18n import N_, _

MACROS = N_("macros")
SOURCES = N_("links to other files and data sources")
DOCUMENTS = N_("embedded documents")
LINKS = N_("links to websites, mail addresses or files")
FETCHING = N_("formulas that reach outside the workbook")
PICTURES = N_("pictures, drawings and controls")

_PARTS = {
    MACROS: r"(.*/)?vbaProject\.bin|xl/macrosheets/.*|Basic/(?!.*script-l[bc]\.xml$).+\.xml|Scripts/.+",
    SOURCES: r"xl/(externalLinks/.+|connections\.xml|queryTables/.+|model/.+)",
    DOCUMENTS: r"(.*/)?embeddings/.+|Object [^/]+/content\.xml|ObjectReplacements/.+",
    PICTURES: r"(.*/)?(media|activeX|ctrlProps|charts|diagrams)/.+|Pictures/.+",
}
_OLD_MACROS = "_VBA_PROJECT".encode("utf-16-le")

_LINKING = re.compile(r"/worksheets/_rels/[^/]+\.rels$|^content\.xml$")
_ELSEWHERE = re.compile(rb"""TargetMode\s*+=\s*+["']External|<text:a\b[^<]*xlink:href=["'](?!#)""")
_FORMULA = re.compile(rb"<(?:\w{1,50}:)?(?:f|formula[12]?|definedName)\b[^<>]*+>([^<]++)<")
_RUNNING_NAME = re.compile(
    rb'<definedName\b[^<]*(\b(function|vbProcedure|xlm|macro)="(1|true)"|name="(_xlnm\.)?auto_)', re.I
)
_BOUND_OF_A_COLOUR = re.compile(rb'<(?:\w{1,50}:)?cfvo\b[^<]*\bval="([^"<]*+)"')
_LINK_PLACE = re.compile(rb'<hyperlink\b[^<]*\blocation="([^"<]*+)"')


def sentences(content: bytes) -> tuple[str, ...]:
    """What of the workbook is not passed on, and why, as one line for the unit; no line where nothing is left out."""
    kinds = [_(kind) for kind in _kinds(content)]
    words = _(
        "Left out of this copy: {what}. Such things can do harm when a file is opened, and a form needs none of them; "
        "what was entered in the cells is kept."
    )
    return (words.format(what="; ".join(kinds)),) if kinds else ()


def _kinds(content: bytes) -> list[str]:
    try:
        with ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
            parts = {name: package.read(name) for name in names if name.endswith((".xml", ".rels"))}
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):  # an old .xls, or nothing
        return [MACROS] if _OLD_MACROS in content else []
    kinds = [kind for kind, pattern in _PARTS.items() if any(re.fullmatch(pattern, name, re.I) for name in names)]
    if any(_ELSEWHERE.search(part) for name, part in parts.items() if _LINKING.search(name)):
        kinds.append(LINKS)
    if any(reaches_outside(formula) for part in parts.values() for formula in _formulas(part)):
        kinds.append(FETCHING)
    return kinds


def _formulas(part: bytes) -> Iterable[str]:
    return _found(_FORMULA, part)


def _found(pattern: re.Pattern[bytes], part: bytes) -> Iterable[str]:
    """Each text that the pattern finds, once."""
    return (_unescaped(text.decode("utf-8", "replace")) for text in set(pattern.findall(part)))


def _unescaped(formula: str) -> str:
    try:
        return html.unescape(formula)
    except ValueError:  # a character by a number of thousands of digits
        return "|"


# --- what may go out ----------------------------------------------------------------------------------

_PASSED_ON = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/(workbook|styles|sharedStrings)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/theme/theme1\.xml|xl/worksheets/(_rels/)?sheet\d+\.xml(\.rels)?"
    r"|xl/comments/comment\d+\.xml|xl/drawings/commentsDrawing\d+\.vml"
)


def is_self_contained(content: bytes) -> bool:
    """Whether an .xlsx holds cells, formats and comments alone, and nothing in it reaches beyond the workbook."""
    with ZipFile(io.BytesIO(content)) as package:
        if not all(_PASSED_ON.fullmatch(name) for name in package.namelist()):
            return False
        parts = {name: package.read(name) for name in package.namelist()}
    return not any(
        (name.endswith(".rels") and _ELSEWHERE.search(part))
        or _RUNNING_NAME.search(part)
        or any(points_outside(place) for place in _found(_LINK_PLACE, part))
        or any(reaches_outside(formula) for formula in (*_formulas(part), *_found(_BOUND_OF_A_COLOUR, part)))
        for name, part in parts.items()
    )


_QUOTED = re.compile(r'"[^"]*+"')
_SHEET = re.compile(r"'[^']*+'")
_WORD = re.compile(r"([\w.]++)(\(?)")
_COMPUTING = {name for name in FORMULAE if not name.startswith("CUBE")} - {"HYPERLINK", "RTD", "GETPIVOTDATA"}
_COMPUTING -= {"INDIRECT", "CELL", "INFO"}  # a reference made of text, the file's place, the machine's
_COMPUTING |= {"CONCAT", "IFNA", "IFS", "MAXIFS", "MINIFS", "SWITCH", "TEXTJOIN", "XLOOKUP", "XMATCH"}


_FORMAT_OF = 'CELL("format",'
"""How a form's own formulas ask whether a cell shows a percentage (:mod:`pipeline.methods.expression`)."""


def reaches_outside(formula: str) -> bool:
    """Whether a formula names another file, another program, or a function that is not known to compute only."""
    rest = _QUOTED.sub('""', formula.replace(_FORMAT_OF, "("))  # a doubled quote is the end of one and begins the next
    sheets = _SHEET.findall(rest)
    rest = _SHEET.sub("", rest)
    functions = {name.upper().removeprefix("_XLFN.") for name, bracket in _WORD.findall(rest) if bracket}
    return points_outside("".join([rest, *sheets])) or not functions <= _COMPUTING


def points_outside(place: str) -> bool:
    """Whether a reference leaves the workbook: ``[1]Sheet1!A1``, ``cmd|'/C calc'!A1``, an address, a path."""
    return any(sign in place for sign in ("[", "|", "\\", "://"))
