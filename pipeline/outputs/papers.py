"""``tham-dinh/<bloc>.xlsx`` and ``hoi-dong/<bloc>.xlsx``: the papers in which people correct the machine.

In: the outcome of a scored round. Out: for each bloc of which a form counts, an appraisal paper and a council paper:
a sheet that ranks live as somebody types, then a sheet for each unit, declared in :mod:`pipeline.papers`. What was
judged already stands in the cells, so that a new paper goes on where the old one ended.

Promises: only the cells that people fill are open; what a unit typed stays text; every formula carries its value.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from pipeline import council, ranking, scoring
from pipeline.council import basis_now, bounds
from pipeline.forms.entry_rules import number_rule, text_rule
from pipeline.i18n import _, number
from pipeline.outputs import ranking_detail
from pipeline.outputs import ranking_formulas as formulas
from pipeline.outputs.grid import Column, Grid, Value, write_grid
from pipeline.outputs.ranking_detail import Facts, group_words
from pipeline.outputs.styles import (
    AMBER_INK,
    AMBER_PALE,
    FONT,
    RED_INK,
    RED_PALE,
    RULE_LINE,
    YELLOW_PALE,
    across,
    new_workbook,
    page_setup,
    sheet_name,
    styles,
)
from pipeline.papers import META_SHEET, PAPERS, WHO, Kind, meta
from pipeline.rubric import Criterion, CriterionGroup
from pipeline.tables import Outcome

_TOP, _DEPTH = 5, 2  # of the ranking
_HEADINGS, _CODES, _FIRST = 4, 5, 6  # rows of a unit's sheet, counted from 0
_WHO_ROW = 2


def write(outcome: Outcome, folder: Path) -> None:
    """Write the papers of a scored round into their folders below ``folder``. Raises OSError."""
    known = council.facts(outcome.rules, outcome.round, outcome.register, outcome.roster, outcome.results)
    for kind, declared in PAPERS.items():
        seen = _as_judged(outcome, kind)
        for of in ranking_detail.facts(seen):
            units = [unit for unit, sent in zip(of.units, of.sent, strict=True) if sent]
            if units:
                path = folder / declared.folder / f"{of.bloc.code}.xlsx"
                path.parent.mkdir(exist_ok=True)
                _Paper(seen, kind, dataclasses.replace(of, units=units), known).write(path)


def _as_judged(outcome: Outcome, kind: Kind) -> Outcome:
    """The outcome as whoever fills this paper sees it: an appraiser's does not follow from decisions."""
    if kind is Kind.DECISION or outcome.scores["decided"].isna().all():
        return outcome
    scores = outcome.scores.assign(points=outcome.scores["appraised"].fillna(outcome.scores["computed"]))
    groups = scoring.add_up(outcome.rules, scores)
    standings = ranking.rank(outcome.rules, scores, groups, outcome.roster)
    return dataclasses.replace(outcome, scores=scores, groups=groups, standings=standings)


@dataclass(frozen=True)
class _Open:
    """The formats of cells that people fill, and of what asks for their attention."""

    points: Any
    text: Any
    whole: Any
    changed: Any
    asked: Any


class _Paper:
    """One workbook while it is written. ``rows``: criterion -> its row on every unit's sheet, as Excel counts."""

    def __init__(self, outcome: Outcome, kind: Kind, of: Facts, known: council.Facts) -> None:
        self.outcome, self.kind, self.of, self.known = outcome, kind, of, known
        self.declared = PAPERS[kind]
        self.places = {column.code: place for place, column in enumerate(self.declared.columns)}
        self.rows: dict[str, int] = {}
        row = _FIRST
        for group in of.bloc.rubric.groups:
            for place, each in enumerate(group.criteria, start=row + 1):
                self.rows[each.code] = place + 1
            row += len(group.criteria) + 1
        self.total_row = row
        rows = outcome.scores[outcome.scores["bloc"] == of.bloc.code]
        self.scores: dict[Any, Any] = {(at.unit, at.criterion): at for at in rows.itertuples()}
        own = outcome.judgements[outcome.judgements["kind"] == kind.value]
        self.judged: dict[Any, Any] = {(at.unit, at.criterion): at for at in own.itertuples()}

    def write(self, path: Path) -> None:
        """Write the whole workbook."""
        plan = self.outcome.rules.plan
        title = f"{_(self.declared.label)} – {self.of.bloc.name}"
        book = new_workbook(path, self.outcome.as_of, title=title, author=plan.issuer, in_memory=True)
        self.look, self.open = styles(book, plan.decimals), _open_formats(book, plan.decimals)
        taken = {META_SHEET}
        first = book.add_worksheet(sheet_name(_("Live ranking"), taken))
        self.sheets = {
            unit.unit: book.add_worksheet(sheet_name(self.of.names[unit.unit], taken)) for unit in self.of.units
        }
        table = self._ranking(first.name)
        self._write_ranking(first, table)
        for line, unit in enumerate(self.of.units, start=table.first):
            self._write_unit(self.sheets[unit.unit], unit, table, line)
        self._write_meta(book)
        book.close()

    def _write_meta(self, book: Any) -> None:
        shas = {unit.unit: self.known.shas[unit.unit] for unit in self.of.units}
        facts = meta(self.kind, self.outcome.rules, self.outcome.round, self.of.bloc, shas)
        sheet = book.add_worksheet(META_SHEET)
        for row, (key, value) in enumerate(facts.items()):
            sheet.write_string(row, 0, key)
            sheet.write_string(row, 1, value)
        sheet.protect()
        sheet.very_hidden()

    def _there(self, unit: str, code: str, row: int, last: int | None = None) -> str:
        """A cell of a unit's sheet, or several below one another, as another sheet writes them."""
        letter, name = xl_col_to_name(self.places[code]), self.sheets[unit].name.replace("'", "''")
        return f"'{name}'!${letter}${row}" + (f":${letter}${last}" if last else "")

    # --- the live ranking -----------------------------------------------------------------------------

    def _ranking(self, sheet: str) -> Grid:
        of, table = self.of, Grid(sheet, _TOP, _DEPTH, len(self.of.units))
        names: list[Value] = [of.names[unit.unit] for unit in of.units]
        ranks: list[Value] = [int(unit.rank) if has else "" for unit, has in zip(of.units, of.ranked, strict=True)]
        table.add("unit", Column((_("Unit"),), names, "wrapped", 30))
        ranking_detail.add_sums(table, of)
        live = formulas.rank(table, of.bloc.rubric.ties)
        table.add("rank", Column((_("Standing"), _("Rank")), ranks, "rank", 9, live, heading_look="heading_result"))
        table.add("issued", Column((_("Standing"), _("Rank when this paper was made")), ranks, "centered", 12))
        missing: list[Value] = [0] * table.rows
        table.add("missing", Column((_("Reasons still missing"),), missing, "centered", 11, self._missing(table)))
        for group, criterion in of.bloc.rubric.criteria.values():
            self._add_points(table, group, criterion)
        ranked: list[Value] = [int(each) for each in of.ranked]
        table.add("ranked", Column((_("Auxiliary columns"), _("Ranked")), ranked, "text", 9, hidden=True))
        order = ranking_detail.order(of)
        table.add("order", Column((_("Auxiliary columns"), _("Order of receipt")), order, "text", 9, hidden=True))
        return table

    def _add_points(self, table: Grid, group: CriterionGroup, criterion: Criterion) -> None:
        """A hidden column: what counts on each unit's sheet."""
        of, code = self.of, criterion.code
        values: list[Value] = [float(self.scores[unit.unit, code].points) for unit in of.units]
        headings = (_("Auxiliary columns"), f"{group.code} {code}")

        def live(row: int) -> str:
            return "=" + self._there(of.units[row - table.first].unit, "counts", self.rows[code])

        table.add(f"points:{code}", Column(headings, values, "points", 9, live, hidden=True))

    def _missing(self, table: Grid) -> Any:
        """How many changes on the unit's sheet have no reason yet."""

        def live(row: int) -> str:
            unit = self.of.units[row - table.first].unit
            entry, prior, reason = (
                self._there(unit, code, _FIRST + 1, self.total_row) for code in (self.kind.value, "prior", "reason")
            )
            return f'=SUMPRODUCT(ISNUMBER({entry})*({entry}<>{prior})*({reason}=""))'

        return live

    def _write_ranking(self, sheet: Any, table: Grid) -> None:
        look, last, plan = self.look, table.visible() - 1, self.outcome.rules.plan
        write_grid(sheet, look, table)
        across(sheet, 0, 0, last, f"{_(self.declared.label)} – {self.of.bloc.name}".upper(), look.title)
        across(sheet, 1, 0, last, f"{self.outcome.round.name} – {plan.title}", look.subtitle)
        sheet.set_row(0, 26)
        sheet.write_string(_WHO_ROW, 0, _(self.declared.who), look.label)
        sheet.merge_range(_WHO_ROW, 1, _WHO_ROW, max(last // 2, 2), "", self.open.text)
        who = next((at.who for at in self.judged.values()), "")
        if who:
            sheet.write_string(_WHO_ROW, 1, who, self.open.text)
        sheet.write_string(_WHO_ROW, table.place("order"), WHO)
        words = _(
            "Enter points on the sheets of the units, in the yellow cells; ranks here follow at once. "
            "Then put this file into the inbox and run again."
        )
        across(sheet, 3, 0, last, words, look.hint)
        cell, issued = table.cell("rank", table.first), table.cell("issued", table.first)
        moved = {"type": "formula", "criteria": f"={cell}<>{issued}", "format": self.open.changed}
        sheet.conditional_format(table.first - 1, table.place("rank"), table.last - 1, table.place("rank"), moved)
        place = table.place("missing")
        asked = {"type": "cell", "criteria": ">", "value": 0, "format": self.open.asked}
        sheet.conditional_format(table.first - 1, place, table.last - 1, place, asked)
        sheet.freeze_panes(table.first - 1, 1)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        page_setup(sheet, repeat_rows=(_TOP, table.first - 2))

    # --- a unit's sheet -------------------------------------------------------------------------------

    def _write_unit(self, sheet: Any, unit: Any, table: Grid, line: int) -> None:
        look, shown = self.look, sum(not column.hidden for column in self.declared.columns) - 1
        title = f"{_(self.declared.label)} – {self.of.names[unit.unit]}".upper()
        across(sheet, 0, 0, shown, title, look.title)
        across(sheet, 1, 0, shown, f"{self.of.bloc.name} – {self.outcome.round.name}", look.subtitle)
        across(sheet, 2, 0, shown, self._advice(), look.hint)
        sheet.set_row(0, 26)
        sheet.set_row(_CODES, None, None, {"hidden": True})
        sheet.set_row(_HEADINGS, 48)
        for place, column in enumerate(self.declared.columns):
            sheet.set_column(place, place, column.width, None, {"hidden": True} if column.hidden else {})
            sheet.write_string(_CODES, place, column.code)
            sheet.write_string(_HEADINGS, place, _(column.title), look.heading)
        for group in self.of.bloc.rubric.groups:
            self._write_group(sheet, group, shown)
            for criterion in group.criteria:
                self._write_row(sheet, unit.unit, group, criterion)
        self._write_total(sheet, unit, table, line, shown)
        self._ask(sheet)
        sheet.freeze_panes(_FIRST, 2)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        page_setup(sheet, repeat_rows=(_HEADINGS, _HEADINGS))

    def _advice(self) -> str:
        words = _("Leave a cell blank where the points stand as they are; give a reason for every change.")
        if self.kind is Kind.DECISION:
            members = number(self.outcome.rules.plan.council.members)
            words += " " + _("Votes in favour: of {members} members.").format(members=members)
        return words

    def _write_group(self, sheet: Any, group: CriterionGroup, shown: int) -> None:
        row = self.rows[group.criteria[0].code] - 2
        sheet.set_row(row, 20)
        for place in range(shown + 1):
            sheet.write_blank(row, place, None, self.look.total_text)
        sheet.merge_range(row, 0, row, 2, "", self.look.total_text)
        sheet.write_string(row, 0, group_words(group), self.look.total_text)

    def _write_row(self, sheet: Any, unit: str, group: CriterionGroup, criterion: Criterion) -> None:
        row, at = self.rows[criterion.code] - 1, self.scores[unit, criterion.code]
        values = self._values(at, group, criterion)
        formats = {self.kind.value: self.open.points, "reason": self.open.text, "votes": self.open.whole}
        for place, column in enumerate(self.declared.columns):
            look = formats[column.code] if column.entry else getattr(self.look, column.look)
            if column.code == "actual" and at.choice:
                look = self.look.wrapped
            if column.code == "counts":
                entry, prior = (f"${xl_col_to_name(self.places[code])}{row + 1}" for code in (self.kind.value, "prior"))
                sheet.write_formula(row, place, f"=IF(ISNUMBER({entry}),{entry},{prior})", look, at.points)
            else:
                _put(sheet, row, place, values[column.code], look)
        lines = max(len(values["content"]) / 36, len(values["evidence"]) / 25, len(values["reason"]) / 34)
        sheet.set_row(row, min(400, 15 * math.ceil(lines) + 6))

    def _values(self, at: Any, group: CriterionGroup, criterion: Criterion) -> dict[str, Any]:
        """Column code -> what stands in the row of this criterion; "" and NaN for nothing."""
        key = (at.unit, at.criterion)
        judged, basis = self.judged.get(key), basis_now(at, self.known, self.outcome.rules, self.kind)
        by_appraiser = self.kind is Kind.DECISION and not math.isnan(at.appraised)
        return {
            "criterion": criterion.code,
            "content": criterion.name + (f" ({criterion.unit})" if criterion.unit else ""),
            "max_points": at.max_points * (-1 if group.kind == "penalty" else 1),
            "target": at.target,
            "actual": at.choice or at.actual,
            "evidence": self.known.evidence.get(key, ""),
            "claimed": at.claimed,
            "computed": at.computed,
            "appraised": at.appraised,
            "decided": at.decided,
            "reason": judged.reason if judged else "",
            "votes": judged.votes if judged else math.nan,
            "unit": at.unit,
            "prior": at.appraised if by_appraiser else at.computed,
            "basis": basis.words,
            "fingerprint": basis.fingerprint,
        }

    def _write_total(self, sheet: Any, unit: Any, table: Grid, line: int, shown: int) -> None:
        look, row = self.look, self.total_row
        rank = "" if unit.rank is pd.NA else int(unit.rank)
        for offset, (words, key, value, style) in enumerate(
            ((_("TOTAL POINTS"), "total", unit.total, look.total), (_("Rank"), "rank", rank, look.rank))
        ):
            across(sheet, row + offset, 0, shown - 1, words, look.total_text)
            live = "=" + table.outside(table.cell(key, line))
            sheet.write_formula(row + offset, shown, live, style, value)

    def _ask(self, sheet: Any) -> None:
        """What the open cells accept, and where something is missing."""
        place, last = self.places[self.kind.value], self.total_row - 1
        title = _(self.declared.columns[place].title)
        same_bounds: dict[tuple[Decimal, Decimal], list[int]] = {}
        for group, criterion in self.of.bloc.rubric.criteria.values():
            same_bounds.setdefault(bounds(group, criterion), []).append(self.rows[criterion.code] - 1)
        for (low, high), (row, *others) in same_bounds.items():
            rule = number_rule(title, low=low, high=high, whole=False)
            rule["other_cells"] = [(other, place, other, place) for other in others]
            sheet.data_validation(row, place, row, place, rule)
        reason = self.places["reason"]
        rule = text_rule(_("Reason for the change"), max_length=500)
        sheet.data_validation(_FIRST, reason, last, reason, rule)
        if "votes" in self.places:
            members = self.outcome.rules.plan.council.members
            votes = number_rule(_("Votes in favour"), low=None, high=Decimal(members), whole=True)
            sheet.data_validation(_FIRST, self.places["votes"], last, self.places["votes"], votes)
        entry, prior, why = (
            f"${xl_col_to_name(self.places[code])}{_FIRST + 1}" for code in (self.kind.value, "prior", "reason")
        )
        changed = f"ISNUMBER({entry}),{entry}<>{prior}"
        for where, criteria, style in (
            (place, f"=AND({changed})", self.open.changed),
            (reason, f'=AND({changed},TRIM({why})="")', self.open.asked),
        ):
            rule = {"type": "formula", "criteria": criteria, "format": style}
            sheet.conditional_format(_FIRST, where, last, where, rule)


def _put(sheet: Any, row: int, place: int, value: str | float, look: Any) -> None:
    """A text as text, a number as a number, "" and NaN as a blank cell."""
    if isinstance(value, str) and value:
        sheet.write_string(row, place, value, look)
    elif value == "" or value != value:
        sheet.write_blank(row, place, None, look)
    else:
        sheet.write_number(row, place, value, look)


def _open_formats(book: Any, decimals: int) -> _Open:
    cell = {"font_name": FONT, "font_size": 11, "border": 1, "border_color": RULE_LINE, "valign": "vcenter"}
    entry = {**cell, "bg_color": YELLOW_PALE, "locked": False}
    points = "#,##0" + ("." + "0" * decimals if decimals else "")
    return _Open(
        book.add_format({**entry, "num_format": points, "bold": True}),
        book.add_format({**entry, "text_wrap": True, "align": "left"}),
        book.add_format({**entry, "num_format": "0"}),
        book.add_format({"bg_color": AMBER_PALE, "font_color": AMBER_INK}),
        book.add_format({"bg_color": RED_PALE, "font_color": RED_INK}),
    )
