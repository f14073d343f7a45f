"""The frames of what units entered, made from the declaration of the form: a new field is a new column of them.

In: :mod:`pipeline.forms.declared`. Out: pandera models, as in :mod:`pipeline.tables`, of the forms that count. Each has
who sent it (``bloc``, ``unit``), the fields that units fill, and where that stood (``file``, ``sheet``, ``row``).
"""

from __future__ import annotations

from typing import Any

from pipeline.forms.declared import COLLECTIVE_AWARDS, INDIVIDUAL_AWARDS, MODELS, MOVEMENTS, RESULTS, Kind, Table
from pipeline.tables import FrameModel

CHOICE = "choice"
"""The column of a result that is a level or an answer; that of its field holds the number, where it is one."""

NUMBERS = tuple(each.code for each in RESULTS.to_fill if each.kind.is_number)
"""The fields of the self-scoring table that are numbers, or may be."""

CHOICES = tuple(each.code for each in RESULTS.to_fill if each.choices)
"""The fields of the self-scoring table that are chosen from a list, whatever the row's criterion is."""


def cell(field: str) -> str:
    """The column that says in which cell a field of the self-scoring table stood, "" where the file lacks it."""
    return f"{field}_cell"


def entered(table: Table) -> dict[str, Any]:
    """The columns of a table's fields that units fill, with their types; a keyed table's key comes first.

    A number is a float, NaN where it is blank or could not be read; everything else is text, "" where it is.
    """
    columns: dict[str, Any] = {table.key: Any} if table.key else {}
    for field in table.to_fill:
        columns[field.code] = float if field.kind.is_number else Any
        if field.kind is Kind.RESULT:
            columns[CHOICE] = Any
    return columns


def _sent(columns: dict[str, Any]) -> dict[str, Any]:
    return {"bloc": Any, "unit": Any, **columns, "file": Any, "sheet": Any, "row": int}


class Results(FrameModel, columns=_sent(entered(RESULTS)) | {cell(field): Any for field in NUMBERS}):
    """One row for each criterion of each form that counts: what the unit entered, and in which cell.

    An input of a criterion is a row as well: ``criterion`` is ``KT1.SL``, and the entry is ``actual`` or ``choice``.
    ``choice`` is the level chosen, for a method that takes a choice; else "".
    """


class Models(FrameModel, columns=_sent(entered(MODELS))):
    """Models and works (mô hình, công trình) of the forms that count; ``cost`` in million đồng."""


class Movements(FrameModel, columns=_sent({"movement": Any, "name": Any} | entered(MOVEMENTS))):
    """What units did in each movement of the plan, with its name."""


class CollectiveAwards(FrameModel, columns=_sent(entered(COLLECTIVE_AWARDS))):
    """Collectives proposed for commendation."""


class IndividualAwards(FrameModel, columns=_sent(entered(INDIVIDUAL_AWARDS))):
    """Individuals proposed for commendation. Holds names of persons."""
