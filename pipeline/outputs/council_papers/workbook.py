"""``tham-dinh/<bloc>.xlsx`` and ``hoi-dong/<bloc>.xlsx``: the papers in which people correct computed points.

In: the outcome of a scored round. Out: for each bloc of which a form counts, an appraisal paper and a council paper:
a sheet that ranks live as somebody types, then a sheet for each unit
(:mod:`pipeline.outputs.council_papers.unit_sheets`). What was judged already stands in the cells, so that a new paper
goes on where the old one ended.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from pipeline.code_lists import Judgement
from pipeline.council.entries import CurrentFacts, current_facts
from pipeline.forms.papers import META_SHEET, PAPERS, WHO, meta
from pipeline.i18n import _
from pipeline.outcome import Outcome
from pipeline.outputs.council_papers.unit_sheets import FIRST, UnitSheets
from pipeline.outputs.ranking import formulas
from pipeline.outputs.ranking.bloc_results import BlocResults, bloc_results
from pipeline.outputs.ranking.detail import add_sums, order
from pipeline.ranking.standings import rank
from pipeline.rules.rubric import Criterion, CriterionGroup
from pipeline.scoring.points import add_up
from pipeline.seals import NO_KEY, SEAL, SealKey
from pipeline.sheets.grid import ByRow, Column, Grid, Value, write_grid
from pipeline.sheets.styles import Properties, across, new_workbook, page_setup, sheet_name
from pipeline.tables import Scores

_TOP, _DEPTH = 5, 2  # of the ranking
_WHO_ROW = 2


def write(outcome: Outcome, folder: Path, key: SealKey = NO_KEY) -> None:
    """Write the papers of a scored round into their folders below ``folder``, sealed with the key. Raises OSError."""
    facts = current_facts(outcome.context, outcome.register, outcome.roster, outcome.results)
    for kind, declared in PAPERS.items():
        seen = _as_judged(outcome, kind)
        for results in bloc_results(seen):
            units = [unit for unit, sent in zip(results.units, results.sent, strict=True) if sent]
            if units:
                path = folder / declared.folder / f"{results.bloc.code}.xlsx"
                path.parent.mkdir(exist_ok=True)
                _Paper(seen, kind, dataclasses.replace(results, units=units), facts).write(path, key)


def _as_judged(outcome: Outcome, kind: Judgement) -> Outcome:
    """The outcome as whoever fills this paper sees it: an appraiser's does not follow from decisions."""
    if kind is Judgement.DECISION or outcome.scores[Scores.decided].isna().all():
        return outcome
    scores = outcome.scores.assign(points=outcome.scores[Scores.appraised].fillna(outcome.scores[Scores.computed]))
    groups = add_up(outcome.rules, scores)
    standings = rank(outcome.rules, scores, groups, outcome.roster)
    return dataclasses.replace(outcome, scores=scores, groups=groups, standings=standings)


class _Paper:
    """One workbook while it is written."""

    def __init__(self, outcome: Outcome, kind: Judgement, results: BlocResults, facts: CurrentFacts) -> None:
        self.outcome, self.kind, self.results, self.facts = outcome, kind, results, facts
        self.declared = PAPERS[kind]
        self.pages = UnitSheets(outcome, kind, results, facts)

    def write(self, path: Path, key: SealKey) -> None:
        """Write the whole workbook."""
        plan = self.outcome.rules.plan
        title = f"{_(self.declared.label)} – {self.results.bloc.name}"
        book = new_workbook(path, Properties(title, plan.issuer, self.outcome.as_of), in_memory=True)
        taken = {META_SHEET}
        first = book.add_worksheet(sheet_name(_("Live ranking"), taken))
        sheets = {
            unit.unit: book.add_worksheet(sheet_name(self.results.names[unit.unit], taken))
            for unit in self.results.units
        }
        self.pages.begin(book, sheets)
        table = self._ranking(first.name)
        self._write_ranking(first, table)
        for line, unit in enumerate(self.results.units, start=table.first):
            self.pages.write(unit, table, line)
        self._write_meta(book, key)
        book.close()

    def _write_meta(self, book: Any, key: SealKey) -> None:
        shas = {unit.unit: self.facts.shas[unit.unit] for unit in self.results.units}
        entries = meta(self.kind, self.outcome.rules, self.outcome.round, self.results.bloc, shas)
        sheet = book.add_worksheet(META_SHEET)
        for row, (name, value) in enumerate([*entries.items(), (SEAL, key.seal(entries))]):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, value)
        sheet.protect()
        sheet.very_hidden()

    # --- the live ranking -----------------------------------------------------------------------------

    def _ranking(self, sheet: str) -> Grid:
        """The table of the sheet of that name; its points are taken from the units' sheets by formula."""
        results, table = self.results, Grid(sheet, _TOP, _DEPTH, len(self.results.units))
        names: list[Value] = [results.names[unit.unit] for unit in results.units]
        table.add("unit", Column((_("Unit"),), names, "wrapped", 30))
        add_sums(table, results)
        live = formulas.rank(table, results.bloc.rubric.ties)
        table.add(
            "rank", Column((_("Standing"), _("Rank")), results.ranks, "rank", 9, live, heading_look="heading_result")
        )
        issued = (_("Standing"), _("Rank when this paper was made"))
        table.add("issued", Column(issued, results.ranks, "centered", 12))
        missing: list[Value] = [0] * table.rows
        table.add("missing", Column((_("Reasons still missing"),), missing, "centered", 11, self._missing(table)))
        for group, criterion in results.bloc.rubric.criteria.values():
            self._add_points(table, group, criterion)
        ranked: list[Value] = [int(has_rank) for has_rank in results.ranked]
        for key, words, values in (("ranked", _("Ranked"), ranked), ("order", _("Order of receipt"), order(results))):
            table.add(key, Column((_("Auxiliary columns"), words), values, "text", 9, hidden=True))
        return table

    def _add_points(self, table: Grid, group: CriterionGroup, criterion: Criterion) -> None:
        """A hidden column: what counts on each unit's sheet."""
        results, code = self.results, criterion.code
        values: list[Value] = [float(self.pages.scores[unit.unit, code].points) for unit in results.units]
        headings = (_("Auxiliary columns"), f"{group.code} {code}")

        def live(row: int) -> str:
            return "=" + self.pages.reference(results.units[row - table.first].unit, "counts", self.pages.rows[code])

        table.add(f"points:{code}", Column(headings, values, "points", 9, live, hidden=True))

    def _missing(self, table: Grid) -> ByRow:
        """The formula that counts the changes on a unit's sheet that have no reason yet."""

        def live(row: int) -> str:
            unit = self.results.units[row - table.first].unit
            entry, prior, reason = (
                self.pages.reference(unit, code, FIRST + 1, self.pages.total_row)
                for code in (self.kind.value, "prior", "reason")
            )
            return f'=SUMPRODUCT(ISNUMBER({entry})*({entry}<>{prior})*({reason}=""))'

        return live

    def _write_ranking(self, sheet: Any, table: Grid) -> None:
        look, last, plan = self.pages.look, table.visible() - 1, self.outcome.rules.plan
        write_grid(sheet, look, table, charted=False)
        across(sheet, 0, (0, last), f"{_(self.declared.label)} – {self.results.bloc.name}".upper(), look.title)
        across(sheet, 1, (0, last), f"{self.outcome.round.name} – {plan.title}", look.subtitle)
        sheet.set_row(0, 26)
        sheet.write_string(_WHO_ROW, 0, _(self.declared.who), look.label)
        sheet.merge_range(_WHO_ROW, 1, _WHO_ROW, max(last // 2, 2), "", self.pages.open.text)
        who = next((judged.who for judged in self.pages.judged.values()), "")
        if who:
            sheet.write_string(_WHO_ROW, 1, who, self.pages.open.text)
        sheet.write_string(_WHO_ROW, table.place("order"), WHO)
        words = _(
            "Enter points on the sheets of the units, in the yellow cells; ranks here follow at once. "
            "Then send this file back to: {office}."
        ).format(office=plan.contact.office)
        across(sheet, 3, (0, last), words, look.hint)
        cell, issued = table.cell("rank", table.first), table.cell("issued", table.first)
        moved = {"type": "formula", "criteria": f"={cell}<>{issued}", "format": self.pages.open.changed}
        sheet.conditional_format(table.first - 1, table.place("rank"), table.last - 1, table.place("rank"), moved)
        place = table.place("missing")
        asked = {"type": "cell", "criteria": ">", "value": 0, "format": self.pages.open.asked}
        sheet.conditional_format(table.first - 1, place, table.last - 1, place, asked)
        sheet.freeze_panes(table.first - 1, 1)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        page_setup(sheet, repeat_rows=(_TOP, table.first - 2))
