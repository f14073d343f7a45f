"""The roster: every unit of the plan, and where its form stands.

In: the register, and which file of each unit counts. Out: :class:`~pipeline.tables.Roster`.
"""

from __future__ import annotations

import pandas as pd

from pipeline import tables
from pipeline.register.register import SENT_BACK
from pipeline.register.standing import Standing
from pipeline.rules.year import Rules


def roster(register_frame: pd.DataFrame, standing: Standing, rules: Rules) -> pd.DataFrame:
    """Every unit of the plan: has it sent, must it correct, which file counts."""
    late = dict(zip(register_frame["file"], register_frame["days_late"], strict=True))
    received = dict(zip(register_frame["file"], register_frame["received"], strict=True))
    faulty = register_frame["status"].isin(SENT_BACK) & (register_frame["unit"] != "")
    sent_back = dict(zip(register_frame.loc[faulty, "unit"], register_frame.loc[faulty, "file"], strict=True))
    records = []
    for code, (bloc, unit) in rules.units.items():
        file = standing.counts[code].file if code in standing.counts else ""
        returned = standing.returned[code].file if code in standing.returned else ""
        if not file and not returned:
            returned = sent_back.get(code, "")
        state = "sent" if file else "to_correct" if returned else "not_sent"
        records.append(
            (bloc.code, bloc.name, code, unit.name, state, late.get(file, 0), returned, file, received.get(file, ""))
        )
    return tables.of_records(records, tables.Roster)
