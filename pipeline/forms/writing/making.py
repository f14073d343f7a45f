"""What a form is made from, and how it looks.

In: the rules, the round, the unit, and what it had entered. Out: :class:`Making`, which each sheet of the form is
written from; the formats of its cells; the page; the height that a text needs.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

import xlsxwriter

from pipeline.answers import option_meant, readings
from pipeline.forms.declared import Kind, Table, choice_lists
from pipeline.i18n import _, day_format
from pipeline.rules.plan import Round
from pipeline.rules.round_context import RoundContext
from pipeline.rules.rubric import Bloc, Unit
from pipeline.rules.year import Rules
from pipeline.sheets import styles
from pipeline.sheets.entry_rules import shortened

Prefill = Mapping[str, Sequence[Mapping[str, object]]]
"""Table code -> rows of {field code: value}. The key field names the row of a keyed table (a criterion, a movement,
an item of the unit sheet); rows of a free table come in order. A key that the form does not have is left out."""

TEXT_SIZE = 12
MISSING = "#FFD966"


class Role(StrEnum):
    """What a cell is for; each has its colour, and only ``ENTRY`` is unlocked."""

    ENTRY = "entry"
    GIVEN = "given"
    OFF = "off"  # does not apply to this row
    COMPUTED = "computed"
    GROUP = "group"
    TOTAL = "total"


_FILL = {
    Role.ENTRY: "#FFFFFF",
    Role.GIVEN: "#EFEFEF",
    Role.OFF: "#CFCFCF",
    Role.COMPUTED: styles.GREEN_PALE,
    Role.GROUP: styles.BLUE_PALE,
    Role.TOTAL: styles.BLUE_BAR,
}
_SHAPE: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"num_format": "@", "align": "left", "text_wrap": True, "indent": 1},
    Kind.CHOICE: {"num_format": "@", "align": "center", "text_wrap": True},
    Kind.NUMBER: {"align": "right", "indent": 1},
    Kind.WHOLE: {"align": "center"},
    Kind.DATE: {"align": "left", "indent": 1},
}


@dataclass
class Making:
    """What one form is made from, and the workbook that it is written into."""

    book: xlsxwriter.Workbook
    context: RoundContext
    bloc: Bloc
    unit: Unit
    prefill: Prefill
    _looks: dict[object, Any] = field(default_factory=dict)

    @property
    def rules(self) -> Rules:
        """The year's rules."""
        return self.context.rules

    @property
    def round(self) -> Round:
        """The round that the form is of."""
        return self.context.round

    def look(self, role: Role, kind: Kind) -> Any:
        """The format of a table's cell; each is made once for a workbook."""
        if (role, kind) not in self._looks:
            cell = {"border": 1, "border_color": styles.RULE_LINE, "valign": "vcenter", "bg_color": _FILL[role]}
            bold = role in (Role.GROUP, Role.TOTAL)
            shape = _SHAPE[kind] | ({"num_format": day_format()} if kind is Kind.DATE else {})
            self._looks[role, kind] = self.paper(
                **cell, **shape, font_size=TEXT_SIZE, bold=bold, locked=role is not Role.ENTRY
            )
        return self._looks[role, kind]

    def colour(self, role: Role) -> str:
        """The colour of cells of that role."""
        return _FILL[role]

    def paper(self, **properties: Any) -> Any:
        """A format in the forms' typeface; each is made once for a workbook."""
        key = tuple(sorted(properties.items()))
        if key not in self._looks:
            self._looks[key] = self.book.add_format({"font_name": styles.FONT, "valign": "vcenter", **properties})
        return self._looks[key]

    def given(self, table: Table) -> list[Mapping[str, object]]:
        """The rows that the unit had entered, with answers as the lists of this form have them."""
        rows = self.prefill.get(table.code, ())
        return [{code: self._listed(table, row, code) for code in row} for row in rows]

    def _listed(self, table: Table, row: Mapping[str, object], code: str) -> object:
        value = row[code]
        if not isinstance(value, str):
            return value
        return option_meant(value, readings(self._options(table, row, code))) or value

    def _options(self, table: Table, row: Mapping[str, object], code: str) -> tuple[str, ...]:
        """What the cell lets choose from; () where it is no choice."""
        field = next((each for each in table.fields if each.code == code), None)
        if field and field.kind is Kind.RESULT:
            rubric_row = self.bloc.rubric.rows.get(str(row.get(table.key)))
            return rubric_row.options if rubric_row else ()
        return choice_lists(self.rules, self.bloc)[field.choices] if field and field.choices else ()

    def given_by_key(self, table: Table) -> dict[object, Mapping[str, object]]:
        """Code of a fixed row -> what the unit had entered there."""
        return {row.get(table.key): row for row in self.given(table)}


def set_page(
    making: Making, sheet: Any, title: str, *, landscape: bool, repeat_rows: tuple[int, int] | None = None
) -> None:
    """A4, as wide as the page; whose form it is stands on every page."""
    styles.page_setup(
        sheet,
        landscape=landscape,
        repeat_rows=repeat_rows,
        footer=_("Unit: {unit} – {bloc}").format(unit=shortened(making.unit.name, 80), bloc=title),
    )


@lru_cache(maxsize=10_000)
def height(text: str, width: float, size: float) -> float:
    """Points of height that the wrapped text needs in a column of that width (in digits of 11 points).

    Lowercase Vietnamese in Times New Roman is a little narrower than its digits; the estimate errs on the high side.
    """
    across = max(1, int(width * 12 / size))
    lines = sum(len(textwrap.wrap(part, across)) or 1 for part in text.split("\n"))
    return lines * size * 1.27 + 2
