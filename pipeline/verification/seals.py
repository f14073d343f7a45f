"""The seals of an outbox, for whoever has the office's key, and for a stranger, who has not.

In: an outbox's workbooks, and the key beside its ledger. Out: whether that key made them; where it did not, the places
of the seals, whose values nobody can make anew here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.errors import UserFault
from pipeline.forms import declared, papers
from pipeline.i18n import _
from pipeline.seals import NO_KEY, SEAL, SealKey
from pipeline.state import ledger, seal_keys
from pipeline.verification import workbooks

_HIDDEN = (papers.META_SHEET, declared.META_SHEET)


def key_of(outbox: Path, key: ledger.RoundKey, outputs: Mapping[str, Path]) -> SealKey:
    """The key beside the outbox's ledger; without secret where there is none, or where it did not make these seals.

    Raises EnvironmentFault where it cannot be read.
    """
    known = seal_keys.known_key(ledger.path_for(outbox, key))
    return known if known.secret and all(_is_of(path, known) for path in _one_paper(outputs)) else NO_KEY


def _one_paper(outputs: Mapping[str, Path]) -> Iterable[Path]:
    """One paper speaks for all, for one run sealed them."""
    folders = {paper.folder for paper in papers.PAPERS.values()}
    return [path for name, path in outputs.items() if name.partition("/")[0] in folders and path.exists()][:1]


def _is_of(workbook: Path, key: SealKey) -> bool:
    cells = _cells(workbook)
    return all(cells.get(place, "").startswith(f"{key.name}-") for place in _places(cells))


def unchecked_places(workbook: Path, key: SealKey) -> frozenset[str]:
    """The places of the seals in a workbook, where that key did not make them; as :func:`.workbooks.cells` names
    them."""
    if workbook.suffix != ".xlsx" or (key.secret and _is_of(workbook, key)):
        return frozenset()
    return frozenset(_places(_cells(workbook)))


def _cells(workbook: Path) -> dict[str, str]:
    """Its cells; none where it is damaged, which is told elsewhere."""
    try:
        return workbooks.cells(workbook)
    except UserFault:
        return {}


def _places(cells: Mapping[str, str]) -> list[str]:
    """Where seals stand: beside their name on a hidden sheet of ours."""
    labels = {_("sheet “{sheet}”, cell {cell}").format(sheet=sheet, cell="A") for sheet in _HIDDEN}
    found = [re.match(r"(.*A)(\d+)$", place, re.DOTALL) for place, value in cells.items() if value == SEAL]
    return [f"{each[1][:-1]}B{each[2]}" for each in found if each and each[1] in labels]
