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
from pipeline.outputs.ranking.bloc_results import BlocResults
from pipeline.outputs.ranking.criteria import group_words
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
from pipeline.tables import Judgements, Scores

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
    """The units' sheets while they are written.

    ``outcome``: of a scored round; ``results``: the bloc's, of the units that have a sheet; ``facts``: what a judgement
    is based on now. ``rows``: criterion -> its row on every sheet, as Excel counts.
    """

    def __init__(self, outcome: Outcome, kind: Judgement, results: BlocResults, facts: CurrentFacts) -> None:
        self.outcome, self.kind, self.results, self.facts = outcome, kind, results, facts
        self.declared = PAPERS[kind]
        self.group_words = {group.code: group_words(group) for group in results.bloc.rubric.groups}
        self.advice = self._advice()
        self.headings = [_(column.title) for column in self.declared.columns]
        self.places = {column.code: place for place, column in enumerate(self.declared.columns)}
        self.letters = {code: column_letter(place) for code, place in self.places.items()}
        self.rows: dict[str, int] = {}
        row = FIRST
        for group in results.bloc.rubric.groups:
            for place, criterion in enumerate(group.criteria, start=row + 1):
                self.rows[criterion.code] = place + 1
            row += len(group.criteria) + 1
        self.total_row = row
        self.scores = _by_criterion(outcome.scores[outcome.scores[Scores.bloc] == results.bloc.code])
        self.judged = _by_criterion(outcome.judgements[outcome.judgements[Judgements.kind] == kind.value])

    def begin(self, book: Any, sheets: dict[str, Any]) -> None:
        """Take the sheets that :meth:`write` fills. ``sheets``: unit -> its empty sheet in ``book``."""
        decimals = self.outcome.rules.plan.decimals
        self.sheets, self.look, self.open = sheets, styles(book, decimals), _open_formats(book, decimals)
        entry_looks = {self.kind.value: self.open.points, "reason": self.open.text, "votes": self.open.whole}
        columns = self.declared.columns
        self.looks = [
            entry_looks[column.code] if column.entry else getattr(self.look, column.look) for column in columns
        ]
        pairs = zip(columns, self.looks, strict=True)
        self.text_looks = [self.look.wrapped if column.code == "actual" else look for column, look in pairs]

    def reference(self, unit: str, code: str, row: int, last: int | None = None) -> str:
        """A cell of a unit's sheet, or several below one another, as another sheet writes them."""
        letter, name = self.letters[code], quoted(self.sheets[unit].name)
        return f"{name}!${letter}${row}" + (f":${letter}${last}" if last else "")

    def write(self, unit: Any, table: Grid, line: int) -> None:
        """Write the sheet of ``unit``, whose total and rank stand in ``line`` of the ranking ``table``."""
        sheet = self.sheets[unit.unit]
        look, shown = self.look, sum(not column.hidden for column in self.declared.columns) - 1
        title = f"{_(self.declared.label)} – {self.results.names[unit.unit]}".upper()
        subtitle = f"{self.results.bloc.name} – {self.outcome.round.name}"
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
        for group in self.results.bloc.rubric.groups:
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
        row, score = self.rows[criterion.code] - 1, self.scores[unit, criterion.code]
        values = self._values(score, group, criterion)
        entry, prior = (f"${self.letters[code]}{row + 1}" for code in (self.kind.value, "prior"))
        values["counts"] = Formula(f"=IF(ISNUMBER({entry}),{entry},{prior})", score.points)
        why = closed(self.kind, self.results.bloc.rubric, criterion, score)
        values["evidence"] = why or values["evidence"]
        columns = self.declared.columns
        cells = [values[column.code] for column in columns]
        looks, text_looks = self.looks, self.text_looks
        if why:
            looks, text_looks = (
                [self.look.quiet if column.entry else look for column, look in zip(columns, row_looks, strict=True)]
                for row_looks in (looks, text_looks)
            )
        sheet.write_line(row, [None if cell != cell else cell for cell in cells], looks, text_looks)
        lines = max(len(values["evidence"]) / 25, len(values["reason"]) / 34)
        for text, width in ((values["content"], 36), (str(values["actual"]), 11)):
            lines = max(lines, sum(math.ceil(len(line) / width) for line in text.split("\n")))
        sheet.set_row(row, min(400, 15 * math.ceil(lines) + 6))

    def _values(self, score: Any, group: CriterionGroup, criterion: Criterion) -> dict[str, Any]:
        """Column code -> what stands in the row of this criterion; "" and NaN for nothing."""
        key = (score.unit, score.criterion)
        judged, basis = self.judged.get(key), basis_now(score, self.facts, self.kind)
        by_appraiser = self.kind is Judgement.DECISION and not math.isnan(score.appraised)
        return {
            "criterion": criterion.code,
            "content": _content(criterion, self.results.bloc.rubric.source(criterion).inputs),
            "max_points": (score.max_points or math.nan) * (-1 if group.kind is GroupKind.PENALTY else 1),
            "target": score.target,
            "actual": _result(score),
            "evidence": self.facts.evidence.get(key, ""),
            "claimed": score.claimed,
            "computed": score.computed if score.max_points else math.nan,
            "appraised": score.appraised,
            "decided": score.decided,
            "reason": judged.reason if judged else "",
            "votes": judged.votes if judged else math.nan,
            "unit": score.unit,
            "prior": score.appraised if by_appraiser else score.computed,
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
        for group, criterion in self.results.bloc.rubric.criteria.values():
            if not closed(self.kind, self.results.bloc.rubric, criterion, self.scores[unit, criterion.code]):
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


def _by_criterion(frame: pd.DataFrame) -> dict[tuple[str, str], Any]:
    """(unit, criterion) -> its row of the frame."""
    return {(row.unit, row.criterion): row for row in frame.itertuples()}  # type: ignore[misc]


def _result(score: Any) -> str | float:
    """The number or level that was entered, and below it what was entered for the inputs, each on a line."""
    inputs = [given.shown for given in score.inputs]
    if not inputs:
        return score.choice or score.actual  # type: ignore[no-any-return]
    result = score.choice or number(score.actual)
    return "\n".join([result, *inputs] if result else inputs)


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
