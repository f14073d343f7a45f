"""A year whose rules look beyond a criterion's own row: every link in one bloc, with entries and points by hand."""

from __future__ import annotations

import io
from typing import Any

from pipeline.forms.writing.workbook import write_form
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from tests import small
from tests.filled import UNIT_SHEET


def criterion(code: str, points: float | str, method: str, of_score: dict[str, Any] | None = None, **more: Any) -> Any:
    """A criterion; ``of_score``: the method's parameters."""
    score = {"method": method, **(of_score or {})}
    return {"code": code, "name": f"Tiêu chí {code}", "points": str(points), "score": score, **more}


def group(code: str, points: float, criteria: list[Any], kind: str = "base", **more: Any) -> Any:
    return {"code": code, "name": f"Nhóm {code}", "kind": kind, "points": str(points), "criteria": criteria, **more}


DISCIPLINE = [
    {"name": "Không", "points": 1},
    {"name": "Khiển trách", "points": 0},
    {"name": "Cảnh cáo", "points": -2},
]

GROUPS = [
    group(
        "I",
        60,
        [
            criterion("KT1", 40, "ratio", {"zero_target": "none"}),
            criterion("KT2", 10, "relative"),
            criterion("KT3", 1, "choice", {"levels": DISCIPLINE}, lowest=-2),
            criterion("KT4", 9, "ratio", target=10, not_for=["d"]),
        ],
    ),
    group(
        "II",
        40,
        [
            criterion("VH1", 16, "relative", {"by": "range", "direction": "down"}),
            criterion("VH2", 8, "relative", {"by": "rank", "points": [8, 5, 2]}, high=100),
            criterion("VH3", 16, "appraised", not_for=["d"]),
        ],
    ),
    group(
        "V",
        6,
        [
            criterion("V1", 4, "over_target_bonus", {"zero_target": "none"}, of="KT1"),
            criterion("V2", 3, "yes_no", only_if={"criterion": "KT1"}),
            criterion("V3", 2, "yes_no", only_if={"group": "I", "reaches": 50}),
        ],
        "bonus",
    ),
    group("H", 5, [criterion("H1", 5, "appraised", source="council")], "bonus"),
    group("P", 5, [criterion("P1", 5, "per_case", {"each": 1})], "penalty"),
]

BLOC: dict[str, Any] = {
    "code": "khoi",
    "name": "Khối mẫu",
    "units": [{"code": code, "name": f"Đơn vị {code.upper()}"} for code in "abcde"],
    "rubric": {
        "total": 100,
        "groups": GROUPS,
        "classification": [{"name": "Tốt", "from": 80, "each_group": 55}, {"name": "Khá", "from": 0}],
        "ties": [{"by": "criterion", "code": "KT4"}],
    },
}

RULES: Rules = small.rules(BLOC)

ENTERED: dict[str, dict[str, dict[str, Any]]] = {
    "a": {
        "KT1": {"target": 100, "actual": 107.5},
        "KT2": {"actual": 30},
        "KT3": {"actual": "Không"},
        "KT4": {"actual": 9},
        "VH1": {"actual": 2},
        "VH2": {"actual": 70},
        "VH3": {"claimed": 15},
        "V2": {"actual": "Có"},
        "V3": {"actual": "Có"},
    },
    "b": {
        "KT1": {"target": 100, "actual": 90},
        "KT2": {"actual": 50},
        "KT3": {"actual": "Cảnh cáo"},
        "KT4": {"actual": 10},
        "VH1": {"actual": 6},
        "VH2": {"actual": 70},
        "VH3": {"claimed": 16},
        "V2": {"actual": "Có"},
        "V3": {"actual": "Có"},
        "P1": {"actual": 1},
    },
    "c": {
        "KT1": {"target": 100, "actual": 125},
        "KT2": {"actual": 0},
        "KT3": {"actual": "Khiển trách"},
        "KT4": {"actual": 12},
        "VH1": {"actual": 4},
        "VH2": {"actual": 60},
        "VH3": {"claimed": 12.5},
        "V2": {"actual": "Có"},
        "V3": {"actual": "Có"},
        "P1": {"actual": 2},
    },
    "d": {
        "KT1": {"target": 100, "actual": 100},
        "KT2": {"actual": 12.5},
        "KT3": {"actual": "Không"},
        "VH1": {"actual": 3.46},
        "VH2": {"actual": 95},
        "V2": {"actual": "Không"},
        "V3": {"actual": "Có"},
    },
}
"""What the units enter; e sends nothing."""

POINTS: dict[str, list[float]] = {
    # KT2: of the best, 50. VH1: between 6 (worst) and 2 (best). VH2: ranks 2, 2, 4, 1. V1: 7 % and 10 % of 40.
    # V2 only if KT1 has its 40 points; V3 only if group I has 50. KT4 and VH3 do not apply to d.
    #     KT1  KT2 KT3 KT4   VH1  VH2  VH3  V1  V2 V3 H1  P1
    "a": [40, 6, 1, 8.1, 16, 5, 15, 2.8, 3, 2, 0, 0],
    "b": [36, 10, -2, 9, 0, 5, 16, 0, 0, 2, 0, -1],
    "c": [40, 0, 0, 9, 8, 0, 12.5, 4, 3, 0, 0, -2],
    # d has 43.5 in group I, and KT4, which does not apply to it, hinders nothing: 43.5 + 9 reach 50.
    "d": [40, 2.5, 1, 0, 10.16, 8, 0, 0, 0, 2, 0, 0],
}
STANDINGS = [
    # unit, base, bonus, penalty, total, rank, class
    ("a", 91.1, 6.0, 0.0, 97.1, 1, "Tốt"),  # 55.1 + 36; 2.8 + 3 + 2 = 7.8 are cut at 6
    ("d", 82.21, 2.0, 0.0, 84.21, 2, "Tốt"),  # 43.5 + 18.16 = 61.66 of 75 are 82.2133 of 100
    ("b", 74.0, 2.0, -1.0, 75.0, 3, "Khá"),  # 53 + 21
    ("c", 69.5, 6.0, -2.0, 73.5, 4, "Khá"),  # 49 + 20.5; 4 + 3 = 7 are cut at 6
]


def form(unit: str, rules: Rules = RULES, entered: dict[str, dict[str, Any]] | None = None) -> bytes:
    """The filled form of a unit."""
    a_round = rules.plan.round("tong-ket")
    assert a_round
    entries: dict[str, list[dict[str, Any]]] = {
        "unit": [{"item": key, "value": value} for key, value in UNIT_SHEET.items()],
        "results": [{"criterion": code, **each} for code, each in (entered or ENTERED[unit]).items()],
        "models": [{"kind": "Mô hình", "name": "Tuyến đường hoa", "content": "Trồng 500 m hoa ven đường"}],
    }
    target = io.BytesIO()
    write_form(target, RoundContext(rules, a_round), unit, entries)
    return target.getvalue()


FORMS = {f"{unit}.xlsx": form(unit) for unit in ENTERED}
