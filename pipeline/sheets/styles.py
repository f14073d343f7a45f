"""The look that all our workbooks share: an administrative paper, printed on A4.

In: nothing but the workbook to style. Out: an open XlsxWriter workbook (:func:`new_workbook`), its formats
(:func:`styles`), the page (:func:`page_setup`), and the parts of a paper: :func:`national_heading` above,
:func:`signature` below.

Promises: what a unit typed stays text, never a formula or a link; the same content gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, overload

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


def new_workbook(
    path: Path | BinaryIO,
    created: dt.datetime | None,
    *,
    title: str = "",
    author: str = "",
    streaming: bool = False,
    in_memory: bool = False,
) -> Book:
    """A workbook that takes text for text and stamps ``created`` (an outcome's ``as_of``) instead of the clock.

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
    book.set_properties({"title": title, "author": author, "created": (created or NO_TIME).astimezone(dt.UTC)})
    book.set_calc_mode("auto")
    return book


@dataclass(frozen=True)
class Styles:
    """The formats of one workbook. Cells of a table have borders; the parts of the paper around it have none."""

    # The paper
    issuer: Any  # the body above, upper left
    body: Any  # the body that issues the paper, underlined
    country: Any
    motto: Any
    place: Any  # place and date, to the right
    title: Any
    subtitle: Any
    section: Any  # the title of a part
    label: Any  # a plain line: what
    value: Any  # and its value
    line: Any  # runs over its neighbours
    note: Any  # small print
    plain: Any  # a line that may run over the cells beside it
    hint: Any  # the same, in small italics
    warning: Any  # a line that must not be overlooked
    signer: Any
    sign_here: Any
    # Headings of a table
    heading: Any
    heading_upright: Any  # read from below, over a narrow column
    heading_group: Any  # over several columns
    heading_bonus: Any
    heading_penalty: Any
    heading_result: Any
    # Cells of a table
    text: Any
    wrapped: Any
    centered: Any
    code: Any
    integer: Any
    number: Any  # see show_whole
    points: Any
    percent: Any
    date: Any
    moment: Any
    entry: Any  # a number that may be changed; see show_whole
    entry_text: Any
    penalty: Any
    rank: Any
    total: Any  # points
    total_text: Any
    total_centered: Any
    total_integer: Any
    good: Any
    warn: Any
    bad: Any
    quiet: Any  # does not apply
    link: Any
    # For conditional formatting
    whole_shown: Any
    good_shade: Any
    bad_shade: Any
    quiet_shade: Any
    changed_shade: Any  # by people


def styles(book: Workbook, decimals: int = 2) -> Styles:
    """All formats, made once for a workbook. ``decimals``: of points, as the plan says."""
    points = "#,##0" + ("." + "0" * decimals if decimals else "")
    table = {"border": 1, "border_color": RULE_LINE, "valign": "vcenter"}
    head = {**table, "bold": True, "align": "center", "text_wrap": True}
    wrap = {**table, "text_wrap": True, "align": "left", "indent": 1}
    loose = {"valign": "vcenter"}
    paper = {"align": "center", "valign": "vcenter"}
    looks: dict[str, dict[str, Any]] = {
        "issuer": {**paper, "font_size": 12},
        "body": {**paper, "font_size": 12, "bold": True, "underline": 1},
        "country": {**paper, "font_size": 12, "bold": True},
        "motto": {**paper, "font_size": 12, "bold": True, "underline": 1},
        "place": {**paper, "italic": True, "font_size": 12},
        "title": {**paper, "bold": True, "font_size": 15, "text_wrap": True},
        "subtitle": {**paper, "italic": True, "font_size": 12, "text_wrap": True},
        "section": {**loose, "bold": True, "font_size": 13, "font_color": BLUE},
        "label": {**loose, "text_wrap": True},
        "value": {**loose, "align": "left", "text_wrap": True},
        "line": loose,
        "note": {"valign": "top", "italic": True, "font_size": 10, "text_wrap": True},
        "plain": loose,
        "hint": {**loose, "italic": True, "font_size": 10, "font_color": "#4B5563"},
        "warning": {**paper, "bold": True, "font_color": RED_INK, "text_wrap": True},
        "signer": {**paper, "bold": True, "font_size": 12},
        "sign_here": {**paper, "italic": True, "font_size": 11},
        "heading": {**head, "bg_color": BLUE_PALE},
        "heading_upright": {**head, "bold": False, "font_size": 10, "rotation": 90, "bg_color": BLUE_PALE},
        "heading_group": {**head, "bg_color": BLUE, "font_color": "#FFFFFF"},
        "heading_bonus": {**head, "bg_color": GREEN_PALE, "font_color": GREEN_INK},
        "heading_penalty": {**head, "bg_color": RED_PALE, "font_color": RED_INK},
        "heading_result": {**head, "bg_color": AMBER_PALE, "font_color": AMBER_INK},
        "text": {**table, "align": "left", "indent": 1},
        "wrapped": wrap,
        "centered": {**table, "align": "center"},
        "code": {**table, "align": "center", "num_format": "@"},
        "integer": {**table, "num_format": "#,##0"},
        "number": {**table, "num_format": "#,##0.######"},
        "points": {**table, "num_format": points},
        "percent": {**table, "num_format": "0.00"},
        "date": {**table, "align": "center", "num_format": day_format()},
        "moment": {**table, "align": "center", "num_format": moment_format()},
        "entry": {**table, "num_format": "#,##0.######", "bg_color": YELLOW_PALE},
        "entry_text": {**table, "text_wrap": True, "align": "center", "bg_color": YELLOW_PALE},
        "penalty": {**table, "num_format": points, "font_color": RED_INK},
        "rank": {**table, "align": "center", "bold": True, "num_format": "0", "font_size": 12},
        "total": {**table, "bold": True, "num_format": points, "bg_color": GREY_PALE},
        "total_text": {**wrap, "bold": True, "bg_color": GREY_PALE},
        "total_centered": {**table, "text_wrap": True, "align": "center", "bold": True, "bg_color": GREY_PALE},
        "total_integer": {**table, "bold": True, "num_format": "#,##0", "bg_color": GREY_PALE},
        "good": {**wrap, "bg_color": GREEN_PALE, "font_color": GREEN_INK},
        "warn": {**wrap, "bg_color": AMBER_PALE, "font_color": AMBER_INK},
        "bad": {**wrap, "bg_color": RED_PALE, "font_color": RED_INK},
        "quiet": {**wrap, "font_color": "#6B7280", "italic": True},
        "link": {**wrap, "font_color": BLUE, "underline": 1},
        "whole_shown": {"num_format": "#,##0"},
        "good_shade": {"bg_color": GREEN_PALE, "font_color": GREEN_INK},
        "bad_shade": {"bg_color": RED_PALE, "font_color": RED_INK},
        "quiet_shade": {"bg_color": GREY_PALE, "font_color": "#6B7280"},
        "changed_shade": {"bg_color": AMBER_PALE, "font_color": AMBER_INK},
    }
    shades = {name for name in looks if name.endswith("_shade")} | {"whole_shown"}  # they change a cell, not its font
    font = {"font_name": FONT, "font_size": 11}
    made = {name: book.add_format(look if name in shades else font | look) for name, look in looks.items()}
    return Styles(**{each.name: made[each.name] for each in fields(Styles)})


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


def show_whole(
    sheet: Worksheet, look: Styles, first_row: int, first_column: int, last_row: int, last_column: int
) -> None:
    """In cells of the ``number`` or ``entry`` format: 1.250 for a whole number, where Excel would show ``1.250,``."""
    cell = xl_rowcol_to_cell(first_row, first_column)
    rule = {"type": "formula", "criteria": f"=AND(ISNUMBER({cell}),{cell}=INT({cell}))", "format": look.whole_shown}
    sheet.conditional_format(first_row, first_column, last_row, last_column, rule)


def national_heading(
    sheet: Worksheet, look: Styles, issuer: str, body: str, left: tuple[int, int], right: tuple[int, int]
) -> int:
    """The head of an administrative paper (NĐ 30/2020/NĐ-CP): who issues it at the left, the country at the right.

    ``left`` and ``right`` are the first and last columns of either half. Returns the next free row.
    """
    lines = (
        (issuer.upper(), look.issuer, _("SOCIALIST REPUBLIC OF VIET NAM"), look.country),
        (body.upper(), look.body, _("Independence – Freedom – Happiness"), look.motto),
    )
    for row, (ours, our_look, theirs, their_look) in enumerate(lines):
        across(sheet, row, *left, ours, our_look)
        across(sheet, row, *right, theirs, their_look)
    return len(lines)


def signature(sheet: Worksheet, look: Styles, row: int, columns: tuple[int, int], place: str, on_behalf_of: str) -> int:
    """Where the paper is signed: place and date to be filled in, for whom, who signs. Returns the next free row."""
    across(sheet, row, *columns, _("{place}, day …… month …… year ………").format(place=place), look.place)
    across(sheet, row + 1, *columns, on_behalf_of.upper(), look.signer)
    across(sheet, row + 2, *columns, _("CHAIRPERSON"), look.signer)
    across(sheet, row + 3, *columns, _("(Signature, full name, seal)"), look.sign_here)
    return row + 8


def across(sheet: Worksheet, row: int, first_column: int, last_column: int, text: str, look: Format) -> None:
    """Text over several columns of one row."""
    if first_column == last_column:
        sheet.write_string(row, first_column, text, look)
        return
    sheet.merge_range(row, first_column, row, last_column, "", look)
    sheet.write_string(row, first_column, text, look)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """``wanted`` as a sheet's name: at most 31 characters, none that Excel forbids, none of ``taken`` (added to it)."""
    legal = "".join("-" if each in "[]:*?/\\" else each if each.isprintable() else " " for each in wanted)
    name = " ".join(legal.split()).strip(" '")
    name = name.encode("utf-16-le")[: 2 * MAX_SHEET_NAME].decode("utf-16-le", "ignore").strip(" '") or "-"
    if name.casefold() == "history":  # Excel keeps that name to itself
        name += " (1)"
    base, number = name, 2
    while name.casefold() in taken:
        mark = f" ({number})"
        name, number = base[: MAX_SHEET_NAME - len(mark)] + mark, number + 1
    taken.add(name.casefold())
    return name
