"""What goes back holds each value as it was read, in cells that show every number."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.feedback.entries import held, number_cells, prefill
from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import Merged, NoValue, NumberAsDay, Shown, number_behind
from pipeline.forms.declared import RESULTS, UNIT
from pipeline.forms.values import read_number
from pipeline.intake.take import take
from pipeline.rules.round_context import RoundContext
from pipeline.run import assess, publish
from tests import returned
from tests.filled import NOW, RULES, drop, form
from tests.libreoffice import convert, needs_libreoffice, recalculated
from tests.packages import Part, with_part

ROUND = RULES.plan.round("tong-ket")
assert ROUND
RUBRIC = RULES.units["thon-1"][0].rubric
PICTURE = Part("xl/media/image1.png", b"\x89PNG")
DAY, HOURS = "dd/mm/yyyy", "hh:mm"
SHEET = "Tự chấm"


def at(row: str, field: str = "actual") -> str:
    return returned.cell(("results", row, field))


def changed(cells: dict[str, tuple[Any, str]], epoch: dt.datetime | None = None) -> bytes:
    """The form of Thôn 1 with these cells of the results: value and number format."""
    book = openpyxl.load_workbook(io.BytesIO(form("thon-1")))
    if epoch:
        book.epoch = epoch
    for cell, (value, number_format) in cells.items():
        book[SHEET][cell].number_format = number_format
        book[SHEET][cell].value = value
        if number_format in (DAY, HOURS) and isinstance(value, (int, float)):
            book[SHEET][cell].number_format = number_format
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def run(folder: Path, content: bytes, name: str = "a.xlsx") -> tuple[dict[str, dict[str, str]], Any]:
    """Cell of the results -> code and message of its finding; and the opened workbook that goes back."""
    assessment = assess(RoundContext(RULES, ROUND), drop(folder / "inbox", {name: content}), folder / "none", NOW)
    publish(assessment, folder / "outbox", folder / "so-cai.sqlite", NOW)
    rows = assessment.outcome.findings.to_dict("records")
    found = {row["cell"]: {"code": row["code"], "message": row["message"]} for row in rows if row["sheet"] == SHEET}
    path = folder / "outbox" / "phan-hoi" / "thon-1.xlsx"
    return found, openpyxl.load_workbook(path)[SHEET]


# --- numbers that show as days ----------------------------------------------------------------------------


@pytest.mark.parametrize("also", [(), (PICTURE,)], ids=["marked itself", "a fresh form"])
def test_a_cell_that_makes_a_day_of_every_number_shows_the_number_again(tmp_path: Path, also: tuple[Part]) -> None:
    content = changed(
        {
            at("KT1"): (46.5, DAY),
            at("KT2"): (60, DAY),  # Excel's 29 February 1900
            at("VH1"): (0.5, HOURS),
            at("AN1"): (45265, DAY),  # 5/12, of which Excel makes a day
            at("KT1", "target"): (None, DAY),
        }
    )
    found, sheet = run(tmp_path, with_part(content, *also))
    assert {cell: each["code"] for cell, each in found.items() if each["code"] == "date-for-number"} == {
        at("KT1"): "date-for-number",
        at("KT2"): "date-for-number",
        at("VH1"): "date-for-number",
        at("AN1"): "date-for-number",
    }
    cells = {cell: (sheet[cell].value, sheet[cell].number_format) for cell in map(at, ("KT1", "KT2", "VH1", "AN1"))}
    assert cells == {
        at("KT1"): (46.5, "General"),
        at("KT2"): (60, "General"),
        at("VH1"): (0.5, "General"),
        at("AN1"): ("05/12/2023", "General"),
    }
    assert (sheet[at("KT1", "target")].value, sheet[at("KT1", "target")].number_format) == (None, "General")
    assert found[at("KT1")]["message"].endswith(
        "(15/02/1900 12:00); số đã nhập là 46,5, do định dạng của ô nên hiện thành ngày tháng. "
        "Đề nghị đặt định dạng ô là General rồi ghi số, ví dụ: 46,5."
    )
    assert "Excel tự đổi 5/12 thành ngày" in found[at("AN1")]["message"]
    assert found[at("AN1")]["message"].endswith("ví dụ: 12.")


def test_the_example_lies_within_the_bounds_of_the_cell(tmp_path: Path) -> None:
    content = changed({at("VH1"): (250, DAY), at("TD1", "claimed"): (45265, DAY)})  # at most 100; at most 10
    found, _sheet = run(tmp_path, content)
    assert "số đã nhập là 250" in found[at("VH1")]["message"]
    assert found[at("VH1")]["message"].endswith("ví dụ: 12.")
    most = RUBRIC.rows["TD1"].criterion.points
    assert found[at("TD1", "claimed")]["message"].endswith(f"ví dụ: {12 if most >= 12 else 1}.")


def test_days_are_counted_as_the_file_counts_them(tmp_path: Path) -> None:
    from openpyxl.utils.datetime import MAC_EPOCH

    content = changed({at("KT1"): (46.5, DAY)}, epoch=MAC_EPOCH)
    found, sheet = run(tmp_path, content)
    assert "số đã nhập là 46,5" in found[at("KT1")]["message"]
    assert sheet[at("KT1")].value == 46.5


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=needs_libreoffice) for kind in ("ods", "xls")])
def test_other_kinds_of_workbooks_show_the_number_again_too(tmp_path: Path, kind: str) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(changed({at("KT1"): (46.5, DAY), at("KT2"): (95, DAY), at("VH1"): (46.5, HOURS)}))
    (converted,) = convert(source, kind, tmp_path / "saved")
    found, sheet = run(tmp_path, converted.read_bytes(), f"a.{kind}")
    assert [sheet[at(row)].value for row in ("KT1", "KT2", "VH1")] == [46.5, 95, 46.5]
    assert {found[at(row)]["code"] for row in ("KT1", "KT2", "VH1")} == {"date-for-number"}


@given(st.integers(1, 36_525) | st.floats(1.001, 36_525).map(lambda number: round(number, 3)))
def test_the_number_behind_a_day_is_found(number: float) -> None:
    if 59 <= number < 61:
        return
    day_0 = dt.datetime(1899, 12, 31 if number < 60 else 30)
    day = day_0 + dt.timedelta(milliseconds=round(number * 86_400_000))
    assert number_behind(day) == pytest.approx(number, abs=1e-6)
    assert number_behind(day_0.replace(day=30) + (day - day_0), of_excel=False) == pytest.approx(number, abs=1e-6)


@pytest.mark.parametrize("day", [dt.date(1900, 2, 28), dt.date(2000, 1, 1), dt.date(2023, 12, 5), dt.time()])
def test_of_some_days_the_number_is_not_known(day: dt.date) -> None:
    assert number_behind(day) is None


# --- values that show more --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "table", "measure", "expected"),
    [
        (Shown(0.97, 97, "%"), RESULTS, "%", 97),
        (Shown(5, 5, "tỷ"), RESULTS, "triệu đồng", 5000),
        (Shown(12000, 12), RESULTS, "hộ", 12000),
        (Shown(0.97, 97, "%"), RESULTS, "triệu đồng", "97 %"),  # a percentage is no sum of money
        (Shown(0.97, 97, "%"), RESULTS, None, "97 %"),
        (NoValue(Code.ERROR_VALUE, "#N/A"), RESULTS, "%", ""),
        (NoValue(Code.NO_RESULT), RESULTS, None, ""),
        (Merged("B3", 12.0, True), RESULTS, "hộ", ""),
        (Merged("B3", "Báo cáo số 9", True), RESULTS, None, "Báo cáo số 9"),
        (Merged("B3", "Báo cáo số 9", False), RESULTS, None, ""),
        (NumberAsDay(46.5, dt.datetime(1900, 2, 15, 12)), RESULTS, "%", 46.5),
        (NumberAsDay(None, dt.date(1900, 2, 28)), RESULTS, "%", "28/02/1900"),
        (NumberAsDay(46.5, dt.datetime(1900, 2, 15, 12)), UNIT, None, dt.datetime(1900, 2, 15, 12)),
        (dt.date(2023, 12, 5), RESULTS, "%", "05/12/2023"),
        (dt.date(2023, 12, 5), UNIT, None, dt.date(2023, 12, 5)),
        ("7.100", RESULTS, "%", "7.100"),
        (7.25, RESULTS, "%", 7.25),
    ],
)
def test_a_value_as_a_form_holds_it(value: Any, table: Any, measure: str | None, expected: Any) -> None:
    assert held(value, table, measure) == expected


VALUES = st.one_of(
    st.builds(Shown, st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.sampled_from(["", "%", "tỷ", "đồng", "hộ"])),
    st.builds(NoValue, st.just(Code.ERROR_VALUE), st.text(max_size=5)),
    st.builds(Merged, st.just("A1"), st.text() | st.floats(), st.booleans()),
    st.builds(NumberAsDay, st.none() | st.floats(0, 36_000), st.datetimes(max_value=dt.datetime(1999, 1, 1))),
    *(st.dates(), st.datetimes(), st.times(), st.timedeltas(), st.text(), st.floats(), st.booleans(), st.none()),
)


@given(VALUES, st.sampled_from(["", "%", "triệu đồng", "hộ"]) | st.none())
def test_nothing_is_written_as_an_object_of_ours(value: Any, measure: str | None) -> None:
    written = held(value, RESULTS, measure)
    assert isinstance(written, (str, float, int, dt.date))
    assert not any(name in str(written) for name in ("Shown(", "NoValue(", "Merged(", "NumberAsDay("))
    if isinstance(value, Shown) and measure is not None:
        assert read_number(written, measure).value == read_number(value, measure).value


@pytest.mark.parametrize("also", [(), (PICTURE,)], ids=["marked itself", "a fresh form"])
def test_a_percentage_stays_as_it_is_or_is_written_as_it_was_read(tmp_path: Path, also: tuple[Part]) -> None:
    content = changed({at("VH1"): (0.97, "0%"), at("KT2"): ("abc", "General")})
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.xlsx").write_bytes(content)
    taken = take(tmp_path / "own", tmp_path / "own" / "a.xlsx").form
    assert taken
    (row,) = [row for row in prefill(taken, RUBRIC)["results"] if row.get("criterion") == "VH1"]
    assert row["actual"] == 97
    assert at("VH1") in {each.cell for each in number_cells(taken, RUBRIC)}
    _found, sheet = run(tmp_path, with_part(content, *also))
    cell = sheet[at("VH1")]
    assert (cell.value, cell.number_format) == ((97, "General") if also else (0.97, "0%"))


@pytest.mark.parametrize("also", [(), (PICTURE,)], ids=["marked itself", "a fresh form"])
@pytest.mark.libreoffice
@needs_libreoffice[1]
def test_libreoffice_shows_the_numbers(tmp_path: Path, also: tuple[Part]) -> None:
    run(tmp_path, with_part(changed({at("KT1"): (46.5, DAY)}), *also))
    rows = recalculated(tmp_path / "outbox" / "phan-hoi" / "thon-1.xlsx", tmp_path / "seen")[SHEET]
    column, line = openpyxl.utils.cell.coordinate_from_string(at("KT1"))
    assert rows[line - 1][openpyxl.utils.column_index_from_string(column) - 1] == 46.5
