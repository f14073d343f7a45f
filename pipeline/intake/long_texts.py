"""What a cell's text may be, before anything is done with it: no longer than Excel's, and no tower of accents.

In: the text of a cell. Out: the same text; one that was cut, which :func:`is_cut` knows again; or that it is no text.
To compose Unicode takes time by the square of the accents on one letter, so nothing may see such a text before.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from pipeline.findings.catalogue import Code
from pipeline.forms.cell_values import NoValue

LONGEST = 32_767
"""So many characters does a cell of Excel hold."""

MOST_MARKS = 30
"""No language puts more on one letter; Unicode's own Stream-Safe Text Format (UAX #15) allows as many."""


_MAY_BE_MARKS = re.compile(r"[^\u0000-\u02ff\u1e00-\u1eff\u2000-\u206f]{31}")
"""A run long enough, without Latin letters, their Vietnamese composites and punctuation, none of which is a mark."""


def fitting(text: str) -> str | NoValue:
    """The text as it may be used, in time that grows with its length alone."""
    text = text[: LONGEST + 1]
    return NoValue(Code.PILED_MARKS, text[:MOST_MARKS]) if has_piled_marks(text) else text


def has_piled_marks(text: str) -> bool:
    """Whether more marks stand on one letter than any language puts there."""
    if text.isascii() or len(text) <= MOST_MARKS or not _MAY_BE_MARKS.search(text):
        return False
    classes = list(map(unicodedata.combining, text))
    return any(classes) and any(is_mark and len(list(run)) > MOST_MARKS for is_mark, run in groupby(classes, bool))


def is_cut(text: str) -> bool:
    """Whether :func:`fitting` has cut the text."""
    return len(text) > LONGEST
