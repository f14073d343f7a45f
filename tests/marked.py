"""A unit's own file marked in the test's process, as a worker marks it in a run."""

from __future__ import annotations

import pandas as pd

from pipeline.feedback import resaving
from pipeline.feedback.resaving import ToMark, marked


def to_mark(content: bytes, findings: pd.DataFrame, about: tuple[str, ...]) -> ToMark:
    """The errand of a worker. ``findings``: rows of that file; ``about``: lines that head the list."""
    return ToMark(content, findings.to_dict("records"), about)


def mark(content: bytes, findings: pd.DataFrame, about: tuple[str, ...]) -> bytes:
    """The file with its findings. Raises ValueError where it cannot be saved again safely."""
    answer = marked(to_mark(content, findings, about))
    if answer is None:
        raise ValueError("not safe to save again")
    return answer


def safe_to_resave(content: bytes) -> bool:
    """Whether openpyxl can open the file and save it again without losing anything that a form needs."""
    return resaving._open(content) is not None
