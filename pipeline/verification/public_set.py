"""Does what was published fit the code that was announced with it? Nothing that is not public is needed.

In: a public set, or a unit's proof; the code. Out: a verdict. A set's tables and what its manifest says of the round
lead to the code together with the hash of the hidden half; a proof leads to it from one unit's points.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.errors import UserFault
from pipeline.i18n import _
from pipeline.state import layout, manifest
from pipeline.state.published_digest import SHOWN_DIGITS, Proof, code_of_public
from pipeline.verification.names import by_stated_name, is_of_system, renamed_remark, system_remark
from pipeline.verification.opening import content_of
from pipeline.verification.same_content import had_hash
from pipeline.verification.verdict import Verdict

_LARGEST_PROOF = 5_000_000
"""Bytes; one of 100 criteria has 60,000."""


def verify_public(folder: Path, code: str | None) -> Verdict:
    """Whether a public set is as it was written and leads to the code. Raises UserFault where there is none."""
    stated = manifest.read(folder)
    actual = manifest.outputs(folder)
    system = [name for name in actual if name not in stated["outputs"] and is_of_system(name)]
    named = by_stated_name(stated["outputs"], [name for name in actual if name not in system])
    paths = {name: folder / lies for lies, name in named.items()}
    differences, remarks = _altered(stated["outputs"], paths)
    differences += [*_code_differences(stated, paths), *other_code(stated, code)]
    covered = _(
        "the code covers tables, round, dates and the content of rules; manifest.json alone page, text and rule files"
    )
    return Verdict(differences, [*renamed_remark(named), *system_remark(system), *remarks, covered])


def _altered(stated: Mapping[str, str], paths: Mapping[str, Path]) -> tuple[list[str], list[str]]:
    """What was changed, added or taken away, and what has other bytes alone."""
    differences, remarks = [], []
    for name in sorted({*stated, *paths}):
        if name not in paths:
            differences.append(_("{file} in the outbox is missing; the manifest names it").format(file=name))
        elif name not in stated:
            differences.append(_("{file} in the outbox was added after the run").format(file=name))
        elif manifest.sha256(paths[name]) != stated[name]:
            if what := had_hash(content_of(paths[name]), stated[name]):
                remarks.append(f"{name}: {what}")
            else:
                differences.append(_("{file} in the outbox was changed after the run").format(file=name))
    return differences, remarks


def _code_differences(stated: Mapping[str, Any], paths: Mapping[str, Path]) -> Iterator[str]:
    """Whether tables and facts of the set lead to the code that its manifest says."""
    facts = {key: stated.get(key) for key in manifest.FACTS}
    tables = {name: path for name, path in paths.items() if Path(name).parent.as_posix() == layout.DATA}
    try:
        rows = {Path(name).stem: read_rows(path) for name, path in tables.items()}
        found = code_of_public(facts, rows, str(stated.get("hidden")))
    except (ValueError, csv.Error):
        found = "–"
    if found != stated.get("digest"):
        yield _("tables and facts of the set lead to the code {found}, and manifest.json says {stated}").format(
            found=found, stated=str(stated.get("digest", "–"))[:64]
        )


def read_rows(path: Path) -> list[dict[str, str]]:
    """A published table as it stands in the file. Raises ValueError where a column is there twice or a row is short.

    Raises UserFault as :func:`content_of`.
    """
    header, *rows = csv.reader(io.StringIO(content_of(path).decode("utf-8-sig"), newline=""), strict=True)
    if len({*header}) != len(header):
        raise ValueError(header)
    return [dict(zip(header, row, strict=True)) for row in rows]


def other_code(stated: Mapping[str, Any], code: str | None) -> list[str]:
    """That the code of an outbox is not the announced one, if it is not. Raises UserFault for what is no code."""
    if code is None or str(stated.get("digest")).startswith(_digits(code)):
        return []
    words = _("the code announced is {code}, and manifest.json says {stated}")
    return [words.format(code=code, stated=str(stated.get("digest", "–"))[:64])]


def _digits(code: str) -> str:
    digits = code.replace("-", "").replace(" ", "").lower()
    if not SHOWN_DIGITS <= len(digits) <= 64 or {*digits} - {*"0123456789abcdef"}:
        raise UserFault(
            _("“{code}” is no code of a result").format(code=code[:100]),
            _("Give the code as it was announced: at least {n} digits 0–9 and a–f.").format(n=SHOWN_DIGITS),
        )
    return digits


# --- a unit's proof -----------------------------------------------------------------------------------------


def read_proof(file: Path) -> Proof:
    """The proof in a file. Raises UserFault where there is none."""
    try:
        with file.open("rb") as opened:
            text = opened.read(_LARGEST_PROOF).decode("utf-8-sig")  # a longer one is cut off, so no JSON
        return Proof.model_validate(json.loads(text), strict=False)
    except (OSError, ValueError, ValidationError, RecursionError) as error:
        raise UserFault(
            _("{file} is no proof of this program").format(file=file),
            _("Name a file of the folder {folder} of the outbox.").format(folder=layout.PROOFS),
        ) from error


def verify_proof(proof: Proof, code: str | None, folder: Path | None) -> Verdict:
    """Whether a proof leads to the code, and its points add up to those of the public set in ``folder``, if named.

    Raises UserFault where neither names a code.
    """
    stated = manifest.read(folder) if folder else {}
    if code is None and not folder:
        raise UserFault(
            _("a proof is compared with the code of the result"),
            _("Give the code as it was announced with --digest, or name the public set."),
        )
    found = {"digest": _code_of(proof)}
    differences = [
        _("the proof leads to the code {found}, not to {code}").format(found=found["digest"], code=wanted)
        for wanted in filter(None, (code, str(stated.get("digest")) if folder else None))
        if other_code(found, wanted)
    ]
    if folder:
        differences += _other_sums(proof, _groups(folder))
    return Verdict(differences)


def _code_of(proof: Proof) -> str:
    try:
        return proof.code()
    except ValueError:
        return "–"


def _groups(folder: Path) -> list[dict[str, str]]:
    try:
        return read_rows(folder / layout.DATA / "groups.csv")
    except (OSError, ValueError, csv.Error) as error:
        raise UserFault(
            _("{folder} has no table groups.csv that can be read").format(folder=folder),
            _("Name the public set as it was published."),
        ) from error


def _other_sums(proof: Proof, groups: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Groups whose published points are not the sum of the proof's."""
    for row in groups:
        if row.get("unit") != proof.of.get("unit"):
            continue
        added = _sum(each.get("points", "") for each in proof.points if each.get("group") == row.get("group"))
        if added is None or added != _sum([row.get("added", "")]):
            yield _("group {group}: the points of the proof add up to {found}, {published} are published").format(
                group=row.get("group"), found=added, published=row.get("added")
            )


def _sum(numbers: Iterator[str] | Sequence[str]) -> Decimal | None:
    try:
        return sum((Decimal(each) for each in numbers), Decimal())
    except InvalidOperation:
        return None
