"""The sheet for self-scoring (Tự chấm): one row per criterion, whose points follow live from what is typed.

In: the rubric and what a unit had entered. Out: the sheet, with a subtotal per group and the total, capped as the
rubric says. Every formula is written with the value it has, computed by the scoring method itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pipeline.code_lists import GroupKind
from pipeline.forms.asked import asks
from pipeline.forms.declared import RESULTS, Field, Kind, Rows
from pipeline.forms.writing.entry_cells import entry_cell
from pipeline.forms.writing.form_sheet import FIRST_ROW, FormSheet, is_number
from pipeline.forms.writing.input_rows import input_row
from pipeline.forms.writing.making import Making, Role
from pipeline.forms.writing.points import RowPoints, entry_field
from pipeline.i18n import _, number
from pipeline.methods.expression import Number, rounded
from pipeline.methods.inputs import Takes
from pipeline.rules.links import applicable, known_alone, not_for
from pipeline.rules.rubric import Criterion, CriterionGroup, Rubric, RubricRow
from pipeline.text import text_of


def results_sheet(making: Making) -> FormSheet:
    """Write the sheet."""
    longest = max((len(code) for code, (_group, _each, one) in making.bloc.rubric.rows.items() if one), default=0)
    wider = {"criterion": min(18.0, 2 + 1.2 * longest)}
    sheet = FormSheet(making, RESULTS, landscape=making.round.kind.asks_results, wider=wider)
    entered = making.given_by_key(RESULTS)
    all_points = RowPoints(sheet, entered)
    subtotals: dict[str, Subtotal] = {}
    row = FIRST_ROW
    for group in making.bloc.rubric.groups:
        heading = row
        points = []
        for criterion in group.criteria:
            row += 1
            points.append(_criterion_row(sheet, row, RubricRow(group, criterion), all_points))
            for place, one in enumerate(criterion.inputs, start=1):
                of_input = RubricRow(group, criterion, one)
                values, applies = entered.get(of_input.code, {}), all_points.applies(criterion)
                input_row(sheet, row + place, of_input, values, applies=applies)
            row += len(criterion.inputs)
        subtotals[group.code] = _group_row(sheet, heading, row, group, sum(points))
        row += 1
    if making.round.kind.asks_results:
        _total_row(sheet, row, all_points, subtotals)
    sheet.finish()
    return sheet


@dataclass(frozen=True)
class Subtotal:
    """A cell, or a formula without its ``=``, and the points in it."""

    cell: str
    points: float


# --- a criterion --------------------------------------------------------------------------------------


def _criterion_row(sheet: FormSheet, row: int, rubric_row: RubricRow, points: RowPoints) -> float:
    """Write the row; its points as they are now."""
    criterion = rubric_row.criterion
    sheet.put(row, "criterion", Role.GIVEN, criterion.code, Kind.CHOICE)
    sheet.put(row, "content", Role.GIVEN, criterion.name)
    sheet.put(row, "measure", Role.GIVEN, criterion.unit, Kind.CHOICE)
    applies = points.applies(criterion)
    sheet.put(row, "max_points", Role.GIVEN if applies else Role.OFF, criterion.points if applies else None)
    for field in RESULTS.to_fill:
        if applies and asks(field, criterion, target=points.target(criterion)):
            entry_cell(sheet, row, field, rubric_row, points.entered.get(criterion.code, {}))
            _must(sheet, row, field, rubric_row)
        else:
            _closed_cell(sheet, row, field, criterion, points)
    return _computed(sheet, row, criterion, points)


def _must(sheet: FormSheet, row: int, field: Field, rubric_row: RubricRow) -> None:
    """Where the cell has to be filled: for itself, or because of what stands beside it."""
    criterion = rubric_row.criterion
    entry = entry_field(criterion)
    if field.required and rubric_row.required:
        sheet.must(row, field.code)
    elif field.rows is Rows.TARGET:
        sheet.must(row, field.code, begun_by={entry: '""'})
    elif field.code == "evidence" and criterion.evidence:
        by_points = criterion.method.takes in (Takes.CHOICE, Takes.INPUTS)
        sheet.must(row, field.code, begun_by={"computed" if by_points else entry: "0"})


def _closed_cell(sheet: FormSheet, row: int, field: Field, criterion: Criterion, points: RowPoints) -> None:
    """A cell that is not the unit's to fill."""
    code, applies, method = field.code, points.applies(criterion), criterion.method
    taken = {"target": method.needs_target, "actual": method.takes is not Takes.INPUTS}
    if code == "note":
        sheet.put(row, code, Role.GIVEN, _why_closed(criterion) if applies else _("Does not apply to this unit"))
    elif applies and code == "target" and (given := points.target(criterion).value) is not None:
        sheet.put(row, code, Role.GIVEN, given)
    elif applies and criterion.of and taken.get(code):
        _take_over(sheet, row, code, criterion, points)
    else:
        sheet.put(row, code, Role.OFF, None, Kind.NUMBER)


def _why_closed(criterion: Criterion) -> str:
    """Why nobody fills the row."""
    if criterion.of:
        taken = _("Target and result are taken from row {code}")
        if criterion.method.takes is Takes.INPUTS:
            taken = _("The inputs are those below row {code}")
        return taken.format(code=criterion.of)
    return _("Given by the council") if criterion.from_council else _("Computed by the system")


def _take_over(sheet: FormSheet, row: int, code: str, criterion: Criterion, points: RowPoints) -> None:
    """A cell that shows what stands in another row."""
    if sheet.has(code):
        value, there = points.value(criterion, code), sheet.cell(points.rows[str(criterion.of)], code)
        now = float(value) if is_number(value) else text_of(value)  # type: ignore[arg-type]
        sheet.formula(row, code, Role.GIVEN, f'=IF({there}="","",{there})', now)


# --- points -------------------------------------------------------------------------------------------


def _computed(sheet: FormSheet, row: int, criterion: Criterion, points: RowPoints) -> float:
    """Write the live points; what they are now."""
    if not sheet.has("computed"):
        return 0.0
    if not points.known(criterion):
        words = None if criterion.from_council else _("Known when all units have sent")
        sheet.put(row, "computed", Role.OFF, words if points.applies(criterion) else None, Kind.TEXT)
        return 0.0
    now = points.now(criterion)
    sheet.formula(row, "computed", Role.COMPUTED, points.live(criterion), "" if now is None else now)
    return now or 0.0


# --- a group, and all of them -------------------------------------------------------------------------


def _group_row(sheet: FormSheet, heading: int, last: int, group: CriterionGroup, points: float) -> Subtotal:
    """Write the group's title row above its criteria, with the subtotal."""
    titles = {
        GroupKind.BASE: "{code}. {name}",
        GroupKind.BONUS: _("{code}. {name} (adds {points} points at most)"),
        GroupKind.PENALTY: _("{code}. {name} (takes off {points} points at most)"),
    }
    title = titles[group.kind].format(code=group.code, name=group.name, points=number(float(group.points)))
    for field in sheet.fields:
        sheet.put(heading, field.code, Role.GROUP, None, Kind.TEXT)
    sheet.put(heading, "content", Role.GROUP, title)
    making = sheet.making
    most = applicable(making.bloc.rubric, [group], making.unit.code) if group.kind is GroupKind.BASE else group.points
    sheet.put(heading, "max_points", Role.GROUP, most)
    if not sheet.has("computed"):
        return Subtotal("", 0.0)
    decimals = making.bloc.rubric.decimals_at("group", making.rules.plan.decimals)
    added = f"ROUND(SUM({sheet.cell(heading + 1, 'computed')}:{sheet.cell(last, 'computed')}),{decimals})"
    shown = within(group.cuts, added, round(points, decimals))
    sheet.formula(heading, "computed", Role.GROUP, f"={shown.cell}", shown.points)
    return Subtotal(sheet.cell(heading, "computed"), shown.points)


def _total_row(sheet: FormSheet, row: int, all_points: RowPoints, subtotals: Mapping[str, Subtotal]) -> None:
    """Base points, plus bonus, less penalty, each capped as the rubric says."""
    rubric, decimals = all_points.rubric, all_points.decimals
    parts = []
    for kind, cuts in rubric.cuts.items():
        of_kind = [subtotals[group.code] for group in rubric.groups_of(kind)]
        if of_kind:
            added = "+".join(each.cell for each in of_kind)
            points = sum(each.points for each in of_kind)
            parts.append(
                _of_what_counts(all_points, added, points) if kind is GroupKind.BASE else within(cuts, added, points)
            )
    for field in sheet.fields:
        sheet.put(row, field.code, Role.TOTAL, None, Kind.TEXT)
    sheet.put(row, "content", Role.TOTAL, _total_title(rubric, sheet.making.unit.code))
    sheet.put(row, "max_points", Role.TOTAL, rubric.total)
    live = f"=ROUND({'+'.join(each.cell for each in parts)},{decimals})"
    sheet.formula(row, "computed", Role.TOTAL, live, round(sum(each.points for each in parts), decimals))


def _of_what_counts(all_points: RowPoints, added: str, points: float) -> Subtotal:
    """Base points as if out of the whole total, where not all of it applies to the unit, or it has no data."""
    rubric, base = all_points.rubric, all_points.rubric.groups_of(GroupKind.BASE)
    decimals = rubric.decimals_at("group", all_points.sheet.making.rules.plan.decimals)
    most = applicable(rubric, base, all_points.sheet.making.unit.code)
    may_leave = [each for group in base for each in group.criteria if all_points.may_leave_out(each)]
    if most == rubric.total and not may_leave:
        return Subtotal(added, points)
    least = Decimal(1).scaleb(-decimals)  # where nothing is left, 0 points of the least that can be
    left = max(least, most - sum(each.points for each in may_leave if all_points.left_out(each)))
    value = rounded(Decimal(f"{points:.{decimals}f}") * rubric.total / left, decimals)
    now = float(value.value) if isinstance(value, Number) else 0.0
    out_of = "".join([f"{most:f}", *(f"-{all_points.left_out_live(each, '0')}" for each in may_leave)])
    out_of = f"MAX({least:f},{out_of})" if may_leave else out_of
    return Subtotal(f"ROUND(({added})*{rubric.total:f}/{out_of},{decimals})", now)


def within(cuts: tuple[Decimal | None, Decimal | None], added: str, points: float) -> Subtotal:
    """A formula and its value, cut below and above where there is a bound."""
    low, high = cuts
    if high is not None:
        added, points = f"MIN({high:f},{added})", min(float(high), points)
    if low is not None:
        added, points = f"MAX({low:f},{added})", max(float(low), points)
    return Subtotal(added, points)


def _total_title(rubric: Rubric, unit: str) -> str:
    """What the total is made of, with the caps on bonus and penalty."""
    words, most = [_("Total")], applicable(rubric, rubric.groups_of(GroupKind.BASE), unit)
    if most != rubric.total:
        facts = {"most": number(float(most)), "total": number(float(rubric.total))}
        words.append(_("standard points: of {most} that apply, converted to {total}").format(**facts))
    criteria = [each for _group, each in rubric.criteria.values() if unit not in not_for(rubric, each)]
    later = [each.code for each in criteria if not known_alone(rubric, each)]
    if later:
        words.append(_("without {codes}, known when all units have sent").format(codes=", ".join(later)))
    if rubric.bonus_cap is not None:
        words.append(_("bonus at most {points} points").format(points=number(float(rubric.bonus_cap))))
    if rubric.penalty_cap is not None:
        words.append(_("penalty at most {points} points").format(points=number(float(rubric.penalty_cap))))
    return words[0] + (f" ({'; '.join(words[1:])})" if words[1:] else "")
