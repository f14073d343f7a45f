"""Which cells of the self-scoring table a unit fills, and with what: the form's declaration meets the rubric; and
which other tables a year has at all.

In: a field of the table, and the criterion of a row or one of its named inputs. Out: whether the cell is the unit's to
fill, the kind of value, its bounds. The form's writer and its checks both go by this.
"""

from __future__ import annotations

from decimal import Decimal

from pipeline.forms.declared import Field, Kind, Rows, Table
from pipeline.methods.inputs import Input, Takes
from pipeline.rules.rubric import Criterion
from pipeline.rules.targets import Target, common_target
from pipeline.rules.year import Rules


def is_asked(table: Table, rules: Rules) -> bool:
    """Whether the year has anything to ask for in the table: a contest may have no movements, awards or models."""
    match table.code:
        case "models":
            return rules.plan.models == "required"
        case "movements":
            return bool(rules.plan.movements)
        case "collective_awards":
            return bool(rules.awards.names("collective"))
        case "individual_awards":
            return bool(rules.awards.names("individual"))
    return True


def asks(field: Field, criterion: Criterion, one: Input | None = None, target: Target | None = None) -> bool:
    """Whether the row of the criterion, or of its input ``one``, asks the unit for the field.

    ``target``: the unit's own in this criterion; None: that of the rubric, which is the same for all units.
    """
    if field.ours or not (field.in_inputs if one else criterion.from_unit):
        return False
    takes = _takes(criterion, one)
    match field.rows:
        case Rows.TARGET:
            return not one and (target or common_target(criterion)).is_typed
        case Rows.RESULT:
            return takes in (Takes.NUMBER, Takes.CHOICE)
        case Rows.NUMBER:
            return takes is Takes.NUMBER
        case Rows.POINTS:
            return takes is Takes.POINTS
        case Rows.ALL:
            return True


def kind_in(field: Field, criterion: Criterion, one: Input | None = None) -> Kind:
    """The kind of the field's values in that row: a result is a number or a choice."""
    if field.kind is not Kind.RESULT:
        return field.kind
    return Kind.CHOICE if _takes(criterion, one) is Takes.CHOICE else Kind.NUMBER


def bounds(field: Field, criterion: Criterion, one: Input | None = None) -> tuple[Decimal, Decimal | None]:
    """The least and the most that a number can be in that row; None: there is no most. Both are part of it."""
    if field.rows is Rows.POINTS:
        return criterion.lowest or Decimal(0), None if one else criterion.points
    row = one or criterion
    return row.low, row.high


def _takes(criterion: Criterion, one: Input | None) -> Takes:
    return one.takes if one else criterion.method.takes
