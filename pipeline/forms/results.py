"""The sheet for self-scoring (Tự chấm): one row per criterion, whose points follow live from what is typed.

In: the rubric and what a unit had entered. Out: the sheet, with a subtotal per group and the total, capped as the
rubric says. Every formula is written with the value it has, computed by the scoring method itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np

from pipeline.form import RESULTS, Kind, level_list
from pipeline.forms.entry_rules import choice_rule, number_rule, text_rule
from pipeline.forms.making import Making, Role
from pipeline.forms.sheet import FIRST_ROW, FormSheet, is_blank, is_number
from pipeline.i18n import _, number
from pipeline.methods.method import Scale, Takes, formula, score
from pipeline.rubric import Criterion, CriterionGroup, Rubric
from pipeline.rubric import Kind as GroupKind


def results_sheet(making: Making) -> FormSheet:
    """Write the sheet."""
    sheet = FormSheet(making, RESULTS, landscape=making.round.scored)
    entered = making.given_by_key(RESULTS)
    subtotals: dict[str, Subtotal] = {}
    row = FIRST_ROW
    for group in making.bloc.rubric.groups:
        heading = row
        points = []
        for criterion in group.criteria:
            row += 1
            points.append(_criterion_row(sheet, row, group, criterion, entered.get(criterion.code, {})))
        subtotals[group.code] = _group_row(sheet, heading, row, group, sum(points))
        row += 1
    if making.round.scored:
        _total_row(sheet, row, making.bloc.rubric, subtotals)
    sheet.finish()
    return sheet


@dataclass(frozen=True)
class Subtotal:
    """A cell, or a formula without its ``=``, and the points in it."""

    cell: str
    points: float


# --- a criterion --------------------------------------------------------------------------------------


def _criterion_row(
    sheet: FormSheet, row: int, group: CriterionGroup, criterion: Criterion, entered: Mapping[str, object]
) -> float:
    """Write the row; its points as they are now."""
    sheet.put(row, "criterion", Role.GIVEN, criterion.code, Kind.CHOICE)
    sheet.put(row, "content", Role.GIVEN, criterion.name)
    sheet.put(row, "measure", Role.GIVEN, criterion.unit, Kind.CHOICE)
    sheet.put(row, "max_points", Role.GIVEN, criterion.points)
    asked = _asked(criterion)
    required = group.requires(criterion)
    entry = _entry(criterion)
    for code, kind in asked.items():
        sheet.put(row, code, Role.ENTRY, entered.get(code), kind)
        if code in ("target", "actual", "claimed"):
            sheet.ask(row, row, code, _rule(sheet, criterion, code, kind))
            if required:
                sheet.must(row, code)
            elif code == "target":
                sheet.must(row, code, begun_by={entry: '""'})
        else:
            field = RESULTS.field(code)
            sheet.ask(row, row, code, text_rule(_(field.title), max_length=field.max_length))
    if criterion.evidence:
        sheet.must(row, "evidence", begun_by={"computed" if asked.get(entry) is Kind.CHOICE else entry: "0"})
    target = _closed_cells(sheet, row, criterion, asked)
    values = {code: entered.get(code) for code in asked} | ({} if target is None else {"target": target})
    return _computed(sheet, row, group, criterion, values)


def _entry(criterion: Criterion) -> str:
    """The field from which the points come."""
    return "claimed" if criterion.method.takes is Takes.POINTS else "actual"


def _asked(criterion: Criterion) -> dict[str, Kind]:
    """The fields of the row that the unit fills, with the kind of their values."""
    if criterion.source != "unit":
        return {}
    fields: dict[str, Kind] = {}
    if criterion.method.needs_target and criterion.target is None:
        fields["target"] = Kind.NUMBER
    match criterion.method.takes:
        case Takes.NUMBER:
            fields["actual"] = Kind.NUMBER
        case Takes.CHOICE:
            fields["actual"] = Kind.CHOICE
        case Takes.POINTS:
            fields["claimed"] = Kind.NUMBER
    return fields | {"evidence": Kind.TEXT, "note": Kind.TEXT}


def _closed_cells(sheet: FormSheet, row: int, criterion: Criterion, asked: Mapping[str, Kind]) -> Decimal | None:
    """The cells that are not the unit's to fill; returns the target that the rubric fixes."""
    fixed = criterion.target
    for code in ("target", "actual", "claimed", "evidence", "note"):
        if code in asked:
            continue
        if code == "target" and fixed is not None:
            sheet.put(row, code, Role.GIVEN, fixed)
        elif code == "note":
            sheet.put(row, code, Role.GIVEN, _("Computed by the system"))
        else:
            sheet.put(row, code, Role.OFF, None, Kind.NUMBER)
    return fixed


def _rule(sheet: FormSheet, criterion: Criterion, code: str, kind: Kind) -> dict[str, Any]:
    title = f"{criterion.code} – {_(RESULTS.field(code).title)}"
    hints = (criterion.guidance,) if code != "target" else ()
    if kind is Kind.CHOICE:
        return choice_rule(title, hints, defined_name=level_list(criterion.code))
    if code == "claimed":
        return number_rule(title, hints, high=criterion.points, whole=False)
    if criterion.unit:
        hints = (_("Unit of measure: {unit}.").format(unit=criterion.unit), *hints)
    return number_rule(title, hints, low=criterion.low, high=criterion.high, whole=criterion.whole)


# --- points -------------------------------------------------------------------------------------------


def _computed(
    sheet: FormSheet, row: int, group: CriterionGroup, criterion: Criterion, values: Mapping[str, object]
) -> float:
    """Write the live points; what they are now."""
    if not sheet.has("computed"):
        return 0.0
    scale = group.scale(criterion, sheet.making.rules.plan.decimals)
    live = live_points(criterion, scale, *(sheet.cell(row, code) for code in ("target", "actual", "claimed")))
    points = _points(criterion, scale, values)
    sheet.formula(row, "computed", Role.COMPUTED, live, "" if points is None else points)
    return points or 0.0


@lru_cache(maxsize=10_000)
def live_points(criterion: Criterion, scale: Scale, target: str, actual: str, claimed: str) -> str:
    """The method's formula on these cells; the same for every unit of a bloc.

    A text where a number belongs shows no points, instead of an error that would spread into the total.
    """
    cells = {"target": target, "actual": actual, "claimed": claimed}
    live = formula(criterion.method, scale, cells, blank="")
    numbers = ",".join(cells[code] for code in _numbers(criterion))
    return f'=IF(COUNT({numbers})<COUNTA({numbers}),"",{live.removeprefix("=")})' if numbers else live


def _numbers(criterion: Criterion) -> tuple[str, ...]:
    """The cells from which the criterion's formula reads a number."""
    match criterion.method.takes:
        case Takes.POINTS:
            return ("claimed",)
        case Takes.CHOICE:
            return ()
    return ("target", "actual") if criterion.method.needs_target else ("actual",)


def _points(criterion: Criterion, scale: Scale, values: Mapping[str, object]) -> float | None:
    """What the formula gives for these values; None where it shows nothing."""
    entry = values.get(_entry(criterion))
    numbers = [values.get(code) for code in _numbers(criterion)]
    if is_blank(entry) or not all(is_blank(each) or is_number(each) for each in numbers):
        return None
    columns = {code: np.array([_number(values.get(code))]) for code in ("target", "actual", "claimed")}
    columns["choice"] = np.array([entry if isinstance(entry, str) else "?"], dtype=object)
    return float(score(criterion.method, scale, columns).points[0])


def _number(value: object) -> float:
    return float(value) if is_number(value) else math.nan  # type: ignore[arg-type]


# --- a group, and all of them -------------------------------------------------------------------------


def _group_row(sheet: FormSheet, heading: int, last: int, group: CriterionGroup, points: float) -> Subtotal:
    """Write the group's title row above its criteria, with the subtotal."""
    titles = {
        "base": "{code}. {name}",
        "bonus": _("{code}. {name} (adds {points} points at most)"),
        "penalty": _("{code}. {name} (takes off {points} points at most)"),
    }
    title = titles[group.kind].format(code=group.code, name=group.name, points=number(float(group.points)))
    for field in sheet.fields:
        sheet.put(heading, field.code, Role.GROUP, None, Kind.TEXT)
    sheet.put(heading, "content", Role.GROUP, title)
    sheet.put(heading, "max_points", Role.GROUP, group.points)
    if not sheet.has("computed"):
        return Subtotal("", 0.0)
    decimals = sheet.making.rules.plan.decimals
    added = f"ROUND(SUM({sheet.cell(heading + 1, 'computed')}:{sheet.cell(last, 'computed')}),{decimals})"
    cap = None if group.kind == "base" else group.points
    shown = capped(group.kind, added, round(points, decimals), cap)
    sheet.formula(heading, "computed", Role.GROUP, f"={shown.cell}", shown.points)
    return Subtotal(sheet.cell(heading, "computed"), shown.points)


def _total_row(sheet: FormSheet, row: int, rubric: Rubric, subtotals: Mapping[str, Subtotal]) -> None:
    """Base points, plus bonus, less penalty, each capped as the rubric says."""
    decimals = sheet.making.rules.plan.decimals
    caps: dict[GroupKind, Decimal | None] = {"base": None, "bonus": rubric.bonus_cap, "penalty": rubric.penalty_cap}
    parts = []
    for kind, cap in caps.items():
        of_kind = [subtotals[group.code] for group in rubric.groups_of(kind)]
        if of_kind:
            added = "+".join(each.cell for each in of_kind)
            parts.append(capped(kind, added, sum(each.points for each in of_kind), cap))
    for field in sheet.fields:
        sheet.put(row, field.code, Role.TOTAL, None, Kind.TEXT)
    sheet.put(row, "content", Role.TOTAL, _total_title(rubric))
    sheet.put(row, "max_points", Role.TOTAL, rubric.total)
    live = f"=ROUND({'+'.join(each.cell for each in parts)},{decimals})"
    sheet.formula(row, "computed", Role.TOTAL, live, round(sum(each.points for each in parts), decimals))


def capped(kind: GroupKind, added: str, points: float, cap: Decimal | None) -> Subtotal:
    """A formula and its value: bonus at most the cap, penalty (which is negative) at least its opposite."""
    if cap is None or kind == "base":
        return Subtotal(added, points)
    if kind == "bonus":
        return Subtotal(f"MIN({cap:f},{added})", min(float(cap), points))
    return Subtotal(f"MAX(-{cap:f},{added})", max(-float(cap), points))


def _total_title(rubric: Rubric) -> str:
    """What the total is made of, with the caps on bonus and penalty."""
    words = [_("Total")]
    if rubric.bonus_cap is not None:
        words.append(_("bonus at most {points} points").format(points=number(float(rubric.bonus_cap))))
    if rubric.penalty_cap is not None:
        words.append(_("penalty at most {points} points").format(points=number(float(rubric.penalty_cap))))
    return words[0] + (f" ({'; '.join(words[1:])})" if words[1:] else "")
