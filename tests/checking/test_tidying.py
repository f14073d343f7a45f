"""Rows and cells of all forms become typed frames; what is lost, strange or doubtful is told at its cell."""

from __future__ import annotations

import copy
import datetime as dt
import math
from typing import Any

from pipeline.findings.finding import Severity
from pipeline.forms.raw_form import Copy
from tests import returned
from tests.returned import REGISTRATION, SHEETS, at, cell, checked, finding_places, findings, line, sent, submission

RESULTS = SHEETS["results"]


def without_row(code: str, table: str = "results") -> Any:
    """A form from which the row of that code was deleted."""
    form = sent()
    found = form.form.tables[table]
    found.rows = [(number, values) for number, values in found.rows if values[0] != code]
    return form


def without_column(field: str, table: str = "results") -> Any:
    """A form from which a column was deleted."""
    form = sent()
    found = form.form.tables[table]
    place = list(found.columns).index(field)
    found.rows = [(number, values[:place] + values[place + 1 :]) for number, values in found.rows]
    del found.columns[field]
    return form


# --- frames -------------------------------------------------------------------------------------------


def test_a_well_filled_form_becomes_typed_rows_with_the_cells_they_came_from() -> None:
    tidy, found = checked(sent())
    assert found == []
    results = tidy.frames["results"].set_index("criterion")
    assert results["target"].dropna().to_dict() == {"KT1": 300.0, "KT2": 5.0, "VH1": 90.0}
    assert results["actual"].dropna().to_dict() == {"KT1": 310.0, "KT2": 4.5, "VH1": 92.0, "AN1": 0.0}
    assert results["choice"].loc[lambda each: each != ""].to_dict() == {"VH2": "Tốt", "VH3": "Có"}
    assert results["claimed"].dropna().to_dict() == {"TD1": 9.0}
    assert tidy.places.cell("results", "thon-1.xlsx", results.at["AN1", "row"], "actual") == cell(
        ("results", "AN1", "actual")
    )
    unit = tidy.frames["unit"].set_index("item")["value"]
    assert (unit["signed_on"], unit["filled_by"]) == ("2023-12-05", "Nguyễn Văn Mẫu")
    assert tidy.frames["models"][["kind", "name", "cost", "result"]].values.tolist() == [
        ["Mô hình", "Tuyến đường hoa", 25.0, ""]
    ]
    assert tidy.frames["movements"][["movement", "participants"]].values.tolist() == [["PT1", 120.0]]
    assert len(tidy.frames["collective_awards"]) == 0
    assert len(tidy.frames["individual_awards"]) == 1


def test_forms_of_all_blocs_lie_in_one_frame_in_the_order_of_their_rubrics() -> None:
    backwards = sent(unit="thon-2")
    backwards.form.tables["results"].rows.reverse()
    results = checked(sent(), backwards)[0].frames["results"]
    order = ["KT1", "KT2", "VH1", "VH2", "VH3", "AN1", "TD1", "T1", "T2", "P1", "P2"]
    assert list(zip(results["unit"], results["criterion"], strict=True)) == [
        (unit, criterion) for unit in ("thon-1", "thon-2") for criterion in order
    ]


def test_no_forms_make_empty_frames_and_no_findings() -> None:
    tidy, found = checked()
    assert found == []
    assert {code: len(frame) for code, frame in tidy.frames.items()} == dict.fromkeys(SHEETS, 0)


def test_texts_are_composed_and_single_spaced_and_choices_in_our_spelling() -> None:
    form = sent(
        {
            ("results", "VH2", "actual"): " tô\u0301t\u00a0",
            ("results", "TD1", "evidence"): "Kế  hoạch\n01",
            ("models", 1, "kind"): "CÔNG TRÌNH",
        }
    )
    tidy, found = checked(form)
    results = tidy.frames["results"].set_index("criterion")
    assert found == []
    assert (results.at["VH2", "choice"], results.at["TD1", "evidence"]) == ("Tốt", "Kế hoạch 01")
    assert tidy.frames["models"]["kind"].tolist() == ["Công trình"]


def test_a_registration_asks_for_targets_alone() -> None:
    tidy, found = checked(sent(of=REGISTRATION), of=REGISTRATION)
    assert found == []
    assert tidy.frames["results"]["target"].dropna().tolist() == [300.0, 5.0, 90.0]
    assert tidy.frames["results"]["actual"].dropna().tolist() == []
    blank = sent({("results", "KT1", "target"): ""}, of=REGISTRATION)
    place = ("results", "KT1", "target")
    assert finding_places(blank, of=REGISTRATION) == [at(place, "blank-required", REGISTRATION)]


# --- sheets, columns and rows -------------------------------------------------------------------------


def test_a_missing_sheet_is_told_once_and_by_name() -> None:
    form = sent()
    for code in ("unit", "models", "movements"):
        del form.form.tables[code]
    found = findings(form)
    assert [(each.code.value, each.sheet, each.facts["sheet"]) for each in found] == [
        ("missing-sheet", "", SHEETS["unit"]),
        ("missing-sheet", "", SHEETS["models"]),
        ("missing-sheet", "", SHEETS["movements"]),
    ]


def test_a_copy_of_a_sheet_is_told_with_the_sheet_that_was_read() -> None:
    form = sent()
    form.form.copies.append(Copy("Tự chấm (2)", "results"))
    assert finding_places(form) == [("Tự chấm (2)", "", "repeated-sheet")]
    assert findings(form)[0].facts == {"other": RESULTS}


def test_a_missing_column_is_told_once_and_not_as_a_blank_in_every_row() -> None:
    for field, name in (("actual", "Kết quả thực hiện"), ("claimed", "Điểm tự chấm"), ("evidence", "Minh chứng")):
        (found,) = findings(without_column(field))
        assert (found.code.value, found.sheet, found.cell, found.facts) == (
            "missing-column",
            RESULTS,
            "",
            {"column": name},
        )
    assert finding_places(without_column("content", "models")) == [(SHEETS["models"], "", "missing-column")]
    assert finding_places(without_column("value", "unit")) == [(SHEETS["unit"], "", "missing-column")]


def test_without_the_column_of_codes_nothing_is_said_of_single_rows() -> None:
    assert finding_places(without_column("criterion")) == [(RESULTS, "", "missing-column")]
    assert finding_places(without_column("item", "unit")) == [(SHEETS["unit"], "", "missing-column")]


def test_columns_that_are_ours_are_not_missed() -> None:
    assert finding_places(without_column("computed")) == []
    assert finding_places(without_column("max_points")) == []


def test_a_missing_row_is_an_error_where_it_had_to_be_filled() -> None:
    found = [
        (each.code.value, each.sheet, each.cell, each.criterion, each.facts["name"], each.weight())
        for code in ("KT1", "T2", "P1")
        for each in findings(without_row(code))
    ]
    assert found == [
        ("missing-row", RESULTS, "", "KT1", "KT1 – Thu ngân sách so với dự toán", Severity.ERROR),
        ("missing-row", RESULTS, "", "T2", "T2 – Mô hình được nhân rộng", Severity.WARNING),
        # P1 is entered by the system: nothing is lost with its row
    ]
    assert finding_places(without_row("phone", "unit")) == []
    assert finding_places(without_row("signer", "unit")) == [(SHEETS["unit"], "", "missing-row")]
    assert [each.weight() for each in findings(without_row("PT2", "movements"))] == [Severity.WARNING]


def again(form: Any, code: str, **changes: Any) -> None:
    """Add a row below with the same code, and with these entries instead."""
    table = form.form.tables["results"]
    values = next(values for _number, values in table.rows if values[0] == code)
    by_field = dict(zip(table.columns, values, strict=True)) | changes
    table.rows.append((40 + len(table.rows), tuple(by_field.values())))


def test_of_rows_with_one_code_and_other_entries_each_is_told_and_none_is_read() -> None:
    form = sent()
    first = next(number for number, values in form.form.tables["results"].rows if values[0] == "AN1")
    again(form, "AN1", actual=7.0)
    again(form, "AN1")
    second, third = (number for number, _values in form.form.tables["results"].rows[-2:])
    tidy, found = checked(form)
    assert [(each.code.value, each.cell, each.criterion, each.facts) for each in found] == [
        ("repeated-row", f"A{first}", "AN1", {"other": f"{second}, {third}"}),
        ("repeated-row", f"A{second}", "AN1", {"other": f"{first}, {third}"}),
        ("repeated-row", f"A{third}", "AN1", {"other": f"{first}, {second}"}),
    ]
    assert math.isnan(tidy.frames["results"].set_index("criterion").at["AN1", "actual"])


def test_rows_with_one_code_that_say_the_same_are_one_and_a_filled_one_stands_for_blank_ones() -> None:
    first = next(number for number, values in sent().form.tables["results"].rows if values[0] == "AN1")
    twice, blank_below, blank_above = sent(), sent(), sent({("results", "AN1", "actual"): ""})
    again(twice, "AN1")
    again(blank_below, "AN1", actual="", evidence="", note="")
    again(blank_above, "AN1", actual=3.0)
    added = twice.form.tables["results"].rows[-1][0]
    for form, at_row, read, actual in (
        (twice, added, first, 0),
        (blank_below, added, first, 0),
        (blank_above, first, added, 3),
    ):
        tidy, found = checked(form)
        assert [(each.code.value, each.cell, each.facts) for each in found] == [
            ("copied-row", f"A{at_row}", {"other": str(read)})
        ]
        assert tidy.frames["results"].set_index("criterion").at["AN1", "actual"] == actual


def test_a_changed_code_is_an_unknown_row_and_a_missing_one() -> None:
    place = ("results", "AN1", "criterion")
    assert finding_places(sent({place: "AN 1"})) == [(RESULTS, "", "missing-row"), at(place, "unknown-row")]


def test_entries_beside_no_code_are_told_and_the_titles_of_groups_are_not() -> None:
    form = sent()
    table = form.form.tables["results"]
    table.rows.append((40, line(table, evidence="Báo cáo số 9")))
    assert finding_places(form) == [(RESULTS, "A40", "row-without-code")]


# --- values -------------------------------------------------------------------------------------------

DOUBTS: dict[tuple[str, str | int, str], tuple[Any, str, float]] = {
    # place                          as typed            finding              read as (nan: not)
    ("results", "KT1", "target"): ("7.100", "number-ambiguous", 7100.0),
    ("results", "KT1", "actual"): ("7,2 tỷ đồng", "number-noted", 7200.0),
    ("results", "KT2", "target"): ("5 hộ", "other-measure", 5.0),
    ("results", "KT2", "actual"): ("4,5 triệu đồng", "wrong-measure", math.nan),
    ("results", "VH1", "actual"): (0.92, "maybe-share", 0.92),
    ("results", "AN1", "actual"): ("không", "none-as-zero", 0.0),
    ("results", "TD1", "claimed"): ("chín", "not-a-number", math.nan),
    ("results", "T1", "actual"): (dt.date(2023, 12, 5), "date-for-number", math.nan),
    ("models", 1, "cost"): ("25 triệu", "number-noted", 25.0),
    ("movements", "PT1", "participants"): ("120 người", "number-noted", 120.0),
}


def test_each_doubt_is_told_at_its_cell_and_the_value_read_as_told() -> None:
    form = sent({place: typed for place, (typed, _code, _value) in DOUBTS.items()})
    tidy, found = checked(form)
    assert sorted((each.sheet, each.cell, each.code.value) for each in found) == sorted(
        at(place, code) for place, (_typed, code, _value) in DOUBTS.items()
    )
    results = tidy.frames["results"].set_index("criterion")
    for (table, row, field), (_typed, _code, value) in DOUBTS.items():
        frame = results if table == "results" else tidy.frames[table]
        read = frame.at[row if table == "results" else 0, field]
        assert read == value or (math.isnan(read) and math.isnan(value))


def test_a_number_that_could_be_read_is_told_with_both_readings_and_an_example_to_type() -> None:
    (found,) = findings(sent({("results", "KT1", "target"): "7.100", ("results", "KT1", "actual"): 7000}))
    assert found.entered == "7.100"
    assert found.facts == {"read": "7100", "other": "7,1", "example": "7100", "measure": "triệu đồng"}


def test_percentages_that_can_be_small_count_as_typed_and_are_asked_about_in_a_note() -> None:
    tidy, found = checked(sent({("results", "KT2", "target"): 1, ("results", "KT2", "actual"): 0.64}))
    assert [(each.cell, each.code.value, each.weight()) for each in found] == [
        (cell(("results", "KT2", field)), "maybe-share", Severity.NOTE) for field in ("target", "actual")
    ]
    assert tidy.frames["results"].set_index("criterion").at["KT2", "actual"] == 0.64


def test_prefilled_numbers_that_were_changed_are_told_and_ours_count() -> None:
    points, target = ("results", "KT1", "max_points"), ("results", "VH1", "target")
    tidy, found = checked(sent({points: 60, target: "70"}))
    assert [(each.cell, each.code.value, each.entered, each.facts) for each in found] == [
        (cell(points), "ours-changed", "60", {"expected": "40"}),
        (cell(target), "ours-changed", "70", {"expected": "90"}),
    ]
    results = tidy.frames["results"].set_index("criterion")
    assert (results.at["KT1", "max_points"], results.at["VH1", "target"]) == (40.0, 90.0)
    assert finding_places(sent({points: "40,0", target: ""})) == []


def test_a_choice_outside_its_list_is_told_with_the_list() -> None:
    places = ("results", "VH2", "actual"), ("models", 1, "kind"), ("individual_awards", 1, "role")
    found = findings(sent(dict.fromkeys(places, "Giỏi")))
    assert sorted((each.cell, each.code.value, each.entered, each.facts["expected"]) for each in found) == sorted(
        (cell(place), "not-in-list", "Giỏi", expected)
        for place, expected in zip(
            places,
            ("Xuất sắc; Tốt; Hoàn thành", "Mô hình; Công trình", "Lãnh đạo, quản lý; Trực tiếp lao động, công tác"),
            strict=True,
        )
    )


def test_a_day_is_read_however_it_was_typed() -> None:
    place = ("unit", "signed_on", "value")
    for typed in ("5/12/2023", 45265.0, dt.datetime(2023, 12, 5, 9, 0), "ngày 5 tháng 12 năm 2023"):
        tidy, found = checked(sent({place: typed}))
        assert found == []
        assert tidy.frames["unit"].set_index("item").at["signed_on", "value"] == "2023-12-05"
    assert finding_places(sent({place: "31/02/2023"})) == [at(place, "not-a-date")]


def test_the_raw_forms_are_left_as_they_were() -> None:
    form = sent({("results", "KT1", "target"): "7.100"})
    before = copy.deepcopy(form.form)
    checked(form)
    assert form.form == before


def test_columns_beyond_z_have_two_letters() -> None:
    form = sent({("results", "AN1", "actual"): "hai"})
    columns = form.form.tables["results"].columns
    to_ad = 29 - columns["actual"]
    form.form.tables["results"].columns = {field: place + to_ad for field, place in columns.items()}
    (found,) = findings(submission(form.form))
    assert found.cell == "AD" + returned.cell(("results", "AN1", "actual"))[1:]


def test_a_row_that_has_lost_its_code_is_told_and_the_name_in_it_is_not() -> None:
    found = findings(sent({("unit", "signer", "item"): ""}))
    assert [(each.cell, each.code.value, each.entered) for each in found] == [
        (cell(("unit", "signer", "item")), "row-without-code", ""),
        ("", "missing-row", ""),
    ]
