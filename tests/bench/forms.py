"""A year of any size for the benchmark: the rubric of ``rules/2023/blocs/thon.yaml``, as many units as wanted."""

from __future__ import annotations

import datetime as dt
import os
import random
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import engines
from pipeline.forms.writing.workbook import write_form
from pipeline.methods.inputs import Takes
from pipeline.rules.round_context import RoundContext
from pipeline.rules.rubric import Bloc, Criterion, Unit
from pipeline.rules.year import Rules, load_rules

UNITS_IN_A_BLOC = 50
ROUND = "tong-ket"
PLENTY = engines.Bounds(3600, 2**40)


def rules_for(units: int) -> Rules:
    """The real plan and the hamlets' rubric, with ``units`` units in blocs of fifty."""
    real = load_rules(Path("rules/2023"))
    rubric = real.bloc("thon").rubric
    blocs = tuple(
        Bloc(
            code=f"khoi-{first // UNITS_IN_A_BLOC + 1}",
            name=f"Khối {first // UNITS_IN_A_BLOC + 1}",
            units=tuple(
                Unit(code=f"don-vi-{n + 1}", name=f"Đơn vị {n + 1}")
                for n in range(first, min(first + UNITS_IN_A_BLOC, units))
            ),
            rubric=rubric,
        )
        for first in range(0, units, UNITS_IN_A_BLOC)
    )
    return Rules(real.folder, real.plan, real.awards, blocs, real.files)


def fill_inbox(inbox: Path, rules: Rules) -> None:
    """One filled form for every unit, all of them right."""
    inbox.mkdir(parents=True)
    for _done in engines.map_files(partial(_write, inbox, rules), list(rules.units), os.cpu_count(), PLENTY):
        pass


def _write(inbox: Path, rules: Rules, code: str) -> None:
    of = rules.plan.round(ROUND)
    if of is None:
        raise LookupError(ROUND)
    bloc, unit = rules.units[code]
    write_form(inbox / f"{code}.xlsx", RoundContext(rules, of), unit.code, _entries(rules, bloc, random.Random(code)))  # noqa: S311


def _entries(rules: Rules, bloc: Bloc, chance: random.Random) -> dict[str, list[dict[str, Any]]]:
    items = {
        "filled_by": "Nguyễn Văn Mẫu",
        "filled_position": "Thư ký",
        "signer": "Trần Thị Mẫu",
        "signer_position": "Trưởng",
    }
    return {
        "unit": [{"item": key, "value": value} for key, value in items.items()]
        + [{"item": "signed_on", "value": dt.date(2023, 12, 5)}],
        "results": [_result(each, chance) for _group, each in bloc.rubric.criteria.values() if each.source == "unit"],
        "models": [{"kind": "Mô hình", "name": "Tuyến đường tự quản", "content": "Trồng hoa, thắp sáng 500 m đường"}],
        "movements": [
            {"movement": each.code, "activities": "Họp dân, ký cam kết", "participants": chance.randint(20, 200)}
            for each in rules.plan.movements
        ],
        "individual_awards": [
            {
                "name": "Lê Văn Mẫu",
                "position": "Nông dân",
                "role": "Trực tiếp lao động, công tác",
                "award": rules.awards.names("individual")[0],
                "achievement": "Sản xuất giỏi, giúp 03 hộ thoát nghèo",
            }
        ],
    }


def _result(each: Criterion, chance: random.Random) -> dict[str, Any]:
    entry: dict[str, Any] = {"criterion": each.code, "evidence": "Báo cáo số 12/BC ngày 01/12/2023"}
    high = float(each.high) if each.high is not None else 200.0
    if each.method.needs_target and each.target is None:
        entry["target"] = round(0.4 * high)
    match each.method.takes:
        case Takes.CHOICE:
            entry["actual"] = each.method.options[0]
        case Takes.POINTS:
            entry["claimed"] = round(chance.uniform(0, float(each.points)), 1)
        case _:
            goal = float(each.target) if each.target else entry.get("target", 4)
            result = min(goal * chance.uniform(0.5, 1.1), high)
            entry["actual"] = round(result) if each.whole else round(result, 2)
    return entry
