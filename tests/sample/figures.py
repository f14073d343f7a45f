"""What units of each bloc may plausibly report: for every criterion the range from a weak unit to a strong one.

Magnitudes follow what communes publish (poverty of 2 to 4 % of households, 44 to 48 million đồng a head, health
insurance of nine tenths of the people, a handful of accidents). A new criterion in the rules needs a line here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A result between ``weak`` and ``strong``, in steps; a share of the target where units enter ``targets``.

    ``evidence``: the document that proves it; ``{n}`` is its number, ``{day}`` its day.
    """

    weak: float
    strong: float
    step: float = 1
    targets: tuple[float, ...] = ()
    evidence: str = ""


@dataclass(frozen=True)
class Points:
    """Points that the unit claims for itself."""

    weak: float
    strong: float
    evidence: str
    step: float = 0.5


@dataclass(frozen=True)
class Level:
    """A level of the list: the first for a strong unit, down to place ``lowest`` (from 0) for a weak one."""

    lowest: int
    evidence: str = ""


@dataclass(frozen=True)
class Rarely:
    """A yes that few units can give; the others leave the cell blank."""

    evidence: str


Figure = Number | Points | Level | Rarely

REPORT = "Báo cáo số {n}/BC ngày {day}"
DECISION = "Quyết định số {n}/QĐ-UBND ngày {day}"
MINUTES = "Biên bản số {n}/BB ngày {day}"
LIST = "Danh sách kèm Báo cáo số {n}/BC ngày {day}"

EVERYWHERE: dict[str, Figure] = {
    "MH1": Number(0.7, 2.9, evidence="Biên bản nghiệm thu, bàn giao số {n}/BB ngày {day}"),
    "MH2": Points(2, 4, "Báo cáo đánh giá mô hình số {n}/BC ngày {day}"),
    "MH3": Number(3, 8),
    "TD1": Level(1),
    "TD2": Level(2),
    "TD3": Number(0, 3, evidence="Danh sách gương người tốt, việc tốt ngày {day}"),
    "TD4": Number(72, 99),
    "T1": Number(0, 3, evidence=DECISION),
    "T2": Rarely("Công văn số {n}/UBND-NV ngày {day} của UBND huyện (số liệu mẫu)"),
    "P2": Level(0),
}
"""What the rubrics of all blocs ask alike."""

THON: dict[str, Figure] = {
    "KT1": Number(0.80, 1.06, 0.1, (44, 45, 46, 47, 48), REPORT),
    "KT2": Number(0.55, 1.06, 0.1, (38, 42, 45, 52, 60), "Bảng kê nộp quỹ, thuế đến ngày {day}"),
    "KT3": Number(1.70, 0.85, 0.01, (2.5, 2.8, 3.0, 3.2, 3.5), "Danh sách hộ nghèo kèm " + DECISION),
    "KT4": Number(0.55, 1.15, 1, (80, 100, 120, 150, 180), MINUTES),
    "VH1": Number(0.82, 1.03, 0.1, (90, 92, 94, 95)),
    "VH2": Level(0, DECISION),
    "VH3": Number(78, 97, 0.1),
    "VH4": Number(3, 0),
    "VH5": Number(88, 99.8, 0.1),
    "VH6": Number(82, 98, 0.1),
    "AN1": Number(4, 0),
    "AN2": Number(2.2, 0.4, 1, (1, 2, 3)),
    "AN3": Number(0.6, 1.05, 1, (2, 3, 4)),
    "AN4": Level(2, "Thông báo phân loại số {n}/TB-CAX ngày {day}"),
    "AN5": Number(60, 100),
    "CC1": Number(48, 88, 0.1),
    "CC2": Level(1),
    "CC3": Points(1.5, 3, "Biên bản họp thôn số {n}/BB ngày {day}; niêm yết tại nhà văn hóa thôn"),
    "CC4": Number(3, 0),
}

DOAN_THE: dict[str, Figure] = {
    "TC1": Number(0.55, 1.15, 1, (8, 10, 12, 15, 20), LIST),
    "TC2": Number(0.70, 1.06, 0.1, (75, 80, 85)),
    "TC3": Level(2, "Thông báo xếp loại số {n}/TB ngày {day}"),
    "TC4": Number(0.60, 1.05, 1, (24, 36, 48)),
    "KT1": Number(0.60, 1.10, 1, (15, 20, 25, 30)),
    "KT2": Number(2, 6.4, 1, evidence="Danh sách hộ được giúp đỡ ngày {day}"),
    "KT3": Number(0.55, 1.15, 0.5, (25, 30, 40, 50), "Sổ thu, chi quỹ; " + REPORT),
    "KT4": Number(0.60, 1.10, 1, (120, 150, 200, 250)),
    "KT5": Number(1.60, 0.85, 0.1, (1.0, 1.5, 2.0)),
    "VH1": Number(0.60, 1.10, 1, (8, 10, 12)),
    "VH2": Number(0.84, 1.04, 0.1, (90, 92, 95)),
    "VH3": Number(80, 98, 0.1),
    "VH4": Points(1.5, 3, "Kế hoạch số {n}/KH ngày {day}; sổ đăng ký làm theo"),
    "AN1": Number(3, 0),
    "AN2": Number(0.6, 2.4),
    "AN3": Level(0, "Chương trình phối hợp số {n}/CTr ngày {day}"),
    "CC1": Number(50, 92, 0.1),
    "CC2": Level(1),
    "TK1": Level(1),
}

CHUYEN_MON: dict[str, Figure] = {
    "NV1": Number(0.72, 1.0, 1, (24, 28, 32, 36, 40), REPORT),
    "NV2": Number(0.60, 1.15, 1, (4, 5, 6, 8), REPORT),
    "NV3": Number(84, 100, 0.1),
    "NV4": Number(3, 0),
    "CC1": Number(92, 100, 0.1),
    "CC2": Number(0.50, 1.10, 0.1, (50, 55, 60)),
    "CC3": Number(72, 100, 0.1),
    "CC4": Number(74, 98, 0.1, evidence="Tổng hợp phiếu khảo sát ngày {day}"),
    "CC5": Points(2, 4, REPORT),
    "KC1": Number(4, 0),
    "KC2": Level(2, "Thông báo kết quả đánh giá số {n}/TB-UBND ngày {day}"),
    "KC3": Level(0),
    "KC4": Points(1.5, 3, MINUTES),
    "TK1": Number(5.5, 11, 0.1),
    "AN1": Number(0, 0),
    "AS1": Number(0.65, 1.15, 0.1, (2, 2.5, 3, 4)),
    "VH1": Number(80, 100, 1),
    "T1": Number(0, 2, evidence="Quyết định công nhận sáng kiến số {n}/QĐ-UBND ngày {day}"),
    "T2": Number(0, 2, evidence=DECISION),
    "T3": Rarely("Công văn số {n}/UBND-NV ngày {day} của UBND huyện (số liệu mẫu)"),
    "P3": Number(1.4, 0),
}

TRUONG_HOC: dict[str, Figure] = {
    "GD1": Number(0.96, 1.02, 0.1, (97, 98, 98.5), "Báo cáo tổng kết năm học số {n}/BC ngày {day}"),
    "GD2": Number(4, 0),
    "GD3": Number(0.88, 1.02, 0.1, (95, 97, 98)),
    "GD4": Number(2, 9, evidence="Danh sách giải kèm " + DECISION),
    "GD5": Level(0),
    "GD6": Number(1.50, 0.85, 0.1, (3, 4, 5)),
    "DN1": Number(84, 100, 0.1),
    "DN2": Number(82, 99, 0.1),
    "DN3": Number(0.55, 1.15, 1, (4, 5, 6), "Danh sách sáng kiến kèm " + DECISION),
    "DN4": Level(2, "Thông báo xếp loại số {n}/TB ngày {day}"),
    "CS1": Level(2, "Quyết định công nhận trường đạt chuẩn số {n}/QĐ ngày {day}"),
    "CS2": Number(91, 100, 0.1),
    "CS3": Number(0.8, 0),
    "AN1": Number(5, 0),
    "AN2": Number(1.4, 0),
    "AN3": Level(0, "Quyết định công nhận số {n}/QĐ-CAX ngày {day}"),
    "CC1": Number(0.55, 1.10, 0.1, (75, 80, 85)),
    "CC2": Level(1),
    "TK1": Points(2, 3, "Biên bản công khai tài chính số {n}/BB ngày {day}"),
}

FIGURES: dict[str, dict[str, Figure]] = {
    "thon": EVERYWHERE | THON,
    "doan-the": EVERYWHERE | DOAN_THE,
    "chuyen-mon": EVERYWHERE | CHUYEN_MON,
    "truong-hoc": EVERYWHERE | TRUONG_HOC,
}
