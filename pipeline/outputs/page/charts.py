"""The page's charts: bars without letters, drawn by svg.py; the words stand beside them in the page.

Numbers in, an ``<svg>`` out that stretches to whatever room it has, on a telephone too. Colours are classes of the
page's style sheet, so they follow light and dark. ``words`` say in a sentence what the chart shows. Lengths are whole
numbers: the same numbers draw the same bytes.

Why not a chart library: pygal stamps the day on each chart, brings a script along and takes 120 kB for 50 units;
matplotlib draws letters as outlines and takes a second to load. Either would be unreadable on a telephone.
"""

from __future__ import annotations

from collections.abc import Sequence

import svg
from markupsafe import Markup, escape

_LONG, _HIGH, _GAP = 1000, 10, 3
"""Width and height of a drawing, and the space between two parts, in units of its own. Strokes are as wide as it is
high."""


def bar(parts: Sequence[tuple[str, float]], whole: float, taken_off: float, words: str) -> Markup:
    """A bar of ``parts``, class and length of each, end to end; ``whole`` is the length that fills the drawing.

    A stroke of the length ``taken_off`` lies over their end.
    A part of no length or less is left out.
    """
    drawn: list[svg.Element] = []
    start = 0.0
    for look, length in parts:
        if length > 0:
            drawn.append(_stroke(look, start, start + length, whole, _GAP))
            start += length
    if taken_off > 0:
        drawn.append(_stroke("off", max(start - taken_off, 0), max(start, taken_off), whole))
    return _drawing("bar", drawn, words)


def span(rank: int, low: int, high: int, worst: int, words: str) -> Markup:
    """A line from the rank ``low`` to ``high``, of ranks 1 to ``worst``, with ``rank`` in another colour."""
    drawn: list[svg.Element] = [
        _stroke("may", min(rank, low) - 1, max(rank, high), worst),
        _stroke("is", rank - 1, rank, worst),
    ]
    return _drawing("span", drawn, words)


def _stroke(look: str, start: float, end: float, whole: float, gap: int = 0) -> svg.Element:
    first, last = (round(_LONG * each / whole) for each in (start, end))
    line = f"M{first} {_HIGH // 2}H{max(last - gap, first + 1)}"
    return svg.Path(class_=[look], d=[line])  # type: ignore[list-item]  # svg.M and svg.H take ten times as long


def _drawing(look: str, drawn: list[svg.Element], words: str) -> Markup:
    title = svg.Title(text=str(escape(words)))  # svg.py does not escape
    drawing = svg.SVG(
        xmlns=None,  # not needed within HTML
        class_=[look],
        viewBox=svg.ViewBoxSpec(0, 0, _LONG, _HIGH),
        extra={"preserveAspectRatio": "none", "role": "img"},  # none: it fills whatever room it has
        elements=[title, *drawn],
    )
    return Markup(drawing.as_str())  # noqa: S704  (numbers, classes of ours, and words escaped)
