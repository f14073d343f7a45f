"""What the seals of the forms and papers of a round prove, and which of that is told.

In: the received files, and the verdict on the seal of each. Out: findings. A seal that does not fit is an error: a fact
of the hidden sheet was changed after we issued it. One that is missing, or of another key, is told where it stands out:
on a form among others that have ours, and on a paper, which we always seal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pipeline.findings.finding import Code, Finding
from pipeline.forms.papers import RawPaper
from pipeline.forms.raw_form import RawForm
from pipeline.i18n import N_, _
from pipeline.intake.authority import may_give_orders
from pipeline.intake.received import ReceivedFile
from pipeline.seals import SealKey, Verdict

_WHY = {
    Verdict.NONE: N_("it carries no seal"),
    Verdict.FOREIGN: N_("its seal was made with another key"),
}


def verdicts(files: Iterable[ReceivedFile], key: SealKey) -> dict[str, Verdict]:
    """File -> what the seal of the form or paper in it proves; of those that have a hidden sheet of ours."""
    held = {file.name: file.content for file in files if isinstance(file.content, (RawForm, RawPaper))}
    return {name: key.verdict(content.meta) for name, content in held.items() if content.meta}


def unfit_seals(
    files: Sequence[ReceivedFile], seals: Mapping[str, Verdict], duplicates: Collection[str]
) -> Iterator[Finding]:
    """The findings about seals. ``seals``: as of :func:`verdicts`; ``duplicates``: files of which nothing is said."""
    sealed = any(file.form and seals.get(file.name) is Verdict.OURS for file in files)
    for file in files:
        verdict = seals.get(file.name, Verdict.OURS)
        if verdict is Verdict.OURS or file.name in duplicates:
            continue
        if isinstance(file.content, RawPaper):
            if may_give_orders(file.name):
                yield _finding(file, verdict, Code.PAPER_SEAL_BROKEN, Code.PAPER_UNSEALED)
        elif sealed or verdict is Verdict.BROKEN:
            yield _finding(file, verdict, Code.SEAL_BROKEN, Code.UNSEALED)


def _finding(file: ReceivedFile, verdict: Verdict, broken: Code, unsealed: Code) -> Finding:
    if verdict is Verdict.BROKEN:
        return Finding(broken, file.name)
    return Finding(unsealed, file.name, entered=verdict.value, facts={"why": _(_WHY[verdict])})


def verdicts_again(findings: Iterable[Mapping[str, str]], files: Iterable[ReceivedFile]) -> dict[str, Verdict]:
    """The verdicts from which :func:`unfit_seals` makes the same findings, for whoever has not the key. ``findings``:
    published rows of :class:`~pipeline.tables.Findings`."""
    rows = [row for row in findings if row["code"] in _TOLD]
    told = {row["file"]: Verdict(row["entered"] or Verdict.BROKEN.value) for row in rows}
    others = Verdict.OURS if any(row["code"] == Code.UNSEALED for row in rows) else Verdict.NONE
    unsealed = {file.name: others if file.form else Verdict.OURS for file in files}
    return unsealed | told


_TOLD = frozenset({Code.SEAL_BROKEN, Code.UNSEALED, Code.PAPER_SEAL_BROKEN, Code.PAPER_UNSEALED})
