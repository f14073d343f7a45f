"""The sheet on which a rubric is tried out: type targets and results, and see the points at once.

In: the rules and a bloc. Out: the sheet, with a live formula for each criterion, each group and the total, and a
hidden sheet of the levels to choose from. The formulas are those of the form that units will fill.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from pipeline.forms.declared import LISTS_SHEET, YES_NO_LIST, level_list
from pipeline.forms.writing.making import height
from pipeline.forms.writing.points import RowCells, criterion_rows, live_points
from pipeline.forms.writing.results import within
from pipeline.i18n import N_, _
from pipeline.methods.inputs import Input, Takes, row_code
from pipeline.rules.links import scale_of
from pipeline.rules.rubric import Bloc, Criterion, CriterionGroup
from pipeline.rules.targets import common_target
from pipeline.rules.words import rule_words
from pipeline.rules.year import Rules
from pipeline.sheets import styles
from pipeline.sheets.growing_sheet import GrowingSheet
from pipeline.sheets.styles import Styles, across, page_setup

TRIAL_SHEET = N_("Try out")
_HEADINGS = (
    (N_("Code"), 7),
    (N_("Content, criterion"), 46),
    (N_("Unit of measure"), 13),
    (N_("Standard points"), 9),
    (N_("Target"), 12),
    (N_("Result"), 20),
    (N_("Points"), 10),
    (N_("Scoring method"), 44),
)
_TARGET, _RESULT, _POINTS, _METHOD = 4, 5, 6, 7
_HEADING_ROW = 4


def trial_sheet(book: xlsxwriter.Workbook, look: Styles, rules: Rules, bloc: Bloc) -> None:
    """Write the sheet into the workbook."""
    sheet = book.add_worksheet(_(TRIAL_SHEET), GrowingSheet)
    for place, (title, width) in enumerate(_HEADINGS):
        sheet.set_column(place, place, width)
        sheet.write_string(_HEADING_ROW, place, _(title), look.heading)
    last = len(_HEADINGS) - 1
    sheet.set_row(0, 26)
    across(sheet, 0, (0, last), _("TRY OUT: WHAT WOULD A RESULT GIVE?"), look.title)
    across(sheet, 1, (0, last), f"{bloc.name} – {rules.plan.title}", look.subtitle)
    across(
        sheet, 2, (0, last), _("Type targets and results into the yellow cells; the points follow at once."), look.hint
    )
    words = _(
        "The points are those of the rubric as it was written out; after a change, import it and export it again."
    )
    across(sheet, 3, (0, last), words, look.hint)
    sheet.set_row(_HEADING_ROW, 34)
    _Trial(book, sheet, look, rules, bloc).write()
    sheet.freeze_panes(_HEADING_ROW + 1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    page_setup(sheet, repeat_rows=(_HEADING_ROW, _HEADING_ROW))


class _Trial:
    """The table being written."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: Any, look: Styles, rules: Rules, bloc: Bloc) -> None:
        self.book, self.sheet, self.look, self.bloc = book, sheet, look, bloc
        self.rows = criterion_rows(bloc.rubric, _HEADING_ROW + 1)
        self.decimals = rules.plan.decimals
        open_cell = {"font_name": styles.FONT, "font_size": 11, "locked": False, "bg_color": styles.YELLOW_PALE}
        shape = {"border": 1, "border_color": styles.RULE_LINE, "valign": "vcenter", "text_wrap": True}
        self.number = book.add_format({**open_cell, **shape})
        self.choice = book.add_format({**open_cell, **shape, "align": "left"})

    def write(self) -> None:
        """All groups with their criteria, and the total."""
        row, subtotals = _HEADING_ROW + 1, {}
        for group in self.bloc.rubric.groups:
            heading = row
            for criterion in group.criteria:
                row += 1
                self._criterion(row, group, criterion)
                for place, each in enumerate(criterion.inputs, start=1):
                    self._input(row + place, criterion, each)
                row += len(criterion.inputs)
            subtotals[group.code] = self._group(heading, row, group)
            row += 1
        self._total(row, subtotals)
        self._lists()

    def _criterion(self, row: int, group: CriterionGroup, criterion: Criterion) -> None:
        self.sheet.write_string(row, 0, criterion.code, self.look.code)
        self.sheet.write_string(row, 1, criterion.name, self.look.wrapped)
        self.sheet.write_string(row, 2, criterion.unit, self.look.wrapped)
        self.sheet.write_number(row, 3, float(criterion.points), self.look.points)
        self._entries(row, criterion)
        self._points(row, criterion)
        words = rule_words(self.bloc.rubric, criterion, self.decimals)
        self.sheet.write_string(row, _METHOD, words, self.look.wrapped)
        texts = {
            1: criterion.name,
            2: criterion.unit,
            _METHOD: words,
            _RESULT: max(criterion.method.options, key=len, default=""),
        }
        self._set_height(row, texts)

    def _points(self, row: int, criterion: Criterion) -> None:
        """The live points; blank where they depend on what other units of the bloc reach."""
        if criterion.method.needs_bloc:
            self.sheet.write_blank(row, _POINTS, None, self.look.points)
            return
        scale = scale_of(self.bloc.rubric, criterion, self.decimals)
        source = self.rows[criterion.of or criterion.code]
        target, result = _cell(source, _TARGET), _cell(source, _RESULT)
        reached = tuple(f"N({_cell(self.rows[code], _POINTS)})" for code in (scale.gate.looks_at if scale.gate else ()))
        inputs = tuple(_cell(source + place, _RESULT) for place in range(1, len(scale.inputs) + 1))
        live = live_points(criterion, scale, RowCells(target, result, result, inputs, reached))
        self.sheet.write_formula(row, _POINTS, live, self.look.points, "")

    def _set_height(self, row: int, texts: Mapping[int, str]) -> None:
        needed = [height(text, _HEADINGS[place][1] - 3, 11) + 4 for place, text in texts.items()]
        self.sheet.set_row(row, max(18.0, *needed))
        self.sheet.growing.add(row)

    def _entries(self, row: int, criterion: Criterion) -> None:
        if criterion.of:
            self.sheet.write_blank(row, _TARGET, None, self.look.quiet)
            self.sheet.write_blank(row, _RESULT, None, self.look.quiet)
            return
        target = common_target(criterion)
        if target.value is not None:
            self.sheet.write_number(row, _TARGET, float(target.value), self.number)
        else:
            self.sheet.write_blank(row, _TARGET, None, self.number if target.is_typed else self.look.quiet)
        if criterion.method.takes is Takes.INPUTS:
            self.sheet.write_blank(row, _RESULT, None, self.look.quiet)
            return
        chosen = criterion.method.takes is Takes.CHOICE
        self.sheet.write_blank(row, _RESULT, None, self.choice if chosen else self.number)
        if chosen:
            rule = {"validate": "list", "source": f"={level_list(criterion.code)}"}
            self.sheet.data_validation(row, _RESULT, row, _RESULT, rule)

    def _input(self, row: int, criterion: Criterion, each: Input) -> None:
        """The row of one input, of which only the result is typed."""
        texts = {0: row_code(criterion.code, each.code), 1: f"– {each.name}", 2: each.unit}
        for place in range(len(_HEADINGS)):
            self.sheet.write_string(
                row, place, texts.get(place, ""), self.look.code if not place else self.look.wrapped
            )
        self.sheet.write_blank(row, _RESULT, None, self.choice if each.yes_no else self.number)
        if each.yes_no:
            rule = {"validate": "list", "source": f"={YES_NO_LIST}"}
            self.sheet.data_validation(row, _RESULT, row, _RESULT, rule)
        self._set_height(row, texts)

    def _group(self, row: int, last: int, group: CriterionGroup) -> str:
        """The group's row; its cell of points."""
        decimals = self.bloc.rubric.decimals_at("group", self.decimals)
        added = f"ROUND(SUM({_cell(row + 1, _POINTS)}:{_cell(last, _POINTS)}),{decimals})"
        self._bold_row(row, group.code, group.name, group.points, within(group.cuts, added, 0.0).cell)
        return _cell(row, _POINTS)

    def _total(self, row: int, subtotals: dict[str, str]) -> None:
        rubric, parts = self.bloc.rubric, []
        for kind, cuts in rubric.cuts.items():
            added = "+".join(subtotals[group.code] for group in rubric.groups_of(kind))
            if added:
                parts.append(within(cuts, added, 0.0).cell)
        self._bold_row(row, "", _("Total"), rubric.total, f"ROUND({'+'.join(parts)},{self.decimals})")

    def _bold_row(self, row: int, code: str, name: str, points: Decimal, live: str) -> None:
        look = self.look
        for column in range(len(_HEADINGS)):
            self.sheet.write_blank(row, column, None, look.total_text)
        self.sheet.write_string(row, 0, code, look.total_centered)
        self.sheet.write_string(row, 1, name, look.total_text)
        self._set_height(row, {1: name})
        self.sheet.write_number(row, 3, float(points), look.total)
        self.sheet.write_formula(row, _POINTS, f"={live}", look.total, 0)

    def _lists(self) -> None:
        """The levels of each choice, one a column, each with a defined name."""
        criteria = [criterion for _group, criterion in self.bloc.rubric.criteria.values()]
        lists: dict[str, Sequence[str]] = {
            level_list(each.code): each.method.options for each in criteria if each.method.takes is Takes.CHOICE
        }
        answers = [one.options for each in criteria for one in each.inputs if one.yes_no]
        lists |= {YES_NO_LIST: answers[0]} if answers else {}
        sheet = self.book.add_worksheet(LISTS_SHEET)
        for column, (name, options) in enumerate(lists.items()):
            for row, text in enumerate((name, *options)):
                sheet.write_string(row, column, text)
            self.book.define_name(name, f"={LISTS_SHEET}!{xl_range_abs(1, column, len(options), column)}")
        sheet.protect()
        sheet.hide()


def _cell(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row, column))
