"""Does a published outbox follow from the inbox and the rules? Whoever has the three can check it (promise 5).

In: an outbox, an inbox, rules. Out: a verdict: what was changed in the outbox after the run, what in the inbox, what in
the rules. Only where inbox and rules are those of the run, the same run is made once more, and whatever is not the same
byte for byte is compared by content; the first cell that has another value is named.

Files of the inbox are evidence: they count byte for byte, though their names may be stored otherwise. Rules, tables and
workbooks count by what they say (:mod:`pipeline.verification.same_content`).

When a content was first seen cannot be computed; those times are taken from the outbox's own register, which is told.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import __version__, run
from pipeline.code_lists import Source
from pipeline.errors import UserFault
from pipeline.i18n import LANGUAGES, N_, _, number, using_language
from pipeline.intake import take, witnesses
from pipeline.intake.received import ReceivedFile
from pipeline.intake.seal_findings import verdicts, verdicts_again
from pipeline.rules.round_context import RoundContext
from pipeline.seals import SealKey
from pipeline.state import handwork, layout, ledger, ledger_repair, manifest, published, seal_keys
from pipeline.verification import seals, workbooks
from pipeline.verification.names import by_stated_name, is_of_system, renamed_remark, system_remark
from pipeline.verification.opening import content_of
from pipeline.verification.same_content import had_hash, sameness
from pipeline.verification.verdict import Verdict
from pipeline.verification.where import first_difference

_ALTERED = (
    N_("{file} in the outbox is missing; the manifest names it"),
    N_("{file} in the outbox was added after the run"),
    N_("{file} in the outbox was changed after the run"),
)
_INPUT = (
    N_("{file} is no longer in the inbox"),
    N_("{file} in the inbox came after the run"),
    N_("{file} in the inbox was changed after the run"),
)
_RULE = (
    N_("the rule file {file} is missing"),
    N_("the rule file {file} came after the run"),
    N_("the rule file {file} was changed after the run"),
)


def verify(outbox: Path, inbox: Path, context: RoundContext) -> Verdict:
    """What does not fit; no differences where the outbox follows from inbox and rules.

    Raises UserFault where the folder is no whole outbox or there is no inbox.
    """
    stated = manifest.read(outbox)
    if stated.get("public"):
        raise UserFault(
            _("{outbox} is a public set, which leaves out what it was made from").format(outbox=outbox),
            _("Name the whole outbox of that round."),
        )
    outputs, about_outputs = _outputs(outbox, stated["outputs"])
    with using_language(_language(stated, context)):  # what is read is told in words of the run's language
        found = run.take_all(inbox, context.plan.limits, kept=handwork.kept_folder(outbox), is_patient=True)
    files, about_inputs = _as_registered(outbox, found, stated["inputs"])
    received = {file.name: file.sha256 for file in files if file.sha256}
    rules, about_rules = _rules(context, stated["rules"])
    hashes = {name: manifest.sha256(path) for name, path in outputs.items()}
    remarks = [*about_outputs, *about_inputs, *about_rules]
    kept_apart = [
        *_differences(stated["outputs"], hashes, _ALTERED),
        *_differences(stated["inputs"], received, _INPUT),
        *_differences(stated["rules"], rules, _RULE),
    ]
    if received != stated["inputs"] or rules != stated["rules"] or outputs.keys() != stated["outputs"].keys():
        return Verdict(kept_apart, remarks)
    differences, more = _rerun(outbox, files, context, stated, outputs)
    return Verdict(differences, [*remarks, *more])


def _differences(stated: Mapping[str, str], actual: Mapping[str, str], words: tuple[str, str, str]) -> list[str]:
    """A sentence for each name that has not the same SHA-256 on both sides: missing, added or changed, as ``words``."""
    missing, added, changed = words
    return [
        _(missing if name not in actual else added if name not in stated else changed).format(file=name)
        for name in sorted({*stated, *actual})
        if stated.get(name) != actual.get(name)
    ]


# --- what lies there, by the names of the run ---------------------------------------------------------------


def _outputs(outbox: Path, stated: Mapping[str, str]) -> tuple[dict[str, Path], list[str]]:
    """Stated name -> where each output lies, and remarks; files of the system are no outputs."""
    actual = manifest.outputs(outbox)
    system = [name for name in actual if name not in stated and is_of_system(name)]
    named = by_stated_name(stated, [name for name in actual if name not in system])
    return {name: outbox / lies for lies, name in named.items()}, [*renamed_remark(named), *system_remark(system)]


def _as_registered(
    outbox: Path, files: list[ReceivedFile], stated: Mapping[str, str]
) -> tuple[list[ReceivedFile], list[str]]:
    """The inbox as the run found it: names as it had them, files of the system as many as it registered; remarks."""
    registered = [row["file"] for row in _table(outbox, "register")]
    known = {*registered, *stated}
    came = [file for file in files if file.name not in known and not file.sha256 and is_of_system(file.name)]
    files = [file for file in files if file not in came]
    named = by_stated_name(known, [file.name for file in files])
    files = [dataclasses.replace(file, name=named[file.name]) for file in files]
    gone = [name for name in known - stated.keys() - {*named.values()} if is_of_system(name)]
    files += [_as_it_lay(name) for name in gone]
    return _in_order_of(registered, files), [
        *renamed_remark(named),
        *system_remark([*(file.name for file in came), *gone]),
    ]


def _in_order_of(registered: Sequence[str], files: list[ReceivedFile]) -> list[ReceivedFile]:
    """In the order of the run, which is that of the register."""
    place = {name: number_ for number_, name in enumerate(registered)}
    return sorted(files, key=lambda file: place.get(file.name, len(place)))


def _as_it_lay(name: str) -> ReceivedFile:
    """A file of the system that the run registered by its name alone, and that is gone."""
    with tempfile.TemporaryDirectory(prefix="thidua-") as folder:
        path = Path(folder, Path(name).name)
        path.touch()
        return dataclasses.replace(take.take(path.parent, path), name=name)


def _rules(context: RoundContext, stated: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Name -> SHA-256 of each rule file, the stated one where only the bytes of its text are others; remarks."""
    paths = {manifest.file_name(context.rules, path): path for path in context.rules.files}
    named = by_stated_name(stated, paths)
    hashes, remarks = {}, renamed_remark(named)
    for lies, path in paths.items():
        name = named[lies]
        hashes[name] = manifest.sha256(path)
        if stated.get(name) not in (None, hashes[name]) and (what := had_hash(content_of(path), stated[name])):
            hashes[name] = stated[name]
            remarks.append(_("the rule file {file}: {what}").format(file=name, what=what))
    return hashes, remarks


def _table(outbox: Path, name: str) -> list[dict[str, str]]:
    """A published table; none where it is missing or somebody made something else of it, which is told elsewhere."""
    try:
        return [dict(row) for row in published.read_table(outbox / layout.DATA, name) if "file" in row]
    except (OSError, ValueError, TypeError, AttributeError, csv.Error):
        return []


# --- the same run once more ---------------------------------------------------------------------------------


def _rerun(
    outbox: Path,
    files: Sequence[ReceivedFile],
    context: RoundContext,
    stated: Mapping[str, Any],
    outputs: Mapping[str, Path],
) -> Verdict:
    """Make the same run once more, in a temporary folder, and compare what it writes."""
    with tempfile.TemporaryDirectory(prefix="thidua-") as folder:
        rerun, ledger_file = Path(folder) / "outbox", Path(folder) / layout.LEDGER
        now = dt.datetime.now(context.plan.zone)
        register, findings = (_table(outbox, name) for name in ("register", "findings"))
        if stated["inputs"] and not register:
            return Verdict([_(_ALTERED[2]).format(file=published.REGISTER)])
        key = seals.key_of(outbox, ledger.round_key(context), outputs)
        try:
            senders = witnesses.senders_again(findings, context.rules)
            proved = verdicts(files, key) if key.secret else verdicts_again(findings, files)
            ledger_repair.restore_times(ledger_file, ledger.round_key(context), register, senders)
        except (KeyError, ValueError, TypeError):
            return Verdict([_(_ALTERED[2]).format(file=published.REGISTER)])
        seal_keys.lend(key, ledger_file)
        with using_language(_language(stated, context)):
            known = dataclasses.replace(run.known_times(context, ledger_file, now), seals=proved)
            assessment = run.assess_received(context, files, known)
            run.publish(assessment, rerun, ledger_file, now)
        ours = manifest.read(rerun)
        compared = _compared(stated, ours, outputs, rerun, key)
    return Verdict(
        [*compared.differences, *_facts(stated, ours)],
        [*compared.remarks, *_versions(stated, ours), *_times_not_computed(register)],
    )


def _language(stated: Mapping[str, Any], context: RoundContext) -> str:
    language = stated.get("language")
    return str(language) if language in LANGUAGES else context.plan.language


def _compared(
    stated: Mapping[str, Any], ours: Mapping[str, Any], outputs: Mapping[str, Path], rerun: Path, key: SealKey
) -> Verdict:
    """Every output beside that of the run made anew; of those that differ the first is told with its place."""
    differences: list[str] = []
    same: dict[str, list[str]] = {}
    for name in sorted({*stated["outputs"], *ours["outputs"]}):
        path = outputs.get(name)
        is_as_stated = path is not None and manifest.sha256(path) == stated["outputs"][name]
        if path and is_as_stated and stated["outputs"][name] == ours["outputs"].get(name):
            continue
        unchecked = seals.unchecked_places(path, key) if path else frozenset()
        what = _sameness(path, rerun / name, unchecked, is_same_library=stated.get("xlsxwriter") == ours["xlsxwriter"])
        if path and not is_as_stated and what and ours["outputs"].get(name) == manifest.sha256(path):
            differences.append(_("the manifest has another SHA-256 for {file} than a run made anew").format(file=name))
        elif what:
            same.setdefault(what, []).append(name)
        elif path and not is_as_stated:
            differences.append(_(_ALTERED[2]).format(file=name))
            differences += first_difference(name, path, rerun / name)
        elif not any(differences):
            differences += first_difference(name, path, rerun / name)
    return Verdict(differences, [*_sames(same)])


def _sameness(path: Path | None, rerun: Path, unchecked: frozenset[str], *, is_same_library: bool) -> str | None:
    """In words what two outputs differ in, where what they say is the same; None where it is not. ``unchecked``: places
    whose values do not count."""
    if path is None or not rerun.exists():
        return None
    if manifest.sha256(path) == manifest.sha256(rerun):
        return _("the same bytes")
    by_cells = rerun.suffix == ".xlsx" and (unchecked or not is_same_library)
    return sameness(path, rerun) or (workbooks.sameness(path, rerun, unchecked) if by_cells else None)


def _sames(same: Mapping[str, Collection[str]]) -> Iterator[str]:
    for what, names in same.items():
        shown = ", ".join(sorted(names)[:3]) + (" …" if len(names) > 3 else "")
        yield _("{n} files of the outbox have other bytes, but say the same: {what} ({files})").format(
            n=number(len(names)), what=what, files=shown
        )


# --- the other facts of the manifest ------------------------------------------------------------------------

_COMPARED_ELSEWHERE = {"inputs", "rules", "outputs", "thidua", "xlsxwriter"}


def _facts(stated: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    """Every other key of the manifest that says something else than that of a run made anew, or that this has not."""
    for key in sorted({*stated, *ours} - _COMPARED_ELSEWHERE):
        was, now = stated.get(key), ours.get(key)
        if key not in ours:
            yield _("manifest.json has the key “{key}”, which a run made anew does not write").format(key=key)
        elif was != now:
            yield _("manifest.json, “{key}”: “{was}” stands there, and a run made anew gives “{now}”").format(
                key=key, was=_brief(was), now=_brief(now)
            )


def _brief(value: Any) -> str:
    return str(value)[:200]


def _versions(stated: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    if stated.get("thidua") != __version__:
        yield _("the outbox was made by version {theirs} of this program, and this is version {ours}").format(
            theirs=_brief(stated.get("thidua")), ours=__version__
        )
    if stated.get("xlsxwriter") != ours["xlsxwriter"]:
        yield _("its workbooks were made by version {theirs} of XlsxWriter, and here is version {ours}").format(
            theirs=_brief(stated.get("xlsxwriter", "–")), ours=ours["xlsxwriter"]
        )


def _times_not_computed(register: Sequence[Mapping[str, str]]) -> list[str]:
    """How many times of receipt stand in the register alone."""
    of_ledger = [
        row for row in register if row.get("received") and row.get("received_from") in (Source.FIRST_SEEN, Source.MAIL)
    ]
    words = _("when {n} files came, only the register says; nothing at hand proves or refutes it")
    return [words.format(n=number(len(of_ledger)))] if of_ledger else []
