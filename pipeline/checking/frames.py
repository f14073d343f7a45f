"""The frames that flow within checking: raw rows, what the rules say of a row, tidied rows.

In: the declaration of the form (:mod:`pipeline.forms.declared`). Out: pandera models, most of their columns made from
it. The index of every frame is 0, 1, 2, …, and every row says where it stood (:class:`Rows`).
"""

from __future__ import annotations

from collections.abc import Callable
from types import new_class
from typing import Any, TypeVar

from pipeline.forms.declared import RESULTS, TABLES, Table
from pipeline.forms.frames import CHOICE, CHOICES, NUMBERS, entered
from pipeline.forms.reading import READ
from pipeline.tables import FrameModel, may_be_blank


class Rows(FrameModel):
    """Rows of one table of all forms, each with the place where it stood."""

    file: Any  # path below the inbox
    unit: Any
    bloc: Any
    sheet: Any
    row: int  # from 1, as a spreadsheet counts


PLACE = list(Rows.to_schema().columns)

Model = TypeVar("Model", bound=Rows)


def _for_each_table(base: type[Model], columns: Callable[[Table], dict[str, Any]]) -> dict[str, type[Model]]:
    """Code of a table -> the model of its rows."""
    return {
        each.code: new_class(f"{base.__name__} of {each.code}", (base,), {"columns": columns(each)}) for each in TABLES
    }


# --- raw ------------------------------------------------------------------------------------------------


class RawRows(Rows):
    """Rows as they were read: besides the place one column for each field in :data:`pipeline.forms.reading.READ`.

    A value is "" where the cell is blank, and None where the file lacks that column altogether.
    """


RAW = _for_each_table(RawRows, lambda table: dict.fromkeys(READ[table.code], object))


# --- what the rules say ---------------------------------------------------------------------------------


def asked(field: str) -> str:
    """The column that says whether the row asks the unit for a number, or a choice, in that field."""
    return f"{field}_asked"


def low(field: str) -> str:
    """The column with the least that the number may be."""
    return f"{field}_low"


def high(field: str) -> str:
    """The column with the most that the number may be; NaN: there is no most."""
    return f"{field}_high"


class CriterionFacts(
    FrameModel,
    columns={name(field): kind for field in NUMBERS for name, kind in ((asked, bool), (low, float), (high, float))}
    | {asked(field): bool for field in CHOICES},
):
    """One row for each bloc and each row of its self-scoring table, criterion or input: what the rules say of it.

    Besides these columns there are :func:`asked`, :func:`low` and :func:`high` of each field that is a number, and
    :func:`asked` of each that has a list to choose from.
    """

    bloc: Any
    criterion: Any  # the row's code, of an input KT1.SL
    position: int  # of the row in the rubric, from 0
    measure: Any  # unit of measure
    max_points: float = may_be_blank()  # NaN: an input, which has no points of its own
    needs_target: bool
    whole: bool  # a result has no decimals
    required: bool  # a blank entry is an error
    evidence_due: bool  # points ask for evidence
    choice_asked: bool  # the result is one of the options
    options: Any  # tuple of what can be chosen; () where nothing can
    no_data: Any  # what becomes of a unit without data, a msgid; "" where it must have some
    idle: Any  # set of the options that give no points


CHOICE_ASKED = asked(CHOICE)


# --- tidied ---------------------------------------------------------------------------------------------


def unread(field: str) -> str:
    """The column that is True where a field was filled but could not be read, or where the file lacks the field.

    No check calls such a cell blank.
    """
    return f"{field}_unread"


class TidyRows(Rows):
    """Rows that can count, each field typed as :func:`pipeline.forms.frames.entered` says, and its :func:`unread`."""


def _tidied(table: Table) -> dict[str, Any]:
    return entered(table) | {unread(field.code): bool for field in table.to_fill}


class TidyResults(TidyRows, CriterionFacts, columns=_tidied(RESULTS)):
    """The self-scoring table, form after form and in the order of the rubric, beside what the rules say of each row.

    In a row that is not the unit's to fill nothing is asked for, and there is nothing to choose from.
    """

    fixed_target: float = may_be_blank()  # NaN: the unit types it, or there is none (:mod:`pipeline.rules.targets`)
    maybe_share: bool  # the unit is asked already whether the result is a share, 0.65 for 65 %
    inputs_earn: bool  # the row is of a criterion that looks at inputs alone, and these earn points


TIDY: dict[str, type[TidyRows]] = _for_each_table(TidyRows, _tidied) | {RESULTS.code: TidyResults}
"""Code of a table -> the model of its tidied rows. Of the unit sheet ``value`` is text, and ISO text for a day."""
