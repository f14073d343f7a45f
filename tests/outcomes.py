"""A whole small Outcome for tests: the round ``tong-ket`` of tests/small.py, with every kind of row in it.

======== ==================================================================== ======= ====
unit     what it stands for                                                     total rank
======== ==================================================================== ======= ====
thon-1   ties with Thôn 2, ranked above it by criterion KT1; class Xuất sắc    94        1
thon-2   disciplined lightly, so not Xuất sắc; sent twice                      94        2
thon-3   excluded for discipline; bonus and penalty at their caps              91.5
thon-4   three days late, several blank and low results, accepted with warning 30.5      3
thon-5   returned for correction, so it counts as not having sent
thcs     97.5 of 98: 99.49 points                                              99.49     2
tieu-hoc above its target                                                     100        1
======== ==================================================================== ======= ====

Scores, groups and standings follow from the rest. Texts hold what must stay text: see :data:`HOSTILE`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from functools import cache
from typing import Any

import pandas as pd

from pipeline import tables
from pipeline.answers import translated_answer
from pipeline.forms.declared import MODELS, RESULTS, sheet_title
from pipeline.forms.frames import CollectiveAwards, IndividualAwards, Models, Movements
from pipeline.i18n import current_language
from pipeline.methods.inputs import Takes
from pipeline.outcome import Outcome
from pipeline.ranking.standings import rank
from pipeline.rules.year import Rules
from pipeline.scoring.points import score
from tests import small
from tests.frames import frame_of, results_of

NAN = float("nan")
HOSTILE = (
    "=1+1",
    "http://x.vn",
    "<b>đậm</b>",
    "@SUM(A1:A9)",
    "+84 258",
    "-5",
    "\tthụt vào",
    'dấu " và & và ;',
    "'0001",
)
"""What a unit may have typed, and what must come out as it stands: no formula, no link, no markup."""

# criterion: (target, actual) ; a level ; ("claimed", points). KT1 and KT2 carry the unit's own target.
ENTERED: dict[str, dict[str, Any]] = {
    "thon-1": {
        "KT1": (500, 500),  # 40
        "KT2": (2, 2.5),  # 2 / 2.5 x 20 = 16
        "VH1": 95,  # over 100 % of 90: 10
        "VH2": "Tốt",  # 8
        "VH3": "Có",  # 5
        "AN1": 1,  # 5 - 1 = 4
        "TD1": 9,  # 9
        "T1": 1,  # 2
        "T2": "Không",
        "P2": "Không",
    },
    "thon-2": {
        "KT1": (400, 380),  # 95 %: 38
        "KT2": (3, 3),  # 20
        "VH1": 85,  # 94.4 %: 6
        "VH2": "Xuất sắc",  # 10
        "VH3": "Có",  # 5
        "AN1": 0,  # 5
        "TD1": 10,  # 10
        "T1": 1,  # 2
        "T2": "Không",
        "P2": "Khiển trách",  # -2
    },
    "thon-3": {
        "KT1": (600, 612.5),  # 40
        "KT2": (0, 0),  # 20
        "VH1": 90,  # 100 %: 10
        "VH2": "Tốt",  # 8
        "VH3": "Có",  # 5
        "AN1": 2,  # 3
        "TD1": 5.5,  # 5.5
        "T1": 3,  # 6, at most 4
        "T2": "Có",  # 3; the group gives at most 5
        "P2": "Cảnh cáo trở lên",  # -5, and excluded
    },
    "thon-4": {
        "KT1": (450, 200),  # 44.4 %, below the floor of 50 %: 0
        "KT2": (0, 0),  # 20
        "VH1": 70,  # 77.8 %: 0
        "VH2": "Hoàn thành",  # 5
        "VH3": "Không",  # 0
        "AN1": 7,  # 0
        "TD1": 6.5,  # 6.5
        "T1": NAN,
        "T2": "",
        "P2": "Không",
    },  # P1: 3 days late, -1
    "thcs": {"GD1": 97.5},
    "tieu-hoc": {"GD1": 98.2},
}

RECEIVED = {
    "thon-1": "2023-12-08T09:15:00+07:00",
    "thon-2": "2023-12-08T08:00:00+07:00",
    "thon-3": "2023-12-10T17:00:00+07:00",
    "thon-4": "2023-12-13T10:30:00+07:00",
    "thon-5": "2023-12-09T14:00:00+07:00",
    "thcs": "2023-12-01T07:45:00+07:00",
    "tieu-hoc": "2023-12-05T16:20:00+07:00",
}


_FOLLOWED = {"rules", "roster", "results", "scores", "groups", "register"}
"""Fields from which others follow."""


def outcome(**overrides: Any) -> Outcome:
    """The whole of it. ``overrides`` replace fields; scores, groups and standings follow what is replaced."""
    if _FOLLOWED & set(overrides):
        return _made(overrides)
    whole = vars(_plain(current_language()))
    fields = {each.name: whole[each.name] for each in dataclasses.fields(Outcome)}
    own = {name: value.copy() for name, value in fields.items() if isinstance(value, pd.DataFrame)}
    return Outcome(**(fields | own | overrides))


@cache
def _plain(_language: str) -> Outcome:
    return _made({})


def _made(overrides: dict[str, Any]) -> Outcome:
    rules: Rules = overrides.get("rules", small.rules())
    roster = overrides.setdefault("roster", _roster(rules))
    results = overrides.setdefault("results", _results(rules))
    if "scores" not in overrides or "groups" not in overrides:
        scores, groups = score(rules, results, roster)
        overrides = {"scores": scores, "groups": groups} | overrides
    overrides.setdefault("standings", rank(rules, overrides["scores"], overrides["groups"], roster))
    register = overrides.setdefault("register", _register(rules))
    whole: dict[str, Any] = {
        "rules": rules,
        "round": rules.plan.rounds[1],
        "as_of": dt.datetime.fromisoformat(max(RECEIVED.values())),
        "findings": _findings(),
        "models": _models(),
        "movements": _movements(rules),
        "collective_awards": _collective_awards(),
        "individual_awards": _individual_awards(),
        "inputs": dict(zip(register["file"], register["sha256"], strict=True)),
    }
    return Outcome(**(whole | overrides))


def _roster(rules: Rules) -> pd.DataFrame:
    rows = []
    for code, (bloc, unit) in rules.units.items():
        sent = code in ENTERED
        rows.append(
            {
                "bloc": bloc.code,
                "bloc_name": bloc.name,
                "unit": code,
                "unit_name": unit.name,
                "state": "sent" if sent else "to_correct" if code in RECEIVED else "not_sent",
                "days_late": 3 if code == "thon-4" else 0,
                "returned_file": "thon-5.xlsx" if code == "thon-5" else "",
                "file": f"{code}.xlsx" if sent else "",
                "received": RECEIVED[code] if sent else "",
            }
        )
    return frame_of(tables.Roster, rows)


def _results(rules: Rules) -> pd.DataFrame:
    rows = []
    for unit, entries in ENTERED.items():
        bloc, _unit = rules.units[unit]
        for place, (code, (_group, criterion)) in enumerate(bloc.rubric.criteria.items()):
            line = 7 + place
            rows.append(
                {
                    "bloc": bloc.code,
                    "unit": unit,
                    "criterion": code,
                    **_entry(entries.get(code, NAN), criterion),
                    "evidence": HOSTILE[place % len(HOSTILE)] if unit == "thon-1" else f"Báo cáo số {place + 1}/BC",
                    "note": HOSTILE[(place + 3) % len(HOSTILE)] if unit == "thon-2" else "",
                    "file": f"{unit}.xlsx",
                    "sheet": sheet_title(RESULTS),
                    "row": line,
                    "target_cell": f"E{line}",
                    "actual_cell": f"F{line}",
                    "claimed_cell": f"H{line}",
                }
            )
    return results_of(rows)


def _entry(entry: Any, criterion: Any) -> dict[str, Any]:
    target, value = entry if isinstance(entry, tuple) else (NAN, entry)
    if criterion.target is not None:
        target = float(criterion.target)
    takes = criterion.method.takes
    return {
        "target": target,
        "actual": value if takes is Takes.NUMBER else NAN,
        "choice": translated_answer(value) if takes is Takes.CHOICE else "",
        "claimed": value if takes is Takes.POINTS else NAN,
    }


def _register(rules: Rules) -> pd.DataFrame:
    def row(file: str, status: str, reason: str = "", unit: str = "", **more: Any) -> dict[str, Any]:
        received = RECEIVED.get(unit, "")
        whole = {
            "file": file,
            "sha256": hashlib.sha256(file.encode()).hexdigest(),
            "size": 20_000 + len(file),
            "first_seen": "2023-12-14T08:00:00+07:00",
            "received": received,
            "received_from": "receipt_book" if received else "",
            "unit": unit,
            "bloc": rules.units[unit][0].code if unit else "",
            "round": "tong-ket" if unit else "",
            "form_version": "1" if unit else "",
            "status": status,
            "reason": reason,
            "errors": 0,
            "warnings": 0,
            "days_late": 0,
        }
        return whole | more

    return frame_of(
        tables.Register,
        [
            row("anh/IMG_0001.jpg", "not_a_form", "Tệp là ảnh, không phải phiếu"),
            row("thcs.xlsx", "accepted", unit="thcs"),
            row("thon-1.xlsx", "accepted_with_warnings", unit="thon-1", warnings=1),
            row(
                "thon-2 (cũ).xlsx",
                "superseded",
                "Được thay thế bởi thon-2.xlsx",
                unit="thon-2",
                received="2023-12-07T08:00:00+07:00",
            ),
            row("thon-2.xlsx", "accepted", unit="thon-2"),
            row("thon-3.xlsx", "accepted", unit="thon-3"),
            row("thon-4.xlsx", "accepted_with_warnings", unit="thon-4", warnings=1, days_late=3),
            row("thon-5.xlsx", "returned", "Có 2 lỗi phải sửa", unit="thon-5", errors=2),
            row("tieu-hoc.xlsx", "accepted", unit="tieu-hoc"),
            row("~$thon-1.xlsx", "ignored", "Tệp khóa của Excel: phiếu còn đang mở", size=0, sha256=""),
        ],
    )


def _findings() -> pd.DataFrame:
    sheet = sheet_title(RESULTS)

    def row(
        unit: str, cell: str, criterion: str, code: str, severity: str, entered: str, message: str
    ) -> dict[str, Any]:
        return {
            "file": f"{unit}.xlsx",
            "unit": unit,
            "sheet": sheet if cell else "",
            "cell": cell,
            "criterion": criterion,
            "code": code,
            "severity": severity,
            "entered": entered,
            "message": message,
        }

    return frame_of(
        tables.Findings,
        [
            row("thon-1", "", "", "meta-lost", "warning", "", "Phiếu mất trang ẩn, được nhận ra theo tiêu đề và mã"),
            row("thon-1", "F7", "KT1", "number-noted", "note", "500 triệu", "Ô F7: “500 triệu” được đọc là 500"),
            row("thon-4", "F7", "KT1", "number-ambiguous", "warning", "200.000", "Ô F7: “200.000” được đọc là 200"),
            row("thon-5", "F7", "KT1", "blank-required", "error", "", "Ô F7 còn trống: đề nghị nhập kết quả"),
            row("thon-5", "F9", "VH1", "not-a-number", "error", "=1+1", "Ô F9: “=1+1” không phải là số, ví dụ 85,5"),
        ],
    )


def _from_form(unit: str, line: int, sheet: str) -> dict[str, Any]:
    bloc = "truong-hoc" if unit in ("thcs", "tieu-hoc") else "thon"
    return {"bloc": bloc, "unit": unit, "file": f"{unit}.xlsx", "sheet": sheet, "row": line}


def _models() -> pd.DataFrame:
    rows = [
        ("thon-1", "Công trình", "Thắp sáng đường quê", "Lắp 25 bóng đèn", 45.5, "Đường thôn có đèn"),
        ("thon-1", "Mô hình", HOSTILE[0], HOSTILE[1], NAN, HOSTILE[2]),
        ("thon-2", "Mô hình", "Tổ tự quản về môi trường", HOSTILE[3], 12, ""),
        ("thon-3", "Mô hình", "Camera an ninh", "Lắp 6 điểm camera", 60, "Giảm mất trộm"),
        ("thon-4", "Công trình", "Sân bóng chuyền", "Làm sân 200 m²", 1234.5, "Đã dùng"),
        ("thcs", "Mô hình", "Thư viện xanh", "Góc đọc ngoài trời", NAN, "100 lượt đọc mỗi tuần"),
        ("tieu-hoc", "Mô hình", "Cổng trường an toàn", "Phân luồng giờ tan học", 0, "Không ùn tắc"),
    ]
    names = ("kind", "name", "content", "cost", "result")
    sheet = sheet_title(MODELS)
    return frame_of(
        Models,
        [_from_form(u, 5 + n, sheet) | dict(zip(names, values, strict=True)) for n, (u, *values) in enumerate(rows)],
    )


def _movements(rules: Rules) -> pd.DataFrame:
    rows = []
    for unit in ENTERED:
        for place, movement in enumerate(rules.plan.movements):
            rows.append(
                _from_form(unit, 5 + place, "Phong trào")
                | {
                    "movement": movement.code,
                    "name": movement.name,
                    "activities": HOSTILE[place] if unit == "thon-2" else "Tuyên truyền, vận động nhân dân",
                    "participants": NAN if unit == "thon-4" else 150 + 10 * place,
                    "result": "" if unit == "thon-4" else "Đạt kế hoạch",
                }
            )
    return frame_of(Movements, rows)


def _collective_awards() -> pd.DataFrame:
    rows = [
        ("thon-1", "Chi hội Phụ nữ Thôn 1", "Tập thể Lao động tiên tiến", "Hoàn thành xuất sắc nhiệm vụ"),
        ("thon-2", HOSTILE[2], "Tập thể Lao động tiên tiến", HOSTILE[0]),
        ("thcs", "Tổ Toán – Tin", "Tập thể Lao động tiên tiến", "Có 5 giải học sinh giỏi"),
    ]
    names = ("name", "award", "achievement")
    return frame_of(
        CollectiveAwards,
        [_from_form(unit, 5, "Khen thưởng tập thể") | dict(zip(names, values, strict=True)) for unit, *values in rows],
    )


def _individual_awards() -> pd.DataFrame:
    award, direct, leader = "Giấy khen của Chủ tịch UBND xã", "Trực tiếp lao động, công tác", "Lãnh đạo, quản lý"
    rows = [
        ("thon-1", "Nguyễn Văn Mẫu", "Trưởng thôn", leader, award, "Vận động làm đường", HOSTILE[1]),
        ("thon-1", "Trần Thị Mẫu", "Chi hội trưởng", direct, award, HOSTILE[3], ""),
        ("thcs", "Lê Thị Mẫu", "Giáo viên", direct, award, "Dạy giỏi", "Bài giảng số"),
    ]
    names = ("name", "position", "role", "award", "achievement", "initiative")
    return frame_of(
        IndividualAwards,
        [
            _from_form(unit, 5 + n, "Khen thưởng cá nhân") | dict(zip(names, values, strict=True))
            for n, (unit, *values) in enumerate(rows)
        ],
    )
