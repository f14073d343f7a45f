"""Coded values: a code that is none of its list gets no further than the stage that made it."""

from __future__ import annotations

import pickle
from typing import Any

import pandas as pd
import pytest
from pandera.errors import SchemaError

from pipeline import tables
from pipeline.code_lists import Severity, State, Status
from tests.outcomes import outcome


@pytest.mark.parametrize(
    ("name", "model", "column"),
    [
        ("register", tables.Register, "status"),
        ("register", tables.Register, "received_from"),
        ("roster", tables.Roster, "state"),
        ("findings", tables.Findings, "severity"),
        ("groups", tables.GroupPoints, "kind"),
    ],
)
def test_a_code_of_no_list_is_refused_at_the_border(name: str, model: Any, column: str) -> None:
    frame: pd.DataFrame = getattr(outcome(), name)
    assert len(tables.checked(frame, model)) == len(frame)
    with pytest.raises(SchemaError, match=column):
        tables.checked(frame.assign(**{column: "sant"}), model)


def test_text_is_what_holds_no_number() -> None:
    numbers = {"days_late"}
    assert tables.Roster.texts() == {*outcome().roster.columns} - numbers


def test_a_code_is_shown_in_the_language_and_an_unknown_one_as_it_is() -> None:
    assert [State.shown(code) for code in ("sent", "to_correct", "lost")] == ["Đã gửi", "Phải sửa", "lost"]


def test_a_member_is_its_code_in_frames_files_and_other_processes() -> None:
    assert f"{Severity.ERROR}" == Severity("error") == "error"
    assert (pd.Series(["error", "note"]) == Severity.ERROR).tolist() == [True, False]
    assert pickle.loads(pickle.dumps(Status.WAITING)) is Status.WAITING  # noqa: S301 — our own
