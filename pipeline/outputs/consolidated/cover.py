"""The cover of the consolidated workbook: what this is, as of when, and from what it was made.

In: an :class:`~pipeline.outcome.Outcome` and the other sheets. Out: a page with the units of each bloc by state, the
files by status and bloc, the fingerprints of the rules, and a list of the sheets with links to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.code_lists import Severity, Status
from pipeline.i18n import _, moment
from pipeline.outcome import Outcome
from pipeline.register.roster import turnout
from pipeline.sheets.addresses import quoted
from pipeline.sheets.lists import LINE, Value, texts, write_rows
from pipeline.sheets.styles import Styles, across, national_heading, page_setup
from pipeline.tables import by_bloc

_COLUMNS = 6


def write_cover(
    sheet: Any, look: Styles, outcome: Outcome, sheets: Sequence[tuple[str, int]], footer: str = ""
) -> None:
    """Write the cover into an empty sheet of a streaming workbook. ``sheets``: name and number of rows of each."""
    plan, of = outcome.rules.plan, outcome.round
    blocs = len(outcome.rules.blocs)
    last = max(_COLUMNS, blocs + 3) - 1
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, last, 16)
    row = national_heading(sheet, look, plan.issuer, plan.council.name, (0, 2), (3, last)) + 1
    sheet.set_row(row, 26)
    across(sheet, row, 0, last, _("CONSOLIDATED EMULATION RESULTS"), look.title)
    sheet.set_row(row + 1, 2 * LINE + 2)
    across(sheet, row + 1, 0, last, f"{of.name} – {plan.title}", look.subtitle)
    as_of = moment(outcome.as_of.astimezone(plan.zone)) if outcome.as_of else _("no file received yet")
    facts = [
        (_("Emulation plan"), f"{plan.code}, {plan.year}"),
        (_("Forms are due"), moment(plan.due_moment(of))),
        (_("Data as of"), as_of),
        (_("Files in the inbox"), str(len(outcome.register))),
        (_("Findings"), _severities(outcome)),
    ]
    row += 3
    for label, value in facts:
        sheet.write_string(row, 0, label, look.label)
        sheet.write_string(row, 1, value, look.line)
        row += 1
    row = _table(sheet, look, row + 1, _("Units"), *_units(outcome))
    row = _table(sheet, look, row + 1, _("Files by status"), *_files(outcome))
    row = _table(sheet, look, row + 1, _("Rules that the forms were made from"), *_rules(outcome))
    _contents(sheet, look, row + 1, sheets)
    page_setup(sheet, landscape=False, footer=footer)


Rows = list[list[Value]]


def _table(sheet: Any, look: Styles, row: int, title: str, headings: list[str], rows: Rows, summed: bool) -> int:
    """A titled table; ``summed``: its last row is a sum. Returns the next free row."""
    sheet.write_string(row, 0, title, look.section)
    sheet.set_row(row + 1, 2 * LINE + 2)
    write_rows(sheet, row + 1, [headings], [look.heading] * len(headings))
    looks = [look.wrapped, *[look.integer] * (len(headings) - 1)]
    bold = [look.total_text, *[look.total_integer] * (len(headings) - 1)]
    body = rows[:-1] if summed else rows
    write_rows(sheet, row + 2, body, looks, [look.wrapped, *[look.centered] * (len(headings) - 1)])
    write_rows(sheet, row + 2 + len(body), rows[len(body) :], bold)
    return row + 2 + len(rows)


def _units(outcome: Outcome) -> tuple[list[str], Rows, bool]:
    """Units of each bloc by where their forms stand; those late are among those sent."""
    headings = [_("Emulation bloc"), _("Units"), _("Has sent"), _("of these late"), _("To correct"), _("Not sent")]
    rosters = by_bloc(outcome.roster, outcome.rules)
    rows: Rows = [[bloc.name, *turnout(rosters[bloc.code])] for bloc in outcome.rules.blocs]
    return headings, [*rows, _sums(rows, len(headings))], True


def _files(outcome: Outcome) -> tuple[list[str], Rows, bool]:
    """Files of each bloc by status; a file of which no unit is known stands apart."""
    blocs = {bloc.code: bloc.name for bloc in outcome.rules.blocs}
    counts = Counter(zip(texts(outcome.register["status"]), texts(outcome.register["bloc"]), strict=True))
    rows: Rows = []
    for status in Status:
        known = [counts[status, code] for code in blocs]
        unknown = sum(count for (found, bloc), count in counts.items() if found == status and bloc not in blocs)
        if any(known) or unknown:
            rows.append([_(status.label), *known, unknown, sum(known) + unknown])
    headings = [_("Status"), *blocs.values(), _("No bloc known"), _("Together")]
    return headings, [*rows, _sums(rows, len(headings))], True


def _sums(rows: Rows, columns: int) -> list[Value]:
    return [_("Together"), *(sum(int(row[place] or 0) for row in rows) for place in range(1, columns))]


def _rules(outcome: Outcome) -> tuple[list[str], Rows, bool]:
    rows: Rows = [
        [
            bloc.name,
            outcome.round.form_version,
            len(bloc.rubric.criteria),
            outcome.rules.fingerprint(bloc, outcome.round),
        ]
        for bloc in outcome.rules.blocs
    ]
    return [_("Emulation bloc"), _("Form version"), _("Criteria"), _("Fingerprint")], rows, False


def _severities(outcome: Outcome) -> str:
    counts = outcome.findings["severity"].value_counts()
    return ", ".join(f"{_(each.label)}: {int(counts.get(each, 0))}" for each in Severity)


def _contents(sheet: Any, look: Styles, row: int, sheets: Sequence[tuple[str, int]]) -> None:
    sheet.write_string(row, 0, _("Sheets of this workbook"), look.section)
    write_rows(sheet, row + 1, [[_("Sheet"), _("Rows")]], [look.heading] * 2)
    for place, (name, rows) in enumerate(sheets, start=row + 2):
        sheet.write_url(place, 0, f"internal:{quoted(name)}!A1", look.link, name)
        sheet.write_number(place, 1, rows, look.integer)
