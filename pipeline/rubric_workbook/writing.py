"""A bloc's rubric (thang bảng điểm) as an Excel workbook for council and units.

In: the year's rules and a bloc. Out: a workbook with the rubric as a paper for A4, the parameters of its scoring
methods, classes and ties, a sheet that shows the points of any result as it is typed, and a very hidden sheet that
says what rubric this is. Yellow cells may be changed; :mod:`pipeline.rubric_workbook.reading` finds what was.

Promises: the same rules give the same bytes; codes are locked; each row carries its address in a hidden column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.code_lists import GroupKind
from pipeline.forms.declared import META_SHEET
from pipeline.forms.writing.making import height
from pipeline.i18n import N_, _, number
from pipeline.rubric_workbook.entries import (
    Address,
    Entry,
    canonical,
    fingerprint,
    label,
)
from pipeline.rubric_workbook.page import HEADING_ROW, KEY, LEAST_HEIGHT, PageColumn, PageRow, RubricWorkbook
from pipeline.rubric_workbook.trial_sheet import trial_sheet
from pipeline.rules.rubric import Bloc, ClassLevel, Criterion, CriterionGroup
from pipeline.rules.words import arithmetic_words, exclusion_words, rule_words, tie_words
from pipeline.rules.year import Rules
from pipeline.sheets import styles
from pipeline.sheets.styles import across

FORMAT = "thidua-thang-diem"
RUBRIC_SHEET, METHODS_SHEET, CLASSES_SHEET = N_("Rubric"), N_("Scoring methods"), N_("Classes, ties")


RUBRIC_COLUMNS = (
    PageColumn(KEY, "", 4),
    PageColumn("code", N_("Code"), 7),
    PageColumn("name", N_("Content, criterion"), 44),
    PageColumn("unit", N_("Unit of measure"), 13),
    PageColumn("points", N_("Standard points"), 9),
    PageColumn("target", N_("Common target"), 9),
    PageColumn("method", N_("Scoring method"), 38),
    PageColumn("evidence", N_("Evidence"), 10),
    PageColumn("guidance", N_("Guidance"), 30),
)
METHOD_COLUMNS = (
    PageColumn(KEY, "", 4),
    PageColumn("code", N_("Code"), 8),
    PageColumn("label", N_("Parameter"), 48),
    PageColumn("path", N_("Key in the rule file"), 24),
    PageColumn("value", N_("Value"), 26),
)
CLASS_COLUMNS = (
    PageColumn(KEY, "", 4),
    PageColumn("label", N_("Class"), 32),
    PageColumn("from", N_("From (points)"), 18),
    PageColumn("each_group", N_("Each group at least (%)"), 22),
    PageColumn("quota", N_("At most (% of ranked units)"), 26),
    PageColumn("places", N_("At most (units)"), 18),
    PageColumn("method", N_("No points off under"), 36),
)


def write_rubric(target: Path | BinaryIO, rules: Rules, bloc: Bloc) -> None:
    """Write the workbook. Raises OSError (XlsxWriter's FileCreateError) where ``target`` cannot be written."""
    title = _("Scoring rubric – {bloc}").format(bloc=bloc.name)
    book = styles.new_workbook(target, styles.Properties(title, rules.plan.issuer))
    workbook = RubricWorkbook(book, rules, bloc)
    _rubric_sheet(workbook)
    _methods_sheet(workbook)
    _classes_sheet(workbook)
    trial_sheet(book, workbook.look, rules, bloc)
    _meta_sheet(workbook)
    book.close()


# --- the rubric ---------------------------------------------------------------------------------------


def _rubric_sheet(workbook: RubricWorkbook) -> None:
    """The rubric as council and units know it, with group totals and caps."""
    sheet = workbook.sheet(_(RUBRIC_SHEET), _("SCORING RUBRIC"), RUBRIC_COLUMNS, landscape=True)
    number_, base_rows = HEADING_ROW + 1, []
    for group in workbook.bloc.rubric.groups:
        if group.kind is GroupKind.BASE:
            base_rows.append(number_)
        _group_row(PageRow(workbook, sheet, number_), group)
        for criterion in group.criteria:
            number_ += 1
            _criterion_row(PageRow(workbook, sheet, number_), group, criterion)
        number_ += 1
    _total_rows(PageRow(workbook, sheet, number_), base_rows)


_GROUP_WORDS = {
    GroupKind.BASE: N_("sum of the criteria"),
    GroupKind.BONUS: N_("bonus: at most these points in all"),
    GroupKind.PENALTY: N_("penalty: at most these points taken off"),
}


def _rubric_row(row: PageRow, address: Address, texts: Mapping[str, str], *, bold: bool) -> None:
    """A row of the rubric: what may be changed from the entries, the rest from ``texts`` (column -> text)."""
    look, entries, heights = row.workbook.look, row.workbook.entries, [LEAST_HEIGHT]
    row.text(0, "/".join(address), None)
    for position, column in enumerate(RUBRIC_COLUMNS[1:], start=1):
        entry = entries.get((*address, column.code)) or (entries.get(address) if column.code == "points" else None)
        text = entry.value if entry and isinstance(entry.value, str) else texts.get(column.code, "")
        heights.append(height(text, (column.width - 2) * (0.9 if bold else 1), 11) + 4)
        if entry:
            row.put(position, entry, bold=bold)
        elif column.code == "code":
            row.text(position, text, look.total_centered if bold else look.code)
        else:
            row.text(position, text, look.total_text if bold else look.wrapped)
    row.set_height(max(heights))


def _group_row(row: PageRow, group: CriterionGroup) -> None:
    texts = {"code": group.code, "method": _(_GROUP_WORDS[group.kind])}
    _rubric_row(row, ("rubric", "groups", group.code), texts, bold=True)
    if group.kind is GroupKind.BASE:
        _must_equal(row, f"SUM({_points_cell(row.number + 1)}:{_points_cell(row.number + len(group.criteria))})")


def _criterion_row(row: PageRow, group: CriterionGroup, criterion: Criterion) -> None:
    words = rule_words(row.workbook.bloc.rubric, criterion, row.workbook.rules.plan.decimals)
    address = ("rubric", "groups", group.code, "criteria", criterion.code)
    _rubric_row(row, address, {"code": criterion.code, "method": words}, bold=False)


def _total_rows(first: PageRow, base_rows: Sequence[int]) -> None:
    """From the first row on: the total and the caps of bonus and penalty; a wrong sum turns red."""
    names = {
        "total": _("Total of the standard points"),
        "bonus_cap": _("Bonus at most"),
        "penalty_cap": _("Penalty at most"),
    }
    for number_, (key, name) in enumerate(names.items(), start=first.number):
        row = replace(first, number=number_)
        _rubric_row(row, ("rubric", key), {"name": name}, bold=True)
        if key == "total":
            _must_equal(row, "+".join(map(_points_cell, base_rows)))
    hint = _("A red number is not the sum of what belongs to it.")
    replace(first, number=first.number + len(names)).text(2, hint, first.workbook.look.hint)


_POINTS = next(position for position, column in enumerate(RUBRIC_COLUMNS) if column.code == "points")


def _points_cell(row: int) -> str:
    return str(xl_rowcol_to_cell(row, _POINTS))


def _must_equal(row: PageRow, sum_formula: str) -> None:
    """The points of the row turn red where they are not that sum."""
    criteria = f"=ROUND({_points_cell(row.number)}-({sum_formula}),6)<>0"
    rule = {"type": "formula", "criteria": criteria, "format": row.workbook.look.bad_shade}
    row.sheet.conditional_format(row.number, _POINTS, row.number, _POINTS, rule)


# --- the methods --------------------------------------------------------------------------------------


def _methods_sheet(workbook: RubricWorkbook) -> None:
    """One row for each parameter of each criterion, below the criterion's name."""
    heading = _("PARAMETERS OF THE SCORING METHODS")
    sheet = workbook.sheet(_(METHODS_SHEET), heading, METHOD_COLUMNS, landscape=False)
    number_ = HEADING_ROW + 1
    for group in workbook.bloc.rubric.groups:
        for criterion in group.criteria:
            row = PageRow(workbook, sheet, number_)
            row.text(1, criterion.code, workbook.look.total_centered)
            across(sheet, number_, (2, 4), f"{criterion.name} ({criterion.method.method})", workbook.look.total_text)
            row.set_height(max(LEAST_HEIGHT, height(criterion.name, 84, 11) + 4))
            parameters = _parameters(workbook, ("rubric", "groups", group.code, "criteria", criterion.code))
            for position, entry in enumerate(parameters, start=number_ + 1):
                _parameter_row(replace(row, number=position), entry)
            number_ += 1 + len(parameters)


def _parameters(workbook: RubricWorkbook, address: Address) -> list[Entry]:
    """The entries below a criterion that do not stand in its row of the rubric."""
    in_rubric = {column.code for column in RUBRIC_COLUMNS}
    below = [entry for key, entry in workbook.entries.items() if key[: len(address)] == address]
    return [entry for entry in below if not (len(entry.address) == 6 and entry.key in in_rubric)]


def _parameter_row(row: PageRow, entry: Entry) -> None:
    look = row.workbook.look
    row.text(0, "/".join(entry.address), None)
    row.text(1, entry.criterion, look.code)
    row.text(2, label(entry), look.wrapped)
    row.text(3, entry.path, look.text)
    row.put(4, entry)


# --- classes, ties, exclusions ------------------------------------------------------------------------


def _classes_sheet(workbook: RubricWorkbook) -> None:
    """How units are classed, separated and left out; the numbers of the classes may be changed."""
    heading, rubric = _("CLASSES, TIES AND EXCLUSIONS"), workbook.bloc.rubric
    sheet = workbook.sheet(_(CLASSES_SHEET), heading, CLASS_COLUMNS, landscape=True)
    for position, level in enumerate(rubric.classification):
        _class_row(PageRow(workbook, sheet, HEADING_ROW + 1 + position), position, level)
    number_ = HEADING_ROW + 1 + len(rubric.classification)
    lists = (
        (_("On equal totals"), [tie_words(tie, rubric) for tie in rubric.ties] or [_("the rank is shared")]),
        (_("Not ranked"), [exclusion_words(each) for each in rubric.exclusions] or [_("nobody")]),
        (_("Arithmetic"), arithmetic_words(workbook.rules.plan, rubric)),
    )
    for title, lines in lists:
        sheet.write_string(number_ + 1, 1, title, workbook.look.section)
        for position, line in enumerate(lines):
            numbered = f"{number(lines.index(line) + 1)}. {line}"
            sheet.write_string(number_ + 2 + position, 1, numbered, workbook.look.plain)
        number_ += 2 + len(lines)


def _class_row(row: PageRow, position: int, level: ClassLevel) -> None:
    address = ("rubric", "classification", str(position))
    row.text(0, "/".join(address), None)
    row.text(1, level.name, row.workbook.look.wrapped)
    for column in (2, 3, 4, 5):
        row.put(column, row.workbook.entries[*address, CLASS_COLUMNS[column].code])
    row.text(6, ", ".join(level.no_penalty), row.workbook.look.wrapped)
    row.set_height(LEAST_HEIGHT)


def _meta_sheet(workbook: RubricWorkbook) -> None:
    """What rubric this is, and every value as it was, so that a later version of the rule file is told apart."""
    sheet = workbook.book.add_worksheet(META_SHEET)
    facts = {"format": FORMAT, "bloc": workbook.bloc.code, "fingerprint": fingerprint(workbook.bloc)}
    values = {"/".join(address): canonical(entry.value) for address, entry in workbook.entries.items()}
    for row, (key, value) in enumerate((facts | values).items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()
