"""The first sheet of the form (Hướng dẫn): what to do, until when, what the colours mean, whom to ask.

In: what the form is made from, and its other sheets. Out: the sheet, with a link to each sheet and how many cells
are still missing there, counted live.
"""

from __future__ import annotations

from typing import Any

from pipeline.forms.declared import GUIDE_SHEET
from pipeline.forms.writing.form_sheet import FormSheet
from pipeline.forms.writing.making import MISSING, Making, Role, height, set_page
from pipeline.i18n import N_, _, moment
from pipeline.rules.words import arithmetic_words
from pipeline.sheets import styles
from pipeline.sheets.addresses import quoted
from pipeline.sheets.growing_sheet import GrowingSheet

WIDTHS = (5, 30, 48, 17)

STEPS = (
    N_("Fill in the sheets from left to right. The table below counts the cells that you still have to fill."),
    N_("Type into white cells only. Yellow ones have to be filled; grey and green ones are locked."),
    N_("In a number cell type the number alone: 92.5, and not 92.5 % or 92.5 million đồng."),
    N_("Where nothing happened, type 0. A blank cell means that the question has not been answered."),
    N_("Where a cell offers a list (the small arrow at its right), choose from the list."),
    N_("Do not rename, delete or move sheets, and do not change codes: answers are found by them."),
)
SCORED_STEP = N_("Points appear as you type. They are your own scoring; {council} has the last word.")
INPUTS_STEP = N_(
    "A criterion may ask for several numbers or answers, each in a row of its own below it (such as {code}); "
    "its points appear in its own row."
)
SENDING = (
    N_("Save the file as .xlsx; .xls and .ods are accepted too. Send the file itself, not a picture or a scan."),
    N_("You may send it again: the newest form that is in order counts."),
    N_("If something has to be corrected, the file comes back with the cells marked and a list of what to do. "
       "Correct it in that file and send it again."),
)  # fmt: skip
LEGEND = (
    (Role.ENTRY, N_("To be filled in")),
    (None, N_("Has to be filled in and is still blank; the colour goes when it is filled")),
    (Role.GIVEN, N_("Given, locked")),
    (Role.COMPUTED, N_("Points computed by the rubric, locked")),
    (Role.OFF, N_("Does not apply, leave blank")),
)


def open_guide(making: Making) -> Any:
    """The sheet, still empty: it is the first one, but tells of the others."""
    return making.book.add_worksheet(_(GUIDE_SHEET)[:31], GrowingSheet)


def guide_sheet(making: Making, sheet: Any, tables: list[FormSheet]) -> None:
    """Fill the guide in."""
    page = _Page(making, sheet)
    plan, of = making.rules.plan, making.round
    page.line(plan.issuer.upper(), bold=True, font_size=12)
    page.line(_(of.kind.form_title).upper(), bold=True, font_size=16, align="center")
    page.line(f"{plan.title} – {of.name}", italic=True, font_size=12, align="center")
    page.line(
        _("Unit: {unit} – {bloc}").format(unit=making.unit.name, bloc=making.bloc.name),
        bold=True,
        font_size=13,
        align="center",
    )
    due = moment(plan.due_moment(of))
    page.line(
        _("To be sent by {due}").format(due=due), bold=True, font_size=13, align="center", bg_color=styles.AMBER_PALE
    )
    page.section(_("How to fill it in"))
    steps = [_(each) for each in STEPS]
    if of.kind.asks_results:
        steps.insert(-1, _(SCORED_STEP).format(council=plan.council.name))
        inputs = [code for code, (_group, _criterion, one) in making.bloc.rubric.rows.items() if one]
        steps[-2:-2] = [_(INPUTS_STEP).format(code=code) for code in inputs[:1]]
    page.numbered(steps)
    if of.kind.asks_results:
        page.section(_("How points are counted"))
        page.numbered(arithmetic_words(plan, making.bloc.rubric))
    page.section(_("Sheets of this form"))
    _contents(page, tables)
    page.section(_("Colours of the cells"))
    _legend(page)
    page.section(_("How to send it"))
    page.numbered([_("Send it by {due} to {contact}.").format(due=due, contact=_contact(making)), *map(_, SENDING)])
    sheet.protect("", {"format_columns": True, "format_rows": True})
    set_page(making, sheet, _(GUIDE_SHEET), landscape=False)
    sheet.activate()


class _Page:
    """The sheet, written from the top down."""

    def __init__(self, making: Making, sheet: Any) -> None:
        self.making, self.sheet, self.row = making, sheet, 0
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)

    def line(self, text: str, *, space: float = 4, **look: Any) -> None:
        """Text over the whole width."""
        styles.across(self.sheet, self.row, (0, 3), text, self.making.paper(text_wrap=True, **look))
        self.next(height(text, sum(WIDTHS), look["font_size"]) + space)

    def section(self, title: str) -> None:
        """The title of a part, with space above it."""
        self.next(9)
        self.line(title, bold=True, font_size=13, font_color=styles.BLUE, bottom=1, bottom_color=styles.BLUE)
        self.next(4)

    def numbered(self, texts: list[str]) -> None:
        """Numbered paragraphs."""
        body = self.making.paper(font_size=12, text_wrap=True, valign="top")
        for place, text in enumerate(texts, start=1):
            self.sheet.write_string(
                self.row, 0, f"{place}.", self.making.paper(font_size=12, align="right", valign="top")
            )
            styles.across(self.sheet, self.row, (1, 3), text, body)
            self.next(height(text, sum(WIDTHS[1:]), 12) + 3)

    def next(self, tall: float) -> None:
        """Give the row its height and go on."""
        self.sheet.set_row(self.row, tall)
        self.row += 1


def _contents(page: _Page, tables: list[FormSheet]) -> None:
    """Each sheet with a link, what it holds, and how many cells are missing."""
    sheet, paper = page.sheet, page.making.paper
    cell = {"font_size": 12, "border": 1, "border_color": styles.RULE_LINE, "text_wrap": True, "indent": 1}
    heading = paper(**cell | {"indent": 0}, bold=True, align="center", bg_color=styles.BLUE, font_color="#FFFFFF")
    for column, text in enumerate((_("Sheet"), _("What it holds"), _("Cells still missing")), start=1):
        sheet.write_string(page.row, column, text, heading)
    page.next(height(_("Cells still missing"), WIDTHS[3], 12) + 6)
    first = page.row
    complete = '[=0]"' + _("complete") + '";0'
    counted = paper(**cell | {"indent": 0}, align="center", num_format=complete)
    for table in tables:
        link = paper(**cell, font_color=styles.BLUE, underline=1)
        sheet.write_url(page.row, 1, f"internal:{quoted(table.title)}!A1", link, table.title)
        holds = table.heading
        sheet.write_string(page.row, 2, holds, paper(**cell))
        formula = table.missing_formula()
        if formula:
            sheet.write_formula(page.row, 3, formula, counted, table.missing_count())
        else:
            sheet.write_string(page.row, 3, "–", counted)
        page.next(height(holds, WIDTHS[2], 12) + 4)
    for criteria, colour in ((">", MISSING), ("=", styles.GREEN_PALE)):
        look = page.making.book.add_format({"bg_color": colour})
        sheet.conditional_format(
            first, 3, page.row - 1, 3, {"type": "cell", "criteria": criteria, "value": 0, "format": look}
        )


def _legend(page: _Page) -> None:
    """A cell of each colour, and what it means."""
    for role, words in LEGEND:
        border = {"border": 1, "border_color": styles.RULE_LINE}
        colour = MISSING if role is None else page.making.colour(role)
        page.sheet.write_blank(page.row, 1, None, page.making.paper(bg_color=colour, **border))
        styles.across(page.sheet, page.row, (2, 3), _(words), page.making.paper(font_size=12, text_wrap=True, indent=1))
        page.next(height(_(words), sum(WIDTHS[2:]), 12) + 3)


def _contact(making: Making) -> str:
    contact = making.rules.plan.contact
    phone = _("telephone {phone}").format(phone=contact.phone) if contact.phone else ""
    mail = _("e-mail {email}").format(email=contact.email) if contact.email else ""
    return ", ".join(each for each in (contact.office, phone, mail) if each)
