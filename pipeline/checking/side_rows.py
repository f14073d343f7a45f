"""Rows of a table that are no entries: sums, places and dates, signatures, and rows that say that there is none.

In: the rows of a table that lists things, as they were read. Out: which of them are such, and findings that say so. A
row of which most required fields are filled is an entry, whatever it says.
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
from pipeline.text import same, text_of

_SUM = re.compile(r"(tổng|cộng)( |$)(cộng|số|kinh phí)?")
_PLACE_AND_DATE = re.compile(r".{0,80}?\bngày [\d.… ]{1,12}tháng [\d.… ]{1,12}năm\b")
_SIGNED = re.compile(
    r"\(?ký|(t/m|tm|kt|tl|q)\. |người (lập|ghi|báo cáo|tổng hợp)|thủ trưởng|xác nhận|nơi nhận"
    r"|(phó )?(trưởng|bí thư|chủ tịch|hiệu trưởng|giám đốc|chi hội trưởng|tổ trưởng)\b"
)


def side_rows(cells: Cells) -> tuple[pd.Series, list[Finding]]:
    """For each row whether it is no entry; and what is to be said of such rows. Rows that carry a code of ours can only
    say that there is none."""
    table, frame = cells.table, cells.frame
    aside = np.zeros(len(frame), dtype=bool)
    findings: list[Finding] = []
    fields = [each.code for each in table.to_fill]
    required = [each.code for each in table.to_fill if each.required]
    held = {field: frame[field].map(holds_entry).to_numpy(dtype=bool) for field in fields}
    filled = np.sum([np.zeros(len(frame)), *(held[field] for field in required)], axis=0)
    complete = 2 * filled > len(required)  # never where no field is required
    block_of = None
    for position, file in enumerate(frame["file"]):
        values = [frame.at[position, field] for field in fields if held[field][position]]
        if not values:
            continue
        first = next(field for field in fields if held[field][position])
        if complete[position]:
            block_of = None
        elif all(map(_says_none, values)):
            aside[position] = True
            findings.append(cells.finding(position, first, Code.SAYS_NONE, text_of(values[0])))
        elif block_of == file:
            aside[position] = True
        elif not table.key and _begins(values, has_number=holds_entry(frame.at[position, "number"])):
            aside[position], block_of = True, file
            findings.append(cells.finding(position, first, Code.BELOW_TABLE))
    return pd.Series(aside, frame.index), findings


def _says_none(value: Any) -> bool:
    return says_none(value) if isinstance(value, str) else bool(value == 0)


def _begins(values: list[Any], *, has_number: bool) -> bool:
    """Whether a row is the first of what stands below a table: a sum, or a signature's place, date or title."""
    texts = [same(value) for value in values if isinstance(value, str)]
    if any(_SUM.match(text) or _PLACE_AND_DATE.match(text) for text in texts):
        return True
    return len(values) == len(texts) == 1 and not has_number and bool(_SIGNED.match(texts[0]))
