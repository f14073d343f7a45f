"""Charts of stacked bars, which all look alike: a bar for each row of a table, the first row on top.

In: a sheet and the cells that the bars stand for. Out: a chart on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.sheets.styles import FONT

_WORDS = {"name": FONT, "size": 10}
_NAMES = {"reverse": True, "crossing": "max", "num_font": _WORDS}
_LENGTHS = {
    "name_font": _WORDS,
    "num_font": _WORDS,
    "num_format": "0",
    "major_gridlines": {"visible": True, "line": {"color": "#E5E7EB"}},
}
_EDGE = {"color": "#FFFFFF", "width": 0.5}


@dataclass(frozen=True)
class Bars:
    """What a chart shows.

    ``series``: of each its name, categories, values and fill, as XlsxWriter has them. ``size``: width and height in
    pixels. ``names`` and ``lengths``: what else is set for the axis of the bars' names, and of their lengths.
    """

    title: str
    series: Sequence[Mapping[str, Any]]
    size: tuple[int, int]
    names: Mapping[str, Any] = field(default_factory=dict)
    lengths: Mapping[str, Any] = field(default_factory=dict)


def add_bars(book: Workbook, sheet: Worksheet, row: int, bars: Bars) -> None:
    """Put a chart on the sheet, its upper left corner in the first cell of ``row``."""
    chart: Any = book.add_chart({"type": "bar", "subtype": "stacked"})
    for each in bars.series:
        chart.add_series({"border": _EDGE, "gap": 45, "overlap": 100, **each, "name": _literal(each["name"])})
    chart.set_title({"name": _literal(bars.title), "name_font": {"name": FONT, "size": 12, "bold": True}})
    chart.set_y_axis({**_NAMES, **bars.names})
    chart.set_x_axis({**_LENGTHS, **bars.lengths})
    chart.set_legend({"position": "bottom", "font": _WORDS})
    chart.show_hidden_data()
    chart.set_size({"width": bars.size[0], "height": bars.size[1]})
    sheet.insert_chart(row, 0, chart, {"object_position": 2, "description": bars.title})


def _literal(text: str) -> str:
    """A text as a title or the name of a series, where XlsxWriter takes ``A!B2`` for the place of a cell."""
    return re.sub(r"!(?=\$?[A-Z])", "! ", text)
