"""The form's own points, recalculated by LibreOffice, are those that we count, however a percentage was typed."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from pipeline.checking.tidying import tidy
from pipeline.forms.raw_form import RawForm
from pipeline.intake.take import take
from pipeline.methods.method import score
from pipeline.rules.links import scale_of
from pipeline.rules.round_context import RoundContext
from tests.filled import RULES, drop, form
from tests.libreoffice import convert, needs_libreoffice
from tests.returned import YEAR_END, cell, opened, saved, submission

pytestmark = needs_libreoffice

Typed = tuple[Any, str]

RESULTS_OF_VH1: list[Typed] = [
    # the target is 90: from 100 % of it 10 points, from 80 % of it 6, else 0
    *[(0.92, "0%"), (92, '0"%"'), (0.92, "General"), (0.92, '0"%"'), (0.72, "0.00%"), (0.7199, "0.00%"), (1, "0%")],
    ("92%", "@"),
]
OF_KT2: list[tuple[Typed, Typed]] = [
    ((target, shown), typed)
    for target, shown, results in [
        (2.5, "General", [(2, "General"), (0.02, "0%"), (0.03, "0%"), (0, "0%")]),
        (0.025, "0.0%", [(2, "General"), (0.02, "0%"), (0.03, "0%")]),
    ]
    for typed in results
]

VARIANTS: list[dict[tuple[str, str], Typed]] = [
    {("VH1", "actual"): of_vh1, ("KT2", "target"): target, ("KT2", "actual"): of_kt2}
    for of_vh1, (target, of_kt2) in zip_longest(RESULTS_OF_VH1, OF_KT2, fillvalue=OF_KT2[0])
]


def changed(entries: dict[tuple[str, str], Typed]) -> bytes:
    book = opened(form("thon-1"))
    for (criterion, field), (value, number_format) in entries.items():
        place = book["Tự chấm"][cell(("results", criterion, field))]
        place.value, place.number_format = value, number_format
    return saved(book)


def counted(inbox: Path, name: str, criterion: str) -> float | None:
    """The points that the program gives; None where the cell could not be read."""
    content = take(inbox, inbox / name).content
    assert isinstance(content, RawForm)
    frame = tidy([submission(content)], RoundContext(RULES, YEAR_END)).frames["results"].set_index("criterion")
    bloc = RULES.units["thon-1"][0]
    of = bloc.rubric.criteria[criterion][1]
    columns = {
        "target": np.array([frame.at[criterion, "target"]], dtype=float),
        "actual": np.array([frame.at[criterion, "actual"]], dtype=float),
        "claimed": np.array([np.nan]),
        "choice": np.array([""], dtype=object),
    }
    if frame.at[criterion, "actual_unread"] or frame.at[criterion, "target_unread"]:
        return None
    return float(score(of.method, scale_of(bloc.rubric, of, 2), columns).points[0])


def test_every_way_of_typing_a_percentage_gives_the_points_that_the_form_shows(tmp_path: Path) -> None:
    files = {f"{n}.xlsx": changed(entries) for n, entries in enumerate(VARIANTS)}
    inbox = drop(tmp_path / "inbox", files)
    recalculated = convert([inbox / name for name in files], "xlsx", tmp_path / "out")
    for path, entries in zip(recalculated, VARIANTS, strict=True):
        sheet = openpyxl.load_workbook(path, data_only=True)["Tự chấm"]
        for criterion in ("VH1", "KT2"):
            shown = sheet[cell(("results", criterion, "computed"))].value
            if isinstance(entries[criterion, "actual"][0], str):
                assert shown in (None, ""), entries  # a text is read with a note, and gives no points on the form
            else:
                assert shown == pytest.approx(counted(inbox, path.name, criterion), abs=1e-9), entries
