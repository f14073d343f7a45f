"""The cover of the consolidated workbook: what this is, as of when, and from what it was made.

In: an :class:`~pipeline.outcome.Outcome` and the other sheets. Out: a page with the units of each bloc by state, the
files by status and bloc, the fingerprints of the rules, and a list of the sheets with links to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.code_lists import Severity, Status
from pipeline.i18n import _, moment
from pipeline.outcome import Outcome
from pipeline.register.roster import turnout
from pipeline.sheets.addresses import quoted
from pipeline.sheets.lists import LINE, Value, texts, write_rows
from pipeline.sheets.styles import Styles, across, national_heading, page_setup
from pipeline.tables import Findings, Register, by_bloc

_COLUMNS = 6


def write_cover(
    sheet: Any, look: Styles, outcome: Outcome, sheets: Sequence[tuple[str, int]], footer: str = ""
) -> None:
    """Write the cover into an empty sheet of a streaming workbook. ``sheets``: name and number of rows of each."""
    plan, round_ = outcome.rules.plan, outcome.round
    blocs = len(outcome.rules.blocs)
    last = max(_COLUMNS, blocs + 3) - 1
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, last, 16)
    row = national_heading(sheet, look, plan.issuer, plan.council.name, ((0, 2), (3, last))) + 1
    sheet.set_row(row, 26)
    across(sheet, row, (0, last), _("CONSOLIDATED EMULATION RESULTS"), look.title)
    sheet.set_row(row + 1, 2 * LINE + 2)
    across(sheet, row + 1, (0, last), f"{round_.name} – {plan.title}", look.subtitle)
    as_of = moment(outcome.as_of.astimezone(plan.zone)) if outcome.as_of else _("no file received yet")
    particulars = [
        (_("Emulation plan"), f"{plan.code}, {plan.year}"),
        (_("Forms are due"), moment(plan.due_moment(round_))),
        (_("Data as of"), as_of),
        (_("Files in the inbox"), str(len(outcome.register))),
        (_("Findings"), _severities(outcome)),
    ]
    row += 3
    for label, value in particulars:
        sheet.write_string(row, 0, label, look.label)
        sheet.write_string(row, 1, value, look.line)
        row += 1
    for table in (_units(outcome), _files(outcome), _rules(outcome)):
        row = _write_table(sheet, look, row + 1, table)
    _contents(sheet, look, row + 1, sheets)
    page_setup(sheet, landscape=False, footer=footer)


@dataclass(frozen=True)
class _Table:
    """A table of the cover. ``sums``: its last row in bold, or empty."""

    title: str
    headings: list[str]
    rows: list[list[Value]]
    sums: list[Value] = field(default_factory=list)


def _write_table(sheet: Any, look: Styles, row: int, table: _Table) -> int:
    """Write the table from ``row`` on. Returns the next free row."""
    numbers = len(table.headings) - 1
    sheet.write_string(row, 0, table.title, look.section)
    sheet.set_row(row + 1, 2 * LINE + 2)
    write_rows(sheet, row + 1, [table.headings], [look.heading] * (1 + numbers))
    looks, text_looks = [look.wrapped, *[look.integer] * numbers], [look.wrapped, *[look.centered] * numbers]
    write_rows(sheet, row + 2, table.rows, looks, text_looks)
    after = row + 2 + len(table.rows)
    if not table.sums:
        return after
    write_rows(sheet, after, [table.sums], [look.total_text, *[look.total_integer] * numbers])
    return after + 1


def _units(outcome: Outcome) -> _Table:
    """Units of each bloc by where their forms stand; those late are among those sent."""
    headings = [_("Emulation bloc"), _("Units"), _("Has sent"), _("of these late"), _("To correct"), _("Not sent")]
    rosters = by_bloc(outcome.roster, outcome.rules)
    rows: list[list[Value]] = [[bloc.name, *turnout(rosters[bloc.code])] for bloc in outcome.rules.blocs]
    return _Table(_("Units"), headings, rows, _sums(rows, len(headings)))


def _files(outcome: Outcome) -> _Table:
    """Files of each bloc by status; a file of which no unit is known stands apart."""
    blocs = {bloc.code: bloc.name for bloc in outcome.rules.blocs}
    counts = Counter(zip(texts(outcome.register[Register.status]), texts(outcome.register[Register.bloc]), strict=True))
    rows: list[list[Value]] = []
    for status in Status:
        by_blocs = [counts[status, code] for code in blocs]
        of_none = sum(count for (other, bloc), count in counts.items() if other == status and bloc not in blocs)
        if any(by_blocs) or of_none:
            rows.append([_(status.label), *by_blocs, of_none, sum(by_blocs) + of_none])
    headings = [_("Status"), *blocs.values(), _("No bloc known"), _("Together")]
    return _Table(_("Files by status"), headings, rows, _sums(rows, len(headings)))


def _sums(rows: list[list[Value]], columns: int) -> list[Value]:
    """The sum of each of the columns but the first, which holds the word for it."""
    return [_("Together"), *(sum(int(row[place] or 0) for row in rows) for place in range(1, columns))]


def _rules(outcome: Outcome) -> _Table:
    headings = [_("Emulation bloc"), _("Form version"), _("Criteria"), _("Fingerprint")]
    rows: list[list[Value]] = [
        [
            bloc.name,
            outcome.round.form_version,
            len(bloc.rubric.criteria),
            outcome.rules.fingerprint(bloc, outcome.round),
        ]
        for bloc in outcome.rules.blocs
    ]
    return _Table(_("Rules that the forms were made from"), headings, rows)


def _severities(outcome: Outcome) -> str:
    counts = outcome.findings[Findings.severity].value_counts()
    return ", ".join(f"{_(severity.label)}: {int(counts.get(severity, 0))}" for severity in Severity)


def _contents(sheet: Any, look: Styles, row: int, sheets: Sequence[tuple[str, int]]) -> None:
    sheet.write_string(row, 0, _("Sheets of this workbook"), look.section)
    write_rows(sheet, row + 1, [[_("Sheet"), _("Rows")]], [look.heading] * 2)
    for place, (name, rows) in enumerate(sheets, start=row + 2):
        sheet.write_url(place, 0, f"internal:{quoted(name)}!A1", look.link, name)
        sheet.write_number(place, 1, rows, look.integer)
