"""``manifest.json``: what went in, what came out, so that anybody can check that one follows from the other.

In: an :class:`~pipeline.outcome.Outcome` and the folder with all other outputs. Out: the SHA-256 of every input,
rule file and output (promise 5). No clock, sorted keys: the same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pipeline
from pipeline.errors import UserFault
from pipeline.i18n import _, current_language
from pipeline.outcome import Outcome
from pipeline.rules.year import Rules
from pipeline.state.layout import FORMAT, MANIFEST, came_after_run
from pipeline.state.published_digest import Digest
from pipeline.state.same_text import is_text_of


def write(outcome: Outcome, folder: Path, digest: Digest | None = None, *, public: bool = False) -> None:
    """Write the manifest; to be called last, for it lists every file in ``folder`` but itself.

    ``inputs``: path below the inbox -> SHA-256; ``rules``: path below the year's rules (``../`` in front where they
    extend those of another year); ``outputs``: path below ``folder``; ``digest``: the code of the result, ``hidden``
    the hash of what of it is not published (:mod:`pipeline.state.published_digest`). In a ``public`` set inputs are
    named by their units.
    """
    manifest = facts(outcome) | {
        "format": FORMAT,
        "thidua": pipeline.__version__,
        "xlsxwriter": version("xlsxwriter"),
        "inputs": outcome.inputs,
        "rules": rule_files(outcome.rules),
        "outputs": outputs(folder),
    }
    manifest |= {"digest": digest.code, "hidden": digest.hidden} if digest else {}
    manifest |= {"public": True} if public else {}
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def facts(outcome: Outcome) -> dict[str, Any]:
    """What a result is of, and by which rules; the same in the whole outbox and in the public set.

    Rules stand by what they mean, not by the bytes of their files, which git and editors change: ``fingerprints`` are
    bloc -> what its forms are made from (:meth:`~pipeline.rules.year.Rules.fingerprint`).
    """
    rules = outcome.rules
    return {
        "plan": rules.plan.code,
        "year": rules.plan.year,
        "round": outcome.round.code,
        "language": current_language(),
        "as_of": outcome.as_of.isoformat() if outcome.as_of else None,
        "fingerprints": {bloc.code: outcome.context.fingerprint(bloc) for bloc in rules.blocs},
    }


FACTS = ("plan", "year", "round", "language", "as_of", "fingerprints")
"""The keys of :func:`facts`."""


def rule_files(rules: Rules) -> dict[str, str]:
    """Path below the year's rules -> SHA-256 of every rule file that was read."""
    return {file_name(rules, path): sha256(path) for path in rules.files}


def are_rules_of(stated: Mapping[str, str], rules: Rules) -> bool:
    """Whether the rule files are those that a manifest names, but for line ends and the like."""
    paths = {file_name(rules, path): path for path in rules.files}
    return paths.keys() == stated.keys() and all(is_text_of(paths[name].read_bytes(), stated[name]) for name in stated)


def file_name(rules: Rules, path: Path) -> str:
    """How the manifest names a rule file: its path below the year's rules."""
    return Path(os.path.relpath(path, rules.folder)).as_posix()


def read(folder: Path) -> dict[str, Any]:
    """The manifest of an outbox. Raises UserFault where there is none of ours."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8-sig"), object_pairs_hook=_without_repeats)
    except (OSError, ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or not _is_whole(manifest):
        raise UserFault(
            _("{folder} is no outbox of this program").format(folder=folder), _("Name a folder that a run has filled.")
        )
    return manifest


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the file; a key that stands in it twice would be read differently by different programs."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError(pairs)
    return dict(pairs)


def _is_whole(manifest: dict[str, Any]) -> bool:
    listed = [manifest.get(key) for key in ("inputs", "rules", "outputs")]
    return all(isinstance(each, dict) and all(isinstance(value, str) for value in each.values()) for each in listed)


def outputs(folder: Path) -> dict[str, str]:
    """Path below an outbox -> SHA-256 of every file that a manifest names; the ledger and letters come later."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    ours = {name: path for name, path in paths.items() if name != MANIFEST and not came_after_run(name)}
    return {name: sha256(path) for name, path in ours.items()}


def sha256(path: Path) -> str:
    """The SHA-256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
