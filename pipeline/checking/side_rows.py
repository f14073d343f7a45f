"""Rows of a table that are no entries: sums, places and dates, signatures, and rows that say that there is none.

In: the rows of a free table, as they were read. Out: which of them are such, and findings that say so. A row of which
most required fields are filled is an entry, whatever it says.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from pipeline.checking.cells import Cells
from pipeline.findings.finding import Code, Finding
from pipeline.forms.cell_values import holds_entry
from pipeline.forms.values import says_none
from pipeline.text import same

_SUM = re.compile(r"(tổng|cộng)( |$)(cộng|số|kinh phí)?")
_PLACE_AND_DATE = re.compile(r".{0,80}?\bngày [\d.… ]{1,12}tháng [\d.… ]{1,12}năm\b")
_SIGNED = re.compile(
    r"\(?ký|(t/m|tm|kt|tl|q)\. |người (lập|ghi|báo cáo|tổng hợp)|thủ trưởng|xác nhận|nơi nhận"
    r"|(phó )?(trưởng|bí thư|chủ tịch|hiệu trưởng|giám đốc|chi hội trưởng|tổ trưởng)\b"
)


def side_rows(cells: Cells) -> tuple[pd.Series, list[Finding]]:
    """For each row whether it is no entry; and what is to be said of such rows."""
    table, frame = cells.table, cells.frame
    aside = np.zeros(len(frame), dtype=bool)
    findings: list[Finding] = []
    fields = [each.code for each in table.to_fill]
    required = [each.code for each in table.to_fill if each.required]
    held = {field: frame[field].map(holds_entry).to_numpy(dtype=bool) for field in fields}
    entered = np.sum([held[field] for field in fields], axis=0)
    complete = 2 * np.sum([held[field] for field in required], axis=0) > len(required)
    block_of = None
    for position, file in enumerate(frame["file"]):
        if not entered[position]:
            continue
        texts = {field: same(_text(frame.at[position, field])) for field in fields if held[field][position]}
        if complete[position]:
            block_of = None
        elif all(says_none(text) for text in texts.values()):
            aside[position] = True
            findings.append(cells.finding(position, next(iter(texts)), Code.SAYS_NONE, next(iter(texts.values()))))
        elif block_of == file:
            aside[position] = True
        elif _begins(list(texts.values()), has_number=holds_entry(frame.at[position, "number"])):
            aside[position], block_of = True, file
            findings.append(cells.finding(position, next(iter(texts)), Code.BELOW_TABLE))
    return pd.Series(aside, frame.index), findings


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _begins(texts: list[str], *, has_number: bool) -> bool:
    """Whether a row is the first of what stands below a table: a sum, or a signature's place, date or title."""
    if any(_SUM.match(text) or _PLACE_AND_DATE.match(text) for text in texts):
        return True
    return len(texts) == 1 and not has_number and bool(_SIGNED.match(texts[0]))
