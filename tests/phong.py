"""A small bloc in which every method over named inputs has a criterion, and what its two units enter.

============ ====================================================================== ====== ======
criterion    arithmetic of Phòng A                                                      A      B
============ ====================================================================== ====== ======
DD1 (10)     tally: 10 − min(1.5; 4 × 0.5) − 1 (yes) = 7.5                             7.5     10
HS1 (5)      two_way_bands: 1500 files, 60 early = 4 % in 1000 to < 2000: 4            4        2
CT1 (10)     formula: 8/10 × 8 + 2 (yes) = 8.4                                         8.4      0
CL1 (20)     mean_of: (7.5 × 2 + 9 × 1)/(10 × 3) × 20 = 16                            16       20
CL2 (5)      sum_of: 0.3 × 8 + 0.2 × 6 = 3.6                                           3.6      0
T1  (2)      one_of: 99.2 % of households, 94 % in general: 1                          1        2
T2  (1)      one_of over the inputs of DD1: neither late nor any complaint             0        1
P1  (3)      tally in a penalty group: 2 × 0.5 + 1 = 2                                −2        0
============ ====================================================================== ====== ======
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import Rules
from tests import small
from tests.filled import UNIT_SHEET


def _bands(*points: str) -> list[dict[str, Any]]:
    """Below 1 %, 1 to below 5 %, 5 % and more."""
    low, middle, high = points
    return [{"to": 1, "points": low}, {"from": 1, "to": 5, "points": middle}, {"from": 5, "points": high}]


DD1: dict[str, Any] = {
    "code": "DD1",
    "name": "Quản lý đất đai",
    "points": 10,
    "evidence": True,
    "inputs": [
        {"code": "CTK", "name": "Chậm triển khai kế hoạch", "unit": "trường hợp", "whole": True},
        {"code": "KN", "name": "Có khiếu nại đúng", "yes_no": True},
    ],
    "score": {
        "method": "tally",
        "start": "full",
        "rules": [{"input": "CTK", "each": "-0.5", "at_most": "1.5"}, {"input": "KN", "once": -1}],
        "off_at_most": 3,
    },
}
HS1: dict[str, Any] = {
    "code": "HS1",
    "name": "Giải quyết hồ sơ trước hạn",
    "points": 5,
    "inputs": [
        {"code": "HS", "name": "Số hồ sơ giải quyết", "unit": "hồ sơ", "whole": True},
        {"code": "SOM", "name": "Số hồ sơ trước hạn", "unit": "hồ sơ", "whole": True},
    ],
    "score": {
        "method": "two_way_bands",
        "volume": "HS",
        "measure": "SOM",
        "share": True,
        "classes": [
            {"to": 1000, "bands": _bands("0", "2", "3")},
            {"from": 1000, "to": 2000, "bands": _bands("1", "4", "4.5")},
            {"from": 2000, "bands": _bands("2", "4.5", "5")},
        ],
    },
}
CT1: dict[str, Any] = {
    "code": "CT1",
    "name": "Kết quả thực hiện chương trình",
    "points": 10,
    "inputs": [
        {"code": "KH", "name": "Việc theo kế hoạch", "unit": "việc"},
        {"code": "TH", "name": "Việc đã làm", "unit": "việc"},
        {"code": "MH", "name": "Có mô hình mới", "yes_no": True, "required": False},
    ],
    "score": {"method": "formula", "formula": "=MIN(8, TH/KH*8) + IF(MH, 2, 0)"},
}
CL1: dict[str, Any] = {
    "code": "CL1",
    "name": "Chỉ số hài lòng",
    "points": 20,
    "inputs": [
        {"code": "TD", "name": "Thái độ phục vụ", "unit": "điểm", "high": 10},
        {"code": "TG", "name": "Thời gian giải quyết", "unit": "điểm", "high": 10},
    ],
    "score": {"method": "mean_of", "parts": [{"input": "TD", "weight": 2}, {"input": "TG", "weight": 1}]},
}
CL2: dict[str, Any] = {
    "code": "CL2",
    "name": "Cải cách hành chính",
    "points": 5,
    "inputs": [
        {"code": "TT", "name": "Thủ tục", "unit": "điểm", "high": 10},
        {"code": "BM", "name": "Bộ máy", "unit": "điểm", "high": 10},
    ],
    "score": {"method": "sum_of", "parts": [{"input": "TT", "weight": "0.3"}, {"input": "BM", "weight": "0.2"}]},
}
T1: dict[str, Any] = {
    "code": "T1",
    "name": "Cấp giấy chứng nhận",
    "points": 2,
    "inputs": [
        {"code": "HO", "name": "Tỷ lệ hộ gia đình", "unit": "%", "high": 100},
        {"code": "CH", "name": "Tỷ lệ chung", "unit": "%", "high": 100},
    ],
    "score": {
        "method": "one_of",
        "options": [{"when": "HO>=99", "points": 1}, {"when": "AND(HO>=99, CH>=95)", "points": 2}],
    },
}
T2: dict[str, Any] = {
    "code": "T2",
    "name": "Không để xảy ra chậm trễ, khiếu nại",
    "points": 1,
    "of": "DD1",
    "score": {"method": "one_of", "options": [{"when": "AND(CTK=0, NOT(KN))", "points": 1}]},
}
P1: dict[str, Any] = {
    "code": "P1",
    "name": "Vi phạm",
    "points": 3,
    "inputs": [
        {"code": "NT", "name": "Văn bản nhắc nhở", "unit": "lần", "whole": True},
        {"code": "BC", "name": "Không gửi báo cáo", "yes_no": True},
    ],
    "score": {"method": "tally", "rules": [{"input": "NT", "each": "-0.5"}, {"input": "BC", "once": -1}]},
}

PHONG: dict[str, Any] = {
    "code": "phong",
    "name": "Khối các phòng",
    "units": [{"code": "phong-a", "name": "Phòng A"}, {"code": "phong-b", "name": "Phòng B"}],
    "rubric": {
        "total": 50,
        "groups": [
            {"code": "I", "name": "Nhiệm vụ", "points": 50, "criteria": [DD1, HS1, CT1, CL1, CL2]},
            {"code": "T", "name": "Điểm thưởng", "kind": "bonus", "points": 3, "criteria": [T1, T2]},
            {"code": "P", "name": "Điểm trừ", "kind": "penalty", "points": 3, "criteria": [P1]},
        ],
        "classification": [{"name": "Đạt", "from": 25}, {"name": "Không đạt", "from": 0}],
        "ties": [{"by": "received"}],
    },
}

ENTERED: dict[str, dict[str, Any]] = {
    "phong-a": {
        **{"DD1.CTK": 4, "DD1.KN": "Có", "HS1.HS": 1500, "HS1.SOM": 60},
        **{"CT1.KH": 10, "CT1.TH": 8, "CT1.MH": "Có", "CL1.TD": 7.5, "CL1.TG": 9},
        **{"CL2.TT": 8, "CL2.BM": 6, "T1.HO": 99.2, "T1.CH": 94, "P1.NT": 2, "P1.BC": "Có"},
    },
    "phong-b": {
        **{"DD1.CTK": 0, "DD1.KN": "Không", "HS1.HS": 999, "HS1.SOM": 49},
        **{"CT1.KH": 0, "CT1.TH": 8, "CT1.MH": "Không", "CL1.TD": 10, "CL1.TG": 10},
        **{"CL2.TT": 0, "CL2.BM": 0, "T1.HO": 99, "T1.CH": 95},
    },
}
"""Unit -> row of the form -> result. Phòng B leaves the rows of P1 blank."""

POINTS = {
    "phong-a": {"DD1": 7.5, "HS1": 4, "CT1": 8.4, "CL1": 16, "CL2": 3.6, "T1": 1, "T2": 0, "P1": -2},
    "phong-b": {"DD1": 10, "HS1": 2, "CT1": 0, "CL1": 20, "CL2": 0, "T1": 2, "T2": 1, "P1": 0},
}
TOTALS = {"phong-a": 38.5, "phong-b": 35.0}

NOW = dt.datetime(2023, 12, 8, 9, 30, tzinfo=dt.UTC)


def rules() -> Rules:
    """The small year's rules with this bloc alone."""
    return small.rules(PHONG)


EVIDENCE = "Báo cáo số 01"


def entries(
    unit: str, changes: dict[str, Any] | None = None, evidence: str = EVIDENCE
) -> dict[str, list[dict[str, Any]]]:
    """What stands in the form of ``unit``; ``changes``: row -> result instead. ``evidence`` is that of DD1."""
    results = [{"criterion": row, "actual": value} for row, value in {**ENTERED[unit], **(changes or {})}.items()]
    return {
        "unit": [{"item": key, "value": value} for key, value in UNIT_SHEET.items()],
        "results": [{"criterion": "DD1", "evidence": evidence}, *results],
        "models": [{"kind": "Mô hình", "name": "Tuyến đường hoa", "content": "Trồng 500 m hoa ven đường"}],
    }


def inbox(folder: Path, changes: dict[str, dict[str, Any]] | None = None, evidence: str = EVIDENCE) -> Path:
    """Both units' forms; ``changes``: unit -> row -> result instead."""
    from pipeline.forms.writing.workbook import write_form

    folder.mkdir(parents=True, exist_ok=True)
    known = rules()
    of = known.plan.round("tong-ket")
    assert of
    for code in known.units:
        with (folder / f"{code}.xlsx").open("wb") as file:
            write_form(file, RoundContext(known, of), code, entries(code, (changes or {}).get(code), evidence))
    return folder
