"""What a verification found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Verdict(NamedTuple):
    """``differences``: what does not fit; ``remarks``: what is to be known and does no harm; a sentence each."""

    differences: Sequence[str] = ()
    remarks: Sequence[str] = ()
