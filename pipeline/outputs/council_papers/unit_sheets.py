"""The sheets of the units in an appraisal or council paper: what people judge by, and the cells that they fill.

In: the outcome of a scored round, as whoever fills the paper sees it. Out: one sheet for each unit, a row for each
criterion, declared in :mod:`pipeline.forms.papers`. What was judged already stands in the cells.

Promises: only the cells that people fill are open; what a unit typed stays text; every formula carries its value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from pipeline.code_lists import GroupKind, Judgement
from pipeline.council.entries import CurrentFacts, basis_now, bounds, closed
from pipeline.forms.papers import PAPERS
from pipeline.i18n import _, number
from pipeline.methods.inputs import Input
from pipeline.outcome import Outcome
from pipeline.outputs.ranking.criteria import group_words
from pipeline.outputs.ranking.facts import Facts
from pipeline.rules.rubric import Criterion, CriterionGroup
from pipeline.sheets.addresses import column_letter, quoted
from pipeline.sheets.entry_rules import number_rule, text_rule
from pipeline.sheets.grid import Grid
from pipeline.sheets.sheet import Formula
from pipeline.sheets.styles import (
    AMBER_INK,
    AMBER_PALE,
    FONT,
    RED_INK,
    RED_PALE,
    RULE_LINE,
    YELLOW_PALE,
    page_setup,
    styles,
)

_HEADINGS, _CODES, FIRST = 4, 5, 6  # rows of a unit's sheet, counted from 0


@dataclass(frozen=True)
class Open:
    """The formats of cells that people fill, and of what asks for their attention."""

    points: Any
    text: Any
    whole: Any
    changed: Any
    asked: Any


class UnitSheets:
    """The units' sheets while they are written. ``rows``: criterion -> its row on every one, as Excel counts."""

    def __init__(self, outcome: Outcome, kind: Judgement, of: Facts, known: CurrentFacts) -> None:
        self.outcome, self.kind, self.of, self.known = outcome, kind, of, known
        self.declared = PAPERS[kind]
        self.group_words = {group.code: group_words(group) for group in of.bloc.rubric.groups}
        self.advice = self._advice()
        self.headings = [_(column.title) for column in self.declared.columns]
        self.places = {column.code: place for place, column in enumerate(self.declared.columns)}
        self.letters = {code: column_letter(place) for code, place in self.places.items()}
        self.rows: dict[str, int] = {}
        row = FIRST
        for group in of.bloc.rubric.groups:
            for place, each in enumerate(group.criteria, start=row + 1):
                self.rows[each.code] = place + 1
            row += len(group.criteria) + 1
        self.total_row = row
        rows = outcome.scores[outcome.scores["bloc"] == of.bloc.code]
        self.scores: dict[Any, Any] = {(at.unit, at.criterion): at for at in rows.itertuples()}
        own = outcome.judgements[outcome.judgements["kind"] == kind.value]
        self.judged: dict[Any, Any] = {(at.unit, at.criterion): at for at in own.itertuples()}

    def begin(self, book: Any, sheets: dict[str, Any]) -> None:
        """``sheets``: unit -> its sheet in ``book``, blank as yet."""
        decimals = self.outcome.rules.plan.decimals
        self.sheets, self.look, self.open = sheets, styles(book, decimals), _open_formats(book, decimals)
        open_looks = {self.kind.value: self.open.points, "reason": self.open.text, "votes": self.open.whole}
        columns = self.declared.columns
        self.looks = [open_looks[each.code] if each.entry else getattr(self.look, each.look) for each in columns]
        named = zip(columns, self.looks, strict=True)
        self.text_looks = [self.look.wrapped if each.code == "actual" else look for each, look in named]

    def there(self, unit: str, code: str, row: int, last: int | None = None) -> str:
        """A cell of a unit's sheet, or several below one another, as another sheet writes them."""
        letter, name = self.letters[code], quoted(self.sheets[unit].name)
        return f"{name}!${letter}${row}" + (f":${letter}${last}" if last else "")

    def write(self, unit: Any, table: Grid, line: int) -> None:
        """Write the sheet of ``unit``, whose total and rank stand in ``line`` of the ranking ``table``."""
        sheet = self.sheets[unit.unit]
        look, shown = self.look, sum(not column.hidden for column in self.declared.columns) - 1
        title = f"{_(self.declared.label)} – {self.of.names[unit.unit]}".upper()
        subtitle = f"{self.of.bloc.name} – {self.outcome.round.name}"
        for row, (words, style) in enumerate(
            ((title, look.title), (subtitle, look.subtitle), (self.advice, look.hint))
        ):
            sheet.write_band(row, [words, *[None] * shown], [style] * (shown + 1), shown + 1)
        sheet.set_row(0, 26)
        sheet.set_row(_CODES, None, None, {"hidden": True})
        sheet.set_row(_HEADINGS, 48)
        for place, column in enumerate(self.declared.columns):
            sheet.set_column(place, place, column.width, None, {"hidden": True} if column.hidden else {})
            sheet.write_string(_CODES, place, column.code)
        sheet.write_line(_HEADINGS, self.headings, *[[look.heading] * len(self.headings)] * 2)
        for group in self.of.bloc.rubric.groups:
            self._write_group(sheet, group, shown)
            for criterion in group.criteria:
                self._write_row(sheet, unit.unit, group, criterion)
        self._write_total(sheet, unit, table, line, shown)
        self._ask(sheet, unit.unit)
        sheet.freeze_panes(FIRST, 2)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        page_setup(sheet, repeat_rows=(_HEADINGS, _HEADINGS))

    def _advice(self) -> str:
        words = _("Leave a cell blank where the points stand as they are; give a reason for every change.")
        if self.kind is Judgement.DECISION:
            members = number(self.outcome.rules.plan.council.members)
            words += " " + _("Votes in favour: of {members} members.").format(members=members)
        return words

    def _write_group(self, sheet: Any, group: CriterionGroup, shown: int) -> None:
        row = self.rows[group.criteria[0].code] - 2
        sheet.set_row(row, 20)
        cells = [self.group_words[group.code], *[None] * shown]
        sheet.write_band(row, cells, [self.look.total_text] * len(cells), len(cells))

    def _write_row(self, sheet: Any, unit: str, group: CriterionGroup, criterion: Criterion) -> None:
        row, at = self.rows[criterion.code] - 1, self.scores[unit, criterion.code]
        values = self._values(at, group, criterion)
        entry, prior = (f"${self.letters[code]}{row + 1}" for code in (self.kind.value, "prior"))
        values["counts"] = Formula(f"=IF(ISNUMBER({entry}),{entry},{prior})", at.points)
        why = closed(self.kind, self.of.bloc.rubric, criterion, unit)
        values["evidence"] = why or values["evidence"]
        cells = [values[column.code] for column in self.declared.columns]
        looks, text_looks = self.looks, self.text_looks
        if why:
            open_ = [column.entry for column in self.declared.columns]
            looks, text_looks = (
                [self.look.quiet if entry else each for entry, each in zip(open_, of, strict=True)]
                for of in (looks, text_looks)
            )
        sheet.write_line(row, [None if cell != cell else cell for cell in cells], looks, text_looks)
        lines = max(len(values["evidence"]) / 25, len(values["reason"]) / 34)
        for text, width in ((values["content"], 36), (str(values["actual"]), 11)):
            lines = max(lines, sum(math.ceil(len(line) / width) for line in text.split("\n")))
        sheet.set_row(row, min(400, 15 * math.ceil(lines) + 6))

    def _values(self, at: Any, group: CriterionGroup, criterion: Criterion) -> dict[str, Any]:
        """Column code -> what stands in the row of this criterion; "" and NaN for nothing."""
        key = (at.unit, at.criterion)
        judged, basis = self.judged.get(key), basis_now(at, self.known, self.kind)
        by_appraiser = self.kind is Judgement.DECISION and not math.isnan(at.appraised)
        return {
            "criterion": criterion.code,
            "content": _content(criterion, self.of.bloc.rubric.source(criterion).inputs),
            "max_points": (at.max_points or math.nan) * (-1 if group.kind is GroupKind.PENALTY else 1),
            "target": at.target,
            "actual": _result(at),
            "evidence": self.known.evidence.get(key, ""),
            "claimed": at.claimed,
            "computed": at.computed if at.max_points else math.nan,
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
            live = Formula("=" + table.outside(table.cell(key, line)), value)
            looks = [*[look.total_text] * shown, style]
            sheet.write_band(row + offset, [words, *[None] * (shown - 1), live], looks, shown)

    def _ask(self, sheet: Any, unit: str) -> None:
        """What the open cells accept, and where something is missing."""
        place, last = self.places[self.kind.value], self.total_row - 1
        title = _(self.declared.columns[place].title)
        same_bounds: dict[tuple[Decimal, Decimal], list[int]] = {}
        for group, criterion in self.of.bloc.rubric.criteria.values():
            if not closed(self.kind, self.of.bloc.rubric, criterion, unit):
                same_bounds.setdefault(bounds(group, criterion), []).append(self.rows[criterion.code] - 1)
        for (low, high), (row, *others) in same_bounds.items():
            rule = number_rule(title, low=low, high=high, whole=False)
            rule["other_cells"] = [(other, place, other, place) for other in others]
            sheet.data_validation(row, place, row, place, rule)
        reason = self.places["reason"]
        rule = text_rule(_("Reason for the change"), max_length=500)
        sheet.data_validation(FIRST, reason, last, reason, rule)
        if "votes" in self.places:
            members = self.outcome.rules.plan.council.members
            votes = number_rule(_("Votes in favour"), low=None, high=Decimal(members), whole=True)
            sheet.data_validation(FIRST, self.places["votes"], last, self.places["votes"], votes)
        entry, prior, why = (f"${self.letters[code]}{FIRST + 1}" for code in (self.kind.value, "prior", "reason"))
        changed = f"ISNUMBER({entry}),{entry}<>{prior}"
        for where, criteria, style in (
            (place, f"=AND({changed})", self.open.changed),
            (reason, f'=AND({changed},TRIM({why})="")', self.open.asked),
        ):
            rule = {"type": "formula", "criteria": criteria, "format": style}
            sheet.conditional_format(FIRST, where, last, where, rule)


def _content(criterion: Criterion, inputs: Iterable[Input]) -> str:
    """What is judged, and below it what the codes of the inputs stand for."""
    lines = [criterion.name + (f" ({criterion.unit})" if criterion.unit else "")]
    lines += [f"{each.code}: {each.name}" + (f" ({each.unit})" if each.unit else "") for each in inputs]
    return "\n".join(lines)


def _result(at: Any) -> str | float:
    """The number or level that was entered, and below it what was entered for the inputs, each on a line."""
    inputs = [each.shown for each in at.inputs]
    if not inputs:
        return at.choice or at.actual  # type: ignore[no-any-return]
    own = at.choice or number(at.actual)
    return "\n".join([own, *inputs] if own else inputs)


def _open_formats(book: Any, decimals: int) -> Open:
    cell = {"font_name": FONT, "font_size": 11, "border": 1, "border_color": RULE_LINE, "valign": "vcenter"}
    entry = {**cell, "bg_color": YELLOW_PALE, "locked": False}
    points = "#,##0" + ("." + "0" * decimals if decimals else "")
    return Open(
        book.add_format({**entry, "num_format": points, "bold": True}),
        book.add_format({**entry, "text_wrap": True, "align": "left"}),
        book.add_format({**entry, "num_format": "0"}),
        book.add_format({"bg_color": AMBER_PALE, "font_color": AMBER_INK}),
        book.add_format({"bg_color": RED_PALE, "font_color": RED_INK}),
    )
