"""The look that all our workbooks share: an administrative paper, printed on A4.

In: nothing but the workbook to style. Out: an open XlsxWriter workbook (:func:`new_workbook`), its formats
(:func:`styles`), the page (:func:`page_setup`), and the parts of a paper: :func:`national_heading` above,
:func:`signature` below.

Promises: what a unit typed stays text, never a formula or a link; the same content gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar, overload

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.i18n import _, day_format, moment_format
from pipeline.sheets.fast_sheet import FastSheet

FONT = "Times New Roman"
INK, RULE_LINE = "#1F2937", "#9CA3AF"
BLUE, BLUE_PALE, BLUE_BAR = "#1F3864", "#DCE6F2", "#8FB0D9"
GREEN_PALE, GREEN_INK = "#E2EFDA", "#2B5A1D"
AMBER_PALE, AMBER_INK = "#FFF2CC", "#7F6000"
RED_PALE, RED_INK, RED_BAR = "#FBE3E1", "#9C1C13", "#D98880"
GREY_PALE, YELLOW_PALE = "#F3F4F6", "#FFF9DB"
SERIES = ("#1F3864", "#5B83B7", "#A9C1DD", "#3B7A78", "#8FBFB2", "#8A7A3D", "#CDBF86", "#6B5B7B", "#B3A7BF", "#7F7F7F")
"""Colours of a chart's series, told apart in grey print too."""

NO_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Stands for the time of creation where nothing was received: a clock would make no two files alike."""

MAX_SHEET_NAME = 31

SomeSheet = TypeVar("SomeSheet", bound=FastSheet)


class Book(Workbook):
    """A workbook whose sheets are ours."""

    @overload
    def add_worksheet(self, name: str | None = None) -> FastSheet: ...

    @overload
    def add_worksheet(self, name: str | None = None, worksheet_class: type[SomeSheet] = ...) -> SomeSheet: ...

    def add_worksheet(self, name: str | None = None, worksheet_class: type[FastSheet] = FastSheet) -> Worksheet:
        """Add a sheet to the right of the others."""
        return super().add_worksheet(name, worksheet_class)


class Properties(NamedTuple):
    """What the properties of a file say. ``created``: an outcome's ``as_of``, never the clock."""

    title: str = ""
    author: str = ""
    created: dt.datetime | None = None


_UNNAMED = Properties()


def new_workbook(
    path: Path | BinaryIO, properties: Properties = _UNNAMED, *, streaming: bool = False, in_memory: bool = False
) -> Book:
    """A workbook that takes text for text.

    ``streaming`` keeps one row in memory: for large plain tables. Rows must then be written downwards, and no
    merge may reach over several rows. ``in_memory`` keeps every sheet there, where many small ones would each make
    a temporary file.
    """
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": streaming,
        "in_memory": in_memory,
        "default_date_format": day_format(),
        "remove_timezone": True,
    }
    book = Book(path, options)
    book.formats[0].set_font_name(FONT)
    book.formats[0].set_font_size(11)
    created = (properties.created or NO_TIME).astimezone(dt.UTC)
    book.set_properties({"title": properties.title, "author": properties.author, "created": created})
    book.set_calc_mode("auto")
    return book


_Properties = Callable[..., dict[str, Any]]
_loose: _Properties = partial(dict, font_name=FONT, font_size=11, valign="vcenter")
_paper: _Properties = partial(_loose, align="center")
_cell: _Properties = partial(_loose, border=1, border_color=RULE_LINE)
_wrapped: _Properties = partial(_cell, text_wrap=True, align="left", indent=1)
_heading: _Properties = partial(_cell, bold=True, align="center", text_wrap=True)
_shade: _Properties = dict  # conditional formatting leaves a cell its font

_POINTS, _MOMENT = "points", "moment"
"""Number formats that the plan and the language decide on: see :func:`styles`."""


@dataclass(frozen=True)
class Styles:
    """The formats of one workbook. Cells of a table have borders; the parts of the paper around it have none."""

    # The paper
    issuer: Format = field(metadata=_paper(font_size=12))  # the body above, upper left
    body: Format = field(metadata=_paper(font_size=12, bold=True, underline=1))  # the body that issues the paper
    country: Format = field(metadata=_paper(font_size=12, bold=True))
    motto: Format = field(metadata=_paper(font_size=12, bold=True, underline=1))
    place: Format = field(metadata=_paper(italic=True, font_size=12))  # place and date, to the right
    title: Format = field(metadata=_paper(bold=True, font_size=15, text_wrap=True))
    subtitle: Format = field(metadata=_paper(italic=True, font_size=12, text_wrap=True))
    section: Format = field(metadata=_loose(bold=True, font_size=13, font_color=BLUE))  # the title of a part
    label: Format = field(metadata=_loose(text_wrap=True))  # a plain line: what
    value: Format = field(metadata=_loose(align="left", text_wrap=True))  # and its value
    line: Format = field(metadata=_loose())  # may run over the cells beside it
    plain: Format = field(metadata=_loose())
    note: Format = field(metadata=_loose(valign="top", italic=True, font_size=10, text_wrap=True))  # small print
    hint: Format = field(metadata=_loose(italic=True, font_size=10, font_color="#4B5563"))  # a small line
    warning: Format = field(metadata=_paper(bold=True, font_color=RED_INK, text_wrap=True))  # must not be overlooked
    signer: Format = field(metadata=_paper(bold=True, font_size=12))
    sign_here: Format = field(metadata=_paper(italic=True))
    # Headings of a table
    heading: Format = field(metadata=_heading(bg_color=BLUE_PALE))
    # Read from below, over a narrow column:
    heading_upright: Format = field(metadata=_heading(bold=False, font_size=10, rotation=90, bg_color=BLUE_PALE))
    heading_group: Format = field(metadata=_heading(bg_color=BLUE, font_color="#FFFFFF"))  # over several columns
    heading_bonus: Format = field(metadata=_heading(bg_color=GREEN_PALE, font_color=GREEN_INK))
    heading_penalty: Format = field(metadata=_heading(bg_color=RED_PALE, font_color=RED_INK))
    heading_result: Format = field(metadata=_heading(bg_color=AMBER_PALE, font_color=AMBER_INK))
    # Cells of a table
    text: Format = field(metadata=_cell(align="left", indent=1))
    wrapped: Format = field(metadata=_wrapped())
    centered: Format = field(metadata=_cell(align="center"))
    code: Format = field(metadata=_cell(align="center", num_format="@"))
    integer: Format = field(metadata=_cell(num_format="#,##0"))
    number: Format = field(metadata=_cell(num_format="#,##0.######"))  # see show_whole
    points: Format = field(metadata=_cell(num_format=_POINTS))
    moment: Format = field(metadata=_cell(align="center", num_format=_MOMENT))
    entry: Format = field(metadata=_cell(num_format="#,##0.######", bg_color=YELLOW_PALE))  # to be changed; show_whole
    entry_text: Format = field(metadata=_cell(text_wrap=True, align="center", bg_color=YELLOW_PALE))
    penalty: Format = field(metadata=_cell(num_format=_POINTS, font_color=RED_INK))
    rank: Format = field(metadata=_cell(align="center", bold=True, num_format="0", font_size=12))
    total: Format = field(metadata=_cell(bold=True, num_format=_POINTS, bg_color=GREY_PALE))
    total_text: Format = field(metadata=_wrapped(bold=True, bg_color=GREY_PALE))
    total_centered: Format = field(metadata=_cell(text_wrap=True, align="center", bold=True, bg_color=GREY_PALE))
    total_integer: Format = field(metadata=_cell(bold=True, num_format="#,##0", bg_color=GREY_PALE))
    quiet: Format = field(metadata=_wrapped(font_color="#6B7280", italic=True))  # does not apply
    link: Format = field(metadata=_wrapped(font_color=BLUE, underline=1))
    # For conditional formatting
    whole_shown: Format = field(metadata=_shade(num_format="#,##0"))
    good_shade: Format = field(metadata=_shade(bg_color=GREEN_PALE, font_color=GREEN_INK))
    bad_shade: Format = field(metadata=_shade(bg_color=RED_PALE, font_color=RED_INK))
    quiet_shade: Format = field(metadata=_shade(bg_color=GREY_PALE, font_color="#6B7280"))
    changed_shade: Format = field(metadata=_shade(bg_color=AMBER_PALE, font_color=AMBER_INK))  # by people


def styles(book: Workbook, decimals: int = 2) -> Styles:
    """All formats, made once for a workbook. ``decimals``: of points, as the plan says."""
    numbers = {_POINTS: "#,##0" + ("." + "0" * decimals if decimals else ""), _MOMENT: moment_format()}

    def made(properties: Mapping[str, Any]) -> Format:
        return book.add_format({key: numbers.get(value, value) for key, value in properties.items()})

    return Styles(**{each.name: made(each.metadata) for each in fields(Styles)})


def page_setup(
    sheet: Worksheet,
    *,
    landscape: bool = True,
    repeat_rows: tuple[int, int] | None = None,
    repeat_columns: tuple[int, int] | None = None,
    footer: str = "",
) -> None:
    """A4, as wide as the page, with page numbers. Rows and columns are counted from 0.

    ``repeat_rows`` (the headings) and ``repeat_columns`` are printed on every page; ``footer`` stands at its lower
    left and says what the paper was made from.
    """
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.7)
    sheet.hide_gridlines(2)
    if repeat_rows:
        sheet.repeat_rows(*repeat_rows)
    if repeat_columns:
        sheet.repeat_columns(*repeat_columns)
    font = f'&"{FONT},Regular"&9 '  # the blank ends the size, which would take in a text's first digits
    left = footer_text(footer)
    page = _("Page")
    sheet.set_footer(f"&L{font}{left}&R{font}{page} &P/&N")


def footer_text(text: str) -> str:
    """A text as a footer shows it literally, where ``&`` begins a command; cut, for all of a footer has 255 units."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    pieces = ["&&" if each == "&" else each for each in line]
    while len("".join(pieces).encode("utf-16-le")) > 2 * _FOOTER_UNITS:
        pieces[-2:] = ["…"]
    return "".join(pieces)


_FOOTER_UNITS = 150


Span = tuple[int, int]
"""The first and the last of rows or columns that stand together, counted from 0."""


def show_whole(sheet: Worksheet, look: Styles, rows: Span, column: int) -> None:
    """In cells of the ``number`` or ``entry`` format: 1.250 for a whole number, where Excel would show ``1.250,``."""
    first, last = rows
    cell = xl_rowcol_to_cell(first, column)
    rule = {"type": "formula", "criteria": f"=AND(ISNUMBER({cell}),{cell}=INT({cell}))", "format": look.whole_shown}
    sheet.conditional_format(first, column, last, column, rule)


def national_heading(sheet: Worksheet, look: Styles, issuer: str, body: str, halves: tuple[Span, Span]) -> int:
    """The head of an administrative paper (NĐ 30/2020/NĐ-CP): who issues it at the left, the country at the right.

    ``halves``: the columns of the left and of the right half. Returns the next free row.
    """
    left, right = halves
    lines = (
        (issuer.upper(), look.issuer, _("SOCIALIST REPUBLIC OF VIET NAM"), look.country),
        (body.upper(), look.body, _("Independence – Freedom – Happiness"), look.motto),
    )
    for row, (ours, our_look, theirs, their_look) in enumerate(lines):
        across(sheet, row, left, ours, our_look)
        across(sheet, row, right, theirs, their_look)
    return len(lines)


def signature(sheet: Worksheet, look: Styles, row: int, columns: Span, place: str) -> int:
    """Where the council's chairperson signs the paper, below place and date to be filled in. Returns the next free
    row."""
    across(sheet, row, columns, _("{place}, day …… month …… year ………").format(place=place), look.place)
    across(sheet, row + 1, columns, _("On behalf of the council").upper(), look.signer)
    across(sheet, row + 2, columns, _("CHAIRPERSON"), look.signer)
    across(sheet, row + 3, columns, _("(Signature, full name, seal)"), look.sign_here)
    return row + 8


def across(sheet: Worksheet, row: int, columns: Span, text: str, look: Format) -> None:
    """Text over all these columns of one row."""
    first, last = columns
    if first != last:
        sheet.merge_range(row, first, row, last, "", look)
    sheet.write_string(row, first, text, look)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """``wanted`` as a sheet's name: at most 31 characters, none that Excel forbids, none of ``taken`` (added to it)."""
    legal = "".join("-" if each in "[]:*?/\\" else each if each.isprintable() else " " for each in wanted)
    name = " ".join(legal.split()).strip(" '")
    cut = name.encode("utf-16-le")[: 2 * MAX_SHEET_NAME].decode("utf-16-le", "ignore")
    if len(cut) < len(name) and not name[len(cut)].isspace() and " " in cut:
        cut = cut.rpartition(" ")[0].rstrip("–-,;(")  # never within a word
    name = cut.strip(" '") or "-"
    if name.casefold() == "history":  # Excel keeps that name to itself
        name += " (1)"
    base, number = name, 2
    while name.casefold() in taken:
        mark = f" ({number})"
        name, number = base[: MAX_SHEET_NAME - len(mark)] + mark, number + 1
    taken.add(name.casefold())
    return name
