"""A bloc's rubric (thang bảng điểm) as an Excel workbook for council and units.

In: the year's rules and a bloc. Out: a workbook with the rubric as a paper for A4, the parameters of its scoring
methods, classes and ties, a sheet that shows the points of any result as it is typed, and a very hidden sheet that
says what rubric this is. Yellow cells may be changed; :mod:`pipeline.rubric_workbook.reading` finds what was.

Promises: the same rules give the same bytes; codes are locked; each row carries its address in a hidden column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

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
from pipeline.rubric_workbook.page import HEADING_ROW, KEY, LEAST_HEIGHT, Column, Making, set_height
from pipeline.rubric_workbook.trial_sheet import trial_sheet
from pipeline.rules.rubric import Bloc, Criterion, CriterionGroup
from pipeline.rules.words import exclusion_words, rule_words, tie_words
from pipeline.rules.year import Rules
from pipeline.sheets import styles
from pipeline.sheets.styles import across

FORMAT = "thidua-thang-diem"
RUBRIC_SHEET, METHODS_SHEET, CLASSES_SHEET = N_("Rubric"), N_("Scoring methods"), N_("Classes, ties")


RUBRIC_COLUMNS = (
    Column(KEY, "", 4),
    Column("code", N_("Code"), 7),
    Column("name", N_("Content, criterion"), 44),
    Column("unit", N_("Unit of measure"), 13),
    Column("points", N_("Standard points"), 9),
    Column("target", N_("Common target"), 9),
    Column("method", N_("Scoring method"), 38),
    Column("evidence", N_("Evidence"), 10),
    Column("guidance", N_("Guidance"), 30),
)
METHOD_COLUMNS = (
    Column(KEY, "", 4),
    Column("code", N_("Code"), 8),
    Column("label", N_("Parameter"), 48),
    Column("path", N_("Key in the rule file"), 24),
    Column("value", N_("Value"), 26),
)
CLASS_COLUMNS = (
    Column(KEY, "", 4),
    Column("label", N_("Class"), 32),
    Column("from", N_("From (points)"), 18),
    Column("each_group", N_("Each group at least (%)"), 22),
    Column("quota", N_("At most (% of ranked units)"), 26),
    Column("method", N_("No points off under"), 36),
)


def write(target: Path | BinaryIO, rules: Rules, bloc: Bloc) -> None:
    """Write the workbook. Raises OSError (XlsxWriter's FileCreateError) where ``target`` cannot be written."""
    title = _("Scoring rubric – {bloc}").format(bloc=bloc.name)
    book = styles.new_workbook(target, None, title=title, author=rules.plan.issuer)
    making = Making(book, rules, bloc)
    _rubric_sheet(making)
    _methods_sheet(making)
    _classes_sheet(making)
    trial_sheet(book, making.look, rules, bloc)
    _meta_sheet(making)
    book.close()


# --- the rubric ---------------------------------------------------------------------------------------


def _rubric_sheet(making: Making) -> None:
    """The rubric as council and units know it, with group totals and caps."""
    sheet = making.sheet(_(RUBRIC_SHEET), _("SCORING RUBRIC"), RUBRIC_COLUMNS, landscape=True)
    row, group_rows = HEADING_ROW + 1, []
    for group in making.bloc.rubric.groups:
        if group.kind is GroupKind.BASE:
            group_rows.append(row)
        _group_row(making, sheet, row, group)
        for criterion in group.criteria:
            row += 1
            _criterion_row(making, sheet, row, group, criterion)
        row += 1
    _total_rows(making, sheet, row, group_rows)


_GROUP_WORDS = {
    GroupKind.BASE: N_("sum of the criteria"),
    GroupKind.BONUS: N_("bonus: at most these points in all"),
    GroupKind.PENALTY: N_("penalty: at most these points taken off"),
}


def _row(making: Making, sheet: Any, row: int, at: Address, texts: Mapping[str, str], *, bold: bool) -> None:
    """A row of the rubric: what may be changed from the entries, the rest from ``texts``."""
    look, heights = making.look, [LEAST_HEIGHT]
    sheet.write_string(row, 0, "/".join(at))
    for place, column in enumerate(RUBRIC_COLUMNS[1:], start=1):
        entry = making.entries.get((*at, column.code)) or (making.entries.get(at) if column.code == "points" else None)
        text = entry.value if entry and isinstance(entry.value, str) else texts.get(column.code, "")
        heights.append(height(text, (column.width - 2) * (0.9 if bold else 1), 11) + 4)
        if entry:
            making.put(sheet, row, place, entry, bold=bold)
        elif column.code == "code":
            sheet.write_string(row, place, texts.get("code", ""), look.total_centered if bold else look.code)
        else:
            sheet.write_string(row, place, texts.get(column.code, ""), look.total_text if bold else look.wrapped)
    set_height(sheet, row, max(heights))


def _group_row(making: Making, sheet: Any, row: int, group: CriterionGroup) -> None:
    at = ("rubric", "groups", group.code)
    _row(making, sheet, row, at, {"code": group.code, "method": _(_GROUP_WORDS[group.kind])}, bold=True)
    if group.kind is GroupKind.BASE:
        _must_equal(making, sheet, row, f"SUM({_cell(row + 1)}:{_cell(row + len(group.criteria))})")


def _criterion_row(making: Making, sheet: Any, row: int, group: CriterionGroup, criterion: Criterion) -> None:
    words = rule_words(making.bloc.rubric, criterion, making.rules.plan.decimals)
    at = ("rubric", "groups", group.code, "criteria", criterion.code)
    _row(making, sheet, row, at, {"code": criterion.code, "method": words}, bold=False)


def _total_rows(making: Making, sheet: Any, row: int, group_rows: Sequence[int]) -> None:
    """The total and the caps of bonus and penalty; a wrong sum turns red."""
    names = {
        "total": _("Total of the standard points"),
        "bonus_cap": _("Bonus at most"),
        "penalty_cap": _("Penalty at most"),
    }
    for key, name in names.items():
        _row(making, sheet, row, ("rubric", key), {"name": name}, bold=True)
        if key == "total":
            _must_equal(making, sheet, row, "+".join(map(_cell, group_rows)))
        row += 1
    wrong = _("A red number is not the sum of what belongs to it.")
    sheet.write_string(row, 2, wrong, making.look.hint)


_POINTS = next(place for place, column in enumerate(RUBRIC_COLUMNS) if column.code == "points")


def _cell(row: int) -> str:
    return str(xl_rowcol_to_cell(row, _POINTS))


def _must_equal(making: Making, sheet: Any, row: int, summed: str) -> None:
    rule = {"type": "formula", "criteria": f"=ROUND({_cell(row)}-({summed}),6)<>0", "format": making.look.bad_shade}
    sheet.conditional_format(row, _POINTS, row, _POINTS, rule)


# --- the methods --------------------------------------------------------------------------------------


def _methods_sheet(making: Making) -> None:
    """One row for each parameter of each criterion, below the criterion's name."""
    sheet = making.sheet(_(METHODS_SHEET), _("PARAMETERS OF THE SCORING METHODS"), METHOD_COLUMNS, landscape=False)
    row, shown = HEADING_ROW + 1, {each.code for each in RUBRIC_COLUMNS}
    for group in making.bloc.rubric.groups:
        for criterion in group.criteria:
            sheet.write_string(row, 1, criterion.code, making.look.total_centered)
            across(sheet, row, 2, 4, f"{criterion.name} ({criterion.method.method})", making.look.total_text)
            set_height(sheet, row, max(LEAST_HEIGHT, height(criterion.name, 84, 11) + 4))
            at = ("rubric", "groups", group.code, "criteria", criterion.code)
            own = [each for each in _below(making, at) if not (len(each.address) == 6 and each.key in shown)]
            for row, entry in enumerate(own, start=row + 1):  # noqa: B020  # the rows go on below the heading
                _parameter_row(making, sheet, row, entry)
            row += 1


def _below(making: Making, at: Address) -> Iterator[Entry]:
    return (each for address, each in making.entries.items() if address[: len(at)] == at)


def _parameter_row(making: Making, sheet: Any, row: int, entry: Entry) -> None:
    sheet.write_string(row, 0, "/".join(entry.address))
    sheet.write_string(row, 1, entry.criterion, making.look.code)
    sheet.write_string(row, 2, label(entry), making.look.wrapped)
    sheet.write_string(row, 3, entry.path, making.look.text)
    making.put(sheet, row, 4, entry)


# --- classes, ties, exclusions ------------------------------------------------------------------------


def _classes_sheet(making: Making) -> None:
    """How units are classed, separated and left out; the numbers of the classes may be changed."""
    heading, rubric = _("CLASSES, TIES AND EXCLUSIONS"), making.bloc.rubric
    sheet = making.sheet(_(CLASSES_SHEET), heading, CLASS_COLUMNS, landscape=True)
    row = HEADING_ROW + 1
    for place, level in enumerate(rubric.classification):
        at = ("rubric", "classification", str(place))
        sheet.write_string(row, 0, "/".join(at))
        sheet.write_string(row, 1, level.name, making.look.wrapped)
        for column in (2, 3, 4):
            making.put(sheet, row, column, making.entries[*at, CLASS_COLUMNS[column].code])
        sheet.write_string(row, 5, ", ".join(level.no_penalty), making.look.wrapped)
        set_height(sheet, row, LEAST_HEIGHT)
        row += 1
    parts = (
        (_("On equal totals"), [tie_words(each, rubric) for each in rubric.ties] or [_("the rank is shared")]),
        (_("Not ranked"), [exclusion_words(each) for each in rubric.exclusions] or [_("nobody")]),
    )
    for title, lines in parts:
        sheet.write_string(row + 1, 1, title, making.look.section)
        for row, line in enumerate(lines, start=row + 2):  # noqa: B020
            sheet.write_string(row, 1, f"{number(lines.index(line) + 1)}. {line}", making.look.plain)
        row += 1


def _meta_sheet(making: Making) -> None:
    """What rubric this is, and every value as it was, so that a later version of the rule file is told apart."""
    sheet = making.book.add_worksheet(META_SHEET)
    facts = {"format": FORMAT, "bloc": making.bloc.code, "fingerprint": fingerprint(making.bloc)}
    values = {"/".join(address): canonical(entry.value) for address, entry in making.entries.items()}
    for row, (key, value) in enumerate((facts | values).items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.very_hidden()
