"""What arrives in the sample inbox: every file, whose form it is, when it came, and what is odd about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tests.sample.entries import Changes, Row

FOLDER_OF_LATER_FILES = "bổ sung"


@dataclass(frozen=True)
class Arrival:
    """A file with a unit's form. ``strength``: 0 weak to 1 strong. ``saved_as``: LibreOffice saved it so."""

    file: str
    unit: str
    received: dt.datetime
    strength: float
    changes: Changes = field(default_factory=dict)
    saved_as: str = ""


def _december(day: int, hour: int, minute: int) -> dt.datetime:
    return dt.datetime(2023, 12, day, hour, minute)


# --- forms with something to tell -----------------------------------------------------------------------

TYPED_AS_PEOPLE_TYPE: Changes = {
    "KT4": {"target": 1200, "actual": "1.250 triệu"},
    "VH1": {"target": 94, "actual": "95,5 %"},
    "AN5": {"actual": "17/19"},
}
"""1,250, 95.5 and 89.47 % of the cases: readable, but 1.250 could also be one and a quarter."""

FIVE_MISTAKES: Changes = {
    "TC1": {"target": 20, "actual": "hai mươi hai"},
    "KT4": {"target": 6500, "actual": "7.100"},
    "VH1": {"actual": None},
    "VH4": {"claimed": 4},
    "CC2": {"actual": "Tham gia tích cực"},
}
"""Text for a number; a dot that may part thousands or decimals; nothing; 4 points of 3; a level that is none."""

BEFORE_COUNTING_NOVEMBER: Changes = {"KT2": {"target": 45, "actual": 31.5}, "MH1": {"actual": 1}, "TD3": {"actual": 0}}
AFTER_COUNTING_NOVEMBER: Changes = {"KT2": {"target": 45, "actual": 44.1}, "MH1": {"actual": 2}, "TD3": {"actual": 2}}

_CLAIMED = ("CC5", "KC4", "MH2")


def _exactly(results: dict[str, object]) -> Changes:
    """Criterion -> (target, result), a result, or the points claimed."""
    rows: Changes = {}
    for code, entered in results.items():
        row: Row = {"claimed" if code in _CLAIMED else "actual": entered}
        rows[code] = {"target": entered[0], "actual": entered[1]} if isinstance(entered, tuple) else row
    return rows


TIED_WITH_LESS_REMINDERS: Changes = _exactly(
    {
        # I: 9 + 8 + 4 + 4 = 25, for two documents were wrong
        **{"NV1": (30, 27), "NV2": (5, 5), "NV3": 97.2, "NV4": 2},
        # II: 6 + 4 + 4 + 4 + 3 = 21
        **{"CC1": 99.1, "CC2": (60, 60), "CC3": 95.5, "CC4": 93, "CC5": 3},
        # III: 5 + 3 + 2 + 2.5 + 4 = 16.5
        **{"KC1": 0, "KC2": "Hoàn thành tốt nhiệm vụ", "KC3": "Có", "KC4": 2.5, "TK1": 10},
        # IV: 4 + 3 + 3 = 10
        **{"AN1": 0, "AS1": (4, 4), "VH1": 100},
        # V: 3 + 3 + 2 = 8
        **{"MH1": 1, "MH2": 3, "MH3": 6},
        # VI: 3 + 2 + 2 + 2 = 9
        **{"TD1": "Đầy đủ, đúng hạn", "TD2": "Đầy đủ, có báo cáo chậm", "TD3": 3, "TD4": 97},
        # bonus 1; 90.5 in all
        **{"T1": 0, "T2": 1, "T3": None, "P3": 0},
    }
)
TIED_WITH_BETTER_DOCUMENTS: Changes = _exactly(
    {
        # I: 9 + 8 + 4 + 6 = 27
        **{"NV1": (40, 36), "NV2": (6, 6), "NV3": 96.5, "NV4": 0},
        # II: 6 + 4 + 4 + 4 + 3 = 21
        **{"CC1": 98.6, "CC2": (55, 61.5), "CC3": 97, "CC4": 92.4, "CC5": 3},
        # III: 3 + 3 + 2 + 2.5 + 4 = 14.5, for two reminders
        **{"KC1": 2, "KC2": "Hoàn thành tốt nhiệm vụ", "KC3": "Có", "KC4": 2.5, "TK1": 10.4},
        # IV: 4 + 3 + 3 = 10
        **{"AN1": 0, "AS1": (2.5, 3), "VH1": 100},
        # V: 3 + 3 + 2 = 8
        **{"MH1": 1, "MH2": 3, "MH3": 5},
        # VI: 3 + 2 + 2 + 2 = 9
        **{"TD1": "Đầy đủ, đúng hạn", "TD2": "Đầy đủ, có báo cáo chậm", "TD3": 2, "TD4": 95},
        # bonus 1; 90.5 in all
        **{"T1": 0, "T2": 1, "T3": None, "P3": 0},
    }
)

# --- all of them ----------------------------------------------------------------------------------------

ARRIVALS: tuple[Arrival, ...] = (
    Arrival("Thôn 1 - phiếu tổng kết.xlsx", "thon-1", _december(8, 9, 15), 0.84, TYPED_AS_PEOPLE_TYPE),
    Arrival("thon2.xlsx", "thon-2", _december(7, 15, 40), 0.62, {"P2": {"actual": "Khiển trách"}}),
    Arrival("Thon 3.xlsx", "thon-3", _december(4, 8, 5), 0.66, BEFORE_COUNTING_NOVEMBER),
    Arrival(
        f"{FOLDER_OF_LATER_FILES}/Thôn 3 (gửi lại).xlsx",
        "thon-3",
        _december(9, 10, 30),
        0.66,
        AFTER_COUNTING_NOVEMBER,
    ),
    Arrival(f"{FOLDER_OF_LATER_FILES}/THON 4.xlsx", "thon-4", _december(15, 8, 20), 0.46),
    Arrival("Phieu tong ket - Thôn 5.xlsx", "thon-5", _december(10, 16, 55), 0.28, saved_as="xlsx"),
    Arrival("thôn 6 năm 2023.xlsx", "thon-6", _december(8, 14, 0), 0.8, {"P2": {"actual": "Cảnh cáo trở lên"}}),
    Arrival("MTTQ xã.xlsx", "mttq", _december(6, 9, 0), 0.8, {"KT3": {"target": 50, "actual": "52,5 triệu đồng"}}),
    Arrival("hoi phu nu.xlsx", "hoi-phu-nu", _december(5, 10, 20), 0.7, {"TC4": {"target": 36, "actual": "36 buổi"}}),
    Arrival("Hội Nông dân.xlsx", "hoi-nong-dan", _december(8, 16, 10), 0.7, FIVE_MISTAKES),
    Arrival("Hội CCB.xls", "hoi-ccb", _december(7, 8, 30), 0.48, {"TC1": {"evidence": None}}, saved_as="xls"),
    Arrival(
        "doan_TN_tong_ket_2023.xlsx",
        "doan-thanh-nien",
        _december(10, 16, 40),
        0.6,
        {"KT3": {"target": 40, "actual": 42500}},
    ),
    Arrival("cong doan.xlsx", "cong-doan", _december(4, 14, 25), 0.35),
    Arrival(
        f"{FOLDER_OF_LATER_FILES}/cong doan moi.xlsx", "cong-doan", _december(9, 15, 5), 0.4, {"MH2": {"claimed": 5}}
    ),
    Arrival("Chữ thập đỏ.xlsx", "hoi-chu-thap-do", _december(8, 7, 50), 0.1, saved_as="xlsx"),
    Arrival("van-phong-thong-ke.xlsx", "van-phong-thong-ke", _december(1, 16, 0), 0.5),
    Arrival("Tài chính - Kế toán.xlsx", "tai-chinh-ke-toan", _december(6, 11, 15), 0.55),
    Arrival("dia chinh xay dung (1).xlsx", "dia-chinh-xay-dung", _december(10, 9, 45), 0.15),
    Arrival("VHXH.xlsx", "van-hoa-xa-hoi", _december(8, 10, 0), 0.8, TIED_WITH_BETTER_DOCUMENTS),
    Arrival(
        "Tư pháp hộ tịch.xlsx", "tu-phap-ho-tich", _december(5, 8, 10), 0.8, TIED_WITH_LESS_REMINDERS, saved_as="xlsx"
    ),
    Arrival("CAX_phieu_2023.xlsx", "cong-an", _december(7, 9, 30), 0.8),
    Arrival("Ban CHQS.xlsx", "quan-su", _december(9, 8, 40), 0.45, {"NV3": {"actual": "95,5%"}}),
    Arrival("Trạm Y tế.ods", "tram-y-te", _december(8, 15, 20), 0.4, saved_as="ods"),
    Arrival("mam non.xlsx", "truong-mam-non", _december(6, 13, 45), 0.5, saved_as="xlsx"),
    Arrival(
        "Truong Tieu hoc.xlsx", "truong-tieu-hoc", _december(7, 10, 5), 0.84, {"GD3": {"target": 98, "actual": 0.985}}
    ),
    Arrival("THCS (2).xlsx", "truong-thcs", _december(10, 8, 0), 0.72),
)
"""``hoi-nguoi-cao-tuoi`` has sent nothing. Due was 10 December at 17:00."""

PHOTO = f"{FOLDER_OF_LATER_FILES}/Ảnh hội nghị tổng kết.png"
LOCK_FILE = "~$Hội Nông dân.xlsx"
