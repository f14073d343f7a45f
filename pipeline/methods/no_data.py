"""“No data”: what a criterion's rule says of a unit that has no figure, which is neither 0 nor a cell left blank.

In: what a rule file says under ``no_data`` of a criterion. Out: its words (:class:`NoData`); the column that says of
each unit whether it has no data, for the points; and the same as a formula over cells. A number cell then holds the
words of :mod:`pipeline.answers`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.answers import no_data_words
from pipeline.code_lists import CodeList
from pipeline.i18n import N_
from pipeline.methods.expression import Ref, Text, to_excel


class NoData(CodeList):
    """What no data means in a criterion; the words explain the points."""

    ZERO = "zero", N_("no data: 0 points, as the rubric says")
    LEFT_OUT = "left_out", N_("no data: the criterion does not count, its standard points leave the denominator")
    NOT_RANKED = "not_ranked", N_("no data: the unit is not ranked, as the rubric says")


NO_DATA = Ref("no_data")
"""Whether the unit has no data in the criterion: in its own row or for one of its inputs."""


def no_data_cell(cells: Iterable[str]) -> str:
    """The same as a formula: whether one of the cells holds the words for it."""
    words = [to_excel(Text(each), {}) for each in no_data_words()]
    return f"OR({','.join(f'{cell}={each}' for cell in cells for each in words)})"
