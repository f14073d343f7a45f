"""The roster: every unit of the plan, and where its form stands.

In: the register, and which file of each unit counts. Out: :class:`~pipeline.tables.Roster`, and what it adds up to.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from pandera.typing import DataFrame

from pipeline import tables
from pipeline.code_lists import State, Status
from pipeline.register.standing import Standing
from pipeline.rules.year import Rules
from pipeline.tables import Register, Roster, plain_rows


def roster(register: DataFrame[Register], standing: Standing, rules: Rules) -> DataFrame[Roster]:
    """Every unit of the plan: has it sent, must it correct, which file counts."""
    late = dict(plain_rows(register, Register.file, Register.days_late))
    received = dict(plain_rows(register, Register.file, Register.received))
    faulty = register[Register.status].isin([status for status in Status if status.sent_back])
    faulty &= register[Register.unit] != ""
    sent_back = dict(zip(register.loc[faulty, Register.unit], register.loc[faulty, Register.file], strict=True))
    records = []
    for code, (bloc, unit) in rules.units.items():
        file = standing.counts[code].file if code in standing.counts else ""
        returned = standing.returned[code].file if code in standing.returned else ""
        if not file and not returned:
            returned = sent_back.get(code, "")
        state = State.SENT if file else State.TO_CORRECT if returned else State.NOT_SENT
        form = (state.value, late.get(file, 0), returned, file, received.get(file, ""))
        records.append((bloc.code, bloc.name, code, unit.name, *form))
    return tables.of_records(records, tables.Roster)


class Turnout(NamedTuple):
    """How many units there are, have sent (of these late), must correct, or have not sent."""

    units: int
    sent: int
    late: int
    to_correct: int
    not_sent: int


def turnout(roster: pd.DataFrame) -> Turnout:
    """What rows of a :class:`~pipeline.tables.Roster` add up to."""
    state = roster[Roster.state]
    sent, to_correct, not_sent = (state == each for each in (State.SENT, State.TO_CORRECT, State.NOT_SENT))
    late = sent & (roster[Roster.days_late] > 0)
    return Turnout(len(roster), *(int(each.sum()) for each in (sent, late, to_correct, not_sent)))
