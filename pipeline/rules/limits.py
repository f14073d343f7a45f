"""How much a file of the inbox may be and may take, in one place; ``limits`` in plan.yaml sets them otherwise.

Each has the measured reason for its value. This module is light, for every process that reads files starts with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Interval

from pipeline.engines import Bounds


@dataclass(frozen=True)
class Limits:
    """The file itself, then what its container holds, then its sheets, then the reading of it.

    ``file_mb``: the largest real return has 0.8 MB, a form of ours 0.03; pictures pasted in make it a few more.

    ``parts``: a form of ours has 18; each picture, comment or drawing adds one or two.

    ``unpacked_mb``: real templates unpack to 22 MB at most, forms of ours to 0.2 (.ods 0.5).

    ``ratio``: real parts are packed 33:1 at most, forms of ours 19:1; deflating can reach 1,030:1. Harmless parts
    reach 100:1 too: styles of a workbook with the 60,000 cell formats that Excel allows 293:1 (7 MB), the XML of
    20,000 blank rows in .ods 255:1 (3 MB), a blank screenshot 1,026:1 (6 MB). So ``ratio`` counts for parts that
    unpack to more than ``ratio_from_mb``.

    ``rows`` and ``columns``: a form ends near row 60 and column 10; what is filled beyond these was left behind by a
    program. ``cells``: those of all sheets together, blanks in between included: one sheet of the largest area. A
    blank costs a reader some 32 bytes.

    ``table_rows``: a table of a form has 60 rows at most, of a paper as many as a bloc has criteria. ``form_kb``: the
    texts of a filled form have 10 kB, of one whose every field is filled to its bound 300; each cell counts for 8 bytes
    besides. ``paper_kb``: the same of a paper, which has a sheet for each unit, and of the receipt book. ``findings``:
    so many of one file are listed; a form in which each cell is wrong has 300.

    ``reading_seconds``: what one file may take to read or to mark; a filled form takes 0.03 s, and the largest
    sheet that the other limits let through, 20,000 rows of 150 numbers, 6 s.

    ``reading_memory_mb``: what the process that does so may take besides what it starts with; a filled form takes
    2 MB, and that largest sheet 270 MB.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    file_mb: Annotated[int, Interval(ge=1, le=500)] = 20
    parts: Annotated[int, Interval(ge=50, le=20_000)] = 2_000
    unpacked_mb: Annotated[int, Interval(ge=5, le=2_000)] = 200
    ratio: Annotated[int, Interval(ge=50, le=1_100)] = 100
    ratio_from_mb: Annotated[int, Interval(ge=1, le=2_000)] = 8
    rows: Annotated[int, Interval(ge=10_000, le=1_048_576)] = 20_000
    columns: Annotated[int, Interval(ge=26, le=16_384)] = 200
    cells: Annotated[int, Interval(ge=100_000, le=100_000_000)] = 4_000_000
    table_rows: Annotated[int, Interval(ge=100, le=1_048_576)] = 1_000
    form_kb: Annotated[int, Interval(ge=500, le=100_000)] = 2_000
    paper_kb: Annotated[int, Interval(ge=500, le=1_000_000)] = 20_000
    findings: Annotated[int, Interval(ge=100, le=100_000)] = 500
    reading_seconds: Annotated[int, Interval(ge=1, le=3_600)] = 20
    reading_memory_mb: Annotated[int, Interval(ge=1, le=1_000_000)] = 1_000

    @property
    def of_a_worker(self) -> Bounds:
        """What a worker may take for one file."""
        return Bounds(self.reading_seconds, self.reading_memory_mb * 1_000_000)


DEFAULT_LIMITS = Limits()
"""Those of a plan that says nothing of limits."""
