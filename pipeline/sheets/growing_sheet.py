"""A worksheet with rows that grow with what is typed into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.sheets.fast_sheet import FastSheet


class GrowingSheet(FastSheet):
    """``growing``: rows, from 0, whose height is stored as a spreadsheet stores one that it computed itself.

    XlsxWriter marks every height that it is given as fixed by hand (``customHeight``), and a row so marked no longer
    grows. It has no option for that, and writes the mark in the midst of a long function; so the tag that it has put
    together is changed on its way into the file, by ``_xml_start_tag_unencoded``, which is not public. Should the
    library change, test_codes_are_hidden_and_rows_grow_with_what_is_typed in tests/forms/writing/test_workbook.py
    fails.
    """

    def __init__(self) -> None:
        super().__init__()
        self.growing: set[int] = set()

    def _xml_start_tag_unencoded(self, tag: str, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        if tag == "row" and attributes[0][1] - 1 in self.growing:
            attributes = [each for each in attributes if each[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)
