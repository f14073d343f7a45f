"""What people judged by: the facts behind an entry of a paper, in words and as a fingerprint.

In: a row of the scores, the evidence, the criterion's rule in words. Out: :class:`Basis`. A paper carries the basis of
each row as it was issued; an entry made on another basis than that of now is a conflict, told and not taken over.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.answers import translated_answer
from pipeline.code_lists import Judgement
from pipeline.i18n import DEFAULT_LANGUAGE, _, current_language, number, using_language
from pipeline.text import text_of


@dataclass(frozen=True)
class Basis:
    """What people have before them when they judge one row: in words, and the fingerprint of all of it."""

    words: str
    fingerprint: str


def basis(at: Any, evidence: str, rules: Mapping[str, str], kind: Judgement) -> Basis:
    """The basis of a row ``at`` of :class:`~pipeline.tables.Scores`; a decision is based on the appraisal too.

    ``rules``: language -> the criterion's rule. The fingerprint is that of the same words in whatever language.
    """
    words = lasting = _in_words(at, evidence, rules[current_language()], kind)
    if current_language() != DEFAULT_LANGUAGE:
        with using_language(DEFAULT_LANGUAGE):
            lasting = _in_words(at, evidence, rules[DEFAULT_LANGUAGE], kind)
    return Basis(words, hashlib.sha256(f"{lasting}\0{text_of(evidence)}".encode()).hexdigest()[:16])


def _in_words(at: Any, evidence: str, rule: str, kind: Judgement) -> str:
    given = (translated_answer(at.choice) or number(at.actual), *(each.shown for each in at.inputs))
    facts = {
        "target": _shown(at.target),
        "actual": "; ".join(filter(None, given)) or "–",
        "claimed": _shown(at.claimed),
        "computed": _shown(at.computed),
        "max": number(at.max_points),
        "rule": rule,
        "evidence": _short(evidence) or "–",
    }
    words = _(
        "computed {computed} of {max}, target {target}, result {actual}, claimed {claimed}, "
        "evidence {evidence}, rule: {rule}"
    ).format(**facts)
    if kind is Judgement.DECISION:
        words = _("appraised {appraised}").format(appraised=_shown(at.appraised)) + ", " + words
    return words


def _shown(value: float) -> str:
    return number(value) or "–"


def _short(text: str, most: int = 60) -> str:
    """A text in one line and without control characters, so that a workbook gives it back as it was."""
    line = text_of(text)
    if not line.isprintable():
        line = "".join(" " if unicodedata.category(each) in ("Cc", "Cf", "Cs") else each for each in line)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
