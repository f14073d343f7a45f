"""The committed sample inbox holds what the README promises a newcomer. After a change of rules: ``make sample``."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.intake.file_types import kind_of
from pipeline.rules.round_context import RoundContext
from pipeline.rules.year import load_rules
from pipeline.run import Assessment, assess
from tests.sample.__main__ import INBOX, RULES, main
from tests.sample.arrivals import ARRIVALS, Arrival
from tests.sample.entries import entries

RESULTS_SHEET = "Tự chấm"
NOT_COUNTING = ("Thon 3.xlsx", "bổ sung/cong doan moi.xlsx", "Hội Nông dân.xlsx")
COUNTING = [arrival for arrival in ARRIVALS if arrival.file not in NOT_COUNTING]


@cache
def _sample() -> Assessment:
    """What a run finds in the sample, on a day long after it came and with no ledger."""
    rules = load_rules(RULES)
    of = rules.plan.round("tong-ket")
    assert of
    return assess(
        RoundContext(rules, of), INBOX, INBOX / "no-ledger.sqlite", dt.datetime(2030, 1, 1, tzinfo=rules.plan.zone)
    )


def test_every_file_is_in_the_register() -> None:
    register = _sample().outcome.register
    assert dict(zip(register["file"], register["status"], strict=True)) == {
        "Ban CHQS.xlsx": "accepted",
        "CAX_phieu_2023.xlsx": "accepted",
        "Chữ thập đỏ.xlsx": "accepted",
        "Hội CCB.xls": "accepted_with_warnings",
        "Hội Nông dân.xlsx": "returned",
        "MTTQ xã.xlsx": "accepted",
        "Phieu tong ket - Thôn 5.xlsx": "accepted",
        "THCS (2).xlsx": "accepted",
        "Thon 3.xlsx": "superseded",
        "Thôn 1 - phiếu tổng kết.xlsx": "accepted_with_warnings",
        "Truong Tieu hoc.xlsx": "accepted_with_warnings",
        "Trạm Y tế.ods": "accepted",
        "Tài chính - Kế toán.xlsx": "accepted",
        "Tư pháp hộ tịch.xlsx": "accepted",
        "VHXH.xlsx": "accepted",
        "bổ sung/THON 4.xlsx": "accepted",
        "bổ sung/Thôn 3 (gửi lại).xlsx": "accepted",
        "bổ sung/cong doan moi.xlsx": "returned",
        "bổ sung/Ảnh hội nghị tổng kết.png": "not_a_form",
        "cong doan.xlsx": "accepted",
        "dia chinh xay dung (1).xlsx": "accepted",
        "doan_TN_tong_ket_2023.xlsx": "accepted_with_warnings",
        "hoi phu nu.xlsx": "accepted",
        "mam non.xlsx": "accepted",
        "hoi-dong/so-tiep-nhan.xlsx": "receipt_book",
        "thon2.xlsx": "accepted",
        "thôn 6 năm 2023.xlsx": "accepted_with_warnings",
        "van-phong-thong-ke.xlsx": "accepted",
        "~$Hội Nông dân.xlsx": "ignored",
    }


def test_one_form_has_five_different_mistakes() -> None:
    assert _findings_of("Hội Nông dân.xlsx") == [
        (RESULTS_SHEET, "F8", "TC1", "not-a-number"),
        (RESULTS_SHEET, "F16", "KT4", "number-ambiguous"),
        (RESULTS_SHEET, "F19", "VH1", "blank-required"),
        (RESULTS_SHEET, "F29", "CC2", "not-in-list"),
        (RESULTS_SHEET, "H22", "VH4", "over-points"),
    ]


def test_values_as_people_type_them_do_not_send_a_form_back() -> None:
    assert {arrival.file: found for arrival in COUNTING if (found := _findings_of(arrival.file))} == {
        "Ban CHQS.xlsx": [(RESULTS_SHEET, "F10", "NV3", "number-noted")],
        "Hội CCB.xls": [(RESULTS_SHEET, "I8", "TC1", "no-evidence")],
        "MTTQ xã.xlsx": [(RESULTS_SHEET, "F15", "KT3", "number-noted")],
        "Thôn 1 - phiếu tổng kết.xlsx": [
            (RESULTS_SHEET, "F11", "KT4", "number-ambiguous"),
            (RESULTS_SHEET, "F13", "VH1", "number-noted"),
            (RESULTS_SHEET, "F24", "AN5", "number-noted"),
        ],
        "Truong Tieu hoc.xlsx": [(RESULTS_SHEET, "F10", "GD3", "maybe-share")],
        "doan_TN_tong_ket_2023.xlsx": [(RESULTS_SHEET, "F15", "KT3", "far-from-target")],
        "hoi phu nu.xlsx": [(RESULTS_SHEET, "F11", "TC4", "number-noted")],
        "thôn 6 năm 2023.xlsx": [("Khen thưởng tập thể", "C7", "", "title-though-excluded")],
    }


def _findings_of(file: str) -> list[tuple[str, str, str, str]]:
    findings = _sample().outcome.findings
    rows = findings.loc[findings["file"] == file, ["sheet", "cell", "criterion", "code"]]
    return sorted(rows.itertuples(index=False, name=None), key=lambda row: (row[1][0], int(row[1][1:])))


def test_one_unit_is_missing_two_must_correct_and_one_is_late() -> None:
    roster = _sample().outcome.roster
    assert roster.loc[roster["state"] == "not_sent", "unit"].tolist() == ["hoi-nguoi-cao-tuoi"]
    returned = roster.loc[roster["returned_file"] != "", ["unit", "state", "returned_file", "file"]]
    assert sorted(returned.itertuples(index=False, name=None)) == [
        ("cong-doan", "sent", "bổ sung/cong doan moi.xlsx", "cong doan.xlsx"),
        ("hoi-nong-dan", "to_correct", "Hội Nông dân.xlsx", ""),
    ]
    late = roster.loc[roster["days_late"] > 0, ["unit", "days_late"]]
    assert list(late.itertuples(index=False, name=None)) == [("thon-4", 5)]  # 15 December, due on the 10th


def test_the_receipt_book_names_every_form() -> None:
    register = _sample().outcome.register
    named = register[register["received_from"] == "receipt_book"]
    assert set(named["file"]) == {arrival.file for arrival in ARRIVALS}
    assert _sample().hint == ""


def test_the_standings_show_a_tie_an_exclusion_and_points_off_for_lateness() -> None:
    outcome = _sample().outcome
    standings = outcome.standings.set_index("unit")
    places = ["rank", "total", "classification"]
    # Equal totals and no penalties, so group I decides, and with the rank who is among the 25 % of the best class.
    assert standings.loc["van-hoa-xa-hoi", places].tolist() == [2, 90.5, "Xuất sắc"]
    assert standings.loc["tu-phap-ho-tich", places].tolist() == [3, 90.5, "Tốt"]
    groups = outcome.groups[outcome.groups["group"] == "I"].set_index("unit")["points"]
    assert (groups["van-hoa-xa-hoi"], groups["tu-phap-ho-tich"]) == (27, 25)
    without_rank = standings[standings["rank"].isna()].index
    assert sorted(without_rank) == ["hoi-nguoi-cao-tuoi", "hoi-nong-dan", "thon-6"]
    assert standings.at["thon-6", "exclusion"] == "Có cán bộ bị kỷ luật từ cảnh cáo trở lên"
    points = outcome.scores.set_index(["unit", "criterion"])["points"]
    assert points["thon-4", "P1"] == -1


def test_totals_spread_as_real_ones_do() -> None:
    totals = _sample().outcome.standings["total"].dropna()
    assert totals.between(60, 100).all()
    assert totals.min() < 65
    assert totals.max() > 95


@pytest.mark.parametrize("arrival", COUNTING, ids=lambda arrival: arrival.unit)
def test_forms_hold_what_their_units_entered(arrival: Arrival) -> None:
    """Also those that another program has saved in another format; all but what was typed as text."""
    outcome = _sample().outcome
    read = outcome.results[outcome.results["unit"] == arrival.unit].set_index("criterion")
    entered = entries(outcome.rules, arrival.unit, arrival.strength, arrival.changes)
    odd = {criterion for _sheet, _cell, criterion, _code in _findings_of(arrival.file)}
    for row in entered["results"]:
        if row["criterion"] not in odd:
            assert _as_entered(read.loc[row["criterion"]], row) == row
    for table in ("models", "movements", "collective_awards", "individual_awards"):
        frame = getattr(outcome, table)
        rows = frame[frame["unit"] == arrival.unit].to_dict("records")
        found = [{key: each[key] for key in row} for each, row in zip(rows, entered[table], strict=True)]
        assert found == entered[table]


def _as_entered(read: Any, row: dict[str, Any]) -> dict[str, Any]:
    """The fields of ``row``, as they were read."""
    level = isinstance(row.get("actual"), str)
    fields = {key: read["choice" if level and key == "actual" else key] for key in row if key != "criterion"}
    return {"criterion": row["criterion"]} | {key: None if value != value else value for key, value in fields.items()}


@pytest.mark.parametrize("arrival", [each for each in ARRIVALS if each.saved_as], ids=lambda arrival: arrival.file)
def test_some_forms_were_saved_by_libreoffice(arrival: Arrival) -> None:
    content = (INBOX / arrival.file).read_bytes()
    assert kind_of(content) == arrival.saved_as == Path(arrival.file).suffix[1:]
    if arrival.saved_as == "xls":  # says nowhere who wrote it, and we write none
        return
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        properties = package.read("docProps/app.xml" if arrival.saved_as == "xlsx" else "meta.xml")
    assert b"LibreOffice" in properties


def test_the_sample_is_never_put_among_real_forms(tmp_path: Path) -> None:
    (tmp_path / "thon-1.xlsx").write_bytes(b"a real form")
    with pytest.raises(SystemExit, match=r"thon-1\.xlsx"):
        main(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thon-1.xlsx"]
