"""The CSV tables say what the frames say, in plain decimals, and start no formula."""

from __future__ import annotations

import csv
import math
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tables
from pipeline.forms.frames import Models
from pipeline.outputs import data
from tests.outcomes import HOSTILE, outcome

FIRST = {  # as the issue names them
    "register": "file,sha256,unit,bloc,status,reason",
    "findings": "file,unit,sheet,cell,criterion,code,severity,message",
    "scores": "bloc,unit,criterion,target,actual,claimed,computed,appraised,decided,points,reason,explanation",
    "standings": "bloc,unit,rank,total,bonus,penalty,classification,note",
}
ALL = [
    "changes",
    "collective_awards",
    "findings",
    "firmness",
    "groups",
    "individual_awards",
    "models",
    "movements",
    "ranks_without",
    "register",
    "results",
    "roster",
    "scores",
    "side_by_side",
    "standings",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "so-lieu"
    data.write(outcome(), folder)
    return folder


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def only(folder: Path, table: str, columns: str, **where: str) -> list[str]:
    found = [row for row in rows(folder, table) if all(row[key] == value for key, value in where.items())]
    return [" | ".join(row[column] for column in columns.split()) for row in found]


def test_one_file_for_each_table_with_the_columns_promised(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [f"{name}.csv" for name in ALL]
    for name, first in FIRST.items():
        raw = (folder / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf" + first.encode() + b",")
        assert raw.endswith(b"\r\n")
        assert raw.count(b"\n") == raw.count(b"\r\n") == len(getattr(outcome(), name)) + 1


def test_scores_hold_what_was_entered_and_what_it_gave(folder: Path) -> None:
    columns = "criterion target actual claimed computed points group kind max_points file cell"
    assert only(folder, "scores", columns, unit="thon-2") == [
        "KT1 | 400 | 380 |  | 38 | 38 | I | base | 40 | thon-2.xlsx | F7",
        "KT2 | 3 | 3 |  | 20 | 20 | I | base | 20 | thon-2.xlsx | F8",
        "VH1 | 90 | 85 |  | 6 | 6 | II | base | 10 | thon-2.xlsx | F9",
        "VH2 |  | Xuất sắc |  | 10 | 10 | II | base | 10 | thon-2.xlsx | F10",
        "VH3 |  | Có |  | 5 | 5 | II | base | 5 | thon-2.xlsx | F11",
        "AN1 |  | 0 |  | 5 | 5 | II | base | 5 | thon-2.xlsx | F12",
        "TD1 |  |  | 10 | 10 | 10 | II | base | 10 | thon-2.xlsx | H13",
        "T1 |  | 1 |  | 2 | 2 | T | bonus | 4 | thon-2.xlsx | F14",
        "T2 |  | Không |  | 0 | 0 | T | bonus | 3 | thon-2.xlsx | F15",
        "P1 |  | 0 |  | 0 | 0 | P | penalty | 5 | thon-2.xlsx | F16",
        "P2 |  | Khiển trách |  | -2 | -2 | P | penalty | 5 | thon-2.xlsx | F17",
    ]
    assert all(row["explanation"] for row in rows(folder, "scores"))


def test_standings_have_whole_ranks_and_blanks(folder: Path) -> None:
    assert only(folder, "standings", "bloc unit rank total bonus penalty") == [
        "thon | thon-1 | 1 | 94 | 2 | 0",
        "thon | thon-2 | 2 | 94 | 2 | -2",
        "thon | thon-4 | 3 | 30.5 | 0 | -1",
        "thon | thon-3 |  | 91.5 | 5 | -5",
        "thon | thon-5 |  |  |  | ",
        "truong-hoc | tieu-hoc | 1 | 100 | 0 | 0",
        "truong-hoc | thcs | 2 | 99.49 | 0 | 0",
    ]


def test_the_register_keeps_its_stable_words(folder: Path) -> None:
    assert only(folder, "register", "file unit bloc status errors days_late") == [
        "anh/IMG_0001.jpg |  |  | not_a_form | 0 | 0",
        "thcs.xlsx | thcs | truong-hoc | accepted | 0 | 0",
        "thon-1.xlsx | thon-1 | thon | accepted_with_warnings | 0 | 0",
        "thon-2 (cũ).xlsx | thon-2 | thon | superseded | 0 | 0",
        "thon-2.xlsx | thon-2 | thon | accepted | 0 | 0",
        "thon-3.xlsx | thon-3 | thon | accepted | 0 | 0",
        "thon-4.xlsx | thon-4 | thon | accepted_with_warnings | 0 | 3",
        "thon-5.xlsx | thon-5 | thon | returned | 2 | 0",
        "tieu-hoc.xlsx | tieu-hoc | truong-hoc | accepted | 0 | 0",
        "~$thon-1.xlsx |  |  | ignored | 0 | 0",
    ]


def test_no_foreign_text_starts_a_formula(folder: Path) -> None:
    evidence = only(folder, "results", "evidence", unit="thon-1")[: len(HOSTILE)]
    assert evidence == [
        "'=1+1",
        "http://x.vn",
        "<b>đậm</b>",
        "'@SUM(A1:A9)",
        "'+84 258",
        "'-5",
        "'\tthụt vào",
        'dấu " và & và ;',
        "'0001",
    ]
    for table in ALL:
        numeric = {name for name, column in data._TABLES[table].to_schema().columns.items() if column.dtype}
        numeric |= {"actual"} if table == "scores" else set()
        for row in rows(folder, table):
            assert not [value for name, value in row.items() if name not in numeric and value[:1] in set("=+-@\t\r\n")]


def test_numbers_carry_no_binary_noise(tmp_path: Path) -> None:
    frame = outcome().models.assign(cost=[0.1 + 0.2, 1e-7, 1e15, -0.0, float("nan"), 1234567.891, 2.675])
    data.write(outcome(models=frame), tmp_path)
    assert [row["cost"] for row in rows(tmp_path, "models")] == [
        "0.3",
        "0.0000001",
        "1000000000000000",
        "0",
        "",
        "1234567.891",
        "2.675",
    ]


@given(st.floats(-1e300, 1e300))
def test_every_number_is_a_plain_decimal_near_itself(value: float) -> None:
    text = data._plain(value)
    assert set(text) <= set("0123456789.-")
    assert Decimal(text) == Decimal(f"{value:.15g}")
    assert math.isclose(float(text), value, rel_tol=1e-14)


@given(st.lists(st.sampled_from([1.5, float("nan"), -2.0, 0.1 + 0.2]), max_size=8))
def test_a_column_is_written_value_by_value(values: list[float]) -> None:
    assert data._numbers(pd.Series(values, dtype=float)) == [data._plain(value) for value in values]


def test_tables_without_rows_have_their_headings(tmp_path: Path) -> None:
    data.write(outcome(models=tables.empty(Models), findings=tables.empty(tables.Findings)), tmp_path)
    assert (tmp_path / "models.csv").read_text(encoding="utf-8-sig") == (
        "bloc,unit,kind,name,content,cost,result,file,sheet,row\n"
    )
    assert rows(tmp_path, "findings") == []


def test_a_file_name_that_is_no_unicode_is_spelt_out(tmp_path: Path) -> None:
    register = outcome().register
    register.loc[0, "file"] = "anh\udcff.jpg"
    data.write(outcome(register=register, inputs={}), tmp_path)
    assert rows(tmp_path, "register")[0]["file"] == "anh\\udcff.jpg"


def test_twice_the_same_bytes(tmp_path: Path, folder: Path) -> None:
    data.write(outcome(), tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {p.name: p.read_bytes() for p in folder.iterdir()}


def test_how_firm_the_ranks_are_and_the_rank_by_each_score(folder: Path) -> None:
    # 94, 94 (told apart by a tie-break) and 30.5; nobody appraised.
    assert only(folder, "firmness", "unit rank gap_up gap_down", bloc="thon") == [
        "thon-1 | 1 |  | 0",
        "thon-2 | 2 | 0 | 63.5",
        "thon-4 | 3 | 63.5 | ",
    ]
    assert "Thôn 4" in rows(folder, "firmness")[2]["sentence"]
    assert {row["rank"] for row in rows(folder, "ranks_without") if row["unit"] == "thon-4"} == {"3"}  # far behind
    columns = "unit claimed_total claimed_rank computed_total computed_rank appraised_total appraised_rank total rank"
    assert only(folder, "side_by_side", columns, bloc="thon") == [
        "thon-1 | 94 | 1 | 94 | 1 |  |  | 94 | 1",
        "thon-2 | 94 | 2 | 94 | 2 |  |  | 94 | 2",
        "thon-4 | 30.5 | 3 | 30.5 | 3 |  |  | 30.5 | 3",
        "thon-3 | 91.5 |  | 91.5 |  |  |  | 91.5 | ",
        "thon-5 |  |  |  |  |  |  |  | ",
    ]
