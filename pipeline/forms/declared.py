"""The form (phiếu), declared once: its sheets, columns, types, lengths and choices.

The writer of forms, their reader, the checks and the units' guide all read this declaration. Titles are msgids.
A table lies on a sheet of its own. Above its headings stands a hidden row with the field codes, and each
fixed row carries its code (of a criterion, a movement, an item), so that the reader finds everything by what
it is and not by where it was printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.answers import MODEL_KINDS, ROLES
from pipeline.i18n import N_, _, in_every_language
from pipeline.seals import SEAL

if TYPE_CHECKING:  # a process that only reads files starts without the rules: in 0.1 s, not in 0.8 s
    from pipeline.rules.plan import Round
    from pipeline.rules.rubric import Bloc
    from pipeline.rules.year import Rules

FORMAT = "thidua-phieu"
META_SHEET = "_thidua"  # very hidden: key in column A, value in column B
META_KEYS = ("format", "plan", "year", "round", "bloc", "unit", "form_version", "fingerprint", "language", SEAL)
LISTS_SHEET = "_danh_muc"  # hidden: one list a column, each with a defined name
GUIDE_SHEET = N_("Guide")


class Kind(StrEnum):
    """The type of a field's values."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    DATE = "date"
    CHOICE = "choice"
    RESULT = "result"  # number or choice, as the criterion's method takes it

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers, or may be."""
        return self in (Kind.NUMBER, Kind.WHOLE, Kind.RESULT)


class Rows(StrEnum):
    """Which of the rows that a unit fills in the self-scoring table ask for a field."""

    ALL = "all"
    TARGET = "target"  # those whose method compares with a target, which the rubric leaves to the unit
    RESULT = "result"  # those whose method takes a number or a level
    NUMBER = "number"  # those whose method takes a number
    POINTS = "points"  # those for which the unit claims points


@dataclass(frozen=True)
class Field:
    """A column of a table, or an item of the unit sheet.

    ``ours``: prefilled and locked. ``required``: a blank is an error, in the self-scoring table where the row's
    criterion asks for an entry. ``scored_only``: left out where a round asks for targets alone. ``personal``: a
    person's name or contact. ``measure``: the unit of measure of a number. ``choices``: the list of
    :func:`choice_lists` that a choice is made from; a result has that of its row. Of the self-scoring table alone:
    ``rows``, and ``in_inputs``, whether rows of named inputs ask for it too.

    ``later``: it came when forms were out already. A form without the column was issued before, which is no error
    unless it is ``required``. Take the word off again when no such form can come any more.
    """

    code: str
    title: str
    kind: Kind = Kind.TEXT
    width: float = 14
    ours: bool = False
    required: bool = False
    max_length: int = 255
    choices: str = ""
    help: str = ""
    scored_only: bool = False
    personal: bool = False
    measure: str = ""
    rows: Rows = Rows.ALL
    in_inputs: bool = False
    later: bool = False

    @property
    def may_lack(self) -> bool:
        """Whether a form without the column is right."""
        return self.later and not self.required


@dataclass(frozen=True)
class Table:
    """A sheet with one table. ``key``: the field whose code names a fixed row; "" for free rows.

    ``free_rows``: how many blank rows a free table offers. ``at_least``: how many of them must be filled.
    ``sheet_of_targets``: the sheet's name in a round that asks for targets alone.
    """

    code: str
    sheet: str
    title: str
    fields: tuple[Field, ...]
    key: str = ""
    free_rows: int = 0
    at_least: int = 0
    sheet_of_targets: str = ""

    def field(self, code: str) -> Field:
        """The field of that code. Raises KeyError."""
        return {each.code: each for each in self.fields}[code]

    @property
    def to_fill(self) -> tuple[Field, ...]:
        """The fields that a unit fills."""
        return tuple(each for each in self.fields if not each.ours)

    def asked_in(self, of: Round) -> tuple[Field, ...]:
        """The fields that the form of this round has."""
        return tuple(each for each in self.fields if of.kind.asks_results or not each.scored_only)


UNIT_ITEMS = (
    Field("unit_code", N_("Unit code"), ours=True),
    Field("unit_name", N_("Name of unit"), ours=True),
    Field("bloc_name", N_("Emulation bloc"), ours=True),
    Field("filled_by", N_("Filled in by (full name)"), required=True, max_length=100, personal=True),
    Field("filled_position", N_("Position"), required=True, max_length=100),
    Field("phone", N_("Telephone"), max_length=30, personal=True),
    Field("signer", N_("Signed by (full name)"), required=True, max_length=100, personal=True),
    Field("signer_position", N_("Position of the signer"), required=True, max_length=100),
    Field(
        "signed_on",
        N_("Date of signing"),
        kind=Kind.DATE,
        required=True,
        help=N_("Day/month/year, for example 05/12/2023."),
    ),
)
"""The rows of the unit sheet; each has its own type."""

UNIT = Table(
    "unit",
    N_("Unit"),
    N_("Who fills this form in, and who signs it"),
    (
        Field("item", N_("Code"), width=16, ours=True),
        Field("label", N_("Item"), width=34, ours=True),
        Field("value", N_("Content"), width=60),
    ),
    key="item",
)

RESULTS = Table(
    "results",
    N_("Self-scoring"),
    N_("Results and self-scoring by criterion"),
    (
        Field("criterion", N_("Code"), width=8, ours=True),
        Field("content", N_("Content"), width=46, ours=True),
        Field("measure", N_("Unit of measure"), width=12, ours=True),
        Field("max_points", N_("Standard points"), Kind.NUMBER, width=9, ours=True),
        Field("target", N_("Target"), Kind.NUMBER, width=11, required=True, rows=Rows.TARGET),
        Field(
            "actual",
            N_("Result"),
            Kind.RESULT,
            width=14,
            required=True,
            rows=Rows.RESULT,
            in_inputs=True,
            scored_only=True,
        ),
        Field("computed", N_("Points by the rubric"), Kind.NUMBER, width=11, ours=True, scored_only=True),
        Field(
            "claimed",
            N_("Self-claimed points"),
            Kind.NUMBER,
            width=10,
            required=True,
            rows=Rows.POINTS,
            scored_only=True,
        ),
        Field("evidence", N_("Evidence"), width=28, max_length=500, scored_only=True),
        Field("note", N_("Note"), width=20, max_length=500),
    ),
    key="criterion",
    sheet_of_targets=N_("Registered targets"),
)

MODELS = Table(
    "models",
    N_("Models and works"),
    N_("Models or works built (at least one)"),
    (
        Field("number", N_("No."), Kind.WHOLE, width=6, ours=True),
        Field("kind", N_("Kind"), Kind.CHOICE, width=14, required=True, choices="loai_mo_hinh"),
        Field("name", N_("Name of the model or work"), width=36, required=True),
        Field("content", N_("What was done"), width=44, required=True, max_length=1000),
        Field("cost", N_("Cost (million đồng)"), Kind.NUMBER, width=12, measure="triệu đồng"),
        Field("result", N_("Result, effect"), width=40, max_length=1000, scored_only=True),
    ),
    free_rows=5,
    at_least=1,
)

MOVEMENTS = Table(
    "movements",
    N_("Movements"),
    N_("Movements of the plan"),
    (
        Field("movement", N_("Code"), width=8, ours=True),
        Field("name", N_("Movement"), width=52, ours=True),
        Field("activities", N_("Activities"), width=48, max_length=1000),
        Field("participants", N_("Participants (persons)"), Kind.WHOLE, width=12, measure="người"),
        Field("result", N_("Result"), width=36, max_length=1000, scored_only=True),
    ),
    key="movement",
)

COLLECTIVE_AWARDS = Table(
    "collective_awards",
    N_("Collective awards"),
    N_("Collectives proposed for commendation"),
    (
        Field("number", N_("No."), Kind.WHOLE, width=6, ours=True),
        Field("name", N_("Name of the collective"), width=40, required=True),
        Field(
            "award", N_("Title or commendation proposed"), Kind.CHOICE, width=36, required=True, choices="khen_tap_the"
        ),
        Field("achievement", N_("Summary of achievements"), width=60, required=True, max_length=2000, scored_only=True),
    ),
    free_rows=10,
)

INDIVIDUAL_AWARDS = Table(
    "individual_awards",
    N_("Individual awards"),
    N_("Individuals proposed for commendation"),
    (
        Field("number", N_("No."), Kind.WHOLE, width=6, ours=True),
        Field("name", N_("Full name"), width=26, required=True, max_length=100, personal=True),
        Field("position", N_("Position, work"), width=26, required=True, max_length=150),
        Field("role", N_("Leader or direct worker"), Kind.CHOICE, width=16, required=True, choices="vai_tro"),
        Field(
            "award", N_("Title or commendation proposed"), Kind.CHOICE, width=32, required=True, choices="khen_ca_nhan"
        ),
        Field("achievement", N_("Summary of achievements"), width=48, required=True, max_length=2000, scored_only=True),
        Field("initiative", N_("Initiative (if any)"), width=32, max_length=1000),
    ),
    free_rows=20,
)

TABLES: tuple[Table, ...] = (UNIT, RESULTS, MODELS, MOVEMENTS, COLLECTIVE_AWARDS, INDIVIDUAL_AWARDS)
TABLE: dict[str, Table] = {table.code: table for table in TABLES}


def choice_lists(rules: Rules, bloc: Bloc) -> dict[str, tuple[str, ...]]:
    """Defined name -> options, for every drop-down of the bloc's form."""
    lists = {
        "loai_mo_hinh": tuple(map(_, MODEL_KINDS)),
        "vai_tro": tuple(map(_, ROLES)),
        "khen_tap_the": rules.awards.names("collective"),
        "khen_ca_nhan": rules.awards.names("individual"),
    }
    for code, row in bloc.rubric.rows.items():
        if row.options:
            lists[YES_NO_LIST if row.one else level_list(code)] = row.options
    return lists


YES_NO_LIST = "co_khong"
"""The defined name of the answers to inputs that ask for yes or no."""


def level_list(criterion: str) -> str:
    """The defined name of a criterion's levels; it may hold neither dot nor hyphen, and A.1 is not A-1."""
    return "muc_" + criterion.replace(".", "_d").replace("-", "_h")


def sheet_title(table: Table, of: Round | None = None) -> str:
    """The sheet's name in the language in use; at most 31 characters, as Excel has it. ``of``: the form's round."""
    asks_targets = of is not None and not of.kind.asks_results
    return _((asks_targets and table.sheet_of_targets) or table.sheet)[:31]


def sheet_titles(table: Table) -> tuple[str, ...]:
    """The same in every language, of every round."""
    names = [table.sheet, *([table.sheet_of_targets] if table.sheet_of_targets else [])]
    return tuple(title[:31] for name in names for title in in_every_language(name))
