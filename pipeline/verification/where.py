"""Where two outputs differ first, in words.

In: the published file and that of the run made anew. Out: a sentence with line or cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from pipeline.errors import UserFault
from pipeline.i18n import _
from pipeline.verification.opening import content_of
from pipeline.verification.workbooks import cells


def first_difference(name: str, published: Path | None, rerun: Path) -> list[str]:
    """The first difference of two files that are not the same, as one sentence."""
    if published is None or not rerun.exists():
        words = _("{file} is in the outbox, and a run made anew writes no such file")
        return [(words if published else _("a run made anew also writes {file}")).format(file=name)]
    words = _("{file}, {place}: “{was}” stands there, and a run made anew gives “{now}”")
    try:
        for place, old, new in _side_by_side(published, rerun):
            if old != new:
                return [words.format(file=name, place=place, was=old, now=new)]
    except UserFault as fault:
        words = _("{file} is not what a run made anew writes, and cannot be compared with it: {why}")
        return [words.format(file=name, why=fault)]
    return [
        _("{file} holds the same values, but is not the same byte for byte (formulas or formats)").format(file=name)
    ]


def _side_by_side(published: Path, rerun: Path) -> Iterator[tuple[str, str, str]]:
    """Place, and its text in each file: cell by cell of workbooks, line by line of all others. Raises UserFault."""
    if published.suffix == ".xlsx":
        olds, news = cells(published), cells(rerun)
        for place in dict.fromkeys([*olds, *news]):
            yield place, olds.get(place, ""), news.get(place, "")
        return
    texts = [content_of(path).decode(errors="replace").splitlines() for path in (published, rerun)]
    for number, (old, new) in enumerate(zip_longest(*texts, fillvalue=""), start=1):
        yield _("line {number}").format(number=number), old, new
