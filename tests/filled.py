"""Filled forms of the small year, for tests that need an inbox."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

from pipeline.forms.writing.workbook import write_form
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from tests.small import rules as small_rules

RULES = small_rules()
NOW = dt.datetime(2023, 12, 8, 9, 30, tzinfo=RULES.plan.zone)

UNIT_SHEET = {
    "filled_by": "Nguyễn Văn Mẫu",
    "filled_position": "Thư ký",
    "signer": "Trần Thị Mẫu",
    "signer_position": "Trưởng thôn",
    "signed_on": dt.date(2023, 12, 5),
}

RIGHT: dict[str, dict[str, dict[str, Any]]] = {
    "thon": {
        "KT1": {"target": 100, "actual": 95},
        "KT2": {"target": 2.5, "actual": 2.0},
        "VH1": {"actual": 92},
        "VH2": {"actual": "Tốt"},
        "VH3": {"actual": "Có"},
        "AN1": {"actual": 0},
        "TD1": {"claimed": 9, "evidence": "Kế hoạch số 01"},
    },
    "truong-hoc": {"GD1": {"actual": 97}},
}
"""What a unit of each bloc enters when it makes no mistake: thon 38 + 20 + 10 + 8 + 5 + 5 + 9 = 95 points."""


def entries(bloc: str, changes: dict[str, dict[str, Any]] | None = None) -> dict[str, list[dict[str, Any]]]:
    """The entries of a right form; ``changes``: criterion -> what is entered instead."""
    results = {code: {**entry, **(changes or {}).get(code, {})} for code, entry in RIGHT[bloc].items()}
    results |= {code: entry for code, entry in (changes or {}).items() if code not in results}
    return {
        "unit": [{"item": key, "value": value} for key, value in UNIT_SHEET.items()],
        "results": [{"criterion": code, **entry} for code, entry in results.items()],
        "models": [{"kind": "Mô hình", "name": "Tuyến đường hoa", "content": "Trồng 500 m hoa ven đường"}],
    }


def form(
    unit: str, changes: dict[str, dict[str, Any]] | None = None, rules: Rules = RULES, of: str = "tong-ket"
) -> bytes:
    """The filled form of ``unit``, as a unit without a mistake fills it, but for ``changes``."""
    bloc, known = rules.units[unit]
    target = io.BytesIO()
    a_round = rules.plan.round(of)
    assert a_round
    write_form(target, RoundContext(rules, a_round), known.code, entries(bloc.code, changes))
    return target.getvalue()


def drop(inbox: Path, files: dict[str, bytes]) -> Path:
    """An inbox with these files."""
    for name, content in files.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    inbox.mkdir(exist_ok=True)
    return inbox
