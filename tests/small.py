"""A small year for tests: two blocs, every scoring method, bonus, penalty, ties, exclusions and classes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.rules.awards import Awards
from pipeline.rules.plan import Plan
from pipeline.rules.rubric import Bloc
from pipeline.rules.year import Rules

PLAN: dict[str, Any] = {
    "code": "KH-2023",
    "year": 2023,
    "title": "Kế hoạch thi đua năm 2023",
    "commune": "Xã Mẫu",
    "issuer": "UBND xã Mẫu",
    "superior": "UBND huyện Mẫu",
    "council": {"name": "Hội đồng Thi đua – Khen thưởng xã Mẫu", "members": 9},
    "contact": {"office": "Văn phòng – Thống kê xã Mẫu"},
    "decimals": 2,
    "suspicious_factor": 20,
    "rounds": [
        {"code": "dang-ky", "name": "Đăng ký thi đua", "kind": "dang-ky", "opens": "2023-02-15", "due": "2023-03-15"},
        {"code": "tong-ket", "name": "Tổng kết năm", "kind": "tong-ket", "opens": "2023-11-15", "due": "2023-12-10"},
    ],
    "movements": [
        {"code": "PT1", "name": "Cả nước chung sức xây dựng nông thôn mới"},
        {"code": "PT2", "name": "Vì người nghèo – Không để ai bị bỏ lại phía sau"},
    ],
    "recipients": [{"role": "Phòng Nội vụ huyện"}],
}

AWARDS: dict[str, Any] = {
    "awards": [
        {
            "code": "TTLDTT",
            "name": "Tập thể Lao động tiên tiến",
            "kind": "title",
            "for": "collective",
            "granted_by": "huyện",
            "source": "Luật TĐKT 2003",
        },
        {
            "code": "GK-CN",
            "name": "Giấy khen của Chủ tịch UBND xã",
            "kind": "commendation",
            "for": "individual",
            "granted_by": "xã",
            "source": "Luật TĐKT 2003",
        },
    ]
}

THON: dict[str, Any] = {
    "code": "thon",
    "name": "Khối các thôn",
    "units": [{"code": f"thon-{n}", "name": f"Thôn {n}"} for n in range(1, 6)],
    "rubric": {
        "total": 100,
        "bonus_cap": 5,
        "penalty_cap": 10,
        "groups": [
            {
                "code": "I",
                "name": "Phát triển kinh tế",
                "points": 60,
                "criteria": [
                    {
                        "code": "KT1",
                        "name": "Thu ngân sách so với dự toán",
                        "unit": "triệu đồng",
                        "points": 40,
                        "score": {"method": "ratio", "zero_target": "none", "floor": 50},
                    },
                    {
                        "code": "KT2",
                        "name": "Tỷ lệ hộ nghèo",
                        "unit": "%",
                        "points": 20,
                        "high": 100,
                        "score": {"method": "ratio", "direction": "down", "zero_target": "by_actual"},
                    },
                ],
            },
            {
                "code": "II",
                "name": "Văn hóa – xã hội",
                "points": 40,
                "criteria": [
                    {
                        "code": "VH1",
                        "name": "Tỷ lệ gia đình văn hóa",
                        "unit": "%",
                        "points": 10,
                        "target": 90,
                        "high": 100,
                        "score": {
                            "method": "bands",
                            "bands": [
                                {"to": 80, "points": 0},
                                {"from": 80, "to": 100, "points": 6},
                                {"from": 100, "points": 10},
                            ],
                        },
                    },
                    {
                        "code": "VH2",
                        "name": "Xếp loại chi bộ",
                        "points": 10,
                        "score": {
                            "method": "choice",
                            "levels": [
                                {"name": "Xuất sắc", "points": 10},
                                {"name": "Tốt", "points": 8},
                                {"name": "Hoàn thành", "points": 5},
                            ],
                        },
                    },
                    {
                        "code": "VH3",
                        "name": "Có công trình hoặc mô hình thi đua",
                        "points": 5,
                        "score": {"method": "yes_no"},
                    },
                    {
                        "code": "AN1",
                        "name": "Số vụ phạm pháp hình sự",
                        "unit": "vụ",
                        "points": 5,
                        "whole": True,
                        "score": {"method": "per_case", "each": 1, "start": "full"},
                    },
                    {
                        "code": "TD1",
                        "name": "Tổ chức phong trào thi đua",
                        "points": 10,
                        "evidence": True,
                        "score": {"method": "appraised"},
                    },
                ],
            },
            {
                "code": "T",
                "name": "Điểm thưởng",
                "kind": "bonus",
                "points": 5,
                "criteria": [
                    {
                        "code": "T1",
                        "name": "Bằng khen trong năm",
                        "unit": "bằng",
                        "points": 4,
                        "whole": True,
                        "score": {"method": "per_case", "each": 2},
                    },
                    {"code": "T2", "name": "Mô hình được nhân rộng", "points": 3, "score": {"method": "yes_no"}},
                ],
            },
            {
                "code": "P",
                "name": "Điểm trừ",
                "kind": "penalty",
                "points": 10,
                "criteria": [
                    {
                        "code": "P1",
                        "name": "Nộp phiếu muộn",
                        "unit": "ngày",
                        "points": 5,
                        "source": "days_late",
                        "score": {
                            "method": "bands",
                            "of": "actual",
                            "bands": [
                                {"to": 1, "points": 0},
                                {"from": 1, "to": 5, "points": 1},
                                {"from": 5, "to": 10, "points": 3},
                                {"from": 10, "points": 5},
                            ],
                        },
                    },
                    {
                        "code": "P2",
                        "name": "Kỷ luật",
                        "points": 5,
                        "score": {
                            "method": "choice",
                            "levels": [
                                {"name": "Không", "points": 0},
                                {"name": "Khiển trách", "points": 2},
                                {"name": "Cảnh cáo trở lên", "points": 5},
                            ],
                        },
                    },
                ],
            },
        ],
        "classification": [
            {"name": "Xuất sắc", "from": 90, "each_group": 50, "no_penalty": ["P2"], "quota": 40},
            {"name": "Tốt", "from": 80},
            {"name": "Khá", "from": 65},
            {"name": "Trung bình", "from": 0},
        ],
        "ties": [{"by": "criterion", "code": "KT1"}, {"by": "penalty"}, {"by": "received"}],
        "exclusions": [
            {"code": "KBC", "reason": "Không gửi báo cáo", "when": "no_report"},
            {
                "code": "KL",
                "reason": "Có người bị kỷ luật từ cảnh cáo trở lên",
                "when": "criterion",
                "criterion": "P2",
                "one_of": ["Cảnh cáo trở lên"],
            },
        ],
    },
}

TRUONG: dict[str, Any] = {
    "code": "truong-hoc",
    "name": "Khối trường học",
    "units": [{"code": "thcs", "name": "Trường THCS"}, {"code": "tieu-hoc", "name": "Trường Tiểu học"}],
    "rubric": {
        "total": 100,
        "groups": [
            {
                "code": "A",
                "name": "Chất lượng giáo dục",
                "points": 100,
                "criteria": [
                    {
                        "code": "GD1",
                        "name": "Tỷ lệ hoàn thành chương trình",
                        "unit": "%",
                        "points": 100,
                        "target": 98,
                        "high": 100,
                        "score": {"method": "ratio"},
                    }
                ],
            }
        ],
        "classification": [{"name": "Đạt", "from": 50}, {"name": "Không đạt", "from": 0}],
    },
}


def rules(*blocs: dict[str, Any], plan: dict[str, Any] | None = None) -> Rules:
    """The small year's rules; ``blocs`` replaces the two blocs, ``plan`` changes keys of the plan."""
    folder = Path("rules/2023")
    loaded = tuple(Bloc.model_validate(bloc) for bloc in (blocs or (THON, TRUONG)))
    files = {bloc.code: folder / "blocs" / f"{bloc.code}.yaml" for bloc in loaded}
    plan_and_awards = Plan.model_validate(PLAN | (plan or {})), Awards.model_validate(AWARDS)
    return Rules(folder, *plan_and_awards, loaded, (), bloc_files=files)


def write_year(folder: Path, change: Callable[[Any], Any] = lambda data: data) -> Path:
    """The small year as rule files, for a command; JSON is YAML too. ``change`` is applied to what each file says."""
    files = {"plan": PLAN, "awards": AWARDS, "blocs/thon": THON, "blocs/truong-hoc": TRUONG}
    for name, data in files.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(change(data), ensure_ascii=False, indent=1), encoding="utf-8")
    return folder
